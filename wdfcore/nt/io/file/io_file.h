#pragma once
/* io_file.h - file objects: one open of a device by an application or a driver.
 * Rules for a file object:
 * - it refers to the device that was named; requests go to the top of that device's stack
 * - IRP_MJ_CREATE first; IRP_MJ_CLEANUP when the last handle goes, IRP_MJ_CLOSE when the last
 *   reference and the last request are gone; each once, and only if the create succeeded
 */
#include <wdm.h>

#include <stdbool.h>

/* io_file_open: open a device by its full NT name or link and send IRP_MJ_CREATE to its stack.
 *   Returns  the name's failure, STATUS_NO_SUCH_DEVICE while it is being deleted, or what the
 *            driver completed the create with
 *   file     referenced for the caller: io_file_close
 *   IRQL     PASSIVE_LEVEL. Blocks. */
NTSTATUS io_file_open(PCUNICODE_STRING name, ACCESS_MASK access, PFILE_OBJECT *file);

/* What IRP_MJ_CREATE tells the driver besides the name. */
struct io_open {
    ACCESS_MASK access;    /* generic rights are mapped to those of files */
    ULONG options;         /* FILE_..., 24 bits */
    ULONG disposition;     /* FILE_OPEN, ... */
    ULONG share;           /* FILE_SHARE_... */
    ULONG attributes;      /* FILE_ATTRIBUTE_... */
    LONGLONG allocation;   /* bytes */
    PFILE_OBJECT related;  /* what the name is relative to, or NULL */
    ULONG_PTR information; /* out: what the driver says it did: FILE_OPENED, ... */
};
NTSTATUS io_file_open_as(PCUNICODE_STRING name, struct io_open *how, PFILE_OBJECT *file);

/* io_file_cleanup: the last handle is gone: IRP_MJ_CLEANUP. io_file_close: the same if it has not
 * happened yet, then drop the opener's reference; IRP_MJ_CLOSE follows with the last one.
 *   IRQL     PASSIVE_LEVEL. Blocks. */
void io_file_cleanup(PFILE_OBJECT file);
void io_file_close(PFILE_OBJECT file);

/* io_file_begin: a request of this file starts: it is listed and holds a reference until
 * io_file_end. false: the file is closed or its device is gone. <= DISPATCH_LEVEL. */
bool io_file_begin(PFILE_OBJECT file, PIRP irp);
void io_file_end(PFILE_OBJECT file, PIRP irp);

/* io_file_ref_device: the device that it was opened on, referenced; NULL: it is gone, or going. <= DISPATCH_LEVEL. */
PDEVICE_OBJECT io_file_ref_device(PFILE_OBJECT file);

/* io_file_dismiss: the stack is about to be removed: for each file that is open on a device of it,
 * cancel its requests, wait for them, send IRP_MJ_CLEANUP and IRP_MJ_CLOSE. Its owner keeps the
 * file object, but nothing can be sent any more. PASSIVE_LEVEL. Blocks. */
void io_file_dismiss(PDEVICE_OBJECT device);

/* io_file_stop: forget the list of files; ob_stop frees them. */
void io_file_stop(void);
