/* biased_lock.c - what of a biased lock is not done in line: others come, and the owner that shares it.
 *
 * Normal path: the owner goes in and out by itself. Another comes: it takes `shared`, marks the lock,
 * and has all threads pass a barrier. An owner that was inside before its barrier is seen and waited
 * for; one that goes in after it sees the mark, steps back, and takes `shared`. The mark stays, so that
 * whoever comes next needs no barrier, until the owner, which then has `shared`, takes it away.
 */
#include "base/biased_lock.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

/* A barrier costs whom it stops and who asks for it some 2 us, the ordinary lock an owner 6 ns: after so
 * many of these one barrier more is no longer too dear. */
#define ALONE_LIMIT        512
#define SPINS_BEFORE_YIELD 200

static bool barrier_works; /* (c) while a machine runs */

static bool barrier_command(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

void base_biased_start(void)
{
    /* Once more changes nothing. A kernel or a filter of system calls may refuse it. */
    barrier_works = barrier_command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

void base_biased_init(struct base_biased_lock *lock, enum base_rank rank)
{
    *lock = (struct base_biased_lock){.is_shared = !barrier_works, .shared.rank = rank};
}

void base_biased_share(struct base_biased_lock *lock)
{
    int spins = 0;

    __atomic_store_n(&lock->is_shared, 1, __ATOMIC_RELAXED);
    if (!barrier_command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
        base_assert_failed("membarrier", __FILE__, __LINE__, __func__);
    }
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
    if (++lock->alone >= ALONE_LIMIT && barrier_works) {
        lock->alone = 0;
        __atomic_store_n(&lock->is_shared, 0, __ATOMIC_RELAXED);
    }
}
