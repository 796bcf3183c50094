/* worker.c - what serves the packets: a DPC, a threaded DPC or a work item for some queues. */
#include "nicq.h"

static EVT_WDF_DPC NicqEvtDpc;
static EVT_WDF_WORKITEM NicqEvtWorkItem;
static KDEFERRED_ROUTINE NicqThreadedRoutine;

ULONG NicqWorkerMask(const NICQ_WORKER *Worker)
{
    return (ULONG)((((ULONGLONG)1 << Worker->Count) - 1) << Worker->First);
}

/* Queue `Number` belongs to a processor; there may be more queues than processors. */
NTSTATUS NicqProcessor(ULONG Number, PPROCESSOR_NUMBER Processor)
{
    return KeGetProcessorNumberFromIndex(
        Number % KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), Processor);
}

/* From the ISR: a work item cannot be enqueued there, so a DPC does that. */
VOID NicqSchedule(PNICQ_WORKER Worker)
{
    if (Worker->Device->Parameters.Deferred == NicqThreadedDpc) {
        KeInsertQueueDpc(&Worker->Threaded, NULL, NULL);
    } else {
        WdfDpcEnqueue(Worker->Dpc);
    }
}

/* ---- packets ---- */

/* Sending is not waited for: without a free descriptor the packet is dropped. */
static VOID NicqSend(PNICQ_DEVICE Device, ULONG Number, ULONG Length)
{
    PNICQ_QUEUE queue = &Device->Queue[Number];
    PNICQ_DESCRIPTOR descriptor = &queue->Tx[queue->TxTail % Device->Parameters.RingSize];

    if (descriptor->Flags == NIC_IN_USE) {
        queue->TxFull++;
        return;
    }
    descriptor->Length = Length;
    descriptor->Flags = NIC_IN_USE;
    queue->TxTail++;
    NicqWrite(Device, NIC_RING(Number) + NIC_TX_TAIL, queue->TxTail);
}

/* One packet of a queue, if there is one; its descriptor goes back to the device at once. */
static BOOLEAN NicqServePacket(PNICQ_DEVICE Device, ULONG Number)
{
    PNICQ_QUEUE queue = &Device->Queue[Number];
    PNICQ_DESCRIPTOR descriptor = &queue->Rx[queue->Taken % Device->Parameters.RingSize];

    if ((descriptor->Flags & NIC_DONE) == 0) {
        return FALSE;
    }
    KeMemoryBarrier(); /* what else is in it was written before the flag */
    KeStallExecutionProcessor(Device->Parameters.PacketUs);
    if (Device->Parameters.Forward) {
        NicqSend(Device, Number, descriptor->Length);
    }
    descriptor->Flags = 0;
    queue->Taken++;
    queue->Tail++;
    NicqWrite(Device, NIC_RING(Number) + NIC_RX_TAIL, queue->Tail);
    return TRUE;
}

/* One packet of each queue in turn, until all are empty; then they interrupt again. A worker that has
 * used its budget lets what else waits on its processor run first, its queues staying quiet. */
static VOID NicqWork(PNICQ_WORKER Worker)
{
    PNICQ_DEVICE device = Worker->Device;
    ULONG budget = device->Parameters.Budget, served = 0;
    BOOLEAN more;

    do {
        more = FALSE;
        for (ULONG i = Worker->First; i < Worker->First + Worker->Count; i++) {
            if (NicqServePacket(device, i)) {
                more = TRUE;
                served++;
            }
        }
    } while (more && (budget == 0 || served < budget));
    if (more && Worker->Item != NULL) {
        WdfWorkItemEnqueue(Worker->Item);
    } else if (more) {
        NicqSchedule(Worker);
    } else {
        /* The device interrupts at once for what came after we looked. */
        NicqWrite(device, NIC_ENABLE, NicqWorkerMask(Worker));
    }
}

static VOID NicqEvtDpc(WDFDPC Dpc)
{
    PNICQ_WORKER worker = NicqGetWorkerLink(Dpc)->Worker;

    if (worker->Item != NULL) {
        WdfWorkItemEnqueue(worker->Item);
    } else {
        NicqWork(worker);
    }
}

static VOID NicqEvtWorkItem(WDFWORKITEM WorkItem)
{
    NicqWork(NicqGetWorkerLink(WorkItem)->Worker);
}

static VOID NicqThreadedRoutine(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                                PVOID SystemArgument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    NicqWork(DeferredContext);
}

/* ---- setting up ---- */

static NTSTATUS NicqDpcCreate(PNICQ_WORKER Worker, WDF_OBJECT_ATTRIBUTES *Attributes)
{
    WDF_DPC_CONFIG config;
    NTSTATUS status;

    WDF_DPC_CONFIG_INIT(&config, NicqEvtDpc);
    config.AutomaticSerialization = FALSE; /* queues share nothing */
    status = WdfDpcCreate(&config, Attributes, &Worker->Dpc);
    if (NT_SUCCESS(status)) {
        NicqGetWorkerLink(Worker->Dpc)->Worker = Worker;
    }
    return status;
}

static NTSTATUS NicqWorkItemCreate(PNICQ_WORKER Worker, WDF_OBJECT_ATTRIBUTES *Attributes)
{
    WDF_WORKITEM_CONFIG config;
    NTSTATUS status;

    WDF_WORKITEM_CONFIG_INIT(&config, NicqEvtWorkItem);
    config.AutomaticSerialization = FALSE;
    status = WdfWorkItemCreate(&config, Attributes, &Worker->Item);
    if (NT_SUCCESS(status)) {
        NicqGetWorkerLink(Worker->Item)->Worker = Worker;
    }
    return status;
}

static NTSTATUS NicqWorkerCreate(PNICQ_DEVICE Device, PNICQ_WORKER Worker)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    PROCESSOR_NUMBER processor;
    PKDPC dpc = &Worker->Threaded;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NICQ_WORKER_LINK);
    attributes.ParentObject = Device->Device;
    if (Device->Parameters.Deferred == NicqThreadedDpc) {
        KeInitializeThreadedDpc(dpc, NicqThreadedRoutine, Worker);
    } else {
        status = NicqDpcCreate(Worker, &attributes);
        if (NT_SUCCESS(status) && Device->Parameters.Deferred == NicqWorkItem) {
            status = NicqWorkItemCreate(Worker, &attributes);
        }
        if (!NT_SUCCESS(status)) {
            return status;
        }
        dpc = WdfDpcWdmGetDpc(Worker->Dpc);
    }
    KeSetImportanceDpc(dpc, (KDPC_IMPORTANCE)Device->Parameters.Importance);
    status = NicqProcessor(Worker->First, &processor);
    return NT_SUCCESS(status) ? KeSetTargetProcessorDpcEx(dpc, &processor) : status;
}

NTSTATUS NicqWorkersCreate(PNICQ_DEVICE Device)
{
    BOOLEAN one = Device->Parameters.Design == NicqOneDpc;
    NTSTATUS status = STATUS_SUCCESS;

    Device->Workers = one ? 1 : Device->Parameters.Queues;
    for (ULONG i = 0; i < Device->Workers && NT_SUCCESS(status); i++) {
        Device->Worker[i].Device = Device;
        Device->Worker[i].First = i;
        Device->Worker[i].Count = one ? Device->Parameters.Queues : 1;
        status = NicqWorkerCreate(Device, &Device->Worker[i]);
    }
    return status;
}
