/* spinlock.h - spin locks: plain, in-stack queued, and reader-writer.
 * Rules for a KSPIN_LOCK:
 * - initialised once, in resident memory; never taken twice by one holder (SpinLockAlreadyOwned)
 * - the holder runs at DISPATCH_LEVEL or above: no wait, no pageable memory
 * - one lock is used through one family of routines only (LockApiMismatch)
 */
#pragma once

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _KSPIN_LOCK_QUEUE {
    struct _KSPIN_LOCK_QUEUE *volatile Next;
    PKSPIN_LOCK volatile Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

typedef struct _KLOCK_QUEUE_HANDLE {
    KSPIN_LOCK_QUEUE LockQueue;
    KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;

/* KeInitializeSpinLock: the free state.   IRQL any   Source   wdm/nf-wdm-keinitializespinlock */
NTKERNELAPI VOID KeInitializeSpinLock(PKSPIN_LOCK SpinLock);

/* KeAcquireSpinLock, KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock: raise to DISPATCH_LEVEL and
 * take the lock; give it back and restore the level.
 *   Returns  the level before the call, through OldIrql or as value
 *   IRQL     <= DISPATCH_LEVEL (SpinLockAcquireHigh); release = DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-keacquirespinlock, -kereleasespinlock
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL
    KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock);
_IRQL_requires_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql);

/* The forms that leave the level alone.
 *   Returns  Try: TRUE if taken, FALSE at once if held; Test: TRUE if free
 *   IRQL     >= DISPATCH_LEVEL (SpinLockDpcLevelLow); KeTestSpinLock any
 *   Source   wdm/nf-wdm-keacquirespinlockatdpclevel, -kereleasespinlockfromdpclevel,
 *            -ketrytoacquirespinlockatdpclevel, -ketestspinlock
 */
_IRQL_requires_min_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
_IRQL_requires_min_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock);
_IRQL_requires_min_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
NTKERNELAPI BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock);

/* For threaded DPCs: raise only if at PASSIVE_LEVEL.
 *   IRQL PASSIVE_LEVEL or DISPATCH_LEVEL   Source   wdm/nf-wdm-keacquirespinlockfordpc
 */
NTKERNELAPI KIRQL KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock);
NTKERNELAPI VOID KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql);

/* In-stack queued spin locks: served in order of arrival; one handle for each acquisition.
 *   IRQL     as the plain forms
 *   Source   wdm/nf-wdm-keacquireinstackqueuedspinlock and its relatives
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);
_IRQL_requires_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle);
_IRQL_requires_min_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);
_IRQL_requires_min_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle);
NTKERNELAPI VOID KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock,
                                                      PKLOCK_QUEUE_HANDLE LockHandle);
NTKERNELAPI VOID KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle);

/* Reader-writer spin locks: 32 bits, zero is free; a waiting writer holds back new readers.
 *   Returns  Acquire: the old level; TryAcquire: zero if it would have to wait; TryConvert: nonzero if the only reader became the writer
 *   IRQL     <= DISPATCH_LEVEL; AtDpcLevel >= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-exacquirespinlockshared, -exacquirespinlockexclusive,
 *            -extryconvertsharedspinlockexclusive
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL
    ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL
    ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock);
_IRQL_requires_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
_IRQL_requires_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock);

#ifdef __cplusplus
}
#endif
