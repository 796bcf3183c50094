/* test_ob_open.c - handles and names of objects, threads by number, events by handle. */
#include <ntifs.h>

#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

static NTSTATUS name_of(PVOID object, void *room, ULONG size, PULONG needed)
{
    return ObQueryNameString(object, room, size, needed);
}

static void an_object_gets_a_handle(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT device = nt_device_create(driver, NULL, nt_succeed);
    HANDLE handle;
    PVOID again;

    assert_int_equal(ObOpenObjectByPointer(device, OBJ_KERNEL_HANDLE, NULL, 0, *IoDeviceObjectType,
                                           KernelMode, &handle),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &again, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(again, device);
    ObDereferenceObject(again);
    assert_int_equal(ObCloseHandle(handle, KernelMode), STATUS_SUCCESS);
    assert_int_equal(
        ObOpenObjectByPointer(device, 0, NULL, 0, *IoDriverObjectType, KernelMode, &handle),
        STATUS_OBJECT_TYPE_MISMATCH);
    wc_expect_violation("BadHandle");
    assert_int_equal(ObCloseHandle(handle, KernelMode), STATUS_INVALID_HANDLE);
    nt_driver_delete(driver);
}

static void a_name_is_counted_and_terminated(void **state)
{
    static const WCHAR expected[] = L"\\Driver\\test";
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT device = nt_device_create(driver, NULL, nt_succeed);
    union {
        OBJECT_NAME_INFORMATION name;
        UCHAR bytes[100];
    } room;
    ULONG needed;

    assert_int_equal(name_of(driver, &room, sizeof(room), &needed), STATUS_SUCCESS);
    assert_int_equal(needed, sizeof(UNICODE_STRING) + sizeof(expected));
    assert_int_equal(room.name.Name.Length, sizeof(expected) - sizeof(WCHAR));
    assert_int_equal(room.name.Name.MaximumLength, sizeof(expected));
    assert_memory_equal(room.name.Name.Buffer, expected, sizeof(expected));
    assert_int_equal(name_of(driver, &room, needed - 1, &needed), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(needed, sizeof(UNICODE_STRING) + sizeof(expected));
    assert_int_equal(name_of(device, &room, sizeof(room), &needed), STATUS_SUCCESS);
    assert_int_equal(needed, sizeof(UNICODE_STRING)); /* it has no name */
    assert_int_equal(room.name.Name.Length, 0);
    nt_driver_delete(driver);
}

static void events_are_opened_by_name_and_reset_by_handle(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Go");
    UNICODE_STRING none = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\None");
    OBJECT_ATTRIBUTES attributes;
    OBJECT_NAME_INFORMATION *info;
    UCHAR room[100];
    HANDLE first, second;
    PKEVENT event;
    LONG before;
    ULONG needed;

    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    assert_int_equal(ZwCreateEvent(&first, EVENT_ALL_ACCESS, &attributes, NotificationEvent, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwOpenEvent(&second, EVENT_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    assert_int_equal(ZwResetEvent(second, &before), STATUS_SUCCESS);
    assert_int_equal(before, 1);
    assert_int_equal(
        ObReferenceObjectByHandle(first, 0, *ExEventObjectType, KernelMode, (PVOID *)&event, NULL),
        STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(event), 0);
    assert_int_equal(ZwSetEvent(first, &before), STATUS_SUCCESS);
    assert_int_equal(before, 0);
    assert_int_equal(ZwClearEvent(second), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(event), 0);
    assert_int_equal(name_of(event, room, sizeof(room), &needed), STATUS_SUCCESS);
    info = (void *)room;
    assert_true(RtlEqualUnicodeString(&info->Name, &name, FALSE));
    ObDereferenceObject(event);
    ZwClose(first);
    ZwClose(second);
    assert_int_equal(ZwOpenEvent(&first, EVENT_ALL_ACCESS, &attributes),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    InitializeObjectAttributes(&attributes, &none, 0, NULL, NULL);
    assert_int_equal(ZwOpenEvent(&first, EVENT_ALL_ACCESS, &attributes),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    wc_expect_violation("BadHandle");
    assert_int_equal(ZwResetEvent(second, NULL), STATUS_INVALID_HANDLE);
}

static VOID until_told(PVOID context)
{
    nt_wait(context, NULL);
}

static void a_thread_is_found_while_it_runs(void **state)
{
    KEVENT go;
    PKTHREAD thread;
    PETHREAD found;
    PEPROCESS process;
    HANDLE id;

    KeInitializeEvent(&go, NotificationEvent, FALSE);
    thread = nt_thread(until_told, &go);
    id = PsGetThreadId((PETHREAD)thread);
    assert_int_equal(PsLookupThreadByThreadId(id, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, thread);
    ObDereferenceObject(found);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    nt_join(thread);
    assert_int_equal(PsLookupThreadByThreadId(id, &found), STATUS_INVALID_PARAMETER);
    assert_int_equal(PsLookupThreadByThreadId((HANDLE)2, &found), STATUS_INVALID_PARAMETER);
    assert_int_equal(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &process), STATUS_SUCCESS);
    assert_ptr_equal(process, PsInitialSystemProcess);
    ObDereferenceObject(process);
    assert_int_equal(PsLookupProcessByProcessId((HANDLE)8, &process), STATUS_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(an_object_gets_a_handle),
        wc_unit_test(a_name_is_counted_and_terminated),
        wc_unit_test(events_are_opened_by_name_and_reset_by_handle),
        wc_unit_test(a_thread_is_found_while_it_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
