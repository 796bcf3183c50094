/* test_fx_dispatch.c - EvtDeviceWdmIrpDispatch: the driver says to which queue an IRP goes. */
#include "wdf/io_fixture.h"

static char data[16];
static WDFQUEUE manual;
static ULONG flags;
static ULONG seen_code;
static WDFCONTEXT dispatch_context;
static PIRP seen_irp;
static int in_caller_context_calls;

static VOID in_caller_context(WDFDEVICE Device, WDFREQUEST Request)
{
    in_caller_context_calls++;
    assert_int_equal(WdfDeviceEnqueueRequest(Device, Request), STATUS_SUCCESS);
}

/* Control codes below 100 go to the manual queue, others where they belong. */
static NTSTATUS route(WDFDEVICE Device, UCHAR MajorFunction, UCHAR MinorFunction, ULONG Code,
                      WDFCONTEXT DriverContext, PIRP Irp, WDFCONTEXT DispatchContext)
{
    assert_ptr_equal(DriverContext, &manual);
    assert_int_equal(MajorFunction, IRP_MJ_DEVICE_CONTROL);
    seen_code = Code;
    seen_irp = Irp;
    dispatch_context = DispatchContext;
    return Code < 100 ? WdfDeviceWdmDispatchIrpToIoQueue(Device, Irp, manual, flags)
                      : WdfDeviceWdmDispatchIrp(Device, Irp, DispatchContext);
}

static void start(PWDFDEVICE_INIT init)
{
    flags = WDF_DISPATCH_IRP_TO_IO_QUEUE_NO_FLAGS;
    in_caller_context_calls = 0;
    seen_code = 0;
    io_create(init, NULL);
    io_default(WdfIoQueueDispatchParallel);
    manual = io_manual();
    assert_int_equal(WdfDeviceConfigureWdmIrpDispatchCallback(
                         io_test.device, NULL, IRP_MJ_DEVICE_CONTROL, route, &manual),
                     STATUS_SUCCESS);
    io_open();
}

static void complete_of(WDFQUEUE queue)
{
    WDFREQUEST request;

    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void the_driver_chooses_the_queue(void **state)
{
    struct io_call here = {0}, there = {0};

    start(io_init());
    io_control(&here, 8, data, 4, NULL, 0);
    assert_int_equal(seen_code, 8);
    assert_int_equal(io_test.delivered, 0);
    complete_of(manual);
    io_assert_done(&here, STATUS_SUCCESS);

    io_control(&there, 108, data, 4, NULL, 0);
    assert_int_equal(seen_code, 108);
    assert_int_equal(io_test.delivered, 1); /* by the default queue */
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&there, STATUS_SUCCESS);
}

static void other_functions_are_not_asked_about(void **state)
{
    struct io_call call = {0};

    start(io_init());
    io_read(&call, data, 4);
    assert_int_equal(seen_code, 0);
    assert_int_equal(io_test.delivered, 1);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void the_caller_context_comes_first_if_asked_for(void **state)
{
    struct io_call with = {0}, without = {0};
    PWDFDEVICE_INIT init = io_init();

    WdfDeviceInitSetIoInCallerContextCallback(init, in_caller_context);
    start(init);
    io_control(&without, 8, data, 4, NULL, 0);
    assert_int_equal(in_caller_context_calls, 0);
    complete_of(manual);
    io_assert_done(&without, STATUS_SUCCESS);

    flags = WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK;
    io_control(&with, 8, data, 4, NULL, 0);
    assert_int_equal(in_caller_context_calls, 1);
    assert_int_equal(io_test.delivered, 0); /* the queue that was named, not the default one */
    complete_of(manual);
    io_assert_done(&with, STATUS_SUCCESS);
}

static NTSTATUS preprocess(WDFDEVICE Device, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return WdfDeviceWdmDispatchIrpToIoQueue(Device, Irp, manual,
                                            WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP);
}

static void a_preprocessed_irp_goes_to_a_queue(void **state)
{
    struct io_call call = {0};
    PWDFDEVICE_INIT init = io_init();

    assert_int_equal(
        WdfDeviceInitAssignWdmIrpPreprocessCallback(init, preprocess, IRP_MJ_READ, NULL, 0),
        STATUS_SUCCESS);
    start(init);
    io_read(&call, data, 4);
    assert_int_equal(io_test.delivered, 0);
    complete_of(manual);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void bad_flags_complete_the_irp(void **state)
{
    struct io_call call = {0};

    start(io_init());
    flags = 0x80;
    io_control(&call, 8, data, 4, NULL, 0);
    io_assert_done(&call, STATUS_INVALID_DEVICE_REQUEST);
}

static void what_cannot_be_routed_is_refused(void **state)
{
    start(io_init());
    assert_int_equal(
        WdfDeviceConfigureWdmIrpDispatchCallback(io_test.device, NULL, IRP_MJ_CREATE, route, NULL),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(
        WdfDeviceConfigureWdmIrpDispatchCallback(io_test.device, NULL, IRP_MJ_PNP, route, NULL),
        STATUS_INVALID_PARAMETER);
}

static NTSTATUS wrong_context(WDFDEVICE Device, UCHAR MajorFunction, UCHAR MinorFunction,
                              ULONG Code, WDFCONTEXT DriverContext, PIRP Irp,
                              WDFCONTEXT DispatchContext)
{
    NTSTATUS status = WdfDeviceWdmDispatchIrp(Device, Irp, &data);

    assert_int_equal(status, STATUS_INVALID_PARAMETER);
    return WdfDeviceWdmDispatchIrp(Device, Irp, DispatchContext);
}

static void the_context_of_the_callback_is_needed(void **state)
{
    struct io_call call = {0};

    start(io_init());
    WdfDeviceConfigureWdmIrpDispatchCallback(io_test.device, io_test.driver, IRP_MJ_WRITE,
                                             wrong_context, NULL);
    io_write(&call, data, 4);
    assert_int_equal(io_test.delivered, 1);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_driver_chooses_the_queue, IO_FIXTURE),
        wc_unit_test(other_functions_are_not_asked_about, IO_FIXTURE),
        wc_unit_test(the_caller_context_comes_first_if_asked_for, IO_FIXTURE),
        wc_unit_test(a_preprocessed_irp_goes_to_a_queue, IO_FIXTURE),
        wc_unit_test(bad_flags_complete_the_irp, IO_FIXTURE),
        wc_unit_test(what_cannot_be_routed_is_refused, IO_FIXTURE),
        wc_unit_test(the_context_of_the_callback_is_needed, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
