/* test_fx_queue_wait.c - a wait for what the driver owes a queue says so when it is long. */
#include "wdf/io_fixture.h"

#include <string.h>

#include "base/log.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

static void note_report(enum base_log_source source, const char *text, void *context)
{
    (void)source, (void)context;
    io_note("%s", text);
}

static VOID complete_late(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    WdfRequestComplete((WDFREQUEST)context, STATUS_SUCCESS);
}

/* The driver has a request for 125 seconds, and somebody stops its queue meanwhile. What was said. */
static const char *stop_for_long(uint32_t period_s)
{
    LARGE_INTEGER due = {.QuadPart = -125LL * 10000000};
    struct io_call call;
    WDFQUEUE queue;
    char data[4];
    KTIMER timer;
    KDPC dpc;

    io_device();
    queue = io_default(WdfIoQueueDispatchSequential);
    fx_handle_find(queue)->globals->settings.wait_s = period_s;
    io_open();
    io_read(&call, data, 1);
    KeInitializeDpc(&dpc, complete_late, io_test.requests[0]);
    KeInitializeTimer(&timer);
    KeSetTimer(&timer, due, &dpc);
    io_clear();
    base_log_set_sink(note_report, NULL);
    WdfIoQueueStopSynchronously(queue);
    base_log_set_sink(NULL, NULL);
    io_assert_done(&call, STATUS_SUCCESS);
    return io_log();
}

static void the_queue_is_named_each_minute(void **state) /* spec: VER-15 */
{
    const char *said = stop_for_long(60);
    const char *minute =
        "the framework has waited 1 minute for the driver to give back the requests "
        "of WDFQUEUE #";

    assert_memory_equal(said, minute, strlen(minute));
    assert_non_null(strstr(said, "waited 2 minutes"));
    assert_null(strstr(said, "waited 3 minutes"));
}

static void the_period_is_the_driver_s(void **state) /* spec: VER-15 */
{
    const char *said = stop_for_long(50);

    assert_non_null(strstr(said, "waited 50 seconds for"));
    assert_non_null(strstr(said, "waited 100 seconds for"));
    assert_null(strstr(said, "waited 150 seconds"));
}

static void without_a_period_nothing_is_said(void **state)
{
    assert_string_equal(stop_for_long(0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_queue_is_named_each_minute, IO_FIXTURE),
        wc_unit_test(the_period_is_the_driver_s, IO_FIXTURE),
        wc_unit_test(without_a_period_nothing_is_said, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
