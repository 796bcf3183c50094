#pragma once
/* ke_dpc_queue.h - the links of a DPC on its queue, for the files that put DPCs there and take them
 * off. All with the lock of that processor's queues.
 */
#include "nt/dpc/ke_dpc.h"

/* The lock of a processor's queues: itself uses them nearly always. No window until it is released. */
static inline void ke_dpc_queue_lock(struct ke_processor *processor)
{
    base_biased_acquire(&processor->dpc_lock, BASE_RANK_DPC, processor == ke_self);
}

static inline void ke_dpc_queue_unlock(struct ke_processor *processor)
{
    base_biased_release(&processor->dpc_lock, BASE_RANK_DPC, processor == ke_self);
}

/* The same of the current processor's own, with threads. */
static inline void ke_dpc_queue_enter(struct ke_processor *self)
{
    base_biased_enter(&self->dpc_lock, BASE_RANK_DPC);
}

static inline void ke_dpc_queue_leave(struct ke_processor *self)
{
    base_biased_leave(&self->dpc_lock, BASE_RANK_DPC);
}

/* Counts are read without the lock. */
static inline void ke_dpc_count_add(ULONG *count, LONG change)
{
    BASE_WRITE_RELEASE(*count, *count + (ULONG)change);
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
    BASE_WRITE_RELEASE(dpc->DpcData, NULL);
}
