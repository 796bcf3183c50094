#pragma once
/* host_scheduler.h - the two schedulers behind host.h: fibers on one host thread, and a host thread
 * for each processor and task. host_sched.c hands each call to the one that the machine was started
 * with; what the functions mean is said in host.h.
 */
#include "host/host.h"

struct host_scheduler_ops {
    int (*start)(void);
    void (*stop)(void);

    struct host_task *(*task_create)(void (*entry)(void *), void *argument, uint64_t affinity,
                                     void *cookie);
    struct host_task *(*task_current)(void);
    void (*task_wake)(struct host_task *task);
    void (*task_block)(void);
    void (*task_yield)(void);
    void (*task_exit)(void); /* does not return */
    void (*task_set_affinity)(uint64_t affinity);
    void (*task_set_urgent)(struct host_task *task);

    void (*processor_kick)(uint32_t processor);
    bool (*processor_has_work)(uint32_t processor);
    bool (*processor_is_idle)(uint32_t processor);
    bool (*others_have_work)(void);
    bool (*turn_pass)(uint32_t processor);
    bool (*turn_is_behind)(void);
    void (*loop_poll)(void);
    void (*posted)(void); /* something waits in the list of posts */

    void (*context_abandon)(void); /* does not return */
    bool (*stack_guards)(const void *address);
    void (*stack_limits)(const char **low, const char **high);
    void (*halt)(void);

    enum host_run_result (*run)(bool (*done)(void *), void *context);
    bool (*run_escape)(void);
    void (*run_recheck)(void);
    void (*run_interrupt)(void);
    int (*attach)(struct uv_loop_s *loop);
};

extern const struct host_scheduler_ops host_scheduler_fiber, host_scheduler_thread;
