#pragma once
/* failing.h - tests that must fail: each runs in a child of its own, followed by one that must pass,
 * and its output must say what went wrong.
 *
 *     static const struct failing cases[] = {
 *         {"a_count", wc_unit_test(a_count), {"2 calls of WdfDpcCreate, and not 3"}},
 *     };
 *     ... in a test: failing_check(cases, sizeof(cases) / sizeof(cases[0]));
 *     ... in main: if (argc > 1) { return failing_run(cases, number, argv[1]); }
 */
#include <wdfcore/testing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct failing {
    const char *name;
    struct CMUnitTest test;
    const char *said[3]; /* what its output must hold */
};

static void failing_passes_afterwards(void **state)
{
    assert_non_null(wc_test_the_machine());
}

static int failing_run(const struct failing *cases, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cases[i].name, name) == 0) {
            const struct CMUnitTest tests[] = {
                cases[i].test,
                wc_unit_test(failing_passes_afterwards),
            };
            return cmocka_run_group_tests(tests, NULL, NULL);
        }
    }
    return 127;
}

static void failing_check_one(const struct failing *failing)
{
    static char text[65536];
    FILE *output = tmpfile();
    int status;

    assert_non_null(output);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(output), STDERR_FILENO);
        execl("/proc/self/exe", "failing", failing->name, NULL);
        _exit(126);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rewind(output);
    text[fread(text, 1, sizeof(text) - 1, output)] = '\0';
    fclose(output);
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
                strstr(text, "[       OK ] failing_passes_afterwards") != NULL;
    for (unsigned i = 0; i < 3 && failing->said[i] != NULL; i++) {
        good = good && strstr(text, failing->said[i]) != NULL;
    }
    if (!good) {
        fprintf(stderr, "%s: status 0x%x, wanted '%s', '%s':\n%s\n", failing->name, status,
                failing->said[0], failing->said[1], text);
        fail();
    }
}

static void failing_check(const struct failing *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        failing_check_one(&cases[i]);
    }
}
