/* test_fx_collection.c - WDFCOLLECTION and WDFSTRING. */
#include "wdf/wdf_fixture.h"

#include <string.h>

static WDF_OBJECT_ATTRIBUTES attributes;
static WDFCOLLECTION collection;

static void fill(WDFOBJECT *items, int count)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    assert_int_equal(WdfCollectionCreate(NULL, &collection), STATUS_SUCCESS);
    for (int i = 0; i < count; i++) {
        items[i] = fixture_node(names[i], NULL);
        assert_int_equal(WdfCollectionAdd(collection, items[i]), STATUS_SUCCESS);
    }
}

static void items_keep_their_order(void **state) /* spec: COLL-01 */
{
    WDFOBJECT items[4];

    fill(items, 4);
    assert_int_equal(WdfCollectionGetCount(collection), 4);
    for (ULONG i = 0; i < 4; i++) {
        assert_ptr_equal(WdfCollectionGetItem(collection, i), items[i]);
    }
    WdfCollectionRemoveItem(collection, 1);
    assert_int_equal(WdfCollectionGetCount(collection), 3);
    assert_ptr_equal(WdfCollectionGetItem(collection, 1), items[2]);
    assert_ptr_equal(WdfCollectionGetItem(collection, 2), items[3]);
}

static void beyond_the_end_there_is_nothing(void **state) /* spec: COLL-02 */
{
    WDFOBJECT items[2];

    fill(items, 0);
    assert_null(WdfCollectionGetFirstItem(collection));
    assert_null(WdfCollectionGetLastItem(collection));
    assert_null(WdfCollectionGetItem(collection, 0));
    fill(items, 2);
    assert_ptr_equal(WdfCollectionGetFirstItem(collection), items[0]);
    assert_ptr_equal(WdfCollectionGetLastItem(collection), items[1]);
    assert_null(WdfCollectionGetItem(collection, 2));
    assert_null(WdfCollectionGetItem(collection, 0xffffffff));
}

static void an_object_may_be_in_it_twice(void **state) /* spec: COLL-03 */
{
    WDFOBJECT items[2];

    fill(items, 2);
    assert_int_equal(WdfCollectionAdd(collection, items[0]), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionGetCount(collection), 3);
    WdfCollectionRemove(collection, items[0]);
    assert_ptr_equal(WdfCollectionGetItem(collection, 0), items[1]);
    assert_ptr_equal(WdfCollectionGetItem(collection, 1), items[0]);
}

static void an_item_survives_its_deletion_until_it_is_removed(void **state) /* spec: COLL-04 */
{
    WDFOBJECT items[1];

    fill(items, 1);
    WdfObjectDelete(items[0]);
    assert_log("c:a");
    assert_string_equal(NodeOf(WdfCollectionGetFirstItem(collection))->name, "a");
    WdfCollectionRemove(collection, items[0]);
    assert_log("c:a d:a");
}

static void deleting_it_deletes_no_item(void **state) /* spec: COLL-05 */
{
    WDFOBJECT items[2];

    fill(items, 2);
    WdfObjectDelete(items[1]);
    fixture_clear();
    WdfObjectDelete(collection);
    assert_log("d:b"); /* the one that only the collection held */
    assert_string_equal(NodeOf(items[0])->name, "a");
    assert_int_equal(fx_handle_find(items[0])->references, 1);
}

static VOID count_in_cleanup(WDFOBJECT Object)
{
    fixture_note("%u", WdfCollectionGetCount((WDFCOLLECTION)Object));
}

static void in_its_callbacks_the_items_are_there(void **state) /* spec: COLL-06 */
{
    WDFOBJECT item = fixture_node("a", NULL);

    fixture_attributes(&attributes, NULL);
    attributes.EvtCleanupCallback = count_in_cleanup;
    assert_int_equal(WdfCollectionCreate(&attributes, &collection), STATUS_SUCCESS);
    NodeOf(collection)->name = "coll";
    assert_int_equal(WdfCollectionAdd(collection, item), STATUS_SUCCESS);
    WdfObjectDelete(item);
    fixture_clear();
    WdfObjectDelete(collection);
    assert_log("1 d:coll d:a"); /* let go after its own destroy callback */
}

static void removing_what_is_not_there_changes_nothing(void **state) /* spec: COLL-07 */
{
    WDFOBJECT items[2];
    WDFOBJECT stranger = fixture_node("x", NULL);

    fill(items, 2);
    wc_expect_violation("CollectionItemNotFound");
    WdfCollectionRemove(collection, stranger);
    wc_expect_violation("CollectionItemNotFound");
    WdfCollectionRemoveItem(collection, 2);
    assert_int_equal(WdfCollectionGetCount(collection), 2);
    assert_int_equal(fx_handle_find(stranger)->references, 1);
}

static VOID add_and_remove(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    for (int i = 0; i < 100; i++) {
        assert_int_equal(WdfCollectionAdd(collection, Context), STATUS_SUCCESS);
        WdfCollectionRemove(collection, Context);
    }
}

/* The DPC comes in at any window of the body's calls. */
static void it_stays_whole_under_concurrent_calls(void **state) /* spec: COLL-08 */
{
    WDFOBJECT items[2];
    KDPC dpc;

    fill(items, 2);
    KeInitializeDpc(&dpc, add_and_remove, items[0]);
    KeSetTargetProcessorDpc(&dpc, (CCHAR)(1 - KeGetCurrentProcessorNumber()));
    KeSetImportanceDpc(&dpc, HighImportance);
    for (int i = 0; i < 100; i++) {
        KeInsertQueueDpc(&dpc, NULL, NULL);
        assert_int_equal(WdfCollectionAdd(collection, items[1]), STATUS_SUCCESS);
        WdfCollectionRemove(collection, items[1]);
    }
    KeFlushQueuedDpcs();
    assert_int_equal(WdfCollectionGetCount(collection), 2);
    assert_int_equal(fx_handle_find(items[0])->references, 2);
    assert_int_equal(fx_handle_find(items[1])->references, 2);
}

static void it_grows(void **state)
{
    WDFOBJECT item = fixture_node("a", NULL);
    WDFOBJECT items[1];

    fill(items, 0);
    for (ULONG i = 0; i < 1000; i++) {
        assert_int_equal(WdfCollectionAdd(collection, item), STATUS_SUCCESS);
    }
    assert_int_equal(WdfCollectionGetCount(collection), 1000);
    assert_int_equal(fx_handle_find(item)->references, 1001);
    WdfObjectDelete(collection);
    assert_int_equal(fx_handle_find(item)->references, 1);
}

/* ---- strings ---- */

static void no_source_makes_an_empty_string(void **state) /* spec: WSTR-01 */
{
    UNICODE_STRING text = {1, 2, (PWCH)3};
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_int_equal(text.Length, 0);
    assert_null(text.Buffer);
}

static void an_empty_source_is_terminated(void **state) /* spec: WSTR-02 */
{
    UNICODE_STRING source = {0};
    UNICODE_STRING text = {0};
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(&source, NULL, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_int_equal(text.Length, 0);
    assert_int_equal(text.MaximumLength, sizeof(WCHAR));
    assert_non_null(text.Buffer);
    assert_int_equal(text.Buffer[0], 0);
}

static void a_string_has_room_for_its_terminator(void **state)
{
    static WCHAR long_text[0x7fff];
    UNICODE_STRING source = {0xfffe, 0xfffe, long_text};
    UNICODE_STRING text;
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(&source, NULL, &string), STATUS_INTEGER_OVERFLOW);
    source.Length = 0xfffc;
    assert_int_equal(WdfStringCreate(&source, NULL, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_int_equal(text.Length, 0xfffc);
    assert_int_equal(text.MaximumLength, 0xfffe);
}

static void the_copy_is_terminated_and_independent(void **state) /* spec: WSTR-02, WSTR-03 */
{
    WCHAR buffer[] = {'a', 'b', 'c', 'd'};
    UNICODE_STRING source = {4, 8, buffer}; /* "ab" and no terminator behind */
    UNICODE_STRING text;
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(&source, NULL, &string), STATUS_SUCCESS);
    buffer[0] = 'x';
    WdfStringGetUnicodeString(string, &text);
    assert_int_equal(text.Length, 4);
    assert_int_equal(text.Buffer[0], 'a');
    assert_int_equal(text.Buffer[1], 'b');
    assert_int_equal(text.Buffer[2], 0);
}

static void the_pointer_lives_with_the_string(void **state) /* spec: WSTR-04 */
{
    DECLARE_CONST_UNICODE_STRING(source, L"text");
    UNICODE_STRING text, again;
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(&source, NULL, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    WdfObjectReference(string);
    WdfObjectDelete(string);
    WdfStringGetUnicodeString(string, &again);
    assert_ptr_equal(again.Buffer, text.Buffer);
    assert_int_equal(text.Buffer[3], 't');
    WdfObjectDereference(string);
}

static void a_malformed_source_is_refused(void **state)
{
    WCHAR buffer[4] = {0};
    UNICODE_STRING bad[] = {{3, 8, buffer}, {4, 7, buffer}, {8, 4, buffer}, {0, 8, NULL}};
    WDF_OBJECT_ATTRIBUTES odd = {.Size = 1};
    WDFSTRING string;
    KIRQL old;

    for (int i = 0; i < 4; i++) {
        string = (WDFSTRING)fixture.device;
        assert_int_equal(WdfStringCreate(&bad[i], NULL, &string), STATUS_INVALID_PARAMETER);
        assert_null(string);
    }
    assert_int_equal(WdfStringCreate(&bad[0], &odd, &string), STATUS_INFO_LENGTH_MISMATCH);
    KeRaiseIrql(APC_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(items_keep_their_order, FIXTURE),
        wc_unit_test(beyond_the_end_there_is_nothing, FIXTURE),
        wc_unit_test(an_object_may_be_in_it_twice, FIXTURE),
        wc_unit_test(an_item_survives_its_deletion_until_it_is_removed, FIXTURE),
        wc_unit_test(deleting_it_deletes_no_item, FIXTURE),
        wc_unit_test(in_its_callbacks_the_items_are_there, FIXTURE),
        wc_unit_test(removing_what_is_not_there_changes_nothing, FIXTURE),
        wc_unit_test(it_stays_whole_under_concurrent_calls, FIXTURE, .processors = 2),
        wc_unit_test(it_grows, FIXTURE),
        wc_unit_test(no_source_makes_an_empty_string, FIXTURE),
        wc_unit_test(an_empty_source_is_terminated, FIXTURE),
        wc_unit_test(a_string_has_room_for_its_terminator, FIXTURE),
        wc_unit_test(the_copy_is_terminated_and_independent, FIXTURE),
        wc_unit_test(the_pointer_lives_with_the_string, FIXTURE),
        wc_unit_test(a_malformed_source_is_refused, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
