/* fx_power_irp.c - IRP_MJ_POWER, and who decides about power.
 *
 *   system query         down
 *   system set, owner    Sx: leave D0, then down; S0: down, then D0 again
 *   device set           Dx: leave D0, then down; D0: down, then D0
 *   all others           down
 * A power policy owner answers a system request itself: there is one device state to leave for, and
 * a device request of its own would come back to the same stack. Others wait for device requests.
 */
#include "nt/io/irp/io_irp.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/pnp/fx_wake.h"

static NTSTATUS fx_power_pass(struct fx_device *device, PIRP irp)
{
    PoStartNextPowerIrp(irp);
    if (device->attached == NULL) { /* a PDO: the bottom of its stack */
        return fx_io_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    }
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

/* fx_power_leave: from D0 or Dx to the Dx of a system state, armed for wake if it is to be. Who idles
 * in Dx comes up first if its arming is not what is wanted now. */
static NTSTATUS fx_power_leave(struct fx_device *device, WDF_POWER_DEVICE_STATE target,
                               enum fx_wake_from wanted)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!fx_power_is_up(device) && fx_wake_armed(device) != wanted) {
        status = fx_power_up(device);
    }
    if (NT_SUCCESS(status)) {
        fx_wake_want(device, wanted);
        status = fx_power_down(device, target);
    }
    return status;
}

/* fx_power_change: to D0 or to target; a failure is PnP's business. */
static void fx_power_change(struct fx_device *device, WDF_POWER_DEVICE_STATE target,
                            enum fx_wake_from wanted, POWER_ACTION action)
{
    NTSTATUS status = STATUS_SUCCESS;

    fx_pnp_lock(device);
    if (fx_power_may_change(device)) {
        device->power.action = action;
        fx_idle_stopped(device);
        if (target != WdfPowerDeviceD0) {
            status = fx_power_leave(device, target, wanted);
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
static WDF_POWER_DEVICE_STATE fx_power_dx(const struct fx_device *device, SYSTEM_POWER_STATE state,
                                          enum fx_wake_from wanted)
{
    DEVICE_POWER_STATE ideal = device->power_capabilities.IdealDxStateForSx;
    DEVICE_POWER_STATE mapped = PowerDeviceMaximum;

    if (wanted != FX_WAKE_NOT) {
        return FX_LOOK(device->power.wake_dx);
    }
    if (state > PowerSystemUnspecified && state < PowerSystemMaximum) {
        mapped = device->power.capabilities.DeviceState[state];
    }
    if (state == PowerSystemShutdown) {
        return WdfPowerDeviceD3Final; /* spec: PWR-05 */
    }
    if (state == PowerSystemHibernate &&
        FX_LOOK(device->pnp.special[WdfSpecialFileHibernation - WdfSpecialFilePaging]) > 0) {
        return WdfPowerDevicePrepareForHibernation; /* spec: PWR-20 */
    }
    if (ideal > mapped && ideal < PowerDeviceMaximum) {
        mapped = ideal; /* as deep as the driver likes, but no less than the system allows */
    }
    return mapped > PowerDeviceD0 && mapped < PowerDeviceMaximum ? (WDF_POWER_DEVICE_STATE)mapped
                                                                 : WdfPowerDeviceD3;
}

/* fx_power_wanted: what a system state wants armed. */
static enum fx_wake_from fx_power_wanted(const struct fx_device *device, SYSTEM_POWER_STATE state)
{
    return FX_LOOK(device->power.wakes_system) && state > PowerSystemWorking &&
                   state < PowerSystemShutdown &&
                   fx_wake_can(device, FX_LOOK(device->power.wake_dx), state)
               ? FX_WAKE_SX
               : FX_WAKE_NOT;
}

static NTSTATUS fx_power_set(struct fx_device *device, PIRP irp, WDF_POWER_DEVICE_STATE target,
                             enum fx_wake_from wanted, POWER_ACTION action)
{
    NTSTATUS status;

    irp->IoStatus.Status = STATUS_SUCCESS;
    if (target != WdfPowerDeviceD0) {
        fx_power_change(device, target, wanted, action);
        return fx_power_pass(device, irp);
    }
    if (device->attached != NULL && !IoForwardIrpSynchronously(device->attached, irp)) {
        return fx_io_complete(irp, STATUS_UNSUCCESSFUL, 0);
    }
    status = irp->IoStatus.Status;
    if (NT_SUCCESS(status)) {
        fx_power_change(device, target, wanted, action);
    }
    PoStartNextPowerIrp(irp);
    return fx_io_complete(irp, status, irp->IoStatus.Information);
}

NTSTATUS fx_power_dispatch(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    POWER_STATE state = stack->Parameters.Power.State;
    enum fx_wake_from wanted;

    if (stack->MinorFunction == IRP_MN_WAIT_WAKE && device->pdo != NULL) {
        return fx_pdo_wait_wake(device, irp);
    }
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
        return fx_power_set(device, irp, (WDF_POWER_DEVICE_STATE)state.DeviceState, FX_WAKE_NOT,
                            stack->Parameters.Power.ShutdownType);
    }
    if (!device->power.owner) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        return fx_power_pass(device, irp);
    }
    wanted = fx_power_wanted(device, state.SystemState);
    return fx_power_set(device, irp,
                        state.SystemState == PowerSystemWorking
                            ? WdfPowerDeviceD0
                            : fx_power_dx(device, state.SystemState, wanted),
                        wanted, stack->Parameters.Power.ShutdownType);
}
