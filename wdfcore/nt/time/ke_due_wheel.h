#pragma once
/* ke_due_wheel.h - the wheel itself, for nt/time alone: what is done most often, in line.
 * Level k has a slot for each value of digit k (11 bits) of the due time; an entry lies on the level of
 * the highest digit in which its due time differs from the wheel's. Slots are numbered through: level 0
 * first, in each level the least digit first.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/lock.h"
#include "nt/time/ke_due.h"
#include "nt/time/ke_due_trail.h"

#define DUE_DIGIT_BITS  11
#define DUE_DIGITS      (1u << DUE_DIGIT_BITS)
#define DUE_LEVELS      ((63u + DUE_DIGIT_BITS) / DUE_DIGIT_BITS)
#define DUE_LEVEL_WORDS (DUE_DIGITS / 64)
#define DUE_EXPIRED     (DUE_LEVELS * DUE_DIGITS) /* no slot, but the list of what is due */
#define DUE_TRAIL_LEVEL 1 /* its slots have trails: what is due later is mostly disarmed before */

struct due_slot {
    _Alignas(32) struct ke_due_link head; /* its due_100ns: none of its entries is due before */
    struct due_trail trail;               /* of its entries */
};

_Static_assert(sizeof(struct due_slot) == 32, "a slot lies in one cache line");

struct due_wheel {
    struct base_lock lock;
    uint64_t now; /* all entries are due later, but those in `expired` */
    size_t count;
    struct ke_due_link latest; /* the entry armed last, until it is put into its slot ... */
    size_t latest_slot;        /* ... which is this one */
    struct ke_due_link expired;
    uint32_t used_levels;            /* bit k: used_words[k] is not 0 */
    uint32_t used_words[DUE_LEVELS]; /* bit w: word w of that level is not 0 */
    /* bit s: slot s has, or had, entries; only then it is valid */
    uint64_t used[DUE_LEVELS * DUE_LEVEL_WORDS];
    struct due_slot slots[DUE_LEVELS * DUE_DIGITS];
};

extern struct due_wheel ke_due_wheel;

/* due_slot_open: it has no entries, and is about to get one. */
void due_slot_open(size_t slot);

static inline uint64_t due_of(const struct ke_due_link *link)
{
    return link->due_100ns & KE_DUE_MAXIMUM;
}

static inline void due_append(struct ke_due_link *head, struct ke_due_link *link)
{
    link->next = head;
    link->previous = head->previous;
    head->previous->next = link;
    head->previous = link;
}

/* due_slot_of: where an entry goes that is due then. */
static inline size_t due_slot_of(uint64_t due)
{
    uint64_t now = ke_due_wheel.now;
    unsigned level;

    if (due <= now) {
        return DUE_EXPIRED;
    }
    level = (63u - (unsigned)__builtin_clzll(due ^ now)) / DUE_DIGIT_BITS;
    return level * DUE_DIGITS + (due >> (level * DUE_DIGIT_BITS)) % DUE_DIGITS;
}

static inline void due_slot_append(size_t slot, struct ke_due_link *link, uint64_t due)
{
    struct ke_due_link *head = &ke_due_wheel.slots[slot].head;

    if ((ke_due_wheel.used[slot / 64] >> slot % 64 & 1) == 0) {
        due_slot_open(slot);
    }
    if (head->next == head || due < head->due_100ns) {
        head->due_100ns = due;
    }
    due_append(head, link);
    if (slot / DUE_DIGITS == DUE_TRAIL_LEVEL) {
        due_trail_add(&ke_due_wheel.slots[slot].trail, link, ke_due_wheel.count);
    }
}

static inline void due_put(struct ke_due_link *link, size_t slot)
{
    if (slot == DUE_EXPIRED) {
        due_append(&ke_due_wheel.expired, link);
    } else {
        due_slot_append(slot, link, due_of(link));
    }
}

/* due_settle: before anything is looked for on the wheel, and before it moves. */
static inline void due_settle(void)
{
    struct ke_due_link *latest = ke_due_wheel.latest.next;

    if (latest != &ke_due_wheel.latest) {
        ke_due_wheel.latest.next = ke_due_wheel.latest.previous = &ke_due_wheel.latest;
        due_put(latest, ke_due_wheel.latest_slot);
    }
}

/* due_wheel_disarm: an entry that is armed. Loads nothing but the link itself: its neighbours are
 * probably in no cache, and are only written. */
static inline void due_wheel_disarm(struct ke_due_link *link)
{
    struct ke_due_link *next = link->next;
    struct ke_due_link *previous = link->previous;

    previous->next = next;
    next->previous = previous;
    link->next = NULL;
    ke_due_wheel.count--;
}

static inline void due_link_set(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    link->due_100ns = (due_100ns < KE_DUE_MAXIMUM ? due_100ns : KE_DUE_MAXIMUM) | mark;
    ke_due_wheel.count++;
}

/* due_wheel_arm: an entry that is not armed. It is put into its slot when the next one is armed, or
 * somebody looks for a due time: often it is disarmed before, as a time-out is whose operation succeeds.
 * Those that stay find their slots in a cache: they are asked for now. */
static inline void due_wheel_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    struct ke_due_link *latest = &ke_due_wheel.latest;
    size_t slot;

    due_link_set(link, due_100ns, mark);
    slot = due_slot_of(due_of(link));
    __builtin_prefetch(&ke_due_wheel.slots[slot], 1);
    due_settle();
    ke_due_wheel.latest_slot = slot;
    link->next = link->previous = latest;
    latest->next = latest->previous = link;
}
