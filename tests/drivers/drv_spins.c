/* drv_spins.c - a driver that waits in DriverEntry for a flag which its timer DPC sets, in a loop that
 * calls nothing. The flag is atomic by the compiler's own means: ReadNoFence would be a window.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static KDEFERRED_ROUTINE RaiseFlag;

static BOOLEAN Flag;
static KTIMER Timer;
static KDPC Dpc;

static VOID RaiseFlag(PKDPC Self, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Self);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    __atomic_store_n(&Flag, TRUE, __ATOMIC_RELEASE);
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER Due;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, RaiseFlag, NULL);
    Due.QuadPart = -10000;
    KeSetTimer(&Timer, Due, &Dpc);
    while (!__atomic_load_n(&Flag, __ATOMIC_ACQUIRE)) {
    }
    return STATUS_SUCCESS;
}
