/* ke_due.c - the wheel. Level k has a slot for each value of digit k (11 bits) of the due time; an
 * entry lies on the level of the highest digit in which its due time differs from the wheel's. When
 * the wheel moves into a slot of a higher level the slot's entries move down; those armed directly
 * into a lower slot come later, so entries of one due time keep their order.
 *
 * Entries are far apart in memory: what costs time is how often each is touched. So the wheel goes
 * straight to the least due time in a slot, which the slot's head knows: entries of one due time
 * expire at once, without a stop on each level. And the entry that was armed last has not been given
 * its slot: often it is disarmed before another is armed, as a time-out is whose operation succeeds.
 */
#include "nt/time/ke_due.h"

#include <string.h>

#include "base/assert.h"
#include "base/lock.h"
#include "host/host.h"

#define DIGIT_BITS  11
#define DIGITS      (1u << DIGIT_BITS)
#define LEVELS      ((63u + DIGIT_BITS) / DIGIT_BITS)
#define LEVEL_WORDS (DIGITS / 64)

struct slot {
    _Alignas(32) struct ke_due_link head; /* its due_100ns: none of its entries is due before */
};

/* Slots are numbered through: level 0 first, in each level the least digit first. */
static struct {
    struct base_lock lock;
    uint64_t now;                /* all entries are due later, but those in `expired` */
    uint32_t used_levels;        /* bit k: used_words[k] is not 0 */
    uint32_t used_words[LEVELS]; /* bit w: word w of that level is not 0 */
    uint64_t
        used[LEVELS * LEVEL_WORDS]; /* bit s: slot s has, or had, entries; only then it is valid */
    struct slot slots[LEVELS * DIGITS];
    struct ke_due_link expired;
    struct ke_due_link latest; /* the entry armed last, until it is given its slot */
    size_t count;
} wheel = {.lock = {.rank = BASE_RANK_DUE},
           .expired = {.next = &wheel.expired, .previous = &wheel.expired},
           .latest = {.next = &wheel.latest, .previous = &wheel.latest}};

_Static_assert(LEVELS <= 32 && LEVEL_WORDS <= 32,
               "a bit for each level, and for each of its words");

static uint64_t link_due(const struct ke_due_link *link)
{
    return link->due_100ns & KE_DUE_MAXIMUM;
}

static inline void link_init(struct ke_due_link *head)
{
    head->next = head;
    head->previous = head;
}

static void link_append(struct ke_due_link *head, struct ke_due_link *link)
{
    link->next = head;
    link->previous = head->previous;
    head->previous->next = link;
    head->previous = link;
}

__attribute__((noinline)) static void slot_open(size_t slot)
{
    struct ke_due_link *head = &wheel.slots[slot].head;

    wheel.used[slot / 64] |= 1ULL << slot % 64;
    wheel.used_words[slot / DIGITS] |= 1u << slot % DIGITS / 64;
    wheel.used_levels |= 1u << slot / DIGITS;
    link_init(head);
}

static void slot_close(size_t slot)
{
    uint32_t *words = &wheel.used_words[slot / DIGITS];

    wheel.used[slot / 64] &= ~(1ULL << slot % 64);
    if (wheel.used[slot / 64] == 0) {
        *words &= ~(1u << slot % DIGITS / 64);
        if (*words == 0) {
            wheel.used_levels &= ~(1u << slot / DIGITS);
        }
    }
}

static inline void slot_append(size_t slot, struct ke_due_link *link, uint64_t due)
{
    struct ke_due_link *head = &wheel.slots[slot].head;

    if ((wheel.used[slot / 64] >> slot % 64 & 1) == 0) {
        slot_open(slot);
    }
    if (head->next == head || due < head->due_100ns) {
        head->due_100ns = due;
    }
    link_append(head, link);
}

/* The first slot with entries on the lowest level that has any. Closes those in front of it that are
 * empty by now: whoever takes off an entry does not look for its slot. NULL: none. */
static struct ke_due_link *slot_first(void)
{
    while (wheel.used_levels != 0) {
        unsigned level = (unsigned)__builtin_ctz(wheel.used_levels);
        unsigned word = level * LEVEL_WORDS + (unsigned)__builtin_ctz(wheel.used_words[level]);
        size_t slot = word * 64 + (unsigned)__builtin_ctzll(wheel.used[word]);
        struct ke_due_link *head = &wheel.slots[slot].head;

        if (head->next != head) {
            return head;
        }
        slot_close(slot);
    }
    return NULL;
}

/* Where an entry goes that is due later than now. */
static inline size_t slot_of(uint64_t due)
{
    unsigned level = (63u - (unsigned)__builtin_clzll(due ^ wheel.now)) / DIGIT_BITS;

    return level * DIGITS + (due >> (level * DIGIT_BITS)) % DIGITS;
}

static inline void wheel_place(struct ke_due_link *link)
{
    uint64_t due = link_due(link);

    if (due <= wheel.now) {
        link_append(&wheel.expired, link);
    } else {
        slot_append(slot_of(due), link, due);
    }
}

static inline void link_alone(struct ke_due_link *head, struct ke_due_link *link)
{
    link->next = head;
    link->previous = head;
    head->next = link;
    head->previous = link;
}

/* Before anything is looked for on the wheel. */
static inline void wheel_settle(void)
{
    struct ke_due_link *latest = wheel.latest.next;

    if (latest != &wheel.latest) {
        link_init(&wheel.latest);
        wheel_place(latest);
    }
}

/* Entries that stay get their slots one after the other: the next one's is asked for now. */
static inline void wheel_defer(struct ke_due_link *link)
{
    if (wheel.latest.next != &wheel.latest) {
        uint64_t due = link_due(link);

        wheel_settle();
        if (due > wheel.now) {
            __builtin_prefetch(&wheel.slots[slot_of(due)]);
        }
    }
    link_alone(&wheel.latest, link);
}

/* Loads nothing but the link itself: its neighbours are probably in no cache, and are only written. */
static inline void wheel_remove(struct ke_due_link *link)
{
    struct ke_due_link *next = link->next;
    struct ke_due_link *previous = link->previous;

    previous->next = next;
    next->previous = previous;
    link->next = NULL;
    wheel.count--;
}

static uint64_t wheel_next(void)
{
    const struct ke_due_link *head;

    wheel_settle();
    if (wheel.expired.next != &wheel.expired) {
        return wheel.now;
    }
    head = slot_first();
    return head != NULL ? head->due_100ns : UINT64_MAX;
}

/* Nothing was due as early as this: whoever sleeps until something is must hear of it. */
__attribute__((noinline)) static void wheel_arm_threaded(struct ke_due_link *link, uint64_t due)
{
    uint64_t next = wheel_next();

    wheel_place(link);
    if (due < next) {
        host_due_moved();
    }
}

static inline void wheel_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    link->due_100ns = (due_100ns < KE_DUE_MAXIMUM ? due_100ns : KE_DUE_MAXIMUM) | mark;
    wheel.count++;
    if (__builtin_expect(base_threaded, 0)) {
        wheel_arm_threaded(link, due_100ns);
    } else {
        wheel_defer(link);
    }
}

void ke_due_link_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    base_lock_acquire(&wheel.lock);
    wheel_arm(link, due_100ns, mark);
    base_lock_release(&wheel.lock);
}

bool ke_due_link_rearm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    bool armed;

    base_lock_acquire(&wheel.lock);
    armed = link->next != NULL;
    if (armed) {
        wheel_remove(link);
    }
    wheel_arm(link, due_100ns, mark);
    base_lock_release(&wheel.lock);
    return armed;
}

bool ke_due_link_disarm(struct ke_due_link *link)
{
    bool armed;

    base_lock_acquire(&wheel.lock);
    armed = link->next != NULL;
    if (armed) {
        wheel_remove(link);
    }
    base_lock_release(&wheel.lock);
    return armed;
}

bool ke_due_arm(struct ke_due_entry *entry, uint64_t due_100ns)
{
    return ke_due_link_rearm(&entry->link, due_100ns, 0);
}

void ke_due_arm_once(struct ke_due_entry *entry, uint64_t due_100ns)
{
    base_lock_acquire(&wheel.lock);
    if (!ke_due_is_armed(entry)) {
        wheel_arm(&entry->link, due_100ns, 0);
    }
    base_lock_release(&wheel.lock);
}

bool ke_due_disarm(struct ke_due_entry *entry)
{
    return ke_due_link_disarm(&entry->link);
}

uint64_t ke_due_next_100ns(void)
{
    uint64_t next;

    base_lock_acquire(&wheel.lock);
    next = wheel_next();
    base_lock_release(&wheel.lock);
    return next;
}

/* Move the slot's entries down: all of them to lower levels, or to the expired ones. Looks at the
 * list from behind at the same time: that brings in two entries at once, where the way forward alone
 * waits for each. */
static void wheel_cascade(struct ke_due_link *head)
{
    struct ke_due_link *link = head->next;
    const struct ke_due_link *behind = head->previous;

    wheel.now = head->due_100ns;
    slot_close((size_t)((struct slot *)head - wheel.slots));
    while (link != head) {
        struct ke_due_link *next = link->next;

        if (behind == link || behind == next) { /* they meet: the rest has been looked at */
            behind = head;
        }
        if (behind != head) {
            behind = behind->previous;
            __builtin_prefetch(behind);
        }
        wheel_place(link);
        link = next;
    }
}

static struct ke_due_link *wheel_take(uint64_t now_100ns)
{
    struct ke_due_link *first;

    wheel_settle();
    while (wheel.expired.next == &wheel.expired) {
        struct ke_due_link *head = slot_first();

        if (head == NULL || head->due_100ns > now_100ns) {
            return NULL; /* wheel.now may stay behind: no digit that matters has changed */
        }
        wheel_cascade(head);
    }
    first = wheel.expired.next;
    wheel_remove(first);
    return first;
}

bool ke_due_take(uint64_t now_100ns, struct ke_due_taken *taken)
{
    struct ke_due_link *link;

    base_lock_acquire(&wheel.lock);
    link = wheel_take(now_100ns);
    taken->link = link;
    if (link != NULL) {
        taken->mark = link->due_100ns & ~KE_DUE_MAXIMUM;
        taken->fire =
            (taken->mark & KE_DUE_KTIMER) != 0 ? NULL : ((struct ke_due_entry *)link)->fire;
    }
    base_lock_release(&wheel.lock);
    return link != NULL;
}

void ke_due_visit_expired(void (*visit)(const struct ke_due_link *link), size_t count)
{
    const struct ke_due_link *link;

    base_lock_acquire(&wheel.lock);
    wheel_settle();
    for (link = wheel.expired.next; link != &wheel.expired && count > 0; link = link->next) {
        visit(link);
        count--;
    }
    base_lock_release(&wheel.lock);
}

static void list_visit_ktimers(const struct ke_due_link *head,
                               void (*visit)(struct ke_due_link *link, void *context),
                               void *context)
{
    for (struct ke_due_link *link = head->next; link != head; link = link->next) {
        if ((link->due_100ns & KE_DUE_KTIMER) != 0) {
            visit(link, context);
        }
    }
}

void ke_due_visit_ktimers(void (*visit)(struct ke_due_link *link, void *context), void *context)
{
    base_lock_acquire(&wheel.lock);
    wheel_settle();
    list_visit_ktimers(&wheel.expired, visit, context);
    for (unsigned word = 0; word < LEVELS * LEVEL_WORDS; word++) {
        for (uint64_t left = wheel.used[word]; left != 0; left &= left - 1) {
            list_visit_ktimers(&wheel.slots[word * 64 + (unsigned)__builtin_ctzll(left)].head,
                               visit, context);
        }
    }
    base_lock_release(&wheel.lock);
}

static bool ktimer_lies_in(const struct ke_due_link *link, const void *start, size_t size)
{
    /* One unsigned comparison for both ends: a range of everything does not wrap. */
    return (link->due_100ns & KE_DUE_KTIMER) != 0 && (uintptr_t)link - (uintptr_t)start < size;
}

static const struct ke_due_link *list_ktimer_in_range(const struct ke_due_link *head,
                                                      const void *start, size_t size)
{
    for (const struct ke_due_link *link = head->next; link != head; link = link->next) {
        if (ktimer_lies_in(link, start, size)) {
            return link;
        }
    }
    return NULL;
}

static const struct ke_due_link *wheel_ktimer_in_range(const void *start, size_t size)
{
    const struct ke_due_link *found = list_ktimer_in_range(&wheel.expired, start, size);

    for (unsigned word = 0; word < LEVELS * LEVEL_WORDS && found == NULL; word++) {
        for (uint64_t left = wheel.used[word]; left != 0 && found == NULL; left &= left - 1) {
            found = list_ktimer_in_range(
                &wheel.slots[word * 64 + (unsigned)__builtin_ctzll(left)].head, start, size);
        }
    }
    return found;
}

/* Whether the words at this place look like an armed link; only then the wheel is asked. */
static bool looks_armed(const char *place)
{
    struct ke_due_link link;

    memcpy(&link, place, sizeof(link));
    return (link.due_100ns & KE_DUE_KTIMER) != 0 && link.next != NULL && link.previous != NULL;
}

/* Looks through the memory or through the wheel, whichever is smaller. */
static const struct ke_due_link *memory_ktimer(const char *memory, size_t size)
{
    if (wheel.count <= size / sizeof(uint64_t)) {
        return wheel_ktimer_in_range(memory, size);
    }
    for (size_t at = 0; at + sizeof(struct ke_due_link) <= size; at += sizeof(uint64_t)) {
        if (looks_armed(memory + at)) {
            const struct ke_due_link *found =
                wheel_ktimer_in_range(memory + at, sizeof(struct ke_due_link));

            if (found != NULL) {
                return found;
            }
        }
    }
    return NULL;
}

const struct ke_due_link *ke_due_ktimer_in_range(const void *start, size_t size)
{
    const struct ke_due_link *found = NULL;

    base_lock_acquire(&wheel.lock);
    if (wheel.count != 0) {
        wheel_settle();
        found = memory_ktimer(start, size);
    }
    base_lock_release(&wheel.lock);
    return found;
}

void ke_due_reset(void)
{
    memset(wheel.used, 0, sizeof(wheel.used));
    memset(wheel.used_words, 0, sizeof(wheel.used_words));
    wheel.used_levels = 0;
    wheel.now = 0;
    wheel.count = 0;
    link_init(&wheel.expired);
    link_init(&wheel.latest);
}

size_t ke_due_count(void)
{
    return wheel.count;
}
