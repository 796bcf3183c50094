/* hid_control.c - what applications and drivers ask of a collection: reports written and features, which
 * go on to the minidriver with the same IRP, and questions that the class driver answers itself.
 * In the IRP that goes on, UserBuffer is what IOCTL_HID_* expects there: a HID_XFER_PACKET, or the buffer of
 * a string; the completion routine puts the IRP's own back.
 * A report that an application gives or takes has its ID in front, 0 if the device has no IDs; the
 * minidriver sees the ID only if it has.
 */
#include "nt/hid/hid_class.h"

#include <stdlib.h>
#include <string.h>

#include "nt/io/irp/io_irp.h"

/* One request on its way to the minidriver. */
struct hid_transfer {
    HID_XFER_PACKET packet;
    PVOID user_buffer; /* the IRP's own */
    ULONG skipped;     /* bytes of the application's buffer in front of what the minidriver sees */
    ULONG written;     /* what a write is done with; 0: as the minidriver says */
    bool reads;        /* the minidriver fills the buffer */
};

/* Which report a request is about, and where. */
struct hid_buffer {
    PUCHAR data;
    ULONG length;
};

static NTSTATUS hid_transfer_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct hid_transfer *transfer = context;

    irp->UserBuffer = transfer->user_buffer;
    if (irp->PendingReturned) {
        IoMarkIrpPending(irp);
    }
    if (NT_SUCCESS(irp->IoStatus.Status) && transfer->reads) {
        irp->IoStatus.Information += transfer->skipped;
    } else if (NT_SUCCESS(irp->IoStatus.Status)) {
        irp->IoStatus.Information = transfer->written;
    }
    free(transfer);
    return STATUS_CONTINUE_COMPLETION;
}

/* The IRP goes to the minidriver as one of IOCTL_HID_*. */
static NTSTATUS hid_send_on(struct hid_pdo *pdo, PIRP irp, struct hid_transfer *transfer,
                            ULONG code, PVOID user_buffer, ULONG output, PVOID input)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

    transfer->user_buffer = irp->UserBuffer;
    irp->UserBuffer = user_buffer;
    RtlZeroMemory(next, sizeof(*next));
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    next->FileObject = here->FileObject;
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.OutputBufferLength = output;
    next->Parameters.DeviceIoControl.InputBufferLength =
        transfer->reads ? 0 : (ULONG)sizeof(transfer->packet);
    next->Parameters.DeviceIoControl.Type3InputBuffer = input;
    IoSetCompletionRoutine(irp, hid_transfer_done, transfer, TRUE, TRUE, TRUE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    irp->IoStatus.Information = 0;
    return io_irp_call(pdo->fdo->device, irp);
}

/* Is the report one of this collection's, and is there room for it? */
static NTSTATUS hid_check_report(const struct hid_pdo *pdo, const struct hid_buffer *buffer,
                                 enum hid_report_kind kind, bool reads, ULONG *bytes)
{
    const struct hid_descriptor *descriptor = &pdo->fdo->descriptor;
    const struct hid_report *report;

    if (buffer->data == NULL || buffer->length == 0) {
        return STATUS_INVALID_USER_BUFFER;
    }
    report = hid_descriptor_report(descriptor, kind, buffer->data[0]);
    if (report == NULL || report->collection != pdo->number) {
        return STATUS_INVALID_PARAMETER;
    }
    *bytes = hid_report_bytes(descriptor, report);
    if (buffer->length < *bytes + (descriptor->has_ids ? 0 : 1)) {
        return reads ? STATUS_INVALID_BUFFER_SIZE : STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS hid_transfer(struct hid_pdo *pdo, PIRP irp, const struct hid_buffer *buffer,
                             enum hid_report_kind kind, ULONG code)
{
    bool reads = code == IOCTL_HID_GET_FEATURE || code == IOCTL_HID_GET_INPUT_REPORT;
    struct hid_transfer *transfer;
    ULONG bytes = 0;
    NTSTATUS status = hid_check_report(pdo, buffer, kind, reads, &bytes);

    if (!NT_SUCCESS(status)) {
        return hid_finish(irp, status, 0);
    }
    transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    transfer->skipped = pdo->fdo->descriptor.has_ids ? 0 : 1;
    transfer->packet.reportId = buffer->data[0];
    transfer->packet.reportBuffer = buffer->data + transfer->skipped;
    transfer->packet.reportBufferLen = bytes;
    transfer->reads = reads;
    transfer->written = buffer->length;
    return hid_send_on(pdo, irp, transfer, code, &transfer->packet,
                       reads ? (ULONG)sizeof(transfer->packet) : 0, NULL);
}

/* ---- where the application's report is ---- */

static PVOID hid_mapped(PIRP irp)
{
    return irp->MdlAddress != NULL
               ? MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority)
               : NULL;
}

static NTSTATUS hid_write(struct hid_pdo *pdo, PIRP irp)
{
    struct hid_buffer buffer = {.data = hid_mapped(irp),
                                .length =
                                    IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length};

    return hid_transfer(pdo, irp, &buffer, HID_OUTPUT, IOCTL_HID_WRITE_REPORT);
}

/* METHOD_IN_DIRECT: given in the system buffer. */
static NTSTATUS hid_set(struct hid_pdo *pdo, PIRP irp, enum hid_report_kind kind, ULONG code)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);
    struct hid_buffer buffer = {.data = irp->AssociatedIrp.SystemBuffer,
                                .length = here->Parameters.DeviceIoControl.InputBufferLength};

    return hid_transfer(pdo, irp, &buffer, kind, code);
}

/* METHOD_OUT_DIRECT: the buffer is for what comes, and has the ID that is wanted. */
static NTSTATUS hid_get(struct hid_pdo *pdo, PIRP irp, enum hid_report_kind kind, ULONG code)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);
    struct hid_buffer buffer = {.data = hid_mapped(irp),
                                .length = here->Parameters.DeviceIoControl.OutputBufferLength};

    return hid_transfer(pdo, irp, &buffer, kind, code);
}

static NTSTATUS hid_string(struct hid_pdo *pdo, PIRP irp, ULONG code, ULONG id)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);
    ULONG length = here->Parameters.DeviceIoControl.OutputBufferLength;
    struct hid_transfer *transfer;
    PVOID data = hid_mapped(irp);

    if (data == NULL || length < sizeof(WCHAR)) {
        return hid_finish(irp, STATUS_INVALID_USER_BUFFER, 0);
    }
    transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    transfer->reads = true;
    return hid_send_on(pdo, irp, transfer, code, data, length, (PVOID)(ULONG_PTR)id);
}

/* ---- what the class driver knows itself ---- */

static NTSTATUS hid_information(struct hid_pdo *pdo, PIRP irp)
{
    const HID_DEVICE_ATTRIBUTES *attributes = &pdo->fdo->attributes;
    HID_COLLECTION_INFORMATION information = {.Polled = pdo->fdo->minidriver->polled,
                                              .VendorID = attributes->VendorID,
                                              .ProductID = attributes->ProductID,
                                              .VersionNumber = attributes->VersionNumber};
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

    if (here->Parameters.DeviceIoControl.OutputBufferLength < sizeof(information)) {
        return hid_finish(irp, STATUS_INVALID_BUFFER_SIZE, 0);
    }
    memcpy(irp->AssociatedIrp.SystemBuffer, &information, sizeof(information));
    return hid_finish(irp, STATUS_SUCCESS, sizeof(information));
}

static NTSTATUS hid_give_number(PIRP irp, ULONG number)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

    if (here->Parameters.DeviceIoControl.OutputBufferLength < sizeof(number)) {
        return hid_finish(irp, STATUS_INVALID_BUFFER_SIZE, 0);
    }
    memcpy(irp->AssociatedIrp.SystemBuffer, &number, sizeof(number));
    return hid_finish(irp, STATUS_SUCCESS, sizeof(number));
}

static bool hid_take_number(PIRP irp, ULONG *number)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

    if (here->Parameters.DeviceIoControl.InputBufferLength < sizeof(*number)) {
        return false;
    }
    memcpy(number, irp->AssociatedIrp.SystemBuffer, sizeof(*number));
    return true;
}

/* The pause between two reads of a polled device. */
static NTSTATUS hid_set_poll(struct hid_pdo *pdo, PIRP irp)
{
    struct hid_fdo *fdo = pdo->fdo;
    ULONG number;
    KIRQL old;

    if (!fdo->minidriver->polled || !hid_take_number(irp, &number) || number > 10000) {
        return hid_finish(irp, STATUS_INVALID_PARAMETER, 0);
    }
    KeAcquireSpinLock(&fdo->lock, &old);
    fdo->poll_ms = number != 0 ? number : HID_POLL_MS;
    KeReleaseSpinLock(&fdo->lock, old);
    return hid_finish(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS hid_file_control(PIRP irp, ULONG code)
{
    struct hid_file *file = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG number;

    if (file == NULL || file->length == 0) {
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    switch (code) {
    case IOCTL_HID_FLUSH_QUEUE:
        hid_collection_flush(file);
        break;
    case IOCTL_GET_NUM_DEVICE_INPUT_BUFFERS:
        return hid_give_number(irp, file->size);
    default:
        status = hid_take_number(irp, &number) ? hid_collection_resize(file, number)
                                               : STATUS_INVALID_BUFFER_SIZE;
        break;
    }
    return hid_finish(irp, status, 0);
}

static NTSTATUS hid_ioctl(struct hid_pdo *pdo, PIRP irp, ULONG code)
{
    switch (code) {
    case IOCTL_HID_SET_FEATURE:
        return hid_set(pdo, irp, HID_FEATURE, code);
    case IOCTL_HID_SET_OUTPUT_REPORT:
        return hid_set(pdo, irp, HID_OUTPUT, code);
    case IOCTL_HID_GET_FEATURE:
        return hid_get(pdo, irp, HID_FEATURE, code);
    case IOCTL_HID_GET_INPUT_REPORT:
        return hid_get(pdo, irp, HID_INPUT, code);
    case IOCTL_HID_GET_MANUFACTURER_STRING:
        return hid_string(pdo, irp, IOCTL_HID_GET_STRING, HID_STRING_ID_IMANUFACTURER);
    case IOCTL_HID_GET_PRODUCT_STRING:
        return hid_string(pdo, irp, IOCTL_HID_GET_STRING, HID_STRING_ID_IPRODUCT);
    case IOCTL_HID_GET_SERIALNUMBER_STRING:
        return hid_string(pdo, irp, IOCTL_HID_GET_STRING, HID_STRING_ID_ISERIALNUMBER);
    case IOCTL_HID_GET_INDEXED_STRING: {
        ULONG index;

        return hid_take_number(irp, &index) ? hid_string(pdo, irp, code, index)
                                            : hid_finish(irp, STATUS_INVALID_BUFFER_SIZE, 0);
    }
    case IOCTL_HID_GET_COLLECTION_INFORMATION:
        return hid_information(pdo, irp);
    case IOCTL_HID_GET_POLL_FREQUENCY_MSEC:
        return hid_give_number(irp, pdo->fdo->minidriver->polled ? pdo->fdo->poll_ms : 0);
    case IOCTL_HID_SET_POLL_FREQUENCY_MSEC:
        return hid_set_poll(pdo, irp);
    case IOCTL_HID_FLUSH_QUEUE:
    case IOCTL_GET_NUM_DEVICE_INPUT_BUFFERS:
    case IOCTL_SET_NUM_DEVICE_INPUT_BUFFERS:
        return hid_file_control(irp, code);
    case IOCTL_HID_GET_COLLECTION_DESCRIPTOR: /* of hidparse, which is not there */
    case IOCTL_GET_PHYSICAL_DESCRIPTOR:
    case IOCTL_HID_GET_DRIVER_CONFIG:
    case IOCTL_HID_SET_DRIVER_CONFIG:
        return hid_finish(irp, STATUS_NOT_IMPLEMENTED, 0);
    default:
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

NTSTATUS hid_control(struct hid_pdo *pdo, PIRP irp)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);
    bool gone;
    KIRQL old;

    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    gone = pdo->gone || !pdo->fdo->running;
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    if (gone) {
        return hid_finish(irp, STATUS_DEVICE_NOT_CONNECTED, 0);
    }
    if (here->MajorFunction == IRP_MJ_WRITE) {
        return hid_write(pdo, irp);
    }
    return hid_ioctl(pdo, irp, here->Parameters.DeviceIoControl.IoControlCode);
}
