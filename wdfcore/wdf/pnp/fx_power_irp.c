/* fx_power_irp.c - IRP_MJ_POWER, and who decides about power.
 *
 *   system query         down
 *   system set, owner    Sx: leave D0, then down; S0: down, then D0 again
 *   device set           Dx: leave D0, then down; D0: down, then D0
 *   all others           down
 * A power policy owner answers a system request itself: there is one device state to leave for, and
 * a device request of its own would come back to the same stack. Others wait for device requests.
 */
#include "nt/io/io_irp.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"

static NTSTATUS fx_power_pass(struct fx_device *device, PIRP irp)
{
    PoStartNextPowerIrp(irp);
    IoSkipCurrentIrpStackLocation(irp);
    return PoCallDriver(device->attached, irp);
}

static bool fx_power_may_change(const struct fx_device *device)
{
    switch (device->pnp.state) {
    case WdfDevStatePnpStarted:
    case WdfDevStatePnpQueryStopPending:
    case WdfDevStatePnpQueryRemovePending:
        return true;
    default:
        return false;
    }
}

/* fx_power_change: to D0 or to target; a failure is PnP's business. */
static void fx_power_change(struct fx_device *device, WDF_POWER_DEVICE_STATE target,
                            POWER_ACTION action)
{
    NTSTATUS status = STATUS_SUCCESS;

    fx_pnp_lock(device);
    if (fx_power_may_change(device)) {
        device->power.action = action;
        fx_idle_stopped(device);
        if (target != WdfPowerDeviceD0) {
            status = fx_power_down(device, target);
        } else if (!fx_power_is_up(device)) {
            status = fx_power_up(device);
        }
        device->power.action = PowerActionNone;
        if (!NT_SUCCESS(status)) {
            fx_pnp_event_locked(device, FX_PNP_POWER_FAILED);
        } else if (target == WdfPowerDeviceD0 && device->pnp.state == WdfDevStatePnpStarted) {
            fx_idle_started(device);
        }
    }
    fx_pnp_unlock(device);
    if (!NT_SUCCESS(status)) {
        fx_pnp_invalidate(device);
    }
}

/* fx_power_dx: the device state that goes with a system state. */
static WDF_POWER_DEVICE_STATE fx_power_dx(const struct fx_device *device, SYSTEM_POWER_STATE state)
{
    DEVICE_POWER_STATE mapped = PowerDeviceMaximum;

    if (state > PowerSystemUnspecified && state < PowerSystemMaximum) {
        mapped = device->power_capabilities.DeviceState[state];
    }
    if (state == PowerSystemShutdown) {
        return WdfPowerDeviceD3Final; /* spec: PWR-05 */
    }
    return mapped > PowerDeviceD0 && mapped < PowerDeviceMaximum ? (WDF_POWER_DEVICE_STATE)mapped
                                                                 : WdfPowerDeviceD3;
}

static NTSTATUS fx_power_set(struct fx_device *device, PIRP irp, WDF_POWER_DEVICE_STATE target,
                             POWER_ACTION action)
{
    NTSTATUS status;

    irp->IoStatus.Status = STATUS_SUCCESS;
    if (target != WdfPowerDeviceD0) {
        fx_power_change(device, target, action);
        return fx_power_pass(device, irp);
    }
    if (!IoForwardIrpSynchronously(device->attached, irp)) {
        return fx_io_complete(irp, STATUS_UNSUCCESSFUL, 0);
    }
    status = irp->IoStatus.Status;
    if (NT_SUCCESS(status)) {
        fx_power_change(device, target, action);
    }
    PoStartNextPowerIrp(irp);
    return fx_io_complete(irp, status, irp->IoStatus.Information);
}

NTSTATUS fx_power_dispatch(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    POWER_STATE state = stack->Parameters.Power.State;

    if (stack->MinorFunction != IRP_MN_SET_POWER) {
        if (stack->MinorFunction == IRP_MN_QUERY_POWER) {
            irp->IoStatus.Status = STATUS_SUCCESS;
        }
        return fx_power_pass(device, irp);
    }
    if (stack->Parameters.Power.Type == DevicePowerState) {
        if (state.DeviceState < PowerDeviceD0 || state.DeviceState > PowerDeviceD3) {
            return fx_io_complete(irp, STATUS_INVALID_PARAMETER, 0);
        }
        return fx_power_set(device, irp, (WDF_POWER_DEVICE_STATE)state.DeviceState,
                            stack->Parameters.Power.ShutdownType);
    }
    if (!device->power.owner) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        return fx_power_pass(device, irp);
    }
    return fx_power_set(device, irp,
                        state.SystemState == PowerSystemWorking
                            ? WdfPowerDeviceD0
                            : fx_power_dx(device, state.SystemState),
                        stack->Parameters.Power.ShutdownType);
}
