/* fx_request_api.c - what a driver may ask about a request. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"

static WDF_REQUEST_TYPE fx_request_type_of(UCHAR major)
{
    switch (major) {
    case IRP_MJ_CREATE:
        return WdfRequestTypeCreate;
    case IRP_MJ_READ:
        return WdfRequestTypeRead;
    case IRP_MJ_WRITE:
        return WdfRequestTypeWrite;
    case IRP_MJ_DEVICE_CONTROL:
        return WdfRequestTypeDeviceControl;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return WdfRequestTypeDeviceControlInternal;
    default:
        return WdfRequestTypeOther;
    }
}

static void fx_request_control_parameters(const IO_STACK_LOCATION *location,
                                          PWDF_REQUEST_PARAMETERS parameters)
{
    parameters->Parameters.DeviceIoControl.OutputBufferLength =
        location->Parameters.DeviceIoControl.OutputBufferLength;
    parameters->Parameters.DeviceIoControl.InputBufferLength =
        location->Parameters.DeviceIoControl.InputBufferLength;
    parameters->Parameters.DeviceIoControl.IoControlCode =
        location->Parameters.DeviceIoControl.IoControlCode;
    parameters->Parameters.DeviceIoControl.Type3InputBuffer =
        location->Parameters.DeviceIoControl.Type3InputBuffer;
}

void fx_request_parameters(const struct fx_request *request, PWDF_REQUEST_PARAMETERS parameters)
{
    const IO_STACK_LOCATION *location = fx_request_location(request);

    RtlZeroMemory(parameters, sizeof(*parameters));
    parameters->Size = sizeof(*parameters);
    parameters->MinorFunction = location->MinorFunction;
    parameters->Type = fx_request_type_of(request->major);
    switch (request->major) {
    case IRP_MJ_CREATE:
        parameters->Parameters.Create.SecurityContext = location->Parameters.Create.SecurityContext;
        parameters->Parameters.Create.Options = location->Parameters.Create.Options;
        parameters->Parameters.Create.FileAttributes = location->Parameters.Create.FileAttributes;
        parameters->Parameters.Create.ShareAccess = location->Parameters.Create.ShareAccess;
        parameters->Parameters.Create.EaLength = location->Parameters.Create.EaLength;
        break;
    case IRP_MJ_READ:
        parameters->Parameters.Read.Length = location->Parameters.Read.Length;
        parameters->Parameters.Read.Key = location->Parameters.Read.Key;
        parameters->Parameters.Read.DeviceOffset = location->Parameters.Read.ByteOffset.QuadPart;
        break;
    case IRP_MJ_WRITE:
        parameters->Parameters.Write.Length = location->Parameters.Write.Length;
        parameters->Parameters.Write.Key = location->Parameters.Write.Key;
        parameters->Parameters.Write.DeviceOffset = location->Parameters.Write.ByteOffset.QuadPart;
        break;
    default:
        fx_request_control_parameters(location, parameters);
        break;
    }
}

WDFAPI VOID WdfRequestGetParameters(WDFREQUEST Request, PWDF_REQUEST_PARAMETERS Parameters)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_request_get(Request, __func__);
    if (request == NULL || !fx_required(Parameters) ||
        !fx_size_right(Parameters->Size, sizeof(*Parameters), "WDF_REQUEST_PARAMETERS") ||
        request->irp == NULL || request->irp->CurrentLocation > request->irp->StackCount) {
        return;
    }
    fx_request_parameters(request, Parameters);
}

WDFAPI VOID WdfRequestSetInformation(WDFREQUEST Request, ULONG_PTR Information)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return;
    }
    request = fx_request_get(Request, __func__);
    if (request != NULL && request->irp != NULL) {
        request->irp->IoStatus.Information = Information;
    }
}

WDFAPI ULONG_PTR WdfRequestGetInformation(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL && request->irp != NULL ? request->irp->IoStatus.Information : 0;
}

WDFAPI NTSTATUS WdfRequestGetStatus(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = fx_handle_get(Request, FX_TYPE_REQUEST);
    if (request == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return request->irp != NULL ? request->irp->IoStatus.Status : request->status;
}

WDFAPI WDFQUEUE WdfRequestGetIoQueue(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    request = fx_handle_get(Request, FX_TYPE_REQUEST);
    return request != NULL && request->queue != NULL &&
                   fx_request_state(request) != FX_REQUEST_COMPLETED
               ? fx_queue_handle(request->queue)
               : NULL;
}

WDFAPI WDFFILEOBJECT WdfRequestGetFileObject(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL ? fx_file_handle(request->file) : NULL;
}

WDFAPI KPROCESSOR_MODE WdfRequestGetRequestorMode(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return KernelMode;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL && request->irp != NULL ? request->irp->RequestorMode : KernelMode;
}

WDFAPI ULONG WdfRequestGetRequestorProcessId(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL && request->irp != NULL ? IoGetRequestorProcessId(request->irp) : 0;
}

WDFAPI BOOLEAN WdfRequestIsFrom32BitProcess(WDFREQUEST Request)
{
    if (API_QUIET(DISPATCH_LEVEL)) {
        (void)fx_request_get(Request, __func__);
    }
    return FALSE; /* there are no 32-bit applications here */
}

WDFAPI BOOLEAN WdfRequestIsReserved(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return FALSE;
    }
    request = fx_request_get(Request, __func__);
    return request != NULL && request->reserved;
}

WDFAPI PIRP WdfRequestWdmGetIrp(WDFREQUEST Request)
{
    struct fx_request *request;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    request = fx_handle_get(Request, FX_TYPE_REQUEST);
    return request != NULL ? request->irp : NULL;
}

WDFAPI NTSTATUS WdfDeviceEnqueueRequest(WDFDEVICE Device, WDFREQUEST Request)
{
    struct fx_device *device;
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    request = device != NULL ? fx_request_get_owned(Request, __func__) : NULL;
    if (request == NULL || request->io != device->io || !request->in_caller_context) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_io_enqueue(device->io, request);
}
