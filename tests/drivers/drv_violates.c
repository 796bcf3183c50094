/* drv_violates.c - a driver that breaks a rule in DriverEntry: it acquires a spin lock twice. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static KSPIN_LOCK Lock;

static __declspec(noinline) VOID AcquireAgain(VOID)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Lock, &Irql);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    KIRQL Irql;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    AcquireAgain();
    KeReleaseSpinLock(&Lock, Irql);
    return STATUS_SUCCESS;
}
