/* fx_io.c - from the IRP to a queue.
 * A read, write or control goes to the queue of its type, else to the default queue, else down the
 * stack (filter) or back with STATUS_INVALID_DEVICE_REQUEST. With EvtIoInCallerContext the driver
 * sees it first, in its sender's thread, and passes it on by WdfDeviceEnqueueRequest.
 */
#include "wdf/io/fx_io.h"

#include "base/assert.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_pool.h"
#include "wdf/io/fx_queue_reserve.h"
#include "wdf/io/fx_request.h"

#include <utlist.h>

NTSTATUS fx_io_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS fx_io_forward(struct fx_io *io, PIRP irp)
{
    if (io->device->attached == NULL) {
        return fx_io_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    IoSkipCurrentIrpStackLocation(irp);
    return io_irp_call(io->device->attached, irp);
}

/* Scope and level of the file callbacks. spec: SYNC-10, SYNC-11, SYNC-12 */
static NTSTATUS fx_io_resolve_files(struct fx_io *io)
{
    const struct fx_device *device = io->device;
    const struct fx_device_settings *settings = &device->settings;
    struct fx_sync sync;

    io->file_class = settings->has_file_config
                         ? (WDF_FILEOBJECT_CLASS)(settings->file.FileObjectClass &
                                                  ~(ULONG)WdfFileObjectCanBeOptional)
                         : WdfFileObjectWdfCannotUseFsContexts;
    io->forward_file = device->kind == FX_DEVICE_FILTER;
    if (settings->has_file_config && settings->file.AutoForwardCleanupClose != WdfUseDefault) {
        io->forward_file = settings->file.AutoForwardCleanupClose == WdfTrue;
    }
    io->forward_file = io->forward_file && !fx_device_is_control(device);
    if (!settings->has_file_attributes) {
        return STATUS_SUCCESS;
    }
    fx_sync_resolve(&sync, &settings->file_attributes, &device->sync);
    if (sync.scope == WdfSynchronizationScopeQueue) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (sync.scope == WdfSynchronizationScopeDevice) {
        if (device->sync.level != WdfExecutionLevelPassive) {
            return STATUS_INVALID_DEVICE_REQUEST;
        }
        io->file_lock = device->sync.lock;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_io_create(struct fx_device *device, struct fx_io **out_io)
{
    struct fx_io *io = fx_allocate(sizeof(*io));
    NTSTATUS status;

    if (io == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io->lock.rank = BASE_RANK_FX_OBJECT;
    io->device = device;
    io->has_file_attributes = device->settings.has_file_attributes;
    status = fx_io_resolve_files(io);
    if (!NT_SUCCESS(status)) {
        fx_free(io);
        return status;
    }
    *out_io = io;
    return STATUS_SUCCESS;
}

void fx_io_destroy(struct fx_io *io)
{
    if (io != NULL) {
        HASH_CLEAR(hh, io->files);
        fx_free(io);
    }
}

void fx_io_add_queue(struct fx_io *io, struct fx_queue *queue)
{
    base_lock_acquire(&io->lock);
    LL_APPEND(io->queues, queue);
    base_lock_release(&io->lock);
}

void fx_io_remove_queue(struct fx_io *io, struct fx_queue *queue)
{
    base_lock_acquire(&io->lock);
    LL_DELETE(io->queues, queue);
    if (io->default_queue == queue) {
        io->default_queue = NULL;
    }
    for (unsigned i = 0; i < FX_IO_TYPES; i++) {
        if (io->by_type[i] == queue) {
            io->by_type[i] = NULL;
        }
    }
    base_lock_release(&io->lock);
}

/* The queue number `index`, referenced, or NULL: a walk that survives callbacks. */
static struct fx_queue *fx_io_queue_at(struct fx_io *io, unsigned index)
{
    struct fx_queue *queue;

    base_lock_acquire(&io->lock);
    queue = io->queues;
    while (queue != NULL && index-- != 0) {
        queue = queue->next;
    }
    if (queue != NULL) {
        fx_object_ref(&queue->object); /* dropped by the caller */
    }
    base_lock_release(&io->lock);
    return queue;
}

/* ---- routing ---- */

unsigned fx_io_type(UCHAR major)
{
    switch (major) {
    case IRP_MJ_READ:
        return FX_IO_READ;
    case IRP_MJ_WRITE:
        return FX_IO_WRITE;
    case IRP_MJ_DEVICE_CONTROL:
        return FX_IO_CONTROL;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return FX_IO_INTERNAL;
    default:
        return FX_IO_TYPES;
    }
}

static struct fx_queue *fx_io_queue_for(const struct fx_io *io, UCHAR major)
{
    unsigned type = fx_io_type(major);
    struct fx_queue *queue = type < FX_IO_TYPES ? io->by_type[type] : NULL;

    if (queue != NULL) {
        return queue;
    }
    queue = io->default_queue;
    /* A filter's default queue passes down what it has no handler for. */
    if (queue != NULL && fx_io_is_filter(io) && !fx_queue_has_handler(queue, major)) {
        return NULL;
    }
    return queue;
}

void fx_io_put(struct fx_queue *queue, struct fx_request *request)
{
    fx_object_ref(&queue->object); /* over the pump; dropped below */
    if (NT_SUCCESS(fx_queue_insert(queue, request, FX_QUEUE_TAIL))) {
        fx_queue_pump(queue, FX_PUMP_NOW);
    } else {
        fx_request_finish(request, STATUS_INVALID_DEVICE_STATE, 0);
    }
    fx_object_deref(&queue->object);
}

struct fx_request *fx_io_make_request(struct fx_io *io, PIRP irp)
{
    struct fx_file *file = NULL;
    struct fx_request *request;

    if (io->file_class != WdfFileObjectNotRequired) {
        file = fx_file_find(io, IoGetCurrentIrpStackLocation(irp)->FileObject);
    }
    request = fx_request_create(io, irp, file);
    if (request != NULL) {
        irp->IoStatus.Information = 0;
        IoMarkIrpPending(irp);
    }
    return request;
}

/* No memory for a request: a queue that has some in reserve may help. */
static NTSTATUS fx_io_without_request(struct fx_io *io, PIRP irp, WDFQUEUE wanted)
{
    struct fx_queue *queue =
        wanted != NULL ? fx_handle_get(wanted, FX_TYPE_QUEUE)
                       : fx_io_queue_for(io, IoGetCurrentIrpStackLocation(irp)->MajorFunction);

    if (queue == NULL || fx_queue_reserve(queue) == NULL) {
        return fx_io_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    IoMarkIrpPending(irp);
    fx_reserve_use(queue, irp, STATUS_INSUFFICIENT_RESOURCES);
    return STATUS_PENDING;
}

/* The driver sees the request first. spec: wdfdevice/nc-wdfdevice-evt_wdf_io_in_caller_context */
static NTSTATUS fx_io_call_in_caller_context(struct fx_io *io, PIRP irp, WDFQUEUE wanted)
{
    PFN_WDF_IO_IN_CALLER_CONTEXT routine = io->device->settings.in_caller_context;
    struct fx_request *request = fx_io_make_request(io, irp);
    struct fx_call call;
    NTSTATUS status;

    if (request == NULL) {
        return fx_io_without_request(io, irp, wanted);
    }
    status = fx_request_present(request);
    if (!NT_SUCCESS(status)) {
        fx_request_finish(request, status, 0);
        return STATUS_PENDING;
    }
    request->in_caller_context = true;
    request->wanted = wanted;
    fx_request_set_state(request, FX_REQUEST_OWNED);
    if (fx_call_enter(&call, "EvtIoInCallerContext", routine, &io->device->object, NULL)) {
        routine(fx_device_handle(io->device), fx_request_handle(request));
        fx_call_leave(&call);
    }
    return STATUS_PENDING;
}

NTSTATUS fx_io_dispatch_to_queue(struct fx_queue *queue, PIRP irp, bool in_caller_context)
{
    struct fx_io *io = queue->io;
    struct fx_request *request;

    if (in_caller_context && io->device->settings.in_caller_context != NULL) {
        return fx_io_call_in_caller_context(io, irp, fx_queue_handle(queue));
    }
    if (__builtin_expect(fx_queue_reserve(queue) != NULL, 0)) {
        fx_reserve_arrive(queue, irp);
        return STATUS_PENDING;
    }
    request = fx_io_make_request(io, irp);
    if (request == NULL) {
        return fx_io_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    fx_io_put(queue, request);
    return STATUS_PENDING;
}

NTSTATUS fx_io_enqueue(struct fx_io *io, struct fx_request *request)
{
    struct fx_queue *queue = request->wanted != NULL ? fx_handle_get(request->wanted, FX_TYPE_QUEUE)
                                                     : fx_io_queue_for(io, request->major);
    NTSTATUS status;

    if (queue == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_object_ref(&queue->object); /* over the pump; dropped below */
    fx_request_set_state(request, FX_REQUEST_NEW);
    request->in_caller_context = false;
    request->presented = false; /* EvtIoInCallerContext is no delivery */
    status = fx_queue_insert(queue, request, FX_QUEUE_TAIL);
    if (NT_SUCCESS(status)) {
        fx_queue_pump(queue, FX_PUMP_NOW);
    } else {
        request->in_caller_context = true;
        fx_request_set_state(request, FX_REQUEST_OWNED);
    }
    fx_object_deref(&queue->object);
    return status;
}

NTSTATUS fx_io_dispatch_by_type(struct fx_io *io, PIRP irp)
{
    struct fx_queue *queue;

    if (io->device->settings.in_caller_context != NULL) {
        return fx_io_call_in_caller_context(io, irp, NULL);
    }
    queue = fx_io_queue_for(io, IoGetCurrentIrpStackLocation(irp)->MajorFunction);
    if (queue != NULL) {
        return fx_io_dispatch_to_queue(queue, irp, false);
    }
    if (fx_io_is_filter(io)) {
        return fx_io_forward(io, irp);
    }
    return fx_io_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

/* The driver says where it goes, or sends it on its way by WdfDeviceWdmDispatchIrp. */
static NTSTATUS fx_io_ask_driver(struct fx_io *io, PIRP irp, const struct fx_io_route *route)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    bool is_control = stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
                      stack->MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL;
    ULONG code = is_control ? stack->Parameters.DeviceIoControl.IoControlCode : 0;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDeviceWdmIrpDispatch", (const void *)route->callback,
                      &io->device->object, NULL)) {
        status = route->callback(fx_device_handle(io->device), stack->MajorFunction,
                                 stack->MinorFunction, code, route->context, irp, io);
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_io_dispatch_transfer(struct fx_io *io, PIRP irp, UCHAR major)
{
    const struct fx_io_route *route = &io->routes[fx_io_type(major)];

    return __builtin_expect(route->callback != NULL, 0) ? fx_io_ask_driver(io, irp, route)
                                                        : fx_io_dispatch_by_type(io, irp);
}

NTSTATUS fx_io_dispatch(struct fx_device *device, PIRP irp)
{
    struct fx_io *io = device->io;
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    switch (major) {
    case IRP_MJ_CREATE:
        return fx_file_dispatch_create(io, irp);
    case IRP_MJ_CLEANUP:
        return fx_file_dispatch_cleanup(io, irp);
    case IRP_MJ_CLOSE:
        return fx_file_dispatch_close(io, irp);
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return fx_io_dispatch_transfer(io, irp, major);
    default:
        return fx_io_is_filter(io) ? fx_io_forward(io, irp)
                                   : fx_io_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

/* ---- all queues of a device ---- */

void fx_io_power_up(struct fx_io *io)
{
    struct fx_queue *queue;

    FX_SET(io->powered, true);
    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        if (queue->power_managed && !FX_LOOK(queue->powered)) {
            fx_queue_power_up(queue);
        }
        fx_object_deref(&queue->object);
    }
}

void fx_io_power_down(struct fx_io *io, WDF_REQUEST_STOP_ACTION_FLAGS action)
{
    struct fx_queue *queue;

    FX_SET(io->powered, false);
    /* All stop delivering before the first is waited for: a request may move between them. */
    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        if (queue->power_managed) {
            fx_queue_power_down_begin(queue, action);
        }
        fx_object_deref(&queue->object);
    }
    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        if (queue->power_managed) {
            fx_queue_power_down_wait(queue);
        }
        fx_object_deref(&queue->object);
    }
}

void fx_io_purge(struct fx_io *io, bool managed)
{
    struct fx_queue *queue;

    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        if (queue->power_managed == managed) {
            fx_queue_purge_wait(queue);
        }
        fx_object_deref(&queue->object);
    }
}

void fx_io_restart(struct fx_io *io)
{
    struct fx_queue *queue;

    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        fx_queue_restart(queue);
        fx_object_deref(&queue->object);
    }
}

static void fx_io_forget_file_in(struct fx_request *list, const struct fx_file *file)
{
    struct fx_request *request;

    DL_FOREACH (list, request) {
        if (request->file == file) {
            request->file = NULL;
        }
    }
}

void fx_io_forget_file(struct fx_io *io, const struct fx_file *file)
{
    struct fx_queue *queue;

    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        fx_queue_lock(queue);
        fx_io_forget_file_in(queue->queued, file);
        fx_io_forget_file_in(queue->owned, file);
        fx_io_forget_file_in(queue->dropped, file);
        fx_queue_unlock(queue);
        fx_object_deref(&queue->object);
    }
}

void fx_io_cancel_file(struct fx_io *io, struct fx_file *file)
{
    struct fx_queue *queue;

    for (unsigned i = 0; (queue = fx_io_queue_at(io, i)) != NULL; i++) {
        fx_queue_drop_queued(queue, file);
        fx_queue_pump(queue, FX_PUMP_NOW);
        fx_object_deref(&queue->object);
    }
}
