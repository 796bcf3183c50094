/* io_irp.c - I/O request packets: their memory and their way up and down a stack; see io_irp.h.
 *
 * Normal path: io_irp_allocate takes an IRP off the free list of its stack size, io_irp_call goes
 * down one location a call, io_irp_complete walks up through the completion routines to `done`.
 *
 * Pending check: each io_irp_call on the way leaves a record (on its stack) at its location. The
 * walk up fills it in when it leaves the location; a call that shares the location (after
 * IoSkipCurrentIrpStackLocation) takes its place, and then only the inner one is checked. Whoever
 * takes the record out of its slot says so in it, so that the caller knows whether the IRP may
 * still be looked at.
 */
#include "nt/io/io_irp.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_report.h"
#include "nt/ke/ke_record.h"

enum io_call_state {
    IO_CALL_ATTACHED,   /* its location is still in use: the IRP is there */
    IO_CALL_LEFT,       /* the walk up has left the location; control is what it held */
    IO_CALL_SUPERSEDED, /* a lower driver uses the same location */
};

/* One IoCallDriver that has not returned. Key: (i) io_lock */
struct io_irp_record {
    enum io_call_state state; /* (i) */
    UCHAR control;            /* (i) of the location when it was left */
};

enum io_irp_state {
    IO_IRP_FREE,
    IO_IRP_OWNED,  /* allocated; done may be NULL */
    IO_IRP_THREAD, /* built for a thread: the I/O manager frees it */
};

#define IO_IRP_OURS 0x40 /* AllocationFlags: the IRP stands in a struct io_irp */

/* Keys: (c) constant, (o) the IRP's owner, (i) io_lock */
struct io_irp {
    struct io_irp *next_all;        /* (c) every IRP of this stack size */
    struct io_irp *next_free;       /* (i) */
    io_irp_done *done;              /* (o) */
    void *context;                  /* (o) */
    const void *caller;             /* (o) who allocated it, for the report of leaks */
    struct io_irp_record **records; /* (i) one slot a location */
    UCHAR state;                    /* (o) enum io_irp_state */
    UCHAR in_flight;                /* (o) below its owner */
    UCHAR walking;                  /* (i) it is on its way up */
    UCHAR finished;                 /* (i) it has left its stack: not to be held any more */
    UCHAR cancelling;               /* (i) io_irp_cancel_held is looking at it */
    UCHAR finish_deferred;          /* (i) and it was completed meanwhile */
    _Alignas(16) IRP irp;
    /* What a driver writes that has no location below its own: it must not hit the IRP. */
    IO_STACK_LOCATION below;
    IO_STACK_LOCATION stack[]; /* then the slots */
};

/* With io_lock; outstanding is read without it. */
static struct {
    struct io_irp *all[SCHAR_MAX + 1];
    struct io_irp *free[SCHAR_MAX + 1];
    ULONG outstanding;
} io_irps;

static struct io_irp *io_irp_header(PIRP irp)
{
    if ((irp->AllocationFlags & IO_IRP_OURS) == 0) {
        return NULL;
    }
    return CONTAINING_RECORD(irp, struct io_irp, irp);
}

/* Who cancels the IRP may be taking the routine out at this moment. */
static bool io_irp_has_cancel_routine(PIRP irp)
{
    return __atomic_load_n(&irp->CancelRoutine, __ATOMIC_RELAXED) != NULL;
}

const char *io_irp_major_name(UCHAR major)
{
    static const char *const names[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = "DispatchCreate",
        [IRP_MJ_CLOSE] = "DispatchClose",
        [IRP_MJ_READ] = "DispatchRead",
        [IRP_MJ_WRITE] = "DispatchWrite",
        [IRP_MJ_QUERY_INFORMATION] = "DispatchQueryInformation",
        [IRP_MJ_SET_INFORMATION] = "DispatchSetInformation",
        [IRP_MJ_FLUSH_BUFFERS] = "DispatchFlushBuffers",
        [IRP_MJ_DEVICE_CONTROL] = "DispatchDeviceControl",
        [IRP_MJ_INTERNAL_DEVICE_CONTROL] = "DispatchInternalDeviceControl",
        [IRP_MJ_SHUTDOWN] = "DispatchShutdown",
        [IRP_MJ_CLEANUP] = "DispatchCleanup",
        [IRP_MJ_POWER] = "DispatchPower",
        [IRP_MJ_SYSTEM_CONTROL] = "DispatchSystemControl",
        [IRP_MJ_PNP] = "DispatchPnP",
    };
    const char *name = major <= IRP_MJ_MAXIMUM_FUNCTION ? names[major] : NULL;

    return name != NULL ? name : "Dispatch";
}

/* ---- memory ---- */

static PIO_STACK_LOCATION io_irp_stack(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    return header != NULL ? header->stack : (PIO_STACK_LOCATION)(irp + 1);
}

static void io_irp_init_at(PIRP irp, PIO_STACK_LOCATION stack, CCHAR stack_size, USHORT size)
{
    memset(irp, 0, (size_t)((char *)(stack + stack_size) - (char *)irp));
    irp->Type = IO_TYPE_IRP;
    irp->Size = size;
    irp->StackCount = stack_size;
    irp->CurrentLocation = (CHAR)(stack_size + 1);
    irp->Tail.Overlay.CurrentStackLocation = stack + stack_size;
    InitializeListHead(&irp->ThreadListEntry);
}

void io_irp_init(PIRP irp, CCHAR stack_size, USHORT size)
{
    io_irp_init_at(irp, (PIO_STACK_LOCATION)(irp + 1), stack_size, size);
}

static struct io_irp *io_irp_take(UCHAR stack_size)
{
    struct io_irp *header;
    size_t stack_bytes = (size_t)stack_size * sizeof(IO_STACK_LOCATION);

    io_lock();
    header = io_irps.free[stack_size];
    if (header != NULL) {
        io_irps.free[stack_size] = header->next_free;
    }
    io_unlock();
    if (header != NULL) {
        return header;
    }
    header = calloc(1, sizeof(*header) + stack_bytes + (size_t)stack_size * sizeof(void *));
    if (header == NULL) {
        return NULL;
    }
    header->records = (void *)((char *)header->stack + stack_bytes);
    io_lock();
    header->next_all = io_irps.all[stack_size];
    io_irps.all[stack_size] = header;
    io_unlock();
    return header;
}

static PIRP io_irp_create(CCHAR stack_size, enum io_irp_state state, const void *caller)
{
    struct io_irp *header = NULL;

    if (stack_size <= 0) {
        return NULL;
    }
    header = io_irp_take((UCHAR)stack_size);
    if (header == NULL) {
        return NULL;
    }
    io_irp_init_at(&header->irp, header->stack, stack_size, IoSizeOfIrp(stack_size));
    header->irp.AllocationFlags = IO_IRP_OURS;
    header->done = NULL;
    header->context = NULL;
    header->caller = caller;
    header->state = (UCHAR)state;
    header->in_flight = 0;
    header->walking = 0;
    header->finished = 0;
    header->cancelling = 0;
    header->finish_deferred = 0;
    __atomic_fetch_add(&io_irps.outstanding, 1, __ATOMIC_RELAXED);
    return &header->irp;
}

PIRP io_irp_allocate(CCHAR stack_size, io_irp_done *done, void *context)
{
    PIRP irp = io_irp_create(stack_size, IO_IRP_OWNED, NULL);

    if (irp != NULL) {
        io_irp_header(irp)->done = done;
        io_irp_header(irp)->context = context;
    }
    return irp;
}

PIRP io_irp_allocate_for(CCHAR stack_size, const void *caller)
{
    return io_irp_create(stack_size, IO_IRP_OWNED, caller);
}

PIRP io_irp_allocate_for_thread(CCHAR stack_size, io_irp_done *done, void *context)
{
    PIRP irp = io_irp_create(stack_size, IO_IRP_THREAD, NULL);

    if (irp != NULL) {
        io_irp_header(irp)->done = done;
        io_irp_header(irp)->context = context;
        irp->Tail.Overlay.Thread = (PETHREAD)KeGetCurrentThread();
    }
    return irp;
}

void io_irp_free(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    CORE_ASSERT(header != NULL && header->state != IO_IRP_FREE);
    header->state = IO_IRP_FREE;
    /* What a stale pointer finds: a completed IRP of no type. */
    irp->Type = 0;
    irp->CurrentLocation = (CHAR)(irp->StackCount + 2);
    irp->CancelRoutine = NULL;
    io_lock();
    header->next_free = io_irps.free[(UCHAR)irp->StackCount];
    io_irps.free[(UCHAR)irp->StackCount] = header;
    io_unlock();
    __atomic_fetch_sub(&io_irps.outstanding, 1, __ATOMIC_RELAXED);
}

void io_irp_reuse(PIRP irp, NTSTATUS status)
{
    UCHAR allocation = irp->AllocationFlags;

    io_irp_init_at(irp, io_irp_stack(irp), irp->StackCount, irp->Size);
    irp->AllocationFlags = allocation;
    irp->IoStatus.Status = status;
    if (io_irp_header(irp) != NULL) {
        io_irp_header(irp)->finished = 0;
    }
}

ULONG io_irp_outstanding(void)
{
    return __atomic_load_n(&io_irps.outstanding, __ATOMIC_RELAXED);
}

bool io_irp_is_allocated(PIRP irp)
{
    struct io_irp *header = NULL;

    if (irp == NULL || irp->Type != IO_TYPE_IRP) {
        return false;
    }
    header = io_irp_header(irp);
    return header != NULL && header->state != IO_IRP_FREE;
}

static void io_irp_report_leak(const struct io_irp *header)
{
    char caller[160] = "the I/O manager";
    const IRP *irp = &header->irp;
    const char *major = "";

    if (header->caller != NULL) {
        ke_report_name(header->caller, caller, sizeof(caller));
    }
    if (irp->CurrentLocation >= 1 && irp->CurrentLocation <= irp->StackCount) {
        major = io_irp_major_name(irp->Tail.Overlay.CurrentStackLocation->MajorFunction);
    }
    ke_violation(RULE_IrpLifetime, 0, (uintptr_t)irp, 0, 0, 0,
                 "an IRP allocated by %s was never %s%s%s", caller,
                 header->caller != NULL && !header->in_flight ? "freed" : "completed",
                 *major != '\0' ? "; it is with " : "", major);
}

ULONG io_irp_report_leaks(void)
{
    ULONG count = 0;

    for (size_t size = 1; size <= SCHAR_MAX; size++) {
        for (struct io_irp *header = io_irps.all[size]; header != NULL; header = header->next_all) {
            if (header->state != IO_IRP_FREE) {
                count++;
                io_irp_report_leak(header);
            }
        }
    }
    return count;
}

void io_irp_stop(void)
{
    for (size_t size = 1; size <= SCHAR_MAX; size++) {
        struct io_irp *header = io_irps.all[size];

        while (header != NULL) {
            struct io_irp *next = header->next_all;

            free(header);
            header = next;
        }
    }
    memset(&io_irps, 0, sizeof(io_irps));
}

/* ---- the way down ---- */

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

/* ---- the way up ---- */

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

/* Leave the current location, call its routine if it asks for that. false: a routine took the IRP. */
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

void io_irp_set_done(PIRP irp, io_irp_done *done, void *context)
{
    struct io_irp *header = io_irp_header(irp);

    CORE_ASSERT(header != NULL);
    header->done = done;
    header->context = context;
}

/* io_irp_check_owned: false: freeing, reusing or initializing it now is refused. */
bool io_irp_check_owned(PIRP irp, const char *api, ULONG in_use_code)
{
    struct io_irp *header = NULL;

    if (irp == NULL || irp->Type != IO_TYPE_IRP || (header = io_irp_header(irp)) == NULL ||
        header->state == IO_IRP_FREE) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x01, (uintptr_t)irp, 0, 0,
                     "%s of %p, which is no IRP from IoAllocateIrp or was freed before", api,
                     (void *)irp);
        return false;
    }
    if (header->in_flight) {
        ke_violation(RULE_IrpLifetime, 0xC9, in_use_code, (uintptr_t)irp, 0, 0,
                     "%s of an IRP that a lower driver still has", api);
        return false;
    }
    if (header->state == IO_IRP_THREAD) {
        ke_violation(RULE_IrpLifetime, 0xC9, in_use_code == 0x310 ? 0x311 : 0x20C, (uintptr_t)irp,
                     0, 0, "%s of an IRP that the I/O manager built and frees itself", api);
        return false;
    }
    return true;
}
