#include "cli/wdf_process.h"

/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64

static _Noreturn void become_wdf(const char *arguments, int input, int output, int error)
{
    char *argv[ARGUMENTS_MAX] = {WC_WDF};
    char *copy = strdup(arguments);
    int count = 1;

    for (char *word = strtok(copy, " "); word != NULL && count < ARGUMENTS_MAX - 1;
         word = strtok(NULL, " ")) {
        argv[count++] = word;
    }
    dup2(input >= 0 ? input : open("/dev/null", O_RDONLY), STDIN_FILENO);
    if (output < 0) {
        close(STDOUT_FILENO);
    } else {
        dup2(output, STDOUT_FILENO);
    }
    dup2(error, STDERR_FILENO);
    execv(WC_WDF, argv);
    _exit(127);
}

void wdf_process_start(const char *arguments, bool with_input, struct wdf_process *process)
{
    int input[2] = {-1, -1}, output[2];

    process->error = tmpfile();
    assert_non_null(process->error);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    if (with_input) {
        assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    }
    process->pid = fork();
    assert_true(process->pid >= 0);
    if (process->pid == 0) {
        become_wdf(arguments, input[0], output[1], fileno(process->error));
    }
    close(output[1]);
    if (with_input) {
        close(input[0]);
    }
    process->input = input[1];
    process->output = output[0];
}

bool wdf_process_read_line(struct wdf_process *process, char *line, size_t size)
{
    size_t used = 0;
    char byte;

    while (used + 1 < size && read(process->output, &byte, 1) == 1) {
        if (byte == '\n') {
            line[used] = '\0';
            return true;
        }
        line[used++] = byte;
    }
    line[used] = '\0';
    return false;
}

static void take_output(int output, char text[WDF_TEXT_MAX])
{
    size_t used = 0;
    char spill[1024];

    for (;;) {
        bool full = used >= WDF_TEXT_MAX - 1;
        ssize_t size = full ? read(output, spill, sizeof(spill))
                            : read(output, text + used, WDF_TEXT_MAX - 1 - used);
        if (size <= 0) {
            break;
        }
        used += full ? 0 : (size_t)size;
    }
    text[used] = '\0';
}

void wdf_process_end(struct wdf_process *process, struct wdf_result *result)
{
    int status;

    if (process->input >= 0) {
        close(process->input);
    }
    take_output(process->output, result->output);
    close(process->output);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    rewind(process->error);
    size_t size = fread(result->error, 1, WDF_TEXT_MAX - 1, process->error);
    result->error[size] = '\0';
    fclose(process->error);
}

void wdf_process_run(const char *arguments, struct wdf_result *result)
{
    struct wdf_process process;

    wdf_process_start(arguments, false, &process);
    wdf_process_end(&process, result);
}

void wdf_process_run_to(const char *output, const char *arguments, struct wdf_result *result)
{
    struct wdf_process process = {.input = -1, .error = tmpfile()};

    assert_non_null(process.error);
    process.output = open("/dev/null", O_RDONLY | O_CLOEXEC);
    process.pid = fork();
    assert_true(process.pid >= 0);
    if (process.pid == 0) {
        become_wdf(arguments, -1, output != NULL ? open(output, O_WRONLY | O_CLOEXEC) : -1,
                   fileno(process.error));
    }
    wdf_process_end(&process, result);
}
