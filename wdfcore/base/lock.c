/* lock.c - internal locks with threads: spin a little, then let the holder's thread run. */
#include "base/lock.h"

#include <sched.h>

#include "base/assert.h"
#include "base/barrier.h"

enum { SPINS_BEFORE_YIELD = 200 };

bool base_threaded;

_Thread_local uint32_t base_held_ranks;
_Thread_local struct base_lock *base_held_locks[BASE_RANKS];

void base_lock_threaded(bool threaded)
{
    if (threaded) {
        base_barrier_start();
    }
    base_threaded = threaded;
}

void base_lock_wait(struct base_lock *lock)
{
    int spins = 0;

    do {
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED) != 0) {
            if (++spins < SPINS_BEFORE_YIELD) {
                __builtin_ia32_pause();
            } else {
                sched_yield();
            }
        }
    } while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0);
}

_Noreturn void base_lock_disorder(const struct base_lock *lock)
{
    base_assert_failed("base_held_ranks >> lock->rank == 0", __FILE__, (int)lock->rank, __func__);
}

void base_lock_abandon(void)
{
    for (unsigned rank = BASE_RANKS; rank-- > 0;) {
        if (base_held_locks[rank] != NULL) {
            base_lock_release(base_held_locks[rank]);
        }
    }
    base_held_ranks = 0;
}

bool base_lock_none_held(void)
{
    return base_held_ranks == 0;
}
