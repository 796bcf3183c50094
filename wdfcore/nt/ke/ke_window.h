#pragma once
/* ke_window.h - windows: the places where an interrupt, a DPC or another processor may come in. The
 * order of what happens at one is that of execution 2: stop; interrupts above the IRQL, highest
 * first; below DISPATCH_LEVEL the DPC drain; due events; then, if the schedule says so, another
 * task or the turn to another processor. No internal lock may be held at a window.
 */
#include <wdm.h>

#include "nt/dpc/ke_dpc.h"
#include "nt/ke/ke_processor.h"

/* ke_window_slow: do what waits. Never returns once the machine is stopped. */
void ke_window_slow(void);

/* ke_window_point: a window without IRQL check, for what may be called at any IRQL (Interlocked*,
 * register access, barriers). */
static inline void ke_window_point(void)
{
    struct ke_processor *self = ke_self;

    self->ring.beats++; /* a sign of life for the watchdog, not an event */
    if (__builtin_expect((ke_attention(self) & KE_ATTENTION_WINDOW) != 0, 0)) {
        ke_window_slow();
    }
}

/* ke_window_drain: Often nothing waits but DPCs, and the level lets them in: they alone need no look at
 * the rest. FALSE: more waits, or something came while they ran. */
static inline BOOLEAN ke_window_drain(struct ke_processor *self)
{
    if ((ke_attention(self) & KE_ATTENTION_WINDOW) != 0 || self->deferred != KE_ATTENTION_DPC ||
        self->irql >= DISPATCH_LEVEL) {
        return FALSE;
    }
    ke_dpc_drain(self, self->irql);
    return ((ke_attention(self) & KE_ATTENTION_WINDOW) | self->deferred) == 0;
}

/* ke_window_lowered: the IRQL has just fallen: what was masked may come in now. */
static inline void ke_window_lowered(struct ke_processor *self)
{
    if (ke_dpc_waits(self) && self->irql < DISPATCH_LEVEL &&
        (self->deferred & KE_ATTENTION_DPC) == 0) {
        self->deferred |= KE_ATTENTION_DPC; /* also what nobody has asked to run at once */
    }
    if (__builtin_expect(((ke_attention(self) & KE_ATTENTION_WINDOW) | self->deferred) != 0, 0) &&
        !ke_window_drain(self)) {
        ke_window_slow();
    }
}

/* ke_spin_step: one step of a busy wait: a window at which another processor gets the turn. Returns
 * FALSE if no other processor has work, so that only time or an interrupt can end the wait. */
BOOLEAN ke_spin_step(void);

/* ke_schedule_update: whether the schedule wants to look at this processor's windows. */
void ke_schedule_update(struct ke_processor *self);

/* ke_processor_turn: one turn of this processor from its own context, whatever its IRQL up to
 * DISPATCH_LEVEL: read the clock, fire what is due, drain, as if the level fell and rose again. */
void ke_processor_turn(void);
