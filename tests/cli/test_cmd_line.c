/* test_cmd_line.c - what `wdf` says to wrong usage and input, and its help: run as a user runs it.
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/wdf_process.h"

struct wrong {
    const char *arguments, *said;
    int code;
};

static void check(const struct wrong *wrong)
{
    struct wdf_result result;

    wdf_process_run(wrong->arguments, &result);
    if (result.code != wrong->code || strstr(result.error, wrong->said) == NULL ||
        strncmp(result.error, "wdf", 3) != 0) {
        fail_msg("wdf %s: exit %d and '%s', not %d and '%s'", wrong->arguments, result.code,
                 result.error, wrong->code, wrong->said);
    }
    const char *end = strchr(result.error, '\n');
    if (end == NULL || end[1] != '\0') {
        fail_msg("wdf %s: not one line: '%s'", wrong->arguments, result.error);
    }
    assert_string_equal(result.output, "");
}

static void wrong_usage_is_one_line_and_exit_2(void **state)
{
    static const struct wrong cases[] = {
        {"", "wdf: no command given", 2},
        {"fly", "wdf: unknown command 'fly'", 2},
        {"--fly", "wdf: unknown option '--fly'", 2},
        {"-x run", "wdf: unknown option '-x'", 2},
        {"run", "wdf run: no driver given", 2},
        {"run a.so b.so", "wdf run: two drivers, 'a.so' and 'b.so'", 2},
        {"run --fly a.so", "wdf run: unknown option '--fly'", 2},
        {"run a.so --model", "wdf run: --model needs a value", 2},
        {"run a.so --stats=yes", "wdf run: '--stats=yes' is no option", 2},
        {"run a.so --scheduler=rope", "wdf run: --scheduler 'rope': must be fiber or thread", 2},
        {"run a.so --scheduler", "wdf run: --scheduler needs a value", 2},
        {"run a.so --scheduler=thread --seed 7",
         "wdf run: --seed: with --scheduler=thread the host chooses", 2},
        {"run a.so --processors 0", "--processors '0': must be a number from 1 to 64", 2},
        {"run a.so --processors 65", "--processors '65': must be", 2},
        {"run a.so --processors two", "--processors 'two': must be", 2},
        {"run a.so --seed -1", "--seed '-1': must be a number", 2},
        {"run a.so --seed 0x", "--seed '0x': must be a number", 2},
        {"run a.so --clock sun", "--clock 'sun': must be virtual or real", 2},
        {"run a.so --until never", "--until 'never': must be closed, idle, time=10s or signal", 2},
        {"run a.so --until time=10", "--until 'time=10': must be", 2},
        {"run a.so --until time=99999999999999999999s", "must be closed", 2},
        {"run a.so --until closed", "--until closed needs a model", 2},
        {"run a.so --app echo", "--app 'echo': must be NAME:DEVICE", 2},
        {"run a.so --app echo:", "--app 'echo:': must be NAME:DEVICE", 2},
        {"run a.so --objects=xml", "--objects 'xml': must be text, json or dot", 2},
        {"run a.so --app cat:COM1", "no such application; there are: echo", 2},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check(&cases[i]);
    }
}

static void help_names_every_option(void **state)
{
    static const char *const words[] = {"--model", "--resources",   "--processors", "--app",
                                        "--until", "--objects",     "--stats",      "--seed",
                                        "--clock", "--help",        "DRIVER.so",    "Exit codes",
                                        "Ctrl-C",  "tcp:HOST:PORT", "--quiet",      "--wmi"};
    struct wdf_result result;

    wdf_process_run("run --help", &result);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.error, "");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strstr(result.output, words[i]) == NULL) {
            fail_msg("'%s' is not in: %s", words[i], result.output);
        }
    }
}

static void help_lists_the_commands(void **state)
{
    struct wdf_result result;

    wdf_process_run("--help", &result);
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.output, "COMMAND"));
    assert_non_null(strstr(result.output, "  run "));
}

static void the_version_is_a_line(void **state)
{
    struct wdf_result result;
    unsigned major, minor, patch;

    wdf_process_run("--version", &result);
    assert_int_equal(result.code, 0);
    assert_int_equal(sscanf(result.output, "wdf %u.%u.%u\n", &major, &minor, &patch), 3);
}

static void output_that_is_lost_is_a_failure(void **state)
{
    static const char *const commands[] = {"--version", "--help", "run --help", "compare --help"};
    struct wdf_result result;

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        wdf_process_run_to("/dev/null", commands[i], &result);
        assert_int_equal(result.code, 0);
        assert_string_equal(result.error, "");
        wdf_process_run_to("/dev/full", commands[i], &result);
        assert_int_equal(result.code, 1);
        assert_non_null(strstr(result.error, "wdf: standard output: "));
        wdf_process_run_to(NULL, commands[i], &result);
        assert_int_equal(result.code, 1);
        assert_non_null(strstr(result.error, "wdf: standard output: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_usage_is_one_line_and_exit_2),
        cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(help_lists_the_commands),
        cmocka_unit_test(the_version_is_a_line),
        cmocka_unit_test(output_that_is_lost_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
