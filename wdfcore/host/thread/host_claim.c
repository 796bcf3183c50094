/* host_claim.c - who owns a processor under the thread scheduler: a task that raised its IRQL, or the
 * processor's own thread.
 *
 * Who releases it looks at what came meanwhile; who kicks it looks whether it is owned. Both orders
 * (set, then look whether it is owned; release, then look whether something is set) are
 * sequentially consistent, so that nothing is left lying.
 */
#include <utlist.h>

#include "base/assert.h"
#include "host/host_loop.h"
#include "host/thread/host_thread.h"
#include "host/thread/host_thread_task.h"

static struct {
    pthread_mutex_t lock;      /* waiting */
    struct host_task *waiting; /* tasks that found every processor of theirs owned */
    atomic_bool wanted;        /* waiting is not empty */
} claims = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline bool try_claim(uint32_t processor)
{
    atomic_bool *owned = &host_thread_processors[processor].owned;

    return !atomic_load_explicit(owned, memory_order_relaxed) && !atomic_exchange(owned, true);
}

bool host_processor_try_claim(uint32_t processor)
{
    return try_claim(processor);
}

/* The home if it is free, else any of the affinity. HOST_NO_PROCESSOR: none is. */
static uint32_t claim_any(struct host_task *task)
{
    uint64_t others;

    CORE_ASSERT(task->processor < HOST_MAX_PROCESSORS);
    others = task->affinity & ~(1ULL << task->processor);
    if (try_claim(task->processor)) {
        return task->processor;
    }
    for (; others != 0; others &= others - 1) {
        uint32_t processor = (uint32_t)__builtin_ctzll(others);

        if (processor < host.config.processors && try_claim(processor)) {
            return processor;
        }
    }
    return HOST_NO_PROCESSOR;
}

static void claimer_leave(struct host_task *task)
{
    if (task->claiming) {
        task->claiming = false;
        DL_DELETE(claims.waiting, task);
        atomic_store(&claims.wanted, claims.waiting != NULL);
    }
}

/* Every processor of the task was owned: sleep until one is released. */
static uint32_t claim_wait(struct host_task *task)
{
    uint32_t processor;

    pthread_mutex_lock(&claims.lock);
    task->claiming = true;
    DL_APPEND(claims.waiting, task);
    atomic_store(&claims.wanted, true);
    pthread_mutex_unlock(&claims.lock);
    processor = claim_any(task); /* one may have been released before we were seen */
    if (processor == HOST_NO_PROCESSOR) {
        host_thread_task_block();
        processor = claim_any(task);
    }
    pthread_mutex_lock(&claims.lock);
    claimer_leave(task);
    pthread_mutex_unlock(&claims.lock);
    return processor;
}

/* Its home is owned. */
__attribute__((noinline)) static uint32_t claim_another(struct host_task *task)
{
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

uint32_t host_processor_claim(void)
{
    struct host_task *task = host_thread_self->task;

    return __builtin_expect(try_claim(task->processor), 1) ? task->processor : claim_another(task);
}

void host_claims_forget(void)
{
    pthread_mutex_lock(&claims.lock);
    claims.waiting = NULL;
    atomic_store(&claims.wanted, false);
    pthread_mutex_unlock(&claims.lock);
}

__attribute__((noinline)) static void claimers_wake(void)
{
    pthread_mutex_lock(&claims.lock);
    while (claims.waiting != NULL) {
        struct host_task *task = claims.waiting;

        claimer_leave(task);
        host_thread_task_wake(task);
    }
    pthread_mutex_unlock(&claims.lock);
}

/* Something else may be due by now. */
__attribute__((noinline)) static void deferred_wake(uint32_t processor)
{
    atomic_store(&host_thread_processors[processor].defers, false);
    host_loop_wake_processor(processor);
}

void host_processor_release(uint32_t processor)
{
    struct thread_processor *p = &host_thread_processors[processor];

    atomic_store(&p->owned, false);
    if (__builtin_expect(atomic_load(&claims.wanted), 0)) {
        claimers_wake();
    }
    if (__builtin_expect(atomic_load(&p->defers), 0)) {
        deferred_wake(processor);
    }
}

uint32_t host_task_home(void)
{
    return host_thread_self->task->processor;
}
