#pragma once
/* ke_api.h - the test that every API starts with:
 *     if (!API(DISPATCH_LEVEL)) {
 *         return <refusal>;
 *     }
 * It is a window (execution 2), checks the caller's IRQL against the bound, and writes an event
 * into the flight ring. false: the call was refused by an expected violation, or by a fault point.
 * A function whose common case needs no test, and calls nothing, hands it on with API_APART(bound): the
 * last two arguments of the function that makes the test, ke_api(name, bound).
 * Accessors that only look something up use API_QUIET: no event.
 * Docs and tests generate the table of IRQL bounds from these lines.
 */
#include <wdm.h>

#include "nt/ke/ke_processor.h"

/* ke_api_slow: the IRQL is too high, or somebody wants attention. */
BOOLEAN ke_api_slow(const char *name, KIRQL bound);

/* How it is told that a function was called at too high an IRQL. */
enum ke_api_finding {
    KE_API_BUGCHECK,    /* as in the kernel: IRQL_NOT_LESS_OR_EQUAL */
    KE_API_NO_BUGCHECK, /* Windows would not raise one */
    KE_API_TOLERATED,   /* nor does the report end the run */
};

/* ke_api_set_above: who knows the functions of the layers above nt by name; without one all are the
 * kernel's. */
void ke_api_set_above(enum ke_api_finding (*above)(const char *name));

static inline BOOLEAN ke_api(const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    ke_ring(self, BASE_EVENT_API, name);
    if (__builtin_expect((bound < HIGH_LEVEL && self->irql > bound) || ke_attention(self) != 0,
                         0)) {
        return ke_api_slow(name, bound);
    }
    return TRUE;
}

static inline BOOLEAN ke_api_quiet(const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;

    if (__builtin_expect((bound < HIGH_LEVEL && self->irql > bound) || ke_attention(self) != 0,
                         0)) {
        return ke_api_slow(name, bound);
    }
    return TRUE;
}

#define API(bound)       __builtin_expect(ke_api(__func__, (bound)), 1)
#define API_APART(bound) __func__, (bound)
#define API_QUIET(bound) __builtin_expect(ke_api_quiet(__func__, (bound)), 1)
