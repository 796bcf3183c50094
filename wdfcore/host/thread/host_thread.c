/* host_thread.c - the host threads under the thread scheduler. */
#include "host/thread/host_thread.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/assert.h"
#include "host/host_sanitizer.h"
#include "host/host_trap.h"

#define STACK_SIZE ((size_t)(HOST_SANITIZED ? 2048 : 512) * 1024)

#define ASKED_BETWEEN_COUNTS 256

_Thread_local struct host_thread *host_thread_self;

bool host_thread_start(struct host_thread *thread, void *(*main)(void *))
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    bool started;

    if (thread->trap_stack == NULL) {
        thread->trap_stack = malloc(HOST_TRAP_STACK);
    }
    pthread_mutex_init(&thread->lock, NULL);
    pthread_cond_init(&thread->changed, NULL);
    if (thread->trap_stack == NULL || pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    /* Signals of the process are for the program's own threads. */
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGURG); /* the watchdog's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread->id, &attributes, main, thread) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

void host_thread_arrive(struct host_thread *thread)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;

    host_thread_self = thread;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_destroy(&attributes);
    }
    thread->stack_low = low;
    thread->stack_size = size;
    host_trap_thread(thread->trap_stack);
}

bool host_runs_alone(void)
{
    struct host_thread *thread = host_thread_self;
    cpu_set_t set;

    if (thread->alone_asked++ % ASKED_BETWEEN_COUNTS == 0) {
        thread->alone = sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) < 2;
    }
    return thread->alone;
}

/* It does so itself when the jump began on this stack, but a used-up one is reported from another. */
HOST_NO_ASAN void host_thread_landed(const struct host_thread *thread)
{
#if HOST_ASAN
    const char *here = __builtin_frame_address(0);

    __asan_unpoison_memory_region(thread->stack_low, (size_t)(here - thread->stack_low));
#endif
    (void)thread;
}

void host_thread_leave(void)
{
    /* Not _longjmp, which does the same: ThreadSanitizer does not see it, and its stack of calls would
     * grow from task to task. */
    longjmp(host_thread_self->base, 1);
}
