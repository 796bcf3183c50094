/* ke_irql.c - the IRQL routines. A driver's raises form a stack on its processor: KeLowerIrql must
 * go back to what the last raise left.
 */
#include "nt/ke/ke_irql.h"

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

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

__attribute__((noinline)) static KIRQL irql_raise_checked(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self;
    KIRQL old;

    if (!ke_api(name, bound)) {
        return PASSIVE_LEVEL;
    }
    self = ke_self;
    old = self->irql;
    if (irql < old || irql > HIGH_LEVEL) {
        ke_violation(RULE_IrqlRaiseInvalid, 0xC4, 0x30, old, irql, 0, "KeRaiseIrql to %u from %s",
                     irql, ke_irql_name(old));
        return old;
    }
    ke_irql_raise(irql);
    ke_irql_push(ke_self, old);
    return old;
}

static inline KIRQL irql_raise(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (!irql_is_common(self) || irql < old || irql > HIGH_LEVEL) {
        return irql_raise_checked(irql, name, bound);
    }
    ke_ring(self, BASE_EVENT_API, name);
    self->irql = irql;
    base_ring_set_irql(&self->ring, irql);
    self->raised_from[self->raise_depth++] = old;
    return old;
}

KIRQL KfRaiseIrql(KIRQL NewIrql)
{
    return irql_raise(NewIrql, API_APART(HIGH_LEVEL));
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

KIRQL KeRaiseIrqlToSynchLevel(VOID)
{
    return KfRaiseIrql(SYNCH_LEVEL);
}

BOOLEAN ke_irql_may_lower(const struct ke_processor *self, KIRQL irql)
{
    const struct ke_callback *frame = self->chain;

    if (frame == NULL || irql >= frame->irql) {
        return TRUE;
    }
    ke_violation(RULE_IrqlLowerInvalid, 0xC4, 0x31, self->irql, irql, ke_in_dpc(self),
                 "the IRQL was to be lowered to %u in a routine that was entered at %s", irql,
                 ke_irql_name(frame->irql));
    return FALSE;
}

__attribute__((noinline)) static VOID irql_lower_checked(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self;

    if (!ke_api(name, bound)) {
        return;
    }
    self = ke_self;
    if (irql > self->irql || self->raise_depth == 0 ||
        (self->raise_depth <= KE_MAXIMUM_RAISES &&
         self->raised_from[self->raise_depth - 1] != irql)) {
        ke_violation(RULE_IrqlLowerInvalid, 0xC4, 0x31, self->irql, irql,
                     irql < DISPATCH_LEVEL && ke_in_dpc(self),
                     "KeLowerIrql to %u from %s does not undo the last raise", irql,
                     ke_irql_name(self->irql));
        return;
    }
    if (!ke_irql_is_inside(self) || ke_irql_may_lower(self, irql)) {
        self->raise_depth--;
        ke_irql_lower(irql);
    }
}

/* Often the fall lets in DPCs and nothing else: they run before the level is set, which spares two
 * changes of it. */
__attribute__((noinline)) static VOID irql_fall(struct ke_processor *self, KIRQL irql)
{
    if (irql < DISPATCH_LEVEL && self->deferred == KE_ATTENTION_DPC) {
        ke_dpc_drain(self, irql);
    } else {
        ke_irql_set(self, irql);
    }
    ke_irql_fell(self, irql);
}

#undef KeLowerIrql
VOID KeLowerIrql(KIRQL NewIrql)
{
    struct ke_processor *self = ke_self;

    if (!irql_is_common(self) || ke_irql_is_inside(self) || NewIrql > self->irql ||
        self->raise_depth == 0 || self->raised_from[self->raise_depth - 1] != NewIrql) {
        irql_lower_checked(NewIrql, API_APART(HIGH_LEVEL));
        return;
    }
    ke_ring(self, BASE_EVENT_API, __func__);
    self->raise_depth--;
    irql_fall(self, NewIrql);
}
