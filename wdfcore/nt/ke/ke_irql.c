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

/* The common case of a raise or a fall: nothing wants attention, and a driver nests its raises. It stands
 * before the entry test, which it needs no more than to write the event. */
static inline BOOLEAN irql_may_rise(const struct ke_processor *self, KIRQL irql)
{
    return __builtin_expect(
        self->raise_depth < KE_MAXIMUM_RAISES && irql >= self->irql && irql <= HIGH_LEVEL, 1);
}

static inline BOOLEAN irql_may_fall(const struct ke_processor *self, KIRQL irql)
{
    ULONG last = self->raise_depth - 1;

    return __builtin_expect(!ke_irql_is_inside(self) && irql <= self->irql &&
                                last < KE_MAXIMUM_RAISES && self->raised_from[last] == irql,
                            1);
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

/* With threads, or there is something to look at. */
__attribute__((noinline)) static KIRQL irql_raise_hindered(KIRQL irql, const char *name,
                                                           KIRQL bound)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (ke_attention(self) != 0 || !irql_may_rise(self, irql)) {
        return irql_raise_checked(irql, name, bound);
    }
    ke_ring(self, BASE_EVENT_API, name);
    ke_irql_raise(irql);
    self = ke_self;
    self->raised_from[self->raise_depth++] = old;
    return old;
}

static inline KIRQL irql_raise(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;
    KIRQL old = self->irql;

    if (!ke_is_plain(self) || !irql_may_rise(self, irql)) {
        return irql_raise_hindered(irql, name, bound);
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
static inline VOID irql_fall(struct ke_processor *self, KIRQL irql)
{
    if (irql < DISPATCH_LEVEL && self->deferred == KE_ATTENTION_DPC) {
        ke_dpc_drain(self, irql);
    } else {
        ke_irql_set(self, irql);
    }
}

/* With threads, or there is something to look at. */
__attribute__((noinline)) static VOID irql_lower_hindered(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    if (ke_attention(self) != 0 || self->is_stand_in || !irql_may_fall(self, irql)) {
        irql_lower_checked(irql, name, bound);
        return;
    }
    ke_ring(self, BASE_EVENT_API, name);
    self->raise_depth--;
    irql_fall(self, irql);
    ke_irql_fell(self, irql);
}

/* With fibers mostly nothing is left to look at then. */
static inline BOOLEAN irql_fell_quietly(const struct ke_processor *self)
{
    return __builtin_expect((BASE_READ_ONCE(self->hindrance) | self->deferred | self->dpc_count |
                             self->thread->fall_pending) == 0,
                            1);
}

__attribute__((noinline)) static VOID irql_fell(struct ke_processor *self, KIRQL irql)
{
    ke_irql_fell(self, irql);
}

__attribute__((noinline)) static VOID irql_fall_plain(struct ke_processor *self, KIRQL irql)
{
    irql_fall(self, irql);
    if (!irql_fell_quietly(self)) {
        irql_fell(self, irql);
    }
}

static inline VOID irql_lower(KIRQL irql, const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    if (!ke_is_plain(self) || !irql_may_fall(self, irql)) {
        irql_lower_hindered(irql, name, bound);
        return;
    }
    ke_ring(self, BASE_EVENT_API, name);
    self->raise_depth--;
    irql_fall_plain(self, irql);
}

#undef KeLowerIrql
VOID KeLowerIrql(KIRQL NewIrql)
{
    irql_lower(NewIrql, API_APART(HIGH_LEVEL));
}
