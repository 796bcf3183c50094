/* fx_queue_dispatch.c - the pump: everything that a queue tells its driver.
 *
 * Normal path: a request arrives, its sender's context enters the pump, takes the callback lock (if
 * the scope has one), picks what is to be told first, calls the driver, lets the lock go, looks
 * again. When nothing is left it leaves under the queue lock, so no event is missed.
 * Who ends something (a completion) while a context is in the pump just leaves: that context looks
 * again after its callback. Who brings something (an arrival, a cancellation) enters all the same,
 * since the callback may wait for just that; but at most FX_PUMP_DEPTH times within itself.
 * Deferred: IRQL too high for a passive queue -> work item; callback lock held by this very
 * context, or another queue's held (two of one rank would be taken) -> DPC, or work item if
 * passive. A deferred pump holds a reference on the queue. Teardown waits (FX_NOTICE_GONE) until no
 * list holds a request and no context is in the pump.
 */
#include "base/assert.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/io/fx_queue.h"
#include "wdf/io/fx_queue_event.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"

#include <utlist.h>

#define FX_PUMP_DEPTH 4u

/* ---- what is to be told next ---- */

/* One whose cancel routine is gone is on its way out: that routine will pump. */
static bool fx_queue_has_deliverable_locked(const struct fx_queue *queue)
{
    const struct fx_request *request;

    DL_FOREACH (queue->queued, request) {
        if (fx_request_is_guarded(request)) {
            return true;
        }
    }
    return false;
}

static bool fx_queue_may_deliver_locked(const struct fx_queue *queue)
{
    if (!queue->dispatch || !queue->powered || !fx_queue_has_deliverable_locked(queue)) {
        return false;
    }
    switch (queue->config.DispatchType) {
    case WdfIoQueueDispatchSequential:
        return queue->owned_count == 0;
    case WdfIoQueueDispatchParallel:
        return queue->owned_count < queue->presented;
    default:
        return false;
    }
}

static bool fx_queue_is_ready_locked(const struct fx_queue *queue)
{
    return queue->ready != NULL && queue->ready_due && queue->queued_count != 0 &&
           queue->dispatch && queue->powered;
}

static bool fx_queue_find_notice_locked(const struct fx_queue *queue, enum fx_notice *which)
{
    for (unsigned i = 0; i < FX_NOTICES; i++) {
        const struct fx_queue_notice *notice = &queue->notices[i];

        if ((notice->callback != NULL || notice->event != NULL) &&
            fx_queue_is_reached_locked(queue, (enum fx_notice)i)) {
            *which = (enum fx_notice)i;
            return true;
        }
    }
    return false;
}

static struct fx_request *fx_queue_find_marked_locked(struct fx_queue *queue, bool stop)
{
    struct fx_request *request;

    DL_FOREACH (queue->owned, request) {
        if (stop ? request->stop_due : request->resume_due) {
            return request;
        }
    }
    return NULL;
}

/* The kind of the next event, without changing anything. */
static enum fx_event_kind fx_queue_peek_locked(struct fx_queue *queue, enum fx_notice *which)
{
    struct fx_request *request = queue->dropped;

    for (; request != NULL; request = request->next) {
        if (!request->presented || queue->config.EvtIoCanceledOnQueue == NULL) {
            return FX_EVENT_REAP;
        }
    }
    if (queue->dropped != NULL) {
        return FX_EVENT_CANCELED;
    }
    if (queue->revoked != NULL) {
        return FX_EVENT_REVOKED;
    }
    if (queue->stops_due != 0) {
        return FX_EVENT_STOP;
    }
    if (queue->resumes_due != 0 && queue->powered) {
        return FX_EVENT_RESUME;
    }
    if (fx_queue_find_notice_locked(queue, which)) {
        return FX_EVENT_NOTICE;
    }
    if (fx_queue_is_ready_locked(queue)) {
        return FX_EVENT_READY;
    }
    return fx_queue_may_deliver_locked(queue) ? FX_EVENT_REQUEST : FX_EVENT_NONE;
}

/* The oldest request that is not on its way out becomes the driver's. */
static void fx_queue_pick_request_locked(struct fx_queue *queue, struct fx_event *event)
{
    struct fx_request *request;

    DL_FOREACH (queue->queued, request) {
        if (fx_queue_take_locked(queue, request)) {
            event->request = request;
            event->kind = !queue->config.AllowZeroLengthRequests && fx_request_length(request) == 0
                              ? FX_EVENT_EMPTY_TRANSFER
                              : FX_EVENT_REQUEST;
            return;
        }
    }
    event->kind = FX_EVENT_NONE; /* all are being cancelled; their routines come back */
}

static void fx_queue_pick_stop_locked(struct fx_queue *queue, struct fx_event *event)
{
    struct fx_request *request = fx_queue_find_marked_locked(queue, true);

    request->stop_due = false;
    queue->stops_due--;
    request->in_stop = true;
    request->stop_answer = FX_STOP_NONE;
    event->request = request;
    fx_object_ref(&request->object); /* it may be completed before it is told: fx_queue_tell */
    event->flags = (ULONG)queue->stop_action;
    if (fx_request_cancel_state(request) == FX_CANCEL_MARKED) {
        event->flags |= WdfRequestStopRequestCancelable;
    }
}

/* Take the next event out of the queue. */
static void fx_queue_pick_locked(struct fx_queue *queue, struct fx_event *event)
{
    event->kind = fx_queue_peek_locked(queue, &event->which);
    switch (event->kind) {
    case FX_EVENT_CANCELED:
        event->request = queue->dropped;
        DL_DELETE(queue->dropped, event->request);
        fx_queue_own_locked(queue, event->request);
        break;
    case FX_EVENT_REVOKED:
        event->request = queue->revoked;
        queue->revoked = event->request->revoked_next;
        fx_request_set_cancel(event->request, FX_CANCEL_CALLED);
        fx_object_ref(&event->request->object); /* its callback completes it: fx_queue_tell */
        break;
    case FX_EVENT_STOP:
        fx_queue_pick_stop_locked(queue, event);
        break;
    case FX_EVENT_RESUME:
        event->request = fx_queue_find_marked_locked(queue, false);
        event->request->resume_due = false;
        queue->resumes_due--;
        fx_object_ref(&event->request->object); /* as for a stop */
        break;
    case FX_EVENT_NOTICE:
        event->notice = queue->notices[event->which];
        queue->notices[event->which] = (struct fx_queue_notice){NULL, NULL, NULL};
        break;
    case FX_EVENT_READY:
        queue->ready_due = false;
        event->notice.callback = queue->ready;
        event->notice.context = queue->ready_context;
        break;
    case FX_EVENT_REQUEST:
        fx_queue_pick_request_locked(queue, event);
        break;
    default:
        break;
    }
}

/* ---- the pump ---- */

/* How often the running context is inside callbacks of the queue. */
static unsigned fx_queue_depth(const struct fx_queue *queue)
{
    const struct ke_callback *frame;
    unsigned depth = 0;

    for (frame = ke_self->chain; frame != NULL; frame = frame->outer) {
        depth += frame->object == fx_handle_of(&queue->object);
    }
    return depth;
}

bool fx_queue_is_inside(const struct fx_queue *queue)
{
    const struct ke_callback *frame;

    for (frame = ke_self->chain; frame != NULL; frame = frame->outer) {
        struct fx_object *object = fx_handle_find(frame->object);

        if (object == &queue->object ||
            (object != NULL && object->type == &fx_request_type &&
             fx_object_body(object, struct fx_request)->queue == queue)) {
            return true;
        }
    }
    return false;
}

static VOID fx_queue_pump_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_queue *queue = context;

    fx_queue_lock(queue);
    queue->dpc_due = false;
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

static VOID fx_queue_pump_work(PVOID context)
{
    struct fx_queue *queue = context;

    fx_queue_lock(queue);
    queue->work_due = false;
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

void fx_queue_dispatch_init(struct fx_queue *queue)
{
    KeInitializeDpc(&queue->dpc, fx_queue_pump_dpc, queue);
}

/* The pump runs later, at PASSIVE_LEVEL for a passive queue, and holds a reference until then. */
static void fx_queue_defer(struct fx_queue *queue)
{
    bool *due = queue->passive ? &queue->work_due : &queue->dpc_due;
    bool queue_it;

    fx_queue_lock(queue);
    queue_it = !*due;
    *due = true;
    fx_queue_unlock(queue);
    if (!queue_it) {
        return;
    }
    fx_object_ref(&queue->object);
    if (queue->passive) {
        io_work_queue(&queue->work, fx_queue_pump_work, queue);
    } else {
        KeInsertQueueDpc(&queue->dpc, NULL, NULL);
    }
}

/* A callback lock of the same rank is held: another queue's. */
static bool fx_queue_holds_other_lock(const struct fx_queue *queue,
                                      const struct fx_callback_lock *lock)
{
    const struct fx_queue *other;
    bool holds = false;

    base_lock_acquire(&queue->io->lock);
    LL_FOREACH (queue->io->queues, other) {
        holds = holds || (other != queue && other->sync.lock != lock && other->sync.lock != NULL &&
                          fx_callback_lock_is_mine(other->sync.lock));
    }
    base_lock_release(&queue->io->lock);
    return holds;
}

/* Whether this context may call the driver now; else it was seen to that another one will. */
static bool fx_queue_may_pump(struct fx_queue *queue, const struct fx_callback_lock *lock)
{
    if (queue->passive && KeGetCurrentIrql() > PASSIVE_LEVEL) {
        fx_queue_defer(queue);
        return false;
    }
    if (lock == NULL) {
        return true;
    }
    if (fx_callback_lock_is_mine(lock) || fx_queue_holds_other_lock(queue, lock)) {
        /* Inside a callback of this queue its pump looks again when that has returned. */
        if (fx_queue_depth(queue) == 0) {
            fx_queue_defer(queue);
        }
        return false;
    }
    return true;
}

/* Whether the event is told under the callback lock. */
static bool fx_queue_wants_lock(const struct fx_queue *queue, enum fx_event_kind kind,
                                enum fx_notice which)
{
    switch (kind) {
    case FX_EVENT_REAP:
        return false;
    case FX_EVENT_NOTICE:
        return which != FX_NOTICE_STOP && queue->notices[which].event == NULL;
    default:
        return true;
    }
}

/* Tell one event. The callback lock comes first and then the pick, so that nothing is told that a
 * callback has changed meanwhile. lock: NULL for an event that wants none; should another one have
 * come first by now, nothing is told. false: the lock was refused. */
static bool fx_queue_tell_next(struct fx_queue *queue, struct fx_callback_lock *lock, bool wanted)
{
    struct fx_event event = {.kind = FX_EVENT_NONE};
    struct fx_call call = {.lock = lock, .irql = ke_self->irql};
    enum fx_event_kind kind;
    enum fx_notice which = FX_NOTICES;

    if (lock != NULL && !fx_callback_lock_acquire(lock)) {
        return false;
    }
    fx_queue_lock(queue);
    kind = fx_queue_peek_locked(queue, &which);
    if (kind != FX_EVENT_NONE && fx_queue_wants_lock(queue, kind, which) == wanted) {
        fx_queue_pick_locked(queue, &event);
    }
    fx_queue_unlock(queue);
    fx_queue_tell(queue, &event);
    if (lock != NULL) {
        if (fx_callback_lock_is_mine(lock)) {
            fx_callback_lock_release(lock);
        } else {
            fx_call_lock_lost(&call);
        }
    }
    return true;
}

/* Enter the pump if there is something to tell and nobody else will tell it. */
static bool fx_queue_enter(struct fx_queue *queue, enum fx_pump_reason reason)
{
    enum fx_notice which = FX_NOTICES;
    bool enter;

    fx_queue_lock(queue);
    enter =
        fx_queue_peek_locked(queue, &which) != FX_EVENT_NONE &&
        (queue->pumping == 0 || (reason == FX_PUMP_NOW && fx_queue_depth(queue) < FX_PUMP_DEPTH));
    queue->pumping += enter;
    fx_queue_unlock(queue);
    return enter;
}

void fx_queue_pump(struct fx_queue *queue, enum fx_pump_reason reason)
{
    struct fx_callback_lock *lock = fx_queue_callback_lock(queue);
    bool more = true;

    fx_queue_reap(queue); /* needs neither lock nor driver, so it is never put off */
    if (!fx_queue_enter(queue, reason)) {
        return;
    }
    fx_object_ref(&queue->object); /* the driver may delete it; dropped below */
    while (more) {
        enum fx_notice which = FX_NOTICES;
        enum fx_event_kind kind;
        bool wanted;

        fx_queue_lock(queue);
        kind = fx_queue_peek_locked(queue, &which);
        wanted = kind != FX_EVENT_NONE && fx_queue_wants_lock(queue, kind, which);
        more = kind != FX_EVENT_NONE;
        if (!more) {
            queue->pumping--;
        }
        fx_queue_unlock(queue);
        if (more && ((wanted && !fx_queue_may_pump(queue, lock)) ||
                     !fx_queue_tell_next(queue, wanted ? lock : NULL, wanted))) {
            fx_queue_lock(queue);
            queue->pumping--;
            fx_queue_unlock(queue);
            more = false;
        }
    }
    fx_object_deref(&queue->object);
}
