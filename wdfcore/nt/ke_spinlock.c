/* ke_spinlock.c - executive spin locks. A held lock is met only when its owner's processor lost the
 * turn inside; each step of the spin gives it back. When every processor that has work spins, none
 * will ever release: SpinLockDeadlock.
 */
#include "nt/ke_spinlock.h"

#include "nt/ke_api.h"
#include "nt/ke_irql.h"
#include "nt/ke_report.h"

static KSPIN_LOCK spin_word(enum ke_spin_kind kind)
{
    return (KSPIN_LOCK)(ke_self->number + 1u) | (KSPIN_LOCK)kind << 8;
}

static ULONG spin_owner(KSPIN_LOCK word)
{
    return (ULONG)(word & 0xff) - 1;
}

BOOLEAN ke_spin_is_mine(const KSPIN_LOCK *lock)
{
    return *lock != 0 && spin_owner(*lock) == ke_self->number;
}

static BOOLEAN everybody_spins(void)
{
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (host_processor_has_work(i) &&
            (processor->spinning_for == NULL || !ke_spin_is_held(processor->spinning_for))) {
            return FALSE;
        }
    }
    return TRUE;
}

static void spin_wait(PKSPIN_LOCK lock)
{
    ke_self->spinning_for = lock;
    while (ke_spin_is_held(lock)) {
        if (everybody_spins()) {
            ke_violation(RULE_SpinLockDeadlock, 0, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                         "processor %u spins for the lock at %p that processor %u holds, and no "
                         "processor is left to release it",
                         ke_self->number, (void *)lock, spin_owner(*lock));
        }
        ke_spin_step();
    }
    ke_self->spinning_for = NULL;
}

BOOLEAN ke_spin_acquire(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    if (__builtin_expect(*lock != 0, 0)) {
        if (ke_spin_is_mine(lock)) {
            ke_violation(RULE_SpinLockAlreadyOwned, 0xF, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                         "the spin lock at %p was acquired again by its owner", (void *)lock);
            return FALSE;
        }
        spin_wait(lock);
    }
    *lock = spin_word(kind);
    ke_self->spin_locks_held++;
    return TRUE;
}

BOOLEAN ke_spin_try(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    if (*lock != 0) {
        return FALSE;
    }
    *lock = spin_word(kind);
    ke_self->spin_locks_held++;
    return TRUE;
}

BOOLEAN ke_spin_release(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    if (__builtin_expect(*lock != spin_word(kind), 0)) {
        if (ke_spin_is_mine(lock)) {
            ke_violation(RULE_LockApiMismatch, 0xC4, 0x1008, (uint64_t)(uintptr_t)lock, 0, 0,
                         "the spin lock at %p was acquired by another kind of routine",
                         (void *)lock);
        } else {
            ke_violation(RULE_SpinLockNotOwned, 0x10, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                         "the spin lock at %p is not held by the processor that releases it",
                         (void *)lock);
        }
        return FALSE;
    }
    *lock = 0;
    ke_self->spin_locks_held--;
    return TRUE;
}

#undef KeInitializeSpinLock
VOID KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL)) {
        *SpinLock = 0;
    }
}

static BOOLEAN acquire_irql_is_low(PKSPIN_LOCK lock)
{
    if (ke_self->irql <= DISPATCH_LEVEL) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockAcquireHigh, 0xC4, 0x42, ke_self->irql, (uint64_t)(uintptr_t)lock, 0,
                 "a spin lock was acquired at %s", ke_irql_name(ke_self->irql));
    return FALSE;
}

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !acquire_irql_is_low(SpinLock)) {
        return ke_self->irql;
    }
    old = ke_irql_raise(DISPATCH_LEVEL);
    if (!ke_spin_acquire(SpinLock, KE_SPIN_PLAIN)) {
        ke_irql_lower(old);
        return old;
    }
    ke_irql_push(ke_self, old);
    return old;
}

#undef KeAcquireSpinLock
VOID KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql)
{
    KIRQL old = KeAcquireSpinLockRaiseToDpc(SpinLock);

    *OldIrql = old; /* spec: SPN-03: only once it is owned */
}

VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    if (ke_self->irql != DISPATCH_LEVEL || NewIrql > DISPATCH_LEVEL) {
        ke_violation(RULE_SpinLockReleaseIrql, 0xC4, 0x32, ke_self->irql,
                     (uint64_t)(uintptr_t)SpinLock, 0, "a spin lock was released at %s to level %u",
                     ke_irql_name(ke_self->irql), NewIrql);
        return;
    }
    if (ke_spin_release(SpinLock, KE_SPIN_PLAIN)) {
        ke_irql_pop(ke_self);
        ke_irql_lower(NewIrql);
    }
}

static BOOLEAN dpc_level_is_held(PKSPIN_LOCK lock, uint64_t parameter1)
{
    if (ke_self->irql >= DISPATCH_LEVEL) {
        return TRUE;
    }
    ke_violation(
        RULE_SpinLockDpcLevelLow, 0xC4, parameter1, ke_self->irql, (uint64_t)(uintptr_t)lock, 0,
        "an AtDpcLevel or FromDpcLevel routine was called at %s", ke_irql_name(ke_self->irql));
    return FALSE;
}

VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && dpc_level_is_held(SpinLock, 0x40)) {
        ke_spin_acquire(SpinLock, KE_SPIN_PLAIN);
    }
}

VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && dpc_level_is_held(SpinLock, 0x41)) {
        ke_spin_release(SpinLock, KE_SPIN_PLAIN);
    }
}

BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && dpc_level_is_held(SpinLock, 0x40) &&
           ke_spin_try(SpinLock, KE_SPIN_PLAIN);
}

BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && !ke_spin_is_held(SpinLock);
}

KIRQL KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

VOID KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    KeReleaseSpinLock(SpinLock, OldIrql);
}
