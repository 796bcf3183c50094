/* ke_bugcheck.c - the driver gives up: KeBugCheck and KeBugCheckEx, and who is told.
 * Normal path: the bug check is reported; then, where a violation would stop the machine, the callbacks
 * run at HIGH_LEVEL on the same stack, in order of registration; then the machine stops. A callback
 * that breaks a rule itself ends them: whoever reports next stops the machine.
 */
#include "nt/ke/report/ke_bugcheck.h"

#include <stdio.h>

#include "base/lock.h"
#include "base/log.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

#define DUMP_DATA_MAXIMUM PAGE_SIZE

/* Key: (l) bugcheck_lock. The records are the drivers'. */
static struct base_lock bugcheck_lock = {.rank = BASE_RANK_EX};
static LIST_ENTRY bugcheck_records;        /* (l) KBUGCHECK_CALLBACK_RECORD */
static LIST_ENTRY bugcheck_reason_records; /* (l) KBUGCHECK_REASON_CALLBACK_RECORD */

static _Thread_local bool bugcheck_begun; /* by code on this host thread, which never ends it */

/* ---- registration ---- */

static BOOLEAN bugcheck_insert(LIST_ENTRY *list, PLIST_ENTRY entry, UCHAR *state)
{
    BOOLEAN fresh;

    base_lock_acquire(&bugcheck_lock);
    fresh = *state == BufferEmpty;
    if (fresh) {
        *state = BufferInserted;
        InsertTailList(list, entry);
    }
    base_lock_release(&bugcheck_lock);
    return fresh;
}

static BOOLEAN bugcheck_remove(PLIST_ENTRY entry, UCHAR *state)
{
    BOOLEAN there;

    base_lock_acquire(&bugcheck_lock);
    there = *state == BufferInserted;
    if (there) {
        *state = BufferEmpty;
        RemoveEntryList(entry);
    }
    base_lock_release(&bugcheck_lock);
    return there;
}

BOOLEAN KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                                   PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine, PVOID Buffer,
                                   ULONG Length, PUCHAR Component)
{
    PKBUGCHECK_CALLBACK_RECORD record = CallbackRecord;

    if (!API(HIGH_LEVEL) || !ke_check_address(record, "a callback record", __func__) ||
        record->State != BufferEmpty) {
        return FALSE;
    }
    record->CallbackRoutine = CallbackRoutine;
    record->Buffer = Buffer;
    record->Length = Length;
    record->Component = Component;
    record->Checksum =
        (ULONG_PTR)CallbackRoutine + (ULONG_PTR)Buffer + Length + (ULONG_PTR)Component;
    return bugcheck_insert(&bugcheck_records, &record->Entry, &record->State);
}

BOOLEAN KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord)
{
    return API(HIGH_LEVEL) && ke_check_address(CallbackRecord, "a callback record", __func__) &&
           bugcheck_remove(&CallbackRecord->Entry, &CallbackRecord->State);
}

BOOLEAN KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                         PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                         KBUGCHECK_CALLBACK_REASON Reason, PUCHAR Component)
{
    PKBUGCHECK_REASON_CALLBACK_RECORD record = CallbackRecord;

    if (!API(HIGH_LEVEL) || !ke_check_address(record, "a callback record", __func__) ||
        record->State != BufferEmpty || Reason < KbCallbackSecondaryDumpData ||
        Reason > KbCallbackTriageDumpData) {
        return FALSE;
    }
    record->CallbackRoutine = CallbackRoutine;
    record->Component = Component;
    record->Reason = Reason;
    record->Checksum = (ULONG_PTR)CallbackRoutine + (ULONG_PTR)Reason + (ULONG_PTR)Component;
    return bugcheck_insert(&bugcheck_reason_records, &record->Entry, &record->State);
}

BOOLEAN KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord)
{
    return API(HIGH_LEVEL) && ke_check_address(CallbackRecord, "a callback record", __func__) &&
           bugcheck_remove(&CallbackRecord->Entry, &CallbackRecord->State);
}

/* Both kinds of record begin alike. state: where a record of this list has its own. */
C_ASSERT(FIELD_OFFSET(KBUGCHECK_CALLBACK_RECORD, CallbackRoutine) ==
         FIELD_OFFSET(KBUGCHECK_REASON_CALLBACK_RECORD, CallbackRoutine));

static unsigned bugcheck_forget_locked(LIST_ENTRY *list, size_t state, uintptr_t start, size_t size)
{
    unsigned forgotten = 0;
    PLIST_ENTRY at = list->Flink;

    while (at != list) {
        PKBUGCHECK_CALLBACK_RECORD record = CONTAINING_RECORD(at, KBUGCHECK_CALLBACK_RECORD, Entry);

        at = at->Flink;
        if ((uintptr_t)record - start < size || (uintptr_t)record->CallbackRoutine - start < size) {
            ((UCHAR *)record)[state] = BufferEmpty;
            RemoveEntryList(&record->Entry);
            forgotten++;
        }
    }
    return forgotten;
}

unsigned ke_bugcheck_forget(const void *start, size_t size)
{
    unsigned forgotten = 0;

    base_lock_acquire(&bugcheck_lock);
    forgotten =
        bugcheck_forget_locked(&bugcheck_records, FIELD_OFFSET(KBUGCHECK_CALLBACK_RECORD, State),
                               (uintptr_t)start, size) +
        bugcheck_forget_locked(&bugcheck_reason_records,
                               FIELD_OFFSET(KBUGCHECK_REASON_CALLBACK_RECORD, State),
                               (uintptr_t)start, size);
    base_lock_release(&bugcheck_lock);
    return forgotten;
}

/* ---- the bug check ---- */

static PKBUGCHECK_CALLBACK_RECORD bugcheck_next(void)
{
    PKBUGCHECK_CALLBACK_RECORD next = NULL;

    base_lock_acquire(&bugcheck_lock);
    for (PLIST_ENTRY at = bugcheck_records.Flink; at != &bugcheck_records; at = at->Flink) {
        PKBUGCHECK_CALLBACK_RECORD record = CONTAINING_RECORD(at, KBUGCHECK_CALLBACK_RECORD, Entry);

        if (record->State == BufferInserted) {
            record->State = BufferStarted;
            next = record;
            break;
        }
    }
    base_lock_release(&bugcheck_lock);
    return next;
}

static PKBUGCHECK_REASON_CALLBACK_RECORD bugcheck_next_reason(void)
{
    PKBUGCHECK_REASON_CALLBACK_RECORD next = NULL;

    base_lock_acquire(&bugcheck_lock);
    for (PLIST_ENTRY at = bugcheck_reason_records.Flink; at != &bugcheck_reason_records;
         at = at->Flink) {
        PKBUGCHECK_REASON_CALLBACK_RECORD record =
            CONTAINING_RECORD(at, KBUGCHECK_REASON_CALLBACK_RECORD, Entry);

        if (record->State == BufferInserted && record->Reason == KbCallbackSecondaryDumpData) {
            record->State = BufferStarted;
            next = record;
            break;
        }
    }
    base_lock_release(&bugcheck_lock);
    return next;
}

static void bugcheck_call(PKBUGCHECK_CALLBACK_RECORD record)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "BugCheckCallback", (const void *)record->CallbackRoutine, record);
    record->CallbackRoutine(record->Buffer, record->Length);
    ke_call_leave(&frame);
    record->State = BufferFinished;
}

/* What a driver adds to the crash dump. There is no dump: a line says how much it was. */
static void bugcheck_call_reason(PKBUGCHECK_REASON_CALLBACK_RECORD record)
{
    static UCHAR buffer[DUMP_DATA_MAXIMUM];
    KBUGCHECK_SECONDARY_DUMP_DATA data = {
        .InBuffer = buffer, .InBufferLength = sizeof(buffer), .MaximumAllowed = sizeof(buffer)};
    struct ke_callback frame;
    char text[128];

    ke_call_enter(&frame, "BugCheckReasonCallback", (const void *)record->CallbackRoutine, record);
    record->CallbackRoutine(record->Reason, record, &data, sizeof(data));
    ke_call_leave(&frame);
    record->State = BufferFinished;
    if (data.OutBuffer != NULL && data.OutBufferLength != 0) {
        snprintf(text, sizeof(text), "  dump data: %u bytes of %s\n", data.OutBufferLength,
                 record->Component != NULL ? (const char *)record->Component : "a driver");
        base_log_report(text);
    }
}

void ke_bugcheck_stopping(void)
{
    PKBUGCHECK_CALLBACK_RECORD record;
    PKBUGCHECK_REASON_CALLBACK_RECORD reason_record;

    if (!bugcheck_begun || ke_processor_is_outside(ke_self)) {
        return;
    }
    bugcheck_begun = false;
    (void)KfRaiseIrql(HIGH_LEVEL);
    while ((record = bugcheck_next()) != NULL) {
        bugcheck_call(record);
    }
    while ((reason_record = bugcheck_next_reason()) != NULL) {
        bugcheck_call_reason(reason_record);
    }
}

_Noreturn void ke_bugcheck(const char *api, ULONG code, const ULONG_PTR parameter[4])
{
    bugcheck_begun = true;
    ke_violation(RULE_DriverBugCheck, code, parameter[0], parameter[1], parameter[2], parameter[3],
                 "%s(0x%X)", api, code);
    __builtin_trap(); /* a rule of kind STOP never returns */
}

DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                    ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                                    ULONG_PTR BugCheckParameter4)
{
    const ULONG_PTR parameter[4] = {BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                                    BugCheckParameter4};

    ke_bugcheck("KeBugCheckEx", BugCheckCode, parameter);
}

DECLSPEC_NORETURN VOID KeBugCheck(ULONG BugCheckCode)
{
    KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}

static void bugcheck_start(void)
{
    InitializeListHead(&bugcheck_records);
    InitializeListHead(&bugcheck_reason_records);
    bugcheck_begun = false;
}

static struct ke_machine_part bugcheck_part = {.order = 0, .start = bugcheck_start};

__attribute__((constructor)) static void bugcheck_register(void)
{
    ke_machine_register(&bugcheck_part);
}
