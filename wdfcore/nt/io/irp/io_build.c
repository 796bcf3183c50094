/* io_build.c - requests that the I/O manager builds: for the application's side and, bound to the
 * current thread, for drivers (IoBuildDeviceIoControlRequest and its relatives).
 * How much may be copied back stands in Overlay.AllocationSize, which only a create uses otherwise.
 */
#include "nt/io/irp/io_build.h"

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/mm/mm_mdl.h"

/* ---- buffers ---- */

/* A system buffer of length bytes in the IRP: scratch if it fits, else pool. */
static bool io_build_system_buffer(PIRP irp, ULONG length, const struct io_scratch *scratch)
{
    void *buffer = NULL;

    irp->Flags |= IRP_BUFFERED_IO;
    if (length == 0) {
        irp->Flags &= ~(ULONG)IRP_BUFFERED_IO;
        return true;
    }
    if (scratch != NULL && length <= scratch->size) {
        irp->AssociatedIrp.SystemBuffer = scratch->buffer;
        return true;
    }
    buffer = ex_pool_allocate(length, 'BsoI', false, false, NULL);
    if (buffer == NULL) {
        return false;
    }
    irp->Flags |= IRP_DEALLOCATE_BUFFER;
    irp->AssociatedIrp.SystemBuffer = buffer;
    return true;
}

static void io_build_expect_output(PIRP irp, void *output, ULONG length)
{
    if (length != 0) {
        irp->Flags |= IRP_INPUT_OPERATION;
    }
    irp->UserBuffer = output;
    irp->Overlay.AllocationSize.QuadPart = length;
}

static bool io_build_mdl(PIRP irp, void *data, ULONG length, LOCK_OPERATION operation)
{
    if (length == 0) {
        return true;
    }
    irp->MdlAddress = mm_mdl_create(data, length, NULL);
    if (irp->MdlAddress == NULL) {
        return false;
    }
    mm_mdl_lock(irp->MdlAddress, operation);
    return true;
}

bool io_build_transfer(PIRP irp, PDEVICE_OBJECT device, UCHAR major, void *data, ULONG length,
                       const struct io_scratch *scratch)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    bool reads = major == IRP_MJ_READ;

    next->MajorFunction = major;
    next->Parameters.Read.Length = length; /* the same place in Parameters.Write */
    if ((device->Flags & DO_DIRECT_IO) != 0) {
        return io_build_mdl(irp, data, length, reads ? IoWriteAccess : IoReadAccess);
    }
    if ((device->Flags & DO_BUFFERED_IO) == 0) {
        irp->UserBuffer = data;
        return true;
    }
    if (!io_build_system_buffer(irp, length, scratch)) {
        return false;
    }
    if (reads) {
        io_build_expect_output(irp, data, length);
    } else if (length != 0) {
        memcpy(irp->AssociatedIrp.SystemBuffer, data, length);
    }
    return true;
}

/* METHOD_BUFFERED: one buffer, first the input, then the output. */
static bool io_build_control_buffered(PIRP irp, const void *input, ULONG input_length, void *output,
                                      ULONG output_length, const struct io_scratch *scratch)
{
    ULONG length = input_length > output_length ? input_length : output_length;

    if (!io_build_system_buffer(irp, length, scratch)) {
        return false;
    }
    if (input_length != 0) {
        memcpy(irp->AssociatedIrp.SystemBuffer, input, input_length);
    }
    io_build_expect_output(irp, output, output_length);
    return true;
}

/* METHOD_IN_DIRECT, METHOD_OUT_DIRECT: the input buffered, the output described. */
static bool io_build_control_direct(PIRP irp, const void *input, ULONG input_length, void *output,
                                    ULONG output_length, LOCK_OPERATION operation,
                                    const struct io_scratch *scratch)
{
    if (!io_build_system_buffer(irp, input_length, scratch)) {
        return false;
    }
    if (input_length != 0) {
        memcpy(irp->AssociatedIrp.SystemBuffer, input, input_length);
    }
    if (!io_build_mdl(irp, output, output_length, operation)) {
        io_build_finish(irp);
        return false;
    }
    return true;
}

bool io_build_control(PIRP irp, UCHAR major, ULONG code, const void *input, ULONG input_length,
                      void *output, ULONG output_length, const struct io_scratch *scratch)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    next->MajorFunction = major;
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = input_length;
    next->Parameters.DeviceIoControl.OutputBufferLength = output_length;
    switch (METHOD_FROM_CTL_CODE(code)) {
    case METHOD_BUFFERED:
        return io_build_control_buffered(irp, input, input_length, output, output_length, scratch);
    case METHOD_IN_DIRECT:
        return io_build_control_direct(irp, input, input_length, output, output_length,
                                       IoReadAccess, scratch);
    case METHOD_OUT_DIRECT:
        return io_build_control_direct(irp, input, input_length, output, output_length,
                                       IoWriteAccess, scratch);
    default:
        next->Parameters.DeviceIoControl.Type3InputBuffer = (void *)(uintptr_t)input;
        irp->UserBuffer = output;
        return true;
    }
}

void io_build_finish(PIRP irp)
{
    ULONG_PTR room = (ULONG_PTR)irp->Overlay.AllocationSize.QuadPart;
    ULONG_PTR bytes = irp->IoStatus.Information;

    /* Warnings copy too: STATUS_BUFFER_OVERFLOW comes with what fitted. */
    if ((irp->Flags & IRP_INPUT_OPERATION) != 0 && !NT_ERROR(irp->IoStatus.Status)) {
        if (bytes > room) {
            ke_violation(RULE_IrpCompleteState, 0, bytes, (uintptr_t)irp, room, 0,
                         "an IRP was completed with Information %llu, but its output buffer has "
                         "%llu bytes",
                         (unsigned long long)bytes, (unsigned long long)room);
            bytes = room;
        }
        memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, bytes);
    }
    if ((irp->Flags & IRP_DEALLOCATE_BUFFER) != 0) {
        ex_pool_release(irp->AssociatedIrp.SystemBuffer);
    }
    irp->AssociatedIrp.SystemBuffer = NULL;
    irp->Flags = 0;
    mm_mdl_release_chain(irp->MdlAddress);
    irp->MdlAddress = NULL;
}

/* ---- IRPs for drivers ---- */

/* A thread-bound IRP is done: tell the driver and free it. */
static void io_build_thread_done(PIRP irp, void *context)
{
    PKEVENT event = irp->UserEvent;

    io_build_finish(irp);
    if (irp->UserIosb != NULL) {
        *irp->UserIosb = irp->IoStatus;
    }
    io_irp_free(irp);
    if (event != NULL) {
        KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    }
}

/* The part that is the same for reads, writes, flush, shutdown and PnP. */
static bool io_build_fsd(PIRP irp, PDEVICE_OBJECT device, ULONG major, PVOID buffer, ULONG length,
                         PLARGE_INTEGER offset)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    next->MajorFunction = (UCHAR)major;
    if (major == IRP_MJ_PNP) {
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        return true;
    }
    if (major != IRP_MJ_READ && major != IRP_MJ_WRITE) {
        return true;
    }
    if (!io_build_transfer(irp, device, (UCHAR)major, buffer, length, NULL)) {
        return false;
    }
    if (offset != NULL) {
        next->Parameters.Read.ByteOffset = *offset;
    }
    return true;
}

PIRP IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer,
                                  ULONG Length, PLARGE_INTEGER StartingOffset, PKEVENT Event,
                                  PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = NULL;

    if (!API(APC_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        (Event != NULL && !KE_EVENT_OK(Event))) {
        return NULL;
    }
    irp = io_irp_allocate_for_thread(DeviceObject->StackSize, io_build_thread_done, NULL);
    if (irp == NULL) {
        return NULL;
    }
    if (!io_build_fsd(irp, DeviceObject, MajorFunction, Buffer, Length, StartingOffset)) {
        io_irp_free(irp);
        return NULL;
    }
    irp->UserEvent = Event;
    irp->UserIosb = IoStatusBlock;
    return irp;
}

PIRP IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer,
                                   ULONG Length, PLARGE_INTEGER StartingOffset,
                                   PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = NULL;

    if (!API(APC_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return NULL;
    }
    irp = io_irp_allocate_for(DeviceObject->StackSize, KE_CALLER());
    if (irp == NULL) {
        return NULL;
    }
    if (!io_build_fsd(irp, DeviceObject, MajorFunction, Buffer, Length, StartingOffset)) {
        io_irp_free(irp);
        return NULL;
    }
    irp->UserIosb = IoStatusBlock;
    irp->Tail.Overlay.Thread =
        PsGetCurrentThread(); /* in whose name; the driver frees it all the same */
    return irp;
}

PIRP IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
                                   PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                                   ULONG OutputBufferLength, BOOLEAN InternalDeviceIoControl,
                                   PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    UCHAR major = InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
    PIRP irp = NULL;

    if (!API(APC_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        (Event != NULL && !KE_EVENT_OK(Event))) {
        return NULL;
    }
    irp = io_irp_allocate_for_thread(DeviceObject->StackSize, io_build_thread_done, NULL);
    if (irp == NULL) {
        return NULL;
    }
    if (!io_build_control(irp, major, IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                          OutputBufferLength, NULL)) {
        io_irp_free(irp);
        return NULL;
    }
    irp->UserEvent = Event;
    irp->UserIosb = IoStatusBlock;
    return irp;
}
