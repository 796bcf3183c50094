/* fx_format.c - requests filled in for a target; see fx_format.h. */
#include "wdf/target/fx_format.h"

#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_pool.h"
#include "wdf/target/fx_target.h"

/* ---- buffers handed in ---- */

NTSTATUS fx_span_of_memory(WDFMEMORY handle, PWDFMEMORY_OFFSET offset, struct fx_span *span)
{
    struct fx_memory *memory;

    memset(span, 0, sizeof(*span));
    if (handle == NULL) {
        return STATUS_SUCCESS;
    }
    memory = fx_handle_get(handle, FX_TYPE_MEMORY);
    if (memory == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    span->memory = memory;
    span->length = memory->size;
    if (offset != NULL) {
        if (offset->BufferOffset > memory->size ||
            offset->BufferLength > memory->size - offset->BufferOffset) {
            return STATUS_INTEGER_OVERFLOW;
        }
        span->offset = offset->BufferOffset;
        span->length =
            offset->BufferLength != 0 ? offset->BufferLength : memory->size - offset->BufferOffset;
    }
    span->address = (char *)memory->buffer + span->offset;
    return STATUS_SUCCESS;
}

NTSTATUS fx_span_of_descriptor(const WDF_MEMORY_DESCRIPTOR *descriptor, struct fx_span *span)
{
    memset(span, 0, sizeof(*span));
    if (descriptor == NULL) {
        return STATUS_SUCCESS;
    }
    switch (descriptor->Type) {
    case WdfMemoryDescriptorTypeBuffer:
        span->address = descriptor->u.BufferType.Buffer;
        span->length = descriptor->u.BufferType.Length;
        return STATUS_SUCCESS;
    case WdfMemoryDescriptorTypeMdl:
        if (descriptor->u.MdlType.Mdl == NULL ||
            descriptor->u.MdlType.BufferLength > MmGetMdlByteCount(descriptor->u.MdlType.Mdl)) {
            return STATUS_INVALID_PARAMETER;
        }
        span->address = MmGetSystemAddressForMdlSafe(descriptor->u.MdlType.Mdl, NormalPagePriority);
        span->length = descriptor->u.MdlType.BufferLength;
        return span->address != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    case WdfMemoryDescriptorTypeHandle:
        return descriptor->u.HandleType.Memory == NULL
                   ? STATUS_INVALID_PARAMETER
                   : fx_span_of_memory(descriptor->u.HandleType.Memory,
                                       descriptor->u.HandleType.Offsets, span);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* ---- life of a format ---- */

/* The IRP's own buffers come back; ours go. */
static void format_restore(struct fx_request *request)
{
    struct fx_format *format = request->send.format;
    PIRP irp = request->irp;

    if (!format->applied) {
        return;
    }
    irp->AssociatedIrp.SystemBuffer = format->old_system;
    irp->UserBuffer = format->old_user;
    irp->MdlAddress = format->old_mdl;
    irp->Flags = format->old_flags;
    format->applied = false;
    if (format->mdl != NULL) {
        IoFreeMdl(format->mdl);
        format->mdl = NULL;
    }
    fx_free(format->system);
    format->system = NULL;
    format->output = NULL;
    format->output_length = 0;
}

void fx_format_completed(struct fx_request *request)
{
    struct fx_format *format = request->send.format;
    const IO_STATUS_BLOCK *result = &request->irp->IoStatus;
    size_t length;

    if (format == NULL || !format->applied) {
        return;
    }
    length =
        format->output_length < result->Information ? format->output_length : result->Information;
    if (format->output != NULL && !NT_ERROR(result->Status) && length != 0) {
        memcpy(format->output, format->system, length);
    }
    switch (format->params.Type) {
    case WdfRequestTypeRead:
        format->params.Parameters.Read.Length = result->Information;
        break;
    case WdfRequestTypeWrite:
        format->params.Parameters.Write.Length = result->Information;
        break;
    case WdfRequestTypeDeviceControl:
    case WdfRequestTypeDeviceControlInternal:
        format->params.Parameters.Ioctl.Output.Length = result->Information;
        break;
    default:
        break;
    }
    if (format->completed != NULL) {
        format->completed(request);
    }
    format_restore(request);
}

void fx_format_release(struct fx_request *request)
{
    struct fx_format *format = request->send.format;

    if (format == NULL) {
        return;
    }
    format_restore(request);
    for (unsigned i = 0; i < FX_FORMAT_MEMORIES; i++) {
        if (format->memories[i] != NULL) {
            fx_object_deref(&format->memories[i]->object);
            format->memories[i] = NULL;
        }
    }
    format->completed = NULL;
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&format->params);
}

void fx_format_free(struct fx_request *request)
{
    fx_format_release(request);
    if (request->send.format != NULL) {
        fx_free(request->send.format->usb);
    }
    fx_free(request->send.format);
    request->send.format = NULL;
}

/* ---- filling in ---- */

NTSTATUS fx_format_ensure(struct fx_request *request)
{
    if (request->send.format == NULL) {
        request->send.format = fx_allocate(sizeof(*request->send.format));
    }
    return request->send.format != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* An empty format of a request whose IRP has room for the target. The IRP's buffers are ours. */
static NTSTATUS format_begin(struct fx_target *target, struct fx_request *request,
                             WDF_REQUEST_TYPE type, struct fx_format **out_format)
{
    struct fx_format *format;
    NTSTATUS status;
    PIRP irp;

    if (!fx_target_is_open(target)) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    status = fx_send_reserve(request, target->wdm->StackSize, NULL);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_format_ensure(request);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    format = request->send.format;
    fx_format_release(request);
    request->send.formatted = false;
    irp = request->irp;
    format->params.Type = type;
    format->old_system = irp->AssociatedIrp.SystemBuffer;
    format->old_user = irp->UserBuffer;
    format->old_mdl = irp->MdlAddress;
    format->old_flags = irp->Flags;
    format->applied = true;
    irp->AssociatedIrp.SystemBuffer = NULL;
    irp->UserBuffer = NULL;
    irp->MdlAddress = NULL;
    RtlZeroMemory(IoGetNextIrpStackLocation(irp), sizeof(IO_STACK_LOCATION));
    *out_format = format;
    return STATUS_SUCCESS;
}

static NTSTATUS format_end(struct fx_request *request, NTSTATUS status)
{
    if (NT_SUCCESS(status)) {
        request->send.formatted = true;
    } else {
        fx_format_release(request);
    }
    return status;
}

static WDFMEMORY format_hold(struct fx_format *format, unsigned index, const struct fx_span *span)
{
    if (span->memory == NULL) {
        return NULL;
    }
    fx_object_ref(&span->memory->object); /* dropped by fx_format_release */
    format->memories[index] = span->memory;
    return fx_memory_handle(span->memory);
}

static NTSTATUS format_mdl(struct fx_format *format, PIRP irp, const struct fx_span *span)
{
    if (span->length == 0) {
        return STATUS_SUCCESS;
    }
    format->mdl = IoAllocateMdl(span->address, (ULONG)span->length, FALSE, FALSE, NULL);
    if (format->mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(format->mdl);
    irp->MdlAddress = format->mdl;
    return STATUS_SUCCESS;
}

NTSTATUS fx_format_transfer(struct fx_target *target, struct fx_request *request, UCHAR major,
                            const struct fx_span *data, const LONGLONG *device_offset)
{
    bool reads = major == IRP_MJ_READ;
    PIO_STACK_LOCATION next;
    struct fx_format *format;
    WDFMEMORY memory;
    NTSTATUS status =
        format_begin(target, request, reads ? WdfRequestTypeRead : WdfRequestTypeWrite, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    next = IoGetNextIrpStackLocation(request->irp);
    next->MajorFunction = major;
    next->Parameters.Read.Length = (ULONG)data->length; /* the same places in Parameters.Write */
    next->Parameters.Read.ByteOffset.QuadPart = device_offset != NULL ? *device_offset : 0;
    memory = format_hold(format, 0, data);
    if (reads) {
        format->params.Parameters.Read.Buffer = memory;
        format->params.Parameters.Read.Offset = data->offset;
    } else {
        format->params.Parameters.Write.Buffer = memory;
        format->params.Parameters.Write.Offset = data->offset;
    }
    if (target->wdm->Flags & DO_BUFFERED_IO) {
        request->irp->AssociatedIrp.SystemBuffer = data->address;
    } else if (target->wdm->Flags & DO_DIRECT_IO) {
        status = format_mdl(format, request->irp, data);
    } else {
        request->irp->UserBuffer = data->address;
    }
    return format_end(request, status);
}

/* A system buffer that begins with the input. */
static NTSTATUS format_system_buffer(struct fx_format *format, PIRP irp,
                                     const struct fx_span *input, size_t length)
{
    if (length == 0) {
        return STATUS_SUCCESS;
    }
    format->system = fx_allocate(length);
    if (format->system == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (input->length != 0) {
        memcpy(format->system, input->address, input->length);
    }
    irp->AssociatedIrp.SystemBuffer = format->system;
    return STATUS_SUCCESS;
}

static NTSTATUS format_control_buffers(struct fx_format *format, PIRP irp, ULONG code,
                                       const struct fx_span *input, const struct fx_span *output)
{
    NTSTATUS status;

    switch (METHOD_FROM_CTL_CODE(code)) {
    case METHOD_BUFFERED:
        format->output = output->address;
        format->output_length = output->length;
        return format_system_buffer(
            format, irp, input, input->length > output->length ? input->length : output->length);
    case METHOD_NEITHER:
        IoGetNextIrpStackLocation(irp)->Parameters.DeviceIoControl.Type3InputBuffer =
            input->address;
        irp->UserBuffer = output->address;
        return STATUS_SUCCESS;
    default:
        status = format_system_buffer(format, irp, input, input->length);
        return NT_SUCCESS(status) ? format_mdl(format, irp, output) : status;
    }
}

NTSTATUS fx_format_control(struct fx_target *target, struct fx_request *request, UCHAR major,
                           ULONG code, const struct fx_span *input, const struct fx_span *output)
{
    bool internal = major == IRP_MJ_INTERNAL_DEVICE_CONTROL;
    PIO_STACK_LOCATION next;
    struct fx_format *format;
    NTSTATUS status = format_begin(
        target, request,
        internal ? WdfRequestTypeDeviceControlInternal : WdfRequestTypeDeviceControl, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    next = IoGetNextIrpStackLocation(request->irp);
    next->MajorFunction = major;
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = (ULONG)input->length;
    next->Parameters.DeviceIoControl.OutputBufferLength = (ULONG)output->length;
    format->params.Parameters.Ioctl.IoControlCode = code;
    format->params.Parameters.Ioctl.Input.Buffer = format_hold(format, 0, input);
    format->params.Parameters.Ioctl.Input.Offset = input->offset;
    format->params.Parameters.Ioctl.Output.Buffer = format_hold(format, 1, output);
    format->params.Parameters.Ioctl.Output.Offset = output->offset;
    status = format_control_buffers(format, request->irp, code, input, output);
    return format_end(request, status);
}

NTSTATUS fx_format_others(struct fx_target *target, struct fx_request *request, ULONG code,
                          const struct fx_span arguments[FX_FORMAT_MEMORIES])
{
    PIO_STACK_LOCATION next;
    struct fx_format *format;
    NTSTATUS status = format_begin(target, request, WdfRequestTypeOther, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    next = IoGetNextIrpStackLocation(request->irp);
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    next->Parameters.Others.Argument1 = arguments[0].address;
    next->Parameters.Others.Argument2 = arguments[1].address;
    next->Parameters.Others.Argument4 = arguments[2].address;
    next->Parameters.DeviceIoControl.IoControlCode = code; /* the place of the third */
    for (unsigned i = 0; i < FX_FORMAT_MEMORIES; i++) {
        (void)format_hold(format, i, &arguments[i]);
    }
    format->params.Parameters.Others.Argument1.Ptr = arguments[0].address;
    format->params.Parameters.Others.Argument2.Ptr = arguments[1].address;
    format->params.Parameters.Others.Argument3.Value = code;
    format->params.Parameters.Others.Argument4.Ptr = arguments[2].address;
    return format_end(request, STATUS_SUCCESS);
}

NTSTATUS fx_format_argument(struct fx_target *target, struct fx_request *request, ULONG code,
                            void *argument, const struct fx_span *data,
                            void (*completed)(struct fx_request *request))
{
    PIO_STACK_LOCATION next;
    struct fx_format *format;
    NTSTATUS status = format_begin(target, request, WdfRequestTypeUsb, &format);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    next = IoGetNextIrpStackLocation(request->irp);
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.Others.Argument1 = argument;
    (void)format_hold(format, 0, data);
    format->completed = completed;
    return format_end(request, STATUS_SUCCESS);
}
