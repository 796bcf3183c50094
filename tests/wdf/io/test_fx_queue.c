/* test_fx_queue.c - making queues, and what each type of queue delivers when. */
#include "wdf/io_fixture.h"

static NTSTATUS create(WDF_IO_QUEUE_CONFIG *config, WDFQUEUE *queue)
{
    return WdfIoQueueCreate(io_test.device, config, NULL, queue);
}

static void default_queue_may_go_without_handle(void **state) /* spec: QUE-01 */
{
    WDF_IO_QUEUE_CONFIG config;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    assert_int_equal(create(&config, NULL), STATUS_INVALID_PARAMETER_4);
    config.DefaultQueue = TRUE;
    assert_int_equal(create(&config, NULL), STATUS_SUCCESS);
}

static void handlers_must_fit_the_type(void **state) /* spec: QUE-02 QUE-03 QUE-04 */
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    assert_int_equal(create(&config, &queue), STATUS_WDF_NO_CALLBACK);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    assert_int_equal(create(&config, &queue), STATUS_WDF_NO_CALLBACK);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.EvtIoRead = io_evt_read;
    assert_int_equal(create(&config, &queue), STATUS_INVALID_PARAMETER);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = io_evt_read;
    config.Settings.Parallel.NumberOfPresentedRequests = 1;
    assert_int_equal(create(&config, &queue), STATUS_INVALID_PARAMETER);
    assert_null(queue);
    config.Settings.Parallel.NumberOfPresentedRequests = 0;
    assert_int_equal(create(&config, &queue), STATUS_SUCCESS);
    config.Size--;
    assert_int_equal(create(&config, &queue), STATUS_INFO_LENGTH_MISMATCH);
}

static void there_is_one_default_queue(void **state) /* spec: QUE-05 WDEV-27 WDEV-18 */
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE first, second;

    io_device();
    assert_null(WdfDeviceGetDefaultQueue(io_test.device));
    first = io_default(WdfIoQueueDispatchManual);
    assert_ptr_equal(WdfDeviceGetDefaultQueue(io_test.device), first);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchManual);
    assert_int_equal(create(&config, &second), STATUS_UNSUCCESSFUL);
    WdfControlFinishInitializing(io_test.device);
    assert_int_equal(create(&config, &second), STATUS_INVALID_DEVICE_STATE);
}

static void a_type_has_one_queue(void **state) /* spec: QUE-07 QUE-08 */
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE reads, manual;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    reads = io_queue(&config, NULL);
    manual = io_manual();
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, reads, WdfRequestTypeWrite),
        STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, reads, WdfRequestTypeRead),
        STATUS_SUCCESS);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, manual, WdfRequestTypeRead),
        STATUS_WDF_BUSY);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, manual, WdfRequestTypeWrite),
        STATUS_SUCCESS);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, manual, WdfRequestTypePower),
        STATUS_INVALID_PARAMETER);
}

static void the_types_handler_wins(void **state) /* spec: QUE-09 QUE-10 */
{
    WDF_IO_QUEUE_CONFIG config;
    struct io_call read, write, control;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDefault = io_evt_default;
    config.EvtIoRead = io_evt_read;
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_test.device, io_queue(&config, NULL),
                                                          WdfRequestTypeRead),
                     STATUS_SUCCESS);
    config.EvtIoRead = NULL;
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_test.device, io_queue(&config, NULL),
                                                          WdfRequestTypeWrite),
                     STATUS_SUCCESS);
    io_open();
    io_read(&read, data, sizeof(data));
    io_write(&write, data, sizeof(data));
    assert_log("r4 d");
    io_control(&control, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS),
               NULL, 0, NULL, 0);
    io_assert_done(&control, STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    io_assert_done(&read, STATUS_SUCCESS);
    io_assert_done(&write, STATUS_SUCCESS);
}

static void a_queue_without_the_handler_refuses(void **state) /* spec: QUE-10 */
{
    WDF_IO_QUEUE_CONFIG config;
    struct io_call write;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    io_queue(&config, NULL);
    io_open();
    io_write(&write, "abcd", 4);
    io_assert_done(&write, STATUS_INVALID_DEVICE_REQUEST);
    assert_log("");
}

static void an_empty_transfer_is_delivered_only_if_wanted(void **state) /* spec: QUE-11 QUE-12 */
{
    WDF_IO_QUEUE_CONFIG config;
    struct io_call read, write, control;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    config.AllowZeroLengthRequests = TRUE;
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_test.device, io_queue(&config, NULL),
                                                          WdfRequestTypeRead),
                     STATUS_SUCCESS);
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    io_write(&write, NULL, 0);
    io_assert_done(&write, STATUS_SUCCESS);
    assert_int_equal(write.information, 0);
    assert_log("");
    io_read(&read, NULL, 0);
    assert_log("r0");
    io_control(&control, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS),
               NULL, 0, NULL, 0);
    assert_log("r0 c0/0");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void an_empty_transfer_is_not_retrieved(void **state) /* spec: QUE-11 */
{
    WDFQUEUE queue;
    WDFREQUEST request;
    struct io_call empty, full;
    char data[2];

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    io_open();
    io_read(&empty, NULL, 0);
    io_read(&full, data, sizeof(data));
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    io_assert_done(&empty, STATUS_SUCCESS);
    assert_int_equal(full.done, 0);
    WdfRequestComplete(request, STATUS_SUCCESS);
    io_assert_done(&full, STATUS_SUCCESS);
}

static void sequential_delivers_one_at_a_time(void **state) /* spec: QUE-13 */
{
    struct io_call calls[10];
    WDFQUEUE queue;
    ULONG queued, owned;
    char data[16];

    io_device();
    queue = io_default(WdfIoQueueDispatchSequential);
    io_open();
    for (unsigned i = 0; i < 10; i++) {
        io_read(&calls[i], data, i + 1);
    }
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(io_test.delivered, i + 1);
        WdfIoQueueGetState(queue, &queued, &owned);
        assert_int_equal(owned, 1);
        assert_int_equal(queued, 9 - i);
        WdfRequestComplete(io_test.requests[i], STATUS_SUCCESS);
        io_assert_done(&calls[i], STATUS_SUCCESS);
    }
    assert_log("r1 r2 r3 r4 r5 r6 r7 r8 r9 r10");
    assert_int_equal(io_test.delivered, 10);
}

static VOID complete_inside(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_test.inside++;
    io_test.most_inside =
        io_test.inside > io_test.most_inside ? io_test.inside : io_test.most_inside;
    io_note("r%zu", length);
    WdfRequestComplete(request, STATUS_SUCCESS);
    io_note("-");
    io_test.inside--;
}

static void completion_in_a_handler_does_not_recurse(void **state) /* spec: QUE-14 SYNC-21 */
{
    struct io_call calls[3];
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = complete_inside;
    queue = io_queue(&config, NULL);
    io_open();
    WdfIoQueueStop(queue, NULL, NULL);
    for (unsigned i = 0; i < 3; i++) {
        io_read(&calls[i], data, i + 1);
    }
    assert_log("");
    WdfIoQueueStart(queue);
    assert_log("r1 - r2 - r3 -");
    assert_int_equal(io_test.most_inside, 1);
}

static void parallel_keeps_to_its_number(void **state) /* spec: QUE-15 */
{
    struct io_call calls[5];
    WDF_IO_QUEUE_CONFIG config;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    config.Settings.Parallel.NumberOfPresentedRequests = 3;
    io_queue(&config, NULL);
    io_open();
    for (unsigned i = 0; i < 5; i++) {
        io_read(&calls[i], data, 4);
    }
    assert_int_equal(io_test.delivered, 3);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    assert_int_equal(io_test.delivered, 4);
    for (unsigned i = 0; i < 5; i++) {
        if (i != 1) {
            WdfRequestComplete(io_test.requests[i], STATUS_SUCCESS);
        }
    }
    assert_int_equal(io_test.delivered, 5);
}

static void parallel_of_none_never_delivers(void **state) /* spec: QUE-16 QUE-17 */
{
    struct io_call call;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    WDFREQUEST request;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    config.Settings.Parallel.NumberOfPresentedRequests = 0;
    queue = io_queue(&config, NULL);
    io_open();
    io_read(&call, data, 4);
    assert_int_equal(io_test.delivered, 0);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_INVALID_DEVICE_STATE);
    io_cancel(&call);
    io_assert_done(&call, STATUS_CANCELLED);
    assert_log("");
}

static void scope_queue_serializes_at_dispatch_level(void **state) /* spec: QUE-46 SYNC-06 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    struct io_call call;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = io_evt_read;
    io_queue(&config, &attributes);
    io_open();
    io_read(&call, data, 4);
    assert_int_equal(io_test.irql, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static void scope_none_calls_at_the_senders_irql(void **state) /* spec: SYNC-08 */
{
    struct io_call call;
    char data[4];
    KIRQL old;

    io_device();
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    io_read(&call, data, 4);
    assert_int_equal(io_test.irql, PASSIVE_LEVEL);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfIoQueueStop(WdfDeviceGetDefaultQueue(io_test.device), NULL, NULL);
    io_read(&call, data, 4);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfIoQueueStart(WdfDeviceGetDefaultQueue(io_test.device));
    KeLowerIrql(old);
    assert_int_equal(io_test.irql, DISPATCH_LEVEL);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

/* With threads the work item does not wait until this body's level falls. */
static void a_passive_queue_calls_at_passive_level(void **state) /* spec: QUE-45 SYNC-07 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    struct io_call call;
    char data[4];
    KIRQL old;

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    queue = io_queue(&config, &attributes);
    io_open();
    WdfIoQueueStop(queue, NULL, NULL);
    io_read(&call, data, 4);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    io_test.irql = HIGH_LEVEL;
    WdfIoQueueStart(queue);
    assert_int_equal(io_test.delivered, 0);
    KeLowerIrql(old);
    io_settle();
    assert_int_equal(io_test.delivered, 1);
    assert_int_equal(io_test.irql, PASSIVE_LEVEL);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static void queue_scope_device_needs_the_devices_level(void **state) /* spec: SYNC-09 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueCreate(io_test.device, &config, &attributes, &queue),
                     STATUS_INVALID_PARAMETER);
    attributes.ExecutionLevel = WdfExecutionLevelDispatch;
    assert_int_equal(WdfIoQueueCreate(io_test.device, &config, &attributes, &queue),
                     STATUS_SUCCESS);
}

static void a_default_queue_is_not_deleted(void **state) /* spec: QUE-51 DEL-23 */
{
    WDFQUEUE queue;

    io_device();
    queue = io_default(WdfIoQueueDispatchManual);
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(queue);
    assert_ptr_equal(WdfIoQueueGetDevice(queue), io_test.device);
}

static VOID note_cleanup(WDFOBJECT object)
{
    io_note("cleanup@%d", KeGetCurrentIrql());
}

static void deleting_a_queue_purges_it(void **state) /* spec: QUE-52 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    struct io_call call;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = note_cleanup;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.EvtIoCanceledOnQueue = io_evt_canceled;
    queue = io_queue(&config, &attributes);
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    io_read(&call, data, 4);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], queue), STATUS_SUCCESS);
    io_clear();
    WdfObjectDelete(queue);
    assert_log("q cleanup@0");
    io_assert_done(&call, STATUS_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(default_queue_may_go_without_handle, IO_FIXTURE),
        wc_unit_test(handlers_must_fit_the_type, IO_FIXTURE),
        wc_unit_test(there_is_one_default_queue, IO_FIXTURE),
        wc_unit_test(a_type_has_one_queue, IO_FIXTURE),
        wc_unit_test(the_types_handler_wins, IO_FIXTURE),
        wc_unit_test(a_queue_without_the_handler_refuses, IO_FIXTURE),
        wc_unit_test(an_empty_transfer_is_delivered_only_if_wanted, IO_FIXTURE),
        wc_unit_test(an_empty_transfer_is_not_retrieved, IO_FIXTURE),
        wc_unit_test(sequential_delivers_one_at_a_time, IO_FIXTURE),
        wc_unit_test(completion_in_a_handler_does_not_recurse, IO_FIXTURE),
        wc_unit_test(parallel_keeps_to_its_number, IO_FIXTURE),
        wc_unit_test(parallel_of_none_never_delivers, IO_FIXTURE),
        wc_unit_test(scope_queue_serializes_at_dispatch_level, IO_FIXTURE),
        wc_unit_test(scope_none_calls_at_the_senders_irql, IO_FIXTURE),
        wc_unit_test(a_passive_queue_calls_at_passive_level, IO_FIXTURE, .fibers_only = true),
        wc_unit_test(queue_scope_device_needs_the_devices_level, IO_FIXTURE),
        wc_unit_test(a_default_queue_is_not_deleted, IO_FIXTURE),
        wc_unit_test(deleting_a_queue_purges_it, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
