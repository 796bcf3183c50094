#pragma once
/* fx_wait.h - waiting for something of the framework's own to be over.
 * Rules:
 * - who makes it over detaches the waiters under the tree lock, in the same step in which it
 * becomes over, and wakes them after it has let go: a wake-up is neither lost nor comes to a waiter
 * that began later
 * - a waiter's storage is on its stack and gone once it was woken
 */
#include <wdm.h>

#include <stdbool.h>

struct fx_object;
struct fx_waiter;

/* Starts as zeros. Key: (t) tree lock */
struct fx_waiters {
    struct fx_waiter *first; /* (t) */
};

/* fx_wait_while: until busy(context) is false; it is asked under the tree lock. PASSIVE_LEVEL.
 * After each minute a line says what is waited for (a constant text). */
void fx_wait_while(struct fx_waiters *waiters, bool (*busy)(const void *context),
                   const void *context, const char *what);

/* fx_wait_event: until it is set; for something of that object. As often as DbgWaitForSignalTimeoutInSec
 * of its driver says (a minute) a line says so. PASSIVE_LEVEL. */
void fx_wait_event(PKEVENT event, const struct fx_object *object, const char *what);

/* fx_waiters_detach: caller holds the tree lock. fx_waiters_wake: without it. */
struct fx_waiter *fx_waiters_detach(struct fx_waiters *waiters);
void fx_waiters_wake(struct fx_waiter *first);
