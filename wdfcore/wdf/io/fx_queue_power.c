/* fx_queue_power.c - a queue when its device gains or loses power, and when it is removed.
 * Power down: delivery stops, EvtIoStop for each request that the driver owns and that is not
 * cancelled; the transition goes on when each was completed, given back (to the head of the queue)
 * or acknowledged. Power up: EvtIoResume for what was acknowledged, then delivery.
 */
#include "nt/ke/ke_api.h"
#include "wdf/io/fx_queue.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"

#include <utlist.h>

void fx_queue_power_up(struct fx_queue *queue)
{
    struct fx_request *request;

    fx_queue_lock(queue);
    FX_SET(queue->powered, true);
    DL_FOREACH (queue->owned, request) {
        if (request->stop_kept && queue->config.EvtIoResume != NULL &&
            fx_request_is_owned(request) && !fx_request_is_cancelled(request)) {
            request->resume_due = true;
            queue->resumes_due++;
        }
        request->stop_kept = false;
    }
    queue->ready_due = queue->ready != NULL && queue->queued_count != 0;
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
}

/* Ask the driver about each request that it owns. */
static void fx_queue_mark_stops_locked(struct fx_queue *queue, WDF_REQUEST_STOP_ACTION_FLAGS action)
{
    struct fx_request *request;

    queue->stop_action = action;
    DL_FOREACH (queue->owned, request) {
        if (request->resume_due) {
            request->resume_due = false;
            queue->resumes_due--;
        }
        request->stop_kept = false;
        if (queue->config.EvtIoStop != NULL && !request->stop_due && fx_request_is_owned(request) &&
            fx_request_cancel_state(request) <= FX_CANCEL_MARKED &&
            !fx_request_is_cancelled(request)) {
            request->stop_due = true;
            queue->stops_due++;
        }
    }
}

void fx_queue_power_down_begin(struct fx_queue *queue, WDF_REQUEST_STOP_ACTION_FLAGS action)
{
    fx_queue_lock(queue);
    FX_SET(queue->powered, false);
    fx_queue_mark_stops_locked(queue, action);
    fx_queue_unlock(queue);
}

void fx_queue_power_down_wait(struct fx_queue *queue)
{
    fx_queue_wait(queue, FX_NOTICE_POWER);
}

void fx_queue_purge_wait(struct fx_queue *queue)
{
    fx_queue_lock(queue);
    queue->purged = queue->purged || queue->accept;
    queue->accept = false;
    fx_queue_mark_stops_locked(queue, WdfRequestStopActionPurge);
    fx_queue_unlock(queue);
    fx_queue_drop_queued(queue, NULL);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_queue_revoke_owned(queue);      /* what the driver kept and had marked */
    fx_queue_drop_queued(queue, NULL); /* what it gave back */
    fx_queue_wait(queue, FX_NOTICE_GONE);
}

void fx_queue_restart(struct fx_queue *queue)
{
    fx_queue_lock(queue);
    queue->accept = queue->accept || queue->purged;
    queue->purged = false;
    fx_queue_unlock(queue);
}

WDFAPI VOID WdfRequestStopAcknowledge(WDFREQUEST Request, BOOLEAN Requeue)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_request_get_owned(Request, __func__);
    if (request == NULL) {
        return;
    }
    if (!request->in_stop) {
        fx_violation(RULE_StopAcknowledgeOutsideStop, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "WdfRequestStopAcknowledge outside EvtIoStop of the request");
        return;
    }
    if (Requeue && fx_request_cancel_state(request) != FX_CANCEL_NONE) {
        fx_violation(RULE_RequestCancelable, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "a cancelable request was given back without WdfRequestUnmarkCancelable");
        return;
    }
    request->stop_answer = Requeue ? FX_STOP_REQUEUE : FX_STOP_KEEP;
}
