/* test_fx_dispose.c - deletion above PASSIVE_LEVEL, and what it moves there. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#include "wdf/object/fx_handle.h"

static void at_dispatch_an_ordinary_tree_goes_at_once(void **state) /* spec: DEL-15 */
{
    WDFOBJECT p = fixture_node("P", fixture.device);
    KIRQL old;

    fixture_node("C", p);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(p);
    assert_log("c:C@2 c:P@2 d:C@2 d:P@2");
    KeLowerIrql(old);
}

static void what_needs_passive_level_goes_there(void **state) /* spec: DEL-14 */
{
    WDFOBJECT node = fixture_passive_node("n", fixture.device);
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(node);
    assert_log("");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:n d:n");
}

static void at_passive_all_cleanups_run_before_delete_returns(void **state) /* spec: DEL-16 */
{
    WDFOBJECT p = fixture_passive_node("P", fixture.device);

    fixture_passive_node("C", p);
    WdfObjectReference(p);
    WdfObjectDelete(p);
    assert_log("c:C c:P d:C");
    WdfObjectDereference(p);
}

static void a_passive_child_takes_its_parent_along(void **state) /* spec: DEL-17 */
{
    WDFOBJECT p = fixture_node("P", fixture.device);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;
    KIRQL old;

    fixture_attributes(&attributes, p);
    WDF_TIMER_CONFIG_INIT(&config, NULL);
    assert_int_equal(WdfTimerCreate(&config, &attributes, &timer), STATUS_SUCCESS);
    NodeOf(timer)->name = "T";
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(p);
    assert_log("");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:T c:P d:T d:P");
}

static void
a_last_reference_released_at_dispatch_destroys_at_passive(void **state) /* spec: DEL-18 */
{
    WDFOBJECT node = fixture_passive_node("n", fixture.device);
    KIRQL old;

    WdfObjectReference(node);
    WdfObjectDelete(node);
    assert_log("c:n");
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDereference(node);
    assert_log("c:n");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:n d:n");
}

static void the_types_that_are_cleaned_up_at_passive(void **state) /* spec: DEL-19, WSTR-05 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG dpc_config;
    WDF_TIMER_CONFIG timer_config;
    WDF_WORKITEM_CONFIG work_config;
    WDFOBJECT objects[5];
    static const char *const names[] = {"dpc", "timer", "work", "string", "spin"};
    KIRQL old;

    fixture_attributes(&attributes, fixture.device);
    WDF_DPC_CONFIG_INIT(&dpc_config, NULL);
    assert_int_equal(WdfDpcCreate(&dpc_config, &attributes, (WDFDPC *)&objects[0]), STATUS_SUCCESS);
    WDF_TIMER_CONFIG_INIT(&timer_config, NULL);
    assert_int_equal(WdfTimerCreate(&timer_config, &attributes, (WDFTIMER *)&objects[1]),
                     STATUS_SUCCESS);
    WDF_WORKITEM_CONFIG_INIT(&work_config, (PFN_WDF_WORKITEM)(PVOID)fixture_cleanup);
    assert_int_equal(WdfWorkItemCreate(&work_config, &attributes, (WDFWORKITEM *)&objects[2]),
                     STATUS_SUCCESS);
    assert_int_equal(WdfStringCreate(NULL, &attributes, (WDFSTRING *)&objects[3]), STATUS_SUCCESS);
    assert_int_equal(WdfSpinLockCreate(&attributes, (WDFSPINLOCK *)&objects[4]), STATUS_SUCCESS);
    old = fixture_raise(DISPATCH_LEVEL);
    for (int i = 0; i < 5; i++) {
        NodeOf(objects[i])->name = names[i];
        WdfObjectDelete(objects[i]);
    }
    assert_log("c:spin@2 d:spin@2"); /* the one that does not need it */
    fixture_lower(old);
    fixture_settle();
    assert_log("c:spin@2 d:spin@2 c:dpc d:dpc c:timer d:timer c:work d:work c:string d:string");
}

static void deferred_objects_go_in_the_order_they_were_queued(void **state) /* spec: DEL-20 */
{
    static const char *const names[] = {"one", "two", "three"};
    WDFOBJECT nodes[3];
    KIRQL old;

    for (int i = 0; i < 3; i++) {
        nodes[i] = fixture_passive_node(names[i], fixture.device);
    }
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(nodes[2]);
    WdfObjectDelete(nodes[0]);
    WdfObjectDelete(nodes[1]);
    fixture_lower(old);
    fixture_settle();
    assert_log("c:three d:three c:one d:one c:two d:two");
}

static void removal_and_unload_wait_for_what_is_deferred(void **state) /* spec: DEL-21 */
{
    WDFOBJECT of_device = fixture_passive_node("a", fixture.device);
    WDFOBJECT of_driver = fixture_passive_node("b", NULL);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(of_device);
    KeLowerIrql(old);
    fixture_remove(fixture.device);
    assert_log("c:a d:a");
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(of_driver);
    KeLowerIrql(old);
    fixture_unload();
    assert_log("c:a d:a c:b d:b");
    fixture_setup(state);
}

static void a_deferred_handle_stays_valid_until_then(void **state) /* spec: DEL-32 */
{
    WDFOBJECT node = fixture_passive_node("n", fixture.device);
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(node);
    assert_string_equal(NodeOf(node)->name, "n");
    WdfObjectReference(node);
    WdfObjectDereference(node);
    fixture_lower(old);
    fixture_settle();
    wc_expect_violation("WdfObjectUseAfterDelete"); /* and no longer */
    assert_null(NodeOf(node));
}

static void branches_before_a_deep_passive_one_go_at_once(void **state) /* spec: DEL-33 */
{
    WDFOBJECT p = fixture_node("P", fixture.device);
    WDFOBJECT y, q;
    KIRQL old;

    fixture_node("X", p);
    y = fixture_node("Y", p);
    fixture_passive_node("T", y);
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(p);
    assert_log("c:X@2");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:X@2 c:T c:Y c:P d:X d:T d:Y d:P");

    fixture_clear();
    q = fixture_node("Q", fixture.device);
    fixture_node("X", q);
    fixture_passive_node("T", q);
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(q);
    assert_log("");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:X c:T c:Q d:X d:T d:Q");
}

static const struct fx_type request_type = {
    .number = FX_TYPE_REQUEST,
    .size = sizeof(struct fx_object),
};

/* A request is deleted by its completion. */
static void a_request_goes_after_its_passive_child(void **state)
{
    struct fx_object *device = fx_handle_find(fixture.device);
    WDF_OBJECT_ATTRIBUTES attributes;
    struct fx_object *request;
    KIRQL old;

    fixture_attributes(&attributes, NULL);
    request = fx_object_create(&request_type, 0, &attributes, device->globals, NULL);
    assert_non_null(request);
    request->device = fx_link_to(device);
    assert_int_equal(fx_object_publish(request, NULL), STATUS_SUCCESS);
    NodeOf(fx_handle_of(request))->name = "request";
    fixture_passive_node("child", fx_handle_of(request));
    old = fixture_raise(DISPATCH_LEVEL);
    fx_object_delete(request, NULL);
    assert_log("");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:child c:request d:child d:request");
}

/* Found by fuzz_requests. */
static void a_last_reference_ends_the_handle_at_any_level(void **state)
{
    WDFOBJECT node = fixture_passive_node("n", fixture.device);
    KIRQL old;

    WdfObjectReference(node);
    WdfObjectDelete(node);
    assert_log("c:n");
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDereference(node); /* its destruction waits for PASSIVE_LEVEL */
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(node);
    fixture_lower(old);
    fixture_settle();
    assert_log("c:n d:n");
    assert_int_equal(wc_violations("WdfObjectUseAfterDelete"), 1);
}

static void a_second_delete_while_deferred_is_reported(void **state)
{
    WDFOBJECT node = fixture_passive_node("n", fixture.device);
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(node);
    wc_expect_violation("WdfObjectDeletedTwice");
    WdfObjectDelete(node);
    fixture_lower(old);
    fixture_settle();
    assert_log("c:n d:n");
}

/* ---- against the removal of the device ---- */

static struct {
    WDFDEVICE device;
    LONG inside, removed;
} going;

static VOID cleaned_up_while_the_device_goes(WDFOBJECT Object)
{
    fixture_cleanup(Object);
    WriteRelease(&going.inside, 1);
    while (ReadAcquire(&going.removed) == 0) {
        YieldProcessor();
    }
}

static VOID cleaned_up_after_the_device(WDFOBJECT Object)
{
    fixture_cleanup(Object);
    fixture_note(fx_handle_find(going.device) != NULL ? "there" : "gone");
}

static void remove_meanwhile(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = -1};

    while (ReadAcquire(&going.inside) == 0) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    fixture_remove(going.device);
    fixture_note("removed");
    WriteRelease(&going.removed, 1);
}

static WDFOBJECT node_with(PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup, WDF_EXECUTION_LEVEL level,
                           const char *name, WDFOBJECT parent)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    fixture_attributes(&attributes, parent);
    attributes.EvtCleanupCallback = cleanup;
    attributes.ExecutionLevel = level;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    NodeOf(node)->name = name;
    return node;
}

static void what_is_deferred_too_late_for_its_device_goes_all_the_same(void **state)
{
    WDFOBJECT p;
    KIRQL old;

    memset(&going, 0, sizeof(going));
    going.device = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeNone);
    p = fixture_node("P", going.device);
    node_with(cleaned_up_while_the_device_goes, WdfExecutionLevelDispatch, "X", p);
    node_with(cleaned_up_after_the_device, WdfExecutionLevelPassive, "T", fixture_node("Y", p));
    fixture_start(remove_meanwhile, NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(p);
    KeLowerIrql(old);
    fixture_settle();
    assert_log("c:X@2 removed c:T there c:Y c:P d:X d:T d:Y d:P");
    assert_null(fx_handle_find(going.device));
}

static VOID leave_raised(WDFOBJECT Object)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
}

static void delete_raised(void *argument)
{
    WdfObjectDelete(argument);
}

static void a_cleanup_that_changes_the_irql_stops_the_machine(void **state) /* spec: VER-07 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = leave_raised;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    wc_expect_stop("CallbackChangedIrql", delete_raised, node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(at_dispatch_an_ordinary_tree_goes_at_once, FIXTURE),
        wc_unit_test(what_needs_passive_level_goes_there, FIXTURE),
        wc_unit_test(at_passive_all_cleanups_run_before_delete_returns, FIXTURE),
        wc_unit_test(a_passive_child_takes_its_parent_along, FIXTURE),
        wc_unit_test(a_last_reference_released_at_dispatch_destroys_at_passive, FIXTURE),
        wc_unit_test(the_types_that_are_cleaned_up_at_passive, FIXTURE),
        wc_unit_test(deferred_objects_go_in_the_order_they_were_queued, FIXTURE),
        wc_unit_test(removal_and_unload_wait_for_what_is_deferred, FIXTURE),
        wc_unit_test(a_deferred_handle_stays_valid_until_then, FIXTURE),
        wc_unit_test(branches_before_a_deep_passive_one_go_at_once, FIXTURE),
        wc_unit_test(a_request_goes_after_its_passive_child, FIXTURE),
        wc_unit_test(a_last_reference_ends_the_handle_at_any_level, FIXTURE),
        wc_unit_test(a_second_delete_while_deferred_is_reported, FIXTURE),
        wc_unit_test(what_is_deferred_too_late_for_its_device_goes_all_the_same, FIXTURE,
                     .processors = 2),
        wc_unit_test(a_cleanup_that_changes_the_irql_stops_the_machine, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
