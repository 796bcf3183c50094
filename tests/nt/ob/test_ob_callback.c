/* test_ob_callback.c - routines that hear of handles to processes and threads. */
#include <ntifs.h>

#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include "nt/ob/ob_object.h"

#include <string.h>
#include <unistd.h>

#define RIGHT 0x0010u /* of a process: to read its memory */

/* One registration, and what its routines heard. */
struct hearer {
    PVOID handle;
    OB_OPERATION_REGISTRATION operations[2];
    ACCESS_MASK takes;
    ULONG before, after; /* calls */
    ULONG order;         /* of the last call, counted over all */
    ACCESS_MASK desired, original, granted;
    PVOID object;
    POBJECT_TYPE type;
    PVOID context;
    BOOLEAN kernel;
    NTSTATUS status;
};

static struct {
    struct hearer high, low;
    ULONG calls;
    KEVENT entered;
    ULONG finished;
} t;

static OB_PREOP_CALLBACK_STATUS before(PVOID context, POB_PRE_OPERATION_INFORMATION information)
{
    struct hearer *hearer = context;
    POB_PRE_CREATE_HANDLE_INFORMATION create = &information->Parameters->CreateHandleInformation;

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(information->Operation, OB_OPERATION_HANDLE_CREATE);
    hearer->before++;
    hearer->order = ++t.calls;
    hearer->desired = create->DesiredAccess;
    hearer->original = create->OriginalDesiredAccess;
    hearer->object = information->Object;
    hearer->type = information->ObjectType;
    hearer->kernel = information->KernelHandle;
    create->DesiredAccess &= ~hearer->takes;
    information->CallContext = &hearer->before;
    return OB_PREOP_SUCCESS;
}

static VOID after(PVOID context, POB_POST_OPERATION_INFORMATION information)
{
    struct hearer *hearer = context;

    hearer->after++;
    hearer->order = ++t.calls;
    hearer->context = information->CallContext;
    hearer->status = information->ReturnStatus;
    hearer->granted = information->Parameters->CreateHandleInformation.GrantedAccess;
}

static NTSTATUS hear(struct hearer *hearer, PCWSTR altitude)
{
    OB_CALLBACK_REGISTRATION registration = {.Version = OB_FLT_REGISTRATION_VERSION,
                                             .OperationRegistrationCount = 2,
                                             .RegistrationContext = hearer,
                                             .OperationRegistration = hearer->operations};

    hearer->operations[0] = (OB_OPERATION_REGISTRATION){
        PsProcessType, OB_OPERATION_HANDLE_CREATE | OB_OPERATION_HANDLE_DUPLICATE, before, after};
    hearer->operations[1] =
        (OB_OPERATION_REGISTRATION){PsThreadType, OB_OPERATION_HANDLE_CREATE, before, after};
    RtlInitUnicodeString(&registration.Altitude, altitude);
    return ObRegisterCallbacks(&registration, &hearer->handle);
}

static NTSTATUS open_process(ULONG_PTR id, ULONG attributes, PHANDLE handle)
{
    OBJECT_ATTRIBUTES object = {.Length = sizeof(object), .Attributes = attributes};
    CLIENT_ID client = {.UniqueProcess = (HANDLE)id};

    return ZwOpenProcess(handle, RIGHT | PROCESS_DUP_HANDLE, &object, &client);
}

static int start(void **state)
{
    memset(&t, 0, sizeof(t));
    KeInitializeEvent(&t.entered, NotificationEvent, FALSE);
    return 0;
}

static void rights_are_taken_from_the_highest_altitude_down(void **state)
{
    PEPROCESS process = PsInitialSystemProcess;
    OBJECT_HANDLE_INFORMATION information;
    HANDLE handle;
    PVOID same;

    assert_int_equal(hear(&t.low, L"99.5"), STATUS_SUCCESS);
    assert_int_equal(hear(&t.high, L"0100.25"), STATUS_SUCCESS);
    t.high.takes = RIGHT;
    assert_int_equal(open_process(4, OBJ_KERNEL_HANDLE, &handle), STATUS_SUCCESS);
    assert_int_equal(t.high.original, RIGHT | PROCESS_DUP_HANDLE);
    assert_int_equal(t.high.desired, RIGHT | PROCESS_DUP_HANDLE);
    assert_int_equal(t.low.original, RIGHT | PROCESS_DUP_HANDLE);
    assert_int_equal(t.low.desired, PROCESS_DUP_HANDLE);
    assert_int_equal(t.low.granted, PROCESS_DUP_HANDLE);
    assert_int_equal(t.high.granted, PROCESS_DUP_HANDLE);
    assert_int_equal(t.low.order, 3); /* after: the lowest first */
    assert_int_equal(t.high.order, 4);
    assert_ptr_equal(t.low.object, process);
    assert_ptr_equal(t.low.type, *PsProcessType);
    assert_true(t.low.kernel);
    assert_ptr_equal(t.low.context, &t.low.before);
    assert_ptr_equal(t.high.context, &t.high.before);
    assert_int_equal(t.high.status, STATUS_SUCCESS);
    assert_int_equal(
        ObReferenceObjectByHandle(handle, 0, *PsProcessType, KernelMode, &same, &information),
        STATUS_SUCCESS);
    assert_ptr_equal(same, process);
    assert_int_equal(information.GrantedAccess, PROCESS_DUP_HANDLE);
    ObDereferenceObject(same);
    ZwClose(handle);
    ObUnRegisterCallbacks(t.high.handle);
    assert_int_equal(
        ObOpenObjectByPointer(process, 0, NULL, RIGHT, *PsProcessType, KernelMode, &handle),
        STATUS_SUCCESS);
    ZwClose(handle);
    assert_int_equal(t.high.before, 1);
    assert_int_equal(t.low.before, 2);
    assert_false(t.low.kernel);
    ObUnRegisterCallbacks(t.low.handle);
}

static VOID nothing(PVOID context)
{
}

static void a_new_thread_has_a_handle_and_an_event_is_nobodys_business(void **state)
{
    HANDLE thread, event;

    assert_int_equal(hear(&t.low, L"1"), STATUS_SUCCESS);
    assert_int_equal(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, nothing, NULL),
        STATUS_SUCCESS);
    assert_int_equal(t.low.before, 1);
    assert_int_equal(t.low.after, 1);
    assert_ptr_equal(t.low.type, *PsThreadType);
    assert_int_equal(t.low.original, THREAD_ALL_ACCESS);
    ZwClose(thread);
    assert_int_equal(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    ZwClose(event);
    assert_int_equal(t.low.before, 1);
    ObUnRegisterCallbacks(t.low.handle);
}

static OB_PREOP_CALLBACK_STATUS slow(PVOID context, POB_PRE_OPERATION_INFORMATION information)
{
    KeSetEvent(&t.entered, IO_NO_INCREMENT, FALSE);
    nt_delay_ms(5);
    t.finished = 1;
    return OB_PREOP_SUCCESS;
}

static VOID opens(PVOID context)
{
    HANDLE handle;

    assert_int_equal(open_process(4, OBJ_KERNEL_HANDLE, &handle), STATUS_SUCCESS);
    ZwClose(handle);
}

static void undoing_waits_for_the_call(void **state)
{
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, slow, NULL};
    OB_CALLBACK_REGISTRATION registration = {.Version = OB_FLT_REGISTRATION_VERSION,
                                             .OperationRegistrationCount = 1,
                                             .Altitude = RTL_CONSTANT_STRING(L"7"),
                                             .OperationRegistration = &operation};
    PKTHREAD thread;
    PVOID handle;

    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_SUCCESS);
    thread = nt_thread(opens, NULL);
    nt_wait(&t.entered, NULL);
    assert_int_equal(t.finished, 0);
    ObUnRegisterCallbacks(handle);
    assert_int_equal(t.finished, 1);
    nt_join(thread);
}

static void what_cannot_be_registered(void **state)
{
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, before, NULL};
    OB_CALLBACK_REGISTRATION registration = {.Version = OB_FLT_REGISTRATION_VERSION,
                                             .OperationRegistrationCount = 1,
                                             .Altitude = RTL_CONSTANT_STRING(L"7"),
                                             .RegistrationContext = &t.low,
                                             .OperationRegistration = &operation};
    PVOID handle, other;

    assert_int_equal(ObGetFilterVersion(), OB_FLT_REGISTRATION_VERSION);
    registration.Version = 0x0200;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_INVALID_PARAMETER);
    registration.Version = OB_FLT_REGISTRATION_VERSION;
    registration.OperationRegistrationCount = 0;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_INVALID_PARAMETER);
    registration.OperationRegistrationCount = 1;
    operation.ObjectType = ExEventObjectType;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_INVALID_PARAMETER);
    operation.ObjectType = PsProcessType;
    operation.Operations = 0;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_INVALID_PARAMETER);
    operation.Operations = OB_OPERATION_HANDLE_CREATE;
    operation.PreOperation = NULL;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_INVALID_PARAMETER);
    operation.PreOperation = before;
    assert_int_equal(ObRegisterCallbacks(&registration, &handle), STATUS_SUCCESS);
    assert_int_equal(ObRegisterCallbacks(&registration, &other),
                     STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    ObUnRegisterCallbacks(handle);
    wc_expect_violation("BadParameter");
    ObUnRegisterCallbacks(handle);
}

static void there_are_two_processes(void **state)
{
    OBJECT_ATTRIBUTES object = {.Length = sizeof(object)};
    PEPROCESS applications;
    HANDLE handle;

    assert_int_equal(PsLookupProcessByProcessId((HANDLE)(ULONG_PTR)getpid(), &applications),
                     STATUS_SUCCESS);
    assert_ptr_not_equal(applications, PsInitialSystemProcess);
    assert_int_equal(PsGetProcessId(applications), getpid());
    assert_int_equal(open_process((ULONG_PTR)getpid(), 0, &handle), STATUS_SUCCESS);
    assert_ptr_equal(ob_handle_lookup(handle), applications);
    ZwClose(handle);
    ObDereferenceObject(applications);
    assert_int_equal(open_process(8, 0, &handle), STATUS_INVALID_CID);
    assert_int_equal(ZwOpenProcess(&handle, RIGHT, &object, NULL), STATUS_INVALID_PARAMETER_MIX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(rights_are_taken_from_the_highest_altitude_down, .setup = start),
        wc_unit_test(a_new_thread_has_a_handle_and_an_event_is_nobodys_business, .setup = start),
        wc_unit_test(undoing_waits_for_the_call, .setup = start),
        wc_unit_test(what_cannot_be_registered, .setup = start),
        wc_unit_test(there_are_two_processes, .setup = start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
