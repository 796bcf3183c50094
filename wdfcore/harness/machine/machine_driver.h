#pragma once
/* machine_driver.h - drivers of a machine: loading, DriverEntry, unloading. */
#include <wdm.h>

#include <stdbool.h>

#include <wdfcore/machine.h>

/* machine_driver_is: NULL, and one of another machine or that was unloaded, are the caller's mistake,
 * as in machine_is. */
bool machine_driver_is(const struct wc_driver *driver);
/* machine_driver_end: the driver goes with the machine: its unload routine is called if there is one. */
enum wc_result machine_driver_end(struct wc_driver *driver);
/* machine_driver_for: the driver that takes devices with this ID (wc_driver_claim); NULL: none. */
PDRIVER_OBJECT machine_driver_for(const char *id);
/* machine_drivers_free: give the modules back; nothing of them runs any more. */
void machine_drivers_free(struct wc_machine *machine);
