#pragma once
/* ke_dpc.h - deferred procedure calls: one queue a processor, drained at DISPATCH_LEVEL.
 * Rules for a KDPC:
 * - on at most one queue; inserting it again before it runs changes nothing
 * - off the queue before its routine is called, so the routine may insert it again, or free it
 * - storage is the caller's and stays valid until it has run or was removed
 */
#include <wdm.h>

#include "nt/ke/ke_object.h"

#include "nt/ke/ke_processor.h"
#include "nt/ke/ke_record.h"

/* What a DPC, and a drain, may use of machine time. */
#define KE_DPC_BUDGET_100NS   (5 * 10000000u)
#define KE_DRAIN_BUDGET_100NS (20 * 10000000u)

/* SystemArgument1 of a DPC that a timer queued: not for drivers, it tells reports where it came from. */
#define KE_DPC_TIMER_ARGUMENT ((PVOID)(ULONG_PTR)0x726d6954)

/* ke_dpc_insert: KeInsertQueueDpc without the API test, for nt and the framework. */
BOOLEAN ke_dpc_insert(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
/* ke_dpc_remove: KeRemoveQueueDpc without the API test. */
BOOLEAN ke_dpc_remove(PRKDPC Dpc);
/* ke_dpc_remove_locked: take a DPC that is queued off its queue, without counting a removal. */
void ke_dpc_remove_locked(PRKDPC Dpc);
static inline BOOLEAN ke_dpc_is_queued(const KDPC *dpc)
{
    return dpc->DpcData != NULL;
}
/* ke_dpc_record: an event of a DPC that is or was on that processor's queue, into the recording.
 * ke_dpc_note: if anybody observes. ke_dpc_event: into the flight ring as well. Return as ke_event. */
ULONG ke_dpc_record(enum base_event_kind kind, const KDPC *dpc,
                    const struct ke_processor *processor);

static inline ULONG ke_dpc_note(enum base_event_kind kind, const KDPC *dpc,
                                const struct ke_processor *processor)
{
    return ke_is_observed(ke_self) ? ke_dpc_record(kind, dpc, processor) : 0;
}

static inline ULONG ke_dpc_event(enum base_event_kind kind, const KDPC *dpc,
                                 const struct ke_processor *processor)
{
    ke_ring(ke_self, kind, (const void *)(uintptr_t)dpc->DeferredRoutine);
    return ke_dpc_note(kind, dpc, processor);
}

/* ke_dpc_is_running: on some processor, its routine has been entered and has not returned. */
BOOLEAN ke_dpc_is_running(const KDPC *dpc);

/* ke_dpc_drain: run what is queued on this processor; IRQL below DISPATCH_LEVEL. */
void ke_dpc_drain(struct ke_processor *self);
/* ke_dpc_flush: KeFlushQueuedDpcs without the API test; PASSIVE_LEVEL, waits. */
void ke_dpc_flush(void);
/* ke_dpc_in_range: a queued DPC inside this memory, or NULL. */
PKDPC ke_dpc_in_range(const void *start, SIZE_T size);
/* ke_dpc_of_code: a queued DPC whose routine lies there, or NULL. */
PKDPC ke_dpc_of_code(const void *start, SIZE_T size);
