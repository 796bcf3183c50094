/* fx_send_api.c - requests on their way to an I/O target: sending, cancelling, what came of it.
 * A request that is sent and forgotten goes down as it came: for the framework its life ends as
 * with a completion, only that the IRP goes to the next driver instead of back to the sender. All
 * other ways are in fx_send.c.
 */
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/target/fx_format.h"
#include "wdf/target/fx_target.h"

#define FX_SEND_ALONE                                                        \
    (WDF_REQUEST_SEND_OPTION_TIMEOUT | WDF_REQUEST_SEND_OPTION_SYNCHRONOUS | \
     WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE)
#define FX_SEND_ALL                                            \
    (FX_SEND_ALONE | WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET | \
     WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT |              \
     WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE)

NTSTATUS fx_send_check_options(const WDF_REQUEST_SEND_OPTIONS *options, ULONG allowed)
{
    if (options->Size != sizeof(*options)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((options->Flags & ~allowed) != 0 ||
        ((options->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) != 0 &&
         (options->Flags & FX_SEND_ALONE) != 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* Whether a request may go down the target's stack without us ever seeing it again. */
static NTSTATUS fx_send_check_forget(const struct fx_request *request, struct fx_target *target)
{
    if (request->by_driver) {
        return STATUS_INVALID_DEVICE_STATE; /* spec: REQ-38 */
    }
    /* Whether the file comes to be is seen in the create's completion. */
    if ((request->major == IRP_MJ_CREATE && request->file != NULL) ||
        request->send.routine != NULL ||
        (request->send.format != NULL && request->send.format->applied)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_target_is_started(target)) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (target->wdm->StackSize > request->irp->CurrentLocation) {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_send_check(const struct fx_request *request, struct fx_target *target,
                              ULONG flags)
{
    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) {
        return fx_send_check_forget(request, target);
    }
    if (!(flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) && !request->by_driver &&
        request->send.routine == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* spec: REQ-40 */
    }
    return request->send.formatted ? STATUS_SUCCESS : STATUS_REQUEST_NOT_ACCEPTED;
}

/* For WdfRequestGetStatus. */
static BOOLEAN fx_send_refuse(struct fx_request *request, NTSTATUS status)
{
    request->status = status;
    if (request->irp != NULL) {
        request->irp->IoStatus.Status = status;
    }
    return FALSE;
}

static bool fx_send_is_synchronous(const WDF_REQUEST_SEND_OPTIONS *options)
{
    return options != NULL && (options->Flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) != 0;
}

static BOOLEAN fx_send_by_options(struct fx_request *request, struct fx_target *target,
                                  const WDF_REQUEST_SEND_OPTIONS *options, const void *caller)
{
    NTSTATUS status = STATUS_SUCCESS;
    LONGLONG timeout = 0;
    ULONG flags = 0;

    if (fx_request_cancel_state(request) == FX_CANCEL_MARKED ||
        fx_request_cancel_state(request) == FX_CANCEL_DUE) {
        fx_violation(RULE_RequestCancelable, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "WdfRequestSend on a cancelable request without WdfRequestUnmarkCancelable");
        return FALSE;
    }
    if (options != NULL) {
        status = fx_send_check_options(options, FX_SEND_ALL);
        flags = options->Flags;
        timeout = flags & WDF_REQUEST_SEND_OPTION_TIMEOUT ? options->Timeout : 0;
    }
    if (NT_SUCCESS(status)) {
        status = fx_send_check(request, target, flags);
    }
    if (!NT_SUCCESS(status)) {
        return fx_send_refuse(request, status);
    }
    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) {
        return fx_request_forget(request, target->wdm, caller);
    }
    if (flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) {
        bool sent = false;

        status = fx_send_and_wait(request, target, flags, timeout, &sent);
        return sent ? TRUE : fx_send_refuse(request, status);
    }
    status = fx_send_submit(request, target, flags, timeout, NULL);
    return NT_SUCCESS(status) ? TRUE : fx_send_refuse(request, status);
}

WDFAPI BOOLEAN WdfRequestSend(WDFREQUEST Request, WDFIOTARGET Target,
                              PWDF_REQUEST_SEND_OPTIONS Options)
{
    struct fx_request *request;
    struct fx_target *target;
    BOOLEAN sent;

    if (!API(fx_send_is_synchronous(Options) ? PASSIVE_LEVEL : DISPATCH_LEVEL)) {
        return FALSE;
    }
    request = fx_send_get(Request, __func__);
    target = request != NULL ? fx_target_get(Target) : NULL;
    if (target == NULL) {
        return FALSE;
    }
    fx_object_ref(&request->object); /* another context may let go of both; dropped below */
    fx_object_ref(&target->object);
    sent = fx_send_by_options(request, target, Options, KE_CALLER());
    fx_object_deref(&target->object);
    fx_object_deref(&request->object);
    return sent;
}

WDFAPI BOOLEAN WdfRequestCancelSentRequest(WDFREQUEST Request)
{
    struct fx_request *request;
    struct fx_target *target;
    bool taken;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    request = fx_request_get(Request, __func__);
    if (request == NULL) {
        return FALSE;
    }
    if (fx_request_state(request) != FX_REQUEST_SENT) {
        request->send.refused = true; /* spec: REQ-42 */
        return FALSE;
    }
    target = request->send.target;
    fx_target_lock(target);
    if (request->send.place == FX_SEND_BELOW || request->send.place == FX_SEND_IGNORING) {
        fx_send_cancel_unlocks(request);
        return TRUE;
    }
    taken = request->send.place == FX_SEND_QUEUED && fx_send_take_locked(request);
    fx_target_unlock(target);
    if (taken) {
        fx_send_end_queued(request, STATUS_CANCELLED);
    }
    return taken;
}

WDFAPI VOID WdfRequestSetCompletionRoutine(WDFREQUEST Request,
                                           PFN_WDF_REQUEST_COMPLETION_ROUTINE CompletionRoutine,
                                           WDFCONTEXT CompletionContext)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_send_get(Request, __func__);
    if (request != NULL) {
        request->send.routine = CompletionRoutine;
        request->send.context = CompletionRoutine != NULL ? CompletionContext : NULL;
    }
}

WDFAPI VOID WdfRequestGetCompletionParams(WDFREQUEST Request, PWDF_REQUEST_COMPLETION_PARAMS Params)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_request_get(Request, __func__);
    if (request != NULL && fx_required(Params) &&
        fx_size_right(Params->Size, sizeof(*Params), "WDF_REQUEST_COMPLETION_PARAMS")) {
        fx_send_completion_params(request, Params);
    }
}

WDFAPI NTSTATUS WdfRequestAllocateTimer(WDFREQUEST Request)
{
    struct fx_request *request;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_request_get(Request, __func__);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_object_ref(&request->object); /* another context may let go of it; dropped below */
    status = fx_send_ensure_timer(request);
    fx_object_deref(&request->object);
    return status;
}
