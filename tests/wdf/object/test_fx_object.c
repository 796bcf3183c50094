/* test_fx_object.c - the tree of objects and its deletion at one IRQL. */
#include "wdf/wdf_fixture.h"

#include "wdf/object/dump/fx_dump.h"

#include <stdlib.h>
#include <string.h>

static WDF_OBJECT_ATTRIBUTES attributes;

static WDFOBJECT node_with(const char *name, WDFOBJECT parent,
                           PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup)
{
    WDFOBJECT node;

    fixture_attributes(&attributes, parent);
    attributes.EvtCleanupCallback = cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    NodeOf(node)->name = name;
    return node;
}

static void a_new_object_has_the_frameworks_reference_only(void **state) /* spec: OBJ-01 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    assert_int_equal(fx_handle_find(node)->references, 1);
    wc_expect_violation("WdfObjectOverDereferenced"); /* it is not the driver's to give up */
    WdfObjectDereference(node);
    assert_log("");
    WdfObjectDelete(node);
    assert_log("c:n d:n");
}

static void a_handle_lives_as_long_as_a_reference(void **state) /* spec: OBJ-08, REF-08, REF-10 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReference(node);
    WdfObjectDelete(node);
    assert_log("c:n"); /* cleaned up at once, not destroyed */
    NodeOf(node)->value = 5;
    assert_int_equal(NodeOf(node)->value, 5);
    WdfObjectDereference(node);
    assert_log("c:n d:n");
    wc_expect_violation("WdfObjectUseAfterDelete");
    assert_null(NodeOf(node));
}

static void the_nearest_device_comes_from_the_parent(void **state) /* spec: OBJ-11, ATTR-12 */
{
    WDFOBJECT below = fixture_node("b", fixture_node("a", fixture.device));
    WDFOBJECT beside = fixture_node("c", NULL);
    struct fx_object *device = fx_handle_find(fixture.device);

    assert_ptr_equal(fx_object_device(fx_handle_find(below)), device);
    assert_ptr_equal(fx_object_device(device), device);
    assert_null(fx_object_device(fx_handle_find(beside)));
}

static void parents_and_children_keep_no_references(void **state) /* spec: OBJ-12 */
{
    WDFOBJECT parent = fixture_node("p", fixture.device);
    WDF_DPC_CONFIG config;
    WDFDPC dpc;

    fixture_node("c", parent);
    assert_int_equal(fx_handle_find(parent)->references, 1);
    WDF_DPC_CONFIG_INIT(&config, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    assert_int_equal(fx_handle_find(parent)->references, 2); /* a DPC takes one */
    WdfObjectDelete(dpc);
    assert_int_equal(fx_handle_find(parent)->references, 1);
}

static void a_child_is_charged_to_its_parents_driver(void **state) /* spec: OBJ-13 */
{
    WDFOBJECT node = fixture_node("n", fixture.device);

    assert_non_null(fx_handle_find(node)->globals);
    assert_ptr_equal(fx_handle_find(node)->globals, fx_handle_find(fixture.device)->globals);
}

static void query_finds_nothing(void **state) /* spec: OBJ-14 */
{
    GUID guid = {0};
    UCHAR buffer[8];

    assert_int_equal(WdfObjectQuery(fixture.device, &guid, sizeof(buffer), buffer),
                     STATUS_NOT_FOUND);
}

static void children_go_before_their_parent_and_cleanup_before_destroy(void **state)
/* spec: DEL-01, DEL-03, DEL-04 */
{
    WDFOBJECT p = fixture_node("P", NULL);
    WDFOBJECT a = fixture_node("A", p);

    fixture_node("a1", a);
    fixture_node("a2", a);
    fixture_node("B", p);
    WdfObjectDelete(p);
    assert_log("c:a1 c:a2 c:A c:B c:P d:a1 d:a2 d:A d:B d:P");
}

static void siblings_go_in_the_order_they_were_created(void **state) /* spec: DEL-02, DEL-06 */
{
    WDFOBJECT p = fixture_node("P", NULL);

    fixture_node("z", p);
    fixture_node("m", p);
    fixture_node("a", p);
    WdfObjectDelete(p);
    assert_log("c:z c:m c:a c:P d:z d:m d:a d:P");
}

static void a_referenced_child_outlives_its_parent(void **state) /* spec: DEL-05 */
{
    WDFOBJECT p = fixture_node("P", NULL);
    WDFOBJECT c = fixture_node("C", p);

    WdfObjectReference(c);
    WdfObjectDelete(p);
    assert_log("c:C c:P d:P");
    assert_string_equal(NodeOf(c)->name, "C");
    WdfObjectDereference(c);
    assert_log("c:C c:P d:P d:C");
}

static WDFOBJECT watched_parent, watched_child;

static VOID child_looks_at_its_parent(WDFOBJECT Object)
{
    assert_string_equal(NodeOf(watched_parent)->name, "P");
    WdfObjectReference(watched_parent);
    WdfObjectDereference(watched_parent);
    fixture_cleanup(Object);
}

static VOID parent_looks_at_its_child(WDFOBJECT Object)
{
    assert_string_equal(NodeOf(watched_child)->name, "C");
    fixture_cleanup(Object);
}

static void both_handles_are_good_during_cleanup(void **state) /* spec: DEL-09, DEL-10 */
{
    watched_parent = node_with("P", NULL, parent_looks_at_its_child);
    watched_child = node_with("C", watched_parent, child_looks_at_its_parent);
    WdfObjectDelete(watched_parent);
    assert_log("c:C c:P d:C d:P");
}

static VOID delete_the_child(WDFOBJECT Object)
{
    WdfObjectDelete(watched_child);
    fixture_cleanup(Object);
}

static void a_child_may_be_deleted_from_its_parents_cleanup(void **state) /* spec: DEL-11, DEL-07 */
{
    watched_parent = node_with("P", NULL, delete_the_child);
    watched_child = fixture_node("C", watched_parent);
    WdfObjectDelete(watched_parent);
    assert_log("c:C c:P d:C d:P");
    assert_int_equal(wc_violations(NULL), 0);
}

static VOID delete_a_later_sibling(WDFOBJECT Object)
{
    WdfObjectDelete(watched_child);
    fixture_cleanup(Object);
}

static void a_sibling_may_be_deleted_from_a_cleanup(void **state)
{
    watched_parent = fixture_node("P", NULL);
    node_with("A", watched_parent, delete_a_later_sibling);
    watched_child = fixture_node("B", watched_parent);
    fixture_node("C", watched_parent);
    WdfObjectDelete(watched_parent);
    assert_log("c:B d:B c:A c:C c:P d:A d:C d:P");
}

static VOID delete_itself(WDFOBJECT Object)
{
    WdfObjectDelete(Object);
    fixture_cleanup(Object);
}

static void deleting_itself_again_in_cleanup_is_reported(void **state) /* spec: DEL-12 */
{
    WDFOBJECT node = node_with("n", NULL, delete_itself);
    WDFOBJECT parent = fixture_node("P", NULL);

    wc_expect_violation("WdfObjectDeletedTwice");
    WdfObjectDelete(node);
    assert_log("c:n d:n");

    fixture_clear();
    node_with("m", parent, delete_itself); /* the parent's deletion started this one */
    WdfObjectDelete(parent);
    assert_log("c:m c:P d:m d:P");
    assert_int_equal(wc_violations(NULL), 1);
}

static void a_second_delete_is_reported_and_does_nothing(void **state) /* spec: DEL-13 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReference(node);
    WdfObjectDelete(node);
    wc_expect_violation("WdfObjectDeletedTwice");
    WdfObjectDelete(node);
    fixture_assert_report("deleted by ");
    assert_log("c:n");
    WdfObjectDereference(node);
    assert_log("c:n d:n");
}

static void what_may_not_be_deleted_lives_on(void **state) /* spec: DEL-22, DEL-24 */
{
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(fixture.driver);
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(fixture.device);
    fixture_assert_report("STATUS_CANNOT_DELETE");
    assert_non_null(fixture_node("n", fixture.device));
    assert_non_null(fixture_node("m", fixture.driver));
}

static void deleting_in_the_middle_leaves_the_rest_alone(void **state) /* spec: DEL-31 */
{
    WDFOBJECT p = fixture_node("P", NULL);
    WDFOBJECT a, b;

    a = fixture_node("A", p);
    b = fixture_node("B", p);
    fixture_node("b1", b);
    fixture_node("C", p);
    fixture_node("a1", a);
    WdfObjectDelete(b);
    assert_log("c:b1 c:B d:b1 d:B");
    fixture_clear();
    WdfObjectDelete(p);
    assert_log("c:a1 c:A c:C c:P d:a1 d:A d:C d:P");
}

static void removal_cleans_up_then_destroys_all_below_a_device(void **state) /* spec: DEL-26 */
{
    WDF_OBJECT_ATTRIBUTES of_device;
    WDFOBJECT node = fixture_node("n", fixture.device);

    fixture_node("m", node);
    fixture_attributes(&of_device, NULL);
    assert_int_equal(WdfObjectAllocateContext(fixture.device, &of_device, NULL), STATUS_SUCCESS);
    NodeOf(fixture.device)->name = "D";
    fixture_remove(fixture.device);
    assert_log("c:m c:n c:D d:m d:n d:D");
}

static void what_was_never_deleted_goes_with_the_driver(void **state) /* spec: DEL-30 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    fixture_node("m", node);
    fixture_teardown(state);
    assert_log("c:m c:n d:m d:n");
    assert_int_equal(wc_violations("WdfObjectLeaked"), 0);
    fixture_setup(state);
}

static void what_outlives_the_driver_is_reported(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReference(node);
    wc_expect_violation("WdfObjectLeaked");
    fixture_unload();
    fixture_assert_report("NODE");
    WdfObjectDereference(node);
    fixture_setup(state);
}

/* Deep and wide: both walks go by the links, not by recursion. */
static void a_deep_tree_needs_no_stack(void **state)
{
    WDFOBJECT root = NULL, object;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    assert_int_equal(WdfObjectCreate(&attributes, &root), STATUS_SUCCESS);
    attributes.ParentObject = root;
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
        attributes.ParentObject = object;
    }
    WdfObjectDelete(root);
    assert_int_equal(fx_object_count(FX_TYPE_OBJECT), 0);
}

static void the_tree_is_shown_with_contexts_and_references(void **state)
{
    WDFOBJECT node = fixture_node("n", fixture.device);
    WDFSPINLOCK lock;
    char *text;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = node;
    assert_int_equal(WdfSpinLockCreate(&attributes, &lock), STATUS_SUCCESS);
    WdfObjectReference(node);
    text = fx_dump_objects();
    assert_string_equal(text, "WDFDRIVER #1 fixture\n"
                              "  WDFDEVICE #2\n"
                              "    WDFOBJECT #3 NODE, 2 references\n"
                              "      WDFSPINLOCK #4, free\n");
    free(text);
    WdfObjectDereference(node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_new_object_has_the_frameworks_reference_only, FIXTURE),
        wc_unit_test(a_handle_lives_as_long_as_a_reference, FIXTURE),
        wc_unit_test(the_nearest_device_comes_from_the_parent, FIXTURE),
        wc_unit_test(parents_and_children_keep_no_references, FIXTURE),
        wc_unit_test(a_child_is_charged_to_its_parents_driver, FIXTURE),
        wc_unit_test(query_finds_nothing, FIXTURE),
        wc_unit_test(children_go_before_their_parent_and_cleanup_before_destroy, FIXTURE),
        wc_unit_test(siblings_go_in_the_order_they_were_created, FIXTURE),
        wc_unit_test(a_referenced_child_outlives_its_parent, FIXTURE),
        wc_unit_test(both_handles_are_good_during_cleanup, FIXTURE),
        wc_unit_test(a_child_may_be_deleted_from_its_parents_cleanup, FIXTURE),
        wc_unit_test(a_sibling_may_be_deleted_from_a_cleanup, FIXTURE),
        wc_unit_test(deleting_itself_again_in_cleanup_is_reported, FIXTURE),
        wc_unit_test(a_second_delete_is_reported_and_does_nothing, FIXTURE),
        wc_unit_test(what_may_not_be_deleted_lives_on, FIXTURE),
        wc_unit_test(deleting_in_the_middle_leaves_the_rest_alone, FIXTURE),
        wc_unit_test(removal_cleans_up_then_destroys_all_below_a_device, FIXTURE),
        wc_unit_test(what_was_never_deleted_goes_with_the_driver, FIXTURE),
        wc_unit_test(what_outlives_the_driver_is_reported, FIXTURE),
        wc_unit_test(a_deep_tree_needs_no_stack, FIXTURE),
        wc_unit_test(the_tree_is_shown_with_contexts_and_references, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
