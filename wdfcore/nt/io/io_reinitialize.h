#pragma once
/* io_reinitialize.h - what a driver has registered to be called after its DriverEntry. */
#include <wdm.h>

/* io_reinitialize_run: DriverEntry has succeeded: call what is registered, also what is registered
 * meanwhile. PASSIVE_LEVEL. */
void io_reinitialize_run(PDRIVER_OBJECT driver);
/* io_reinitialize_forget: DriverEntry has failed, or the driver goes. */
void io_reinitialize_forget(PDRIVER_OBJECT driver);
/* io_reinitialize_stop: forget all. */
void io_reinitialize_stop(void);
