/* fx_queue_state.c - start, stop, drain, purge of a queue, and waiting for it.
 *
 *                    accept  dispatch   what is there                done when
 * Start              yes     yes        delivered                    -
 * Stop               yes     no         kept                         driver owns nothing
 * Drain              no      yes        delivered                    nothing queued, nothing owned
 * Purge              no      no change  cancelled, marked ones too   nothing queued, nothing owned
 * StopAndPurge       yes     no         cancelled, marked ones too   driver owns nothing
 * Each call returns at once and its callback may run before it returns; the synchronous form waits.
 * One callback of a kind can be pending (10D/0xA otherwise).
 */
#include "nt/ke/ke_api.h"
#include "wdf/io/fx_queue.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"

#include <utlist.h>

static bool fx_queue_is_idle_locked(const struct fx_queue *queue)
{
    return queue->queued_count == 0 && queue->owned_count == 0 && queue->dropped == NULL &&
           queue->leaving == 0;
}

/* The driver has answered EvtIoStop for all that it still owns. */
static bool fx_queue_is_quiet_locked(const struct fx_queue *queue)
{
    const struct fx_request *request;

    if (queue->stops_due != 0) {
        return false;
    }
    DL_FOREACH (queue->owned, request) {
        if (!request->stop_kept) {
            return false;
        }
    }
    return true;
}

bool fx_queue_is_reached_locked(const struct fx_queue *queue, enum fx_notice notice)
{
    switch (notice) {
    case FX_NOTICE_EMPTY:
    case FX_NOTICE_GONE:
        return fx_queue_is_idle_locked(queue);
    case FX_NOTICE_STOP:
        return queue->owned_count == 0 && queue->dropped == NULL && queue->leaving == 0;
    case FX_NOTICE_POWER:
        return fx_queue_is_quiet_locked(queue);
    default:
        return false;
    }
}

void fx_queue_wait(struct fx_queue *queue, enum fx_notice notice)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    fx_queue_lock(queue);
    queue->notices[notice] = (struct fx_queue_notice){NULL, NULL, &event};
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_wait_event(&event, &queue->object, "the driver to give back the requests of");
}

enum fx_queue_change { FX_CHANGE_STOP, FX_CHANGE_DRAIN, FX_CHANGE_PURGE, FX_CHANGE_STOP_PURGE };

/* The queue behind the handle, if a change may be asked for; else NULL, reported. */
static struct fx_queue *fx_queue_get_changeable(WDFQUEUE handle, enum fx_notice notice,
                                                bool notified, const char *api)
{
    struct fx_queue *queue = fx_handle_get(handle, FX_TYPE_QUEUE);
    bool deleted, pending;

    if (queue == NULL) {
        return NULL;
    }
    fx_queue_lock(queue);
    deleted = queue->deleted;
    pending = notified &&
              (queue->notices[notice].callback != NULL || queue->notices[notice].event != NULL);
    fx_queue_unlock(queue);
    if (deleted || pending) {
        fx_violation(RULE_QueueCallbackPending, FX_BUGCHECK_QUEUE, queue->object.handle, 0,
                     &queue->object,
                     deleted ? "%s on a queue that is being deleted"
                             : "%s while the callback of an earlier call is pending",
                     api);
        return NULL;
    }
    return queue;
}

/* Change the state; what it cancels is told by the pump that the caller runs next. */
static void fx_queue_change(struct fx_queue *queue, enum fx_queue_change change)
{
    fx_queue_lock(queue);
    queue->accept = change == FX_CHANGE_STOP || change == FX_CHANGE_STOP_PURGE;
    if (change == FX_CHANGE_STOP || change == FX_CHANGE_STOP_PURGE) {
        queue->dispatch = false;
    }
    fx_queue_unlock(queue);
    if (change == FX_CHANGE_PURGE || change == FX_CHANGE_STOP_PURGE) {
        fx_queue_drop_queued(queue, NULL);
        fx_queue_revoke_owned(queue);
    }
}

static enum fx_notice fx_queue_notice_of(enum fx_queue_change change)
{
    return change == FX_CHANGE_STOP || change == FX_CHANGE_STOP_PURGE ? FX_NOTICE_STOP
                                                                      : FX_NOTICE_EMPTY;
}

static void fx_queue_request_change(WDFQUEUE handle, enum fx_queue_change change,
                                    PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context,
                                    const char *api)
{
    enum fx_notice notice = fx_queue_notice_of(change);
    struct fx_queue *queue = fx_queue_get_changeable(handle, notice, callback != NULL, api);

    if (queue == NULL) {
        return;
    }
    fx_object_ref(&queue->object); /* over the pump; dropped below */
    fx_queue_change(queue, change);
    if (callback != NULL) {
        fx_queue_lock(queue);
        queue->notices[notice] = (struct fx_queue_notice){callback, context, NULL};
        fx_queue_unlock(queue);
    }
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

static void fx_queue_change_and_wait(WDFQUEUE handle, enum fx_queue_change change, const char *api)
{
    enum fx_notice notice = fx_queue_notice_of(change);
    struct fx_queue *queue = fx_queue_get_changeable(handle, notice, true, api);
    bool stuck;

    if (queue == NULL) {
        return;
    }
    if (fx_queue_is_inside(queue)) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &queue->object,
                     "%s from a callback of the same queue: it would wait for itself", api);
        return;
    }
    fx_queue_lock(queue);
    stuck = change == FX_CHANGE_DRAIN && !queue->dispatch && queue->queued_count != 0;
    fx_queue_unlock(queue);
    if (stuck) {
        fx_violation(RULE_DrainWhileStopped, FX_BUGCHECK_NONE, 0, 0, &queue->object,
                     "%s on a stopped queue that holds requests: it would wait for ever", api);
        return;
    }
    fx_object_ref(&queue->object); /* over the wait; dropped below */
    fx_queue_change(queue, change);
    fx_queue_wait(queue, notice);
    fx_object_deref(&queue->object);
}

WDFAPI VOID WdfIoQueueStart(WDFQUEUE Queue)
{
    struct fx_queue *queue;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    queue = fx_queue_get_changeable(Queue, FX_NOTICE_EMPTY, false, __func__);
    if (queue == NULL) {
        return;
    }
    fx_object_ref(&queue->object); /* over the pump; dropped below */
    fx_queue_lock(queue);
    queue->accept = true;
    queue->dispatch = true;
    queue->ready_due = queue->ready != NULL && queue->queued_count != 0;
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
}

WDFAPI VOID WdfIoQueueStop(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE StopComplete, WDFCONTEXT Context)
{
    if (API(DISPATCH_LEVEL)) {
        fx_queue_request_change(Queue, FX_CHANGE_STOP, StopComplete, Context, __func__);
    }
}

WDFAPI VOID WdfIoQueueStopSynchronously(WDFQUEUE Queue)
{
    if (API(PASSIVE_LEVEL)) {
        fx_queue_change_and_wait(Queue, FX_CHANGE_STOP, __func__);
    }
}

WDFAPI VOID WdfIoQueueDrain(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE DrainComplete,
                            WDFCONTEXT Context)
{
    if (API(DISPATCH_LEVEL)) {
        fx_queue_request_change(Queue, FX_CHANGE_DRAIN, DrainComplete, Context, __func__);
    }
}

WDFAPI VOID WdfIoQueueDrainSynchronously(WDFQUEUE Queue)
{
    if (API(PASSIVE_LEVEL)) {
        fx_queue_change_and_wait(Queue, FX_CHANGE_DRAIN, __func__);
    }
}

WDFAPI VOID WdfIoQueuePurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PurgeComplete,
                            WDFCONTEXT Context)
{
    if (API(DISPATCH_LEVEL)) {
        fx_queue_request_change(Queue, FX_CHANGE_PURGE, PurgeComplete, Context, __func__);
    }
}

WDFAPI VOID WdfIoQueuePurgeSynchronously(WDFQUEUE Queue)
{
    if (API(PASSIVE_LEVEL)) {
        fx_queue_change_and_wait(Queue, FX_CHANGE_PURGE, __func__);
    }
}

WDFAPI VOID WdfIoQueueStopAndPurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE StopAndPurgeComplete,
                                   WDFCONTEXT Context)
{
    if (API(DISPATCH_LEVEL)) {
        fx_queue_request_change(Queue, FX_CHANGE_STOP_PURGE, StopAndPurgeComplete, Context,
                                __func__);
    }
}

WDFAPI VOID WdfIoQueueStopAndPurgeSynchronously(WDFQUEUE Queue)
{
    if (API(PASSIVE_LEVEL)) {
        fx_queue_change_and_wait(Queue, FX_CHANGE_STOP_PURGE, __func__);
    }
}

WDFAPI WDF_IO_QUEUE_STATE WdfIoQueueGetState(WDFQUEUE Queue, PULONG QueueRequests,
                                             PULONG DriverRequests)
{
    struct fx_queue *queue;
    ULONG state = 0;

    if (!API(DISPATCH_LEVEL)) {
        return (WDF_IO_QUEUE_STATE)0;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (queue == NULL) {
        return (WDF_IO_QUEUE_STATE)0;
    }
    fx_queue_lock(queue);
    state |= queue->accept ? WdfIoQueueAcceptRequests : 0u;
    state |= queue->dispatch ? WdfIoQueueDispatchRequests : 0u;
    state |= queue->queued_count == 0 ? WdfIoQueueNoRequests : 0u;
    state |= queue->owned_count == 0 ? WdfIoQueueDriverNoRequests : 0u;
    state |= queue->powered ? 0u : WdfIoQueuePnpHeld;
    if (QueueRequests != NULL) {
        *QueueRequests = queue->queued_count;
    }
    if (DriverRequests != NULL) {
        *DriverRequests = queue->owned_count;
    }
    fx_queue_unlock(queue);
    return (WDF_IO_QUEUE_STATE)state;
}
