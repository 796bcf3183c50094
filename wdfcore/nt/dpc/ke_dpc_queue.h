#pragma once
/* ke_dpc_queue.h - the links of a DPC on its queue, for the files that put DPCs there and take them
 * off. All with the lock of that processor's queues.
 */
#include "nt/dpc/ke_dpc.h"

/* Counts are read without the lock. */
static inline void ke_dpc_count_add(ULONG *count, LONG change)
{
    __atomic_store_n(count, *count + (ULONG)change, __ATOMIC_RELEASE);
}

static inline void ke_dpc_link(struct ke_processor *target, PRKDPC dpc, BOOLEAN threaded)
{
    PLIST_ENTRY queue = threaded ? &target->threaded_dpcs : &target->dpcs;

    ke_dpc_count_add(threaded ? &target->threaded_count : &target->dpc_count, 1);
    if (dpc->Importance == HighImportance) {
        InsertHeadList(queue, &dpc->DpcListEntry);
    } else {
        InsertTailList(queue, &dpc->DpcListEntry);
    }
}

/* ke_dpc_unlinked: it has just been taken off the list. */
static inline void ke_dpc_unlinked(struct ke_processor *target, PRKDPC dpc, BOOLEAN threaded)
{
    ke_dpc_count_add(threaded ? &target->threaded_count : &target->dpc_count, -1);
    /* Release: who inserts it again writes its arguments after they were read. */
    __atomic_store_n(&dpc->DpcData, NULL, __ATOMIC_RELEASE);
}

/* ke_dpc_take: the first DPC of one of the processor's two queues, taken off and noted as running in
 * one step. NULL: the queue is empty. Takes the lock itself. */
static inline PRKDPC ke_dpc_take(struct ke_processor *self, BOOLEAN threaded,
                                 struct ke_dpc_call *call)
{
    PLIST_ENTRY queue = threaded ? &self->threaded_dpcs : &self->dpcs;
    PRKDPC dpc = NULL;

    if (__builtin_expect(base_threaded, 0)) {
        if (__atomic_load_n(threaded ? &self->threaded_count : &self->dpc_count,
                            __ATOMIC_RELAXED) == 0) {
            return NULL; /* whoever adds one now asks for another look afterwards */
        }
        base_lock_acquire(&self->dpc_lock);
    }
    if (!IsListEmpty(queue)) {
        dpc = CONTAINING_RECORD(queue->Flink, KDPC, DpcListEntry);
        call->routine = dpc->DeferredRoutine;
        call->context = dpc->DeferredContext;
        /* Atomic, so that it is not loaded together with the context: it was written a moment ago
         * and on its own, and then the processor would have to wait for that to be in the cache. */
        call->argument1 = __atomic_load_n(&dpc->SystemArgument1, __ATOMIC_RELAXED);
        call->argument2 = dpc->SystemArgument2;
        if (threaded) {
            ke_dpc_running_set(&self->running_threaded, dpc);
        } else {
            ke_dpc_running_set(&self->running_dpc, dpc);
        }
        RemoveHeadList(queue);
        ke_dpc_unlinked(self, dpc, threaded);
        if (base_threaded && !threaded) {
            self->drain_goes_on = self->dpc_count != 0;
        }
    }
    base_lock_release(&self->dpc_lock);
    return dpc;
}
