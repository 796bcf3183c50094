#include "nt/interrupt/ke_passive_interrupt.h"

#include "base/assert.h"
#include "nt/ke/ke_call.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"
#include "nt/ke/ke_window.h"

/* One thread serves all passive lines of a machine, in the order in which they came. */
static struct {
    BOOLEAN wanted; /* (a) somebody makes the thread, or has made it */
    PKTHREAD thread;
    KEVENT work;
    BOOLEAN raised[HAL_MAX_LINES]; /* with the lines' lock: masked and waiting for the thread */
    KEVENT served;                 /* signaled while it serves nothing */
} passive;

static BOOLEAN passive_call(PKINTERRUPT interrupt)
{
    const void *routine = (const void *)(uintptr_t)interrupt->service_routine;
    struct ke_callback frame;
    BOOLEAN claimed;
    ULONG recorded;

    KeWaitForSingleObject(&interrupt->passive_lock, Executive, KernelMode, FALSE, NULL);
    interrupt->calls++;
    recorded = ke_event(BASE_EVENT_ISR_START, routine, ke_interrupt_about(interrupt, routine),
                        interrupt->line->irq);
    ke_call_enter(&frame, "passive InterruptService", routine, interrupt);
    claimed = interrupt->service_routine(interrupt, interrupt->context);
    ke_call_leave(&frame);
    ke_event_end(BASE_EVENT_ISR_END, routine, recorded, claimed);
    KeSetEvent(&interrupt->passive_lock, IO_NO_INCREMENT, FALSE);
    return claimed;
}

/* The line is being delivered: its chain stays as it is. */
static void passive_serve(struct hal_line *line)
{
    PLIST_ENTRY entry;

    for (entry = line->chain.Flink; entry != &line->chain; entry = entry->Flink) {
        PKINTERRUPT interrupt = CONTAINING_RECORD(entry, struct _KINTERRUPT, chain);

        if (__atomic_load_n(&interrupt->active, __ATOMIC_RELAXED) && passive_call(interrupt) &&
            line->level_triggered) {
            break;
        }
    }
    base_lock_acquire(&ke_lines);
    line->delivering = FALSE;
    ke_line_unmask_locked(line);
    base_lock_release(&ke_lines);
}

static struct hal_line *passive_take(ULONG irq)
{
    struct hal_line *line = NULL;

    base_lock_acquire(&ke_lines);
    if (passive.raised[irq]) {
        passive.raised[irq] = FALSE;
        line = ke_line_at(irq);
        line->delivering = TRUE;
        line->edge = FALSE;
    }
    base_lock_release(&ke_lines);
    return line;
}

static VOID passive_main(PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    ke_thread_mark_worker();
    for (;;) {
        KeWaitForSingleObject(&passive.work, Executive, KernelMode, FALSE, NULL);
        KeClearEvent(&passive.served);
        for (ULONG irq = 0; irq < HAL_MAX_LINES; irq++) {
            struct hal_line *line = passive_take(irq);

            if (line != NULL) {
                KE_COUNT(ke_processor_at(ke_self->number), passive_interrupts);
                passive_serve(line);
            }
        }
        KeSetEvent(&passive.served, IO_NO_INCREMENT, FALSE);
    }
}

void ke_passive_interrupt_wait(void)
{
    KeWaitForSingleObject(&passive.served, Executive, KernelMode, FALSE, NULL);
}

void ke_passive_interrupt_thread(void)
{
    BOOLEAN first = FALSE;

    if (!__atomic_compare_exchange_n(&passive.wanted, &first, TRUE, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)) {
        while (__atomic_load_n(&passive.thread, __ATOMIC_ACQUIRE) == NULL) {
            ke_spin_step();
        }
        return;
    }
    KeInitializeEvent(&passive.work, SynchronizationEvent, FALSE);
    KeInitializeEvent(&passive.served, NotificationEvent, TRUE);
    PKTHREAD thread = ke_thread_start(passive_main, NULL, "passive interrupts", 0);
    CORE_ASSERT(thread != NULL);
    __atomic_store_n(&passive.thread, thread, __ATOMIC_RELEASE);
}

void ke_passive_interrupt_raise_locked(struct hal_line *line)
{
    ke_line_mask_locked(line);
    passive.raised[line->irq] = TRUE;
    ke_dispatcher_signal(&passive.work.Header, 1);
}

static void passive_start(void)
{
    memset(&passive, 0, sizeof(passive));
}

static struct ke_machine_part passive_part = {.order = 0, .start = passive_start};

__attribute__((constructor)) static void passive_register(void)
{
    ke_machine_register(&passive_part);
}
