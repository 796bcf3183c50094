#pragma once
/* ke_lock_order.h - which spin locks a processor holds, and in which order they were ever acquired.
 * Rules:
 * - a lock that is acquired while others are held comes behind them, for as long as its memory lives
 * - LockOrder when an order closes a cycle, whether somebody hangs in it or not
 * - locks of interrupts and tries give no order: the first nest by IRQL, the others do not wait
 */
#include <wdm.h>

#include <stddef.h>

#include "nt/ke/ke_processor.h"
#include "nt/ke/lock/ke_spinlock.h"

/* ke_lock_order_check: the processor holds `lock` and others, acquired before. */
void ke_lock_order_check(struct ke_processor *self, const KSPIN_LOCK *lock);
/* ke_lock_order_remove: a lock that is not the last one acquired was released. */
void ke_lock_order_remove(struct ke_processor *self, const KSPIN_LOCK *lock);
/* ke_lock_order_forget: that memory is no lock any more, or a new one. */
void ke_lock_order_forget(const void *start, size_t size);
/* ke_lock_order_left: that routine has returned, and this processor holds a lock that it acquired.
 * Told once for a lock, which is in no order from then on. */
void ke_lock_order_left(const char *kind, const void *routine);
/* ke_lock_order_held: a processor holds the lock. */
BOOLEAN ke_lock_order_held(const KSPIN_LOCK *lock);

static inline void ke_lock_order_acquired(struct ke_processor *self, const KSPIN_LOCK *lock,
                                          enum ke_spin_kind kind, BOOLEAN waited)
{
    ULONG depth = self->spin_locks_held++;

    if (depth < KE_MAXIMUM_HELD) {
        self->held_locks[depth] = kind == KE_SPIN_INTERRUPT ? NULL : lock;
    }
    if (__builtin_expect(depth != 0, 0) && waited && kind != KE_SPIN_INTERRUPT) {
        ke_lock_order_check(self, lock);
    }
}

static inline void ke_lock_order_released(struct ke_processor *self, const KSPIN_LOCK *lock)
{
    ULONG depth = --self->spin_locks_held;

    if (__builtin_expect(depth >= KE_MAXIMUM_HELD || self->held_locks[depth] != lock, 0)) {
        ke_lock_order_remove(self, lock);
    }
}
