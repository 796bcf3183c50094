#pragma once
/* fx_wmi_power.h - the blocks by which the user decides about idling and waking.
 * Rules:
 * - made once, when the driver first assigns settings that the user may change; they go with the device
 * - their instance is ours: no routine of the driver is called
 */
#include "wdf/wmi/fx_wmi.h"

/* fx_wmi_power_offer: the device has the block from now on; the driver's own one will do.
 * <= DISPATCH_LEVEL. */
NTSTATUS fx_wmi_power_offer(struct fx_device *device, enum fx_wmi_power which);
/* fx_wmi_power_query, fx_wmi_power_set: an instance of such a provider is asked or changed. */
NTSTATUS fx_wmi_power_query(const struct fx_wmi_provider *provider, ULONG size, void *buffer,
                            ULONG *used);
NTSTATUS fx_wmi_power_set(const struct fx_wmi_provider *provider, ULONG size, const void *buffer);
