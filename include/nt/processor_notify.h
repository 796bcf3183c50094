/* processor_notify.h - routines that are called for nonmaskable interrupts and for new processors, and
 * where processors sit.
 */
#pragma once

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

/* KeRegisterNmiCallback: a routine for nonmaskable interrupts, which no machine has.
 *   Returns  a handle for KeDeregisterNmiCallback; NULL: no memory
 * KeDeregisterNmiCallback: STATUS_SUCCESS, STATUS_INVALID_HANDLE
 *   IRQL     <= APC_LEVEL      Source   wdm/nf-wdm-keregisternmicallback, -kederegisternmicallback
 */
typedef BOOLEAN NTAPI NMI_CALLBACK(PVOID Context, BOOLEAN Handled);
typedef NMI_CALLBACK *PNMI_CALLBACK;

_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI PVOID
    KeRegisterNmiCallback(PNMI_CALLBACK CallbackRoutine, PVOID Context);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS KeDeregisterNmiCallback(PVOID Handle);

/* KeRegisterProcessorChangeCallback: a routine for processors that are added; none is, after the start
 * of a machine.
 *   Flags    KE_PROCESSOR_CHANGE_ADD_EXISTING: at once, at PASSIVE_LEVEL, for each processor: first
 *            KeProcessorAddStartNotify for all of them, then KeProcessorAddCompleteNotify. If the routine
 *            stores an error in *OperationStatus, those before it get KeProcessorAddFailureNotify.
 *   Returns  a handle; NULL: no memory, or the routine failed for a processor
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdm/nf-wdm-keregisterprocessorchangecallback, -kederegisterprocessorchangecallback
 */
typedef enum {
    KeProcessorAddStartNotify,
    KeProcessorAddCompleteNotify,
    KeProcessorAddFailureNotify
} KE_PROCESSOR_CHANGE_NOTIFY_STATE;

typedef struct _KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT {
    KE_PROCESSOR_CHANGE_NOTIFY_STATE State;
    ULONG NtNumber;
    NTSTATUS Status;
    PROCESSOR_NUMBER ProcNumber;
} KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT, *PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT;

typedef VOID NTAPI PROCESSOR_CALLBACK_FUNCTION(PVOID CallbackContext,
                                               PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
                                               PNTSTATUS OperationStatus);
typedef PROCESSOR_CALLBACK_FUNCTION *PPROCESSOR_CALLBACK_FUNCTION;

#define KE_PROCESSOR_CHANGE_ADD_EXISTING 1

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI PVOID
    KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                      PVOID CallbackContext, ULONG Flags);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID
    KeDeregisterProcessorChangeCallback(PVOID CallbackHandle);

/* The processors of a node of memory; all belong to node 0, the only one.
 *   Returns  KeQueryNodeActiveAffinity2: STATUS_SUCCESS, STATUS_INVALID_PARAMETER: no such node,
 *            STATUS_BUFFER_TOO_SMALL: *GroupAffinitiesRequired says how many; the others 0 for such a node
 *   IRQL     any
 *   Source   wdm/nf-wdm-kequerynodeactiveaffinity, -kequerynodeactiveaffinity2,
 *            -kequerynodeactiveprocessorcount, -kequerynodemaximumprocessorcount
 */
NTKERNELAPI USHORT KeQueryHighestNodeNumber(VOID);
NTKERNELAPI USHORT KeGetCurrentNodeNumber(VOID);
NTKERNELAPI VOID KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity,
                                           PUSHORT Count);
NTKERNELAPI NTSTATUS KeQueryNodeActiveAffinity2(USHORT NodeNumber, PGROUP_AFFINITY GroupAffinities,
                                                USHORT GroupAffinitiesCount,
                                                PUSHORT GroupAffinitiesRequired);
NTKERNELAPI ULONG KeQueryNodeActiveProcessorCount(USHORT NodeNumber);
NTKERNELAPI USHORT KeQueryNodeMaximumProcessorCount(USHORT NodeNumber);

/* KeNumberProcessors: how many there are; of old drivers. */
extern NTKERNELAPI volatile CCHAR KeNumberProcessors;

#ifdef __cplusplus
}
#endif
