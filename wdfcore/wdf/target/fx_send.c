/* fx_send.c - the way of a request to a target and back; see fx_send.h.
 *
 * Normal path: fx_send_submit puts the request into the target's list and passes the IRP down;
 * send_irp_done takes it off the list, and send_finish calls the completion routine or wakes the
 * sender. A stopped target keeps the request in its queue until it is started.
 * A send has one hold for the way itself, one for an armed timer, and one for each cancellation
 * under way. An IRP that comes back while the timer's DPC is on its way is finished by that DPC.
 * Teardown: the target cancels what it has and waits for its counts, which fall after the
 * completion routine.
 */
#include "wdf/target/fx_send.h"

#include "base/assert.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_pool.h"
#include "wdf/target/fx_format.h"
#include "wdf/target/fx_target.h"

#include <utlist.h>

#define FX_SEND_CONTEXT 3 /* of Tail.Overlay.DriverContext, while the guard is set */

static struct fx_request **send_list(struct fx_target *target, enum fx_send_place place)
{
    switch (place) {
    case FX_SEND_QUEUED:
        return &target->queued;
    case FX_SEND_BELOW:
        return &target->sent;
    default:
        return &target->ignoring;
    }
}

void fx_send_place_locked(struct fx_request *request, enum fx_send_place place)
{
    struct fx_send *send = &request->send;
    struct fx_request **list = send_list(send->target, place);

    send->place = (uint8_t)place;
    DL_APPEND2(*list, request, send.prev, send.next);
    if (place != FX_SEND_QUEUED) {
        send->counted = true;
        send->ignoring = place == FX_SEND_IGNORING;
        fx_target_enter(send->target, send->ignoring);
    }
}

static void send_unlist_locked(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    struct fx_request **list = send_list(send->target, send->place);

    CORE_ASSERT(send->place != FX_SEND_NOWHERE);
    DL_DELETE2(*list, request, send.prev, send.next);
    send->place = FX_SEND_NOWHERE;
}

/* ---- the way back ---- */

static void send_call_routine(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    PFN_WDF_REQUEST_COMPLETION_ROUTINE routine = send->routine;
    struct fx_target *target = send->target;
    struct fx_target_frame frame = {.thread = ke_self->thread};
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDFCONTEXT context = send->context;
    struct fx_call call;

    if (routine == NULL && send->done == NULL) {
        return;
    }
    send->routine = NULL; /* the routine may set another and send again */
    send->context = NULL;
    fx_send_completion_params(request, &params);
    fx_target_lock(target);
    frame.next = target->frames;
    target->frames = &frame;
    fx_target_unlock(target);
    /* No scope serializes it. spec: SYNC-20 */
    if (send->done != NULL) {
        send->done(request);
    } else if (fx_call_enter(&call, "EvtRequestCompletionRoutine", (const void *)routine,
                             &request->object, NULL)) {
        routine(fx_request_handle(request), fx_target_handle(target), &params, context);
        fx_call_leave(&call);
    }
    fx_target_lock(target);
    LL_DELETE(target->frames, &frame);
    fx_target_unlock(target);
}

/* Nobody holds the send any more: the request is the driver's again. */
static void send_finish(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    struct fx_target *target = send->target;
    bool counted = send->counted;
    bool ignoring = send->ignoring;
    PKEVENT waiter = send->waiter;
    IO_STATUS_BLOCK *result = &request->irp->IoStatus;

    if (send->timed_out && result->Status == STATUS_CANCELLED) {
        result->Status = STATUS_IO_TIMEOUT; /* spec: REQ-35 */
    }
    fx_format_completed(request);
    fx_request_set_state(request, FX_REQUEST_OWNED);
    if (waiter != NULL) {
        send->routine = NULL;
        send->context = NULL;
        send->waiter = NULL;
        KeSetEvent(waiter, IO_NO_INCREMENT, FALSE);
    } else {
        send_call_routine(request);
    }
    /* The request may have been completed, deleted or sent anew. */
    if (counted) {
        fx_target_leave(target, ignoring);
    }
    fx_object_deref(&target->object);
    fx_object_deref(&request->object);
}

static void send_drop(struct fx_request *request, int holds)
{
    if (__atomic_sub_fetch(&request->send.holds, holds, __ATOMIC_ACQ_REL) == 0) {
        send_finish(request);
    }
}

/* It is off the target's list: the way's hold goes, and the timer's if it will not run. */
static void send_end(struct fx_request *request, bool armed)
{
    int holds = 1;

    if (armed && KeCancelTimer(&request->send.timer->timer)) {
        holds++;
    }
    send_drop(request, holds);
}

static NTSTATUS send_irp_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct fx_request *request = context;
    struct fx_target *target = request->send.target;
    bool armed;

    fx_target_lock(target);
    send_unlist_locked(request);
    request->send.ended = true;
    armed = request->send.armed;
    fx_target_unlock(target);
    send_end(request, armed);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* ---- waiting in the queue of a stopped target ---- */

static void send_end_unguarded(struct fx_request *request, NTSTATUS status, bool armed)
{
    request->irp->IoStatus.Status = status;
    request->irp->IoStatus.Information = 0;
    send_end(request, armed);
}

void fx_send_end_queued(struct fx_request *request, NTSTATUS status)
{
    struct fx_target *target = request->send.target;
    bool armed;

    fx_target_lock(target);
    request->send.ended = true;
    armed = request->send.armed;
    fx_target_unlock(target);
    send_end_unguarded(request, status, armed);
}

/* Its sender cancels it: whoever else wants it out of the queue finds the routine gone. */
static VOID send_cancel_queued(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx_request *request = irp->Tail.Overlay.DriverContext[FX_SEND_CONTEXT];
    struct fx_target *target = request->send.target;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    fx_target_lock(target);
    send_unlist_locked(request);
    fx_target_unlock(target);
    fx_send_end_queued(request, STATUS_CANCELLED);
}

/* false: the IRP is cancelled already and stays unguarded. */
static bool send_guard(struct fx_request *request)
{
    PIRP irp = request->irp;

    if (irp->CurrentLocation > irp->StackCount) {
        return true; /* nobody above can cancel it */
    }
    request->send.guarded = true;
    irp->Tail.Overlay.DriverContext[FX_SEND_CONTEXT] = request;
    (void)__atomic_exchange_n(&irp->CancelRoutine, send_cancel_queued, __ATOMIC_ACQ_REL);
    /* IoCancelIrp sets Cancel before it takes the routine: one of both sides sees the other. */
    if (!__atomic_load_n(&irp->Cancel, __ATOMIC_ACQUIRE) ||
        __atomic_exchange_n(&irp->CancelRoutine, NULL, __ATOMIC_ACQ_REL) == NULL) {
        return true;
    }
    request->send.guarded = false;
    return false;
}

bool fx_send_take_locked(struct fx_request *request)
{
    struct fx_send *send = &request->send;

    if (send->guarded &&
        __atomic_exchange_n(&request->irp->CancelRoutine, NULL, __ATOMIC_ACQ_REL) == NULL) {
        return false;
    }
    send->guarded = false;
    send_unlist_locked(request);
    return true;
}

/* ---- cancellation and time ---- */

void fx_send_cancel_unlocks(struct fx_request *request)
{
    __atomic_add_fetch(&request->send.holds, 1, __ATOMIC_RELAXED);
    fx_target_unlock(request->send.target);
    io_irp_cancel(request->irp);
    send_drop(request, 1);
}

static VOID send_timed_out(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                           PVOID SystemArgument2)
{
    struct fx_request *request = DeferredContext;
    struct fx_send *send = &request->send;
    struct fx_target *target = send->target;

    fx_target_lock(target);
    if (send->place == FX_SEND_QUEUED && fx_send_take_locked(request)) {
        send->ended = true;
        fx_target_unlock(target);
        request->irp->IoStatus.Status = STATUS_IO_TIMEOUT;
        request->irp->IoStatus.Information = 0;
        send_drop(request, 2); /* the way's and the timer's */
        return;
    }
    if (send->place == FX_SEND_BELOW || send->place == FX_SEND_IGNORING) {
        send->timed_out = true;
        fx_send_cancel_unlocks(request);
    } else {
        fx_target_unlock(target); /* it has ended, or its sender's cancel ends it */
    }
    send_drop(request, 1);
}

NTSTATUS fx_send_ensure_timer(struct fx_request *request)
{
    struct fx_send_timer *timer;

    if (request->send.timer != NULL) {
        return STATUS_SUCCESS;
    }
    timer = fx_allocate(sizeof(*timer));
    if (timer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeTimer(&timer->timer);
    KeInitializeDpc(&timer->dpc, send_timed_out, request);
    if (request->send.timer != NULL) { /* these were windows */
        fx_free(timer);
    } else {
        request->send.timer = timer;
    }
    return STATUS_SUCCESS;
}

/* The send may end before the timer is set: then it is taken back here. */
static void send_arm(struct fx_request *request, LONGLONG timeout)
{
    struct fx_send *send = &request->send;
    LARGE_INTEGER due = {.QuadPart = timeout};
    bool ended;

    KeSetTimer(&send->timer->timer, due, &send->timer->dpc);
    fx_target_lock(send->target);
    send->armed = true;
    ended = send->ended;
    fx_target_unlock(send->target);
    if (ended && KeCancelTimer(&send->timer->timer)) {
        send_drop(request, 1);
    }
}

/* ---- the way down ---- */

void fx_send_pass(struct fx_request *request)
{
    struct fx_target *target = request->send.target;
    PIRP irp = request->irp;

    if (target->file != NULL) {
        IoGetNextIrpStackLocation(irp)->FileObject = target->file;
    }
    IoSetCompletionRoutine(irp, send_irp_done, request, TRUE, TRUE, TRUE);
    io_irp_call(target->wdm, irp);
}

NTSTATUS fx_send_reserve(struct fx_request *request, CCHAR stack_size, const void *caller)
{
    PIRP irp = request->irp;

    if (irp != NULL && irp->CurrentLocation > stack_size) {
        return STATUS_SUCCESS;
    }
    if (request->send.irp_owner != FX_IRP_OURS) {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    irp = io_irp_allocate_for(stack_size, caller);
    if (irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (request->irp != NULL) {
        fx_format_release(request);
        irp->IoStatus = request->irp->IoStatus;
        io_irp_free(request->irp);
    } else {
        irp->IoStatus.Status = request->status;
    }
    request->irp = irp;
    request->send.formatted = false;
    return STATUS_SUCCESS;
}

/* Into a list of the target, by its state. The target's lock is held. */
static NTSTATUS send_enlist_locked(struct fx_request *request, struct fx_target *target,
                                   bool ignore, bool timed)
{
    struct fx_send *send = &request->send;
    enum fx_send_place place = ignore ? FX_SEND_IGNORING : FX_SEND_BELOW;

    if (target->wdm == NULL || !fx_request_is_owned(request)) { /* the driver looked away, too */
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (!send->formatted || request->irp->CurrentLocation <= target->wdm->StackSize) {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    switch (target->state) {
    case WdfIoTargetStarted:
        break;
    case WdfIoTargetStopped:
        place = ignore ? FX_SEND_IGNORING : FX_SEND_QUEUED;
        break;
    case WdfIoTargetPurged:
        if (ignore) {
            break;
        }
        return STATUS_INVALID_DEVICE_STATE;
    default:
        return STATUS_INVALID_DEVICE_STATE;
    }
    send->target = target;
    send->holds = timed ? 2 : 1;
    send->formatted = send->counted = send->armed = send->ended = false;
    send->guarded = send->cancelling = send->timed_out = false;
    fx_request_set_state(request, FX_REQUEST_SENT);
    fx_send_place_locked(request, place);
    return STATUS_SUCCESS;
}

NTSTATUS fx_send_submit(struct fx_request *request, struct fx_target *target, ULONG flags,
                        LONGLONG timeout, PKEVENT waiter)
{
    NTSTATUS status = STATUS_SUCCESS;
    bool guarded = true;
    bool queued;

    if (request->send.refused) {
        return STATUS_CANCELLED;
    }
    if (timeout != 0) {
        status = fx_send_ensure_timer(request);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    request->send.waiter = waiter;
    fx_object_ref(&request->object); /* both dropped by send_finish */
    fx_object_ref(&target->object);
    fx_target_lock(target);
    status = send_enlist_locked(
        request, target, (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE) != 0, timeout != 0);
    queued = NT_SUCCESS(status) && request->send.place == FX_SEND_QUEUED;
    if (queued) {
        guarded = send_guard(request);
        if (!guarded) {
            send_unlist_locked(request);
        }
    }
    fx_target_unlock(target);
    if (!NT_SUCCESS(status)) {
        request->send.waiter = NULL;
        fx_object_deref(&target->object);
        fx_object_deref(&request->object);
    } else {
        if (timeout != 0) {
            send_arm(request, timeout);
        }
        if (!guarded) {
            fx_send_end_queued(request, STATUS_CANCELLED);
        } else if (!queued) {
            fx_send_pass(request);
        }
    }
    return status;
}

NTSTATUS fx_send_and_wait(struct fx_request *request, struct fx_target *target, ULONG flags,
                          LONGLONG timeout, bool *sent)
{
    KEVENT finished;
    NTSTATUS status;

    KeInitializeEvent(&finished, NotificationEvent, FALSE);
    status = fx_send_submit(request, target, flags, timeout, &finished);
    *sent = NT_SUCCESS(status);
    if (*sent) {
        KeWaitForSingleObject(&finished, Executive, KernelMode, FALSE, NULL);
        status = request->irp->IoStatus.Status;
    }
    return status;
}

/* ---- before and after ---- */

void fx_send_completion_params(const struct fx_request *request,
                               PWDF_REQUEST_COMPLETION_PARAMS params)
{
    WDF_REQUEST_COMPLETION_PARAMS_INIT(params);
    if (request->send.format != NULL) {
        *params = request->send.format->params;
    }
    if (request->irp != NULL) {
        params->IoStatus = request->irp->IoStatus;
    } else {
        params->IoStatus.Status = request->status;
    }
}

void fx_send_reset(struct fx_request *request)
{
    fx_format_release(request);
    request->send.routine = NULL;
    request->send.context = NULL;
    request->send.refused = false;
    request->send.formatted = false;
}

void fx_send_release(struct fx_request *request)
{
    struct fx_send *send = &request->send;

    fx_format_free(request);
    fx_free(send->timer);
    send->timer = NULL;
    if (request->irp == NULL || send->irp_owner == FX_IRP_SENDER) {
        return;
    }
    if (send->irp_owner == FX_IRP_OURS) {
        io_irp_free(request->irp);
    } else if (send->irp_owner == FX_IRP_DRIVER_FREED) {
        IoFreeIrp(request->irp);
    }
    request->irp = NULL;
}

struct fx_request *fx_send_get(WDFREQUEST handle, const char *api)
{
    struct fx_request *request = fx_request_get(handle, api);

    if (request == NULL) {
        return NULL;
    }
    if (fx_request_state(request) == FX_REQUEST_SENT) {
        fx_violation(RULE_RequestSentTwice, FX_BUGCHECK_REQUEST, 3, request->object.handle,
                     &request->object, "%s on a request that is with an I/O target", api);
        return NULL;
    }
    return request->by_driver ? request : fx_request_get_owned(handle, api);
}
