/* app_echo.c - writes back what it reads.
 * Normal path: one read is outstanding; when it ends its buffer becomes a write and a free buffer
 * the next read, so that reading goes on while several writes wait their turn. Order is kept,
 * because a device completes what it was sent in that order.
 * A failed read or write ends it. To end, it cancels what is outstanding and waits for all of it.
 */
#include <stdio.h>
#include <string.h>

#include <wdfcore/user.h>

#include "cli/app.h"
#include "cli/run_report.h"

#define BUFFERS     8
#define BUFFER_SIZE 4096

enum buffer_state { BUFFER_FREE, BUFFER_READING, BUFFER_READ, BUFFER_WRITING, BUFFER_WRITTEN };

struct buffer {
    struct echo *echo;
    enum buffer_state state;
    struct wc_io *io;
    int32_t status;
    uint64_t size; /* bytes read, to be written */
    uint64_t moved;
    uint8_t data[BUFFER_SIZE];
};

struct echo {
    struct cli_app *app;
    struct wc_file *file;
    bool reading;
    bool failed;
    struct buffer buffers[BUFFERS];
};

/* Whoever sees the state sees what was written before it. */
static enum buffer_state state_of(const struct buffer *buffer)
{
    return __atomic_load_n(&buffer->state, __ATOMIC_ACQUIRE);
}

static void set_state(struct buffer *buffer, enum buffer_state state)
{
    __atomic_store_n(&buffer->state, state, __ATOMIC_RELEASE);
}

/* Callbacks may run at DISPATCH_LEVEL, and beside the task: all else is left to that. */
static void read_done(void *context, int32_t status, uint64_t information)
{
    struct buffer *buffer = context;

    buffer->status = status;
    buffer->moved = information;
    __atomic_add_fetch(&buffer->echo->app->busy, 1, __ATOMIC_RELAXED); /* until it is free again */
    set_state(buffer, BUFFER_READ);
    cli_app_wake(buffer->echo->app);
}

static void write_done(void *context, int32_t status, uint64_t information)
{
    struct buffer *buffer = context;

    buffer->status = status;
    buffer->moved = information;
    set_state(buffer, BUFFER_WRITTEN);
    cli_app_wake(buffer->echo->app);
}

static void fail(struct echo *echo, const char *what, int32_t status)
{
    struct cli_app *app = echo->app;

    echo->failed = true;
    if (!cli_app_is_told(app) && app->error[0] == '\0') {
        snprintf(app->error, sizeof(app->error), "app echo: %s '%s' failed with status 0x%08X",
                 what, app->device, (unsigned)status);
    }
}

/* What was read has gone, or there was nothing. */
static void let_go(struct echo *echo, struct buffer *buffer)
{
    set_state(buffer, BUFFER_FREE);
    __atomic_sub_fetch(&echo->app->busy, 1, __ATOMIC_RELAXED);
}

static void start_write(struct echo *echo, struct buffer *buffer)
{
    set_state(buffer, BUFFER_WRITING);
    buffer->io = NULL;
    int32_t status = wc_file_write_start(echo->file, buffer->data, buffer->size, write_done, buffer,
                                         &buffer->io);
    if (status < 0) {
        let_go(echo, buffer);
        fail(echo, "writing to", status);
    }
}

static void start_read(struct echo *echo, struct buffer *buffer)
{
    set_state(buffer, BUFFER_READING);
    buffer->io = NULL;
    int32_t status = wc_file_read_start(echo->file, buffer->data, sizeof(buffer->data), read_done,
                                        buffer, &buffer->io);
    if (status < 0) {
        set_state(buffer, BUFFER_FREE);
        fail(echo, "reading from", status);
    }
}

static void finish_read(struct echo *echo, struct buffer *buffer)
{
    if (buffer->status < 0) {
        let_go(echo, buffer);
        fail(echo, "reading from", buffer->status);
    } else if (buffer->moved == 0) {
        let_go(echo, buffer); /* a time-out without data */
    } else {
        if (echo->app->first_ns == 0) {
            echo->app->first_ns = run_wall_ns();
        }
        buffer->size = buffer->moved;
        start_write(echo, buffer);
    }
}

static void finish_write(struct echo *echo, struct buffer *buffer)
{
    let_go(echo, buffer);
    echo->app->last_ns = run_wall_ns();
    if (buffer->status < 0) {
        fail(echo, "writing to", buffer->status);
    } else if (buffer->moved < buffer->size) {
        /* Others may wait behind it: what is left cannot be sent in its place any more. */
        fail(echo, "a short write to", buffer->status);
    }
}

static bool ending(const struct echo *echo)
{
    return cli_app_is_told(echo->app) || echo->failed;
}

/* Moves every buffer as far as it goes. Returns how many are outstanding. */
static unsigned pump(struct echo *echo)
{
    unsigned outstanding = 0;
    bool reading = false;
    struct buffer *idle = NULL;

    for (unsigned i = 0; i < BUFFERS; i++) {
        struct buffer *buffer = &echo->buffers[i];

        if (state_of(buffer) == BUFFER_READ) {
            finish_read(echo, buffer);
        }
        if (state_of(buffer) == BUFFER_WRITTEN) {
            finish_write(echo, buffer);
        }
        enum buffer_state state = state_of(buffer);
        reading |= state == BUFFER_READING || state == BUFFER_READ;
        outstanding += state != BUFFER_FREE;
        idle = state == BUFFER_FREE ? buffer : idle;
    }
    if (!reading && idle != NULL && !ending(echo)) {
        start_read(echo, idle);
        outstanding += state_of(idle) != BUFFER_FREE;
    }
    return outstanding;
}

static void cancel_all(struct echo *echo)
{
    for (unsigned i = 0; i < BUFFERS; i++) {
        struct buffer *buffer = &echo->buffers[i];

        if (buffer->io != NULL &&
            (state_of(buffer) == BUFFER_READING || state_of(buffer) == BUFFER_WRITING)) {
            wc_io_cancel(buffer->io);
        }
    }
}

static void run(struct cli_app *app, unsigned task)
{
    (void)task;
    static struct echo echo; /* larger than a kernel stack should hold */
    bool cancelled = false;

    memset(&echo, 0, sizeof(echo));
    echo.app = app;
    for (unsigned i = 0; i < BUFFERS; i++) {
        echo.buffers[i].echo = &echo;
    }
    int32_t status = wc_file_open(app->device, &echo.file);
    if (status < 0) {
        cli_app_refused(app, app->device, status);
        return;
    }
    while (pump(&echo) > 0 || !ending(&echo)) {
        if (ending(&echo) && !cancelled) {
            cancelled = true;
            cancel_all(&echo);
            continue;
        }
        wc_event_wait(app->wake);
    }
    wc_file_close(echo.file);
}

const struct cli_app_type cli_app_echo = {
    .name = "echo", .help = "write back what it reads", .run = run};
