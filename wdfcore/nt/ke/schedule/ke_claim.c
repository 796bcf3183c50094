#include "nt/ke/schedule/ke_claim.h"

#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_upcalls.h"
#include "nt/ke/ke_window.h"
#include "nt/time/ke_due.h"

/* What belongs to the context and not to the processor. Word by word: each was stored a moment ago and on its
 * own, and a load of two would have to wait for that to be in the cache. */
static inline void context_move(struct ke_processor *to, const struct ke_processor *from)
{
    to->thread = BASE_READ_ONCE(from->thread);
    to->chain = BASE_READ_ONCE(from->chain);
    to->raise_depth = from->raise_depth;
    if (__builtin_expect(from->raise_depth != 0, 0)) {
        memcpy(to->raised_from, from->raised_from, sizeof(to->raised_from));
    }
    if (ke_is_observed(to)) {
        ke_record_irql(to, from->irql);
    }
    to->irql = from->irql;
}

static inline struct ke_processor *processor_take(struct ke_processor *stand_in,
                                                  struct ke_processor *self, KIRQL irql)
{
    self->claimed_by = stand_in;
    self->windows = 0;
    context_move(self, stand_in);
    if (ke_is_observed(self)) {
        ke_record_irql(self, irql);
    }
    self->irql = irql;
    base_ring_set_irql(&self->ring, irql);
    if (__builtin_expect(BASE_READ_ONCE(*self->clock) != self->noted_ns, 0)) {
        self->noted_ns = BASE_READ_ONCE(*self->clock);
        base_ring_set_time(&self->ring, self->noted_ns / 100);
    }
    ke_processor_enter(self);
    return self;
}

struct ke_processor *ke_claim(KIRQL irql)
{
    struct ke_processor *stand_in = ke_self;
    uint32_t number;

    CORE_ASSERT(stand_in->is_stand_in && base_held_ranks == 0);
    number = host_processor_claim();
    if (__builtin_expect(number != stand_in->number, 0)) {
        ke_stand_in_move(stand_in, number);
    }
    return processor_take(stand_in, stand_in->home, irql);
}

static inline void processor_leave(struct ke_processor *stand_in, struct ke_processor *self)
{
    context_move(stand_in, self);
    base_ring_take_stamp(&stand_in->ring, &self->ring); /* of the same number */
    ke_processor_enter(stand_in);
    self->thread = self->idle;
    self->chain = NULL;
    self->raise_depth = 0;
    self->claimed_by = NULL;
    host_processor_release(self->number);
}

/* Something came at the last moment. If somebody else owns the processor by now, it is theirs. */
__attribute__((noinline)) static void claim_again(struct ke_processor *stand_in,
                                                  struct ke_processor *self)
{
    while (ke_processor_is_pending(self) && host_processor_try_claim(self->number)) {
        processor_take(stand_in, self, stand_in->irql);
        ke_window_lowered(self);
        processor_leave(stand_in, self);
    }
}

void ke_claim_end(void)
{
    struct ke_processor *self = ke_self;
    struct ke_processor *stand_in = self->claimed_by;

    CORE_ASSERT(base_held_ranks == 0);
    processor_leave(stand_in, self);
    if (__builtin_expect(ke_processor_is_pending(self), 0)) {
        claim_again(stand_in, self);
    }
}

void ke_claim_unfix(void)
{
    ke_window_lowered(ke_self);
    ke_claim_end();
}
