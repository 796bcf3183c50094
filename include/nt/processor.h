/* processor.h - processors, affinity, calls that concern them all, stalling. There is one group.
 */
#pragma once

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ALL_PROCESSOR_GROUPS    0xffff
#define INVALID_PROCESSOR_INDEX 0xffffffff
#define MAXIMUM_PROC_PER_GROUP  64
#define MAXIMUM_PROCESSORS      MAXIMUM_PROC_PER_GROUP
#define AFFINITY_MASK(n)        ((ULONG_PTR)1 << (n))

typedef ULONG_PTR NTAPI KIPI_BROADCAST_WORKER(ULONG_PTR Argument);
typedef KIPI_BROADCAST_WORKER *PKIPI_BROADCAST_WORKER;

/* KeGetCurrentProcessorNumberEx, KeGetCurrentProcessorIndex: where the caller runs. Below
 * DISPATCH_LEVEL it may have moved when the call returns.
 *   Returns  the system-wide index; fills *ProcNumber unless NULL
 *   IRQL     any      Source   wdm/nf-wdm-kegetcurrentprocessornumberex
 */
NTKERNELAPI ULONG KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI ULONG KeGetCurrentProcessorIndex(VOID);

/* Counts and masks of processors and groups.
 *   Returns  the count or mask; 0 for a group that does not exist
 *   IRQL     any
 *   Source   wdm/nf-wdm-kequeryactiveprocessorcount, -kequeryactiveprocessorcountex,
 *            -kequerymaximumprocessorcount, -kequeryactiveprocessors, -kequerygroupaffinity
 */
NTKERNELAPI ULONG KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors);
NTKERNELAPI ULONG KeQueryActiveProcessorCountEx(USHORT GroupNumber);
NTKERNELAPI ULONG KeQueryMaximumProcessorCount(VOID);
NTKERNELAPI ULONG KeQueryMaximumProcessorCountEx(USHORT GroupNumber);
NTKERNELAPI KAFFINITY KeQueryActiveProcessors(VOID);
NTKERNELAPI KAFFINITY KeQueryGroupAffinity(USHORT GroupNumber);
NTKERNELAPI USHORT KeQueryActiveGroupCount(VOID);
NTKERNELAPI USHORT KeQueryMaximumGroupCount(VOID);

/* Between a processor's index and its group and number.
 *   Returns  the index, INVALID_PROCESSOR_INDEX; STATUS_SUCCESS, STATUS_INVALID_PARAMETER
 *   IRQL     any
 *   Source   wdm/nf-wdm-kegetprocessorindexfromnumber, -kegetprocessornumberfromindex
 */
NTKERNELAPI ULONG KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI NTSTATUS KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber);

/* Affinity of the calling thread. At <= APC_LEVEL it has moved when the call returns; at
 * DISPATCH_LEVEL the move waits for the level to fall. A bad mask changes nothing.
 *   Returns  the previous system affinity, 0 if there was none
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-kesetsystemaffinitythreadex, -kereverttouseraffinitythreadex,
 *            -kesetsystemgroupaffinitythread, -kereverttousergroupaffinitythread
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KAFFINITY
    KeSetSystemAffinityThreadEx(KAFFINITY Affinity);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeRevertToUserAffinityThreadEx(KAFFINITY Affinity);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity);
NTKERNELAPI VOID KeSetSystemAffinityThread(KAFFINITY Affinity);
NTKERNELAPI VOID KeRevertToUserAffinityThread(VOID);

/* KeIpiGenericCall: run the worker on all processors at IPI_LEVEL, at the same time.
 *   Returns  the worker's value on the calling processor, when all have finished
 *   IRQL     < IPI_LEVEL      Source   wdm/nf-wdm-keipigenericcall
 */
NTKERNELAPI ULONG_PTR KeIpiGenericCall(PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context);

/* KeStallExecutionProcessor: busy-wait at least so many microseconds; above 100 in a DPC or ISR is
 * noted.   IRQL any   Source   wdm/nf-wdm-kestallexecutionprocessor
 */
NTHALAPI VOID KeStallExecutionProcessor(ULONG MicroSeconds);

/* Floating point in kernel code. The state is always saved here.
 *   Returns STATUS_SUCCESS   IRQL <= DISPATCH_LEVEL   Source   wdm/nf-wdm-kesavefloatingpointstate
 */
typedef struct _KFLOATING_SAVE {
    ULONG Dummy;
} KFLOATING_SAVE, *PKFLOATING_SAVE;
#define XSTATE_LEGACY_FLOATING_POINT      0
#define XSTATE_LEGACY_SSE                 1
#define XSTATE_GSSE                       2
#define XSTATE_AVX                        XSTATE_GSSE
#define XSTATE_MASK_LEGACY_FLOATING_POINT (1ULL << XSTATE_LEGACY_FLOATING_POINT)
#define XSTATE_MASK_LEGACY_SSE            (1ULL << XSTATE_LEGACY_SSE)
#define XSTATE_MASK_LEGACY                (XSTATE_MASK_LEGACY_FLOATING_POINT | XSTATE_MASK_LEGACY_SSE)
#define XSTATE_MASK_GSSE                  (1ULL << XSTATE_GSSE)
#define XSTATE_MASK_AVX                   XSTATE_MASK_GSSE
typedef struct _XSTATE_CONTEXT {
    ULONG64 Mask;
    ULONG Length;
    ULONG Reserved1;
    struct _XSAVE_AREA *Area;
    PVOID Buffer;
} XSTATE_CONTEXT, *PXSTATE_CONTEXT;
typedef struct _XSTATE_SAVE {
    struct _XSTATE_SAVE *Prev;
    struct _KTHREAD *Thread;
    UCHAR Level;
    XSTATE_CONTEXT XStateContext;
} XSTATE_SAVE, *PXSTATE_SAVE;
NTKERNELAPI NTSTATUS KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave);
NTKERNELAPI NTSTATUS KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave);
NTKERNELAPI NTSTATUS KeSaveExtendedProcessorState(ULONG64 Mask, PXSTATE_SAVE XStateSave);
NTKERNELAPI VOID KeRestoreExtendedProcessorState(PXSTATE_SAVE XStateSave);

/* KeBugCheckEx, KeBugCheck: report the bug check and stop the machine. Never returns.
 * Registered callbacks run first, at HIGH_LEVEL.
 *   IRQL any
 *   Source   wdm/nf-wdm-kebugcheckex, -keregisterbugcheckcallback,
 * -keregisterbugcheckreasoncallback
 */
typedef enum _KBUGCHECK_BUFFER_DUMP_STATE {
    BufferEmpty,
    BufferInserted,
    BufferStarted,
    BufferFinished,
    BufferIncomplete
} KBUGCHECK_BUFFER_DUMP_STATE;

typedef enum _KBUGCHECK_CALLBACK_REASON {
    KbCallbackInvalid,
    KbCallbackReserved1,
    KbCallbackSecondaryDumpData,
    KbCallbackDumpIo,
    KbCallbackAddPages,
    KbCallbackSecondaryMultiPartDumpData,
    KbCallbackRemovePages,
    KbCallbackTriageDumpData
} KBUGCHECK_CALLBACK_REASON;

typedef VOID NTAPI KBUGCHECK_CALLBACK_ROUTINE(PVOID Buffer, ULONG Length);
typedef KBUGCHECK_CALLBACK_ROUTINE *PKBUGCHECK_CALLBACK_ROUTINE;

typedef struct _KBUGCHECK_CALLBACK_RECORD {
    LIST_ENTRY Entry;
    PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine;
    PVOID Buffer;
    ULONG Length;
    PUCHAR Component;
    ULONG_PTR Checksum;
    UCHAR State;
} KBUGCHECK_CALLBACK_RECORD, *PKBUGCHECK_CALLBACK_RECORD;

struct _KBUGCHECK_REASON_CALLBACK_RECORD;
typedef VOID NTAPI KBUGCHECK_REASON_CALLBACK_ROUTINE(
    KBUGCHECK_CALLBACK_REASON Reason, struct _KBUGCHECK_REASON_CALLBACK_RECORD *Record,
    PVOID ReasonSpecificData, ULONG ReasonSpecificDataLength);
typedef KBUGCHECK_REASON_CALLBACK_ROUTINE *PKBUGCHECK_REASON_CALLBACK_ROUTINE;

typedef struct _KBUGCHECK_REASON_CALLBACK_RECORD {
    LIST_ENTRY Entry;
    PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine;
    PUCHAR Component;
    ULONG_PTR Checksum;
    KBUGCHECK_CALLBACK_REASON Reason;
    UCHAR State;
} KBUGCHECK_REASON_CALLBACK_RECORD, *PKBUGCHECK_REASON_CALLBACK_RECORD;

/* What a KbCallbackSecondaryDumpData routine gets: it fills in Guid, OutBuffer and OutBufferLength. */
typedef struct _KBUGCHECK_SECONDARY_DUMP_DATA {
    PVOID InBuffer;
    ULONG InBufferLength;
    ULONG MaximumAllowed;
    GUID Guid;
    PVOID OutBuffer;
    ULONG OutBufferLength;
} KBUGCHECK_SECONDARY_DUMP_DATA, *PKBUGCHECK_SECONDARY_DUMP_DATA;

/* For the other reasons, which are not called here: there is no dump to be written. */
typedef enum _KBUGCHECK_DUMP_IO_TYPE {
    KbDumpIoInvalid,
    KbDumpIoHeader,
    KbDumpIoBody,
    KbDumpIoSecondaryData,
    KbDumpIoComplete
} KBUGCHECK_DUMP_IO_TYPE;
typedef struct _KBUGCHECK_DUMP_IO {
    ULONG64 Offset;
    PVOID Buffer;
    ULONG BufferLength;
    KBUGCHECK_DUMP_IO_TYPE Type;
} KBUGCHECK_DUMP_IO, *PKBUGCHECK_DUMP_IO;
#define KB_ADD_PAGES_FLAG_VIRTUAL_ADDRESS         0x00000001UL
#define KB_ADD_PAGES_FLAG_PHYSICAL_ADDRESS        0x00000002UL
#define KB_ADD_PAGES_FLAG_ADDITIONAL_RANGES_EXIST 0x80000000UL
typedef struct _KBUGCHECK_ADD_PAGES {
    PVOID Context;
    ULONG Flags;
    ULONG BugCheckCode;
    ULONG_PTR Address;
    ULONG_PTR Count;
} KBUGCHECK_ADD_PAGES, *PKBUGCHECK_ADD_PAGES;

/* KeInitializeCallbackRecord: a record must be initialised before it is registered. */
#define KeInitializeCallbackRecord(CallbackRecord) ((CallbackRecord)->State = BufferEmpty)

NTKERNELAPI DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                                ULONG_PTR BugCheckParameter2,
                                                ULONG_PTR BugCheckParameter3,
                                                ULONG_PTR BugCheckParameter4);
NTKERNELAPI DECLSPEC_NORETURN VOID KeBugCheck(ULONG BugCheckCode);
NTKERNELAPI BOOLEAN KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                                               PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine,
                                               PVOID Buffer, ULONG Length, PUCHAR Component);
NTKERNELAPI BOOLEAN KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord);
NTKERNELAPI BOOLEAN
KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                 PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                 KBUGCHECK_CALLBACK_REASON Reason, PUCHAR Component);
NTKERNELAPI BOOLEAN
KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord);

/* System time. 100 ns units; system time counts from 1601 UTC, interrupt time from the start.
 *   IRQL     any
 *   Source   wdm/nf-wdm-kequerysystemtime, -kequerysystemtimeprecise, -kequeryinterrupttime,
 *            -kequeryinterrupttimeprecise, -kequeryunbiasedinterrupttime,
 *            -kequeryperformancecounter, -kequerytickcount, -kequerytimeincrement
 */
NTKERNELAPI VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
NTKERNELAPI VOID KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
NTKERNELAPI ULONGLONG KeQueryInterruptTime(VOID);
NTKERNELAPI ULONGLONG KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);
NTKERNELAPI ULONGLONG KeQueryUnbiasedInterruptTime(VOID);
NTKERNELAPI ULONGLONG KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp);
NTKERNELAPI LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);
NTKERNELAPI VOID KeQueryTickCount(PLARGE_INTEGER TickCount);
NTKERNELAPI ULONG KeQueryTimeIncrement(VOID);
NTKERNELAPI VOID ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime);
NTKERNELAPI VOID ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI ULONG
    ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime);

#ifdef __cplusplus
}
#endif
