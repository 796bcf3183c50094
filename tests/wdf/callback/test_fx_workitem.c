/* test_fx_workitem.c - WDFWORKITEM. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#include "nt/nt_workers.h"

#define MS 10000LL /* in 100 ns */

static WDF_OBJECT_ATTRIBUTES attributes;
static WDF_WORKITEM_CONFIG config;
static WDFWORKITEM current; /* the item of the running test */
static _Atomic int again;   /* how often its callback enqueues it again */

static void wait_ms(LONGLONG ms)
{
    LARGE_INTEGER due = {.QuadPart = -ms * MS};

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static VOID note_work(WDFWORKITEM WorkItem)
{
    fixture_note("%s@%d", NodeOf(WorkItem)->name, KeGetCurrentIrql());
    if (again > 0) {
        again--;
        WdfWorkItemEnqueue(WorkItem);
    }
}

static VOID slow_work(WDFWORKITEM WorkItem)
{
    fixture_note("in");
    wait_ms(5);
    fixture_note("out");
    if (again > 0) {
        again--;
        WdfWorkItemEnqueue(WorkItem);
    }
}

static WDFWORKITEM item_below(WDFOBJECT parent, PFN_WDF_WORKITEM callback, const char *name)
{
    WDFWORKITEM item;

    WDF_WORKITEM_CONFIG_INIT(&config, callback);
    fixture_attributes(&attributes, parent);
    assert_int_equal(WdfWorkItemCreate(&config, &attributes, &item), STATUS_SUCCESS);
    NodeOf(item)->name = name;
    current = item;
    again = 0;
    return item;
}

static void init_asks_for_serialization(void **state) /* spec: WORK-01 */
{
    memset(&config, 0, sizeof(config));
    WDF_WORKITEM_CONFIG_INIT(&config, note_work);
    assert_int_equal(config.AutomaticSerialization, TRUE);
    assert_int_equal(config.Size, 24);
}

static NTSTATUS create_under(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope)
{
    WDFDEVICE device = fixture_device(level, scope);
    WDFWORKITEM item;
    NTSTATUS status;

    WDF_WORKITEM_CONFIG_INIT(&config, note_work);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    status = WdfWorkItemCreate(&config, &attributes, &item);
    fixture_remove(device);
    return status;
}

static void serialized_needs_a_passive_lock(void **state) /* spec: WORK-02 */
{
    assert_int_equal(create_under(WdfExecutionLevelDispatch, WdfSynchronizationScopeNone),
                     STATUS_SUCCESS);
    assert_int_equal(create_under(WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(create_under(WdfExecutionLevelDispatch, WdfSynchronizationScopeQueue),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(create_under(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice),
                     STATUS_SUCCESS);
}

static void it_runs_at_passive_and_not_inside_enqueue(void **state) /* spec: WORK-03 */
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "w");
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfWorkItemEnqueue(item);
    assert_log("");
    fixture_lower(old);
    WdfWorkItemFlush(item);
    assert_log("w@0");
}

static void enqueues_before_it_starts_are_one(void **state) /* spec: WORK-04 */
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "w");
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    for (int i = 0; i < 5; i++) {
        WdfWorkItemEnqueue(item);
    }
    fixture_lower(old);
    WdfWorkItemFlush(item);
    assert_log("w@0");
}

static void an_enqueue_during_the_callback_is_one_more(void **state) /* spec: WORK-05 */
{
    WDFWORKITEM item = item_below(fixture.device, slow_work, "w");

    WdfWorkItemEnqueue(item);
    wait_ms(1);
    assert_log("in");
    WdfWorkItemEnqueue(item);
    wait_ms(1);
    assert_log("in in"); /* unserialized they overlap */
    WdfWorkItemFlush(item);
    assert_log("in in out out");
}

static void items_start_in_the_order_they_were_queued(void **state) /* spec: WORK-06 */
{
    static struct nt_workers held;
    WDFWORKITEM items[3];
    static const char *const names[] = {"a", "b", "c"};
    KIRQL old;

    for (int i = 0; i < 3; i++) {
        items[i] = item_below(fixture.device, note_work, names[i]);
    }
    nt_workers_hold(&held, IO_WORKERS_MAX - 1); /* one takes them all: two overtake each other */
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfWorkItemEnqueue(items[1]);
    WdfWorkItemEnqueue(items[2]);
    WdfWorkItemEnqueue(items[0]);
    KeLowerIrql(old);
    wait_ms(1);
    assert_log("b@0 c@0 a@0");
    nt_workers_free(&held);
}

static void flush_of_one_never_queued_returns(void **state) /* spec: WORK-07 */
{
    WdfWorkItemFlush(item_below(fixture.device, note_work, "w"));
    assert_log("");
}

static void flush_waits_also_for_what_the_callback_queued(void **state) /* spec: WORK-08 */
{
    WDFWORKITEM item = item_below(fixture.device, slow_work, "w");

    again = 2;
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    assert_log("in out in out in out");
}

static VOID delete_itself(WDFWORKITEM WorkItem)
{
    wait_ms(1); /* the flush waits by now */
    WdfObjectDelete(WorkItem);
    fixture_note("deleted");
}

static void flush_survives_an_item_that_deletes_itself(void **state)
{
    WDFWORKITEM item = item_below(fixture.device, delete_itself, "w");

    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    fixture_settle();
    assert_log("c:w deleted d:w"); /* destroyed when the flush lets go */
    assert_null(fx_handle_find(item));
}

static VOID flush_inside(WDFWORKITEM WorkItem)
{
    wc_expect_violation("WaitFromOwnCallback");
    WdfWorkItemFlush(WorkItem);
    fixture_note("flushed");
}

static void flush_from_its_own_callback_returns_at_once(void **state) /* spec: WORK-09 */
{
    WDFWORKITEM item = item_below(fixture.device, flush_inside, "w");

    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    assert_log("flushed");
    assert_int_equal(wc_violations("WaitFromOwnCallback"), 1);
}

static void a_callback_is_required(void **state) /* spec: WORK-10 */
{
    WDFWORKITEM item;

    WDF_WORKITEM_CONFIG_INIT(&config, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = fixture.device;
    assert_int_equal(WdfWorkItemCreate(&config, &attributes, &item), STATUS_INVALID_PARAMETER);
}

static void deleting_a_queued_one_runs_it_first(void **state) /* spec: WORK-11 */
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "w");

    WdfWorkItemEnqueue(item);
    WdfObjectDelete(item);
    assert_log("w@0 c:w d:w");
}

static void deleting_one_at_dispatch_level_does_not_wait(void **state) /* spec: WORK-15 */
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "v");
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfWorkItemEnqueue(item);
    WdfObjectDelete(item); /* returns without waiting */
    assert_log("");
    fixture_lower(old);
    fixture_settle();
    assert_log("v@0 c:v d:v");
}

static void deleting_one_not_queued_cleans_up_at_once(void **state) /* spec: WORK-12 */
{
    WdfObjectDelete(item_below(fixture.device, note_work, "w"));
    assert_log("c:w d:w");
}

static VOID delete_inside(WDFWORKITEM WorkItem)
{
    WdfObjectDelete(WorkItem);
    fixture_note("deleted %s", NodeOf(WorkItem)->name);
}

static void
deleted_from_its_own_callback_it_does_not_wait(void **state) /* spec: WORK-13, WORK-14 */
{
    WDFWORKITEM item = item_below(fixture.device, delete_inside, "w");

    WdfWorkItemEnqueue(item);
    wait_ms(1);
    assert_log("c:w deleted w d:w");
    assert_int_equal(wc_violations(NULL), 0);
}

static VOID enqueue_in_cleanup(WDFOBJECT Object)
{
    wc_expect_violation("WorkItemEnqueueAfterDelete");
    WdfWorkItemEnqueue((WDFWORKITEM)Object);
    fixture_note(WdfWorkItemGetParentObject((WDFWORKITEM)Object) == NULL ? "none" : "some");
}

static void an_enqueue_in_cleanup_does_nothing(void **state) /* spec: WORK-16, WORK-22 */
{
    WDFWORKITEM item;

    WDF_WORKITEM_CONFIG_INIT(&config, note_work);
    fixture_attributes(&attributes, fixture.device);
    attributes.EvtCleanupCallback = enqueue_in_cleanup;
    assert_int_equal(WdfWorkItemCreate(&config, &attributes, &item), STATUS_SUCCESS);
    NodeOf(item)->name = "w";
    assert_ptr_equal(WdfWorkItemGetParentObject(item), fixture.device);
    WdfObjectDelete(item);
    wait_ms(1);
    assert_log("none d:w");
    assert_int_equal(wc_violations("WorkItemEnqueueAfterDelete"), 1);
}

struct latecomer {
    WDFWORKITEM item;
    struct nt_workers held;
};

static VOID enqueue_while_its_deletion_waits(PVOID context)
{
    struct latecomer *late = context;

    wait_ms(1);
    fixture_note(WdfWorkItemGetParentObject(late->item) == NULL ? "none" : "some");
    WdfWorkItemEnqueue(late->item);
    nt_workers_free(&late->held);
}

static void an_enqueue_while_its_deletion_waits_is_one(void **state) /* spec: WORK-04, WORK-11 */
{
    static struct latecomer late;
    HANDLE thread;

    late.item = item_below(fixture.device, note_work, "w");
    nt_workers_hold(&late.held, IO_WORKERS_MAX);
    WdfWorkItemEnqueue(late.item);
    assert_int_equal(
        PsCreateSystemThread(&thread, 0, NULL, NULL, NULL, enqueue_while_its_deletion_waits, &late),
        STATUS_SUCCESS);
    WdfObjectDelete(late.item);
    assert_log("some w@0 c:w d:w");
    assert_int_equal(wc_violations(NULL), 0);
    ZwClose(thread);
}

static void the_parents_deletion_waits_for_the_callback(void **state) /* spec: WORK-17, WORK-19 */
{
    WDFOBJECT parent = fixture_node("p", fixture.device);
    WDFWORKITEM item = item_below(parent, slow_work, "w");

    WdfWorkItemEnqueue(item);
    wait_ms(1);
    WdfObjectDelete(parent);
    assert_log("in out c:w c:p d:w d:p");
}

static void a_queued_item_keeps_the_driver_loaded(void **state) /* spec: WORK-18 */
{
    WDFWORKITEM item = item_below(fixture.device, slow_work, "w");

    WdfWorkItemEnqueue(item);
    wait_ms(1);
    fixture_unload();
    assert_log("in out c:w d:w");
    fixture_setup(state);
}

static VOID two_minutes(WDFWORKITEM WorkItem)
{
    wait_ms(125000);
}

static void a_long_wait_says_so_each_minute_and_goes_on(void **state) /* spec: WORK-20, VER-15 */
{
    WDFWORKITEM item = item_below(fixture.device, two_minutes, "w");
    ULONGLONG before = KeQueryInterruptTime();

    fixture_capture_log();
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    fixture_release_log();
    assert_true(KeQueryInterruptTime() - before >= 125000 * MS);
    assert_log("the framework has waited 1 minute for WdfWorkItemFlush\n "
               "the framework has waited 2 minutes for WdfWorkItemFlush\n");
}

static void cleanup_and_destroy_are_at_passive(void **state) /* spec: WORK-21 */
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "w");
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(item);
    KeLowerIrql(old);
    fixture_settle();
    assert_log("c:w d:w");
}

static void flush_needs_passive_level(void **state)
{
    WDFWORKITEM item = item_below(fixture.device, note_work, "w");
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfWorkItemEnqueue(item);
    wc_expect_violation("IrqlTooHigh");
    WdfWorkItemFlush(item);
    assert_log("");
    fixture_lower(old);
    WdfWorkItemFlush(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(init_asks_for_serialization, FIXTURE),
        wc_unit_test(serialized_needs_a_passive_lock, FIXTURE),
        wc_unit_test(it_runs_at_passive_and_not_inside_enqueue, FIXTURE),
        wc_unit_test(enqueues_before_it_starts_are_one, FIXTURE),
        wc_unit_test(an_enqueue_during_the_callback_is_one_more, FIXTURE),
        wc_unit_test(items_start_in_the_order_they_were_queued, FIXTURE),
        wc_unit_test(flush_of_one_never_queued_returns, FIXTURE),
        wc_unit_test(flush_survives_an_item_that_deletes_itself, FIXTURE),
        wc_unit_test(flush_waits_also_for_what_the_callback_queued, FIXTURE),
        wc_unit_test(flush_from_its_own_callback_returns_at_once, FIXTURE),
        wc_unit_test(a_callback_is_required, FIXTURE),
        wc_unit_test(deleting_a_queued_one_runs_it_first, FIXTURE),
        /* With threads a worker runs beside the body, also while that is at DISPATCH_LEVEL. */
        wc_unit_test(deleting_one_at_dispatch_level_does_not_wait, FIXTURE, .fibers_only = true),
        wc_unit_test(deleting_one_not_queued_cleans_up_at_once, FIXTURE),
        wc_unit_test(deleted_from_its_own_callback_it_does_not_wait, FIXTURE),
        wc_unit_test(an_enqueue_in_cleanup_does_nothing, FIXTURE),
        wc_unit_test(an_enqueue_while_its_deletion_waits_is_one, FIXTURE),
        wc_unit_test(the_parents_deletion_waits_for_the_callback, FIXTURE),
        wc_unit_test(a_queued_item_keeps_the_driver_loaded, FIXTURE),
        wc_unit_test(a_long_wait_says_so_each_minute_and_goes_on, FIXTURE),
        wc_unit_test(cleanup_and_destroy_are_at_passive, FIXTURE),
        /* With threads a worker runs beside the body, also while that is at DISPATCH_LEVEL. */
        wc_unit_test(flush_needs_passive_level, FIXTURE, .fibers_only = true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
