/* read.c - from the device to read requests, block by block. A read ends when its buffer is full, or
 * when nothing more waits in the device. */
#include "link.h"

NTSTATUS LinkDispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;

    return LinkQueueDispatch(&extension->ReadQueue, Irp,
                             IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length);
}

VOID LinkReadStartBlock(PLINK_QUEUE Queue)
{
    PLINK_REGISTERS registers = Queue->Extension->Registers;

    if (Queue->Done == 0) {
        WRITE_REGISTER_ULONG(&registers->Crc, 0);
    }
    WRITE_REGISTER_ULONG(&registers->Receive, min(Queue->Length - Queue->Done, LINK_BLOCK_SIZE));
}

/* CustomDpc: the device has received a block, or could not. SystemArgument1: the outcome. */
VOID LinkReadDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PLINK_QUEUE queue = DeferredContext;
    PLINK_REGISTERS registers = queue->Extension->Registers;
    ULONG outcome = PtrToUlong(SystemArgument1);
    ULONG count = outcome & LINK_OUTCOME_COUNT;
    PIRP irp = NULL;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument2);

    KeAcquireSpinLockAtDpcLevel(&queue->Lock);
    if (queue->State == LinkBusy) {
        if (count > 0) {
            READ_REGISTER_BUFFER_UCHAR(registers->ReceiveBuffer, queue->Buffer + queue->Done,
                                       count);
            queue->Done += count;
            queue->Crc = READ_REGISTER_ULONG(&registers->Crc);
        }
        irp = LinkQueueAdvance(queue, outcome,
                               count > 0 && (queue->Done == queue->Length ||
                                             READ_REGISTER_ULONG(&registers->Waiting) == 0));
    }
    KeReleaseSpinLockFromDpcLevel(&queue->Lock);
    if (irp != NULL) {
        LinkQueueFinish(queue, irp);
    }
    LinkQueueRun(queue); /* the next block, or the next request */
}
