/* vhf.h - virtual HID devices: a driver of any kind says what a HID device reports, without being a minidriver.
 * Rules:
 * - the device is a child of the driver's own; no callback of VHF_CONFIG comes before VhfStart
 * - with EvtVhfReadyForNextReadReport each call of it allows one VhfReadReportSubmit; without it reports wait in
 *   the framework until they are read
 * - an operation (a report written, a feature) is over when VhfAsyncOperationComplete is called, once
 * - no handle is used after VhfDelete; EvtVhfCleanup is the last callback
 *   Source   vhf/ns-vhf-_vhf_config, nf-vhf-vhf*, nc-vhf-evt_vhf_*
 */
#pragma once

#include "hidclass.h"
#include "wdm.h"

DECLARE_HANDLE(VHFHANDLE);
DECLARE_HANDLE(VHFOPERATIONHANDLE);
typedef VHFHANDLE *PVHFHANDLE;

typedef VOID EVT_VHF_READY_FOR_NEXT_READ_REPORT(PVOID VhfClientContext);
typedef EVT_VHF_READY_FOR_NEXT_READ_REPORT *PEVT_VHF_READY_FOR_NEXT_READ_REPORT;
typedef VOID EVT_VHF_CLEANUP(PVOID VhfClientContext);
typedef EVT_VHF_CLEANUP *PEVT_VHF_CLEANUP;
typedef VOID EVT_VHF_ASYNC_OPERATION(PVOID VhfClientContext, VHFOPERATIONHANDLE VhfOperationHandle,
                                     PVOID VhfOperationContext, PHID_XFER_PACKET HidTransferPacket);
typedef EVT_VHF_ASYNC_OPERATION *PEVT_VHF_ASYNC_OPERATION;

typedef struct _VHF_CONFIG {
    ULONG Size;
    PVOID VhfClientContext;
    ULONG OperationContextSize;
    PDEVICE_OBJECT DeviceObject;
    USHORT VendorID;
    USHORT ProductID;
    USHORT VersionNumber;
    GUID ContainerID;
    USHORT InstanceIDLength; /* bytes */
    PWSTR InstanceID;
    USHORT ReportDescriptorLength;
    PUCHAR ReportDescriptor;
    PEVT_VHF_READY_FOR_NEXT_READ_REPORT EvtVhfReadyForNextReadReport;
    PEVT_VHF_ASYNC_OPERATION EvtVhfAsyncOperationGetFeature;
    PEVT_VHF_ASYNC_OPERATION EvtVhfAsyncOperationSetFeature;
    PEVT_VHF_ASYNC_OPERATION EvtVhfAsyncOperationWriteReport;
    PEVT_VHF_ASYNC_OPERATION EvtVhfAsyncOperationGetInputReport;
    PEVT_VHF_CLEANUP EvtVhfCleanup;
    USHORT HardwareIDsLength; /* bytes */
    PWSTR HardwareIDs;
} VHF_CONFIG, *PVHF_CONFIG;

FORCEINLINE VOID VHF_CONFIG_INIT(PVHF_CONFIG Config, PDEVICE_OBJECT DeviceObject,
                                 USHORT ReportDescriptorLength, PUCHAR ReportDescriptor)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->DeviceObject = DeviceObject;
    Config->ReportDescriptorLength = ReportDescriptorLength;
    Config->ReportDescriptor = ReportDescriptor;
}

#ifdef __cplusplus
extern "C" {
#endif

/* VhfCreate: a device that the PnP manager is told of; it starts when the driver's own is started.
 *   Config   is copied, the report descriptor too
 *   Returns  STATUS_INVALID_PARAMETER: sizes, no report descriptor, or DeviceObject is in no device's stack;
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL      Source   vhf/nf-vhf-vhfcreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    VhfCreate(PVHF_CONFIG VhfConfig, PVHFHANDLE VhfHandle);
/* VhfStart: callbacks may come, before it returns too.   IRQL <= DISPATCH_LEVEL */
_IRQL_requires_max_(DISPATCH_LEVEL) NTSYSAPI NTSTATUS VhfStart(VHFHANDLE VhfHandle);
/* VhfReadReportSubmit: an input report; the packet is the caller's again when it returns.
 *   Returns  STATUS_SUCCESS, also if nobody reads from the device and the report is dropped;
 *            STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE: not started, or it is not the driver's turn
 *   IRQL     <= DISPATCH_LEVEL  Source   vhf/nf-vhf-vhfreadreportsubmit
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTSYSAPI NTSTATUS
    VhfReadReportSubmit(VHFHANDLE VhfHandle, PHID_XFER_PACKET HidTransferPacket);
/* VhfAsyncOperationComplete: a report to be read lies in the operation's packet then.   IRQL <= DISPATCH_LEVEL */
_IRQL_requires_max_(DISPATCH_LEVEL) NTSYSAPI NTSTATUS
    VhfAsyncOperationComplete(VHFOPERATIONHANDLE VhfOperationHandle, NTSTATUS CompletionStatus);
/* VhfDelete: Wait: returns when the device has gone and EvtVhfCleanup has returned.
 *   IRQL     Wait: PASSIVE_LEVEL, else <= DISPATCH_LEVEL
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTSYSAPI VOID VhfDelete(VHFHANDLE VhfHandle, BOOLEAN Wait);

#ifdef __cplusplus
}
#endif
