/* fx_queue_api.c - making queues and binding them to request types. */
#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_queue.h"
#include "wdf/io/fx_request.h"

/* Whether the configuration has a callback that takes requests. */
static bool fx_queue_config_has_handler(const WDF_IO_QUEUE_CONFIG *config)
{
    return config->EvtIoDefault != NULL || config->EvtIoRead != NULL ||
           config->EvtIoWrite != NULL || config->EvtIoDeviceControl != NULL ||
           config->EvtIoInternalDeviceControl != NULL;
}

/* spec: wdfio/nf-wdfio-wdfioqueuecreate */
static NTSTATUS fx_queue_check_config(struct fx_device *device, const WDF_IO_QUEUE_CONFIG *config,
                                      bool wants_handle)
{
    ULONG presented = config->Settings.Parallel.NumberOfPresentedRequests;

    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (!config->DefaultQueue && !wants_handle) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (config->DefaultQueue && !fx_device_may_configure_io(device)) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    switch (config->DispatchType) {
    case WdfIoQueueDispatchParallel:
        break;
    case WdfIoQueueDispatchSequential:
    case WdfIoQueueDispatchManual:
        if (presented != 0) {
            return STATUS_INVALID_PARAMETER;
        }
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    if (config->DispatchType == WdfIoQueueDispatchManual) {
        return fx_queue_config_has_handler(config) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    return fx_queue_config_has_handler(config) ? STATUS_SUCCESS : STATUS_WDF_NO_CALLBACK;
}

/* The parent: the device, or an object below it. */
static NTSTATUS fx_queue_find_parent(struct fx_device *device,
                                     const WDF_OBJECT_ATTRIBUTES *attributes,
                                     struct fx_object **parent)
{
    NTSTATUS status = fx_attributes_check(&fx_queue_type, attributes);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *parent = fx_attributes_parent(attributes, &device->object);
    if (*parent == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_object_device(*parent) == &device->object ? STATUS_SUCCESS
                                                        : STATUS_INVALID_DEVICE_REQUEST;
}

static bool fx_queue_is_power_managed(const struct fx_device *device, WDF_TRI_STATE choice)
{
    if (fx_device_is_control(device)) {
        return false;
    }
    return choice == WdfUseDefault ? device->kind != FX_DEVICE_FILTER : choice == WdfTrue;
}

/* Scope, level and the lock that follows from them. */
static NTSTATUS fx_queue_resolve_sync(struct fx_queue *queue, struct fx_device *device,
                                      const WDF_OBJECT_ATTRIBUTES *attributes)
{
    struct fx_sync *sync = &queue->sync;

    fx_sync_resolve(sync, attributes, &device->sync);
    queue->passive = sync->level == WdfExecutionLevelPassive;
    if (sync->scope == WdfSynchronizationScopeDevice) {
        sync->lock = device->sync.lock;
        return sync->level == device->sync.level ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    fx_callback_lock_init(&sync->own, &queue->object, FX_RANK_QUEUE, queue->passive);
    sync->lock = &sync->own;
    return STATUS_SUCCESS;
}

/* The device may have gained or lost power before the queue was in its list. */
static void fx_queue_follow_power(struct fx_queue *queue)
{
    bool powered = FX_LOOK(queue->io->powered);

    if (!queue->power_managed || FX_LOOK(queue->powered) == powered) {
        return;
    }
    if (powered) {
        fx_queue_power_up(queue);
    } else {
        fx_queue_power_down_begin(queue, WdfRequestStopActionSuspend);
    }
}

static NTSTATUS fx_queue_make(struct fx_device *device, const WDF_IO_QUEUE_CONFIG *config,
                              const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                              const void *creator, struct fx_queue **out_queue)
{
    struct fx_io *io = device->io;
    struct fx_queue *queue =
        fx_object_create(&fx_queue_type, 0, attributes, device->object.globals, creator);
    NTSTATUS status;

    if (queue == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    queue->lock.rank = BASE_RANK_FX_OBJECT;
    queue->io = io;
    queue->config = *config;
    queue->presented = config->Settings.Parallel.NumberOfPresentedRequests;
    queue->power_managed = fx_queue_is_power_managed(device, config->PowerManaged);
    queue->powered = !queue->power_managed || FX_LOOK(io->powered);
    queue->accept = true;
    queue->dispatch = true;
    fx_queue_dispatch_init(queue);
    fx_object_ref(&device->object); /* dropped in fx_queue_destroy */
    status = fx_queue_resolve_sync(queue, device, attributes);
    if (NT_SUCCESS(status)) {
        status = fx_object_publish(&queue->object, parent); /* last fallible step */
    }
    if (!NT_SUCCESS(status)) {
        fx_object_discard(&queue->object);
        fx_object_deref(&device->object);
        return status;
    }
    fx_io_add_queue(io, queue);
    if (config->DefaultQueue) {
        fx_object_flag(&queue->object, FX_OBJECT_NO_DELETE);
        io->default_queue = queue;
    }
    fx_queue_follow_power(queue);
    *out_queue = queue;
    return STATUS_SUCCESS;
}

static NTSTATUS fx_queue_create(struct fx_device *device, const WDF_IO_QUEUE_CONFIG *config,
                                const WDF_OBJECT_ATTRIBUTES *attributes, bool wants_handle,
                                const void *creator, struct fx_queue **out_queue)
{
    struct fx_object *parent = NULL;
    NTSTATUS status = fx_queue_check_config(device, config, wants_handle);

    if (NT_SUCCESS(status)) {
        status = fx_queue_find_parent(device, attributes, &parent);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (config->DefaultQueue && device->io->default_queue != NULL) {
        return STATUS_UNSUCCESSFUL;
    }
    fx_object_ref(parent); /* its driver may delete it meanwhile; dropped below */
    status = fx_queue_make(device, config, attributes, parent, creator, out_queue);
    fx_object_deref(parent);
    return status;
}

WDFAPI NTSTATUS WdfIoQueueCreate(WDFDEVICE Device, PWDF_IO_QUEUE_CONFIG Config,
                                 PWDF_OBJECT_ATTRIBUTES QueueAttributes, WDFQUEUE *Queue)
{
    struct fx_device *device;
    struct fx_queue *queue = NULL;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Config)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Queue != NULL) {
        *Queue = NULL;
    }
    status = fx_queue_create(device, Config, QueueAttributes, Queue != NULL, KE_CALLER(), &queue);
    if (NT_SUCCESS(status) && Queue != NULL) {
        *Queue = fx_queue_handle(queue);
    }
    return status;
}

/* fx_queue_type_index: FX_IO_TYPES if requests of the type cannot be bound to a queue. */
static unsigned fx_queue_type_index(WDF_REQUEST_TYPE type, UCHAR *major)
{
    switch (type) {
    case WdfRequestTypeCreate:
        *major = IRP_MJ_CREATE;
        return FX_IO_CREATE;
    case WdfRequestTypeRead:
        *major = IRP_MJ_READ;
        return FX_IO_READ;
    case WdfRequestTypeWrite:
        *major = IRP_MJ_WRITE;
        return FX_IO_WRITE;
    case WdfRequestTypeDeviceControl:
        *major = IRP_MJ_DEVICE_CONTROL;
        return FX_IO_CONTROL;
    case WdfRequestTypeDeviceControlInternal:
        *major = IRP_MJ_INTERNAL_DEVICE_CONTROL;
        return FX_IO_INTERNAL;
    default:
        return FX_IO_TYPES;
    }
}

WDFAPI NTSTATUS WdfDeviceConfigureRequestDispatching(WDFDEVICE Device, WDFQUEUE Queue,
                                                     WDF_REQUEST_TYPE RequestType)
{
    struct fx_device *device;
    struct fx_queue *queue;
    unsigned index;
    UCHAR major = 0;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    queue = device != NULL ? fx_handle_get(Queue, FX_TYPE_QUEUE) : NULL;
    if (queue == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    index = fx_queue_type_index(RequestType, &major);
    if (index == FX_IO_TYPES) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_device_may_configure_io(device)) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (queue->io != device->io || device->io->default_queue == queue ||
        !fx_queue_has_handler(queue, major)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (device->io->by_type[index] != NULL) {
        return index == FX_IO_CREATE ? STATUS_INVALID_PARAMETER : STATUS_WDF_BUSY;
    }
    device->io->by_type[index] = queue;
    fx_object_flag(&queue->object, FX_OBJECT_NO_DELETE);
    return STATUS_SUCCESS;
}

WDFAPI WDFQUEUE WdfDeviceGetDefaultQueue(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    return device != NULL && device->io->default_queue != NULL
               ? fx_queue_handle(device->io->default_queue)
               : NULL;
}

WDFAPI WDFDEVICE WdfIoQueueGetDevice(WDFQUEUE Queue)
{
    struct fx_queue *queue;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    return queue != NULL ? fx_device_handle(queue->io->device) : NULL;
}

WDFAPI NTSTATUS WdfIoQueueReadyNotify(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE QueueReady,
                                      WDFCONTEXT Context)
{
    struct fx_queue *queue;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (queue == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (queue->config.DispatchType != WdfIoQueueDispatchManual) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_queue_lock(queue);
    if (queue->deleted) {
        status = STATUS_DELETE_PENDING;
    } else if (QueueReady != NULL ? queue->ready != NULL
                                  : queue->ready == NULL || queue->dispatch) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else {
        queue->ready = QueueReady;
        queue->ready_context = Context;
        queue->ready_due = QueueReady != NULL && queue->queued_count != 0;
    }
    fx_queue_unlock(queue);
    if (NT_SUCCESS(status)) {
        fx_queue_pump(queue, FX_PUMP_NOW);
    }
    return status;
}
