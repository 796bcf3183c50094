#pragma once
/* fx_notify.h - the state change callbacks that WdfDeviceInitRegister*StateChangeCallback set.
 * For a move from A to B: leave A, enter B, and post-process B once B's own work is done.
 */
#include "wdf/device/fx_device.h"

void fx_notify_leave(struct fx_device *device, enum fx_state_machine machine, ULONG state,
                     ULONG new_state);
void fx_notify_enter(struct fx_device *device, enum fx_state_machine machine, ULONG state,
                     ULONG new_state);
void fx_notify_processed(struct fx_device *device, enum fx_state_machine machine, ULONG state);
