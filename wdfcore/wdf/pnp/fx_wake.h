#pragma once
/* fx_wake.h - a device that wakes: itself from Dx while the system works (S0), or the system (Sx).
 * Rules:
 * - only the power policy owner is armed, by WdfDeviceAssignS0IdleSettings with IdleCanWakeFromS0 or
 *   WdfDeviceAssignSxWakeSettings, and only from a state that the stack below can wake from
 * - armed on the way down, before interrupts are disabled; disarmed on the way up, after they are
 *   enabled again; in between a wait-wake request is with the bus
 * - its own signal is the wait-wake request coming back, WdfDeviceIndicateWakeStatus, or one of its
 *   interrupts with CanWakeDevice, whose ISR then waits for D0
 */
#include "wdf/device/fx_device.h"

void fx_wake_init(struct fx_device *device);

/* fx_wake_can: the stack below can wake the device from that device state, and the system if
 * `system` is a sleeping state. */
bool fx_wake_can(const struct fx_device *device, WDF_POWER_DEVICE_STATE dx,
                 SYSTEM_POWER_STATE system);
/* fx_wake_deepest: the deepest device state to wake from; WdfPowerDeviceInvalid: none. */
WDF_POWER_DEVICE_STATE fx_wake_deepest(const struct fx_device *device);

/* fx_wake_want: the next way down is to be armed. fx_wake_arm: the step on the way down; a failure
 * means that the device is to stay in D0. fx_wake_disarm: the step on the way up. Under the PnP lock,
 * PASSIVE_LEVEL. */
void fx_wake_want(struct fx_device *device, enum fx_wake_from from);
NTSTATUS fx_wake_arm(struct fx_device *device);
void fx_wake_disarm(struct fx_device *device);
/* fx_wake_settled: the way up has ended, in D0 or not. */
void fx_wake_settled(struct fx_device *device);
/* fx_wake_forget: the device does not come back from Dx: no callback, nobody waits any more.
 * PASSIVE_LEVEL. */
void fx_wake_forget(struct fx_device *device);

static inline enum fx_wake_from fx_wake_armed(const struct fx_device *device)
{
    return __atomic_load_n(&device->power.wake.armed, __ATOMIC_SEQ_CST);
}

/* fx_wake_due: armed for S0, and the wait has ended: back to D0. */
bool fx_wake_due(const struct fx_device *device);

/* fx_wake_isr_begin: the device's wake interrupt has come. true: it was armed; D0 has been reached,
 * or never will be, and fx_wake_isr_end gives back a power reference. PASSIVE_LEVEL. Blocks. */
bool fx_wake_isr_begin(struct fx_device *device);
void fx_wake_isr_end(struct fx_device *device);

/* fx_wake_indicate: WdfDeviceIndicateWakeStatus. */
NTSTATUS fx_wake_indicate(struct fx_device *device, NTSTATUS status);
