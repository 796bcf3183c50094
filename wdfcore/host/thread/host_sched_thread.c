/* host_sched_thread.c - the thread scheduler: tasks that own no processor until they claim one
 * (host_thread_task.c, host_claim.c), and a thread for each processor that takes what comes while it
 * is free (host_thread_processor.c).
 * Teardown: the world is paused; every context jumps to the base of its thread.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "host/host_loop.h"
#include "host/host_scheduler.h"
#include "host/thread/host_thread.h"
#include "host/thread/host_thread_processor.h"
#include "host/thread/host_thread_task.h"

#define SPINS_BEFORE_YIELD 64

static void thread_context_leave(void)
{
    host_thread_leave();
}

void host_pause_point(void)
{
    host_world_gate();
}

/* ---- what fibers do with the turn ---- */

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
    host_thread_processor_kick(0);
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

static void thread_stack_limits(const char **low, const char **high)
{
    const struct host_thread *thread = host_thread_self;

    if (thread != NULL) {
        *low = thread->stack_low;
        *high = thread->stack_low + thread->stack_size;
    }
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

static int thread_start(void)
{
    host_world_start();
    return host_thread_processors_start();
}

static void thread_stop(void)
{
    host_world_end();
    host_thread_tasks_leave();
    host_claims_forget();
    host_thread_processors_join(host.config.processors);
}

static void thread_run_interrupt(void)
{
    host_visitors_poke();
    host_world_poke();
}

const struct host_scheduler_ops host_scheduler_thread = {
    .start = thread_start,
    .stop = thread_stop,
    .task_create = host_thread_task_create,
    .task_current = host_thread_task_current,
    .task_wake = host_thread_task_wake,
    .task_block = host_thread_task_block,
    .task_yield = host_thread_task_yield,
    .task_exit = thread_context_leave,
    .task_set_affinity = host_thread_task_set_affinity,
    .task_set_urgent = host_thread_task_set_urgent,
    .processor_kick = host_thread_processor_kick,
    .processor_has_work = thread_processor_has_work,
    .processor_is_idle = host_thread_processor_is_idle,
    .others_have_work = thread_no,
    .turn_pass = thread_turn_pass,
    .turn_is_behind = thread_no,
    .loop_poll = thread_nothing,
    .posted = thread_posted,
    .context_abandon = thread_context_leave,
    .stack_guards = thread_stack_guards,
    .stack_limits = thread_stack_limits,
    .halt = thread_halt,
    .run = host_world_run,
    .run_escape = thread_no,
    .run_recheck = host_world_recheck,
    .run_interrupt = thread_run_interrupt,
    .attach = thread_attach,
};
