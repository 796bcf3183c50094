/* ke_interrupt.c - interrupt objects: connected to a line, active or not, disconnected.
 *
 * Disconnect masks the line while it unlinks and waits until no ISR of the object runs. Delivery is
 * in ke_interrupt_deliver.c, the lock that excludes an ISR in ke_interrupt_lock.c.
 */
#include "nt/interrupt/ke_interrupt.h"

#include <stdlib.h>

#include "nt/interrupt/ke_line.h"
#include "nt/interrupt/ke_passive_interrupt.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "nt/ke/ke_window.h"

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

static BOOLEAN config_is_valid(const struct ke_interrupt_config *config)
{
    return (config->affinity & ke_processor_mask()) != 0 &&
           config->synchronize_irql >= config->irql && config->synchronize_irql <= HIGH_LEVEL;
}

/* Whether it gets on with those that are connected. */
static NTSTATUS connect_check_locked(const struct ke_interrupt_config *config,
                                     const struct hal_line *line)
{
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
    PKINTERRUPT object = NULL;
    NTSTATUS status;

    if (line == NULL || !config_is_valid(config)) {
        return STATUS_INVALID_PARAMETER;
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
    ke_record_forget(BASE_SUBJECT_ISR, object);
    if (config->passive) {
        ke_passive_interrupt_thread();
    }
    line_hold(line, config->passive);
    status = connect_check_locked(config, line);
    if (NT_SUCCESS(status)) {
        if (line->sources == 0) { /* no device has said yet how it signals */
            line->level_triggered = config->mode == LevelSensitive;
        }
        *interrupt = object; /* the ISR may come before this returns */
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
    return (line->asserting > 0 || line->edge) && !ke_line_has_listener_locked(line);
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
    if (ke_interrupt_is_active(interrupt) != active) {
        __atomic_store_n(&interrupt->active, active, __ATOMIC_RELAXED);
        unheard = !active && line_is_unheard(interrupt->line);
        ke_line_changed_locked(interrupt->line); /* its neighbours on the line go on */
    }
    base_lock_release(&ke_lines);
    if (unheard) {
        report_unheard(interrupt->line, "made inactive");
    }
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
