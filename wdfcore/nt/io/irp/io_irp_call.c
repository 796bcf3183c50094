/* io_irp_call.c - the way of an IRP down a stack, and to whom it is sent with a wait. */
#include "nt/io/irp/io_irp.h"

#include "base/assert.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp_packet.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"

/* The slot of the IRP's current location; NULL: an IRP in the driver's own memory. */
static struct io_irp_record **io_irp_slot(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    return header != NULL ? &header->records[irp->CurrentLocation - 1] : NULL;
}

static void io_irp_record_push(struct io_irp_record **slot, struct io_irp_record *record)
{
    struct io_irp_record *above = NULL;

    record->state = IO_CALL_ATTACHED;
    record->control = 0;
    if (slot == NULL) {
        return;
    }
    io_lock();
    above = *slot;
    *slot = record;
    if (above != NULL) {
        above->state = IO_CALL_SUPERSEDED;
    }
    io_unlock();
}

/* What a dispatch routine that returned has left in its location. false: that is not known: the IRP
 * is with a lower driver, whose mark will come up, or with threads on its way up just now. */
static bool io_irp_control_locked(PIRP irp, struct io_irp_record **slot,
                                  const struct io_irp_record *record, CHAR location, UCHAR *control)
{
    *control = record->control;
    if (record->state == IO_CALL_SUPERSEDED) {
        return false;
    }
    if (record->state == IO_CALL_LEFT) { /* the IRP may be gone */
        return true;
    }
    *slot = NULL;
    *control = (io_irp_stack(irp) + location - 1)->Control;
    return (*control & SL_PENDING_RETURNED) != 0 ||
           (irp->CurrentLocation == location && !(base_threaded && io_irp_header(irp)->walking));
}

/* io_irp_check_pending: the dispatch routine returned status; do mark and status agree? */
static void io_irp_check_pending(PIRP irp, struct io_irp_record **slot,
                                 struct io_irp_record *record, CHAR location, NTSTATUS status)
{
    UCHAR control = 0;
    bool known = false;
    bool marked = false;

    if (slot == NULL) {
        return;
    }
    io_lock();
    known = io_irp_control_locked(irp, slot, record, location, &control);
    io_unlock();
    if (!known) {
        return;
    }
    marked = (control & SL_PENDING_RETURNED) != 0;
    if (status == STATUS_PENDING && !marked) {
        ke_violation(RULE_IrpPendingMismatch, 0xC9, 0x23D, (uintptr_t)irp, 0, 0,
                     "a dispatch routine returned STATUS_PENDING without IoMarkIrpPending");
    } else if (status != STATUS_PENDING && marked) {
        ke_violation(RULE_IrpPendingMismatch, 0xC9, 0x23E, (uintptr_t)irp, (ULONG)status, 0,
                     "a dispatch routine returned 0x%08x for an IRP that it marked pending",
                     (unsigned)status);
    }
}

/* false: the IRP may not go to that device. */
static bool io_irp_check_call(PDEVICE_OBJECT device, PIRP irp)
{
    if (irp->Type != IO_TYPE_IRP) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x02, (uintptr_t)irp, 0, 0,
                     "IoCallDriver with an IRP that was freed or never initialized");
        return false;
    }
    if (!io_device_is(device)) {
        ke_violation(RULE_DeviceLifetime, 0xC9, 0x204, (uintptr_t)device, 0, 0,
                     "IoCallDriver to %p, which is no device object", (void *)device);
        return false;
    }
    if (irp->CurrentLocation <= 1) {
        ke_violation(RULE_NoMoreIrpStackLocations, 0x35, (uintptr_t)irp, 0, 0, 0,
                     "IoCallDriver with an IRP of %d stack location%s that are all used",
                     irp->StackCount, irp->StackCount == 1 ? "" : "s");
        return false;
    }
    if (io_irp_has_cancel_routine(irp)) {
        ke_violation(RULE_IrpCompleteState, 0xC9, 0x203, (uintptr_t)irp,
                     (uintptr_t)irp->CancelRoutine, 0,
                     "IoCallDriver with an IRP whose cancel routine is still set");
        return false;
    }
    return true;
}

NTSTATUS io_irp_call(PDEVICE_OBJECT device, PIRP irp)
{
    struct io_irp *header = NULL;
    struct io_irp_record **slot = NULL;
    PIO_STACK_LOCATION location = NULL;
    PDRIVER_DISPATCH dispatch = NULL;
    struct io_irp_record record;
    struct ke_callback frame;
    CHAR index = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (!io_irp_check_call(device, irp)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    header = io_irp_header(irp);
    index = --irp->CurrentLocation;
    location = --irp->Tail.Overlay.CurrentStackLocation;
    location->DeviceObject = device;
    if (header != NULL) {
        header->in_flight = 1;
    }
    slot = io_irp_slot(irp);
    io_irp_record_push(slot, &record);
    ke_event(BASE_EVENT_REQUEST, irp, KE_ABOUT(BASE_SUBJECT_IRP, irp, .type = "IRP"),
             location->MajorFunction);

    CORE_ASSERT(location->MajorFunction <= IRP_MJ_MAXIMUM_FUNCTION);
    dispatch = device->DriverObject->MajorFunction[location->MajorFunction];
    ke_call_enter(&frame, io_irp_major_name(location->MajorFunction), (const void *)dispatch,
                  device);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(device), KE_WORD(irp));
    status = dispatch(device, irp);
    ke_call_leave(&frame);
    /* The IRP may be gone; the record says whether it is. */
    io_irp_check_pending(irp, slot, &record, index, status);
    return status;
}
/* ---- sending with a wait ---- */

static void io_irp_signal(PIRP irp, void *context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

NTSTATUS io_irp_send_and_wait(PDEVICE_OBJECT device, PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);
    KEVENT event;

    CORE_ASSERT(header != NULL && header->done == NULL);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    header->done = io_irp_signal;
    header->context = &event;
    io_irp_call(device, irp);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    header->done = NULL;
    header->context = NULL;
    return irp->IoStatus.Status;
}

NTSTATUS io_irp_ask(PDEVICE_OBJECT device, const IO_STACK_LOCATION *request, ULONG_PTR *information)
{
    PIRP irp = io_irp_allocate(device->StackSize, NULL, NULL);
    NTSTATUS status;

    if (irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    irp->IoStatus.Information = information != NULL ? *information : 0;
    *IoGetNextIrpStackLocation(irp) = *request;
    status = io_irp_send_and_wait(device, irp);
    if (information != NULL) {
        *information = irp->IoStatus.Information;
    }
    io_irp_free(irp);
    return status;
}
