#pragma once
/* fx_power.h - bringing a device into D0 and out of it: the callbacks between PrepareHardware and
 * ReleaseHardware, in their order and with their rollback. All functions run at PASSIVE_LEVEL under
 * the device's PnP lock (fx_pnp.h).
 */
#include "wdf/device/fx_device.h"

/* fx_power_up: from Dx (first start: D3Final) to D0. On failure what had been done is undone, the
 * device is in state Dx again and the status is the driver's. */
NTSTATUS fx_power_up(struct fx_device *device);

/* fx_power_down: from D0 to target. Every step is done even if one fails; returns the first
 * failure. Does nothing when the device is not in D0. */
NTSTATUS fx_power_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target);

/* fx_power_is_up: the device is in D0, interrupts connected. */
static inline bool fx_power_is_up(const struct fx_device *device)
{
    return FX_LOOK(device->power.device_state) == WdfPowerDeviceD0;
}

/* fx_power_flush: EvtDeviceSelfManagedIoFlush, fx_power_cleanup: EvtDeviceSelfManagedIoCleanup;
 * each once, and only if Init was tried. */
void fx_power_flush(struct fx_device *device);
void fx_power_cleanup(struct fx_device *device);

/* fx_power_forget: as if it had never been up: SelfManagedIoInit comes again. */
void fx_power_forget(struct fx_device *device);

/* fx_power_dispatch: IRP_MJ_POWER. */
NTSTATUS fx_power_dispatch(struct fx_device *device, PIRP irp);
