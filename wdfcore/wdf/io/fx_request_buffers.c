/* fx_request_buffers.c - the buffers of a request by transfer method.
 *                      input                         output
 * read                 -                             system buffer, or MDL
 * write                system buffer, or MDL         -
 * control, buffered    system buffer                 the same
 * control, in direct   system buffer                 MDL, to be read only
 * control, out direct  system buffer                 MDL
 * control, neither     user address: unsafe          likewise; internal control: used as they are
 * Read and write go by the device's I/O type. Whatever is made for a buffer lives until completion.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"

/* A side of a request's data. */
struct fx_buffer {
    PVOID address; /* system address; NULL with an mdl: not mapped yet */
    PMDL mdl;      /* direct I/O */
    size_t length;
    bool read_only;
};

#define FX_METHOD(code) ((code)&3u)

static NTSTATUS fx_buffer_of_transfer(const struct fx_request *request, size_t length,
                                      struct fx_buffer *buffer)
{
    ULONG flags = request->io->device->wdm->Flags;

    buffer->length = length;
    if (flags & DO_BUFFERED_IO) {
        buffer->address = request->irp->AssociatedIrp.SystemBuffer;
    } else if (flags & DO_DIRECT_IO) {
        buffer->mdl = request->irp->MdlAddress;
    } else {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_buffer_of_control(const struct fx_request *request, bool output,
                                     struct fx_buffer *buffer)
{
    const IO_STACK_LOCATION *location = fx_request_location(request);
    ULONG method = FX_METHOD(location->Parameters.DeviceIoControl.IoControlCode);

    buffer->length = output ? location->Parameters.DeviceIoControl.OutputBufferLength
                            : location->Parameters.DeviceIoControl.InputBufferLength;
    if (method == METHOD_NEITHER) {
        if (request->major != IRP_MJ_INTERNAL_DEVICE_CONTROL) {
            return STATUS_INVALID_DEVICE_REQUEST;
        }
        buffer->address = output ? request->irp->UserBuffer
                                 : location->Parameters.DeviceIoControl.Type3InputBuffer;
    } else if (output && method != METHOD_BUFFERED) {
        buffer->mdl = request->irp->MdlAddress;
        buffer->read_only = method == METHOD_IN_DIRECT;
    } else {
        buffer->address = request->irp->AssociatedIrp.SystemBuffer;
    }
    return STATUS_SUCCESS;
}

/* The data that the driver gets (input) or gives (output). */
static NTSTATUS fx_request_buffer(const struct fx_request *request, bool output,
                                  struct fx_buffer *buffer)
{
    const IO_STACK_LOCATION *location;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    RtlZeroMemory(buffer, sizeof(*buffer));
    if (request->irp == NULL) {
        return STATUS_INTERNAL_ERROR;
    }
    location = fx_request_location(request);
    if (request->major == IRP_MJ_READ && output) {
        status = fx_buffer_of_transfer(request, location->Parameters.Read.Length, buffer);
    } else if (request->major == IRP_MJ_WRITE && !output) {
        status = fx_buffer_of_transfer(request, location->Parameters.Write.Length, buffer);
    } else if (request->major == IRP_MJ_DEVICE_CONTROL ||
               request->major == IRP_MJ_INTERNAL_DEVICE_CONTROL) {
        status = fx_buffer_of_control(request, output, buffer);
    }
    if (NT_SUCCESS(status) && buffer->length == 0) {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    return status;
}

/* The same with a system address. */
static NTSTATUS fx_request_map(const struct fx_request *request, bool output,
                               struct fx_buffer *buffer)
{
    NTSTATUS status = fx_request_buffer(request, output, buffer);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (buffer->mdl != NULL && buffer->address == NULL) {
        buffer->address = MmGetSystemAddressForMdlSafe(buffer->mdl, NormalPagePriority);
        if (buffer->address == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    return buffer->address != NULL ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
}

/* A live request; a completed one that is still referenced has no buffers: STATUS_INTERNAL_ERROR.
 */
static struct fx_request *fx_request_get_for_buffer(WDFREQUEST handle, NTSTATUS *status)
{
    struct fx_request *request = fx_handle_get(handle, FX_TYPE_REQUEST);

    *status = request == NULL ? STATUS_INVALID_PARAMETER : STATUS_INTERNAL_ERROR;
    return request != NULL && request->irp != NULL && request->io != NULL ? request : NULL;
}

static NTSTATUS fx_request_retrieve_buffer(WDFREQUEST handle, bool output, size_t minimum,
                                           PVOID *address, size_t *length)
{
    struct fx_buffer buffer;
    NTSTATUS status;
    struct fx_request *request = fx_request_get_for_buffer(handle, &status);

    *address = NULL;
    if (length != NULL) {
        *length = 0;
    }
    if (request == NULL) {
        return status;
    }
    status = fx_request_map(request, output, &buffer);
    if (NT_SUCCESS(status) && buffer.length < minimum) {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    if (NT_SUCCESS(status)) {
        *address = buffer.address;
        if (length != NULL) {
            *length = buffer.length;
        }
    }
    return status;
}

WDFAPI NTSTATUS WdfRequestRetrieveInputBuffer(WDFREQUEST Request, size_t MinimumRequiredLength,
                                              PVOID *Buffer, size_t *Length)
{
    if (!API_QUIET(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Buffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_buffer(Request, false, MinimumRequiredLength, Buffer, Length);
}

WDFAPI NTSTATUS WdfRequestRetrieveOutputBuffer(WDFREQUEST Request, size_t MinimumRequiredSize,
                                               PVOID *Buffer, size_t *Length)
{
    if (!API_QUIET(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Buffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_buffer(Request, true, MinimumRequiredSize, Buffer, Length);
}

static NTSTATUS fx_request_retrieve_memory(WDFREQUEST handle, bool output, WDFMEMORY *memory)
{
    struct fx_buffer buffer;
    struct fx_memory **slot;
    NTSTATUS status;
    struct fx_request *request = fx_request_get_for_buffer(handle, &status);

    *memory = NULL;
    if (request == NULL) {
        return status;
    }
    slot = output ? &request->output : &request->input;
    if (*slot == NULL) {
        status = fx_request_map(request, output, &buffer);
        if (NT_SUCCESS(status)) {
            status = fx_memory_create_for_request(request, buffer.address, buffer.length,
                                                  buffer.read_only, slot);
        }
        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    *memory = fx_memory_handle(*slot);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfRequestRetrieveInputMemory(WDFREQUEST Request, WDFMEMORY *Memory)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_memory(Request, false, Memory);
}

WDFAPI NTSTATUS WdfRequestRetrieveOutputMemory(WDFREQUEST Request, WDFMEMORY *Memory)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_memory(Request, true, Memory);
}

/* An MDL for a buffered request is made once, with the length of the side that asks first.
 * spec: REQ-49 */
static NTSTATUS fx_request_retrieve_mdl(WDFREQUEST handle, bool output, PMDL *mdl)
{
    struct fx_buffer buffer;
    NTSTATUS status;
    struct fx_request *request = fx_request_get_for_buffer(handle, &status);

    *mdl = NULL;
    if (request == NULL) {
        return status;
    }
    status = fx_request_buffer(request, output, &buffer);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (buffer.mdl != NULL) {
        *mdl = buffer.mdl;
        return STATUS_SUCCESS;
    }
    if (buffer.address == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (request->mdl == NULL) {
        request->mdl = IoAllocateMdl(buffer.address, (ULONG)buffer.length, FALSE, FALSE, NULL);
        if (request->mdl == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        MmBuildMdlForNonPagedPool(request->mdl);
    }
    *mdl = request->mdl;
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfRequestRetrieveInputWdmMdl(WDFREQUEST Request, PMDL *Mdl)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Mdl)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_mdl(Request, false, Mdl);
}

WDFAPI NTSTATUS WdfRequestRetrieveOutputWdmMdl(WDFREQUEST Request, PMDL *Mdl)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Mdl)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_mdl(Request, true, Mdl);
}

/* ---- user addresses, in EvtIoInCallerContext ---- */

/* The user address of one side; only neither requests have any. */
static NTSTATUS fx_request_user_buffer(const struct fx_request *request, bool output,
                                       PVOID *address, size_t *length)
{
    const IO_STACK_LOCATION *location = fx_request_location(request);
    ULONG flags = request->io->device->wdm->Flags;

    if (request->major == IRP_MJ_DEVICE_CONTROL &&
        FX_METHOD(location->Parameters.DeviceIoControl.IoControlCode) == METHOD_NEITHER) {
        *address = output ? request->irp->UserBuffer
                          : location->Parameters.DeviceIoControl.Type3InputBuffer;
        *length = output ? location->Parameters.DeviceIoControl.OutputBufferLength
                         : location->Parameters.DeviceIoControl.InputBufferLength;
        return STATUS_SUCCESS;
    }
    if ((flags & (DO_BUFFERED_IO | DO_DIRECT_IO)) == 0 &&
        request->major == (output ? IRP_MJ_READ : IRP_MJ_WRITE)) {
        *address = request->irp->UserBuffer;
        *length = fx_request_length(request);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS fx_request_retrieve_user(WDFREQUEST handle, bool output, size_t minimum,
                                         PVOID *address, size_t *length)
{
    NTSTATUS status;
    struct fx_request *request = fx_request_get_for_buffer(handle, &status);
    PVOID user = NULL;
    size_t size = 0;

    *address = NULL;
    if (length != NULL) {
        *length = 0;
    }
    if (request == NULL) {
        return status;
    }
    if (!request->in_caller_context) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_request_user_buffer(request, output, &user, &size);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (size == 0 || size < minimum) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    *address = user;
    if (length != NULL) {
        *length = size;
    }
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfRequestRetrieveUnsafeUserInputBuffer(WDFREQUEST Request,
                                                        size_t MinimumRequiredLength,
                                                        PVOID *InputBuffer, size_t *Length)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(InputBuffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_user(Request, false, MinimumRequiredLength, InputBuffer, Length);
}

WDFAPI NTSTATUS WdfRequestRetrieveUnsafeUserOutputBuffer(WDFREQUEST Request,
                                                         size_t MinimumRequiredLength,
                                                         PVOID *OutputBuffer, size_t *Length)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(OutputBuffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_retrieve_user(Request, true, MinimumRequiredLength, OutputBuffer, Length);
}

/* A user range becomes a memory object of the request. Applications live in this process and are
 * never paged, so the address stays good; only its range is checked. */
static NTSTATUS fx_request_lock_user(WDFREQUEST handle, PVOID buffer, size_t length, bool read_only,
                                     WDFMEMORY *memory)
{
    NTSTATUS status;
    struct fx_request *request = fx_request_get_for_buffer(handle, &status);
    struct fx_memory *locked = NULL;

    *memory = NULL;
    if (request == NULL) {
        return status;
    }
    if (!request->in_caller_context) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (length == 0) {
        return STATUS_INVALID_USER_BUFFER;
    }
    if (buffer == NULL || (ULONG_PTR)buffer + length < (ULONG_PTR)buffer) {
        return STATUS_ACCESS_VIOLATION;
    }
    status = fx_memory_create_for_request(request, buffer, length, read_only, &locked);
    if (NT_SUCCESS(status)) {
        *memory = fx_memory_handle(locked);
    }
    return status;
}

WDFAPI NTSTATUS WdfRequestProbeAndLockUserBufferForRead(WDFREQUEST Request, PVOID Buffer,
                                                        size_t Length, WDFMEMORY *MemoryObject)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(MemoryObject)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_lock_user(Request, Buffer, Length, true, MemoryObject);
}

WDFAPI NTSTATUS WdfRequestProbeAndLockUserBufferForWrite(WDFREQUEST Request, PVOID Buffer,
                                                         size_t Length, WDFMEMORY *MemoryObject)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(MemoryObject)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_request_lock_user(Request, Buffer, Length, false, MemoryObject);
}

void fx_request_release_buffers(struct fx_request *request)
{
    if (request->mdl != NULL) {
        IoFreeMdl(request->mdl);
        request->mdl = NULL;
    }
    request->input = NULL; /* children of the request: they go with it */
    request->output = NULL;
}
