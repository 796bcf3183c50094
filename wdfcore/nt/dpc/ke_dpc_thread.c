/* ke_dpc_thread.c - the DPC thread of each processor.
 *
 * Normal path: an insert links the DPC on the threaded queue and wakes the thread, which is urgent:
 * the current task of that processor yields to it at its next window below DISPATCH_LEVEL. The
 * thread takes one DPC after the other off the queue and calls its routine at PASSIVE_LEVEL.
 */
#include "nt/dpc/ke_dpc_thread.h"

#include "base/assert.h"
#include "nt/ke/ke_call.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/dpc/ke_dpc_take.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/thread/ke_thread.h"

enum { THREADS_NONE, THREADS_STARTING, THREADS_STARTED };

static LONG threads_state; /* (a) */

BOOLEAN ke_in_threaded_dpc(const struct ke_processor *self)
{
    const struct ke_processor *processor = ke_processor_at(self->number);

    return self->thread == processor->dpc_thread &&
           ke_dpc_running(&processor->running_threaded) != NULL;
}

BOOLEAN ke_dpc_thread_wants_in(const struct ke_processor *self)
{
    return self->threaded_count > 0 && self->thread != self->dpc_thread &&
           self->irql < DISPATCH_LEVEL && !self->dispatching && !self->thread->is_idle;
}

/* One DPC, already off its queue: the KDPC is not touched again. */
static void threaded_run(struct ke_processor *processor, PKDPC dpc, const struct ke_dpc_call *call)
{
    const void *routine = (const void *)(uintptr_t)call->routine;
    struct ke_callback frame;
    ULONG recorded = 0;

    KE_COUNT(processor, threaded_runs);
    ke_ring(ke_self, BASE_EVENT_DPC_START, routine);
    if (ke_is_observed(ke_self)) {
        recorded = ke_dpc_call_record(dpc, call, processor, TRUE);
    }
    host_clock_charge(processor->number, processor->dpc_costs_ns);
    ke_call_enter(&frame, "threaded CustomDpc", routine, dpc);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(dpc), KE_WORD(call->context), KE_WORD(call->argument1),
                      KE_WORD(call->argument2));
    call->routine(dpc, call->context, call->argument1, call->argument2);
    ke_call_leave(&frame);
    ke_event_end(BASE_EVENT_DPC_END, routine, recorded, 0);
    ke_dpc_running_set(&processor->running_threaded, NULL);
}

static PKDPC thread_pop(struct ke_processor *processor, struct ke_dpc_call *call)
{
    PKDPC dpc;

    ke_dpc_queue_lock(processor);
    dpc = ke_dpc_pop(processor, TRUE, FALSE, call);
    ke_dpc_queue_unlock(processor);
    return dpc;
}

/* With threads too none begins while somebody is at DISPATCH_LEVEL on its processor, who may still
 * remove it: it is taken off the queue by whoever has the processor. */
static PKDPC thread_take(struct ke_processor *processor, struct ke_dpc_call *call)
{
    PKDPC dpc;
    KIRQL old;

    if (__atomic_load_n(&processor->threaded_count, __ATOMIC_RELAXED) == 0) {
        return NULL; /* whoever adds one now wakes this thread afterwards */
    }
    if (!base_threaded) {
        return thread_pop(processor, call);
    }
    old = ke_irql_raise(DISPATCH_LEVEL);
    dpc = thread_pop(processor, call);
    ke_irql_lower(old);
    return dpc;
}

static VOID dpc_thread_main(PVOID context)
{
    struct ke_processor *processor = context;
    struct ke_dpc_call call;

    ke_thread_mark_worker();
    for (;;) {
        PKDPC dpc = thread_take(processor, &call);

        if (dpc != NULL) {
            threaded_run(processor, dpc, &call);
        } else {
            ke_thread_block();
        }
    }
}

/* The first who needs them makes them; others wait until they are there. */
static BOOLEAN threads_begin(void)
{
    LONG before = THREADS_NONE;

    if (__atomic_compare_exchange_n(&threads_state, &before, THREADS_STARTING, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return TRUE;
    }
    while (__atomic_load_n(&threads_state, __ATOMIC_ACQUIRE) == THREADS_STARTING) {
        host_turn_pass(HOST_NO_PROCESSOR);
    }
    return FALSE;
}

void ke_dpc_threads_start(void)
{
    if (!threads_begin()) {
        return;
    }
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        processor->dpc_thread =
            ke_thread_start(dpc_thread_main, processor, "DPC thread", (KAFFINITY)1 << i);
        CORE_ASSERT(processor->dpc_thread != NULL);
        host_task_set_urgent(processor->dpc_thread->task);
    }
    __atomic_store_n(&threads_state, THREADS_STARTED, __ATOMIC_RELEASE);
}

static void threads_forget(void)
{
    threads_state = THREADS_NONE;
}

static struct ke_machine_part dpc_thread_part = {.order = 0, .start = threads_forget};

__attribute__((constructor)) static void dpc_thread_register(void)
{
    ke_machine_register(&dpc_thread_part);
}

void ke_dpc_thread_wake(struct ke_processor *target)
{
    ke_thread_wake(target->dpc_thread);
    if (!base_threaded) { /* the processor's task makes way at its next window */
        __atomic_fetch_or(&target->attention, KE_ATTENTION_SCHEDULE, __ATOMIC_RELAXED);
    }
}
