/* app_requests.c - writes to a device as a load says: each arrival is one write, whose first byte is
 * the number of its queue. "requests:Dpcq,queues=2,packets=1000,rate=200000".
 * Normal path: each queue has a task of its own, as if it were an application of its own. It waits
 * for the time of its next arrival, starts that write, and goes on without waiting for its end.
 * The first task ends last: it closes the device when every write has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfcore/load.h>
#include <wdfcore/user.h>

#include "cli/app.h"

struct request {
    struct requests *requests;
    size_t arrival;
    uint8_t data[]; /* the load's largest packet */
};

struct requests {
    struct cli_app *app;
    struct wc_load *load;
    struct wc_file *file;
    struct wc_event *pause;
    size_t pending; /* (a) tasks and writes that have not ended */
    int32_t failed; /* (a) status of a write that failed; 0: none did */
};

static void went(struct requests *requests)
{
    if (__atomic_sub_fetch(&requests->pending, 1, __ATOMIC_ACQ_REL) == 0) {
        cli_app_wake(requests->app);
    }
}

/* At or below DISPATCH_LEVEL, on the processor that completed it. */
static void write_done(void *context, int32_t status, uint64_t information)
{
    struct request *request = context;
    struct requests *requests = request->requests;

    (void)information;
    if (status >= 0) {
        wc_load_served(requests->load, request->arrival, wc_processor_now_ns());
    } else {
        wc_load_lost(requests->load, request->arrival);
        __atomic_store_n(&requests->failed, status, __ATOMIC_RELAXED);
    }
    free(request);
    went(requests);
}

static void start_write(struct requests *requests, size_t i, const struct wc_arrival *arrival)
{
    struct request *request = calloc(1, sizeof(*request) + arrival->bytes);
    struct wc_io *io;

    if (request == NULL) {
        wc_load_lost(requests->load, i);
        return;
    }
    request->requests = requests;
    request->arrival = i;
    request->data[0] = (uint8_t)arrival->queue;
    __atomic_add_fetch(&requests->pending, 1, __ATOMIC_ACQ_REL);
    int32_t status = wc_file_write_start(requests->file, request->data, arrival->bytes, write_done,
                                         request, &io);
    if (status < 0) { /* it was not started, so that nobody calls write_done */
        write_done(request, status, 0);
    }
}

/* Returns at that time, or when told to stop. Only stopping sets the event, and who wakes from it
 * wakes the next. */
static void wait_until(struct requests *requests, uint64_t due_ns)
{
    while (!cli_app_is_told(requests->app) && wc_processor_now_ns() < due_ns) {
        wc_event_wait_until(requests->pause, due_ns);
    }
    if (cli_app_is_told(requests->app)) {
        wc_event_set(requests->pause);
    }
}

/* What arrives for one queue. */
static void feed(struct requests *requests, uint32_t queue)
{
    size_t count;
    const struct wc_arrival *arrivals = wc_load_arrivals(requests->load, &count);

    for (size_t i = 0; i < count && !cli_app_is_told(requests->app); i++) {
        if (arrivals[i].queue == queue) {
            wait_until(requests, wc_load_due_ns(requests->load, i));
            if (!cli_app_is_told(requests->app)) {
                start_write(requests, i, &arrivals[i]);
            }
        }
    }
}

static void close_device(struct requests *requests)
{
    while (__atomic_load_n(&requests->pending, __ATOMIC_ACQUIRE) > 0) {
        wc_event_wait(requests->app->wake);
        if (cli_app_is_told(requests->app)) {
            wc_event_set(requests->pause);
        }
    }
    wc_file_close(requests->file);
    if (requests->failed < 0) {
        snprintf(requests->app->error, sizeof(requests->app->error),
                 "app requests: a write failed with status 0x%08X", (unsigned)requests->failed);
    }
}

static void run(struct cli_app *app, unsigned task)
{
    struct requests *requests = app->state;

    feed(requests, task);
    went(requests);
    if (task == 0) {
        close_device(requests);
    }
}

static bool open_device(struct cli_app *app)
{
    struct requests *requests = app->state;
    char name[128];

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(app->device, ","), app->device);
    int32_t status = wc_file_open(name, &requests->file);
    if (status < 0) {
        cli_app_refused(app, name, status);
        return false;
    }
    wc_load_started(requests->load, wc_processor_now_ns());
    return true;
}

/* The options of the load stand behind the device's name. */
static bool set_up(struct cli_app *app, struct wc_machine *machine)
{
    const char *comma = strchr(app->device, ',');
    struct requests *requests = calloc(1, sizeof(*requests));
    char why[256] = "no memory";

    if (requests == NULL) {
        snprintf(app->error, sizeof(app->error), "app requests: %s", why);
        return false;
    }
    app->state = requests;
    requests->app = app;
    requests->load = wc_load_create(comma != NULL ? comma + 1 : "", why, sizeof(why));
    requests->pause = wc_event_create(machine);
    if (requests->load == NULL || requests->pause == NULL) {
        snprintf(app->error, sizeof(app->error), "app requests: %s", why);
        return false;
    }
    app->load = requests->load;
    app->tasks = wc_load_queues(requests->load);
    requests->pending = app->tasks;
    return true;
}

static void tear_down(struct cli_app *app)
{
    struct requests *requests = app->state;

    if (requests != NULL) {
        if (requests->pause != NULL) {
            wc_event_delete(requests->pause);
        }
        wc_load_delete(requests->load);
        free(requests);
    }
}

const struct cli_app_type cli_app_requests = {
    .name = "requests",
    .help = "write as a load says",
    .set_up = set_up,
    .begin = open_device,
    .run = run,
    .tear_down = tear_down,
};
