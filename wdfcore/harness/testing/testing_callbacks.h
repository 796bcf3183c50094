#pragma once
/* testing_callbacks.h - the log of the driver's routines that ran, for the machine of a test.
 * From when the machine is there, before the driver is loaded, until it is gone.
 */
void testing_callbacks_start(void);
void testing_callbacks_stop(void);

/* testing_callback_place: where that callback of the object stands; fails the test if it is not set.
 */
void **testing_callback_place(const void *object, const char *field);
