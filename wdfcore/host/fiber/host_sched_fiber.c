/* host_sched_fiber.c - the fiber scheduler: which processor has the turn, which task each one runs.
 *
 * Normal path: a task blocks -> its processor takes the first ready task that may run there, else
 * its idle context; an idle context with nothing to do gives the turn to the next processor with
 * work, and the last one to the stack outside, which polls the loop, moves time or ends the run
 * (host_fiber_run.c).
 * Teardown (fiber_stop) waits for nothing: contexts are taken back wherever they stand.
 */
#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/assert.h"
#include "host/host_internal.h"
#include "host/host_loop.h"
#include "host/fiber/host_sched_fiber.h"
#include "host/host_scheduler.h"

#define POLL_INTERVAL_NS 1000000 /* fiber_loop_poll looks no more often */

/* ---- giving the turn ---- */

static struct host_fiber *processor_fiber(uint32_t number)
{
    struct host_processor *processor = &host.processors[number];

    CORE_ASSERT(number < HOST_MAX_PROCESSORS);
    return processor->current != NULL ? processor->current->fiber : processor->idle;
}

/* The processors with work whose clock is the least. */
static uint64_t turn_least(void)
{
    uint64_t least = HOST_NEVER;
    uint64_t mask = 0;

    for (uint64_t left = host.work; left != 0; left &= left - 1) {
        uint32_t number = (uint32_t)__builtin_ctzll(left);
        uint64_t clock = host.processors[number].clock;

        mask = clock < least ? 0 : mask;
        mask |= clock <= least ? 1ULL << number : 0;
        least = clock < least ? clock : least;
    }
    return mask;
}

/* Who is next after `last`: by number, or with costs the least clock. */
uint32_t host_turn_next(uint32_t last)
{
    uint64_t above = last >= 63 ? 0 : host.work & ~((2ULL << last) - 1);
    uint64_t least;

    if (host.work == 0) {
        return HOST_NO_PROCESSOR;
    }
    if (!host.config.costs) {
        return (uint32_t)__builtin_ctzll(above != 0 ? above : host.work);
    }
    least = turn_least();
    if ((least & (least - 1)) == 0 || host.config.upcalls.tie == NULL) {
        return (uint32_t)__builtin_ctzll(least);
    }
    return host.config.upcalls.tie(least);
}

static bool turn_wants_outside(void)
{
    if (host.recheck || atomic_load_explicit(&host.halted, memory_order_relaxed) ||
        atomic_load_explicit(&host.interrupted, memory_order_relaxed)) {
        return true;
    }
    return ++host.passes >= HOST_TURNS_BETWEEN_POLLS && host_loop_has_streams();
}

/* Make the processor the one with the turn; the caller switches to its fiber. */
struct host_fiber *host_turn_give(uint32_t number)
{
    struct host_fiber *fiber = processor_fiber(number);

    host.turn = number;
    host.last = number;
    host.running = fiber;
    host.statistics_turns++;
    host.config.upcalls.current(number, host.processors[number].current);
    return fiber;
}

struct host_fiber *host_turn_give_outside(void)
{
    host.turn = HOST_NO_PROCESSOR;
    host.running = host.outside;
    host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
    return host.outside;
}

static bool fiber_turn_pass(uint32_t processor)
{
    uint32_t self = host.turn;
    uint32_t next = processor;

    CORE_ASSERT(self != HOST_NO_PROCESSOR);
    if (turn_wants_outside()) {
        host_fiber_switch(processor_fiber(self), host_turn_give_outside());
        return true;
    }
    if (next == HOST_NO_PROCESSOR || (host.work >> next & 1) == 0) {
        next = host_turn_next(self);
    }
    if (next == self || next == HOST_NO_PROCESSOR) {
        return false;
    }
    host_fiber_switch(processor_fiber(self), host_turn_give(next));
    return true;
}

static bool fiber_turn_is_behind(void)
{
    return host.config.costs && host.turn != HOST_NO_PROCESSOR &&
           host_turn_next(host.turn) != host.turn;
}

static void fiber_loop_poll(void)
{
    if (host_loop_has_streams() && host.turn != HOST_NO_PROCESSOR &&
        host.real_now - host.polled_at >= POLL_INTERVAL_NS) {
        struct host_fiber *from = processor_fiber(host.turn);

        host.passes = HOST_TURNS_BETWEEN_POLLS;
        host_fiber_switch(from, host_turn_give_outside());
    }
}

/* ---- ready tasks ---- */

static struct host_task *ready_take(uint32_t processor)
{
    struct host_task *task;
    struct host_task *found = NULL;

    DL_FOREACH (host.ready, task) {
        if ((task->affinity >> processor & 1) != 0 && (found == NULL || task->urgent)) {
            found = task;
            if (task->urgent) {
                break;
            }
        }
    }
    if (found != NULL) {
        DL_DELETE(host.ready, found);
    }
    return found;
}

static void work_begin(uint32_t processor)
{
    if ((host.work >> processor & 1) != 0) {
        return;
    }
    host_clock_follow(processor);
    host.work |= 1ULL << processor;
    if (!host.driving) {
        host_loop_poke();
    }
    if (host.turn != HOST_NO_PROCESSOR && host.turn != processor) {
        host.config.upcalls.attention(host.turn); /* it is no longer alone */
    }
}

static void work_end(uint32_t processor)
{
    uint64_t clock = host.processors[processor].clock;

    host.work &= ~(1ULL << processor);
    if (host.work == 0) {
        host_clock_raise(&host.idle_clock, clock);
    }
}

/* An idle processor for the task: where it ran last, else the lowest number of its affinity. */
static void ready_place(const struct host_task *task)
{
    uint64_t idle = task->affinity & ~host.work;

    if (host.config.processors < 64) {
        idle &= (1ULL << host.config.processors) - 1;
    }
    if ((idle >> task->processor & 1) != 0) {
        work_begin(task->processor);
    } else if (idle != 0) {
        work_begin((uint32_t)__builtin_ctzll(idle));
    }
}

/* Who makes it ready does so at a time: it goes on at that time or later, wherever it runs then. */
static void task_make_ready(struct host_task *task)
{
    uint64_t now = host.turn != HOST_NO_PROCESSOR ? host_clock_peek(host.turn) : 0;

    task->ready_at = task->ready_at > now ? task->ready_at : now;
    task->state = HOST_TASK_READY;
    DL_APPEND(host.ready, task);
    ready_place(task);
}

/* Give the processor, whose context has just become free, its next task or its idle context. */
static struct host_fiber *processor_next(uint32_t number)
{
    struct host_processor *processor = &host.processors[number];
    struct host_task *task = processor->kicked ? NULL : ready_take(number);

    processor->current = task;
    host.statistics_switches++;
    if (task != NULL) {
        task->state = HOST_TASK_RUNNING;
        task->processor = number;
        if (host_clock_is_virtual()) {
            host_clock_raise(&processor->clock, task->ready_at);
        }
    }
    host.running = processor_fiber(number);
    host.config.upcalls.current(number, task);
    return host.running;
}

/* ---- tasks ---- */

static _Noreturn void fiber_task_exit(void);

static void task_entry(void *argument)
{
    struct host_task *task = argument;

    task->entry(task->argument);
    fiber_task_exit();
}

static struct host_task *fiber_task_create(void (*entry)(void *), void *argument, uint64_t affinity,
                                           void *cookie)
{
    struct host_task *task = calloc(1, sizeof(*task));

    CORE_ASSERT(affinity != 0);
    if (task == NULL) {
        return NULL;
    }
    task->fiber = host_fiber_create(task_entry, task);
    if (task->fiber == NULL) {
        free(task);
        return NULL;
    }
    task->entry = entry;
    task->argument = argument;
    task->affinity = affinity;
    task->processor = (uint32_t)__builtin_ctzll(affinity);
    task->cookie = cookie;
    DL_APPEND2(host.tasks, task, previous_all, next_all);
    return task;
}

static struct host_task *fiber_task_current(void)
{
    return host.turn != HOST_NO_PROCESSOR ? host.processors[host.turn].current : NULL;
}

static void fiber_task_wake(struct host_task *task)
{
    if (task->state != HOST_TASK_BLOCKED) {
        task->woken = true;
        return;
    }
    task_make_ready(task);
}

static void fiber_task_block(void)
{
    struct host_task *task = fiber_task_current();

    CORE_ASSERT(task != NULL);
    if (task->woken) {
        task->woken = false;
        return;
    }
    task->state = HOST_TASK_BLOCKED;
    host_fiber_switch(task->fiber, processor_next(host.turn));
}

static void fiber_task_yield(void)
{
    struct host_task *task = fiber_task_current();
    struct host_task *next = ready_take(host.turn);

    CORE_ASSERT(task != NULL);
    if (next == NULL) {
        return;
    }
    DL_PREPEND(host.ready, next);
    task_make_ready(task); /* an idle processor may take it */
    host_fiber_switch(task->fiber, processor_next(host.turn));
}

static _Noreturn void fiber_task_exit(void)
{
    struct host_task *task = fiber_task_current();
    struct host_fiber *fiber = task->fiber;

    CORE_ASSERT(task != NULL);
    DL_DELETE2(host.tasks, task, previous_all, next_all);
    free(task);
    host_fiber_recycle(fiber);
    host_fiber_leave(fiber, processor_next(host.turn));
}

static void fiber_task_set_affinity(uint64_t affinity)
{
    struct host_task *task = fiber_task_current();

    CORE_ASSERT(task != NULL && affinity != 0);
    task->affinity = affinity;
    if ((affinity >> host.turn & 1) != 0) {
        return;
    }
    task->processor = (uint32_t)__builtin_ctzll(affinity);
    task_make_ready(task);
    host_fiber_switch(task->fiber, processor_next(host.turn));
}

static void fiber_task_set_urgent(struct host_task *task)
{
    task->urgent = true;
}

/* ---- idle contexts ---- */

static void idle_main(void *argument)
{
    uint32_t number = (uint32_t)(uintptr_t)argument;
    struct host_processor *processor = &host.processors[number];

    for (;;) {
        struct host_fiber *next;

        while (processor->kicked) {
            processor->kicked = false;
            processor->dispatching = true;
            host.config.upcalls.dispatch(number);
            processor->dispatching = false;
        }
        next = processor_next(number);
        if (next == processor->idle && !processor->kicked) {
            uint32_t other;

            work_end(number);
            other = turn_wants_outside() ? HOST_NO_PROCESSOR : host_turn_next(number);
            next = other != HOST_NO_PROCESSOR ? host_turn_give(other) : host_turn_give_outside();
        }
        if (next != processor->idle) {
            host_fiber_switch(processor->idle, next);
        }
    }
}

void host_fiber_processor_kick(uint32_t processor)
{
    host.processors[processor].kicked = true;
    work_begin(processor);
}

static bool fiber_processor_has_work(uint32_t processor)
{
    return (host.work >> processor & 1) != 0;
}

static bool fiber_processor_is_idle(uint32_t processor)
{
    const struct host_processor *p = &host.processors[processor];

    return p->current == NULL && !p->kicked && !p->dispatching;
}

static bool fiber_others_have_work(void)
{
    return host.turn != HOST_NO_PROCESSOR && (host.work & ~(1ULL << host.turn)) != 0;
}

static _Noreturn void fiber_context_abandon(void)
{
    struct host_fiber *from = host.running;

    CORE_ASSERT(host.turn != HOST_NO_PROCESSOR);
    host_fiber_switch(from, host_turn_give_outside());
    CORE_ASSERT(!"an abandoned context was resumed");
    abort();
}

static bool fiber_stack_guards(const void *address)
{
    return host.turn != HOST_NO_PROCESSOR && host_fiber_guards(host.running, address);
}

static void fiber_stack_limits(const char **low, const char **high)
{
    if (host.turn != HOST_NO_PROCESSOR) {
        host_fiber_limits(host.running, low, high);
    }
}

/* Whoever runs looks at its next window; a resting machine on the program's loop must turn. */
static void fiber_posted(void)
{
    if (host.turn != HOST_NO_PROCESSOR) {
        host.config.upcalls.attention(host.turn);
    } else if (!host.driving) {
        host_loop_poke();
    }
}

static int fiber_start(void)
{
    host.outside = host_fiber_adopt();
    host.running = host.outside;
    host.last = host.config.processors - 1; /* so that processor 0 is first */
    for (uint32_t i = 0; i < host.config.processors; i++) {
        host.processors[i].idle = host_fiber_create(idle_main, (void *)(uintptr_t)i);
        if (host.processors[i].idle == NULL) {
            while (i-- > 0) {
                host_fiber_recycle(host.processors[i].idle);
            }
            return -ENOMEM;
        }
    }
    return 0;
}

static void fiber_stop(void)
{
    struct host_task *task;
    struct host_task *next;

    CORE_ASSERT(host.turn == HOST_NO_PROCESSOR);
    DL_FOREACH_SAFE2(host.tasks, task, next, next_all)
    {
        host_fiber_recycle(task->fiber);
        free(task);
    }
    for (uint32_t i = 0; i < host.config.processors; i++) {
        host_fiber_recycle(host.processors[i].idle);
    }
}

const struct host_scheduler_ops host_scheduler_fiber = {
    .start = fiber_start,
    .stop = fiber_stop,
    .task_create = fiber_task_create,
    .task_current = fiber_task_current,
    .task_wake = fiber_task_wake,
    .task_block = fiber_task_block,
    .task_yield = fiber_task_yield,
    .task_exit = fiber_task_exit,
    .task_set_affinity = fiber_task_set_affinity,
    .task_set_urgent = fiber_task_set_urgent,
    .processor_kick = host_fiber_processor_kick,
    .processor_has_work = fiber_processor_has_work,
    .processor_is_idle = fiber_processor_is_idle,
    .others_have_work = fiber_others_have_work,
    .turn_pass = fiber_turn_pass,
    .turn_is_behind = fiber_turn_is_behind,
    .loop_poll = fiber_loop_poll,
    .posted = fiber_posted,
    .context_abandon = fiber_context_abandon,
    .stack_guards = fiber_stack_guards,
    .stack_limits = fiber_stack_limits,
    .halt = host_fiber_halt,
    .run = host_fiber_run,
    .run_escape = host_fiber_run_escape,
    .run_recheck = host_fiber_run_recheck,
    .run_interrupt = host_fiber_run_interrupt,
    .attach = host_fiber_attach,
};
