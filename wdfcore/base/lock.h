#pragma once
/* lock.h - the internal locks: short critical sections of the machine's own data.
 *
 * Rules:
 * - with fibers what runs between two windows is not interrupted, so that a lock costs one predicted
 *   branch; with threads it is an exchange and a store
 * - no window, no driver code and no wait while one is held: release, call, look again
 * - outer to inner by rank, each rank at most once; checked at each acquire with threads
 * - what is followed under a lock and may be a driver's bad pointer faults there: the machine stops, and
 *   the locks are abandoned
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE_HIDDEN __attribute__((visibility("hidden")))

/* Outer to inner. */
enum base_rank {
    BASE_RANK_MACHINE,    /* harness: drivers, devices, applications of the machine */
    BASE_RANK_FX_OBJECT,  /* inside a framework object: queue lists, request state, device tables */
    BASE_RANK_FX_TREE,    /* framework: parents, children, references, states, slots of handles */
    BASE_RANK_IO,         /* nt/io: device and driver lists, interfaces, names */
    BASE_RANK_EX,         /* nt/ex, nt/ob, nt/mm, nt/rtl: pool, object references, lists */
    BASE_RANK_HAL,        /* nt/hal: who answers at an address, which device has a timer */
    BASE_RANK_DEVICE,     /* nt/hal: one device model, while a callback of it runs */
    BASE_RANK_SOON,       /* nt/hal: devices that act soon, ranges of memory */
    BASE_RANK_INTERRUPT,  /* nt/interrupt: lines and their chains */
    BASE_RANK_DISPATCHER, /* nt/thread: dispatcher objects, wait blocks, threads */
    BASE_RANK_OWNERS,     /* nt/ex: who owns and who waits for resources */
    BASE_RANK_DUE,        /* nt/time: the wheel */
    BASE_RANK_DPC,        /* nt/dpc: the queues of one processor */
    BASE_RANK_STREAM,     /* host: all streams, and the loop that serves them */
    BASE_RANK_HOST,       /* host: tasks, processors, posts, clocks */
    BASE_RANK_REPORT,     /* base: expectations and counts of violations, the last report */
    BASE_RANK_SYMBOLS,    /* harness: names of addresses */
    BASE_RANK_RECORD,     /* base: names and buffers of the recording */
    BASE_RANKS,
};

struct base_lock {
    uint32_t held;
    uint32_t rank; /* (c) enum base_rank */
};

/* (c) while a machine runs: its processors and tasks are host threads. */
extern bool base_threaded BASE_HIDDEN;

/* base_lock_threaded: before a machine starts and after it stopped; no lock is held. */
void base_lock_threaded(bool threaded);

/* Bit n: this thread holds a lock of rank n; and which, NULL: a biased one, inside. */
extern _Thread_local uint32_t base_held_ranks BASE_HIDDEN;
extern _Thread_local struct base_lock *base_held_locks[BASE_RANKS] BASE_HIDDEN;

/* base_lock_wait: somebody else has it: wait, and take it. base_lock_disorder: a mistake of ours. */
void base_lock_wait(struct base_lock *lock);
_Noreturn void base_lock_disorder(const struct base_lock *lock);

static inline void base_lock_acquire(struct base_lock *lock)
{
    if (__builtin_expect(base_threaded, 0)) {
        if (__builtin_expect(base_held_ranks >> lock->rank != 0, 0)) {
            base_lock_disorder(lock);
        }
        /* Acquire: what the last holder wrote is seen. */
        if (__builtin_expect(__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0, 0)) {
            base_lock_wait(lock);
        }
        base_held_locks[lock->rank] = lock;
        base_held_ranks |= 1u << lock->rank;
    }
}

static inline void base_lock_release(struct base_lock *lock)
{
    if (__builtin_expect(base_threaded, 0)) {
        base_held_ranks &= ~(1u << lock->rank);
        base_held_locks[lock->rank] = NULL;
        /* Release: the next holder sees what was written under the lock. */
        __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
    }
}

/* base_lock_abandon: this thread has faulted and leaves where it stands: release what it holds. A biased
 * lock, under which nothing of a driver's is followed, stays as it is until the machine ends. */
void base_lock_abandon(void);

/* base_lock_none_held: this thread may pass a window. Always true with fibers. */
bool base_lock_none_held(void);
