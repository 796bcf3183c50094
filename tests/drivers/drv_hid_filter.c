/* drv_hid_filter.c - a framework driver of a HID device, as a lower filter: a device without report IDs
 * whose output reports come back as input reports.
 */
#include <ntddk.h>

#include <hidport.h>
#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD FilterDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL FilterControl;

typedef struct _FILTER {
    WDFQUEUE Reads;
} FILTER, *PFILTER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(FILTER, FilterOf)

static const UCHAR Reports[] = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, /* a mouse */
                                0x75, 0x08, 0x95, 0x02, 0x09, 0x30, 0x81, 0x02,
                                0x95, 0x03, 0x09, 0x31, 0x91, 0x02, 0xC0};

static VOID Give(WDFREQUEST Request, const VOID *Data, size_t Size)
{
    PVOID Buffer;
    size_t Room;
    NTSTATUS Status = WdfRequestRetrieveOutputBuffer(Request, 1, &Buffer, &Room);

    if (NT_SUCCESS(Status)) {
        Size = Size < Room ? Size : Room;
        RtlCopyMemory(Buffer, Data, Size);
    }
    WdfRequestCompleteWithInformation(Request, Status, NT_SUCCESS(Status) ? Size : 0);
}

static NTSTATUS Write(PFILTER Filter, WDFREQUEST Request)
{
    const HID_XFER_PACKET *Packet = WdfRequestWdmGetIrp(Request)->UserBuffer;
    WDFREQUEST Read;
    NTSTATUS Status;

    if (Packet->reportId != 0 || Packet->reportBufferLen != 3) {
        return STATUS_INVALID_PARAMETER;
    }
    Status = WdfIoQueueRetrieveNextRequest(Filter->Reads, &Read);
    if (NT_SUCCESS(Status)) {
        Give(Read, Packet->reportBuffer, 2);
    }
    return Status;
}

static VOID FilterControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                          size_t InputBufferLength, ULONG IoControlCode)
{
    static const HID_DESCRIPTOR Descriptor = {sizeof(HID_DESCRIPTOR),
                                              HID_HID_DESCRIPTOR_TYPE,
                                              0x111,
                                              0,
                                              1,
                                              {{HID_REPORT_DESCRIPTOR_TYPE, sizeof(Reports)}}};
    static const HID_DEVICE_ATTRIBUTES Attributes = {
        .Size = sizeof(Attributes), .VendorID = 0x4321, .ProductID = 2, .VersionNumber = 1};
    PFILTER Filter = FilterOf(WdfIoQueueGetDevice(Queue));
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(OutputBufferLength);
    UNREFERENCED_PARAMETER(InputBufferLength);
    switch (IoControlCode) {
    case IOCTL_HID_GET_DEVICE_DESCRIPTOR:
        Give(Request, &Descriptor, sizeof(Descriptor));
        return;
    case IOCTL_HID_GET_REPORT_DESCRIPTOR:
        Give(Request, Reports, sizeof(Reports));
        return;
    case IOCTL_HID_GET_DEVICE_ATTRIBUTES:
        Give(Request, &Attributes, sizeof(Attributes));
        return;
    case IOCTL_HID_READ_REPORT:
        Status = WdfRequestForwardToIoQueue(Request, Filter->Reads);
        if (NT_SUCCESS(Status)) {
            return;
        }
        break;
    case IOCTL_HID_WRITE_REPORT:
        Status = Write(Filter, Request);
        break;
    default:
        Status = STATUS_NOT_IMPLEMENTED;
        break;
    }
    WdfRequestComplete(Request, Status);
}

static NTSTATUS FilterDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG Config;
    WDFDEVICE Device;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Driver);
    WdfFdoInitSetFilter(DeviceInit);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, FILTER);
    Status = WdfDeviceCreate(&DeviceInit, &Attributes, &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchParallel);
    Config.EvtIoInternalDeviceControl = FilterControl;
    Status = WdfIoQueueCreate(Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_IO_QUEUE_CONFIG_INIT(&Config, WdfIoQueueDispatchManual);
    Config.PowerManaged = WdfFalse;
    return WdfIoQueueCreate(Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, &FilterOf(Device)->Reads);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;

    WDF_DRIVER_CONFIG_INIT(&Config, FilterDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                           WDF_NO_HANDLE);
}
