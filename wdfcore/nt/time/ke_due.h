#pragma once
/* ke_due.h - the one list of timed events of a machine: KTIMERs, wait time-outs, model timers,
 * ticks. An exact hierarchical wheel in units of 100 ns: 6 levels of 2,048 slots; flat with 100,000
 * armed. Rules for an entry:
 * - on the wheel once; entries of one due time fire in the order they were armed
 * - off the wheel before fire is called, so fire may arm it again or free it
 * - fire runs on the processor that noticed the time, at its IRQL, with no lock held; it must not
 * wait
 * - with threads a disarm may come while fire is on its way. Links marked KE_DUE_DISPATCHER (and
 *   KTIMERs) are taken and fired under the dispatcher lock, so that whoever disarms with it knows
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nt/ke/ke_processor.h" /* ke_clock_now_100ns */

/* What the wheel needs; a KTIMER holds one in its DueTime and TimerListEntry. */
struct ke_due_link {
    uint64_t due_100ns;                  /* machine time; KE_DUE_KTIMER marks a KTIMER */
    struct ke_due_link *next, *previous; /* NULL: not armed */
};

struct ke_due_entry {
    struct ke_due_link link;
    void (*fire)(struct ke_due_entry *entry);
};

#define KE_DUE_KTIMER     (1ULL << 63)
#define KE_DUE_DISPATCHER (1ULL << 62)
#define KE_DUE_MAXIMUM    (KE_DUE_DISPATCHER - 1) /* a due time beyond this never comes */

static inline void ke_due_entry_init(struct ke_due_entry *entry,
                                     void (*fire)(struct ke_due_entry *))
{
    entry->link.next = NULL;
    entry->fire = fire;
}

static inline bool ke_due_is_armed(const struct ke_due_entry *entry)
{
    return entry->link.next != NULL;
}

/* ke_due_arm: a due time that has passed fires at the next window. Returns whether it was armed. */
bool ke_due_arm(struct ke_due_entry *entry, uint64_t due_100ns);
/* ke_due_arm_once: the same, but one that is armed stays as it is. */
void ke_due_arm_once(struct ke_due_entry *entry, uint64_t due_100ns);
/* ke_due_disarm: returns whether it was armed. */
bool ke_due_disarm(struct ke_due_entry *entry);

/* The same for any link; `mark` is KE_DUE_KTIMER, KE_DUE_DISPATCHER or 0. */
void ke_due_link_arm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark);
bool ke_due_link_disarm(struct ke_due_link *link);
/* ke_due_link_rearm: both in one step. Returns whether it was armed. */
bool ke_due_link_rearm(struct ke_due_link *link, uint64_t due_100ns, uint64_t mark);

/* ke_due_next_100ns: nothing is due before this (a lower bound, exact when near); UINT64_MAX: none.
 */
uint64_t ke_due_next_100ns(void);
/* What was taken off the wheel, as it was there: from then on it is its owner's, who may arm it again
 * or, unless a lock of its own forbids that, free it. */
struct ke_due_taken {
    struct ke_due_link *link;
    uint64_t mark;                            /* KE_DUE_KTIMER, KE_DUE_DISPATCHER or 0 */
    void (*fire)(struct ke_due_entry *entry); /* NULL: a KTIMER */
};

/* ke_due_take: the first link that is due at `now`, taken off; false: none. Moves the wheel on. */
bool ke_due_take(uint64_t now_100ns, struct ke_due_taken *taken);
/* ke_due_visit_expired: visit the links that ke_due_take returns next, so many at most; those that
 * are on higher levels are not known yet. */
void ke_due_visit_expired(void (*visit)(const struct ke_due_link *link), size_t count);
/* ke_due_visit_ktimers: call visit for each armed KTIMER, in no order; it must not arm or disarm. */
void ke_due_visit_ktimers(void (*visit)(struct ke_due_link *link, void *context), void *context);
/* ke_due_ktimer_in_range: an armed KTIMER inside this memory, or NULL. */
const struct ke_due_link *ke_due_ktimer_in_range(const void *start, size_t size);
/* ke_due_reset: forget everything; machine time is 0 again. */
void ke_due_reset(void);
size_t ke_due_count(void);

/* ke_clock_read_100ns: reads the current processor's clock (a virtual one moves on by its cost). */
uint64_t ke_clock_read_100ns(void);
/* ke_clock_wall_100ns: the system time at machine time 0, as the clock is set now.
 * ke_clock_shift_system_time: set the system's clock on (or back): absolute KTIMERs follow it. */
uint64_t ke_clock_wall_100ns(void);
void ke_clock_shift_system_time(int64_t shift_100ns);
