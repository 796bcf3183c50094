/* test_ob_event.c - events with handles, and the types that tell objects apart. */
#include <ntifs.h>

#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

static PVOID object_of(HANDLE handle, POBJECT_TYPE type)
{
    PVOID object = NULL;

    return NT_SUCCESS(ObReferenceObjectByHandle(handle, 0, type, KernelMode, &object, NULL))
               ? object
               : NULL;
}

static void a_handle_leads_to_the_event(void **state)
{
    PKEVENT event;
    HANDLE handle;
    LONG before = 7;

    assert_int_equal(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE),
                     STATUS_SUCCESS);
    event = object_of(handle, *ExEventObjectType);
    assert_non_null(event);
    assert_null(object_of(handle, *PsThreadType));
    assert_null(object_of(handle, *ExSemaphoreObjectType));
    assert_null(object_of(handle, *PsProcessType));
    assert_int_equal(nt_poll(event), STATUS_TIMEOUT);
    assert_int_equal(ZwSetEvent(handle, &before), STATUS_SUCCESS);
    assert_int_equal(before, 0);
    ZwClose(handle);
    assert_int_equal(nt_poll(event), STATUS_SUCCESS); /* our reference keeps it */
    assert_int_equal(nt_poll(event), STATUS_TIMEOUT);
    ObDereferenceObject(event);
    wc_expect_violation("BadHandle");
    assert_int_equal(ZwSetEvent(handle, NULL), STATUS_INVALID_HANDLE);
}

static void a_name_is_one_event(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Ready");
    OBJECT_ATTRIBUTES attributes;
    HANDLE first, second, third;
    PKEVENT event = IoCreateNotificationEvent(&name, &first);

    assert_int_equal(KeReadStateEvent(event), 1);
    assert_ptr_equal(IoCreateNotificationEvent(&name, &second), event);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    assert_int_equal(ZwCreateEvent(&third, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
                     STATUS_OBJECT_NAME_COLLISION);
    ZwClose(first);
    assert_int_equal(KeReadStateEvent(event), 1);
    ZwClose(second); /* with the last handle the name goes */
    assert_int_equal(ZwCreateEvent(&third, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    ZwClose(third);
}

static void a_name_may_lie_below_a_directory(void **state)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Mine");
    UNICODE_STRING short_name = RTL_CONSTANT_STRING(L"Ready");
    UNICODE_STRING full = RTL_CONSTANT_STRING(L"\\Mine\\Ready");
    OBJECT_ATTRIBUTES attributes;
    HANDLE directory, first, second;

    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
                     STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, &short_name, OBJ_KERNEL_HANDLE, directory, NULL);
    assert_int_equal(ZwCreateEvent(&first, EVENT_ALL_ACCESS, &attributes, NotificationEvent, TRUE),
                     STATUS_SUCCESS);
    attributes.RootDirectory = NULL;
    assert_int_equal(ZwOpenEvent(&second, EVENT_ALL_ACCESS, &attributes),
                     STATUS_OBJECT_PATH_SYNTAX_BAD);
    attributes.ObjectName = &full;
    assert_int_equal(ZwOpenEvent(&second, EVENT_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    assert_true((LONG_PTR)second < 0);
    ZwClose(second);
    ZwClose(first);
    ZwClose(directory);
}

static void the_current_thread_has_a_handle(void **state)
{
    assert_ptr_equal(object_of(ZwCurrentThread(), *PsThreadType), KeGetCurrentThread());
    ObDereferenceObject(KeGetCurrentThread());
}

static void types_tell_objects_apart(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT device = nt_device_create(driver, NULL, nt_succeed);

    assert_int_equal(ObReferenceObjectByPointer(device, 0, *IoDeviceObjectType, KernelMode),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByPointer(device, 0, *IoDriverObjectType, KernelMode),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ObReferenceObjectByPointer(driver, 0, *IoDriverObjectType, KernelMode),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByPointer(driver, 0, *IoFileObjectType, KernelMode),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ObDereferenceObject(driver);
    ObDereferenceObject(device);
    nt_driver_delete(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_handle_leads_to_the_event),
        wc_unit_test(a_name_is_one_event),
        wc_unit_test(a_name_may_lie_below_a_directory),
        wc_unit_test(the_current_thread_has_a_handle),
        wc_unit_test(types_tell_objects_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
