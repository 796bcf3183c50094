#include "nt/ke/schedule/ke_claim.h"

#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_upcalls.h"
#include "nt/ke/ke_window.h"
#include "nt/time/ke_due.h"

/* What belongs to the context and not to the processor. */
static inline void context_move(struct ke_processor *to, const struct ke_processor *from)
{
    to->thread = from->thread;
    to->chain = from->chain;
    to->raise_depth = from->raise_depth;
    if (from->raise_depth != 0) {
        memcpy(to->raised_from, from->raised_from, sizeof(to->raised_from));
    }
    if (ke_is_observed(to)) {
        ke_record_irql(to, from->irql);
    }
    to->irql = from->irql;
}

static inline struct ke_processor *processor_take(struct ke_processor *stand_in,
                                                  struct ke_processor *self)
{
    if (stand_in->number != self->number) {
        ke_stand_in_move(stand_in, self->number);
    }
    self->claimed_by = stand_in;
    self->windows = 0;
    context_move(self, stand_in);
    base_ring_set_time_irql(&self->ring, host_clock_peek(self->number) / 100, self->irql);
    ke_processor_enter(self);
    return self;
}

struct ke_processor *ke_claim(void)
{
    struct ke_processor *stand_in = ke_self;

    CORE_ASSERT(stand_in->is_stand_in && base_held_ranks == 0);
    return processor_take(stand_in, ke_processor_at(host_processor_claim()));
}

void ke_claim_end(void)
{
    struct ke_processor *self = ke_self;
    struct ke_processor *stand_in = self->claimed_by;
    UCHAR number = self->number;

    CORE_ASSERT(base_held_ranks == 0);
    for (;;) {
        context_move(stand_in, self);
        base_ring_take_stamp(&stand_in->ring, &self->ring); /* of the same number */
        ke_processor_enter(stand_in);
        self->thread = self->idle;
        self->chain = NULL;
        self->raise_depth = 0;
        self->claimed_by = NULL;
        host_processor_release(number);
        if (__builtin_expect(!ke_processor_is_pending(self), 1) ||
            !host_processor_try_claim(number)) {
            return;
        }
        processor_take(stand_in, self);
        ke_window_lowered(self);
    }
}

void ke_claim_unfix(void)
{
    ke_window_lowered(ke_self);
    ke_claim_end();
}
