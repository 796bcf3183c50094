#pragma once
/* ke_irql.h - changing the IRQL from inside nt. Raising to DISPATCH_LEVEL may change ke_self.
 * ke_irql_lower is a window: what the lower level allows has run when it returns.
 */
#include "nt/thread/ke_thread.h"
#include "nt/ke/schedule/ke_claim.h"
#include "nt/ke/ke_window.h"

static inline KIRQL ke_irql_raise(KIRQL irql)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (__builtin_expect(self->is_stand_in, 0) && irql >= DISPATCH_LEVEL) {
        ke_claim(irql);
    } else {
        ke_irql_set(self, irql);
    }
    return old;
}

/* ke_irql_fell: the second half of ke_irql_lower: the level has been set. */
static inline void ke_irql_fell(struct ke_processor *self, KIRQL irql)
{
    ke_window_lowered(self);
    if (irql >= DISPATCH_LEVEL) {
        return;
    }
    if (__builtin_expect(ke_self->claimed_by != NULL, 0)) {
        ke_claim_end();
    }
    if (__builtin_expect(__atomic_load_n(&ke_self->thread->fall_pending, __ATOMIC_RELAXED) != 0,
                         0)) {
        ke_thread_fell();
    }
}

/* ke_irql_is_inside: in a DPC or an ISR. ke_irql_may_lower: FALSE: it would go below the level that it
 * was entered at, which is not its own: IrqlLowerInvalid. */
static inline bool ke_irql_is_inside(const struct ke_processor *self)
{
    return __builtin_expect((self->dpc_state | self->isr_depth) != 0, 0);
}
BOOLEAN ke_irql_may_lower(const struct ke_processor *self, KIRQL irql);

static inline void ke_irql_lower(KIRQL irql)
{
    struct ke_processor *self = ke_self;

    if (ke_irql_is_inside(self) && !ke_irql_may_lower(self, irql)) {
        return;
    }
    ke_irql_set(self, irql);
    ke_irql_fell(self, irql);
}

/* ke_irql_push/pop: remember raises of a driver, so that KeLowerIrql can be held to the last one.
 */
void ke_irql_push(struct ke_processor *self, KIRQL old);
void ke_irql_pop(struct ke_processor *self);
