/* test_cm_key.c - registry keys and values by handle. */
#include "nt_driver.h"

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"

static HANDLE open_at(HANDLE root, PCWSTR path, ACCESS_MASK access, NTSTATUS expected)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle = NULL;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    assert_int_equal(ZwOpenKey(&handle, access, &attributes), expected);
    return handle;
}

static NTSTATUS create_status(HANDLE root, PCWSTR path, ULONG options, HANDLE *handle,
                              ULONG *disposition)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    return ZwCreateKey(handle, KEY_ALL_ACCESS, &attributes, 0, NULL, options, disposition);
}

static HANDLE create_at(HANDLE root, PCWSTR path)
{
    HANDLE handle = NULL;

    assert_int_equal(create_status(root, path, 0, &handle, NULL), STATUS_SUCCESS);
    return handle;
}

static HANDLE services(void)
{
    return open_at(NULL, SERVICES, KEY_ALL_ACCESS, STATUS_SUCCESS);
}

static NTSTATUS set_ulong(HANDLE key, PCWSTR name, ULONG value)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return ZwSetValueKey(key, &string, 0, REG_DWORD, &value, sizeof(value));
}

static NTSTATUS query(HANDLE key, PCWSTR name, KEY_VALUE_INFORMATION_CLASS class, void *buffer,
                      ULONG size, ULONG *length)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return ZwQueryValueKey(key, &string, class, buffer, size, length);
}

static void names_are_found_without_case(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"Foo");
    HANDLE again = open_at(NULL, L"\\REGISTRY\\machine\\SYSTEM\\controlset001\\services\\fOO\\",
                           KEY_READ, STATUS_SUCCESS);
    UCHAR buffer[64];
    ULONG length = 0;

    assert_int_equal(set_ulong(key, L"Level", 7), STATUS_SUCCESS);
    assert_int_equal(
        query(again, L"lEVEL", KeyValuePartialInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    assert_int_equal(((KEY_VALUE_PARTIAL_INFORMATION *)buffer)->Type, REG_DWORD);
    assert_int_equal(((KEY_VALUE_PARTIAL_INFORMATION *)buffer)->DataLength, 4);
    assert_int_equal(*(ULONG *)((KEY_VALUE_PARTIAL_INFORMATION *)buffer)->Data, 7);
    assert_int_equal(length, 16);
    ZwClose(again);
    ZwClose(key);
    ZwClose(root);
}

static void only_the_last_name_is_made(void **state)
{
    HANDLE root = services();
    HANDLE key = NULL;
    ULONG disposition = 0;

    assert_int_equal(create_status(root, L"A\\B", 0, &key, &disposition),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(create_status(root, L"A", 0, &key, &disposition), STATUS_SUCCESS);
    assert_int_equal(disposition, REG_CREATED_NEW_KEY);
    ZwClose(key);
    assert_int_equal(create_status(root, L"a", 0, &key, &disposition), STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    ZwClose(key);
    assert_int_equal(create_status(NULL, L"\\Registry\\Machine\\Mine", 0, &key, NULL),
                     STATUS_ACCESS_DENIED);
    open_at(root, L"\\A", KEY_READ, STATUS_OBJECT_PATH_SYNTAX_BAD);
    open_at(NULL, L"A", KEY_READ, STATUS_OBJECT_PATH_SYNTAX_BAD);
    open_at(root, L"Missing", KEY_READ, STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(root);
}

static void a_volatile_key_has_volatile_subkeys(void **state)
{
    HANDLE root = services();
    HANDLE key = NULL;
    HANDLE below = NULL;

    assert_int_equal(create_status(root, L"V", REG_OPTION_VOLATILE, &key, NULL), STATUS_SUCCESS);
    assert_int_equal(create_status(key, L"W", 0, &below, NULL), STATUS_CHILD_MUST_BE_VOLATILE);
    assert_int_equal(create_status(key, L"W", REG_OPTION_VOLATILE, &below, NULL), STATUS_SUCCESS);
    ZwClose(below);
    ZwClose(key);
    ZwClose(root);
}

static void a_short_buffer_is_told_apart(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"S");
    UCHAR buffer[64];
    ULONG length = 0;

    set_ulong(key, L"V", 1);
    memset(buffer, 0x55, sizeof(buffer));
    assert_int_equal(query(key, L"V", KeyValuePartialInformation, buffer, 11, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 16);
    assert_int_equal(query(key, L"V", KeyValuePartialInformation, buffer, 14, &length),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 16);
    assert_int_equal(buffer[14], 0x55);
    assert_int_equal(query(key, L"V", KeyValueFullInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(((KEY_VALUE_FULL_INFORMATION *)buffer)->DataOffset, 24);
    assert_int_equal(((KEY_VALUE_FULL_INFORMATION *)buffer)->NameLength, 2);
    assert_int_equal(*(ULONG *)(buffer + 24), 1);
    assert_int_equal(query(key, L"W", KeyValueFullInformation, buffer, sizeof(buffer), &length),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(key);
    ZwClose(root);
}

/* Callers in the kernel are not held to what they asked for, but for deleting. */
static void a_handle_reads_and_writes_whatever_it_was_opened_for(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"R");
    HANDLE read = open_at(root, L"R", KEY_READ, STATUS_SUCCESS);
    HANDLE write = open_at(root, L"R", GENERIC_WRITE, STATUS_SUCCESS);
    UCHAR buffer[64];
    ULONG length = 0;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"V");

    assert_int_equal(set_ulong(read, L"V", 1), STATUS_SUCCESS);
    assert_int_equal(set_ulong(write, L"V", 1), STATUS_SUCCESS);
    assert_int_equal(query(write, L"V", KeyValueBasicInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(write), STATUS_ACCESS_DENIED);
    assert_int_equal(ZwDeleteValueKey(read, &name), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteValueKey(write, &name), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(write);
    ZwClose(read);
    ZwClose(key);
    ZwClose(root);
}

static void a_deleted_key_is_out_of_the_tree(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"D");
    HANDLE child = create_at(key, L"E");
    UCHAR buffer[64];
    ULONG length = 0;

    assert_int_equal(ZwDeleteKey(key), STATUS_CANNOT_DELETE);
    assert_int_equal(ZwDeleteKey(child), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(key), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(key), STATUS_KEY_DELETED);
    open_at(root, L"D", KEY_READ, STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(set_ulong(key, L"V", 1), STATUS_KEY_DELETED);
    assert_int_equal(ZwQueryKey(key, KeyBasicInformation, buffer, sizeof(buffer), &length),
                     STATUS_KEY_DELETED);
    open_at(key, L"F", KEY_READ, STATUS_KEY_DELETED);
    ZwClose(child);
    ZwClose(key);
    assert_int_equal(ZwDeleteKey(root), STATUS_CANNOT_DELETE);
    ZwClose(root);
}

static void assert_subkey(HANDLE key, ULONG index, const WCHAR *expected)
{
    UCHAR buffer[128];
    ULONG length = 0;
    KEY_BASIC_INFORMATION *told = (KEY_BASIC_INFORMATION *)buffer;

    assert_int_equal(
        ZwEnumerateKey(key, index, KeyBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    assert_int_equal(told->NameLength, wcslen(expected) * sizeof(WCHAR));
    assert_memory_equal(told->Name, expected, told->NameLength);
}

static void keys_are_enumerated_by_name_and_values_by_age(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"N");
    UCHAR buffer[128];
    ULONG length = 0;
    KEY_FULL_INFORMATION *full = (KEY_FULL_INFORMATION *)buffer;
    KEY_VALUE_BASIC_INFORMATION *value = (KEY_VALUE_BASIC_INFORMATION *)buffer;

    ZwClose(create_at(key, L"zeta"));
    ZwClose(create_at(key, L"Alpha"));
    ZwClose(create_at(key, L"beta"));
    set_ulong(key, L"Zz", 1);
    set_ulong(key, L"Aaa", 1);
    assert_subkey(key, 0, L"Alpha");
    assert_subkey(key, 1, L"beta");
    assert_subkey(key, 2, L"zeta");
    assert_int_equal(ZwEnumerateKey(key, 3, KeyBasicInformation, buffer, sizeof(buffer), &length),
                     STATUS_NO_MORE_ENTRIES);
    assert_int_equal(
        ZwEnumerateValueKey(key, 0, KeyValueBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    assert_memory_equal(value->Name, L"Zz", 4);
    assert_int_equal(
        ZwEnumerateValueKey(key, 2, KeyValueBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_NO_MORE_ENTRIES);
    assert_int_equal(ZwQueryKey(key, KeyFullInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(full->SubKeys, 3);
    assert_int_equal(full->Values, 2);
    assert_int_equal(full->MaxNameLen, 10);
    assert_int_equal(full->MaxValueNameLen, 6);
    assert_int_equal(full->MaxValueDataLen, 4);
    ZwClose(key);
    ZwClose(root);
}

static void a_key_tells_its_whole_name(void **state)
{
    static const WCHAR expected[] = L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\Whole";
    HANDLE root = services();
    HANDLE key = create_at(root, L"Whole");
    UCHAR buffer[256];
    ULONG length = 0;
    KEY_NAME_INFORMATION *name = (KEY_NAME_INFORMATION *)buffer;

    assert_int_equal(ZwQueryKey(key, KeyNameInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(name->NameLength, sizeof(expected) - sizeof(WCHAR));
    assert_memory_equal(name->Name, expected, name->NameLength);
    assert_int_equal(ZwQueryKey(key, KeyNameInformation, buffer, 20, &length),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, sizeof(expected) + 2);
    ZwClose(key);
    ZwClose(root);
}

static void a_handle_of_something_else_is_no_key(void **state)
{
    UCHAR buffer[64];
    ULONG length = 0;

    assert_int_equal(ZwQueryKey(NULL, KeyBasicInformation, buffer, sizeof(buffer), &length),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(ZwFlushKey((HANDLE)(ULONG_PTR)0x7777777c), STATUS_INVALID_HANDLE);
}

static void above_passive_level_it_is_refused(void **state)
{
    HANDLE root = services();
    KIRQL old;

    wc_expect_violation("IrqlTooHigh");
    KeRaiseIrql(APC_LEVEL, &old);
    assert_int_equal(ZwFlushKey(root), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(old);
    ZwClose(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(names_are_found_without_case),
        wc_unit_test(only_the_last_name_is_made),
        wc_unit_test(a_volatile_key_has_volatile_subkeys),
        wc_unit_test(a_short_buffer_is_told_apart),
        wc_unit_test(a_handle_reads_and_writes_whatever_it_was_opened_for),
        wc_unit_test(a_deleted_key_is_out_of_the_tree),
        wc_unit_test(keys_are_enumerated_by_name_and_values_by_age),
        wc_unit_test(a_key_tells_its_whole_name),
        wc_unit_test(a_handle_of_something_else_is_no_key),
        wc_unit_test(above_passive_level_it_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
