/* drv_child.c - the function driver of drv_bus's children. */
#include "drv_bus_log.h"

DRIVER_INITIALIZE DriverEntry;

static NTSTATUS ChildAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG Queue;
    WDFDEVICE Device;
    ULONG Size, Number = 0;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Driver);
    /* The bus gives each of its children an address. */
    Status = WdfFdoInitQueryProperty(Init, DevicePropertyAddress, sizeof(Number), &Number, &Size);
    if (!NT_SUCCESS(Status) || Number > DRV_BUS_CHILDREN) {
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    }
    SetLogged(Init, &Attributes);
    Status = WdfDeviceCreate(&Init, &Attributes, &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    GetLogged(Device)->Who = "fdo";
    GetLogged(Device)->Number = Number;
    drv_bus_plan.fdo[Number] = Device;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Queue, WdfIoQueueDispatchParallel);
    Queue.EvtIoDeviceControl = LoggedControl;
    Status = WdfIoQueueCreate(Device, &Queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (NT_SUCCESS(Status)) {
        Status = Note(Device, "Add");
    }
    if (drv_bus_plan.fdo_added != NULL) {
        drv_bus_plan.fdo_added(Device);
    }
    return Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;

    WDF_DRIVER_CONFIG_INIT(&Config, ChildAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                           WDF_NO_HANDLE);
}
