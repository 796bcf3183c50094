/* wdfio.h - I/O queues.
 * - sequential: the driver owns one request at a time; parallel: up to a set number
 * - manual: the driver takes requests out itself
 */
#pragma once

#include <wdfobject.h>
#include <wdfrequest.h>

WDF_EXTERN_C_START

typedef enum _WDF_IO_QUEUE_DISPATCH_TYPE {
    WdfIoQueueDispatchInvalid = 0,
    WdfIoQueueDispatchSequential,
    WdfIoQueueDispatchParallel,
    WdfIoQueueDispatchManual,
    WdfIoQueueDispatchMax,
} WDF_IO_QUEUE_DISPATCH_TYPE;

typedef enum _WDF_IO_QUEUE_STATE {
    WdfIoQueueAcceptRequests = 0x01,
    WdfIoQueueDispatchRequests = 0x02,
    WdfIoQueueNoRequests = 0x04,
    WdfIoQueueDriverNoRequests = 0x08,
    WdfIoQueuePnpHeld = 0x10,
} WDF_IO_QUEUE_STATE;

FORCEINLINE BOOLEAN WDF_IO_QUEUE_IDLE(WDF_IO_QUEUE_STATE State)
{
    return (State & WdfIoQueueNoRequests) && (State & WdfIoQueueDriverNoRequests) ? TRUE : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_READY(WDF_IO_QUEUE_STATE State)
{
    return (State & WdfIoQueueAcceptRequests) && (State & WdfIoQueueDispatchRequests) &&
                   !(State & WdfIoQueuePnpHeld)
               ? TRUE
               : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_STOPPED(WDF_IO_QUEUE_STATE State)
{
    return (State & WdfIoQueueAcceptRequests) && !(State & WdfIoQueueDispatchRequests) &&
                   (State & WdfIoQueueDriverNoRequests)
               ? TRUE
               : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_DRAINED(WDF_IO_QUEUE_STATE State)
{
    return !(State & WdfIoQueueAcceptRequests) && (State & WdfIoQueueDispatchRequests) &&
                   (State & WdfIoQueueNoRequests) && (State & WdfIoQueueDriverNoRequests)
               ? TRUE
               : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_PURGED(WDF_IO_QUEUE_STATE State)
{
    return !(State & WdfIoQueueAcceptRequests) && (State & WdfIoQueueNoRequests) &&
                   (State & WdfIoQueueDriverNoRequests)
               ? TRUE
               : FALSE;
}

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_DEFAULT(WDFQUEUE Queue, WDFREQUEST Request);
typedef EVT_WDF_IO_QUEUE_IO_DEFAULT *PFN_WDF_IO_QUEUE_IO_DEFAULT;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_STOP(WDFQUEUE Queue, WDFREQUEST Request, ULONG ActionFlags);
typedef EVT_WDF_IO_QUEUE_IO_STOP *PFN_WDF_IO_QUEUE_IO_STOP;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_RESUME(WDFQUEUE Queue, WDFREQUEST Request);
typedef EVT_WDF_IO_QUEUE_IO_RESUME *PFN_WDF_IO_QUEUE_IO_RESUME;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_READ(WDFQUEUE Queue, WDFREQUEST Request, size_t Length);
typedef EVT_WDF_IO_QUEUE_IO_READ *PFN_WDF_IO_QUEUE_IO_READ;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_WRITE(WDFQUEUE Queue, WDFREQUEST Request, size_t Length);
typedef EVT_WDF_IO_QUEUE_IO_WRITE *PFN_WDF_IO_QUEUE_IO_WRITE;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL(WDFQUEUE Queue, WDFREQUEST Request,
                                                size_t OutputBufferLength, size_t InputBufferLength,
                                                ULONG IoControlCode);
typedef EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL *PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL(WDFQUEUE Queue, WDFREQUEST Request,
                                                         size_t OutputBufferLength,
                                                         size_t InputBufferLength,
                                                         ULONG IoControlCode);
typedef EVT_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL *PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE(WDFQUEUE Queue, WDFREQUEST Request);
typedef EVT_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE *PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_IO_QUEUE_STATE(WDFQUEUE Queue, WDFCONTEXT Context);
typedef EVT_WDF_IO_QUEUE_STATE *PFN_WDF_IO_QUEUE_STATE;

typedef struct _WDF_IO_QUEUE_CONFIG {
    ULONG Size;
    WDF_IO_QUEUE_DISPATCH_TYPE DispatchType;
    WDF_TRI_STATE PowerManaged;
    BOOLEAN AllowZeroLengthRequests;
    BOOLEAN DefaultQueue;
    PFN_WDF_IO_QUEUE_IO_DEFAULT EvtIoDefault;
    PFN_WDF_IO_QUEUE_IO_READ EvtIoRead;
    PFN_WDF_IO_QUEUE_IO_WRITE EvtIoWrite;
    PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL EvtIoDeviceControl;
    PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL EvtIoInternalDeviceControl;
    PFN_WDF_IO_QUEUE_IO_STOP EvtIoStop;
    PFN_WDF_IO_QUEUE_IO_RESUME EvtIoResume;
    PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE EvtIoCanceledOnQueue;
    union {
        struct {
            ULONG NumberOfPresentedRequests;
        } Parallel;
    } Settings;
    WDFDRIVER Driver;
} WDF_IO_QUEUE_CONFIG, *PWDF_IO_QUEUE_CONFIG;

FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT(PWDF_IO_QUEUE_CONFIG Config,
                                          WDF_IO_QUEUE_DISPATCH_TYPE DispatchType)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = (ULONG)sizeof(*Config);
    Config->DispatchType = DispatchType;
    Config->PowerManaged = WdfUseDefault;
    if (DispatchType == WdfIoQueueDispatchParallel) {
        Config->Settings.Parallel.NumberOfPresentedRequests = (ULONG)-1;
    }
}

FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(PWDF_IO_QUEUE_CONFIG Config,
                                                        WDF_IO_QUEUE_DISPATCH_TYPE DispatchType)
{
    WDF_IO_QUEUE_CONFIG_INIT(Config, DispatchType);
    Config->DefaultQueue = TRUE;
}

typedef enum _WDF_IO_FORWARD_PROGRESS_ACTION {
    WdfIoForwardProgressActionInvalid = 0x0,
    WdfIoForwardProgressActionFailRequest,
    WdfIoForwardProgressActionUseReservedRequest,
} WDF_IO_FORWARD_PROGRESS_ACTION;

typedef enum _WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY {
    WdfIoForwardProgressInvalidPolicy = 0x0,
    WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest,
    WdfIoForwardProgressReservedPolicyUseExamine,
    WdfIoForwardProgressReservedPolicyPagingIO,
} WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY;

/* IRQL: <= DISPATCH_LEVEL. */
typedef NTSTATUS EVT_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST(WDFQUEUE Queue,
                                                                    WDFREQUEST Request);
typedef EVT_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST
    *PFN_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST;

/* IRQL: <= DISPATCH_LEVEL. */
typedef NTSTATUS EVT_WDF_IO_ALLOCATE_REQUEST_RESOURCES(WDFQUEUE Queue, WDFREQUEST Request);
typedef EVT_WDF_IO_ALLOCATE_REQUEST_RESOURCES *PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES;

/* IRQL: <= DISPATCH_LEVEL. */
typedef WDF_IO_FORWARD_PROGRESS_ACTION EVT_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS(WDFQUEUE Queue,
                                                                               PIRP Irp);
typedef EVT_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS *PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS;

typedef struct _WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS {
    union {
        struct {
            PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS EvtIoWdmIrpForForwardProgress;
        } ExaminePolicy;
    } Policy;
} WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS;

typedef struct _WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY {
    ULONG Size;
    ULONG TotalForwardProgressRequests;
    WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY ForwardProgressReservedPolicy;
    WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS ForwardProgressReservePolicySettings;
    PFN_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST EvtIoAllocateResourcesForReservedRequest;
    PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES EvtIoAllocateRequestResources;
} WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY, *PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY;

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy, ULONG TotalForwardProgressRequests)
{
    RtlZeroMemory(Policy, sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY));
    Policy->Size = (ULONG)sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY);
    Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
    Policy->ForwardProgressReservedPolicy =
        WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest;
}

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy, ULONG TotalForwardProgressRequests,
    PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS EvtIoWdmIrpForForwardProgress)
{
    RtlZeroMemory(Policy, sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY));
    Policy->Size = (ULONG)sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY);
    Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
    Policy->ForwardProgressReservedPolicy = WdfIoForwardProgressReservedPolicyUseExamine;
    Policy->ForwardProgressReservePolicySettings.Policy.ExaminePolicy
        .EvtIoWdmIrpForForwardProgress = EvtIoWdmIrpForForwardProgress;
}

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_PAGINGIO_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy, ULONG TotalForwardProgressRequests)
{
    RtlZeroMemory(Policy, sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY));
    Policy->Size = (ULONG)sizeof(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY);
    Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
    Policy->ForwardProgressReservedPolicy = WdfIoForwardProgressReservedPolicyPagingIO;
}

/* WdfIoQueueCreate: make a queue.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_INVALID_PARAMETER_4;
 *            STATUS_WDF_NO_CALLBACK; STATUS_UNSUCCESSFUL (second default queue);
 *            STATUS_INVALID_DEVICE_STATE; STATUS_INVALID_DEVICE_REQUEST (parent)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuecreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueCreate(WDFDEVICE Device, PWDF_IO_QUEUE_CONFIG Config,
                     PWDF_OBJECT_ATTRIBUTES QueueAttributes, WDFQUEUE *Queue);

/* WdfIoQueueGetState: state flags and counts; both counts are optional.
 *   Returns  flags of WDF_IO_QUEUE_STATE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuegetstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_IO_QUEUE_STATE
    WdfIoQueueGetState(WDFQUEUE Queue, PULONG QueueRequests, PULONG DriverRequests);

/* WdfIoQueueStart: accept and deliver; may deliver before it returns.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuestart
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfIoQueueStart(WDFQUEUE Queue);

/* WdfIoQueueStop: accept but do not deliver; StopComplete when the driver owns no request.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuestop
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoQueueStop(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE StopComplete, WDFCONTEXT Context);

/* WdfIoQueueStopSynchronously: the same, and wait until the driver owns no request.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuestopsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoQueueStopSynchronously(WDFQUEUE Queue);

/* WdfIoQueueGetDevice: device of the queue.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuegetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE WdfIoQueueGetDevice(WDFQUEUE Queue);

/* WdfIoQueueRetrieveNextRequest: take the first request out; the driver then owns it.
 *   Returns  STATUS_NO_MORE_ENTRIES; STATUS_WDF_PAUSED; STATUS_INVALID_DEVICE_STATE (parallel
 *            queue)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueueretrievenextrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueRetrieveNextRequest(WDFQUEUE Queue, WDFREQUEST *OutRequest);

/* WdfIoQueueRetrieveRequestByFileObject: take the first request of one open file out.
 *   Returns  as WdfIoQueueRetrieveNextRequest
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueueretrieverequestbyfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueRetrieveRequestByFileObject(WDFQUEUE Queue, WDFFILEOBJECT FileObject,
                                          WDFREQUEST *OutRequest);

/* WdfIoQueueFindRequest: look for a request behind TagRequest and reference it; it stays queued.
 *   Returns  STATUS_NO_MORE_ENTRIES; STATUS_NOT_FOUND (tag gone); STATUS_INVALID_DEVICE_REQUEST
 *            (not manual); STATUS_INVALID_PARAMETER_4
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuefindrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueFindRequest(WDFQUEUE Queue, WDFREQUEST FoundRequest, WDFFILEOBJECT FileObject,
                          PWDF_REQUEST_PARAMETERS Parameters, WDFREQUEST *OutRequest);

/* WdfIoQueueRetrieveFoundRequest: take a found request out; the reference stays with the driver.
 *   Returns  STATUS_NOT_FOUND (cancelled or taken); STATUS_WDF_PAUSED;
 *            STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueueretrievefoundrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueRetrieveFoundRequest(WDFQUEUE Queue, WDFREQUEST FoundRequest, WDFREQUEST *OutRequest);

/* WdfIoQueueDrainSynchronously: refuse new requests and wait until all others are done.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuedrainsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoQueueDrainSynchronously(WDFQUEUE Queue);

/* WdfIoQueueDrain: refuse new requests; DrainComplete when all others are done.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuedrain
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoQueueDrain(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE DrainComplete, WDFCONTEXT Context);

/* WdfIoQueuePurgeSynchronously: as WdfIoQueuePurge, and wait.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuepurgesynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoQueuePurgeSynchronously(WDFQUEUE Queue);

/* WdfIoQueuePurge: refuse new requests and cancel the queued and the cancelable; PurgeComplete
 * when none is left.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuepurge
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoQueuePurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PurgeComplete, WDFCONTEXT Context);

/* WdfIoQueueReadyNotify: be called when an empty manual queue gets a request; NULL ends it.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not manual, set already, NULL while not stopped)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuereadynotify
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoQueueReadyNotify(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE QueueReady, WDFCONTEXT Context);

/* WdfIoQueueAssignForwardProgressPolicy: reserve requests for when memory is short.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER (no requests, an unknown policy, a
 *            second one); STATUS_INSUFFICIENT_RESOURCES; what the callback returns
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueueassignforwardprogresspolicy
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfIoQueueAssignForwardProgressPolicy(
    WDFQUEUE Queue, PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY ForwardProgressPolicy);

/* WdfIoQueueStopAndPurge: cancel what is there and hold what comes; callback when none is left.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuestopandpurge
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoQueueStopAndPurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE StopAndPurgeComplete,
                           WDFCONTEXT Context);

/* WdfIoQueueStopAndPurgeSynchronously: the same, and wait.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfio/nf-wdfio-wdfioqueuestopandpurgesynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfIoQueueStopAndPurgeSynchronously(WDFQUEUE Queue);

WDF_EXTERN_C_END
