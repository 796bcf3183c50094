/* ke_queued_lock.c - in-stack queued spin locks: tickets in order of arrival. The handle's queue
 * links the waiters; the lock's word is that of a spin lock held by the queued family.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "nt/ke/report/ke_report.h"

/* Waiters of all queued locks, in order of arrival; a waiter leaves when it owns its lock. */
static struct base_lock waiters_lock = {.rank = BASE_RANK_OWNERS};
static PKSPIN_LOCK_QUEUE waiters;

/* Whoever waited in a machine that was stopped waits no more. */
static void waiters_start(void)
{
    waiters = NULL;
}

static struct ke_machine_part waiters_part = {.order = 0, .start = waiters_start};

__attribute__((constructor)) static void waiters_register(void)
{
    ke_machine_register(&waiters_part);
}

static BOOLEAN is_first_for(const KSPIN_LOCK_QUEUE *self, const KSPIN_LOCK *lock)
{
    PKSPIN_LOCK_QUEUE waiter;

    base_lock_acquire(&waiters_lock);
    waiter = waiters;
    while (waiter != self && waiter->Lock != lock) {
        waiter = waiter->Next;
    }
    base_lock_release(&waiters_lock);
    return waiter == self;
}

static void queue_join(PKSPIN_LOCK_QUEUE self)
{
    PKSPIN_LOCK_QUEUE *link = &waiters;

    base_lock_acquire(&waiters_lock);
    while (*link != NULL) {
        link = (PKSPIN_LOCK_QUEUE *)&(*link)->Next;
    }
    self->Next = NULL;
    *link = self;
    base_lock_release(&waiters_lock);
}

static void queue_leave(PKSPIN_LOCK_QUEUE self)
{
    PKSPIN_LOCK_QUEUE *link = &waiters;

    base_lock_acquire(&waiters_lock);
    while (*link != self) {
        link = (PKSPIN_LOCK_QUEUE *)&(*link)->Next;
    }
    *link = self->Next;
    base_lock_release(&waiters_lock);
}

/* FALSE: the handle stands for a lock that this processor holds already. */
static BOOLEAN handle_is_free(const KLOCK_QUEUE_HANDLE *handle)
{
    const struct ke_processor *self = ke_self;

    for (ULONG i = 0; self->spin_locks_held > 0 && i < KE_MAXIMUM_HELD; i++) {
        if (self->held_handles[i] == handle) {
            ke_violation(RULE_LockHandleReused, 0, (uint64_t)(uintptr_t)handle,
                         (uint64_t)(uintptr_t)handle->LockQueue.Lock, 0, 0,
                         "the handle of a queued spin lock that is held was used for another "
                         "acquisition");
            return FALSE;
        }
    }
    return TRUE;
}

static void handle_replace(const KLOCK_QUEUE_HANDLE *from, const KLOCK_QUEUE_HANDLE *to)
{
    struct ke_processor *self = ke_self;

    for (ULONG i = 0; i < KE_MAXIMUM_HELD; i++) {
        if (self->held_handles[i] == from) {
            self->held_handles[i] = to;
            return;
        }
    }
}

/* FALSE: it stands for no lock, and nothing in it can be believed. */
static BOOLEAN handle_is_held(const KLOCK_QUEUE_HANDLE *handle, const char *api)
{
    return ke_check_address(handle, "a lock handle", api) &&
           (!ke_address_is_bad(handle->LockQueue.Lock) ||
            ke_check_refuse(RULE_ObjectNotInitialized, handle, "a lock handle", api));
}

static BOOLEAN queued_release(PKLOCK_QUEUE_HANDLE handle)
{
    if (!ke_spin_release((PKSPIN_LOCK)handle->LockQueue.Lock, KE_SPIN_QUEUED)) {
        return FALSE;
    }
    handle_replace(handle, NULL);
    return TRUE;
}

static BOOLEAN queued_acquire(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    BOOLEAN acquired;

    handle->LockQueue.Lock = lock;
    queue_join(&handle->LockQueue);
    /* Who is not first waits also while the lock is free: it is the first one's. */
    if (!ke_spin_is_mine(lock) && !is_first_for(&handle->LockQueue, lock)) {
        ke_spin_note_lock(lock);
        do {
            ke_spin_step();
        } while (!is_first_for(&handle->LockQueue, lock));
        ke_spin_note_lock(NULL);
    }
    acquired = ke_spin_acquire(lock, KE_SPIN_QUEUED);
    queue_leave(&handle->LockQueue);
    if (acquired) {
        handle_replace(NULL, handle);
    }
    return acquired;
}

VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(SpinLock, "a spin lock", __func__) ||
        !ke_check_address(LockHandle, "a lock handle", __func__) || !handle_is_free(LockHandle)) {
        return;
    }
    LockHandle->OldIrql = ke_irql_raise(DISPATCH_LEVEL);
    if (queued_acquire(SpinLock, LockHandle)) {
        ke_irql_push(ke_self, LockHandle->OldIrql);
    } else {
        ke_irql_lower(LockHandle->OldIrql);
    }
}

VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !handle_is_held(LockHandle, __func__)) {
        return;
    }
    old = LockHandle->OldIrql;
    if (ke_self->irql != DISPATCH_LEVEL) {
        ke_violation(RULE_SpinLockReleaseIrql, 0xC4, 0x36, ke_self->irql,
                     (uint64_t)(uintptr_t)LockHandle->LockQueue.Lock, 0,
                     "a queued spin lock was released at %s", ke_irql_name(ke_self->irql));
        return;
    }
    if (queued_release(LockHandle)) {
        ke_irql_pop(ke_self);
        ke_irql_lower(old);
    }
}

static BOOLEAN queued_level_is_held(PKSPIN_LOCK lock)
{
    if (ke_self->irql >= DISPATCH_LEVEL) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockDpcLevelLow, 0xC4, 0x40, ke_self->irql, (uint64_t)(uintptr_t)lock, 0,
                 "an AtDpcLevel or FromDpcLevel routine was called at %s",
                 ke_irql_name(ke_self->irql));
    return FALSE;
}

VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    if (API(HIGH_LEVEL) && ke_check_address(SpinLock, "a spin lock", __func__) &&
        ke_check_address(LockHandle, "a lock handle", __func__) && queued_level_is_held(SpinLock) &&
        handle_is_free(LockHandle)) {
        LockHandle->OldIrql = ke_self->irql;
        queued_acquire(SpinLock, LockHandle);
    }
}

VOID KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    if (API(HIGH_LEVEL) && handle_is_held(LockHandle, __func__) &&
        queued_level_is_held((PKSPIN_LOCK)LockHandle->LockQueue.Lock)) {
        queued_release(LockHandle);
    }
}

VOID KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

VOID KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseInStackQueuedSpinLock(LockHandle);
}
