/* fx_queue_tell.c - calling the driver's queue callbacks. After each the request may be completed
 * and gone, and the queue's state anything: nothing read before is used afterwards, but for what a
 * reference holds.
 */
#include "wdf/io/fx_queue_event.h"

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/io/fx_request.h"
#include "wdf/frame/fx_record.h"

bool fx_queue_has_handler(const struct fx_queue *queue, UCHAR major)
{
    const WDF_IO_QUEUE_CONFIG *config = &queue->config;

    if (config->DispatchType == WdfIoQueueDispatchManual || config->EvtIoDefault != NULL) {
        return true;
    }
    switch (major) {
    case IRP_MJ_READ:
        return config->EvtIoRead != NULL;
    case IRP_MJ_WRITE:
        return config->EvtIoWrite != NULL;
    case IRP_MJ_DEVICE_CONTROL:
        return config->EvtIoDeviceControl != NULL;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return config->EvtIoInternalDeviceControl != NULL;
    default:
        return false;
    }
}

static void fx_queue_call_control(struct fx_queue *queue, WDFREQUEST handle, const char *kind,
                                  PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL routine,
                                  const IO_STACK_LOCATION *location)
{
    struct fx_call call;

    if (fx_call_enter(&call, kind, routine, &queue->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_queue_handle(queue)), KE_WORD(handle),
                          KE_WORD(location->Parameters.DeviceIoControl.OutputBufferLength),
                          KE_WORD(location->Parameters.DeviceIoControl.InputBufferLength),
                          KE_WORD(location->Parameters.DeviceIoControl.IoControlCode));
        routine(fx_queue_handle(queue), handle,
                location->Parameters.DeviceIoControl.OutputBufferLength,
                location->Parameters.DeviceIoControl.InputBufferLength,
                location->Parameters.DeviceIoControl.IoControlCode);
        fx_call_leave(&call);
    }
}

static void fx_queue_call_transfer(struct fx_queue *queue, WDFREQUEST handle, const char *kind,
                                   PFN_WDF_IO_QUEUE_IO_READ routine, size_t length)
{
    struct fx_call call;

    if (fx_call_enter(&call, kind, routine, &queue->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_queue_handle(queue)), KE_WORD(handle),
                          KE_WORD(length));
        routine(fx_queue_handle(queue), handle, length);
        fx_call_leave(&call);
    }
}

/* A callback that takes queue and request. */
static void fx_queue_call_plain(struct fx_queue *queue, WDFREQUEST handle, const char *kind,
                                PFN_WDF_IO_QUEUE_IO_DEFAULT routine)
{
    struct fx_call call;

    if (fx_call_enter(&call, kind, routine, &queue->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_queue_handle(queue)), KE_WORD(handle));
        routine(fx_queue_handle(queue), handle);
        fx_call_leave(&call);
    }
}

/* The type's own handler wins over EvtIoDefault. */
static void fx_queue_call_handler(struct fx_queue *queue, struct fx_request *request)
{
    const WDF_IO_QUEUE_CONFIG *config = &queue->config;
    const IO_STACK_LOCATION *location = fx_request_location(request);
    WDFREQUEST handle = fx_request_handle(request);

    fx_event(BASE_EVENT_REQUEST, &request->object, request->major);
    if (request->major == IRP_MJ_READ && config->EvtIoRead != NULL) {
        fx_queue_call_transfer(queue, handle, "EvtIoRead", config->EvtIoRead,
                               location->Parameters.Read.Length);
    } else if (request->major == IRP_MJ_WRITE && config->EvtIoWrite != NULL) {
        fx_queue_call_transfer(queue, handle, "EvtIoWrite", config->EvtIoWrite,
                               location->Parameters.Write.Length);
    } else if (request->major == IRP_MJ_DEVICE_CONTROL && config->EvtIoDeviceControl != NULL) {
        fx_queue_call_control(queue, handle, "EvtIoDeviceControl", config->EvtIoDeviceControl,
                              location);
    } else if (request->major == IRP_MJ_INTERNAL_DEVICE_CONTROL &&
               config->EvtIoInternalDeviceControl != NULL) {
        fx_queue_call_control(queue, handle, "EvtIoInternalDeviceControl",
                              config->EvtIoInternalDeviceControl, location);
    } else {
        fx_queue_call_plain(queue, handle, "EvtIoDefault", config->EvtIoDefault);
    }
}

/* Back to the framework, without the driver: out of its hands and completed. */
void fx_queue_finish_owned(struct fx_queue *queue, struct fx_request *request, NTSTATUS status)
{
    fx_queue_lock(queue);
    fx_queue_leave_locked(queue, request);
    request->queue = NULL;
    fx_request_set_state(request, FX_REQUEST_NEW);
    queue->leaving++;
    fx_queue_unlock(queue);
    fx_request_finish(request, status, 0);
    fx_queue_lock(queue);
    queue->leaving--;
    fx_queue_unlock(queue);
}

static void fx_queue_tell_request(struct fx_queue *queue, struct fx_request *request)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (fx_queue_has_handler(queue, request->major)) {
        status = fx_request_present(request);
    }
    if (NT_SUCCESS(status)) {
        fx_queue_call_handler(queue, request);
    } else {
        fx_queue_finish_owned(queue, request, status);
    }
}

static void fx_queue_tell_revoked(struct fx_request *request)
{
    struct fx_call call;

    if (fx_call_enter(&call, "EvtRequestCancel", request->evt_cancel, &request->object, NULL)) {
        request->evt_cancel(fx_request_handle(request));
        fx_call_leave(&call);
    }
    fx_object_deref(&request->object); /* taken when it was picked */
}

/* EvtIoStop; what the driver answered takes effect when it has returned. */
static void fx_queue_tell_stop(struct fx_queue *queue, const struct fx_event *event)
{
    struct fx_request *request = event->request;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtIoStop", queue->config.EvtIoStop, &queue->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_queue_handle(queue)),
                          KE_WORD(fx_request_handle(request)), KE_WORD(event->flags));
        queue->config.EvtIoStop(fx_queue_handle(queue), fx_request_handle(request), event->flags);
        fx_call_leave(&call);
    }
    request->in_stop = false;
    fx_queue_lock(queue);
    if (fx_request_is_owned(request) && request->queue == queue) {
        if (request->stop_answer == FX_STOP_KEEP) {
            request->stop_kept = !queue->powered;
        } else if (request->stop_answer == FX_STOP_REQUEUE) {
            fx_queue_leave_locked(queue, request);
            fx_request_set_state(request, FX_REQUEST_NEW);
            fx_queue_link_locked(queue, request, FX_QUEUE_HEAD);
        }
    }
    fx_queue_unlock(queue);
    fx_object_deref(&request->object); /* taken when it was picked */
}

static void fx_queue_tell_state(struct fx_queue *queue, const char *kind,
                                PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context)
{
    struct fx_call call;

    if (fx_call_enter(&call, kind, callback, &queue->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_queue_handle(queue)), KE_WORD(context));
        callback(fx_queue_handle(queue), context);
        fx_call_leave(&call);
    }
}

void fx_queue_tell(struct fx_queue *queue, const struct fx_event *event)
{
    switch (event->kind) {
    case FX_EVENT_REAP:
        fx_queue_reap(queue);
        break;
    case FX_EVENT_CANCELED:
        fx_queue_call_plain(queue, fx_request_handle(event->request), "EvtIoCanceledOnQueue",
                            queue->config.EvtIoCanceledOnQueue);
        break;
    case FX_EVENT_REVOKED:
        fx_queue_tell_revoked(event->request);
        break;
    case FX_EVENT_STOP:
        fx_queue_tell_stop(queue, event);
        break;
    case FX_EVENT_RESUME:
        fx_queue_call_plain(queue, fx_request_handle(event->request), "EvtIoResume",
                            queue->config.EvtIoResume);
        fx_object_deref(&event->request->object); /* taken when it was picked */
        break;
    case FX_EVENT_NOTICE:
        if (event->notice.event != NULL) {
            KeSetEvent(event->notice.event, IO_NO_INCREMENT, FALSE);
        } else {
            fx_queue_tell_state(queue, "EvtIoQueueState", event->notice.callback,
                                event->notice.context);
        }
        break;
    case FX_EVENT_READY:
        fx_queue_tell_state(queue, "EvtIoQueueReadyNotify", event->notice.callback,
                            event->notice.context);
        break;
    case FX_EVENT_REQUEST:
        fx_queue_tell_request(queue, event->request);
        break;
    case FX_EVENT_EMPTY_TRANSFER:
        fx_queue_finish_owned(queue, event->request, STATUS_SUCCESS);
        break;
    default:
        break;
    }
}
