/* dpcq.c - the smallest prototype of a queue-per-DPC design: N queues that applications fill, and
 * either one WDFDPC for each of them or one for all. There is no hardware: a "packet" is a write
 * request whose first byte says for which queue it is, and serving it takes a stated time.
 *
 *   write -> default queue -> manual queue q -> WdfDpcEnqueue -> DPC serves until its queues are empty
 *
 * Values below the driver's Parameters key:
 *   Design    "dpc-per-queue" (default), "one-dpc", or "one-lock": a DPC each, all of them under
 *             the device's lock
 *   Queues    1 to 32 (default 2)
 *   PacketUs  how long serving a packet takes, in microseconds (default 5)
 */
#include <ntddk.h>
#include <wdf.h>

#define QUEUES_MAX 32u

typedef enum { DesignPerQueue, DesignOneDpc, DesignOneLock } DPCQ_DESIGN;

/* What a DPC serves: queues First to First + Count - 1 of its device. */
typedef struct {
    ULONG First, Count;
} DPCQ_WORK, *PDPCQ_WORK;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DPCQ_WORK, DpcqGetWork)

typedef struct {
    DPCQ_DESIGN Design;
    ULONG Queues;
    ULONG PacketUs;
    WDFQUEUE Queue[QUEUES_MAX];
    WDFDPC Dpc[QUEUES_MAX]; /* of each queue; the same for all in DesignOneDpc */
} DPCQ_DEVICE, *PDPCQ_DEVICE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DPCQ_DEVICE, DpcqGetDevice)

static EVT_WDF_DRIVER_DEVICE_ADD DpcqEvtDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_WRITE DpcqEvtIoWrite;
static EVT_WDF_DPC DpcqEvtDpc;
DRIVER_INITIALIZE DriverEntry;

/* ---- a packet's way ---- */

static VOID DpcqEvtIoWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PDPCQ_DEVICE device = DpcqGetDevice(WdfIoQueueGetDevice(Queue));
    PUCHAR packet;
    ULONG number;
    NTSTATUS status = WdfRequestRetrieveInputBuffer(Request, 1, (PVOID *)&packet, NULL);

    UNREFERENCED_PARAMETER(Length);

    if (NT_SUCCESS(status) && packet[0] >= device->Queues) {
        status = STATUS_INVALID_PARAMETER;
    }
    if (!NT_SUCCESS(status)) {
        WdfRequestComplete(Request, status);
        return;
    }
    number = packet[0]; /* the request, and its buffer, may be gone after the next line */
    status = WdfRequestForwardToIoQueue(Request, device->Queue[number]);
    if (!NT_SUCCESS(status)) {
        WdfRequestComplete(Request, status);
        return;
    }
    WdfDpcEnqueue(device->Dpc[number]); /* FALSE: queued already; it will see this packet, too */
}

static VOID DpcqServe(PDPCQ_DEVICE Device, WDFREQUEST Request)
{
    WDF_REQUEST_PARAMETERS parameters;

    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(Request, &parameters);
    KeStallExecutionProcessor(Device->PacketUs);
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, parameters.Parameters.Write.Length);
}

/* One packet from each queue in turn, until all are empty: no queue waits for another's backlog. */
static VOID DpcqEvtDpc(WDFDPC Dpc)
{
    PDPCQ_DEVICE device = DpcqGetDevice(WdfDpcGetParentObject(Dpc));
    PDPCQ_WORK work = DpcqGetWork(Dpc);
    WDFREQUEST request;
    BOOLEAN served;

    do {
        served = FALSE;
        for (ULONG i = work->First; i < work->First + work->Count; i++) {
            if (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(device->Queue[i], &request))) {
                DpcqServe(device, request);
                served = TRUE;
            }
        }
    } while (served);
}

/* ---- setting up ---- */

/* A DPC for some queues, which runs on the processor of the first of them. */
static NTSTATUS DpcqDpcCreate(WDFDEVICE Device, ULONG First, ULONG Count, WDFDPC *Dpc)
{
    PDPCQ_DEVICE device = DpcqGetDevice(Device);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;
    PROCESSOR_NUMBER processor;
    NTSTATUS status;

    WDF_DPC_CONFIG_INIT(&config, DpcqEvtDpc);
    config.AutomaticSerialization = device->Design == DesignOneLock;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, DPCQ_WORK);
    attributes.ParentObject = Device;
    status = WdfDpcCreate(&config, &attributes, Dpc);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    DpcqGetWork(*Dpc)->First = First;
    DpcqGetWork(*Dpc)->Count = Count;
    status = KeGetProcessorNumberFromIndex(
        First % KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), &processor);
    return NT_SUCCESS(status) ? KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(*Dpc), &processor)
                              : status;
}

static NTSTATUS DpcqQueuesCreate(WDFDEVICE Device)
{
    PDPCQ_DEVICE device = DpcqGetDevice(Device);
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoWrite = DpcqEvtIoWrite;
    status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    for (ULONG i = 0; i < device->Queues && NT_SUCCESS(status); i++) {
        WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
        status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &device->Queue[i]);
        if (!NT_SUCCESS(status)) {
            break;
        }
        if (device->Design != DesignOneDpc) {
            status = DpcqDpcCreate(Device, i, 1, &device->Dpc[i]);
        } else if (i == 0) {
            status = DpcqDpcCreate(Device, 0, device->Queues, &device->Dpc[0]);
        } else {
            device->Dpc[i] = device->Dpc[0];
        }
    }
    return status;
}

static VOID DpcqReadNumber(WDFKEY Key, PCUNICODE_STRING Name, PULONG Value)
{
    ULONG value;

    if (NT_SUCCESS(WdfRegistryQueryULong(Key, Name, &value))) {
        *Value = value;
    }
}

/* What is not there keeps its default; what makes no sense is refused. */
static NTSTATUS DpcqReadParameters(WDFDRIVER Driver, PDPCQ_DEVICE Device)
{
    static const struct {
        UNICODE_STRING Name;
        DPCQ_DESIGN Design;
    } designs[] = {{RTL_CONSTANT_STRING(L"dpc-per-queue"), DesignPerQueue},
                   {RTL_CONSTANT_STRING(L"one-dpc"), DesignOneDpc},
                   {RTL_CONSTANT_STRING(L"one-lock"), DesignOneLock}};
    DECLARE_CONST_UNICODE_STRING(designName, L"Design");
    DECLARE_CONST_UNICODE_STRING(queuesName, L"Queues");
    DECLARE_CONST_UNICODE_STRING(packetName, L"PacketUs");
    DECLARE_UNICODE_STRING_SIZE(design, 32);
    WDFKEY key;
    ULONG i = 0;
    NTSTATUS status =
        WdfDriverOpenParametersRegistryKey(Driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key);

    if (!NT_SUCCESS(status)) {
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    }
    DpcqReadNumber(key, &queuesName, &Device->Queues);
    DpcqReadNumber(key, &packetName, &Device->PacketUs);
    status = WdfRegistryQueryUnicodeString(key, &designName, NULL, &design);
    WdfRegistryClose(key);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
        status = STATUS_SUCCESS;
    } else if (NT_SUCCESS(status)) {
        while (i < RTL_NUMBER_OF(designs) &&
               !RtlEqualUnicodeString(&designs[i].Name, &design, TRUE)) {
            i++;
        }
        if (i == RTL_NUMBER_OF(designs)) {
            return STATUS_INVALID_PARAMETER;
        }
        Device->Design = designs[i].Design;
    }
    if (Device->Queues == 0 || Device->Queues > QUEUES_MAX || Device->PacketUs > 1000) {
        return STATUS_INVALID_PARAMETER;
    }
    return status;
}

static NTSTATUS DpcqEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\DosDevices\\Dpcq");
    DPCQ_DEVICE parameters = {.Design = DesignPerQueue, .Queues = 2, .PacketUs = 5};
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status = DpcqReadParameters(Driver, &parameters);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, DPCQ_DEVICE);
    if (parameters.Design == DesignOneLock) {
        attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    }
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    *DpcqGetDevice(device) = parameters;
    status = DpcqQueuesCreate(device);
    return NT_SUCCESS(status) ? WdfDeviceCreateSymbolicLink(device, &name) : status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, DpcqEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
