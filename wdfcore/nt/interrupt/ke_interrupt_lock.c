/* ke_interrupt_lock.c - what excludes an ISR: its interrupt's lock at its SynchronizeIrql, and the
 * API that takes it.
 */
#include "nt/interrupt/ke_interrupt.h"

#include "nt/interrupt/ke_line.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "nt/ke/report/ke_report.h"

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
BOOLEAN ke_interrupt_check(const KINTERRUPT *interrupt, const char *api)
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

    if (!ke_interrupt_check(Interrupt, __func__) ||
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

    if (!API(HIGH_LEVEL) || !ke_interrupt_check(Interrupt, __func__)) {
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
    if (!API(HIGH_LEVEL) || !ke_interrupt_check(Interrupt, __func__)) {
        return;
    }
    if (!Interrupt->passive && ke_spin_is_mine(Interrupt->lock)) {
        ke_irql_pop(ke_self); /* what was not acquired, the release reports */
    }
    ke_interrupt_release(Interrupt, OldIrql);
}
