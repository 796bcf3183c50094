#pragma once
/* ke_passive_interrupt.h - passive-level interrupts: the ISR runs on a thread of its own at
 * PASSIVE_LEVEL and may wait. A level line is masked until the ISR has returned.
 */
#include "nt/interrupt/ke_line.h"

/* ke_passive_interrupt_raise: the line wants delivery; its first interrupt object is passive. */
void ke_passive_interrupt_raise(struct hal_line *line);
/* ke_passive_interrupt_wait: until the line's chain is not being called. Not from a passive ISR. */
void ke_passive_interrupt_wait(const struct hal_line *line);
