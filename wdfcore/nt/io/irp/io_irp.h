#pragma once
/* io_irp.h - I/O request packets: allocation, the way down a stack and the way up.
 * Rules for an IRP:
 * - its memory stays an IRP's until the machine ends: a freed one waits on a list by stack size, so
 *   that a second completion or free is named and not a stray write
 * - one owner at a time: whoever holds it may complete it, send it on or keep it
 * - completed once; the walk up zeroes each location that it leaves and stops where a completion
 *   routine returns STATUS_MORE_PROCESSING_REQUIRED, which makes that driver the owner
 * - when the walk has passed the top location the IRP's *done* routine runs, at the IRQL of whoever
 *   completed it; a driver's own IRP has none and must be stopped by a completion routine
 *
 * The functions here are the API's without its entry test, for the I/O manager itself, wdf and
 * harness: a driver's call site is not involved and no window is passed.
 */
#include <wdm.h>

#include <stdbool.h>

typedef void io_irp_done(PIRP irp, void *context);

/* io_irp_allocate: as IoAllocateIrp, fast; NULL when memory is short or stack_size is 0.
 * done runs when the walk passed the top; it owns the IRP then and frees or reuses it. NULL: as for
 * a driver's IRP. */
PIRP io_irp_allocate(CCHAR stack_size, io_irp_done *done, void *context);
void io_irp_free(PIRP irp);
/* io_irp_allocate_for: a driver's IRP; caller is named when it leaks.
 * io_irp_allocate_for_thread: bound to the current thread: the driver must not free it. */
PIRP io_irp_allocate_for(CCHAR stack_size, const void *caller);
PIRP io_irp_allocate_for_thread(CCHAR stack_size, io_irp_done *done, void *context);
/* io_irp_init: size bytes of memory become an IRP. */
void io_irp_init(PIRP irp, CCHAR stack_size, USHORT size);
/* io_irp_is_allocated: it is one of this file's, live, and not in a driver's own memory. */
bool io_irp_is_allocated(PIRP irp);
/* io_irp_check: at that address an IRP lies, allocated or initialized; false after a violation. */
bool io_irp_check(PIRP irp, const char *api);
/* io_irp_check_owned: whether a driver may free or reuse it now; false after a violation. */
bool io_irp_check_owned(PIRP irp, const char *api, ULONG in_use_code);
/* io_irp_reuse: as fresh from io_irp_allocate; done stays. */
void io_irp_reuse(PIRP irp, NTSTATUS status);

/* io_irp_call: IoCallDriver. Calls the dispatch routine through ke_call under its documented name
 * ("DispatchRead", ...), then checks the IRQL and that STATUS_PENDING and IoMarkIrpPending go
 * together. */
NTSTATUS io_irp_call(PDEVICE_OBJECT device, PIRP irp);

/* io_irp_complete: IoCompleteRequest. Any IRQL up to DISPATCH_LEVEL. The IRP must not be touched
 * afterwards. */
void io_irp_complete(PIRP irp, CCHAR boost);

/* io_irp_cancel: IoCancelIrp. */
bool io_irp_cancel(PIRP irp);
/* io_irp_hold_locked: for who sent the IRP and may lose it at any window, with io_lock: done is put
 * off until io_irp_cancel_held has left the IRP, and then runs there. false: it is being completed.
 * io_irp_cancel_held: io_irp_cancel of an IRP that is held. */
bool io_irp_hold_locked(PIRP irp);
bool io_irp_cancel_held(PIRP irp);

/* io_irp_send_and_wait: send the IRP to device and wait until it was completed; the caller still
 * owns it afterwards (also when a driver on the way returned STATUS_PENDING).
 *   irp      from io_irp_allocate with done NULL; its next location is filled in
 *   Returns  Irp->IoStatus.Status
 *   IRQL     PASSIVE_LEVEL. Blocks. */
NTSTATUS io_irp_send_and_wait(PDEVICE_OBJECT device, PIRP irp);

/* io_irp_ask: the same with an IRP of its own for a request that has no buffers but those its location names.
 *   request      major and minor function, parameters
 *   information  in and out: that of the IRP; NULL: 0, and nobody asks
 *   Returns      the IRP's status, STATUS_NOT_SUPPORTED if nobody set one; STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS io_irp_ask(PDEVICE_OBJECT device, const IO_STACK_LOCATION *request,
                    ULONG_PTR *information);

/* io_irp_major_name: "DispatchRead" for IRP_MJ_READ, ... */
const char *io_irp_major_name(UCHAR major);

/* io_irp_outstanding: IRPs allocated and not freed. */
ULONG io_irp_outstanding(void);
/* io_irp_report_leaks: IrpLifetime for every IRP that is still allocated; how many. */
ULONG io_irp_report_leaks(void);

void io_irp_stop(void);
/* io_cancel_start: the cancel lock is free. */
void io_cancel_start(void);
