/* test_nt_bad_input.c - each family of routines, handed an object that is NULL, misaligned, never
 * initialized or freed: always a violation, never a crash and never silence.
 */
#include "nt_bad_object.h"

static VOID dpc_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
}

static VOID work_routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
}

static const LARGE_INTEGER later = {.QuadPart = -10000};
static LARGE_INTEGER now;
static KLOCK_QUEUE_HANDLE handle;
static KIRQL old;
static PROCESSOR_NUMBER first;

/* ---- DPCs, timers, dispatcher objects ---- */

static void dpc_initialize(void *object)
{
    KeInitializeDpc(object, dpc_routine, NULL);
}

static void dpc_initialize_threaded(void *object)
{
    KeInitializeThreadedDpc(object, dpc_routine, NULL);
}

static void dpc_insert(void *object)
{
    KeInsertQueueDpc(object, NULL, NULL);
}

static void dpc_remove(void *object)
{
    KeRemoveQueueDpc(object);
}

static void dpc_set_importance(void *object)
{
    KeSetImportanceDpc(object, HighImportance);
}

static void dpc_set_target(void *object)
{
    KeSetTargetProcessorDpc(object, 0);
}

static void dpc_set_target_ex(void *object)
{
    KeSetTargetProcessorDpcEx(object, &first);
}

static void timer_initialize(void *object)
{
    KeInitializeTimer(object);
}

static void timer_set(void *object)
{
    KeSetTimer(object, later, NULL);
}

static void timer_cancel(void *object)
{
    KeCancelTimer(object);
}

static void timer_read(void *object)
{
    KeReadStateTimer(object);
}

static void event_initialize(void *object)
{
    KeInitializeEvent(object, NotificationEvent, FALSE);
}

static void event_set(void *object)
{
    KeSetEvent(object, IO_NO_INCREMENT, FALSE);
}

static void event_reset(void *object)
{
    KeResetEvent(object);
}

static void event_clear(void *object)
{
    KeClearEvent(object);
}

static void event_pulse(void *object)
{
    KePulseEvent(object, IO_NO_INCREMENT, FALSE);
}

static void event_read(void *object)
{
    KeReadStateEvent(object);
}

static void wait_for_one(void *object)
{
    KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &now);
}

static void wait_for_several(void *object)
{
    KEVENT event;
    PVOID objects[] = {&event, object};

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, &now, NULL);
}

static void semaphore_initialize(void *object)
{
    KeInitializeSemaphore(object, 0, 1);
}

static void semaphore_release(void *object)
{
    KeReleaseSemaphore(object, IO_NO_INCREMENT, 1, FALSE);
}

static void semaphore_read(void *object)
{
    KeReadStateSemaphore(object);
}

static void mutex_initialize(void *object)
{
    KeInitializeMutex(object, 0);
}

static void mutex_release(void *object)
{
    KeReleaseMutex(object, FALSE);
}

static void mutex_read(void *object)
{
    KeReadStateMutex(object);
}

/* ---- locks ---- */

static void spin_initialize(void *object)
{
    KeInitializeSpinLock(object);
}

static void spin_acquire(void *object)
{
    KeAcquireSpinLock(object, &old);
}

static void spin_acquire_at_dpc_level(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeAcquireSpinLockAtDpcLevel(object);
}

static void spin_try(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeTryToAcquireSpinLockAtDpcLevel(object);
}

static void spin_release(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeReleaseSpinLock(object, PASSIVE_LEVEL);
}

static void spin_acquire_queued(void *object)
{
    KeAcquireInStackQueuedSpinLock(object, &handle);
}

static void spin_release_queued(void *object)
{
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeReleaseInStackQueuedSpinLock(object);
}

static void fast_mutex_initialize(void *object)
{
    ExInitializeFastMutex(object);
}

static void fast_mutex_acquire(void *object)
{
    ExAcquireFastMutex(object);
}

static void fast_mutex_try(void *object)
{
    ExTryToAcquireFastMutex(object);
}

static void fast_mutex_release(void *object)
{
    KeRaiseIrql(APC_LEVEL, &old);
    ExReleaseFastMutex(object);
}

static void resource_acquire(void *object)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(object, TRUE);
}

static void push_lock_initialize(void *object)
{
    ExInitializePushLock(object);
}

static void push_lock_acquire(void *object)
{
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(object);
}

static void push_lock_release(void *object)
{
    KeEnterCriticalRegion();
    ExReleasePushLockExclusive(object);
}

static void rundown_acquire(void *object)
{
    ExAcquireRundownProtection(object);
}

static void remove_lock_acquire(void *object)
{
    IoAcquireRemoveLock((PIO_REMOVE_LOCK)object, NULL);
}

static void remove_lock_release(void *object)
{
    IoReleaseRemoveLock((PIO_REMOVE_LOCK)object, NULL);
}

/* ---- memory ---- */

static void pool_free(void *object)
{
    ExFreePool(object);
}

static void lookaside_allocate(void *object)
{
    ExAllocateFromNPagedLookasideList(object);
}

static void mdl_free(void *object)
{
    IoFreeMdl(object);
}

static void mdl_build(void *object)
{
    MmBuildMdlForNonPagedPool(object);
}

static void mdl_lock(void *object)
{
    MmProbeAndLockPages(object, KernelMode, IoReadAccess);
}

static void mdl_unlock(void *object)
{
    MmUnlockPages(object);
}

/* ---- requests, devices, work ---- */

static void irp_complete(void *object)
{
    IoCompleteRequest(object, IO_NO_INCREMENT);
}

static void irp_free(void *object)
{
    IoFreeIrp(object);
}

static void irp_cancel(void *object)
{
    IoCancelIrp(object);
}

static void irp_reuse(void *object)
{
    IoReuseIrp(object, STATUS_SUCCESS);
}

static void irp_call_driver(void *object)
{
    IoCallDriver(object, object);
}

static void csq_insert(void *object)
{
    IoCsqInsertIrp(object, object, NULL);
}

static void csq_remove_next(void *object)
{
    IoCsqRemoveNextIrp(object, NULL);
}

static void device_queue_insert(void *object)
{
    KDEVICE_QUEUE_ENTRY entry;

    KeInsertDeviceQueue(object, &entry);
}

static void device_queue_remove(void *object)
{
    KeRemoveDeviceQueue(object);
}

static void device_delete(void *object)
{
    IoDeleteDevice(object);
}

static void device_attach(void *object)
{
    IoAttachDeviceToDeviceStack(object, object);
}

static void work_item_queue(void *object)
{
    IoQueueWorkItem(object, work_routine, DelayedWorkQueue, NULL);
}

static void work_item_free(void *object)
{
    IoFreeWorkItem(object);
}

static void work_queue_item(void *object)
{
    ExQueueWorkItem(object, DelayedWorkQueue);
}

static void object_reference(void *object)
{
    ObReferenceObject(object);
}

static void object_dereference(void *object)
{
    ObDereferenceObject(object);
}

static void interrupt_disconnect(void *object)
{
    IoDisconnectInterrupt(object);
}

static void interrupt_acquire(void *object)
{
    KeAcquireInterruptSpinLock(object);
}

static void ex_timer_set(void *object)
{
    ExSetTimer(object, -10000, 0, NULL);
}

static void thread_set_priority(void *object)
{
    KeSetPriorityThread(object, 10);
}

/* ---- the table ---- */

static const struct family families[] = {
    ROW(dpc_initialize, ADDRESSES),
    ROW(dpc_initialize_threaded, ADDRESSES),
    ROW(dpc_insert, ALL),
    ROW(dpc_remove, ALL),
    ROW(dpc_set_importance, ALL),
    ROW(dpc_set_target, ALL),
    ROW(dpc_set_target_ex, ALL),
    ROW(timer_initialize, ADDRESSES),
    ROW(timer_set, ALL),
    ROW(timer_cancel, ALL),
    ROW(timer_read, ALL),
    ROW(event_initialize, ADDRESSES),
    ROW(event_set, ALL),
    ROW(event_reset, ALL),
    ROW(event_clear, ALL),
    ROW(event_pulse, ALL),
    ROW(event_read, ALL),
    ROW(wait_for_one, ALL),
    ROW(wait_for_several, ALL),
    ROW(semaphore_initialize, ADDRESSES),
    ROW(semaphore_release, ALL),
    ROW(semaphore_read, ALL),
    ROW(mutex_initialize, ADDRESSES),
    ROW(mutex_release, ALL),
    ROW(mutex_read, ALL),
    ROW(spin_initialize, ADDRESSES),
    ROW(spin_acquire, ALL),
    ROW(spin_acquire_at_dpc_level, ALL),
    ROW(spin_try, ALL),
    ROW(spin_release, ALL),
    ROW(spin_acquire_queued, ALL),
    ROW(spin_release_queued, ALL),
    ROW(fast_mutex_initialize, ADDRESSES),
    ROW(fast_mutex_acquire, ALL),
    ROW(fast_mutex_try, ALL),
    ROW(fast_mutex_release, ALL),
    ROW(resource_acquire, ALL),
    ROW(push_lock_initialize, ADDRESSES),
    ROW(push_lock_acquire, ALL),
    ROW(push_lock_release, ALL),
    ROW(rundown_acquire, ADDRESSES), /* any count may be one */
    ROW(remove_lock_acquire, ALL),
    ROW(remove_lock_release, ALL),
    ROW(pool_free, ALL),
    ROW(lookaside_allocate, ALL),
    ROW(mdl_free, ALL),
    ROW(mdl_build, ALL),
    ROW(mdl_lock, ALL),
    ROW(mdl_unlock, ALL),
    ROW(irp_complete, ALL),
    ROW(irp_free, ALL),
    ROW(irp_cancel, ALL),
    ROW(irp_reuse, ALL),
    ROW(irp_call_driver, ALL),
    ROW(csq_insert, ALL),
    ROW(csq_remove_next, ALL),
    ROW(device_queue_insert, ALL),
    ROW(device_queue_remove, ALL),
    ROW(device_delete, ALL),
    ROW(device_attach, ALL),
    ROW(work_item_queue, ALL),
    ROW(work_item_free, ALL),
    ROW(work_queue_item, ALL),
    ROW(object_reference, ALL),
    ROW(object_dereference, ALL),
    ROW(interrupt_disconnect, ALL),
    ROW(interrupt_acquire, ALL),
    ROW(ex_timer_set, ALL),
    ROW(thread_set_priority, ALL),
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
