/* ke_processor_notify.c - who wants to be told of nonmaskable interrupts, which a machine has not, and of
 * new processors: all are there from the start, and a driver may ask for them.
 */
#include "nt/ke/ke_processor_notify.h"

#include <stdlib.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

/* The handle that the driver gets is its address. */
struct notify_entry {
    struct notify_entry *next; /* (l) */
    const void *routine;       /* (c) */
    PVOID context;             /* (c) */
};

/* Key: (l) this lock */
static struct base_lock notify_lock = {.rank = BASE_RANK_EX};
static struct notify_entry *notify_nmi;     /* (l) the last one first, as they would be called */
static struct notify_entry *notify_changes; /* (l) */

static struct notify_entry *notify_create(const void *routine, PVOID context)
{
    struct notify_entry *entry = calloc(1, sizeof(*entry));

    if (entry != NULL) {
        entry->routine = routine;
        entry->context = context;
    }
    return entry;
}

static void notify_insert(struct notify_entry **list, struct notify_entry *entry)
{
    base_lock_acquire(&notify_lock);
    entry->next = *list;
    *list = entry;
    base_lock_release(&notify_lock);
}

/* FALSE: it is not on the list. */
static BOOLEAN notify_remove(struct notify_entry **list, const void *handle)
{
    struct notify_entry *entry = NULL;

    base_lock_acquire(&notify_lock);
    while (*list != NULL && *list != handle) {
        list = &(*list)->next;
    }
    entry = *list;
    if (entry != NULL) {
        *list = entry->next;
    }
    base_lock_release(&notify_lock);
    free(entry);
    return entry != NULL;
}

static BOOLEAN routine_is_given(const void *routine, const char *api)
{
    return routine != NULL || ke_check_refuse(RULE_BadParameter, NULL, "a routine", api);
}

/* ---- nonmaskable interrupts ---- */

PVOID KeRegisterNmiCallback(PNMI_CALLBACK CallbackRoutine, PVOID Context)
{
    struct notify_entry *entry = NULL;

    if (!API(APC_LEVEL) || !routine_is_given((const void *)CallbackRoutine, __func__)) {
        return NULL;
    }
    entry = notify_create((const void *)CallbackRoutine, Context);
    if (entry != NULL) {
        notify_insert(&notify_nmi, entry);
    }
    return entry;
}

NTSTATUS KeDeregisterNmiCallback(PVOID Handle)
{
    return API(APC_LEVEL) && notify_remove(&notify_nmi, Handle) ? STATUS_SUCCESS
                                                                : STATUS_INVALID_HANDLE;
}

/* ---- new processors ---- */

static NTSTATUS change_tell(const struct notify_entry *entry, ULONG number,
                            KE_PROCESSOR_CHANGE_NOTIFY_STATE state)
{
    KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT change = {
        .State = state, .NtNumber = number, .ProcNumber = {.Number = (UCHAR)number}};
    NTSTATUS status = STATUS_SUCCESS;
    struct ke_callback frame;

    ke_call_enter(&frame, "ProcessorCallback", entry->routine, entry);
    ((PPROCESSOR_CALLBACK_FUNCTION)(uintptr_t)entry->routine)(entry->context, &change, &status);
    ke_call_leave(&frame);
    return status;
}

/* FALSE: it failed for one, and those before it know that. */
static BOOLEAN change_tell_of_all(const struct notify_entry *entry)
{
    ULONG started = 0;
    ULONG count = ke_processor_count();

    while (started < count && NT_SUCCESS(change_tell(entry, started, KeProcessorAddStartNotify))) {
        started++;
    }
    for (ULONG i = 0; i < started; i++) {
        change_tell(entry, i,
                    started == count ? KeProcessorAddCompleteNotify : KeProcessorAddFailureNotify);
    }
    return started == count;
}

PVOID KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                        PVOID CallbackContext, ULONG Flags)
{
    struct notify_entry *entry = NULL;

    if (!API(PASSIVE_LEVEL) || !routine_is_given((const void *)CallbackFunction, __func__)) {
        return NULL;
    }
    entry = notify_create((const void *)CallbackFunction, CallbackContext);
    if (entry == NULL) {
        return NULL;
    }
    if ((Flags & KE_PROCESSOR_CHANGE_ADD_EXISTING) != 0 && !change_tell_of_all(entry)) {
        free(entry);
        return NULL;
    }
    notify_insert(&notify_changes, entry);
    return entry;
}

VOID KeDeregisterProcessorChangeCallback(PVOID CallbackHandle)
{
    if (API(PASSIVE_LEVEL) && !notify_remove(&notify_changes, CallbackHandle)) {
        ke_check_refuse(RULE_BadParameter, CallbackHandle, "a handle", __func__);
    }
}

/* ---- what is left ---- */

static const void *notify_find(const struct notify_entry *entry, const void *start, size_t size)
{
    while (entry != NULL && (uintptr_t)entry->routine - (uintptr_t)start >= size) {
        entry = entry->next;
    }
    return entry != NULL ? entry->routine : NULL;
}

const void *ke_processor_notify_of_code(const void *start, size_t size)
{
    const void *found = NULL;

    base_lock_acquire(&notify_lock);
    found = notify_find(notify_nmi, start, size);
    if (found == NULL) {
        found = notify_find(notify_changes, start, size);
    }
    base_lock_release(&notify_lock);
    return found;
}

static void notify_forget(struct notify_entry **list)
{
    while (*list != NULL) {
        notify_remove(list, *list);
    }
}

static void notify_stop(void)
{
    notify_forget(&notify_nmi);
    notify_forget(&notify_changes);
}

static struct ke_machine_part notify_part = {.order = 1, .stop = notify_stop};

__attribute__((constructor)) static void notify_register(void)
{
    ke_machine_register(&notify_part);
}
