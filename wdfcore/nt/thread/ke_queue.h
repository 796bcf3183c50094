#pragma once
/* ke_queue.h - KQUEUE: entries for threads, of which a limited number is active at a time.
 * Rules for a queue:
 * - the signal state is the number of entries; a thread may take one while fewer threads than the
 *   maximum are active, also one that is active with it already
 * - a thread belongs to the queue that it took from last, and is active from then until it waits;
 *   while it waits for anything else another one may be active in its place
 */
#include <ntifs.h>

/* All with the dispatcher lock. */
BOOLEAN ke_queue_is_ready(const KQUEUE *queue);
/* ke_queue_take: the side effect of a satisfied wait. */
void ke_queue_take(PKQUEUE queue, PKTHREAD thread);
/* ke_queue_left, ke_queue_back: the thread, which belongs to a queue, blocks; it goes on.
 * ke_queue_disown: the thread ends, or belongs to another queue from now on. */
void ke_queue_left_locked(PKTHREAD thread);
void ke_queue_back_locked(PKTHREAD thread);
void ke_queue_disown_locked(PKTHREAD thread);
