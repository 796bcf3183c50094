#include "nt/ke/ke_api.h"

#include "nt/ke/ke_window.h"
#include "nt/ke/report/ke_report.h"

static enum ke_api_finding (*api_above)(const char *name);

void ke_api_set_above(enum ke_api_finding (*above)(const char *name))
{
    api_above = above;
}

static void irql_too_high(const char *name, KIRQL irql, KIRQL bound)
{
    static const char text[] = "%s was called at %s; it allows %s at most";
    enum ke_api_finding finding = api_above != NULL ? api_above(name) : KE_API_BUGCHECK;

    if (finding == KE_API_TOLERATED) {
        ke_violation_tolerated(RULE_IrqlTooHigh, NULL, text, name, ke_irql_name(irql),
                               ke_irql_name(bound));
    } else if (finding == KE_API_NO_BUGCHECK) {
        ke_violation(RULE_IrqlTooHigh, 0, 0, 0, 0, 0, text, name, ke_irql_name(irql),
                     ke_irql_name(bound));
    } else {
        ke_violation(RULE_IrqlTooHigh, 0xA, 0, irql, 0, 0, text, name, ke_irql_name(irql),
                     ke_irql_name(bound));
    }
}

BOOLEAN ke_api_slow(const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    if (ke_processor_is_outside(self)) {
        ke_violation(RULE_ApiOutsideMachine, 0, 0, 0, 0, 0, "%s was called outside a machine",
                     name);
        return FALSE;
    }
    if (self->irql > bound) {
        irql_too_high(name, self->irql, bound);
        return FALSE;
    }
    if ((ke_attention(self) & KE_ATTENTION_WINDOW) != 0) {
        ke_window_slow();
    }
    return TRUE;
}
