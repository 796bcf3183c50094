/* fx_send_sync.c - WdfIoTargetSend...Synchronously: format, send, wait, in one call.
 * Without a request of the driver's one is made for the call, a child of the target.
 */
#include "wdf/target/fx_send_sync.h"

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/target/fx_format.h"
#include "wdf/target/fx_target.h"

NTSTATUS fx_sync_begin(struct fx_sync_call *call, WDFIOTARGET target, WDFREQUEST request,
                       const WDF_REQUEST_SEND_OPTIONS *options, const char *api)
{
    NTSTATUS status = STATUS_SUCCESS;

    call->target = fx_target_get(target);
    if (call->target == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    call->made = false;
    call->flags = 0;
    call->timeout = 0;
    call->came = NULL;
    if (options != NULL) {
        status = fx_send_check_options(options, WDF_REQUEST_SEND_OPTION_TIMEOUT |
                                                    WDF_REQUEST_SEND_OPTION_SYNCHRONOUS |
                                                    WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
        call->flags = options->Flags;
        call->timeout = options->Flags & WDF_REQUEST_SEND_OPTION_TIMEOUT ? options->Timeout : 0;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (request != NULL) {
        call->request = fx_send_get(request, api);
        status = call->request != NULL ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
    } else {
        call->made = true;
        status = fx_request_create_own(NULL, &call->target->object, NULL, &call->request);
    }
    if (NT_SUCCESS(status)) { /* another context may let go of both; dropped by fx_sync_end */
        fx_object_ref(&call->request->object);
        fx_object_ref(&call->target->object);
    }
    return status;
}

/* status: of the format. */
NTSTATUS fx_sync_end(struct fx_sync_call *call, NTSTATUS status, PULONG_PTR information)
{
    if (information != NULL) {
        *information = 0;
    }
    if (NT_SUCCESS(status)) {
        bool sent = false;

        status = fx_send_and_wait(call->request, call->target, call->flags, call->timeout, &sent);
        if (sent && call->came != NULL) {
            call->came(call);
        }
        if (information != NULL && sent) {
            *information = call->request->irp->IoStatus.Information;
        }
    }
    if (call->made) {
        fx_object_delete(&call->request->object, NULL);
    }
    fx_object_deref(&call->target->object);
    fx_object_deref(&call->request->object);
    return status;
}

static NTSTATUS sync_transfer(WDFIOTARGET target, WDFREQUEST request, UCHAR major,
                              const WDF_MEMORY_DESCRIPTOR *descriptor, const LONGLONG *offset,
                              const WDF_REQUEST_SEND_OPTIONS *options, PULONG_PTR bytes,
                              const char *api)
{
    struct fx_sync_call call;
    struct fx_span data;
    NTSTATUS status = fx_sync_begin(&call, target, request, options, api);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_span_of_descriptor(descriptor, &data);
    if (NT_SUCCESS(status)) {
        status = fx_format_transfer(call.target, call.request, major, &data, offset);
    }
    return fx_sync_end(&call, status, bytes);
}

WDFAPI NTSTATUS WdfIoTargetSendReadSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                 PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                                 PLONGLONG DeviceOffset,
                                                 PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                 PULONG_PTR BytesRead)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return sync_transfer(IoTarget, Request, IRP_MJ_READ, OutputBuffer, DeviceOffset, RequestOptions,
                         BytesRead, __func__);
}

WDFAPI NTSTATUS WdfIoTargetSendWriteSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                  PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                                  PLONGLONG DeviceOffset,
                                                  PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                  PULONG_PTR BytesWritten)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return sync_transfer(IoTarget, Request, IRP_MJ_WRITE, InputBuffer, DeviceOffset, RequestOptions,
                         BytesWritten, __func__);
}

static NTSTATUS sync_control(WDFIOTARGET target, WDFREQUEST request, UCHAR major, ULONG code,
                             const WDF_MEMORY_DESCRIPTOR *input,
                             const WDF_MEMORY_DESCRIPTOR *output,
                             const WDF_REQUEST_SEND_OPTIONS *options, PULONG_PTR bytes,
                             const char *api)
{
    struct fx_sync_call call;
    struct fx_span in, out;
    NTSTATUS status = fx_sync_begin(&call, target, request, options, api);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_span_of_descriptor(input, &in);
    if (NT_SUCCESS(status)) {
        status = fx_span_of_descriptor(output, &out);
    }
    if (NT_SUCCESS(status)) {
        status = fx_format_control(call.target, call.request, major, code, &in, &out);
    }
    return fx_sync_end(&call, status, bytes);
}

WDFAPI NTSTATUS WdfIoTargetSendIoctlSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                  ULONG IoctlCode,
                                                  PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                                  PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                                  PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                  PULONG_PTR BytesReturned)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return sync_control(IoTarget, Request, IRP_MJ_DEVICE_CONTROL, IoctlCode, InputBuffer,
                        OutputBuffer, RequestOptions, BytesReturned, __func__);
}

WDFAPI NTSTATUS WdfIoTargetSendInternalIoctlSynchronously(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                          ULONG IoctlCode,
                                                          PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                                          PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                                          PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                          PULONG_PTR BytesReturned)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return sync_control(IoTarget, Request, IRP_MJ_INTERNAL_DEVICE_CONTROL, IoctlCode, InputBuffer,
                        OutputBuffer, RequestOptions, BytesReturned, __func__);
}

WDFAPI NTSTATUS WdfIoTargetSendInternalIoctlOthersSynchronously(
    WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR OtherArg1,
    PWDF_MEMORY_DESCRIPTOR OtherArg2, PWDF_MEMORY_DESCRIPTOR OtherArg4,
    PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned)
{
    const WDF_MEMORY_DESCRIPTOR *given[FX_FORMAT_MEMORIES] = {OtherArg1, OtherArg2, OtherArg4};
    struct fx_span arguments[FX_FORMAT_MEMORIES];
    struct fx_sync_call call;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_sync_begin(&call, IoTarget, Request, RequestOptions, __func__);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    for (unsigned i = 0; i < FX_FORMAT_MEMORIES && NT_SUCCESS(status); i++) {
        status = fx_span_of_descriptor(given[i], &arguments[i]);
    }
    if (NT_SUCCESS(status)) {
        status = fx_format_others(call.target, call.request, IoctlCode, arguments);
    }
    return fx_sync_end(&call, status, BytesReturned);
}
