#pragma once
/* machine_device.h - devices of a machine: a model, a PDO on the root bus, the driver's stack. */
#include <stdbool.h>

#include <wdfcore/machine.h>

/* machine_device_end: the orderly end: query-remove and remove, or only what is left to do; the
 * device is gone afterwards, a driver that refuses is overruled. */
enum wc_result machine_device_end(struct wc_device *device);
/* machine_driver_in_use: a device of the machine runs on that driver. */
bool machine_driver_in_use(const struct wc_driver *driver);
/* machine_devices_free: free models and memory; calls no driver. From outside, before nt stops. */
void machine_devices_free(struct wc_machine *machine);
