/* test_fx_sync.c - callback locks: whose lock, at which IRQL, in which order. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#define INHERIT_LEVEL WdfExecutionLevelInheritFromParent
#define INHERIT_SCOPE WdfSynchronizationScopeInheritFromParent

static WDF_OBJECT_ATTRIBUTES attributes;

static struct fx_callback_lock *lock_of(void *handle)
{
    return fx_sync_of(fx_handle_find(handle))->lock;
}

static void the_drivers_defaults_are_dispatch_and_none(void **state) /* spec: SYNC-01 */
{
    const struct fx_sync *sync = fx_sync_of(fx_handle_find(fixture.device));
    struct fx_sync root;

    assert_int_equal(sync->level, WdfExecutionLevelDispatch);
    assert_int_equal(sync->scope, WdfSynchronizationScopeNone);
    fx_sync_resolve(&root, NULL, NULL);
    assert_int_equal(root.level, WdfExecutionLevelDispatch);
    assert_int_equal(root.scope, WdfSynchronizationScopeNone);
}

static void devices_and_queues_of_every_scope_can_be_locked(void **state) /* spec: LOCK-17 */
{
    for (int scope = WdfSynchronizationScopeDevice; scope <= WdfSynchronizationScopeNone; scope++) {
        WDFDEVICE device = fixture_device(INHERIT_LEVEL, (WDF_SYNCHRONIZATION_SCOPE)scope);
        WDFQUEUE queue = fixture_queue(device, INHERIT_LEVEL, INHERIT_SCOPE);

        WdfObjectAcquireLock(device);
        assert_true(fx_callback_lock_is_mine(lock_of(device)));
        WdfObjectReleaseLock(device);
        WdfObjectAcquireLock(queue);
        assert_true(fx_callback_lock_is_mine(lock_of(queue)));
        WdfObjectReleaseLock(queue);
        assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    }
}

static void other_types_have_no_lock(void **state) /* spec: LOCK-20 */
{
    void *objects[] = {fixture.driver, fixture_node("n", fixture.device)};

    for (int i = 0; i < 2; i++) {
        wc_expect_violation("CallbackLockUnsupported");
        WdfObjectAcquireLock(objects[i]);
        fixture_assert_report("bugcheck 0x10D (0xb, 0x");
        fixture_assert_report(", 0x0, ");
        wc_expect_violation("CallbackLockUnsupported");
        WdfObjectReleaseLock(objects[i]);
        assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    }
}

static void a_passive_lock_keeps_the_irql_in_a_critical_region(void **state) /* spec: LOCK-21 */
{
    WDFDEVICE passive = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);

    WdfObjectAcquireLock(passive);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_true(KeAreApcsDisabled());
    WdfObjectReleaseLock(passive);
    assert_false(KeAreApcsDisabled());

    WdfObjectAcquireLock(fixture.device);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfObjectReleaseLock(fixture.device);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static WDFDEVICE serial; /* scope Device */

static VOID lock_again(WDFDPC Dpc)
{
    wc_expect_violation("CallbackLockRecursive");
    WdfObjectAcquireLock(serial);
    fixture_note("once");
}

static VOID release_it(WDFDPC Dpc)
{
    WdfObjectReleaseLock(serial);
    KeRaiseIrqlToDpcLevel();
}

static VOID note_dpc(WDFDPC Dpc)
{
    fixture_note(fx_callback_lock_is_mine(lock_of(serial)) ? "locked" : "free");
}

static WDFDPC dpc_below(WDFOBJECT parent, PFN_WDF_DPC callback)
{
    WDF_DPC_CONFIG config;
    WDFDPC dpc;

    WDF_DPC_CONFIG_INIT(&config, callback);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    return dpc;
}

static void a_lock_is_not_recursive(void **state) /* spec: LOCK-22 */
{
    serial = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeDevice);
    WdfDpcEnqueue(dpc_below(serial, lock_again));
    fixture_assert_report("bugcheck 0x10D (0x2, 0x");
    assert_log("once");

    WdfObjectAcquireLock(serial);
    wc_expect_violation("CallbackLockRecursive");
    WdfObjectAcquireLock(serial);
    WdfObjectReleaseLock(serial);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_callback_that_lost_its_lock_is_reported(void **state) /* spec: LOCK-23 */
{
    serial = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeDevice);
    wc_expect_violation("CallbackLockNotOwned");
    WdfDpcEnqueue(dpc_below(serial, release_it));
    fixture_assert_report("EvtDpcFunc");
}

static void releasing_what_is_not_held_changes_nothing(void **state)
{
    wc_expect_violation("CallbackLockNotOwned");
    WdfObjectReleaseLock(fixture.device);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WdfObjectAcquireLock(fixture.device);
    WdfObjectReleaseLock(fixture.device);
}

static void the_device_goes_before_the_queue(void **state) /* spec: LOCK-24, VER-17 */
{
    WDFQUEUE queue = fixture_queue(fixture.device, INHERIT_LEVEL, INHERIT_SCOPE);

    WdfObjectAcquireLock(fixture.device);
    WdfObjectAcquireLock(queue);
    WdfObjectReleaseLock(queue);
    WdfObjectReleaseLock(fixture.device);
    assert_int_equal(wc_violations(NULL), 0);

    WdfObjectAcquireLock(queue);
    wc_expect_violation("LockOrder");
    wc_expect_violation("LockOrder"); /* and of the spin locks that they are */
    WdfObjectAcquireLock(fixture.device);
    assert_true(fx_callback_lock_is_mine(lock_of(fixture.device))); /* taken all the same */
    WdfObjectReleaseLock(fixture.device);
    WdfObjectReleaseLock(queue);
}

static void passive_and_dispatch_locks_are_ordered_apart(void **state) /* spec: LOCK-25 */
{
    WDFDEVICE passive = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);
    WDFQUEUE queue = fixture_queue(passive, INHERIT_LEVEL, WdfSynchronizationScopeQueue);

    WdfObjectAcquireLock(queue);          /* passive */
    WdfObjectAcquireLock(fixture.device); /* dispatch: no order between them */
    assert_int_equal(wc_violations("LockOrder"), 0);
    WdfObjectReleaseLock(fixture.device);
    WdfObjectReleaseLock(queue);
}

static void a_passive_lock_cannot_be_taken_at_dispatch(void **state)
{
    WDFDEVICE passive = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    WdfObjectAcquireLock(passive);
    KeLowerIrql(old);
    assert_null(lock_of(passive)->holder);
}

/* Which lock a serialized DPC below the parent runs under. */
static const struct fx_callback_lock *borrowed(WDFOBJECT parent)
{
    struct fx_callback_lock *lock;

    assert_int_equal(fx_sync_callback_lock(fx_handle_find(parent), false, &lock), STATUS_SUCCESS);
    return lock;
}

static void a_device_of_scope_queue_lends_its_own_lock(void **state) /* spec: SYNC-15 */
{
    WDFDEVICE device = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeQueue);
    WDFQUEUE queue = fixture_queue(device, INHERIT_LEVEL, INHERIT_SCOPE);

    assert_ptr_equal(borrowed(device), lock_of(device));
    assert_ptr_not_equal(lock_of(queue), lock_of(device));
    assert_ptr_equal(borrowed(queue), lock_of(queue));
}

static void an_object_below_a_queue_borrows_the_queues(void **state) /* spec: SYNC-16, LOCK-18 */
{
    WDFDEVICE device = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeDevice);
    WDFQUEUE by_queue = fixture_queue(device, INHERIT_LEVEL, WdfSynchronizationScopeQueue);
    WDFQUEUE by_device = fixture_queue(device, INHERIT_LEVEL, INHERIT_SCOPE);

    assert_ptr_equal(borrowed(fixture_node("n", by_queue)), lock_of(by_queue));
    assert_ptr_not_equal(lock_of(by_queue), lock_of(device));
    assert_ptr_equal(borrowed(fixture_node("m", by_device)), lock_of(device));
    assert_ptr_equal(lock_of(by_device), lock_of(device));
    assert_null(borrowed(fixture_node("o", fixture.device))); /* scope None */
}

static void the_level_is_judged_even_when_inherited(void **state) /* spec: SYNC-22 */
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);
    WDFQUEUE queue = fixture_queue(device, INHERIT_LEVEL, INHERIT_SCOPE);
    struct fx_callback_lock *lock;

    assert_int_equal(fx_sync_callback_lock(fx_handle_find(queue), false, &lock),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(fx_sync_callback_lock(fx_handle_find(queue), true, &lock), STATUS_SUCCESS);
    assert_ptr_equal(lock, lock_of(device));
}

static int inside, most_inside, entered;
static int awaited; /* so many come before the first one leaves */

static VOID overlap(WDFDPC Dpc)
{
    int now = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    int most = __atomic_load_n(&most_inside, __ATOMIC_SEQ_CST);

    while (now > most && !__atomic_compare_exchange_n(&most_inside, &most, now, false,
                                                      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
    __atomic_add_fetch(&entered, 1, __ATOMIC_SEQ_CST);
    KeStallExecutionProcessor(20);
    while (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) < awaited) {
        YieldProcessor();
    }
    __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
}

/* Two DPCs, one for each processor, at the same time. */
static int overlap_of(WDFOBJECT first_parent, WDFOBJECT second_parent, int expected)
{
    WDFDPC first = dpc_below(first_parent, overlap);
    WDFDPC other = dpc_below(second_parent, overlap);

    inside = most_inside = entered = 0;
    awaited = expected;
    for (int i = 0; i < 2; i++) {
        PKDPC kdpc = WdfDpcWdmGetDpc(i == 0 ? first : other);

        KeSetTargetProcessorDpc(kdpc, (CCHAR)i);
        KeSetImportanceDpc(kdpc, HighImportance);
    }
    WdfDpcEnqueue(KeGetCurrentProcessorNumber() == 0 ? other : first);
    WdfDpcEnqueue(KeGetCurrentProcessorNumber() == 0 ? first : other);
    KeFlushQueuedDpcs();
    return most_inside;
}

static void
under_one_lock_callbacks_never_overlap(void **state) /* spec: SYNC-14, WDPC-26, WDPC-05 */
{
    WDFDEVICE device = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeDevice);

    assert_int_equal(overlap_of(device, device, 1), 1);
    assert_int_equal(overlap_of(device, fixture_queue(device, INHERIT_LEVEL, INHERIT_SCOPE), 1), 1);
    assert_int_equal(overlap_of(fixture.device, fixture.device, 2), 2); /* scope None */
}

static void the_lock_excludes_the_callbacks_from_a_thread_too(void **state) /* spec: SYNC-19 */
{
    WDFDPC dpc;

    serial = fixture_device(INHERIT_LEVEL, WdfSynchronizationScopeDevice);
    dpc = dpc_below(serial, note_dpc);
    KeSetTargetProcessorDpc(WdfDpcWdmGetDpc(dpc), (CCHAR)(1 - KeGetCurrentProcessorNumber()));
    KeSetImportanceDpc(WdfDpcWdmGetDpc(dpc), HighImportance);
    WdfObjectAcquireLock(serial);
    WdfDpcEnqueue(dpc);
    KeStallExecutionProcessor(100); /* the other processor comes to its DPC and spins */
    assert_log("");
    WdfObjectReleaseLock(serial);
    KeFlushQueuedDpcs();
    assert_log("locked");
}

static VOID note_in_cleanup(WDFOBJECT Object)
{
    fixture_note(fx_callback_lock_is_mine(lock_of(fixture.device)) ? "mine" : "free");
}

static void cleanup_runs_under_no_lock_but_the_deleters(void **state) /* spec: DEL-29 */
{
    WDFOBJECT nodes[2];

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = note_in_cleanup;
    attributes.ParentObject = fixture.device;
    assert_int_equal(WdfObjectCreate(&attributes, &nodes[0]), STATUS_SUCCESS);
    assert_int_equal(WdfObjectCreate(&attributes, &nodes[1]), STATUS_SUCCESS);
    WdfObjectDelete(nodes[0]);
    WdfObjectAcquireLock(fixture.device);
    WdfObjectDelete(nodes[1]);
    WdfObjectReleaseLock(fixture.device);
    assert_log("free mine");
}

static NTSTATUS keep_the_irp(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    ++*(int *)context;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* An IRP as a lower driver has it, which completes it now. */
static void complete_an_irp(int *completed)
{
    PIRP irp = IoAllocateIrp(2, FALSE);

    assert_non_null(irp);
    IoSetNextIrpStackLocation(irp);
    IoSetCompletionRoutine(irp, keep_the_irp, completed, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(irp);
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    IoFreeIrp(irp);
}

/* A filter sends from a callback under its lock, and the lower driver completes at once. */
static void the_frameworks_lock_is_no_lock_of_the_drivers(void **state)
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice);
    int completed = 0;
    KSPIN_LOCK own;
    KIRQL old;

    KeInitializeSpinLock(&own);
    WdfObjectAcquireLock(device);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    complete_an_irp(&completed); /* no report */
    wc_expect_violation("SpinLockHeldCallout");
    KeAcquireSpinLock(&own, &old);
    complete_an_irp(&completed);
    KeReleaseSpinLock(&own, old);
    WdfObjectReleaseLock(device);
    assert_int_equal(wc_violations("SpinLockHeldCallout"), 1);
    assert_int_equal(completed, 2);
    fixture_remove(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_drivers_defaults_are_dispatch_and_none, FIXTURE),
        wc_unit_test(devices_and_queues_of_every_scope_can_be_locked, FIXTURE),
        wc_unit_test(other_types_have_no_lock, FIXTURE),
        wc_unit_test(a_passive_lock_keeps_the_irql_in_a_critical_region, FIXTURE),
        wc_unit_test(a_lock_is_not_recursive, FIXTURE),
        wc_unit_test(a_callback_that_lost_its_lock_is_reported, FIXTURE),
        wc_unit_test(releasing_what_is_not_held_changes_nothing, FIXTURE),
        wc_unit_test(the_device_goes_before_the_queue, FIXTURE),
        wc_unit_test(passive_and_dispatch_locks_are_ordered_apart, FIXTURE),
        wc_unit_test(a_passive_lock_cannot_be_taken_at_dispatch, FIXTURE),
        wc_unit_test(a_device_of_scope_queue_lends_its_own_lock, FIXTURE),
        wc_unit_test(an_object_below_a_queue_borrows_the_queues, FIXTURE),
        wc_unit_test(the_level_is_judged_even_when_inherited, FIXTURE),
        wc_unit_test(under_one_lock_callbacks_never_overlap, FIXTURE, .processors = 2),
        wc_unit_test(the_lock_excludes_the_callbacks_from_a_thread_too, FIXTURE, .processors = 2),
        wc_unit_test(cleanup_runs_under_no_lock_but_the_deleters, FIXTURE),
        wc_unit_test(the_frameworks_lock_is_no_lock_of_the_drivers, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
