#include "cli/app.h"

#include <stdio.h>
#include <string.h>

#define NO_SUCH_NAME 0xC0000034u /* STATUS_OBJECT_NAME_NOT_FOUND */

static const struct cli_app_type *const types[] = {
    &cli_app_echo,
    &cli_app_requests,
};

#define TYPES (sizeof(types) / sizeof(types[0]))

const struct cli_app_type *cli_app_find(const char *name, size_t length)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strlen(types[i]->name) == length && memcmp(types[i]->name, name, length) == 0) {
            return types[i];
        }
    }
    return NULL;
}

const struct cli_app_type *cli_app_next(const struct cli_app_type *type)
{
    size_t next = 0;

    while (type != NULL && next < TYPES && types[next++] != type) {
    }
    return next < TYPES ? types[next] : NULL;
}

/* ---- running ---- */

static void begin_body(void *context)
{
    struct cli_app *app = context;

    if (!app->type->begin(app)) {
        __atomic_store_n(&app->stop, true, __ATOMIC_RELEASE);
    }
}

static void task_body(void *context)
{
    struct cli_app *app = context;

    app->type->run(app, __atomic_fetch_add(&app->started, 1, __ATOMIC_RELAXED));
    __atomic_sub_fetch(&app->running, 1, __ATOMIC_ACQ_REL);
}

void cli_app_wake(const struct cli_app *app)
{
    if (app->wake != NULL) {
        wc_event_set(app->wake);
    }
}

void cli_app_refused(struct cli_app *app, const char *name, int32_t status)
{
    app->no_device = (uint32_t)status == NO_SUCH_NAME;
    if (app->no_device) {
        snprintf(app->error, sizeof(app->error), "app %s: no device is named '%s'", app->type->name,
                 name);
    } else {
        snprintf(app->error, sizeof(app->error), "app %s: opening '%s' failed with status 0x%08X",
                 app->type->name, name, (unsigned)status);
    }
}

bool cli_app_is_told(const struct cli_app *app)
{
    return __atomic_load_n(&app->stop, __ATOMIC_ACQUIRE);
}

bool cli_app_has_ended(const struct cli_app *app)
{
    return __atomic_load_n(&app->running, __ATOMIC_ACQUIRE) == 0;
}

enum wc_result cli_app_start(struct cli_app *app, struct wc_machine *machine)
{
    enum wc_result result = WC_OK;

    app->tasks = 1;
    app->wake = wc_event_create(machine);
    if (app->wake == NULL) {
        return WC_FAILED;
    }
    if (app->type->set_up != NULL && !app->type->set_up(app, machine)) {
        return WC_BAD_INPUT;
    }
    if (app->type->begin != NULL) {
        result = wc_machine_call(machine, begin_body, app);
    }
    for (unsigned i = 0; i < app->tasks && result == WC_OK && !cli_app_is_told(app); i++) {
        __atomic_add_fetch(&app->running, 1, __ATOMIC_RELAXED);
        result = wc_machine_start_task(machine, task_body, app);
        if (result != WC_OK) {
            __atomic_sub_fetch(&app->running, 1, __ATOMIC_RELAXED);
        }
    }
    return result;
}

static void tell(void *context)
{
    struct cli_app *app = context;

    __atomic_store_n(&app->stop, true, __ATOMIC_RELEASE);
    wc_event_set(app->wake);
}

static bool has_ended(void *context)
{
    return cli_app_has_ended(context);
}

enum wc_result cli_app_stop(struct cli_app *app, struct wc_machine *machine)
{
    enum wc_result result = WC_OK;

    if (!cli_app_has_ended(app)) {
        result = wc_machine_call(machine, tell, app);
    }
    if (result == WC_OK && !cli_app_has_ended(app)) {
        result = wc_machine_run(machine, has_ended, app);
    }
    return result;
}

void cli_app_delete(struct cli_app *app)
{
    if (app->type != NULL && app->type->tear_down != NULL) {
        app->type->tear_down(app);
    }
    if (app->wake != NULL) {
        wc_event_delete(app->wake);
    }
    app->wake = NULL;
}
