#pragma once
/* testing_failures.h - the observer that lets a driver's calls fail. */
#include <stdbool.h>
#include <stdint.h>

#include <wdfcore/testing_failures.h>

struct api_call;

/* testing_failures_start, _stop: around a machine, while no driver is loaded. */
void testing_failures_start(void);
void testing_failures_stop(void);

/* testing_failures_unmet: what was to fail and did not come, one line; "": nothing. */
const char *testing_failures_unmet(void);

/* testing_failures_sweep: asked for each call that may fail for want of something, in the driver's
 * context: true: it fails. NULL: nobody is asked. */
void testing_failures_sweep(bool (*choose)(const struct api_call *call));
