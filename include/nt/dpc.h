/* dpc.h - deferred procedure calls: KDPC objects on the queues of processors.
 * Rules for a KDPC:
 * - on at most one queue; inserting it again before it runs changes nothing
 * - off the queue before its routine is called, so the routine may insert it again
 * - storage is the caller's and stays valid until it has run or was removed
 */
#pragma once

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _KDPC_IMPORTANCE {
    LowImportance,
    MediumImportance,
    HighImportance,
    MediumHighImportance
} KDPC_IMPORTANCE;

struct _KDPC;
typedef VOID NTAPI KDEFERRED_ROUTINE(struct _KDPC *Dpc, PVOID DeferredContext,
                                     PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

typedef struct _KDPC {
    union {
        ULONG TargetInfoAsUlong;
        struct {
            UCHAR Type;
            UCHAR Importance;
            volatile USHORT Number;
        };
    };
    LIST_ENTRY DpcListEntry;
    PKDEFERRED_ROUTINE DeferredRoutine;
    PVOID DeferredContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    PVOID DpcData;
} KDPC, *PKDPC, *RESTRICTED_POINTER PRKDPC;

typedef struct _KDPC_WATCHDOG_INFORMATION {
    ULONG DpcTimeLimit;
    ULONG DpcTimeCount;
    ULONG DpcWatchdogLimit;
    ULONG DpcWatchdogCount;
    ULONG Reserved;
} KDPC_WATCHDOG_INFORMATION, *PKDPC_WATCHDOG_INFORMATION;

/* KeInitializeDpc, KeInitializeThreadedDpc: bind routine and context; importance Medium, no target.
 * One that is queued must not be initialised again (DpcReinitQueued).
 *   IRQL     any      Source   wdm/nf-wdm-keinitializedpc, -keinitializethreadeddpc
 */
NTKERNELAPI VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
                                 PVOID DeferredContext);
NTKERNELAPI VOID KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
                                         PVOID DeferredContext);

/* KeInsertQueueDpc: queue it, on its target or on the current processor.
 *   Returns  TRUE if it was queued by this call; FALSE if it was queued already: nothing changed
 *   IRQL     any; below DISPATCH_LEVEL a Medium DPC of this processor has run on return
 *   Source   wdm/nf-wdm-keinsertqueuedpc
 */
NTKERNELAPI BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);

/* KeRemoveQueueDpc: take it off its queue.
 *   Returns  TRUE if it was queued and will not run; FALSE if idle, running or finished
 *   IRQL     any      Source   wdm/nf-wdm-keremovequeuedpc
 */
NTKERNELAPI BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc);

/* KeSetImportanceDpc, KeSetTargetProcessorDpc(Ex): for later insertions only.
 *   Returns  Ex: STATUS_SUCCESS, STATUS_INVALID_PARAMETER (target unchanged)
 *   IRQL     any
 *   Source   wdm/nf-wdm-kesetimportancedpc, -kesettargetprocessordpc, -kesettargetprocessordpcex
 */
NTKERNELAPI VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance);
NTKERNELAPI VOID KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number);
NTKERNELAPI NTSTATUS KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber);

/* KeFlushQueuedDpcs: wait until every DPC queued before the call, on all processors, has returned.
 *   IRQL     PASSIVE_LEVEL. Blocks.      Source   wdm/nf-wdm-keflushqueueddpcs
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID KeFlushQueuedDpcs(VOID);

/* KeIsExecutingDpc, KeShouldYieldProcessor, KeQueryDpcWatchdogInformation
 *   Returns  nonzero in a DPC; TRUE once the DPC's time is used up; STATUS_UNSUCCESSFUL if no DPC
 *            runs and the level is below DISPATCH_LEVEL
 *   IRQL     DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-keisexecutingdpc, -keshouldyieldprocessor, -kequerydpcwatchdoginformation
 */
NTKERNELAPI LOGICAL KeIsExecutingDpc(VOID);
NTKERNELAPI LOGICAL KeShouldYieldProcessor(VOID);
NTKERNELAPI NTSTATUS KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation);

/* KeGenericCallDpc, KeSignalCallDpcDone, KeSignalCallDpcSynchronize: the routine once on each
 * processor at DISPATCH_LEVEL; every instance signals done with SystemArgument1.
 *   Returns  Synchronize(SystemArgument2): TRUE on exactly one processor
 *   IRQL     < DISPATCH_LEVEL; the signals DISPATCH_LEVEL      Source   no reference page
 */
NTKERNELAPI VOID KeGenericCallDpc(PKDEFERRED_ROUTINE Routine, PVOID Context);
NTKERNELAPI VOID KeSignalCallDpcDone(PVOID SystemArgument1);
NTKERNELAPI LOGICAL KeSignalCallDpcSynchronize(PVOID SystemArgument2);

#ifdef __cplusplus
}
#endif
