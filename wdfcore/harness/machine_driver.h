#pragma once
/* machine_driver.h - drivers of a machine: loading, DriverEntry, unloading. */
struct wc_machine;

/* machine_drivers_free: give the modules back; nothing of them runs any more. */
void machine_drivers_free(struct wc_machine *machine);
