#pragma once
/* ke_spinlock.h - KSPIN_LOCK from inside nt. The word is 0 when free; else the owner's processor
 * and by which family of routines it was acquired, so that a wrong release is named.
 */
#include <wdm.h>

enum ke_spin_kind {
    KE_SPIN_PLAIN,     /* KeAcquireSpinLock and AtDpcLevel */
    KE_SPIN_QUEUED,    /* in-stack queued */
    KE_SPIN_INTERRUPT, /* an interrupt's lock */
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
    return *(const volatile KSPIN_LOCK *)lock != 0;
}
BOOLEAN ke_spin_is_mine(const KSPIN_LOCK *lock);
