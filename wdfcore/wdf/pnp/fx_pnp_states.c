/* fx_pnp_states.c - what a device does on its way from one resting state to the next. */
#include "wdf/pnp/fx_pnp_states.h"

#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_interface.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/wmi/fx_wmi.h"

NTSTATUS fx_pnp_checked(struct fx_device *device, const char *kind, NTSTATUS status)
{
    if (status == STATUS_NOT_SUPPORTED) {
        fx_violation(RULE_PnpStatusNotSupported, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "%s returned STATUS_NOT_SUPPORTED", kind);
    }
    return status;
}

fx_pnp_state fx_pnp_enable_interfaces(struct fx_device *device)
{
    NTSTATUS status = fx_interfaces_enable(device);

    if (NT_SUCCESS(status)) {
        status = fx_wmi_start(device);
    }
    if (!NT_SUCCESS(status)) {
        device->pnp.status = status;
        return PNP(FailedPowerDown);
    }
    return PNP(Started);
}

fx_pnp_state fx_pnp_init_starting(struct fx_device *device)
{
    device->pnp.started_once = true;
    return PNP(HardwareAvailable);
}

/* ---- queries ---- */

static NTSTATUS fx_pnp_ask(struct fx_device *device, const char *kind,
                           PFN_WDF_DEVICE_QUERY_STOP callback)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, kind, callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device));
        fx_call_leave(&call);
        status = fx_pnp_checked(device, kind, status);
    }
    return status;
}

/* fx_pnp_static_check: what forbids stop and removal before the driver is asked. */
static NTSTATUS fx_pnp_static_check(const struct fx_device *device)
{
    if (FX_LOOK(device->pnp.veto) > 0) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    for (size_t i = 0; i < sizeof(device->pnp.special) / sizeof(device->pnp.special[0]); i++) {
        if (FX_LOOK(device->pnp.special[i]) > 0) {
            return STATUS_DEVICE_NOT_READY;
        }
    }
    return STATUS_SUCCESS;
}

/* fx_pnp_queried: the driver agrees: the device waits in D0 for what comes. */
static fx_pnp_state fx_pnp_queried(struct fx_device *device, fx_pnp_state pending)
{
    if (!NT_SUCCESS(device->pnp.status)) {
        return PNP(Started);
    }
    if (!fx_power_is_up(device) && !NT_SUCCESS(fx_power_up(device))) {
        device->pnp.status = STATUS_DEVICE_POWER_FAILURE;
        return PNP(FailedPowerDown);
    }
    return pending;
}

fx_pnp_state fx_pnp_query_stop_static(struct fx_device *device)
{
    device->pnp.status = fx_pnp_static_check(device);
    return NT_SUCCESS(device->pnp.status) ? PNP(QueryStopAskDriver) : PNP(Started);
}

fx_pnp_state fx_pnp_query_stop_ask(struct fx_device *device)
{
    device->pnp.status =
        fx_pnp_ask(device, "EvtDeviceQueryStop", device->settings.pnp.EvtDeviceQueryStop);
    return fx_pnp_queried(device, PNP(QueryStopPending));
}

fx_pnp_state fx_pnp_query_remove_static(struct fx_device *device)
{
    device->pnp.status = fx_pnp_static_check(device);
    return NT_SUCCESS(device->pnp.status) ? PNP(QueryRemoveAskDriver) : PNP(Started);
}

fx_pnp_state fx_pnp_query_remove_ask(struct fx_device *device)
{
    device->pnp.status =
        fx_pnp_ask(device, "EvtDeviceQueryRemove", device->settings.pnp.EvtDeviceQueryRemove);
    return fx_pnp_queried(device, PNP(QueryRemovePending));
}

/* ---- going down ---- */

fx_pnp_state fx_pnp_stopping(struct fx_device *device)
{
    NTSTATUS status = fx_power_down(device, WdfPowerDeviceD3Final);
    NTSTATUS released = fx_pnp_release(device);

    if (!NT_SUCCESS(status) || !NT_SUCCESS(released)) { /* spec: PNP-28, PWR-06 */
        device->pnp.status = NT_SUCCESS(status) ? released : status;
        return PNP(Failed);
    }
    return PNP(Stopped);
}

fx_pnp_state fx_pnp_started_removing(struct fx_device *device)
{
    if (!fx_power_is_up(device) && device->pnp.prepared) {
        (void)fx_power_up(device); /* orderly removal starts in D0; a failure is no obstacle */
    }
    (void)fx_power_down(device, WdfPowerDeviceD3Final);
    (void)fx_pnp_release(device); /* spec: PNP-28: on remove its status is ignored */
    return PNP(RemovingDisableInterfaces);
}

/* fx_pnp_io_gone: what leaves before the queues of the device are emptied. */
static void fx_pnp_io_gone(struct fx_device *device)
{
    fx_wmi_end(device);
    fx_interfaces_disable(device);
    fx_device_remove_link(device);
    fx_io_purge(device->io, true);
    fx_power_flush(device);
}

fx_pnp_state fx_pnp_gone(const struct fx_device *device)
{
    return device->pdo != NULL ? PNP(CheckForDevicePresence) : PNP(Removed);
}

fx_pnp_state fx_pnp_removing_interfaces(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    return fx_pnp_gone(device);
}

fx_pnp_state fx_pnp_check_presence(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    return fx_children_is_gone(device) ? PNP(PdoRemoved) : PNP(RemovedPdoWait);
}

/* As if it had never been started. */
fx_pnp_state fx_pnp_pdo_restart(struct fx_device *device)
{
    FX_SET(device->pnp.failed, false);
    FX_SET(device->pnp.missing, false);
    fx_power_forget(device);
    fx_io_restart(device->io);
    fx_wmi_restart(device);
    return PNP(InitStarting);
}

fx_pnp_state fx_pnp_removed(struct fx_device *device)
{
    fx_pnp_io_gone(device); /* does nothing where it was done before */
    fx_children_end(device);
    if (device->settings.release_order == WdfReleaseHardwareOrderOnFailureAfterDescendants) {
        (void)fx_pnp_release(device); /* what a failure has left for now */
    }
    fx_io_purge(device->io, false);
    fx_power_cleanup(device);
    return PNP(Final);
}

/* ---- surprise removal and failure ---- */

fx_pnp_state fx_pnp_failed_power_down(struct fx_device *device)
{
    (void)fx_power_down(device, WdfPowerDeviceD3Final);
    return PNP(FailedOwnHardware);
}

fx_pnp_state fx_pnp_failed_own_hardware(struct fx_device *device)
{
    if (device->settings.release_order == WdfReleaseHardwareOrderOnFailureEarly) {
        (void)fx_pnp_release(device);
    }
    return PNP(Failed);
}

fx_pnp_state fx_pnp_failed(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    if (!FX_LOOK(device->pnp.missing)) {
        FX_SET(device->pnp.failed, true);
    }
    return PNP(FailedWaitForRemove);
}
