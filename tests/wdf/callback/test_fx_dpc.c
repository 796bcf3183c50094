/* test_fx_dpc.c - WDFDPC. */
#include "wdf/wdf_fixture.h"

#include <string.h>

static WDF_OBJECT_ATTRIBUTES attributes;
static WDF_DPC_CONFIG config;

static WDFDPC current; /* the DPC of the running test */
static int again;      /* how often its callback enqueues it again */
static int inside;     /* callbacks that are running */

static VOID note_dpc(WDFDPC Dpc)
{
    fixture_note("dpc@%d", KeGetCurrentIrql());
    assert_ptr_equal(Dpc, current);
    if (again > 0) {
        again--;
        assert_true(WdfDpcEnqueue(Dpc));
        assert_false(WdfDpcEnqueue(Dpc));
    }
}

static WDFDPC dpc_below(WDFOBJECT parent, PFN_WDF_DPC callback)
{
    WDFDPC dpc;

    WDF_DPC_CONFIG_INIT(&config, callback);
    fixture_attributes(&attributes, parent);
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    NodeOf(dpc)->name = "dpc";
    current = dpc;
    again = 0;
    return dpc;
}

static void init_asks_for_serialization(void **state) /* spec: WDPC-01 */
{
    memset(&config, 0, sizeof(config));
    WDF_DPC_CONFIG_INIT(&config, note_dpc);
    assert_int_equal(config.AutomaticSerialization, TRUE);
    assert_int_equal(config.Size, 24);
    assert_ptr_equal(config.EvtDpcFunc, note_dpc);
}

static void at_passive_it_runs_before_enqueue_returns(void **state) /* spec: WDPC-02, WDPC-08 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);

    assert_true(WdfDpcEnqueue(dpc));
    assert_log("dpc@2");
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void two_enqueues_before_it_runs_are_one(void **state) /* spec: WDPC-03 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    assert_true(WdfDpcEnqueue(dpc));
    assert_false(WdfDpcEnqueue(dpc));
    assert_log("");
    KeLowerIrql(old);
    assert_log("dpc@2");
}

static void it_may_enqueue_itself_from_its_callback(void **state) /* spec: WDPC-04, WDPC-06 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);

    again = 2;
    assert_true(WdfDpcEnqueue(dpc));
    assert_log("dpc@2 dpc@2 dpc@2"); /* three successful enqueues */
}

static void enqueue_and_cancel_work_at_high_level(void **state) /* spec: WDPC-07, WDPC-09 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
    assert_true(WdfDpcEnqueue(dpc));
    assert_true(WdfDpcCancel(dpc, FALSE));
    KeLowerIrql(old);
    assert_log("");
    assert_int_equal(wc_violations(NULL), 0);
}

static void cancel_of_one_that_is_not_queued_is_false(void **state) /* spec: WDPC-10 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);

    assert_false(WdfDpcCancel(dpc, FALSE));
    assert_false(WdfDpcCancel(dpc, TRUE));
    WdfDpcEnqueue(dpc);
    assert_false(WdfDpcCancel(dpc, TRUE)); /* it has run */
}

static PROCESSOR_NUMBER other_processor(void)
{
    PROCESSOR_NUMBER other = {.Number = (UCHAR)(1 - KeGetCurrentProcessorNumber())};

    return other;
}

static bool held; /* the slow callback stays until it is false */

/* Runs on the other processor until it is let go; each step of the spin is a window. */
static VOID slow_dpc(WDFDPC Dpc)
{
    __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    fixture_note("in");
    while (__atomic_load_n(&held, __ATOMIC_SEQ_CST)) {
        KeStallExecutionProcessor(1);
    }
    fixture_note("out");
    __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
}

/* Starts slow_dpc on the other processor and returns when it is inside. */
static WDFDPC slow_one(void)
{
    WDFDPC dpc = dpc_below(fixture.device, slow_dpc);
    PROCESSOR_NUMBER other = other_processor();

    assert_int_equal(KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(dpc), &other), STATUS_SUCCESS);
    KeSetImportanceDpc(WdfDpcWdmGetDpc(dpc), HighImportance);
    __atomic_store_n(&held, true, __ATOMIC_SEQ_CST);
    assert_true(WdfDpcEnqueue(dpc));
    while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) == 0) {
        KeStallExecutionProcessor(1);
    }
    return dpc;
}

static VOID let_go(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    __atomic_store_n(&held, false, __ATOMIC_SEQ_CST);
}

/* Lets the slow callback go after so many microseconds. */
static void let_go_in_us(LONG us)
{
    static KTIMER timer;
    static KDPC dpc;
    LARGE_INTEGER due = {.QuadPart = -10LL * us};

    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, let_go, NULL);
    KeSetTargetProcessorDpc(&dpc, (CCHAR)KeGetCurrentProcessorNumber()); /* not behind slow_dpc */
    KeSetImportanceDpc(&dpc, HighImportance);
    KeSetTimer(&timer, due, &dpc);
}

static void cancel_with_wait_waits_for_the_running_callback(void **state) /* spec: WDPC-11 */
{
    WDFDPC dpc = slow_one();

    let_go_in_us(50);
    assert_false(WdfDpcCancel(dpc, TRUE));
    assert_int_equal(__atomic_load_n(&inside, __ATOMIC_SEQ_CST), 0);
    assert_log("in out");
}

static void cancel_of_a_queued_one_does_not_wait_for_a_running_one(void **state) /* spec: WDPC-12 */
{
    WDFDPC dpc = slow_one();

    assert_true(WdfDpcEnqueue(dpc));
    assert_true(WdfDpcCancel(dpc, TRUE));
    assert_int_equal(__atomic_load_n(&inside, __ATOMIC_SEQ_CST), 1); /* it still runs */
    __atomic_store_n(&held, false, __ATOMIC_SEQ_CST);
    assert_false(WdfDpcCancel(dpc, TRUE));
    assert_log("in out");
}

static void cancel_with_wait_is_refused_at_dispatch(void **state) /* spec: WDPC-13 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    assert_true(WdfDpcEnqueue(dpc));
    wc_expect_violation("IrqlTooHigh");
    assert_false(WdfDpcCancel(dpc, TRUE));
    KeLowerIrql(old);
    assert_log("dpc@2"); /* nothing was cancelled */
}

static VOID other_dpc(WDFDPC Dpc)
{
    fixture_note("other");
}

static void the_wait_is_for_all_dpcs_of_all_processors(void **state) /* spec: WDPC-14 */
{
    WDFDPC idle = dpc_below(fixture.device, other_dpc);

    slow_one();
    let_go_in_us(50);
    assert_false(WdfDpcCancel(idle, TRUE)); /* it was never queued, yet: */
    assert_int_equal(__atomic_load_n(&inside, __ATOMIC_SEQ_CST), 0);
    assert_log("in out");
}

static void any_object_below_a_device_may_be_its_parent(void **state) /* spec: WDPC-15, WDPC-16 */
{
    WDFOBJECT parents[3];

    parents[0] = fixture.device;
    parents[1] = fixture_queue(fixture.device, WdfExecutionLevelInheritFromParent,
                               WdfSynchronizationScopeInheritFromParent);
    parents[2] = fixture_node("n", parents[1]);
    for (int i = 0; i < 3; i++) {
        WDFDPC dpc = dpc_below(parents[i], note_dpc);

        assert_ptr_equal(WdfDpcGetParentObject(dpc), parents[i]);
        assert_true(WdfDpcEnqueue(dpc));
    }
    assert_log("dpc@2 dpc@2 dpc@2");
}

static VOID look_for_parent(WDFOBJECT Object)
{
    fixture_note(WdfDpcGetParentObject((WDFDPC)Object) == NULL ? "none" : "some");
    assert_non_null(WdfDpcWdmGetDpc((WDFDPC)Object));
}

static void in_cleanup_it_has_no_parent_any_more(void **state) /* spec: WDPC-17 */
{
    WDFDPC dpc;

    WDF_DPC_CONFIG_INIT(&config, note_dpc);
    fixture_attributes(&attributes, fixture.device);
    attributes.EvtCleanupCallback = look_for_parent;
    attributes.EvtDestroyCallback = NULL;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    WdfObjectDelete(dpc);
    assert_log("none");
}

static void its_kdpc_is_constant_and_can_be_inserted(void **state) /* spec: WDPC-18, WDPC-19 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    PKDPC kdpc = WdfDpcWdmGetDpc(dpc);

    assert_true(KeInsertQueueDpc(kdpc, (PVOID)1, (PVOID)2));
    assert_log("dpc@2");
    assert_ptr_equal(WdfDpcWdmGetDpc(dpc), kdpc);
}

static ULONG home; /* the processor of the test's body */

static VOID note_processor(WDFDPC Dpc)
{
    fixture_note(KeGetCurrentProcessorNumber() == home ? "here" : "there");
}

static void target_and_importance_of_the_kdpc_apply(void **state) /* spec: WDPC-20 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_processor);
    WDFDPC late = dpc_below(fixture.device, other_dpc);
    PROCESSOR_NUMBER other = other_processor();
    KIRQL old;

    home = KeGetCurrentProcessorNumber();
    WdfDpcEnqueue(dpc);
    assert_int_equal(KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(dpc), &other), STATUS_SUCCESS);
    WdfDpcEnqueue(dpc);
    KeFlushQueuedDpcs();
    assert_log("here there");

    fixture_clear();
    home = KeGetCurrentProcessorNumber();
    other.Number = (UCHAR)KeGetCurrentProcessorNumber();
    assert_int_equal(KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(dpc), &other), STATUS_SUCCESS);
    KeSetImportanceDpc(WdfDpcWdmGetDpc(dpc), HighImportance);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfDpcEnqueue(late);
    WdfDpcEnqueue(dpc);
    KeLowerIrql(old);
    assert_log("here other"); /* High goes to the head */
}

/* Queued for the other processor with low importance: it waits there until somebody flushes. */
static void deleting_a_queued_one_runs_it_first(void **state) /* spec: WDPC-21, WDPC-22 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    PROCESSOR_NUMBER other = other_processor();
    KIRQL old;

    assert_int_equal(KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(dpc), &other), STATUS_SUCCESS);
    old = fixture_raise(DISPATCH_LEVEL);
    assert_true(WdfDpcEnqueue(dpc));
    WdfObjectDelete(dpc);
    fixture_lower(old);
    fixture_settle();
    assert_log("dpc@2 c:dpc d:dpc");
}

static void until_its_disposal_it_goes_on_working(void **state) /* spec: WDPC-23 */
{
    WDFDPC dpc = dpc_below(fixture.device, note_dpc);
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(dpc);
    assert_true(WdfDpcEnqueue(dpc));
    fixture_lower(old);
    fixture_settle();
    assert_log("dpc@2 c:dpc d:dpc");
}

static volatile LONG again_runs;

static VOID enqueue_again(WDFDPC Dpc)
{
    WriteRelease(&again_runs, TRUE);
    WdfDpcEnqueue(Dpc);
    for (int i = 0; i < 40; i++) {
        YieldProcessor();
    }
    WriteRelease(&again_runs, FALSE);
}

/* It runs and is queued, both at once, on the other processor. */
static void deletion_waits_for_one_that_queues_itself(void **state) /* spec: WDPC-22 */
{
    WDFDPC dpc = dpc_below(fixture.device, enqueue_again);
    PROCESSOR_NUMBER other = other_processor();

    assert_int_equal(KeSetTargetProcessorDpcEx(WdfDpcWdmGetDpc(dpc), &other), STATUS_SUCCESS);
    KeSetImportanceDpc(WdfDpcWdmGetDpc(dpc), MediumHighImportance);
    WdfDpcEnqueue(dpc);
    while (!ReadAcquire(&again_runs)) {
        YieldProcessor();
    }
    WdfObjectDelete(dpc);
    assert_false(ReadAcquire(&again_runs));
}

static VOID delete_itself(WDFDPC Dpc)
{
    WdfObjectDelete(Dpc);
    fixture_note("deleted");
}

static void it_may_be_deleted_from_its_own_callback(void **state) /* spec: WDPC-24, WDPC-25 */
{
    WDFDPC dpc = dpc_below(fixture.device, delete_itself);

    WdfDpcEnqueue(dpc);
    fixture_settle();
    assert_log("deleted c:dpc d:dpc"); /* the two at PASSIVE_LEVEL */
}

static void after_its_parent_went_it_is_refused_by_that_name(void **state)
{
    WDFOBJECT parent = fixture_node("p", fixture.device);
    WDFDPC dpc = dpc_below(parent, note_dpc);

    WdfObjectDelete(parent);
    wc_expect_violation("DpcAfterParentDeleted");
    assert_false(WdfDpcEnqueue(dpc));

    dpc = dpc_below(fixture.device, note_dpc);
    WdfObjectDelete(dpc); /* its own deletion */
    wc_expect_violation("WdfObjectUseAfterDelete");
    assert_false(WdfDpcEnqueue(dpc));
}

static VOID enqueue_in_cleanup(WDFOBJECT Object)
{
    wc_expect_violation("DpcAfterParentDeleted");
    assert_false(WdfDpcEnqueue((WDFDPC)Object));
    wc_expect_violation("DpcNotInitialized");
    assert_false(KeInsertQueueDpc(WdfDpcWdmGetDpc((WDFDPC)Object), NULL, NULL));
}

static void in_its_cleanup_it_is_refused_too(void **state)
{
    WDFOBJECT parent = fixture_node("p", fixture.device);
    WDFDPC dpc;

    WDF_DPC_CONFIG_INIT(&config, note_dpc);
    fixture_attributes(&attributes, parent);
    attributes.EvtCleanupCallback = enqueue_in_cleanup;
    attributes.EvtDestroyCallback = NULL;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    WdfObjectDelete(parent);
    assert_log("c:p d:p");
}

static NTSTATUS create_under(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope,
                             BOOLEAN serialize)
{
    WDFDEVICE device = fixture_device(level, scope);
    NTSTATUS status;
    WDFDPC dpc;

    WDF_DPC_CONFIG_INIT(&config, note_dpc);
    config.AutomaticSerialization = serialize;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    status = WdfDpcCreate(&config, &attributes, &dpc);
    fixture_remove(device);
    return status;
}

static void serialized_under_a_passive_lock_is_refused(void **state) /* spec: WDPC-27, WDPC-28 */
{
    assert_int_equal(create_under(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice, TRUE),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(create_under(WdfExecutionLevelPassive, WdfSynchronizationScopeQueue, TRUE),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(create_under(WdfExecutionLevelPassive, WdfSynchronizationScopeNone, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(create_under(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice, TRUE),
                     STATUS_SUCCESS);
}

static void unserialized_fits_everywhere(void **state) /* spec: WDPC-30 */
{
    for (int level = WdfExecutionLevelPassive; level <= WdfExecutionLevelDispatch; level++) {
        for (int scope = WdfSynchronizationScopeDevice; scope <= WdfSynchronizationScopeNone;
             scope++) {
            assert_int_equal(
                create_under((WDF_EXECUTION_LEVEL)level, (WDF_SYNCHRONIZATION_SCOPE)scope, FALSE),
                STATUS_SUCCESS);
        }
    }
}

static VOID try_the_lock(WDFDPC Dpc)
{
    struct fx_sync *sync = fx_sync_of(fx_handle_find(WdfDpcGetParentObject(Dpc)));

    fixture_note(fx_callback_lock_is_mine(sync->lock) ? "locked" : "free");
}

static void scope_none_takes_no_lock(void **state) /* spec: WDPC-29 */
{
    WDFDEVICE with = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice);

    WdfDpcEnqueue(dpc_below(with, try_the_lock));
    WdfDpcEnqueue(dpc_below(fixture.device, try_the_lock));
    assert_log("locked free");
}

static VOID leave_raised(WDFDPC Dpc)
{
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
}

static void enqueue(void *dpc)
{
    WdfDpcEnqueue(dpc);
}

static void leaving_at_another_irql_stops_the_machine(void **state) /* spec: WDPC-32 */
{
    wc_expect_stop("CallbackChangedIrql", enqueue, dpc_below(fixture.device, leave_raised));
}

static WDFSPINLOCK forgotten;

static bool release_it;

/* In one run it is acquired, in the next one released. */
static VOID forget_a_lock(WDFDPC Dpc)
{
    if (release_it) {
        WdfSpinLockRelease(forgotten);
    } else {
        WdfSpinLockAcquire(forgotten);
    }
    release_it = !release_it;
}

static void leaving_with_a_lock_is_reported(void **state) /* spec: WDPC-32 */
{
    WDFDEVICE with = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice);
    WDFDEVICE devices[] = {fixture.device, with};
    KIRQL old;

    assert_int_equal(WdfSpinLockCreate(NULL, &forgotten), STATUS_SUCCESS);
    for (unsigned i = 0; i < 2; i++) { /* not serialized, and serialized */
        WDFDPC dpc = dpc_below(devices[i], forget_a_lock);

        KeRaiseIrql(DISPATCH_LEVEL, &old);
        wc_expect_violation("SpinLockHeldAtReturn");
        WdfDpcEnqueue(dpc);
        KeLowerIrql(old); /* where it runs, with threads, too */
        assert_int_equal(wc_violations("SpinLockHeldAtReturn"), i + 1);
        fixture_assert_report("EvtDpcFunc forget_a_lock returned and holds the spin lock");
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        WdfDpcEnqueue(dpc);
        KeLowerIrql(old);
    }
}

static VOID break_a_rule(WDFDPC Dpc)
{
    wc_expect_violation("IrqlTooHigh");
    KeEnterCriticalRegion();
}

/* Whether it has a frame of its own, as a serialized one, or not. */
static void a_report_names_the_callback_once(void **state)
{
    WDFDEVICE with = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice);
    WDFDEVICE devices[] = {fixture.device, with};

    for (int i = 0; i < 2; i++) {
        const char *line;

        WdfDpcEnqueue(dpc_below(devices[i], break_a_rule));
        line = strstr(wc_last_report(), "in:        EvtDpcFunc break_a_rule, entered at DISPATCH");
        assert_non_null(line);
        assert_null(strstr(line + 1, "in:        EvtDpcFunc"));
        assert_null(strstr(wc_last_report(), "CustomDpc"));
    }
}

static KMUTEX taken;

/* The one way into a critical region at DISPATCH_LEVEL. */
static VOID take_a_mutex(WDFDPC Dpc)
{
    LARGE_INTEGER zero = {.QuadPart = 0};

    assert_int_equal(KeWaitForSingleObject(&taken, Executive, KernelMode, FALSE, &zero),
                     STATUS_SUCCESS);
}

static void leaving_in_a_critical_region_is_reported(void **state) /* spec: VER-07 */
{
    KeInitializeMutex(&taken, 0);
    wc_expect_violation("CallbackLeftCriticalRegion");
    WdfDpcEnqueue(dpc_below(fixture.device, take_a_mutex));
    fixture_assert_report("EvtDpcFunc take_a_mutex");
    fixture_assert_report("was entered 0 critical regions deep and returned 1 deep");
    assert_false(KeAreApcsDisabled()); /* put right */
    KeEnterCriticalRegion();           /* which the mutex does not know */
    assert_int_equal(KeReleaseMutex(&taken, FALSE), 0);
}

static void without_callback_it_does_nothing(void **state)
{
    WDFDPC dpc = dpc_below(fixture.device, NULL);

    assert_true(WdfDpcEnqueue(dpc));
    assert_true(WdfDpcEnqueue(dpc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(init_asks_for_serialization, FIXTURE),
        wc_unit_test(at_passive_it_runs_before_enqueue_returns, FIXTURE),
        wc_unit_test(two_enqueues_before_it_runs_are_one, FIXTURE),
        wc_unit_test(it_may_enqueue_itself_from_its_callback, FIXTURE),
        wc_unit_test(enqueue_and_cancel_work_at_high_level, FIXTURE),
        wc_unit_test(cancel_of_one_that_is_not_queued_is_false, FIXTURE),
        wc_unit_test(cancel_with_wait_waits_for_the_running_callback, FIXTURE, .processors = 2),
        wc_unit_test(cancel_of_a_queued_one_does_not_wait_for_a_running_one, FIXTURE,
                     .processors = 2),
        wc_unit_test(cancel_with_wait_is_refused_at_dispatch, FIXTURE),
        wc_unit_test(the_wait_is_for_all_dpcs_of_all_processors, FIXTURE, .processors = 2),
        wc_unit_test(any_object_below_a_device_may_be_its_parent, FIXTURE),
        wc_unit_test(in_cleanup_it_has_no_parent_any_more, FIXTURE),
        wc_unit_test(its_kdpc_is_constant_and_can_be_inserted, FIXTURE),
        wc_unit_test(target_and_importance_of_the_kdpc_apply, FIXTURE, .processors = 2),
        wc_unit_test(deleting_a_queued_one_runs_it_first, FIXTURE, .processors = 2),
        /* With threads it may begin once more when it must not be queued any longer. */
        wc_unit_test(deletion_waits_for_one_that_queues_itself, FIXTURE, .processors = 2,
                     .fibers_only = true),
        wc_unit_test(until_its_disposal_it_goes_on_working, FIXTURE),
        wc_unit_test(it_may_be_deleted_from_its_own_callback, FIXTURE),
        wc_unit_test(after_its_parent_went_it_is_refused_by_that_name, FIXTURE),
        wc_unit_test(in_its_cleanup_it_is_refused_too, FIXTURE),
        wc_unit_test(serialized_under_a_passive_lock_is_refused, FIXTURE),
        wc_unit_test(unserialized_fits_everywhere, FIXTURE),
        wc_unit_test(scope_none_takes_no_lock, FIXTURE),
        wc_unit_test(leaving_at_another_irql_stops_the_machine, FIXTURE),
        wc_unit_test(leaving_with_a_lock_is_reported, FIXTURE),
        wc_unit_test(a_report_names_the_callback_once, FIXTURE),
        wc_unit_test(leaving_in_a_critical_region_is_reported, FIXTURE),
        wc_unit_test(without_callback_it_does_nothing, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
