/* drv_unlinked.c - a driver that calls a function of a library which was not built with it. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
NTSTATUS queue_library_start(VOID);

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return queue_library_start();
}
