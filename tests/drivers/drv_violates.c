/* drv_violates.c - a driver that breaks a rule in DriverEntry: it acquires a spin lock twice. */
#include <ntddk.h>
#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

static KSPIN_LOCK Lock;

static __declspec(noinline) VOID AcquireAgain(VOID)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Lock, &Irql);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;
    NTSTATUS Status;
    KIRQL Irql;

    WDF_DRIVER_CONFIG_INIT(&Config, WDF_NO_EVENT_CALLBACK);
    Status = WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                             WDF_NO_HANDLE);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &Irql);
    AcquireAgain();
    KeReleaseSpinLock(&Lock, Irql);
    return STATUS_SUCCESS;
}
