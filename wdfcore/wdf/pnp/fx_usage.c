/* fx_usage.c - IRP_MN_DEVICE_USAGE_NOTIFICATION: a file of the system (paging, hibernation, crash dump,
 * boot) comes to the device, or leaves it.
 *
 * Normal path, in this order: the driver supports such files; the device is in D0; the parent of a PDO
 * hears of it, then the devices that depend on this one, then those below; then the driver. From the
 * first file to the last the device neither idles nor stops nor goes.
 * Failure: STATUS_NOT_IMPLEMENTED (the driver has not said that it supports such files; a filter need
 * not); whoever was told before the one that fails is told the opposite.
 */
#include "nt/io/pnp/io_pnp.h"
#include "nt/ob/ob_object.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_relations.h"

/* One notification on its way. */
struct fx_usage {
    struct fx_device *device;
    PIRP irp;
    DEVICE_USAGE_NOTIFICATION_TYPE type;
    BOOLEAN in_path;
    PDEVICE_OBJECT *dependents; /* referenced */
    ULONG dependent_count;
};

/* The same, or the opposite, for another stack. */
static NTSTATUS usage_send(const struct fx_usage *usage, PDEVICE_OBJECT device, bool undo)
{
    IO_STACK_LOCATION parameters = {0};

    parameters.Parameters.UsageNotification.Type = usage->type;
    parameters.Parameters.UsageNotification.InPath = undo ? !usage->in_path : usage->in_path;
    return io_pnp_send(device, IRP_MN_DEVICE_USAGE_NOTIFICATION, &parameters, NULL);
}

static NTSTATUS usage_tell_parent(const struct fx_usage *usage, bool undo)
{
    const struct fx_pdo *pdo = usage->device->pdo;

    return pdo != NULL ? usage_send(usage, pdo->parent->physical, undo) : STATUS_SUCCESS;
}

static void usage_undo_dependents(const struct fx_usage *usage, ULONG count)
{
    for (ULONG i = 0; i < count; i++) {
        (void)usage_send(usage, usage->dependents[i], true);
    }
}

static NTSTATUS usage_tell_dependents(const struct fx_usage *usage)
{
    for (ULONG i = 0; i < usage->dependent_count; i++) {
        NTSTATUS status = usage_send(usage, usage->dependents[i], false);

        if (!NT_SUCCESS(status)) {
            usage_undo_dependents(usage, i);
            return status;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS usage_call(const struct fx_usage *usage)
{
    const WDF_PNPPOWER_EVENT_CALLBACKS *pnp = &usage->device->settings.pnp;
    WDF_SPECIAL_FILE_TYPE type = (WDF_SPECIAL_FILE_TYPE)usage->type;
    WDFDEVICE handle = fx_device_handle(usage->device);
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (pnp->EvtDeviceUsageNotification != NULL &&
        fx_call_enter(&call, "EvtDeviceUsageNotification", pnp->EvtDeviceUsageNotification,
                      &usage->device->object, NULL)) {
        pnp->EvtDeviceUsageNotification(handle, type, usage->in_path);
        fx_call_leave(&call);
    }
    if (pnp->EvtDeviceUsageNotificationEx != NULL &&
        fx_call_enter(&call, "EvtDeviceUsageNotificationEx", pnp->EvtDeviceUsageNotificationEx,
                      &usage->device->object, NULL)) {
        status = pnp->EvtDeviceUsageNotificationEx(handle, type, usage->in_path);
        fx_call_leave(&call);
    }
    return status;
}

/* Those below are told the opposite. */
static void usage_undo_below(const struct fx_usage *usage)
{
    IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(usage->irp);

    stack->Parameters.UsageNotification.InPath = !usage->in_path;
    usage->irp->IoStatus.Status = STATUS_SUCCESS;
    (void)fx_pnp_forward(usage->device, usage->irp);
    stack->Parameters.UsageNotification.InPath = usage->in_path;
}

/* Down, then the driver. */
static NTSTATUS usage_tell_stack(const struct fx_usage *usage)
{
    struct fx_device *device = usage->device;
    NTSTATUS status;

    usage->irp->IoStatus.Status = STATUS_SUCCESS;
    status = fx_pnp_forward(device, usage->irp);
    if (NT_SUCCESS(status)) {
        status = usage_call(usage);
        if (!NT_SUCCESS(status)) {
            usage_undo_below(usage);
        }
    }
    return status;
}

static NTSTATUS usage_tell(const struct fx_usage *usage)
{
    NTSTATUS status = usage_tell_parent(usage, false);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = usage_tell_dependents(usage);
    if (NT_SUCCESS(status)) {
        status = usage_tell_stack(usage);
        if (!NT_SUCCESS(status)) {
            usage_undo_dependents(usage, usage->dependent_count);
        }
    }
    if (!NT_SUCCESS(status)) {
        (void)usage_tell_parent(usage, true);
    }
    return status;
}

/* usage_count: one file more, or one less. Each that is there has a power reference. */
static void usage_count(const struct fx_usage *usage)
{
    struct fx_device *device = usage->device;
    LONG *count = &device->pnp.special[usage->type - DeviceUsageTypePaging];
    bool leaves;

    fx_pnp_lock(device);
    leaves = !usage->in_path && *count > 0;
    FX_SET(*count, usage->in_path ? *count + 1 : *count - leaves);
    fx_pnp_unlock(device);
    if (!device->power.owner) {
        return;
    }
    if (usage->in_path) {
        fx_idle_hold(device);
    } else if (leaves) {
        fx_idle_give_back(device);
    }
}

/* usage_handle: the device is in D0 meanwhile. */
static NTSTATUS usage_handle(struct fx_usage *usage)
{
    struct fx_device *device = usage->device;
    NTSTATUS status = device->power.owner ? fx_idle_take(device, TRUE) : STATUS_SUCCESS;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status =
        fx_relations_copy(device, FX_RELATED_USAGE, &usage->dependents, &usage->dependent_count);
    if (NT_SUCCESS(status)) {
        status = usage_tell(usage);
    }
    if (NT_SUCCESS(status)) {
        usage_count(usage);
    }
    for (ULONG i = 0; i < usage->dependent_count; i++) {
        ob_deref(usage->dependents[i]);
    }
    fx_free(usage->dependents);
    if (device->power.owner) {
        fx_idle_give_back(device);
    }
    return status;
}

static bool usage_is_supported(const struct fx_usage *usage)
{
    const struct fx_device *device = usage->device;
    int type = usage->type - DeviceUsageTypePaging;

    if (type < 0 || type >= FX_SPECIAL_FILES) {
        return false;
    }
    return !usage->in_path || device->kind == FX_DEVICE_FILTER ||
           FX_LOOK(device->pnp.special_supported[type]);
}

NTSTATUS fx_pnp_usage(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    struct fx_usage usage = {.device = device,
                             .irp = irp,
                             .type = stack->Parameters.UsageNotification.Type,
                             .in_path = stack->Parameters.UsageNotification.InPath};

    return fx_pnp_complete(irp, usage_is_supported(&usage) ? usage_handle(&usage)
                                                           : STATUS_NOT_IMPLEMENTED);
}
