/* io_cancel.c - cancellation of IRPs under the one cancel lock.
 * Normal path: IoCancelIrp takes the lock, sets Cancel, takes the routine out of the IRP and calls
 * it with the lock held; the routine releases it. Whoever exchanges CancelRoutine and gets the
 * routine owns the IRP: the driver (which then completes it) or this file.
 */
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

/* Key: (l) by whoever holds the lock; read by anyone, who finds itself or not */
static KSPIN_LOCK io_cancel_lock;
static struct ke_processor *io_cancel_owner; /* (l) NULL: not held */

static KIRQL io_cancel_acquire(void)
{
    KIRQL old = PASSIVE_LEVEL;

    KeAcquireSpinLock(&io_cancel_lock, &old);
    __atomic_store_n(&io_cancel_owner, ke_self, __ATOMIC_RELAXED);
    return old;
}

static bool io_cancel_is_mine(void)
{
    return __atomic_load_n(&io_cancel_owner, __ATOMIC_RELAXED) == ke_self;
}

static void io_cancel_release(KIRQL old)
{
    if (io_cancel_is_mine()) {
        __atomic_store_n(&io_cancel_owner, NULL, __ATOMIC_RELAXED);
    }
    KeReleaseSpinLock(&io_cancel_lock, old); /* reports a release by who does not own it */
}

void io_cancel_start(void)
{
    io_cancel_lock = 0; /* free */
    io_cancel_owner = NULL;
}

VOID IoAcquireCancelSpinLock(PKIRQL Irql)
{
    if (!API(DISPATCH_LEVEL)) {
        *Irql = KeGetCurrentIrql();
        return;
    }
    *Irql = io_cancel_acquire();
}

VOID IoReleaseCancelSpinLock(KIRQL Irql)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    io_cancel_release(Irql);
}

static void io_cancel_call(PIRP irp, PDRIVER_CANCEL routine, KIRQL old)
{
    PDEVICE_OBJECT device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
    struct ke_callback frame;

    irp->CancelIrql = old;
    ke_call_enter(&frame, "Cancel", (const void *)routine, irp);
    routine(device, irp);
    /* It was entered at DISPATCH_LEVEL under the lock and leaves at the caller's IRQL without. The
     * IRP may be gone. */
    if (io_cancel_is_mine() && ke_self->irql == DISPATCH_LEVEL) {
        ke_violation(RULE_DriverReturnedHoldingCancelLock, 0x11B, (uintptr_t)irp,
                     (uintptr_t)routine, 0, 0,
                     "a cancel routine returned with the cancel spin lock held");
        io_cancel_release(old);
    }
    frame.irql = old;
    ke_call_leave(&frame);
}

bool io_irp_cancel(PIRP irp)
{
    KIRQL old = io_cancel_acquire();
    PDRIVER_CANCEL routine = NULL;

    __atomic_store_n(&irp->Cancel, TRUE, __ATOMIC_SEQ_CST);
    routine = __atomic_exchange_n(&irp->CancelRoutine, NULL, __ATOMIC_SEQ_CST);
    if (routine == NULL) {
        io_cancel_release(old);
        return false;
    }
    if (irp->CurrentLocation > irp->StackCount + 1) {
        irp->CancelRoutine = routine;
        io_cancel_release(old);
        ke_violation(RULE_CancelStateInCompletedIrp, 0x48, (uintptr_t)irp, (uintptr_t)routine, 0, 0,
                     "IoCancelIrp of a completed IRP that still has a cancel routine");
        return false;
    }
    io_cancel_call(irp, routine, old);
    return true;
}

BOOLEAN IoCancelIrp(PIRP Irp)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Irp, "an IRP", __func__)) {
        return FALSE;
    }
    if (Irp->Type != IO_TYPE_IRP) {
        ke_violation(RULE_IrpLifetime, 0, (uintptr_t)Irp, 0, 0, 0,
                     "IoCancelIrp of an IRP that was freed, or is none");
        return FALSE;
    }
    return io_irp_cancel(Irp);
}

PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)
{
    if (!API_QUIET(HIGH_LEVEL) || !io_irp_check(Irp, __func__)) {
        return NULL;
    }
    return __atomic_exchange_n(&Irp->CancelRoutine, CancelRoutine, __ATOMIC_SEQ_CST);
}
