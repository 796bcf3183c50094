/* test_fx_target_state.c - remote targets: opening, states, and what becomes of requests when a
 * target is stopped, purged or closed. The target is the driver's own control device.
 */
#include "wdf/io_fixture.h"

#include "wdf/object/fx_object.h"

DECLARE_CONST_UNICODE_STRING(device_name, L"\\Device\\Io0");
DECLARE_CONST_UNICODE_STRING(no_name, L"\\Device\\NoSuchDevice");

static WDFIOTARGET target;

static VOID completed(WDFREQUEST request, WDFIOTARGET from, PWDF_REQUEST_COMPLETION_PARAMS params,
                      WDFCONTEXT context)
{
    io_note("%s%s", (const char *)context,
            params->IoStatus.Status == STATUS_SUCCESS                       ? ""
            : params->IoStatus.Status == STATUS_CANCELLED                   ? "!"
            : params->IoStatus.Status == STATUS_WDF_DEVICE_REMOVED_NOT_SENT ? "-"
                                                                            : "?");
}

static VOID cancel_and_note(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* The device marks what it gets, so that a cancellation ends it. */
static VOID device_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_note("r%zu", length);
    io_keep(queue, request);
    WdfRequestMarkCancelable(request, cancel_and_note);
}

static void device_finish(unsigned index)
{
    assert_int_equal(WdfRequestUnmarkCancelable(io_test.requests[index]), STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[index], STATUS_SUCCESS);
}

static NTSTATUS target_open(PCUNICODE_STRING name)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, name, GENERIC_READ);
    return WdfIoTargetOpen(target, &params);
}

static void device_start(void)
{
    WDF_IO_QUEUE_CONFIG config;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = device_read;
    io_queue(&config, NULL);
    io_open();
    assert_int_equal(WdfIoTargetCreate(io_test.device, WDF_NO_OBJECT_ATTRIBUTES, &target),
                     STATUS_SUCCESS);
}

static void opened(void)
{
    device_start();
    assert_int_equal(target_open(&device_name), STATUS_SUCCESS);
}

/* A request that is formatted to read n bytes; its name in the log. */
static WDFREQUEST read_of(size_t size, const char *name)
{
    WDFREQUEST request = NULL;
    WDFMEMORY memory;

    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    assert_int_equal(
        WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', size, &memory, NULL),
        STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, completed, (WDFCONTEXT)(uintptr_t)name);
    return request;
}

static BOOLEAN send_ignoring(WDFREQUEST request)
{
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
    return WdfRequestSend(request, target, &options);
}

static void assert_state(WDF_IO_TARGET_STATE state)
{
    assert_int_equal(WdfIoTargetGetState(target), state);
}

/* ---- opening ---- */

static void a_bad_name_is_refused(void **state) /* spec: TGT-02 */
{
    UNICODE_STRING empty = {0};

    device_start();
    assert_int_equal(target_open(&empty), STATUS_INVALID_PARAMETER);
    assert_int_equal(target_open(&no_name), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(WdfIoTargetWdmGetTargetDeviceObject(target));
    WdfObjectDelete(target);
}

static void it_is_opened_once_at_a_time(void **state) /* spec: TGT-03 */
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    opened();
    assert_int_equal(target_open(&device_name), STATUS_INVALID_DEVICE_STATE);
    assert_non_null(WdfIoTargetWdmGetTargetFileObject(target));
    assert_non_null(WdfIoTargetWdmGetTargetFileHandle(target));
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(target),
                     WdfDeviceWdmGetDeviceObject(io_test.device));
    assert_null(WdfIoTargetWdmGetTargetPhysicalDevice(target));
    WdfIoTargetClose(target);
    assert_null(WdfIoTargetWdmGetTargetFileObject(target));
    assert_int_equal(target_open(&device_name), STATUS_SUCCESS);
    WdfIoTargetCloseForQueryRemove(target);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
    assert_state(WdfIoTargetStarted);
    WdfObjectDelete(target);
}

static void a_device_at_hand_is_opened(void **state) /* spec: TGT-18 */
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    device_start();
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, NULL);
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_INVALID_PARAMETER);
    params.TargetDeviceObject = WdfDeviceWdmGetDeviceObject(io_test.device);
    params.EvtIoTargetRemoveComplete = (PFN_WDF_IO_TARGET_REMOVE_COMPLETE)cancel_and_note;
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_INVALID_PARAMETER);
    params.EvtIoTargetRemoveComplete = NULL;
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(target), params.TargetDeviceObject);
    assert_null(WdfIoTargetWdmGetTargetFileObject(target));
    WdfIoTargetClose(target);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_INVALID_DEVICE_REQUEST);
    params.Size--;
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_INFO_LENGTH_MISMATCH);
    WdfObjectDelete(target);
}

static void nothing_is_formatted_for_a_closed_target(void **state) /* spec: TGT-04 */
{
    WDF_MEMORY_DESCRIPTOR out;
    WDFREQUEST request = NULL;
    char text[4];

    opened();
    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    WdfIoTargetClose(target);
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, NULL, NULL, NULL),
                     STATUS_INVALID_DEVICE_STATE);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, text, sizeof(text));
    assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &out, NULL, NULL, NULL),
                     STATUS_INVALID_DEVICE_STATE);
    WdfObjectDelete(target);
}

static void the_parent_is_the_device_or_below(void **state) /* spec: ATTR-18 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFIOTARGET made = (WDFIOTARGET)1;
    WDFQUEUE queue = NULL;

    device_start();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.driver;
    assert_int_equal(WdfIoTargetCreate(io_test.device, &attributes, &made),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_null(made);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueCreate(io_test.device, &config, &attributes, &queue),
                     STATUS_INVALID_DEVICE_REQUEST);
    attributes.ParentObject = target;
    assert_int_equal(WdfIoTargetCreate(io_test.device, &attributes, &made), STATUS_SUCCESS);
    WdfObjectDelete(target);
}

/* ---- states ---- */

static void the_state_follows(void **state) /* spec: TGT-19 */
{
    device_start();
    assert_state(WdfIoTargetStarted);
    assert_int_equal(WdfIoTargetStart(target), STATUS_INVALID_DEVICE_STATE); /* never opened */
    assert_int_equal(target_open(&device_name), STATUS_SUCCESS);
    assert_state(WdfIoTargetStarted);
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    assert_state(WdfIoTargetStopped);
    WdfIoTargetPurge(target, WdfIoTargetPurgeIo);
    assert_state(WdfIoTargetPurged);
    assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
    assert_state(WdfIoTargetStarted);
    WdfIoTargetCloseForQueryRemove(target);
    assert_state(WdfIoTargetClosedForQueryRemove);
    WdfIoTargetClose(target);
    assert_state(WdfIoTargetClosed);
    assert_int_equal(WdfIoTargetStart(target), STATUS_INVALID_DEVICE_STATE);
    wc_expect_violation("BadEnumValue");
    WdfIoTargetStop(target, WdfIoTargetSentIoUndefined);
    wc_expect_violation("BadEnumValue");
    WdfIoTargetPurge(target, WdfIoTargetPurgeIoUndefined);
    WdfObjectDelete(target);
}

static void a_deleted_target_does_not_start(void **state) /* spec: TGT-20 */
{
    opened();
    WdfObjectReference(target);
    WdfObjectDelete(target);
    assert_state(WdfIoTargetDeleted);
    assert_int_equal(WdfIoTargetStart(target), STATUS_INVALID_DEVICE_STATE);
    WdfObjectDereference(target);
}

static void a_stopped_target_keeps_requests(void **state) /* spec: TGT-05 */
{
    opened();
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    assert_true(WdfRequestSend(read_of(1, "a"), target, NULL));
    assert_true(WdfRequestSend(read_of(2, "b"), target, NULL));
    assert_true(WdfRequestSend(read_of(3, "c"), target, NULL));
    assert_int_equal(io_test.delivered, 0);
    assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
    assert_log("r1 r2 r3");
    device_finish(0);
    device_finish(1);
    device_finish(2);
    assert_log("r1 r2 r3 a b c");
    WdfObjectDelete(target);
}

static void a_kept_request_can_be_cancelled(void **state)
{
    WDF_REQUEST_SEND_OPTIONS options;
    LARGE_INTEGER moment = {.QuadPart = -200000};
    WDFREQUEST request;

    opened();
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    request = read_of(1, "a");
    assert_true(WdfRequestSend(request, target, NULL));
    assert_true(WdfRequestCancelSentRequest(request));
    assert_log("a!");
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, 0);
    WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(10));
    request = read_of(2, "b");
    assert_true(WdfRequestSend(request, target, &options));
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
    assert_log("a! b?");
    assert_int_equal(WdfRequestGetStatus(request), STATUS_IO_TIMEOUT);
    assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
    assert_int_equal(io_test.delivered, 0);
    WdfObjectDelete(target);
}

static VOID finish_first(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    io_note("now");
    device_finish(0);
}

static void stop_does_what_it_is_told(void **state) /* spec: TGT-06 */
{
    LARGE_INTEGER later = {.QuadPart = -100000};
    KTIMER timer;
    KDPC dpc;

    opened();
    assert_true(WdfRequestSend(read_of(1, "a"), target, NULL));
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    assert_log("r1");
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, finish_first, NULL);
    KeSetTimer(&timer, later, &dpc);
    WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
    assert_log("r1 now a");
    assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
    assert_true(WdfRequestSend(read_of(2, "b"), target, NULL));
    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    assert_log("r1 now a r2 b!");
    WdfObjectDelete(target);
}

static void a_purged_target_refuses(void **state) /* spec: TGT-07 */
{
    WDFREQUEST request;

    opened();
    WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
    request = read_of(1, "a");
    assert_false(WdfRequestSend(request, target, NULL));
    assert_int_equal(WdfRequestGetStatus(request), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
    assert_true(WdfRequestSend(request, target, NULL));
    device_finish(0);
    assert_log("r1 a");
    WdfObjectDelete(target);
}

static void purge_ends_all(void **state) /* spec: TGT-08 */
{
    opened();
    assert_true(WdfRequestSend(read_of(1, "a"), target, NULL));
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    assert_true(WdfRequestSend(read_of(2, "b"), target, NULL));
    assert_log("r1");
    WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
    assert_log("r1 b- a!");
    WdfObjectDelete(target);
}

static void the_state_can_be_ignored(void **state) /* spec: TGT-09 */
{
    opened();
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    assert_true(send_ignoring(read_of(1, "a")));
    assert_log("r1");
    WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete); /* not for it */
    WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
    assert_log("r1");
    device_finish(0);
    assert_log("r1 a");
    WdfObjectDelete(target);
}

static void close_cancels_and_waits(void **state) /* spec: TGT-10 */
{
    WDFREQUEST request;

    opened();
    assert_true(WdfRequestSend(read_of(1, "a"), target, NULL));
    request = read_of(2, "b");
    assert_true(send_ignoring(request));
    WdfIoTargetClose(target);
    assert_log("r1 r2 a! b!");
    assert_false(send_ignoring(request));
    WdfObjectDelete(target);
}

static void deletion_closes(void **state) /* spec: TGT-16 */
{
    opened();
    assert_true(WdfRequestSend(read_of(1, "a"), target, NULL));
    WdfObjectDelete(target);
    assert_log("r1 a!");
    assert_int_equal(fx_object_count(FX_TYPE_IOTARGET), 0);
}

static VOID close_inside(WDFREQUEST request, WDFIOTARGET from,
                         PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    WdfIoTargetClose(from);
    io_note("closed");
}

static void close_in_its_own_routine_does_not_wait(void **state)
{
    WDFREQUEST request;

    opened();
    request = read_of(1, "a");
    WdfRequestSetCompletionRoutine(request, close_inside, NULL);
    assert_true(WdfRequestSend(request, target, NULL));
    wc_expect_violation("WaitFromOwnCallback");
    device_finish(0);
    assert_log("r1 closed");
    WdfObjectDelete(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_bad_name_is_refused, IO_FIXTURE),
        wc_unit_test(it_is_opened_once_at_a_time, IO_FIXTURE),
        wc_unit_test(a_device_at_hand_is_opened, IO_FIXTURE),
        wc_unit_test(nothing_is_formatted_for_a_closed_target, IO_FIXTURE),
        wc_unit_test(the_parent_is_the_device_or_below, IO_FIXTURE),
        wc_unit_test(the_state_follows, IO_FIXTURE),
        wc_unit_test(a_deleted_target_does_not_start, IO_FIXTURE),
        wc_unit_test(a_stopped_target_keeps_requests, IO_FIXTURE),
        wc_unit_test(a_kept_request_can_be_cancelled, IO_FIXTURE),
        wc_unit_test(stop_does_what_it_is_told, IO_FIXTURE),
        wc_unit_test(a_purged_target_refuses, IO_FIXTURE),
        wc_unit_test(purge_ends_all, IO_FIXTURE),
        wc_unit_test(the_state_can_be_ignored, IO_FIXTURE),
        wc_unit_test(close_cancels_and_waits, IO_FIXTURE),
        wc_unit_test(deletion_closes, IO_FIXTURE),
        wc_unit_test(close_in_its_own_routine_does_not_wait, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
