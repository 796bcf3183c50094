/* ke_due.c - the wheel. Level k has a slot for each value of digit k (6 bits) of the due time; an
 * entry lies on the level of the highest digit in which its due time differs from the wheel's. When
 * the wheel moves into a slot of a higher level the slot's entries move down; those armed directly
 * into a lower slot come later, so entries of one due time keep their order.
 */
#include "nt/time/ke_due.h"

#include <string.h>

#include "base/assert.h"

#define LEVELS    11
#define SLOT_BITS 6
#define SLOTS     64u

static struct {
    uint64_t now;          /* all entries are due later, but those in `expired` */
    uint64_t used[LEVELS]; /* bit s: slot s is not empty; only then its head is valid */
    struct ke_due_link heads[LEVELS][SLOTS];
    struct ke_due_link expired;
    size_t count;
} wheel = {.expired = {.next = &wheel.expired, .previous = &wheel.expired}};

static uint64_t link_due(const struct ke_due_link *link)
{
    return link->due_100ns & KE_DUE_MAXIMUM;
}

static void link_append(struct ke_due_link *head, struct ke_due_link *link)
{
    link->next = head;
    link->previous = head->previous;
    head->previous->next = link;
    head->previous = link;
}

static void wheel_place(struct ke_due_link *link)
{
    uint64_t due = link_due(link);
    unsigned level;
    unsigned slot;
    struct ke_due_link *head;

    if (due <= wheel.now) {
        link_append(&wheel.expired, link);
        return;
    }
    level = (63u - (unsigned)__builtin_clzll(due ^ wheel.now)) / SLOT_BITS;
    slot = (unsigned)(due >> (level * SLOT_BITS)) & (SLOTS - 1);
    head = &wheel.heads[level][slot];
    if ((wheel.used[level] >> slot & 1) == 0) {
        wheel.used[level] |= 1ULL << slot;
        head->next = head;
        head->previous = head;
    }
    link_append(head, link);
}

void ke_due_link_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark)
{
    link->due_100ns = (due_100ns < KE_DUE_MAXIMUM ? due_100ns : KE_DUE_MAXIMUM) | mark;
    wheel_place(link);
    wheel.count++;
}

void ke_due_link_disarm(struct ke_due_link *link)
{
    struct ke_due_link *head = link->next;

    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->next = NULL;
    wheel.count--;
    if (head->next == head && head != &wheel.expired) { /* it was alone: head is a slot's */
        size_t index = (size_t)(head - &wheel.heads[0][0]);

        wheel.used[index / SLOTS] &= ~(1ULL << index % SLOTS);
    }
}

bool ke_due_arm(struct ke_due_entry *entry, uint64_t due_100ns)
{
    bool armed = ke_due_disarm(entry);

    ke_due_link_arm(&entry->link, due_100ns, 0);
    return armed;
}

bool ke_due_disarm(struct ke_due_entry *entry)
{
    if (!ke_due_is_armed(entry)) {
        return false;
    }
    ke_due_link_disarm(&entry->link);
    return true;
}

/* The start of the first slot in use on the lowest level in use, or UINT64_MAX. */
static uint64_t wheel_next_slot(unsigned *level, unsigned *slot)
{
    for (unsigned k = 0; k < LEVELS; k++) {
        if (wheel.used[k] != 0) {
            unsigned shift = k * SLOT_BITS;
            uint64_t above = shift + SLOT_BITS < 64 ? wheel.now >> (shift + SLOT_BITS) : 0;

            *level = k;
            *slot = (unsigned)__builtin_ctzll(wheel.used[k]);
            above = shift + SLOT_BITS < 64 ? above << (shift + SLOT_BITS) : 0;
            return above | (uint64_t)*slot << shift;
        }
    }
    return UINT64_MAX;
}

uint64_t ke_due_next_100ns(void)
{
    unsigned level;
    unsigned slot;

    if (wheel.expired.next != &wheel.expired) {
        return wheel.now;
    }
    return wheel_next_slot(&level, &slot);
}

/* Move the slot's entries down: all of them to lower levels, or to the expired ones. */
static void wheel_cascade(unsigned level, unsigned slot)
{
    struct ke_due_link *head = &wheel.heads[level][slot];
    struct ke_due_link *link = head->next;

    wheel.used[level] &= ~(1ULL << slot);
    while (link != head) {
        struct ke_due_link *next = link->next;

        wheel_place(link);
        link = next;
    }
}

struct ke_due_link *ke_due_take(uint64_t now_100ns)
{
    struct ke_due_link *first;
    unsigned level;
    unsigned slot;

    while (wheel.expired.next == &wheel.expired) {
        uint64_t start = wheel_next_slot(&level, &slot);

        if (start > now_100ns) {
            return NULL; /* wheel.now may stay behind: no digit that matters has changed */
        }
        wheel.now = start;
        wheel_cascade(level, slot);
    }
    first = wheel.expired.next;
    ke_due_link_disarm(first);
    return first;
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
    list_visit_ktimers(&wheel.expired, visit, context);
    for (unsigned level = 0; level < LEVELS; level++) {
        for (uint64_t left = wheel.used[level]; left != 0; left &= left - 1) {
            list_visit_ktimers(&wheel.heads[level][__builtin_ctzll(left)], visit, context);
        }
    }
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

    for (unsigned level = 0; level < LEVELS && found == NULL; level++) {
        for (uint64_t left = wheel.used[level]; left != 0 && found == NULL; left &= left - 1) {
            found = list_ktimer_in_range(&wheel.heads[level][__builtin_ctzll(left)], start, size);
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
const struct ke_due_link *ke_due_ktimer_in_range(const void *start, size_t size)
{
    const char *memory = start;

    if (wheel.count == 0) {
        return NULL;
    }
    if (wheel.count <= size / sizeof(uint64_t)) {
        return wheel_ktimer_in_range(start, size);
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

void ke_due_reset(void)
{
    memset(wheel.used, 0, sizeof(wheel.used));
    wheel.now = 0;
    wheel.count = 0;
    wheel.expired.next = &wheel.expired;
    wheel.expired.previous = &wheel.expired;
}

size_t ke_due_count(void)
{
    return wheel.count;
}
