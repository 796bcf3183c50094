/* fx_request_forward.c - a request that the driver owns moves on: to another queue of its device, to
 * one of the parent's, or back to the queue that it came from.
 *
 * Normal path: it leaves the driver's hands and its queue's count, and is inserted into the other
 * queue, which may deliver it at once: nothing of it is looked at afterwards. Failure: a queue that
 * refuses leaves everything as it was. On the way to the parent the IRP moves to the next stack
 * location, as if the parent were the device below; the child may go while the parent has it.
 */
#include "nt/ke/ke_api.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_queue.h"
#include "wdf/io/fx_request.h"

/* Out of the old queue and into the new one; on failure everything is as it was. */
static NTSTATUS fx_request_move(struct fx_request *request, struct fx_queue *from,
                                struct fx_queue *to)
{
    NTSTATUS status;

    if (from != NULL) {
        fx_queue_lock(from);
        fx_queue_leave_locked(from, request);
        fx_queue_unlock(from);
    }
    fx_request_set_state(request, FX_REQUEST_NEW);
    __atomic_store_n(&request->purging, false, __ATOMIC_RELAXED);
    status = fx_queue_insert(to, request, FX_QUEUE_TAIL);
    if (!NT_SUCCESS(status)) {
        if (from != NULL) {
            fx_queue_lock(from);
            fx_queue_own_locked(from, request);
            fx_queue_unlock(from);
        } else {
            fx_request_set_state(request, FX_REQUEST_OWNED);
        }
    }
    return status;
}

/* fx_request_forward: the move, and what both queues may deliver then. */
static NTSTATUS fx_request_forward(struct fx_request *request, struct fx_queue *to,
                                   NTSTATUS (*move)(struct fx_request *request,
                                                    struct fx_queue *from, struct fx_queue *to))
{
    struct fx_queue *from = request->queue;
    NTSTATUS status;

    /* Both may go once they have no request, or while the driver is called: dropped below. */
    fx_object_ref(&to->object);
    if (from != NULL) {
        fx_object_ref(&from->object);
    }
    status = move(request, from, to);
    if (NT_SUCCESS(status)) {
        fx_queue_pump(to, FX_PUMP_NOW);
    }
    if (NT_SUCCESS(status) && from != NULL) {
        fx_queue_pump(from, FX_PUMP_CHANGE);
    }
    fx_object_deref(&to->object);
    if (from != NULL) {
        fx_object_deref(&from->object);
    }
    return status;
}

/* fx_request_may_move: the driver has it, and nobody else has a say in it. */
static bool fx_request_may_move(const struct fx_request *request, const struct fx_queue *to)
{
    return fx_request_is_owned(request) && !request->by_driver && !request->in_caller_context &&
           request->queue != to && fx_request_cancel_state(request) == FX_CANCEL_NONE;
}

WDFAPI NTSTATUS WdfRequestForwardToIoQueue(WDFREQUEST Request, WDFQUEUE DestinationQueue)
{
    struct fx_request *request;
    struct fx_queue *to;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_request_get(Request, __func__);
    to = request != NULL ? fx_handle_get(DestinationQueue, FX_TYPE_QUEUE) : NULL;
    if (to == NULL || !fx_request_may_move(request, to) || request->io != to->io) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_request_forward(request, to, fx_request_move);
}

WDFAPI NTSTATUS WdfRequestRequeue(WDFREQUEST Request)
{
    struct fx_request *request;
    struct fx_queue *queue;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_request_get(Request, __func__);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = request->queue;
    if (!fx_request_is_owned(request) || queue == NULL ||
        queue->config.DispatchType != WdfIoQueueDispatchManual ||
        fx_request_cancel_state(request) != FX_CANCEL_NONE) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_object_ref(&queue->object); /* over the pump; dropped below */
    fx_queue_lock(queue);
    fx_queue_leave_locked(queue, request);
    fx_request_set_state(request, FX_REQUEST_NEW);
    fx_queue_link_locked(queue, request, FX_QUEUE_HEAD);
    fx_queue_unlock(queue);
    fx_queue_pump(queue, FX_PUMP_NOW);
    fx_object_deref(&queue->object);
    return STATUS_SUCCESS;
}

/* ---- to the parent ---- */

/* fx_request_move_up: the same to a queue of the parent; the request is of the parent's device then. */
static NTSTATUS fx_request_move_up(struct fx_request *request, struct fx_queue *from,
                                   struct fx_queue *to)
{
    struct fx_io *child = request->io;
    struct fx_file *file = request->file;
    PIRP irp = request->irp;
    NTSTATUS status;

    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetNextIrpStackLocation(irp);
    IoGetCurrentIrpStackLocation(irp)->DeviceObject = to->io->device->wdm;
    IoMarkIrpPending(irp);
    request->io = to->io;
    request->object.device = fx_link_to(&to->io->device->object);
    request->file = NULL; /* the parent has not opened it */
    status = fx_request_move(request, from, to);
    if (!NT_SUCCESS(status)) {
        IoSkipCurrentIrpStackLocation(irp);
        request->io = child;
        request->object.device = fx_link_to(&child->device->object);
        request->file = file;
    }
    return status;
}

/* fx_request_may_move_up: its device is a child of the queue's device, and may hand requests on. A
 * sender that did not ask for enough stack locations has no room for the parent's. A file that is
 * being opened is the child's. */
static bool fx_request_may_move_up(const struct fx_request *request, const struct fx_queue *to)
{
    const struct fx_pdo *pdo = request->io != NULL ? request->io->device->pdo : NULL;

    return fx_request_may_move(request, to) && request->queue != NULL && !request->reserved &&
           pdo != NULL && pdo->forwards && pdo->parent == to->io->device &&
           request->major != IRP_MJ_CREATE && request->irp->CurrentLocation > 1;
}

WDFAPI NTSTATUS WdfRequestForwardToParentDeviceIoQueue(WDFREQUEST Request,
                                                       WDFQUEUE ParentDeviceQueue,
                                                       PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions)
{
    struct fx_request *request;
    struct fx_queue *to;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_request_get(Request, __func__);
    to = request != NULL ? fx_handle_get(ParentDeviceQueue, FX_TYPE_QUEUE) : NULL;
    if (to == NULL || !fx_required(ForwardOptions)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ForwardOptions->Size != sizeof(*ForwardOptions)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (ForwardOptions->Flags != WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_request_may_move_up(request, to)) { /* spec: QUE-63 */
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_request_forward(request, to, fx_request_move_up);
}
