/* host_watchdog.c - see host_watchdog.h. The thread is made once a process and never ends; between
 * machines and while contexts rest it sleeps long. It measures the CPU time of each watched thread,
 * never wall-clock time, so a busy host cannot raise a false alarm.
 */
#include "host/host_watchdog.h"

#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <utlist.h>

#include "base/assert.h"
#include "base/lock.h"
#include "host/host_internal.h"
#include "host/host_sanitizer.h"

#define TICK_NS        1000000ull
#define REST_NS        100000000ull
#define LIMIT_NS       ((HOST_SANITIZED ? 20ull : 2ull) * 1000000000ull)
#define MAXIMUM_FRAMES 32
#define CAPTURE_SIGNAL SIGURG
#define NS_PER_SECOND  1000000000ull

static struct {
    pthread_t thread;
    bool created;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool watching; /* under lock, like the next four */
    bool real;
    struct host_watched *watched;
    struct host_watched runner; /* the thread that runs a machine of fibers */
    struct host_upcalls upcalls;
    atomic_bool inside;
    atomic_int frame_count; /* what the signal handler captured; -1: not yet */
    void *frames[MAXIMUM_FRAMES];
} watchdog = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static uint64_t cpu_ns(const struct host_watched *watched)
{
    struct timespec used;

    if (clock_gettime(watched->cpu_clock, &used) != 0) {
        return 0;
    }
    return (uint64_t)used.tv_sec * NS_PER_SECOND + (uint64_t)used.tv_nsec;
}

static void capture_frames(int signal_number)
{
    (void)signal_number;
    atomic_store(&watchdog.frame_count, backtrace(watchdog.frames, MAXIMUM_FRAMES));
}

/* The watched thread is stuck in code without windows: learn where, then end the process. */
static void report_stuck(const struct host_watched *watched)
{
    const struct timespec pause = {.tv_nsec = TICK_NS};
    int count;

    atomic_store(&watchdog.frame_count, -1);
    pthread_kill(watched->thread, CAPTURE_SIGNAL);
    for (int i = 0; i < 500 && atomic_load(&watchdog.frame_count) < 0; i++) {
        nanosleep(&pause, NULL);
    }
    count = atomic_load(&watchdog.frame_count);
    watchdog.upcalls.no_window(watchdog.frames, count > 0 ? count : 0);
    _exit(3);
}

static void wait_locked(uint64_t ns)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    ns += (uint64_t)end.tv_nsec;
    end.tv_sec += (time_t)(ns / NS_PER_SECOND);
    end.tv_nsec = (long)(ns % NS_PER_SECOND);
    pthread_cond_timedwait(&watchdog.changed, &watchdog.lock, &end);
}

/* resting: no context runs, so that no window is due. */
static void look_at(struct host_watched *watched, bool resting)
{
    uint64_t heartbeat = watchdog.upcalls.heartbeat(watched->pulse);

    if (resting || heartbeat != watched->heartbeat) {
        watched->heartbeat = heartbeat;
        watched->cpu_at_heartbeat = cpu_ns(watched);
    } else if (cpu_ns(watched) - watched->cpu_at_heartbeat > LIMIT_NS) {
        report_stuck(watched);
    }
}

static void *watchdog_main(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&watchdog.lock);
    for (;;) {
        bool inside = atomic_load_explicit(&watchdog.inside, memory_order_acquire);
        struct host_watched *watched;

        if (!watchdog.watching) {
            pthread_cond_wait(&watchdog.changed, &watchdog.lock);
            continue;
        }
        DL_FOREACH (watchdog.watched, watched) {
            look_at(watched, !inside || atomic_load(&watched->away));
        }
        if (watchdog.real && inside) {
            watchdog.upcalls.attention(HOST_NO_PROCESSOR);
        }
        wait_locked(watchdog.real ? TICK_NS : REST_NS);
    }
    return NULL;
}

static void watchdog_create(void)
{
    struct sigaction action = {.sa_handler = capture_frames, .sa_flags = SA_RESTART};
    sigset_t all;
    sigset_t old;
    void *warm_up[1];

    backtrace(warm_up, 1); /* loads what it needs now, not in the handler */
    sigaction(CAPTURE_SIGNAL, &action, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    CORE_ASSERT(pthread_create(&watchdog.thread, NULL, watchdog_main, NULL) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    watchdog.created = true;
}

static void watch_locked(struct host_watched *watched)
{
    watched->thread = pthread_self();
    CORE_ASSERT(pthread_getcpuclockid(watched->thread, &watched->cpu_clock) == 0);
    watched->pulse = host.config.upcalls.pulse();
    watched->heartbeat = 0;
    watched->cpu_at_heartbeat = cpu_ns(watched);
    DL_APPEND(watchdog.watched, watched);
}

void host_watchdog_watch(struct host_watched *watched)
{
    pthread_mutex_lock(&watchdog.lock);
    watch_locked(watched);
    pthread_mutex_unlock(&watchdog.lock);
}

void host_watchdog_forget(struct host_watched *watched)
{
    pthread_mutex_lock(&watchdog.lock);
    DL_DELETE(watchdog.watched, watched);
    pthread_mutex_unlock(&watchdog.lock);
}

void host_watchdog_start(void)
{
    if (!watchdog.created) {
        watchdog_create();
    }
    pthread_mutex_lock(&watchdog.lock);
    if (!base_threaded) {
        watch_locked(&watchdog.runner);
    }
    watchdog.upcalls = host.config.upcalls;
    watchdog.real = !host_clock_is_virtual();
    watchdog.watching = true;
    atomic_store(&watchdog.inside, false);
    pthread_cond_signal(&watchdog.changed);
    pthread_mutex_unlock(&watchdog.lock);
}

void host_watchdog_stop(void)
{
    pthread_mutex_lock(&watchdog.lock);
    if (!base_threaded) {
        DL_DELETE(watchdog.watched, &watchdog.runner);
    }
    watchdog.watching = false;
    pthread_mutex_unlock(&watchdog.lock);
}

void host_watchdog_enter(bool inside)
{
    /* Orders the start of the machine before the watchdog's first look at it. */
    atomic_store_explicit(&watchdog.inside, inside, memory_order_release);
}
