/* fx_target.c - I/O targets: the type, the default target, and what a driver may ask.
 *
 * Teardown: what is queued is completed, what was sent is cancelled, and the rundown waits until the
 * completion routines have returned; then the device is let go.
 */
#include "wdf/target/fx_target.h"
#include "wdf/device/fx_property.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"
#include "wdf/device/fx_query_interface.h"

bool fx_target_dispose(struct fx_object *object)
{
    struct fx_target *target = fx_object_body(object, struct fx_target);

    if (!fx_target_close(target, WdfIoTargetDeleted)) {
        return false; /* in a completion routine of its own: again, when that is over */
    }
    if (target->remote) {
        fx_target_deafen(target);
        fx_target_release(target);
    }
    return true;
}

void fx_target_destroy(struct fx_object *object)
{
    struct fx_target *target = fx_object_body(object, struct fx_target);

    fx_free(target->by_name.name.Buffer);
    fx_object_deref(&target->device->object);
}

static enum fx_delete_answer fx_target_may_delete(struct fx_object *object, const void *deleter)
{
    return fx_object_body(object, struct fx_target)->remote ? FX_DELETE_NOW : FX_DELETE_REFUSED;
}

void fx_target_describe(const struct fx_object *object, char *text, size_t size)
{
    static const char *const states[] = {
        "", "started", "stopped", "closed for query-remove", "closed", "deleted", "purged",
    };
    const struct fx_target *target = (const struct fx_target *)(const void *)object;

    snprintf(text, size, "%s, %s, %u sent", target->remote ? "remote" : "next lower driver",
             target->remote && target->wdm == NULL && target->state == WdfIoTargetStarted
                 ? "not open"
                 : states[target->state],
             (unsigned)(target->sent_count + target->ignoring_count));
}

static const struct fx_field target_fields[] = {
    FX_FIELD(ROUTINE, "EvtIoTargetQueryRemove", struct fx_target, query_remove),
    FX_FIELD(ROUTINE, "EvtIoTargetRemoveCanceled", struct fx_target, uncanceled),
    FX_FIELD(ROUTINE, "EvtIoTargetRemoveComplete", struct fx_target, removed),
    FX_FIELD_END,
};

const struct fx_type fx_target_type = {
    .number = FX_TYPE_IOTARGET,
    .size = sizeof(struct fx_target),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .dispose = fx_target_dispose,
    .destroy = fx_target_destroy,
    .may_delete = fx_target_may_delete,
    .describe = fx_target_describe,
    .fields = target_fields,
};

NTSTATUS fx_target_publish(struct fx_make *make, struct fx_device *device)
{
    struct fx_target *target = fx_object_body(make->object, struct fx_target);
    NTSTATUS status;

    target->device = device;
    target->lock.rank = BASE_RANK_FX_OBJECT;
    target->state = WdfIoTargetStarted;
    fx_object_ref(&device->object); /* dropped in fx_target_destroy */
    status = fx_make_publish(make);
    if (!NT_SUCCESS(status)) {
        fx_object_deref(&device->object);
    }
    return status;
}

/* fx_target_make: a target below the device that nobody else can find yet. */
static struct fx_target *fx_target_make(struct fx_device *device)
{
    struct fx_make make;
    struct fx_target *target;

    if (!NT_SUCCESS(fx_make_under(&fx_target_type, 0, NULL, &device->object, NULL, &make))) {
        return NULL;
    }
    target = fx_object_body(make.object, struct fx_target);
    target->wdm = device->attached;
    target->physical = device->physical;
    return NT_SUCCESS(fx_target_publish(&make, device)) ? target : NULL;
}

/* The device's default target. NULL: a control device, one that is being deleted, or
 * memory is short. <= DISPATCH_LEVEL. */
static struct fx_target *fx_target_of(struct fx_device *device)
{
    /* Acquire: what made it has filled it in. */
    struct fx_target *target = __atomic_load_n(&device->target, __ATOMIC_ACQUIRE);
    struct fx_target *made;

    if (target != NULL || device->attached == NULL) {
        return target;
    }
    made = fx_target_make(device);
    if (made == NULL) {
        return NULL;
    }
    if (!__atomic_compare_exchange_n(&device->target, &target, made, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        fx_object_delete(&made->object, NULL); /* another context was faster */
        return target;
    }
    return made;
}

WDFAPI WDFIOTARGET WdfDeviceGetIoTarget(WDFDEVICE Device)
{
    struct fx_device *device;
    struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL) {
        return NULL;
    }
    target = fx_target_of(device);
    return target != NULL ? (WDFIOTARGET)fx_handle_of(&target->object) : NULL;
}

WDFAPI WDFDEVICE WdfIoTargetGetDevice(WDFIOTARGET IoTarget)
{
    const struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return NULL;
    }
    return fx_device_handle(target->device);
}

WDFAPI PDEVICE_OBJECT WdfIoTargetWdmGetTargetDeviceObject(WDFIOTARGET IoTarget)
{
    const struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return NULL;
    }
    return target->wdm;
}

WDFAPI PDEVICE_OBJECT WdfIoTargetWdmGetTargetPhysicalDevice(WDFIOTARGET IoTarget)
{
    const struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return NULL;
    }
    return target->physical;
}

WDFAPI PFILE_OBJECT WdfIoTargetWdmGetTargetFileObject(WDFIOTARGET IoTarget)
{
    const struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return NULL;
    }
    return target->file;
}

WDFAPI HANDLE WdfIoTargetWdmGetTargetFileHandle(WDFIOTARGET IoTarget)
{
    const struct fx_target *target;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return NULL;
    }
    return target->handle;
}

WDFAPI NTSTATUS WdfIoTargetQueryTargetProperty(WDFIOTARGET IoTarget,
                                               DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                               ULONG BufferLength, PVOID PropertyBuffer,
                                               PULONG ResultLength)
{
    const struct fx_property property = {.number = DeviceProperty};
    const struct fx_target *target;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_target_get(IoTarget);
    if (target == NULL || !fx_required(ResultLength)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_query(target->physical, &property, BufferLength, PropertyBuffer,
                             ResultLength);
}

WDFAPI NTSTATUS WdfIoTargetAllocAndQueryTargetProperty(
    WDFIOTARGET IoTarget, DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType,
    PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory)
{
    const struct fx_property property = {.number = DeviceProperty};
    const struct fx_target *target;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_target_get(IoTarget);
    if (target == NULL || !fx_required(PropertyMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_allocate(target->physical, fx_driver_handle(target->device->driver),
                                &property, PoolType, PropertyMemoryAttributes, PropertyMemory);
}

WDFAPI NTSTATUS WdfIoTargetQueryForInterface(WDFIOTARGET IoTarget, LPCGUID InterfaceType,
                                             PINTERFACE Interface, USHORT Size, USHORT Version,
                                             PVOID InterfaceSpecificData)
{
    const struct fx_target *target;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_target_get(IoTarget);
    if (target == NULL || !fx_required(InterfaceType) || !fx_required(Interface)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (target->physical == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_query_send(target->wdm, InterfaceType, Interface, Size, Version,
                         InterfaceSpecificData);
}
