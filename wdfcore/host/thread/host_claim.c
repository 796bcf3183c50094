/* host_claim.c - who owns a processor under the thread scheduler: a task that raised its IRQL, or the
 * processor's own thread.
 *
 * Who releases it looks at what came meanwhile; who brings something looks whether it is owned. So
 * that nothing is left lying each needs a barrier between its store and its look. A task releases its
 * processor all the time, and seldom does something come just then. So there is none as long as the
 * processor is not *watched*: who finds it owned then has all threads pass a barrier, and from then on each
 * release has one, until so many had it that nobody relied on.
 */
#include <utlist.h>

#include "base/assert.h"
#include "base/barrier.h"
#include "host/host_loop.h"
#include "host/thread/host_thread.h"
#include "host/thread/host_thread_task.h"

static struct {
    pthread_mutex_t lock;      /* waiting */
    struct host_task *waiting; /* tasks that found every processor of theirs owned */
    atomic_bool wanted;        /* waiting is not empty */
} claims = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A barrier for all costs some 2 us, one of the release's own 6 ns. */
#define ALONE_LIMIT 512

enum watched {
    UNWATCHED, /* a release has no barrier; becomes so only while the processor is owned */
    WATCHING,  /* a barrier for all is on its way */
    WATCHED,   /* what was released without one is seen by everybody */
};

static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER; /* UNWATCHED -> WATCHED */

static inline bool try_claim(uint32_t processor)
{
    atomic_bool *owned = &host_thread_processors[processor].owned;

    return !atomic_load_explicit(owned, memory_order_relaxed) && !atomic_exchange(owned, true);
}

void host_claim_start(struct thread_processor *p)
{
    atomic_store(&p->owned, false);
    atomic_store(&p->watched, base_barrier_works() ? UNWATCHED : WATCHED);
    atomic_store(&p->alone, 0);
}

static void processor_watch(struct thread_processor *p)
{
    pthread_mutex_lock(&watch_lock);
    if (atomic_load(&p->watched) == UNWATCHED) {
        atomic_store(&p->watched, WATCHING);
        base_barrier_all();
        atomic_store(&p->watched, WATCHED);
    }
    pthread_mutex_unlock(&watch_lock);
}

bool host_processor_is_owned(struct thread_processor *p)
{
    unsigned watched = atomic_load(&p->watched); /* first: see released_watched */

    if (!atomic_load(&p->owned)) {
        return false;
    }
    if (atomic_load_explicit(&p->alone, memory_order_relaxed) != 0) {
        atomic_store_explicit(&p->alone, 0, memory_order_relaxed);
    }
    if (watched == WATCHED) {
        return true;
    }
    processor_watch(p);
    return atomic_load(&p->owned);
}

bool host_processor_try_claim(uint32_t processor)
{
    return try_claim(processor);
}

/* surely: it is owned, and its owner will see what the caller has brought. */
static bool claim_one(uint32_t processor, bool surely)
{
    return try_claim(processor) ||
           (surely && !host_processor_is_owned(&host_thread_processors[processor]) &&
            try_claim(processor));
}

/* The home if it is free, else any of the affinity. HOST_NO_PROCESSOR: none is. */
static uint32_t claim_any(struct host_task *task, bool surely)
{
    uint64_t others;

    CORE_ASSERT(task->processor < HOST_MAX_PROCESSORS);
    others = task->affinity & ~(1ULL << task->processor);
    if (claim_one(task->processor, surely)) {
        return task->processor;
    }
    for (; others != 0; others &= others - 1) {
        uint32_t processor = (uint32_t)__builtin_ctzll(others);

        if (processor < host.config.processors && claim_one(processor, surely)) {
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
    processor = claim_any(task, true); /* one may have been released before we were seen */
    if (processor == HOST_NO_PROCESSOR) {
        host_thread_task_block();
        processor = claim_any(task, false);
    }
    pthread_mutex_lock(&claims.lock);
    claimer_leave(task);
    pthread_mutex_unlock(&claims.lock);
    return processor;
}

/* Its home is owned. */
__attribute__((noinline)) static uint32_t claim_another(struct host_task *task)
{
    uint32_t processor = claim_any(task, false);

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

/* Somebody looks at this processor. If nobody relied on it for long, it is unwatched again: by its owner,
 * since who found it owned before that is seen by this owner's next look. */
__attribute__((noinline)) static void released_watched(struct thread_processor *p)
{
    unsigned watched = WATCHED;

    /* The operation is the barrier. */
    if (atomic_fetch_add(&p->alone, 1) < ALONE_LIMIT || !base_barrier_works() ||
        atomic_exchange(&p->owned, true)) {
        return;
    }
    atomic_store(&p->alone, 0);
    atomic_compare_exchange_strong(&p->watched, &watched, UNWATCHED);
    atomic_store(&p->owned, false);
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

    atomic_store_explicit(&p->owned, false, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(atomic_load_explicit(&p->watched, memory_order_relaxed) != UNWATCHED, 0)) {
        released_watched(p);
    }
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
