#pragma once
/* ke_apc.h - APCs of threads: when the current one has to run what is queued for it.
 * Whoever queues a kernel APC sets apc_pending, and has the thread look: at its next window, or by ending its
 * wait with STATUS_KERNEL_APC. The thread looks again whenever what held it back ends: the level falls, a region
 * is left, a mutex is released, a wait is over.
 */
#include "nt/thread/ke_thread.h"

/* ke_apc_deliver: run what the current thread may run now. */
void ke_apc_deliver(void);

static inline void ke_apc_check(void)
{
    if (__builtin_expect(__atomic_load_n(&ke_self->thread->apc_pending, __ATOMIC_RELAXED), 0)) {
        ke_apc_deliver();
    }
}

void ke_apc_thread_init(PKTHREAD thread);
/* ke_apc_rundown: the current thread ends: what it may still run has run, the rest is called off. */
void ke_apc_rundown(void);

/* The following with the dispatcher lock, of the current thread, which is about to wait.
 * ke_apc_is_due_locked: there is one that it may run at that level.
 * ke_apc_ends_wait_locked: an alert or a user APC is a reason not to wait; status  why. */
bool ke_apc_is_due_locked(PKTHREAD thread, KIRQL irql);
bool ke_apc_ends_wait_locked(PKTHREAD thread, NTSTATUS *status);
