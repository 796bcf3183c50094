/* fx_request_create.c - requests that a driver makes to send to I/O targets, and their reuse.
 * The driver owns such a request from its creation until it deletes it; it is never completed. Its
 * IRP is ours, made for the stack of a target, or one that the driver brought.
 */
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_make.h"
#include "wdf/target/fx_target.h"

static NTSTATUS request_make(const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                             const void *caller, struct fx_make *make)
{
    struct fx_request *request;
    NTSTATUS status = parent != NULL
                          ? fx_make_under(&fx_request_type, 0, attributes, parent, caller, make)
                          : fx_make(&fx_request_type, 0, attributes, caller, make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    request = fx_object_body(make->object, struct fx_request);
    request->by_driver = true;
    request->published = true;
    request->send.irp_owner = FX_IRP_OURS;
    fx_request_set_state(request, FX_REQUEST_OWNED);
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_create_own(const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                               const void *caller, struct fx_request **out_request)
{
    struct fx_request *request;
    struct fx_make make;
    NTSTATUS status = request_make(attributes, parent, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    request = fx_object_body(make.object, struct fx_request);
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        *out_request = request;
    }
    return status;
}

WDFAPI NTSTATUS WdfRequestCreate(PWDF_OBJECT_ATTRIBUTES RequestAttributes, WDFIOTARGET IoTarget,
                                 WDFREQUEST *Request)
{
    struct fx_target *target = NULL;
    struct fx_request *request;
    struct fx_make make;
    NTSTATUS status;
    PIRP irp;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Request)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Request = NULL;
    if (IoTarget != NULL) {
        target = fx_target_get(IoTarget);
        if (target == NULL) {
            return STATUS_INVALID_PARAMETER;
        }
        if (!fx_target_is_open(target)) {
            return STATUS_INVALID_DEVICE_STATE;
        }
    }
    status = request_make(RequestAttributes, NULL, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    request = fx_object_body(make.object, struct fx_request);
    if (target != NULL) {
        status = fx_send_reserve(request, target->wdm->StackSize, KE_CALLER());
        if (!NT_SUCCESS(status)) {
            fx_make_discard(&make);
            return status;
        }
    }
    irp = request->irp;
    status = fx_make_publish(&make);
    if (!NT_SUCCESS(status)) { /* the request is gone */
        if (irp != NULL) {
            io_irp_free(irp);
        }
        return status;
    }
    *Request = fx_request_handle(request);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfRequestCreateFromIrp(PWDF_OBJECT_ATTRIBUTES RequestAttributes, PIRP Irp,
                                        BOOLEAN RequestFreesIrp, WDFREQUEST *Request)
{
    struct fx_request *request;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Irp) || !fx_required(Request)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Request = NULL;
    status = fx_request_create_own(RequestAttributes, NULL, KE_CALLER(), &request);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    request->irp = Irp;
    request->send.irp_owner = RequestFreesIrp ? FX_IRP_DRIVER_FREED : FX_IRP_DRIVER;
    *Request = fx_request_handle(request);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfRequestChangeTarget(WDFREQUEST Request, WDFIOTARGET IoTarget)
{
    struct fx_request *request;
    struct fx_target *target;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_target_get(IoTarget);
    request = target != NULL ? fx_send_get(Request, __func__) : NULL;
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_target_is_open(target)) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    return fx_send_reserve(request, target->wdm->StackSize, KE_CALLER());
}

/* The IRP as it has to be for another use. */
static void request_renew_irp(struct fx_request *request, const WDF_REQUEST_REUSE_PARAMS *params)
{
    struct fx_send *send = &request->send;

    if (params->Flags & WDF_REQUEST_REUSE_SET_NEW_IRP) {
        if (send->irp_owner == FX_IRP_OURS && request->irp != NULL) {
            io_irp_free(request->irp);
        }
        request->irp = params->NewIrp;
        if (send->irp_owner == FX_IRP_OURS || params->NewIrp == NULL) {
            send->irp_owner = params->NewIrp != NULL ? FX_IRP_DRIVER : FX_IRP_OURS;
        }
    } else if (send->irp_owner == FX_IRP_OURS && request->irp != NULL) {
        io_irp_reuse(request->irp, params->Status);
    }
    request->status = params->Status;
    if (request->irp != NULL) {
        request->irp->IoStatus.Status = params->Status;
    }
}

WDFAPI NTSTATUS WdfRequestReuse(WDFREQUEST Request, PWDF_REQUEST_REUSE_PARAMS ReuseParams)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_send_get(Request, __func__);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ReuseParams) || ReuseParams->Size != sizeof(*ReuseParams) ||
        (ReuseParams->Flags & ~(ULONG)WDF_REQUEST_REUSE_SET_NEW_IRP) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!request->by_driver && (ReuseParams->Flags & WDF_REQUEST_REUSE_SET_NEW_IRP) != 0) {
        return STATUS_WDF_REQUEST_INVALID_STATE; /* spec: REQ-43 */
    }
    fx_send_reset(request);
    request_renew_irp(request, ReuseParams);
    return STATUS_SUCCESS;
}
