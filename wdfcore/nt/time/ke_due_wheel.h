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
#define DUE_TRAIL_LEVEL 1 /* its slots have trails: what is due later is mostly disarmed before */

/* The time in a slot's head is inverted, so that memory of zeros is a slot that is closed, and later
 * than any. */
struct due_slot {
    _Alignas(32) struct ke_due_link head; /* ~due_100ns: none of its entries is due before */
    struct due_trail trail;               /* of its entries, if its end is not 0 */
};

_Static_assert(sizeof(struct due_slot) == 32, "a slot lies in one cache line");

struct due_wheel {
    struct base_lock lock;
    uint64_t now; /* all entries are due later, but those in `expired` */
    size_t count;
    struct ke_due_link latest;       /* the entry armed last, until it is put into its slot ... */
    struct due_slot *latest_slot;    /* ... which is this one */
    struct due_slot expired;         /* what is due, never closed */
    uint32_t used_levels;            /* bit k: used_words[k] is not 0 */
    uint32_t used_words[DUE_LEVELS]; /* bit w: word w of that level is not 0 */
    /* bit s: slot s has, or had, entries: it is open */
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
    struct ke_due_link *last = head->previous;

    link->next = head;
    link->previous = last;
    last->next = link;
    head->previous = link;
}

/* The least due time in an open slot. */
static inline uint64_t due_slot_100ns(const struct due_slot *slot)
{
    return ~slot->head.due_100ns;
}

/* For each highest bit in which two times differ, the level: its first slot, and where its digit begins. */
struct due_level {
    uint16_t first_slot;
    uint8_t shift;
};

extern const struct due_level ke_due_levels[DUE_LEVELS * DUE_DIGIT_BITS];

/* due_slot_of: where an entry goes that is due then. */
static inline struct due_slot *due_slot_of(uint64_t due)
{
    uint64_t now = ke_due_wheel.now;
    const struct due_level *level;

    if (__builtin_expect(due <= now, 0)) {
        return &ke_due_wheel.expired;
    }
    level = &ke_due_levels[63 ^ __builtin_clzll(due ^ now)];
    return &ke_due_wheel.slots[level->first_slot + (due >> level->shift) % DUE_DIGITS];
}

/* due_put_rare: into a slot that is closed, empty, has a trail, or has no entry that is due so early.
 * Returns `result`, so that who ends with it needs no frame of its own. */
bool due_put_rare(struct ke_due_link *link, struct due_slot *slot, bool result);

static inline bool due_put(struct ke_due_link *link, struct due_slot *slot, bool result)
{
    struct ke_due_link *head = &slot->head;

    /* Empty first: the time of what is no longer in it compares like a coin toss. */
    if (head->next == head || ~due_of(link) > head->due_100ns || slot->trail.end != 0) {
        return due_put_rare(link, slot, result);
    }
    due_append(head, link);
    return result;
}

/* due_settle: before anything is looked for on the wheel, and before it moves. */
static inline void due_settle(void)
{
    struct ke_due_link *latest = ke_due_wheel.latest.next;

    if (latest != &ke_due_wheel.latest) {
        ke_due_wheel.latest.next = ke_due_wheel.latest.previous = &ke_due_wheel.latest;
        due_put(latest, ke_due_wheel.latest_slot, true);
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

/* due_wheel_arm: an entry that is not armed. It is put into its slot when the next one is armed, or
 * somebody looks for a due time: often it is disarmed before, as a time-out is whose operation succeeds.
 * Those that stay find their slots in a cache: they are asked for now. Returns `result`. */
static inline bool due_wheel_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark,
                                 bool result)
{
    struct ke_due_link *latest = &ke_due_wheel.latest;
    struct ke_due_link *last = latest->next;
    struct due_slot *last_slot = ke_due_wheel.latest_slot;
    struct due_slot *slot = due_slot_of(due_100ns);

    ke_due_wheel.count++;
    __builtin_prefetch(slot, 1);
    ke_due_wheel.latest_slot = slot;
    link->due_100ns = due_100ns | mark;
    link->next = link->previous = latest;
    latest->next = latest->previous = link;
    return last == latest ? result : due_put(last, last_slot, result);
}
