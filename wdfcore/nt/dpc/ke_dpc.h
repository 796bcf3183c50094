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
#include "nt/ke/record/ke_record.h"

/* What a DPC, and a drain, may use of machine time. */
#define KE_DPC_BUDGET_100NS   (5 * 10000000u)
#define KE_DRAIN_BUDGET_100NS (20 * 10000000u)

/* SystemArgument1 of a DPC that a timer queued: not for drivers, it tells reports where it came from. */
#define KE_DPC_TIMER_ARGUMENT ((PVOID)(ULONG_PTR)0x726d6954)

#define KE_DPC_KIND "CustomDpc" /* of the callback frames */

/* What a DPC will be called with, read while it is on its queue. */
struct ke_dpc_call {
    PKDEFERRED_ROUTINE routine;
    PVOID context, argument1, argument2;
};

#define KE_DPC_TARGET_BASE 64 /* KDPC.Number: 0, or this and the processor */

BOOLEAN ke_dpc_is_initialized(const KDPC *dpc);
/* ke_dpc_check: it may be used by that API; else a violation and FALSE. */
BOOLEAN ke_dpc_check(const KDPC *dpc, const char *api);
/* ke_dpc_queue: the same without a window and without draining, for code at DISPATCH_LEVEL or above
 * that may hold the dispatcher lock. The DPC is initialized. */
BOOLEAN ke_dpc_queue(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
/* ke_dpc_insert: KeInsertQueueDpc without the API test, for nt and the framework. */
BOOLEAN ke_dpc_insert(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
/* ke_dpc_insert_or: KeInsertQueueDpc without arguments for another API, of that name: the common case,
 * which needs no entry test; `otherwise` is everything else, that test first. The DPC is one. */
BOOLEAN ke_dpc_insert_or(PRKDPC dpc, const char *name, BOOLEAN (*otherwise)(void *of), void *of);
/* ke_dpc_remove: KeRemoveQueueDpc without the API test. */
BOOLEAN ke_dpc_remove(PRKDPC Dpc);

/* What runs on a processor, set with or without the lock of its queues. */
static inline PKDPC ke_dpc_running(PKDPC const *running)
{
    return __atomic_load_n(running, __ATOMIC_ACQUIRE);
}

static inline void ke_dpc_running_set(PKDPC *running, PKDPC dpc)
{
    BASE_WRITE_RELEASE(*running, dpc);
}

/* ke_dpc_waits: an ordinary DPC is on that processor's queue, or on its way there. */
static inline BOOLEAN ke_dpc_waits(const struct ke_processor *processor)
{
    return BASE_READ_ONCE(processor->dpc_count) != 0 ||
           BASE_READ_ONCE(processor->dpc_inbox) > KE_DPC_INBOX_OPEN;
}

/* ke_dpc_any_waits: or a threaded one. */
static inline BOOLEAN ke_dpc_any_waits(const struct ke_processor *processor)
{
    return ke_dpc_waits(processor) ||
           __atomic_load_n(&processor->threaded_count, __ATOMIC_RELAXED) != 0;
}

static inline BOOLEAN ke_dpc_is_queued(const KDPC *dpc)
{
    return __atomic_load_n(&dpc->DpcData, __ATOMIC_ACQUIRE) != NULL;
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

/* ke_dpc_call_event: its routine is entered; the KDPC may be gone. */
ULONG ke_dpc_call_record(const KDPC *dpc, const struct ke_dpc_call *call,
                         const struct ke_processor *processor, BOOLEAN threaded);

static inline ULONG ke_dpc_call_event(const KDPC *dpc, const struct ke_dpc_call *call,
                                      const struct ke_processor *processor)
{
    ke_ring(ke_self, BASE_EVENT_DPC_START, (const void *)(uintptr_t)call->routine);
    return ke_is_observed(ke_self) ? ke_dpc_call_record(dpc, call, processor, FALSE) : 0;
}

/* ke_dpc_is_running: on some processor, its routine has been entered and has not returned. */
BOOLEAN ke_dpc_is_running(const KDPC *dpc);

/* ke_dpc_drain: run what is queued on this processor, on which no DPC runs, and leave it at that IRQL,
 * which is below DISPATCH_LEVEL. */
void ke_dpc_drain(struct ke_processor *self, KIRQL after);
/* ke_dpc_flush: KeFlushQueuedDpcs without the API test; PASSIVE_LEVEL, waits. */
void ke_dpc_flush(void);
/* ke_dpc_in_range: a queued DPC inside this memory, or NULL. */
PKDPC ke_dpc_in_range(const void *start, SIZE_T size);
/* ke_dpc_of_code: a queued DPC whose routine lies there, or NULL. */
PKDPC ke_dpc_of_code(const void *start, SIZE_T size);
