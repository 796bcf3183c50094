/* host_visit.c - a thread of the program is a processor for a while.
 *
 * Normal path: it waits until the processor was kicked (it spins a little, then sleeps on a futex; who
 * kicks makes no system call while it spins), claims the processor, runs the body in its idle
 * context, and releases it. What comes while nobody visits is found by the next visit.
 * Failure: a stopped machine leaves by a jump to host_visit; the processor stays owned, as that of
 * any abandoned context.
 * Teardown: no visit goes on while the machine ends; the program sees to that.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "host/thread/host_thread.h"
#include "host/host_trap.h"

#define SPINS_AT_MOST      1024 /* some 10 us */
#define SPINS_AT_LEAST     16
#define SPINS_BEFORE_YIELD 64

/* What a thread of the program is while it visits; kept until the thread ends. */
struct visitor {
    struct host_thread thread;
    struct thread_processor *processor; /* NULL: it visits none */
    uint32_t number;
    unsigned spins; /* before it sleeps: more when that was enough, less when it was not */
};

static _Thread_local struct visitor *visitor_self;

static pthread_key_t visitor_key;
static pthread_once_t visitor_once = PTHREAD_ONCE_INIT;

/* ---- arriving ---- */

static void visitor_end(void *argument)
{
    struct visitor *visitor = argument;

    host_watchdog_forget(&visitor->thread.watched);
    host_trap_thread_end();
    free(visitor->thread.trap_stack);
    free(visitor);
}

static void visitor_make_key(void)
{
    CORE_ASSERT(pthread_key_create(&visitor_key, visitor_end) == 0);
}

/* The calling thread's; made at its first visit. */
static struct visitor *visitor_arrive(void)
{
    struct visitor *visitor = visitor_self;

    if (visitor != NULL) {
        return visitor;
    }
    pthread_once(&visitor_once, visitor_make_key);
    visitor = calloc(1, sizeof(*visitor));
    CORE_ASSERT(visitor != NULL);
    visitor->thread.trap_stack = malloc(HOST_TRAP_STACK);
    CORE_ASSERT(visitor->thread.trap_stack != NULL);
    visitor->number = HOST_NO_PROCESSOR;
    visitor->spins = SPINS_AT_MOST;
    atomic_store(&visitor->thread.watched.away, true);
    host_thread_arrive(&visitor->thread);
    host_thread_self = NULL;
    host_watchdog_watch(&visitor->thread.watched);
    pthread_setspecific(visitor_key, visitor);
    visitor_self = visitor;
    return visitor;
}

uint32_t host_visited(void)
{
    return visitor_self != NULL ? visitor_self->number : HOST_NO_PROCESSOR;
}

/* ---- waiting ---- */

static void futex(atomic_uint *word, int operation, unsigned value)
{
    syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

bool host_visitor_wake(struct thread_processor *p)
{
    if (!atomic_load(&p->visited)) {
        return false;
    }
    if (atomic_load(&p->sleeps) != 0 && atomic_exchange(&p->sleeps, 0) != 0) {
        futex(&p->sleeps, FUTEX_WAKE, 1);
    }
    return true;
}

void host_visitors_poke(void)
{
    for (uint32_t i = 0; i < host.config.processors; i++) {
        struct thread_processor *p = &host_thread_processors[i];

        if (atomic_load(&p->visited)) {
            atomic_store(&p->poked, true);
            host_visitor_wake(p);
        }
    }
}

static bool wait_is_over(struct thread_processor *p)
{
    return atomic_load(&p->kicked) || atomic_load(&p->poked) || atomic_load(&host.halted);
}

/* What comes from a thread that runs beside this one comes soon; if it does not run, never. */
static void visitor_spin(struct visitor *visitor)
{
    struct thread_processor *p = visitor->processor;
    unsigned limit = visitor->spins;

    if (host_runs_alone()) {
        return;
    }
    for (unsigned spins = 0; spins < limit; spins++) {
        if (wait_is_over(p)) {
            visitor->spins = limit < SPINS_AT_MOST ? limit * 2 : limit;
            return;
        }
        __builtin_ia32_pause();
    }
    visitor->spins = limit > SPINS_AT_LEAST ? limit / 2 : limit;
}

/* Not active, owns nothing: until the processor is kicked or the wait is ended. */
static void visitor_sleep(struct visitor *visitor)
{
    struct thread_processor *p = visitor->processor;

    atomic_store(&visitor->thread.watched.away, true);
    visitor_spin(visitor);
    while (!wait_is_over(p)) {
        /* Who kicks sets `kicked` first and looks at `sleeps` then; here it is the other way round. */
        atomic_store(&p->sleeps, 1);
        if (!wait_is_over(p)) {
            futex(&p->sleeps, FUTEX_WAIT, 1);
        }
        atomic_store(&p->sleeps, 0);
    }
    atomic_store(&p->poked, false);
    atomic_store(&visitor->thread.watched.away, false);
}

/* ---- the visit ---- */

/* Active from here on, and the owner. A stopped machine is left. */
static void visitor_enter(struct visitor *visitor)
{
    struct thread_processor *p = visitor->processor;
    unsigned spins = 0;

    if (!host_kick_take(p)) { /* who kicked it has counted us */
        host_world_join(visitor->number);
    }
    host_world_gate();
    while (!atomic_load(&host.halted) && !host_processor_try_claim(visitor->number)) {
        if (++spins % SPINS_BEFORE_YIELD == 0) {
            sched_yield(); /* a task is at a raised level there */
        }
        host_world_gate();
        __builtin_ia32_pause();
    }
    if (atomic_load(&host.halted)) {
        host_thread_leave();
    }
    host.config.upcalls.current(visitor->number, NULL);
}

static void visitor_leave(struct visitor *visitor)
{
    uint32_t number = visitor->number;

    host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
    host_processor_release(number);
    if (host.config.upcalls.pending(number)) {
        host_processor_kick(number); /* the next visit, or the next wait, finds it */
    }
    host_world_rest(number);
}

void host_visit_wait(void)
{
    struct visitor *visitor = visitor_self;

    visitor_leave(visitor);
    visitor_sleep(visitor);
    visitor_enter(visitor);
}

static bool visit_run(struct visitor *visitor, bool waits, void (*body)(void *), void *argument)
{
    if (_setjmp(visitor->thread.base) != 0) { /* left by a jump, from where it was active */
        if (!host_world_is_ending()) {
            host_world_rest(visitor->number);
            if (host_kick_take(visitor->processor)) {
                host_world_rest(visitor->number);
            }
        }
        return false;
    }
    if (waits) {
        visitor_sleep(visitor);
    }
    visitor_enter(visitor);
    body(argument);
    visitor_leave(visitor);
    return true;
}

enum host_visit_result host_visit(uint32_t processor, bool waits, void (*body)(void *),
                                  void *argument)
{
    struct thread_processor *p = &host_thread_processors[processor];
    struct visitor *visitor = visitor_arrive();
    bool done;

    if (visitor->processor != NULL || atomic_exchange(&p->visited, true)) {
        return HOST_VISIT_BUSY;
    }
    visitor->processor = p;
    visitor->number = processor;
    host_thread_self = &visitor->thread;
    atomic_store(&visitor->thread.watched.away, false);
    host_world_visit();
    done = visit_run(visitor, waits, body, argument);
    host_world_visit_end();
    host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
    atomic_store(&visitor->thread.watched.away, true);
    host_thread_self = NULL;
    visitor->processor = NULL;
    visitor->number = HOST_NO_PROCESSOR;
    atomic_store(&p->visited, false);
    return done ? HOST_VISIT_DONE : HOST_VISIT_HALTED;
}
