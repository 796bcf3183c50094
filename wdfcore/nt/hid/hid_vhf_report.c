/* hid_vhf_report.c - the way of a report.
 * From the driver: a read of the class driver takes it. If none waits, it is kept for the next one (the oldest of too
 * many gives way), or dropped if nobody reads. A driver with a buffer of its own submits one each time it is told.
 * To the driver: an operation, which keeps the IRP until the driver completes it.
 */
#include "nt/hid/hid_vhf.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "nt/hid/hid_class.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"

struct hid_vhf_kept {
    LIST_ENTRY entry;
    ULONG length;
    UCHAR data[];
};

/* ---- reads ---- */

static struct hid_vhf_kept *hid_vhf_take_kept_locked(struct hid_vhf *vhf)
{
    if (IsListEmpty(&vhf->reports)) {
        return NULL;
    }
    vhf->count--;
    return CONTAINING_RECORD(RemoveHeadList(&vhf->reports), struct hid_vhf_kept, entry);
}

void hid_vhf_drop_reports(struct hid_vhf *vhf)
{
    struct hid_vhf_kept *kept = hid_vhf_take_kept_locked(vhf);

    while (kept != NULL) {
        free(kept);
        kept = hid_vhf_take_kept_locked(vhf);
    }
}

static VOID hid_vhf_read_cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    struct hid_vhf *vhf = irp->Tail.Overlay.DriverContext[0];
    KIRQL old;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&vhf->lock, &old);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry); /* of itself, if it was taken off already */
    vhf->listened = false;
    hid_vhf_drop_reports(vhf);
    KeReleaseSpinLock(&vhf->lock, old);
    hid_finish(irp, STATUS_CANCELLED, 0);
}

/* The first read that nobody takes back; it is off the list. NULL: none. */
static PIRP hid_vhf_next_read_locked(struct hid_vhf *vhf)
{
    while (!IsListEmpty(&vhf->reads)) {
        PIRP irp = CONTAINING_RECORD(RemoveHeadList(&vhf->reads), IRP, Tail.Overlay.ListEntry);

        if (IoSetCancelRoutine(irp, NULL) != NULL) {
            return irp;
        }
        InitializeListHead(&irp->Tail.Overlay.ListEntry); /* its cancel routine comes */
    }
    return NULL;
}

static void hid_vhf_give(PIRP irp, const UCHAR *data, ULONG length)
{
    ULONG room = IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.OutputBufferLength;

    length = length < room ? length : room;
    memcpy(irp->UserBuffer, data, length);
    hid_finish(irp, STATUS_SUCCESS, length);
}

void hid_vhf_tell(struct hid_vhf *vhf)
{
    PEVT_VHF_READY_FOR_NEXT_READ_REPORT ready = vhf->config.EvtVhfReadyForNextReadReport;
    struct ke_callback frame;
    bool tell;
    KIRQL old;

    KeAcquireSpinLock(&vhf->lock, &old);
    tell = ready != NULL && vhf->started && !vhf->turn && !IsListEmpty(&vhf->reads);
    vhf->turn |= tell;
    KeReleaseSpinLock(&vhf->lock, old);
    if (tell) {
        ke_call_enter(&frame, "EvtVhfReadyForNextReadReport", ready, vhf->pdo);
        ready(vhf->config.VhfClientContext);
        ke_call_leave(&frame);
    }
}

/* It waits, or is taken back already. */
static bool hid_vhf_keep_read_locked(struct hid_vhf *vhf, PIRP irp)
{
    irp->Tail.Overlay.DriverContext[0] = vhf;
    IoSetCancelRoutine(irp, hid_vhf_read_cancelled);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        return false;
    }
    IoMarkIrpPending(irp);
    if (irp->Cancel) {
        InitializeListHead(&irp->Tail.Overlay.ListEntry);
    } else {
        InsertTailList(&vhf->reads, &irp->Tail.Overlay.ListEntry);
    }
    return true;
}

NTSTATUS hid_vhf_read(struct hid_vhf *vhf, PIRP irp)
{
    struct hid_vhf_kept *kept;
    bool waits = false;
    KIRQL old;

    KeAcquireSpinLock(&vhf->lock, &old);
    vhf->listened = true;
    kept = hid_vhf_take_kept_locked(vhf);
    if (kept == NULL) {
        waits = hid_vhf_keep_read_locked(vhf, irp);
    }
    KeReleaseSpinLock(&vhf->lock, old);
    if (waits) {
        hid_vhf_tell(vhf);
        return STATUS_PENDING;
    }
    if (kept == NULL) {
        return hid_finish(irp, STATUS_CANCELLED, 0);
    }
    hid_vhf_give(irp, kept->data, kept->length);
    free(kept);
    return STATUS_SUCCESS;
}

/* ---- reports ---- */

static bool hid_vhf_keep_report_locked(struct hid_vhf *vhf, const HID_XFER_PACKET *packet)
{
    struct hid_vhf_kept *kept = malloc(sizeof(*kept) + packet->reportBufferLen);

    if (kept == NULL) {
        return false;
    }
    kept->length = packet->reportBufferLen;
    memcpy(kept->data, packet->reportBuffer, packet->reportBufferLen);
    InsertTailList(&vhf->reports, &kept->entry);
    if (++vhf->count > HID_VHF_REPORTS) {
        free(hid_vhf_take_kept_locked(vhf));
    }
    return true;
}

NTSTATUS hid_vhf_submit(struct hid_vhf *vhf, const HID_XFER_PACKET *packet)
{
    bool own_buffer = vhf->config.EvtVhfReadyForNextReadReport != NULL;
    NTSTATUS status = STATUS_SUCCESS;
    PIRP irp = NULL;
    KIRQL old;

    KeAcquireSpinLock(&vhf->lock, &old);
    if (!vhf->started || (own_buffer && vhf->listened && !vhf->turn)) {
        status = STATUS_INVALID_DEVICE_STATE;
    } else {
        vhf->turn = false;
        irp = hid_vhf_next_read_locked(vhf);
        if (irp == NULL && vhf->listened && !hid_vhf_keep_report_locked(vhf, packet)) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    KeReleaseSpinLock(&vhf->lock, old);
    if (irp != NULL) {
        hid_vhf_give(irp, packet->reportBuffer, packet->reportBufferLen);
        hid_vhf_tell(vhf);
    }
    return status;
}

/* ---- operations ---- */

struct hid_vhf_operation {
    struct hid_vhf_operation *next; /* operations_lock */
    PIRP irp;
    UCHAR context[] __attribute__((aligned(16)));
};

static struct base_lock operations_lock = {.rank = BASE_RANK_EX};
static struct hid_vhf_operation *operations; /* those that the drivers have */

static void hid_vhf_operations_stop(void)
{
    while (operations != NULL) {
        struct hid_vhf_operation *operation = operations;

        operations = operation->next;
        free(operation);
    }
}

NTSTATUS hid_vhf_operate(struct hid_vhf *vhf, PIRP irp, PEVT_VHF_ASYNC_OPERATION callback)
{
    ULONG size = vhf->config.OperationContextSize;
    struct hid_vhf_operation *operation;
    struct ke_callback frame;
    bool started;
    KIRQL old;

    KeAcquireSpinLock(&vhf->lock, &old);
    started = vhf->started;
    KeReleaseSpinLock(&vhf->lock, old);
    if (callback == NULL || !started) {
        return hid_finish(irp, callback == NULL ? STATUS_NOT_SUPPORTED : STATUS_DEVICE_NOT_READY,
                          0);
    }
    operation = calloc(1, sizeof(*operation) + size);
    if (operation == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    operation->irp = irp;
    IoMarkIrpPending(irp);
    base_lock_acquire(&operations_lock);
    operation->next = operations;
    operations = operation;
    base_lock_release(&operations_lock);
    ke_call_enter(&frame, "EvtVhfAsyncOperation", callback, vhf->pdo);
    callback(vhf->config.VhfClientContext, (VHFOPERATIONHANDLE)operation,
             size != 0 ? operation->context : NULL, irp->UserBuffer);
    ke_call_leave(&frame);
    return STATUS_PENDING;
}

/* It is the caller's to complete; NULL: it is none, or over. */
static struct hid_vhf_operation *hid_vhf_take_operation(const void *handle)
{
    struct hid_vhf_operation **link = &operations, *operation;

    base_lock_acquire(&operations_lock);
    while (*link != NULL && *link != handle) {
        link = &(*link)->next;
    }
    operation = *link;
    if (operation != NULL) {
        *link = operation->next;
    }
    base_lock_release(&operations_lock);
    return operation;
}

NTSTATUS VhfAsyncOperationComplete(VHFOPERATIONHANDLE VhfOperationHandle, NTSTATUS CompletionStatus)
{
    struct hid_vhf_operation *operation;
    PHID_XFER_PACKET packet;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    operation = hid_vhf_take_operation(VhfOperationHandle);
    if (operation == NULL) {
        ke_check_refuse(RULE_HandleInvalid, VhfOperationHandle,
                        "a VHFOPERATIONHANDLE that is under way", __func__);
        return STATUS_INVALID_PARAMETER;
    }
    packet = operation->irp->UserBuffer;
    hid_finish(operation->irp, CompletionStatus,
               NT_SUCCESS(CompletionStatus) ? packet->reportBufferLen : 0);
    free(operation);
    return STATUS_SUCCESS;
}

static struct ke_machine_part hid_vhf_report_part = {.order = 11, .stop = hid_vhf_operations_stop};

__attribute__((constructor)) static void hid_vhf_report_register(void)
{
    ke_machine_register(&hid_vhf_report_part);
}
