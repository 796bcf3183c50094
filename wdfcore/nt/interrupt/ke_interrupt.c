/* ke_interrupt.c - from a pending line to the ISRs.
 *
 * Normal path: a line changes -> it becomes pending on a processor of its affinity -> at that
 * processor's next window above whose IRQL it is, its chain is called. A level line stops at the
 * first ISR that claims it; edges walk the chain until a whole pass claims nothing. Disconnect
 * masks the line while it unlinks and waits until no ISR of the object runs.
 */
#include "nt/interrupt/ke_interrupt.h"

#include <stdlib.h>

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_call.h"
#include "nt/dpc/ke_ipi.h"
#include "nt/ke/ke_irql.h"
#include "nt/interrupt/ke_line.h"
#include "nt/ke/ke_machine.h"
#include "nt/interrupt/ke_passive_interrupt.h"
#include "nt/ke/ke_record.h"
#include "nt/ke/ke_report.h"
#include "nt/ke/ke_schedule.h"
#include "nt/ke/ke_spinlock.h"

#define STORM_LIMIT     1000
#define UNCLAIMED_LIMIT 100
#define EDGE_PASSES     100

static BOOLEAN is_active(const KINTERRUPT *interrupt)
{
    return __atomic_load_n(&interrupt->active, __ATOMIC_RELAXED);
}

/* ---- pending ---- */

/* Somebody on the line wants to be called: it is connected and active. */
static BOOLEAN line_has_listener(const struct hal_line *line)
{
    for (PLIST_ENTRY entry = line->chain.Flink; entry != &line->chain; entry = entry->Flink) {
        if (is_active(CONTAINING_RECORD(entry, KINTERRUPT, chain))) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN line_wants_delivery(const struct hal_line *line)
{
    return line->masks == 0 && (line->asserting > 0 || line->edge) && line_has_listener(line);
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

BOOLEAN ke_line_is_pending(ULONG irq)
{
    BOOLEAN pending;

    base_lock_acquire(&ke_lines);
    pending = ke_line_at(irq)->pending_on != NULL;
    base_lock_release(&ke_lines);
    return pending;
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

        if (is_active(interrupt) && isr_call(self, interrupt)) {
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

/* ---- connecting ---- */

/* Masked, with no ISR of the line running, and with the lock: its chain may change. */
static void line_hold(struct hal_line *line, BOOLEAN passive)
{
    base_lock_acquire(&ke_lines);
    ke_line_mask_locked(line);
    while (line->delivering) { /* on another processor, or on the thread of the passive ones */
        base_lock_release(&ke_lines);
        if (passive) {
            ke_passive_interrupt_wait();
        } else {
            ke_spin_step();
        }
        base_lock_acquire(&ke_lines);
    }
}

static void line_let_go(struct hal_line *line)
{
    ke_line_unmask_locked(line);
    base_lock_release(&ke_lines);
}

static NTSTATUS connect_check(const struct ke_interrupt_config *config, const struct hal_line *line)
{
    if (line == NULL || (config->affinity & ke_processor_mask()) == 0 ||
        config->synchronize_irql < config->irql || config->synchronize_irql > HIGH_LEVEL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!IsListEmpty(&line->chain)) {
        const KINTERRUPT *first = CONTAINING_RECORD(line->chain.Flink, KINTERRUPT, chain);

        if (!first->share || !config->share || first->mode != config->mode ||
            first->passive != config->passive) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS ke_interrupt_connect(const struct ke_interrupt_config *config, PKINTERRUPT *interrupt)
{
    struct hal_line *line = ke_line_at(hal_vector_irq(config->vector));
    NTSTATUS status = connect_check(config, line);
    PKINTERRUPT object;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    object = calloc(1, sizeof(*object));
    if (object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    object->line = line;
    object->service_routine = config->service_routine;
    object->message_routine = config->message_routine;
    object->context = config->context;
    object->message_id = config->message_id;
    object->lock = config->lock != NULL ? config->lock : &object->own_lock;
    object->vector = config->vector;
    object->irql = config->irql;
    object->synchronize_irql = config->synchronize_irql;
    object->mode = config->mode;
    object->share = config->share;
    object->passive = config->passive;
    object->active = TRUE;
    object->affinity = config->affinity & (KAFFINITY)ke_processor_mask();
    KeInitializeEvent(&object->passive_lock, SynchronizationEvent, TRUE);
    if (line->sources == 0) { /* no device has said yet how it signals */
        line->level_triggered = config->mode == LevelSensitive;
    }
    ke_record_forget(BASE_SUBJECT_ISR, object);
    if (config->passive) {
        ke_passive_interrupt_thread();
    }
    line_hold(line, config->passive);
    status = connect_check(config, line);
    if (NT_SUCCESS(status)) { /* still: two may connect at a time */
        *interrupt = object;  /* the ISR may come before this returns */
        InsertTailList(&line->chain, &object->chain);
    }
    line_let_go(line);
    if (!NT_SUCCESS(status)) {
        free(object);
        return status;
    }
    ke_window_point();
    return STATUS_SUCCESS;
}

/* Its device goes on: nobody will hear it. */
static BOOLEAN line_is_unheard(const struct hal_line *line)
{
    return (line->asserting > 0 || line->edge) && !line_has_listener(line);
}

static void report_unheard(const struct hal_line *line, const char *what)
{
    ke_violation(RULE_InterruptNoHandler, 0, hal_irq_vector(line->irq), 0, 0, 0,
                 "irq %u is signalled and its last interrupt object was %s", line->irq, what);
}

void ke_interrupt_disconnect(PKINTERRUPT interrupt)
{
    struct hal_line *line = interrupt->line;
    BOOLEAN unheard;

    line_hold(line, interrupt->passive);
    RemoveEntryList(&interrupt->chain);
    unheard = line_is_unheard(line);
    line->edge = line->edge && !IsListEmpty(&line->chain);
    line_let_go(line);
    free(interrupt);
    if (unheard) {
        report_unheard(line, "disconnected");
    }
}

void ke_interrupt_set_active(PKINTERRUPT interrupt, BOOLEAN active)
{
    BOOLEAN unheard = FALSE;

    base_lock_acquire(&ke_lines);
    if (is_active(interrupt) != active) {
        __atomic_store_n(&interrupt->active, active, __ATOMIC_RELAXED);
        unheard = !active && line_is_unheard(interrupt->line);
        ke_line_changed_locked(interrupt->line); /* its neighbours on the line go on */
    }
    base_lock_release(&ke_lines);
    if (unheard) {
        report_unheard(interrupt->line, "made inactive");
    }
}

/* ---- synchronizing with the ISR ---- */

KIRQL ke_interrupt_acquire(PKINTERRUPT interrupt)
{
    KIRQL old;

    if (interrupt->passive) {
        KeWaitForSingleObject(&interrupt->passive_lock, Executive, KernelMode, FALSE, NULL);
        return ke_self->irql;
    }
    old = ke_irql_raise(interrupt->synchronize_irql);
    ke_spin_acquire(interrupt->lock, KE_SPIN_INTERRUPT);
    return old;
}

/* FALSE: this processor is in the ISR or in another section of the interrupt. */
static BOOLEAN lock_is_not_mine(const KINTERRUPT *interrupt)
{
    if (interrupt->passive || !ke_spin_is_mine(interrupt->lock)) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockAlreadyOwned, 0xF, (uint64_t)(uintptr_t)interrupt->lock, 0, 0, 0,
                 "the lock of an interrupt was acquired again by its owner");
    return FALSE;
}

void ke_interrupt_release(PKINTERRUPT interrupt, KIRQL old)
{
    if (interrupt->passive) {
        KeSetEvent(&interrupt->passive_lock, IO_NO_INCREMENT, FALSE);
        return;
    }
    if (ke_spin_release(interrupt->lock, KE_SPIN_INTERRUPT)) {
        ke_irql_lower(old);
    }
}

/* An object and its line know each other: other memory does not look like that. */
static BOOLEAN interrupt_check(const KINTERRUPT *interrupt, const char *api)
{
    return (!ke_address_is_bad(interrupt) && interrupt->line != NULL &&
            interrupt->line == ke_line_at(hal_vector_irq(interrupt->vector))) ||
           ke_check_refuse(RULE_InterruptNotConnected, interrupt, "an interrupt object", api);
}

BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt, PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                               PVOID SynchronizeContext)
{
    struct ke_callback frame;
    BOOLEAN result;
    KIRQL old;

    if (!interrupt_check(Interrupt, __func__) ||
        !API(Interrupt->passive ? PASSIVE_LEVEL : Interrupt->synchronize_irql) ||
        !lock_is_not_mine(Interrupt)) {
        return FALSE;
    }
    old = ke_interrupt_acquire(Interrupt);
    ke_call_enter(&frame, "SynchCritSection", (const void *)(uintptr_t)SynchronizeRoutine,
                  Interrupt);
    result = SynchronizeRoutine(SynchronizeContext);
    ke_call_leave(&frame);
    ke_interrupt_release(Interrupt, old);
    return result;
}

KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !interrupt_check(Interrupt, __func__)) {
        return ke_self->irql;
    }
    if (Interrupt->passive) {
        ke_violation(RULE_PassiveInterruptError, 0x13B, 1, (uint64_t)(uintptr_t)Interrupt, 0, 0,
                     "the spin lock of a passive-level interrupt was acquired");
        return ke_self->irql;
    }
    if (ke_self->irql > Interrupt->synchronize_irql) {
        ke_violation(
            RULE_IrqlTooHigh, 0xA, 0, ke_self->irql, 0, 0,
            "KeAcquireInterruptSpinLock was called at %s; the interrupt's SynchronizeIrql is "
            "%u",
            ke_irql_name(ke_self->irql), Interrupt->synchronize_irql);
        return ke_self->irql;
    }
    if (!lock_is_not_mine(Interrupt)) {
        return ke_self->irql;
    }
    old = ke_interrupt_acquire(Interrupt);
    ke_irql_push(ke_self, old);
    return old;
}

VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
    if (!API(HIGH_LEVEL) || !interrupt_check(Interrupt, __func__)) {
        return;
    }
    ke_irql_pop(ke_self);
    ke_interrupt_release(Interrupt, OldIrql);
}

/* What a stopped machine left connected. */
static void interrupts_stop(void)
{
    for (uint32_t irq = 0; irq < HAL_MAX_LINES; irq++) {
        struct hal_line *line = ke_line_at(irq);

        while (!IsListEmpty(&line->chain)) {
            free(CONTAINING_RECORD(RemoveHeadList(&line->chain), KINTERRUPT, chain));
        }
    }
}

static struct ke_machine_part interrupts_part = {.order = 1, .stop = interrupts_stop};

__attribute__((constructor)) static void interrupts_register(void)
{
    ke_machine_register(&interrupts_part);
}
