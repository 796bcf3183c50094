/* ke_irql.c - the IRQL routines. A driver's raises form a stack on its processor: KeLowerIrql must
 * go back to what the last raise left.
 */
#include "nt/ke/ke_irql.h"

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_report.h"

void ke_irql_push(struct ke_processor *self, KIRQL old)
{
    if (self->raise_depth < KE_MAXIMUM_RAISES) {
        self->raised_from[self->raise_depth] = old;
    }
    self->raise_depth++;
}

void ke_irql_pop(struct ke_processor *self)
{
    if (self->raise_depth > 0) {
        self->raise_depth--;
    }
}

#undef KeGetCurrentIrql
KIRQL KeGetCurrentIrql(VOID)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return PASSIVE_LEVEL;
    }
    return ke_self->irql;
}

/* The common case of a raise or a fall: a processor on which nothing wants attention, and a driver that
 * nests its raises. It stands before the entry test, which it needs no more than to write the event. */
static inline BOOLEAN irql_is_common(const struct ke_processor *self)
{
    return __builtin_expect(
        ke_attention(self) == 0 && !self->is_stand_in && self->raise_depth < KE_MAXIMUM_RAISES, 1);
}

KIRQL KfRaiseIrql(KIRQL NewIrql)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (irql_is_common(self) && NewIrql >= old && NewIrql <= HIGH_LEVEL) {
        ke_ring(self, BASE_EVENT_API, __func__);
        self->irql = NewIrql;
        base_ring_set_irql(&self->ring, NewIrql);
        self->raised_from[self->raise_depth++] = old;
        return old;
    }
    if (!API(HIGH_LEVEL)) {
        return PASSIVE_LEVEL;
    }
    self = ke_self;
    old = self->irql;
    if (NewIrql < old || NewIrql > HIGH_LEVEL) {
        ke_violation(RULE_IrqlRaiseInvalid, 0xC4, 0x30, old, NewIrql, 0,
                     "KeRaiseIrql to %u from %s", NewIrql, ke_irql_name(old));
        return old;
    }
    ke_irql_raise(NewIrql);
    ke_irql_push(ke_self, old);
    return old;
}

#undef KeRaiseIrql
VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql)
{
    *OldIrql = KfRaiseIrql(NewIrql);
}

KIRQL KeRaiseIrqlToDpcLevel(VOID)
{
    return KfRaiseIrql(DISPATCH_LEVEL);
}

#undef KeLowerIrql
VOID KeLowerIrql(KIRQL NewIrql)
{
    struct ke_processor *self = ke_self;

    if (irql_is_common(self) && NewIrql <= self->irql && self->raise_depth > 0 &&
        self->raised_from[self->raise_depth - 1] == NewIrql) {
        ke_ring(self, BASE_EVENT_API, __func__);
        self->raise_depth--;
        ke_irql_lower(NewIrql);
        return;
    }
    if (!API(HIGH_LEVEL)) {
        return;
    }
    self = ke_self;
    if (NewIrql > self->irql || self->raise_depth == 0 ||
        (self->raise_depth <= KE_MAXIMUM_RAISES &&
         self->raised_from[self->raise_depth - 1] != NewIrql)) {
        ke_violation(RULE_IrqlLowerInvalid, 0xC4, 0x31, self->irql, NewIrql,
                     NewIrql < DISPATCH_LEVEL && self->dpc_depth > 0,
                     "KeLowerIrql to %u from %s does not undo the last raise", NewIrql,
                     ke_irql_name(self->irql));
        return;
    }
    self->raise_depth--;
    ke_irql_lower(NewIrql);
}
