/* test_fx_usb_reader.c - the continuous reader: data, its start and stop, failures. */
#include "wdf/usb_fixture.h"

#include <string.h>

#define STARTS 300

static struct {
    int reads, failures;
    char text[64];
    size_t length;
    WDFMEMORY kept;
    bool keeps, gives_up;
    NTSTATUS status;
    USBD_STATUS usbd_status;
    KIRQL irql;
    KEVENT failed;
} seen;

static VOID on_read(WDFUSBPIPE pipe, WDFMEMORY memory, size_t length, WDFCONTEXT context)
{
    size_t size;
    const char *buffer = WdfMemoryGetBuffer(memory, &size);

    assert_ptr_equal(context, &seen);
    assert_ptr_equal(pipe, usb_test.interrupt);
    assert_int_equal(size, 4 + 8 + 2); /* header, data, trailer */
    memcpy(seen.text + seen.length, buffer + 4, length);
    seen.length += length;
    if (seen.keeps) {
        WdfObjectReference(memory);
        seen.kept = memory;
        seen.keeps = false;
    }
    __atomic_store_n(&seen.reads, seen.reads + 1, __ATOMIC_RELEASE);
}

static BOOLEAN on_failed(WDFUSBPIPE pipe, NTSTATUS status, USBD_STATUS usbd_status)
{
    seen.irql = KeGetCurrentIrql();
    seen.status = status;
    seen.usbd_status = usbd_status;
    __atomic_store_n(&seen.failures, seen.failures + 1, __ATOMIC_RELEASE);
    KeSetEvent(&seen.failed, IO_NO_INCREMENT, FALSE);
    return !seen.gives_up;
}

static void configure(WDFDEVICE device)
{
    WDF_USB_CONTINUOUS_READER_CONFIG config;

    KeInitializeEvent(&seen.failed, SynchronizationEvent, FALSE);
    WDF_USB_CONTINUOUS_READER_CONFIG_INIT(&config, on_read, &seen, 8);
    config.HeaderLength = 4;
    config.TrailerLength = 2;
    config.NumPendingReads = 3;
    config.EvtUsbTargetPipeReadersFailed = on_failed;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.interrupt, &config),
                     STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.interrupt, &config),
                     STATUS_INVALID_DEVICE_STATE);
}

static WDFIOTARGET target(void)
{
    return WdfUsbTargetPipeGetIoTarget(usb_test.interrupt);
}

static void start(void *context)
{
    assert_int_equal(WdfIoTargetStart(target()), STATUS_SUCCESS);
}

static void send_three(void *device)
{
    struct wc_model *model = ((struct usb_model *)device)->model;

    assert_true(wc_model_usb_send(model, USB_INTERRUPT_IN, "a", 1));
    assert_true(wc_model_usb_send(model, USB_INTERRUPT_IN, "bc", 2));
    assert_true(wc_model_usb_send(model, USB_INTERRUPT_IN, "defghijk", 8));
}

static void nobody_reads(void *device)
{
    assert_false(wc_model_usb_is_read(((struct usb_model *)device)->model, USB_INTERRUPT_IN));
}

static void somebody_reads(void *device)
{
    assert_true(wc_model_usb_is_read(((struct usb_model *)device)->model, USB_INTERRUPT_IN));
}

static void begin(void)
{
    memset(&seen, 0, sizeof(seen));
    usb_test.prepared = configure;
}

/* ---- data ---- */

static void read_on(void *context)
{
    usb_model_do(nobody_reads);
    start(NULL);
    usb_model_do(somebody_reads);
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 3);
    assert_int_equal(seen.length, 11);
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 6);
    assert_int_equal(seen.failures, 0);
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
    usb_model_do(nobody_reads);
}

static void reads_go_on_while_the_pipe_is_started(void **state)
{
    begin();
    usb_run(read_on);
}

static void stop_and_start(void *context)
{
    start(NULL);
    start(NULL); /* that it is started already changes nothing */
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 0);
    start(NULL);
    pnp_let_run();
    assert_int_equal(seen.reads, 3); /* what had waited */
    WdfIoTargetPurge(target(), WdfIoTargetPurgeIoAndWait);
    usb_model_do(nobody_reads);
    start(NULL);
    usb_model_do(somebody_reads);
    WdfIoTargetStop(target(), WdfIoTargetLeaveSentIoPending);
    pnp_let_run();
    usb_model_do(nobody_reads); /* its own reads are never left */
    assert_int_equal(seen.failures, 0);
}

static void a_stop_takes_the_reads_back(void **state)
{
    begin();
    usb_run(stop_and_start);
}

static void keep_one(void *context)
{
    size_t size;

    seen.keeps = true;
    start(NULL);
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 3);
    assert_memory_equal((char *)WdfMemoryGetBuffer(seen.kept, &size) + 4, seen.text,
                        seen.text[0] == 'd' ? 8 : 1);
    WdfObjectDereference(seen.kept);
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
}

static void a_driver_may_keep_the_memory(void **state)
{
    pnp_fibers_only(); /* which of them comes first */
    begin();
    usb_run(keep_one);
}

static void leave_it_running(void *context)
{
    start(NULL);
}

static void removal_takes_the_reads_back(void **state)
{
    begin();
    usb_run(leave_it_running);
    assert_int_equal(seen.failures, 0);
}

static void a_pulled_device_ends_the_reader(void **state)
{
    begin();
    usb_start();
    wc_test_call(leave_it_running, NULL);
    assert_int_equal(wc_device_surprise_remove(usb_test.device), WC_OK);
    assert_true(seen.failures <= 1);
}

/* ---- failures ---- */

static void stall(void *device)
{
    wc_model_usb_stall(((struct usb_model *)device)->model, USB_INTERRUPT_IN);
}

static bool failed_once(void)
{
    return __atomic_load_n(&seen.failures, __ATOMIC_ACQUIRE) == 1;
}

/* Until the worker has come. */
static void let_recover(void)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    KeDelayExecutionThread(KernelMode, FALSE, &moment);
}

static void fail_and_recover(void *context)
{
    start(NULL);
    usb_model_do(stall);
    let_recover();
    assert_true(failed_once());
    assert_int_equal(seen.status, STATUS_UNSUCCESSFUL);
    assert_int_equal(seen.usbd_status, USBD_STATUS_STALL_PID);
    assert_int_equal(seen.irql, PASSIVE_LEVEL);
    assert_int_equal(usb_test.model->cleared, 1); /* the pipe was reset */
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 3);
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
}

static void after_a_failure_the_pipe_is_reset_and_read_on(void **state)
{
    begin();
    usb_run(fail_and_recover);
}

static void fail_and_give_up(void *context)
{
    seen.gives_up = true;
    start(NULL);
    usb_model_do(stall);
    let_recover();
    assert_true(failed_once());
    assert_int_equal(usb_test.model->cleared, 0);
    usb_model_do(nobody_reads);
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
    assert_int_equal(WdfUsbTargetPipeResetSynchronously(usb_test.interrupt, NULL, NULL),
                     STATUS_SUCCESS);
    start(NULL);
    usb_model_do(send_three);
    pnp_let_run();
    assert_int_equal(seen.reads, 3);
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
}

static void a_driver_may_give_up(void **state)
{
    begin();
    usb_run(fail_and_give_up);
}

/* The pipe stays stalled, so that each start fails once more. */
static void fail_at_each_start(void *context)
{
    LARGE_INTEGER second = {.QuadPart = -10000000};

    seen.gives_up = true;
    usb_model_do(stall);
    for (int i = 1; i <= STARTS; i++) {
        start(NULL);
        assert_int_equal(KeWaitForSingleObject(&seen.failed, Executive, KernelMode, FALSE, &second),
                         STATUS_SUCCESS);
        assert_int_equal(__atomic_load_n(&seen.failures, __ATOMIC_ACQUIRE), i);
    }
    WdfIoTargetStop(target(), WdfIoTargetCancelSentIo);
}

static void a_start_while_the_driver_gives_up_is_not_lost(void **state)
{
    begin();
    usb_run(fail_at_each_start);
}

/* ---- refused ---- */

static void configure_wrongly(WDFDEVICE device)
{
    WDF_USB_CONTINUOUS_READER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_USB_CONTINUOUS_READER_CONFIG_INIT(&config, on_read, &seen, 9);
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.interrupt, &config),
                     STATUS_INVALID_BUFFER_SIZE);
    config.TransferLength = 0;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.interrupt, &config),
                     STATUS_INVALID_PARAMETER);
    config.TransferLength = 64;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.out, &config),
                     STATUS_INVALID_DEVICE_REQUEST);
    config.HeaderLength = (size_t)-1;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.in, &config),
                     STATUS_INTEGER_OVERFLOW);
    config.HeaderLength = 0;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    config.BufferAttributes = &attributes;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.in, &config),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    config.BufferAttributes = NULL;
    config.EvtUsbTargetPipeReadComplete = NULL;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.in, &config),
                     STATUS_INVALID_PARAMETER);
    config.Size = 0;
    assert_int_equal(WdfUsbTargetPipeConfigContinuousReader(usb_test.in, &config),
                     STATUS_INFO_LENGTH_MISMATCH);
}

static void a_bad_configuration_is_refused(void **state)
{
    usb_test.prepared = configure_wrongly;
    usb_start();
    usb_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        usb_test_entry(reads_go_on_while_the_pipe_is_started),
        usb_test_entry(a_stop_takes_the_reads_back),
        usb_test_entry(a_driver_may_keep_the_memory),
        usb_test_entry(removal_takes_the_reads_back),
        usb_test_entry(a_pulled_device_ends_the_reader),
        usb_test_entry(after_a_failure_the_pipe_is_reset_and_read_on),
        usb_test_entry(a_driver_may_give_up),
        usb_test_entry(a_start_while_the_driver_gives_up_is_not_lost),
        usb_test_entry(a_bad_configuration_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
