/* write.c - from write requests to the device, block by block. A write ends when all of it is sent. */
#include "link.h"

NTSTATUS LinkDispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;

    return LinkQueueDispatch(&extension->WriteQueue, Irp,
                             IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length);
}

VOID LinkWriteStartBlock(PLINK_QUEUE Queue)
{
    PLINK_REGISTERS registers = Queue->Extension->Registers;
    ULONG size = min(Queue->Length - Queue->Done, LINK_BLOCK_SIZE);

    WRITE_REGISTER_BUFFER_UCHAR(registers->SendBuffer, Queue->Buffer + Queue->Done, size);
    WRITE_REGISTER_ULONG(&registers->Send, size);
}

/* CustomDpc: the device has sent a block, or could not. SystemArgument1: the outcome. */
VOID LinkWriteDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PLINK_QUEUE queue = DeferredContext;
    ULONG outcome = PtrToUlong(SystemArgument1);
    PIRP irp = NULL;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument2);

    KeAcquireSpinLockAtDpcLevel(&queue->Lock);
    if (queue->State == LinkBusy) {
        queue->Done += outcome & LINK_OUTCOME_COUNT;
        irp = LinkQueueAdvance(queue, outcome, queue->Done == queue->Length);
    }
    KeReleaseSpinLockFromDpcLevel(&queue->Lock);
    if (irp != NULL) {
        LinkQueueFinish(queue, irp);
    }
    LinkQueueRun(queue); /* the next block, or the next request */
}
