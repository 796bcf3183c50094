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
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_record.h"
#include "nt/thread/ke_thread.h"

BOOLEAN ke_dpc_is_threaded(const KDPC *dpc)
{
    return dpc->Type == ThreadedDpcObject && !ke_machine.config.threaded_dpcs_at_dispatch;
}

BOOLEAN ke_in_threaded_dpc(const struct ke_processor *self)
{
    return self->running_threaded != NULL && self->thread == self->dpc_thread;
}

BOOLEAN ke_dpc_thread_wants_in(const struct ke_processor *self)
{
    return self->threaded_count > 0 && self->thread != self->dpc_thread &&
           self->irql < DISPATCH_LEVEL && !self->dispatching && !self->thread->is_idle;
}

/* One DPC, already off its queue; from the call on its KDPC is not touched again. */
static void threaded_run(struct ke_processor *self, PKDPC dpc)
{
    PKDEFERRED_ROUTINE routine = dpc->DeferredRoutine;
    PVOID context = dpc->DeferredContext;
    PVOID argument1 = dpc->SystemArgument1;
    PVOID argument2 = dpc->SystemArgument2;
    struct ke_callback frame;
    ULONG recorded;

    ke_machine.statistics.dpc_runs++;
    self->running_threaded = dpc;
    recorded = ke_dpc_event(BASE_EVENT_DPC_START, dpc, self);
    host_clock_charge(self->number, ke_machine.config.dpc_entry_ns);
    ke_call_enter(&frame, "threaded CustomDpc", (const void *)(uintptr_t)routine, dpc);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(dpc), KE_WORD(context), KE_WORD(argument1),
                      KE_WORD(argument2));
    routine(dpc, context, argument1, argument2);
    ke_call_leave(&frame);
    ke_event_end(BASE_EVENT_DPC_END, (const void *)(uintptr_t)routine, recorded, 0);
    self->running_threaded = NULL;
}

static VOID dpc_thread_main(PVOID context)
{
    struct ke_processor *self = context;

    ke_thread_mark_worker();
    for (;;) {
        while (IsListEmpty(&self->threaded_dpcs)) {
            ke_thread_block();
        }
        PKDPC dpc = CONTAINING_RECORD(self->threaded_dpcs.Flink, KDPC, DpcListEntry);

        ke_dpc_remove_locked(dpc);
        threaded_run(self, dpc);
    }
}

void ke_dpc_threads_start(void)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (processor->dpc_thread == NULL) {
            processor->dpc_thread =
                ke_thread_start(dpc_thread_main, processor, "DPC thread", (KAFFINITY)1 << i);
            CORE_ASSERT(processor->dpc_thread != NULL);
            host_task_set_urgent(processor->dpc_thread->task);
        }
    }
}

void ke_dpc_thread_wake(struct ke_processor *target)
{
    ke_thread_wake(target->dpc_thread);
    __atomic_fetch_or(&target->attention, KE_ATTENTION_SCHEDULE, __ATOMIC_RELAXED);
}
