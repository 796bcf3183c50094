/* queue.c - a queue of reads or of writes, and the one request of it that the device works on.
 *
 *               LinkQueueRun   LinkReadDpc, LinkWriteDpc            LinkRetryDpc
 *   LinkIdle    LinkBusy       -                                    -
 *   LinkBusy    -              LinkIdle, or LinkWaiting if it fails -
 *   LinkWaiting -              -                                    LinkIdle
 *
 * Normal path: a dispatch routine puts the IRP into the cancel-safe queue and calls LinkQueueRun,
 * which makes it the current one and starts its first block. The ISR queues the DPC, which takes
 * the outcome; LinkQueueRun then starts the next block, or the next request.
 * Cancelling: while it waits, the cancel-safe queue ends the request. The current one is aborted,
 * and ended when the device has let go of it. Stopping aborts as well, but keeps the request, to go
 * on after the next start.
 * Who ends the current request: LinkQueueEnd takes it off the queue. If its cancel routine has been
 * called and has not seen it yet, that completes it, since it is about to look at it.
 */
#include "link.h"

#define LINK_MAXIMUM_FAILURES 5     /* of one block in a row */
#define LINK_RETRY_100NS      10000 /* after the first failure; twice as long after each other */

static KDEFERRED_ROUTINE LinkRetryDpc;
static DRIVER_CANCEL LinkCancelCurrent;
static IO_CSQ_INSERT_IRP LinkCsqInsertIrp;
static IO_CSQ_REMOVE_IRP LinkCsqRemoveIrp;
static IO_CSQ_PEEK_NEXT_IRP LinkCsqPeekNextIrp;
static IO_CSQ_ACQUIRE_LOCK LinkCsqAcquireLock;
static IO_CSQ_RELEASE_LOCK LinkCsqReleaseLock;
static IO_CSQ_COMPLETE_CANCELED_IRP LinkCsqCompleteCanceledIrp;

/* ---- requests that wait ---- */

static VOID LinkCsqInsertIrp(PIO_CSQ Csq, PIRP Irp)
{
    PLINK_QUEUE queue = CONTAINING_RECORD(Csq, LINK_QUEUE, Csq);

    InsertTailList(&queue->List, &Irp->Tail.Overlay.ListEntry);
}

static VOID LinkCsqRemoveIrp(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);

    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* PeekContext: a file whose requests are looked for; NULL: any. */
static PIRP LinkCsqPeekNextIrp(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PLINK_QUEUE queue = CONTAINING_RECORD(Csq, LINK_QUEUE, Csq);
    PLIST_ENTRY entry = Irp != NULL ? Irp->Tail.Overlay.ListEntry.Flink : queue->List.Flink;

    for (; entry != &queue->List; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL || IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext) {
            return next;
        }
    }
    return NULL;
}

static VOID LinkCsqAcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, LINK_QUEUE, Csq)->ListLock, Irql);
}

static VOID LinkCsqReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, LINK_QUEUE, Csq)->ListLock, Irql);
}

static VOID LinkCsqCompleteCanceledIrp(PIO_CSQ Csq, PIRP Irp)
{
    LinkComplete(CONTAINING_RECORD(Csq, LINK_QUEUE, Csq)->Extension, Irp, STATUS_CANCELLED, 0);
}

NTSTATUS LinkQueueInit(PLINK_QUEUE Queue, PLINK_EXTENSION Extension, ULONG Event,
                       PKDEFERRED_ROUTINE Dpc, PLINK_START_BLOCK StartBlock)
{
    Queue->Extension = Extension;
    Queue->StartBlock = StartBlock;
    Queue->Event = Event;
    Queue->Held = TRUE;
    KeInitializeSpinLock(&Queue->ListLock);
    InitializeListHead(&Queue->List);
    KeInitializeSpinLock(&Queue->Lock);
    KeInitializeEvent(&Queue->Idle, NotificationEvent, TRUE);
    KeInitializeDpc(&Queue->Dpc, Dpc, Queue);
    KeInitializeTimer(&Queue->RetryTimer);
    KeInitializeDpc(&Queue->RetryDpc, LinkRetryDpc, Queue);
    return IoCsqInitialize(&Queue->Csq, LinkCsqInsertIrp, LinkCsqRemoveIrp, LinkCsqPeekNextIrp,
                           LinkCsqAcquireLock, LinkCsqReleaseLock, LinkCsqCompleteCanceledIrp);
}

/* What the dispatch routines of both directions do. */
NTSTATUS LinkQueueDispatch(PLINK_QUEUE Queue, PIRP Irp, ULONG Length)
{
    PLINK_EXTENSION extension = Queue->Extension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    if (Length > 0 &&
        MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute) ==
            NULL) { /* from here on the mapping is there */
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status) || Length == 0) {
        LinkComplete(extension, Irp, status, 0);
        return status;
    }
    IoCsqInsertIrp(&Queue->Csq, Irp, NULL); /* marks it pending; from here it may be gone */
    LinkQueueRun(Queue);
    return STATUS_PENDING;
}

/* ---- the current request; all with the queue's lock ---- */

static VOID LinkQueueSetState(PLINK_QUEUE Queue, LINK_QUEUE_STATE State)
{
    Queue->State = State;
    if (State == LinkIdle) {
        KeSetEvent(&Queue->Idle, IO_NO_INCREMENT, FALSE);
    } else {
        KeClearEvent(&Queue->Idle);
    }
}

static VOID LinkQueueTakeNext(PLINK_QUEUE Queue)
{
    PIRP irp = IoCsqRemoveNextIrp(&Queue->Csq, NULL);
    PIO_STACK_LOCATION stack;

    if (irp == NULL) {
        return;
    }
    stack = IoGetCurrentIrpStackLocation(irp);
    Queue->Irp = irp;
    Queue->Buffer =
        MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    Queue->Length = stack->MajorFunction == IRP_MJ_READ ? stack->Parameters.Read.Length
                                                        : stack->Parameters.Write.Length;
    Queue->Done = 0;
    Queue->Crc = 0;
    Queue->Failures = 0;
    Queue->Cancelled = FALSE;
    IoSetCancelRoutine(irp, LinkCancelCurrent);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        Queue->Cancelled = TRUE; /* between the two queues; its cancel routine will not be called */
    }
}

/* The current request has ended. Returns it, to be finished without the lock; NULL if its cancel
 * routine, which waits for our lock, will do that. */
static PIRP LinkQueueEnd(PLINK_QUEUE Queue, NTSTATUS Status)
{
    PIRP irp = Queue->Irp;

    Queue->Irp = NULL;
    irp->IoStatus.Status = Status;
    irp->IoStatus.Information = Queue->Done;
    LINK_IRP_CRC(irp) = ULongToPtr(Queue->Crc);
    return IoSetCancelRoutine(irp, NULL) != NULL || Queue->Cancelled ? irp : NULL;
}

/* A block failed: again, after a while, or no more. */
static PIRP LinkQueueRetry(PLINK_QUEUE Queue)
{
    LARGE_INTEGER due;

    if (++Queue->Failures > LINK_MAXIMUM_FAILURES) {
        return LinkQueueEnd(Queue, STATUS_IO_DEVICE_ERROR);
    }
    if (!Queue->Held && !Queue->Cancelled) {
        LinkQueueSetState(Queue, LinkWaiting);
        due.QuadPart = -((LONGLONG)LINK_RETRY_100NS << (Queue->Failures - 1));
        KeSetTimer(&Queue->RetryTimer, due, &Queue->RetryDpc);
    }
    return NULL;
}

/* The device has told the outcome of the block that it was given. Complete: the request needs no
 * other. Returns the request if it has ended; LinkQueueRun goes on from here. */
PIRP LinkQueueAdvance(PLINK_QUEUE Queue, ULONG Outcome, BOOLEAN Complete)
{
    LinkQueueSetState(Queue, LinkIdle);
    if ((Outcome & LINK_OUTCOME_FAILED) != 0) {
        return LinkQueueRetry(Queue);
    }
    Queue->Failures = 0;
    return Complete ? LinkQueueEnd(Queue, STATUS_SUCCESS) : NULL;
}

/* Starts what can be started. *Ended: a request to be finished. TRUE: look again. */
static BOOLEAN LinkQueueStep(PLINK_QUEUE Queue, PIRP *Ended)
{
    *Ended = NULL;
    if (Queue->State != LinkIdle) {
        return FALSE;
    }
    if (Queue->Irp == NULL && (!Queue->Held || Queue->Gone)) {
        LinkQueueTakeNext(Queue);
    }
    if (Queue->Irp == NULL) {
        return FALSE;
    }
    if (Queue->Gone) {
        Queue->Done = 0;
        *Ended = LinkQueueEnd(Queue, STATUS_DEVICE_REMOVED);
        return TRUE;
    }
    if (Queue->Cancelled) { /* what was moved before counts: it cannot be moved again */
        *Ended = LinkQueueEnd(Queue, Queue->Done > 0 ? STATUS_SUCCESS : STATUS_CANCELLED);
        return TRUE;
    }
    if (!Queue->Held) {
        LinkQueueSetState(Queue, LinkBusy);
        Queue->StartBlock(Queue);
    }
    return FALSE;
}

/* Ask what is under way to end soon. In each case a DPC goes on with the queue, since the caller may
 * not touch the device any more once the request has ended and the lock is released. */
static VOID LinkQueueAbort(PLINK_QUEUE Queue)
{
    if (Queue->State == LinkBusy) { /* the outcome comes with an interrupt as always */
        WRITE_REGISTER_ULONG(&Queue->Extension->Registers->Waiting, Queue->Event);
    } else if (Queue->State == LinkIdle || KeCancelTimer(&Queue->RetryTimer)) {
        KeInsertQueueDpc(&Queue->RetryDpc, NULL, NULL); /* now, instead of after the timer */
    }
}

/* ---- without the lock ---- */

/* A request that LinkQueueEnd returned. */
VOID LinkQueueFinish(PLINK_QUEUE Queue, PIRP Irp)
{
    PLINK_EXTENSION extension = Queue->Extension;

    if (Queue == &extension->ReadQueue && Irp->IoStatus.Status == STATUS_SUCCESS) {
        LinkVerify(extension, Irp);
    } else {
        LinkComplete(extension, Irp, Irp->IoStatus.Status, Irp->IoStatus.Information);
    }
}

/* Goes on with the queue as far as it can. Called whenever something changed that it may have
 * waited for. */
VOID LinkQueueRun(PLINK_QUEUE Queue)
{
    BOOLEAN again;
    PIRP ended;
    KIRQL irql;

    do {
        KeAcquireSpinLock(&Queue->Lock, &irql);
        again = LinkQueueStep(Queue, &ended);
        KeReleaseSpinLock(&Queue->Lock, irql);
        if (ended != NULL) {
            LinkQueueFinish(Queue, ended);
        }
    } while (again);
}

/* CustomTimerDpc: a block that failed is due again, or its request is not to wait for that. */
static VOID LinkRetryDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                         PVOID SystemArgument2)
{
    PLINK_QUEUE queue = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    KeAcquireSpinLockAtDpcLevel(&queue->Lock);
    if (queue->State == LinkWaiting) {
        LinkQueueSetState(queue, LinkIdle);
    }
    KeReleaseSpinLockFromDpcLevel(&queue->Lock);
    LinkQueueRun(queue);
}

/* The current request is to be cancelled, or it has just ended and LinkQueueEnd left it to us. */
static VOID LinkCancelCurrent(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    PLINK_QUEUE queue = IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_READ
                            ? &extension->ReadQueue
                            : &extension->WriteQueue;
    BOOLEAN ended;
    KIRQL irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&queue->Lock, &irql);
    ended = queue->Irp != Irp;
    if (!ended) {
        queue->Cancelled = TRUE;
        LinkQueueAbort(queue);
    }
    KeReleaseSpinLock(&queue->Lock, irql);
    if (ended) {
        LinkQueueFinish(queue, Irp);
    }
}

/* A file was closed: cancel all that it asked for. */
VOID LinkQueueCleanup(PLINK_QUEUE Queue, PFILE_OBJECT FileObject)
{
    PIRP irp;
    KIRQL irql;

    while ((irp = IoCsqRemoveNextIrp(&Queue->Csq, FileObject)) != NULL) {
        LinkComplete(Queue->Extension, irp, STATUS_CANCELLED, 0);
    }
    KeAcquireSpinLock(&Queue->Lock, &irql);
    irp = Queue->Irp;
    if (irp != NULL && IoGetCurrentIrpStackLocation(irp)->FileObject == FileObject &&
        IoSetCancelRoutine(irp, NULL) != NULL) {
        Queue->Cancelled = TRUE;
        LinkQueueAbort(Queue);
    }
    KeReleaseSpinLock(&Queue->Lock, irql);
}

/* ---- the device comes and goes; at PASSIVE_LEVEL ---- */

/* Start nothing more, and wait until nothing is under way. The current request stays. */
VOID LinkQueueHold(PLINK_QUEUE Queue)
{
    KIRQL irql;

    KeAcquireSpinLock(&Queue->Lock, &irql);
    Queue->Held = TRUE;
    LinkQueueAbort(Queue);
    KeReleaseSpinLock(&Queue->Lock, irql);
    KeWaitForSingleObject(&Queue->Idle, Executive, KernelMode, FALSE, NULL);
}

VOID LinkQueueResume(PLINK_QUEUE Queue)
{
    KIRQL irql;

    KeAcquireSpinLock(&Queue->Lock, &irql);
    Queue->Held = FALSE;
    KeReleaseSpinLock(&Queue->Lock, irql);
    LinkQueueRun(Queue);
}

/* The device does not come back: end all requests, now and from now on. What was under way has no
 * outcome any more; a DPC that comes all the same finds the queue idle. */
VOID LinkQueueFail(PLINK_QUEUE Queue)
{
    KIRQL irql;

    KeAcquireSpinLock(&Queue->Lock, &irql);
    Queue->Held = TRUE;
    Queue->Gone = TRUE;
    KeCancelTimer(&Queue->RetryTimer);
    LinkQueueSetState(Queue, LinkIdle);
    KeReleaseSpinLock(&Queue->Lock, irql);
    LinkQueueRun(Queue);
}
