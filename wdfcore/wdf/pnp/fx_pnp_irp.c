/* fx_pnp_irp.c - IRP_MJ_PNP: which requests this device answers, and on the way down or up.
 *
 *   down first, then we    START, CANCEL_STOP, CANCEL_REMOVE, QUERY_PNP_DEVICE_STATE,
 *                          QUERY_CAPABILITIES
 *   we, then down          QUERY_STOP, STOP, QUERY_REMOVE, SURPRISE_REMOVAL, REMOVE,
 *                          DEVICE_USAGE_NOTIFICATION, QUERY_DEVICE_RELATIONS
 *   on both ways           FILTER_RESOURCE_REQUIREMENTS, and START for EvtDeviceRemoveAddedResources
 *   passed on              all others
 * A query that we refuse does not go down. A PDO is the bottom of its stack: going down is success,
 * and what nobody knows is completed as it came.
 */
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pnp.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/pnp/fx_relations.h"
#include "wdf/device/fx_query_interface.h"

NTSTATUS fx_pnp_complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS fx_pnp_pass(struct fx_device *device, PIRP irp)
{
    if (device->attached == NULL) {
        return fx_pnp_complete(irp, irp->IoStatus.Status);
    }
    IoSkipCurrentIrpStackLocation(irp);
    return io_irp_call(device->attached, irp);
}

NTSTATUS fx_pnp_forward(struct fx_device *device, PIRP irp)
{
    if (device->attached == NULL) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        return STATUS_SUCCESS;
    }
    if (!IoForwardIrpSynchronously(device->attached, irp)) {
        return STATUS_UNSUCCESSFUL;
    }
    return irp->IoStatus.Status;
}

static NTSTATUS fx_pnp_event(struct fx_device *device, enum fx_pnp_event event)
{
    fx_pnp_lock(device);
    NTSTATUS status = fx_pnp_event_locked(device, event);

    fx_pnp_unlock(device);
    return status;
}

static NTSTATUS fx_pnp_irp_start(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = fx_pnp_forward_start(device, irp);

    if (NT_SUCCESS(status)) {
        fx_capabilities_learn(device);
        fx_pnp_lock(device);
        device->pnp.start_raw = stack->Parameters.StartDevice.AllocatedResources;
        device->pnp.start_translated = stack->Parameters.StartDevice.AllocatedResourcesTranslated;
        status = fx_pnp_event_locked(device, FX_PNP_START);
        device->pnp.start_raw = NULL;
        device->pnp.start_translated = NULL;
        fx_pnp_unlock(device);
    }
    return fx_pnp_complete(irp, status);
}

/* fx_pnp_irp_down: we, then down; a failure of ours ends it. */
static NTSTATUS fx_pnp_irp_down(struct fx_device *device, PIRP irp, enum fx_pnp_event event)
{
    NTSTATUS status = fx_pnp_event(device, event);

    if (!NT_SUCCESS(status)) {
        return fx_pnp_complete(irp, status);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pnp_pass(device, irp);
}

/* fx_pnp_irp_up: down, then we. */
static NTSTATUS fx_pnp_irp_up(struct fx_device *device, PIRP irp, enum fx_pnp_event event)
{
    (void)fx_pnp_forward(device, irp); /* a cancel may not fail */
    (void)fx_pnp_event(device, event);
    return fx_pnp_complete(irp, STATUS_SUCCESS);
}

static NTSTATUS fx_pnp_irp_surprise(struct fx_device *device, PIRP irp)
{
    PFN_WDF_DEVICE_SURPRISE_REMOVAL callback = device->settings.pnp.EvtDeviceSurpriseRemoval;
    struct fx_call call;

    FX_SET(device->pnp.missing, true);
    /* A device that failed by itself is no surprise to its driver. */
    if (device->pnp.state == WdfDevStatePnpFailed ||
        device->pnp.state == WdfDevStatePnpFailedWaitForRemove) {
        callback = NULL;
    }
    /* Before and beside any other transition: not under the PnP lock (spec: PNP-17). */
    if (callback != NULL &&
        fx_call_enter(&call, "EvtDeviceSurpriseRemoval", callback, &device->object, NULL)) {
        callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
    return fx_pnp_irp_down(device, irp, FX_PNP_SURPRISE_REMOVE);
}

/* fx_pnp_irp_remove: the device goes: its objects are cleaned up, then itself; the WDM device
 * leaves its stack after the lower drivers have seen the request; then it is destroyed. */
static NTSTATUS fx_pnp_irp_remove(struct fx_device *device, PIRP irp)
{
    DEVICE_OBJECT *lower = device->attached;
    NTSTATUS status;

    (void)fx_pnp_event(device, FX_PNP_REMOVE);
    fx_object_ref(&device->object); /* dropped below: the body outlives its deletion */
    fx_removal_wait(device);
    fx_idle_forget(device);
    fx_object_dispose(&device->object);
    fx_object_destroy_children(&device->object);
    fx_dispose_list_end(&device->disposes);

    irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(irp);
    status = io_irp_call(lower, irp);

    fx_device_detach(device);
    fx_object_delete(&device->object, NULL);
    fx_object_deref(&device->object);
    return status;
}

/* fx_pnp_irp_remove_pdo: it stays if its bus still reports it; PnP may start it again. */
static NTSTATUS fx_pnp_irp_remove_pdo(struct fx_device *device, PIRP irp)
{
    fx_object_ref(&device->object); /* dropped below: the body outlives its deletion */
    (void)fx_pnp_event(device, FX_PNP_REMOVE);
    if (FX_LOOK(device->pnp.state) == WdfDevStatePnpFinal) {
        fx_removal_wait(device);
        fx_device_end(device, NULL);
    }
    fx_object_deref(&device->object);
    return fx_pnp_complete(irp, STATUS_SUCCESS);
}

/* fx_pnp_flag: set or clear one flag as a tri-state says. */
static void fx_pnp_flag(ULONG *flags, ULONG flag, WDF_TRI_STATE value)
{
    if (value == WdfTrue) {
        *flags |= flag;
    } else if (value == WdfFalse) {
        *flags &= ~flag;
    }
}

static NTSTATUS fx_pnp_irp_device_state(struct fx_device *device, PIRP irp)
{
    const WDF_DEVICE_STATE *said = &device->state_flags;
    NTSTATUS status = fx_pnp_forward(device, irp);

    if (status == STATUS_NOT_SUPPORTED) { /* nobody below knows: then our word stands alone */
        status = STATUS_SUCCESS;
        irp->IoStatus.Information = 0;
    }
    if (NT_SUCCESS(status)) {
        ULONG flags = (ULONG)irp->IoStatus.Information;

        fx_pnp_flag(&flags, PNP_DEVICE_DISABLED, said->Disabled);
        fx_pnp_flag(&flags, PNP_DEVICE_DONT_DISPLAY_IN_UI, said->DontDisplayInUI);
        fx_pnp_flag(&flags, PNP_DEVICE_FAILED, said->Failed);
        fx_pnp_flag(&flags, PNP_DEVICE_NOT_DISABLEABLE, said->NotDisableable);
        fx_pnp_flag(&flags, PNP_DEVICE_REMOVED, said->Removed);
        fx_pnp_flag(&flags, PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED, said->ResourcesChanged);
        if (FX_LOOK(device->pnp.failed)) {
            flags |= PNP_DEVICE_FAILED;
        }
        irp->IoStatus.Information = flags;
    }
    return fx_pnp_complete(irp, status);
}

static NTSTATUS fx_pnp_irp_capabilities(struct fx_device *device, PIRP irp)
{
    DEVICE_CAPABILITIES *caps =
        IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceCapabilities.Capabilities;
    NTSTATUS status = fx_pnp_forward(device, irp);

    if (status == STATUS_NOT_SUPPORTED) {
        status = STATUS_SUCCESS;
    }
    if (device->pdo != NULL) {
        fx_pdo_capabilities(device, caps);
    }
    if (NT_SUCCESS(status)) {
        fx_capabilities_add(device, caps);
    }
    return fx_pnp_complete(irp, status);
}

/* fx_pnp_related: what the device itself has to say. STATUS_NOT_SUPPORTED: nothing. */
static NTSTATUS fx_pnp_related(struct fx_device *device, PIRP irp, DEVICE_RELATION_TYPE type)
{
    switch (type) {
    case BusRelations:
        return device->kind == FX_DEVICE_FDO ? fx_children_answer(device, irp)
                                             : STATUS_NOT_SUPPORTED;
    case RemovalRelations:
        return fx_relations_answer(device, irp, FX_RELATED_REMOVAL);
    case EjectionRelations:
        return device->pdo != NULL ? fx_relations_answer(device, irp, FX_RELATED_EJECTION)
                                   : STATUS_NOT_SUPPORTED;
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

static NTSTATUS fx_pnp_irp_relations(struct fx_device *device, PIRP irp)
{
    PFN_WDF_DEVICE_RELATIONS_QUERY callback = device->settings.pnp.EvtDeviceRelationsQuery;
    DEVICE_RELATION_TYPE type =
        IoGetCurrentIrpStackLocation(irp)->Parameters.QueryDeviceRelations.Type;
    struct fx_call call;
    NTSTATUS status;

    if (callback != NULL &&
        fx_call_enter(&call, "EvtDeviceRelationsQuery", callback, &device->object, NULL)) {
        callback(fx_device_handle(device), type);
        fx_call_leave(&call);
    }
    status = fx_pnp_related(device, irp, type);
    if (status != STATUS_NOT_SUPPORTED) {
        if (!NT_SUCCESS(status)) {
            return fx_pnp_complete(irp, status);
        }
        irp->IoStatus.Status = status;
    }
    return fx_pnp_pass(device, irp);
}

static NTSTATUS fx_pnp_irp_interface(struct fx_device *device, PIRP irp)
{
    NTSTATUS status = fx_query_answer(device, irp);

    return status != STATUS_NOT_SUPPORTED ? fx_pnp_complete(irp, status) : fx_pnp_pass(device, irp);
}

NTSTATUS fx_pnp_dispatch(struct fx_device *device, PIRP irp)
{
    NTSTATUS status;

    if (device->pdo != NULL && fx_pdo_answer(device, irp, &status)) {
        return fx_pnp_complete(irp, status);
    }
    switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return fx_pnp_irp_start(device, irp);
    case IRP_MN_QUERY_STOP_DEVICE:
        return fx_pnp_irp_down(device, irp, FX_PNP_QUERY_STOP);
    case IRP_MN_CANCEL_STOP_DEVICE:
        return fx_pnp_irp_up(device, irp, FX_PNP_CANCEL_STOP);
    case IRP_MN_STOP_DEVICE:
        return fx_pnp_irp_down(device, irp, FX_PNP_STOP);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return fx_pnp_irp_down(device, irp, FX_PNP_QUERY_REMOVE);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return fx_pnp_irp_up(device, irp, FX_PNP_CANCEL_REMOVE);
    case IRP_MN_SURPRISE_REMOVAL:
        return fx_pnp_irp_surprise(device, irp);
    case IRP_MN_REMOVE_DEVICE:
        return device->pdo != NULL ? fx_pnp_irp_remove_pdo(device, irp)
                                   : fx_pnp_irp_remove(device, irp);
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        return fx_pnp_irp_device_state(device, irp);
    case IRP_MN_QUERY_CAPABILITIES:
        return fx_pnp_irp_capabilities(device, irp);
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
        return fx_pnp_filter(device, irp);
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
        return fx_pnp_usage(device, irp);
    case IRP_MN_QUERY_INTERFACE:
        return fx_pnp_irp_interface(device, irp);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return fx_pnp_irp_relations(device, irp);
    default:
        return fx_pnp_pass(device, irp);
    }
}

void fx_pnp_invalidate(struct fx_device *device)
{
    if (device->physical == NULL) {
        return;
    }
    if (FX_LOOK(device->pnp.failed) && FX_LOOK(device->pnp.restart)) {
        FX_SET(device->pnp.restart, false); /* asked once; the next start has a device of its own */
        io_pnp_reenumerate(device->physical);
    } else {
        IoInvalidateDeviceState(device->physical);
    }
}
