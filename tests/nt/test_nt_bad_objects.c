/* test_nt_bad_objects.c - as test_nt_bad_input.c, for the routines that are called less often. */
#include "nt_bad_object.h"

static const LARGE_INTEGER later = {.QuadPart = -10000};
static const GUID no_guid;
static KLOCK_QUEUE_HANDLE handle;
static KDEVICE_QUEUE_ENTRY entry;
static LIST_ENTRY links;
static KSPIN_LOCK lock;
static KIRQL old;
static IRP irp;
static IO_CSQ_IRP_CONTEXT csq_context;
static IO_STATUS_BLOCK block;
static PDEVICE_OBJECT device;
static UNICODE_STRING name;
static HANDLE key;
static PVOID extension;
static ULONG length;

static BOOLEAN synchronized(PVOID Context)
{
    return TRUE;
}

static VOID io_timer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
}

static VOID work_routine(PVOID IoObject, PVOID Context, PIO_WORKITEM IoWorkItem)
{
}

static void res_initialize(void *object)
{
    ExInitializeResourceLite(object);
}

static void res_reinitialize(void *object)
{
    ExReinitializeResourceLite(object);
}

static void res_exclusive(void *object)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(object, TRUE);
    KeLeaveCriticalRegion();
}

static void res_starve(void *object)
{
    KeEnterCriticalRegion();
    ExAcquireSharedStarveExclusive(object, TRUE);
    KeLeaveCriticalRegion();
}

static void res_wait(void *object)
{
    KeEnterCriticalRegion();
    ExAcquireSharedWaitForExclusive(object, TRUE);
    KeLeaveCriticalRegion();
}

static void res_release(void *object)
{
    KeEnterCriticalRegion();
    ExReleaseResourceLite(object);
    KeLeaveCriticalRegion();
}

static void res_release_for(void *object)
{
    KeEnterCriticalRegion();
    ExReleaseResourceForThreadLite(object, ExGetCurrentResourceThread());
    KeLeaveCriticalRegion();
}

static void res_convert(void *object)
{
    KeEnterCriticalRegion();
    ExConvertExclusiveToSharedLite(object);
    KeLeaveCriticalRegion();
}

static void res_is_exclusive(void *object)
{
    ExIsResourceAcquiredExclusiveLite(object);
}

static void res_is_shared(void *object)
{
    ExIsResourceAcquiredSharedLite(object);
}

static void res_waiters(void *object)
{
    ExGetExclusiveWaiterCount(object);
}

static void res_delete(void *object)
{
    ExDeleteResourceLite(object);
}

static void rw_exclusive(void *object)
{
    ExAcquireSpinLockExclusive(object);
}

static void rw_shared(void *object)
{
    ExAcquireSpinLockShared(object);
}

static void rw_release(void *object)
{
    ExReleaseSpinLockExclusive(object, PASSIVE_LEVEL);
}

static void rw_release_shared(void *object)
{
    ExReleaseSpinLockShared(object, PASSIVE_LEVEL);
}

static void guarded_initialize(void *object)
{
    KeInitializeGuardedMutex(object);
}

static void guarded_acquire(void *object)
{
    KeAcquireGuardedMutex(object);
}

static void guarded_release(void *object)
{
    KeReleaseGuardedMutex(object);
}

static void guarded_try(void *object)
{
    KeTryToAcquireGuardedMutex(object);
}

static void queued_at_dpc(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(object, &handle);
    KeLowerIrql(old);
}

static void queued_release(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(object);
    KeLowerIrql(old);
}

static void spin_release_dpc(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeReleaseSpinLockFromDpcLevel(object);
    KeLowerIrql(old);
}

static void spin_for_dpc(void *object)
{
    KeAcquireSpinLockForDpc(object);
}

static void spin_test(void *object)
{
    KeTestSpinLock(object);
}

static void timer_set_ex(void *object)
{
    KeSetTimerEx(object, later, 0, NULL);
}

static void timer_set_coalescable(void *object)
{
    KeSetCoalescableTimer(object, later, 0, 0, NULL);
}

static void timer_initialize_ex(void *object)
{
    KeInitializeTimerEx(object, SynchronizationTimer);
}

static void queue_initialize(void *object)
{
    KeInitializeDeviceQueue(object);
}

static void queue_remove_key(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeRemoveByKeyDeviceQueue(object, 1);
    KeLowerIrql(old);
}

static void queue_remove_busy(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeRemoveByKeyDeviceQueueIfBusy(object, 1);
    KeLowerIrql(old);
}

static void queue_insert_key(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeInsertByKeyDeviceQueue(object, &entry, 1);
    KeLowerIrql(old);
}

static void queue_remove_entry(void *object)
{
    KeRemoveEntryDeviceQueue(object, &entry);
}

static void interrupt_synchronize(void *object)
{
    KeSynchronizeExecution(object, synchronized, NULL);
}

static void interrupt_release(void *object)
{
    KeReleaseInterruptSpinLock(object, PASSIVE_LEVEL);
}

static void ex_timer_cancel(void *object)
{
    ExCancelTimer(object, NULL);
}

static void ex_timer_delete(void *object)
{
    ExDeleteTimer(object, TRUE, FALSE, NULL);
}

static void lookaside_initialize(void *object)
{
    ExInitializeNPagedLookasideList(object, NULL, NULL, 0, 64, 'tseT', 0);
}

static void lookaside_free(void *object)
{
    ExFreeToNPagedLookasideList(object, &entry);
}

static void lookaside_delete(void *object)
{
    ExDeleteNPagedLookasideList(object);
}

static void lookaside_ex_allocate(void *object)
{
    ExAllocateFromLookasideListEx(object);
}

static void lookaside_ex_free(void *object)
{
    ExFreeToLookasideListEx(object, &entry);
}

static void lookaside_ex_flush(void *object)
{
    ExFlushLookasideListEx(object);
}

static void lookaside_ex_delete(void *object)
{
    ExDeleteLookasideListEx(object);
}

static void list_insert_head(void *object)
{
    ExInterlockedInsertHeadList(object, &links, &lock);
}

static void list_remove_head(void *object)
{
    ExInterlockedRemoveHeadList(object, &lock);
}

static void rundown_release(void *object)
{
    ExReleaseRundownProtection(object);
}

static void rundown_wait(void *object)
{
    ExWaitForRundownProtectionRelease(object);
}

static void device_create(void *object)
{
    IoCreateDevice(object, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

static void device_detach(void *object)
{
    IoDetachDevice(object);
}

static void device_get_attached(void *object)
{
    IoGetAttachedDeviceReference(object);
}

static void device_property(void *object)
{
    IoGetDeviceProperty(object, DevicePropertyDeviceDescription, 0, NULL, &length);
}

static void device_interface(void *object)
{
    IoRegisterDeviceInterface(object, &no_guid, NULL, &name);
}

static void device_invalidate(void *object)
{
    IoInvalidateDeviceRelations(object, BusRelations);
}

static void device_key(void *object)
{
    IoOpenDeviceRegistryKey(object, PLUGPLAY_REGKEY_DRIVER, KEY_READ, &key);
}

static void work_item_allocate(void *object)
{
    IoAllocateWorkItem(object);
}

static void work_item_queue_ex(void *object)
{
    IoQueueWorkItemEx(object, work_routine, DelayedWorkQueue, NULL);
}

static void timer_io_initialize(void *object)
{
    IoInitializeTimer(object, io_timer, NULL);
}

static void timer_io_start(void *object)
{
    IoStartTimer(object);
}

static void timer_io_stop(void *object)
{
    IoStopTimer(object);
}

static void startio_packet(void *object)
{
    IoStartPacket(object, &irp, NULL, NULL);
}

static void startio_next(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    IoStartNextPacket(object, FALSE);
    KeLowerIrql(old);
}

static void startio_attributes(void *object)
{
    IoSetStartIoAttributes(object, FALSE, FALSE);
}

static void dpc_request(void *object)
{
    IoRequestDpc(object, NULL, NULL);
}

static void remove_lock_wait(void *object)
{
    IoReleaseRemoveLockAndWait(object, NULL);
}

static void csq_insert_ex(void *object)
{
    IoCsqInsertIrpEx(object, &irp, NULL, NULL);
}

static void csq_remove(void *object)
{
    IoCsqRemoveIrp(object, &csq_context);
}

static void irp_associated(void *object)
{
    IoMakeAssociatedIrp(object, 1);
}

static void irp_forward(void *object)
{
    IoForwardIrpSynchronously(object, &irp);
}

static void irp_control(void *object)
{
    IoBuildDeviceIoControlRequest(1, object, NULL, 0, NULL, 0, FALSE, NULL, &block);
}

static void irp_power(void *object)
{
    PoCallDriver(object, &irp);
}

static void mdl_map(void *object)
{
    MmMapLockedPagesSpecifyCache(object, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
}

static void mdl_pages(void *object)
{
    MmFreePagesFromMdl(object);
}

static void driver_extension(void *object)
{
    IoAllocateDriverObjectExtension(object, &links, 8, &extension);
}

static void driver_get_extension(void *object)
{
    IoGetDriverObjectExtension(object, &links);
}

static void thread_priority(void *object)
{
    KeQueryPriorityThread(object);
}

static void event_reference(void *object)
{
    ObReferenceObjectByPointer(object, 0, *ExEventObjectType, KernelMode);
}

static const struct family families[] = {
    ROW(res_initialize, ADDRESSES),
    ROW(res_reinitialize, ALL),
    ROW(res_exclusive, ALL),
    ROW(res_starve, ALL),
    ROW(res_wait, ALL),
    ROW(res_release, ALL),
    ROW(res_release_for, ALL),
    ROW(res_convert, ALL),
    ROW(res_is_exclusive, ALL),
    ROW(res_is_shared, ALL),
    ROW(res_waiters, ALL),
    ROW(res_delete, ALL),
    ROW(rw_exclusive, ADDRESSES),
    ROW(rw_shared, ADDRESSES),
    ROW(rw_release, ALL),
    ROW(rw_release_shared, ALL),
    ROW(guarded_initialize, ADDRESSES),
    ROW(guarded_acquire, ALL),
    ROW(guarded_release, ALL),
    ROW(guarded_try, ALL),
    ROW(queued_at_dpc, ALL),
    ROW(queued_release, ALL),
    ROW(spin_release_dpc, ALL),
    ROW(spin_for_dpc, ALL),
    ROW(spin_test, ADDRESSES),
    ROW(timer_set_ex, ALL),
    ROW(timer_set_coalescable, ALL),
    ROW(timer_initialize_ex, ADDRESSES),
    ROW(queue_initialize, ADDRESSES),
    ROW(queue_remove_key, ALL),
    ROW(queue_remove_busy, ALL),
    ROW(queue_insert_key, ALL),
    ROW(queue_remove_entry, ALL),
    ROW(interrupt_synchronize, ALL),
    ROW(interrupt_release, ALL),
    ROW(ex_timer_cancel, ALL),
    ROW(ex_timer_delete, ALL),
    ROW(lookaside_initialize, ADDRESSES),
    ROW(lookaside_free, ALL),
    ROW(lookaside_delete, ALL),
    ROW(lookaside_ex_allocate, ALL),
    ROW(lookaside_ex_free, ALL),
    ROW(lookaside_ex_flush, ALL),
    ROW(lookaside_ex_delete, ALL),
    ROW(list_insert_head, ALL),
    ROW(list_remove_head, ALL),
    ROW(rundown_release, ADDRESSES), /* any count may be one */
    ROW(rundown_wait, ADDRESSES),
    ROW(device_create, ALL),
    ROW(device_detach, ALL),
    ROW(device_get_attached, ALL),
    ROW(device_property, ALL),
    ROW(device_interface, ALL),
    ROW(device_invalidate, ALL),
    ROW(device_key, ALL),
    ROW(work_item_allocate, ALL),
    ROW(work_item_queue_ex, ALL),
    ROW(timer_io_initialize, ALL),
    ROW(timer_io_start, ALL),
    ROW(timer_io_stop, ALL),
    ROW(startio_packet, ALL),
    ROW(startio_next, ALL),
    ROW(startio_attributes, ALL),
    ROW(dpc_request, ALL),
    ROW(remove_lock_wait, ALL),
    ROW(csq_insert_ex, ALL),
    ROW(csq_remove, ALL),
    ROW(irp_associated, ALL),
    ROW(irp_forward, ALL),
    ROW(irp_control, ALL),
    ROW(irp_power, ALL),
    ROW(mdl_map, ALL),
    ROW(mdl_pages, ALL),
    ROW(driver_extension, ALL),
    ROW(driver_get_extension, ALL),
    ROW(thread_priority, ALL),
    ROW(event_reference, ALL),
};

static void every_bad_object_is_named(void **state)
{
    check_families(families, sizeof(families) / sizeof(families[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_object_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
