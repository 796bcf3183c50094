/* fx_queue_reserve.c - guaranteed forward progress: requests that a queue has set aside for when memory,
 * or what the driver needs for a request, is short.
 *
 * Normal path: an IRP gets a request of its own, and the driver what it needs for it
 * (EvtIoAllocateRequestResources). If one of the two fails the policy says whether the IRP may have a
 * reserved request: if none is free the IRP waits until one comes back. A reserved request that is
 * completed comes back instead of going; its contexts and children stay.
 * Failure: an IRP that may not have one is completed with what failed.
 * Teardown: the queue goes when nobody owns a request of it; the free ones go with it, one that is not back
 * yet goes when it is. IRPs that wait are cancelled with what is queued.
 */
#include "wdf/io/fx_queue_reserve.h"

#include "base/random.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_pool.h"

#define RESERVE_CONTEXT 3 /* of Tail.Overlay.DriverContext, while an IRP waits: its queue */

/* Keys: (c) constant once published; (q) queue lock */
struct fx_reserve {
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy; /* (c) */
    struct fx_request *free;                     /* (q) by next */
    LIST_ENTRY waiting;                          /* (q) IRPs, oldest first */
    bool serving;              /* (q) some context gives requests to those that wait */
    bool ended;                /* (q) the queue goes */
    struct base_random chance; /* (q) of EnhancedVerifierOptions */
};

/* ---- IRPs that wait ---- */

static VOID reserve_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx_queue *queue = irp->Tail.Overlay.DriverContext[RESERVE_CONTEXT];

    IoReleaseCancelSpinLock(irp->CancelIrql);
    fx_queue_lock(queue);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    fx_queue_unlock(queue);
    fx_io_complete(irp, STATUS_CANCELLED, 0);
    fx_object_deref(&queue->object);
}

/* reserve_hold_locked: the IRP waits and has a reference on the queue. false: it is cancelled. */
static bool reserve_hold_locked(struct fx_queue *queue, PIRP irp)
{
    irp->Tail.Overlay.DriverContext[RESERVE_CONTEXT] = queue;
    fx_object_ref(&queue->object); /* dropped by who takes it off the list */
    InsertTailList(&queue->reserve->waiting, &irp->Tail.Overlay.ListEntry);
    IoSetCancelRoutine(irp, reserve_cancel);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        RemoveEntryList(&irp->Tail.Overlay.ListEntry);
        return false;
    }
    return true;
}

/* reserve_next_locked: the oldest IRP (of the file) that is not being cancelled, off the list; NULL:
 * none. Its reference on the queue is the caller's. */
static PIRP reserve_next_locked(struct fx_reserve *reserve, const FILE_OBJECT *file)
{
    PLIST_ENTRY entry = reserve->waiting.Flink;

    for (; entry != &reserve->waiting; entry = entry->Flink) {
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if ((file == NULL || IoGetCurrentIrpStackLocation(irp)->FileObject == file) &&
            IoSetCancelRoutine(irp, NULL) != NULL) {
            RemoveEntryList(entry);
            return irp;
        }
    }
    return NULL;
}

void fx_reserve_drop_waiting(struct fx_queue *queue, const struct fx_file *file)
{
    PIRP irp;

    do {
        fx_queue_lock(queue);
        irp = reserve_next_locked(queue->reserve, file != NULL ? file->wdm : NULL);
        fx_queue_unlock(queue);
        if (irp != NULL) {
            fx_io_complete(irp, STATUS_CANCELLED, 0);
            fx_object_deref(&queue->object);
        }
    } while (irp != NULL);
}

/* ---- reserved requests ---- */

static void reserve_start(struct fx_queue *queue, struct fx_request *request, PIRP irp)
{
    request->home = queue; /* the IRP's reference: dropped when the request comes back */
    fx_request_renew(request, irp);
    fx_io_put(queue, request);
}

/* reserve_serve: as long as there are both, the oldest IRP gets a request. One context at a time, so
 * that IRPs that are refused at once do not nest. */
static void reserve_serve(struct fx_queue *queue)
{
    struct fx_reserve *reserve = queue->reserve;

    fx_queue_lock(queue);
    if (!reserve->serving) {
        PIRP irp;

        reserve->serving = true;
        while (reserve->free != NULL && (irp = reserve_next_locked(reserve, NULL)) != NULL) {
            struct fx_request *request = reserve->free;

            reserve->free = request->next;
            fx_queue_unlock(queue);
            reserve_start(queue, request, irp);
            fx_queue_lock(queue);
        }
        reserve->serving = false;
    }
    fx_queue_unlock(queue);
}

void fx_reserve_take_back(struct fx_request *request)
{
    struct fx_queue *queue = request->home;
    bool ended;

    fx_send_reset(request);
    fx_queue_lock(queue);
    ended = queue->reserve->ended;
    if (!ended) {
        request->next = queue->reserve->free;
        queue->reserve->free = request;
    }
    fx_queue_unlock(queue);
    if (ended) {
        fx_object_delete(&request->object, NULL);
    } else {
        reserve_serve(queue);
    }
    fx_object_deref(&queue->object);
}

/* ---- arrival ---- */

static bool reserve_examine(struct fx_queue *queue, PIRP irp)
{
    PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS examine =
        queue->reserve->policy.ForwardProgressReservePolicySettings.Policy.ExaminePolicy
            .EvtIoWdmIrpForForwardProgress;
    WDF_IO_FORWARD_PROGRESS_ACTION action = WdfIoForwardProgressActionFailRequest;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtIoWdmIrpForForwardProgress", (const void *)examine, &queue->object,
                      NULL)) {
        action = examine(fx_queue_handle(queue), irp);
        fx_call_leave(&call);
    }
    return action == WdfIoForwardProgressActionUseReservedRequest;
}

static bool reserve_is_for(struct fx_queue *queue, PIRP irp)
{
    switch (queue->reserve->policy.ForwardProgressReservedPolicy) {
    case WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest:
        return true;
    case WdfIoForwardProgressReservedPolicyPagingIO:
        return (irp->Flags & IRP_PAGING_IO) != 0;
    case WdfIoForwardProgressReservedPolicyUseExamine:
        return reserve_examine(queue, irp);
    default:
        return false;
    }
}

void fx_reserve_use(struct fx_queue *queue, PIRP irp, NTSTATUS failure)
{
    bool waits;

    irp->IoStatus.Information = 0;
    if (!reserve_is_for(queue, irp)) {
        fx_io_complete(irp, failure, 0);
        return;
    }
    fx_object_ref(&queue->object); /* over the search for a request; dropped below */
    fx_queue_lock(queue);
    waits = reserve_hold_locked(queue, irp);
    fx_queue_unlock(queue);
    if (waits) {
        reserve_serve(queue);
    } else {
        fx_io_complete(irp, STATUS_CANCELLED, 0);
        fx_object_deref(&queue->object); /* the IRP's */
    }
    fx_object_deref(&queue->object);
}

/* The driver gets what it needs for one more request. */
static NTSTATUS reserve_call_allocate(struct fx_queue *queue, struct fx_request *request)
{
    PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES allocate =
        queue->reserve->policy.EvtIoAllocateRequestResources;
    NTSTATUS status;
    struct fx_call call;

    if (allocate == NULL) {
        return STATUS_SUCCESS;
    }
    status = fx_request_publish(request);
    if (NT_SUCCESS(status)) {
        status = STATUS_UNSUCCESSFUL;
        if (fx_call_enter(&call, "EvtIoAllocateRequestResources", (const void *)allocate,
                          &queue->object, NULL)) {
            status = allocate(fx_queue_handle(queue), fx_request_handle(request));
            fx_call_leave(&call);
        }
    }
    return status;
}

/* KMDF's verifier tests forward progress: there is no memory for the request. */
static bool reserve_fails_on_purpose(struct fx_queue *queue)
{
    uint32_t options = queue->object.globals->settings.enhanced;
    bool fails = (options & FX_ENHANCED_FAIL_ALL) != 0;

    if (!fails && (options & FX_ENHANCED_FAIL_RANDOM) != 0) {
        fx_queue_lock(queue);
        fails = base_random_below(&queue->reserve->chance, 17) == 0;
        fx_queue_unlock(queue);
    }
    return fails;
}

void fx_reserve_arrive(struct fx_queue *queue, PIRP irp)
{
    struct fx_request *request = fx_io_make_request(queue->io, irp);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    IoMarkIrpPending(irp);
    if (request != NULL && reserve_fails_on_purpose(queue)) {
        fx_request_unmake(request);
        request = NULL;
    }
    if (request != NULL) {
        status = reserve_call_allocate(queue, request);
        if (NT_SUCCESS(status)) {
            fx_io_put(queue, request);
            return;
        }
        fx_request_unmake(request);
    }
    fx_reserve_use(queue, irp, status);
}

/* ---- the policy ---- */

static void reserve_free(struct fx_reserve *reserve)
{
    while (reserve->free != NULL) {
        struct fx_request *request = reserve->free;

        reserve->free = request->next;
        fx_object_delete(&request->object, NULL);
    }
}

void fx_reserve_end(struct fx_queue *queue)
{
    struct fx_request *request;

    fx_reserve_drop_waiting(queue, NULL);
    do {
        fx_queue_lock(queue);
        queue->reserve->ended = true;
        request = queue->reserve->free;
        queue->reserve->free = request != NULL ? request->next : NULL;
        fx_queue_unlock(queue);
        if (request != NULL) {
            fx_object_delete(&request->object, NULL);
        }
    } while (request != NULL);
}

void fx_reserve_destroy(struct fx_queue *queue)
{
    fx_free(queue->reserve);
    queue->reserve = NULL;
}

static NTSTATUS reserve_call_prepare(struct fx_queue *queue, const struct fx_reserve *reserve,
                                     struct fx_request *request)
{
    PFN_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST prepare =
        reserve->policy.EvtIoAllocateResourcesForReservedRequest;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (prepare != NULL && fx_call_enter(&call, "EvtIoAllocateResourcesForReservedRequest",
                                         (const void *)prepare, &queue->object, NULL)) {
        status = prepare(fx_queue_handle(queue), fx_request_handle(request));
        fx_call_leave(&call);
    }
    return status;
}

/* spec: QUE-54 */
static NTSTATUS reserve_fill(struct fx_queue *queue, struct fx_reserve *reserve)
{
    struct fx_request **end = &reserve->free;
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; i < reserve->policy.TotalForwardProgressRequests && NT_SUCCESS(status); i++) {
        struct fx_request *request = fx_request_create_reserved(queue->io);

        if (request == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        status = reserve_call_prepare(queue, reserve, request);
        fx_request_set_state(request, FX_REQUEST_COMPLETED); /* until it has an IRP */
        *end = request;
        end = &request->next;
    }
    return status;
}

static NTSTATUS reserve_check(const WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY *policy)
{
    if (policy->Size != sizeof(*policy)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (policy->TotalForwardProgressRequests == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    switch (policy->ForwardProgressReservedPolicy) {
    case WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest:
    case WdfIoForwardProgressReservedPolicyPagingIO:
        return STATUS_SUCCESS;
    case WdfIoForwardProgressReservedPolicyUseExamine:
        return policy->ForwardProgressReservePolicySettings.Policy.ExaminePolicy
                           .EvtIoWdmIrpForForwardProgress != NULL
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* reserve_publish: false: the queue has one, or goes. */
static bool reserve_publish(struct fx_queue *queue, struct fx_reserve *reserve)
{
    bool published;

    fx_queue_lock(queue);
    published = queue->reserve == NULL && !queue->deleted;
    if (published) {
        __atomic_store_n(&queue->reserve, reserve, __ATOMIC_RELEASE);
    }
    fx_queue_unlock(queue);
    return published;
}

WDFAPI NTSTATUS WdfIoQueueAssignForwardProgressPolicy(
    WDFQUEUE Queue, PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY ForwardProgressPolicy)
{
    struct fx_reserve *reserve;
    struct fx_queue *queue;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (queue == NULL || !fx_required(ForwardProgressPolicy)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = reserve_check(ForwardProgressPolicy);
    if (NT_SUCCESS(status) && fx_queue_reserve(queue) != NULL) {
        status = STATUS_INVALID_PARAMETER; /* it has a policy */
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    reserve = fx_allocate(sizeof(*reserve));
    if (reserve == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    reserve->policy = *ForwardProgressPolicy;
    InitializeListHead(&reserve->waiting);
    base_random_init(&reserve->chance, ke_machine.config.seed);
    status = reserve_fill(queue, reserve);
    if (NT_SUCCESS(status) && !reserve_publish(queue, reserve)) {
        status = STATUS_INVALID_PARAMETER;
    }
    if (!NT_SUCCESS(status)) {
        reserve_free(reserve);
        fx_free(reserve);
    }
    return status;
}
