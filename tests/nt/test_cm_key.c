/* test_cm_key.c - registry keys and values by handle. */
#include <ntifs.h>

#include "nt_driver.h"
#include "nt_thread.h"

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

static void a_key_keeps_its_class(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Classy");
    UNICODE_STRING class_name = RTL_CONSTANT_STRING(L"Kind");
    UCHAR buffer[128];
    const KEY_FULL_INFORMATION *full = (const void *)buffer;
    const KEY_NODE_INFORMATION *node = (const void *)buffer;
    HANDLE root = services();
    OBJECT_ATTRIBUTES attributes;
    ULONG length = 0;
    HANDLE key;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    for (int round = 0; round < 2; round++) { /* who only opens it says nothing */
        assert_int_equal(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0,
                                     round == 0 ? &class_name : &name, 0, NULL),
                         STATUS_SUCCESS);
        ZwClose(key);
    }
    key = open_at(root, L"Classy", KEY_READ, STATUS_SUCCESS);
    assert_int_equal(ZwQueryKey(key, KeyFullInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(full->ClassLength, class_name.Length);
    assert_memory_equal(buffer + full->ClassOffset, class_name.Buffer, class_name.Length);
    assert_int_equal(length, full->ClassOffset + class_name.Length);
    assert_int_equal(ZwQueryKey(key, KeyNodeInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_memory_equal(node->Name, name.Buffer, name.Length);
    assert_int_equal(node->ClassLength, class_name.Length);
    assert_memory_equal(buffer + node->ClassOffset, class_name.Buffer, class_name.Length);
    assert_int_equal(ZwQueryKey(root, KeyFullInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(full->MaxClassLen, class_name.Length);
    assert_int_equal(full->ClassOffset, (ULONG)-1);
    ZwClose(key);
    ZwClose(root);
}

static NTSTATUS rename_to(HANDLE key, PCWSTR text)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, text);
    return ZwRenameKey(key, &name);
}

static void a_key_is_renamed_with_what_is_below(void **state)
{
    static const WCHAR expected[] =
        L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\New\\Sub";
    HANDLE root = services();
    HANDLE key = create_at(root, L"Old");
    HANDLE below = create_at(key, L"Sub");
    HANDLE other = create_at(root, L"Other");
    UCHAR buffer[256];
    const KEY_NAME_INFORMATION *name = (const void *)buffer;
    ULONG length = 0;

    assert_int_equal(rename_to(key, L"other"), STATUS_CANNOT_DELETE);
    assert_int_equal(rename_to(key, L"A\\B"), STATUS_INVALID_PARAMETER);
    assert_int_equal(rename_to(key, L""), STATUS_INVALID_PARAMETER);
    assert_int_equal(rename_to(root, L"X"), STATUS_CANNOT_DELETE);
    assert_int_equal(rename_to(key, L"OLD"), STATUS_SUCCESS); /* its own name */
    assert_int_equal(rename_to(key, L"New"), STATUS_SUCCESS);
    open_at(root, L"Old", KEY_READ, STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(open_at(root, L"new\\sub", KEY_READ, STATUS_SUCCESS));
    assert_int_equal(ZwQueryKey(below, KeyNameInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(name->NameLength, sizeof(expected) - sizeof(WCHAR));
    assert_memory_equal(name->Name, expected, name->NameLength);
    assert_int_equal(ZwDeleteKey(below), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(key), STATUS_SUCCESS);
    assert_int_equal(rename_to(key, L"Again"), STATUS_KEY_DELETED);
    ZwClose(below);
    ZwClose(key);
    ZwClose(other);
    ZwClose(root);
}

static NTSTATUS watch(HANDLE key, HANDLE event, IO_STATUS_BLOCK *outcome, ULONG filter,
                      BOOLEAN tree)
{
    outcome->Status = STATUS_PENDING;
    return ZwNotifyChangeKey(key, event, NULL, NULL, outcome, filter, tree, NULL, 0, TRUE);
}

static void a_change_is_told_once(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"Watched");
    HANDLE below = create_at(key, L"Sub");
    HANDLE again = open_at(root, L"Watched", KEY_ALL_ACCESS, STATUS_SUCCESS);
    IO_STATUS_BLOCK values, tree;
    HANDLE event;
    PKEVENT body;

    assert_int_equal(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(event, 0, NULL, KernelMode, (PVOID *)&body, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(watch(key, event, &values, 0, FALSE), STATUS_INVALID_PARAMETER);
    assert_int_equal(watch(key, event, &values, REG_NOTIFY_CHANGE_LAST_SET, FALSE), STATUS_PENDING);
    assert_int_equal(watch(again, NULL, &tree, REG_LEGAL_CHANGE_FILTER, TRUE), STATUS_PENDING);
    assert_int_equal(KeReadStateEvent(body), 0);
    set_ulong(below, L"a", 1);
    assert_int_equal(tree.Status, STATUS_NOTIFY_ENUM_DIR);
    assert_int_equal(values.Status, STATUS_PENDING); /* only its own values */
    set_ulong(key, L"a", 1);
    assert_int_equal(values.Status, STATUS_NOTIFY_ENUM_DIR);
    assert_int_equal(KeReadStateEvent(body), 1);
    set_ulong(key, L"a", 2); /* while nobody waits: told at once when somebody does */
    assert_int_equal(watch(key, event, &values, REG_NOTIFY_CHANGE_LAST_SET, FALSE), STATUS_PENDING);
    assert_int_equal(values.Status, STATUS_NOTIFY_ENUM_DIR);
    assert_int_equal(watch(key, event, &values, REG_NOTIFY_CHANGE_LAST_SET, FALSE), STATUS_PENDING);
    assert_int_equal(values.Status, STATUS_PENDING);
    ZwDeleteKey(below);
    ZwClose(below);
    assert_int_equal(values.Status, STATUS_PENDING); /* a name is no value */
    ZwClose(key);                                    /* nobody can look any more */
    assert_int_equal(values.Status, STATUS_NOTIFY_CLEANUP);
    assert_int_equal(watch(again, NULL, &tree, REG_NOTIFY_CHANGE_NAME, FALSE), STATUS_PENDING);
    assert_int_equal(tree.Status, STATUS_NOTIFY_ENUM_DIR); /* below and its value were changed */
    assert_int_equal(watch(again, NULL, &tree, REG_NOTIFY_CHANGE_NAME, FALSE), STATUS_PENDING);
    assert_int_equal(ZwDeleteKey(again), STATUS_SUCCESS);
    assert_int_equal(tree.Status, STATUS_NOTIFY_CLEANUP);
    assert_int_equal(watch(again, NULL, &tree, REG_NOTIFY_CHANGE_NAME, FALSE), STATUS_KEY_DELETED);
    ZwClose(again);
    ObDereferenceObject(body);
    ZwClose(event);
    ZwClose(root);
}

static VOID wait_for_change(PVOID Context)
{
    HANDLE key = open_at(NULL, SERVICES L"\\Watched", KEY_NOTIFY, STATUS_SUCCESS);
    IO_STATUS_BLOCK outcome;

    *(NTSTATUS *)Context = ZwNotifyChangeKey(key, NULL, NULL, NULL, &outcome,
                                             REG_NOTIFY_CHANGE_NAME, FALSE, NULL, 0, FALSE);
    ZwClose(key);
}

static void a_synchronous_watch_waits(void **state)
{
    HANDLE root = services();
    HANDLE key = create_at(root, L"Watched");
    NTSTATUS status = STATUS_PENDING;
    PKTHREAD thread = nt_thread(wait_for_change, &status);

    nt_delay_ms(5);
    assert_int_equal(status, STATUS_PENDING);
    ZwClose(create_at(key, L"Sub"));
    nt_join(thread);
    assert_int_equal(status, STATUS_NOTIFY_ENUM_DIR);
    ZwClose(key);
    ZwClose(root);
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
        wc_unit_test(a_key_keeps_its_class),
        wc_unit_test(a_key_is_renamed_with_what_is_below),
        wc_unit_test(a_change_is_told_once),
        wc_unit_test(a_synchronous_watch_waits),
        wc_unit_test(above_passive_level_it_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
