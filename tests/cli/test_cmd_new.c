/* test_cmd_new.c - `wdf new`: what it writes, prints and refuses. That the projects build and pass is
 * tried by tests/lint/template.
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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/wdf_process.h"

static char folder[64];

static int make_folder(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/test_cmd_new.XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void run_new(const char *arguments, const char *below, struct wdf_result *result)
{
    char line[256];

    snprintf(line, sizeof(line), "new %s %s%s", arguments, folder, below);
    wdf_process_run(line, result);
}

static const char *read_file(const char *below)
{
    static char text[32768];
    char path[256];

    snprintf(path, sizeof(path), "%s%s", folder, below);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is not there", path);
        abort();
    }
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void a_project_has_its_own_name_everywhere(void **state)
{
    static const char *const files[] = {"/.ci/run",   "/CMakeLists.txt", "/README.md",
                                        "/blinker.c", "/blinker.h",      "/fuzz_blinker.c",
                                        "/model.c",   "/test_blinker.c"};
    struct wdf_result result;
    struct stat status;
    char path[128];

    run_new("blinker", "", &result); /* a folder that is there, and empty */
    assert_int_equal(result.code, 0);
    assert_string_equal(result.error, "");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        const char *text = read_file(files[i]);

        assert_null(strstr(text, "template"));
        assert_null(strstr(text, "Template"));
        assert_null(strstr(text, "TEMPLATE"));
    }
    assert_non_null(strstr(read_file("/blinker.c"), "WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(BLINKER"));
    assert_non_null(strstr(read_file("/blinker.c"), "L\"\\\\DosDevices\\\\Blinker\""));
    snprintf(path, sizeof(path), "%s/.ci/run", folder);
    assert_int_equal(stat(path, &status), 0);
    assert_true((status.st_mode & S_IXUSR) != 0);
}

static void the_three_commands_are_printed(void **state)
{
    struct wdf_result result;
    char cd[128];

    run_new("blinker", "/new", &result);
    assert_int_equal(result.code, 0);
    snprintf(cd, sizeof(cd), "cd %s/new && cmake -S . -B build", folder);
    assert_memory_equal(result.output, cd, strlen(cd));
    assert_non_null(strstr(result.output, "\nctest --test-dir build"));
    assert_non_null(strstr(result.output, "\nwdf run build/blinker.so --load "));
    unsigned lines = 0;
    for (const char *at = result.output; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    assert_int_equal(lines, 3);
}

static void each_variant_has_a_driver_of_its_own(void **state)
{
    struct wdf_result result;

    run_new("--wdm blinker", "/wdm", &result);
    assert_int_equal(result.code, 0);
    assert_null(strstr(read_file("/wdm/blinker.c"), "wdf.h"));
    assert_non_null(strstr(read_file("/wdm/blinker.c"), "IoStartPacket"));
    read_file("/wdm/test_blinker.c");
    run_new("blinker --queue-per-dpc", "/dpc", &result);
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(read_file("/dpc/blinker.c"), "WdfDpcCreate"));
}

static void check_refused(const char *arguments, const char *below, const char *said)
{
    struct wdf_result result;

    run_new(arguments, below, &result);
    const char *end = strchr(result.error, '\n');
    if (result.code != 2 || strncmp(result.error, "wdf new: ", 9) != 0 || end == NULL ||
        end[1] != '\0' || strstr(result.error, said) == NULL) {
        fail_msg("wdf new %s %s: exit %d and '%s', not 2 and one line with '%s'", arguments, below,
                 result.code, result.error, said);
    }
    assert_string_equal(result.output, "");
}

static void what_cannot_be_is_one_line_and_exit_2(void **state)
{
    struct wdf_result result;

    check_refused("Blinker", "/x", "'Blinker' is no name for a driver");
    check_refused("2fast", "/x", "is no name");
    check_refused("a-b", "/x", "is no name");
    check_refused("../up", "/x", "is no name");
    check_refused("test", "/x", "is no name");
    check_refused("wdfcore", "/x", "is no name"); /* its wdfcore.h would hide ours */
    check_refused("string", "/x", "is no name");
    check_refused("abcdefghijklmnopqrstuvwxyz0123456789", "/x", "is no name");
    check_refused("--wdm --queue-per-dpc blinker", "/x", "choose one");
    check_refused("--fly blinker", "/x", "unknown option '--fly'");
    check_refused("blinker", "/x more", "one argument too many");
    check_refused("blinker", "/not/there", "No such file or directory");
    wdf_process_run("new", &result);
    assert_int_equal(result.code, 2);
    assert_non_null(strstr(result.error, "no name given"));
    wdf_process_run("new blinker /proc/nowhere", &result); /* nothing can be written there */
    assert_int_equal(result.code, 2);
    assert_int_equal(access(folder, F_OK), 0);
    run_new("blinker", "/full", &result);
    assert_int_equal(result.code, 0);
    check_refused("blinker", "/full", "the folder is not empty");
    check_refused("blinker", "/full/README.md", "Not a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_project_has_its_own_name_everywhere, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(the_three_commands_are_printed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(each_variant_has_a_driver_of_its_own, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_one_line_and_exit_2, make_folder,
                                        remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
