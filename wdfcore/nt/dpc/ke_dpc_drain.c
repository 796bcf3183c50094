/* ke_dpc_drain.c - a processor runs what is on its queue.
 *
 * Normal path: the IRQL falls, or would allow it -> each DPC is taken off, and its routine called, at
 * DISPATCH_LEVEL, until the queue is empty. Between two DPCs comes in what is above them. What is the
 * same for all of them is done once, and what only an observer needs stands apart.
 */
#include "base/assert.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/dpc/ke_dpc_take.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_window.h"
#include "nt/ke/lock/ke_lock_order.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

#define DRAIN_LIMIT  100000 /* DPCs in a row on a clock that stands still */
#define LINGER_LIMIT 64     /* pauses, some 1.3 us */

static LONG apcs_sum(ULONG both)
{
    return (SHORT)both + (SHORT)(both >> 16);
}

/* The DPC left with other counts than it was entered with, in a thread that keeps them. */
static void apcs_report(PKTHREAD thread, ULONG both_before, struct ke_dpc_call call)
{
    const struct ke_trampoline *trampoline = ke_trampoline_of((const void *)call.routine);
    BOOLEAN timer = call.argument1 == KE_DPC_TIMER_ARGUMENT;
    LONG before = apcs_sum(both_before);
    LONG after;

    if (trampoline != NULL && trampoline->wrong_region != NULL &&
        thread->normal_apcs_disabled != (SHORT)both_before) {
        struct ke_callback shown = ke_callback_shown(&ke_self->dpc_frame);

        trampoline->wrong_region(&shown, (SHORT)both_before);
    }
    after = apcs_sum(thread->apcs_disabled);
    if (before != after) {
        ke_violation(RULE_DpcApcCount, 0xC7, timer ? 5 : 4, (uint64_t)(uintptr_t)call.routine,
                     (uint64_t)before, (uint64_t)after,
                     "a %sDPC was entered with APCs disabled %d times and returned with %d",
                     timer ? "timer " : "", before, after);
    }
}

/* The DPC returned with a spin lock more than it was entered with. */
static void locks_report(const struct ke_processor *self)
{
    struct ke_callback shown = ke_callback_shown(&self->dpc_frame);

    ke_lock_order_left(shown.kind, shown.routine);
}

/* What the drain compares once for each DPC. */
__attribute__((noinline)) static void counts_report(struct ke_processor *self, ULONG apcs,
                                                    ULONG locks, struct ke_dpc_call call)
{
    if (self->thread->apcs_disabled != apcs) {
        apcs_report(self->thread, apcs, call);
    }
    if (self->spin_locks_held > locks) {
        locks_report(self);
    }
}

/* With an observer, or when a DPC costs time: the same as dpc_run, told to whoever records or watches.
 * One by one, so that the arguments can stay in registers where this is not called. */
__attribute__((noinline)) static void dpc_run_observed(struct ke_processor *self, PRKDPC dpc,
                                                       PKDEFERRED_ROUTINE routine, PVOID context,
                                                       PVOID argument1, PVOID argument2)
{
    const struct ke_dpc_call call = {routine, context, argument1, argument2};
    ULONG recorded = ke_dpc_call_event(dpc, &call, self);
    struct ke_callback frame;

    ke_charge(self, self->dpc_costs_ns);
    self->chain = self->dpc_frame.outer; /* it has a frame of its own */
    ke_call_enter(&frame, KE_DPC_KIND, (const void *)(uintptr_t)routine, dpc);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(dpc), KE_WORD(context), KE_WORD(argument1),
                      KE_WORD(argument2));
    routine(dpc, context, argument1, argument2);
    ke_call_leave(&frame);
    self->chain = &self->dpc_frame;
    ke_event_end(BASE_EVENT_DPC_END, (const void *)(uintptr_t)routine, recorded, 0);
}

/* Its frame is the processor's. */
__attribute__((noinline)) static void wrong_irql(struct ke_processor *self)
{
    ke_call_wrong_irql(&self->dpc_frame);
}

/* One DPC, already off its queue: the KDPC is not touched again. The frame is the processor's, and on
 * the chain for the whole drain. */
static inline void dpc_run(struct ke_processor *self, PRKDPC dpc, const struct ke_dpc_call *call)
{
    struct ke_callback *frame = &self->dpc_frame;

    ke_ring(self, BASE_EVENT_DPC_START, (const void *)(uintptr_t)call->routine);
    frame->routine = (const void *)(uintptr_t)call->routine;
    frame->object = dpc;
    call->routine(dpc, call->context, call->argument1, call->argument2);
    if (__builtin_expect(self->irql != DISPATCH_LEVEL, 0)) {
        wrong_irql(self);
    }
    ke_ring(self, BASE_EVENT_DPC_END, frame->routine);
}

/* A drain may use up neither its time nor, on a clock that stands still, its count. */
__attribute__((noinline)) static void drain_check(struct ke_processor *self, ULONG runs)
{
    ULONGLONG used_100ns;

    self->dpc_start_ns = host_clock_peek(self->number); /* of the next one */
    used_100ns = self->dpc_start_ns / 100 - self->drain_start_ns / 100;
    if (used_100ns > KE_DRAIN_BUDGET_100NS || (runs > DRAIN_LIMIT && used_100ns == 0)) {
        ke_violation(RULE_DpcWatchdog, 0x133, 1, runs, DRAIN_LIMIT, 0,
                     "%u DPCs ran in a row on processor %u", runs, self->number);
    }
}

/* Between two DPCs: no routine runs. */
__attribute__((noinline)) static void drain_window(struct ke_processor *self)
{
    PKTHREAD thread = self->thread; /* the interrupted one */

    self->dpc_state = KE_DPC_DRAINING;
    self->chain = self->dpc_frame.outer;
    ke_dpc_running_set(&self->running_dpc, NULL);
    ke_window_slow();
    self->chain = &self->dpc_frame;
    self->dpc_state = KE_DPC_DRAINING | KE_DPC_ROUTINE;
    CORE_ASSERT(ke_self == self && self->thread == thread);
}

/* With threads: the list is empty and the inbox is not, that is, another processor queues one DPC after
 * the other. Who takes over each at once gets a few of them, and the two take the inbox and the DPCs
 * from each other all the time. Let some more arrive, the longer the more of them came. Returns the
 * pauses before the next time. */
static inline ULONG drain_linger(struct ke_processor *self, ULONG pauses)
{
    if (pauses == 0 || __atomic_load_n(&self->dpc_count, __ATOMIC_RELAXED) != 0 ||
        ke_dpc_inbox_is_empty(self)) {
        return pauses;
    }
    for (ULONG i = 0; i < pauses && (ke_attention(self) & KE_ATTENTION_WINDOW) == 0; i++) {
        __builtin_ia32_pause();
    }
    return pauses < LINGER_LIMIT ? 2 * pauses + 1 : pauses;
}

/* One loop, made three times: mostly there are fibers, and a DPC costs what it costs. */
__attribute__((always_inline)) static inline void drain_run(struct ke_processor *self,
                                                            BOOLEAN threads, BOOLEAN costs)
{
    ULONG apcs = self->thread->apcs_disabled;
    ULONG locks = self->spin_locks_held;
    ULONG pauses = 0;
    ULONG runs = 0;
    struct ke_dpc_call call;
    PKDPC dpc;

    if (threads && self->dispatching && !host_runs_alone()) {
        pauses = 1; /* in the idle context nothing else waits, and the sender runs meanwhile */
    }
    while ((dpc = threads ? ke_dpc_take(self, &call) : ke_dpc_pop(self, FALSE, TRUE, &call)) !=
           NULL) {
        KE_COUNT(self, dpc_runs);
        if ((costs && self->dpc_costs_ns != 0) || ke_is_observed(self)) {
            dpc_run_observed(self, dpc, call.routine, call.context, call.argument1, call.argument2);
        } else {
            dpc_run(self, dpc, &call);
        }
        /* A drain seldom begins with locks: its thread was below DISPATCH_LEVEL. */
        if (__builtin_expect(((self->thread->apcs_disabled ^ apcs) | self->spin_locks_held) != 0,
                             0)) {
            counts_report(self, apcs, locks, call);
            apcs = self->thread->apcs_disabled;
            locks = self->spin_locks_held;
        }
        if (__builtin_expect(
                ++runs > DRAIN_LIMIT || BASE_READ_ONCE(*self->clock) != self->dpc_start_ns, 0)) {
            drain_check(self, runs);
        }
        if (__builtin_expect(((ke_attention(self) & KE_ATTENTION_WINDOW) |
                              (self->deferred & KE_ATTENTION_INTERRUPT)) != 0,
                             0)) {
            drain_window(self);
            apcs = self->thread->apcs_disabled;
        }
        if (threads) {
            pauses = drain_linger(self, pauses);
        }
    }
}

__attribute__((noinline)) static void drain_run_threads(struct ke_processor *self)
{
    drain_run(self, TRUE, TRUE);
}

__attribute__((noinline)) static void drain_run_costly(struct ke_processor *self)
{
    drain_run(self, FALSE, TRUE);
}

void ke_dpc_drain(struct ke_processor *self, KIRQL after)
{
    CORE_ASSERT(after < DISPATCH_LEVEL && self->dpc_state == 0);
    self->dpc_frame.outer = self->chain;
    self->chain = &self->dpc_frame;
    self->dpc_state = KE_DPC_DRAINING | KE_DPC_ROUTINE;
    self->drain_start_ns = self->dpc_start_ns = BASE_READ_ONCE(*self->clock);
    if (self->irql != DISPATCH_LEVEL) {
        ke_irql_set(self, DISPATCH_LEVEL);
    }
    if (__builtin_expect(self->is_threaded, 0)) {
        drain_run_threads(self);
    } else if (__builtin_expect(self->dpc_costs_ns != 0, 0)) {
        drain_run_costly(self);
    } else {
        drain_run(self, FALSE, FALSE);
    }
    self->deferred &= (UCHAR)~KE_ATTENTION_DPC;
    ke_dpc_running_set(&self->running_dpc, NULL);
    self->chain = self->dpc_frame.outer;
    self->dpc_state = 0;
    ke_irql_set(self, after);
}
