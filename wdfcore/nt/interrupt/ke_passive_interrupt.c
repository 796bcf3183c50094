#include "nt/interrupt/ke_passive_interrupt.h"

#include "base/assert.h"
#include "nt/ke/ke_call.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_record.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

/* One thread serves all passive lines of a machine, in the order in which they came. */
static struct {
    PKTHREAD thread;
    KEVENT work;
    BOOLEAN raised[HAL_MAX_LINES];  /* masked and waiting for the thread */
    const struct hal_line *serving; /* the thread walks its chain */
    KEVENT served;                  /* signaled while it walks none */
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

static void passive_serve(struct hal_line *line)
{
    PLIST_ENTRY entry;

    ke_machine.statistics.interrupts++;
    line->edge = FALSE;
    passive.serving = line; /* who disconnects waits: the chain stays as it is */
    KeClearEvent(&passive.served);
    for (entry = line->chain.Flink; entry != &line->chain; entry = entry->Flink) {
        PKINTERRUPT interrupt = CONTAINING_RECORD(entry, struct _KINTERRUPT, chain);

        if (interrupt->active && passive_call(interrupt) && line->level_triggered) {
            break;
        }
    }
    passive.serving = NULL;
    KeSetEvent(&passive.served, IO_NO_INCREMENT, FALSE);
    ke_line_unmask(line);
}

static VOID passive_main(PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    ke_thread_mark_worker();
    for (;;) {
        KeWaitForSingleObject(&passive.work, Executive, KernelMode, FALSE, NULL);
        for (ULONG irq = 0; irq < HAL_MAX_LINES; irq++) {
            if (passive.raised[irq]) {
                passive.raised[irq] = FALSE;
                passive_serve(ke_line_at(irq));
            }
        }
    }
}

void ke_passive_interrupt_wait(const struct hal_line *line)
{
    while (passive.serving == line) {
        KeWaitForSingleObject(&passive.served, Executive, KernelMode, FALSE, NULL);
    }
}

void ke_passive_interrupt_raise(struct hal_line *line)
{
    if (passive.thread == NULL) {
        KeInitializeEvent(&passive.work, SynchronizationEvent, FALSE);
        KeInitializeEvent(&passive.served, NotificationEvent, TRUE);
        passive.thread = ke_thread_start(passive_main, NULL, "passive interrupts", 0);
        CORE_ASSERT(passive.thread != NULL);
    }
    ke_line_mask(line);
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
