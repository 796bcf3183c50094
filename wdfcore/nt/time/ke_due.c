/* ke_due.c - the wheel moves. When it comes to a slot of a higher level the slot's entries move down;
 * those armed directly into a lower slot come later, so entries of one due time keep their order.
 *
 * Entries are far apart in memory: what costs time is how often each is touched. So the wheel goes
 * straight to the least due time in a slot, which the slot's head knows: entries of one due time expire
 * at once, without a stop on each level. And what lies in a slot is asked for before it is looked at
 * (ke_due_trail.h).
 */
#include "nt/time/ke_due.h"

#include <string.h>

#include "host/host.h"
#include "nt/time/ke_due_wheel.h"

#define AHEAD 32 /* so many entries are asked for before the first is looked at */

struct due_wheel ke_due_wheel = {
    .lock = {.rank = BASE_RANK_DUE},
    .expired = {.head = {~0ULL, &ke_due_wheel.expired.head, &ke_due_wheel.expired.head}},
    .latest = {.next = &ke_due_wheel.latest, .previous = &ke_due_wheel.latest}};

_Static_assert(DUE_LEVELS <= 32 && DUE_LEVEL_WORDS <= 32,
               "a bit for each level, and for each of its words");

static void link_init(struct ke_due_link *head)
{
    head->next = head;
    head->previous = head;
}

#define LEVEL(n) ((struct due_level){.first_slot = (n)*DUE_DIGITS, .shift = (n)*DUE_DIGIT_BITS})

_Static_assert(DUE_DIGIT_BITS == 11, "which bits are of which digit:");

const struct due_level ke_due_levels[DUE_LEVELS * DUE_DIGIT_BITS] = {
    [0 ... 10] = LEVEL(0),  [11 ... 21] = LEVEL(1), [22 ... 32] = LEVEL(2),
    [33 ... 43] = LEVEL(3), [44 ... 54] = LEVEL(4), [55 ... 65] = LEVEL(5)};

static void slot_open(struct due_slot *slot)
{
    size_t number = (size_t)(slot - ke_due_wheel.slots);

    ke_due_wheel.used[number / 64] |= 1ULL << number % 64;
    ke_due_wheel.used_words[number / DUE_DIGITS] |= 1u << number % DUE_DIGITS / 64;
    ke_due_wheel.used_levels |= 1u << number / DUE_DIGITS;
    link_init(&slot->head);
    if (number / DUE_DIGITS == DUE_TRAIL_LEVEL) {
        due_trail_extend(&slot->trail, ke_due_wheel.count);
    }
}

bool due_put_rare(struct ke_due_link *link, struct due_slot *slot, bool result)
{
    uint64_t early = ~due_of(link);

    if (slot->head.due_100ns == 0) {
        slot_open(slot);
    }
    if (slot->head.next == &slot->head || early > slot->head.due_100ns) {
        slot->head.due_100ns = early;
    }
    due_append(&slot->head, link);
    if (slot->trail.end != 0) {
        due_trail_add(&slot->trail, link, ke_due_wheel.count);
    }
    return result;
}

static void slot_close(struct due_slot *slot)
{
    size_t number = (size_t)(slot - ke_due_wheel.slots);
    uint32_t *words = &ke_due_wheel.used_words[number / DUE_DIGITS];

    ke_due_wheel.used[number / 64] &= ~(1ULL << number % 64);
    if (ke_due_wheel.used[number / 64] == 0) {
        *words &= ~(1u << number % DUE_DIGITS / 64);
        if (*words == 0) {
            ke_due_wheel.used_levels &= ~(1u << number / DUE_DIGITS);
        }
    }
    slot->head.due_100ns = 0;
    slot->trail = (struct due_trail){.end = 0};
}

/* The first open slot of a word that is not 0. */
static struct due_slot *slot_used(unsigned word)
{
    return &ke_due_wheel.slots[word * 64 + (unsigned)__builtin_ctzll(ke_due_wheel.used[word])];
}

/* The first slot with entries on the lowest level that has any. Closes those in front of it that are
 * empty by now: whoever takes off an entry does not look for its slot. NULL: none. */
static struct due_slot *slot_first(void)
{
    while (ke_due_wheel.used_levels != 0) {
        unsigned level = (unsigned)__builtin_ctz(ke_due_wheel.used_levels);
        unsigned word =
            level * DUE_LEVEL_WORDS + (unsigned)__builtin_ctz(ke_due_wheel.used_words[level]);
        struct due_slot *slot = slot_used(word);

        if (slot->head.next != &slot->head) {
            return slot;
        }
        due_trail_drop(&slot->trail);
        slot_close(slot);
    }
    return NULL;
}

static bool nothing_expired(void)
{
    return ke_due_wheel.expired.head.next == &ke_due_wheel.expired.head;
}

static uint64_t wheel_next(void)
{
    const struct due_slot *slot;

    due_settle();
    if (!nothing_expired()) {
        return ke_due_wheel.now;
    }
    slot = slot_first();
    return slot != NULL ? due_slot_100ns(slot) : UINT64_MAX;
}

/* Nothing was due as early as this: whoever sleeps until something is must hear of it. */
__attribute__((noinline)) static void wheel_arm_threaded(struct ke_due_link *link,
                                                         uint64_t due_100ns, uint64_t mark)
{
    uint64_t next = wheel_next();

    ke_due_wheel.count++;
    link->due_100ns = due_100ns | mark;
    due_put(link, due_slot_of(due_100ns), true);
    if (due_100ns < next) {
        host_due_moved();
    }
}

static inline void wheel_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    if (due_100ns > KE_DUE_MAXIMUM) {
        due_100ns = KE_DUE_MAXIMUM;
    }
    if (__builtin_expect(base_threaded, 0)) {
        wheel_arm_threaded(link, due_100ns, mark);
    } else {
        due_wheel_arm(link, due_100ns, mark, true);
    }
}

void ke_due_link_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    base_lock_acquire(&ke_due_wheel.lock);
    wheel_arm(link, due_100ns, mark);
    base_lock_release(&ke_due_wheel.lock);
}

bool ke_due_link_rearm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    bool armed;

    base_lock_acquire(&ke_due_wheel.lock);
    armed = link->next != NULL;
    if (armed) {
        due_wheel_disarm(link);
    }
    wheel_arm(link, due_100ns, mark);
    base_lock_release(&ke_due_wheel.lock);
    return armed;
}

bool ke_due_link_disarm(struct ke_due_link *link)
{
    bool armed;

    base_lock_acquire(&ke_due_wheel.lock);
    armed = link->next != NULL;
    if (armed) {
        due_wheel_disarm(link);
    }
    base_lock_release(&ke_due_wheel.lock);
    return armed;
}

bool ke_due_arm(struct ke_due_entry *entry, uint64_t due_100ns)
{
    return ke_due_link_rearm(&entry->link, due_100ns, 0);
}

void ke_due_arm_once(struct ke_due_entry *entry, uint64_t due_100ns)
{
    base_lock_acquire(&ke_due_wheel.lock);
    if (!ke_due_is_armed(entry)) {
        wheel_arm(&entry->link, due_100ns, 0);
    }
    base_lock_release(&ke_due_wheel.lock);
}

bool ke_due_disarm(struct ke_due_entry *entry)
{
    return ke_due_link_disarm(&entry->link);
}

uint64_t ke_due_next_100ns(void)
{
    uint64_t next;

    base_lock_acquire(&ke_due_wheel.lock);
    next = wheel_next();
    base_lock_release(&ke_due_wheel.lock);
    return next;
}

/* Move the slot's entries down: all of them to lower levels, or to the expired ones. Two steps along the
 * trail for each, for it names those too that went since. */
static void wheel_cascade(struct due_slot *slot)
{
    struct ke_due_link *link = slot->head.next;
    struct due_walk walk;

    due_walk_begin(&walk, &slot->trail);
    ke_due_wheel.now = due_slot_100ns(slot);
    slot_close(slot);
    for (unsigned i = 0; i < AHEAD; i++) {
        due_walk_step(&walk);
    }
    while (link != &slot->head) {
        struct ke_due_link *next = link->next;

        due_walk_step(&walk);
        due_walk_step(&walk);
        due_put(link, due_slot_of(due_of(link)), true);
        link = next;
    }
    due_walk_end(&walk);
}

static struct ke_due_link *wheel_take(uint64_t now_100ns)
{
    struct ke_due_link *first;

    due_settle();
    while (nothing_expired()) {
        struct due_slot *slot = slot_first();

        if (slot == NULL || due_slot_100ns(slot) > now_100ns) {
            return NULL; /* ke_due_wheel.now may stay behind: no digit that matters has changed */
        }
        wheel_cascade(slot);
    }
    first = ke_due_wheel.expired.head.next;
    due_wheel_disarm(first);
    return first;
}

bool ke_due_take(uint64_t now_100ns, struct ke_due_taken *taken)
{
    struct ke_due_link *link;

    base_lock_acquire(&ke_due_wheel.lock);
    link = wheel_take(now_100ns);
    taken->link = link;
    if (link != NULL) {
        taken->mark = link->due_100ns & ~KE_DUE_MAXIMUM;
        taken->fire =
            (taken->mark & KE_DUE_KTIMER) != 0 ? NULL : ((struct ke_due_entry *)link)->fire;
    }
    base_lock_release(&ke_due_wheel.lock);
    return link != NULL;
}

void ke_due_visit_expired(void (*visit)(const struct ke_due_link *link), size_t count)
{
    const struct ke_due_link *link;

    base_lock_acquire(&ke_due_wheel.lock);
    due_settle();
    for (link = ke_due_wheel.expired.head.next; link != &ke_due_wheel.expired.head && count > 0;
         link = link->next) {
        visit(link);
        count--;
    }
    base_lock_release(&ke_due_wheel.lock);
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
    base_lock_acquire(&ke_due_wheel.lock);
    due_settle();
    list_visit_ktimers(&ke_due_wheel.expired.head, visit, context);
    for (unsigned word = 0; word < DUE_LEVELS * DUE_LEVEL_WORDS; word++) {
        for (uint64_t left = ke_due_wheel.used[word]; left != 0; left &= left - 1) {
            list_visit_ktimers(
                &ke_due_wheel.slots[word * 64 + (unsigned)__builtin_ctzll(left)].head, visit,
                context);
        }
    }
    base_lock_release(&ke_due_wheel.lock);
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
    const struct ke_due_link *found = list_ktimer_in_range(&ke_due_wheel.expired.head, start, size);

    for (unsigned word = 0; word < DUE_LEVELS * DUE_LEVEL_WORDS && found == NULL; word++) {
        for (uint64_t left = ke_due_wheel.used[word]; left != 0 && found == NULL;
             left &= left - 1) {
            found = list_ktimer_in_range(
                &ke_due_wheel.slots[word * 64 + (unsigned)__builtin_ctzll(left)].head, start, size);
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
    if (ke_due_wheel.count <= size / sizeof(uint64_t)) {
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

    base_lock_acquire(&ke_due_wheel.lock);
    if (ke_due_wheel.count != 0) {
        due_settle();
        found = memory_ktimer(start, size);
    }
    base_lock_release(&ke_due_wheel.lock);
    return found;
}

void ke_due_reset(void)
{
    for (unsigned word = 0; word < DUE_LEVELS * DUE_LEVEL_WORDS; word++) {
        while (ke_due_wheel.used[word] != 0) {
            slot_close(slot_used(word));
        }
    }
    ke_due_wheel.now = 0;
    ke_due_wheel.count = 0;
    due_trails_reset();
    link_init(&ke_due_wheel.expired.head);
    link_init(&ke_due_wheel.latest);
}

size_t ke_due_count(void)
{
    size_t count;

    base_lock_acquire(&ke_due_wheel.lock);
    count = ke_due_wheel.count;
    base_lock_release(&ke_due_wheel.lock);
    return count;
}
