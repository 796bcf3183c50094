#pragma once
/* ke_deadlock.h - waits for locks that have owners: a cycle of owners is found before it closes.
 * Rules:
 * - begin before a wait without time-out for one lock, end when it is over
 * - only the waiter of a lock sets its own mark; whoever walks the chain follows the marks of others
 */
#include <wdm.h>

#include <stdbool.h>
#include <stddef.h>

/* What a thread waits for; on its stack until the wait is over. */
struct ke_lock_wait {
    const char *kind; /* "a mutex" */
    const void *lock;
    PKTHREAD (*owner_at)(const void *lock, ULONG index); /* NULL: there are no more */
};

/* A cycle in words. */
struct ke_lock_cycle {
    char text[440];
};

/* ke_lock_wait_begin: the current thread waits for it. Deadlock if one of its owners waits, directly
 * or not, for the current thread. */
void ke_lock_wait_begin(const struct ke_lock_wait *wait);
void ke_lock_wait_end(void);
/* The same in two steps; begin with the dispatcher lock, which guards the marks: true: report. */
bool ke_lock_wait_begin_locked(const struct ke_lock_wait *wait, struct ke_lock_cycle *cycle);
void ke_lock_cycle_report(const struct ke_lock_cycle *cycle);

/* ke_lock_wait_describe: "a mutex owned by A and B". */
void ke_lock_wait_describe(const struct ke_lock_wait *wait, char *text, size_t size);
