/* ke_dpc.c - DPC queues.
 *
 * Normal path: an insert links the DPC on its target's queue. On its own processor below
 * DISPATCH_LEVEL it drains before it returns; at DISPATCH_LEVEL or above the fall of the IRQL
 * drains. Another processor is woken if it idles, or asked to look if the DPC is urgent or many
 * wait; otherwise its next fall, clock tick or idle moment drains. Low DPCs of the own processor
 * wait for the same. Whatever causes a drain, it empties the queue.
 */
#include "nt/dpc/ke_dpc.h"

#include "base/assert.h"
#include "base/fault.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/dpc/ke_dpc_thread.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_record.h"
#include "nt/ke/ke_report.h"
#include "nt/time/ke_timer.h"

#define DEPTH_LIMIT 4      /* more than this many queued: ask for a drain at once */
#define DRAIN_LIMIT 100000 /* DPCs in a row on a clock that stands still */
#define TARGET_BASE 64     /* KDPC.Number: 0, or this and the processor */

static BOOLEAN dpc_is_initialized(const KDPC *dpc)
{
    return dpc->Type == DpcObject || dpc->Type == ThreadedDpcObject;
}

/* spec: DPC-01 DPC-02 */
static void dpc_init(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context, UCHAR type)
{
    struct ke_processor *queue = dpc->DpcData;

    /* The storage may hold anything: believe that it is queued only if its queue knows it. */
    if (dpc_is_initialized(dpc) && ke_dpc_in_range(dpc, sizeof(*dpc)) == dpc) {
        ke_violation(RULE_DpcReinitQueued, 0, (uint64_t)(uintptr_t)dpc,
                     (uint64_t)(uintptr_t)dpc->DeferredRoutine, 0, 0,
                     "a DPC that is queued on processor %u was initialized again", queue->number);
        return;
    }
    ke_record_forget(BASE_SUBJECT_DPC, dpc);
    dpc->Type = type;
    dpc->Importance = MediumImportance;
    dpc->Number = 0;
    dpc->DpcListEntry.Flink = NULL;
    dpc->DpcListEntry.Blink = NULL;
    dpc->DeferredRoutine = routine;
    dpc->DeferredContext = context;
    dpc->SystemArgument1 = NULL;
    dpc->SystemArgument2 = NULL;
    dpc->DpcData = NULL;
}

VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    if (API(HIGH_LEVEL)) {
        dpc_init(Dpc, DeferredRoutine, DeferredContext, DpcObject);
    }
}

VOID KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    if (API(HIGH_LEVEL)) {
        dpc_init(Dpc, DeferredRoutine, DeferredContext, ThreadedDpcObject);
        ke_dpc_threads_start();
    }
}

static struct ke_processor *dpc_target(const KDPC *dpc)
{
    return dpc->Number >= TARGET_BASE ? ke_processor_at(dpc->Number - TARGET_BASE) : ke_self;
}

static void dpc_link(struct ke_processor *target, PRKDPC dpc)
{
    PLIST_ENTRY queue = &target->dpcs;

    dpc->DpcData = target;
    if (ke_dpc_is_threaded(dpc)) {
        queue = &target->threaded_dpcs;
        target->threaded_count++;
    } else {
        target->dpc_count++;
    }
    if (dpc->Importance == HighImportance) {
        InsertHeadList(queue, &dpc->DpcListEntry);
    } else {
        InsertTailList(queue, &dpc->DpcListEntry);
    }
}

static void dpc_unlink(struct ke_processor *target, PRKDPC dpc)
{
    RemoveEntryList(&dpc->DpcListEntry);
    if (ke_dpc_is_threaded(dpc)) {
        target->threaded_count--;
    } else {
        target->dpc_count--;
    }
    dpc->DpcData = NULL;
}

void ke_dpc_remove_locked(PRKDPC Dpc)
{
    dpc_unlink(Dpc->DpcData, Dpc);
}

/* Nobody asks for a drain now: one comes when the processor's IRQL next falls, with the next tick, or
 * when it goes idle. */
static void dpc_defer(struct ke_processor *target)
{
    host_processor_kick(target->number);
    ke_tick_request();
}

static void dpc_request(struct ke_processor *target, UCHAR importance)
{
    struct ke_processor *self = ke_self;
    BOOLEAN many = target->dpc_count > DEPTH_LIMIT;

    if (target == self) {
        self->deferred |= KE_ATTENTION_DPC;
        if (self->irql >= DISPATCH_LEVEL) {
            return;
        }
        if (importance == LowImportance && !many) {
            dpc_defer(self);
        } else {
            ke_dpc_drain(self);
        }
    } else if (importance == HighImportance || importance == MediumHighImportance || many ||
               host_processor_is_idle(target->number)) {
        ke_attention_set(target, KE_ATTENTION_DPC);
    } else {
        dpc_defer(target);
    }
}

BOOLEAN ke_dpc_insert(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct ke_processor *target;

    if (!dpc_is_initialized(Dpc)) {
        ke_violation(RULE_DpcNotInitialized, 0, (uint64_t)(uintptr_t)Dpc, 0, 0, 0,
                     "the DPC at %p was queued before it was initialized", (void *)Dpc);
        return FALSE;
    }
    ke_machine.statistics.dpc_enqueues++;
    if (Dpc->DpcData != NULL) { /* on a queue */
        ke_machine.statistics.dpc_coalesced++;
        ke_dpc_note(BASE_EVENT_DPC_COALESCE, Dpc, Dpc->DpcData);
        return FALSE;
    }
    target = dpc_target(Dpc);
    Dpc->SystemArgument1 = SystemArgument1;
    Dpc->SystemArgument2 = SystemArgument2;
    dpc_link(target, Dpc);
    ke_dpc_event(BASE_EVENT_DPC_QUEUE, Dpc, target);

    /* From here Dpc may run, and even be freed: do not touch it again. */
    if (__builtin_expect(ke_dpc_is_threaded(Dpc), 0)) {
        ke_dpc_thread_wake(target);
        ke_window_point(); /* the caller yields, if its level allows it */
    } else {
        dpc_request(target, Dpc->Importance);
    }
    return TRUE;
}

BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    if (!API(HIGH_LEVEL)) { /* window, IRQL check, trace point; false: refuse */
        return FALSE;
    }
    if (ke_is_observed(ke_self) && base_fault_due(BASE_FAULT_DPC_INSERT)) {
        return TRUE; /* which is not so: the stress tests must notice */
    }
    return ke_dpc_insert(Dpc, SystemArgument1, SystemArgument2);
}

BOOLEAN ke_dpc_remove(PRKDPC Dpc)
{
    if (Dpc->DpcData == NULL) {
        return FALSE;
    }
    ke_dpc_note(BASE_EVENT_DPC_REMOVE, Dpc, Dpc->DpcData);
    dpc_unlink(Dpc->DpcData, Dpc);
    ke_machine.statistics.dpc_removed++;
    return TRUE;
}

BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    return ke_dpc_remove(Dpc);
}

/* ---- the drain ---- */

/* How often APCs are disabled in the interrupted thread, of both kinds. */
static LONG apcs_disabled(const struct ke_processor *self)
{
    return self->thread->normal_apcs_disabled + self->thread->special_apcs_disabled;
}

static void apcs_check(const struct ke_processor *self, PKDEFERRED_ROUTINE routine, BOOLEAN timer,
                       LONG before)
{
    LONG after = apcs_disabled(self);

    if (__builtin_expect(before != after, 0)) {
        ke_violation(RULE_DpcApcCount, 0xC7, timer ? 5 : 4, (uint64_t)(uintptr_t)routine,
                     (uint64_t)before, (uint64_t)after,
                     "a %sDPC was entered with APCs disabled %d times and returned with %d",
                     timer ? "timer " : "", before, after);
    }
}

/* One DPC, already off its queue. After the routine was entered its KDPC is not touched again. */
static void dpc_run(struct ke_processor *self, PRKDPC dpc)
{
    PKDEFERRED_ROUTINE routine = dpc->DeferredRoutine;
    PVOID context = dpc->DeferredContext;
    PVOID argument1 = dpc->SystemArgument1;
    PVOID argument2 = dpc->SystemArgument2;
    BOOLEAN timer = argument1 == KE_DPC_TIMER_ARGUMENT;
    LONG apcs = apcs_disabled(self);
    PKDPC outer = self->running_dpc;
    struct ke_callback frame;
    ULONG recorded;

    ke_machine.statistics.dpc_runs++;
    self->running_dpc = dpc;
    self->dpc_depth++;
    recorded = ke_dpc_event(BASE_EVENT_DPC_START, dpc, self);
    if (ke_machine.config.dpc_entry_ns != 0) {
        host_clock_charge(self->number, ke_machine.config.dpc_entry_ns);
    }
    ke_call_enter(&frame, "CustomDpc", (const void *)(uintptr_t)routine, dpc);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(dpc), KE_WORD(context), KE_WORD(argument1),
                      KE_WORD(argument2));
    routine(dpc, context, argument1, argument2);
    ke_call_leave(&frame);
    apcs_check(self, routine, timer, apcs);
    ke_event_end(BASE_EVENT_DPC_END, (const void *)(uintptr_t)routine, recorded, 0);
    self->dpc_depth--;
    self->running_dpc = outer;
}

/* After each DPC: a drain may use up neither its time nor, on a clock that stands still, its count. */
static void drain_check(struct ke_processor *self, ULONG runs, ULONGLONG start_100ns)
{
    ULONGLONG now = ke_clock_now_100ns();
    ULONGLONG used = now - start_100ns;

    self->dpc_start_100ns = now; /* of the next one */
    if (__builtin_expect(used > KE_DRAIN_BUDGET_100NS || (runs > DRAIN_LIMIT && used == 0), 0)) {
        ke_violation(RULE_DpcWatchdog, 0x133, 1, runs, DRAIN_LIMIT, 0,
                     "%u DPCs ran in a row on processor %u", runs, self->number);
    }
}

void ke_dpc_drain(struct ke_processor *self)
{
    KIRQL old = self->irql;
    PKTHREAD thread = self->thread;
    ULONGLONG start = ke_clock_now_100ns();
    ULONG runs = 0;

    CORE_ASSERT(old < DISPATCH_LEVEL && !self->draining);
    self->draining = TRUE;
    self->drain_start_100ns = start;
    self->dpc_start_100ns = start;
    ke_irql_set(self, DISPATCH_LEVEL);
    while (!IsListEmpty(&self->dpcs)) {
        PKDPC dpc = CONTAINING_RECORD(self->dpcs.Flink, KDPC, DpcListEntry);

        dpc_unlink(self, dpc);
        dpc_run(self, dpc);
        drain_check(self, ++runs, start);
        if ((self->attention & KE_ATTENTION_WINDOW) != 0 ||
            (self->deferred & KE_ATTENTION_INTERRUPT) != 0) {
            ke_window_slow();
        }
    }
    self->deferred &= (UCHAR)~KE_ATTENTION_DPC;
    self->draining = FALSE;
    CORE_ASSERT(ke_self == self && self->thread == thread);
    ke_irql_set(self, old);
}

/* ---- settings ---- */

VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    if ((ULONG)Importance > MediumHighImportance) {
        ke_violation(RULE_DpcBadImportance, 0, (uint64_t)(uintptr_t)Dpc, (uint64_t)Importance, 0, 0,
                     "the importance %d is none of the four", (int)Importance);
        return;
    }
    Dpc->Importance = (UCHAR)Importance;
}

VOID KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    if (Number < 0 || (ULONG)Number >= ke_processor_count()) {
        ke_violation(RULE_DpcBadTarget, 0xC7, 3, (uint64_t)(uintptr_t)Dpc, (uint64_t)Number,
                     ke_processor_count(), "a DPC cannot go to processor %d of %u", Number,
                     ke_processor_count());
        return;
    }
    Dpc->Number = (USHORT)(TARGET_BASE + Number);
}

NTSTATUS KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (!API(HIGH_LEVEL) || KeGetProcessorIndexFromNumber(ProcNumber) == INVALID_PROCESSOR_INDEX) {
        return STATUS_INVALID_PARAMETER;
    }
    Dpc->Number = (USHORT)(TARGET_BASE + ProcNumber->Number);
    return STATUS_SUCCESS;
}

LOGICAL KeIsExecutingDpc(VOID)
{
    return API_QUIET(HIGH_LEVEL) && ke_self->dpc_depth > 0;
}

/* ---- looking from outside ---- */

BOOLEAN ke_dpc_is_running(const KDPC *dpc)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        if (ke_processor_at(i)->running_dpc == dpc || ke_processor_at(i)->running_threaded == dpc) {
            return TRUE;
        }
    }
    return FALSE;
}

/* By where it lies, or by where its routine does. */
static PKDPC queue_find(const LIST_ENTRY *head, const void *start, SIZE_T size, BOOLEAN code)
{
    for (const LIST_ENTRY *entry = head->Flink; entry != head; entry = entry->Flink) {
        PKDPC dpc = CONTAINING_RECORD(entry, KDPC, DpcListEntry);
        uintptr_t place = code ? (uintptr_t)dpc->DeferredRoutine : (uintptr_t)dpc;

        if (place - (uintptr_t)start < size) {
            return dpc;
        }
    }
    return NULL;
}

static PKDPC queues_find(const void *start, SIZE_T size, BOOLEAN code)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        PKDPC dpc = queue_find(&ke_processor_at(i)->dpcs, start, size, code);

        if (dpc == NULL) {
            dpc = queue_find(&ke_processor_at(i)->threaded_dpcs, start, size, code);
        }
        if (dpc != NULL) {
            return dpc;
        }
    }
    return NULL;
}

PKDPC ke_dpc_in_range(const void *start, SIZE_T size)
{
    return queues_find(start, size, FALSE);
}

PKDPC ke_dpc_of_code(const void *start, SIZE_T size)
{
    return queues_find(start, size, TRUE);
}
