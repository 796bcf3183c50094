#pragma once
/* wdf_process.h - run the command `wdf` as a process of its own and look at what it said. */
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define WDF_TEXT_MAX 16384

struct wdf_result {
    int code; /* exit code; 128 + n: ended by signal n */
    char output[WDF_TEXT_MAX], error[WDF_TEXT_MAX];
};

/* wdf_process_run: arguments are split at blanks. Standard input is empty. */
void wdf_process_run(const char *arguments, struct wdf_result *result);

/* wdf_process_run_to: its output goes to a file; NULL: it is closed. result->output stays empty. */
void wdf_process_run_to(const char *output, const char *arguments, struct wdf_result *result);

/* The same in steps: started with its input, output and errors held by the test. */
struct wdf_process {
    pid_t pid;
    int input;  /* write end; -1: /dev/null */
    int output; /* read end */
    FILE *error;
};

void wdf_process_start(const char *arguments, bool with_input, struct wdf_process *process);
/* wdf_process_read_line: the next line of its output without the line's end; false: there is none. */
bool wdf_process_read_line(struct wdf_process *process, char *line, size_t size);
/* wdf_process_end: waits for its end and takes what is left of its output. */
void wdf_process_end(struct wdf_process *process, struct wdf_result *result);
