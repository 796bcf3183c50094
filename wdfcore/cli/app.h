#pragma once
/* app.h - applications that `wdf run --app NAME:DEVICE` runs inside the machine.
 * Rules for an application:
 * - one file that defines a `struct cli_app_type` and names it in app.c
 * - run() is a task of the machine, or several; each ends, and leaves nothing outstanding, soon
 *   after `stop` became true and `wake` was set
 * - it waits for nothing but `wake` and its own I/O
 */
#include <stdbool.h>
#include <stdint.h>

#include <wdfcore/machine.h>

struct cli_app {
    const struct cli_app_type *type;
    const char *device;    /* the name behind the colon */
    struct wc_event *wake; /* set by who wants run() to look around */
    bool stop;             /* (a) told to end; see cli_app_is_told */
    unsigned tasks;        /* calls of run() at the same time; set_up may ask for more than one */
    unsigned started;      /* (a) tasks that have their number */
    unsigned running;      /* (a) tasks that have not returned */
    void *state;           /* the type's own */
    struct wc_load *load;  /* what it serves; NULL: it says nothing of it */
    unsigned busy;         /* (a) what it holds that is not delivered yet; 0: nothing */
    char error[320];       /* why it failed; "" as long as it did not */
    bool no_device;        /* ... because there is none of that name */
    uint64_t first_ns;     /* wall clock when its first bytes came; 0: none came */
    uint64_t last_ns;      /* wall clock when its last bytes had gone */
};

struct cli_app_type {
    const char *name, *help;
    /* Optional, outside the machine; false: error says why. tear_down is called all the same. */
    bool (*set_up)(struct cli_app *app, struct wc_machine *machine);
    bool (*begin)(struct cli_app *app); /* optional, a task before the others; false: see error */
    void (*run)(struct cli_app *app, unsigned task); /* task: 0 to tasks - 1 */
    void (*tear_down)(struct cli_app *app);          /* optional, outside the machine */
};

/* cli_app_start: type and device are set. WC_BAD_INPUT: set_up failed, see error.
 * cli_app_stop: tells it to end, and waits until it has. cli_app_delete: in any state. */
enum wc_result cli_app_start(struct cli_app *app, struct wc_machine *machine);
enum wc_result cli_app_stop(struct cli_app *app, struct wc_machine *machine);
void cli_app_delete(struct cli_app *app);
/* cli_app_wake: run() looks around. From callbacks too, also from those that come late, while the machine
 * is taken apart. */
void cli_app_wake(const struct cli_app *app);
bool cli_app_has_ended(const struct cli_app *app);
bool cli_app_is_told(const struct cli_app *app);

extern const struct cli_app_type cli_app_echo, cli_app_requests;

/* cli_app_refused: opening the device failed so; says why. */
void cli_app_refused(struct cli_app *app, const char *name, int32_t status);

/* cli_app_find: from the start of "echo:COM1". NULL: none; cli_app_next lists all. */
const struct cli_app_type *cli_app_find(const char *name, size_t length);
const struct cli_app_type *cli_app_next(const struct cli_app_type *type);
