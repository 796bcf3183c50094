#pragma once
/* machine_driver.h - drivers of a machine: loading, DriverEntry, unloading. */
#include <wdfcore/machine.h>

/* machine_driver_end: the driver goes with the machine: its unload routine is called if there is one. */
enum wc_result machine_driver_end(struct wc_driver *driver);
/* machine_drivers_free: give the modules back; nothing of them runs any more. */
void machine_drivers_free(struct wc_machine *machine);
