/* host_thread_task.c - tasks under the thread scheduler: each on a host thread of its own, which
 * serves another task when that one has left.
 * Teardown: every task jumps to the base of its thread, and host_thread_tasks_leave waits for that.
 */
#include "host/thread/host_thread_task.h"

#include <sched.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/assert.h"
#include "host/thread/host_thread.h"

static struct {
    pthread_mutex_t lock;     /* the next three */
    pthread_cond_t ended;     /* a task has left */
    struct host_thread *pool; /* threads without a task; kept from machine to machine */
    struct host_task *tasks;  /* all of the machine */
} thread_tasks = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

struct host_task *host_thread_task_current(void)
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

void host_thread_task_wake(struct host_task *task)
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

void host_thread_task_block(void)
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
    pthread_mutex_lock(&thread_tasks.lock);
    DL_DELETE2(thread_tasks.tasks, task, previous_all, next_all);
    free(task);
    thread->task = NULL;
    thread->next = thread_tasks.pool;
    thread_tasks.pool = thread;
    if (thread_tasks.tasks == NULL) {
        pthread_cond_signal(&thread_tasks.ended);
    }
    pthread_mutex_unlock(&thread_tasks.lock);
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

    pthread_mutex_lock(&thread_tasks.lock);
    thread = thread_tasks.pool;
    if (thread != NULL) {
        thread_tasks.pool = thread->next;
    }
    pthread_mutex_unlock(&thread_tasks.lock);
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

struct host_task *host_thread_task_create(void (*entry)(void *), void *argument, uint64_t affinity,
                                          void *cookie)
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
    pthread_mutex_lock(&thread_tasks.lock);
    DL_APPEND2(thread_tasks.tasks, task, previous_all, next_all);
    pthread_mutex_unlock(&thread_tasks.lock);
    pthread_mutex_lock(&thread->lock);
    thread->woken = false;
    thread->waiting = true;
    thread->task = task;
    pthread_cond_signal(&thread->changed);
    pthread_mutex_unlock(&thread->lock);
    return task;
}

void host_thread_task_yield(void)
{
    sched_yield();
}

void host_thread_task_set_affinity(uint64_t affinity)
{
    struct host_task *task = host_thread_task_current();

    task->affinity = affinity;
    if ((affinity >> task->processor & 1) == 0) {
        uint32_t home = (uint32_t)__builtin_ctzll(affinity);

        host_world_move(task->processor, home);
        task->processor = home;
    }
}

/* With threads it runs beside the other tasks of its processor anyway. */
void host_thread_task_set_urgent(struct host_task *task)
{
    task->urgent = true;
}

void host_thread_tasks_leave(void)
{
    struct host_task *task;

    pthread_mutex_lock(&thread_tasks.lock);
    DL_FOREACH2(thread_tasks.tasks, task, next_all)
    {
        pthread_mutex_lock(&task->thread->lock);
        pthread_cond_signal(&task->thread->changed);
        pthread_mutex_unlock(&task->thread->lock);
    }
    while (thread_tasks.tasks != NULL) {
        pthread_cond_wait(&thread_tasks.ended, &thread_tasks.lock);
    }
    pthread_mutex_unlock(&thread_tasks.lock);
}
