#pragma once
/* wdf_process.h - run the command `wdf` as a process of its own and look at what it said. */

#define WDF_TEXT_MAX 16384

struct wdf_result {
    int code; /* exit code; 128 + n: ended by signal n */
    char output[WDF_TEXT_MAX], error[WDF_TEXT_MAX];
};

/* wdf_process_run: arguments are split at blanks. Standard input is empty. */
void wdf_process_run(const char *arguments, struct wdf_result *result);
