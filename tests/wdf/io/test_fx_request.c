/* test_fx_request.c - completion, and what a driver may ask about a request. */
#include "wdf/io_fixture.h"

#include "nt/nt_workers.h"

#define IOCTL_BUFFERED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct {
    int value;
} TAG;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TAG, TagOf)

static void parallel(void)
{
    io_device();
    io_default(WdfIoQueueDispatchParallel);
    io_open();
}

static void a_second_completion_is_refused(void **state) /* spec: REQ-01 */
{
    struct io_call call;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    WdfObjectReference(io_test.requests[0]);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 3);
    wc_expect_violation("RequestCompletedTwice");
    WdfRequestComplete(io_test.requests[0], STATUS_UNSUCCESSFUL);
    WdfObjectDereference(io_test.requests[0]);
    wc_expect_violation("RequestCompletedTwice");
    WdfRequestComplete(io_test.requests[0], STATUS_UNSUCCESSFUL);
    io_assert_done(&call, STATUS_SUCCESS);
    assert_int_equal(call.information, 3);
}

static void the_sender_sees_status_and_information(void **state) /* spec: REQ-02 REQ-07 */
{
    struct io_call call;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    assert_int_equal(WdfRequestGetInformation(io_test.requests[0]), 0);
    WdfRequestSetInformation(io_test.requests[0], 5);
    assert_int_equal(WdfRequestGetInformation(io_test.requests[0]), 5);
    WdfObjectReference(io_test.requests[0]);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
    assert_int_equal(call.information, 5);
    wc_expect_violation("RequestNotOwned");
    assert_int_equal(WdfRequestGetInformation(io_test.requests[0]), 0);
    WdfObjectDereference(io_test.requests[0]);
    io_read(&call, data, 8);
    WdfRequestCompleteWithInformation(io_test.requests[1], STATUS_INVALID_PARAMETER, 0);
    io_assert_done(&call, STATUS_INVALID_PARAMETER);
}

static void information_must_fit(void **state) /* spec: REQ-03 */
{
    struct io_call call;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    wc_expect_violation("RequestInformationTooLong");
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 9);
    assert_int_equal(call.done, 0);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 8);
    io_assert_done(&call, STATUS_SUCCESS);
    io_control(&call, IOCTL_BUFFERED, NULL, 0, data, 4);
    wc_expect_violation("RequestInformationTooLong");
    WdfRequestCompleteWithInformation(io_test.requests[1], STATUS_SUCCESS, 5);
    WdfRequestCompleteWithInformation(io_test.requests[1], STATUS_SUCCESS, 4);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void its_memory_must_be_let_go(void **state) /* spec: REQ-05 */
{
    WDFMEMORY memory;
    struct io_call call;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    assert_int_equal(WdfRequestRetrieveOutputMemory(io_test.requests[0], &memory), STATUS_SUCCESS);
    WdfObjectReference(memory);
    wc_expect_violation("RequestMemoryReferenced");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(call.done, 0);
    WdfObjectDereference(memory);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static struct io_call observed;

static VOID note_cleanup(WDFOBJECT object)
{
    io_note("cleanup%d", observed.done);
}

static VOID note_destroy(WDFOBJECT object)
{
    io_note("destroy%d", observed.done);
}

static void use_request_attributes(PWDFDEVICE_INIT init)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TAG);
    attributes.EvtCleanupCallback = note_cleanup;
    attributes.EvtDestroyCallback = note_destroy;
    WdfDeviceInitSetRequestAttributes(init, &attributes);
}

static void cleanup_precedes_the_sender(void **state) /* spec: REQ-06 REQ-52 INI-16 */
{
    PWDFDEVICE_INIT init = io_init();
    char data[8];

    use_request_attributes(init);
    io_create(init, NULL);
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    io_read(&observed, data, 8);
    assert_int_equal(TagOf(io_test.requests[0])->value, 0);
    TagOf(io_test.requests[0])->value = 42;
    WdfObjectReference(io_test.requests[0]);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r8 cleanup0");
    io_assert_done(&observed, STATUS_SUCCESS);
    assert_int_equal(TagOf(io_test.requests[0])->value, 42);
    WdfObjectDereference(io_test.requests[0]);
    assert_log("r8 cleanup0 destroy1");
}

static void one_never_presented_calls_no_callback(void **state) /* spec: QUE-31 */
{
    PWDFDEVICE_INIT init = io_init();
    char data[8];

    use_request_attributes(init);
    io_create(init, NULL);
    io_default(WdfIoQueueDispatchManual);
    io_open();
    io_read(&observed, data, 8);
    io_cancel(&observed);
    io_assert_done(&observed, STATUS_CANCELLED);
    assert_log("");
}

static void a_framework_status_is_translated(void **state) /* spec: REQ-50 */
{
    struct io_call call;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    WdfRequestComplete(io_test.requests[0], STATUS_WDF_BUSY);
    io_assert_done(&call, STATUS_DEVICE_BUSY);
    io_read(&call, data, 8);
    WdfRequestComplete(io_test.requests[1], STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS);
    io_assert_done(&call, STATUS_INSUFFICIENT_RESOURCES);
    io_read(&call, data, 8);
    WdfRequestComplete(io_test.requests[2], STATUS_WDF_NO_CALLBACK);
    io_assert_done(&call, STATUS_INVALID_DEVICE_REQUEST);
}

static void the_parameters_are_the_senders(void **state) /* spec: REQ-45 REQ-46 */
{
    WDF_REQUEST_PARAMETERS parameters;
    struct io_call call;
    char data[8];

    parallel();
    io_control(&call, IOCTL_BUFFERED, data, 3, data, 8);
    assert_log("c8/3");
    RtlZeroMemory(&parameters, sizeof(parameters));
    wc_expect_violation("StructSizeWrong");
    WdfRequestGetParameters(io_test.requests[0], &parameters);
    assert_int_equal(parameters.Parameters.DeviceIoControl.IoControlCode, 0);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(io_test.requests[0], &parameters);
    assert_int_equal(parameters.Type, WdfRequestTypeDeviceControl);
    assert_int_equal(parameters.Parameters.DeviceIoControl.IoControlCode, IOCTL_BUFFERED);
    assert_int_equal(parameters.Parameters.DeviceIoControl.InputBufferLength, 3);
    assert_int_equal(parameters.Parameters.DeviceIoControl.OutputBufferLength, 8);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static void it_knows_queue_file_and_mode(void **state) /* spec: FIL-07 */
{
    struct io_call first, second;
    WDFFILEOBJECT file;
    char data[8];

    parallel();
    io_read(&first, data, 8);
    io_write(&second, data, 8);
    file = WdfRequestGetFileObject(io_test.requests[0]);
    assert_non_null(file);
    assert_ptr_equal(WdfRequestGetFileObject(io_test.requests[1]), file);
    assert_ptr_equal(WdfFileObjectGetDevice(file), io_test.device);
    assert_ptr_equal(WdfRequestGetIoQueue(io_test.requests[0]),
                     WdfDeviceGetDefaultQueue(io_test.device));
    assert_int_equal(WdfRequestGetRequestorMode(io_test.requests[0]), UserMode);
    assert_false(WdfRequestIsReserved(io_test.requests[0]));
    assert_non_null(WdfRequestWdmGetIrp(io_test.requests[0]));
    WdfObjectReference(io_test.requests[0]);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_null(WdfRequestGetIoQueue(io_test.requests[0]));
    assert_null(WdfRequestWdmGetIrp(io_test.requests[0]));
    WdfObjectDereference(io_test.requests[0]);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

/* A child that is cleaned up at PASSIVE_LEVEL comes after the sender was told; then its request. */
static VOID note_child(WDFOBJECT object)
{
    io_note("child@%d", KeGetCurrentIrql());
}

static VOID note_request(WDFOBJECT object)
{
    io_note("request@%d", KeGetCurrentIrql());
}

static void a_passive_child_comes_late(void **state) /* spec: DEL-28 */
{
    static struct nt_workers held;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT child;
    struct io_call call;
    char data[8];
    KIRQL old;

    parallel();
    io_read(&call, data, 8);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.requests[0];
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.EvtCleanupCallback = note_child;
    assert_int_equal(WdfObjectCreate(&attributes, &child), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TAG);
    attributes.EvtCleanupCallback = note_request;
    assert_int_equal(WdfObjectAllocateContext(io_test.requests[0], &attributes, NULL),
                     STATUS_SUCCESS);
    io_clear();
    old = nt_workers_raise(&held, DISPATCH_LEVEL);
    wc_expect_violation("PassiveChildOfRequest");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
    assert_log("");
    nt_workers_lower(&held, old);
    io_settle();
    assert_log("child@0 request@0");
}

/* ---- EvtIoInCallerContext ---- */

static bool pass_on;

static VOID in_caller_context(WDFDEVICE device, WDFREQUEST request)
{
    PVOID buffer;

    io_note("caller@%d", KeGetCurrentIrql());
    assert_null(WdfRequestGetIoQueue(request));
    assert_int_equal(WdfRequestRetrieveUnsafeUserInputBuffer(request, 0, &buffer, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    if (!pass_on || !NT_SUCCESS(WdfDeviceEnqueueRequest(device, request))) {
        WdfRequestComplete(request, STATUS_ACCESS_DENIED);
    }
}

static void the_driver_may_see_it_in_the_callers_context(void **state) /* spec: QUE-55 QUE-56 */
{
    PWDFDEVICE_INIT init = io_init();
    WDFQUEUE queue;
    struct io_call call;
    char data[8];

    WdfDeviceInitSetIoInCallerContextCallback(init, in_caller_context);
    io_create(init, NULL);
    queue = io_default(WdfIoQueueDispatchParallel);
    io_open();
    pass_on = true;
    io_read(&call, data, 8);
    assert_log("caller@0 r8");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
    WdfIoQueuePurge(queue, NULL, NULL);
    io_read(&call, data, 8);
    io_assert_done(&call, STATUS_ACCESS_DENIED);
    pass_on = false;
    io_read(&call, data, 8);
    io_assert_done(&call, STATUS_ACCESS_DENIED);
    assert_log("caller@0 r8 caller@0 caller@0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_second_completion_is_refused, IO_FIXTURE),
        wc_unit_test(the_sender_sees_status_and_information, IO_FIXTURE),
        wc_unit_test(information_must_fit, IO_FIXTURE),
        wc_unit_test(its_memory_must_be_let_go, IO_FIXTURE),
        wc_unit_test(cleanup_precedes_the_sender, IO_FIXTURE),
        wc_unit_test(one_never_presented_calls_no_callback, IO_FIXTURE),
        wc_unit_test(a_framework_status_is_translated, IO_FIXTURE),
        wc_unit_test(the_parameters_are_the_senders, IO_FIXTURE),
        wc_unit_test(it_knows_queue_file_and_mode, IO_FIXTURE),
        wc_unit_test(a_passive_child_comes_late, IO_FIXTURE),
        wc_unit_test(the_driver_may_see_it_in_the_callers_context, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
