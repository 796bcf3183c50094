#include "wdf/object/fx_target.h"

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_make.h"

static const struct fx_type fx_target_type = {
    .number = FX_TYPE_IOTARGET,
    .size = sizeof(struct fx_target),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
};

/* fx_target_make: a target below the device that nobody else can find yet. */
static struct fx_target *fx_target_make(struct fx_device *device)
{
    struct fx_make make;
    struct fx_target *target;

    if (!NT_SUCCESS(fx_make_under(&fx_target_type, 0, NULL, &device->object, NULL, &make))) {
        return NULL;
    }
    target = fx_object_body(make.object, struct fx_target);
    target->device = device;
    target->wdm = device->attached;
    return NT_SUCCESS(fx_make_publish(&make)) ? target : NULL;
}

struct fx_target *fx_target_of(struct fx_device *device)
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

static struct fx_target *fx_target_get(WDFIOTARGET handle)
{
    return fx_handle_get(handle, FX_TYPE_IOTARGET);
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
    return target->device->physical;
}
