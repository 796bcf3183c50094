#pragma once
/* host_watchdog.h - one host thread beside the machine. It ticks: on the real clock it asks for
 * attention once a millisecond while contexts run. And it watches: code that burns CPU time for
 * long without reaching a window (NoInterruptWindow) is caught where it stands.
 */
#include <stdbool.h>

/* host_watchdog_start/stop: watch the calling thread, which runs the machine. */
void host_watchdog_start(void);
void host_watchdog_stop(void);
/* host_watchdog_enter: contexts run from now on (false: the stack outside does). */
void host_watchdog_enter(bool inside);
