/* test_fx_request_buffers.c - the buffers of requests by transfer method. */
#include "wdf/io_fixture.h"

#include <string.h>

#define IOCTL(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, (method), FILE_ANY_ACCESS)

static void parallel(void)
{
    io_device();
    io_default(WdfIoQueueDispatchParallel);
    io_open();
}

static void a_read_has_output_a_write_input(void **state) /* spec: REQ-08 REQ-15 */
{
    struct io_call read, write;
    PVOID buffer, again;
    size_t length;
    WDFMEMORY memory, same;
    char data[8];

    parallel();
    io_read(&read, data, 8);
    io_write(&write, "content", 8);
    length = 1;
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[0], 0, &buffer, &length),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_null(buffer);
    assert_int_equal(length, 0);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[1], 0, &buffer, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[1], 0, &buffer, &length),
                     STATUS_SUCCESS);
    assert_int_equal(length, 8);
    assert_string_equal(buffer, "content");
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[1], 0, &again, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(again, buffer);
    assert_int_equal(WdfRequestRetrieveInputMemory(io_test.requests[1], &memory), STATUS_SUCCESS);
    assert_int_equal(WdfRequestRetrieveInputMemory(io_test.requests[1], &same), STATUS_SUCCESS);
    assert_ptr_equal(same, memory);
    assert_ptr_equal(WdfMemoryGetBuffer(memory, &length), buffer);
    assert_int_equal(length, 8);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 0, &buffer, NULL),
                     STATUS_SUCCESS);
    memcpy(buffer, "answer!", 8);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 8);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    assert_string_equal(data, "answer!");
}

static void too_short_buffers_are_refused(void **state) /* spec: REQ-09 */
{
    struct io_call call;
    PVOID buffer;
    WDFMEMORY memory;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 9, &buffer, NULL),
                     STATUS_BUFFER_TOO_SMALL);
    assert_null(buffer);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 8, &buffer, NULL),
                     STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_control(&call, IOCTL(METHOD_BUFFERED), NULL, 0, data, 8);
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[1], 0, &buffer, NULL),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfRequestRetrieveInputMemory(io_test.requests[1], &memory),
                     STATUS_BUFFER_TOO_SMALL);
    assert_null(memory);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void buffered_controls_share_one_buffer(void **state) /* spec: REQ-10 REQ-49 */
{
    struct io_call call;
    PVOID input, output;
    size_t input_length, output_length;
    PMDL first, second;
    char data[16] = "question";

    parallel();
    io_control(&call, IOCTL(METHOD_BUFFERED), data, 9, data, 16);
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[0], 0, &input, &input_length),
                     STATUS_SUCCESS);
    assert_int_equal(
        WdfRequestRetrieveOutputBuffer(io_test.requests[0], 0, &output, &output_length),
        STATUS_SUCCESS);
    assert_ptr_equal(input, output);
    assert_int_equal(input_length, 9);
    assert_int_equal(output_length, 16);
    assert_int_equal(WdfRequestRetrieveInputWdmMdl(io_test.requests[0], &first), STATUS_SUCCESS);
    assert_int_equal(WdfRequestRetrieveOutputWdmMdl(io_test.requests[0], &second), STATUS_SUCCESS);
    assert_ptr_equal(first, second);
    assert_int_equal(MmGetMdlByteCount(first), 9);
    memcpy(output, "reply", 6);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 6);
    assert_string_equal(data, "reply");
}

static void direct_controls_have_an_mdl(void **state) /* spec: REQ-11 REQ-16 */
{
    struct io_call call;
    PVOID input, output;
    WDFMEMORY memory;
    char in[4] = "in", out[8] = "";

    parallel();
    io_control(&call, IOCTL(METHOD_OUT_DIRECT), in, 4, out, 8);
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[0], 0, &input, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 0, &output, NULL),
                     STATUS_SUCCESS);
    assert_string_equal(input, "in");
    memcpy(output, "direct", 7);
    assert_string_equal(out, "direct");
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 7);
    io_control(&call, IOCTL(METHOD_IN_DIRECT), in, 4, out, 8);
    assert_int_equal(WdfRequestRetrieveOutputMemory(io_test.requests[1], &memory), STATUS_SUCCESS);
    wc_expect_violation("MemoryReadOnly");
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 0, in, 2), STATUS_ACCESS_VIOLATION);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static void neither_is_for_the_callers_context(void **state) /* spec: REQ-12 REQ-13 */
{
    struct io_call call;
    PVOID buffer;
    char data[8];

    parallel();
    io_control(&call, IOCTL(METHOD_NEITHER), data, 8, data, 8);
    assert_int_equal(WdfRequestRetrieveInputBuffer(io_test.requests[0], 0, &buffer, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 0, &buffer, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveUnsafeUserInputBuffer(io_test.requests[0], 0, &buffer, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static char user[8] = "of user";

static VOID lock_user(WDFDEVICE device, WDFREQUEST request)
{
    PVOID input, output;
    size_t length;
    WDFMEMORY memory;

    assert_int_equal(WdfRequestRetrieveUnsafeUserInputBuffer(request, 9, &input, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfRequestRetrieveUnsafeUserInputBuffer(request, 8, &input, &length),
                     STATUS_SUCCESS);
    assert_ptr_equal(input, user);
    assert_int_equal(length, 8);
    assert_int_equal(WdfRequestRetrieveUnsafeUserOutputBuffer(request, 0, &output, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRequestProbeAndLockUserBufferForRead(request, input, 0, &memory),
                     STATUS_INVALID_USER_BUFFER);
    assert_int_equal(WdfRequestProbeAndLockUserBufferForWrite(request, input, length, &memory),
                     STATUS_SUCCESS);
    assert_string_equal(WdfMemoryGetBuffer(memory, NULL), "of user");
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void user_buffers_are_locked_there(void **state) /* spec: REQ-12 REQ-14 */
{
    PWDFDEVICE_INIT init = io_init();
    struct io_call call;

    WdfDeviceInitSetIoInCallerContextCallback(init, lock_user);
    io_create(init, NULL);
    io_open();
    io_control(&call, IOCTL(METHOD_NEITHER), user, 8, user, 8);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void a_completed_request_has_no_buffers(void **state)
{
    struct io_call call;
    PVOID buffer;
    char data[8];

    parallel();
    io_read(&call, data, 8);
    WdfObjectReference(io_test.requests[0]);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(io_test.requests[0], 0, &buffer, NULL),
                     STATUS_INTERNAL_ERROR);
    assert_null(buffer);
    WdfObjectDereference(io_test.requests[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_read_has_output_a_write_input, IO_FIXTURE),
        wc_unit_test(too_short_buffers_are_refused, IO_FIXTURE),
        wc_unit_test(buffered_controls_share_one_buffer, IO_FIXTURE),
        wc_unit_test(direct_controls_have_an_mdl, IO_FIXTURE),
        wc_unit_test(neither_is_for_the_callers_context, IO_FIXTURE),
        wc_unit_test(user_buffers_are_locked_there, IO_FIXTURE),
        wc_unit_test(a_completed_request_has_no_buffers, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
