/* test_ob_directory.c - directories and symbolic links of the object namespace. */
#include "nt/nt_thread.h"

#include <ntifs.h>

static OBJECT_ATTRIBUTES attributes;
static UNICODE_STRING object_name;

static POBJECT_ATTRIBUTES named(HANDLE root, PCWSTR text, ULONG flags)
{
    RtlInitUnicodeString(&object_name, text);
    InitializeObjectAttributes(&attributes, &object_name, OBJ_KERNEL_HANDLE | flags, root, NULL);
    return &attributes;
}

static void a_directory_is_there_until_its_last_handle_is_closed(void **state)
{
    HANDLE first, second;

    assert_int_equal(ZwOpenDirectoryObject(&first, DIRECTORY_QUERY, named(NULL, L"\\Exam", 0)),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(
        ZwCreateDirectoryObject(&first, DIRECTORY_ALL_ACCESS, named(NULL, L"\\Exam", 0)),
        STATUS_SUCCESS);
    assert_int_equal(
        ZwCreateDirectoryObject(&second, DIRECTORY_ALL_ACCESS, named(NULL, L"\\Exam", 0)),
        STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(
        ZwCreateDirectoryObject(&second, DIRECTORY_ALL_ACCESS, named(NULL, L"\\Exam", OBJ_OPENIF)),
        STATUS_OBJECT_NAME_EXISTS);
    ZwClose(first);
    assert_int_equal(ZwOpenDirectoryObject(&first, DIRECTORY_QUERY, named(NULL, L"\\Exam", 0)),
                     STATUS_SUCCESS);
    ZwClose(first);
    ZwClose(second);
    assert_int_equal(ZwOpenDirectoryObject(&first, DIRECTORY_QUERY, named(NULL, L"\\Exam", 0)),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_permanent_one_stays_until_it_is_made_temporary(void **state)
{
    HANDLE handle;

    assert_int_equal(ZwCreateDirectoryObject(&handle, DIRECTORY_ALL_ACCESS,
                                             named(NULL, L"\\Stays", OBJ_PERMANENT)),
                     STATUS_SUCCESS);
    ZwClose(handle);
    assert_int_equal(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, named(NULL, L"\\Stays", 0)),
                     STATUS_SUCCESS);
    assert_int_equal(ZwMakeTemporaryObject(handle), STATUS_SUCCESS);
    ZwClose(handle);
    assert_int_equal(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, named(NULL, L"\\Stays", 0)),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ZwMakeTemporaryObject((HANDLE)0x7770), STATUS_INVALID_HANDLE);
}

static void the_systems_directories_are_there(void **state)
{
    HANDLE handle;

    assert_int_equal(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, named(NULL, L"\\device", 0)),
                     STATUS_SUCCESS);
    ZwClose(handle);
    assert_int_equal(ZwCreateDirectoryObject(&handle, 0, named(NULL, L"\\Device", 0)),
                     STATUS_OBJECT_NAME_COLLISION);
}

static void a_link_says_where_it_leads(void **state)
{
    UNICODE_STRING target = RTL_CONSTANT_STRING(L"\\Device\\There");
    UNICODE_STRING plain = RTL_CONSTANT_STRING(L"\\??\\Plain");
    WCHAR text[32];
    UNICODE_STRING seen = {.Buffer = text, .MaximumLength = 4};
    HANDLE directory, link, other;
    ULONG length = 0;

    ZwOpenDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, named(NULL, L"\\??", 0));
    assert_int_equal(ZwCreateSymbolicLinkObject(&link, SYMBOLIC_LINK_ALL_ACCESS,
                                                named(directory, L"ExamLink", 0), &target),
                     STATUS_SUCCESS);
    assert_int_equal(
        ZwOpenSymbolicLinkObject(&other, GENERIC_READ, named(NULL, L"\\DosDevices\\ExamLink", 0)),
        STATUS_SUCCESS);
    assert_int_equal(ZwQuerySymbolicLinkObject(other, &seen, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, target.Length + sizeof(WCHAR));
    seen.MaximumLength = (USHORT)length;
    assert_int_equal(ZwQuerySymbolicLinkObject(other, &seen, &length), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&seen, &target, FALSE));
    assert_int_equal(text[seen.Length / sizeof(WCHAR)], 0);
    seen.MaximumLength = target.Length;
    assert_int_equal(ZwQuerySymbolicLinkObject(other, &seen, NULL), STATUS_SUCCESS);
    assert_int_equal(ZwQuerySymbolicLinkObject(directory, &seen, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ZwClose(other);
    ZwClose(link);
    assert_int_equal(
        ZwOpenSymbolicLinkObject(&other, GENERIC_READ, named(NULL, L"\\??\\ExamLink", 0)),
        STATUS_OBJECT_NAME_NOT_FOUND);
    IoCreateSymbolicLink(&plain, &target);
    assert_int_equal(ZwOpenSymbolicLinkObject(&other, GENERIC_READ, named(directory, L"Plain", 0)),
                     STATUS_SUCCESS);
    ZwClose(other); /* opened only: the link stays */
    assert_int_equal(IoDeleteSymbolicLink(&plain), STATUS_SUCCESS);
    ZwClose(directory);
}

static void what_is_relative_to_must_be_a_directory(void **state)
{
    UNICODE_STRING target = RTL_CONSTANT_STRING(L"\\Device\\There");
    HANDLE event, link;

    ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE);
    assert_int_equal(ZwCreateSymbolicLinkObject(&link, 0, named(event, L"x", 0), &target),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ZwCreateSymbolicLinkObject(&link, 0, named((HANDLE)0x7770, L"x", 0), &target),
                     STATUS_INVALID_HANDLE);
    target.Length = 0;
    assert_int_equal(ZwCreateSymbolicLinkObject(&link, 0, named(NULL, L"\\x", 0), &target),
                     STATUS_INVALID_PARAMETER);
    ZwClose(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_directory_is_there_until_its_last_handle_is_closed),
        wc_unit_test(a_permanent_one_stays_until_it_is_made_temporary),
        wc_unit_test(the_systems_directories_are_there),
        wc_unit_test(a_link_says_where_it_leads),
        wc_unit_test(what_is_relative_to_must_be_a_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
