#include "nt/thread/ke_deadlock.h"

#include <stdio.h>

#include "nt/ke/ke_report.h"
#include "nt/thread/ke_thread.h"

/* Who owns what the thread waits for; NULL: it waits for no owned lock. */
static PKTHREAD owner_of_wanted(const struct _KTHREAD *thread)
{
    return thread->wants_owner != NULL ? *thread->wants_owner : NULL;
}

static BOOLEAN chain_returns(PKTHREAD self)
{
    PKTHREAD thread = owner_of_wanted(self);

    while (thread != NULL && thread != self) {
        thread = owner_of_wanted(thread);
    }
    return thread == self;
}

static void report_cycle(PKTHREAD self)
{
    char chain[512];
    size_t used = (size_t)snprintf(chain, sizeof(chain), "%s", self->name);
    PKTHREAD thread = self;

    do {
        thread = owner_of_wanted(thread);
        if (used < sizeof(chain)) {
            used +=
                (size_t)snprintf(chain + used, sizeof(chain) - used, " waits for %s", thread->name);
        }
    } while (thread != self);
    ke_violation(RULE_Deadlock, 0, (uint64_t)(uintptr_t)self, 0, 0, 0,
                 "a wait for a lock closes a cycle: %s", chain);
}

/* A cycle can only be closed by the thread that begins to wait, so looking here misses none, and no
 * chain that others form can be a cycle: the walk ends. */
void ke_lock_wait_begin(PVOID const *owner)
{
    PKTHREAD self = ke_self->thread;

    self->wants_owner = (PKTHREAD const *)owner;
    if (chain_returns(self)) {
        report_cycle(self);
    }
}

void ke_lock_wait_end(void)
{
    ke_self->thread->wants_owner = NULL;
}
