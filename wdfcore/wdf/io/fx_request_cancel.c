/* fx_request_cancel.c - cancellation: of requests that wait in a queue, and of requests that the
 * driver owns and has marked.
 * The IRP's cancel routine is the token: whoever exchanges it for NULL owns the next step.
 * - queued: taken by delivery (the request goes to the driver) or by the sender's cancel (it is
 *   dropped from the queue)
 * - marked: taken by WdfRequestUnmarkCancelable (the driver completes) or by the sender's cancel or
 * a purge (EvtRequestCancel is due: it completes, and Unmark says STATUS_CANCELLED) Hence exactly
 * one side completes the request, in every interleaving. EvtRequestCancel runs from the queue's
 * pump, under the queue's callback lock.
 */
#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"

#include <utlist.h>

#define FX_CANCEL_CONTEXT \
    3 /* of Tail.Overlay.DriverContext, while a cancel routine of ours is set */

static PDRIVER_CANCEL fx_request_exchange(PIRP irp, PDRIVER_CANCEL routine)
{
    return __atomic_exchange_n(&irp->CancelRoutine, routine, __ATOMIC_ACQ_REL);
}

/* fx_request_arm: set the routine; false: the IRP is cancelled and the routine was taken back. */
static bool fx_request_arm(struct fx_request *request, PDRIVER_CANCEL routine)
{
    PIRP irp = request->irp;

    irp->Tail.Overlay.DriverContext[FX_CANCEL_CONTEXT] = request;
    fx_request_exchange(irp, routine);
    /* IoCancelIrp sets Cancel before it takes the routine: one of both sides sees the other. */
    return !__atomic_load_n(&irp->Cancel, __ATOMIC_ACQUIRE) ||
           fx_request_exchange(irp, NULL) == NULL;
}

bool fx_request_is_guarded(const struct fx_request *request)
{
    return __atomic_load_n(&request->irp->CancelRoutine, __ATOMIC_ACQUIRE) != NULL;
}

bool fx_request_unguard(struct fx_request *request)
{
    return fx_request_exchange(request->irp, NULL) != NULL;
}

bool fx_request_is_cancelled(const struct fx_request *request)
{
    return __atomic_load_n(&request->purging, __ATOMIC_RELAXED) ||
           (request->irp != NULL && __atomic_load_n(&request->irp->Cancel, __ATOMIC_RELAXED));
}

static struct fx_request *fx_request_of_cancelled(PIRP irp)
{
    struct fx_request *request = irp->Tail.Overlay.DriverContext[FX_CANCEL_CONTEXT];

    IoReleaseCancelSpinLock(irp->CancelIrql);
    return request;
}

/* The sender cancels a request that waits in a queue. It cannot leave the queue meanwhile: who
 * wants it out finds the cancel routine gone. */
static VOID fx_request_cancel_queued(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx_request *request = fx_request_of_cancelled(irp);
    struct fx_queue *queue = request->queue;

    fx_object_ref(&queue->object);
    fx_queue_lock(queue);
    fx_queue_drop_locked(queue, request);
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

bool fx_request_guard_queued(struct fx_request *request)
{
    return fx_request_arm(request, fx_request_cancel_queued);
}

void fx_request_revoke_locked(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;
    struct fx_request **link = &queue->revoked;

    CORE_ASSERT(fx_request_cancel_state(request) != FX_CANCEL_DUE &&
                fx_request_cancel_state(request) != FX_CANCEL_CALLED);
    fx_request_set_cancel(request, FX_CANCEL_DUE);
    request->revoked_next = NULL;
    while (*link != NULL) {
        link = &(*link)->revoked_next;
    }
    *link = request;
}

/* The sender cancels a marked request. */
static VOID fx_request_cancel_owned(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx_request *request = fx_request_of_cancelled(irp);
    struct fx_queue *queue = request->queue;

    fx_object_ref(&queue->object);
    fx_queue_lock(queue);
    fx_request_revoke_locked(request);
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

/* fx_request_mark: STATUS_CANCELLED: it is cancelled already and stays unmarked. Under the queue
 * lock, so that a purge finds it either unmarked or with its cancel routine. */
static NTSTATUS fx_request_mark(struct fx_request *request, PFN_WDF_REQUEST_CANCEL routine)
{
    struct fx_queue *queue = request->queue;
    NTSTATUS status = STATUS_SUCCESS;

    fx_queue_lock(queue);
    request->evt_cancel = routine;
    fx_request_set_cancel(request, FX_CANCEL_MARKED);
    if (request->purging || !fx_request_arm(request, fx_request_cancel_owned)) {
        fx_request_set_cancel(request, FX_CANCEL_NONE);
        status = STATUS_CANCELLED;
    }
    fx_queue_unlock(queue);
    return status;
}

/* fx_request_unmark: false: its cancel routine is on the way, or the IRP is gone. */
static bool fx_request_unmark(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;
    bool unmarked;

    fx_queue_lock(queue);
    unmarked = request->irp != NULL && fx_request_unguard(request);
    if (unmarked) {
        fx_request_set_cancel(request, FX_CANCEL_NONE);
        request->evt_cancel = NULL;
    }
    fx_queue_unlock(queue);
    return unmarked;
}

WDFAPI VOID WdfRequestMarkCancelable(WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL EvtRequestCancel)
{
    struct fx_request *request;
    struct fx_queue *queue;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_request_get_owned(Request, __func__);
    if (request == NULL) {
        return;
    }
    if (EvtRequestCancel == NULL) {
        fx_parameter_null("EvtRequestCancel", KE_CALLER());
        return;
    }
    queue = request->queue;
    if (queue == NULL || fx_request_cancel_state(request) != FX_CANCEL_NONE) {
        fx_violation(RULE_RequestNotOwned, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     queue == NULL ? "a request that no queue delivered was marked cancelable"
                                   : "a cancelable request was marked again");
        return;
    }
    if (fx_request_mark(request, EvtRequestCancel) == STATUS_CANCELLED) {
        fx_object_ref(&queue->object);
        fx_queue_lock(queue);
        fx_request_revoke_locked(request);
        fx_queue_unlock(queue);
        fx_queue_pump(queue, FX_PUMP_NOW);
        fx_object_deref(&queue->object);
    }
}

WDFAPI NTSTATUS WdfRequestMarkCancelableEx(WDFREQUEST Request,
                                           PFN_WDF_REQUEST_CANCEL EvtRequestCancel)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_handle_get(Request, FX_TYPE_REQUEST);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (EvtRequestCancel == NULL) {
        return fx_parameter_null("EvtRequestCancel", KE_CALLER());
    }
    if (!fx_request_is_owned(request) || request->by_driver || request->queue == NULL ||
        fx_request_cancel_state(request) != FX_CANCEL_NONE) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_request_mark(request, EvtRequestCancel);
}

WDFAPI NTSTATUS WdfRequestUnmarkCancelable(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_handle_get(Request, FX_TYPE_REQUEST);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (fx_request_cancel_state(request)) {
    case FX_CANCEL_NONE:
        return STATUS_INVALID_DEVICE_REQUEST;
    case FX_CANCEL_MARKED:
        return fx_request_unmark(request) ? STATUS_SUCCESS : STATUS_CANCELLED;
    default:
        return STATUS_CANCELLED;
    }
}

WDFAPI BOOLEAN WdfRequestIsCanceled(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL && !request->by_driver &&
           fx_request_cancel_state(request) != FX_CANCEL_MARKED && fx_request_is_cancelled(request);
}
