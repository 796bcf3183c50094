#pragma once
/* io_build.h - the buffers of a request as the method of its device or control code asks for.
 * Rules:
 * - the caller's buffers stay the caller's; what the I/O manager adds (a system buffer, an MDL)
 * goes with io_build_finish, which also copies the output back
 * - scratch, if it is large enough, serves as system buffer, so that a small request needs no
 *   allocation; it must live as long as the IRP
 */
#include <wdm.h>

#include <stdbool.h>

struct io_scratch {
    void *buffer;
    size_t size;
};

/* io_build_transfer: IRP_MJ_READ or IRP_MJ_WRITE into the IRP's next location, by the device's
 * DO_BUFFERED_IO or DO_DIRECT_IO. false: no memory, nothing to undo. */
bool io_build_transfer(PIRP irp, PDEVICE_OBJECT device, UCHAR major, void *data, ULONG length,
                       const struct io_scratch *scratch);

/* io_build_control: IRP_MJ_DEVICE_CONTROL or IRP_MJ_INTERNAL_DEVICE_CONTROL by the code's method.
 */
bool io_build_control(PIRP irp, UCHAR major, ULONG code, const void *input, ULONG input_length,
                      void *output, ULONG output_length, const struct io_scratch *scratch);

/* io_build_finish: after completion: copy back, free system buffer and MDLs. */
void io_build_finish(PIRP irp);
