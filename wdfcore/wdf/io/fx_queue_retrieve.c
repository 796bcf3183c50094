/* fx_queue_retrieve.c - requests that the driver takes out of a queue or looks for in one. */
#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_queue.h"
#include "wdf/io/fx_request.h"
#include "wdf/frame/fx_record.h"

#include <utlist.h>

/* A read or write of no bytes that the driver does not want to see. */
static bool fx_queue_is_unwanted(const struct fx_queue *queue, const struct fx_request *request)
{
    return !queue->config.AllowZeroLengthRequests && fx_request_length(request) == 0;
}

/* The next one to retrieve becomes the driver's: `only` itself, or the oldest of the file. */
static struct fx_request *fx_queue_retrieve_locked(struct fx_queue *queue,
                                                   const struct fx_file *file,
                                                   const struct fx_request *only)
{
    struct fx_request *request;

    DL_FOREACH (queue->queued, request) {
        if ((only == NULL || request == only) && (file == NULL || request->file == file) &&
            fx_queue_take_locked(queue, request)) {
            return request;
        }
    }
    return NULL;
}

static NTSTATUS fx_queue_retrieve(struct fx_queue *queue, const struct fx_file *file,
                                  const struct fx_request *only, WDFREQUEST *handle)
{
    struct fx_request *request;
    NTSTATUS status = only != NULL ? STATUS_NOT_FOUND : STATUS_NO_MORE_ENTRIES;

    if (queue->config.DispatchType == WdfIoQueueDispatchParallel) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    for (;;) {
        fx_queue_lock(queue);
        if (!queue->dispatch || !queue->powered) {
            fx_queue_unlock(queue);
            return STATUS_WDF_PAUSED;
        }
        request = fx_queue_retrieve_locked(queue, file, only);
        fx_queue_unlock(queue);
        if (request == NULL) {
            return status;
        }
        if (!fx_queue_is_unwanted(queue, request)) {
            break;
        }
        fx_queue_finish_owned(queue, request, STATUS_SUCCESS);
        fx_queue_pump(queue, FX_PUMP_CHANGE); /* somebody may wait for it to be gone */
    }
    status = fx_request_present(request);
    if (!NT_SUCCESS(status)) {
        fx_queue_finish_owned(queue, request, status);
        fx_queue_pump(queue, FX_PUMP_CHANGE);
        return status;
    }
    fx_event(BASE_EVENT_REQUEST, &request->object, request->major);
    *handle = fx_request_handle(request);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfIoQueueRetrieveNextRequest(WDFQUEUE Queue, WDFREQUEST *OutRequest)
{
    struct fx_queue *queue;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (queue == NULL || !fx_required(OutRequest)) {
        return STATUS_INVALID_PARAMETER;
    }
    *OutRequest = NULL;
    return fx_queue_retrieve(queue, NULL, NULL, OutRequest);
}

WDFAPI NTSTATUS WdfIoQueueRetrieveRequestByFileObject(WDFQUEUE Queue, WDFFILEOBJECT FileObject,
                                                      WDFREQUEST *OutRequest)
{
    struct fx_queue *queue;
    struct fx_file *file;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    file = queue != NULL ? fx_handle_get(FileObject, FX_TYPE_FILEOBJECT) : NULL;
    if (file == NULL || !fx_required(OutRequest)) {
        return STATUS_INVALID_PARAMETER;
    }
    *OutRequest = NULL;
    return fx_queue_retrieve(queue, file, NULL, OutRequest);
}

/* Behind `tag` (NULL: from the start) the oldest request of the file. *status: why there is none.
 */
static struct fx_request *fx_queue_find_locked(struct fx_queue *queue, const struct fx_request *tag,
                                               const struct fx_file *file, NTSTATUS *status)
{
    struct fx_request *request;
    bool behind = tag == NULL;

    *status = tag != NULL ? STATUS_NOT_FOUND : STATUS_NO_MORE_ENTRIES;
    DL_FOREACH (queue->queued, request) {
        if (behind && (file == NULL || request->file == file) &&
            !fx_queue_is_unwanted(queue, request)) {
            return request;
        }
        if (request == tag) {
            behind = true;
            *status = STATUS_NO_MORE_ENTRIES;
        }
    }
    return NULL;
}

WDFAPI NTSTATUS WdfIoQueueFindRequest(WDFQUEUE Queue, WDFREQUEST FoundRequest,
                                      WDFFILEOBJECT FileObject, PWDF_REQUEST_PARAMETERS Parameters,
                                      WDFREQUEST *OutRequest)
{
    struct fx_queue *queue;
    struct fx_request *tag = NULL, *request;
    struct fx_file *file = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (queue == NULL || !fx_required(OutRequest)) {
        return STATUS_INVALID_PARAMETER;
    }
    *OutRequest = NULL;
    if ((FoundRequest != NULL && (tag = fx_handle_get(FoundRequest, FX_TYPE_REQUEST)) == NULL) ||
        (FileObject != NULL && (file = fx_handle_get(FileObject, FX_TYPE_FILEOBJECT)) == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (queue->config.DispatchType != WdfIoQueueDispatchManual) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Parameters != NULL && Parameters->Size != sizeof(*Parameters)) {
        return STATUS_INVALID_PARAMETER_4;
    }
    fx_queue_lock(queue);
    request = fx_queue_find_locked(queue, tag, file, &status);
    if (request != NULL) {
        status = fx_request_publish(request); /* the driver knows its handle from here on */
        if (NT_SUCCESS(status)) {
            fx_object_ref(&request->object); /* until the driver's is taken below */
            if (Parameters != NULL) {
                fx_request_parameters(request, Parameters);
            }
        }
    }
    fx_queue_unlock(queue);
    if (NT_SUCCESS(status)) {
        *OutRequest = fx_request_handle(request);
        WdfObjectReferenceActual(*OutRequest, NULL, 0, "WdfIoQueueFindRequest");
        fx_object_deref(&request->object);
    }
    return status;
}

WDFAPI NTSTATUS WdfIoQueueRetrieveFoundRequest(WDFQUEUE Queue, WDFREQUEST FoundRequest,
                                               WDFREQUEST *OutRequest)
{
    struct fx_queue *queue;
    struct fx_request *found;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    found = queue != NULL ? fx_handle_get(FoundRequest, FX_TYPE_REQUEST) : NULL;
    if (found == NULL || !fx_required(OutRequest)) {
        return STATUS_INVALID_PARAMETER;
    }
    *OutRequest = NULL;
    if (queue->config.DispatchType != WdfIoQueueDispatchManual) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_queue_retrieve(queue, NULL, found, OutRequest);
}
