#pragma once
/* fx_idle.h - leaving D0 because nobody needs the device, and coming back: the part of power policy
 * that WdfDeviceAssignS0IdleSettings, WdfDeviceStopIdle and power-managed queues drive.
 * Rules:
 * - only the power policy owner idles, only in PnP state Started, and only once the driver has
 *   assigned settings that enable it
 * - a power reference is a WdfDeviceStopIdle not yet given back, or a request that is queued in or
 *   delivered from a power-managed queue; the time-out starts when the last one goes
 * - transitions happen on a worker at PASSIVE_LEVEL under the PnP lock; whoever takes a reference in
 *   Dx only asks for one
 */
#include "wdf/device/fx_device.h"

void fx_idle_init(struct fx_device *device);

/* fx_idle_started: PnP state Started has been entered, in D0. fx_idle_stopped: the device leaves D0
 * for another reason, or is going: no transition of ours from now on. Under the PnP lock. */
void fx_idle_started(struct fx_device *device);
void fx_idle_stopped(struct fx_device *device);

/* fx_idle_forget: waits until no worker is on its way. Not under the PnP lock. PASSIVE_LEVEL. */
void fx_idle_forget(struct fx_device *device);

/* fx_idle_settings_changed: the driver has assigned settings. <= DISPATCH_LEVEL. */
void fx_idle_settings_changed(struct fx_device *device);

/* fx_idle_request: a power-managed queue has got a request, or has let one go. <= DISPATCH_LEVEL, no
 * internal lock held. */
void fx_idle_request(struct fx_device *device);

/* fx_idle_wake: a device that is armed for wake has signaled, or cannot any more. fx_idle_hold: a
 * power reference; does not wait for D0. <= DISPATCH_LEVEL. */
void fx_idle_wake(struct fx_device *device);
void fx_idle_hold(struct fx_device *device);

/* fx_idle_take: a power reference of the driver's (WdfDeviceStopIdle). fx_idle_give_back: the
 * counterpart; PowerReferenceUnbalanced if none is held. */
NTSTATUS fx_idle_take(struct fx_device *device, BOOLEAN wait);
void fx_idle_give_back(struct fx_device *device);
