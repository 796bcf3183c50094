/* io_csq.c - cancel-safe queues: the driver keeps the list, this file the races with cancellation.
 * DriverContext[3] of a queued IRP holds the queue, or the IO_CSQ_IRP_CONTEXT it was inserted with;
 * both start with their type. Whoever gets the cancel routine out of the IRP, under the queue's
 * lock, owns it: a remove that finds it gone leaves the IRP to csq_cancel.
 */
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

/* What Type holds: private to the I/O manager. */
enum { IO_TYPE_CSQ_IRP_CONTEXT = 1, IO_TYPE_CSQ = 2, IO_TYPE_CSQ_EX = 3 };

static bool csq_check(const IO_CSQ *csq, const char *api)
{
    return (!ke_address_is_bad(csq) && (csq->Type == IO_TYPE_CSQ || csq->Type == IO_TYPE_CSQ_EX)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, csq, "a cancel-safe queue", api);
}

/* Its contents count only while an IRP is inserted with it. */
static bool csq_context_check(const IO_CSQ_IRP_CONTEXT *context, const char *api)
{
    return ke_check_address(context, "a context", api) &&
           (context->Irp == NULL || context->Type == IO_TYPE_CSQ_IRP_CONTEXT ||
            ke_check_refuse(RULE_ObjectNotInitialized, context, "a context", api));
}

static void csq_lock(PIO_CSQ csq, PKIRQL irql)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "CsqAcquireLock", (const void *)csq->CsqAcquireLock, csq);
    csq->CsqAcquireLock(csq, irql);
    frame.irql = ke_self->irql; /* what the lock does to the IRQL is its own affair */
    ke_call_leave(&frame);
}

static void csq_unlock(PIO_CSQ csq, KIRQL irql)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "CsqReleaseLock", (const void *)csq->CsqReleaseLock, csq);
    csq->CsqReleaseLock(csq, irql);
    frame.irql = ke_self->irql;
    ke_call_leave(&frame);
}

static NTSTATUS csq_insert(PIO_CSQ csq, PIRP irp, PVOID insert_context)
{
    struct ke_callback frame;
    NTSTATUS status = STATUS_SUCCESS;

    ke_call_enter(&frame, "CsqInsertIrp", (const void *)csq->CsqInsertIrp, csq);
    if (csq->Type == IO_TYPE_CSQ_EX) {
        status = ((PIO_CSQ_INSERT_IRP_EX)(PVOID)csq->CsqInsertIrp)(csq, irp, insert_context);
    } else {
        csq->CsqInsertIrp(csq, irp);
    }
    ke_call_leave(&frame);
    return status;
}

static void csq_remove(PIO_CSQ csq, PIRP irp)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "CsqRemoveIrp", (const void *)csq->CsqRemoveIrp, csq);
    csq->CsqRemoveIrp(csq, irp);
    ke_call_leave(&frame);
}

static PIRP csq_peek(PIO_CSQ csq, PIRP irp, PVOID peek_context)
{
    struct ke_callback frame;
    PIRP next = NULL;

    ke_call_enter(&frame, "CsqPeekNextIrp", (const void *)csq->CsqPeekNextIrp, csq);
    next = csq->CsqPeekNextIrp(csq, irp, peek_context);
    ke_call_leave(&frame);
    return next;
}

static void csq_complete_canceled(PIO_CSQ csq, PIRP irp)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "CsqCompleteCanceledIrp", (const void *)csq->CsqCompleteCanceledIrp, csq);
    csq->CsqCompleteCanceledIrp(csq, irp);
    ke_call_leave(&frame);
}

/* The queue that DriverContext[3] leads to; *context: what the IRP was inserted with, or NULL. */
static PIO_CSQ csq_of(PIRP irp, PIO_CSQ_IRP_CONTEXT *context)
{
    PIO_CSQ_IRP_CONTEXT entry = irp->Tail.Overlay.DriverContext[3];

    if (entry->Type == IO_TYPE_CSQ_IRP_CONTEXT) {
        *context = entry;
        return entry->Csq;
    }
    *context = NULL;
    return (PIO_CSQ)(void *)entry;
}

/* The IRP leaves the queue for good. Queue lock held. */
static void csq_detach(PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
    if (context != NULL) {
        context->Irp = NULL;
    }
    irp->Tail.Overlay.DriverContext[3] = NULL;
}

static VOID csq_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_CSQ_IRP_CONTEXT context = NULL;
    PIO_CSQ csq = csq_of(irp, &context);
    KIRQL irql = PASSIVE_LEVEL;

    /* Our routine is out of the IRP, so nobody else takes it off the queue. */
    IoReleaseCancelSpinLock(irp->CancelIrql);
    csq_lock(csq, &irql);
    csq_remove(csq, irp);
    csq_detach(irp, context);
    csq_unlock(csq, irql);
    csq_complete_canceled(csq, irp);
}

NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                         PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                         PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                         PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    if (!API(HIGH_LEVEL) || !ke_check_address(Csq, "a queue", __func__)) {
        return STATUS_UNSUCCESSFUL;
    }
    Csq->Type = IO_TYPE_CSQ;
    Csq->CsqInsertIrp = CsqInsertIrp;
    Csq->CsqRemoveIrp = CsqRemoveIrp;
    Csq->CsqPeekNextIrp = CsqPeekNextIrp;
    Csq->CsqAcquireLock = CsqAcquireLock;
    Csq->CsqReleaseLock = CsqReleaseLock;
    Csq->CsqCompleteCanceledIrp = CsqCompleteCanceledIrp;
    Csq->ReservePointer = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                           PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                           PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                           PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(HIGH_LEVEL) || !ke_check_address(Csq, "a queue", __func__)) {
        return STATUS_UNSUCCESSFUL;
    }
    status =
        IoCsqInitialize(Csq, (PIO_CSQ_INSERT_IRP)(PVOID)CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp,
                        CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
    Csq->Type = IO_TYPE_CSQ_EX;
    return status;
}

NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql = PASSIVE_LEVEL;
    bool canceled = false;

    if (!API(DISPATCH_LEVEL) || !csq_check(Csq, __func__) || !io_irp_check(Irp, __func__) ||
        (Context != NULL && !ke_check_address(Context, "a context", __func__))) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Context != NULL) {
        Context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
        Context->Irp = Irp;
        Context->Csq = Csq;
        Irp->Tail.Overlay.DriverContext[3] = Context;
    } else {
        Irp->Tail.Overlay.DriverContext[3] = Csq;
    }
    csq_lock(Csq, &irql);
    status = csq_insert(Csq, Irp, InsertContext);
    if (!NT_SUCCESS(status)) {
        csq_detach(Irp, Context); /* it stays with the caller, not pending */
        csq_unlock(Csq, irql);
        return status;
    }
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, csq_cancel);
    /* Cancelled before the routine was there: if we still get it back, nobody else will come. */
    if (__atomic_load_n(&Irp->Cancel, __ATOMIC_SEQ_CST) && IoSetCancelRoutine(Irp, NULL) != NULL) {
        canceled = true;
        csq_remove(Csq, Irp);
        csq_detach(Irp, Context);
    }
    csq_unlock(Csq, irql);
    if (canceled) {
        csq_complete_canceled(Csq, Irp);
    }
    return status;
}

VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    if (!API(DISPATCH_LEVEL) || !csq_check(Csq, __func__)) {
        return;
    }
    IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    PIO_CSQ_IRP_CONTEXT context = NULL;
    KIRQL irql = PASSIVE_LEVEL;
    PIRP irp = NULL;

    if (!API(DISPATCH_LEVEL) || !csq_check(Csq, __func__)) {
        return NULL;
    }
    csq_lock(Csq, &irql);
    irp = csq_peek(Csq, NULL, PeekContext);
    /* One whose routine is gone is being cancelled: csq_cancel waits for the lock. */
    while (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL) {
        irp = csq_peek(Csq, irp, PeekContext);
    }
    if (irp != NULL) {
        csq_remove(Csq, irp);
        csq_of(irp, &context);
        csq_detach(irp, context);
    }
    csq_unlock(Csq, irql);
    return irp;
}

PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    KIRQL irql = PASSIVE_LEVEL;
    PIRP irp = NULL;

    if (!API(DISPATCH_LEVEL) || !csq_check(Csq, __func__) ||
        !csq_context_check(Context, __func__)) {
        return NULL;
    }
    csq_lock(Csq, &irql);
    irp = Context->Irp;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) != NULL) {
        csq_remove(Csq, irp);
        csq_detach(irp, Context);
    } else {
        irp = NULL;
    }
    csq_unlock(Csq, irql);
    return irp;
}
