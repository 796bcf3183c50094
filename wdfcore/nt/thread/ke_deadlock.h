#pragma once
/* ke_deadlock.h - waits for locks that have an owner: a cycle of owners is found before it closes.
 * Rules:
 * - begin before a wait without time-out for one lock, end when it is over
 * - only the waiter of a lock sets its own mark; whoever walks the chain follows the marks of others
 */
#include <wdm.h>

/* ke_lock_wait_begin: the current thread waits for the lock whose owner stands at *owner. Deadlock if
 * that owner waits, directly or not, for the current thread. */
void ke_lock_wait_begin(PVOID const *owner);
void ke_lock_wait_end(void);
