/* dispatcher.h - objects a thread can wait for: events, semaphores, mutexes, timers; and waiting.
 */
#pragma once

#include "dpc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;
typedef struct _KPROCESS *PKPROCESS, *PRKPROCESS;
typedef struct _KTHREAD *PETHREAD; /* one type under two names, as in Microsoft's headers */
typedef struct _KPROCESS *PEPROCESS;

typedef struct _DISPATCHER_HEADER {
    union {
        volatile LONG Lock;
        struct {
            UCHAR Type;
            union {
                UCHAR Absolute;
                UCHAR Signalling;
                UCHAR TimerControlFlags;
            };
            union {
                UCHAR Size;
                UCHAR Hand;
            };
            union {
                UCHAR Inserted;
                UCHAR DpcActive;
                UCHAR Reserved1;
            };
        };
    };
    LONG SignalState;
    LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

typedef struct _KEVENT {
    DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *RESTRICTED_POINTER PRKEVENT;

typedef struct _KSEMAPHORE {
    DISPATCHER_HEADER Header;
    LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *RESTRICTED_POINTER PRKSEMAPHORE;

typedef struct _KMUTANT {
    DISPATCHER_HEADER Header;
    LIST_ENTRY MutantListEntry;
    struct _KTHREAD *OwnerThread;
    BOOLEAN Abandoned;
    UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, *RESTRICTED_POINTER PRKMUTANT, KMUTEX, *PKMUTEX, *RESTRICTED_POINTER PRKMUTEX;

typedef struct _KTIMER {
    DISPATCHER_HEADER Header;
    ULARGE_INTEGER DueTime;
    LIST_ENTRY TimerListEntry;
    struct _KDPC *Dpc;
    USHORT Processor;
    USHORT TimerType;
    ULONG Period;
} KTIMER, *PKTIMER, *RESTRICTED_POINTER PRKTIMER;

typedef struct _KWAIT_BLOCK {
    LIST_ENTRY WaitListEntry;
    UCHAR WaitType;
    volatile UCHAR BlockState;
    USHORT WaitKey;
    LONG SpareLong;
    union {
        struct _KTHREAD *Thread;
        struct _KQUEUE *NotificationQueue;
        struct _KDPC *Dpc;
    };
    PVOID Object;
    PVOID SparePtr;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *RESTRICTED_POINTER PRKWAIT_BLOCK;

typedef enum _KWAIT_REASON {
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest,
    WrExecutive,
    WrFreePage,
    WrPageIn,
    WrPoolAllocation,
    WrDelayExecution,
    WrSuspended,
    WrUserRequest,
    WrEventPair,
    WrQueue,
    WrLpcReceive,
    WrLpcReply,
    WrVirtualMemory,
    WrPageOut,
    WrRendezvous,
    WrKeyedEvent,
    WrTerminated,
    WrProcessInSwap,
    WrCpuRateControl,
    WrCalloutStack,
    WrKernel,
    WrResource,
    WrPushLock,
    WrMutex,
    WrQuantumEnd,
    WrDispatchInt,
    WrPreempted,
    WrYieldExecution,
    WrFastMutex,
    WrGuardedMutex,
    WrRundown,
    WrAlertByThreadId,
    WrDeferredPreempt,
    WrPhysicalFault,
    WrIoRing,
    WrMdlCache,
    MaximumWaitReason
} KWAIT_REASON;

#define THREAD_WAIT_OBJECTS     3
#define MAXIMUM_WAIT_OBJECTS    64
#define IO_NO_INCREMENT         0
#define EVENT_INCREMENT         1
#define SEMAPHORE_INCREMENT     1
#define IO_CD_ROM_INCREMENT     1
#define IO_DISK_INCREMENT       1
#define IO_PARALLEL_INCREMENT   1
#define IO_VIDEO_INCREMENT      1
#define IO_MAILSLOT_INCREMENT   2
#define IO_NAMED_PIPE_INCREMENT 2
#define IO_NETWORK_INCREMENT    2
#define IO_SERIAL_INCREMENT     2
#define IO_KEYBOARD_INCREMENT   6
#define IO_MOUSE_INCREMENT      6
#define IO_SOUND_INCREMENT      8

/* KeInitializeEvent ... KeReadStateEvent: notification events stay set, synchronization events
 * release one waiter and reset themselves.
 *   Wait     TRUE only if a wait follows at once (WaitFlagUnpaired)
 *   Returns  the previous state, 0 is not signaled
 *   IRQL     <= DISPATCH_LEVEL; with Wait <= APC_LEVEL; KeInitializeEvent any
 *   Source   wdm/nf-wdm-keinitializeevent, -kesetevent, -keresetevent, -keclearevent,
 *            -kereadstateevent
 */
NTKERNELAPI VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG
    KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG KeResetEvent(PRKEVENT Event);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID KeClearEvent(PRKEVENT Event);
NTKERNELAPI LONG KeReadStateEvent(PRKEVENT Event);

/* Semaphores: signaled while the count is above 0.
 *   Returns  the previous count; above Limit nothing changes (SemaphoreLimitExceeded)
 *   IRQL     <= DISPATCH_LEVEL; KeReadStateSemaphore any
 *   Source   wdm/nf-wdm-keinitializesemaphore, -kereleasesemaphore, -kereadstatesemaphore
 */
NTKERNELAPI VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG
    KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait);
NTKERNELAPI LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore);

/* Mutexes: owned by a thread, recursive; owning one holds back normal kernel APCs.
 *   Returns  KeReleaseMutex: the previous state, 0 if it is free now; by others than the owner:
 *            MutantNotOwned. KeReadStateMutex: 1 if free
 *   IRQL     <= DISPATCH_LEVEL; KeInitializeMutex any
 *   Source   wdm/nf-wdm-keinitializemutex, -kereleasemutex, -kereadstatemutex
 */
NTKERNELAPI VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait);
NTKERNELAPI LONG KeReadStateMutex(PRKMUTEX Mutex);

/* Timers. DueTime in 100 ns: negative is relative, else absolute since 1601 UTC. Period in ms.
 *   Returns  Set, Cancel: TRUE if the timer was queued; KeReadStateTimer: TRUE if signaled
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-keinitializetimer, -keinitializetimerex, -kesettimer, -kesettimerex,
 *            -kesetcoalescabletimer, -kecanceltimer, -kereadstatetimer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID KeInitializeTimer(PKTIMER Timer);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG TolerableDelay,
                          PKDPC Dpc);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeCancelTimer(PKTIMER Timer);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeReadStateTimer(PKTIMER Timer);

/* Waiting. Timeout: NULL for ever, 0 look only, negative relative, positive absolute (100 ns).
 *   Returns  STATUS_SUCCESS / STATUS_WAIT_0 + index, STATUS_TIMEOUT, STATUS_ALERTED,
 *            STATUS_USER_APC, STATUS_ABANDONED_WAIT_0 + index; all are NT_SUCCESS
 *   IRQL     <= APC_LEVEL; with Timeout 0 <= DISPATCH_LEVEL (WaitIrql). Blocks.
 *   Source   wdm/nf-wdm-kewaitforsingleobject, -kewaitformultipleobjects, -kedelayexecutionthread
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                          BOOLEAN Alertable, PLARGE_INTEGER Timeout);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                             KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                             PLARGE_INTEGER Timeout, PKWAIT_BLOCK WaitBlockArray);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS
    KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval);
#define KeWaitForMutexObject KeWaitForSingleObject

/* EX_TIMER: timers of the executive, optionally of high resolution.
 *   Returns  ExAllocateTimer: the timer or NULL; ExSetTimer: TRUE if it replaced a pending setting;
 *            ExCancelTimer: TRUE if it was set; ExDeleteTimer: TRUE if it cancelled a setting
 *   IRQL     <= DISPATCH_LEVEL; ExDeleteTimer with Wait <= APC_LEVEL
 *   Source   wdm/nf-wdm-exallocatetimer, -exsettimer, -excanceltimer, -exdeletetimer
 */
typedef struct _EX_TIMER *PEX_TIMER;
typedef VOID NTAPI EXT_CALLBACK(PEX_TIMER Timer, PVOID Context);
typedef EXT_CALLBACK *PEXT_CALLBACK;
typedef VOID NTAPI EXT_DELETE_CALLBACK(PVOID Context);
typedef EXT_DELETE_CALLBACK *PEXT_DELETE_CALLBACK;
#define EX_TIMER_HIGH_RESOLUTION     4
#define EX_TIMER_NO_WAKE             8
#define EX_TIMER_NOTIFICATION        (1UL << 31)
#define EX_TIMER_UNLIMITED_TOLERANCE ((LONGLONG)-1)

typedef struct _EXT_SET_PARAMETERS_V0 {
    ULONG Version;
    ULONG Reserved;
    LONGLONG NoWakeTolerance;
} EXT_SET_PARAMETERS, *PEXT_SET_PARAMETERS, KT2_SET_PARAMETERS, *PKT2_SET_PARAMETERS;

typedef struct _EXT_DELETE_PARAMETERS {
    ULONG Version;
    ULONG Reserved;
    PEXT_DELETE_CALLBACK DeleteCallback;
    PVOID DeleteContext;
} EXT_DELETE_PARAMETERS, *PEXT_DELETE_PARAMETERS;
typedef PVOID PEXT_CANCEL_PARAMETERS;

FORCEINLINE VOID ExInitializeSetTimerParameters(PEXT_SET_PARAMETERS Parameters)
{
    Parameters->Version = 0;
    Parameters->Reserved = 0;
    Parameters->NoWakeTolerance = 0;
}

FORCEINLINE VOID ExInitializeDeleteTimerParameters(PEXT_DELETE_PARAMETERS Parameters)
{
    Parameters->Version = 0;
    Parameters->Reserved = 0;
    Parameters->DeleteCallback = NULL;
    Parameters->DeleteContext = NULL;
}

NTKERNELAPI PEX_TIMER ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext,
                                      ULONG Attributes);
NTKERNELAPI BOOLEAN ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
                               PEXT_SET_PARAMETERS Parameters);
NTKERNELAPI BOOLEAN ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters);
NTKERNELAPI BOOLEAN ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
                                  PEXT_DELETE_PARAMETERS Parameters);

#ifdef __cplusplus
}
#endif
