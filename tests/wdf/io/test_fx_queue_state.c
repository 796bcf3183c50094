/* test_fx_queue_state.c - start, stop, drain, purge, ready notify, forwarding, retrieving. */
#include "wdf/io_fixture.h"

static WDFQUEUE sequential(void)
{
    io_device();
    return io_default(WdfIoQueueDispatchSequential);
}

static void a_stopped_queue_keeps_what_comes(void **state) /* spec: QUE-21 QUE-27 */
{
    WDFQUEUE queue = sequential();
    struct io_call first, second;
    char data[4];

    io_open();
    io_read(&first, data, 1);
    WdfIoQueueStop(queue, io_evt_state, "stopped");
    io_read(&second, data, 2);
    assert_log("r1");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1 stopped");
    assert_int_equal(second.done, 0);
    WdfIoQueueStart(queue);
    assert_log("r1 stopped r2");
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    io_assert_done(&second, STATUS_SUCCESS);
}

static void a_second_stop_callback_is_refused(void **state) /* spec: QUE-22 */
{
    WDFQUEUE queue = sequential();
    struct io_call call;
    char data[4];

    io_open();
    io_read(&call, data, 1);
    WdfIoQueueStop(queue, io_evt_state, "first");
    wc_expect_violation("QueueCallbackPending");
    WdfIoQueueStop(queue, io_evt_state, "second");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1 first");
}

static void purge_refuses_cancels_and_waits(void **state) /* spec: QUE-23 QUE-24 QUE-27 */
{
    WDFQUEUE queue;
    struct io_call plain, marked, queued, late;
    WDF_IO_QUEUE_CONFIG config;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    config.Settings.Parallel.NumberOfPresentedRequests = 2;
    queue = io_queue(&config, NULL);
    io_open();
    io_read(&plain, data, 1);
    io_read(&marked, data, 2);
    io_read(&queued, data, 3);
    WdfRequestMarkCancelable(io_test.requests[1], io_evt_cancel);
    WdfIoQueuePurge(queue, io_evt_state, "purged");
    assert_log("r1 r2 x");
    io_assert_done(&marked, STATUS_CANCELLED);
    io_assert_done(&queued, STATUS_CANCELLED);
    assert_int_equal(plain.done, 0);
    io_read(&late, data, 4);
    io_assert_done(&late, STATUS_INVALID_DEVICE_STATE);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1 r2 x purged");
    WdfIoQueueStart(queue);
    io_read(&late, data, 4);
    assert_log("r1 r2 x purged r4");
    WdfRequestComplete(io_test.requests[2], STATUS_SUCCESS);
}

static void a_purged_request_cannot_be_marked(void **state) /* spec: QUE-24 REQ-20 */
{
    WDFQUEUE queue = sequential();
    struct io_call call;
    char data[4];

    io_open();
    io_read(&call, data, 1);
    WdfIoQueuePurge(queue, NULL, NULL);
    assert_int_equal(WdfRequestMarkCancelableEx(io_test.requests[0], io_evt_cancel),
                     STATUS_CANCELLED);
    WdfRequestComplete(io_test.requests[0], STATUS_CANCELLED);
    assert_log("r1");
}

static void drain_delivers_what_is_queued(void **state) /* spec: QUE-25 */
{
    WDFQUEUE queue = sequential();
    struct io_call first, second, late;
    char data[4];

    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    WdfIoQueueDrain(queue, io_evt_state, "drained");
    io_read(&late, data, 3);
    io_assert_done(&late, STATUS_INVALID_DEVICE_STATE);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1 r2");
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    assert_log("r1 r2 drained");
}

static void stop_and_purge_holds_later_ones(void **state) /* spec: QUE-26 */
{
    WDFQUEUE queue = sequential();
    struct io_call owned, queued, late;
    char data[4];

    io_open();
    io_read(&owned, data, 1);
    io_read(&queued, data, 2);
    WdfIoQueueStopAndPurge(queue, io_evt_state, "done");
    io_assert_done(&queued, STATUS_CANCELLED);
    io_read(&late, data, 3);
    assert_int_equal(late.done, 0);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1 done");
    WdfIoQueueStart(queue);
    assert_log("r1 done r3");
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static VOID stop_from_handler(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    wc_expect_violation("WaitFromOwnCallback");
    WdfIoQueueStopSynchronously(queue);
    io_note("back");
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void waiting_in_a_handler_is_reported(void **state) /* spec: QUE-28 */
{
    WDF_IO_QUEUE_CONFIG config;
    struct io_call call;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = stop_from_handler;
    io_queue(&config, NULL);
    io_open();
    io_read(&call, data, 1);
    assert_log("back");
    io_assert_done(&call, STATUS_SUCCESS);
}

static VOID complete_from_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    io_note("dpc");
    WdfRequestComplete((WDFREQUEST)context, STATUS_SUCCESS);
}

static void synchronous_forms_wait(void **state) /* spec: QUE-21 QUE-25 */
{
    WDFQUEUE queue = sequential();
    struct io_call call;
    LARGE_INTEGER due = {.QuadPart = -10000};
    KTIMER timer;
    KDPC dpc;
    char data[4];

    io_open();
    io_read(&call, data, 1);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, complete_from_dpc, io_test.requests[0]);
    KeSetTimer(&timer, due, &dpc);
    WdfIoQueueStopSynchronously(queue);
    io_note("stopped");
    assert_log("r1 dpc stopped");
    io_assert_done(&call, STATUS_SUCCESS);
    WdfIoQueueDrainSynchronously(queue);
    WdfIoQueuePurgeSynchronously(queue);
    WdfIoQueueStopAndPurgeSynchronously(queue);
    assert_true(WDF_IO_QUEUE_IDLE(WdfIoQueueGetState(queue, NULL, NULL)));
}

static void the_state_shows_flags_and_counts(void **state) /* spec: QUE-29 QUE-30 */
{
    WDFQUEUE queue = sequential();
    struct io_call first, second;
    ULONG queued, owned;
    WDF_IO_QUEUE_STATE now;
    char data[4];

    io_open();
    now = WdfIoQueueGetState(queue, NULL, NULL);
    assert_true(WDF_IO_QUEUE_READY(now) && WDF_IO_QUEUE_IDLE(now));
    assert_false(WDF_IO_QUEUE_STOPPED(now) || WDF_IO_QUEUE_DRAINED(now) ||
                 WDF_IO_QUEUE_PURGED(now));
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    now = WdfIoQueueGetState(queue, &queued, &owned);
    assert_int_equal(queued, 1);
    assert_int_equal(owned, 1);
    assert_false(WDF_IO_QUEUE_IDLE(now));
    WdfIoQueueDrain(queue, NULL, NULL);
    assert_false(WDF_IO_QUEUE_DRAINED(WdfIoQueueGetState(queue, NULL, NULL)));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    now = WdfIoQueueGetState(queue, NULL, NULL);
    assert_true(WDF_IO_QUEUE_DRAINED(now) && WDF_IO_QUEUE_PURGED(now));
    assert_false(WDF_IO_QUEUE_READY(now));
    WdfIoQueueStop(queue, NULL, NULL);
    assert_true(WDF_IO_QUEUE_STOPPED(WdfIoQueueGetState(queue, NULL, NULL)));
}

/* ---- retrieving ---- */

static void retrieving_goes_by_arrival(void **state) /* spec: QUE-18 QUE-19 QUE-20 */
{
    WDFQUEUE queue;
    WDFREQUEST request;
    WDF_REQUEST_PARAMETERS parameters;
    struct io_call calls[3];
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    io_open();
    request = (WDFREQUEST)(ULONG_PTR)1;
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_NO_MORE_ENTRIES);
    assert_null(request);
    for (unsigned i = 0; i < 3; i++) {
        io_read(&calls[i], data, i + 1);
    }
    WdfIoQueueStop(queue, NULL, NULL);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_WDF_PAUSED);
    WdfIoQueueStart(queue);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
        WDF_REQUEST_PARAMETERS_INIT(&parameters);
        WdfRequestGetParameters(request, &parameters);
        assert_int_equal(parameters.Parameters.Read.Length, i + 1);
        WdfRequestComplete(request, STATUS_SUCCESS);
        io_assert_done(&calls[i], STATUS_SUCCESS);
    }
}

static void a_retrieved_request_holds_a_sequential_queue(void **state) /* spec: QUE-61 */
{
    WDFQUEUE queue = sequential();
    WDFREQUEST request;
    struct io_call first, second, third;
    char data[4];

    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    io_read(&third, data, 3);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_log("r1");
    WdfRequestComplete(request, STATUS_SUCCESS);
    assert_log("r1 r3");
    io_assert_done(&second, STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void finding_leaves_the_request_queued(void **state) /* spec: QUE-37 QUE-38 QUE-39 */
{
    WDFQUEUE queue;
    WDFREQUEST first, second, none, taken;
    struct io_call calls[2];
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    io_open();
    io_read(&calls[0], data, 1);
    io_read(&calls[1], data, 2);
    assert_int_equal(WdfIoQueueFindRequest(queue, NULL, NULL, NULL, &first), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueFindRequest(queue, first, NULL, NULL, &second), STATUS_SUCCESS);
    assert_ptr_not_equal(first, second);
    assert_int_equal(WdfIoQueueFindRequest(queue, second, NULL, NULL, &none),
                     STATUS_NO_MORE_ENTRIES);
    assert_null(none);
    io_cancel(&calls[0]);
    io_assert_done(&calls[0], STATUS_CANCELLED);
    assert_int_equal(WdfIoQueueFindRequest(queue, first, NULL, NULL, &none), STATUS_NOT_FOUND);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(queue, first, &taken), STATUS_NOT_FOUND);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(queue, second, &taken), STATUS_SUCCESS);
    assert_ptr_equal(taken, second);
    WdfObjectDereference(first);
    WdfObjectDereference(second);
    WdfRequestComplete(taken, STATUS_SUCCESS);
    io_assert_done(&calls[1], STATUS_SUCCESS);
}

static void finding_works_on_a_stopped_queue(void **state) /* spec: QUE-59 */
{
    WDFQUEUE queue;
    WDFREQUEST found, taken;
    struct io_call call;
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    io_open();
    io_read(&call, data, 1);
    WdfIoQueueStop(queue, NULL, NULL);
    assert_int_equal(WdfIoQueueFindRequest(queue, NULL, NULL, NULL, &found), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(queue, found, &taken), STATUS_WDF_PAUSED);
    WdfIoQueueStart(queue);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(queue, found, &taken), STATUS_SUCCESS);
    WdfObjectDereference(found);
    WdfRequestComplete(taken, STATUS_SUCCESS);
}

static void retrieving_by_file_skips_others(void **state) /* spec: QUE-40 */
{
    WDFQUEUE queue;
    WDFREQUEST request, found;
    WDFFILEOBJECT file;
    struct wc_file *first_file, *other;
    struct io_call calls[4];
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    io_open();
    first_file = io_test.file;
    io_read(&calls[0], data, 1);
    assert_int_equal(wc_file_open("Io0", &io_test.file), STATUS_SUCCESS);
    io_read(&calls[1], data, 2);
    io_read(&calls[2], data, 3);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueFindRequest(queue, NULL, NULL, NULL, &found), STATUS_SUCCESS);
    file = WdfRequestGetFileObject(found);
    WdfObjectDereference(found);
    other = io_test.file;
    io_test.file = first_file;
    io_read(&calls[3], data, 4);
    io_test.file = other;
    for (unsigned i = 1; i < 3; i++) {
        assert_int_equal(WdfIoQueueRetrieveRequestByFileObject(queue, file, &request),
                         STATUS_SUCCESS);
        WdfRequestComplete(request, STATUS_SUCCESS);
        io_assert_done(&calls[i], STATUS_SUCCESS);
    }
    assert_int_equal(WdfIoQueueRetrieveRequestByFileObject(queue, file, &request),
                     STATUS_NO_MORE_ENTRIES);
    io_cancel(&calls[3]);
    io_assert_done(&calls[3], STATUS_CANCELLED);
    wc_file_close(first_file);
}

/* ---- forwarding ---- */

static void forwarding_has_its_conditions(void **state) /* spec: QUE-33 QUE-34 */
{
    WDFQUEUE from, to;
    struct io_call call;
    char data[4];

    from = sequential();
    to = io_manual();
    io_open();
    io_read(&call, data, 1);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], from),
                     STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestMarkCancelable(io_test.requests[0], io_evt_cancel);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], to),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[0]), STATUS_SUCCESS);
    WdfIoQueuePurge(to, NULL, NULL);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], to), STATUS_WDF_BUSY);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void forwarding_frees_a_sequential_queue(void **state) /* spec: QUE-35 REQ-51 */
{
    WDFQUEUE to;
    WDFREQUEST request;
    struct io_call first, second;
    char data[4];

    sequential();
    to = io_manual();
    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    assert_log("r1");
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], to), STATUS_SUCCESS);
    assert_log("r1 r2");
    assert_ptr_equal(WdfRequestGetIoQueue(io_test.requests[0]), to);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(to, &request), STATUS_SUCCESS);
    assert_ptr_equal(request, io_test.requests[0]);
    WdfRequestComplete(request, STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void requeue_puts_at_the_head_of_a_manual_queue(void **state) /* spec: QUE-36 */
{
    WDFQUEUE queue;
    WDFREQUEST request, again;
    struct io_call first, second, other;
    WDF_IO_QUEUE_CONFIG config;
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoWrite = io_evt_write;
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_test.device, io_queue(&config, NULL),
                                                          WdfRequestTypeWrite),
                     STATUS_SUCCESS);
    io_open();
    io_write(&other, "a", 1);
    assert_int_equal(WdfRequestRequeue(io_test.requests[0]), STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    assert_int_equal(WdfRequestRequeue(request), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &again), STATUS_SUCCESS);
    assert_ptr_equal(again, request);
    WdfRequestComplete(again, STATUS_SUCCESS);
    io_cancel(&second);
}

/* ---- ready notify ---- */

static void ready_comes_once_per_first_request(void **state) /* spec: QUE-41 QUE-42 */
{
    WDFQUEUE queue;
    WDFREQUEST request;
    struct io_call first, second;
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfIoQueueReadyNotify(queue, io_evt_state, "ready"), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueReadyNotify(queue, io_evt_state, "again"),
                     STATUS_INVALID_DEVICE_REQUEST);
    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    assert_log("ready");
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
        WdfRequestComplete(request, STATUS_SUCCESS);
    }
    io_read(&first, data, 1);
    assert_log("ready ready");
    assert_int_equal(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_INVALID_DEVICE_REQUEST);
    WdfIoQueueStop(queue, NULL, NULL);
    assert_int_equal(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_SUCCESS);
    io_cancel(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_stopped_queue_keeps_what_comes, IO_FIXTURE),
        wc_unit_test(a_second_stop_callback_is_refused, IO_FIXTURE),
        wc_unit_test(purge_refuses_cancels_and_waits, IO_FIXTURE),
        wc_unit_test(a_purged_request_cannot_be_marked, IO_FIXTURE),
        wc_unit_test(drain_delivers_what_is_queued, IO_FIXTURE),
        wc_unit_test(stop_and_purge_holds_later_ones, IO_FIXTURE),
        wc_unit_test(waiting_in_a_handler_is_reported, IO_FIXTURE),
        wc_unit_test(synchronous_forms_wait, IO_FIXTURE),
        wc_unit_test(the_state_shows_flags_and_counts, IO_FIXTURE),
        wc_unit_test(retrieving_goes_by_arrival, IO_FIXTURE),
        wc_unit_test(a_retrieved_request_holds_a_sequential_queue, IO_FIXTURE),
        wc_unit_test(finding_leaves_the_request_queued, IO_FIXTURE),
        wc_unit_test(finding_works_on_a_stopped_queue, IO_FIXTURE),
        wc_unit_test(retrieving_by_file_skips_others, IO_FIXTURE),
        wc_unit_test(forwarding_has_its_conditions, IO_FIXTURE),
        wc_unit_test(forwarding_frees_a_sequential_queue, IO_FIXTURE),
        wc_unit_test(requeue_puts_at_the_head_of_a_manual_queue, IO_FIXTURE),
        wc_unit_test(ready_comes_once_per_first_request, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
