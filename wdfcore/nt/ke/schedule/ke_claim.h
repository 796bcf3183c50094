#pragma once
/* ke_claim.h - with threads: a task moves onto a processor while its IRQL is at DISPATCH_LEVEL or
 * above. With fibers each task has a processor all the time.
 */
#include "nt/ke/ke_processor.h"

/* ke_claim: the current task, on its stand-in, owns a processor from now on, and is there at that level:
 * its home if that is free, else another of its affinity; waits while none is. */
struct ke_processor *ke_claim(KIRQL irql);
/* ke_claim_end: the level has fallen below DISPATCH_LEVEL and what it let in has run: back to the
 * stand-in. What came at the last moment runs before this returns. */
void ke_claim_end(void);

/* ke_claim_fix: whatever the scheduler, the current context is on a processor until
 * ke_claim_unfix; for code that acts on "the current processor" below DISPATCH_LEVEL. Returns
 * whether there is something to undo. */
static inline BOOLEAN ke_claim_fix(void)
{
    if (__builtin_expect(!ke_self->is_stand_in, 1)) {
        return FALSE;
    }
    ke_claim(ke_self->irql);
    return TRUE;
}

void ke_claim_unfix(void);
