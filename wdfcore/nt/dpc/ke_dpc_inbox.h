#pragma once
/* ke_dpc_inbox.h - with threads: DPCs that other processors have queued for one. To put them on its
 * list each of the two would have to take the lock from the other, every time; so they are pushed
 * without it, and taken over together by whoever has the lock.
 *
 * The inbox's word is the DPC pushed last, each links to the one before; the low bits count them, up to
 * KE_DPC_INBOX_COUNTED. A DPC on its way has KE_DPC_POSTED in its DpcData until it is on the list.
 *
 * A processor that drains looks at its inbox again before it ends, and says so: it leaves it *open*, which
 * is the highest count and no DPC. Then nobody who pushes has to make it look; and it ends with
 * closing the inbox, which fails if something was pushed.
 */
#include "base/prefetch.h"
#include "nt/dpc/ke_dpc_queue.h"

#define KE_DPC_POSTED        1u
#define KE_DPC_INBOX_COUNTED ((ULONG)KE_DPC_INBOX_OPEN) /* the counter stays there */

static inline PVOID ke_dpc_posted_to(const struct ke_processor *target)
{
    return (PVOID)((uintptr_t)target | KE_DPC_POSTED);
}

/* ke_dpc_inbox_push: a DPC that is claimed for it. Returns how many there are now, as far as they
 * are counted; of an open inbox KE_DPC_INBOX_COUNTED. From here the DPC may run, and even be freed. */
static inline ULONG ke_dpc_inbox_push(struct ke_processor *target, PRKDPC dpc)
{
    uintptr_t word = __atomic_load_n(&target->dpc_inbox, __ATOMIC_RELAXED);
    uintptr_t pushed;
    ULONG count;

    do {
        count = (ULONG)(word & KE_DPC_INBOX_COUNTED);
        count += count < KE_DPC_INBOX_COUNTED;
        dpc->DpcListEntry.Flink = (PLIST_ENTRY)(word & ~(uintptr_t)KE_DPC_INBOX_COUNTED);
        pushed = (uintptr_t)dpc | count;
        /* Sequential: who goes idle looks at the inbox after it said so, and we at that after this. */
    } while (!__atomic_compare_exchange_n(&target->dpc_inbox, &word, pushed, true, __ATOMIC_SEQ_CST,
                                          __ATOMIC_RELAXED));
    return count;
}

static inline BOOLEAN ke_dpc_inbox_is_empty(const struct ke_processor *target)
{
    return BASE_READ_ONCE(target->dpc_inbox) <= KE_DPC_INBOX_OPEN;
}

/* ke_dpc_inbox_close: by who drains: it will not look again. FALSE: it has to. */
static inline BOOLEAN ke_dpc_inbox_close(struct ke_processor *self)
{
    uintptr_t word = BASE_READ_ONCE(self->dpc_inbox);

    return word == 0 || (word == KE_DPC_INBOX_OPEN &&
                         __atomic_compare_exchange_n(&self->dpc_inbox, &word, 0, false,
                                                     __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

/* ke_dpc_inbox_take_over: all that is in it goes to the end of the list, in the order that it came in.
 * left: 0, or KE_DPC_INBOX_OPEN by who drains. With the lock. */
static inline void ke_dpc_inbox_take_over(struct ke_processor *target, uintptr_t left)
{
    PLIST_ENTRY last = target->dpcs.Blink;
    PLIST_ENTRY next = &target->dpcs;
    ULONG count = 0;
    uintptr_t word;
    PKDPC dpc;

    /* Counted before they leave the inbox: who lets the processor go looks there and then at the count,
     * without the lock, and must find one of the two. */
    ke_dpc_count_add(&target->dpc_count, 1);
    word = __atomic_exchange_n(&target->dpc_inbox, left, __ATOMIC_ACQ_REL);
    dpc = (PKDPC)(word & ~(uintptr_t)KE_DPC_INBOX_COUNTED);
    while (dpc != NULL) { /* the one pushed last is the end of the list */
        PKDPC before = (PKDPC)dpc->DpcListEntry.Flink;

        if (before != NULL) {
            base_prefetch_write(&before->DpcListEntry);
            base_prefetch_write(&before->DpcData); /* maybe not in the same line */
        }
        dpc->DpcListEntry.Flink = next;
        next->Blink = &dpc->DpcListEntry;
        next = &dpc->DpcListEntry;
        __atomic_store_n(&dpc->DpcData, (PVOID)target, __ATOMIC_RELEASE);
        count++;
        dpc = before;
    }
    next->Blink = last;
    last->Flink = next;
    ke_dpc_count_add(&target->dpc_count, (LONG)count - 1);
}

/* ke_dpc_queue_settle: the same, if there is anything. */
static inline void ke_dpc_queue_settle(struct ke_processor *target, uintptr_t left)
{
    if (!ke_dpc_inbox_is_empty(target)) {
        ke_dpc_inbox_take_over(target, left);
    }
}
