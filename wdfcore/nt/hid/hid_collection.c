/* hid_collection.c - a top-level collection: its files, and the reports that wait in them.
 * A read takes as many whole reports as fit; it waits if there is none. A report is as long as the
 * longest of its collection, zeros behind a shorter one.
 */
#include "nt/hid/hid_class.h"

#include <stdlib.h>
#include <string.h>

#include "nt/io/irp/io_irp.h"

static struct hid_file *hid_file_of(PIRP irp)
{
    PFILE_OBJECT object = IoGetCurrentIrpStackLocation(irp)->FileObject;

    return object != NULL ? object->FsContext : NULL;
}

/* ---- the ring ---- */

static void hid_ring_put_locked(struct hid_file *file, const UCHAR *report, ULONG bytes)
{
    PUCHAR slot;

    if (file->count == file->size) { /* the oldest gives way */
        file->first = (file->first + 1) % file->size;
        file->count--;
    }
    slot = file->ring + (size_t)((file->first + file->count) % file->size) * file->length;
    memset(slot, 0, file->length);
    memcpy(slot, report, bytes < file->length ? bytes : file->length);
    file->count++;
}

static ULONG hid_ring_take_locked(struct hid_file *file, PUCHAR to, ULONG room)
{
    ULONG taken = 0;

    while (file->count > 0 && room - taken >= file->length) {
        memcpy(to + taken, file->ring + (size_t)file->first * file->length, file->length);
        file->first = (file->first + 1) % file->size;
        file->count--;
        taken += file->length;
    }
    return taken;
}

void hid_collection_flush(struct hid_file *file)
{
    KIRQL old;

    KeAcquireSpinLock(&file->pdo->fdo->lock, &old);
    file->count = 0;
    KeReleaseSpinLock(&file->pdo->fdo->lock, old);
}

NTSTATUS hid_collection_resize(struct hid_file *file, ULONG size)
{
    PUCHAR ring;
    KIRQL old;

    if (size < 2 || size > HID_RING_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    ring = calloc(size, file->length);
    if (ring == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeAcquireSpinLock(&file->pdo->fdo->lock, &old);
    while (file->count > size) {
        file->first = (file->first + 1) % file->size;
        file->count--;
    }
    size_t kept = hid_ring_take_locked(file, ring, size * file->length) / file->length;
    free(file->ring);
    file->ring = ring;
    file->size = size;
    file->first = 0;
    file->count = (ULONG)kept;
    KeReleaseSpinLock(&file->pdo->fdo->lock, old);
    return STATUS_SUCCESS;
}

/* ---- reads ---- */

static VOID hid_read_cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    struct hid_pdo *pdo = device->DeviceExtension;
    KIRQL old;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry); /* of itself, if it was taken off already */
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    hid_finish(irp, STATUS_CANCELLED, 0);
}

/* The file's first read that nobody is taking back; it is off the list. NULL: none. */
static PIRP hid_next_read_locked(struct hid_file *file)
{
    while (!IsListEmpty(&file->reads)) {
        PIRP irp = CONTAINING_RECORD(RemoveHeadList(&file->reads), IRP, Tail.Overlay.ListEntry);

        if (IoSetCancelRoutine(irp, NULL) != NULL) {
            return irp;
        }
        InitializeListHead(&irp->Tail.Overlay.ListEntry); /* its cancel routine comes */
    }
    return NULL;
}

/* Reads that have a report go from the file to the list `done`, Information set. */
static void hid_serve_locked(struct hid_file *file, PLIST_ENTRY done)
{
    while (file->count > 0) {
        PIRP irp = hid_next_read_locked(file);

        if (irp == NULL) {
            return;
        }
        irp->IoStatus.Information =
            hid_ring_take_locked(file, irp->Tail.Overlay.DriverContext[0],
                                 IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length);
        InsertTailList(done, &irp->Tail.Overlay.ListEntry);
    }
}

static void hid_complete_all(PLIST_ENTRY done, NTSTATUS status)
{
    while (!IsListEmpty(done)) {
        PIRP irp = CONTAINING_RECORD(RemoveHeadList(done), IRP, Tail.Overlay.ListEntry);

        hid_finish(irp, status, NT_SUCCESS(status) ? irp->IoStatus.Information : 0);
    }
}

void hid_collection_deliver(struct hid_pdo *pdo, const UCHAR *report, ULONG bytes)
{
    LIST_ENTRY done;
    KIRQL old;

    InitializeListHead(&done);
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    for (PLIST_ENTRY entry = pdo->files.Flink; entry != &pdo->files; entry = entry->Flink) {
        struct hid_file *file = CONTAINING_RECORD(entry, struct hid_file, entry);

        if (!file->closed && file->length != 0) {
            hid_ring_put_locked(file, report, bytes);
            hid_serve_locked(file, &done);
        }
    }
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    hid_complete_all(&done, STATUS_SUCCESS);
}

/* Whether it waits; if not, it has its reports or is refused: IoStatus. */
static bool hid_queue_locked(struct hid_file *file, PIRP irp)
{
    NTSTATUS refused =
        file->pdo->gone || file->closed ? STATUS_DEVICE_NOT_CONNECTED : STATUS_SUCCESS;

    irp->IoStatus.Information = 0;
    if (NT_SUCCESS(refused) && file->count > 0 && IsListEmpty(&file->reads)) {
        irp->IoStatus.Information =
            hid_ring_take_locked(file, irp->Tail.Overlay.DriverContext[0],
                                 IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length);
    } else if (NT_SUCCESS(refused)) {
        IoSetCancelRoutine(irp, hid_read_cancelled);
        if (!irp->Cancel || IoSetCancelRoutine(irp, NULL) == NULL) {
            IoMarkIrpPending(irp);
            if (irp->Cancel) {
                InitializeListHead(&irp->Tail.Overlay.ListEntry);
            } else {
                InsertTailList(&file->reads, &irp->Tail.Overlay.ListEntry);
            }
            return true;
        }
        refused = STATUS_CANCELLED;
    }
    irp->IoStatus.Status = refused;
    return false;
}

static NTSTATUS hid_read(struct hid_pdo *pdo, PIRP irp)
{
    struct hid_file *file = hid_file_of(irp);
    ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
    bool waits;
    KIRQL old;

    if (file == NULL || file->length == 0) {
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0); /* it has no input reports */
    }
    if (length < file->length || irp->MdlAddress == NULL) {
        return hid_finish(irp, STATUS_INVALID_BUFFER_SIZE, 0);
    }
    irp->Tail.Overlay.DriverContext[0] =
        MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
    if (irp->Tail.Overlay.DriverContext[0] == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    waits = hid_queue_locked(file, irp);
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    if (waits) {
        return STATUS_PENDING;
    }
    return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

/* ---- files ---- */

static struct hid_file *hid_file_create(struct hid_pdo *pdo)
{
    struct hid_file *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    file->pdo = pdo;
    file->length = pdo->fdo->descriptor.collections[pdo->number].length[HID_INPUT];
    file->size = HID_RING;
    InitializeListHead(&file->reads);
    if (file->length != 0) {
        file->ring = calloc(HID_RING, file->length);
        if (file->ring == NULL) {
            free(file);
            return NULL;
        }
    }
    return file;
}

static NTSTATUS hid_open(struct hid_pdo *pdo, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    struct hid_file *file = NULL;
    bool gone;
    KIRQL old;

    if (location->FileObject != NULL) {
        file = hid_file_create(pdo);
    }
    if (file == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    gone = pdo->gone;
    if (!gone) {
        InsertTailList(&pdo->files, &file->entry);
        pdo->fdo->open++;
    }
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    if (gone) {
        free(file->ring);
        free(file);
        return hid_finish(irp, STATUS_DEVICE_NOT_CONNECTED, 0);
    }
    location->FileObject->FsContext = file;
    hid_reader_go(pdo->fdo);
    return hid_finish(irp, STATUS_SUCCESS, 0);
}

static void hid_take_reads_locked(struct hid_file *file, PLIST_ENTRY done)
{
    for (PIRP irp = hid_next_read_locked(file); irp != NULL; irp = hid_next_read_locked(file)) {
        InsertTailList(done, &irp->Tail.Overlay.ListEntry);
    }
}

static NTSTATUS hid_cleanup(struct hid_pdo *pdo, PIRP irp)
{
    struct hid_file *file = hid_file_of(irp);
    LIST_ENTRY done;
    bool last = false;
    KIRQL old;

    InitializeListHead(&done);
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    if (file != NULL && !file->closed) {
        file->closed = true;
        RemoveEntryList(&file->entry);
        hid_take_reads_locked(file, &done);
        last = --pdo->fdo->open == 0;
    }
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    hid_complete_all(&done, STATUS_CANCELLED);
    if (last) {
        hid_reader_stop(pdo->fdo, false);
    }
    return hid_finish(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS hid_close(PIRP irp)
{
    struct hid_file *file = hid_file_of(irp);

    if (file != NULL) {
        free(file->ring);
        free(file);
    }
    return hid_finish(irp, STATUS_SUCCESS, 0);
}

NTSTATUS hid_collection_io(struct hid_pdo *pdo, PIRP irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
    case IRP_MJ_CREATE:
        return hid_open(pdo, irp);
    case IRP_MJ_CLEANUP:
        return hid_cleanup(pdo, irp);
    case IRP_MJ_CLOSE:
        return hid_close(irp);
    default:
        return hid_read(pdo, irp);
    }
}

void hid_collection_end(struct hid_pdo *pdo)
{
    LIST_ENTRY done;
    KIRQL old;

    InitializeListHead(&done);
    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    pdo->gone = true;
    for (PLIST_ENTRY entry = pdo->files.Flink; entry != &pdo->files; entry = entry->Flink) {
        hid_take_reads_locked(CONTAINING_RECORD(entry, struct hid_file, entry), &done);
    }
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    hid_complete_all(&done, STATUS_DEVICE_NOT_CONNECTED);
}
