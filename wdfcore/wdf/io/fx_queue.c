/* fx_queue.c - the lists of a queue: what waits, what the driver owns, what was cancelled.
 * The counts and the lists change together under the queue lock. A request is in exactly one list,
 * which its state names. Nothing here calls the driver.
 */
#include "wdf/io/fx_queue.h"

#include "nt/ke/ke_api.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_queue_reserve.h"
#include "wdf/io/fx_request.h"
#include "wdf/frame/fx_record.h"

#include <utlist.h>
#include <stdio.h>

static void fx_queue_describe(const struct fx_object *object, char *text, size_t size)
{
    static const char *const types[] = {"?", "sequential", "parallel", "manual"};
    const struct fx_queue *queue = (const struct fx_queue *)(const void *)object;

    snprintf(text, size, "%s, %lu queued, %lu owned%s%s%s", types[queue->config.DispatchType],
             (unsigned long)queue->queued_count, (unsigned long)queue->owned_count,
             queue->accept ? "" : ", refusing", queue->dispatch ? "" : ", stopped",
             queue->powered ? "" : ", without power");
}

/* Deletion: nothing new, what is queued is cancelled, what the driver owns is waited for. */
static bool fx_queue_dispose(struct fx_object *object)
{
    struct fx_queue *queue = fx_object_body(object, struct fx_queue);

    if (fx_queue_is_inside(queue)) {
        return false; /* it would wait for the callback that it is called from */
    }
    fx_queue_lock(queue);
    queue->deleted = true;
    queue->accept = false;
    fx_queue_unlock(queue);
    fx_queue_drop_queued(queue, NULL);
    fx_queue_revoke_owned(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_queue_wait(queue, FX_NOTICE_GONE);
    if (fx_queue_reserve(queue) != NULL) {
        fx_reserve_end(queue);
    }
    fx_io_remove_queue(queue->io, queue);
    return true;
}

static const struct fx_field queue_fields[] = {
    FX_FIELD_OF(WDF_IO_QUEUE_CONFIG, struct fx_queue, config),
    FX_FIELD(ROUTINE, "ReadyNotify", struct fx_queue, ready),
    FX_FIELD_END,
};

static void fx_queue_destroy(struct fx_object *object)
{
    struct fx_queue *queue = fx_object_body(object, struct fx_queue);

    fx_callback_lock_end(&queue->sync.own);
    fx_reserve_destroy(queue);
    fx_object_deref(&queue->io->device->object);
}

const struct fx_type fx_queue_type = {
    .number = FX_TYPE_QUEUE,
    .size = sizeof(struct fx_queue),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fx_queue, sync),
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_ALL,
    .level_allowed = true,
    .dispose = fx_queue_dispose,
    .destroy = fx_queue_destroy,
    .describe = fx_queue_describe,
    .fields = queue_fields,
};

/* The request is in the queue's list; its cancel routine may drop it at once. */
static void queue_counted(const struct fx_queue *queue)
{
    fx_note(BASE_EVENT_QUEUE, &queue->object, queue->queued_count << 16 | queue->owned_count);
}

void fx_queue_link_locked(struct fx_queue *queue, struct fx_request *request, enum fx_queue_end end)
{
    fx_request_set_state(request, FX_REQUEST_QUEUED);
    request->queue = queue;
    fx_request_set_cancel(request, FX_CANCEL_NONE);
    request->stop_kept = false;
    if (end == FX_QUEUE_HEAD) {
        DL_PREPEND(queue->queued, request);
    } else {
        DL_APPEND(queue->queued, request);
    }
    FX_SET(queue->queued_count, queue->queued_count + 1);
    if (queue->queued_count == 1) {
        queue->ready_due = queue->ready != NULL;
    }
    fx_note_at(BASE_EVENT_REQUEST_QUEUE, &request->object, &queue->object);
    queue_counted(queue);
    if (request->purging || !fx_request_guard_queued(request)) {
        fx_queue_drop_locked(queue, request);
    }
}

NTSTATUS fx_queue_insert(struct fx_queue *queue, struct fx_request *request, enum fx_queue_end end)
{
    NTSTATUS status = STATUS_SUCCESS;

    fx_queue_lock(queue);
    /* What the driver gives back is taken also by a queue that refuses new requests. */
    if (end == FX_QUEUE_TAIL && (!queue->accept || queue->deleted)) {
        status = STATUS_WDF_BUSY;
    } else {
        fx_queue_link_locked(queue, request, end);
    }
    fx_queue_unlock(queue);
    if (queue->power_managed) {
        fx_idle_request(queue->io->device);
    }
    return status;
}

void fx_queue_drop_locked(struct fx_queue *queue, struct fx_request *request)
{
    DL_DELETE(queue->queued, request);
    FX_SET(queue->queued_count, queue->queued_count - 1);
    queue_counted(queue);
    fx_request_set_state(request, FX_REQUEST_DROPPED);
    DL_APPEND(queue->dropped, request);
}

void fx_queue_own_locked(struct fx_queue *queue, struct fx_request *request)
{
    fx_request_set_state(request, FX_REQUEST_OWNED);
    DL_APPEND(queue->owned, request);
    FX_SET(queue->owned_count, queue->owned_count + 1);
    queue_counted(queue);
}

bool fx_queue_take_locked(struct fx_queue *queue, struct fx_request *request)
{
    if (!fx_request_unguard(request)) {
        return false;
    }
    DL_DELETE(queue->queued, request);
    FX_SET(queue->queued_count, queue->queued_count - 1);
    fx_queue_own_locked(queue, request);
    return true;
}

void fx_queue_leave_locked(struct fx_queue *queue, struct fx_request *request)
{
    DL_DELETE(queue->owned, request);
    FX_SET(queue->owned_count, queue->owned_count - 1);
    queue_counted(queue);
    if (request->stop_due) {
        request->stop_due = false;
        queue->stops_due--;
    }
    if (request->resume_due) {
        request->resume_due = false;
        queue->resumes_due--;
    }
    request->stop_kept = false;
}

void fx_queue_let_go(struct fx_queue *queue, struct fx_request *request)
{
    fx_object_ref(&queue->object);
    fx_queue_lock(queue);
    fx_queue_leave_locked(queue, request);
    request->queue = NULL;
    fx_queue_unlock(queue);
    if (queue->power_managed) {
        fx_idle_request(queue->io->device);
    }
    fx_queue_pump(queue, FX_PUMP_CHANGE);
    fx_object_deref(&queue->object);
}

void fx_queue_drop_queued(struct fx_queue *queue, const struct fx_file *file)
{
    struct fx_request *request, *next;

    if (fx_queue_reserve(queue) != NULL) {
        fx_reserve_drop_waiting(queue, file);
    }
    fx_queue_lock(queue);
    DL_FOREACH_SAFE (queue->queued, request, next) {
        /* Without its routine the request is on its way out already. */
        if ((file == NULL || request->file == file) && fx_request_unguard(request)) {
            fx_queue_drop_locked(queue, request);
        }
    }
    fx_queue_unlock(queue);
}

void fx_queue_revoke_owned(struct fx_queue *queue)
{
    struct fx_request *request;

    fx_queue_lock(queue);
    DL_FOREACH (queue->owned, request) {
        if (fx_request_cancel_state(request) == FX_CANCEL_MARKED && request->irp != NULL) {
            if (fx_request_unguard(request)) {
                fx_request_revoke_locked(request);
            }
        } else if (fx_request_cancel_state(request) == FX_CANCEL_NONE) {
            __atomic_store_n(&request->purging, true, __ATOMIC_RELAXED);
        }
    }
    fx_queue_unlock(queue);
}

/* A dropped request that goes without the driver: it never saw it, or does not want to know. */
static struct fx_request *fx_queue_next_plain_locked(struct fx_queue *queue)
{
    struct fx_request *request;

    DL_FOREACH (queue->dropped, request) {
        if (!request->presented || queue->config.EvtIoCanceledOnQueue == NULL) {
            return request;
        }
    }
    return NULL;
}

void fx_queue_reap(struct fx_queue *queue)
{
    struct fx_request *request;

    for (;;) {
        fx_queue_lock(queue);
        request = fx_queue_next_plain_locked(queue);
        if (request != NULL) {
            DL_DELETE(queue->dropped, request);
            fx_request_set_state(request, FX_REQUEST_NEW);
            request->queue = NULL;
            queue->leaving++;
        }
        fx_queue_unlock(queue);
        if (request == NULL) {
            return;
        }
        fx_request_finish(request, STATUS_CANCELLED, 0);
        fx_queue_lock(queue);
        queue->leaving--;
        fx_queue_unlock(queue);
    }
}
