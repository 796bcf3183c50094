/* ke_queue.c - KeInitializeQueue, KeInsertQueue, KeRemoveQueue, KeRundownQueue; see ke_queue.h. */
#include "nt/thread/ke_queue.h"

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

#define QUEUE_OK(queue) \
    ke_check_dispatcher((queue), 1u << QueueObject, RULE_ObjectNotInitialized, "a queue", __func__)

VOID KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Queue, "a queue", __func__)) {
        return;
    }
    ke_dispatcher_init(&Queue->Header, QueueObject, sizeof(*Queue) / sizeof(ULONG), 0);
    InitializeListHead(&Queue->EntryListHead);
    InitializeListHead(&Queue->ThreadListHead);
    Queue->CurrentCount = 0;
    Queue->MaximumCount = Count != 0 ? Count : ke_processor_count();
}

BOOLEAN ke_queue_is_ready(const KQUEUE *queue)
{
    return queue->Header.SignalState > 0 && queue->CurrentCount < queue->MaximumCount;
}

void ke_queue_take(PKQUEUE queue, PKTHREAD thread)
{
    thread->queue_entry = RemoveHeadList(&queue->EntryListHead);
    thread->queue_entry->Flink = NULL; /* as seen on Windows: on no list */
    ke_dispatcher_set_state_locked(&queue->Header, queue->Header.SignalState - 1);
}

/* Somebody may have become free to take what is there. */
static void queue_wake_locked(PKQUEUE queue)
{
    if (ke_queue_is_ready(queue)) {
        ke_dispatcher_signal_locked(&queue->Header, queue->Header.SignalState);
    }
}

void ke_queue_left_locked(PKTHREAD thread)
{
    if (thread->queue_active) {
        thread->queue_active = FALSE;
        thread->queue->CurrentCount--;
        queue_wake_locked(thread->queue);
    }
}

void ke_queue_back_locked(PKTHREAD thread)
{
    if (!thread->queue_active) { /* perhaps one more than the maximum, for a while */
        thread->queue_active = TRUE;
        thread->queue->CurrentCount++;
    }
}

void ke_queue_disown_locked(PKTHREAD thread)
{
    if (thread->queue != NULL) {
        ke_queue_left_locked(thread);
        RemoveEntryList(&thread->queue_link);
        thread->queue = NULL;
    }
}

static void queue_own_locked(PKQUEUE queue, PKTHREAD thread)
{
    if (thread->queue != queue) {
        ke_queue_disown_locked(thread);
        thread->queue = queue;
        InsertTailList(&queue->ThreadListHead, &thread->queue_link);
    } else if (thread->queue_active) {
        /* Ready for the next: what is there is its own to take, before others are woken. */
        thread->queue_active = FALSE;
        queue->CurrentCount--;
    }
}

static LONG queue_insert(PKQUEUE queue, PLIST_ENTRY entry, BOOLEAN at_head)
{
    LONG before;

    ke_dispatcher_lock();
    before = queue->Header.SignalState;
    if (at_head) {
        InsertHeadList(&queue->EntryListHead, entry);
    } else {
        InsertTailList(&queue->EntryListHead, entry);
    }
    ke_dispatcher_set_state_locked(&queue->Header, before + 1);
    queue_wake_locked(queue);
    ke_dispatcher_unlock();
    return before;
}

LONG KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return API(DISPATCH_LEVEL) && QUEUE_OK(Queue) && ke_check_address(Entry, "an entry", __func__)
               ? queue_insert(Queue, Entry, FALSE)
               : 0;
}

LONG KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return API(DISPATCH_LEVEL) && QUEUE_OK(Queue) && ke_check_address(Entry, "an entry", __func__)
               ? queue_insert(Queue, Entry, TRUE)
               : 0;
}

LONG KeReadStateQueue(PRKQUEUE Queue)
{
    return API_QUIET(HIGH_LEVEL) && QUEUE_OK(Queue) ? ke_dispatcher_state(&Queue->Header) : 0;
}

/* One entry. Returns its link in *entry, or why there is none. */
static NTSTATUS queue_remove(PKQUEUE queue, KPROCESSOR_MODE mode, BOOLEAN alertable,
                             const LARGE_INTEGER *timeout, PLIST_ENTRY *entry)
{
    PKTHREAD thread = ke_self->thread;
    NTSTATUS status;

    ke_dispatcher_lock();
    queue_own_locked(queue, thread);
    ke_dispatcher_unlock();
    status = ke_wait_for_queue(queue, timeout, mode, alertable);
    if (status == STATUS_SUCCESS) {
        *entry = thread->queue_entry;
    }
    return status;
}

PLIST_ENTRY KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
    PLIST_ENTRY entry = NULL;
    NTSTATUS status;

    if (!API(HIGH_LEVEL) || !ke_wait_allowed(__func__, Timeout, Queue)) {
        return (PLIST_ENTRY)(LONG_PTR)STATUS_TIMEOUT;
    }
    if (!QUEUE_OK(Queue)) {
        return (PLIST_ENTRY)(LONG_PTR)STATUS_ABANDONED;
    }
    status = queue_remove(Queue, WaitMode, FALSE, Timeout, &entry);
    return status == STATUS_SUCCESS ? entry : (PLIST_ENTRY)(LONG_PTR)status;
}

/* The first one is waited for; what else is there comes along. */
ULONG KeRemoveQueueEx(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                      PLARGE_INTEGER Timeout, PLIST_ENTRY *EntryArray, ULONG Count)
{
    LARGE_INTEGER at_once = {.QuadPart = 0};
    ULONG taken = 0;
    NTSTATUS status;

    if (!API(HIGH_LEVEL) || Count == 0 || !ke_wait_allowed(__func__, Timeout, Queue) ||
        !QUEUE_OK(Queue)) {
        return (ULONG)STATUS_TIMEOUT;
    }
    status = queue_remove(Queue, WaitMode, Alertable, Timeout, &EntryArray[0]);
    if (status != STATUS_SUCCESS) {
        return (ULONG)status;
    }
    do {
        taken++;
    } while (taken < Count &&
             queue_remove(Queue, WaitMode, FALSE, &at_once, &EntryArray[taken]) == STATUS_SUCCESS);
    return taken;
}

/* The entries stay linked to each other in a ring without a head, whose first one is returned. */
static PLIST_ENTRY queue_take_all_locked(PKQUEUE queue)
{
    PLIST_ENTRY first = NULL;

    if (!IsListEmpty(&queue->EntryListHead)) {
        first = queue->EntryListHead.Flink;
        RemoveEntryList(&queue->EntryListHead);
        InitializeListHead(&queue->EntryListHead);
    }
    ke_dispatcher_set_state_locked(&queue->Header, 0);
    return first;
}

PLIST_ENTRY KeRundownQueue(PRKQUEUE Queue)
{
    PLIST_ENTRY first;

    if (!API(DISPATCH_LEVEL) || !QUEUE_OK(Queue)) {
        return NULL;
    }
    ke_dispatcher_lock();
    first = queue_take_all_locked(Queue);
    ke_wait_abandon_locked(&Queue->Header);
    while (!IsListEmpty(&Queue->ThreadListHead)) {
        ke_queue_disown_locked(
            CONTAINING_RECORD(Queue->ThreadListHead.Flink, struct _KTHREAD, queue_link));
    }
    ke_dispatcher_unlock();
    return first;
}
