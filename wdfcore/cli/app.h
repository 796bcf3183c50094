#pragma once
/* app.h - applications that `wdf run --app NAME:DEVICE` runs inside the machine.
 * Rules for an application:
 * - one file that defines a `struct cli_app_type` and names it in app.c
 * - run() is a task of the machine; it ends, and leaves nothing outstanding, soon after `stop`
 *   became true and `wake` was set
 * - it waits for nothing but `wake` and its own I/O
 */
#include <stdbool.h>
#include <stdint.h>

#include <wdfcore/machine.h>

struct cli_app {
    const struct cli_app_type *type;
    const char *device;    /* the name behind the colon */
    struct wc_event *wake; /* set by who wants run() to look around */
    bool stop;             /* told to end */
    bool ended;            /* run() has returned */
    bool busy;             /* it holds data that are not delivered yet */
    char error[160];       /* why it failed; "" as long as it did not */
    uint64_t first_ns;     /* wall clock when its first bytes came; 0: none came */
    uint64_t last_ns;      /* wall clock when its last bytes had gone */
};

struct cli_app_type {
    const char *name, *help;
    void (*run)(struct cli_app *app);
};

extern const struct cli_app_type cli_app_echo;

/* cli_app_find: from the start of "echo:COM1". NULL: none; cli_app_next lists all. */
const struct cli_app_type *cli_app_find(const char *name, size_t length);
const struct cli_app_type *cli_app_next(const struct cli_app_type *type);
