/* fx_spinlock.c - WDFSPINLOCK. A processor's held locks form a stack: at DISPATCH_LEVEL nothing
 * else runs there. Released out of order a lock leaves the IRQL at DISPATCH_LEVEL, and the IRQL
 * that it would have restored passes to the lock that was taken next.
 */
#include "wdf/callback/fx_spinlock.h"

#include <stdio.h>

#include "host/host.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_report.h"

static struct fx_spinlock *held[HOST_MAX_PROCESSORS]; /* only by code that runs on that processor */

void fx_spinlock_stop(void)
{
    for (unsigned i = 0; i < HOST_MAX_PROCESSORS; i++) {
        held[i] = NULL;
    }
}

static bool spinlock_dispose(struct fx_object *object)
{
    const struct fx_spinlock *lock = fx_object_body(object, struct fx_spinlock);

    if (FX_LOOK(lock->holder) != NULL) {
        fx_violation(RULE_LockDeletedWhileHeld, FX_BUGCHECK_NONE, 0, 0, object,
                     "a WDFSPINLOCK is deleted while it is held");
    }
    return true;
}

static void spinlock_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_spinlock *lock = (const struct fx_spinlock *)object;

    snprintf(text, size, "%s%s", FX_LOOK(lock->holder) != NULL ? "held" : "free",
             lock->interrupt_lock ? ", an interrupt's" : "");
}

const struct fx_type fx_spinlock_type = {
    .number = FX_TYPE_SPINLOCK,
    .size = sizeof(struct fx_spinlock),
    .dispose = spinlock_dispose,
    .describe = spinlock_describe,
};

NTSTATUS WdfSpinLockCreate(PWDF_OBJECT_ATTRIBUTES SpinLockAttributes, WDFSPINLOCK *SpinLock)
{
    struct fx_make make;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (SpinLock == NULL) {
        return fx_parameter_null("SpinLock", KE_CALLER());
    }
    *SpinLock = NULL;
    status = fx_make(&fx_spinlock_type, 0, SpinLockAttributes, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    KeInitializeSpinLock(&fx_object_body(make.object, struct fx_spinlock)->lock);
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        *SpinLock = fx_handle_of(make.object);
    }
    return status;
}

VOID WdfSpinLockAcquire(WDFSPINLOCK SpinLock)
{
    struct fx_spinlock *lock;
    KIRQL old;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    lock = fx_handle_get(SpinLock, FX_TYPE_SPINLOCK);
    if (lock == NULL) {
        return;
    }
    if (lock->interrupt_lock) {
        fx_violation(RULE_SpinLockIsInterruptLock, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "the WDFSPINLOCK of an interrupt was acquired with WdfSpinLockAcquire");
        return;
    }
    if (FX_LOOK(lock->holder) == ke_self->thread) {
        fx_violation(RULE_SpinLockRecursive, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "a WDFSPINLOCK was acquired again by its holder");
        return;
    }
    fx_object_ref(&lock->object); /* the driver may delete it; dropped by the release */
    old = KeAcquireSpinLockRaiseToDpc(&lock->lock);
    if (FX_LOOK(lock->holder) != NULL) {
        fx_object_deref(&lock->object); /* refused: a holder on this processor lowered the IRQL */
        return;
    }
    lock->old_irql = old;
    FX_SET(lock->holder, ke_self->thread);
    lock->outer = held[ke_self->number];
    held[ke_self->number] = lock;
}

/* Takes the lock out of this processor's stack. If it is not the innermost, reports it and lets the
 * IRQL be restored by the lock that was taken right after it. Returns the IRQL to go to. */
static KIRQL spinlock_unstack(struct fx_spinlock *lock)
{
    struct fx_spinlock *inner = held[ke_self->number];
    KIRQL irql = lock->old_irql;

    if (inner == lock) {
        held[ke_self->number] = lock->outer;
        return irql;
    }
    fx_violation(RULE_LockOrder, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                 "a WDFSPINLOCK was released before one that was acquired after it");
    while (inner->outer != lock) {
        CORE_ASSERT(inner->outer != NULL);
        inner = inner->outer;
    }
    inner->outer = lock->outer;
    inner->old_irql = irql;
    return DISPATCH_LEVEL;
}

VOID WdfSpinLockRelease(WDFSPINLOCK SpinLock)
{
    struct fx_spinlock *lock;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    lock = fx_handle_get(SpinLock, FX_TYPE_SPINLOCK);
    if (lock == NULL) {
        return;
    }
    if (FX_LOOK(lock->holder) != ke_self->thread ||
        (ke_self->irql == DISPATCH_LEVEL && !ke_spin_is_mine(&lock->lock))) {
        fx_violation(RULE_SpinLockNotOwned, FX_BUGCHECK_LOCK, lock->object.handle, 1, &lock->object,
                     "a WDFSPINLOCK was released by somebody who does not hold it");
        return;
    }
    if (ke_self->irql < DISPATCH_LEVEL) {
        fx_violation(RULE_IrqlTooLow, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "a WDFSPINLOCK was released below DISPATCH_LEVEL");
        return;
    }
    irql = spinlock_unstack(lock);
    FX_SET(lock->holder, NULL);
    lock->outer = NULL;
    KeReleaseSpinLock(&lock->lock, irql);
    fx_object_deref(&lock->object);
}
