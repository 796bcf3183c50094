/* io_irp_complete.c - the way of an IRP up its stack and through the completion routines. */
#include "nt/io/irp/io_irp.h"

#include <string.h>

#include "base/assert.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp_packet.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"

static bool io_irp_check_complete(PIRP irp)
{
    if (irp->CurrentLocation > irp->StackCount + 1) {
        ke_violation(RULE_MultipleIrpCompleteRequests, 0x44, (uintptr_t)irp, 0, 0, 0,
                     "an IRP was completed that had been completed before");
        return false;
    }
    if (irp->Type != IO_TYPE_IRP) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x01, (uintptr_t)irp, 0, 0,
                     "IoCompleteRequest of an IRP that was never initialized");
        return false;
    }
    if (irp->IoStatus.Status == STATUS_PENDING || irp->IoStatus.Status == -1) {
        ke_violation(RULE_IrpCompleteState, 0xC9, 0x06, (ULONG)irp->IoStatus.Status, (uintptr_t)irp,
                     0, "an IRP was completed with status 0x%08x", (unsigned)irp->IoStatus.Status);
        return false;
    }
    if (io_irp_has_cancel_routine(irp)) {
        ke_violation(RULE_IrpCompleteState, 0xC9, 0x07, (uintptr_t)irp->CancelRoutine,
                     (uintptr_t)irp, 0, "an IRP was completed whose cancel routine is still set");
        return false;
    }
    return true;
}

/* A driver that owns the lowest location has nobody to hear from. */
static void io_irp_check_below(struct io_irp *header)
{
    if (header->below.CompletionRoutine != NULL) {
        ke_violation(RULE_IrpStackMisuse, 0, (uintptr_t)&header->irp,
                     (uintptr_t)header->below.CompletionRoutine, 0, 0,
                     "a completion routine was set in an IRP with no location left below");
        header->below.CompletionRoutine = NULL;
    }
}

static bool io_irp_wants_routine(PIRP irp, const IO_STACK_LOCATION *location)
{
    return (NT_SUCCESS(irp->IoStatus.Status) && (location->Control & SL_INVOKE_ON_SUCCESS) != 0) ||
           (!NT_SUCCESS(irp->IoStatus.Status) && (location->Control & SL_INVOKE_ON_ERROR) != 0) ||
           (__atomic_load_n(&irp->Cancel, __ATOMIC_RELAXED) &&
            (location->Control & SL_INVOKE_ON_CANCEL) != 0);
}

static void io_irp_clear_location(PIO_STACK_LOCATION location)
{
    /* Windows zeroes what a driver above must not rely on; the file object stays. */
    location->MinorFunction = 0;
    location->Flags = 0;
    location->Control = 0;
    memset(&location->Parameters, 0, sizeof(location->Parameters));
    location->CompletionRoutine = NULL;
    location->Context = NULL;
}

/* The walk up leaves a location. */
static void io_irp_record_leave_locked(struct io_irp_record **slot, UCHAR control)
{
    struct io_irp_record *record = *slot;

    if (record != NULL) {
        *slot = NULL;
        record->control = control;
        record->state = IO_CALL_LEFT;
    }
}

/* What a location asks for when the IRP leaves it; routine NULL: nothing. */
struct io_irp_completion {
    PIO_COMPLETION_ROUTINE routine;
    void *context;
    PDEVICE_OBJECT device;
};

/* Leave the current location. */
static struct io_irp_completion io_irp_step_up(struct io_irp *header, PIRP irp)
{
    PIO_STACK_LOCATION location = irp->Tail.Overlay.CurrentStackLocation;
    bool at_top = irp->CurrentLocation == irp->StackCount;
    struct io_irp_completion next = {
        .routine = io_irp_wants_routine(irp, location) ? location->CompletionRoutine : NULL,
        .context = location->Context,
        .device = at_top ? NULL : (location + 1)->DeviceObject,
    };

    io_lock();
    irp->CurrentLocation++;
    irp->Tail.Overlay.CurrentStackLocation++;
    irp->PendingReturned = (location->Control & SL_PENDING_RETURNED) != 0;
    if (header != NULL) {
        header->walking = 1;
        io_irp_record_leave_locked(&header->records[irp->CurrentLocation - 2], location->Control);
    }
    io_irp_clear_location(location);
    if (next.routine == NULL && irp->PendingReturned && !at_top) {
        (location + 1)->Control |= SL_PENDING_RETURNED;
    }
    io_unlock();
    return next;
}

/* Leave the current location, call its routine if it asks for that. false: a routine took the IRP.
 */
static bool io_irp_leave(struct io_irp *header, PIRP irp)
{
    struct io_irp_completion next = io_irp_step_up(header, irp);
    struct ke_callback frame;
    NTSTATUS status = STATUS_SUCCESS;

    if (next.routine == NULL) {
        return true;
    }
    if (header != NULL) {
        header->in_flight = 0; /* the routine may free it */
    }
    ke_call_enter(&frame, "IoCompletion", (const void *)next.routine, next.device);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(next.device), KE_WORD(irp), KE_WORD(next.context));
    status = next.routine(next.device, irp, next.context);
    ke_call_leave(&frame);
    if (status == STATUS_MORE_PROCESSING_REQUIRED) {
        return false;
    }
    if (header != NULL && header->state == IO_IRP_FREE) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x01, (uintptr_t)irp, 0, 0,
                     "a completion routine freed its IRP and did not return "
                     "STATUS_MORE_PROCESSING_REQUIRED");
        return false;
    }
    if (header != NULL) {
        header->in_flight = 1;
    }
    return true;
}

static void io_irp_finish(struct io_irp *header, PIRP irp)
{
    bool deferred = false;

    if (header != NULL) {
        io_lock();
        header->finished = 1;
        deferred = header->cancelling != 0;
        header->finish_deferred = deferred; /* io_irp_cancel_held does it */
        io_unlock();
    }
    if (deferred) {
        return;
    }
    if (header != NULL) {
        header->in_flight = 0;
        if (header->done != NULL) {
            header->done(irp, header->context);
            return;
        }
    }
    ke_violation(RULE_IrpLifetime, 0, (uintptr_t)irp, 0, 0, 0,
                 "a driver's own IRP went up past its top: its completion routine must return "
                 "STATUS_MORE_PROCESSING_REQUIRED");
}

bool io_irp_hold_locked(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    CORE_ASSERT(header != NULL && header->state != IO_IRP_FREE);
    if (header->finished) {
        return false;
    }
    header->cancelling++;
    return true;
}

bool io_irp_cancel_held(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);
    bool called = io_irp_cancel(irp);
    bool finish;

    io_lock();
    finish = --header->cancelling == 0 && header->finish_deferred;
    if (finish) {
        header->finish_deferred = 0;
    }
    io_unlock();
    if (finish) {
        io_irp_finish(header, irp);
    }
    return called;
}

void io_irp_complete(PIRP irp, CCHAR boost)
{
    struct io_irp *header = NULL;

    if (!io_irp_check_complete(irp)) {
        return;
    }
    header = io_irp_header(irp);
    if (header != NULL) {
        io_irp_check_below(header);
    }
    ke_event(BASE_EVENT_COMPLETE, irp, KE_ABOUT(BASE_SUBJECT_IRP, irp, .type = "IRP"),
             (uint32_t)irp->IoStatus.Status);
    while (irp->CurrentLocation <= irp->StackCount) {
        if (!io_irp_leave(header, irp)) {
            return;
        }
    }
    irp->CurrentLocation++; /* past the top: completed */
    ke_record_forget(BASE_SUBJECT_IRP, irp);
    io_irp_finish(header, irp);
}
