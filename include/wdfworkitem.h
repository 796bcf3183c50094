/* wdfworkitem.h - work items: callbacks at PASSIVE_LEVEL in a worker thread.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_WORKITEM(WDFWORKITEM WorkItem);
typedef EVT_WDF_WORKITEM *PFN_WDF_WORKITEM;

typedef struct _WDF_WORKITEM_CONFIG {
    ULONG Size;
    PFN_WDF_WORKITEM EvtWorkItemFunc;
    BOOLEAN AutomaticSerialization;
} WDF_WORKITEM_CONFIG, *PWDF_WORKITEM_CONFIG;

FORCEINLINE VOID WDF_WORKITEM_CONFIG_INIT(PWDF_WORKITEM_CONFIG Config,
                                          PFN_WDF_WORKITEM EvtWorkItemFunc)
{
    RtlZeroMemory(Config, sizeof(WDF_WORKITEM_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_WORKITEM_CONFIG);
    Config->EvtWorkItemFunc = EvtWorkItemFunc;
    Config->AutomaticSerialization = TRUE;
}

/* WdfWorkItemCreate: make a work item below a device.
 *   Returns  STATUS_WDF_PARENT_NOT_SPECIFIED; STATUS_INVALID_PARAMETER (no callback);
 *            STATUS_INVALID_DEVICE_REQUEST; STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfworkitem/nf-wdfworkitem-wdfworkitemcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfWorkItemCreate(PWDF_WORKITEM_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes,
                      WDFWORKITEM *WorkItem);

/* WdfWorkItemEnqueue: queue the work item; nothing if it is queued.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfworkitem/nf-wdfworkitem-wdfworkitemenqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfWorkItemEnqueue(WDFWORKITEM WorkItem);

/* WdfWorkItemGetParentObject: parent given at creation.
 *   Returns  handle; NULL once the work item was disposed
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfworkitem/nf-wdfworkitem-wdfworkitemgetparentobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFOBJECT
    WdfWorkItemGetParentObject(WDFWORKITEM WorkItem);

/* WdfWorkItemFlush: wait until the work item is neither queued nor running.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfworkitem/nf-wdfworkitem-wdfworkitemflush
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfWorkItemFlush(WDFWORKITEM WorkItem);

WDF_EXTERN_C_END
