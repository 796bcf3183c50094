/* test_cmd_run.c - `wdf run` with drivers: what it prints and how it ends. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/wdf_process.h"

#define UART        "run " WC_DRIVER_UART " --resources port=0x3f8-0x3ff,irq=4 --model uart16550"
#define FEEDER      "run " WC_DRIVER_DRV_FEEDER
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("%s", text);
        fail_msg("'%s' is not in it", part);
    }
}

static void assert_one_line(const char *text)
{
    const char *end = strchr(text, '\n');

    if (strncmp(text, "wdf run: ", 9) != 0 || end == NULL || end[1] != '\0') {
        fail_msg("not one line: '%s'", text);
    }
}

static void wrong_input_is_one_line(void **state)
{
    static const struct {
        const char *arguments, *said;
        int code;
    } cases[] = {
        {"run no/such.so", "driver 'no/such.so': No such file or directory", 2},
        {"run /etc/passwd", "not a driver module", 2},
        {"run " WC_DRIVER_DRV_NO_ENTRY, "it has no function DriverEntry", 2},
        {"run " WC_DRIVER_DRV_UNDEFINED, "uses WdfNobodyProvidesThis", 2},
        {"run " WC_DRIVER_DRV_REFUSES, "DriverEntry failed with STATUS_INSUFFICIENT_RESOURCES", 1},
        {"run " WC_DRIVER_UART, "starting the device failed", 1},
        {FEEDER " --model nosuch", "nosuch", 2},
        {FEEDER " --resources port=9-3", "resources: 'port=9-3' ends before it begins", 2},
        {FEEDER " --model uart16550", "no port resource is left", 2},
        {UART ",line=rope", "rope: not a stream", 2},
        {UART ",colour=red", "colour", 2},
        {UART ",line=tcp:127.0.0.1:99999", "tcp:127.0.0.1:99999", 2},
        {UART ",line=pty --clock virtual", "needs the real clock", 2},
        {UART ",line=mem --app echo:COM9", "app echo: no device is named 'COM9'", 2},
        {UART ",line=mem --app requests:COM9", "app requests: no device is named 'COM9'", 2},
        {UART ",line=mem --until closed", "nothing can happen any more", 1},
        {UART ",line=mem --registry /none.reg", "registry file '/none.reg': No such file", 2},
        {UART ",line=mem --registry /", "registry file '/': Is a directory", 2},
        {UART ",line=mem --registry /dev/null", "/dev/null:1: no file of the registry editor", 2},
        {UART ",line=mem --replay-choices /none", "cannot read /none: No such file", 2},
        {UART ",line=mem --replay-choices /", "cannot read /: Is a directory", 2},
        {UART ",line=mem --replay-choices " WC_DRIVER_UART, "not a text file", 2},
        {UART ",line=mem --record-choices /no/such", "--record-choices '/no/such': No such", 2},
        {UART ",line=mem --load " WC_DRIVER_UART, "no model is in it that was not there", 2},
        {UART ",line=mem --hardware-id=", "--hardware-id '': must be a name", 2},
        {FEEDER " --wpp loud", "wpp 'loud': must be LEVEL or LEVEL,FLAG,...", 2},
        {UART ",line=mem --registry Parameters/A=dword:x", "dword: takes 1 to 8", 2},
        {"run " WC_DRIVER_DRV_REFUSES " --registry Parameters/A=b",
         "STATUS_INSUFFICIENT_RESOURCES (0xC000009A); it was started with --registry "
         "Parameters/A=b",
         2},
        {"run " WC_DRIVER_UART " --registry Parameters/A=b --registry Parameters/B=c",
         "; it was started with --registry Parameters/A=b and others", 2},
        {FEEDER " --wpp error,FLAG_IO", "no driver has the trace flag FLAG_IO; none traces", 2},
        {"run " WC_DRIVER_DRV_WPP " --wpp error,FLAG_OI",
         "--wpp 'error,FLAG_OI': no driver has the trace flag FLAG_OI; there are: FLAG_INIT", 2},
    };
    static struct wdf_result result;

    for (size_t i = 0; i < COUNT(cases); i++) {
        wdf_process_run(cases[i].arguments, &result);
        assert_holds(result.error, cases[i].said);
        assert_one_line(result.error);
        assert_int_equal(result.code, cases[i].code);
    }
}

static void trace_messages_are_printed_if_asked_for(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_WPP, &result);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.error, "");
    wdf_process_run("run " WC_DRIVER_DRV_WPP " --wpp error,FLAG_OTHER", &result);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.error, "[0]0.0000000 [drv_wpp]other\n");
}

static void a_violation_is_a_block_and_exit_3(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_VIOLATES, &result);
    assert_int_equal(result.code, 3);
    assert_holds(result.error, "VIOLATION SpinLockAlreadyOwned");
    assert_holds(result.error, "AcquireAgain (drv_violates.c:");
    assert_holds(result.error, "bugcheck 0xF");
    wdf_process_run("run " WC_DRIVER_DRV_VIOLATES " --objects", &result);
    assert_int_equal(result.code, 3);
    assert_holds(result.output, "WDFDRIVER #1 drv_violates");
}

static void violations_are_collected_on_demand(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_VIOLATES " --collect", &result);
    assert_int_equal(result.code, 3);
    assert_holds(result.error, "VIOLATION SpinLockAlreadyOwned");
    assert_holds(result.error, "AddDevice failed"); /* DriverEntry came to its end */
}

static void the_echo_brings_everything_back(void **state)
{
    static struct wdf_result result;

    /* The driver stops the machine when it is unloaded unless all came back in order. */
    wdf_process_run(FEEDER " --app echo:FEEDER --stats", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "bytes read                        450\n");
    assert_holds(result.output, "bytes written                     450\n");
    assert_holds(result.output, "requests                          101\n");
    assert_holds(result.output, "  cancelled                         1\n");
    wdf_process_run(FEEDER " --app echo:\\\\.\\FEEDER", &result);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.output, "");
}

static void what_wmi_knows_is_listed(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_PROJECT " --until idle --wmi", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_string_equal(result.output,
                        "{b10c0001-1234-5678-9abc-def012345678} ROOT\\drv_project\\0000_0 0x20\n");
}

static void a_driver_of_the_older_build_tools_runs(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_OLD " --until idle --wpp verbose", &result);
    assert_int_equal(result.code, 0);
    assert_holds(result.error, "[drv_old]a list of 2");
    assert_null(strstr(result.error, "old, and there"));
    wdf_process_run("run " WC_DRIVER_DRV_OLD_CONVERTED " --until idle --wpp verbose", &result);
    assert_int_equal(result.code, 0);
    assert_holds(result.error, "[drv_old_converted]a list of 2");
}

static void what_a_driver_says_is_printed_if_asked_for(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_OLD " --until idle --debug-print", &result);
    assert_int_equal(result.code, 0);
    assert_holds(result.error, "old, and there: \\Registry\\Machine\\System");
    wdf_process_run("run " WC_DRIVER_DRV_OLD " --until idle", &result);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.error, "");
}

static void every_seed_runs_the_echo(void **state)
{
    static struct wdf_result result;

    for (unsigned seed = 1; seed <= 10; seed++) {
        char arguments[512];

        snprintf(arguments, sizeof(arguments), FEEDER " --app echo:FEEDER --processors 2 --seed %u",
                 seed);
        wdf_process_run(arguments, &result);
        assert_string_equal(result.error, "");
        assert_int_equal(result.code, 0);
    }
}

static void the_object_tree_is_printed(void **state)
{
    static struct wdf_result result;

    wdf_process_run(UART ",line=loop --app echo:COM1 --processors 2 --objects", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "WDFDRIVER");
    assert_holds(result.output, "\n  WDFDEVICE");
    assert_holds(result.output, "\n    WDFQUEUE");
    assert_holds(result.output, "\n    WDFINTERRUPT");
    wdf_process_run(UART ",line=loop --app echo:COM1 --objects=json", &result);
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "{\"objects\": [\n  {\"number\": 1, \"type\": \"WDFDRIVER\"");
    assert_holds(result.output, "\"type\": \"WDFINTERRUPT\"");
    wdf_process_run(UART ",line=loop --app echo:COM1 --objects=dot", &result);
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "digraph objects {");
    assert_holds(result.output, "\n    o1 -> o2;\n");
}

static void a_driver_without_add_device_runs_without_a_device(void **state)
{
    static struct wdf_result result;

    wdf_process_run("run " WC_DRIVER_DRV_SOFTWARE " --until idle --objects", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "\n  WDFDEVICE");
    wdf_process_run("run " WC_DRIVER_DRV_SOFTWARE " --until idle --resources irq=4", &result);
    assert_int_equal(result.code, 1);
    assert_holds(result.error, "AddDevice");
}

static void a_time_limit_ends_the_run(void **state)
{
    static struct wdf_result result;

    wdf_process_run(UART ",line=mem --app echo:COM1 --until time=3600s", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    wdf_process_run(UART ",line=mem --clock real --until time=20ms", &result);
    assert_int_equal(result.code, 0);
}

/* Waits until the run has announced its line: then it runs. */
static void start_with_terminal(struct wdf_process *process)
{
    char line[256];

    wdf_process_start(UART ",line=pty --app echo:COM1 --stats --until signal", false, process);
    assert_true(wdf_process_read_line(process, line, sizeof(line)));
    assert_int_equal(strncmp(line, "terminal /dev/pts/", 18), 0);
}

static void a_signal_stops_and_removes_in_order(void **state)
{
    static struct wdf_result result;
    struct wdf_process process;

    start_with_terminal(&process);
    kill(process.pid, SIGINT);
    wdf_process_end(&process, &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "bytes read");
}

/* Waits until the errors of the process hold the text. */
static void await_error(struct wdf_process *process, const char *wanted)
{
    char text[256];

    do {
        ssize_t size = pread(fileno(process->error), text, sizeof(text) - 1, 0);

        text[size > 0 ? size : 0] = '\0';
        sched_yield();
    } while (strstr(text, wanted) == NULL);
}

static void a_second_signal_ends_at_once(void **state)
{
    static struct wdf_result result;
    struct wdf_process process;
    char line[256];

    wdf_process_start("run " WC_DRIVER_DRV_STUBBORN
                      " --resources port=0x3f8-0x3ff,irq=4 --model uart16550,line=pty",
                      false, &process);
    assert_true(wdf_process_read_line(&process, line, sizeof(line)));
    kill(process.pid, SIGINT);
    await_error(&process, "removing");
    kill(process.pid, SIGINT);
    wdf_process_end(&process, &result);
    assert_int_equal(result.code, 130);
}

static void check_stdin_to_stdout(const char *arguments)
{
    static struct wdf_result result;
    struct wdf_process process;
    static const char text[] = "through the UART and back\n";

    wdf_process_start(arguments, true, &process);
    assert_int_equal(write(process.input, text, sizeof(text) - 1), (int)sizeof(text) - 1);
    wdf_process_end(&process, &result); /* closes its input */
    assert_string_equal(result.output, text);
    assert_holds(result.error, "bytes read"); /* stdout is the line */
    assert_int_equal(result.code, 0);
}

static void what_comes_in_on_stdin_goes_out_again(void **state)
{
    check_stdin_to_stdout(UART ",line=stdio --app echo:COM1 --stats");
}

static void so_it_does_with_threads(void **state)
{
    check_stdin_to_stdout(UART ",line=stdio --app echo:COM1 --stats --scheduler=thread "
                               "--processors 2");
}

static void with_threads_it_runs_and_ends_as_well(void **state)
{
    static struct wdf_result result;

    wdf_process_run(FEEDER " --app echo:FEEDER --stats --scheduler=thread --processors 2", &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_holds(result.output, "bytes written                     450\n");
    wdf_process_run("run " WC_DRIVER_DRV_VIOLATES " --scheduler thread", &result);
    assert_int_equal(result.code, 3);
    assert_holds(result.error, "VIOLATION SpinLockAlreadyOwned");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_input_is_one_line),
        cmocka_unit_test(a_violation_is_a_block_and_exit_3),
        cmocka_unit_test(violations_are_collected_on_demand),
        cmocka_unit_test(trace_messages_are_printed_if_asked_for),
        cmocka_unit_test(the_echo_brings_everything_back),
        cmocka_unit_test(what_wmi_knows_is_listed),
        cmocka_unit_test(a_driver_of_the_older_build_tools_runs),
        cmocka_unit_test(what_a_driver_says_is_printed_if_asked_for),
        cmocka_unit_test(every_seed_runs_the_echo),
        cmocka_unit_test(the_object_tree_is_printed),
        cmocka_unit_test(a_driver_without_add_device_runs_without_a_device),
        cmocka_unit_test(a_time_limit_ends_the_run),
        cmocka_unit_test(a_signal_stops_and_removes_in_order),
        cmocka_unit_test(a_second_signal_ends_at_once),
        cmocka_unit_test(what_comes_in_on_stdin_goes_out_again),
        cmocka_unit_test(so_it_does_with_threads),
        cmocka_unit_test(with_threads_it_runs_and_ends_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
