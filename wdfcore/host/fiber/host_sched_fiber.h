#pragma once
/* host_sched_fiber.h - what the two files of the fiber scheduler share: who has the turn
 * (host_sched_fiber.c), and what the stack outside does when nobody has it (host_fiber_run.c).
 */
#include "host/host_internal.h"

#define HOST_TURNS_BETWEEN_POLLS 64

/* host_turn_next: who gets the turn after `last`: by number, or with costs the least clock.
 * host_turn_give: make that processor the one with the turn; the caller switches to its fiber.
 * host_turn_give_outside: the same for the stack outside. */
uint32_t host_turn_next(uint32_t last);
struct host_fiber *host_turn_give(uint32_t number);
struct host_fiber *host_turn_give_outside(void);
void host_fiber_processor_kick(uint32_t processor);

/* Of struct host_scheduler_ops. */
enum host_run_result host_fiber_run(bool (*done)(void *), void *context);
bool host_fiber_run_escape(void);
void host_fiber_run_recheck(void);
void host_fiber_run_interrupt(void);
void host_fiber_halt(void);
int host_fiber_attach(struct uv_loop_s *loop);
