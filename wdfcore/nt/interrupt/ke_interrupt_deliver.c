/* ke_interrupt_deliver.c - from a changed line to the ISRs.
 *
 * Normal path: a line changes -> it becomes pending on a processor of its affinity -> at that
 * processor's next window above whose IRQL it is, its chain is called. A level line stops at the
 * first ISR that claims it; edges walk the chain until a whole pass claims nothing.
 */
#include "nt/interrupt/ke_interrupt.h"

#include "base/assert.h"
#include "nt/dpc/ke_ipi.h"
#include "nt/interrupt/ke_line.h"
#include "nt/interrupt/ke_passive_interrupt.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ke/schedule/ke_schedule.h"
#include "nt/ke/lock/ke_spinlock.h"

#define STORM_LIMIT     1000
#define UNCLAIMED_LIMIT 100
#define EDGE_PASSES     100

/* ---- pending ---- */

BOOLEAN ke_line_has_listener_locked(const struct hal_line *line)
{
    for (PLIST_ENTRY entry = line->chain.Flink; entry != &line->chain; entry = entry->Flink) {
        if (ke_interrupt_is_active(CONTAINING_RECORD(entry, KINTERRUPT, chain))) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN line_wants_delivery(const struct hal_line *line)
{
    return line->masks == 0 && (line->asserting > 0 || line->edge) &&
           ke_line_has_listener_locked(line);
}

static KAFFINITY line_affinity(const struct hal_line *line)
{
    const KINTERRUPT *first = CONTAINING_RECORD(line->chain.Flink, KINTERRUPT, chain);

    return first->affinity;
}

/* The lowest-numbered idle processor of the set, else the lowest-numbered; a seed may choose
 * another. */
static struct ke_processor *line_processor(const struct hal_line *line)
{
    uint64_t set = line_affinity(line);
    uint64_t idle = 0;

    for (ULONG i = 0; i < ke_processor_count(); i++) {
        if ((set >> i & 1) != 0 && host_processor_is_idle(i)) {
            idle |= 1ULL << i;
        }
    }
    return ke_processor_at(ke_schedule_pick(KE_CHOICE_TAKE, set, idle != 0 ? idle : set));
}

/* Read without the lock: whoever adds one sets the attention bit afterwards. */
static ULONG levels_pending(const struct ke_processor *processor)
{
    return __atomic_load_n(&processor->irq_levels, __ATOMIC_RELAXED);
}

static void levels_set(struct ke_processor *processor, ULONG levels)
{
    __atomic_store_n(&processor->irq_levels, (USHORT)levels, __ATOMIC_RELAXED);
}

static void line_pend(struct hal_line *line)
{
    struct ke_processor *target = line_processor(line);
    KIRQL level = hal_irq_level(line->irq);

    line->pending_on = target;
    line->delay = ke_schedule_interrupt_delay();
    InsertTailList(&target->irq_pending[level], &line->pending_entry);
    levels_set(target, target->irq_levels | 1u << level);
    ke_attention_set(target, KE_ATTENTION_INTERRUPT);
}

static void line_unpend(struct hal_line *line)
{
    struct ke_processor *target = line->pending_on;
    KIRQL level = hal_irq_level(line->irq);

    RemoveEntryList(&line->pending_entry);
    if (IsListEmpty(&target->irq_pending[level])) {
        levels_set(target, target->irq_levels & ~(1u << level));
    }
    line->pending_on = NULL;
}

void ke_line_changed_locked(struct hal_line *line)
{
    BOOLEAN wants = line_wants_delivery(line);
    PKINTERRUPT first;

    if (line->delivering) {
        return; /* whoever delivers looks again at the end */
    }
    if (wants && line->pending_on == NULL) {
        first = CONTAINING_RECORD(line->chain.Flink, KINTERRUPT, chain);
        if (first->passive) {
            ke_passive_interrupt_raise_locked(line);
        } else {
            line_pend(line);
        }
    } else if (!wants && line->pending_on != NULL) {
        line_unpend(line); /* deasserted before it was taken */
    }
}

void ke_line_mask_locked(struct hal_line *line)
{
    line->masks++;
    ke_line_changed_locked(line);
}

void ke_line_unmask_locked(struct hal_line *line)
{
    CORE_ASSERT(line->masks > 0);
    line->masks--;
    ke_line_changed_locked(line);
}

/* ---- delivery ---- */

static BOOLEAN isr_call(struct ke_processor *self, PKINTERRUPT interrupt)
{
    struct ke_callback frame;
    KIRQL old = ke_irql_raise(interrupt->synchronize_irql);
    const void *routine = interrupt->message_routine != NULL
                              ? (const void *)(uintptr_t)interrupt->message_routine
                              : (const void *)(uintptr_t)interrupt->service_routine;
    BOOLEAN claimed;
    ULONG recorded;

    ke_spin_acquire(interrupt->lock, KE_SPIN_INTERRUPT);
    interrupt->calls++;
    recorded = ke_event(BASE_EVENT_ISR_START, routine, ke_interrupt_about(interrupt, routine),
                        interrupt->line->irq);
    ke_call_enter(&frame, "InterruptService", routine, interrupt);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(interrupt), KE_WORD(interrupt->context),
                      KE_WORD(interrupt->message_id));
    if (interrupt->message_routine != NULL) {
        claimed = interrupt->message_routine(interrupt, interrupt->context, interrupt->message_id);
    } else {
        claimed = interrupt->service_routine(interrupt, interrupt->context);
    }
    ke_call_leave(&frame);
    ke_event_end(BASE_EVENT_ISR_END, routine, recorded, claimed);
    ke_spin_release(interrupt->lock, KE_SPIN_INTERRUPT);
    ke_irql_set(self, old);
    return claimed;
}

/* One pass over the chain. The next object is read after the call: the chain does not change while
 * an ISR runs, since disconnect waits. */
static BOOLEAN chain_pass(struct ke_processor *self, struct hal_line *line, BOOLEAN stop_at_claim)
{
    BOOLEAN claimed = FALSE;
    PLIST_ENTRY entry;

    for (entry = line->chain.Flink; entry != &line->chain; entry = entry->Flink) {
        PKINTERRUPT interrupt = CONTAINING_RECORD(entry, KINTERRUPT, chain);

        if (ke_interrupt_is_active(interrupt) && isr_call(self, interrupt)) {
            claimed = TRUE;
            if (stop_at_claim) {
                break;
            }
        }
    }
    return claimed;
}

static BOOLEAN edge_passes(struct ke_processor *self, struct hal_line *line)
{
    BOOLEAN shared = line->chain.Flink != line->chain.Blink;
    BOOLEAN claimed = FALSE;
    ULONG passes = 0;

    while (chain_pass(self, line, FALSE)) {
        claimed = TRUE;
        if (!shared || ++passes == EDGE_PASSES) {
            break;
        }
    }
    return claimed;
}

static void line_storm(struct hal_line *line, const char *what, ULONG count)
{
    ke_violation(RULE_InterruptStorm, 0, hal_irq_vector(line->irq), count, 0, 0,
                 "irq %u was delivered %u times %s", line->irq, count, what);
    line->storm = 0;
    line->unclaimed = 0;
    base_lock_acquire(&ke_lines);
    ke_line_mask_locked(line); /* expected: the line stays masked and the run goes on */
    base_lock_release(&ke_lines);
}

static void line_check_storm(struct hal_line *line, BOOLEAN claimed)
{
    if (!claimed) {
        KE_COUNT(ke_self, interrupts_unclaimed);
        if (++line->unclaimed >= UNCLAIMED_LIMIT && line->asserting > 0) {
            line_storm(line, "and nobody claimed it", line->unclaimed);
        }
        return;
    }
    line->unclaimed = 0;
    if (line->storm_runs != ke_dpc_runs() || !ke_self->dispatching) {
        line->storm_runs = ke_dpc_runs();
        line->storm = 0;
    }
    if (++line->storm >= STORM_LIMIT) {
        line_storm(line, "and no other code ran in between", line->storm);
    }
}

static void line_deliver(struct ke_processor *self, struct hal_line *line)
{
    KIRQL old = self->irql;
    struct ke_spin_note spinning = ke_spin_note_interrupt();
    BOOLEAN claimed;

    KE_COUNT(self, interrupts);
    ke_irql_set(self, hal_irq_level(line->irq));
    self->isr_depth++;
    ke_charge(self, ke_machine.config.isr_entry_ns);
    claimed = line->level_triggered ? chain_pass(self, line, TRUE) : edge_passes(self, line);
    self->isr_depth--;
    ke_spin_note_resume(&spinning);
    ke_irql_set(self, old);
    line_check_storm(line, claimed);
    base_lock_acquire(&ke_lines);
    line->delivering = FALSE;
    ke_line_changed_locked(line); /* still asserted, or a new edge: at the next window */
    base_lock_release(&ke_lines);
}

/* The first pending line of this level that may come in this window, or NULL. With the lock. */
static struct hal_line *level_find(struct ke_processor *self, KIRQL level, uint64_t window)
{
    PLIST_ENTRY entry;

    for (entry = self->irq_pending[level].Flink; entry != &self->irq_pending[level];
         entry = entry->Flink) {
        struct hal_line *line = CONTAINING_RECORD(entry, struct hal_line, pending_entry);

        if (line->window == window) {
            continue; /* came in or was held back in this window already */
        }
        line->window = window;
        if (line->delay > 0) {
            line->delay--;
            continue;
        }
        return line;
    }
    return NULL;
}

/* The same, from now on being delivered. */
static struct hal_line *level_take(struct ke_processor *self, KIRQL level, uint64_t window)
{
    struct hal_line *line = NULL;

    base_lock_acquire(&ke_lines);
    if ((self->irq_levels >> level & 1) != 0) {
        line = level_find(self, level, window);
    }
    if (line != NULL) {
        line_unpend(line);
        line->delivering = TRUE;
        line->edge = FALSE;
    }
    base_lock_release(&ke_lines);
    return line;
}

void ke_interrupt_deliver(struct ke_processor *self, uint64_t window)
{
    ke_ipi_deliver(self);
    for (KIRQL level = HIGH_LEVEL; level > self->irql; level--) {
        struct hal_line *line;

        while ((levels_pending(self) >> level & 1) != 0 &&
               (line = level_take(self, level, window)) != NULL) {
            line_deliver(self, line);
        }
    }
    if (levels_pending(self) == 0 && !ke_ipi_is_pending(self)) {
        self->deferred &= (UCHAR)~KE_ATTENTION_INTERRUPT;
    } else if (levels_pending(self) >> (self->irql + 1) != 0) {
        /* still asserted, or held back: the next window looks again, be it that of the idle context */
        __atomic_fetch_or(&self->attention, KE_ATTENTION_INTERRUPT, __ATOMIC_RELAXED);
        host_processor_kick(self->number);
    }
}
