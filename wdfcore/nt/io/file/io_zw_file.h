#pragma once
/* io_zw_file.h - a request by the handle of a file, for which its caller waits.
 * zw_prepare gives the objects that the handles stand for and an IRP for the file's device; what is
 * asked for is put into its next location; zw_send sends it, waits and ends the request.
 */
#include <wdm.h>

struct zw_request {
    PFILE_OBJECT file; /* referenced */
    PKEVENT event;     /* referenced, or NULL */
    PDEVICE_OBJECT top;
    PIRP irp;
};

NTSTATUS zw_prepare(struct zw_request *request, HANDLE file, HANDLE event, PIO_APC_ROUTINE apc);
NTSTATUS zw_send(struct zw_request *request, PIO_STATUS_BLOCK status_block);
/* zw_control: IRP_MJ_DEVICE_CONTROL or IRP_MJ_FILE_SYSTEM_CONTROL, all of it. */
struct zw_buffers {
    ULONG code;
    PVOID input;
    ULONG input_length;
    PVOID output;
    ULONG output_length;
};
NTSTATUS zw_control(struct zw_request *request, UCHAR major, const struct zw_buffers *buffers,
                    PIO_STATUS_BLOCK status_block);
