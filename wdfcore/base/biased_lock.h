#pragma once
/* biased_lock.h - an internal lock for data that one context, its *owner*, uses nearly always, and
 * others now and then.
 *
 * Rules:
 * - which context is the owner may change; who becomes it has seen all that the one before did
 * - the owner goes in by plain stores: it says that it is inside, then looks whether it shares the lock.
 *   Another says that the lock is shared, has every running thread of the process pass a barrier
 *   (barrier.h), and then looks whether the owner is inside. One of the two sees the other
 * - from then on all of them, the owner included, take an ordinary lock, until the owner has taken it
 *   a number of times without anybody in between
 * - a host without that barrier: the lock is shared from the start and stays so
 */
#include "base/lock.h"
#include "base/once.h"

struct base_biased_lock {
    uint32_t inside;    /* (a) the owner has it and did not take `shared` for it */
    uint32_t is_shared; /* (a) everybody takes `shared`; changed by who has it */
    uint32_t alone;     /* (l) shared: how often the owner took it since others did */
    struct base_lock shared;
};

/* base_biased_init: nobody uses it. After base_lock_threaded. */
void base_biased_init(struct base_biased_lock *lock, enum base_rank rank);

/* base_biased_share: by who has `shared` and is not the owner: until the owner is outside, and will
 * take `shared` as well. base_biased_enter_shared: by the owner, which said that it is inside. */
void base_biased_share(struct base_biased_lock *lock) BASE_HIDDEN;
void base_biased_enter_shared(struct base_biased_lock *lock) BASE_HIDDEN;

/* base_biased_enter/leave: by the owner, with threads. rank: that of the lock. */
static inline void base_biased_enter(struct base_biased_lock *lock, enum base_rank rank)
{
    if (__builtin_expect(base_held_ranks >= 1u << rank, 0)) {
        base_lock_disorder(&lock->shared);
    }
    BASE_WRITE_ONCE(lock->inside, 1);
    /* The processor may do the load before others see the store: who shares the lock makes up for that
     * with its barrier. The compiler may not. */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    /* Acquire: what who had it before wrote is seen. */
    if (__builtin_expect(__atomic_load_n(&lock->is_shared, __ATOMIC_ACQUIRE) != 0, 0)) {
        base_biased_enter_shared(lock);
        return;
    }
    base_held_ranks |= 1u << rank;
}

static inline void base_biased_leave(struct base_biased_lock *lock, enum base_rank rank)
{
    if (__builtin_expect(lock->inside == 0, 0)) {
        base_lock_release(&lock->shared);
        return;
    }
    base_held_ranks &= ~(1u << rank);
    /* Release: who shares the lock next sees what was written under it. */
    BASE_WRITE_RELEASE(lock->inside, 0);
}

/* base_biased_acquire/release: by anybody; is_owner is the same in both. */
static inline void base_biased_acquire(struct base_biased_lock *lock, enum base_rank rank,
                                       bool is_owner)
{
    if (__builtin_expect(!base_threaded, 1)) {
        return;
    }
    if (is_owner) {
        base_biased_enter(lock, rank);
        return;
    }
    base_lock_acquire(&lock->shared);
    lock->alone = 0;
    if (__atomic_load_n(&lock->is_shared, __ATOMIC_RELAXED) == 0) {
        base_biased_share(lock);
    }
}

static inline void base_biased_release(struct base_biased_lock *lock, enum base_rank rank,
                                       bool is_owner)
{
    if (__builtin_expect(!base_threaded, 1)) {
        return;
    }
    if (is_owner) {
        base_biased_leave(lock, rank);
    } else {
        base_lock_release(&lock->shared);
    }
}
