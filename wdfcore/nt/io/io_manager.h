#pragma once
/* io_manager.h - the I/O manager's life in a machine. harness calls these; nt's parts register
 * nothing themselves.
 */
#include <stdbool.h>

/* io_manager_start: after the processors are there, before anything is loaded. false: no memory. */
bool io_manager_start(void);

/* io_manager_report_leaks: what an orderly end should have left nowhere: IRPs, work items, devices,
 * pool. Each is a violation; returns how many. Call in the machine, drivers unloaded. */
unsigned io_manager_report_leaks(void);

/* io_manager_stop: free everything without calling a driver; the machine may have been stopped at
 * any point. Called outside every context. */
void io_manager_stop(void);
