/* hid_reader.c - reads that the minidriver always has while somebody listens: two, so that a second
 * report finds one while the first is looked at. What came back is delivered, and the read is sent again:
 *   success             at once; a polled device: after the poll interval
 *   a failure           after a pause that doubles with each one
 *   taken back, or nobody listens any more: not
 * Who sends is a loop (`inside`), so that a minidriver that completes at once does not recurse.
 */
#include "nt/hid/hid_class.h"

#include <stdlib.h>
#include <string.h>

#include "nt/io/irp/io_irp.h"

/* With the lock: may it be sent? */
static bool hid_wanted_locked(const struct hid_fdo *fdo)
{
    return fdo->running && fdo->open != 0;
}

static void hid_over_locked(struct hid_reader *reader)
{
    struct hid_fdo *fdo = reader->fdo;

    reader->under_way = false;
    for (ULONG i = 0; i < HID_READERS; i++) {
        if (fdo->readers[i].under_way) {
            return;
        }
    }
    KeSetEvent(&fdo->quiet, IO_NO_INCREMENT, FALSE);
}

static void hid_deliver(struct hid_reader *reader, ULONG bytes)
{
    struct hid_fdo *fdo = reader->fdo;
    const struct hid_descriptor *descriptor = &fdo->descriptor;
    UCHAR id = descriptor->has_ids ? reader->buffer[1] : 0;
    const struct hid_report *report = hid_descriptor_report(descriptor, HID_INPUT, id);

    if (report == NULL || bytes == 0) {
        return; /* nobody knows such a report */
    }
    /* A report without an ID gets the 0 that its readers expect. */
    if (descriptor->has_ids) {
        hid_collection_deliver(fdo->collections[report->collection]->DeviceExtension,
                               reader->buffer + 1, bytes);
    } else {
        reader->buffer[0] = 0;
        hid_collection_deliver(fdo->collections[report->collection]->DeviceExtension,
                               reader->buffer, bytes + 1);
    }
}

static void hid_send(struct hid_reader *reader)
{
    struct hid_fdo *fdo = reader->fdo;
    PIO_STACK_LOCATION location;

    io_irp_reuse(reader->irp, STATUS_NOT_SUPPORTED);
    memset(reader->buffer, 0, fdo->input_bytes + 1);
    reader->irp->UserBuffer = reader->buffer + 1;
    location = IoGetNextIrpStackLocation(reader->irp);
    location->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    location->Parameters.DeviceIoControl.IoControlCode = IOCTL_HID_READ_REPORT;
    location->Parameters.DeviceIoControl.OutputBufferLength = fdo->input_bytes;
    (void)io_irp_call(fdo->device, reader->irp);
}

/* The read came back and its report is delivered. true: it is to be sent again now. */
static bool hid_again(struct hid_reader *reader, NTSTATUS status)
{
    struct hid_fdo *fdo = reader->fdo;
    LARGE_INTEGER due;
    ULONG pause = 0;
    bool wanted;
    KIRQL old;

    if (!NT_SUCCESS(status)) {
        pause = reader->backoff_ms != 0 ? reader->backoff_ms * 2 : 10;
        reader->backoff_ms = pause < HID_BACKOFF_MAX ? pause : HID_BACKOFF_MAX;
        pause = reader->backoff_ms;
    } else {
        reader->backoff_ms = 0;
    }
    KeAcquireSpinLock(&fdo->lock, &old);
    wanted = hid_wanted_locked(fdo);
    if (!wanted) {
        hid_over_locked(reader);
    } else if (pause != 0 || fdo->minidriver->polled) {
        reader->waiting = true;
        due.QuadPart = -10000ll * (pause != 0 ? pause : fdo->poll_ms);
        KeSetTimer(&reader->timer, due, &reader->dpc);
        wanted = false;
    }
    KeReleaseSpinLock(&fdo->lock, old);
    return wanted;
}

/* Sends it until it stays away. The caller has taken it: under_way is set. */
static void hid_send_loop(struct hid_reader *reader)
{
    struct hid_fdo *fdo = reader->fdo;
    bool came_back;
    KIRQL old;

    do {
        KeAcquireSpinLock(&fdo->lock, &old);
        reader->inside = true;
        KeReleaseSpinLock(&fdo->lock, old);
        hid_send(reader);
        KeAcquireSpinLock(&fdo->lock, &old);
        came_back = !reader->inside; /* cleared by the completion: the IRP is ours again */
        reader->inside = false;
        KeReleaseSpinLock(&fdo->lock, old);
    } while (came_back && hid_again(reader, reader->irp->IoStatus.Status));
}

/* The done routine of the IRP. */
static void hid_read_done(PIRP irp, void *context)
{
    struct hid_reader *reader = context;
    struct hid_fdo *fdo = reader->fdo;
    bool inside;
    KIRQL old;

    if (NT_SUCCESS(irp->IoStatus.Status)) {
        ULONG_PTR bytes = irp->IoStatus.Information;

        hid_deliver(reader, bytes < fdo->input_bytes ? (ULONG)bytes : fdo->input_bytes);
    }
    KeAcquireSpinLock(&fdo->lock, &old);
    inside = reader->inside;
    reader->inside = false;
    KeReleaseSpinLock(&fdo->lock, old);
    if (!inside && hid_again(reader, irp->IoStatus.Status)) {
        hid_send_loop(reader);
    }
}

static VOID hid_pause_over(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct hid_reader *reader = context;
    struct hid_fdo *fdo = reader->fdo;
    bool wanted;

    KeAcquireSpinLockAtDpcLevel(&fdo->lock);
    wanted = reader->waiting && hid_wanted_locked(fdo);
    if (reader->waiting && !wanted) {
        hid_over_locked(reader);
    }
    reader->waiting = false;
    KeReleaseSpinLockFromDpcLevel(&fdo->lock);
    if (wanted) {
        hid_send_loop(reader);
    }
}

NTSTATUS hid_reader_prepare(struct hid_fdo *fdo)
{
    for (ULONG i = 0; i < HID_READERS && fdo->input_bytes != 0; i++) {
        struct hid_reader *reader = &fdo->readers[i];

        if (reader->irp != NULL) {
            continue; /* it is started again */
        }
        reader->fdo = fdo;
        KeInitializeTimer(&reader->timer);
        KeInitializeDpc(&reader->dpc, hid_pause_over, reader);
        reader->buffer = malloc(fdo->input_bytes + 1);
        reader->irp = io_irp_allocate(fdo->device->StackSize, hid_read_done, reader);
        if (reader->buffer == NULL || reader->irp == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    return STATUS_SUCCESS;
}

void hid_reader_free(struct hid_fdo *fdo)
{
    for (ULONG i = 0; i < HID_READERS; i++) {
        if (fdo->readers[i].irp != NULL) {
            io_irp_free(fdo->readers[i].irp);
        }
        free(fdo->readers[i].buffer);
    }
}

void hid_reader_go(struct hid_fdo *fdo)
{
    for (ULONG i = 0; i < HID_READERS && fdo->readers[i].irp != NULL; i++) {
        struct hid_reader *reader = &fdo->readers[i];
        bool send;
        KIRQL old;

        KeAcquireSpinLock(&fdo->lock, &old);
        send = hid_wanted_locked(fdo) && !reader->under_way &&
               (i == 0 || !fdo->minidriver->polled); /* polled: one at a time */
        if (send) {
            reader->under_way = true;
            KeClearEvent(&fdo->quiet);
        }
        KeReleaseSpinLock(&fdo->lock, old);
        if (send) {
            hid_send_loop(reader);
        }
    }
}

void hid_reader_stop(struct hid_fdo *fdo, bool wait)
{
    for (ULONG i = 0; i < HID_READERS && fdo->readers[i].irp != NULL; i++) {
        struct hid_reader *reader = &fdo->readers[i];
        bool cancel = false;
        KIRQL old;

        KeAcquireSpinLock(&fdo->lock, &old);
        if (reader->waiting && KeCancelTimer(&reader->timer)) {
            reader->waiting = false;
            hid_over_locked(reader);
        }
        cancel = reader->under_way && !reader->waiting;
        KeReleaseSpinLock(&fdo->lock, old);
        if (cancel) { /* its memory stays; once it is back, nobody sends it any more */
            io_irp_cancel(reader->irp);
        }
    }
    if (wait) {
        KeWaitForSingleObject(&fdo->quiet, Executive, KernelMode, FALSE, NULL);
    }
}
