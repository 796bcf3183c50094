/* fx_request.c - requests: birth, presentation, states, completion.
 *
 *              insert   retrieve,  cancelled  given back,  in caller's  send   complete
 *                       deliver    in queue   forwarded    context
 * NEW          QUEUED   -          -          -            OWNED        -      COMPLETED
 * QUEUED       !        OWNED      DROPPED    !            !            !      !
 * DROPPED      !        OWNED (1)  -          !            !            !      NEW (2)
 * OWNED        !        !          -          NEW          !            SENT   COMPLETED (4)
 * SENT         !        !          -          !            !            !      OWNED (3)
 * COMPLETED    !        !          !          !            !            !      !
 * - ignored, ! bug. (1) EvtIoCanceledOnQueue hands it to the driver. (2) completed without the
 * driver. (3) the target's completion, not ours: see target/fx_send.c. (4) or sent and
 * forgotten. A request of the driver's own is OWNED or SENT until it is deleted. A reserved one that
 * is COMPLETED becomes NEW with its next IRP (fx_queue_reserve.c).
 *
 * Completion, normal path: the driver owns the request and has not marked it; cleanup of children
 * and contexts; the IRP goes; the queue counts it out and may deliver the next; the handle goes.
 * A second completion finds the state COMPLETED or a stale handle, never the IRP.
 */
#include "wdf/io/fx_request.h"

#include "base/assert.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_report.h"
#include "wdf/frame/fx_record.h"
#include "wdf/io/fx_queue_reserve.h"
#include "wdf/target/fx_format.h"

#include <stdio.h>

static const UCHAR fx_request_moves[FX_REQUEST_STATE_COUNT] = {
    [FX_REQUEST_NEW] = 1 << FX_REQUEST_QUEUED | 1 << FX_REQUEST_OWNED | 1 << FX_REQUEST_COMPLETED,
    [FX_REQUEST_QUEUED] = 1 << FX_REQUEST_OWNED | 1 << FX_REQUEST_DROPPED,
    [FX_REQUEST_DROPPED] = 1 << FX_REQUEST_OWNED | 1 << FX_REQUEST_NEW,
    [FX_REQUEST_OWNED] = 1 << FX_REQUEST_NEW | 1 << FX_REQUEST_SENT | 1 << FX_REQUEST_COMPLETED,
    [FX_REQUEST_SENT] = 1 << FX_REQUEST_OWNED | 1 << FX_REQUEST_COMPLETED,
    [FX_REQUEST_COMPLETED] = 1 << FX_REQUEST_NEW, /* reserved ones */
};

static const char *const fx_request_state_names[FX_REQUEST_STATE_COUNT] = {
    "new", "queued", "cancelled in its queue", "owned by the driver", "sent", "completed",
};

static void fx_request_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_request *request = (const struct fx_request *)(const void *)object;

    snprintf(text, size, "%s%s", fx_request_state_names[fx_request_state(request)],
             fx_request_cancel_state(request) == FX_CANCEL_MARKED ? ", cancelable" : "");
}

static enum fx_delete_answer fx_request_may_delete(struct fx_object *object, const void *deleter)
{
    return fx_object_body(object, struct fx_request)->by_driver ? FX_DELETE_NOW : FX_DELETE_REFUSED;
}

static void fx_request_destroy(struct fx_object *object)
{
    struct fx_request *request = fx_object_body(object, struct fx_request);

    fx_request_release_buffers(request);
    fx_send_release(request);
}

static const struct fx_field request_fields[] = {
    FX_FIELD(ROUTINE, "EvtRequestCancel", struct fx_request, evt_cancel),
    FX_FIELD(ROUTINE, "EvtRequestCompletionRoutine", struct fx_request, send.routine),
    FX_FIELD_END,
};

const struct fx_type fx_request_type = {
    .number = FX_TYPE_REQUEST,
    .size = sizeof(struct fx_request),
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .destroy = fx_request_destroy,
    .may_delete = fx_request_may_delete,
    .describe = fx_request_describe,
    .fields = request_fields,
};

void fx_request_set_state(struct fx_request *request, enum fx_request_state state)
{
    CORE_ASSERT(fx_request_moves[fx_request_state(request)] & 1u << state);
    __atomic_store_n(&request->state, state, __ATOMIC_RELAXED);
}

static struct fx_request *fx_request_allocate(struct fx_io *io)
{
    struct fx_device *device = io->device;
    const WDF_OBJECT_ATTRIBUTES *attributes =
        device->settings.has_request_attributes ? &device->settings.request_attributes : NULL;
    struct fx_request *request =
        fx_object_create(&fx_request_type, 0, attributes, device->object.globals, NULL);

    if (request != NULL) {
        request->object.device = fx_link_to(&device->object);
        request->io = io;
    }
    return request;
}

static void fx_request_begin(struct fx_request *request, PIRP irp, struct fx_file *file)
{
    request->irp = irp;
    request->file = file;
    request->major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
    fx_note(BASE_EVENT_REQUEST_NEW, &request->object, request->major);
}

struct fx_request *fx_request_create(struct fx_io *io, PIRP irp, struct fx_file *file)
{
    struct fx_request *request = fx_request_allocate(io);

    if (request != NULL) {
        fx_request_begin(request, irp, file);
    }
    return request;
}

void fx_request_unmake(struct fx_request *request)
{
    fx_request_set_state(request, FX_REQUEST_COMPLETED);
    request->irp = NULL;
    if (request->published) {
        fx_object_delete(&request->object, NULL);
    } else {
        fx_object_discard(&request->object);
    }
}

/* ---- reserved requests ---- */

struct fx_request *fx_request_create_reserved(struct fx_io *io)
{
    struct fx_request *request = fx_request_allocate(io);

    if (request != NULL && !NT_SUCCESS(fx_request_publish(request))) {
        fx_object_discard(&request->object);
        return NULL;
    }
    if (request != NULL) {
        request->reserved = true;
    }
    return request;
}

void fx_request_renew(struct fx_request *request, PIRP irp)
{
    struct fx_io *io = request->home->io;
    struct fx_file *file = NULL;

    if (io->file_class != WdfFileObjectNotRequired) {
        file = fx_file_find(io, IoGetCurrentIrpStackLocation(irp)->FileObject);
    }
    fx_request_set_state(request, FX_REQUEST_NEW);
    fx_request_set_cancel(request, FX_CANCEL_NONE);
    __atomic_store_n(&request->purging, false, __ATOMIC_RELAXED);
    request->presented = false;
    request->evt_cancel = NULL;
    request->status = STATUS_SUCCESS;
    fx_request_begin(request, irp, file);
}

/* fx_request_end: after its completion: it goes, or waits for its next IRP. */
static void fx_request_end(struct fx_request *request, const void *caller)
{
    if (__builtin_expect(request->reserved, 0)) {
        fx_reserve_take_back(request);
    } else {
        fx_object_delete(&request->object, caller);
    }
}

NTSTATUS fx_request_publish(struct fx_request *request)
{
    NTSTATUS status;

    if (request->published) {
        return STATUS_SUCCESS;
    }
    status = fx_object_publish(&request->object, NULL);
    request->published = NT_SUCCESS(status);
    return status;
}

NTSTATUS fx_request_present(struct fx_request *request)
{
    NTSTATUS status = fx_request_publish(request);

    request->presented = request->presented || NT_SUCCESS(status);
    return status;
}

size_t fx_request_length(const struct fx_request *request)
{
    const IO_STACK_LOCATION *location = fx_request_location(request);

    switch (request->major) {
    case IRP_MJ_READ:
        return location->Parameters.Read.Length;
    case IRP_MJ_WRITE:
        return location->Parameters.Write.Length;
    default:
        return (size_t)-1;
    }
}

/* A status of the framework's own facility means nothing to the sender.
 * spec: wdfrequest/nf-wdfrequest-wdfrequestcomplete */
static NTSTATUS fx_request_sender_status(NTSTATUS status)
{
    if (((ULONG)status >> 16 & 0xfff) != FACILITY_DRIVER_FRAMEWORK) {
        return status;
    }
    switch (status) {
    case STATUS_WDF_PAUSED:
    case STATUS_WDF_BUSY:
        return STATUS_DEVICE_BUSY;
    case STATUS_WDF_INTERNAL_ERROR:
        return STATUS_INTERNAL_ERROR;
    case STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS:
        return STATUS_INSUFFICIENT_RESOURCES;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* Who looks at the requests of the queue looks at their IRPs, too: not at this one any more. */
static void fx_request_forget_irp(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;

    if (queue != NULL) {
        fx_queue_lock(queue);
        request->irp = NULL;
        fx_queue_unlock(queue);
    } else {
        request->irp = NULL;
    }
}

/* The IRP goes back to its sender. request->irp is NULL from here on. */
static void fx_request_complete_irp(struct fx_request *request, NTSTATUS status, CCHAR boost)
{
    PIRP irp = request->irp;

    status = fx_request_sender_status(status);
    if (request->opens && !NT_SUCCESS(status)) {
        fx_file_create_failed(request->io, request->file);
        request->file = NULL;
    }
    fx_request_release_buffers(request);
    request->status = status;
    fx_request_forget_irp(request);
    irp->IoStatus.Status = status;
    fx_event(BASE_EVENT_COMPLETE, &request->object, (uint32_t)status);
    io_irp_complete(irp, boost);
}

/* Children and contexts are cleaned up before the sender is told; a child that has to wait for
 * PASSIVE_LEVEL comes too late for that. spec: DEL-28 */
static void fx_request_dispose(struct fx_request *request)
{
    if (!request->reserved && !fx_object_try_dispose(&request->object)) {
        fx_violation(RULE_PassiveChildOfRequest, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "a request was completed above PASSIVE_LEVEL whose child is cleaned up there");
    }
}

void fx_request_finish(struct fx_request *request, NTSTATUS status, ULONG_PTR information)
{
    fx_request_set_state(request, FX_REQUEST_COMPLETED);
    request->irp->IoStatus.Information = information;
    if (!request->published) {
        fx_request_complete_irp(request, status, IO_NO_INCREMENT);
        fx_object_discard(&request->object);
        return;
    }
    fx_request_dispose(request);
    fx_request_complete_irp(request, status, IO_NO_INCREMENT);
    fx_request_end(request, NULL);
}

struct fx_request *fx_request_get(WDFREQUEST handle, const char *api)
{
    struct fx_request *request = fx_handle_get(handle, FX_TYPE_REQUEST);

    if (request != NULL && fx_request_state(request) == FX_REQUEST_COMPLETED) {
        fx_violation(RULE_RequestNotOwned, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "%s on a request that was completed", api);
        return NULL;
    }
    return request;
}

struct fx_request *fx_request_get_owned(WDFREQUEST handle, const char *api)
{
    struct fx_request *request = fx_request_get(handle, api);

    if (request != NULL && (!fx_request_is_owned(request) || request->by_driver)) {
        fx_violation(RULE_RequestNotOwned, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "%s on a request that the driver does not own (%s)", api,
                     request->by_driver ? "made by WdfRequestCreate"
                                        : fx_request_state_names[fx_request_state(request)]);
        return NULL;
    }
    return request;
}

/* The request that may be completed now; else the violation was reported and nothing changes. */
static struct fx_request *fx_request_get_completable(WDFREQUEST handle, const char *api)
{
    struct fx_request *request = (struct fx_request *)(void *)fx_handle_find(handle);
    struct fx_grave grave;

    if ((request == NULL && fx_handle_type(handle) == FX_TYPE_REQUEST &&
         fx_handle_grave(handle, &grave)) ||
        (request != NULL && fx_handle_type(handle) == FX_TYPE_REQUEST &&
         fx_request_state(request) == FX_REQUEST_COMPLETED)) {
        fx_violation(RULE_RequestCompletedTwice, FX_BUGCHECK_NONE, 0, 0,
                     request != NULL ? &request->object : NULL,
                     "%s on request %p, which was completed before", api, (void *)handle);
        return NULL;
    }
    request = fx_request_get_owned(handle, api);
    if (request != NULL && (fx_request_cancel_state(request) == FX_CANCEL_MARKED ||
                            fx_request_cancel_state(request) == FX_CANCEL_DUE)) {
        fx_violation(RULE_RequestCancelable, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "%s on a cancelable request without WdfRequestUnmarkCancelable", api);
        return NULL;
    }
    return request;
}

/* More information than the sender has room for. spec: REQ-03 */
static bool fx_request_information_fits(const struct fx_request *request, NTSTATUS status)
{
    const IO_STACK_LOCATION *location = fx_request_location(request);
    ULONG_PTR information = request->irp->IoStatus.Information;
    ULONG room;

    if (!NT_SUCCESS(status)) {
        return true;
    }
    switch (request->major) {
    case IRP_MJ_READ:
        room = location->Parameters.Read.Length;
        break;
    case IRP_MJ_DEVICE_CONTROL:
        room = location->Parameters.DeviceIoControl.OutputBufferLength;
        break;
    default:
        return true;
    }
    if (information <= room) {
        return true;
    }
    fx_violation(RULE_RequestInformationTooLong, FX_BUGCHECK_REQUEST, 4, request->object.handle,
                 &request->object,
                 "completed with information %llu, the output buffer has %lu bytes",
                 (unsigned long long)information, (unsigned long)room);
    return false;
}

/* A memory handle of the request that somebody still references: its buffer is about to go. */
static bool fx_request_memory_is_free(const struct fx_request *request,
                                      const struct fx_memory *memory)
{
    if (memory == NULL || fx_object_references(&memory->object) <= 1) {
        return true;
    }
    fx_violation(RULE_RequestMemoryReferenced, FX_BUGCHECK_VERIFIER_FATAL, request->object.handle,
                 fx_object_references(&memory->object) - 1, &memory->object,
                 "the request was completed while its memory has %u references",
                 fx_object_references(&memory->object) - 1);
    return false;
}

static void fx_request_complete(WDFREQUEST handle, NTSTATUS status, const ULONG_PTR *information,
                                CCHAR boost, const char *api, const void *caller)
{
    struct fx_request *request = fx_request_get_completable(handle, api);
    struct fx_queue *queue;
    ULONG_PTR old_information;

    if (request == NULL) {
        return;
    }
    old_information = request->irp->IoStatus.Information;
    if (information != NULL) {
        request->irp->IoStatus.Information = *information;
    }
    fx_format_release(request); /* it may reference the request's own memory */
    if (!fx_request_information_fits(request, status) ||
        !fx_request_memory_is_free(request, request->input) ||
        !fx_request_memory_is_free(request, request->output)) {
        request->irp->IoStatus.Information = old_information;
        return;
    }

    /* From here a second completion is refused; the request stays in its queue's count until its
     * IRP is gone, and the queue lives as long as it counts a request. */
    queue = request->queue;
    fx_request_set_state(request, FX_REQUEST_COMPLETED);
    fx_request_dispose(request);
    fx_request_complete_irp(request, status, boost);
    if (queue != NULL) {
        fx_queue_let_go(queue, request);
    }
    fx_request_end(request, caller);
}

bool fx_request_forget(struct fx_request *request, DEVICE_OBJECT *lower, const void *caller)
{
    struct fx_queue *queue = request->queue;
    PIRP irp = request->irp;

    if (!fx_request_memory_is_free(request, request->input) ||
        !fx_request_memory_is_free(request, request->output)) {
        return false;
    }
    fx_request_set_state(request, FX_REQUEST_COMPLETED);
    fx_request_dispose(request);
    fx_request_release_buffers(request);
    fx_request_forget_irp(request);
    /* The lower driver may complete it at once: neither it nor its file is looked at again. */
    IoSkipCurrentIrpStackLocation(irp);
    io_irp_call(lower, irp);
    if (queue != NULL) {
        fx_queue_let_go(queue, request);
    }
    fx_request_end(request, caller);
    return true;
}

WDFAPI VOID WdfRequestComplete(WDFREQUEST Request, NTSTATUS Status)
{
    if (API(DISPATCH_LEVEL)) {
        fx_request_complete(Request, Status, NULL, IO_NO_INCREMENT, __func__, KE_CALLER());
    }
}

WDFAPI VOID WdfRequestCompleteWithInformation(WDFREQUEST Request, NTSTATUS Status,
                                              ULONG_PTR Information)
{
    if (API(DISPATCH_LEVEL)) {
        fx_request_complete(Request, Status, &Information, IO_NO_INCREMENT, __func__, KE_CALLER());
    }
}

WDFAPI VOID WdfRequestCompleteWithPriorityBoost(WDFREQUEST Request, NTSTATUS Status,
                                                CCHAR PriorityBoost)
{
    if (API(DISPATCH_LEVEL)) {
        fx_request_complete(Request, Status, NULL, PriorityBoost, __func__, KE_CALLER());
    }
}
