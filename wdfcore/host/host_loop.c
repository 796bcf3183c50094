/* host_loop.c - the only caller of uv_run. It runs on the stack that called host_run, never nested.
 * A loop of libuv before 1.45 that is woken by uv_async spins against its waker; ours is woken
 * through one eventfd of our own.
 */
#include "host/host_loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

#include "base/assert.h"
#include "host/host.h"

static struct {
    bool open;
    bool running; /* inside uv_run */
    unsigned streams;
    int wake_fd;
    uv_loop_t uv;
    uv_poll_t wake_poll;
    uv_timer_t timer;
} loop = {.wake_fd = -1};

static _Atomic int loop_wake_fd = -1; /* what a signal handler may see */

static void loop_woken(uv_poll_t *poll, int status, int events)
{
    uint64_t count;

    (void)poll;
    (void)status;
    (void)events;
    while (read(loop.wake_fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

struct uv_loop_s *host_loop_uv(void)
{
    if (loop.open) {
        return &loop.uv;
    }
    loop.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop.wake_fd < 0) {
        return NULL;
    }
    if (uv_loop_init(&loop.uv) != 0) {
        close(loop.wake_fd);
        loop.wake_fd = -1;
        return NULL;
    }
    CORE_ASSERT(uv_poll_init(&loop.uv, &loop.wake_poll, loop.wake_fd) == 0);
    CORE_ASSERT(uv_poll_start(&loop.wake_poll, UV_READABLE, loop_woken) == 0);
    CORE_ASSERT(uv_timer_init(&loop.uv, &loop.timer) == 0);
    loop.open = true;
    atomic_store(&loop_wake_fd, loop.wake_fd);
    return &loop.uv;
}

void host_loop_stream_opened(void)
{
    loop.streams++;
}

void host_loop_stream_closed(void)
{
    CORE_ASSERT(loop.streams > 0);
    loop.streams--;
}

bool host_loop_has_streams(void)
{
    return loop.streams > 0;
}

static void loop_run(uv_run_mode mode)
{
    CORE_ASSERT(!loop.running);
    loop.running = true;
    uv_run(&loop.uv, mode);
    loop.running = false;
}

void host_loop_turn(void)
{
    if (loop.open) {
        loop_run(UV_RUN_NOWAIT);
    }
}

static void loop_timeout(uv_timer_t *timer)
{
    (void)timer; /* its only work is to end the wait */
}

void host_loop_wait(uint64_t timeout_ns)
{
    CORE_ASSERT(host_loop_uv() != NULL);
    if (timeout_ns != HOST_NEVER) {
        /* libuv counts milliseconds; rounding up keeps us from spinning through the last one. */
        uv_update_time(&loop.uv);
        uv_timer_start(&loop.timer, loop_timeout, (timeout_ns + 999999) / 1000000, 0);
    }
    loop_run(UV_RUN_ONCE);
    uv_timer_stop(&loop.timer);
}

void host_loop_wake(void)
{
    int fd = atomic_load(&loop_wake_fd);
    uint64_t one = 1;

    if (fd >= 0) {
        ssize_t written = write(fd, &one, sizeof(one)); /* full: it is awake anyway */
        (void)written;
    }
}

static void loop_close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

void host_loop_close(void)
{
    if (!loop.open) {
        return;
    }
    CORE_ASSERT(loop.streams == 0); /* their owners close them: they know their close callbacks */
    atomic_store(&loop_wake_fd, -1);
    uv_walk(&loop.uv, loop_close_handle, NULL);
    loop_run(UV_RUN_DEFAULT);
    CORE_ASSERT(uv_loop_close(&loop.uv) == 0);
    close(loop.wake_fd);
    loop.wake_fd = -1;
    loop.open = false;
}
