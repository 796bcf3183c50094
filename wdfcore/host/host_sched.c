/* host_sched.c - the life of the host's part of a machine, and the way to its scheduler. */
#include "host/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/lock.h"
#include "host/host_internal.h"
#include "host/host_loop.h"
#include "host/host_scheduler.h"
#include "host/host_trap.h"
#include "host/host_watchdog.h"

struct host_machine host = {.turn = HOST_NO_PROCESSOR, .scheduler = &host_scheduler_fiber};

int host_start(const struct host_config *config)
{
    int result;

    CORE_ASSERT(!host.started && config->processors >= 1 &&
                config->processors <= HOST_MAX_PROCESSORS);
    memset(&host, 0, sizeof(host));
    host.config = *config;
    host.turn = HOST_NO_PROCESSOR;
    host.scheduler =
        config->scheduler == HOST_SCHEDULER_THREAD ? &host_scheduler_thread : &host_scheduler_fiber;
    base_lock_threaded(config->scheduler == HOST_SCHEDULER_THREAD);
    host_clock_start();
    result = host.scheduler->start();
    if (result != 0) {
        base_lock_threaded(false);
        return result;
    }
    host.started = true;
    host_watchdog_start();
    return 0;
}

void host_stop(void)
{
    CORE_ASSERT(host.started);
    host_trap_disarm();
    host_watchdog_stop();
    host.scheduler->stop();
    base_lock_threaded(false);
    host_posts_reset();
    host_loop_close();
    memset(&host, 0, sizeof(host));
    host.turn = HOST_NO_PROCESSOR;
    host.scheduler = &host_scheduler_fiber;
}

void *host_task_cookie(const struct host_task *task)
{
    return task->cookie;
}

struct host_task *host_task_create(void (*entry)(void *), void *argument, uint64_t affinity,
                                   void *cookie)
{
    CORE_ASSERT(affinity != 0);
    return host.scheduler->task_create(entry, argument, affinity, cookie);
}

struct host_task *host_task_current(void)
{
    return host.scheduler->task_current();
}

void host_task_wake(struct host_task *task)
{
    host.scheduler->task_wake(task);
}

void host_task_block(void)
{
    host.scheduler->task_block();
}

void host_task_yield(void)
{
    host.scheduler->task_yield();
}

void host_task_exit(void)
{
    host.scheduler->task_exit();
    abort();
}

void host_task_set_affinity(uint64_t affinity)
{
    CORE_ASSERT(affinity != 0);
    host.scheduler->task_set_affinity(affinity);
}

void host_task_set_urgent(struct host_task *task)
{
    host.scheduler->task_set_urgent(task);
}

void host_processor_kick(uint32_t processor)
{
    host.scheduler->processor_kick(processor);
}

bool host_processor_has_work(uint32_t processor)
{
    return host.scheduler->processor_has_work(processor);
}

bool host_processor_is_idle(uint32_t processor)
{
    return host.scheduler->processor_is_idle(processor);
}

bool host_others_have_work(void)
{
    return host.scheduler->others_have_work();
}

bool host_turn_pass(uint32_t processor)
{
    return host.scheduler->turn_pass(processor);
}

bool host_turn_is_behind(void)
{
    return host.scheduler->turn_is_behind();
}

void host_loop_poll(void)
{
    host.scheduler->loop_poll();
}

void host_context_abandon(void)
{
    host.scheduler->context_abandon();
    CORE_ASSERT(!"an abandoned context was resumed");
    abort();
}

bool host_stack_guards(const void *address)
{
    return host.scheduler->stack_guards(address);
}

void host_stack_limits(const char **low, const char **high)
{
    *low = *high = NULL;
    host.scheduler->stack_limits(low, high);
}

void host_halt(void)
{
    host.scheduler->halt();
}

enum host_run_result host_run(bool (*done)(void *), void *context)
{
    CORE_ASSERT(host.started && !host.driving);
    host_trap_again();
    return host.scheduler->run(done, context);
}

bool host_run_escape(void)
{
    return host.scheduler->run_escape();
}

void host_run_recheck(void)
{
    host.scheduler->run_recheck();
}

void host_run_interrupt(void)
{
    host.scheduler->run_interrupt();
}

int host_attach(struct uv_loop_s *loop)
{
    CORE_ASSERT(host.started);
    return host.scheduler->attach(loop);
}

void host_statistics_read(struct host_statistics *statistics)
{
    *statistics = (struct host_statistics){.turns = host.statistics_turns,
                                           .switches = host.statistics_switches,
                                           .polls = host.statistics_polls};
}
