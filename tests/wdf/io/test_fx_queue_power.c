/* test_fx_queue_power.c - power-managed queues when their device leaves and enters D0. The device
 * here is a control device, whose queue the test makes power-managed: what decides about power
 * lies above the queue.
 */
#include "wdf/io_fixture.h"

#include "wdf/io/fx_queue.h"

static struct fx_io *device_io;

static struct fx_queue *body_of(WDFQUEUE queue)
{
    return (struct fx_queue *)(void *)fx_handle_find(queue);
}

static VOID note_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    io_note("stop%lx", (unsigned long)flags);
}

static VOID keep_on_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    io_note("stop%lx", (unsigned long)flags);
    WdfRequestStopAcknowledge(request, FALSE);
}

static VOID give_back_on_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    io_note("stop%lx", (unsigned long)flags);
    WdfRequestStopAcknowledge(request, TRUE);
}

static VOID complete_on_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    io_note("stop%lx", (unsigned long)flags);
    if ((flags & WdfRequestStopRequestCancelable) == 0 ||
        WdfRequestUnmarkCancelable(request) != STATUS_CANCELLED) {
        WdfRequestComplete(request, STATUS_DEVICE_NOT_READY);
    }
}

static VOID note_resume(WDFQUEUE queue, WDFREQUEST request)
{
    io_note("resume");
}

/* A default queue with power, as of a device in D0. */
static WDFQUEUE managed(WDF_IO_QUEUE_DISPATCH_TYPE type, PFN_WDF_IO_QUEUE_IO_STOP stop)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, type);
    config.EvtIoRead = type != WdfIoQueueDispatchManual ? io_evt_read : NULL;
    config.EvtIoStop = stop;
    config.EvtIoResume = note_resume;
    queue = io_queue(&config, NULL);
    body_of(queue)->power_managed = true;
    device_io = body_of(queue)->io;
    io_open();
    return queue;
}

static void without_power_it_holds_what_comes(void **state) /* spec: QUE-19 PNP-16 */
{
    WDFQUEUE queue = managed(WdfIoQueueDispatchParallel, NULL);
    struct io_call first, second;
    char data[4];

    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    assert_log("");
    assert_true(WdfIoQueueGetState(queue, NULL, NULL) & WdfIoQueuePnpHeld);
    fx_io_power_up(device_io);
    assert_log("r1 r2");
    assert_false(WdfIoQueueGetState(queue, NULL, NULL) & WdfIoQueuePnpHeld);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void a_manual_queue_is_paused(void **state) /* spec: QUE-19 */
{
    WDFQUEUE queue = managed(WdfIoQueueDispatchManual, NULL);
    WDFREQUEST request;
    struct io_call call;
    char data[4];

    io_read(&call, data, 1);
    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_WDF_PAUSED);
    fx_io_power_up(device_io);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void stop_comes_for_each_owned_request(void **state) /* spec: QUE-47 */
{
    struct io_call plain, marked, cancelled;
    char data[4];

    managed(WdfIoQueueDispatchParallel, complete_on_stop);
    io_read(&plain, data, 1);
    io_read(&marked, data, 2);
    io_read(&cancelled, data, 3);
    WdfRequestMarkCancelable(io_test.requests[1], io_evt_cancel);
    io_cancel(&cancelled);
    WdfRequestComplete(io_test.requests[2], STATUS_CANCELLED);
    io_clear();
    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    assert_log("stop1 stop10000001");
    io_assert_done(&plain, STATUS_DEVICE_NOT_READY);
    io_assert_done(&marked, STATUS_DEVICE_NOT_READY);
}

static VOID complete_first(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    io_note("complete");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static void power_down_while_owned(PFN_WDF_IO_QUEUE_IO_STOP stop)
{
    LARGE_INTEGER due = {.QuadPart = -10000};
    struct io_call call;
    KTIMER timer;
    KDPC dpc;
    char data[4];

    managed(WdfIoQueueDispatchParallel, stop);
    io_read(&call, data, 1);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, complete_first, NULL);
    KeSetTimer(&timer, due, &dpc);
    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    io_note("down");
}

static void without_stop_callback_it_waits(void **state) /* spec: QUE-48 */
{
    power_down_while_owned(NULL);
    assert_log("r1 complete down");
}

static void without_an_answer_it_waits(void **state) /* spec: QUE-48 */
{
    power_down_while_owned(note_stop);
    assert_log("r1 stop1 complete down");
}

static void an_acknowledged_request_is_resumed_first(void **state) /* spec: QUE-49 QUE-58 */
{
    struct io_call kept, later;
    char data[4];

    managed(WdfIoQueueDispatchParallel, keep_on_stop);
    io_read(&kept, data, 1);
    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    io_read(&later, data, 2);
    fx_io_power_up(device_io);
    assert_log("r1 stop1 resume r2");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    io_assert_done(&kept, STATUS_SUCCESS);
}

static void a_request_given_back_comes_again_first(void **state) /* spec: QUE-49 */
{
    struct io_call first, second;
    char data[4];

    managed(WdfIoQueueDispatchSequential, give_back_on_stop);
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    fx_io_power_down(device_io, WdfRequestStopActionSuspend);
    assert_log("r1 stop1");
    fx_io_power_up(device_io);
    assert_log("r1 stop1 r1");
    assert_ptr_equal(io_test.requests[1], io_test.requests[0]);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    assert_log("r1 stop1 r1 r2");
    WdfRequestComplete(io_test.requests[2], STATUS_SUCCESS);
}

static void acknowledging_elsewhere_is_refused(void **state) /* spec: QUE-50 */
{
    struct io_call call;
    char data[4];

    managed(WdfIoQueueDispatchParallel, keep_on_stop);
    io_read(&call, data, 1);
    wc_expect_violation("StopAcknowledgeOutsideStop");
    WdfRequestStopAcknowledge(io_test.requests[0], TRUE);
    assert_log("r1");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void purge_asks_and_cancels(void **state) /* spec: QUE-57 */
{
    struct io_call owned, queued, late;
    char data[4];

    managed(WdfIoQueueDispatchSequential, complete_on_stop);
    io_read(&owned, data, 1);
    io_read(&queued, data, 2);
    fx_io_purge(device_io, true);
    assert_log("r1 stop2");
    io_assert_done(&owned, STATUS_DEVICE_NOT_READY);
    io_assert_done(&queued, STATUS_CANCELLED);
    io_read(&late, data, 3);
    io_assert_done(&late, STATUS_INVALID_DEVICE_STATE);
}

static void other_queues_do_not_care(void **state) /* spec: PWR-19 QUE-53 */
{
    WDFQUEUE queue;
    struct io_call call;
    char data[4];

    io_device();
    queue = io_default(WdfIoQueueDispatchParallel);
    io_open();
    assert_false(body_of(queue)->power_managed);
    fx_io_power_down(body_of(queue)->io, WdfRequestStopActionSuspend);
    io_read(&call, data, 1);
    assert_log("r1");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(without_power_it_holds_what_comes, IO_FIXTURE),
        wc_unit_test(a_manual_queue_is_paused, IO_FIXTURE),
        wc_unit_test(stop_comes_for_each_owned_request, IO_FIXTURE),
        wc_unit_test(without_stop_callback_it_waits, IO_FIXTURE),
        wc_unit_test(without_an_answer_it_waits, IO_FIXTURE),
        wc_unit_test(an_acknowledged_request_is_resumed_first, IO_FIXTURE),
        wc_unit_test(a_request_given_back_comes_again_first, IO_FIXTURE),
        wc_unit_test(acknowledging_elsewhere_is_refused, IO_FIXTURE),
        wc_unit_test(purge_asks_and_cancels, IO_FIXTURE),
        wc_unit_test(other_queues_do_not_care, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
