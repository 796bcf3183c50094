/* wdfiotarget.h - I/O targets: sending requests to other drivers.
 */
#pragma once

#include <wdfmemory.h>
#include <wdfrequest.h>

WDF_EXTERN_C_START

typedef enum _WDF_IO_TARGET_STATE {
    WdfIoTargetStateUndefined = 0,
    WdfIoTargetStarted,
    WdfIoTargetStopped,
    WdfIoTargetClosedForQueryRemove,
    WdfIoTargetClosed,
    WdfIoTargetDeleted,
    WdfIoTargetPurged,
} WDF_IO_TARGET_STATE,
    *PWDF_IO_TARGET_STATE;

typedef enum _WDF_IO_TARGET_OPEN_TYPE {
    WdfIoTargetOpenUndefined = 0,
    WdfIoTargetOpenUseExistingDevice = 1,
    WdfIoTargetOpenByName = 2,
    WdfIoTargetOpenReopen = 3,
    WdfIoTargetOpenLocalTargetByFile = 4,
} WDF_IO_TARGET_OPEN_TYPE;

typedef enum _WDF_IO_TARGET_SENT_IO_ACTION {
    WdfIoTargetSentIoUndefined = 0,
    WdfIoTargetCancelSentIo,
    WdfIoTargetWaitForSentIoToComplete,
    WdfIoTargetLeaveSentIoPending,
} WDF_IO_TARGET_SENT_IO_ACTION;

typedef enum _WDF_IO_TARGET_PURGE_IO_ACTION {
    WdfIoTargetPurgeIoUndefined = 0,
    WdfIoTargetPurgeIoAndWait = 1,
    WdfIoTargetPurgeIo = 2,
} WDF_IO_TARGET_PURGE_IO_ACTION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_IO_TARGET_QUERY_REMOVE(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_QUERY_REMOVE *PFN_WDF_IO_TARGET_QUERY_REMOVE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_IO_TARGET_REMOVE_CANCELED(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_REMOVE_CANCELED *PFN_WDF_IO_TARGET_REMOVE_CANCELED;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_IO_TARGET_REMOVE_COMPLETE(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_REMOVE_COMPLETE *PFN_WDF_IO_TARGET_REMOVE_COMPLETE;

typedef struct _WDF_IO_TARGET_OPEN_PARAMS {
    ULONG Size;
    WDF_IO_TARGET_OPEN_TYPE Type;
    PFN_WDF_IO_TARGET_QUERY_REMOVE EvtIoTargetQueryRemove;
    PFN_WDF_IO_TARGET_REMOVE_CANCELED EvtIoTargetRemoveCanceled;
    PFN_WDF_IO_TARGET_REMOVE_COMPLETE EvtIoTargetRemoveComplete;
    PDEVICE_OBJECT TargetDeviceObject;
    PFILE_OBJECT TargetFileObject;
    UNICODE_STRING TargetDeviceName;
    ACCESS_MASK DesiredAccess;
    ULONG ShareAccess;
    ULONG FileAttributes;
    ULONG CreateDisposition;
    ULONG CreateOptions;
    PVOID EaBuffer;
    ULONG EaBufferLength;
    PLONGLONG AllocationSize;
    ULONG FileInformation;
    UNICODE_STRING FileName;
} WDF_IO_TARGET_OPEN_PARAMS, *PWDF_IO_TARGET_OPEN_PARAMS;

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                                PDEVICE_OBJECT DeviceObject)
{
    RtlZeroMemory(Params, sizeof(WDF_IO_TARGET_OPEN_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_IO_TARGET_OPEN_PARAMS);
    Params->Type = WdfIoTargetOpenUseExistingDevice;
    Params->TargetDeviceObject = DeviceObject;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                               PCUNICODE_STRING TargetDeviceName,
                                                               ACCESS_MASK DesiredAccess)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = (ULONG)sizeof(*Params);
    Params->Type = WdfIoTargetOpenByName;
    Params->TargetDeviceName = *TargetDeviceName;
    Params->DesiredAccess = DesiredAccess;
    Params->CreateOptions = FILE_NON_DIRECTORY_FILE;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                             PCUNICODE_STRING TargetDeviceName,
                                                             ACCESS_MASK DesiredAccess)
{
    WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(Params, TargetDeviceName, DesiredAccess);
    Params->CreateDisposition = FILE_OPEN;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(PWDF_IO_TARGET_OPEN_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(WDF_IO_TARGET_OPEN_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_IO_TARGET_OPEN_PARAMS);
    Params->Type = WdfIoTargetOpenReopen;
}

/* WdfIoTargetCreate: make a remote target, closed.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (parent not the device or below it)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetcreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetCreate(WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES IoTargetAttributes,
                      WDFIOTARGET *IoTarget);

/* WdfIoTargetOpen: open a device by name, or take over an open one.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE
 *            (is open); the open's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetopen
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetOpen(WDFIOTARGET IoTarget, PWDF_IO_TARGET_OPEN_PARAMS OpenParams);

/* WdfIoTargetCloseForQueryRemove: close for a removal that may yet be called off.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetcloseforqueryremove
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoTargetCloseForQueryRemove(WDFIOTARGET IoTarget);

/* WdfIoTargetClose: cancel what was sent, wait, and close.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetclose
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoTargetClose(WDFIOTARGET IoTarget);

/* WdfIoTargetStart: send what is queued and what comes.
 *   Returns  STATUS_INVALID_DEVICE_STATE (closed, deleted)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetstart
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfIoTargetStart(WDFIOTARGET IoTarget);

/* WdfIoTargetStop: keep what comes; Action says what happens to what was sent.
 *   IRQL     PASSIVE_LEVEL unless the sent requests are left pending
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetstop
 */
WDFAPI VOID WdfIoTargetStop(WDFIOTARGET IoTarget, WDF_IO_TARGET_SENT_IO_ACTION Action);

/* WdfIoTargetPurge: complete what is queued and cancel what was sent.
 *   IRQL     PASSIVE_LEVEL if it waits, else <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetpurge
 */
WDFAPI VOID WdfIoTargetPurge(WDFIOTARGET IoTarget, WDF_IO_TARGET_PURGE_IO_ACTION Action);

/* WdfIoTargetGetState: state of the target.
 *   Returns  WDF_IO_TARGET_STATE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetgetstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_IO_TARGET_STATE
    WdfIoTargetGetState(WDFIOTARGET IoTarget);

/* WdfIoTargetGetDevice: device that made the target.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetgetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE WdfIoTargetGetDevice(WDFIOTARGET IoTarget);

/* WdfIoTargetQueryTargetProperty: read a property of the target's device.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *ResultLength; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetquerytargetproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetQueryTargetProperty(WDFIOTARGET IoTarget, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                   ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength);

/* WdfIoTargetAllocAndQueryTargetProperty: the same into a new memory object.
 *   Returns  as WdfIoTargetQueryTargetProperty
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetallocandquerytargetproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfIoTargetAllocAndQueryTargetProperty(
    WDFIOTARGET IoTarget, DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType,
    PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory);

/* WdfIoTargetQueryForInterface: ask the target's stack for a function interface.
 *   Returns  STATUS_NOT_SUPPORTED and other failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetqueryforinterface
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetQueryForInterface(WDFIOTARGET IoTarget, LPCGUID InterfaceType, PINTERFACE Interface,
                                 USHORT Size, USHORT Version, PVOID InterfaceSpecificData);

/* WdfIoTargetWdmGetTargetDeviceObject: device object of the target.
 *   Returns  device object, or NULL when closed
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetdeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfIoTargetWdmGetTargetDeviceObject(WDFIOTARGET IoTarget);

/* WdfIoTargetWdmGetTargetPhysicalDevice: PDO of the target's stack.
 *   Returns  device object, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfIoTargetWdmGetTargetPhysicalDevice(WDFIOTARGET IoTarget);

/* WdfIoTargetWdmGetTargetFileObject: file object of a target opened by name.
 *   Returns  file object, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PFILE_OBJECT
    WdfIoTargetWdmGetTargetFileObject(WDFIOTARGET IoTarget);

/* WdfIoTargetWdmGetTargetFileHandle: file handle of a target opened by name.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetfilehandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI HANDLE
    WdfIoTargetWdmGetTargetFileHandle(WDFIOTARGET IoTarget);

/* WdfIoTargetSendReadSynchronously: read from the target and wait.
 *   Returns  the completion status; STATUS_INVALID_PARAMETER; STATUS_IO_TIMEOUT;
 *            STATUS_INVALID_DEVICE_STATE
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendreadsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetSendReadSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                     PWDF_MEMORY_DESCRIPTOR OutputBuffer, PLONGLONG DeviceOffset,
                                     PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                     PULONG_PTR BytesRead);

/* WdfIoTargetFormatRequestForRead: prepare a request to read from the target.
 *   Returns  STATUS_INTEGER_OVERFLOW; STATUS_INVALID_DEVICE_STATE; STATUS_REQUEST_NOT_ACCEPTED
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforread
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetFormatRequestForRead(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                    WDFMEMORY OutputBuffer, PWDFMEMORY_OFFSET OutputBufferOffset,
                                    PLONGLONG DeviceOffset);

/* WdfIoTargetSendWriteSynchronously: write to the target and wait.
 *   Returns  as WdfIoTargetSendReadSynchronously
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendwritesynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetSendWriteSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                      PWDF_MEMORY_DESCRIPTOR InputBuffer, PLONGLONG DeviceOffset,
                                      PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                      PULONG_PTR BytesWritten);

/* WdfIoTargetFormatRequestForWrite: prepare a request to write to the target.
 *   Returns  as WdfIoTargetFormatRequestForRead
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforwrite
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetFormatRequestForWrite(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                     WDFMEMORY InputBuffer, PWDFMEMORY_OFFSET InputBufferOffset,
                                     PLONGLONG DeviceOffset);

/* WdfIoTargetSendIoctlSynchronously: send a device control and wait.
 *   Returns  as WdfIoTargetSendReadSynchronously
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendioctlsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetSendIoctlSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode,
                                      PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                      PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                      PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                      PULONG_PTR BytesReturned);

/* WdfIoTargetFormatRequestForIoctl: prepare a request for a device control.
 *   Returns  as WdfIoTargetFormatRequestForRead
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforioctl
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetFormatRequestForIoctl(WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode,
                                     WDFMEMORY InputBuffer, PWDFMEMORY_OFFSET InputBufferOffset,
                                     WDFMEMORY OutputBuffer, PWDFMEMORY_OFFSET OutputBufferOffset);

/* WdfIoTargetSendInternalIoctlSynchronously: send an internal device control and wait.
 *   Returns  as WdfIoTargetSendReadSynchronously
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendinternalioctlsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetSendInternalIoctlSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                              ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                              PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                              PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                              PULONG_PTR BytesReturned);

/* WdfIoTargetFormatRequestForInternalIoctl: prepare a request for an internal device control.
 *   Returns  as WdfIoTargetFormatRequestForRead
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforinternalioctl
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoTargetFormatRequestForInternalIoctl(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                             ULONG IoctlCode, WDFMEMORY InputBuffer,
                                             PWDFMEMORY_OFFSET InputBufferOffset,
                                             WDFMEMORY OutputBuffer,
                                             PWDFMEMORY_OFFSET OutputBufferOffset);

/* WdfIoTargetSendInternalIoctlOthersSynchronously: send an internal control with three arguments
 * and wait.
 *   Returns  as WdfIoTargetSendReadSynchronously
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendinternalioctlotherssynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfIoTargetSendInternalIoctlOthersSynchronously(
    WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR OtherArg1,
    PWDF_MEMORY_DESCRIPTOR OtherArg2, PWDF_MEMORY_DESCRIPTOR OtherArg4,
    PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned);

/* WdfIoTargetFormatRequestForInternalIoctlOthers: prepare a request for an internal control with
 * three arguments.
 *   Returns  as WdfIoTargetFormatRequestForRead
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforinternalioctlothers
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfIoTargetFormatRequestForInternalIoctlOthers(
    WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, WDFMEMORY OtherArg1,
    PWDFMEMORY_OFFSET OtherArg1Offset, WDFMEMORY OtherArg2, PWDFMEMORY_OFFSET OtherArg2Offset,
    WDFMEMORY OtherArg4, PWDFMEMORY_OFFSET OtherArg4Offset);

WDF_EXTERN_C_END
