/* ke_device_queue.c - KDEVICE_QUEUE: a busy flag and ordered entries. The flag alone decides
 * whether an insert queues: the first insert makes an idle queue busy and hands the entry back.
 * Nothing here passes a window between looking and changing; with threads one lock guards all queues
 * for these few instructions. Busy and Inserted are read without it.
 */
#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

#define KE_DEVICE_QUEUE_TYPE 20 /* KOBJECTS: DeviceQueueObject */

static struct base_lock device_queues = {.rank = BASE_RANK_IO};

VOID KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(DeviceQueue, "a device queue", __func__)) {
        return;
    }
    if (DeviceQueue->Type == KE_DEVICE_QUEUE_TYPE && DeviceQueue->Size == sizeof(*DeviceQueue) &&
        DeviceQueue->Busy == TRUE && DeviceQueue->DeviceListHead.Flink != NULL &&
        !IsListEmpty(&DeviceQueue->DeviceListHead)) {
        ke_violation(RULE_QueueReinitBusy, 0, (uintptr_t)DeviceQueue, 0, 0, 0,
                     "KeInitializeDeviceQueue of a queue that holds entries");
        return;
    }
    DeviceQueue->Type = KE_DEVICE_QUEUE_TYPE;
    DeviceQueue->Size = sizeof(*DeviceQueue);
    InitializeListHead(&DeviceQueue->DeviceListHead);
    KeInitializeSpinLock(&DeviceQueue->Lock);
    DeviceQueue->Busy = FALSE;
}

static BOOLEAN ke_device_queue_check(const KDEVICE_QUEUE *queue, const char *api)
{
    return (!ke_address_is_bad(queue) && queue->Type == KE_DEVICE_QUEUE_TYPE &&
            queue->DeviceListHead.Flink != NULL) ||
           ke_check_refuse(RULE_ObjectNotInitialized, queue, "a device queue", api);
}

#define ENTRY_OK(entry) ke_check_address((entry), "an entry", __func__)

static PKDEVICE_QUEUE_ENTRY ke_device_entry(PLIST_ENTRY link)
{
    return CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/* Before which link an entry of that key goes: behind all keys that are not greater. */
static PLIST_ENTRY ke_device_queue_place(PKDEVICE_QUEUE queue, ULONG key)
{
    PLIST_ENTRY link = queue->DeviceListHead.Flink;

    while (link != &queue->DeviceListHead && ke_device_entry(link)->SortKey <= key) {
        link = link->Flink;
    }
    return link;
}

static BOOLEAN ke_device_queue_insert(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry,
                                      const ULONG *key)
{
    BOOLEAN inserted;

    base_lock_acquire(&device_queues);
    inserted = queue->Busy;
    if (key != NULL) {
        entry->SortKey = *key;
    }
    if (inserted) {
        InsertTailList(key != NULL ? ke_device_queue_place(queue, *key) : &queue->DeviceListHead,
                       &entry->DeviceListEntry);
    }
    __atomic_store_n(&entry->Inserted, inserted, __ATOMIC_RELAXED);
    queue->Busy = TRUE;
    base_lock_release(&device_queues);
    return inserted; /* the entry may be taken out, and be gone, by now */
}

BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !ENTRY_OK(DeviceQueueEntry)) {
        return FALSE;
    }
    return ke_device_queue_insert(DeviceQueue, DeviceQueueEntry, NULL);
}

BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
                                 ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !ENTRY_OK(DeviceQueueEntry)) {
        return FALSE;
    }
    return ke_device_queue_insert(DeviceQueue, DeviceQueueEntry, &SortKey);
}

/* Take out the entry of a link, or make the queue idle. */
static PKDEVICE_QUEUE_ENTRY ke_device_queue_take_locked(PKDEVICE_QUEUE queue, PLIST_ENTRY link)
{
    PKDEVICE_QUEUE_ENTRY entry = NULL;

    if (IsListEmpty(&queue->DeviceListHead)) {
        queue->Busy = FALSE;
        return NULL;
    }
    entry = ke_device_entry(link);
    RemoveEntryList(link);
    __atomic_store_n(&entry->Inserted, FALSE, __ATOMIC_RELAXED);
    return entry;
}

/* The first link whose key is not below; none so high: start again with the lowest. */
static PLIST_ENTRY ke_device_queue_from(PKDEVICE_QUEUE queue, ULONG key)
{
    PLIST_ENTRY link = queue->DeviceListHead.Flink;

    while (link != &queue->DeviceListHead && ke_device_entry(link)->SortKey < key) {
        link = link->Flink;
    }
    return link == &queue->DeviceListHead ? link->Flink : link;
}

/* The next entry, from that key on if there is one; NULL: the queue is idle now. api NULL: it may be
 * so already. */
static PKDEVICE_QUEUE_ENTRY ke_device_queue_take(PKDEVICE_QUEUE queue, const ULONG *key,
                                                 const char *api)
{
    PKDEVICE_QUEUE_ENTRY entry = NULL;
    BOOLEAN busy;

    base_lock_acquire(&device_queues);
    busy = queue->Busy;
    if (busy) {
        entry = ke_device_queue_take_locked(queue, key != NULL ? ke_device_queue_from(queue, *key)
                                                               : queue->DeviceListHead.Flink);
    }
    base_lock_release(&device_queues);
    if (!busy && api != NULL) {
        ke_violation(RULE_DeviceQueueNotBusy, 0x2, (uintptr_t)queue, 0, 0, 0,
                     "%s of a device queue that is not busy", api);
    }
    return entry;
}

PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return NULL;
    }
    return ke_device_queue_take(DeviceQueue, NULL, __func__);
}

PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return NULL;
    }
    return ke_device_queue_take(DeviceQueue, &SortKey, __func__);
}

PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueueIfBusy(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return NULL;
    }
    return ke_device_queue_take(DeviceQueue, &SortKey, NULL);
}

/* FALSE: it is not on that queue. */
static BOOLEAN ke_device_queue_remove_locked(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
    for (PLIST_ENTRY link = queue->DeviceListHead.Flink; link != &queue->DeviceListHead;
         link = link->Flink) {
        if (link == &entry->DeviceListEntry) {
            RemoveEntryList(link);
            __atomic_store_n(&entry->Inserted, FALSE, __ATOMIC_RELAXED);
            return TRUE;
        }
    }
    return FALSE;
}

BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    BOOLEAN inserted;
    BOOLEAN removed;

    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !ENTRY_OK(DeviceQueueEntry)) {
        return FALSE;
    }
    base_lock_acquire(&device_queues);
    inserted = DeviceQueueEntry->Inserted;
    removed = inserted && ke_device_queue_remove_locked(DeviceQueue, DeviceQueueEntry);
    base_lock_release(&device_queues);
    if (inserted && !removed) {
        ke_violation(RULE_QueueForeignEntry, 0x139, 3, (uintptr_t)DeviceQueueEntry, 0, 0,
                     "KeRemoveEntryDeviceQueue of an entry that is on another queue");
    }
    return removed;
}
