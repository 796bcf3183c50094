/* fx_format_api.c - WdfIoTargetFormatRequestFor..., and requests formatted as they came. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/target/fx_format.h"
#include "wdf/target/fx_target.h"

/* Both handles, or NULL in *target after a report. */
static struct fx_request *format_get(WDFIOTARGET target_handle, WDFREQUEST handle,
                                     struct fx_target **target, const char *api)
{
    *target = fx_target_get(target_handle);
    return *target != NULL ? fx_send_get(handle, api) : NULL;
}

static NTSTATUS format_transfer(WDFIOTARGET target_handle, WDFREQUEST handle, UCHAR major,
                                WDFMEMORY memory, PWDFMEMORY_OFFSET offset,
                                const LONGLONG *device_offset, const char *api)
{
    struct fx_target *target;
    struct fx_request *request = format_get(target_handle, handle, &target, api);
    struct fx_span data;
    NTSTATUS status;

    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_span_of_memory(memory, offset, &data);
    return NT_SUCCESS(status) ? fx_format_transfer(target, request, major, &data, device_offset)
                              : status;
}

WDFAPI NTSTATUS WdfIoTargetFormatRequestForRead(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                WDFMEMORY OutputBuffer,
                                                PWDFMEMORY_OFFSET OutputBufferOffset,
                                                PLONGLONG DeviceOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_transfer(IoTarget, Request, IRP_MJ_READ, OutputBuffer, OutputBufferOffset,
                           DeviceOffset, __func__);
}

WDFAPI NTSTATUS WdfIoTargetFormatRequestForWrite(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                 WDFMEMORY InputBuffer,
                                                 PWDFMEMORY_OFFSET InputBufferOffset,
                                                 PLONGLONG DeviceOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_transfer(IoTarget, Request, IRP_MJ_WRITE, InputBuffer, InputBufferOffset,
                           DeviceOffset, __func__);
}

static NTSTATUS format_control(WDFIOTARGET target_handle, WDFREQUEST handle, UCHAR major,
                               ULONG code, WDFMEMORY input, PWDFMEMORY_OFFSET input_offset,
                               WDFMEMORY output, PWDFMEMORY_OFFSET output_offset, const char *api)
{
    struct fx_target *target;
    struct fx_request *request = format_get(target_handle, handle, &target, api);
    struct fx_span in, out;
    NTSTATUS status;

    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_span_of_memory(input, input_offset, &in);
    if (NT_SUCCESS(status)) {
        status = fx_span_of_memory(output, output_offset, &out);
    }
    return NT_SUCCESS(status) ? fx_format_control(target, request, major, code, &in, &out) : status;
}

WDFAPI NTSTATUS WdfIoTargetFormatRequestForIoctl(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                 ULONG IoctlCode, WDFMEMORY InputBuffer,
                                                 PWDFMEMORY_OFFSET InputBufferOffset,
                                                 WDFMEMORY OutputBuffer,
                                                 PWDFMEMORY_OFFSET OutputBufferOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_control(IoTarget, Request, IRP_MJ_DEVICE_CONTROL, IoctlCode, InputBuffer,
                          InputBufferOffset, OutputBuffer, OutputBufferOffset, __func__);
}

WDFAPI NTSTATUS WdfIoTargetFormatRequestForInternalIoctl(WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                         ULONG IoctlCode, WDFMEMORY InputBuffer,
                                                         PWDFMEMORY_OFFSET InputBufferOffset,
                                                         WDFMEMORY OutputBuffer,
                                                         PWDFMEMORY_OFFSET OutputBufferOffset)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return format_control(IoTarget, Request, IRP_MJ_INTERNAL_DEVICE_CONTROL, IoctlCode, InputBuffer,
                          InputBufferOffset, OutputBuffer, OutputBufferOffset, __func__);
}

WDFAPI NTSTATUS WdfIoTargetFormatRequestForInternalIoctlOthers(
    WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, WDFMEMORY OtherArg1,
    PWDFMEMORY_OFFSET OtherArg1Offset, WDFMEMORY OtherArg2, PWDFMEMORY_OFFSET OtherArg2Offset,
    WDFMEMORY OtherArg4, PWDFMEMORY_OFFSET OtherArg4Offset)
{
    struct fx_span arguments[FX_FORMAT_MEMORIES];
    struct fx_request *request;
    struct fx_target *target;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = format_get(IoTarget, Request, &target, __func__);
    if (request == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_span_of_memory(OtherArg1, OtherArg1Offset, &arguments[0]);
    if (NT_SUCCESS(status)) {
        status = fx_span_of_memory(OtherArg2, OtherArg2Offset, &arguments[1]);
    }
    if (NT_SUCCESS(status)) {
        status = fx_span_of_memory(OtherArg4, OtherArg4Offset, &arguments[2]);
    }
    return NT_SUCCESS(status) ? fx_format_others(target, request, IoctlCode, arguments) : status;
}

/* ---- without a target ---- */

/* The request, if its IRP has a location below the driver's. */
static struct fx_request *format_get_below(WDFREQUEST handle, bool needs_own, const char *api)
{
    struct fx_request *request = fx_send_get(handle, api);
    PIRP irp;

    if (request == NULL) {
        return NULL;
    }
    irp = request->irp;
    if (irp == NULL || irp->CurrentLocation <= 1 ||
        (needs_own && irp->CurrentLocation > irp->StackCount)) {
        fx_violation(RULE_RequestNoStackLocation, FX_BUGCHECK_REQUEST, 1, request->object.handle,
                     &request->object, "%s on a request whose IRP has no location %s", api,
                     irp != NULL && irp->CurrentLocation > 1 ? "of the driver's" : "left");
        return NULL;
    }
    fx_format_release(request);
    return request;
}

WDFAPI VOID WdfRequestFormatRequestUsingCurrentType(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    request = format_get_below(Request, true, __func__);
    if (request != NULL) {
        IoCopyCurrentIrpStackLocationToNext(request->irp);
        request->send.formatted = true;
    }
}

WDFAPI VOID WdfRequestWdmFormatUsingStackLocation(WDFREQUEST Request, PIO_STACK_LOCATION Stack)
{
    struct fx_request *request;
    PIO_STACK_LOCATION next;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (fx_send_get(Request, __func__) == NULL || !fx_required(Stack)) {
        return;
    }
    request = format_get_below(Request, false, __func__);
    if (request == NULL) {
        return;
    }
    next = IoGetNextIrpStackLocation(request->irp);
    *next = *Stack;
    next->Control = 0;
    next->CompletionRoutine = NULL;
    next->Context = NULL;
    request->send.formatted = true;
}
