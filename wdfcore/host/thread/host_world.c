/* host_world.c - when all contexts rest, and what then happens; driving with threads.
 *
 * Normal path: host_run lets the world go and sleeps; contexts run; the one that makes `active` zero
 * finds what is due, moves virtual time and kicks a processor; or, if nothing can happen, wakes the
 * outside, which pauses the world, asks its condition with nobody running, and returns or goes on.
 */
#include "host/thread/host_thread.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

#include "base/assert.h"
#include "host/host_loop.h"
#include "host/host_trap.h"
#include "host/host_watchdog.h"

static struct {
    pthread_mutex_t lock;
    pthread_cond_t resumed;  /* parked contexts wait for a new generation */
    pthread_cond_t still;    /* the outside waits until all that run have parked */
    sem_t outside;           /* posted when the outside has to look */
    _Atomic uint64_t counts; /* active contexts; ONE_KICK for each of them that is a kick */
    atomic_bool paused;
    atomic_bool ending;
    atomic_bool runs;    /* host_run drives */
    atomic_int visitors; /* threads of the program that drive processors */
    bool asks;           /* (lock) the outside wants to look whenever nobody runs */
    unsigned parked;     /* (lock) */
    unsigned generation; /* (lock) */
} world = {.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, /* see quiet_proceed */
           .resumed = PTHREAD_COND_INITIALIZER,
           .still = PTHREAD_COND_INITIALIZER};

#define ONE_KICK (1ULL << 32)

/* A condition that asks to be asked again polls: between two questions the others get this long, else
 * they would be stopped at each of their windows. */
#define POLL_NS 1000000

/* The outside evaluates its condition; and that asked to be asked again. */
static _Thread_local bool in_condition;
static _Thread_local bool condition_polls;

/* A context that runs, or was woken; or a kick that nobody has taken. */
static unsigned world_active(void)
{
    return (unsigned)atomic_load(&world.counts);
}

/* Of those the ones that have to park before the world is still: a kick waits as it is. */
static unsigned world_running(void)
{
    uint64_t counts = atomic_load(&world.counts);

    return (unsigned)counts - (unsigned)(counts >> 32);
}

void host_world_start(void)
{
    atomic_store(&world.counts, 0);
    atomic_store(&world.paused, true);
    atomic_store(&world.ending, false);
    atomic_store(&world.runs, false);
    atomic_store(&world.visitors, 0);
    world.asks = false;
    world.parked = 0;
    sem_init(&world.outside, 0, 0);
}

void host_world_end(void)
{
    pthread_mutex_lock(&world.lock);
    atomic_store(&world.ending, true);
    world.generation++;
    world.parked = 0;
    pthread_cond_broadcast(&world.resumed);
    pthread_mutex_unlock(&world.lock);
}

bool host_world_is_ending(void)
{
    return atomic_load(&world.ending);
}

/* ---- active ---- */

static void world_join(uint32_t home, uint64_t counts)
{
    struct host_processor *processor = &host.processors[home];
    const struct host_thread *waker = host_thread_self;
    uint64_t now;

    if (host_clock_is_virtual()) {
        now = host_clock_machine();
        if (waker != NULL && waker->task != NULL) {
            uint64_t clock = host_clock_peek(waker->task->processor);

            now = clock > now ? clock : now;
        }
        host_clock_raise(&processor->clock, now); /* what was woken goes on now or later */
    }
    atomic_fetch_add(&processor->runners, 1);
    atomic_fetch_add(&world.counts, counts);
}

void host_world_join(uint32_t home)
{
    world_join(home, 1);
}

void host_world_kick(uint32_t home)
{
    world_join(home, 1 + ONE_KICK);
}

void host_world_kick_taken(void)
{
    atomic_fetch_sub(&world.counts, ONE_KICK);
}

enum quiet {
    QUIET_OVER,    /* a processor was kicked */
    QUIET_WAITING, /* until a real clock or stream brings something */
    QUIET_STUCK,   /* nothing can happen any more */
};

/* Nobody runs and nobody was woken. With the lock: who kicks may find that somebody else did at the same
 * time, and rest for it. */
static enum quiet quiet_proceed(void)
{
    uint64_t due = host.config.upcalls.next_due();

    if (host_posts_pending()) {
        host_processor_kick(0);
        return QUIET_OVER;
    }
    if (!host_clock_is_virtual()) { /* the thread of processor 0 waits for it */
        return due != HOST_NEVER || host_loop_has_streams() ? QUIET_WAITING : QUIET_STUCK;
    }
    if (due == HOST_NEVER) {
        return QUIET_STUCK;
    }
    host_clock_jump(due);
    host.config.upcalls.due();
    return QUIET_OVER;
}

/* With the lock: the world may have come to rest. */
static void quiet_check(void)
{
    if (atomic_load(&world.ending)) {
        return;
    }
    if (atomic_load(&world.paused)) {
        if (world.parked == world_running()) {
            pthread_cond_signal(&world.still);
        }
    } else if (world_active() == 0 && (world.asks || quiet_proceed() == QUIET_STUCK) &&
               atomic_load(&world.runs)) {
        sem_post(&world.outside);
    }
}

/* Somebody wants to know that nobody runs: host_run, or the clock that then moves. */
static bool world_minds_rest(void)
{
    return atomic_load(&world.runs) || host_clock_is_virtual();
}

void host_world_rest(uint32_t home)
{
    if (host_clock_is_virtual()) { /* what it has used stays used once nobody has work */
        host_clock_machine();
    }
    if (atomic_fetch_sub(&host.processors[home].runners, 1) == 1 && host_clock_is_virtual() &&
        world_active() == 1) {
        host_clock_raise(&host.idle_clock, host_clock_peek(home));
    }
    if (((unsigned)atomic_fetch_sub(&world.counts, 1) == 1 && world_minds_rest()) ||
        atomic_load(&world.paused)) {
        pthread_mutex_lock(&world.lock);
        quiet_check();
        pthread_mutex_unlock(&world.lock);
    }
}

void host_world_move(uint32_t from, uint32_t to)
{
    if (from != to) {
        host_clock_raise(&host.processors[to].clock, host_clock_peek(from));
        atomic_fetch_add(&host.processors[to].runners, 1);
        atomic_fetch_sub(&host.processors[from].runners, 1);
    }
}

/* ---- the gate ---- */

void host_world_gate(void)
{
    unsigned generation;

    if (!atomic_load(&world.paused) && !atomic_load(&world.ending)) {
        return;
    }
    pthread_mutex_lock(&world.lock);
    while (atomic_load(&world.paused) && !atomic_load(&world.ending)) {
        world.parked++;
        generation = world.generation;
        quiet_check();
        while (generation == world.generation) {
            pthread_cond_wait(&world.resumed, &world.lock);
        }
    }
    pthread_mutex_unlock(&world.lock);
    if (atomic_load(&world.ending)) {
        host_thread_leave();
    }
}

/* ---- the outside ---- */

void host_world_poke(void)
{
    sem_post(&world.outside);
}

void host_world_recheck(void)
{
    if (in_condition) {
        condition_polls = true;
    } else {
        host_world_poke();
    }
}

static bool condition_ask(bool (*done)(void *), void *context)
{
    bool is_true;

    condition_polls = false;
    in_condition = true;
    is_true = done(context);
    in_condition = false;
    return is_true;
}

/* Until somebody pokes; a condition that polls waits no longer than that. */
static void outside_sleep(void)
{
    struct timespec until;

    if (condition_polls) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += POLL_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        while (sem_clockwait(&world.outside, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR) {
        }
    } else {
        while (sem_wait(&world.outside) != 0) {
        }
    }
    while (sem_trywait(&world.outside) == 0) {
    }
}

static void world_pause(void)
{
    atomic_store(&world.paused, true);
    host.config.upcalls.pause();
    pthread_mutex_lock(&world.lock);
    while (world.parked != world_running()) {
        pthread_cond_wait(&world.still, &world.lock);
    }
    pthread_mutex_unlock(&world.lock);
    host_watchdog_enter(false);
}

/* With the lock. */
static void world_resume_locked(bool asks)
{
    host_watchdog_enter(true);
    world.asks = asks;
    atomic_store(&world.paused, false);
    world.parked = 0;
    world.generation++;
    pthread_cond_broadcast(&world.resumed);
}

static void world_resume(bool asks)
{
    pthread_mutex_lock(&world.lock);
    world_resume_locked(asks);
    pthread_mutex_unlock(&world.lock);
}

/* ---- visitors ---- */

bool host_world_runs(void)
{
    return atomic_load(&world.runs);
}

/* Paused, and no run will make it go on. With the lock. */
static void world_go_on_locked(void)
{
    if (atomic_load(&world.paused) && !atomic_load(&world.runs) && !atomic_load(&world.ending)) {
        world_resume_locked(false);
        quiet_check();
    }
}

void host_world_visit(void)
{
    atomic_fetch_add(&world.visitors, 1);
    if (atomic_load(&world.paused)) {
        pthread_mutex_lock(&world.lock);
        world_go_on_locked();
        pthread_mutex_unlock(&world.lock);
    }
}

void host_world_visit_end(void)
{
    atomic_fetch_sub(&world.visitors, 1);
}

/* ---- running ---- */

/* A run begins: it finds the world paused, and each processor's own thread looks again. */
static void world_run_begin(void)
{
    atomic_store(&world.runs, true);
    for (uint32_t i = 0; host.config.driven && i < host.config.processors; i++) {
        host_loop_wake_processor(i); /* for what was kicked while nobody drove */
    }
    if (!atomic_load(&world.paused)) {
        world_pause();
    }
}

/* It ends: the world stands still, unless visitors are there. */
static enum host_run_result world_run_end(enum host_run_result result)
{
    pthread_mutex_lock(&world.lock);
    atomic_store(&world.runs, false);
    if (atomic_load(&world.visitors) > 0) {
        world_go_on_locked();
    }
    pthread_mutex_unlock(&world.lock);
    return result;
}

/* Paused, and the condition is not true. Returns false if nothing can happen any more. */
static bool world_proceed(bool until_done)
{
    enum quiet quiet = QUIET_OVER;

    pthread_mutex_lock(&world.lock);
    if (world_active() == 0) {
        quiet = quiet_proceed();
    }
    pthread_mutex_unlock(&world.lock);
    return quiet != QUIET_STUCK || (until_done && host.config.upcalls.stuck());
}

enum host_run_result host_world_run(bool (*done)(void *), void *context)
{
    world_run_begin();
    for (;;) { /* here the world is paused */
        if (atomic_load(&host.halted)) {
            return world_run_end(HOST_RUN_HALTED);
        }
        if (done != NULL && condition_ask(done, context)) {
            return world_run_end(HOST_RUN_DONE);
        }
        if (!world_proceed(done != NULL)) {
            return world_run_end(done != NULL ? HOST_RUN_STUCK : HOST_RUN_DONE);
        }
        world_resume(done != NULL);
        outside_sleep();
        world_pause();
    }
}
