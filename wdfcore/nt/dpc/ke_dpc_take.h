#pragma once
/* ke_dpc_take.h - taking a DPC off its queue, for those who run it. */
#include "nt/dpc/ke_dpc_inbox.h"

#define KE_DPC_INBOX_ROUND 16 /* DPCs that queue themselves again do not keep the inbox waiting */

/* ke_dpc_pop: the first DPC of one of the processor's two queues, taken off and noted as running in one
 * step. NULL: the queue is empty. With the lock. alone: with fibers, where nobody looks meanwhile. */
__attribute__((always_inline)) static inline PRKDPC
ke_dpc_pop(struct ke_processor *self, BOOLEAN threaded, BOOLEAN alone, struct ke_dpc_call *call)
{
    PLIST_ENTRY queue = threaded ? &self->threaded_dpcs : &self->dpcs;
    PRKDPC dpc;

    if (IsListEmpty(queue)) {
        return NULL;
    }
    dpc = CONTAINING_RECORD(queue->Flink, KDPC, DpcListEntry);
    RemoveHeadList(queue);
    call->routine = dpc->DeferredRoutine;
    call->context = dpc->DeferredContext;
    /* On its own, not together with the context: it was written a moment ago and on its own, and else the
     * processor would have to wait for that to be in the cache. */
    call->argument1 = BASE_READ_ONCE(dpc->SystemArgument1);
    call->argument2 = dpc->SystemArgument2;
    if (alone) {
        self->running_dpc = dpc;
        self->dpc_count--;
        dpc->DpcData = NULL;
    } else {
        /* It runs before it is no longer counted: who waits for it sees one of the two. */
        ke_dpc_running_set(threaded ? &self->running_threaded : &self->running_dpc, dpc);
        ke_dpc_unlinked(self, dpc, threaded);
    }
    return dpc;
}

/* ke_dpc_take: the same of the ordinary ones, with threads; takes the lock itself. */
__attribute__((always_inline)) static inline PRKDPC ke_dpc_take(struct ke_processor *self,
                                                                struct ke_dpc_call *call)
{
    PRKDPC dpc;

    while (!ke_dpc_waits(self)) {
        if (ke_dpc_inbox_close(self)) {
            return NULL; /* whoever adds one now asks for another look afterwards */
        }
    }
    ke_dpc_queue_enter(self);
    if (IsListEmpty(&self->dpcs) || self->statistics.dpc_runs % KE_DPC_INBOX_ROUND == 0) {
        ke_dpc_queue_settle(self, KE_DPC_INBOX_OPEN);
    }
    dpc = ke_dpc_pop(self, FALSE, FALSE, call);
    ke_dpc_queue_leave(self);
    return dpc;
}
