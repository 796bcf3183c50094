/* ke_dpc.c - the DPC objects: what they are set to, removal, and who looks for one. */
#include "nt/dpc/ke_dpc.h"

#include <sched.h>

#include "nt/dpc/ke_dpc_inbox.h"
#include "nt/dpc/ke_dpc_thread.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"

static BOOLEAN dpc_is_initialized(const KDPC *dpc)
{
    return dpc->Type == DpcObject || dpc->Type == ThreadedDpcObject;
}

BOOLEAN ke_dpc_check(const KDPC *dpc, const char *api)
{
    return __builtin_expect(!ke_address_is_bad(dpc) && dpc_is_initialized(dpc), 1) ||
           ke_check_refuse(RULE_DpcNotInitialized, dpc, "a DPC", api);
}

/* spec: DPC-01 DPC-02 */
static void dpc_init(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context, UCHAR type)
{
    /* The storage may hold anything: believe that it is queued only if its queue knows it. */
    if (dpc_is_initialized(dpc) && ke_dpc_in_range(dpc, sizeof(*dpc)) == dpc) {
        const struct ke_processor *queue = dpc->DpcData;

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
    dpc->DpcData = NULL;
}

VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    if (API(HIGH_LEVEL) && ke_check_address(Dpc, "a DPC", __func__)) {
        dpc_init(Dpc, DeferredRoutine, DeferredContext, DpcObject);
    }
}

VOID KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    if (API(HIGH_LEVEL) && ke_check_address(Dpc, "a DPC", __func__)) {
        dpc_init(Dpc, DeferredRoutine, DeferredContext, ThreadedDpcObject);
        ke_dpc_threads_start();
    }
}

BOOLEAN ke_dpc_is_initialized(const KDPC *dpc)
{
    return dpc_is_initialized(dpc);
}

/* The processor on whose queue it is, with its lock; NULL: on none. */
static struct ke_processor *dpc_lock_queue(const KDPC *dpc)
{
    struct ke_processor *target;
    uintptr_t data;

    while ((data = (uintptr_t)__atomic_load_n(&dpc->DpcData, __ATOMIC_ACQUIRE)) != 0) {
        target = (struct ke_processor *)(data & ~(uintptr_t)KE_DPC_POSTED);
        ke_dpc_queue_lock(target);
        ke_dpc_queue_settle(target, 0);
        if (__atomic_load_n(&dpc->DpcData, __ATOMIC_RELAXED) == target) {
            return target;
        }
        ke_dpc_queue_unlock(target);
        sched_yield(); /* it has run, and may be on another queue; or it is just being pushed */
    }
    return NULL;
}

BOOLEAN ke_dpc_remove(PRKDPC Dpc)
{
    struct ke_processor *target = dpc_lock_queue(Dpc);

    if (target == NULL) {
        return FALSE;
    }
    RemoveEntryList(&Dpc->DpcListEntry);
    ke_dpc_unlinked(target, Dpc, ke_dpc_is_threaded(Dpc));
    ke_dpc_queue_unlock(target);
    ke_dpc_note(BASE_EVENT_DPC_REMOVE, Dpc, target);
    KE_COUNT(ke_self, dpc_removed);
    return TRUE;
}

BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
    if (!API(HIGH_LEVEL) || !ke_dpc_check(Dpc, __func__)) {
        return FALSE;
    }
    return ke_dpc_remove(Dpc);
}

/* ---- settings ---- */

VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    if (!API(HIGH_LEVEL) || !ke_dpc_check(Dpc, __func__)) {
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
    if (!API(HIGH_LEVEL) || !ke_dpc_check(Dpc, __func__)) {
        return;
    }
    if (Number < 0 || (ULONG)Number >= ke_processor_count()) {
        ke_violation(RULE_DpcBadTarget, 0xC7, 3, (uint64_t)(uintptr_t)Dpc, (uint64_t)Number,
                     ke_processor_count(), "a DPC cannot go to processor %d of %u", Number,
                     ke_processor_count());
        return;
    }
    Dpc->Number = (USHORT)(KE_DPC_TARGET_BASE + Number);
}

NTSTATUS KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (!API(HIGH_LEVEL) || !ke_dpc_check(Dpc, __func__) ||
        KeGetProcessorIndexFromNumber(ProcNumber) == INVALID_PROCESSOR_INDEX) {
        return STATUS_INVALID_PARAMETER;
    }
    Dpc->Number = (USHORT)(KE_DPC_TARGET_BASE + ProcNumber->Number);
    return STATUS_SUCCESS;
}

LOGICAL KeIsExecutingDpc(VOID)
{
    return API_QUIET(HIGH_LEVEL) && ke_in_dpc(ke_self);
}

/* ---- looking from outside ---- */

BOOLEAN ke_dpc_is_running(const KDPC *dpc)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (ke_dpc_running(&processor->running_dpc) == dpc ||
            ke_dpc_running(&processor->running_threaded) == dpc) {
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
    PKDPC dpc = NULL;

    for (ULONG i = 0; i < ke_processor_count() && dpc == NULL; i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (!ke_dpc_any_waits(processor)) {
            continue;
        }
        ke_dpc_queue_lock(processor);
        ke_dpc_queue_settle(processor, 0);
        dpc = queue_find(&processor->dpcs, start, size, code);
        if (dpc == NULL) {
            dpc = queue_find(&processor->threaded_dpcs, start, size, code);
        }
        ke_dpc_queue_unlock(processor);
    }
    return dpc;
}

PKDPC ke_dpc_in_range(const void *start, SIZE_T size)
{
    return queues_find(start, size, FALSE);
}

PKDPC ke_dpc_of_code(const void *start, SIZE_T size)
{
    return queues_find(start, size, TRUE);
}
