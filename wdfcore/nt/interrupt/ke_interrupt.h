#pragma once
/* ke_interrupt.h - KINTERRUPT: ISRs connected to lines, and their delivery.
 * Rules for a line:
 * - pending on at most one processor; delivered at a window of that processor above whose IRQL it
 * is
 * - delivered at most once in a window; a level that stays asserted comes back at the next one
 * - an ISR runs at the SynchronizeIrql of its interrupt object with that object's lock held
 * - masked: nothing is delivered; a level is looked at again when it is unmasked
 * Rules for an interrupt object:
 * - once disconnected its ISR does not run and is not called again
 */
#include <wdm.h>

#include "nt/hal/hal_line.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_record.h"

typedef struct _KINTERRUPT KINTERRUPT;

struct _KINTERRUPT {
    LIST_ENTRY chain; /* of its line, in order of connection */
    struct hal_line *line;
    PKSERVICE_ROUTINE service_routine; /* one of these two */
    PKMESSAGE_SERVICE_ROUTINE message_routine;
    PVOID context;
    ULONG message_id;
    PKSPIN_LOCK lock; /* the driver's, or own_lock */
    KSPIN_LOCK own_lock;
    KEVENT passive_lock; /* a passive interrupt's instead of the spin lock */
    ULONG vector;
    KIRQL irql;
    KIRQL synchronize_irql;
    KINTERRUPT_MODE mode;
    BOOLEAN share;
    BOOLEAN passive;
    BOOLEAN active; /* (a) IoReportInterruptActive/Inactive */
    KAFFINITY affinity;
    ULONGLONG calls;
};

struct ke_interrupt_config {
    PKSERVICE_ROUTINE service_routine;
    PKMESSAGE_SERVICE_ROUTINE message_routine;
    PVOID context;
    ULONG message_id;
    PKSPIN_LOCK lock;
    ULONG vector;
    KIRQL irql;
    KIRQL synchronize_irql;
    KINTERRUPT_MODE mode;
    BOOLEAN share;
    BOOLEAN passive;
    KAFFINITY affinity;
};

/* ke_interrupt_connect: STATUS_INVALID_PARAMETER for what does not fit (INT-02, INT-28),
 * STATUS_INSUFFICIENT_RESOURCES. PASSIVE_LEVEL. */
NTSTATUS ke_interrupt_connect(const struct ke_interrupt_config *config, PKINTERRUPT *interrupt);
/* ke_interrupt_disconnect: waits for a running ISR, then frees the object. PASSIVE_LEVEL. */
void ke_interrupt_disconnect(PKINTERRUPT interrupt);
/* ke_interrupt_set_active: soft connect and disconnect. */
void ke_interrupt_set_active(PKINTERRUPT interrupt, BOOLEAN active);

/* ke_interrupt_deliver: call the ISRs of this processor's pending lines above its IRQL. */
void ke_interrupt_deliver(struct ke_processor *self, uint64_t window);

static inline BOOLEAN ke_interrupt_is_active(const KINTERRUPT *interrupt)
{
    return __atomic_load_n(&interrupt->active, __ATOMIC_RELAXED);
}

/* ke_interrupt_check: FALSE: after a violation: that is no connected interrupt. */
BOOLEAN ke_interrupt_check(const KINTERRUPT *interrupt, const char *api);
/* ke_interrupt_about: for its events. */
static inline struct ke_about ke_interrupt_about(const KINTERRUPT *interrupt, const void *routine)
{
    return KE_ABOUT(BASE_SUBJECT_ISR, interrupt, .routine = routine, .context = interrupt->context,
                    .type = "KINTERRUPT");
}

/* ke_interrupt_acquire/release: raise to its SynchronizeIrql and take its lock; without API test.
 */
KIRQL ke_interrupt_acquire(PKINTERRUPT interrupt);
void ke_interrupt_release(PKINTERRUPT interrupt, KIRQL old);
