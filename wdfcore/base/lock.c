/* lock.c - internal locks with threads: spin a little, then let the holder's thread run. */
#include "base/lock.h"

#include <sched.h>

#include "base/assert.h"

enum { SPINS_BEFORE_YIELD = 200 };

bool base_threaded;

/* Bit n: this thread holds a lock of rank n. */
static _Thread_local uint32_t held_ranks;

void base_lock_threaded(bool threaded)
{
    base_threaded = threaded;
}

void base_lock_acquire_slow(struct base_lock *lock)
{
    int spins = 0;

    CORE_ASSERT(held_ranks >> lock->rank == 0);
    /* Acquire: what the last holder wrote is seen. */
    while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0) {
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED) != 0) {
            if (++spins < SPINS_BEFORE_YIELD) {
                __builtin_ia32_pause();
            } else {
                sched_yield();
            }
        }
    }
    held_ranks |= 1u << lock->rank;
}

void base_lock_release_slow(struct base_lock *lock)
{
    held_ranks &= ~(1u << lock->rank);
    /* Release: the next holder sees what was written under the lock. */
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

bool base_lock_none_held(void)
{
    return held_ranks == 0;
}
