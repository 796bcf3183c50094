/* io_zw_information.c - what files and volumes are asked for and told by handle, flushing, and control of file
 * systems. The I/O manager answers what it knows itself; the rest is asked of the device.
 */
#include <ntifs.h>

#include "nt/io/file/io_file.h"
#include "nt/io/file/io_zw_file.h"
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

static ULONG zw_mode(const FILE_OBJECT *file)
{
    static const struct {
        ULONG flag, mode;
    } map[] = {
        {FO_WRITE_THROUGH, FILE_WRITE_THROUGH},
        {FO_SEQUENTIAL_ONLY, FILE_SEQUENTIAL_ONLY},
        {FO_NO_INTERMEDIATE_BUFFERING, FILE_NO_INTERMEDIATE_BUFFERING},
    };
    ULONG mode = 0;

    for (size_t i = 0; i < RTL_NUMBER_OF(map); i++) {
        mode |= (file->Flags & map[i].flag) != 0 ? map[i].mode : 0;
    }
    if ((file->Flags & FO_SYNCHRONOUS_IO) != 0) {
        mode |= (file->Flags & FO_ALERTABLE_IO) != 0 ? FILE_SYNCHRONOUS_IO_ALERT
                                                     : FILE_SYNCHRONOUS_IO_NONALERT;
    }
    return mode;
}

/* What the I/O manager knows: how long it is, and the answer; 0: it is the device's to know. */
static ULONG zw_known(PFILE_OBJECT file, HANDLE handle, FILE_INFORMATION_CLASS class,
                      LARGE_INTEGER *answer)
{
    OBJECT_HANDLE_INFORMATION opened;

    answer->QuadPart = 0;
    switch (class) {
    case FilePositionInformation:
        *answer = file->CurrentByteOffset;
        return sizeof(FILE_POSITION_INFORMATION);
    case FileModeInformation:
        answer->LowPart = zw_mode(file);
        return sizeof(FILE_MODE_INFORMATION);
    case FileAccessInformation:
        ob_handle_information(handle, &opened);
        answer->LowPart = opened.GrantedAccess;
        return sizeof(FILE_ACCESS_INFORMATION);
    case FileAlignmentInformation:
        answer->LowPart = file->DeviceObject->AlignmentRequirement;
        return sizeof(FILE_ALIGNMENT_INFORMATION);
    default:
        return 0;
    }
}

/* The file of a handle, referenced. */
static NTSTATUS zw_file(HANDLE handle, PFILE_OBJECT *file)
{
    *file = ob_handle_reference(handle);
    if (*file == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(*file, &io_file_type)) {
        ob_deref(*file);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return STATUS_SUCCESS;
}

/* The parameters of the four requests lie alike. */
C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.QueryFile.FileInformationClass) ==
         FIELD_OFFSET(IO_STACK_LOCATION, Parameters.SetFile.FileInformationClass));

static NTSTATUS zw_information(HANDLE handle, UCHAR major, PVOID information, ULONG length,
                               ULONG class, PIO_STATUS_BLOCK status_block)
{
    struct zw_request request;
    PIO_STACK_LOCATION next = NULL;
    NTSTATUS status = zw_prepare(&request, handle, NULL, NULL);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    next = IoGetNextIrpStackLocation(request.irp);
    next->MajorFunction = major;
    request.irp->AssociatedIrp.SystemBuffer = information; /* the caller is the kernel */
    if (major == IRP_MJ_QUERY_INFORMATION) {
        next->Parameters.QueryFile.Length = length;
        next->Parameters.QueryFile.FileInformationClass = class;
    } else {
        next->Parameters.SetFile.Length = length;
        next->Parameters.SetFile.FileInformationClass = class;
    }
    return zw_send(&request, status_block);
}

NTSTATUS ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                PVOID FileInformation, ULONG Length,
                                FILE_INFORMATION_CLASS FileInformationClass)
{
    PFILE_OBJECT file = NULL;
    LARGE_INTEGER answer;
    ULONG known;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_file(FileHandle, &file);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    known = zw_known(file, FileHandle, FileInformationClass, &answer);
    ob_deref(file);
    if (known == 0) {
        return zw_information(FileHandle, IRP_MJ_QUERY_INFORMATION, FileInformation, Length,
                              FileInformationClass, IoStatusBlock);
    }
    if (Length < known) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    RtlCopyMemory(FileInformation, &answer, known);
    IoStatusBlock->Status = STATUS_SUCCESS;
    IoStatusBlock->Information = known;
    return STATUS_SUCCESS;
}

NTSTATUS ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                              PVOID FileInformation, ULONG Length,
                              FILE_INFORMATION_CLASS FileInformationClass)
{
    PFILE_OBJECT file = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (FileInformationClass != FilePositionInformation) {
        return zw_information(FileHandle, IRP_MJ_SET_INFORMATION, FileInformation, Length,
                              FileInformationClass, IoStatusBlock);
    }
    status = zw_file(FileHandle, &file);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (Length < sizeof(FILE_POSITION_INFORMATION)) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else {
        file->CurrentByteOffset = ((PFILE_POSITION_INFORMATION)FileInformation)->CurrentByteOffset;
        IoStatusBlock->Status = STATUS_SUCCESS;
        IoStatusBlock->Information = 0;
    }
    ob_deref(file);
    return status;
}

/* ---- volumes ---- */

NTSTATUS ZwQueryVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID FsInformation, ULONG Length,
                                      FS_INFORMATION_CLASS FsInformationClass)
{
    PFILE_FS_DEVICE_INFORMATION device = FsInformation;
    PFILE_OBJECT file = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (FsInformationClass != FileFsDeviceInformation) {
        return zw_information(FileHandle, IRP_MJ_QUERY_VOLUME_INFORMATION, FsInformation, Length,
                              FsInformationClass, IoStatusBlock);
    }
    status = zw_file(FileHandle, &file);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (Length < sizeof(*device)) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else {
        device->DeviceType = file->DeviceObject->DeviceType;
        device->Characteristics = file->DeviceObject->Characteristics;
        IoStatusBlock->Status = STATUS_SUCCESS;
        IoStatusBlock->Information = sizeof(*device);
    }
    ob_deref(file);
    return status;
}

NTSTATUS ZwSetVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                    PVOID FsInformation, ULONG Length,
                                    FS_INFORMATION_CLASS FsInformationClass)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return zw_information(FileHandle, IRP_MJ_SET_VOLUME_INFORMATION, FsInformation, Length,
                          FsInformationClass, IoStatusBlock);
}

/* ---- flushing, control ---- */

NTSTATUS ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    struct zw_request request;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_prepare(&request, FileHandle, NULL, NULL);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    IoGetNextIrpStackLocation(request.irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    return zw_send(&request, IoStatusBlock);
}

NTSTATUS ZwFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                         PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode,
                         PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                         ULONG OutputBufferLength)
{
    const struct zw_buffers buffers = {FsControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                                       OutputBufferLength};
    struct zw_request request;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(ApcContext);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = zw_prepare(&request, FileHandle, Event, ApcRoutine);
    return NT_SUCCESS(status)
               ? zw_control(&request, IRP_MJ_FILE_SYSTEM_CONTROL, &buffers, IoStatusBlock)
               : status;
}
