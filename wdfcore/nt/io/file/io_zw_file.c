/* io_zw_file.c - files by handle: devices of the machine, which is all that its object namespace has.
 * Each call waits for its request; an event that the caller names is set when it is done.
 */
#include <ntddk.h>

#include "nt/io/file/io_file.h"
#include "nt/io/file/io_zw_file.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_build.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

#define ZW_SCRATCH 64 /* bytes of a small request need no allocation */

/* What names are relative to, referenced; NULL: they are absolute. */
static NTSTATUS zw_root(HANDLE root, PFILE_OBJECT *related)
{
    *related = root != NULL ? ob_handle_reference(root) : NULL;
    if (root != NULL && *related == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (*related != NULL && !ob_is(*related, &io_file_type)) {
        ob_deref(*related);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS zw_open(PHANDLE handle, POBJECT_ATTRIBUTES attributes, struct io_open *how,
                        PIO_STATUS_BLOCK status_block)
{
    PFILE_OBJECT file = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (attributes == NULL || attributes->ObjectName == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (how->disposition > FILE_MAXIMUM_DISPOSITION) {
        return STATUS_INVALID_PARAMETER;
    }
    status = zw_root(attributes->RootDirectory, &how->related);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = io_file_open_as(attributes->ObjectName, how, &file);
    if (how->related != NULL) {
        ob_deref(how->related);
    }
    if (NT_SUCCESS(status)) {
        HANDLE opened = ob_handle_create_as(file, how->access, attributes->Attributes);

        if (opened == NULL) {
            io_file_close(file);
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            ob_deref(file); /* the handle's reference is the only one: closing it closes the file */
            *handle = opened;
        }
    }
    status_block->Status = status;
    status_block->Information = !NT_SUCCESS(status)     ? 0
                                : how->information == 0 ? FILE_OPENED
                                                        : how->information;
    return status;
}

NTSTATUS ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                      PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                      ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return zw_open(FileHandle, ObjectAttributes,
                   &(struct io_open){
                       .access = DesiredAccess,
                       .options = CreateOptions,
                       .disposition = CreateDisposition,
                       .share = ShareAccess,
                       .attributes = FileAttributes,
                       .allocation = AllocationSize != NULL ? AllocationSize->QuadPart : 0,
                   },
                   IoStatusBlock);
}

NTSTATUS IoCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                      PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                      ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                      CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options)
{
    UNREFERENCED_PARAMETER(InternalParameters);
    UNREFERENCED_PARAMETER(Options);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (CreateFileType != CreateFileTypeNone) {
        return STATUS_NOT_IMPLEMENTED; /* there are neither pipes nor mailslots */
    }
    return ZwCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, AllocationSize,
                        FileAttributes, ShareAccess, Disposition, CreateOptions, EaBuffer,
                        EaLength);
}

NTSTATUS ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                    POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                    ULONG ShareAccess, ULONG OpenOptions)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return zw_open(FileHandle, ObjectAttributes,
                   &(struct io_open){
                       .access = DesiredAccess,
                       .options = OpenOptions,
                       .disposition = FILE_OPEN,
                       .share = ShareAccess,
                   },
                   IoStatusBlock);
}

/* ---- requests ---- */

/* What a request holds, when it is not sent. */
static void zw_release(const struct zw_request *request)
{
    if (request->irp != NULL) {
        io_irp_free(request->irp);
    }
    if (request->event != NULL) {
        ob_deref(request->event);
    }
    if (request->file != NULL) {
        ob_deref(request->file);
    }
}

/* The objects that the caller's handles stand for, and an IRP for the file's device. */
NTSTATUS zw_prepare(struct zw_request *request, HANDLE file, HANDLE event, PIO_APC_ROUTINE apc)
{
    void *body = ob_handle_lookup(file);
    void *signal = event != NULL ? ob_handle_lookup(event) : NULL;

    *request = (struct zw_request){0};
    if (body == NULL || (event != NULL && signal == NULL)) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(body, &io_file_type) || (signal != NULL && !ob_is(signal, &ob_event_type))) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (apc != NULL) {
        return STATUS_NOT_IMPLEMENTED; /* nobody delivers APCs */
    }
    request->file = body;
    ob_ref(body);
    if (signal != NULL) {
        request->event = signal;
        ob_ref(signal);
        KeClearEvent(request->event);
    }
    request->top = io_device_top(request->file->DeviceObject);
    request->irp = io_irp_allocate(request->top->StackSize, NULL, NULL);
    if (request->irp == NULL) {
        zw_release(request);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

/* Send what was built, wait, and report. Ends the request. */
NTSTATUS zw_send(struct zw_request *request, PIO_STATUS_BLOCK status_block)
{
    PIRP irp = request->irp;
    NTSTATUS status = STATUS_NO_SUCH_DEVICE;

    IoGetNextIrpStackLocation(irp)->FileObject = request->file;
    irp->Flags |= IRP_SYNCHRONOUS_API;
    if (io_file_begin(request->file, irp)) {
        status = io_irp_send_and_wait(request->top, irp);
        io_file_end(request->file, irp);
        status_block->Information = irp->IoStatus.Information;
    } else {
        irp->Flags &= ~(ULONG)IRP_INPUT_OPERATION; /* nothing to copy back */
        status_block->Information = 0;
    }
    io_build_finish(irp);
    status_block->Status = status;
    if (request->event != NULL) {
        KeSetEvent(request->event, IO_NO_INCREMENT, FALSE);
    }
    zw_release(request);
    return status;
}

static NTSTATUS zw_transfer(struct zw_request *request, UCHAR major, PVOID buffer, ULONG length,
                            const LARGE_INTEGER *offset, const ULONG *key,
                            PIO_STATUS_BLOCK status_block)
{
    UCHAR small[ZW_SCRATCH];
    const struct io_scratch scratch = {small, sizeof(small)};
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);
    LARGE_INTEGER at = offset != NULL ? *offset : request->file->CurrentByteOffset;
    PFILE_OBJECT file = request->file;
    NTSTATUS status = STATUS_SUCCESS;

    if (!io_build_transfer(request->irp, request->top, major, buffer, length, &scratch)) {
        zw_release(request);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (major == IRP_MJ_READ) {
        next->Parameters.Read.ByteOffset = at;
        next->Parameters.Read.Key = key != NULL ? *key : 0;
    } else {
        next->Parameters.Write.ByteOffset = at;
        next->Parameters.Write.Key = key != NULL ? *key : 0;
    }
    ob_ref(file); /* until its position is known */
    status = zw_send(request, status_block);
    if (NT_SUCCESS(status)) {
        file->CurrentByteOffset.QuadPart = at.QuadPart + (LONGLONG)status_block->Information;
    }
    ob_deref(file);
    return status;
}

/* zw_prepare, if the handle was opened for that. */
static NTSTATUS zw_prepare_transfer(struct zw_request *request, HANDLE handle, HANDLE event,
                                    PIO_APC_ROUTINE apc_routine, UCHAR major)
{
    NTSTATUS status = zw_prepare(request, handle, event, apc_routine);

    if (NT_SUCCESS(status) &&
        !(major == IRP_MJ_READ ? request->file->ReadAccess : request->file->WriteAccess)) {
        zw_release(request);
        return STATUS_ACCESS_DENIED;
    }
    return status;
}

NTSTATUS ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct zw_request request;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_prepare_transfer(&request, FileHandle, Event, ApcRoutine, IRP_MJ_READ);
    if (NT_SUCCESS(status)) {
        status = zw_transfer(&request, IRP_MJ_READ, Buffer, Length, ByteOffset, Key, IoStatusBlock);
    }
    return status;
}

NTSTATUS ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                     PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                     PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct zw_request request;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_prepare_transfer(&request, FileHandle, Event, ApcRoutine, IRP_MJ_WRITE);
    if (NT_SUCCESS(status)) {
        status =
            zw_transfer(&request, IRP_MJ_WRITE, Buffer, Length, ByteOffset, Key, IoStatusBlock);
    }
    return status;
}

NTSTATUS zw_control(struct zw_request *request, UCHAR major, const struct zw_buffers *buffers,
                    PIO_STATUS_BLOCK status_block)
{
    UCHAR small[ZW_SCRATCH];
    const struct io_scratch scratch = {small, sizeof(small)};

    if (!io_build_control(request->irp, major, buffers->code, buffers->input, buffers->input_length,
                          buffers->output, buffers->output_length, &scratch)) {
        zw_release(request);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return zw_send(request, status_block);
}

NTSTATUS ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                               PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                               ULONG IoControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                               PVOID OutputBuffer, ULONG OutputBufferLength)
{
    const struct zw_buffers buffers = {IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                                       OutputBufferLength};
    struct zw_request request;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_prepare(&request, FileHandle, Event, ApcRoutine);
    return NT_SUCCESS(status) ? zw_control(&request, IRP_MJ_DEVICE_CONTROL, &buffers, IoStatusBlock)
                              : status;
}
