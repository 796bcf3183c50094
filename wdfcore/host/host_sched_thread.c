/* host_sched_thread.c - the thread scheduler: tasks that own no processor until they claim one, and a
 * thread for each processor that takes what comes while it is free.
 *
 * Normal path: a kick wakes the processor's thread, which claims it, lets nt dispatch, and releases
 * it. A task that raises its IRQL claims a processor, and looks at what came meanwhile when it
 * releases it. Both orders (set, then look whether it is owned; release, then look whether something
 * is set) are sequentially consistent, so that nothing is left lying.
 * Teardown: the world is paused; every context jumps to the base of its thread.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#include "base/assert.h"
#include "host/host_loop.h"
#include "host/host_scheduler.h"
#include "host/host_thread.h"
#include "host/host_trap.h"

#define SPINS_BEFORE_YIELD   64
#define ROUNDS_BETWEEN_POLLS 64 /* of a processor that is kicked again before it could sleep */

static struct {
    struct thread_processor processors[HOST_MAX_PROCESSORS];
    pthread_mutex_t lock;       /* the next four */
    pthread_cond_t ended;       /* a task has left */
    struct host_thread *pool;   /* threads without a task; kept from machine to machine */
    struct host_task *tasks;    /* all of the machine */
    struct host_task *claimers; /* those that wait for a processor */
    atomic_bool claimed_all;    /* claimers is not empty */
} threads = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

struct thread_processor *host_thread_processor(uint32_t number)
{
    return &threads.processors[number];
}

/* ---- tasks ---- */

static struct host_task *thread_task_current(void)
{
    return host_thread_self != NULL ? host_thread_self->task : NULL;
}

/* On its own thread, not active: until it is woken. */
static void thread_sleep(struct host_thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    while (!thread->woken && !host_world_is_ending()) {
        pthread_cond_wait(&thread->changed, &thread->lock);
    }
    thread->woken = false;
    thread->waiting = false;
    pthread_mutex_unlock(&thread->lock);
    host_world_gate();
}

static void thread_task_wake(struct host_task *task)
{
    struct host_thread *thread = task->thread;

    pthread_mutex_lock(&thread->lock);
    if (thread->waiting && !thread->woken) {
        host_world_join(task->processor);
        pthread_cond_signal(&thread->changed);
    }
    thread->woken = true;
    pthread_mutex_unlock(&thread->lock);
}

static void thread_task_block(void)
{
    struct host_thread *thread = host_thread_self;

    pthread_mutex_lock(&thread->lock);
    if (thread->woken) {
        thread->woken = false;
        pthread_mutex_unlock(&thread->lock);
        return;
    }
    thread->waiting = true;
    pthread_mutex_unlock(&thread->lock);
    host_world_rest(thread->task->processor);
    thread_sleep(thread);
}

/* The task is over or abandoned: its thread is free for another. */
static void thread_task_end(struct host_thread *thread)
{
    struct host_task *task = thread->task;

    host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
    host_world_rest(task->processor); /* who stops the machine waits only for what follows */
    pthread_mutex_lock(&threads.lock);
    DL_DELETE2(threads.tasks, task, previous_all, next_all);
    free(task);
    thread->task = NULL;
    thread->next = threads.pool;
    threads.pool = thread;
    if (threads.tasks == NULL) {
        pthread_cond_signal(&threads.ended);
    }
    pthread_mutex_unlock(&threads.lock);
}

static void thread_await_task(struct host_thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    while (thread->task == NULL) {
        pthread_cond_wait(&thread->changed, &thread->lock);
    }
    pthread_mutex_unlock(&thread->lock);
}

static void *task_thread_main(void *argument)
{
    struct host_thread *thread = argument;

    host_thread_arrive(thread);
    for (;;) {
        thread_await_task(thread);
        host_watchdog_watch(&thread->watched);
        if (_setjmp(thread->base) == 0) {
            struct host_task *task = thread->task;

            thread_sleep(thread);
            host.config.upcalls.current(HOST_NO_PROCESSOR, task);
            task->entry(task->argument);
            CORE_ASSERT(!"the entry of a task returned");
        }
        host_thread_landed(thread);
        host_watchdog_forget(&thread->watched);
        thread_task_end(thread);
    }
    return NULL;
}

static struct host_thread *pool_take(void)
{
    struct host_thread *thread;

    pthread_mutex_lock(&threads.lock);
    thread = threads.pool;
    if (thread != NULL) {
        threads.pool = thread->next;
    }
    pthread_mutex_unlock(&threads.lock);
    if (thread == NULL) {
        thread = calloc(1, sizeof(*thread));
        if (thread != NULL) {
            thread->processor = HOST_NO_PROCESSOR;
            if (!host_thread_start(thread, task_thread_main)) {
                free(thread);
                return NULL;
            }
            pthread_detach(thread->id);
        }
    }
    return thread;
}

static struct host_task *thread_task_create(void (*entry)(void *), void *argument,
                                            uint64_t affinity, void *cookie)
{
    struct host_task *task = calloc(1, sizeof(*task));
    struct host_thread *thread = task != NULL ? pool_take() : NULL;

    if (thread == NULL) {
        free(task);
        return NULL;
    }
    task->thread = thread;
    task->entry = entry;
    task->argument = argument;
    task->affinity = affinity;
    task->processor = (uint32_t)__builtin_ctzll(affinity);
    task->cookie = cookie;
    pthread_mutex_lock(&threads.lock);
    DL_APPEND2(threads.tasks, task, previous_all, next_all);
    pthread_mutex_unlock(&threads.lock);
    pthread_mutex_lock(&thread->lock);
    thread->woken = false;
    thread->waiting = true;
    thread->task = task;
    pthread_cond_signal(&thread->changed);
    pthread_mutex_unlock(&thread->lock);
    return task;
}

static void thread_task_yield(void)
{
    sched_yield();
}

static void thread_task_set_affinity(uint64_t affinity)
{
    struct host_task *task = thread_task_current();

    task->affinity = affinity;
    if ((affinity >> task->processor & 1) == 0) {
        uint32_t home = (uint32_t)__builtin_ctzll(affinity);

        host_world_move(task->processor, home);
        task->processor = home;
    }
}

/* With threads it runs beside the other tasks of its processor anyway. */
static void thread_task_set_urgent(struct host_task *task)
{
    task->urgent = true;
}

static void thread_context_leave(void)
{
    host_thread_leave();
}

/* ---- owning a processor ---- */

bool host_processor_try_claim(uint32_t processor)
{
    bool owned = atomic_load_explicit(&threads.processors[processor].owned, memory_order_relaxed);

    return !owned && !atomic_exchange(&threads.processors[processor].owned, true);
}

/* The home if it is free, else any of the affinity. HOST_NO_PROCESSOR: none is. */
static uint32_t claim_any(struct host_task *task)
{
    uint64_t others;

    CORE_ASSERT(task->processor < HOST_MAX_PROCESSORS);
    others = task->affinity & ~(1ULL << task->processor);
    if (host_processor_try_claim(task->processor)) {
        return task->processor;
    }
    for (; others != 0; others &= others - 1) {
        uint32_t processor = (uint32_t)__builtin_ctzll(others);

        if (processor < host.config.processors && host_processor_try_claim(processor)) {
            return processor;
        }
    }
    return HOST_NO_PROCESSOR;
}

static void claimer_leave(struct host_task *task)
{
    if (task->claiming) {
        task->claiming = false;
        DL_DELETE(threads.claimers, task);
        atomic_store(&threads.claimed_all, threads.claimers != NULL);
    }
}

/* Every processor of the task was owned: sleep until one is released. */
static uint32_t claim_wait(struct host_task *task)
{
    uint32_t processor;

    pthread_mutex_lock(&threads.lock);
    task->claiming = true;
    DL_APPEND(threads.claimers, task);
    atomic_store(&threads.claimed_all, true);
    pthread_mutex_unlock(&threads.lock);
    processor = claim_any(task); /* one may have been released before we were seen */
    if (processor == HOST_NO_PROCESSOR) {
        thread_task_block();
        processor = claim_any(task);
    }
    pthread_mutex_lock(&threads.lock);
    claimer_leave(task);
    pthread_mutex_unlock(&threads.lock);
    return processor;
}

uint32_t host_processor_claim(void)
{
    struct host_task *task = host_thread_self->task;
    uint32_t processor = claim_any(task);

    while (processor == HOST_NO_PROCESSOR) {
        processor = claim_wait(task);
    }
    if (processor != task->processor) {
        host_world_move(task->processor, processor);
        task->processor = processor;
    }
    return processor;
}

static void claimers_wake(void)
{
    pthread_mutex_lock(&threads.lock);
    while (threads.claimers != NULL) {
        struct host_task *task = threads.claimers;

        claimer_leave(task);
        thread_task_wake(task);
    }
    pthread_mutex_unlock(&threads.lock);
}

void host_processor_release(uint32_t processor)
{
    struct thread_processor *p = &threads.processors[processor];

    atomic_store(&p->owned, false);
    if (atomic_load(&threads.claimed_all)) {
        claimers_wake();
    }
    if (atomic_load(&p->defers)) { /* something else may be due by now */
        atomic_store(&p->defers, false);
        host_loop_wake_processor(processor);
    }
}

uint32_t host_task_home(void)
{
    return host_thread_self->task->processor;
}

void host_pause_point(void)
{
    host_world_gate();
}

/* ---- the processors' own threads ---- */

/* Its own thread serves it: always, but in a driven machine only while host_run drives. */
static bool processor_serves_itself(void)
{
    return !host.config.driven || host_world_runs();
}

static void thread_processor_kick(uint32_t processor)
{
    struct thread_processor *p = &threads.processors[processor];

    if (atomic_load(&p->owned)) {
        return; /* its owner looks when it lets go */
    }
    if (!atomic_exchange(&p->kicked, true)) {
        host_world_join(processor);
        if (!host_visitor_wake(p) && processor_serves_itself()) {
            host_loop_wake_processor(processor);
        } /* else the next visit finds that it was kicked */
    }
}

/* How long the thread of this processor may sleep: the first one waits for what is due. */
static uint64_t processor_patience(uint32_t processor)
{
    uint64_t due;
    uint64_t now;

    if (processor != 0 || host_clock_is_virtual()) {
        return HOST_NEVER;
    }
    due = host.config.upcalls.next_due();
    host_clock_refresh();
    now = host_clock_machine();
    return due == HOST_NEVER ? HOST_NEVER : (due > now ? due - now : 0);
}

static void processor_sleep(struct thread_processor *p)
{
    uint32_t number = p->thread.processor;

    while (!(atomic_load(&p->kicked) && processor_serves_itself()) && !host_world_is_ending()) {
        uint64_t patience = processor_patience(number);

        if (patience == 0) {
            atomic_store(&p->defers, true);
            host.config.upcalls.due(); /* kicks us, unless the owner will see to it */
            patience = atomic_load(&p->kicked) || !atomic_load(&p->owned) ? 0 : HOST_NEVER;
            patience = processor_serves_itself() ? patience : HOST_NEVER;
        }
        if (patience != 0) {
            host_loop_sleep(number, patience);
        }
    }
}

static void processor_work(uint32_t number)
{
    do {
        if (!host_processor_try_claim(number)) {
            return; /* a task owns it, and looks when it lets go */
        }
        host.config.upcalls.current(number, NULL);
        host.config.upcalls.dispatch(number);
        host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
        host_processor_release(number);
    } while (host.config.upcalls.pending(number));
}

/* It was kicked. A visitor may be quicker: only who turns that off is active, and may park. Without
 * visitors what kicks it while it is parked is the same kick. */
static void processor_serve(struct thread_processor *p)
{
    if (!host.config.driven) {
        host_world_gate();
    }
    if (atomic_exchange(&p->kicked, false)) {
        host_world_gate();
        processor_work(p->thread.processor);
        host_world_rest(p->thread.processor);
    }
}

static void *processor_thread_main(void *argument)
{
    struct thread_processor *p = argument;
    uint32_t number = p->thread.processor;

    host_thread_arrive(&p->thread);
    host_watchdog_watch(&p->thread.watched);
    if (_setjmp(p->thread.base) == 0) {
        while (!host_world_is_ending()) {
            processor_sleep(p);
            if (number == 0 && ++p->rounds % ROUNDS_BETWEEN_POLLS == 0) {
                host_loop_handle();
            }
            processor_serve(p);
        }
    } else if (!host_world_is_ending()) { /* abandoned: it stays owned, nobody uses it again */
        host_world_rest(number);
        if (atomic_exchange(&p->kicked, false)) { /* while it was parked, on its way */
            host_world_rest(number);
        }
    }
    host_thread_landed(&p->thread);
    host_watchdog_forget(&p->thread.watched);
    host_trap_thread_end();
    return NULL;
}

/* ---- what fibers do with the turn ---- */

static bool thread_processor_is_idle(uint32_t processor)
{
    return !atomic_load(&threads.processors[processor].owned) &&
           !atomic_load(&threads.processors[processor].kicked);
}

static bool thread_processor_has_work(uint32_t processor)
{
    return atomic_load(&host.processors[processor].runners) > 0;
}

/* Others run by themselves: nobody has to make way for them. */
static bool thread_no(void)
{
    return false;
}

static bool thread_turn_pass(uint32_t processor)
{
    static _Thread_local unsigned spins;

    (void)processor;
    if (++spins % SPINS_BEFORE_YIELD == 0) {
        sched_yield(); /* whoever holds what is spun for may want this host processor */
    } else {
        __builtin_ia32_pause();
    }
    return true;
}

static void thread_nothing(void)
{
}

/* The first processor delivers posts. */
static void thread_posted(void)
{
    host.config.upcalls.attention(0);
    thread_processor_kick(0);
}

void host_due_moved(void)
{
    if (!host_clock_is_virtual()) {
        host_loop_wake_processor(0);
    }
}

static bool thread_stack_guards(const void *address)
{
    const char *byte = address;
    const struct host_thread *thread = host_thread_self;
    ptrdiff_t page = (ptrdiff_t)sysconf(_SC_PAGESIZE);

    return thread != NULL && byte >= thread->stack_low - page && byte < thread->stack_low + page;
}

static void thread_halt(void)
{
    atomic_store(&host.halted, true);
    host_visitors_poke();
    host_world_poke();
}

static int thread_attach(struct uv_loop_s *loop)
{
    (void)loop;
    return -ENOTSUP; /* its callbacks would have to run on the program's thread */
}

/* ---- start and stop ---- */

static void processors_join(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        host_loop_wake_processor(i);
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(threads.processors[i].thread.id, NULL);
    }
}

static int thread_start(void)
{
    host_world_start();
    for (uint32_t i = 0; i < host.config.processors; i++) {
        struct thread_processor *p = &threads.processors[i];

        p->thread.processor = i;
        atomic_store(&p->owned, false);
        atomic_store(&p->kicked, false);
        atomic_store(&p->defers, false);
        atomic_store(&p->visited, false);
        atomic_store(&p->poked, false);
        atomic_store(&p->sleeps, 0);
    }
    for (uint32_t i = 0; i < host.config.processors; i++) {
        if (!host_loop_open(i) ||
            !host_thread_start(&threads.processors[i].thread, processor_thread_main)) {
            host_world_end();
            processors_join(i);
            host_loop_close();
            return -EAGAIN;
        }
    }
    return 0;
}

static void tasks_leave(void)
{
    struct host_task *task;

    pthread_mutex_lock(&threads.lock);
    DL_FOREACH2(threads.tasks, task, next_all)
    {
        pthread_mutex_lock(&task->thread->lock);
        pthread_cond_signal(&task->thread->changed);
        pthread_mutex_unlock(&task->thread->lock);
    }
    while (threads.tasks != NULL) {
        pthread_cond_wait(&threads.ended, &threads.lock);
    }
    threads.claimers = NULL;
    atomic_store(&threads.claimed_all, false);
    pthread_mutex_unlock(&threads.lock);
}

static void thread_stop(void)
{
    host_world_end();
    tasks_leave();
    processors_join(host.config.processors);
}

static void thread_run_interrupt(void)
{
    host_visitors_poke();
    host_world_poke();
}

const struct host_scheduler_ops host_scheduler_thread = {
    .start = thread_start,
    .stop = thread_stop,
    .task_create = thread_task_create,
    .task_current = thread_task_current,
    .task_wake = thread_task_wake,
    .task_block = thread_task_block,
    .task_yield = thread_task_yield,
    .task_exit = thread_context_leave,
    .task_set_affinity = thread_task_set_affinity,
    .task_set_urgent = thread_task_set_urgent,
    .processor_kick = thread_processor_kick,
    .processor_has_work = thread_processor_has_work,
    .processor_is_idle = thread_processor_is_idle,
    .others_have_work = thread_no,
    .turn_pass = thread_turn_pass,
    .turn_is_behind = thread_no,
    .loop_poll = thread_nothing,
    .posted = thread_posted,
    .context_abandon = thread_context_leave,
    .stack_guards = thread_stack_guards,
    .halt = thread_halt,
    .run = host_world_run,
    .run_escape = thread_no,
    .run_recheck = host_world_poke,
    .run_interrupt = thread_run_interrupt,
    .attach = thread_attach,
};
