/* wdfsync.h - callback locks of objects, wait locks, spin locks.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* WdfObjectAcquireLock: take the callback lock of a device or queue.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfobjectacquirelock
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfObjectAcquireLock(WDFOBJECT Object);

/* WdfObjectReleaseLock: let the callback lock go.
 *   IRQL     as WdfObjectAcquireLock left it
 *   Source   wdfsync/nf-wdfsync-wdfobjectreleaselock
 */
WDFAPI VOID WdfObjectReleaseLock(WDFOBJECT Object);

/* WdfWaitLockCreate: make a wait lock.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfwaitlockcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfWaitLockCreate(PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock);

/* WdfWaitLockAcquire: take a wait lock; Timeout NULL waits for ever, 0 does not wait.
 *   Returns  STATUS_SUCCESS (taken) or STATUS_TIMEOUT (not taken; also a success code)
 *   IRQL     PASSIVE_LEVEL; with *Timeout 0 below DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfwaitlockacquire
 */
WDFAPI NTSTATUS WdfWaitLockAcquire(WDFWAITLOCK Lock, PLONGLONG Timeout);

/* WdfWaitLockRelease: let a wait lock go.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfwaitlockrelease
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfWaitLockRelease(WDFWAITLOCK Lock);

/* WdfSpinLockCreate: make a spin lock.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfspinlockcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfSpinLockCreate(PWDF_OBJECT_ATTRIBUTES SpinLockAttributes, WDFSPINLOCK *SpinLock);

/* WdfSpinLockAcquire: take a spin lock; raises to DISPATCH_LEVEL.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfspinlockacquire
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfSpinLockAcquire(WDFSPINLOCK SpinLock);

/* WdfSpinLockRelease: let a spin lock go and restore the IRQL.
 *   IRQL     DISPATCH_LEVEL
 *   Source   wdfsync/nf-wdfsync-wdfspinlockrelease
 */
_IRQL_requires_(DISPATCH_LEVEL) WDFAPI VOID WdfSpinLockRelease(WDFSPINLOCK SpinLock);

WDF_EXTERN_C_END
