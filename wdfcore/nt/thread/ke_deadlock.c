#include "nt/thread/ke_deadlock.h"

#include <stdio.h>

#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

#define CHAIN_MAXIMUM 64u /* a longer cycle is not found */

/* The threads of a chain: each waits for a lock that the next one owns. */
struct chain {
    PKTHREAD threads[CHAIN_MAXIMUM];
    ULONG length;
};

static PKTHREAD owner_of_wanted(PKTHREAD thread, ULONG index)
{
    const struct ke_lock_wait *wait = thread->wants;

    return wait != NULL ? wait->owner_at(wait->lock, index) : NULL;
}

/* Whether a chain leads from the last thread back to the first: then it is left in `chain`. No chain
 * that others form can be a cycle, for whoever closes one looks here first: the search ends. */
static BOOLEAN chain_returns(struct chain *chain)
{
    PKTHREAD last = chain->threads[chain->length - 1];
    PKTHREAD owner;

    for (ULONG i = 0; (owner = owner_of_wanted(last, i)) != NULL; i++) {
        if (owner == chain->threads[0]) {
            return TRUE;
        }
        if (chain->length < CHAIN_MAXIMUM) {
            chain->threads[chain->length++] = owner;
            if (chain_returns(chain)) {
                return TRUE;
            }
            chain->length--;
        }
    }
    return FALSE;
}

static void describe_cycle(const struct chain *chain, char *text, size_t size)
{
    size_t used = 0;

    for (ULONG i = 0; i < chain->length && used < size; i++) {
        PKTHREAD owner = chain->threads[(i + 1) % chain->length];

        used += (size_t)snprintf(text + used, size - used, "%s %u waits for %s owned by %s %u%s",
                                 chain->threads[i]->name, (unsigned)chain->threads[i]->id,
                                 chain->threads[i]->wants->kind, owner->name, (unsigned)owner->id,
                                 i + 1 < chain->length ? ", " : "");
    }
}

bool ke_lock_wait_begin_locked(const struct ke_lock_wait *wait, struct ke_lock_cycle *cycle)
{
    struct chain chain = {.threads = {ke_self->thread}, .length = 1};

    ke_self->thread->wants = wait;
    if (!chain_returns(&chain)) {
        return false;
    }
    describe_cycle(&chain, cycle->text, sizeof(cycle->text));
    return true;
}

void ke_lock_cycle_report(const struct ke_lock_cycle *cycle)
{
    ke_violation(RULE_Deadlock, 0, (uint64_t)(uintptr_t)ke_self->thread, 0, 0, 0,
                 "a wait for a lock closes a cycle: %s", cycle->text);
}

void ke_lock_wait_begin(const struct ke_lock_wait *wait)
{
    struct ke_lock_cycle cycle;
    bool closes;

    ke_dispatcher_lock();
    closes = ke_lock_wait_begin_locked(wait, &cycle);
    ke_dispatcher_unlock();
    if (closes) {
        ke_lock_cycle_report(&cycle);
    }
}

void ke_lock_wait_end(void)
{
    ke_dispatcher_lock();
    ke_self->thread->wants = NULL;
    ke_dispatcher_unlock();
}

void ke_lock_wait_describe(const struct ke_lock_wait *wait, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s", wait->kind);
    PKTHREAD owner;

    for (ULONG i = 0; used < size && (owner = wait->owner_at(wait->lock, i)) != NULL; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s %u",
                                 i == 0 ? " owned by " : " and ", owner->name, (unsigned)owner->id);
    }
}
