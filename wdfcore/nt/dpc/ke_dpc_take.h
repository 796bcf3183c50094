#pragma once
/* ke_dpc_take.h - taking a DPC off its queue, for those who run it. */
#include "nt/dpc/ke_dpc_inbox.h"

#define KE_DPC_INBOX_ROUND 16 /* DPCs that queue themselves again do not keep the inbox waiting */

/* ke_dpc_pop: the first DPC of one of the processor's two queues, taken off and noted as running in one
 * step. NULL: the queue is empty. With the lock. alone: with fibers, where nobody looks meanwhile: no store
 * has to be atomic, which in a loop costs the compiler a register for its address. */
__attribute__((always_inline)) static inline PRKDPC
ke_dpc_pop(struct ke_processor *self, BOOLEAN threaded, BOOLEAN alone, struct ke_dpc_call *call)
{
    PLIST_ENTRY queue = threaded ? &self->threaded_dpcs : &self->dpcs;
    PRKDPC dpc;

    if (IsListEmpty(queue)) {
        return NULL;
    }
    dpc = CONTAINING_RECORD(queue->Flink, KDPC, DpcListEntry);
    call->routine = dpc->DeferredRoutine;
    call->context = dpc->DeferredContext;
    /* Atomic, so that it is not loaded together with the context: it was written a moment ago
     * and on its own, and then the processor would have to wait for that to be in the cache. */
    call->argument1 = __atomic_load_n(&dpc->SystemArgument1, __ATOMIC_RELAXED);
    call->argument2 = dpc->SystemArgument2;
    if (threaded) {
        ke_dpc_running_set(&self->running_threaded, dpc);
    } else if (alone) {
        self->running_dpc = dpc;
    } else {
        ke_dpc_running_set(&self->running_dpc, dpc);
    }
    RemoveHeadList(queue);
    if (alone) {
        self->dpc_count--;
        dpc->DpcData = NULL;
    } else {
        ke_dpc_unlinked(self, dpc, threaded);
    }
    return dpc;
}

/* ke_dpc_take: the same; takes the lock itself. */
static inline PRKDPC ke_dpc_take(struct ke_processor *self, BOOLEAN threaded,
                                 struct ke_dpc_call *call)
{
    PRKDPC dpc;

    if (threaded ? __atomic_load_n(&self->threaded_count, __ATOMIC_RELAXED) == 0
                 : !ke_dpc_waits(self)) {
        return NULL; /* whoever adds one now asks for another look afterwards */
    }
    ke_dpc_queue_lock(self);
    if (base_threaded && !threaded &&
        (IsListEmpty(&self->dpcs) || self->statistics.dpc_runs % KE_DPC_INBOX_ROUND == 0)) {
        ke_dpc_queue_settle(self);
    }
    dpc = ke_dpc_pop(self, threaded, FALSE, call);
    ke_dpc_queue_unlock(self);
    return dpc;
}
