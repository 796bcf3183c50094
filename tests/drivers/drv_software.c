/* drv_software.c - a framework driver without EvtDriverDeviceAdd: its one device is a control device
 * made in DriverEntry.
 */
#include <ntddk.h>
#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

static VOID SoftwareUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver); /* the framework deletes the control device */
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    DECLARE_CONST_UNICODE_STRING(Access, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    WDF_DRIVER_CONFIG Config;
    PWDFDEVICE_INIT DeviceInit;
    WDFDRIVER Driver;
    WDFDEVICE Device;
    NTSTATUS Status;

    WDF_DRIVER_CONFIG_INIT(&Config, WDF_NO_EVENT_CALLBACK);
    Config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    Config.EvtDriverUnload = SoftwareUnload;
    Status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config, &Driver);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    DeviceInit = WdfControlDeviceInitAllocate(Driver, &Access);
    if (DeviceInit == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &Device);
    if (!NT_SUCCESS(Status)) {
        WdfDeviceInitFree(DeviceInit);
        return Status;
    }
    WdfControlFinishInitializing(Device);
    return STATUS_SUCCESS;
}
