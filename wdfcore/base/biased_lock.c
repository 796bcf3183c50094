/* biased_lock.c - what of a biased lock is not done in line: others come, and the owner that shares it.
 *
 * Normal path: the owner goes in and out by itself. Another comes: it takes `shared`, marks the lock,
 * and has all threads pass a barrier. An owner that was inside before its barrier is seen and waited
 * for; one that goes in after it sees the mark, steps back, and takes `shared`. The mark stays, so that
 * whoever comes next needs no barrier, until the owner, which then has `shared`, takes it away.
 */
#include "base/biased_lock.h"

#include <sched.h>

#include "base/barrier.h"

/* A barrier costs whom it stops and who asks for it some 2 us, the ordinary lock an owner 6 ns: after so
 * many of these one barrier more is no longer too dear. */
#define ALONE_LIMIT        512
#define SPINS_BEFORE_YIELD 200

void base_biased_init(struct base_biased_lock *lock, enum base_rank rank)
{
    *lock = (struct base_biased_lock){.is_shared = !base_barrier_works(), .shared.rank = rank};
}

void base_biased_share(struct base_biased_lock *lock)
{
    int spins = 0;

    __atomic_store_n(&lock->is_shared, 1, __ATOMIC_RELAXED);
    base_barrier_all();
    /* Acquire: what the owner wrote inside is seen. */
    while (__atomic_load_n(&lock->inside, __ATOMIC_ACQUIRE) != 0) {
        if (++spins < SPINS_BEFORE_YIELD) {
            __builtin_ia32_pause();
        } else {
            sched_yield();
        }
    }
}

void base_biased_enter_shared(struct base_biased_lock *lock)
{
    __atomic_store_n(&lock->inside, 0, __ATOMIC_RELEASE); /* nothing was done inside */
    base_lock_acquire(&lock->shared);
    if (++lock->alone >= ALONE_LIMIT && base_barrier_works()) {
        lock->alone = 0;
        __atomic_store_n(&lock->is_shared, 0, __ATOMIC_RELAXED);
    }
}
