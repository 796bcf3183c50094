/* fx_usb_pipe.c - WDFUSBPIPE: an endpoint of a selected setting, as an I/O target: what it is, and
 * requests for it. Its continuous reader is fx_usb_reader.c's.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_make.h"
#include "wdf/target/fx_send_sync.h"
#include "wdf/usb/fx_usb.h"
#include "wdf/usb/fx_usb_format.h"
#include "wdf/usb/fx_usb_reader.h"

static bool pipe_dispose(struct fx_object *object)
{
    struct fx_usb_pipe *pipe = fx_object_body(object, struct fx_usb_pipe);

    return fx_target_dispose(object) && fx_usb_reader_end(pipe);
}

static void pipe_destroy(struct fx_object *object)
{
    fx_usb_reader_free(fx_object_body(object, struct fx_usb_pipe));
    fx_target_destroy(object);
}

static const struct fx_field pipe_fields[] = {
    FX_FIELD(NUMBER, "MaximumPacketSize", struct fx_usb_pipe, info.MaximumPacketSize),
    FX_FIELD_END,
};

const struct fx_type fx_usb_pipe_type = {
    .number = FX_TYPE_USBPIPE,
    .size = sizeof(struct fx_usb_pipe),
    .flags = FX_OBJECT_PASSIVE_DISPOSE | FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_NONE,
    .dispose = pipe_dispose,
    .destroy = pipe_destroy,
    .describe = fx_target_describe,
    .fields = pipe_fields,
};

static void pipe_started(struct fx_target *target)
{
    fx_usb_reader_start((struct fx_usb_pipe *)target);
}

static void pipe_stopped(struct fx_target *target)
{
    fx_usb_reader_stop((struct fx_usb_pipe *)target);
}

NTSTATUS fx_usb_pipe_make(struct fx_usb_interface *interface,
                          const WDF_OBJECT_ATTRIBUTES *attributes,
                          const USBD_PIPE_INFORMATION *information, UCHAR setting,
                          const void *caller, struct fx_usb_pipe **out)
{
    static const struct fx_target_hooks hooks = {pipe_started, pipe_stopped};
    const struct fx_target *device = &interface->usb->target;
    struct fx_usb_pipe *pipe;
    struct fx_make make;
    NTSTATUS status =
        fx_make_under(&fx_usb_pipe_type, 0, attributes, &interface->object, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    pipe = fx_object_body(make.object, struct fx_usb_pipe);
    pipe->target.wdm = device->wdm;
    pipe->target.physical = device->physical;
    pipe->target.hooks = &hooks;
    pipe->usb = interface->usb;
    pipe->interface = interface;
    pipe->info = *information;
    pipe->setting = setting;
    status = fx_target_publish(&make, device->device);
    if (NT_SUCCESS(status)) {
        *out = pipe;
    }
    return status;
}

/* ---- what it is ---- */

WDFAPI VOID WdfUsbTargetPipeGetInformation(WDFUSBPIPE Pipe,
                                           PWDF_USB_PIPE_INFORMATION PipeInformation)
{
    const struct fx_usb_pipe *pipe;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    pipe = fx_usb_pipe_get(Pipe);
    if (pipe == NULL || !fx_required(PipeInformation) ||
        !fx_size_right(PipeInformation->Size, sizeof(*PipeInformation),
                       "WDF_USB_PIPE_INFORMATION")) {
        return;
    }
    PipeInformation->MaximumPacketSize = pipe->info.MaximumPacketSize;
    PipeInformation->EndpointAddress = pipe->info.EndpointAddress;
    PipeInformation->Interval = pipe->info.Interval;
    PipeInformation->SettingIndex = pipe->setting;
    PipeInformation->PipeType = (WDF_USB_PIPE_TYPE)(pipe->info.PipeType + 1);
    PipeInformation->MaximumTransferSize = pipe->info.MaximumTransferSize;
}

WDFAPI BOOLEAN WdfUsbTargetPipeIsInEndpoint(WDFUSBPIPE Pipe)
{
    const struct fx_usb_pipe *pipe;

    if (!API_QUIET(DISPATCH_LEVEL) || (pipe = fx_usb_pipe_get(Pipe)) == NULL) {
        return FALSE;
    }
    return fx_usb_pipe_is_in(pipe);
}

WDFAPI BOOLEAN WdfUsbTargetPipeIsOutEndpoint(WDFUSBPIPE Pipe)
{
    const struct fx_usb_pipe *pipe;

    if (!API_QUIET(DISPATCH_LEVEL) || (pipe = fx_usb_pipe_get(Pipe)) == NULL) {
        return FALSE;
    }
    return !fx_usb_pipe_is_in(pipe);
}

WDFAPI WDF_USB_PIPE_TYPE WdfUsbTargetPipeGetType(WDFUSBPIPE Pipe)
{
    const struct fx_usb_pipe *pipe;

    if (!API_QUIET(DISPATCH_LEVEL) || (pipe = fx_usb_pipe_get(Pipe)) == NULL) {
        return WdfUsbPipeTypeInvalid;
    }
    return (WDF_USB_PIPE_TYPE)(pipe->info.PipeType + 1);
}

WDFAPI VOID WdfUsbTargetPipeSetNoMaximumPacketSizeCheck(WDFUSBPIPE Pipe)
{
    struct fx_usb_pipe *pipe;

    if (API(DISPATCH_LEVEL) && (pipe = fx_usb_pipe_get(Pipe)) != NULL) {
        __atomic_store_n(&pipe->any_size, true, __ATOMIC_RELAXED);
    }
}

WDFAPI USBD_PIPE_HANDLE WdfUsbTargetPipeWdmGetPipeHandle(WDFUSBPIPE UsbPipe)
{
    const struct fx_usb_pipe *pipe;

    if (!API_QUIET(DISPATCH_LEVEL) || (pipe = fx_usb_pipe_get(UsbPipe)) == NULL) {
        return NULL;
    }
    return pipe->info.PipeHandle;
}

/* ---- reading and writing ---- */

static NTSTATUS transfer_synchronously(WDFUSBPIPE handle, WDFREQUEST request,
                                       const WDF_REQUEST_SEND_OPTIONS *options, bool reads,
                                       const WDF_MEMORY_DESCRIPTOR *descriptor, PULONG moved,
                                       const char *api)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_get(handle);
    struct fx_sync_call call;
    struct fx_span data;
    NTSTATUS status;

    if (pipe == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (moved != NULL) {
        *moved = 0;
    }
    status = fx_sync_begin(&call, (WDFIOTARGET)handle, request, options, api);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_span_of_descriptor(descriptor, &data);
    if (NT_SUCCESS(status)) {
        status = fx_usb_format_transfer(pipe, call.request, reads, &data);
    }
    call.came = moved != NULL ? fx_usb_came_length : NULL;
    call.result = moved;
    return fx_sync_end(&call, status, NULL);
}

WDFAPI NTSTATUS WdfUsbTargetPipeWriteSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                   PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                   PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                                   PULONG BytesWritten)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return transfer_synchronously(Pipe, Request, RequestOptions, false, MemoryDescriptor,
                                  BytesWritten, __func__);
}

WDFAPI NTSTATUS WdfUsbTargetPipeReadSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                  PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                  PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                                  PULONG BytesRead)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return transfer_synchronously(Pipe, Request, RequestOptions, true, MemoryDescriptor, BytesRead,
                                  __func__);
}

static NTSTATUS format_transfer(WDFUSBPIPE handle, WDFREQUEST request_handle, bool reads,
                                WDFMEMORY memory, PWDFMEMORY_OFFSET offset, const char *api)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_get(handle);
    struct fx_request *request = pipe != NULL ? fx_send_get(request_handle, api) : NULL;
    struct fx_span data;
    NTSTATUS status;

    if (request == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_span_of_memory(memory, offset, &data);
    return NT_SUCCESS(status) ? fx_usb_format_transfer(pipe, request, reads, &data) : status;
}

WDFAPI NTSTATUS WdfUsbTargetPipeFormatRequestForWrite(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                      WDFMEMORY WriteMemory,
                                                      PWDFMEMORY_OFFSET WriteOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_transfer(Pipe, Request, false, WriteMemory, WriteOffset, __func__);
}

WDFAPI NTSTATUS WdfUsbTargetPipeFormatRequestForRead(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                     WDFMEMORY ReadMemory,
                                                     PWDFMEMORY_OFFSET ReadOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_transfer(Pipe, Request, true, ReadMemory, ReadOffset, __func__);
}

/* ---- abort and reset ---- */

static NTSTATUS pipe_synchronously(WDFUSBPIPE handle, WDFREQUEST request,
                                   const WDF_REQUEST_SEND_OPTIONS *options, USHORT function,
                                   const char *api)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_get(handle);
    struct fx_sync_call call;
    NTSTATUS status;

    if (pipe == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_sync_begin(&call, (WDFIOTARGET)handle, request, options, api);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    call.flags |=
        WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE; /* a stopped pipe is put right, too */
    return fx_sync_end(&call, fx_usb_format_pipe(pipe, call.request, function), NULL);
}

WDFAPI NTSTATUS WdfUsbTargetPipeAbortSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                   PWDF_REQUEST_SEND_OPTIONS RequestOptions)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return pipe_synchronously(Pipe, Request, RequestOptions, URB_FUNCTION_ABORT_PIPE, __func__);
}

WDFAPI NTSTATUS WdfUsbTargetPipeResetSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                   PWDF_REQUEST_SEND_OPTIONS RequestOptions)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return pipe_synchronously(Pipe, Request, RequestOptions, URB_FUNCTION_RESET_PIPE, __func__);
}

static NTSTATUS format_pipe(WDFUSBPIPE handle, WDFREQUEST request_handle, USHORT function,
                            const char *api)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_get(handle);
    struct fx_request *request = pipe != NULL ? fx_send_get(request_handle, api) : NULL;

    return request != NULL ? fx_usb_format_pipe(pipe, request, function) : STATUS_INVALID_PARAMETER;
}

WDFAPI NTSTATUS WdfUsbTargetPipeFormatRequestForAbort(WDFUSBPIPE Pipe, WDFREQUEST Request)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_pipe(Pipe, Request, URB_FUNCTION_ABORT_PIPE, __func__);
}

WDFAPI NTSTATUS WdfUsbTargetPipeFormatRequestForReset(WDFUSBPIPE Pipe, WDFREQUEST Request)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_pipe(Pipe, Request, URB_FUNCTION_RESET_PIPE, __func__);
}

/* ---- URBs ---- */

WDFAPI NTSTATUS WdfUsbTargetPipeSendUrbSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                                     PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                     PURB Urb)
{
    static const struct fx_span none;
    struct fx_usb_pipe *pipe;
    struct fx_sync_call call;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pipe = fx_usb_pipe_get(Pipe);
    if (pipe == NULL || !fx_required(Urb)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_sync_begin(&call, (WDFIOTARGET)Pipe, Request, RequestOptions, __func__);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_usb_format_urb(&pipe->target, call.request, WdfUsbRequestTypePipeUrb, Urb, &none);
    return fx_sync_end(&call, status, NULL);
}

WDFAPI NTSTATUS WdfUsbTargetPipeFormatRequestForUrb(WDFUSBPIPE PIPE, WDFREQUEST Request,
                                                    WDFMEMORY UrbMemory,
                                                    PWDFMEMORY_OFFSET UrbMemoryOffset)
{
    struct fx_usb_pipe *pipe;
    struct fx_request *request;
    struct fx_span data;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pipe = fx_usb_pipe_get(PIPE);
    request = pipe != NULL ? fx_send_get(Request, __func__) : NULL;
    if (request == NULL || fx_handle_get(UrbMemory, FX_TYPE_MEMORY) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_span_of_memory(UrbMemory, UrbMemoryOffset, &data);
    return NT_SUCCESS(status) ? fx_usb_format_urb(&pipe->target, request, WdfUsbRequestTypePipeUrb,
                                                  data.address, &data)
                              : status;
}
