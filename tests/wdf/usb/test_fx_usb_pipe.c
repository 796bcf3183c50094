/* test_fx_usb_pipe.c - WDFUSBPIPE: reading, writing, halts, cancellation, what is refused. */
#include "wdf/usb_fixture.h"

#include <string.h>

static NTSTATUS write_pipe(const void *data, ULONG length, ULONG *moved)
{
    WDF_MEMORY_DESCRIPTOR memory;

    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, (PVOID)(uintptr_t)data, length);
    return WdfUsbTargetPipeWriteSynchronously(usb_test.out, NULL, NULL, &memory, moved);
}

static NTSTATUS read_pipe(WDFUSBPIPE pipe, void *data, ULONG length, ULONG *moved)
{
    WDF_MEMORY_DESCRIPTOR memory;
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, data, length);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_MS(5);
    return WdfUsbTargetPipeReadSynchronously(pipe, NULL, &options, &memory, moved);
}

/* ---- data ---- */

static void loop_data(void *context)
{
    char text[128] = "";
    ULONG moved = 99;

    assert_int_equal(write_pipe("hello", 5, &moved), STATUS_SUCCESS);
    assert_int_equal(moved, 5);
    assert_int_equal(read_pipe(usb_test.in, text, 128, &moved), STATUS_SUCCESS);
    assert_int_equal(moved, 5); /* a short packet ends the read */
    assert_string_equal(text, "hello");
    /* Full packets do not: the read that wants more waits. */
    memset(text, 'x', sizeof(text));
    assert_int_equal(write_pipe(text, 64, &moved), STATUS_SUCCESS);
    assert_int_equal(read_pipe(usb_test.in, text, 64, &moved), STATUS_SUCCESS);
    assert_int_equal(moved, 64);
    assert_int_equal(write_pipe(text, 64, &moved), STATUS_SUCCESS);
    assert_int_equal(read_pipe(usb_test.in, text, 128, &moved), STATUS_IO_TIMEOUT);
    assert_int_equal(moved, 64); /* what had come before it was given up */
    assert_int_equal(usb_test.model->written, 5 + 64 + 64);
}

static void bulk_data_go_round_a_loop(void **state)
{
    usb_run(loop_data);
}

static struct {
    int calls;
    NTSTATUS status;
    WDF_USB_REQUEST_COMPLETION_PARAMS params;
} came;

static VOID on_came(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS params,
                    WDFCONTEXT context)
{
    assert_int_equal(params->Type, WdfRequestTypeUsb);
    came.status = params->IoStatus.Status;
    came.params = *params->Parameters.Usb.Completion;
    __atomic_store_n(&came.calls, came.calls + 1, __ATOMIC_RELEASE);
}

/* A read into bytes 2 to 9 of a memory object, on its way. */
static WDFREQUEST send_read(WDFUSBPIPE pipe, size_t length, WDFMEMORY *memory, char **bytes)
{
    WDFMEMORY_OFFSET offset = {2, length};
    WDFREQUEST request;

    memset(&came, 0, sizeof(came));
    assert_int_equal(WdfRequestCreate(NULL, WdfUsbTargetPipeGetIoTarget(pipe), &request),
                     STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 256, memory, (PVOID *)bytes),
                     STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetPipeFormatRequestForRead(pipe, request, *memory, &offset),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, on_came, NULL);
    assert_true(WdfRequestSend(request, WdfUsbTargetPipeGetIoTarget(pipe), NULL));
    return request;
}

static void press(void *device)
{
    struct usb_model *model = device;

    assert_true(wc_model_usb_is_read(model->model, USB_INTERRUPT_IN));
    assert_true(wc_model_usb_send(model->model, USB_INTERRUPT_IN, "ab", 2));
    assert_int_equal(wc_model_usb_queued(model->model, USB_INTERRUPT_IN), 0);
}

static void wait_for_data(void *context)
{
    WDFMEMORY memory;
    char *bytes;
    WDFREQUEST request = send_read(usb_test.interrupt, 8, &memory, &bytes);

    assert_int_equal(came.calls, 0);
    usb_model_do(press);
    pnp_let_run();
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.status, STATUS_SUCCESS);
    assert_int_equal(came.params.Type, WdfUsbRequestTypePipeRead);
    assert_int_equal(came.params.UsbdStatus, USBD_STATUS_SUCCESS);
    assert_int_equal(came.params.Parameters.PipeRead.Length, 2);
    assert_int_equal(came.params.Parameters.PipeRead.Offset, 2);
    assert_ptr_equal(came.params.Parameters.PipeRead.Buffer, memory);
    assert_memory_equal(bytes + 2, "ab", 2);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
}

static void a_read_waits_for_the_device(void **state)
{
    usb_run(wait_for_data);
}

static void send_too_much(void *device)
{
    char much[64];

    memset(much, 1, sizeof(much));
    assert_true(wc_model_usb_send(((struct usb_model *)device)->model, USB_BULK_IN, much, 64));
}

static void overrun(void *context)
{
    char data[8];
    ULONG moved;

    WdfUsbTargetPipeSetNoMaximumPacketSizeCheck(usb_test.in);
    usb_model_do(send_too_much);
    assert_int_equal(read_pipe(usb_test.in, data, sizeof(data), &moved), STATUS_UNSUCCESSFUL);
    assert_int_equal(WdfUsbTargetPipeResetSynchronously(usb_test.in, NULL, NULL), STATUS_SUCCESS);
}

static void a_packet_longer_than_its_room_is_an_error(void **state)
{
    usb_run(overrun);
}

/* ---- busy, cancelled, aborted ---- */

static VOID let_through(void *device)
{
    struct usb_model *model = device;

    model->busy = false;
    wc_model_usb_ready(model->model, USB_BULK_OUT);
}

static void be_busy(void *context)
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDF_MEMORY_DESCRIPTOR memory;
    WDFREQUEST request;
    WDFMEMORY data;
    ULONG moved;

    usb_test.model->busy = true;
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, "data", 4);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_MS(5);
    assert_int_equal(
        WdfUsbTargetPipeWriteSynchronously(usb_test.out, NULL, &options, &memory, &moved),
        STATUS_IO_TIMEOUT);
    assert_int_equal(usb_test.model->written, 0);
    memset(&came, 0, sizeof(came));
    assert_int_equal(WdfMemoryCreatePreallocated(NULL, "data", 4, &data), STATUS_SUCCESS);
    assert_int_equal(WdfRequestCreate(NULL, WdfUsbTargetPipeGetIoTarget(usb_test.out), &request),
                     STATUS_SUCCESS);
    assert_int_equal(WdfUsbTargetPipeFormatRequestForWrite(usb_test.out, request, data, NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, on_came, NULL);
    assert_true(WdfRequestSend(request, WdfUsbTargetPipeGetIoTarget(usb_test.out), NULL));
    pnp_let_run();
    assert_int_equal(came.calls, 0);
    usb_model_do(let_through);
    pnp_let_run();
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.status, STATUS_SUCCESS);
    assert_int_equal(came.params.Parameters.PipeWrite.Length, 4);
    assert_int_equal(usb_test.model->written, 4);
    WdfObjectDelete(request);
    WdfObjectDelete(data);
}

static void a_busy_device_is_asked_again(void **state)
{
    usb_run(be_busy);
}

static void cancel_and_abort(void *context)
{
    WDFMEMORY memory;
    char *bytes;
    WDFREQUEST request = send_read(usb_test.in, 64, &memory, &bytes);

    assert_true(WdfRequestCancelSentRequest(request));
    pnp_let_run();
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.status, STATUS_CANCELLED);
    assert_int_equal(came.params.UsbdStatus, USBD_STATUS_CANCELED);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
    request = send_read(usb_test.in, 64, &memory, &bytes);
    assert_int_equal(WdfUsbTargetPipeResetSynchronously(usb_test.in, NULL, NULL),
                     STATUS_DEVICE_BUSY); /* something waits there */
    assert_int_equal(WdfUsbTargetPipeAbortSynchronously(usb_test.in, NULL, NULL), STATUS_SUCCESS);
    pnp_let_run();
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.status, STATUS_CANCELLED);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
    request = send_read(usb_test.in, 64, &memory, &bytes);
    WdfIoTargetStop(WdfUsbTargetPipeGetIoTarget(usb_test.in), WdfIoTargetCancelSentIo);
    assert_int_equal(came.calls, 1); /* it was waited for */
    assert_int_equal(came.status, STATUS_CANCELLED);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
}

static void a_read_can_be_given_up(void **state)
{
    usb_run(cancel_and_abort);
}

/* ---- halts ---- */

static void halt(void *context)
{
    ULONG moved;

    usb_test.model->stalls = true;
    assert_int_equal(write_pipe("data", 4, &moved), STATUS_UNSUCCESSFUL);
    usb_test.model->stalls = false;
    assert_int_equal(write_pipe("data", 4, &moved), STATUS_UNSUCCESSFUL); /* still halted */
    assert_int_equal(usb_test.model->cleared, 0);
    assert_int_equal(WdfUsbTargetPipeResetSynchronously(usb_test.out, NULL, NULL), STATUS_SUCCESS);
    assert_int_equal(usb_test.model->cleared, 1);
    assert_int_equal(write_pipe("data", 4, &moved), STATUS_SUCCESS);
}

static void a_halted_pipe_is_reset(void **state)
{
    usb_run(halt);
}

/* ---- refused ---- */

static void refuse(void *context)
{
    WDF_USB_PIPE_INFORMATION information;
    WDF_MEMORY_DESCRIPTOR memory;
    struct _URB_PIPE_REQUEST bad = {
        .Hdr = {.Length = sizeof(bad), .Function = URB_FUNCTION_ABORT_PIPE}};
    char data[100];
    ULONG moved;

    assert_int_equal(read_pipe(usb_test.in, data, 100, &moved), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(read_pipe(usb_test.out, data, 64, &moved), STATUS_INVALID_DEVICE_REQUEST);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, data, 64);
    assert_int_equal(WdfUsbTargetPipeWriteSynchronously(usb_test.in, NULL, NULL, &memory, &moved),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(
        WdfUsbTargetPipeSendUrbSynchronously(usb_test.in, NULL, NULL, (PURB)(void *)&bad),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(bad.Hdr.Status, USBD_STATUS_INVALID_PIPE_HANDLE);
    bad.PipeHandle = WdfUsbTargetPipeWdmGetPipeHandle(usb_test.in);
    assert_int_equal(
        WdfUsbTargetPipeSendUrbSynchronously(usb_test.in, NULL, NULL, (PURB)(void *)&bad),
        STATUS_SUCCESS);
    information.Size = 1;
    wc_expect_violation("StructSizeWrong");
    WdfUsbTargetPipeGetInformation(usb_test.in, &information);
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(usb_test.in);
}

static void a_pipe_refuses_what_it_cannot(void **state)
{
    usb_run(refuse);
}

/* ---- pulled out ---- */

static WDFREQUEST pulled_request;
static WDFMEMORY pulled_memory;

static void read_before(void *context)
{
    char *bytes;

    pulled_request = send_read(usb_test.in, 64, &pulled_memory, &bytes);
}

static void on_removal(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Surprise") == 0) {
        ULONG moved;

        assert_int_equal(write_pipe("data", 4, &moved), STATUS_NO_SUCH_DEVICE);
        assert_int_equal(WdfUsbTargetDeviceIsConnectedSynchronous(usb_test.usb),
                         STATUS_DEVICE_DOES_NOT_EXIST);
    } else if (strcmp(name, "Release") == 0) {
        assert_int_equal(came.calls, 1);
        WdfObjectDelete(pulled_request);
        WdfObjectDelete(pulled_memory);
    }
}

static void what_waits_ends_when_the_device_is_pulled_out(void **state)
{
    drv_pnp_plan.at = on_removal;
    usb_start();
    wc_test_call(read_before, NULL);
    assert_int_equal(wc_device_surprise_remove(usb_test.device), WC_OK);
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.status, STATUS_NO_SUCH_DEVICE);
    assert_int_equal(came.params.UsbdStatus, USBD_STATUS_DEVICE_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        usb_test_entry(bulk_data_go_round_a_loop),
        usb_test_entry(a_read_waits_for_the_device),
        usb_test_entry(a_packet_longer_than_its_room_is_an_error),
        usb_test_entry(a_busy_device_is_asked_again),
        usb_test_entry(a_read_can_be_given_up),
        usb_test_entry(a_halted_pipe_is_reset),
        usb_test_entry(a_pipe_refuses_what_it_cannot),
        usb_test_entry(what_waits_ends_when_the_device_is_pulled_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
