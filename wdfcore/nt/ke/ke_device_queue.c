/* ke_device_queue.c - KDEVICE_QUEUE: a busy flag and ordered entries. The flag alone decides
 * whether an insert queues: the first insert makes an idle queue busy and hands the entry back.
 * Nothing here passes a window between looking and changing.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_report.h"

#define KE_DEVICE_QUEUE_TYPE 20 /* KOBJECTS: DeviceQueueObject */

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

BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return FALSE;
    }
    DeviceQueueEntry->Inserted = DeviceQueue->Busy;
    if (DeviceQueue->Busy) {
        InsertTailList(&DeviceQueue->DeviceListHead, &DeviceQueueEntry->DeviceListEntry);
    }
    DeviceQueue->Busy = TRUE;
    return DeviceQueueEntry->Inserted;
}

BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
                                 ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return FALSE;
    }
    DeviceQueueEntry->SortKey = SortKey;
    DeviceQueueEntry->Inserted = DeviceQueue->Busy;
    if (DeviceQueue->Busy) {
        InsertTailList(ke_device_queue_place(DeviceQueue, SortKey),
                       &DeviceQueueEntry->DeviceListEntry);
    }
    DeviceQueue->Busy = TRUE;
    return DeviceQueueEntry->Inserted;
}

static bool ke_device_queue_is_busy(PKDEVICE_QUEUE queue, const char *api)
{
    if (!queue->Busy) {
        ke_violation(RULE_DeviceQueueNotBusy, 0x2, (uintptr_t)queue, 0, 0, 0,
                     "%s of a device queue that is not busy", api);
        return false;
    }
    return true;
}

/* Take out the entry of the first link, or make the queue idle. */
static PKDEVICE_QUEUE_ENTRY ke_device_queue_take(PKDEVICE_QUEUE queue, PLIST_ENTRY link)
{
    PKDEVICE_QUEUE_ENTRY entry = NULL;

    if (IsListEmpty(&queue->DeviceListHead)) {
        queue->Busy = FALSE;
        return NULL;
    }
    entry = ke_device_entry(link);
    RemoveEntryList(link);
    entry->Inserted = FALSE;
    return entry;
}

static PKDEVICE_QUEUE_ENTRY ke_device_queue_take_key(PKDEVICE_QUEUE queue, ULONG key)
{
    PLIST_ENTRY link = queue->DeviceListHead.Flink;

    while (link != &queue->DeviceListHead && ke_device_entry(link)->SortKey < key) {
        link = link->Flink;
    }
    /* None so high: start again with the lowest. */
    if (link == &queue->DeviceListHead) {
        link = link->Flink;
    }
    return ke_device_queue_take(queue, link);
}

PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !ke_device_queue_is_busy(DeviceQueue, __func__)) {
        return NULL;
    }
    return ke_device_queue_take(DeviceQueue, DeviceQueue->DeviceListHead.Flink);
}

PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !ke_device_queue_is_busy(DeviceQueue, __func__)) {
        return NULL;
    }
    return ke_device_queue_take_key(DeviceQueue, SortKey);
}

PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueueIfBusy(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__) ||
        !DeviceQueue->Busy) {
        return NULL;
    }
    return ke_device_queue_take_key(DeviceQueue, SortKey);
}

BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    PLIST_ENTRY link = NULL;

    if (!API(DISPATCH_LEVEL) || !ke_device_queue_check(DeviceQueue, __func__)) {
        return FALSE;
    }
    if (!DeviceQueueEntry->Inserted) {
        return FALSE;
    }
    for (link = DeviceQueue->DeviceListHead.Flink; link != &DeviceQueue->DeviceListHead;
         link = link->Flink) {
        if (link == &DeviceQueueEntry->DeviceListEntry) {
            RemoveEntryList(link);
            DeviceQueueEntry->Inserted = FALSE;
            return TRUE;
        }
    }
    ke_violation(RULE_QueueForeignEntry, 0x139, 3, (uintptr_t)DeviceQueueEntry, 0, 0,
                 "KeRemoveEntryDeviceQueue of an entry that is on another queue");
    return FALSE;
}
