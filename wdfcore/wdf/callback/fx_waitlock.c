#include "wdf/callback/fx_waitlock.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_look.h"
#include "wdf/frame/fx_report.h"

static bool waitlock_dispose(struct fx_object *object)
{
    const struct fx_waitlock *lock = fx_object_body(object, struct fx_waitlock);

    if (FX_LOOK(lock->holder) != NULL) {
        fx_violation(RULE_LockDeletedWhileHeld, FX_BUGCHECK_NONE, 0, 0, object,
                     "a WDFWAITLOCK is deleted while it is held");
    }
    return true;
}

static void waitlock_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_waitlock *lock = (const struct fx_waitlock *)object;

    snprintf(text, size, "%s", FX_LOOK(lock->holder) != NULL ? "held" : "free");
}

const struct fx_type fx_waitlock_type = {
    .number = FX_TYPE_WAITLOCK,
    .size = sizeof(struct fx_waitlock),
    .dispose = waitlock_dispose,
    .describe = waitlock_describe,
};

NTSTATUS fx_waitlock_acquire(struct fx_waitlock *lock, const LONGLONG *timeout)
{
    bool region = ke_self->irql < DISPATCH_LEVEL;
    LARGE_INTEGER due;
    NTSTATUS status;

    if (FX_LOOK(lock->holder) == ke_self->thread) {
        fx_violation(RULE_WaitLockRecursive, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "a WDFWAITLOCK was acquired again by its holder");
        return STATUS_TIMEOUT;
    }
    if (timeout != NULL) {
        due.QuadPart = *timeout;
    }
    fx_object_ref(&lock->object); /* the driver may delete it; dropped by the release */
    if (region) {
        KeEnterCriticalRegion();
    }
    status = KeWaitForSingleObject(&lock->free, Executive, KernelMode, FALSE,
                                   timeout != NULL ? &due : NULL);
    if (status != STATUS_SUCCESS) {
        if (region) {
            KeLeaveCriticalRegion();
        }
        fx_object_deref(&lock->object);
        return status;
    }
    FX_SET(lock->holder, ke_self->thread);
    lock->region = region;
    return STATUS_SUCCESS;
}

bool fx_waitlock_release(struct fx_waitlock *lock)
{
    bool region;

    if (FX_LOOK(lock->holder) != ke_self->thread) {
        fx_violation(RULE_WaitLockNotOwned, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "a WDFWAITLOCK was released by somebody who does not hold it");
        return false;
    }
    region = lock->region;
    FX_SET(lock->holder, NULL);
    KeSetEvent(&lock->free, IO_NO_INCREMENT, FALSE);
    if (region) {
        KeLeaveCriticalRegion();
    }
    fx_object_deref(&lock->object);
    return true;
}

NTSTATUS WdfWaitLockCreate(PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock)
{
    struct fx_make make;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Lock == NULL) {
        return fx_parameter_null("Lock", KE_CALLER());
    }
    *Lock = NULL;
    status = fx_make(&fx_waitlock_type, 0, LockAttributes, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fx_waitlock_init(fx_object_body(make.object, struct fx_waitlock));
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        *Lock = fx_handle_of(make.object);
    }
    return status;
}

NTSTATUS WdfWaitLockAcquire(WDFWAITLOCK Lock, PLONGLONG Timeout)
{
    bool try_only = Timeout != NULL && *Timeout == 0;
    struct fx_waitlock *lock;

    if (!API(try_only ? DISPATCH_LEVEL : PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    lock = fx_handle_get(Lock, FX_TYPE_WAITLOCK);
    if (lock == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ke_self->irql >= DISPATCH_LEVEL) { /* reported as documented, yet it works. spec: D-13 */
        fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, &lock->object,
                     "WdfWaitLockAcquire with a time-out of 0 was called at DISPATCH_LEVEL");
    }
    return fx_waitlock_acquire(lock, Timeout);
}

VOID WdfWaitLockRelease(WDFWAITLOCK Lock)
{
    struct fx_waitlock *lock;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    lock = fx_handle_get(Lock, FX_TYPE_WAITLOCK);
    if (lock != NULL) {
        fx_waitlock_release(lock);
    }
}
