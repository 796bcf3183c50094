/* host_loop.c - the only caller of uv_run. It runs on the stack that called host_run, never nested.
 * With threads each processor's thread sleeps in ppoll. The first one watches the descriptor of its
 * loop there and runs the loop without waiting, under the lock, so that any thread may start and
 * stop handles: who does marks the loop as changed and wakes it.
 * Attached, the loop is the program's, which runs it itself; handles at both ends of its poll phase then
 * let the machine work.
 * A loop of libuv before 1.45 that is woken by uv_async spins against its waker; ours is woken
 * through one eventfd of our own.
 */
#include "host/host_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "base/assert.h"
#include "base/lock.h"
#include "host/host.h"

struct loop {
    uv_loop_t own;
    uv_loop_t *uv; /* own, or the program's */
    uv_poll_t wake_poll;
    uv_timer_t timer;
    _Atomic int wake_fd; /* 1 more than the descriptor, 0: none; a signal handler may look */
    bool open;
    bool running; /* inside uv_run */
    bool changed; /* (lock) a handle was, since uv_run began */
};

/* With fibers there is only the first; streams live on the first. */
static struct loop loops[HOST_MAX_PROCESSORS];

static struct {
    struct base_lock lock;
    _Atomic unsigned streams;
    _Atomic bool used;    /* the first loop has handles */
    uv_prepare_t prepare; /* attached only, like the next three */
    uv_check_t check;
    void (*pump)(void);
    unsigned closing; /* handles whose close callback has not come */
} shared = {.lock = {.rank = BASE_RANK_STREAM}};

void host_loop_lock(void)
{
    base_lock_acquire(&shared.lock);
}

void host_loop_unlock(void)
{
    base_lock_release(&shared.lock);
}

static int loop_wake_fd(const struct loop *loop)
{
    return atomic_load(&loop->wake_fd) - 1;
}

static void loop_woken(uv_poll_t *poll, int status, int events)
{
    const struct loop *loop = poll->data;
    uint64_t count;

    (void)status;
    (void)events;
    while (read(loop_wake_fd(loop), &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

static void loop_open(struct loop *loop, uv_loop_t *uv, int wake_fd)
{
    loop->uv = uv;
    CORE_ASSERT(uv_poll_init(uv, &loop->wake_poll, wake_fd) == 0);
    loop->wake_poll.data = loop;
    if (!base_threaded) { /* there it would take what is to end a sleep */
        CORE_ASSERT(uv_poll_start(&loop->wake_poll, UV_READABLE, loop_woken) == 0);
    }
    CORE_ASSERT(uv_timer_init(uv, &loop->timer) == 0);
    loop->open = true;
    atomic_store(&loop->wake_fd, wake_fd + 1);
}

static int loop_make_wake_fd(void)
{
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

bool host_loop_open(uint32_t processor)
{
    struct loop *loop = &loops[processor];
    int wake_fd;

    if (loop->open) {
        return true;
    }
    wake_fd = loop_make_wake_fd();
    if (wake_fd < 0) {
        return false;
    }
    if (uv_loop_init(&loop->own) != 0) {
        close(wake_fd);
        return false;
    }
    loop_open(loop, &loop->own, wake_fd);
    return true;
}

struct uv_loop_s *host_loop_uv(void)
{
    if (!host_loop_open(0)) {
        return NULL;
    }
    atomic_store(&shared.used, true);
    return loops[0].uv;
}

/* ---- on the program's own loop ---- */

static void loop_prepare(uv_prepare_t *prepare)
{
    (void)prepare;
    shared.pump();
}

static void loop_check(uv_check_t *check)
{
    (void)check;
    shared.pump();
}

int host_loop_attach(struct uv_loop_s *uv, void (*pump)(void))
{
    int wake_fd;

    if (loops[0].open) {
        return -EBUSY;
    }
    wake_fd = loop_make_wake_fd();
    if (wake_fd < 0) {
        return -errno;
    }
    loop_open(&loops[0], uv, wake_fd);
    shared.pump = pump;
    CORE_ASSERT(uv_prepare_init(uv, &shared.prepare) == 0);
    CORE_ASSERT(uv_prepare_start(&shared.prepare, loop_prepare) == 0);
    CORE_ASSERT(uv_check_init(uv, &shared.check) == 0);
    CORE_ASSERT(uv_check_start(&shared.check, loop_check) == 0);
    /* Only what the machine waits for keeps the program's loop alive: streams and the timer. */
    uv_unref((uv_handle_t *)&loops[0].wake_poll);
    uv_unref((uv_handle_t *)&shared.prepare);
    uv_unref((uv_handle_t *)&shared.check);
    return 0;
}

void host_loop_poke(void)
{
    if (shared.pump != NULL) {
        host_loop_arm(0);
    }
}

void host_loop_stream_opened(void)
{
    atomic_fetch_add(&shared.streams, 1);
}

void host_loop_stream_closed(void)
{
    CORE_ASSERT(atomic_load(&shared.streams) > 0);
    atomic_fetch_sub(&shared.streams, 1);
}

bool host_loop_has_streams(void)
{
    return atomic_load_explicit(&shared.streams, memory_order_relaxed) > 0;
}

static void loop_run(struct loop *loop, uv_run_mode mode)
{
    CORE_ASSERT(!loop->running);
    loop->running = true;
    uv_run(loop->uv, mode);
    loop->running = false;
}

void host_loop_turn(void)
{
    if (loops[0].open) {
        loop_run(&loops[0], UV_RUN_NOWAIT);
    }
}

static void loop_timeout(uv_timer_t *timer)
{
    (void)timer; /* its only work is to end the wait */
}

static void loop_arm(struct loop *loop, uint64_t timeout_ns)
{
    uv_timer_stop(&loop->timer);
    if (timeout_ns != HOST_NEVER) {
        /* libuv counts milliseconds; rounding up keeps us from spinning through the last one. It repeats:
         * uv_run looks at timers first, and if the time has come by then, the host having run something
         * else meanwhile, it would wait in poll for ever. */
        uv_update_time(loop->uv);
        uv_timer_start(&loop->timer, loop_timeout, (timeout_ns + 999999) / 1000000, 1);
    }
}

void host_loop_wait(uint64_t timeout_ns)
{
    CORE_ASSERT(host_loop_uv() != NULL);
    loop_arm(&loops[0], timeout_ns);
    loop_run(&loops[0], UV_RUN_ONCE);
    uv_timer_stop(&loops[0].timer);
}

void host_loop_arm(uint64_t timeout_ns)
{
    loop_arm(&loops[0], timeout_ns);
}

void host_loop_wake_processor(uint32_t processor)
{
    int fd = loop_wake_fd(&loops[processor]);
    uint64_t one = 1;

    if (fd >= 0) {
        ssize_t written = write(fd, &one, sizeof(one)); /* full: it is awake anyway */
        (void)written;
    }
}

void host_loop_wake(void)
{
    host_loop_wake_processor(0);
}

/* ---- with threads ---- */

void host_loop_changed(void)
{
    loops[0].changed = true;
    if (base_threaded && !loops[0].running) {
        host_loop_wake_processor(0);
    }
}

/* What is ready, and what was started meanwhile. Returns when the loop wants to run again. */
static uint64_t loop_handle(struct loop *loop)
{
    int timeout_ms;

    host_loop_lock();
    do {
        loop->changed = false;
        loop_run(loop, UV_RUN_NOWAIT);
    } while (loop->changed);
    timeout_ms = uv_loop_alive(loop->uv) ? uv_backend_timeout(loop->uv) : -1;
    host_loop_unlock();
    return timeout_ms < 0 ? HOST_NEVER : (uint64_t)timeout_ms * 1000000;
}

void host_loop_handle(void)
{
    if (atomic_load(&shared.used)) {
        loop_handle(&loops[0]);
    }
}

/* Who wakes us has set what we look at before, and we look at it again afterwards. */
void host_loop_sleep(uint32_t processor, uint64_t timeout_ns)
{
    struct loop *loop = &loops[processor];
    struct pollfd polled[2] = {{.fd = loop_wake_fd(loop), .events = POLLIN},
                               {.fd = -1, .events = POLLIN}};
    struct timespec timeout;
    uint64_t count;

    if (processor == 0 && atomic_load(&shared.used)) {
        uint64_t loop_ns = loop_handle(loop);

        timeout_ns = loop_ns < timeout_ns ? loop_ns : timeout_ns;
        polled[1].fd = uv_backend_fd(loop->uv);
    }
    timeout.tv_sec = (time_t)(timeout_ns / 1000000000);
    timeout.tv_nsec = (long)(timeout_ns % 1000000000);
    if (ppoll(polled, 2, timeout_ns != HOST_NEVER ? &timeout : NULL, NULL) > 0 &&
        polled[0].revents != 0) {
        ssize_t got = read(polled[0].fd, &count, sizeof(count));
        (void)got;
    }
}

/* ---- close ---- */

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
    shared.closing--;
}

static void loop_detach_handle(uv_handle_t *handle)
{
    shared.closing++;
    uv_close(handle, loop_closed);
}

/* Our handles leave the program's loop; its own stay. */
static void loop_detach(void)
{
    loop_detach_handle((uv_handle_t *)&loops[0].wake_poll);
    loop_detach_handle((uv_handle_t *)&loops[0].timer);
    loop_detach_handle((uv_handle_t *)&shared.prepare);
    loop_detach_handle((uv_handle_t *)&shared.check);
    shared.pump = NULL;
    while (shared.closing > 0) {
        loop_run(&loops[0], UV_RUN_NOWAIT);
    }
}

static void loop_close(struct loop *loop)
{
    int wake_fd = loop_wake_fd(loop);

    atomic_store(&loop->wake_fd, 0);
    if (loop == &loops[0] && shared.pump != NULL) {
        loop_detach();
    } else {
        uv_walk(loop->uv, loop_close_handle, NULL);
        loop_run(loop, UV_RUN_DEFAULT);
        CORE_ASSERT(uv_loop_close(loop->uv) == 0);
    }
    close(wake_fd);
    loop->open = false;
    if (loop == &loops[0]) {
        atomic_store(&shared.used, false);
    }
}

void host_loop_close(void)
{
    CORE_ASSERT(!host_loop_has_streams()); /* their owners close them: they know their callbacks */
    for (uint32_t i = 0; i < HOST_MAX_PROCESSORS; i++) {
        if (loops[i].open) {
            loop_close(&loops[i]);
        }
    }
}
