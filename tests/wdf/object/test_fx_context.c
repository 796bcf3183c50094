/* test_fx_context.c - typed contexts. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#include "wdf/object/fx_handle.h"

typedef struct {
    UCHAR bytes[100];
} SECOND;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(SECOND, SecondOf)

typedef struct {
    int number;
} THIRD;
WDF_DECLARE_CONTEXT_TYPE(THIRD)

WDF_DECLARE_CUSTOM_TYPE(MARKED);

static WDF_OBJECT_ATTRIBUTES attributes;

static void init_second(void)
{
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
}

static bool all_zero(const void *data, size_t size)
{
    const UCHAR *bytes = data;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Used memory is taken again, so that it would show if it were not zeroed. */
static void a_context_is_zero_and_aligned(void **state) /* spec: CTX-01, CTX-03 */
{
    for (int round = 0; round < 3; round++) {
        WDFOBJECT first, second = fixture_node("n", NULL);
        PVOID added;

        init_second();
        assert_int_equal(WdfObjectCreate(&attributes, &first), STATUS_SUCCESS);
        assert_int_equal(WdfObjectAllocateContext(second, &attributes, &added), STATUS_SUCCESS);
        assert_true(all_zero(SecondOf(first), sizeof(SECOND)));
        assert_true(all_zero(added, sizeof(SECOND)));
        assert_int_equal((uintptr_t)SecondOf(first) % 16, 0);
        assert_int_equal((uintptr_t)added % 16, 0);
        memset(SecondOf(first), 0xff, sizeof(SECOND));
        memset(added, 0xff, sizeof(SECOND));
        WdfObjectDelete(first);
        WdfObjectDelete(second);
    }
}

static void a_context_may_be_used_at_high_level(void **state) /* spec: CTX-02 */
{
    WDFOBJECT node = fixture_node("n", NULL);
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
    NodeOf(node)->value = 7;
    assert_ptr_equal(WdfObjectContextGetObject(NodeOf(node)), node);
    KeLowerIrql(old);
    assert_int_equal(NodeOf(node)->value, 7);
    assert_int_equal(wc_violations(NULL), 0);
}

static void an_override_gives_so_many_zero_bytes(void **state) /* spec: CTX-04 */
{
    static const size_t sizes[] = {sizeof(SECOND), 101, 5000, 300000};

    for (unsigned i = 0; i < 4; i++) {
        WDFOBJECT objects[2];

        init_second();
        attributes.ContextSizeOverride = sizes[i];
        for (int j = 0; j < 2; j++) {
            assert_int_equal(WdfObjectCreate(&attributes, &objects[j]), STATUS_SUCCESS);
            assert_true(all_zero(SecondOf(objects[j]), sizes[i]));
            memset(SecondOf(objects[j]), 0x5a, sizes[i]);
        }
        WdfObjectDelete(objects[0]);
        WdfObjectDelete(objects[1]);
    }
}

static void a_missing_type_is_null_and_no_violation(void **state) /* spec: CTX-05 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    assert_null(SecondOf(node));
    assert_non_null(NodeOf(node));
    assert_int_equal(wc_violations(NULL), 0);
}

static void addresses_differ_and_stay(void **state) /* spec: CTX-06 */
{
    WDFOBJECT node = fixture_node("n", NULL);
    NODE *first = NodeOf(node);
    PVOID second;

    init_second();
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &second), STATUS_SUCCESS);
    assert_ptr_not_equal(second, first);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, THIRD);
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL), STATUS_SUCCESS);
    assert_ptr_equal(NodeOf(node), first);
    assert_ptr_equal(SecondOf(node), second);
    assert_non_null(WdfObjectGet_THIRD(node));
}

static void adding_a_type_again_gives_the_first(void **state) /* spec: CTX-07, CTX-08 */
{
    WDFOBJECT node = fixture_node("n", NULL);
    PVOID first, again = NULL;

    init_second();
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &first), STATUS_SUCCESS);
    memset(first, 0x11, sizeof(SECOND));
    attributes.EvtCleanupCallback = fixture_cleanup;
    attributes.EvtDestroyCallback = fixture_destroy;
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &again),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_true(NT_SUCCESS(STATUS_OBJECT_NAME_EXISTS));
    assert_ptr_equal(again, first);
    assert_int_equal(SecondOf(node)->bytes[99], 0x11);
    WdfObjectDelete(node);
    assert_log("c:n d:n"); /* those of its own context only */
}

static void the_type_given_at_creation_counts(void **state) /* spec: CTX-09 */
{
    WDFOBJECT node = fixture_node("n", NULL);
    PVOID context;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NODE);
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &context),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_ptr_equal(context, NodeOf(node));
}

static void
adding_refuses_parent_level_and_missing_type(void **state) /* spec: CTX-10, CTX-12, CTX-13 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    init_second();
    attributes.ParentObject = fixture.device;
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    init_second();
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL),
                     STATUS_WDF_EXECUTION_LEVEL_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL), STATUS_OBJECT_NAME_INVALID);
    assert_null(SecondOf(node));
}

static void adding_without_attributes_is_a_missing_parent(void **state) /* spec: CTX-11 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    assert_int_equal(WdfObjectAllocateContext(node, NULL, NULL), STATUS_WDF_PARENT_NOT_SPECIFIED);
}

static NTSTATUS added_in_cleanup;

static VOID add_in_cleanup(WDFOBJECT Object)
{
    init_second();
    added_in_cleanup = WdfObjectAllocateContext(Object, &attributes, NULL);
}

static void a_dying_object_takes_no_context(void **state) /* spec: CTX-14 */
{
    WDFOBJECT node;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = add_in_cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    WdfObjectReference(node);
    WdfObjectDelete(node);
    assert_int_equal(added_in_cleanup, STATUS_DELETE_PENDING);
    init_second();
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL), STATUS_DELETE_PENDING);
    WdfObjectDereference(node);
}

static VOID second_cleanup(WDFOBJECT Object)
{
    fixture_note("c2:%s", NodeOf(Object)->name);
}

static VOID second_destroy(WDFOBJECT Object)
{
    fixture_note("d2:%s", NodeOf(Object)->name);
}

static void each_context_has_its_callbacks_in_order(void **state) /* spec: CTX-15, DEL-08, CTX-18 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    init_second();
    attributes.EvtCleanupCallback = second_cleanup;
    attributes.EvtDestroyCallback = second_destroy;
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL), STATUS_SUCCESS);
    WdfObjectDelete(node);
    /* the last destroy callback still reads the first context */
    assert_log("c:n c2:n d:n d2:n");
}

static void the_object_is_found_from_any_of_its_contexts(void **state) /* spec: CTX-16 */
{
    WDFOBJECT node = fixture_node("n", NULL);
    PVOID second;

    init_second();
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &second), STATUS_SUCCESS);
    assert_ptr_equal(WdfObjectContextGetObject(NodeOf(node)), node);
    assert_ptr_equal(WdfObjectContextGetObject(second), node);
}

static void the_context_of_a_deleted_object_is_none(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);
    PVOID context = NodeOf(node);

    WdfObjectDelete(node);
    wc_expect_violation("HandleInvalid");
    assert_null(WdfObjectContextGetObject(context));
}

static void a_pointer_that_is_no_context_is_named_with_the_nearest(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);
    int variable;

    wc_expect_violation("HandleInvalid");
    assert_null(WdfObjectContextGetObject((char *)NodeOf(node) + 4));
    fixture_assert_report("the nearest one below starts 4 bytes before it");
    wc_expect_violation("HandleInvalid");
    assert_null(WdfObjectContextGetObject(&variable));
}

static WDFOBJECT destroyed;
static NODE *node_in_destroy;

static VOID use_in_destroy(WDFOBJECT Object)
{
    node_in_destroy = NodeOf(Object);
    assert_ptr_equal(Object, destroyed);
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(Object);
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectDelete(Object);
}

static void only_the_accessor_works_in_destroy(void **state) /* spec: CTX-17 */
{
    NODE *node;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NODE);
    attributes.EvtDestroyCallback = use_in_destroy;
    assert_int_equal(WdfObjectCreate(&attributes, &destroyed), STATUS_SUCCESS);
    node = NodeOf(destroyed);
    WdfObjectDelete(destroyed);
    assert_ptr_equal(node_in_destroy, node);
    fixture_assert_report("was used in its EvtDestroyCallback");
    assert_int_equal(wc_violations("WdfObjectUseAfterDelete"), 2);
}

static VOID use_damaged_in_destroy(WDFOBJECT Object)
{
    for (int bit = 0; bit < 64; bit++) {
        WDFOBJECT damaged = (WDFOBJECT)((ULONG_PTR)Object ^ (ULONG_PTR)1 << bit);

        assert_null(fx_handle_find(damaged));
        assert_null(fx_handle_find_destroying(damaged));
    }
    assert_null(fx_handle_find(Object));
    assert_non_null(fx_handle_find_destroying(Object));
    wc_expect_violation("HandleInvalid");
    WdfObjectReference((WDFOBJECT)((ULONG_PTR)Object | 1));
}

static void a_damaged_handle_leads_to_nothing_in_destroy(void **state)
{
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtDestroyCallback = use_damaged_in_destroy;
    assert_int_equal(WdfObjectCreate(&attributes, &destroyed), STATUS_SUCCESS);
    WdfObjectDelete(destroyed);
}

/* wdf_fixture.c made it; this source's accessor finds it. */
static void a_type_of_a_shared_header_is_one_type(void **state) /* spec: CTX-19 */
{
    WDFOBJECT node = fixture_node("n", NULL);

    assert_non_null(NodeOf(node));
    assert_string_equal(NodeOf(node)->name, "n");
}

/* What two drivers have: two infos of one name. */
static void types_of_one_name_are_two_types(void **state) /* spec: CTX-20 */
{
    static const WDF_OBJECT_CONTEXT_TYPE_INFO other = {sizeof(other), "NODE", sizeof(NODE), &other,
                                                       NULL};
    WDFOBJECT node = fixture_node("n", NULL);
    PVOID context;

    assert_null(WdfObjectGetTypedContextWorker(node, &other));
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ContextTypeInfo = &other;
    assert_int_equal(WdfObjectAllocateContext(node, &attributes, &context), STATUS_SUCCESS);
    assert_ptr_not_equal(context, NodeOf(node));
}

static void a_size_that_overflows_is_refused(void **state) /* spec: CTX-21 */
{
    WDFOBJECT node = fixture_node("n", NULL), made;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 40};

    for (unsigned i = 0; i < 3; i++) {
        init_second();
        attributes.ContextSizeOverride = sizes[i];
        assert_int_equal(WdfObjectCreate(&attributes, &made), STATUS_INSUFFICIENT_RESOURCES);
        assert_int_equal(WdfObjectAllocateContext(node, &attributes, NULL),
                         STATUS_INTEGER_OVERFLOW);
    }
    attributes.ContextSizeOverride = (size_t)1 << 40; /* no overflow, yet too much */
    assert_int_equal(WdfObjectCreate(&attributes, &made), STATUS_INSUFFICIENT_RESOURCES);
}

static VOID note_cleanup(WDFOBJECT Object)
{
    fixture_note("cleanup");
}

static void a_cleanup_callback_needs_no_context_type(void **state) /* spec: CTX-22 */
{
    WDFOBJECT node;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = note_cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    WdfObjectDelete(node);
    assert_log("cleanup");
}

static void a_custom_type_marks_an_object(void **state)
{
    WDFOBJECT node = fixture_node("n", NULL);

    assert_false(WdfObjectIsCustomType(node, MARKED));
    assert_int_equal(WdfObjectAddCustomTypeWithData(node, MARKED, 42, NULL, NULL), STATUS_SUCCESS);
    assert_true(WdfObjectIsCustomType(node, MARKED));
    assert_int_equal(WdfObjectGetCustomTypeData(node, MARKED), 42);
    assert_int_equal(WdfObjectAddCustomType(node, MARKED), STATUS_OBJECT_NAME_EXISTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_context_is_zero_and_aligned, FIXTURE),
        wc_unit_test(a_context_may_be_used_at_high_level, FIXTURE),
        wc_unit_test(an_override_gives_so_many_zero_bytes, FIXTURE),
        wc_unit_test(a_missing_type_is_null_and_no_violation, FIXTURE),
        wc_unit_test(addresses_differ_and_stay, FIXTURE),
        wc_unit_test(adding_a_type_again_gives_the_first, FIXTURE),
        wc_unit_test(the_type_given_at_creation_counts, FIXTURE),
        wc_unit_test(adding_refuses_parent_level_and_missing_type, FIXTURE),
        wc_unit_test(adding_without_attributes_is_a_missing_parent, FIXTURE),
        wc_unit_test(a_dying_object_takes_no_context, FIXTURE),
        wc_unit_test(each_context_has_its_callbacks_in_order, FIXTURE),
        wc_unit_test(the_object_is_found_from_any_of_its_contexts, FIXTURE),
        wc_unit_test(the_context_of_a_deleted_object_is_none, FIXTURE),
        wc_unit_test(a_pointer_that_is_no_context_is_named_with_the_nearest, FIXTURE),
        wc_unit_test(only_the_accessor_works_in_destroy, FIXTURE),
        wc_unit_test(a_damaged_handle_leads_to_nothing_in_destroy, FIXTURE),
        wc_unit_test(a_type_of_a_shared_header_is_one_type, FIXTURE),
        wc_unit_test(types_of_one_name_are_two_types, FIXTURE),
        wc_unit_test(a_size_that_overflows_is_refused, FIXTURE),
        wc_unit_test(a_cleanup_callback_needs_no_context_type, FIXTURE),
        wc_unit_test(a_custom_type_marks_an_object, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
