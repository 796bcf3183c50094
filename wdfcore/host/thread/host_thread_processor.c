/* host_thread_processor.c - the thread of each processor under the thread scheduler, which takes what
 * comes while the processor is free.
 *
 * Normal path: a kick wakes the thread, which claims its processor, lets nt dispatch, and releases
 * it. What comes while the processor is owned is its owner's business (host_claim.c).
 */
#include "host/thread/host_thread_processor.h"

#include <errno.h>

#include "host/host_loop.h"
#include "host/thread/host_thread.h"
#include "host/host_trap.h"

#define ROUNDS_BETWEEN_POLLS 64 /* of a processor that is kicked again before it could sleep */

struct thread_processor host_thread_processors[HOST_MAX_PROCESSORS];

/* Its own thread serves it: always, but in a driven machine only while host_run drives. */
static bool processor_serves_itself(void)
{
    return !host.config.driven || host_world_runs();
}

void host_thread_processor_kick(uint32_t processor)
{
    struct thread_processor *p = &host_thread_processors[processor];

    if (host_processor_is_owned(p)) {
        return; /* its owner looks when it lets go */
    }
    if (atomic_load(&p->kicked)) {
        return; /* who takes that kick looks */
    }
    host_world_kick(processor); /* before it can be taken: who takes it rests for it */
    if (atomic_exchange(&p->kicked, true)) {
        host_world_kick_taken();
        host_world_rest(processor);
    } else if (!host_visitor_wake(p) && processor_serves_itself()) {
        host_loop_wake_processor(processor);
    } /* else the next visit finds that it was kicked */
}

bool host_kick_take(struct thread_processor *p)
{
    if (!atomic_exchange(&p->kicked, false)) {
        return false;
    }
    host_world_kick_taken();
    return true;
}

/* How long the thread of this processor may sleep: the first one waits for what is due. */
static uint64_t processor_patience(uint32_t processor)
{
    uint64_t due;
    uint64_t now;

    if (processor != 0 || host_clock_is_virtual()) {
        return HOST_NEVER;
    }
    due = host.config.upcalls.next_due();
    host_clock_refresh();
    now = host_clock_machine();
    return due == HOST_NEVER ? HOST_NEVER : (due > now ? due - now : 0);
}

static void processor_sleep(struct thread_processor *p)
{
    uint32_t number = p->thread.processor;

    while (!(atomic_load(&p->kicked) && processor_serves_itself()) && !host_world_is_ending()) {
        uint64_t patience = processor_patience(number);

        if (patience == 0) {
            atomic_store(&p->defers, true);
            host.config.upcalls.due(); /* kicks us, unless the owner will see to it */
            patience = atomic_load(&p->kicked) || !host_processor_is_owned(p) ? 0 : HOST_NEVER;
            patience = processor_serves_itself() ? patience : HOST_NEVER;
        }
        if (patience != 0) {
            host_loop_sleep(number, patience);
        }
    }
}

static void processor_work(uint32_t number)
{
    do {
        if (!host_processor_try_claim(number)) {
            return; /* a task owns it, and looks when it lets go */
        }
        host.config.upcalls.current(number, NULL);
        host.config.upcalls.dispatch(number);
        host.config.upcalls.current(HOST_NO_PROCESSOR, NULL);
        host_processor_release(number);
    } while (host.config.upcalls.pending(number));
}

/* It was kicked. A visitor may be quicker: only who takes the kick is active, and may park. */
static void processor_serve(struct thread_processor *p)
{
    if (host_kick_take(p)) {
        host_world_gate();
        processor_work(p->thread.processor);
        host_world_rest(p->thread.processor);
    }
}

static void *processor_thread_main(void *argument)
{
    struct thread_processor *p = argument;
    uint32_t number = p->thread.processor;

    host_thread_arrive(&p->thread);
    host_watchdog_watch(&p->thread.watched);
    if (_setjmp(p->thread.base) == 0) {
        while (!host_world_is_ending()) {
            processor_sleep(p);
            if (number == 0 && ++p->rounds % ROUNDS_BETWEEN_POLLS == 0) {
                host_loop_handle();
            }
            processor_serve(p);
        }
    } else if (!host_world_is_ending()) { /* abandoned: it stays owned, nobody uses it again */
        host_world_rest(number);
        if (host_kick_take(p)) { /* while it was parked, on its way */
            host_world_rest(number);
        }
    }
    host_thread_landed(&p->thread);
    host_watchdog_forget(&p->thread.watched);
    host_trap_thread_end();
    return NULL;
}

bool host_thread_processor_is_idle(uint32_t processor)
{
    return !atomic_load(&host_thread_processors[processor].owned) &&
           !atomic_load(&host_thread_processors[processor].kicked);
}

void host_thread_processors_join(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        host_loop_wake_processor(i);
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(host_thread_processors[i].thread.id, NULL);
    }
}

int host_thread_processors_start(void)
{
    for (uint32_t i = 0; i < host.config.processors; i++) {
        struct thread_processor *p = &host_thread_processors[i];

        p->thread.processor = i;
        host_claim_start(p);
        atomic_store(&p->kicked, false);
        atomic_store(&p->defers, false);
        atomic_store(&p->visited, false);
        atomic_store(&p->poked, false);
        atomic_store(&p->sleeps, 0);
    }
    for (uint32_t i = 0; i < host.config.processors; i++) {
        if (!host_loop_open(i) ||
            !host_thread_start(&host_thread_processors[i].thread, processor_thread_main)) {
            host_world_end();
            host_thread_processors_join(i);
            host_loop_close();
            return -EAGAIN;
        }
    }
    return 0;
}
