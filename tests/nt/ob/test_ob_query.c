/* test_ob_query.c - several handles of an object, waits for several, what can be asked about it. */
#include "nt/nt_thread.h"

#include <ntifs.h>

static HANDLE event, other;

static HANDLE new_event(EVENT_TYPE type)
{
    HANDLE handle;

    assert_int_equal(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, type, FALSE), STATUS_SUCCESS);
    return handle;
}

static int setup(void **state)
{
    event = new_event(NotificationEvent);
    other = new_event(SynchronizationEvent);
    return 0;
}

static int teardown(void **state)
{
    ZwClose(event);
    ZwClose(other);
    return 0;
}

static void waiting_for_several_handles(void **state)
{
    HANDLE both[2] = {event, other};
    LARGE_INTEGER zero = {.QuadPart = 0};

    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, &zero), STATUS_TIMEOUT);
    ZwSetEvent(other, NULL);
    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAll, FALSE, &zero), STATUS_TIMEOUT);
    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, NULL), STATUS_WAIT_0 + 1);
    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, &zero), STATUS_TIMEOUT);
    ZwSetEvent(event, NULL);
    ZwSetEvent(other, NULL);
    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAll, FALSE, NULL), STATUS_SUCCESS);
    assert_int_equal(ZwWaitForMultipleObjects(0, both, WaitAll, FALSE, NULL),
                     STATUS_INVALID_PARAMETER_1);
    assert_int_equal(ZwWaitForMultipleObjects(65, both, WaitAll, FALSE, NULL),
                     STATUS_INVALID_PARAMETER_1);
    both[1] = NULL;
    assert_int_equal(ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, &zero),
                     STATUS_INVALID_HANDLE);
}

static ULONG handles(HANDLE handle, ULONG *access)
{
    PUBLIC_OBJECT_BASIC_INFORMATION basic;
    ULONG length = 0;

    assert_int_equal(ZwQueryObject(handle, ObjectBasicInformation, &basic, sizeof(basic), &length),
                     STATUS_SUCCESS);
    assert_int_equal(length, 56);
    assert_true(basic.PointerCount >= basic.HandleCount);
    *access = basic.GrantedAccess;
    return basic.HandleCount;
}

static void a_duplicate_is_another_handle_of_the_same_object(void **state)
{
    HANDLE copy = NULL;
    ULONG access;

    assert_int_equal(
        ZwDuplicateObject(ZwCurrentProcess(), event, ZwCurrentProcess(), &copy, SYNCHRONIZE, 0, 0),
        STATUS_SUCCESS);
    assert_ptr_not_equal(copy, event);
    assert_int_equal(handles(copy, &access), 2);
    assert_int_equal(access, SYNCHRONIZE);
    ZwSetEvent(copy, NULL);
    assert_int_equal(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    ZwClose(copy);
    assert_int_equal(handles(event, &access), 1);
    assert_int_equal(access, EVENT_ALL_ACCESS);
}

static void a_duplicate_may_close_its_source(void **state)
{
    HANDLE copy = NULL;
    ULONG access;

    assert_int_equal(ZwDuplicateObject(ZwCurrentProcess(), event, ZwCurrentProcess(), &copy, 0, 0,
                                       DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS),
                     STATUS_SUCCESS);
    assert_int_equal(handles(copy, &access), 1);
    assert_int_equal(access, EVENT_ALL_ACCESS);
    assert_int_equal(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_INVALID_HANDLE);
    event = copy;
    assert_int_equal(ZwDuplicateObject(ZwCurrentProcess(), (HANDLE)0x7770, ZwCurrentProcess(),
                                       &copy, 0, 0, DUPLICATE_SAME_ACCESS),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(
        ZwDuplicateObject(ZwCurrentProcess(), event, ZwCurrentProcess(), NULL, 0, 0, 0),
        STATUS_INVALID_PARAMETER);
}

static void names_of_types(void **state)
{
    UCHAR buffer[256];
    PUBLIC_OBJECT_TYPE_INFORMATION *type = (PVOID)buffer;
    UNICODE_STRING expected = RTL_CONSTANT_STRING(L"Event");
    ULONG length;
    PVOID object;

    assert_int_equal(ZwQueryObject(event, ObjectTypeInformation, buffer, 8, &length),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(ZwQueryObject(event, ObjectTypeInformation, buffer, length, NULL),
                     STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&type->TypeName, &expected, FALSE));
    assert_int_equal(ZwQueryObject(event, ObjectNameInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(((POBJECT_NAME_INFORMATION)buffer)->Name.Length, 0);
    assert_int_equal(ZwQueryObject(event, (OBJECT_INFORMATION_CLASS)77, buffer, 8, &length),
                     STATUS_INVALID_INFO_CLASS);
    assert_int_equal(
        ObReferenceObjectByHandle(event, 0, *ExEventObjectType, KernelMode, &object, NULL),
        STATUS_SUCCESS);
    assert_int_equal(ObGetObjectPointerCount(object), 2);
    assert_ptr_equal(ObGetObjectType(object), *ExEventObjectType);
    ObDereferenceObject(object);
}

static void creating_an_event_that_is_there(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\query");
    OBJECT_ATTRIBUTES attributes;
    HANDLE first, second;
    ULONG access;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_OPENIF, NULL, NULL);
    assert_int_equal(ZwCreateEvent(&first, GENERIC_ALL, &attributes, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwCreateEvent(&second, GENERIC_READ, &attributes, NotificationEvent, TRUE),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_int_equal(handles(first, &access), 2);
    assert_int_equal(access, EVENT_ALL_ACCESS);
    handles(second, &access);
    assert_int_equal(access, STANDARD_RIGHTS_READ | EVENT_QUERY_STATE);
    ZwSetEvent(second, NULL);
    assert_int_equal(ZwWaitForSingleObject(first, FALSE, NULL), STATUS_SUCCESS);
    attributes.Attributes = OBJ_KERNEL_HANDLE;
    ZwClose(second);
    assert_int_equal(ZwCreateEvent(&second, GENERIC_ALL, &attributes, NotificationEvent, FALSE),
                     STATUS_OBJECT_NAME_COLLISION);
    ZwClose(first);
}

static VOID wait_for_event(PVOID Context)
{
    ZwWaitForSingleObject(event, FALSE, NULL);
}

static void a_thread_is_opened_by_its_number(void **state)
{
    OBJECT_ATTRIBUTES attributes;
    PKTHREAD thread = nt_thread(wait_for_event, NULL);
    CLIENT_ID id = {.UniqueThread = PsGetThreadId(thread)};
    HANDLE handle;
    PVOID object;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwOpenThread(&handle, THREAD_ALL_ACCESS, &attributes, &id), STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &object, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(object, thread);
    ObDereferenceObject(object);
    ZwClose(handle);
    ZwSetEvent(event, NULL);
    nt_join(thread);
    assert_int_equal(ZwOpenThread(&handle, THREAD_ALL_ACCESS, &attributes, &id),
                     STATUS_INVALID_CID);
    assert_int_equal(ZwOpenThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL),
                     STATUS_INVALID_PARAMETER_MIX);
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .teardown = teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(waiting_for_several_handles),
        UNIT(a_duplicate_is_another_handle_of_the_same_object),
        UNIT(a_duplicate_may_close_its_source),
        UNIT(names_of_types),
        UNIT(creating_an_event_that_is_there),
        UNIT(a_thread_is_opened_by_its_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
