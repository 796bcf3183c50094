/* test_fx_request_cancel.c - cancellation of queued, owned and marked requests. */
#include "wdf/io_fixture.h"

static WDFQUEUE parallel(void)
{
    io_device();
    return io_default(WdfIoQueueDispatchParallel);
}

static void cancelled_before_delivery_tells_nobody(void **state) /* spec: QUE-31 */
{
    WDF_IO_QUEUE_CONFIG config;
    struct io_call call;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchManual);
    config.EvtIoCanceledOnQueue = io_evt_canceled;
    io_queue(&config, NULL);
    io_open();
    io_read(&call, data, 1);
    io_cancel(&call);
    io_assert_done(&call, STATUS_CANCELLED);
    assert_log("");
}

static void cancelled_after_forwarding_tells_the_queue(void **state) /* spec: QUE-32 */
{
    WDFQUEUE to;
    struct io_call call;
    char data[4];

    parallel();
    to = io_manual();
    io_open();
    io_read(&call, data, 1);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], to), STATUS_SUCCESS);
    io_cancel(&call);
    assert_log("r1 q");
    io_assert_done(&call, STATUS_CANCELLED);
}

static void an_unmarked_request_only_shows_it(void **state) /* spec: REQ-25 */
{
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    assert_false(WdfRequestIsCanceled(io_test.requests[0]));
    io_cancel(&call);
    assert_true(WdfRequestIsCanceled(io_test.requests[0]));
    assert_log("r1");
    assert_int_equal(call.done, 0);
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    io_assert_done(&call, STATUS_CANCELLED);
}

static void marking_a_cancelled_request(void **state) /* spec: REQ-20 REQ-21 */
{
    struct io_call first, second;
    char data[4];

    parallel();
    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    io_cancel(&first);
    io_cancel(&second);
    assert_int_equal(WdfRequestMarkCancelableEx(io_test.requests[0], io_evt_cancel),
                     STATUS_CANCELLED);
    assert_log("r1 r2");
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    WdfRequestMarkCancelable(io_test.requests[1], io_evt_cancel);
    assert_log("r1 r2 x");
    io_assert_done(&first, STATUS_CANCELLED);
    io_assert_done(&second, STATUS_CANCELLED);
}

static VOID cancel_later(WDFREQUEST request)
{
    io_note("x");
}

static void unmark_after_cancel_leaves_it_to_the_callback(void **state) /* spec: REQ-22 */
{
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    WdfRequestMarkCancelable(io_test.requests[0], cancel_later);
    io_cancel(&call);
    assert_log("r1 x");
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[0]), STATUS_CANCELLED);
    assert_int_equal(call.done, 0);
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    io_assert_done(&call, STATUS_CANCELLED);
}

static void unmark_before_cancel_keeps_it(void **state) /* spec: REQ-23 REQ-24 */
{
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[0]),
                     STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestMarkCancelable(io_test.requests[0], io_evt_cancel);
    assert_int_equal(WdfRequestMarkCancelableEx(io_test.requests[0], io_evt_cancel),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[0]), STATUS_SUCCESS);
    io_cancel(&call);
    assert_log("r1");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void a_marked_request_does_not_show_it(void **state) /* spec: REQ-26 */
{
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    io_cancel(&call);
    assert_true(WdfRequestIsCanceled(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    io_read(&call, data, 1);
    WdfRequestMarkCancelable(io_test.requests[1], io_evt_cancel);
    assert_false(WdfRequestIsCanceled(io_test.requests[1]));
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[1]), STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void completing_a_marked_request_is_refused(void **state) /* spec: REQ-04 */
{
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    WdfRequestMarkCancelable(io_test.requests[0], io_evt_cancel);
    wc_expect_violation("RequestCancelable");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(call.done, 0);
    io_cancel(&call);
    io_assert_done(&call, STATUS_CANCELLED);
}

static VOID note_level(WDFREQUEST request)
{
    io_note("x@%d", KeGetCurrentIrql());
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static struct io_call pending;

static VOID cancel_inside(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WdfRequestMarkCancelable(request, note_level);
    io_note("(");
    io_cancel(&pending);
    io_note(")");
}

/* The handler holds the queue's lock: the callback waits until it has returned. */
static void the_callback_does_not_overlap_a_handler(void **state) /* spec: REQ-28 QUE-43 SYNC-13 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = cancel_inside;
    io_queue(&config, &attributes);
    io_open();
    io_read(&pending, data, 1);
    assert_log("( ) x@2");
    io_assert_done(&pending, STATUS_CANCELLED);
}

/* ---- the race, swept over seeds ---- */

static VOID race_cancel(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID race_complete(PVOID context)
{
    WDFREQUEST request = context;

    if (WdfRequestUnmarkCancelable(request) != STATUS_CANCELLED) {
        WdfRequestComplete(request, STATUS_SUCCESS);
    }
    WdfObjectDereference(request);
}

static void one_side_completes(void **state) /* spec: REQ-27 */
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    PVOID thread;
    struct io_call call;
    char data[4];

    parallel();
    io_open();
    io_read(&call, data, 1);
    WdfObjectReference(io_test.requests[0]); /* the thread's: the request may be completed before */
    WdfRequestMarkCancelable(io_test.requests[0], race_cancel);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                          race_complete, io_test.requests[0]),
                     STATUS_SUCCESS);
    assert_int_equal(
        ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &thread, NULL),
        STATUS_SUCCESS);
    io_cancel(&call);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    ZwClose(handle);
    assert_int_equal(call.done, 1);
    assert_true(call.status == STATUS_SUCCESS || call.status == STATUS_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(cancelled_before_delivery_tells_nobody, IO_FIXTURE),
        wc_unit_test(cancelled_after_forwarding_tells_the_queue, IO_FIXTURE),
        wc_unit_test(an_unmarked_request_only_shows_it, IO_FIXTURE),
        wc_unit_test(marking_a_cancelled_request, IO_FIXTURE),
        wc_unit_test(unmark_after_cancel_leaves_it_to_the_callback, IO_FIXTURE),
        wc_unit_test(unmark_before_cancel_keeps_it, IO_FIXTURE),
        wc_unit_test(a_marked_request_does_not_show_it, IO_FIXTURE),
        wc_unit_test(completing_a_marked_request_is_refused, IO_FIXTURE),
        wc_unit_test(the_callback_does_not_overlap_a_handler, IO_FIXTURE),
        wc_seed_test(one_side_completes, 100, IO_FIXTURE, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
