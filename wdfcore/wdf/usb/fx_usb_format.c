#include "wdf/usb/fx_usb_format.h"

#include <string.h>

#include "wdf/io/fx_request.h"
#include "wdf/object/fx_pool.h"
#include "wdf/target/fx_send_sync.h"
#include "wdf/usb/fx_usb.h"

#define STRING_MOST 255u /* bytes of a string descriptor */

/* ---- when it has come back ---- */

/* The characters go to the driver's buffer, the descriptor that they came in goes. */
static void take_string(struct fx_usb_format *usb)
{
    size_t length = usb->string->bLength >= 2 ? usb->string->bLength - 2u : 0;

    usb->params.Parameters.DeviceString.RequiredSize = (UCHAR)length;
    if (USBD_SUCCESS(usb->params.UsbdStatus) && usb->string_to != NULL) {
        memcpy(usb->string_to, usb->string->bString,
               length < usb->string_room ? length : usb->string_room);
    }
}

static void usb_completed(struct fx_request *request)
{
    struct fx_format *format = request->send.format;
    struct fx_usb_format *usb = format->usb;
    const URB *urb = usb->urb;

    usb->params.UsbdStatus = urb != NULL ? urb->UrbHeader.Status : USBD_STATUS_SUCCESS;
    switch (usb->params.Type) {
    case WdfUsbRequestTypeDeviceControlTransfer:
        usb->params.Parameters.DeviceControlTransfer.Length =
            urb->UrbControlTransfer.TransferBufferLength;
        break;
    case WdfUsbRequestTypeDeviceString:
        take_string(usb);
        break;
    case WdfUsbRequestTypePipeWrite:
        usb->params.Parameters.PipeWrite.Length =
            urb->UrbBulkOrInterruptTransfer.TransferBufferLength;
        break;
    case WdfUsbRequestTypePipeRead:
        usb->params.Parameters.PipeRead.Length =
            urb->UrbBulkOrInterruptTransfer.TransferBufferLength;
        break;
    default:
        break;
    }
    format->params.Parameters.Usb.Completion = &usb->params;
}

void fx_usb_came_length(const struct fx_sync_call *call)
{
    /* At the same place in every URB that moves data. */
    *(PULONG)call->result =
        call->request->send.format->usb->urb->UrbControlTransfer.TransferBufferLength;
}

void fx_usb_came_string(const struct fx_sync_call *call)
{
    *(UCHAR *)call->result =
        call->request->send.format->usb->params.Parameters.DeviceString.RequiredSize;
}

/* ---- before ---- */

/* An empty USB part. A driver's URB may have been in the memory of the last format: it is not touched. */
static NTSTATUS usb_begin(struct fx_request *request, WDF_USB_REQUEST_TYPE type,
                          struct fx_usb_format **out)
{
    NTSTATUS status = fx_format_ensure(request);
    struct fx_format *format = request->send.format;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (format->usb == NULL) {
        format->usb = fx_allocate(sizeof(*format->usb) + STRING_MOST + 1);
    }
    if (format->usb == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memset(format->usb, 0, sizeof(*format->usb));
    format->usb->params.Type = type;
    format->usb->urb = &format->usb->own;
    format->usb->string = (PUSB_STRING_DESCRIPTOR)(void *)(format->usb + 1);
    *out = format->usb;
    return STATUS_SUCCESS;
}

static NTSTATUS usb_end(struct fx_target *target, struct fx_request *request,
                        const struct fx_usb_format *usb, const struct fx_span *data)
{
    NTSTATUS status = fx_format_argument(target, request, IOCTL_INTERNAL_USB_SUBMIT_URB, usb->urb,
                                         data, usb_completed);

    if (NT_SUCCESS(status)) {
        request->send.format->params.Parameters.Usb.Completion = &request->send.format->usb->params;
    }
    return status;
}

static WDFMEMORY span_memory(const struct fx_span *span)
{
    return span->memory != NULL ? fx_memory_handle(span->memory) : NULL;
}

NTSTATUS fx_usb_format_control(struct fx_usb_device *usb, struct fx_request *request,
                               const WDF_USB_CONTROL_SETUP_PACKET *setup,
                               const struct fx_span *data)
{
    struct _URB_CONTROL_TRANSFER *block;
    struct fx_usb_format *format;
    NTSTATUS status;

    if (data->length > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER; /* wLength has 16 bits */
    }
    status = usb_begin(request, WdfUsbRequestTypeDeviceControlTransfer, &format);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    block = &format->own.UrbControlTransfer;
    block->Hdr.Length = sizeof(*block);
    block->Hdr.Function = URB_FUNCTION_CONTROL_TRANSFER;
    block->TransferFlags =
        USBD_DEFAULT_PIPE_TRANSFER | USBD_SHORT_TRANSFER_OK |
        (setup->Packet.bm.Request.Dir == BMREQUEST_DEVICE_TO_HOST ? USBD_TRANSFER_DIRECTION_IN
                                                                  : USBD_TRANSFER_DIRECTION_OUT);
    block->TransferBuffer = data->address;
    block->TransferBufferLength = (ULONG)data->length;
    memcpy(block->SetupPacket, setup->Generic.Bytes, sizeof(block->SetupPacket));
    block->SetupPacket[6] = (UCHAR)data->length;
    block->SetupPacket[7] = (UCHAR)(data->length >> 8);
    format->params.Parameters.DeviceControlTransfer.Buffer = span_memory(data);
    format->params.Parameters.DeviceControlTransfer.SetupPacket = *setup;
    format->params.Parameters.DeviceControlTransfer.SetupPacket.Packet.wLength =
        (USHORT)data->length;
    return usb_end(&usb->target, request, format, data);
}

NTSTATUS fx_usb_format_string(struct fx_usb_device *usb, struct fx_request *request,
                              const struct fx_span *data, UCHAR index, USHORT language)
{
    struct fx_usb_format *format;
    NTSTATUS status = usb_begin(request, WdfUsbRequestTypeDeviceString, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    memset(format->string, 0, STRING_MOST + 1);
    UsbBuildGetDescriptorRequest(&format->own, sizeof(struct _URB_CONTROL_DESCRIPTOR_REQUEST),
                                 USB_STRING_DESCRIPTOR_TYPE, index, language, format->string, NULL,
                                 STRING_MOST, NULL);
    format->string_to = data->address;
    format->string_room = data->length;
    format->params.Parameters.DeviceString.Buffer = span_memory(data);
    format->params.Parameters.DeviceString.LangID = language;
    format->params.Parameters.DeviceString.StringIndex = index;
    return usb_end(&usb->target, request, format, data);
}

static NTSTATUS check_transfer(const struct fx_usb_pipe *pipe, bool reads, size_t length)
{
    if ((pipe->info.PipeType != UsbdPipeTypeBulk && pipe->info.PipeType != UsbdPipeTypeInterrupt) ||
        fx_usb_pipe_is_in(pipe) != reads) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (length > MAXULONG) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    if (reads && !__atomic_load_n(&pipe->any_size, __ATOMIC_RELAXED) &&
        (length == 0 || length % pipe->info.MaximumPacketSize != 0)) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_format_transfer(struct fx_usb_pipe *pipe, struct fx_request *request, bool reads,
                                const struct fx_span *data)
{
    struct fx_usb_format *format;
    NTSTATUS status = check_transfer(pipe, reads, data->length);

    if (NT_SUCCESS(status)) {
        status = usb_begin(request, reads ? WdfUsbRequestTypePipeRead : WdfUsbRequestTypePipeWrite,
                           &format);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    UsbBuildInterruptOrBulkTransferRequest(
        &format->own, sizeof(struct _URB_BULK_OR_INTERRUPT_TRANSFER), pipe->info.PipeHandle,
        data->address, NULL, (ULONG)data->length,
        reads ? USBD_TRANSFER_DIRECTION_IN | USBD_SHORT_TRANSFER_OK : USBD_TRANSFER_DIRECTION_OUT,
        NULL);
    if (reads) {
        format->params.Parameters.PipeRead.Buffer = span_memory(data);
        format->params.Parameters.PipeRead.Offset = data->offset;
    } else {
        format->params.Parameters.PipeWrite.Buffer = span_memory(data);
        format->params.Parameters.PipeWrite.Offset = data->offset;
    }
    return usb_end(&pipe->target, request, format, data);
}

NTSTATUS fx_usb_format_pipe(struct fx_usb_pipe *pipe, struct fx_request *request, USHORT function)
{
    static const struct fx_span none;
    struct fx_usb_format *format;
    NTSTATUS status = usb_begin(request,
                                function == URB_FUNCTION_ABORT_PIPE ? WdfUsbRequestTypePipeAbort
                                                                    : WdfUsbRequestTypePipeReset,
                                &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    format->own.UrbHeader.Length = sizeof(struct _URB_PIPE_REQUEST);
    format->own.UrbHeader.Function = function;
    format->own.UrbPipeRequest.PipeHandle = pipe->info.PipeHandle;
    return usb_end(&pipe->target, request, format, &none);
}

NTSTATUS fx_usb_format_urb(struct fx_target *target, struct fx_request *request,
                           WDF_USB_REQUEST_TYPE type, PURB urb, const struct fx_span *data)
{
    struct fx_usb_format *format;
    NTSTATUS status;

    if (urb == NULL || (data->memory != NULL && data->length < sizeof(struct _URB_HEADER))) {
        return STATUS_INVALID_PARAMETER;
    }
    status = usb_begin(request, type, &format);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    format->urb = urb;
    if (type == WdfUsbRequestTypeDeviceUrb) {
        format->params.Parameters.DeviceUrb.Buffer = span_memory(data);
    } else {
        format->params.Parameters.PipeUrb.Buffer = span_memory(data);
    }
    return usb_end(target, request, format, data);
}

NTSTATUS fx_usb_format_cycle(struct fx_usb_device *usb, struct fx_request *request)
{
    static const struct fx_span none;
    struct fx_usb_format *format;
    NTSTATUS status = usb_begin(request, WdfUsbRequestTypeNoFormat, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    format->urb = NULL;
    return fx_format_argument(&usb->target, request, IOCTL_INTERNAL_USB_CYCLE_PORT, NULL, &none,
                              usb_completed);
}
