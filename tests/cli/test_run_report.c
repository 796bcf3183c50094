/* test_run_report.c - `wdf run --trace --report --csv --summary`: the files that it writes. */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/wdf_process.h"

#define FEEDER "run " WC_DRIVER_DRV_FEEDER " --app echo:FEEDER "

static char folder[] = "/tmp/wdf_report_XXXXXX";
static struct wdf_result result;

static int make_folder(void **state)
{
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *path_of(const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"a.json", "a.html", "a.csv", "v.html", "w.csv"};
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(path_of(names[i], path));
    }
    return rmdir(folder);
}

/* The text of a file; the caller frees. */
static char *text_of(const char *name)
{
    char path[128];
    FILE *file = fopen(path_of(name, path), "r");
    char *text = calloc(1, 1 << 20);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static void assert_in_file(const char *name, const char *part)
{
    char *text = text_of(name);

    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in %s", part, name);
    }
    free(text);
}

static void one_run_writes_them_all(void **state)
{
    char json[128], html[128], csv[128], arguments[1024];

    snprintf(arguments, sizeof(arguments), FEEDER "--summary --trace %s --report=%s --csv %s",
             path_of("a.json", json), path_of("a.html", html), path_of("a.csv", csv));
    wdf_process_run(arguments, &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.output, "of virtual time, drv_feeder\n"));
    assert_non_null(strstr(result.output, "\nRead               51 "));
    assert_in_file("a.json", "\"traceEvents\":[");
    assert_in_file("a.json", "\"name\":\"Read\",\"cat\":\"request\"");
    assert_in_file("a.html", "\"major\":\"Read\",\"irp\":true,\"count\":51,\"failed\":1,");
    assert_in_file("a.csv", ",callback,DispatchRead,DispatchRead,");
}

static void the_removal_is_in_it(void **state)
{
    char html[128], csv[128], arguments[1024];

    snprintf(arguments, sizeof(arguments),
             "run " WC_DRIVER_UART
             " --model uart16550,line=loop --resources port=0x3f8-0x3ff,irq=4 "
             "--until idle --report %s --csv %s",
             path_of("a.html", html), path_of("a.csv", csv));
    wdf_process_run(arguments, &result);
    assert_string_equal(result.error, "");
    assert_int_equal(result.code, 0);
    assert_in_file("a.csv", "UartEvtD0ExitPreInterruptsDisabled");
    assert_in_file("a.html", "WDFINTERRUPT #"); /* the objects are those of before */
}

static void the_same_run_writes_the_same_file(void **state)
{
    char csv[128], arguments[1024];
    char *first, *second;

    snprintf(arguments, sizeof(arguments), FEEDER "--seed 5 --processors 2 --csv %s",
             path_of("w.csv", csv));
    wdf_process_run(arguments, &result);
    first = text_of("w.csv");
    wdf_process_run(arguments, &result);
    second = text_of("w.csv");
    assert_string_equal(first, second); /* names and times, but no address */
    free(first);
    free(second);
}

static void a_run_that_a_violation_ends_is_written_too(void **state)
{
    char html[128], arguments[1024];

    snprintf(arguments, sizeof(arguments), "run " WC_DRIVER_DRV_VIOLATES " --report %s",
             path_of("v.html", html));
    wdf_process_run(arguments, &result);
    assert_int_equal(result.code, 3);
    assert_non_null(strstr(result.error, "VIOLATION SpinLockAlreadyOwned"));
    assert_in_file("v.html", "\"violations\":1}");
    assert_in_file("v.html", "\"SpinLockAlreadyOwned\"");
}

static void a_file_that_cannot_be_written_is_one_line(void **state)
{
    static const char *const options[] = {"--trace", "--report", "--csv"};
    char arguments[1024], wanted[256];

    for (size_t i = 0; i < 3; i++) {
        snprintf(arguments, sizeof(arguments), FEEDER "%s /no/such/folder/file", options[i]);
        snprintf(wanted, sizeof(wanted),
                 "wdf run: %s '/no/such/folder/file': No such file or directory\n", options[i]);
        wdf_process_run(arguments, &result);
        assert_string_equal(result.error, wanted);
        assert_string_equal(result.output, "");
        assert_int_equal(result.code, 2);
    }
    wdf_process_run(FEEDER "--csv /dev/full", &result);
    assert_string_equal(result.error, "wdf run: /dev/full: No space left on device\n");
    assert_int_equal(result.code, 1);
    wdf_process_run(FEEDER "--report", &result);
    assert_string_equal(result.error, "wdf run: --report needs a value: --report FILE.html\n");
    assert_int_equal(result.code, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_run_writes_them_all),
        cmocka_unit_test(the_removal_is_in_it),
        cmocka_unit_test(the_same_run_writes_the_same_file),
        cmocka_unit_test(a_run_that_a_violation_ends_is_written_too),
        cmocka_unit_test(a_file_that_cannot_be_written_is_one_line),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
