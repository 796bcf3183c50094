#include <ntddk.h>
#include <wdf.h>

static EVT_WDF_DRIVER_DEVICE_ADD HelloDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_READ HelloRead;
DRIVER_INITIALIZE DriverEntry;

static VOID HelloRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    static CHAR text[] = "hello, driver";
    WDFMEMORY memory;
    NTSTATUS status = WdfRequestRetrieveOutputMemory(Request, &memory);

    if (NT_SUCCESS(status)) {
        Length = min(Length, sizeof(text) - 1);
        status = WdfMemoryCopyFromBuffer(memory, 0, text, Length);
    }
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? Length : 0);
}

static NTSTATUS HelloDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\DosDevices\\Hello");
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status = WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &device);

    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
        config.EvtIoRead = HelloRead;
        status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    }
    return NT_SUCCESS(status) ? WdfDeviceCreateSymbolicLink(device, &name) : status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, HelloDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
