#pragma once
/* ke_due.h - the one list of timed events of a machine: KTIMERs, wait time-outs, model timers,
 * ticks. An exact hierarchical wheel in units of 100 ns; flat with 100,000 armed. C types only.
 * Rules for an entry:
 * - armed once; arming it again moves it; entries of one due time fire in the order they were armed
 * - off the list before fire is called, so fire may arm it again or free it
 * - fire runs on the processor that noticed the time, at its IRQL, with no lock held; it must not
 * wait
 */
#include <stdbool.h>
#include <stdint.h>

struct ke_due_entry {
    struct ke_due_entry *next, *previous;
    uint64_t due_100ns; /* machine time */
    void (*fire)(struct ke_due_entry *entry);
    uint16_t slot; /* where in the wheel; KE_DUE_UNARMED */
};

#define KE_DUE_UNARMED UINT16_MAX

void ke_due_entry_init(struct ke_due_entry *entry, void (*fire)(struct ke_due_entry *));
/* ke_due_arm: a due time that has passed fires at the next window. Returns whether it was armed. */
bool ke_due_arm(struct ke_due_entry *entry, uint64_t due_100ns);
bool ke_due_disarm(struct ke_due_entry *entry);
static inline bool ke_due_is_armed(const struct ke_due_entry *entry)
{
    return entry->slot != KE_DUE_UNARMED;
}

/* ke_clock_now_100ns: machine time as the current processor last saw it: no clock is read. */
uint64_t ke_clock_now_100ns(void);
/* ke_clock_read_100ns: reads the current processor's clock (a virtual one moves on by its cost). */
uint64_t ke_clock_read_100ns(void);
