/* test_fx_handle.c - what a handle is good for, and what is said of a bad one. */
#include "wdf/wdf_fixture.h"

#include <stdio.h>
#include <string.h>

#include "wdf/object/fx_handle.h"

static void a_null_handle_is_reported_with_the_required_type(void **state) /* spec: OBJ-02 */
{
    wc_expect_violation("HandleNull");
    assert_false(WdfDpcEnqueue(NULL));
    fixture_assert_report("bugcheck 0x10D (0x5, 0x0, 0x1015");

    wc_expect_violation("HandleNull");
    WdfObjectDelete(NULL);
    fixture_assert_report("bugcheck 0x10D (0x5, 0x0, 0x1000");
}

static void a_handle_of_another_type_is_reported_with_both(void **state) /* spec: OBJ-03 */
{
    WDFOBJECT node = fixture_node("n", fixture.device);

    wc_expect_violation("HandleWrongType");
    assert_null(WdfDpcWdmGetDpc((WDFDPC)node));
    fixture_assert_report("a WDFOBJECT was passed where a WDFDPC is required");
    fixture_assert_report(", 0x1015, ");
    assert_non_null(NodeOf(node)); /* and nothing happened to it */
}

static void
reference_and_context_methods_call_null_a_null_parameter(void **state) /* spec: OBJ-04 */
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NODE);
    for (int method = 0; method < 4; method++) {
        wc_expect_violation("ParameterNull");
        switch (method) {
        case 0:
            WdfObjectReference(NULL);
            break;
        case 1:
            WdfObjectDereference(NULL);
            break;
        case 2:
            WdfObjectAllocateContext(NULL, &attributes, NULL);
            break;
        case 3:
            assert_null(NodeOf(NULL));
            break;
        }
        fixture_assert_report("bugcheck 0x10D (0x4, 0x0, ");
    }
    assert_int_equal(wc_violations("ParameterNull"), 4);
    assert_int_equal(wc_violations("HandleNull"), 0);
}

/* Any method that takes a WDFOBJECT, and the five that do not look at the type. */
static void every_type_is_an_object(void **state) /* spec: OBJ-05, OBJ-06 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFSPINLOCK spin;
    WDFCOLLECTION collection;
    WDFOBJECT objects[4];
    PVOID context;

    assert_int_equal(WdfSpinLockCreate(NULL, &spin), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionCreate(NULL, &collection), STATUS_SUCCESS);
    objects[0] = spin;
    objects[1] = collection;
    objects[2] = fixture.device;
    objects[3] = fixture.driver;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NODE);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(WdfObjectAllocateContext(objects[i], &attributes, &context),
                         STATUS_SUCCESS);
        assert_ptr_equal(NodeOf(objects[i]), context);
        assert_ptr_equal(WdfObjectContextGetObject(context), objects[i]);
        WdfObjectReference(objects[i]);
        WdfObjectDereference(objects[i]);
        assert_int_equal(WdfCollectionAdd(collection, objects[i]), STATUS_SUCCESS);
        WdfCollectionRemove(collection, objects[i]);
    }
    assert_int_equal(wc_violations(NULL), 0);
}

static void a_null_pointer_comes_before_sizes_and_attributes(void **state) /* spec: OBJ-07 */
{
    WDF_OBJECT_ATTRIBUTES attributes = {.Size = 3};
    WDFDPC dpc;

    wc_expect_violation("ParameterNull");
    assert_false(NT_SUCCESS(WdfObjectCreate(&attributes, NULL)));
    fixture_assert_report("bugcheck 0x10D (0x4, 0x0, ");

    /* but in WdfDpcCreate only after the attributes and the parent */
    assert_int_equal(WdfDpcCreate(NULL, &attributes, &dpc), STATUS_INFO_LENGTH_MISMATCH);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    assert_int_equal(WdfDpcCreate(NULL, &attributes, &dpc), STATUS_WDF_PARENT_NOT_SPECIFIED);
    attributes.ParentObject = fixture.device;
    wc_expect_violation("ParameterNull");
    assert_false(NT_SUCCESS(WdfDpcCreate(NULL, &attributes, &dpc)));
}

static void live_handles_differ_and_are_not_null(void **state) /* spec: OBJ-09 */
{
    WDFOBJECT nodes[64];

    for (int i = 0; i < 64; i++) {
        nodes[i] = fixture_node("n", NULL);
        assert_non_null(nodes[i]);
        for (int j = 0; j < i; j++) {
            assert_ptr_not_equal(nodes[i], nodes[j]);
        }
    }
}

static void
a_destroyed_object_is_named_even_when_its_slot_lives_again(void **state) /* spec: OBJ-10 */
{
    WDFOBJECT old = fixture_node("old", NULL);
    WDFOBJECT reused;

    WdfObjectDelete(old);
    reused = fixture_node("new", NULL);
    assert_int_equal(fx_handle_index(reused), fx_handle_index(old));
    assert_ptr_not_equal(reused, old);

    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(old);
    fixture_assert_report("the handle of a destroyed WDFOBJECT was used");
    fixture_assert_report("created by ");
    fixture_assert_report("deleted by ");
    assert_string_equal(NodeOf(reused)->name, "new");
}

/* The address that a call returns to may belong to the line behind it. */
static void the_lines_of_creation_and_deletion_are_those_of_the_calls(void **state)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;
    int created, deleted;
    char text[96];

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    created = __LINE__ + 1;
    (void)WdfObjectCreate(&attributes, &object);
    WdfObjectReference(object);
    deleted = __LINE__ + 1;
    WdfObjectDelete(object);
    WdfObjectDereference(object);
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(object);
    snprintf(text, sizeof(text), "created by %s (test_fx_handle.c:%d)", __func__, created);
    fixture_assert_report(text);
    snprintf(text, sizeof(text), "deleted by %s (test_fx_handle.c:%d)", __func__, deleted);
    fixture_assert_report(text);
}

static void what_the_framework_made_is_not_said_to_be_made_by_anybody_else(void **state)
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelDispatch, WdfSynchronizationScopeNone);

    fixture_remove(device);
    fixture_settle();
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(device);
    fixture_assert_report("created by the framework, deleted by its parent's deletion");
}

static void what_never_was_a_handle_is_called_that(void **state)
{
    int variable = 0;
    void *values[] = {&variable, (void *)(uintptr_t)0x10, (void *)(uintptr_t)UINT64_MAX,
                      (void *)(uintptr_t)0x0100001000fffff0ull};

    for (unsigned i = 0; i < 4; i++) {
        wc_expect_violation("HandleInvalid");
        WdfObjectReference(values[i]);
        assert_int_equal(wc_violations("HandleInvalid"), i + 1);
    }
}

static void what_a_free_slot_holds_is_no_handle(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);
    const struct fx_slot *slot = &fx_slots[fx_handle_index(node)];

    WdfObjectDelete(node);
    wc_expect_violation("HandleInvalid");
    WdfObjectReference((WDFOBJECT)(uintptr_t)slot->handle);
    assert_int_equal(wc_violations("HandleInvalid"), 1);
}

static void the_last_destroyed_objects_are_remembered_the_older_ones_by_type(void **state)
{
    WDFOBJECT first = fixture_node("first", NULL);
    WDFOBJECT keep = fixture_node("keep", NULL);

    WdfObjectDelete(first);
    for (int i = 0; i < 5000; i++) {
        WdfObjectDelete(fixture_node("n", NULL));
    }
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(first);
    fixture_assert_report("WDFOBJECT");
    fixture_assert_report("not known any more");
    WdfObjectDelete(keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_null_handle_is_reported_with_the_required_type, FIXTURE),
        wc_unit_test(a_handle_of_another_type_is_reported_with_both, FIXTURE),
        wc_unit_test(reference_and_context_methods_call_null_a_null_parameter, FIXTURE),
        wc_unit_test(every_type_is_an_object, FIXTURE),
        wc_unit_test(a_null_pointer_comes_before_sizes_and_attributes, FIXTURE),
        wc_unit_test(live_handles_differ_and_are_not_null, FIXTURE),
        wc_unit_test(a_destroyed_object_is_named_even_when_its_slot_lives_again, FIXTURE),
        wc_unit_test(the_lines_of_creation_and_deletion_are_those_of_the_calls, FIXTURE),
        wc_unit_test(what_the_framework_made_is_not_said_to_be_made_by_anybody_else, FIXTURE),
        wc_unit_test(what_never_was_a_handle_is_called_that, FIXTURE),
        wc_unit_test(what_a_free_slot_holds_is_no_handle, FIXTURE),
        wc_unit_test(the_last_destroyed_objects_are_remembered_the_older_ones_by_type, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
