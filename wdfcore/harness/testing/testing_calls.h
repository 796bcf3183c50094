#pragma once
/* testing_calls.h - the log of a driver's calls, for the machine of a test.
 * It starts before the driver is loaded and goes with the machine.
 */
void testing_calls_start(void);
void testing_calls_stop(void);
