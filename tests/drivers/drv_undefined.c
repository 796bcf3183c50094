/* drv_undefined.c - a driver that calls a routine which nobody provides. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
NTSTATUS WdfNobodyProvidesThis(VOID);

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return WdfNobodyProvidesThis();
}
