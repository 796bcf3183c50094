/* drv_globals.c - a driver that refuses to start a second time on the same globals. */
#include <ntddk.h>

static LONG starts = 100; /* .data */
static LONG calls;        /* .bss */
static LONG history[1000];

DRIVER_INITIALIZE DriverEntry;

/* Called by tests: what the globals have come to. */
LONG GlobalsBump(VOID);
const void *GlobalsStatic(VOID);

static LONG bump(LONG by)
{
    history[calls % 1000] = by;
    calls++;
    starts += by;
    return starts + calls * 1000;
}

LONG GlobalsBump(VOID)
{
    return bump(1);
}

const void *GlobalsStatic(VOID)
{
    return (const void *)(ULONG_PTR)bump;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    if (starts != 100 || calls != 0 || history[0] != 0) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    bump(7);
    return STATUS_SUCCESS;
}
