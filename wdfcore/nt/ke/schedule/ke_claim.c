#include "nt/ke/schedule/ke_claim.h"

#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_upcalls.h"
#include "nt/ke/ke_window.h"
#include "nt/time/ke_due.h"

/* What belongs to the context and not to the processor. */
static void context_move(struct ke_processor *to, const struct ke_processor *from)
{
    to->thread = from->thread;
    to->chain = from->chain;
    to->raise_depth = from->raise_depth;
    memcpy(to->raised_from, from->raised_from, sizeof(to->raised_from));
    ke_irql_set(to, from->irql);
    ke_clock_noted(to);
    ke_processor_enter(to);
}

static struct ke_processor *processor_take(struct ke_processor *stand_in, uint32_t number)
{
    struct ke_processor *self = ke_processor_at(number);

    ke_stand_in_move(stand_in, number);
    self->claimed_by = stand_in;
    self->windows = 0;
    context_move(self, stand_in);
    return self;
}

struct ke_processor *ke_claim(void)
{
    struct ke_processor *stand_in = ke_self;

    CORE_ASSERT(stand_in->is_stand_in && base_lock_none_held());
    return processor_take(stand_in, host_processor_claim());
}

void ke_claim_end(void)
{
    struct ke_processor *self = ke_self;
    struct ke_processor *stand_in = self->claimed_by;
    UCHAR number = self->number;

    for (;;) {
        context_move(stand_in, self);
        self->thread = self->idle;
        self->chain = NULL;
        self->raise_depth = 0;
        self->claimed_by = NULL;
        host_processor_release(number);
        if (!ke_processor_is_pending(number) || !host_processor_try_claim(number)) {
            return;
        }
        processor_take(stand_in, number);
        ke_window_lowered(ke_self);
    }
}

void ke_claim_unfix(void)
{
    ke_window_lowered(ke_self);
    ke_claim_end();
}
