#include "nt/ke/ke_window.h"

#include "base/assert.h"
#include "nt/hal/hal_device.h"
#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ke/schedule/ke_schedule.h"
#include "nt/thread/ke_apc.h"
#include "nt/time/ke_timer.h"

/* Bits that are consumed by looking; the others stay until their cause is gone. */
#define CONSUMED (KE_ATTENTION_INTERRUPT | KE_ATTENTION_DPC | KE_ATTENTION_TIME | KE_ATTENTION_APC)

/* Interrupts and DPCs that the IRQL allows now. May come back on another stack depth, never on
 * another processor: both run nested. */
static void window_deliver(struct ke_processor *self, uint64_t window)
{
    if ((self->deferred & KE_ATTENTION_INTERRUPT) != 0) {
        ke_interrupt_deliver(self, window);
    }
    if ((self->deferred & KE_ATTENTION_DPC) != 0 && self->irql < DISPATCH_LEVEL) {
        ke_dpc_drain(self, self->irql);
    }
}

/* A task that owns no processor: what waits for one is handed to it. */
static void stand_in_look(struct ke_processor *self)
{
    UCHAR wanted = __atomic_fetch_and(&self->attention, (UCHAR)~CONSUMED, __ATOMIC_SEQ_CST);

    if ((wanted & KE_ATTENTION_STOP) != 0) {
        host_context_abandon();
    }
    wanted &= CONSUMED & ~KE_ATTENTION_APC; /* that one is the task's own */
    if (wanted != 0) {
        ke_attention_set(ke_processor_at(self->number), wanted);
    }
}

static void window_look(struct ke_processor *self)
{
    uint64_t window;
    UCHAR wanted = 0;

    CORE_ASSERT(base_lock_none_held());
    if (__builtin_expect(self->is_stand_in, 0)) {
        stand_in_look(self);
        return;
    }
    window = self->window = (self->window + HOST_MAX_PROCESSORS) | self->number;

    /* Often it is only what the fall of the IRQL lets in. */
    if ((ke_attention(self) & KE_ATTENTION_WINDOW) != 0) {
        wanted = __atomic_fetch_and(&self->attention, (UCHAR)~CONSUMED, __ATOMIC_SEQ_CST);
    }
    if ((wanted & KE_ATTENTION_STOP) != 0) {
        host_context_abandon();
    }
    self->windows++;
    self->deferred |= wanted & (KE_ATTENTION_INTERRUPT | KE_ATTENTION_DPC);
    window_deliver(self, window);
    if ((wanted & KE_ATTENTION_TIME) != 0) {
        ke_time_deliver(self);
        window_deliver(self, window);
    }
    if ((self->deferred & KE_ATTENTION_DEVICE) != 0 && self->irql <= DISPATCH_LEVEL) {
        self->deferred &= (UCHAR)~KE_ATTENTION_DEVICE;
        hal_device_run_soon(); /* what it asserts comes in at the next window */
    }
}

void ke_window_slow(void)
{
    struct ke_processor *self = ke_self;

    if (ke_processor_is_outside(self)) {
        return;
    }
    window_look(self);
    if ((ke_attention(self) & KE_ATTENTION_SCHEDULE) != 0) {
        ke_schedule_window();
    }
    if ((ke_attention(ke_self) & KE_ATTENTION_STOP) != 0) {
        host_context_abandon();
    }
    ke_apc_check();
}

BOOLEAN ke_spin_step(void)
{
    struct ke_processor *self = ke_self;
    BOOLEAN passed;

    self->ring.beats++;
    if (((ke_attention(self) & KE_ATTENTION_WINDOW) |
         (self->irql < DISPATCH_LEVEL ? self->deferred : 0)) != 0) {
        window_look(self);
    }
    if (base_threaded && (ke_attention(self) & KE_ATTENTION_SCHEDULE) != 0) {
        ke_schedule_window();
    }
    passed = host_turn_pass(HOST_NO_PROCESSOR);
    if (!passed) { /* only time can end the wait */
        ke_charge(self, ke_machine.config.clock_read_ns);
    }
    if ((ke_attention(ke_self) & KE_ATTENTION_STOP) != 0) {
        host_context_abandon();
    }
    ke_apc_check();
    return passed;
}

void ke_processor_turn(void)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (old > DISPATCH_LEVEL) {
        return;
    }
    if (self->is_stand_in) { /* the processor's own thread turns */
        ke_attention_set(ke_processor_at(self->number), KE_ATTENTION_TIME);
        return;
    }
    ke_irql_set(self, old < DISPATCH_LEVEL ? old : APC_LEVEL);
    __atomic_fetch_or(&self->attention, KE_ATTENTION_TIME, __ATOMIC_RELAXED);
    ke_window_slow();
    ke_irql_set(ke_self, old);
}
