/* test_testing_calls.c - the log of a driver's calls: what it holds, and that its assertions fail
 * when they should.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <string.h>

#include "failing.h"

#include "../drivers/drv_kit.h"

#define KIT .driver = WC_DRIVER_DRV_KIT, .calls = true

static void each_queue_has_a_dpc_of_its_own_not_serialized(void **state)
{
    struct wc_calls created = wc_calls("WdfDpcCreate");

    wc_assert_calls("WdfDpcCreate", KIT_QUEUES);
    assert_int_equal(wc_calls_distinct(created, "Attributes.ParentObject"), KIT_QUEUES);
    assert_int_equal(wc_calls_distinct(created, "Config.AutomaticSerialization"), 1);
    wc_assert_call(created.call[0], "Config.AutomaticSerialization", "FALSE");
    wc_assert_call(created.call[0], "Config.EvtDpcFunc", "KitReadDpc"); /* static */
    wc_assert_call(created.call[1], "Config.EvtDpcFunc", "KitWriteDpc");
    wc_assert_call(created.call[0], "result", "STATUS_SUCCESS");

    struct wc_calls queues = wc_calls("WdfIoQueueCreate");
    assert_int_equal(queues.count, KIT_QUEUES + 1);
    assert_int_equal(wc_call_number(queues.call[0], "*Queue"),
                     wc_call_number(created.call[0], "Attributes.ParentObject"));
    wc_assert_call(queues.call[2], "Config.DispatchType", "WdfIoQueueDispatchManual");
    wc_assert_call(queues.call[0], "Config.EvtIoRead", "KitRead");
    wc_assert_call(queues.call[0], "Config.EvtIoWrite", "NULL");
}

static void a_call_knows_where_and_when_it_was_made(void **state)
{
    const struct wc_call *call = wc_calls("WdfDeviceCreate").call[0];

    assert_string_equal(wc_call_name(call), "WdfDeviceCreate");
    assert_string_equal(wc_call_function(call), "KitDeviceAdd");
    assert_memory_equal(wc_call_place(call), "drv_kit.c:", 10);
    assert_int_equal(wc_call_irql(call), PASSIVE_LEVEL);
    assert_int_equal(wc_call_processor(call), 0);
    assert_true(wc_call_returned(call));
    assert_false(wc_call_refused(call));
    assert_true(wc_call_time_ns(call) <= wc_machine_now_ns(wc_test_the_machine()));
    assert_non_null(strstr(wc_call_text(call), "WdfDeviceCreate(DeviceInit="));
    assert_non_null(strstr(wc_call_text(call), ") = STATUS_SUCCESS by KitDeviceAdd (drv_kit.c:"));
}

static void strings_and_handles_are_readable(void **state)
{
    const struct wc_call *link = wc_calls("WdfDeviceCreateSymbolicLink").call[0];
    const struct wc_call *device = wc_calls("WdfDeviceCreate").call[0];

    wc_assert_call(link, "SymbolicLinkName", "\\DosDevices\\Kit");
    assert_memory_equal(wc_call_argument(link, "Device"), "WDFDEVICE #", 11);
    assert_string_equal(wc_call_argument(link, "Device"), wc_call_argument(device, "*Device"));
}

static void calls_at_dispatch_level_are_seen_with_their_level(void **state)
{
    struct wc_file *file;
    size_t size;

    assert_int_equal(wc_calls("WdfDpcEnqueue").count, 0);
    assert_true(NT_SUCCESS(wc_file_open("Kit", &file)));
    assert_true(NT_SUCCESS(wc_file_write(file, "x", 1, &size)));
    wc_assert_calls("WdfDpcEnqueue", 2);
    wc_assert_call(wc_calls("WdfDpcEnqueue").call[0], "result", "TRUE");
    const struct wc_call *retrieve = wc_calls("WdfIoQueueRetrieveNextRequest").call[0];
    assert_int_equal(wc_call_irql(retrieve), DISPATCH_LEVEL);
    assert_string_equal(wc_call_function(retrieve), "KitReadDpc");
    wc_assert_call(retrieve, "result", "STATUS_NO_MORE_ENTRIES");
    wc_file_close(file);
}

static void patterns_choose_and_order_is_that_of_the_calls(void **state)
{
    struct wc_calls all = wc_calls(NULL);
    struct wc_calls create = wc_calls("Wdf*Create");

    assert_true(all.count > create.count);
    assert_string_equal(wc_call_name(create.call[0]), "WdfDriverCreate");
    assert_string_equal(wc_call_name(create.call[1]), "WdfDeviceCreate");
    assert_string_equal(wc_call_name(create.call[2]), "WdfIoQueueCreate");
    assert_string_equal(wc_call_name(create.call[3]), "WdfDpcCreate");
    assert_non_null(strstr(wc_calls_text("WdfDpcCreate"), "EvtDpcFunc=KitWriteDpc"));
}

/* ---- what must fail ---- */

static void the_count_is_another(void **state)
{
    wc_assert_calls("WdfDpcCreate", 3);
}

static void the_argument_is_another(void **state)
{
    wc_assert_call(wc_calls("WdfDpcCreate").call[0], "Config.EvtDpcFunc", "KitWriteDpc");
}

static void there_is_no_such_function(void **state)
{
    wc_calls("WdfNoSuchFunction");
}

static void there_is_no_such_argument(void **state)
{
    wc_call_argument(wc_calls("WdfDpcCreate").call[0], "Configuration");
}

static void there_is_no_such_field(void **state)
{
    wc_call_number(wc_calls("WdfDpcCreate").call[0], "Config.EvtTimerFunc");
}

static void there_is_no_log(void **state)
{
    wc_calls("WdfDpcCreate");
}

static const struct failing cases[] = {
    {"the_count_is_another",
     wc_unit_test(the_count_is_another, KIT),
     {"2 calls of WdfDpcCreate, and not 3", "EvtDpcFunc=KitReadDpc", "last events"}},
    {"the_argument_is_another",
     wc_unit_test(the_argument_is_another, KIT),
     {"Config.EvtDpcFunc is KitReadDpc, and not KitWriteDpc", "WdfDpcCreate(Config="}},
    {"there_is_no_such_function",
     wc_unit_test(there_is_no_such_function, KIT),
     {"there is no function WdfNoSuchFunction"}},
    {"there_is_no_such_argument",
     wc_unit_test(there_is_no_such_argument, KIT),
     {"Configuration: the function has no such argument"}},
    {"there_is_no_such_field",
     wc_unit_test(there_is_no_such_field, KIT),
     {"Config.EvtTimerFunc: the structure has no such field"}},
    {"there_is_no_log",
     wc_unit_test(there_is_no_log, .driver = WC_DRIVER_DRV_KIT),
     {"it has not the option .calls"}},
};

static void each_assertion_fails_when_it_should(void **state)
{
    failing_check(cases, sizeof(cases) / sizeof(cases[0]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_queue_has_a_dpc_of_its_own_not_serialized, KIT),
        wc_unit_test(a_call_knows_where_and_when_it_was_made, KIT),
        wc_unit_test(strings_and_handles_are_readable, KIT),
        wc_unit_test(calls_at_dispatch_level_are_seen_with_their_level, KIT),
        wc_unit_test(patterns_choose_and_order_is_that_of_the_calls, KIT),
        cmocka_unit_test(each_assertion_fails_when_it_should),
    };

    if (argc > 1) {
        return failing_run(cases, sizeof(cases) / sizeof(cases[0]), argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
