#pragma once
/* host_thread_task.h - tasks under the thread scheduler; host.h says what the functions mean. */
#include "host/host.h"

struct host_task *host_thread_task_create(void (*entry)(void *), void *argument, uint64_t affinity,
                                          void *cookie);
struct host_task *host_thread_task_current(void);
void host_thread_task_wake(struct host_task *task);
void host_thread_task_block(void);
void host_thread_task_yield(void);
void host_thread_task_set_affinity(uint64_t affinity);
void host_thread_task_set_urgent(struct host_task *task);

/* host_thread_tasks_leave: the world has ended: all wake, and are gone when this returns. */
void host_thread_tasks_leave(void);
