/* host_loop.c - the only caller of uv_run. It runs on the stack that called host_run, never nested.
 * Attached, the loop is the program's, which runs it itself; handles at both ends of its poll phase then
 * let the machine work.
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
    uv_loop_t own;
    uv_loop_t *uv; /* own, or the program's */
    uv_poll_t wake_poll;
    uv_timer_t timer;
    uv_prepare_t prepare; /* attached only, like the next three */
    uv_check_t check;
    void (*pump)(void);
    unsigned closing; /* handles whose close callback has not come */
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

static void loop_open(uv_loop_t *uv)
{
    loop.uv = uv;
    CORE_ASSERT(uv_poll_init(uv, &loop.wake_poll, loop.wake_fd) == 0);
    CORE_ASSERT(uv_poll_start(&loop.wake_poll, UV_READABLE, loop_woken) == 0);
    CORE_ASSERT(uv_timer_init(uv, &loop.timer) == 0);
    loop.open = true;
    atomic_store(&loop_wake_fd, loop.wake_fd);
}

static bool loop_open_wake(void)
{
    loop.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return loop.wake_fd >= 0;
}

struct uv_loop_s *host_loop_uv(void)
{
    if (loop.open) {
        return loop.uv;
    }
    if (!loop_open_wake()) {
        return NULL;
    }
    if (uv_loop_init(&loop.own) != 0) {
        close(loop.wake_fd);
        loop.wake_fd = -1;
        return NULL;
    }
    loop_open(&loop.own);
    return loop.uv;
}

/* ---- on the program's own loop ---- */

static void loop_prepare(uv_prepare_t *prepare)
{
    (void)prepare;
    loop.pump();
}

static void loop_check(uv_check_t *check)
{
    (void)check;
    loop.pump();
}

int host_loop_attach(struct uv_loop_s *uv, void (*pump)(void))
{
    if (loop.open) {
        return -EBUSY;
    }
    if (!loop_open_wake()) {
        return -errno;
    }
    loop_open(uv);
    loop.pump = pump;
    CORE_ASSERT(uv_prepare_init(uv, &loop.prepare) == 0);
    CORE_ASSERT(uv_prepare_start(&loop.prepare, loop_prepare) == 0);
    CORE_ASSERT(uv_check_init(uv, &loop.check) == 0);
    CORE_ASSERT(uv_check_start(&loop.check, loop_check) == 0);
    /* Only what the machine waits for keeps the program's loop alive: streams and the timer. */
    uv_unref((uv_handle_t *)&loop.wake_poll);
    uv_unref((uv_handle_t *)&loop.prepare);
    uv_unref((uv_handle_t *)&loop.check);
    return 0;
}

void host_loop_poke(void)
{
    if (loop.pump != NULL) {
        host_loop_arm(0);
    }
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
    uv_run(loop.uv, mode);
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
    host_loop_arm(timeout_ns);
    loop_run(UV_RUN_ONCE);
    uv_timer_stop(&loop.timer);
}

void host_loop_arm(uint64_t timeout_ns)
{
    uv_timer_stop(&loop.timer);
    if (timeout_ns != HOST_NEVER) {
        /* libuv counts milliseconds; rounding up keeps us from spinning through the last one. */
        uv_update_time(loop.uv);
        uv_timer_start(&loop.timer, loop_timeout, (timeout_ns + 999999) / 1000000, 0);
    }
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

static void loop_closed(uv_handle_t *handle)
{
    (void)handle;
    loop.closing--;
}

static void loop_detach_handle(uv_handle_t *handle)
{
    loop.closing++;
    uv_close(handle, loop_closed);
}

/* Our handles leave the program's loop; its own stay. */
static void loop_detach(void)
{
    loop_detach_handle((uv_handle_t *)&loop.wake_poll);
    loop_detach_handle((uv_handle_t *)&loop.timer);
    loop_detach_handle((uv_handle_t *)&loop.prepare);
    loop_detach_handle((uv_handle_t *)&loop.check);
    loop.pump = NULL;
    while (loop.closing > 0) {
        loop_run(UV_RUN_NOWAIT);
    }
}

void host_loop_close(void)
{
    if (!loop.open) {
        return;
    }
    CORE_ASSERT(loop.streams == 0); /* their owners close them: they know their close callbacks */
    atomic_store(&loop_wake_fd, -1);
    if (loop.pump != NULL) {
        loop_detach();
    } else {
        uv_walk(loop.uv, loop_close_handle, NULL);
        loop_run(UV_RUN_DEFAULT);
        CORE_ASSERT(uv_loop_close(loop.uv) == 0);
    }
    close(loop.wake_fd);
    loop.wake_fd = -1;
    loop.open = false;
}
