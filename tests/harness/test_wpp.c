/* test_wpp.c - drivers that trace by WPP: what they print, at which levels and flags, and what they break.
 * The driver is tests/drivers/drv_wpp.c; it traces while it is loaded and unloaded.
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <string.h>

#include <wdfcore/machine.h>

#include "base/log.h"

static struct {
    char driver[8192], reports[8192];
    char unknown[512];
} printed;

static void keep(enum base_log_source source, const char *text, void *context)
{
    char *all = source == BASE_LOG_DRIVER ? printed.driver : printed.reports;
    size_t used = strlen(all);

    (void)context;
    snprintf(all + used, sizeof(printed.driver) - used, "%s", text);
}

/* Load the driver and unload it, at that tracing; what it prints is in printed. */
static void run(const char *path, const char *wpp)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;
    struct wc_driver *driver;
    const char *unknown;

    memset(&printed, 0, sizeof(printed));
    config.wpp = wpp;
    config.collect = true;
    base_log_set_sink(keep, NULL);
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, path, &driver), WC_OK);
    unknown = wc_machine_unknown_trace_flag(machine);
    snprintf(printed.unknown, sizeof(printed.unknown), "%s", unknown != NULL ? unknown : "");
    assert_int_equal(wc_machine_unload_driver(driver), WC_OK);
    wc_machine_destroy(machine);
    base_log_set_sink(NULL, NULL);
}

/* The whole line behind the standard prefix is among what was printed. */
static void assert_line(const char *line)
{
    char wanted[256];

    snprintf(wanted, sizeof(wanted), " [drv_wpp]%s\n", line);
    if (strstr(printed.driver, wanted) == NULL) {
        print_error("%s", printed.driver);
        fail_msg("'%s' is not in it", line);
    }
}

static void assert_no(const char *text)
{
    if (strstr(printed.driver, text) != NULL) {
        print_error("%s", printed.driver);
        fail_msg("'%s' is in it", text);
    }
}

static unsigned lines(void)
{
    unsigned count = 0;

    for (const char *at = printed.driver; (at = strchr(at, '\n')) != NULL; at++) {
        count++;
    }
    return count;
}

static void nothing_is_traced_by_default(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, NULL);
    assert_string_equal(printed.driver, "");
    run(WC_DRIVER_DRV_WPP, "0");
    assert_string_equal(printed.driver, "");
    assert_string_equal(printed.reports, "");
}

static void types_are_printed_by_name(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, "verbose");
    assert_line("status 0x00000103(STATUS_PENDING) 0xe0001234");
    assert_line("hresult 0x00000000(S_OK) 0xd0000022(STATUS_ACCESS_DENIED)");
    assert_line("winerror 0x00000005");
    assert_line("guid {12345678-9abc-def0-0123-456789abcdef}");
    assert_line("bool TRUE FALSE");
    assert_line("irql Low 5");
    assert_line("own 3 Blue 9 [Head|Body]");
    assert_line("dump 01 7f ff then 11");
    assert_line("after six 1 2 3 4 01 7f ff 5");
    assert_line("text narrow wide wide s wide");
    assert_line("numbers -1 123456789abc 4 0000000000000000");
    assert_line("here TraceTypes drv_wpp.c ");
    assert_line("time 01/01/1970-00:00:00.000 -01:00:00.0000000");
    assert_line("net 127.0.0.1 80");
    assert_line("unknown %!NOBODYS! %d");
}

static void each_kind_of_trace_function_works(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, "verbose");
    assert_line("events TRACE_LEVEL_ERROR FLAG_INIT");
    assert_line("trace TRACE_LEVEL_WARNING FLAG_IO 1");
    assert_line("inner 2");
    assert_line("half 3");
    assert_line(" --> TraceFunctions");
    assert_line("#7 numbered 4 [end:8]");
    assert_line("always");
    assert_line("more drv_wpp_more.c");
    assert_no("never");
}

/* PRE and POST of a function are code around its message. */
static void code_around_a_message_runs(void **state)
{
    const char *returned, *failed;

    (void)state;
    run(WC_DRIVER_DRV_WPP, "verbose");
    assert_line("failed: 0xc000000e(STATUS_NO_SUCH_DEVICE)");
    failed = strstr(printed.driver, "failed: ");
    returned = strstr(printed.driver, "not returned");
    assert_true(returned != NULL && returned < failed); /* of the call that did not fail */
    assert_null(strstr(failed, "not returned"));
}

static void a_level_and_flags_choose(void **state)
{
    unsigned all;

    (void)state;
    run(WC_DRIVER_DRV_WPP, "5");
    all = lines();
    run(WC_DRIVER_DRV_WPP, "error");
    assert_line("events TRACE_LEVEL_ERROR FLAG_INIT");
    assert_line("other");
    assert_no("inner");
    assert_true(lines() < all);
    run(WC_DRIVER_DRV_WPP, "5,FLAG_OTHER");
    assert_line("other");
    assert_line("more drv_wpp_more.c");
    assert_int_equal(lines(), 2);
    run(WC_DRIVER_DRV_WPP, "5,FLAG_OTHER,FLAG_IO");
    assert_line("inner 2");
    assert_no("verbose");
}

static void an_unknown_flag_is_named(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, "5,FLAG_OI,FLAG_IO");
    assert_string_equal(printed.unknown, "no driver has the trace flag FLAG_OI; there are: "
                                         "FLAG_INIT FLAG_IO FLAG_OTHER ");
    run(WC_DRIVER_DRV_WPP, "5,FLAG_IO");
    assert_string_equal(printed.unknown, "");
    run(WC_DRIVER_DRV_WPP, "5");
    assert_string_equal(printed.unknown, "");
}

static void a_wrong_wish_is_refused(void **state)
{
    static const char *const wrong[] = {"", "loud", "256", "-1", "5,", "error FLAG_IO"};
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        config.wpp = wrong[i];
        assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
        assert_non_null(strstr(wc_last_error(), "must be LEVEL"));
    }
}

static void messages_are_sent_between_start_and_end_only(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, "verbose");
    assert_line("unload");
    assert_no("before the start");
    assert_no("after the end");
}

static void logs_of_the_recorder_come_and_go(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP, "error");
    assert_line("default log 1");
    assert_line("default log 0 0000000000000000");
    assert_line("log 'a name of more ' 0x00000000(STATUS_SUCCESS)");
    assert_string_equal(printed.reports, ""); /* no leak either */
}

static void tracing_left_on_is_reported(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP_LEFT, NULL);
    assert_non_null(strstr(printed.reports, "VIOLATION WppNotCleanedUp"));
    assert_non_null(strstr(printed.reports, "driver drv_wpp_left ended without WPP_CLEANUP"));
}

static void initializing_twice_is_refused(void **state)
{
    (void)state;
    run(WC_DRIVER_DRV_WPP_TWICE, NULL);
    assert_non_null(strstr(printed.reports, "VIOLATION WppInitializedTwice"));
    assert_null(strstr(printed.reports, "WppNotCleanedUp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_traced_by_default),
        cmocka_unit_test(types_are_printed_by_name),
        cmocka_unit_test(each_kind_of_trace_function_works),
        cmocka_unit_test(code_around_a_message_runs),
        cmocka_unit_test(a_level_and_flags_choose),
        cmocka_unit_test(an_unknown_flag_is_named),
        cmocka_unit_test(a_wrong_wish_is_refused),
        cmocka_unit_test(messages_are_sent_between_start_and_end_only),
        cmocka_unit_test(logs_of_the_recorder_come_and_go),
        cmocka_unit_test(tracing_left_on_is_reported),
        cmocka_unit_test(initializing_twice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
