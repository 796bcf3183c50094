#pragma once
/* ke_window.h - windows: the places where an interrupt, a DPC or another processor may come in. */
#include <wdm.h>

/* ke_window_point: a window without IRQL check, for what may be called at any IRQL (Interlocked*,
 * register access, barriers). No internal lock may be held. */
void ke_window_point(void);

/* ke_window_slow: do what waits, in the order of execution 2. Never returns once the machine is
 * stopped. */
void ke_window_slow(void);
