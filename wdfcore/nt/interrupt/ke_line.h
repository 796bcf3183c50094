#pragma once
/* ke_line.h - an interrupt line as hal_line.c (its level), ke_interrupt.c (who listens) and
 * ke_interrupt_deliver.c (its delivery) share it. */
#include <wdm.h>

#include "base/lock.h"
#include "nt/hal/hal_line.h"
#include "nt/ke/ke_processor.h"

/* Guards everything about lines, and which of them are pending where. While a line is being
 * delivered its chain does not change, so that it is walked without the lock. */
extern struct base_lock ke_lines BASE_HIDDEN;

struct hal_line {
    uint32_t irq;    /* (c) */
    ULONG asserting; /* level sources that assert it */
    ULONG sources;
    BOOLEAN level_triggered;
    BOOLEAN edge;                    /* an edge that has not been delivered */
    ULONG masks;                     /* > 0: masked */
    LIST_ENTRY chain;                /* KINTERRUPTs in order of connection */
    struct ke_processor *pending_on; /* NULL: not pending */
    LIST_ENTRY pending_entry;
    BOOLEAN delivering;  /* its chain is being called */
    ULONG delay;         /* windows for which a seed holds it back */
    uint64_t window;     /* of its last delivery */
    ULONG storm;         /* deliveries without a step of other code */
    ULONG unclaimed;     /* passes in a row that nobody claimed */
    uint64_t storm_runs; /* DPCs run at the last delivery: a step of other code */
};

/* ke_line_at: the line of an irq, NULL if there is no such irq. */
struct hal_line *ke_line_at(uint32_t irq);
/* The following with the lock. */
/* ke_line_changed_locked: its level, edge or mask changed: make it pending on a processor, or not any
 * more. */
void ke_line_changed_locked(struct hal_line *line);
void ke_line_mask_locked(struct hal_line *line);
void ke_line_unmask_locked(struct hal_line *line);
/* ke_line_has_listener_locked: somebody on it wants to be called: is connected and active. */
BOOLEAN ke_line_has_listener_locked(const struct hal_line *line);
