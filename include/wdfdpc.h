/* wdfdpc.h - deferred procedure call objects.
 * - an enqueued DPC runs once, at DISPATCH_LEVEL, on the processor that enqueued it
 * - it leaves its queue before its callback is called, so the callback may enqueue it again
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* IRQL: DISPATCH_LEVEL. */
typedef VOID EVT_WDF_DPC(WDFDPC Dpc);
typedef EVT_WDF_DPC *PFN_WDF_DPC;

typedef struct _WDF_DPC_CONFIG {
    ULONG Size;
    PFN_WDF_DPC EvtDpcFunc;
    BOOLEAN AutomaticSerialization;
} WDF_DPC_CONFIG, *PWDF_DPC_CONFIG;

FORCEINLINE VOID WDF_DPC_CONFIG_INIT(PWDF_DPC_CONFIG Config, PFN_WDF_DPC EvtDpcFunc)
{
    RtlZeroMemory(Config, sizeof(WDF_DPC_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_DPC_CONFIG);
    Config->EvtDpcFunc = EvtDpcFunc;
    Config->AutomaticSerialization = TRUE;
}

/* WdfDpcCreate: make a DPC object below a device.
 *   Returns  STATUS_WDF_PARENT_NOT_SPECIFIED; STATUS_INFO_LENGTH_MISMATCH;
 *            STATUS_INVALID_DEVICE_REQUEST (no device above);
 *            STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdpc/nf-wdfdpc-wdfdpccreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDpcCreate(PWDF_DPC_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFDPC *Dpc);

/* WdfDpcEnqueue: queue the DPC for execution.
 *   Returns  TRUE if it was not queued and now is; FALSE changes nothing
 *   IRQL     any
 *   Source   wdfdpc/nf-wdfdpc-wdfdpcenqueue
 */
WDFAPI BOOLEAN WdfDpcEnqueue(WDFDPC Dpc);

/* WdfDpcCancel: take the DPC off its queue; with Wait also wait until its callback is not
 * running.
 *   Returns  TRUE if it was queued and will not run; FALSE if running, finished or never queued
 *   IRQL     PASSIVE_LEVEL if Wait, else any
 *   Source   wdfdpc/nf-wdfdpc-wdfdpccancel
 */
WDFAPI BOOLEAN WdfDpcCancel(WDFDPC Dpc, BOOLEAN Wait);

/* WdfDpcGetParentObject: parent given at creation.
 *   Returns  handle; NULL once the DPC was disposed
 *   IRQL     any
 *   Source   wdfdpc/nf-wdfdpc-wdfdpcgetparentobject
 */
WDFAPI WDFOBJECT WdfDpcGetParentObject(WDFDPC Dpc);

/* WdfDpcWdmGetDpc: the KDPC inside; valid until the cleanup callback has returned.
 *   Returns  KDPC
 *   IRQL     any
 *   Source   wdfdpc/nf-wdfdpc-wdfdpcwdmgetdpc
 */
WDFAPI PKDPC WdfDpcWdmGetDpc(WDFDPC Dpc);

WDF_EXTERN_C_END
