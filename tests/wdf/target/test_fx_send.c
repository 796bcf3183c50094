/* test_fx_send.c - requests of the driver's own, sent to a remote target: the driver's own control
 * device, opened by name.
 */
#include "wdf/io_fixture.h"

#include <string.h>

#include "wdf/object/fx_object.h"

#define IOCTL_SWAP CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_OUT  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

DECLARE_CONST_UNICODE_STRING(device_name, L"\\Device\\Io0");

static WDFIOTARGET target;
static bool at_once; /* the device completes what it gets */
static NTSTATUS answer;

/* What the completion routine saw. */
static struct {
    int calls;
    NTSTATUS status;
    ULONG_PTR information;
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDFREQUEST request;
    WDFIOTARGET target;
    WDFCONTEXT context;
    KIRQL irql;
} done;

static VOID completed(WDFREQUEST request, WDFIOTARGET from, PWDF_REQUEST_COMPLETION_PARAMS params,
                      WDFCONTEXT context)
{
    done.calls++;
    done.request = request;
    done.target = from;
    done.params = *params;
    done.status = params->IoStatus.Status;
    done.information = params->IoStatus.Information;
    done.context = context;
    done.irql = KeGetCurrentIrql();
}

/* ---- the device ---- */

static void serve(WDFQUEUE queue, WDFREQUEST request, ULONG_PTR information)
{
    if (at_once) {
        WdfRequestCompleteWithInformation(request, answer, information);
    } else {
        io_keep(queue, request);
    }
}

static VOID device_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    void *buffer;

    if (NT_SUCCESS(WdfRequestRetrieveOutputBuffer(request, 1, &buffer, NULL))) {
        memset(buffer, 'r', length);
    }
    serve(queue, request, length);
}

static VOID device_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    void *buffer;
    WDF_REQUEST_PARAMETERS parameters;

    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(request, &parameters);
    assert_int_equal(WdfRequestRetrieveInputBuffer(request, 1, &buffer, NULL), STATUS_SUCCESS);
    io_note("%.*s@%lld", (int)length, (const char *)buffer,
            (long long)parameters.Parameters.Write.DeviceOffset);
    serve(queue, request, length);
}

static VOID device_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input,
                           ULONG code)
{
    char *in;
    char *out;

    if (code == IOCTL_OUT) {
        assert_int_equal(WdfRequestRetrieveOutputBuffer(request, 2, (PVOID *)&out, NULL),
                         STATUS_SUCCESS);
        memcpy(out, "ok", 2);
        serve(queue, request, 2);
        return;
    }
    assert_int_equal(WdfRequestRetrieveInputBuffer(request, 2, (PVOID *)&in, NULL), STATUS_SUCCESS);
    io_note("%c%c/%zu", in[0], in[1], output);
    if (output >= 2 &&
        NT_SUCCESS(WdfRequestRetrieveOutputBuffer(request, 2, (PVOID *)&out, NULL))) {
        char first = in[0];

        out[0] = in[1];
        out[1] = first;
    }
    serve(queue, request, 2);
}

static WDFIOTARGET target_make(void)
{
    WDFIOTARGET made = NULL;

    assert_int_equal(WdfIoTargetCreate(io_test.device, WDF_NO_OBJECT_ATTRIBUTES, &made),
                     STATUS_SUCCESS);
    return made;
}

static NTSTATUS target_open(WDFIOTARGET opened)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &device_name,
                                                GENERIC_READ | GENERIC_WRITE);
    return WdfIoTargetOpen(opened, &params);
}

static void device_start(void)
{
    PWDFDEVICE_INIT init = io_init();
    WDF_IO_QUEUE_CONFIG config;

    memset(&done, 0, sizeof(done));
    at_once = false;
    answer = STATUS_SUCCESS;
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    io_create(init, NULL);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = device_read;
    config.EvtIoWrite = device_write;
    config.EvtIoDeviceControl = device_control;
    config.EvtIoInternalDeviceControl = device_control;
    io_queue(&config, NULL);
    io_open();
    target = target_make();
    assert_int_equal(target_open(target), STATUS_SUCCESS);
}

static void device_end(void)
{
    WdfObjectDelete(target);
}

/* ---- requests ---- */

static WDFREQUEST request_make(void)
{
    WDFREQUEST request = NULL;

    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    return request;
}

static WDFMEMORY memory_make(size_t size)
{
    WDFMEMORY memory = NULL;

    assert_int_equal(
        WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', size, &memory, NULL),
        STATUS_SUCCESS);
    return memory;
}

static NTSTATUS format_read(WDFREQUEST request, WDFMEMORY memory)
{
    NTSTATUS status = WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL);

    WdfRequestSetCompletionRoutine(request, completed, &done);
    return status;
}

static BOOLEAN send_with(WDFREQUEST request, ULONG flags, LONGLONG timeout)
{
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, flags);
    if (timeout != 0) {
        WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, timeout);
    }
    return WdfRequestSend(request, target, &options);
}

/* A read that is with the device; io_test.requests[index] there. */
static WDFREQUEST read_sent(WDFMEMORY memory, ULONG flags, LONGLONG timeout)
{
    WDFREQUEST request = request_make();

    assert_int_equal(format_read(request, memory), STATUS_SUCCESS);
    assert_true(send_with(request, flags, timeout));
    return request;
}

static void reuse(WDFREQUEST request)
{
    WDF_REQUEST_REUSE_PARAMS params;

    WDF_REQUEST_REUSE_PARAMS_INIT(&params, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    assert_int_equal(WdfRequestReuse(request, &params), STATUS_SUCCESS);
}

static void pass_ms(int ms)
{
    LARGE_INTEGER moment = {.QuadPart = -10000LL * ms};

    KeDelayExecutionThread(KernelMode, FALSE, &moment);
}

/* ---- asynchronous ---- */

static void the_routine_runs_once(void **state) /* spec: REQ-32 */
{
    WDFMEMORY memory;
    WDFREQUEST request;

    device_start();
    memory = memory_make(4);
    request = read_sent(memory, 0, 0);
    assert_int_equal(done.calls, 0);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 3);
    assert_int_equal(done.calls, 1);
    assert_ptr_equal(done.request, request);
    assert_ptr_equal(done.target, target);
    assert_ptr_equal(done.context, &done);
    assert_int_equal(done.status, STATUS_SUCCESS);
    assert_int_equal(done.information, 3);
    assert_int_equal(done.params.Type, WdfRequestTypeRead);
    assert_ptr_equal(done.params.Parameters.Read.Buffer, memory);
    assert_int_equal(done.params.Parameters.Read.Length, 3);
    assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), "rrrr", 4);

    at_once = true; /* before Send returns; the routine was cleared */
    reuse(request);
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL),
                     STATUS_SUCCESS);
    assert_true(WdfRequestSend(request, target, NULL));
    assert_int_equal(done.calls, 1);
    assert_int_equal(WdfRequestGetStatus(request), STATUS_SUCCESS);
    WdfObjectDelete(request);
    device_end();
}

static void a_send_that_fails_says_why(void **state) /* spec: REQ-33 */
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_int_equal(format_read(request, NULL), STATUS_SUCCESS);
    WdfIoTargetClose(target);
    assert_false(WdfRequestSend(request, target, NULL));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(done.calls, 0);
    device_end();
}

static void the_routine_runs_at_the_completers_irql(void **state)
{
    KIRQL old;

    device_start();
    read_sent(memory_make(4), 0, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    KeLowerIrql(old);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.irql, DISPATCH_LEVEL);
    device_end();
}

static void a_second_send_is_refused(void **state) /* spec: REQ-39 */
{
    WDFREQUEST request;

    device_start();
    request = read_sent(memory_make(4), 0, 0);
    wc_expect_violation("RequestSentTwice");
    assert_false(WdfRequestSend(request, target, NULL));
    wc_expect_violation("RequestSentTwice");
    WdfRequestSetCompletionRoutine(request, NULL, NULL);
    wc_expect_violation("RequestSentTwice");
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, NULL, NULL, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(done.calls, 1);
    device_end();
}

static VOID free_it(WDFREQUEST request, WDFIOTARGET from, PWDF_REQUEST_COMPLETION_PARAMS params,
                    WDFCONTEXT context)
{
    done.calls++;
    WdfObjectDelete(request);
}

static void the_routine_may_delete_the_request(void **state)
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_int_equal(format_read(request, memory_make(4)), STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, free_it, NULL);
    assert_true(WdfRequestSend(request, target, NULL));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(done.calls, 1);
    wc_expect_violation("WdfObjectUseAfterDelete");
    (void)WdfRequestGetStatus(request);
    device_end();
}

static VOID again(WDFREQUEST request, WDFIOTARGET from, PWDF_REQUEST_COMPLETION_PARAMS params,
                  WDFCONTEXT context)
{
    if (++done.calls < 5) {
        reuse(request);
        assert_int_equal(WdfIoTargetFormatRequestForRead(from, request, context, NULL, NULL),
                         STATUS_SUCCESS);
        WdfRequestSetCompletionRoutine(request, again, context);
        assert_true(WdfRequestSend(request, from, NULL));
    }
}

static void the_routine_may_send_it_again(void **state) /* spec: REQ-44 */
{
    WDFMEMORY memory;
    WDFREQUEST request;

    device_start();
    at_once = true;
    memory = memory_make(4);
    request = request_make();
    assert_int_equal(format_read(request, memory), STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, again, memory);
    assert_true(WdfRequestSend(request, target, NULL));
    assert_int_equal(done.calls, 5);
    /* Reuse clears the routine and the cancellation. */
    WdfRequestSetCompletionRoutine(request, completed, NULL);
    assert_false(WdfRequestCancelSentRequest(request));
    reuse(request);
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL),
                     STATUS_SUCCESS);
    assert_true(WdfRequestSend(request, target, NULL));
    assert_int_equal(done.calls, 5);
    device_end();
}

/* ---- requests of the driver's own ---- */

static void it_is_never_completed(void **state) /* spec: REQ-29 REQ-31 REQ-47 */
{
    WDFREQUEST request;
    struct fx_object *object;

    device_start();
    request = request_make();
    wc_expect_violation("RequestNotOwned");
    WdfRequestComplete(request, STATUS_SUCCESS);
    assert_null(WdfRequestGetIoQueue(request));
    object = fx_handle_get(request, FX_TYPE_REQUEST);
    assert_int_equal(object->handle, (uintptr_t)request);
    assert_ptr_equal(fx_handle_of(fx_object_parent(object)), io_test.driver);
    device_end();
}

static void it_can_get_a_target_later(void **state) /* spec: REQ-30 */
{
    WDFREQUEST request = NULL;

    device_start();
    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request), STATUS_SUCCESS);
    assert_null(WdfRequestWdmGetIrp(request));
    assert_int_equal(WdfRequestChangeTarget(request, target), STATUS_SUCCESS);
    assert_non_null(WdfRequestWdmGetIrp(request));
    WdfIoTargetClose(target);
    assert_int_equal(WdfRequestChangeTarget(request, target), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request),
                     STATUS_INVALID_DEVICE_STATE);
    assert_null(request);
    device_end();
}

static void it_is_not_forgotten(void **state) /* spec: REQ-38 */
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_int_equal(format_read(request, NULL), STATUS_SUCCESS);
    assert_false(send_with(request, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET, 0));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_INVALID_DEVICE_STATE);
    device_end();
}

static void an_unformatted_one_is_not_sent(void **state)
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_false(WdfRequestSend(request, target, NULL));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_REQUEST_NOT_ACCEPTED);
    wc_expect_violation("RequestNoStackLocation");
    WdfRequestFormatRequestUsingCurrentType(request);
    device_end();
}

static void an_irp_of_the_drivers_is_sent(void **state)
{
    WDFREQUEST request = NULL;
    PIRP irp;

    device_start();
    irp = IoAllocateIrp(2, FALSE);
    assert_int_equal(WdfRequestCreateFromIrp(WDF_NO_OBJECT_ATTRIBUTES, irp, TRUE, &request),
                     STATUS_SUCCESS);
    assert_ptr_equal(WdfRequestWdmGetIrp(request), irp);
    assert_int_equal(format_read(request, memory_make(4)), STATUS_SUCCESS);
    assert_true(WdfRequestSend(request, target, NULL));
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 4);
    assert_int_equal(done.information, 4);
    WdfObjectDelete(request); /* and with it the IRP: the fixture counts them */
    device_end();
}

static void a_second_timer_succeeds(void **state) /* spec: REQ-48 */
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_int_equal(WdfRequestAllocateTimer(request), STATUS_SUCCESS);
    assert_int_equal(WdfRequestAllocateTimer(request), STATUS_SUCCESS);
    device_end();
}

/* ---- synchronous ---- */

static void a_synchronous_send_waits(void **state) /* spec: REQ-34 */
{
    WDFREQUEST request;

    device_start();
    at_once = true;
    answer = STATUS_DEVICE_NOT_READY;
    request = request_make();
    assert_int_equal(format_read(request, memory_make(4)), STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, NULL, NULL);
    assert_true(send_with(request, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS, 0));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_DEVICE_NOT_READY);
    device_end();
}

static void a_control_returns_status_and_information(void **state) /* spec: TGT-11 */
{
    WDF_MEMORY_DESCRIPTOR in, out;
    char input[2] = {'a', 'b'};
    char output[4] = "....";
    ULONG_PTR bytes = 99;

    device_start();
    at_once = true;
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, input, sizeof(input));
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, output, sizeof(output));
    assert_int_equal(
        WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_SWAP, &in, &out, NULL, &bytes),
        STATUS_SUCCESS);
    assert_int_equal(bytes, 2);
    assert_memory_equal(output, "ba..", 4);
    assert_memory_equal(input, "ab", 2);
    assert_string_equal(io_log(), "ab/4");

    answer = STATUS_DEVICE_NOT_READY; /* an error brings nothing back */
    memset(output, '.', sizeof(output));
    assert_int_equal(
        WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_SWAP, &in, &out, NULL, &bytes),
        STATUS_DEVICE_NOT_READY);
    assert_memory_equal(output, "....", 4);
    assert_int_equal(WdfIoTargetSendInternalIoctlSynchronously(target, request_make(), IOCTL_SWAP,
                                                               &in, &out, NULL, NULL),
                     STATUS_DEVICE_NOT_READY);
    device_end();
}

static void a_direct_control_writes_in_place(void **state)
{
    WDF_MEMORY_DESCRIPTOR out;
    WDFMEMORY memory;
    ULONG_PTR bytes = 0;

    device_start();
    at_once = true;
    memory = memory_make(8);
    WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(&out, memory, NULL);
    assert_int_equal(
        WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_OUT, NULL, &out, NULL, &bytes),
        STATUS_SUCCESS);
    assert_int_equal(bytes, 2);
    assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), "ok", 2);
    device_end();
}

static void reads_and_writes_carry_offsets(void **state)
{
    WDF_MEMORY_DESCRIPTOR data;
    LONGLONG where = 512;
    char text[4] = "uvw";
    ULONG_PTR bytes = 0;

    device_start();
    at_once = true;
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&data, text, 3);
    assert_int_equal(WdfIoTargetSendWriteSynchronously(target, NULL, &data, &where, NULL, &bytes),
                     STATUS_SUCCESS);
    assert_string_equal(io_log(), "uvw@512");
    assert_int_equal(bytes, 3);
    assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &data, NULL, NULL, &bytes),
                     STATUS_SUCCESS);
    assert_string_equal(text, "rrr");
    data.Type = WdfMemoryDescriptorTypeInvalid;
    assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &data, NULL, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    device_end();
}

static void synchronous_sends_need_passive_level(void **state) /* spec: TGT-13 */
{
    WDF_MEMORY_DESCRIPTOR out;
    char text[4];
    NTSTATUS status[2];
    KIRQL old;

    device_start();
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, text, sizeof(text));
    wc_expect_violation("IrqlTooHigh");
    wc_expect_violation("IrqlTooHigh");
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    status[0] = WdfIoTargetSendReadSynchronously(target, NULL, &out, NULL, NULL, NULL);
    status[1] = WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_OUT, NULL, &out, NULL, NULL);
    KeLowerIrql(old);
    assert_int_equal(status[0], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(status[1], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(io_test.delivered, 0);
    device_end();
}

/* ---- time ---- */

static VOID cancel_at_last(WDFREQUEST request)
{
    io_note("x");
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static void a_timeout_cancels(void **state) /* spec: REQ-35 */
{
    WDFREQUEST request;

    device_start();
    request = read_sent(memory_make(4), 0, WDF_REL_TIMEOUT_IN_MS(10));
    WdfRequestMarkCancelable(io_test.requests[0], cancel_at_last);
    pass_ms(5);
    assert_int_equal(done.calls, 0);
    pass_ms(10);
    assert_string_equal(io_log(), "x");
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_IO_TIMEOUT);
    assert_int_equal(WdfRequestGetStatus(request), STATUS_IO_TIMEOUT);

    /* In time: the timer is taken back. */
    reuse(request);
    assert_int_equal(format_read(request, memory_make(4)), STATUS_SUCCESS);
    assert_true(send_with(request, 0, WDF_REL_TIMEOUT_IN_MS(10)));
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    assert_int_equal(done.status, STATUS_SUCCESS);
    pass_ms(20);
    assert_int_equal(done.calls, 2);
    device_end();
}

static void timeout_0_is_none(void **state) /* spec: REQ-36 */
{
    WDFREQUEST request;

    device_start();
    request = request_make();
    assert_int_equal(format_read(request, memory_make(4)), STATUS_SUCCESS);
    assert_true(send_with(request, WDF_REQUEST_SEND_OPTION_TIMEOUT, 0));
    WdfRequestMarkCancelable(io_test.requests[0], cancel_at_last);
    pass_ms(100000);
    assert_int_equal(done.calls, 0);
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[0]), STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(done.status, STATUS_SUCCESS);
    device_end();
}

static VOID complete_later(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    io_note("late");
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
}

static void a_synchronous_timeout_waits_for_the_target(void **state) /* spec: TGT-12 */
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDF_MEMORY_DESCRIPTOR out;
    LARGE_INTEGER late = {.QuadPart = -500000};
    LARGE_INTEGER before, after;
    char text[4];
    KTIMER timer;
    KDPC dpc;

    device_start();
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, complete_later, NULL);
    KeSetTimer(&timer, late, &dpc); /* 50 ms: the device does not look at the cancellation */
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, text, sizeof(text));
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(10));
    KeQuerySystemTime(&before);
    assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &out, NULL, &options, NULL),
                     STATUS_IO_TIMEOUT);
    KeQuerySystemTime(&after);
    assert_string_equal(io_log(), "late");
    assert_true(after.QuadPart - before.QuadPart >= 490000);
    device_end();
}

/* ---- cancellation ---- */

static void a_cancel_ends_by_the_routine(void **state) /* spec: REQ-41 */
{
    WDFREQUEST request;

    device_start();
    request = read_sent(memory_make(4), 0, 0);
    assert_true(WdfRequestCancelSentRequest(request));
    assert_int_equal(done.calls, 0);
    assert_true(WdfRequestIsCanceled(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_CANCELLED);
    device_end();
}

static void a_cancel_before_the_send_refuses_it(void **state) /* spec: REQ-42 */
{
    WDFREQUEST request;

    device_start();
    at_once = true;
    request = request_make();
    assert_int_equal(format_read(request, NULL), STATUS_SUCCESS);
    assert_false(WdfRequestCancelSentRequest(request));
    assert_false(WdfRequestSend(request, target, NULL));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_CANCELLED);
    assert_int_equal(done.calls, 0);
    reuse(request);
    assert_int_equal(format_read(request, NULL), STATUS_SUCCESS);
    assert_true(WdfRequestSend(request, target, NULL));
    assert_int_equal(done.calls, 1);
    device_end();
}

/* ---- memory ---- */

static void formatted_memory_stays(void **state) /* spec: TGT-14 */
{
    WDFREQUEST request;
    WDFMEMORY memory;
    void *buffer;

    device_start();
    memory = memory_make(4);
    request = read_sent(memory, 0, 0);
    WdfObjectDelete(memory);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 4, &buffer, NULL),
                     STATUS_SUCCESS);
    assert_memory_equal(buffer, "rrrr", 4);
    assert_int_equal(fx_object_count(FX_TYPE_MEMORY), 1);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 4);
    assert_int_equal(fx_object_count(FX_TYPE_MEMORY), 1);
    reuse(request);
    assert_int_equal(fx_object_count(FX_TYPE_MEMORY), 0);
    device_end();
}

static void an_offset_past_the_end_is_refused(void **state) /* spec: TGT-15 */
{
    WDFMEMORY_OFFSET offset = {.BufferOffset = 2, .BufferLength = 3};
    WDFREQUEST request;
    WDFMEMORY memory;

    device_start();
    memory = memory_make(4);
    request = request_make();
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, &offset, NULL),
                     STATUS_INTEGER_OVERFLOW);
    offset.BufferLength = (size_t)-1;
    assert_int_equal(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_SWAP, memory, &offset, NULL, NULL),
        STATUS_INTEGER_OVERFLOW);
    offset.BufferLength = 2;
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, &offset, NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, completed, NULL);
    at_once = true;
    memset(WdfMemoryGetBuffer(memory, NULL), '.', 4);
    assert_true(WdfRequestSend(request, target, NULL));
    assert_int_equal(done.params.Parameters.Read.Offset, 2);
    assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), "..rr", 4);
    device_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_routine_runs_once, IO_FIXTURE),
        wc_unit_test(a_send_that_fails_says_why, IO_FIXTURE),
        wc_unit_test(the_routine_runs_at_the_completers_irql, IO_FIXTURE),
        wc_unit_test(a_second_send_is_refused, IO_FIXTURE),
        wc_unit_test(the_routine_may_delete_the_request, IO_FIXTURE),
        wc_unit_test(the_routine_may_send_it_again, IO_FIXTURE),
        wc_unit_test(it_is_never_completed, IO_FIXTURE),
        wc_unit_test(it_can_get_a_target_later, IO_FIXTURE),
        wc_unit_test(it_is_not_forgotten, IO_FIXTURE),
        wc_unit_test(an_unformatted_one_is_not_sent, IO_FIXTURE),
        wc_unit_test(an_irp_of_the_drivers_is_sent, IO_FIXTURE),
        wc_unit_test(a_second_timer_succeeds, IO_FIXTURE),
        wc_unit_test(a_synchronous_send_waits, IO_FIXTURE),
        wc_unit_test(a_control_returns_status_and_information, IO_FIXTURE),
        wc_unit_test(a_direct_control_writes_in_place, IO_FIXTURE),
        wc_unit_test(reads_and_writes_carry_offsets, IO_FIXTURE),
        wc_unit_test(synchronous_sends_need_passive_level, IO_FIXTURE),
        wc_unit_test(a_timeout_cancels, IO_FIXTURE),
        wc_unit_test(timeout_0_is_none, IO_FIXTURE),
        wc_unit_test(a_synchronous_timeout_waits_for_the_target, IO_FIXTURE),
        wc_unit_test(a_cancel_ends_by_the_routine, IO_FIXTURE),
        wc_unit_test(a_cancel_before_the_send_refuses_it, IO_FIXTURE),
        wc_unit_test(formatted_memory_stays, IO_FIXTURE),
        wc_unit_test(an_offset_past_the_end_is_refused, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
