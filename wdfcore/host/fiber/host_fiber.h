#pragma once
/* host_fiber.h - stacks of our own and the switch between them.
 * Rules for a fiber:
 * - it starts at its entry, which never returns, and stands still between switches
 * - a recycled fiber keeps its stack for the next one; nothing on it is unwound
 * - switches happen on one host thread; the adopted fiber is the stack that the thread came with
 */
#include <stdbool.h>
#include <stddef.h>

struct host_fiber;

/* host_fiber_create: from the pool, or a new stack. NULL: no memory or no mappings left. */
struct host_fiber *host_fiber_create(void (*entry)(void *), void *argument);
/* host_fiber_recycle: the fiber will not run again (it may have ended or stand anywhere). */
void host_fiber_recycle(struct host_fiber *fiber);
/* host_fiber_adopt: the calling thread's own stack as a fiber; one for the process. */
struct host_fiber *host_fiber_adopt(void);
/* host_fiber_switch: park `from`, which is running, and go on with `to`. */
void host_fiber_switch(struct host_fiber *from, struct host_fiber *to);
/* host_fiber_leave: the same when `from` never runs again on what now lies on its stack. */
_Noreturn void host_fiber_leave(struct host_fiber *from, struct host_fiber *to);

/* host_fiber_guards: the address lies in the guard page below this fiber's stack. */
bool host_fiber_guards(const struct host_fiber *fiber, const void *address);
/* host_fiber_limits: its stack; nothing is set for the adopted one. */
void host_fiber_limits(const struct host_fiber *fiber, const char **low, const char **high);
