/* apc.h - asynchronous procedure calls of a driver: routines that a given thread is made to run. As with
 * Microsoft's kit, neither wdm.h, ntddk.h nor ntifs.h has these: a driver declares them itself, or includes
 * this.
 * Rules for a KAPC:
 * - on at most one thread's list; off it before its routine runs, so the routine may insert or free it
 * - special (no NormalRoutine): runs at APC_LEVEL in any thread below that level that is in no guarded region
 * - normal kernel: runs at PASSIVE_LEVEL, one at a time, in no critical or guarded region
 * - user: ends alertable user-mode waits of the thread; its routine waits for a return to user mode
 */
#pragma once

#include "irp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _KAPC_ENVIRONMENT {
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;

/* KeInitializeApc: nothing of the memory is looked at.
 *   Environment      as CurrentApcEnvironment, whichever it is: there is one process
 *   KernelRoutine    runs first, at APC_LEVEL; may change the others' pointers, or free the KAPC
 *   RundownRoutine   runs instead if the thread ends first; NULL: a user APC in pool is freed
 *   NormalRoutine    NULL: a special kernel APC, whatever Mode says
 *   IRQL             any
 */
NTKERNELAPI VOID KeInitializeApc(PRKAPC Apc, struct _KTHREAD *Thread, KAPC_ENVIRONMENT Environment,
                                 PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                                 PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE Mode,
                                 PVOID NormalContext);

/* KeInsertQueueApc, KeRemoveQueueApc
 *   Increment  of the thread's priority; without effect
 *   Returns    insert: FALSE if it is queued already or the thread ends; remove: TRUE if it was queued and
 *              will not run
 *   IRQL       <= DISPATCH_LEVEL. The calling thread's own runs before the insert returns, if it may.
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2, KPRIORITY Increment);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeRemoveQueueApc(PRKAPC Apc);

/* KeAlertThread: an alertable wait of the thread in that mode, or in user mode if AlertMode is KernelMode, ends
 * with STATUS_ALERTED; without one the next does. KeTestAlertThread: takes the calling thread's alert away.
 *   Returns  whether it was alerted before
 *   IRQL     <= DISPATCH_LEVEL
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeAlertThread(struct _KTHREAD *Thread, KPROCESSOR_MODE AlertMode);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeTestAlertThread(KPROCESSOR_MODE AlertMode);

#ifdef __cplusplus
}
#endif
