#pragma once
/* ke_passive_interrupt.h - passive-level interrupts: the ISR runs on a thread of its own at
 * PASSIVE_LEVEL and may wait. A level line is masked until the ISR has returned.
 */
#include "nt/interrupt/ke_line.h"

/* ke_passive_interrupt_thread: one is about to be connected: there is a thread from now on. */
void ke_passive_interrupt_thread(void);
/* ke_passive_interrupt_raise_locked: the line wants delivery; its first interrupt object is passive.
 * With the lock of the lines. */
void ke_passive_interrupt_raise_locked(struct hal_line *line);
/* ke_passive_interrupt_wait: until the thread serves nothing. Not from a passive ISR. */
void ke_passive_interrupt_wait(void);
