/* test_fx_key.c - WDFKEY: keys and values of the registry as objects. */
#include "wdf_fixture.h"

#include <string.h>

#define ROOT L"\\Registry\\Machine\\Software"

static UNICODE_STRING name_of(PCWSTR text)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, text);
    return name;
}

static const UNICODE_STRING value = RTL_CONSTANT_STRING(L"Value");

/* A key of its own for a test. */
static WDFKEY make_key(PCWSTR text, ACCESS_MASK access)
{
    UNICODE_STRING root_name = name_of(ROOT);
    UNICODE_STRING name = name_of(text);
    WDFKEY root = NULL;
    WDFKEY key = NULL;

    assert_int_equal(WdfRegistryOpenKey(NULL, &root_name, KEY_ALL_ACCESS, NULL, &root),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryCreateKey(root, &name, access, 0, NULL, NULL, &key),
                     STATUS_SUCCESS);
    WdfRegistryClose(root);
    return key;
}

static NTSTATUS open_key(WDFKEY parent, PCWSTR text, WDFKEY *key)
{
    UNICODE_STRING name = name_of(text);

    return WdfRegistryOpenKey(parent, &name, KEY_ALL_ACCESS, NULL, key);
}

static bool handle_is_open(HANDLE handle)
{
    return ZwFlushKey(handle) == STATUS_SUCCESS;
}

static void the_parent_is_the_driver_and_closes_it(void **state) /* spec: KEY-01 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name = name_of(ROOT L"\\Parents");
    WDFOBJECT parent = fixture_node("p", NULL);
    WDFKEY key = make_key(L"Parents", KEY_ALL_ACCESS);
    HANDLE handle = WdfRegistryWdmGetHandle(key);
    struct fx_object *object = fx_handle_get(key, FX_TYPE_KEY);

    assert_ptr_equal(fx_handle_of(fx_object_parent(object)), fixture.driver);
    assert_true(handle_is_open(handle));
    WdfObjectDelete(key);
    assert_false(handle_is_open(handle));

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    assert_int_equal(WdfRegistryOpenKey(NULL, &name, KEY_READ, &attributes, &key), STATUS_SUCCESS);
    handle = WdfRegistryWdmGetHandle(key);
    assert_true(handle_is_open(handle));
    WdfObjectDelete(parent);
    assert_false(handle_is_open(handle));
}

static void a_closed_key_is_stale(void **state) /* spec: KEY-02 WREG-06 */
{
    WDFKEY key = make_key(L"Closed", KEY_ALL_ACCESS);
    HANDLE handle = WdfRegistryWdmGetHandle(key);

    WdfRegistryClose(key);
    assert_false(handle_is_open(handle));
    wc_expect_violation("WdfObjectUseAfterDelete");
    assert_int_equal(WdfRegistryAssignULong(key, &value, 1), STATUS_INVALID_HANDLE);
    assert_int_equal(wc_violations("WdfObjectUseAfterDelete"), 1);
}

static void created_and_opened_are_told_apart(void **state)
{
    UNICODE_STRING name = name_of(ROOT L"\\Twice");
    ULONG disposition = 0;
    WDFKEY key = NULL;

    assert_int_equal(WdfRegistryCreateKey(NULL, &name, KEY_ALL_ACCESS, 0, &disposition, NULL, &key),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_CREATED_NEW_KEY);
    WdfRegistryClose(key);
    assert_int_equal(WdfRegistryCreateKey(NULL, &name, KEY_ALL_ACCESS, 0, &disposition, NULL, &key),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    assert_int_equal(open_key(key, L"Missing", &key), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(key);
}

static void another_type_is_a_mismatch(void **state) /* spec: WREG-02 */
{
    WDFKEY key = make_key(L"Types", KEY_ALL_ACCESS);
    UNICODE_STRING text = name_of(L"5");
    ULONG number = 77;

    assert_int_equal(WdfRegistryAssignUnicodeString(key, &value, &text), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(number, 77);
    assert_int_equal(WdfRegistryAssignULong(key, &value, 5), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_SUCCESS);
    assert_int_equal(number, 5);
}

static void a_missing_value_is_not_found(void **state) /* spec: WREG-03 */
{
    WDFKEY key = make_key(L"Missing", KEY_ALL_ACCESS);
    ULONG number = 3;
    ULONG length = 4;
    ULONG type = 5;
    WDFMEMORY memory = NULL;

    assert_int_equal(WdfRegistryQueryValue(key, &value, 4, &number, &length, &type),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(number, 3);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryQueryMemory(key, &value, NonPagedPoolNx, NULL, &memory, &type),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, NULL, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryRemoveValue(key, &value), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryAssignULong(key, &value, 1), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryRemoveValue(key, &value), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_small_buffer_overflows(void **state) /* spec: WREG-04 */
{
    WDFKEY key = make_key(L"Small", KEY_ALL_ACCESS);
    UCHAR data[5] = {1, 2, 3, 4, 5};
    UCHAR read[5] = {9, 9, 9, 9, 9};
    ULONG length = 0;
    ULONG type = 0;

    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_BINARY, 5, data), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 4, read, &length, &type),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 5);
    assert_int_equal(type, REG_BINARY);
    assert_int_equal(read[0], 9);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 0, NULL, &length, NULL),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 5, read, NULL, NULL), STATUS_SUCCESS);
    assert_memory_equal(read, data, 5);
}

static void value_names_have_no_case(void **state) /* spec: WREG-05 */
{
    static const UNICODE_STRING upper = RTL_CONSTANT_STRING(L"VALUE");
    WDFKEY key = make_key(L"Case", KEY_ALL_ACCESS);
    ULONG number = 0;

    assert_int_equal(WdfRegistryAssignULong(key, &value, 1), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(key, &upper, &number), STATUS_SUCCESS);
    assert_int_equal(number, 1);
    assert_int_equal(WdfRegistryAssignULong(key, &upper, 2), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_SUCCESS);
    assert_int_equal(number, 2);
}

static void removing_a_key_needs_the_right(void **state) /* spec: WREG-07 */
{
    WDFKEY weak = make_key(L"Removed", KEY_READ | KEY_WRITE);
    WDFKEY strong = make_key(L"Removed", DELETE);
    WDFKEY again = NULL;

    assert_int_equal(WdfRegistryRemoveKey(weak), STATUS_ACCESS_DENIED);
    assert_non_null(WdfRegistryWdmGetHandle(weak));
    assert_int_equal(WdfRegistryRemoveKey(strong), STATUS_SUCCESS);
    assert_int_equal(open_key(NULL, ROOT L"\\Removed", &again), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryAssignULong(weak, &value, 1), STATUS_KEY_DELETED);
    wc_expect_violation("WdfObjectUseAfterDelete");
    assert_null(WdfRegistryWdmGetHandle(strong));
    assert_int_equal(wc_violations("WdfObjectUseAfterDelete"), 1);
}

static void the_terminator_is_dropped(void **state) /* spec: WREG-08 */
{
    WDFKEY key = make_key(L"Read", KEY_ALL_ACCESS);
    WCHAR buffer[8];
    UNICODE_STRING read = {0, sizeof(buffer), buffer};
    UNICODE_STRING none = {0};
    USHORT bytes = 0;
    WDFSTRING string = NULL;

    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_SZ, 8, (PVOID)(ULONG_PTR)L"abc"),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, &read), STATUS_SUCCESS);
    assert_int_equal(read.Length, 6);
    assert_memory_equal(buffer, L"abc", 6);
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryString(key, &value, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &none);
    assert_int_equal(none.Length, 6);
    /* Written without a terminator it is read whole. */
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_SZ, 6, (PVOID)(ULONG_PTR)L"xyz"),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryString(key, &value, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &none);
    assert_int_equal(none.Length, 6);
    assert_memory_equal(none.Buffer, L"xyz", 8);
}

static void a_counted_string_may_be_too_short(void **state)
{
    WDFKEY key = make_key(L"Short", KEY_ALL_ACCESS);
    WCHAR buffer[3];
    UNICODE_STRING read = {2, sizeof(buffer), buffer};
    UNICODE_STRING text = name_of(L"abc");
    USHORT bytes = 0;

    assert_int_equal(WdfRegistryAssignUnicodeString(key, &value, &text), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, &read),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(bytes, 8);
    assert_int_equal(read.Length, 2);
    bytes = 0;
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, NULL),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(bytes, 8);
    read.MaximumLength = 0;
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, &read),
                     STATUS_INVALID_PARAMETER);
}

static void an_overflow_comes_before_the_type(void **state)
{
    WDFKEY key = make_key(L"Overflow", KEY_ALL_ACCESS);
    WCHAR buffer[2] = {7, 7};
    UNICODE_STRING read = {0, sizeof(WCHAR), buffer};
    USHORT bytes = 0;

    assert_int_equal(WdfRegistryAssignULong(key, &value, 5), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, &read),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(bytes, sizeof(ULONG));
    bytes = 0;
    read.MaximumLength = sizeof(buffer);
    assert_int_equal(WdfRegistryQueryUnicodeString(key, &value, &bytes, &read),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(bytes, 0);
    assert_int_equal(buffer[0], 7);
}

static void a_value_may_be_empty(void **state)
{
    WDFKEY key = make_key(L"Empty", KEY_ALL_ACCESS);
    WDFCOLLECTION none = NULL;
    UCHAR data[4];
    ULONG length = 9;
    ULONG type = 9;

    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_NONE, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 0, NULL, &length, &type), STATUS_SUCCESS);
    assert_int_equal(length, 0);
    assert_int_equal(type, REG_NONE);
    wc_expect_violation("ParameterNull");
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_BINARY, 1, NULL),
                     STATUS_INVALID_PARAMETER);

    assert_int_equal(WdfCollectionCreate(NULL, &none), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_MULTI_SZ, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(key, &value, NULL, none),
                     STATUS_RESOURCE_DATA_NOT_FOUND);
    assert_int_equal(WdfRegistryAssignMultiString(key, &value, none), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 4, data, &length, &type), STATUS_SUCCESS);
    assert_int_equal(length, 2 * sizeof(WCHAR)); /* two NULs */
    assert_int_equal(WdfRegistryQueryMultiString(key, &value, NULL, none), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionGetCount(none), 0);
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_MULTI_SZ, 2, data), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(key, &value, NULL, none),
                     STATUS_OBJECT_TYPE_MISMATCH);
}

static void closing_closes_whoever_has_a_reference(void **state)
{
    WDFKEY key = make_key(L"Referenced", KEY_ALL_ACCESS);
    HANDLE handle = WdfRegistryWdmGetHandle(key);

    WdfObjectReference(key);
    WdfRegistryClose(key);
    assert_false(handle_is_open(handle));
    assert_null(WdfRegistryWdmGetHandle(key));
    assert_int_equal(WdfRegistryAssignULong(key, &value, 1), STATUS_INVALID_HANDLE);
    WdfObjectDereference(key);

    key = make_key(L"Referenced", KEY_ALL_ACCESS);
    handle = WdfRegistryWdmGetHandle(key);
    WdfObjectReference(key);
    WdfObjectDelete(key);
    assert_true(handle_is_open(handle));
    WdfObjectDereference(key);
    assert_false(handle_is_open(handle));
}

static void text_is_written_with_a_terminator(void **state) /* spec: WREG-09 */
{
    WDFKEY key = make_key(L"Written", KEY_ALL_ACCESS);
    UNICODE_STRING text = name_of(L"abcd");
    WDFSTRING string = NULL;
    WCHAR read[8];
    ULONG length = 0;
    ULONG type = 0;

    text.Length = text.MaximumLength = 6; /* a 'd' lies behind it */
    assert_int_equal(WdfRegistryAssignUnicodeString(key, &value, &text), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, sizeof(read), read, &length, &type),
                     STATUS_SUCCESS);
    assert_int_equal(type, REG_SZ);
    assert_int_equal(length, 8);
    assert_memory_equal(read, L"abc", 8);
    assert_int_equal(WdfStringCreate(&text, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignString(key, &value, string), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, sizeof(read), read, &length, &type),
                     STATUS_SUCCESS);
    assert_int_equal(length, 8);
    assert_memory_equal(read, L"abc", 8);
}

static WDFCOLLECTION strings_of(const WCHAR *const *texts, size_t count)
{
    WDFCOLLECTION collection = NULL;

    assert_int_equal(WdfCollectionCreate(NULL, &collection), STATUS_SUCCESS);
    for (size_t i = 0; i < count; i++) {
        UNICODE_STRING text = name_of(texts[i]);
        WDFSTRING string = NULL;

        assert_int_equal(WdfStringCreate(&text, NULL, &string), STATUS_SUCCESS);
        assert_int_equal(WdfCollectionAdd(collection, string), STATUS_SUCCESS);
    }
    return collection;
}

static void strings_go_round(void **state) /* spec: WREG-10 */
{
    static const WCHAR *const texts[] = {L"beta", L"alpha", L"gamma delta"};
    WDFKEY key = make_key(L"Strings", KEY_ALL_ACCESS);
    WDFCOLLECTION out = strings_of(texts, 3);
    WDFCOLLECTION in = strings_of(NULL, 0);

    assert_int_equal(WdfRegistryAssignMultiString(key, &value, out), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(key, &value, NULL, in), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionGetCount(in), 3);
    for (ULONG i = 0; i < 3; i++) {
        UNICODE_STRING read;

        WdfStringGetUnicodeString((WDFSTRING)WdfCollectionGetItem(in, i), &read);
        assert_int_equal(read.Length, wcslen(texts[i]) * sizeof(WCHAR));
        assert_memory_equal(read.Buffer, texts[i], read.Length);
    }
    assert_int_equal(WdfCollectionAdd(out, fixture_node("n", NULL)), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignMultiString(key, &value, out), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_MULTI_SZ, 8, (PVOID)(ULONG_PTR)L"abc"),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(key, &value, NULL, in),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(WdfCollectionGetCount(in), 3);
}

static void a_value_becomes_memory_and_back(void **state)
{
    WDFKEY key = make_key(L"Memory", KEY_ALL_ACCESS);
    UCHAR data[6] = {1, 2, 3, 4, 5, 6};
    WDFMEMORY memory = NULL;
    WDFMEMORY_OFFSET offset = {.BufferOffset = 2, .BufferLength = 3};
    ULONG type = 0;
    ULONG length = 0;
    size_t size = 0;
    UCHAR read[6];

    assert_int_equal(WdfRegistryAssignValue(key, &value, 99, 6, data), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMemory(key, &value, NonPagedPoolNx, NULL, &memory, &type),
                     STATUS_SUCCESS);
    assert_int_equal(type, 99);
    assert_memory_equal(WdfMemoryGetBuffer(memory, &size), data, 6);
    assert_int_equal(size, 6);
    assert_int_equal(WdfRegistryAssignMemory(key, &value, REG_BINARY, memory, &offset),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(key, &value, 6, read, &length, NULL), STATUS_SUCCESS);
    assert_int_equal(length, 3);
    assert_memory_equal(read, data + 2, 3);
    offset.BufferLength = 5;
    assert_int_equal(WdfRegistryAssignMemory(key, &value, REG_BINARY, memory, &offset),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfRegistryAssignValue(key, &value, REG_BINARY, 0, data), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMemory(key, &value, NonPagedPoolNx, NULL, &memory, &type),
                     STATUS_RESOURCE_DATA_NOT_FOUND);
    assert_null(memory);
}

static void above_passive_level_all_are_refused(void **state) /* spec: WREG-11 */
{
    WDFKEY key = make_key(L"Irql", KEY_ALL_ACCESS);
    WDFKEY other = NULL;
    ULONG number = 8;
    KIRQL old;

    for (int i = 0; i < 6; i++) {
        wc_expect_violation("IrqlTooHigh");
    }
    KeRaiseIrql(APC_LEVEL, &old);
    assert_int_equal(open_key(NULL, ROOT, &other), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRegistryAssignULong(key, &value, 1), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRegistryRemoveKey(key), STATUS_INVALID_DEVICE_REQUEST);
    assert_null(WdfRegistryWdmGetHandle(key));
    WdfRegistryClose(key);
    KeLowerIrql(old);
    assert_int_equal(number, 8);
    assert_non_null(WdfRegistryWdmGetHandle(key));
    assert_int_equal(WdfRegistryQueryULong(key, &value, &number), STATUS_OBJECT_NAME_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_parent_is_the_driver_and_closes_it, FIXTURE),
        wc_unit_test(a_closed_key_is_stale, FIXTURE),
        wc_unit_test(created_and_opened_are_told_apart, FIXTURE),
        wc_unit_test(another_type_is_a_mismatch, FIXTURE),
        wc_unit_test(a_missing_value_is_not_found, FIXTURE),
        wc_unit_test(a_small_buffer_overflows, FIXTURE),
        wc_unit_test(value_names_have_no_case, FIXTURE),
        wc_unit_test(removing_a_key_needs_the_right, FIXTURE),
        wc_unit_test(the_terminator_is_dropped, FIXTURE),
        wc_unit_test(a_counted_string_may_be_too_short, FIXTURE),
        wc_unit_test(an_overflow_comes_before_the_type, FIXTURE),
        wc_unit_test(a_value_may_be_empty, FIXTURE),
        wc_unit_test(closing_closes_whoever_has_a_reference, FIXTURE),
        wc_unit_test(text_is_written_with_a_terminator, FIXTURE),
        wc_unit_test(strings_go_round, FIXTURE),
        wc_unit_test(a_value_becomes_memory_and_back, FIXTURE),
        wc_unit_test(above_passive_level_all_are_refused, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
