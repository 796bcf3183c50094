#include "cli/wdf_process.h"

/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64

static void take_file(FILE *file, char text[WDF_TEXT_MAX])
{
    rewind(file);
    size_t size = fread(text, 1, WDF_TEXT_MAX - 1, file);

    text[size] = '\0';
    fclose(file);
}

static _Noreturn void become_wdf(const char *arguments, FILE *output, FILE *error)
{
    char *argv[ARGUMENTS_MAX] = {WC_WDF};
    char *copy = strdup(arguments);
    int count = 1;

    for (char *word = strtok(copy, " "); word != NULL && count < ARGUMENTS_MAX - 1;
         word = strtok(NULL, " ")) {
        argv[count++] = word;
    }
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(fileno(output), STDOUT_FILENO);
    dup2(fileno(error), STDERR_FILENO);
    execv(WC_WDF, argv);
    _exit(127);
}

void wdf_process_run(const char *arguments, struct wdf_result *result)
{
    FILE *output = tmpfile(), *error = tmpfile();
    int status;

    assert_non_null(output);
    assert_non_null(error);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        become_wdf(arguments, output, error);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    take_file(output, result->output);
    take_file(error, result->error);
}
