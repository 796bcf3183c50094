#pragma once
/* ke_spinlock.h - KSPIN_LOCK from inside nt. The word is 0 when free; else the owner's processor
 * and by which family of routines it was acquired, so that a wrong release is named.
 */
#include <wdm.h>

#include <stdint.h>

enum ke_spin_kind {
    KE_SPIN_PLAIN,     /* AtDpcLevel: the level is not the lock's */
    KE_SPIN_QUEUED,    /* in-stack queued */
    KE_SPIN_INTERRUPT, /* an interrupt's lock */
    KE_SPIN_RAISED,    /* KeAcquireSpinLock: releasing it must lower the level */
};

/* ke_spin_acquire: no IRQL change, no check of the IRQL. FALSE: refused, the lock is not taken (it
 * is the caller's already). */
BOOLEAN ke_spin_acquire(PKSPIN_LOCK lock, enum ke_spin_kind kind);
/* ke_spin_try: FALSE: somebody holds it. */
BOOLEAN ke_spin_try(PKSPIN_LOCK lock, enum ke_spin_kind kind);
/* ke_spin_release: FALSE: refused: not held by this processor, or acquired by another family. */
BOOLEAN ke_spin_release(PKSPIN_LOCK lock, enum ke_spin_kind kind);
static inline BOOLEAN ke_spin_is_held(const KSPIN_LOCK *lock)
{
    return __atomic_load_n(lock, __ATOMIC_RELAXED) != 0;
}
/* ke_spin_note_lock: this processor spins for the lock; NULL: no longer. */
void ke_spin_note_lock(PKSPIN_LOCK lock);
/* ke_spin_note_interrupt: an ISR begins on this processor, which may be spinning: it spins for nothing
 * until ke_spin_note_resume. */
struct ke_spin_note {
    PKSPIN_LOCK lock;
    const volatile LONG *word;
    LONG mask;
};
struct ke_spin_note ke_spin_note_interrupt(void);
void ke_spin_note_resume(const struct ke_spin_note *note);
BOOLEAN ke_spin_is_mine(const KSPIN_LOCK *lock);

/* ke_spin_wait_word: spin until none of these bits is set in the word. */
void ke_spin_wait_word(const volatile LONG *word, LONG mask);

/* What the levels must be; FALSE: they are not, and that was reported.
 * ke_spin_level_is_low: not above DISPATCH_LEVEL. ke_spin_dpc_level_is_held: not below it; what is
 * Windows' parameter 1. ke_spin_release_level_is_right: at it, and the lower one is not above it. */
BOOLEAN ke_spin_level_is_low(const volatile void *lock);
BOOLEAN ke_spin_dpc_level_is_held(const volatile void *lock, uint64_t what);
BOOLEAN ke_spin_release_level_is_right(const volatile void *lock, KIRQL lower);
