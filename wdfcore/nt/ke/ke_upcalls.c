/* ke_upcalls.c - the host's scheduler calls up: an idle context is entered, a context resumes, time
 * has come, nothing can run.
 */
#include "nt/ke/ke_upcalls.h"

#include "nt/dpc/ke_dpc.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ke/schedule/ke_schedule.h"
#include "nt/thread/ke_thread.h"
#include "nt/ke/ke_window.h"

static void upcall_attention(uint32_t processor)
{
    if (base_threaded && processor != HOST_NO_PROCESSOR) {
        ke_attention_set(ke_processor_at(processor), KE_ATTENTION_TIME);
        return;
    }
    if (processor != HOST_NO_PROCESSOR) {
        __atomic_fetch_or(&ke_processor_at(processor)->attention,
                          KE_ATTENTION_TIME | KE_ATTENTION_SCHEDULE, __ATOMIC_RELAXED);
        return;
    }
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        __atomic_fetch_or(&ke_processor_at(i)->attention, KE_ATTENTION_TIME, __ATOMIC_RELAXED);
    }
}

/* The idle context works until nothing waits that it could do. Its IRQL is PASSIVE_LEVEL, as that
 * of a thread which is interrupted. */
static void upcall_dispatch(uint32_t processor)
{
    struct ke_processor *self = ke_processor_at(processor);

    self->dispatching = TRUE;
    do {
        if (host_posts_pending()) {
            upcall_attention(processor);
        }
        if (ke_dpc_waits(self)) {
            self->deferred |= KE_ATTENTION_DPC;
        }
        ke_window_slow();
    } while ((ke_attention(self) &
              (KE_ATTENTION_INTERRUPT | KE_ATTENTION_DPC | KE_ATTENTION_TIME)) != 0 ||
             self->deferred != 0 || host_posts_pending());
    self->dispatching = FALSE;
}

static void upcall_current(uint32_t processor, struct host_task *task)
{
    struct ke_processor *self = ke_processor_at(processor);
    PKTHREAD thread;

    if (self == NULL) {
        if (task != NULL) {
            ke_thread_stand_in(host_task_cookie(task));
        } else {
            ke_processor_outside();
        }
        return;
    }
    thread = task != NULL ? host_task_cookie(task) : self->idle;
    ke_processor_enter(self);
    self->windows = 0;
    base_ring_set_time(&self->ring, ke_clock_now_100ns());
    if (self->thread != thread) {
        ke_thread_switch(self, thread);
        /* What came after the last window of a thread that blocks is the idle context's. */
        if (thread->is_idle && !base_threaded && ke_processor_is_pending(self)) {
            host_processor_kick(processor);
        }
    }
    ke_schedule_update(self);
}

static bool upcall_pending(uint32_t processor)
{
    return ke_processor_is_pending(ke_processor_at(processor));
}

static uint64_t upcall_next_due(void)
{
    uint64_t due = ke_due_next_100ns();

    return due > HOST_NEVER / 100 ? HOST_NEVER : due * 100;
}

static uint32_t upcall_tie(uint64_t processors)
{
    return ke_schedule_pick(KE_CHOICE_TIE, processors, processors);
}

/* Nobody runs: the lowest-numbered processor takes what is due. */
static void upcall_due(void)
{
    ke_attention_set(ke_processor_at(0), KE_ATTENTION_TIME);
}

static const void *upcall_pulse(void)
{
    return &ke_self;
}

/* A number that is torn or late is as good a sign of life; and neither processors nor stand-ins are
 * ever given back to the host. */
__attribute__((no_sanitize("thread"))) static uint64_t upcall_heartbeat(const void *pulse)
{
    const struct ke_processor *self = *(struct ke_processor *const volatile *)pulse;

    /* not atomic loads: the sanitizer would watch those all the same */
    return *(const volatile uint64_t *)&self->ring.position +
           *(const volatile uint64_t *)&self->ring.beats + (uint64_t)(uintptr_t)self;
}

const struct host_upcalls ke_upcalls = {
    .dispatch = upcall_dispatch,
    .current = upcall_current,
    .next_due = upcall_next_due,
    .due = upcall_due,
    .attention = upcall_attention,
    .tie = upcall_tie,
    .pending = upcall_pending,
    .pause = ke_threads_pause,
    .stuck = ke_threads_stuck,
    .pulse = upcall_pulse,
    .heartbeat = upcall_heartbeat,
    .no_window = ke_report_no_window,
};
