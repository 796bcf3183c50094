/* wdfcompaniontarget.h - companion targets: declared for completeness, there are no companions
 * here.
 */
#pragma once

#include <wdfmemory.h>

WDF_EXTERN_C_START

typedef enum _WDF_TASK_SEND_OPTIONS_FLAGS {
    WDF_TASK_SEND_OPTION_TIMEOUT = 0x00000001,
    WDF_TASK_SEND_OPTION_SYNCHRONOUS = 0x00000002,
} WDF_TASK_SEND_OPTIONS_FLAGS;

typedef struct _WDF_TASK_SEND_OPTIONS {
    ULONG Size;
    ULONG Flags;
    LONGLONG Timeout;
} WDF_TASK_SEND_OPTIONS, *PWDF_TASK_SEND_OPTIONS;

FORCEINLINE VOID WDF_TASK_SEND_OPTIONS_INIT(PWDF_TASK_SEND_OPTIONS Options, ULONG Flags)
{
    RtlZeroMemory(Options, sizeof(WDF_TASK_SEND_OPTIONS));
    Options->Size = (ULONG)sizeof(WDF_TASK_SEND_OPTIONS);
    Options->Flags = Flags;
}

/* WdfCompanionTargetSendTaskSynchronously: send a task to the companion process and wait.
 *   Returns  STATUS_NOT_IMPLEMENTED: there are no companions here
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfcompaniontarget/nf-wdfcompaniontarget-wdfcompaniontargetsendtasksynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfCompanionTargetSendTaskSynchronously(
    WDFCOMPANIONTARGET CompanionTarget, USHORT TaskQueueIdentifier, ULONG TaskOperationCode,
    PWDF_MEMORY_DESCRIPTOR InputBuffer, PWDF_MEMORY_DESCRIPTOR OutputBuffer,
    PWDF_TASK_SEND_OPTIONS TaskOptions, PULONG_PTR BytesReturned);

/* WdfCompanionTargetWdmGetCompanionProcess: process of the companion.
 *   Returns  NULL: there are no companions here
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcompaniontarget/nf-wdfcompaniontarget-wdfcompaniontargetwdmgetcompanionprocess
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PEPROCESS
    WdfCompanionTargetWdmGetCompanionProcess(WDFCOMPANIONTARGET CompanionTarget);

WDF_EXTERN_C_END
