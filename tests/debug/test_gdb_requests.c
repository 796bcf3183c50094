/* test_gdb_requests.c - a program for a debugger to stop in: a queue with a request that the driver has,
 * cancelable, and one that waits. */
#include "wdf/io_fixture.h"

WDFQUEUE gdb_queue;
WDFREQUEST gdb_request;

void stop_here(void);
__attribute__((noinline)) void stop_here(void)
{
    __asm__ volatile("");
}

static void one_request_waits_for_another(void **state)
{
    struct io_call first, second;
    char data[4];

    io_device();
    gdb_queue = io_default(WdfIoQueueDispatchSequential);
    io_open();
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    assert_int_equal(io_test.delivered, 1);
    gdb_request = io_test.requests[0];
    WdfRequestMarkCancelable(gdb_request, io_evt_cancel);
    stop_here();
    assert_int_equal(WdfRequestUnmarkCancelable(gdb_request), STATUS_SUCCESS);
    WdfRequestComplete(gdb_request, STATUS_SUCCESS);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    io_assert_done(&first, STATUS_SUCCESS);
    io_assert_done(&second, STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {wc_unit_test(one_request_waits_for_another, IO_FIXTURE)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
