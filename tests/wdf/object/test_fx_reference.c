/* test_fx_reference.c - references and their tags. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#define TAG(n) ((PVOID)(uintptr_t)(n))

static void take_and_give_back_changes_nothing(void **state) /* spec: REF-01 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    for (int i = 0; i < 3; i++) {
        WdfObjectReferenceWithTag(node, TAG('abcd'));
        assert_int_equal(fx_handle_find(node)->references, 2);
        WdfObjectDereferenceWithTag(node, TAG('abcd'));
        assert_int_equal(fx_handle_find(node)->references, 1);
    }
    assert_log("");
    assert_int_equal(wc_violations(NULL), 0);
}

static void tags_are_released_in_any_order(void **state) /* spec: REF-02 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReferenceWithTag(node, TAG(1));
    WdfObjectReferenceWithTag(node, TAG(2));
    WdfObjectReferenceWithTag(node, TAG(3));
    WdfObjectDereferenceWithTag(node, TAG(2));
    WdfObjectDereferenceWithTag(node, TAG(1));
    WdfObjectDereferenceWithTag(node, TAG(3));
    assert_int_equal(wc_violations(NULL), 0);
    assert_int_equal(fx_handle_find(node)->references, 1);
}

static void a_wrong_tag_is_reported_and_counted_down(void **state) /* spec: REF-03, REF-12 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReferenceWithTag(node, TAG('dcba')); /* reads "abcd" */
    wc_expect_violation("WdfObjectTagMismatch");
    WdfObjectDereferenceWithTag(node, TAG(7));
    fixture_assert_report("by tag 0x7");
    fixture_assert_report("'abcd' 1x (");
    fixture_assert_report("test_fx_reference.c:");
    assert_int_equal(fx_handle_find(node)->references, 1);
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(node);
}

/* The macros pass line and file of each call: two different ones here. */
static void only_the_value_of_a_tag_counts(void **state) /* spec: REF-04, REF-05 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReferenceWithTag(node, TAG(1));
    WdfObjectReferenceWithTag(node, TAG(1));
    assert_int_equal(fx_handle_find(node)->references, 3);
    WdfObjectDereferenceWithTag(node, TAG(1));
    WdfObjectDereferenceActual(node, TAG(1), 99999, "elsewhere.c");
    assert_int_equal(wc_violations(NULL), 0);
    wc_expect_violation("WdfObjectOverDereferenced"); /* each release consumed one */
    WdfObjectDereferenceWithTag(node, TAG(1));
}

static void tags_left_at_the_end_are_reported(void **state) /* spec: REF-07 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    WdfObjectReferenceWithTag(node, TAG(5));
    wc_expect_violation("WdfObjectTagMismatch");
    WdfObjectDereferenceWithTag(node, TAG(6));
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(node);
    fixture_assert_report("tag 0x5");
    fixture_assert_report("test_fx_reference.c:");
    assert_log("c:n d:n");
}

static void the_last_reference_cannot_be_released(void **state) /* spec: REF-09 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    wc_expect_violation("WdfObjectOverDereferenced");
    WdfObjectDereference(node);
    fixture_assert_report("bugcheck 0x10D (0x7, 0x");
    assert_log(""); /* refused: the object lives on */
    assert_int_equal(fx_handle_find(node)->references, 1);
}

/* The framework holds some of its own meanwhile, which no wrong tag may consume. */
static void references_of_the_framework_cannot_be_released(void **state) /* spec: REF-09 */
{
    struct fx_object *node = fx_handle_find(fixture_node("n", NULL));

    fx_object_ref(node);
    fx_object_ref(node);
    wc_expect_violation("WdfObjectOverDereferenced");
    WdfObjectDereferenceWithTag(fx_handle_of(node), TAG(1));
    assert_int_equal(node->references, 3);
    WdfObjectReferenceWithTag(fx_handle_of(node), TAG(1));
    wc_expect_violation("WdfObjectTagMismatch");
    WdfObjectDereferenceWithTag(fx_handle_of(node), TAG(2)); /* the one of tag 1 is gone */
    assert_int_equal(node->references, 3);
    wc_expect_violation("WdfObjectOverDereferenced");
    WdfObjectDereferenceWithTag(fx_handle_of(node), TAG(1));
    assert_int_equal(node->references, 3);
    fx_object_deref(node);
    fx_object_deref(node);
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(fx_handle_of(node));
}

static VOID reference_in_cleanup(WDFOBJECT Object)
{
    WdfObjectReference(Object);
    fixture_cleanup(Object);
}

static void a_reference_taken_in_cleanup_postpones_destruction(void **state) /* spec: REF-11 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    fixture_attributes(&attributes, NULL);
    attributes.EvtCleanupCallback = reference_in_cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    NodeOf(node)->name = "n";
    WdfObjectDelete(node);
    assert_log("c:n");
    WdfObjectDereference(node);
    assert_log("c:n d:n");
}

static void ten_thousand_tags_are_found(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);

    for (uintptr_t i = 1; i <= 10000; i++) {
        WdfObjectReferenceWithTag(node, TAG(i));
    }
    for (uintptr_t i = 1; i <= 10000; i++) {
        WdfObjectDereferenceWithTag(node, TAG(i));
    }
    assert_int_equal(wc_violations(NULL), 0);
    assert_int_equal(fx_handle_find(node)->references, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(take_and_give_back_changes_nothing, FIXTURE),
        wc_unit_test(tags_are_released_in_any_order, FIXTURE),
        wc_unit_test(a_wrong_tag_is_reported_and_counted_down, FIXTURE),
        wc_unit_test(only_the_value_of_a_tag_counts, FIXTURE),
        wc_unit_test(tags_left_at_the_end_are_reported, FIXTURE),
        wc_unit_test(the_last_reference_cannot_be_released, FIXTURE),
        wc_unit_test(references_of_the_framework_cannot_be_released, FIXTURE),
        wc_unit_test(a_reference_taken_in_cleanup_postpones_destruction, FIXTURE),
        wc_unit_test(ten_thousand_tags_are_found, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
