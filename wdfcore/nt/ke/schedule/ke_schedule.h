#pragma once
/* ke_schedule.h - who runs next, where that is free to choose. Schedule 0 makes no free choice; a
 * seed draws at windows. Both are functions of the machine's history alone.
 */
#include <stdint.h>

#include "nt/ke/schedule/ke_choice.h"

/* ke_schedule_window: at a window: pass the turn or pre-empt the task, if the schedule says so. The
 * caller may come back on another processor. */
void ke_schedule_window(void);

/* ke_schedule_is_seeded: a seed draws in this machine. */
int ke_schedule_is_seeded(void);

/* ke_schedule_interrupt_delay: for how many windows an interrupt that has just become pending is
 * held back; 0 under schedule 0, at most 16. */
uint32_t ke_schedule_interrupt_delay(void);

/* ke_schedule_pick: one bit of the mask: under schedule 0 the lowest of those that are preferred, which
 * are some of the mask. */
uint32_t ke_schedule_pick(enum ke_choice_kind kind, uint64_t mask, uint64_t preferred);
