/* drv_vhf.c - a source of HID reports: what is written comes back as an input report, a feature is kept. With
 * OWN_BUFFER it submits when it is told. Through \\.\VhfSource a test has it submit, or delete the device.
 */
#include <ntddk.h>
#include <wdf.h>
#include <vhf.h>

#define IOCTL_SUBMIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_DELETE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_FORGET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_TURNS  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _SOURCE {
    VHFHANDLE Vhf;
    UCHAR Feature[4];
    VHFOPERATIONHANDLE Asked; /* for the feature; the DPC answers */
    PHID_XFER_PACKET Answer;
    WDFDPC Dpc;
    BOOLEAN Forgets; /* to delete it */
    volatile LONG Turns, Cleanups;
} SOURCE, *PSOURCE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(SOURCE, SourceOf)

/* The context of an operation: zeros, and aligned for anything. */
typedef struct _SOURCE_OPERATION {
    ULONG64 Number;
} SOURCE_OPERATION, *PSOURCE_OPERATION;

static UCHAR Descriptor[] = {
    0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01,                   /* vendor's page and collection */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x04,       /* four bytes */
    0x09, 0x02, 0x81, 0x02, 0x09, 0x03, 0x91, 0x02, 0x09, 0x04, /* input, output */
    0xB1, 0x02, 0xC0,                                           /* feature */
};

static EVT_WDF_DRIVER_DEVICE_ADD SourceDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL SourceControl;
static EVT_WDF_DEVICE_CONTEXT_CLEANUP SourceCleanup;
static EVT_WDF_DPC SourceAnswer;
static EVT_VHF_ASYNC_OPERATION SourceWrite, SourceSetFeature, SourceGetFeature;
static EVT_VHF_CLEANUP SourceVhfCleanup;
DRIVER_INITIALIZE DriverEntry;

static VOID SourceWrite(PVOID Context, VHFOPERATIONHANDLE Operation, PVOID OperationContext,
                        PHID_XFER_PACKET Packet)
{
    PSOURCE source = Context;
    PSOURCE_OPERATION operation = OperationContext;
    HID_XFER_PACKET report = *Packet;

    NT_ASSERT(operation->Number == 0 && ((ULONG_PTR)operation & 7) == 0);
    operation->Number = 1;
    VhfReadReportSubmit(source->Vhf, &report);
    VhfAsyncOperationComplete(Operation, STATUS_SUCCESS);
}

static VOID SourceSetFeature(PVOID Context, VHFOPERATIONHANDLE Operation, PVOID OperationContext,
                             PHID_XFER_PACKET Packet)
{
    PSOURCE source = Context;

    UNREFERENCED_PARAMETER(OperationContext);
    RtlCopyMemory(source->Feature, Packet->reportBuffer, sizeof(source->Feature));
    VhfAsyncOperationComplete(Operation, STATUS_SUCCESS);
}

static VOID SourceGetFeature(PVOID Context, VHFOPERATIONHANDLE Operation, PVOID OperationContext,
                             PHID_XFER_PACKET Packet)
{
    PSOURCE source = Context;

    UNREFERENCED_PARAMETER(OperationContext);
    source->Asked = Operation;
    source->Answer = Packet;
    WdfDpcEnqueue(source->Dpc);
}

static VOID SourceAnswer(WDFDPC Dpc)
{
    PSOURCE source = SourceOf(WdfDpcGetParentObject(Dpc));

    RtlCopyMemory(source->Answer->reportBuffer, source->Feature, sizeof(source->Feature));
    VhfAsyncOperationComplete(source->Asked, STATUS_SUCCESS);
}

#ifdef OWN_BUFFER
static EVT_VHF_READY_FOR_NEXT_READ_REPORT SourceReady;

static VOID SourceReady(PVOID Context)
{
    PSOURCE source = Context;

    InterlockedIncrement(&source->Turns);
}
#endif

static VOID SourceVhfCleanup(PVOID Context)
{
    PSOURCE source = Context;

    InterlockedIncrement(&source->Cleanups);
}

static VOID SourceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                          size_t InputLength, ULONG Code)
{
    PSOURCE source = SourceOf(WdfIoQueueGetDevice(Queue));
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    HID_XFER_PACKET packet = {0};
    PVOID buffer;
    size_t done = 0;

    UNREFERENCED_PARAMETER(OutputLength);
    if (Code == IOCTL_SUBMIT) {
        status = WdfRequestRetrieveInputBuffer(Request, 1, &buffer, NULL);
        if (NT_SUCCESS(status)) {
            packet.reportBuffer = buffer;
            packet.reportBufferLen = (ULONG)InputLength;
            status = VhfReadReportSubmit(source->Vhf, &packet);
        }
    } else if (Code == IOCTL_DELETE) {
        VhfDelete(source->Vhf, TRUE);
        source->Vhf = NULL;
        status = source->Cleanups == 1 ? STATUS_SUCCESS : STATUS_DATA_ERROR;
    } else if (Code == IOCTL_FORGET) {
        source->Forgets = TRUE;
        status = STATUS_SUCCESS;
    } else if (Code == IOCTL_TURNS) {
        status = WdfRequestRetrieveOutputBuffer(Request, sizeof(LONG), &buffer, NULL);
        if (NT_SUCCESS(status)) {
            *(LONG *)buffer = source->Turns;
            done = sizeof(LONG);
        }
    }
    WdfRequestCompleteWithInformation(Request, status, done);
}

static VOID SourceCleanup(WDFOBJECT Device)
{
    PSOURCE source = SourceOf(Device);

    if (source->Vhf != NULL && !source->Forgets) {
        VhfDelete(source->Vhf, TRUE);
    }
}

static NTSTATUS SourceStart(WDFDEVICE Device)
{
    PSOURCE source = SourceOf(Device);
    VHF_CONFIG config;
    NTSTATUS status;

    VHF_CONFIG_INIT(&config, WdfDeviceWdmGetDeviceObject(Device), sizeof(Descriptor), Descriptor);
    config.VhfClientContext = source;
    config.OperationContextSize = sizeof(SOURCE_OPERATION);
    config.VendorID = 0x1234;
    config.ProductID = 0x0F0F;
    config.VersionNumber = 3;
    config.EvtVhfAsyncOperationWriteReport = SourceWrite;
    config.EvtVhfAsyncOperationSetFeature = SourceSetFeature;
    config.EvtVhfAsyncOperationGetFeature = SourceGetFeature;
    config.EvtVhfCleanup = SourceVhfCleanup;
#ifdef OWN_BUFFER
    config.EvtVhfReadyForNextReadReport = SourceReady;
#endif
    status = VhfCreate(&config, &source->Vhf);
    return NT_SUCCESS(status) ? VhfStart(source->Vhf) : status;
}

static NTSTATUS SourceDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\DosDevices\\VhfSource");
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue;
    WDF_DPC_CONFIG dpc;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SOURCE);
    attributes.EvtCleanupCallback = SourceCleanup;
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_DPC_CONFIG_INIT(&dpc, SourceAnswer);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    status = WdfDpcCreate(&dpc, &attributes, &SourceOf(device)->Dpc);
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchParallel);
        queue.EvtIoDeviceControl = SourceControl;
        status = WdfIoQueueCreate(device, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    }
    if (NT_SUCCESS(status)) {
        status = WdfDeviceCreateSymbolicLink(device, &name);
    }
    return NT_SUCCESS(status) ? SourceStart(device) : status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, SourceDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
