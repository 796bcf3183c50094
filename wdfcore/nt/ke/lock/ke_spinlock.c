/* ke_spinlock.c - executive spin locks. A held lock is met only when its owner's processor lost the
 * turn inside; each step of the spin gives it back. When every processor that has work spins, none
 * will ever release: SpinLockDeadlock.
 */
#include "nt/ke/lock/ke_spinlock.h"

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/lock/ke_lock_order.h"
#include "nt/ke/report/ke_report.h"

#define SPIN_LOCK_OK(lock) ke_check_address((lock), "a spin lock", __func__)

static KSPIN_LOCK spin_word(enum ke_spin_kind kind)
{
    return (KSPIN_LOCK)(ke_self->number + 1u) | (KSPIN_LOCK)kind << 8;
}

static ULONG spin_owner(KSPIN_LOCK word)
{
    return (ULONG)(word & 0xff) - 1;
}

static KSPIN_LOCK spin_read(const KSPIN_LOCK *lock)
{
    return __atomic_load_n(lock, __ATOMIC_RELAXED);
}

/* A task without a processor owns none, whoever holds a lock on its home. */
BOOLEAN ke_spin_is_mine(const KSPIN_LOCK *lock)
{
    KSPIN_LOCK word = spin_read(lock);

    return word != 0 && spin_owner(word) == ke_self->number && !ke_self->is_stand_in;
}

/* Acquire: what the last owner wrote is seen. With fibers nobody else comes in between. */
static BOOLEAN word_take(PKSPIN_LOCK lock, KSPIN_LOCK word)
{
    KSPIN_LOCK nobody = 0;

    if (!base_threaded) {
        if (*lock == 0) {
            *lock = word;
            return TRUE;
        }
        return FALSE;
    }
    return __atomic_compare_exchange_n(lock, &nobody, word, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* What ke_spin_acquire writes; anything else was never a lock, or is none any more. */
static BOOLEAN word_is_valid(KSPIN_LOCK word)
{
    return spin_owner(word) < ke_processor_count() && word >> 8 <= KE_SPIN_RAISED;
}

/* The processor spins for what somebody has. Whoever spins notes it for the others to see. */
static BOOLEAN spins_in_vain(const struct ke_processor *processor)
{
    PKSPIN_LOCK lock = __atomic_load_n(&processor->spinning_for, __ATOMIC_SEQ_CST);
    const volatile LONG *word = __atomic_load_n(&processor->spinning_word, __ATOMIC_SEQ_CST);

    return (lock != NULL && ke_spin_is_held(lock)) ||
           (word != NULL && (__atomic_load_n(word, __ATOMIC_SEQ_CST) &
                             __atomic_load_n(&processor->spinning_mask, __ATOMIC_RELAXED)) != 0);
}

/* With threads the processors are not seen at one moment. But if each one spins in vain in two looks,
 * and for the same thing, then nobody released anything in between. */
static BOOLEAN everybody_spins(void)
{
    ULONG episodes[HOST_MAX_PROCESSORS] = {0};

    for (ULONG look = 0; look < (base_threaded ? 2u : 1u); look++) {
        for (ULONG i = 0; i < ke_processor_count(); i++) {
            const struct ke_processor *processor = ke_processor_at(i);
            ULONG episode = __atomic_load_n(&processor->spin_episode, __ATOMIC_SEQ_CST);

            if (look > 0 && episodes[i] != episode) {
                return FALSE;
            }
            episodes[i] = episode;
            if (host_processor_has_work(i) && !spins_in_vain(processor)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

static void spin_note(PKSPIN_LOCK lock, const volatile LONG *word, LONG mask)
{
    struct ke_processor *self = ke_self;

    __atomic_store_n(&self->spin_episode, self->spin_episode + 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&self->spinning_mask, mask, __ATOMIC_RELAXED);
    __atomic_store_n(&self->spinning_word, word, __ATOMIC_SEQ_CST);
    __atomic_store_n(&self->spinning_for, lock, __ATOMIC_SEQ_CST);
}

void ke_spin_note_lock(PKSPIN_LOCK lock)
{
    spin_note(lock, NULL, 0);
}

struct ke_spin_note ke_spin_note_interrupt(void)
{
    const struct ke_processor *self = ke_self;
    struct ke_spin_note note = {
        .lock = self->spinning_for, .word = self->spinning_word, .mask = self->spinning_mask};

    if (note.lock != NULL || note.word != NULL) {
        spin_note(NULL, NULL, 0);
    }
    return note;
}

void ke_spin_note_resume(const struct ke_spin_note *note)
{
    if (note->lock != NULL || note->word != NULL) {
        spin_note(note->lock, note->word, note->mask);
    }
}

static void spin_wait(PKSPIN_LOCK lock)
{
    spin_note(lock, NULL, 0);
    while (ke_spin_is_held(lock)) {
        if (everybody_spins()) {
            ke_violation(RULE_SpinLockDeadlock, 0, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                         "processor %u spins for the lock at %p that processor %u holds, and no "
                         "processor is left to release it",
                         ke_self->number, (void *)lock, spin_owner(spin_read(lock)));
        }
        ke_spin_step();
    }
    spin_note(NULL, NULL, 0);
}

void ke_spin_wait_word(const volatile LONG *word, LONG mask)
{
    spin_note(NULL, word, mask);
    while ((__atomic_load_n(word, __ATOMIC_ACQUIRE) & mask) != 0) {
        if (everybody_spins()) {
            ke_violation(RULE_SpinLockDeadlock, 0, (uint64_t)(uintptr_t)word, 0, 0, 0,
                         "processor %u spins for the reader-writer lock at %p, and no processor "
                         "is left to release it",
                         ke_self->number, (const void *)word);
        }
        ke_spin_step();
    }
    spin_note(NULL, NULL, 0);
}

/* A lock is used through the plain routines or through the queued ones, never both. */
static BOOLEAN family_is_other(KSPIN_LOCK word, enum ke_spin_kind kind)
{
    enum ke_spin_kind holder = (enum ke_spin_kind)(word >> 8);

    return (holder == KE_SPIN_QUEUED) != (kind == KE_SPIN_QUEUED) && holder != KE_SPIN_INTERRUPT &&
           kind != KE_SPIN_INTERRUPT;
}

/* Somebody has it. FALSE: refused; else it was free a moment ago. */
__attribute__((noinline)) static BOOLEAN spin_contend(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    KSPIN_LOCK word = spin_read(lock);

    if (word != 0 && spin_owner(word) == ke_self->number) {
        ke_violation(RULE_SpinLockAlreadyOwned, 0xF, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                     "the spin lock at %p was acquired again by its owner", (void *)lock);
        return FALSE;
    }
    if (word != 0 && !word_is_valid(word)) {
        return ke_check_refuse(RULE_ObjectNotInitialized, lock, "a spin lock", "an acquire");
    }
    if (word != 0 && family_is_other(word, kind)) {
        ke_violation(RULE_LockApiMismatch, 0xC4, 0x1008, (uint64_t)(uintptr_t)lock, 0, 0,
                     "the spin lock at %p is held through the other kind of routines",
                     (void *)lock);
        return FALSE;
    }
    spin_wait(lock);
    return TRUE;
}

BOOLEAN ke_spin_acquire(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    while (__builtin_expect(!word_take(lock, spin_word(kind)), 0)) {
        if (!spin_contend(lock, kind)) {
            return FALSE;
        }
    }
    ke_lock_order_acquired(ke_self, lock, kind, TRUE);
    return TRUE;
}

BOOLEAN ke_spin_try(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    if (!word_take(lock, spin_word(kind))) {
        KSPIN_LOCK word = spin_read(lock);

        return word != 0 && !word_is_valid(word) &&
               ke_check_refuse(RULE_ObjectNotInitialized, lock, "a spin lock", "a try");
    }
    ke_lock_order_acquired(ke_self, lock, kind, FALSE);
    return TRUE;
}

BOOLEAN ke_spin_release(PKSPIN_LOCK lock, enum ke_spin_kind kind)
{
    if (__builtin_expect(spin_read(lock) != spin_word(kind), 0)) {
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
    ke_lock_order_released(ke_self, kind != KE_SPIN_INTERRUPT ? lock : NULL);
    /* Release: the next owner sees what was written under the lock. */
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return TRUE;
}

#undef KeInitializeSpinLock
VOID KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    if (!API(HIGH_LEVEL) || !SPIN_LOCK_OK(SpinLock)) {
        return;
    }
    if (spin_read(SpinLock) != 0 &&
        ke_lock_order_held(SpinLock)) { /* the memory may hold anything */
        ke_violation(RULE_LockReinitHeld, 0xC4, 0x1005, (uint64_t)(uintptr_t)SpinLock, 0, 0,
                     "the spin lock at %p was initialized while it is held", (void *)SpinLock);
        return;
    }
    ke_lock_order_forget(SpinLock, sizeof(*SpinLock));
    __atomic_store_n(SpinLock, 0, __ATOMIC_RELAXED);
}

BOOLEAN ke_spin_level_is_low(const volatile void *lock)
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

    if (!API(HIGH_LEVEL) || !ke_spin_level_is_low(SpinLock) || !SPIN_LOCK_OK(SpinLock)) {
        return ke_self->irql;
    }
    old = ke_irql_raise(DISPATCH_LEVEL);
    if (!ke_spin_acquire(SpinLock, KE_SPIN_RAISED)) {
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

BOOLEAN ke_spin_release_level_is_right(const volatile void *lock, KIRQL lower)
{
    if (ke_self->irql == DISPATCH_LEVEL && lower <= DISPATCH_LEVEL) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockReleaseIrql, 0xC4, 0x32, ke_self->irql, (uint64_t)(uintptr_t)lock, 0,
                 "a spin lock was released at %s to level %u", ke_irql_name(ke_self->irql), lower);
    return FALSE;
}

VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    enum ke_spin_kind kind = KE_SPIN_RAISED;

    if (!API(HIGH_LEVEL) || !ke_spin_release_level_is_right(SpinLock, NewIrql) ||
        !SPIN_LOCK_OK(SpinLock)) {
        return;
    }
    if (__builtin_expect(spin_read(SpinLock) == spin_word(KE_SPIN_PLAIN), 0)) {
        kind = KE_SPIN_PLAIN; /* tried for, or acquired at this level: allowed too (CTR-05) */
    }
    if (ke_spin_release(SpinLock, kind)) {
        if (kind == KE_SPIN_RAISED || NewIrql < DISPATCH_LEVEL) {
            ke_irql_pop(ke_self);
        }
        ke_irql_lower(NewIrql);
    }
}

BOOLEAN ke_spin_dpc_level_is_held(const volatile void *lock, uint64_t what)
{
    if (ke_self->irql >= DISPATCH_LEVEL) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockDpcLevelLow, 0xC4, what, ke_self->irql, (uint64_t)(uintptr_t)lock, 0,
                 "an AtDpcLevel or FromDpcLevel routine was called at %s",
                 ke_irql_name(ke_self->irql));
    return FALSE;
}

VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40) && SPIN_LOCK_OK(SpinLock)) {
        ke_spin_acquire(SpinLock, KE_SPIN_PLAIN);
    }
}

VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x41) && SPIN_LOCK_OK(SpinLock)) {
        ke_spin_release(SpinLock, KE_SPIN_PLAIN);
    }
}

BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40) && SPIN_LOCK_OK(SpinLock) &&
           ke_spin_try(SpinLock, KE_SPIN_PLAIN);
}

BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && SPIN_LOCK_OK(SpinLock) && !ke_spin_is_held(SpinLock);
}

KIRQL KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

VOID KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    KeReleaseSpinLock(SpinLock, OldIrql);
}
