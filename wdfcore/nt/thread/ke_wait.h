#pragma once
/* ke_wait.h - dispatcher objects and the threads that wait for them.
 * Rules for a dispatcher object:
 * - its header's list holds a wait block for each wait, in order of arrival
 * - a wait is satisfied by whoever signals: it applies the side effect, ends the wait and wakes the
 *   thread; the waiter itself only looks before it blocks
 */
#include <wdm.h>

#include "base/lock.h"
#include "nt/ke/ke_object.h"

/* Guards signal states, wait lists, the waits of threads, the list of threads, and what a KTIMER
 * holds. */
extern struct base_lock ke_dispatcher BASE_HIDDEN;

static inline void ke_dispatcher_lock(void)
{
    base_lock_acquire(&ke_dispatcher);
}

static inline void ke_dispatcher_unlock(void)
{
    base_lock_release(&ke_dispatcher);
}

/* The list and the state; the type's own fields are the caller's. */
void ke_dispatcher_init(DISPATCHER_HEADER *header, UCHAR type, UCHAR size, LONG signal_state);
/* ke_dispatcher_signal: set the signal state and satisfy the waits that this allows. */
void ke_dispatcher_signal(DISPATCHER_HEADER *header, LONG state);
void ke_dispatcher_signal_locked(DISPATCHER_HEADER *header, LONG state);
/* ke_dispatcher_state: the signal state at this moment. */
static inline LONG ke_dispatcher_state(const DISPATCHER_HEADER *header)
{
    return __atomic_load_n(&header->SignalState, __ATOMIC_ACQUIRE);
}
/* ke_dispatcher_set_state: without looking at who waits. Returns the state before. With the lock. */
static inline LONG ke_dispatcher_set_state_locked(DISPATCHER_HEADER *header, LONG state)
{
    LONG before = header->SignalState;

    __atomic_store_n(&header->SignalState, state, __ATOMIC_RELEASE);
    return before;
}
/* ke_dispatcher_has_waiters: for checks before it is initialized again. */
BOOLEAN ke_dispatcher_has_waiters(const DISPATCHER_HEADER *header, UCHAR type);

/* ke_wait_hold: the caller signalled with Wait TRUE: its level stays raised until it waits. */
void ke_wait_hold(void);

/* ke_wait_allowed: whether the caller may wait for so long; false: after a violation. */
BOOLEAN ke_wait_allowed(const char *api, const LARGE_INTEGER *timeout, const void *object);
/* ke_wait_for_queue: until there is an entry for the current thread. */
struct _KQUEUE;
NTSTATUS ke_wait_for_queue(struct _KQUEUE *queue, const LARGE_INTEGER *timeout,
                           KPROCESSOR_MODE mode, BOOLEAN alertable);

/* The following with the lock. */
/* ke_wait_break_locked: the thread's wait, which it is linked to, ends with that status. */
void ke_wait_break_locked(PKTHREAD thread, NTSTATUS status);
/* ke_wait_abandon_locked: all waits for the object end with STATUS_ABANDONED. */
void ke_wait_abandon_locked(DISPATCHER_HEADER *header);
/* ke_mutexes_abandon_locked: the thread ends: the mutexes it owns become free and are marked abandoned. */
void ke_mutexes_abandon_locked(PKTHREAD thread);
/* ke_mutex_take: the side effect of a satisfied wait for a mutex. Returns whether it was abandoned.
 */
BOOLEAN ke_mutex_take(PKMUTEX mutex, PKTHREAD thread);
BOOLEAN ke_mutex_is_free_for(const KMUTEX *mutex, PKTHREAD thread);
/* ke_mutex_is_exhausted: the thread owns it, and its recursion cannot be counted any further. */
BOOLEAN ke_mutex_is_exhausted(const KMUTEX *mutex, PKTHREAD thread);

/* ke_wait_describe: a line for reports, and lines with the driver's functions that wait:
 *     body 24 waits for a mutex owned by system thread 32
 *       by:        Start (driver.c:17)
 * Returns its length, less than size. */
size_t ke_wait_describe(PKTHREAD thread, char *text, size_t size);
/* ke_due_from_timeout: an NT time (negative: relative, else system time) as machine time. */
ULONGLONG ke_due_from_timeout(LONGLONG time);
