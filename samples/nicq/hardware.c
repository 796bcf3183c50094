/* hardware.c - registers, rings, and the interrupt. */
#include "nicq.h"

ULONG NicqRead(PNICQ_DEVICE Device, ULONG Offset)
{
    return READ_REGISTER_ULONG((PULONG)(Device->Registers + Offset));
}

VOID NicqWrite(PNICQ_DEVICE Device, ULONG Offset, ULONG Value)
{
    WRITE_REGISTER_ULONG((PULONG)(Device->Registers + Offset), Value);
}

/* Quiets the queues of the workers that have something to do, and schedules these. A message says by
 * itself whose it is; a line may be another device's. */
BOOLEAN NicqEvtInterruptIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PNICQ_DEVICE device = NicqGetDevice(WdfInterruptGetDevice(Interrupt));
    PNICQ_INTERRUPT interrupt = NicqGetInterrupt(Interrupt);
    BOOLEAN message = device->Parameters.Design == NicqMessagePerQueue;
    ULONG cause = message ? MAXULONG : NicqRead(device, NIC_CAUSE);
    ULONG quiet = 0;

    UNREFERENCED_PARAMETER(MessageID);

    for (ULONG i = interrupt->First; i < interrupt->First + interrupt->Count; i++) {
        if ((cause & NicqWorkerMask(&device->Worker[i])) != 0) {
            quiet |= NicqWorkerMask(&device->Worker[i]);
        }
    }
    if (cause == 0) {
        return FALSE;
    }
    NicqWrite(device, NIC_DISABLE, quiet);
    for (ULONG i = interrupt->First; i < interrupt->First + interrupt->Count; i++) {
        if ((cause & NicqWorkerMask(&device->Worker[i])) != 0) {
            NicqSchedule(&device->Worker[i]);
        }
    }
    return TRUE;
}

/* ---- rings ---- */

/* Receive and transmit ring of a queue lie behind each other. */
static NTSTATUS NicqQueueAllocate(PNICQ_DEVICE Device, PNICQ_QUEUE Queue)
{
    SIZE_T size = 2 * (SIZE_T)Device->Parameters.RingSize * sizeof(NICQ_DESCRIPTOR);
    PHYSICAL_ADDRESS anywhere = {.QuadPart = MAXLONGLONG};

    Queue->Rx = MmAllocateContiguousMemory(size, anywhere);
    if (Queue->Rx == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Queue->Tx = Queue->Rx + Device->Parameters.RingSize;
    return STATUS_SUCCESS;
}

/* The device begins with empty rings, all receive descriptors its own. */
static VOID NicqQueueStart(PNICQ_DEVICE Device, ULONG Number)
{
    PNICQ_QUEUE queue = &Device->Queue[Number];
    ULONG size = Device->Parameters.RingSize, ring = NIC_RING(Number);
    PHYSICAL_ADDRESS rx = MmGetPhysicalAddress(queue->Rx), tx = MmGetPhysicalAddress(queue->Tx);

    RtlZeroMemory(queue->Rx, 2 * size * sizeof(NICQ_DESCRIPTOR));
    queue->Taken = queue->TxTail = 0;
    queue->Tail = size;
    NicqWrite(Device, ring + NIC_RX_BASE_LOW, (ULONG)rx.QuadPart);
    NicqWrite(Device, ring + NIC_RX_BASE_HIGH, (ULONG)((ULONGLONG)rx.QuadPart >> 32));
    NicqWrite(Device, ring + NIC_RX_COUNT, size);
    NicqWrite(Device, ring + NIC_TX_BASE_LOW, (ULONG)tx.QuadPart);
    NicqWrite(Device, ring + NIC_TX_BASE_HIGH, (ULONG)((ULONGLONG)tx.QuadPart >> 32));
    NicqWrite(Device, ring + NIC_TX_COUNT, size);
    NicqWrite(Device, ring + NIC_RX_TAIL, queue->Tail);
}

/* ---- the device's life ---- */

NTSTATUS NicqEvtPrepareHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                WDFCMRESLIST ResourcesTranslated)
{
    PNICQ_DEVICE device = NicqGetDevice(Device);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(ResourcesRaw);

    for (ULONG i = 0; i < WdfCmResourceListGetCount(ResourcesTranslated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR resource =
            WdfCmResourceListGetDescriptor(ResourcesTranslated, i);

        if (resource->Type == CmResourceTypeMemory && device->Registers == NULL) {
            device->RegistersLength = resource->u.Memory.Length;
            device->Registers = MmMapIoSpaceEx(resource->u.Memory.Start, device->RegistersLength,
                                               PAGE_READWRITE | PAGE_NOCACHE);
        }
    }
    if (device->Registers == NULL || device->RegistersLength < NICQ_WINDOW ||
        NicqRead(device, NIC_QUEUES) != device->Parameters.Queues) {
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    }
    for (ULONG i = 0; i < device->Parameters.Queues && NT_SUCCESS(status); i++) {
        status = NicqQueueAllocate(device, &device->Queue[i]);
    }
    return status;
}

NTSTATUS NicqEvtReleaseHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesTranslated)
{
    PNICQ_DEVICE device = NicqGetDevice(Device);

    UNREFERENCED_PARAMETER(ResourcesTranslated);

    for (ULONG i = 0; i < device->Parameters.Queues; i++) {
        if (device->Queue[i].Rx != NULL) {
            MmFreeContiguousMemory(device->Queue[i].Rx);
            device->Queue[i].Rx = device->Queue[i].Tx = NULL;
        }
    }
    if (device->Registers != NULL) {
        MmUnmapIoSpace(device->Registers, device->RegistersLength);
        device->Registers = NULL;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NicqEvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    PNICQ_DEVICE device = NicqGetDevice(Device);

    UNREFERENCED_PARAMETER(PreviousState);

    for (ULONG i = 0; i < device->Parameters.Queues; i++) {
        NicqQueueStart(device, i);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NicqEvtD0EntryPostInterruptsEnabled(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    PNICQ_DEVICE device = NicqGetDevice(Device);

    UNREFERENCED_PARAMETER(PreviousState);

    NicqWrite(device, NIC_ENABLE, (ULONG)(((ULONGLONG)1 << device->Parameters.Queues) - 1));
    NicqWrite(device, NIC_CONTROL, NIC_CONTROL_ON);
    return STATUS_SUCCESS;
}

/* Interrupts are disconnected by now. No worker may touch the device after this. */
NTSTATUS NicqEvtD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    PNICQ_DEVICE device = NicqGetDevice(Device);

    UNREFERENCED_PARAMETER(TargetState);

    NicqWrite(device, NIC_CONTROL, 0);
    for (ULONG i = 0; i < device->Workers; i++) {
        if (device->Worker[i].Dpc != NULL) {
            WdfDpcCancel(device->Worker[i].Dpc, TRUE);
        }
        if (device->Worker[i].Item != NULL) {
            WdfWorkItemFlush(device->Worker[i].Item);
        }
    }
    KeFlushQueuedDpcs(); /* threaded ones */
    return STATUS_SUCCESS;
}
