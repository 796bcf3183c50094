/* fx_request_send.c - requests on their way to an I/O target.
 * A request goes down as it came and is forgotten: for the framework its life ends as with a
 * completion, only that the IRP goes to the next driver instead of back to the sender. The other
 * ways need a request that was formatted and, unless somebody waits, a completion routine; there is
 * nothing yet that formats one or sets the other, so they are refused as Windows refuses them.
 */
#include "nt/io/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_report.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_target.h"

#define FX_SEND_ALONE                                                        \
    (WDF_REQUEST_SEND_OPTION_TIMEOUT | WDF_REQUEST_SEND_OPTION_SYNCHRONOUS | \
     WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE)
#define FX_SEND_ALL                                            \
    (FX_SEND_ALONE | WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET | \
     WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT |              \
     WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE)

static NTSTATUS fx_send_check_options(const WDF_REQUEST_SEND_OPTIONS *options)
{
    if (options->Size != sizeof(*options)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((options->Flags & ~(ULONG)FX_SEND_ALL) != 0 ||
        ((options->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) != 0 &&
         (options->Flags & FX_SEND_ALONE) != 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* Whether a request may go down the target's stack without us ever seeing it again. */
static NTSTATUS fx_send_check_forget(const struct fx_request *request,
                                     const struct fx_target *target)
{
    /* Whether the file comes to be is seen in the create's completion. */
    if (request->major == IRP_MJ_CREATE && request->file != NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (target->wdm->StackSize > request->irp->CurrentLocation) {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_send_check(const struct fx_request *request, const struct fx_target *target,
                              const WDF_REQUEST_SEND_OPTIONS *options)
{
    ULONG flags = 0;

    if (options != NULL) {
        NTSTATUS status = fx_send_check_options(options);

        if (!NT_SUCCESS(status)) {
            return status;
        }
        flags = options->Flags;
    }
    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) {
        return fx_send_check_forget(request, target);
    }
    return flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS ? STATUS_REQUEST_NOT_ACCEPTED
                                                       : STATUS_INVALID_DEVICE_REQUEST;
}

WDFAPI BOOLEAN WdfRequestSend(WDFREQUEST Request, WDFIOTARGET Target,
                              PWDF_REQUEST_SEND_OPTIONS Options)
{
    struct fx_request *request;
    struct fx_target *target;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    request = fx_request_get_owned(Request, __func__);
    target = request != NULL ? fx_handle_get(Target, FX_TYPE_IOTARGET) : NULL;
    if (target == NULL) {
        return FALSE;
    }
    if (fx_request_cancel_state(request) == FX_CANCEL_MARKED ||
        fx_request_cancel_state(request) == FX_CANCEL_DUE) {
        fx_violation(RULE_RequestCancelable, FX_BUGCHECK_NONE, 0, 0, &request->object,
                     "%s on a cancelable request without WdfRequestUnmarkCancelable", __func__);
        return FALSE;
    }
    status = fx_send_check(request, target, Options);
    if (!NT_SUCCESS(status)) {
        request->irp->IoStatus.Status = status; /* for WdfRequestGetStatus */
        return FALSE;
    }
    return fx_request_forget(request, target->wdm, KE_CALLER());
}
