/* wdfrequest.h - requests: parameters, buffers, cancelling, completion, sending.
 * - the driver owns a request from its delivery until it completes, forwards or gives it back
 * - an owned request is completed exactly once
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

typedef enum _WDF_REQUEST_TYPE {
    WdfRequestTypeCreate = 0x0,
    WdfRequestTypeCreateNamedPipe = 0x1,
    WdfRequestTypeClose = 0x2,
    WdfRequestTypeRead = 0x3,
    WdfRequestTypeWrite = 0x4,
    WdfRequestTypeQueryInformation = 0x5,
    WdfRequestTypeSetInformation = 0x6,
    WdfRequestTypeQueryEA = 0x7,
    WdfRequestTypeSetEA = 0x8,
    WdfRequestTypeFlushBuffers = 0x9,
    WdfRequestTypeQueryVolumeInformation = 0xa,
    WdfRequestTypeSetVolumeInformation = 0xb,
    WdfRequestTypeDirectoryControl = 0xc,
    WdfRequestTypeFileSystemControl = 0xd,
    WdfRequestTypeDeviceControl = 0xe,
    WdfRequestTypeDeviceControlInternal = 0xf,
    WdfRequestTypeShutdown = 0x10,
    WdfRequestTypeLockControl = 0x11,
    WdfRequestTypeCleanup = 0x12,
    WdfRequestTypeCreateMailSlot = 0x13,
    WdfRequestTypeQuerySecurity = 0x14,
    WdfRequestTypeSetSecurity = 0x15,
    WdfRequestTypePower = 0x16,
    WdfRequestTypeSystemControl = 0x17,
    WdfRequestTypeDeviceChange = 0x18,
    WdfRequestTypeQueryQuota = 0x19,
    WdfRequestTypeSetQuota = 0x1A,
    WdfRequestTypePnp = 0x1B,
    WdfRequestTypeOther = 0x1C,
    WdfRequestTypeUsb = 0x40,
    WdfRequestTypeNoFormat = 0xFF,
    WdfRequestTypeMax,
} WDF_REQUEST_TYPE;

typedef enum _WDF_REQUEST_REUSE_FLAGS {
    WDF_REQUEST_REUSE_NO_FLAGS = 0x00000000,
    WDF_REQUEST_REUSE_SET_NEW_IRP = 0x00000001,
} WDF_REQUEST_REUSE_FLAGS;

typedef enum _WDF_REQUEST_STOP_ACTION_FLAGS {
    WdfRequestStopActionInvalid = 0,
    WdfRequestStopActionSuspend = 0x01,
    WdfRequestStopActionPurge = 0x2,
    WdfRequestStopRequestCancelable = 0x10000000,
} WDF_REQUEST_STOP_ACTION_FLAGS;

typedef enum _WDF_REQUEST_SEND_OPTIONS_FLAGS {
    WDF_REQUEST_SEND_OPTION_TIMEOUT = 0x00000001,
    WDF_REQUEST_SEND_OPTION_SYNCHRONOUS = 0x00000002,
    WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE = 0x00000004,
    WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET = 0x00000008,
    WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT = 0x00010000,
    WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE = 0x00020000,
} WDF_REQUEST_SEND_OPTIONS_FLAGS;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_REQUEST_CANCEL(WDFREQUEST Request);
typedef EVT_WDF_REQUEST_CANCEL *PFN_WDF_REQUEST_CANCEL;

typedef struct _WDF_REQUEST_PARAMETERS {
    USHORT Size;
    UCHAR MinorFunction;
    WDF_REQUEST_TYPE Type;
    union {
        struct {
            PIO_SECURITY_CONTEXT SecurityContext;
            ULONG Options;
            USHORT POINTER_ALIGNMENT FileAttributes;
            USHORT ShareAccess;
            ULONG POINTER_ALIGNMENT EaLength;
        } Create;
        struct {
            size_t Length;
            ULONG POINTER_ALIGNMENT Key;
            LONGLONG DeviceOffset;
        } Read;
        struct {
            size_t Length;
            ULONG POINTER_ALIGNMENT Key;
            LONGLONG DeviceOffset;
        } Write;
        struct {
            size_t OutputBufferLength;
            size_t POINTER_ALIGNMENT InputBufferLength;
            ULONG POINTER_ALIGNMENT IoControlCode;
            PVOID Type3InputBuffer;
        } DeviceIoControl;
        struct {
            PVOID Arg1;
            PVOID Arg2;
            ULONG POINTER_ALIGNMENT IoControlCode;
            PVOID Arg4;
        } Others;
    } Parameters;
} WDF_REQUEST_PARAMETERS, *PWDF_REQUEST_PARAMETERS;

FORCEINLINE VOID WDF_REQUEST_PARAMETERS_INIT(PWDF_REQUEST_PARAMETERS Parameters)
{
    RtlZeroMemory(Parameters, sizeof(WDF_REQUEST_PARAMETERS));
    Parameters->Size = (USHORT)sizeof(WDF_REQUEST_PARAMETERS);
}

typedef struct _WDF_USB_REQUEST_COMPLETION_PARAMS *PWDF_USB_REQUEST_COMPLETION_PARAMS;

typedef struct _WDF_REQUEST_COMPLETION_PARAMS {
    ULONG Size;
    WDF_REQUEST_TYPE Type;
    IO_STATUS_BLOCK IoStatus;
    union {
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } Write;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } Read;
        struct {
            ULONG IoControlCode;
            struct {
                WDFMEMORY Buffer;
                size_t Offset;
            } Input;
            struct {
                WDFMEMORY Buffer;
                size_t Offset;
                size_t Length;
            } Output;
        } Ioctl;
        struct {
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument1;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument2;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument3;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument4;
        } Others;
        struct {
            PWDF_USB_REQUEST_COMPLETION_PARAMS Completion;
        } Usb;
    } Parameters;
} WDF_REQUEST_COMPLETION_PARAMS, *PWDF_REQUEST_COMPLETION_PARAMS;

FORCEINLINE VOID WDF_REQUEST_COMPLETION_PARAMS_INIT(PWDF_REQUEST_COMPLETION_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(WDF_REQUEST_COMPLETION_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_REQUEST_COMPLETION_PARAMS);
    Params->Type = WdfRequestTypeNoFormat;
}

typedef VOID EVT_WDF_REQUEST_COMPLETION_ROUTINE(WDFREQUEST Request, WDFIOTARGET Target,
                                                PWDF_REQUEST_COMPLETION_PARAMS Params,
                                                WDFCONTEXT Context);
typedef EVT_WDF_REQUEST_COMPLETION_ROUTINE *PFN_WDF_REQUEST_COMPLETION_ROUTINE;

typedef struct _WDF_REQUEST_REUSE_PARAMS {
    ULONG Size;
    ULONG Flags;
    NTSTATUS Status;
    PIRP NewIrp;
} WDF_REQUEST_REUSE_PARAMS, *PWDF_REQUEST_REUSE_PARAMS;

FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_INIT(PWDF_REQUEST_REUSE_PARAMS Params, ULONG Flags,
                                               NTSTATUS Status)
{
    RtlZeroMemory(Params, sizeof(WDF_REQUEST_REUSE_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_REQUEST_REUSE_PARAMS);
    Params->Flags = Flags;
    Params->Status = Status;
}

FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(PWDF_REQUEST_REUSE_PARAMS Params, PIRP NewIrp)
{
    Params->Flags |= WDF_REQUEST_REUSE_SET_NEW_IRP;
    Params->NewIrp = NewIrp;
}

typedef struct _WDF_REQUEST_SEND_OPTIONS {
    ULONG Size;
    ULONG Flags;
    LONGLONG Timeout;
} WDF_REQUEST_SEND_OPTIONS, *PWDF_REQUEST_SEND_OPTIONS;

FORCEINLINE VOID WDF_REQUEST_SEND_OPTIONS_INIT(PWDF_REQUEST_SEND_OPTIONS Options, ULONG Flags)
{
    RtlZeroMemory(Options, sizeof(WDF_REQUEST_SEND_OPTIONS));
    Options->Size = (ULONG)sizeof(WDF_REQUEST_SEND_OPTIONS);
    Options->Flags = Flags;
}

FORCEINLINE VOID WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(PWDF_REQUEST_SEND_OPTIONS Options,
                                                      LONGLONG Timeout)
{
    Options->Flags |= WDF_REQUEST_SEND_OPTION_TIMEOUT;
    Options->Timeout = Timeout;
}

typedef enum _WDF_REQUEST_FORWARD_OPTIONS_FLAGS {
    WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET = 0x00000001,
} WDF_REQUEST_FORWARD_OPTIONS_FLAGS;

typedef struct _WDF_REQUEST_FORWARD_OPTIONS {
    ULONG Size;
    ULONG Flags;
} WDF_REQUEST_FORWARD_OPTIONS, *PWDF_REQUEST_FORWARD_OPTIONS;

FORCEINLINE VOID WDF_REQUEST_FORWARD_OPTIONS_INIT(PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions)
{
    RtlZeroMemory(ForwardOptions, sizeof(WDF_REQUEST_FORWARD_OPTIONS));
    ForwardOptions->Size = (ULONG)sizeof(WDF_REQUEST_FORWARD_OPTIONS);
    ForwardOptions->Flags |= WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET;
}

/* WdfRequestCreate: make a request of the driver's own to send to targets.
 *   Returns  STATUS_INVALID_DEVICE_STATE (target not open); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestCreate(PWDF_OBJECT_ATTRIBUTES RequestAttributes, WDFIOTARGET IoTarget,
                     WDFREQUEST *Request);

/* WdfRequestGetRequestorProcessId: process that sent the request.
 *   Returns  process identifier of the host
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetrequestorprocessid
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG
    WdfRequestGetRequestorProcessId(WDFREQUEST Request);

/* WdfRequestCreateFromIrp: wrap an IRP of the driver's own.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcreatefromirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestCreateFromIrp(PWDF_OBJECT_ATTRIBUTES RequestAttributes, PIRP Irp,
                            BOOLEAN RequestFreesIrp, WDFREQUEST *Request);

/* WdfRequestReuse: make a request ready for another use.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_WDF_REQUEST_INVALID_STATE (queue request with a new
 *            IRP)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestreuse
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestReuse(WDFREQUEST Request, PWDF_REQUEST_REUSE_PARAMS ReuseParams);

/* WdfRequestChangeTarget: check and bind a request to another target.
 *   Returns  STATUS_INVALID_DEVICE_STATE (closed); STATUS_REQUEST_NOT_ACCEPTED (stack too small)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestchangetarget
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestChangeTarget(WDFREQUEST Request, WDFIOTARGET IoTarget);

/* WdfRequestFormatRequestUsingCurrentType: copy the request's parameters to the next stack
 * location.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestformatrequestusingcurrenttype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestFormatRequestUsingCurrentType(WDFREQUEST Request);

/* WdfRequestWdmFormatUsingStackLocation: fill the next stack location from a given one.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestwdmformatusingstacklocation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestWdmFormatUsingStackLocation(WDFREQUEST Request, PIO_STACK_LOCATION Stack);

/* WdfRequestSend: send a formatted request to a target.
 *   Returns  TRUE if sent or queued; FALSE with the reason in WdfRequestGetStatus
 *   IRQL     <= DISPATCH_LEVEL; PASSIVE_LEVEL if synchronous
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestsend
 */
WDFAPI BOOLEAN WdfRequestSend(WDFREQUEST Request, WDFIOTARGET Target,
                              PWDF_REQUEST_SEND_OPTIONS Options);

/* WdfRequestGetStatus: status of the request as it stands.
 *   Returns  status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetstatus
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfRequestGetStatus(WDFREQUEST Request);

/* WdfRequestMarkCancelable: allow cancellation; if cancelled already, EvtRequestCancel is called.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestMarkCancelable(WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL EvtRequestCancel);

/* WdfRequestMarkCancelableEx: the same, but if cancelled already it only says so.
 *   Returns  STATUS_CANCELLED (the callback will not run); STATUS_INVALID_DEVICE_REQUEST (not
 *            owned, or marked)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestmarkcancelableex
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestMarkCancelableEx(WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL EvtRequestCancel);

/* WdfRequestUnmarkCancelable: end cancellation.
 *   Returns  STATUS_CANCELLED (EvtRequestCancel owns completion); STATUS_INVALID_DEVICE_REQUEST
 *            (not marked)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfRequestUnmarkCancelable(WDFREQUEST Request);

/* WdfRequestIsCanceled: has the sender cancelled it? FALSE while it is marked cancelable.
 *   Returns  TRUE or FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestiscanceled
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfRequestIsCanceled(WDFREQUEST Request);

/* WdfRequestCancelSentRequest: cancel a request that was sent to a target.
 *   Returns  TRUE if the cancel was delivered
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcancelsentrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfRequestCancelSentRequest(WDFREQUEST Request);

/* WdfRequestIsFrom32BitProcess: was it sent by a 32-bit process?
 *   Returns  FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestisfrom32bitprocess
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfRequestIsFrom32BitProcess(WDFREQUEST Request);

/* WdfRequestSetCompletionRoutine: routine to call when the target completes it; NULL clears.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestsetcompletionroutine
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestSetCompletionRoutine(WDFREQUEST Request,
                                   PFN_WDF_REQUEST_COMPLETION_ROUTINE CompletionRoutine,
                                   WDFCONTEXT CompletionContext);

/* WdfRequestGetCompletionParams: result of the last send.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetcompletionparams
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestGetCompletionParams(WDFREQUEST Request, PWDF_REQUEST_COMPLETION_PARAMS Params);

/* WdfRequestAllocateTimer: reserve the timer of a send with timeout.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES; a second call succeeds
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestallocatetimer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfRequestAllocateTimer(WDFREQUEST Request);

/* WdfRequestComplete: complete a request with the information set before, else 0.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcomplete
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestComplete(WDFREQUEST Request, NTSTATUS Status);

/* WdfRequestCompleteWithPriorityBoost: the same; the boost is recorded only.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcompletewithpriorityboost
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestCompleteWithPriorityBoost(WDFREQUEST Request, NTSTATUS Status, CCHAR PriorityBoost);

/* WdfRequestCompleteWithInformation: complete a request with a number of bytes or other
 * information.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestcompletewithinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestCompleteWithInformation(WDFREQUEST Request, NTSTATUS Status, ULONG_PTR Information);

/* WdfRequestGetParameters: what the sender asked for.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetparameters
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestGetParameters(WDFREQUEST Request, PWDF_REQUEST_PARAMETERS Parameters);

/* WdfRequestRetrieveInputMemory: memory object of the input buffer, owned by the request.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (no input; method neither); STATUS_BUFFER_TOO_SMALL
 *            (length 0); STATUS_INTERNAL_ERROR (completed)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputmemory
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveInputMemory(WDFREQUEST Request, WDFMEMORY *Memory);

/* WdfRequestRetrieveOutputMemory: memory object of the output buffer, owned by the request.
 *   Returns  as WdfRequestRetrieveInputMemory, for output
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputmemory
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveOutputMemory(WDFREQUEST Request, WDFMEMORY *Memory);

/* WdfRequestRetrieveInputBuffer: input buffer; *Length is what the sender gave.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (no input; method neither); STATUS_BUFFER_TOO_SMALL (0
 *            or below the minimum); STATUS_INTERNAL_ERROR (completed)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputbuffer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveInputBuffer(WDFREQUEST Request, size_t MinimumRequiredLength, PVOID *Buffer,
                                  size_t *Length);

/* WdfRequestRetrieveOutputBuffer: output buffer; *Length is what the sender gave.
 *   Returns  as WdfRequestRetrieveInputBuffer, for output
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputbuffer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveOutputBuffer(WDFREQUEST Request, size_t MinimumRequiredSize, PVOID *Buffer,
                                   size_t *Length);

/* WdfRequestRetrieveInputWdmMdl: MDL of the input buffer, owned by the request.
 *   Returns  STATUS_BUFFER_TOO_SMALL (length 0); STATUS_INVALID_DEVICE_REQUEST (method neither)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputwdmmdl
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveInputWdmMdl(WDFREQUEST Request, PMDL *Mdl);

/* WdfRequestRetrieveOutputWdmMdl: MDL of the output buffer, owned by the request.
 *   Returns  as WdfRequestRetrieveInputWdmMdl
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputwdmmdl
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveOutputWdmMdl(WDFREQUEST Request, PMDL *Mdl);

/* WdfRequestRetrieveUnsafeUserInputBuffer: user address of the input; only in
 * EvtIoInCallerContext.
 *   Returns  STATUS_BUFFER_TOO_SMALL; STATUS_INVALID_DEVICE_REQUEST (not neither, or elsewhere)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveunsafeuserinputbuffer
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveUnsafeUserInputBuffer(WDFREQUEST Request, size_t MinimumRequiredLength,
                                            PVOID *InputBuffer, size_t *Length);

/* WdfRequestRetrieveUnsafeUserOutputBuffer: user address of the output; only in
 * EvtIoInCallerContext.
 *   Returns  as WdfRequestRetrieveUnsafeUserInputBuffer
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveunsafeuseroutputbuffer
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRequestRetrieveUnsafeUserOutputBuffer(WDFREQUEST Request, size_t MinimumRequiredLength,
                                             PVOID *OutputBuffer, size_t *Length);

/* WdfRequestSetInformation: set the information for completion.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestsetinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestSetInformation(WDFREQUEST Request, ULONG_PTR Information);

/* WdfRequestGetInformation: the information set so far.
 *   Returns  information; 0 after completion
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG_PTR WdfRequestGetInformation(WDFREQUEST Request);

/* WdfRequestGetFileObject: open file that the request belongs to.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFFILEOBJECT
    WdfRequestGetFileObject(WDFREQUEST Request);

/* WdfRequestProbeAndLockUserBufferForRead: lock a user buffer that will be read.
 *   Returns  STATUS_INVALID_USER_BUFFER (length 0); STATUS_ACCESS_VIOLATION;
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestprobeandlockuserbufferforread
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRequestProbeAndLockUserBufferForRead(WDFREQUEST Request, PVOID Buffer, size_t Length,
                                            WDFMEMORY *MemoryObject);

/* WdfRequestProbeAndLockUserBufferForWrite: lock a user buffer that will be written.
 *   Returns  as WdfRequestProbeAndLockUserBufferForRead
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestprobeandlockuserbufferforwrite
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfRequestProbeAndLockUserBufferForWrite(WDFREQUEST Request, PVOID Buffer, size_t Length,
                                             WDFMEMORY *MemoryObject);

/* WdfRequestGetRequestorMode: did it come from user or kernel mode?
 *   Returns  UserMode or KernelMode
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetrequestormode
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI KPROCESSOR_MODE
    WdfRequestGetRequestorMode(WDFREQUEST Request);

/* WdfRequestForwardToIoQueue: move an owned request to another queue of the device.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (same queue, other device, not owned, cancelable);
 *            STATUS_WDF_BUSY (not accepting; still the driver's)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestforwardtoioqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestForwardToIoQueue(WDFREQUEST Request, WDFQUEUE DestinationQueue);

/* WdfRequestGetIoQueue: queue that holds or delivered the request.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestgetioqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFQUEUE WdfRequestGetIoQueue(WDFREQUEST Request);

/* WdfRequestRequeue: put an owned request back at the head of its manual queue.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not manual, not owned)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestrequeue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfRequestRequeue(WDFREQUEST Request);

/* WdfRequestStopAcknowledge: answer EvtIoStop: keep the request, or with Requeue give it back to
 * the head of the queue.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequeststopacknowledge
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfRequestStopAcknowledge(WDFREQUEST Request, BOOLEAN Requeue);

/* WdfRequestWdmGetIrp: the IRP of a request.
 *   Returns  IRP; NULL after completion
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestwdmgetirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PIRP WdfRequestWdmGetIrp(WDFREQUEST Request);

/* WdfRequestIsReserved: is it one of the forward-progress requests?
 *   Returns  TRUE or FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestisreserved
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfRequestIsReserved(WDFREQUEST Request);

/* WdfRequestForwardToParentDeviceIoQueue: move an owned request of a PDO to a queue of its
 * parent. The handle is the parent's then.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER (flags); STATUS_WDF_BUSY (the
 *            queue refuses); STATUS_INVALID_DEVICE_REQUEST (not allowed, not the parent's queue,
 *            cancelable, reserved)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfrequest/nf-wdfrequest-wdfrequestforwardtoparentdeviceioqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfRequestForwardToParentDeviceIoQueue(WDFREQUEST Request, WDFQUEUE ParentDeviceQueue,
                                           PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions);

WDF_EXTERN_C_END
