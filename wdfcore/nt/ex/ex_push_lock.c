/* ex_push_lock.c - push locks: many shared owners or one exclusive owner, first come first served.
 * A lock is 0 while nobody has it; else it is the address of a record of owners and waiters.
 * Rules:
 * - the caller is in a critical region or at APC_LEVEL, and does not hold the lock already
 * - a request waits behind every earlier one that waits
 */
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_report.h"
#include "nt/thread/ke_thread.h"

/* Somebody who has the lock or waits for it; a waiter's event is set when it is granted. */
struct ex_push_request {
    struct ex_push_request *next, *prev;
    PKTHREAD thread;
    bool exclusive;
    KEVENT granted;
};

/* Keys: (i) changed only between two windows */
struct ex_push {
    struct ex_push_request *owners;  /* (i) */
    struct ex_push_request *waiters; /* (i) in order of arrival */
};

static struct ex_push *ex_push_of(const EX_PUSH_LOCK *lock)
{
    return (struct ex_push *)*lock;
}

static struct ex_push_request *ex_push_owner(const EX_PUSH_LOCK *lock, PKTHREAD thread)
{
    struct ex_push_request *owner = NULL;

    if (*lock != 0) {
        DL_SEARCH_SCALAR(ex_push_of(lock)->owners, owner, thread, thread);
    }
    return owner;
}

static bool ex_push_check(const EX_PUSH_LOCK *lock, const char *api)
{
    PKTHREAD thread = ke_self->thread;

    if (ke_self->irql == PASSIVE_LEVEL && thread->normal_apcs_disabled == 0 &&
        thread->special_apcs_disabled == 0) {
        ke_violation(RULE_CriticalRegion, 0xC4, 0x3E, (uintptr_t)lock, 0, 0,
                     "%s outside of a critical region", api);
        return false;
    }
    if (ex_push_owner(lock, thread) != NULL) {
        ke_violation(RULE_PushLockRecursive, 0, (uintptr_t)lock, 0, 0, 0,
                     "%s of a push lock that this thread holds", api);
        return false;
    }
    return true;
}

static bool ex_push_may_own(const struct ex_push *push, bool exclusive)
{
    return push->owners == NULL || (!exclusive && !push->owners->exclusive);
}

static void ex_push_acquire(PEX_PUSH_LOCK lock, bool exclusive)
{
    struct ex_push_request *request = ex_pool_allocate(sizeof(*request), 'hsuP', false, true, NULL);
    struct ex_push *push = NULL;

    if (*lock == 0) {
        *lock = (ULONG_PTR)ex_pool_allocate(sizeof(*push), 'hsuP', false, true, NULL);
    }
    push = ex_push_of(lock);
    if (request == NULL || push == NULL) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    request->thread = ke_self->thread;
    request->exclusive = exclusive;
    if (push->waiters == NULL && ex_push_may_own(push, exclusive)) {
        DL_APPEND(push->owners, request);
        return;
    }
    DL_APPEND(push->waiters, request);
    KeInitializeEvent(&request->granted, NotificationEvent, FALSE);
    /* That was a window: it may have been granted meanwhile, and then it is an owner. */
    if (ex_push_owner(lock, request->thread) == NULL) {
        KeWaitForSingleObject(&request->granted, Executive, KernelMode, FALSE, NULL);
    }
}

static void ex_push_grant(struct ex_push *push)
{
    while (push->waiters != NULL && ex_push_may_own(push, push->waiters->exclusive)) {
        struct ex_push_request *request = push->waiters;

        DL_DELETE(push->waiters, request);
        DL_APPEND(push->owners, request);
        if (request->granted.Header.WaitListHead.Flink != NULL) { /* initialized: it may wait */
            KeSetEvent(&request->granted, IO_NO_INCREMENT, FALSE);
        }
    }
}

static void ex_push_release(PEX_PUSH_LOCK lock, bool exclusive, const char *api)
{
    struct ex_push *push = ex_push_of(lock);
    struct ex_push_request *owner = ex_push_owner(lock, ke_self->thread);

    if (owner == NULL || owner->exclusive != exclusive) {
        ke_violation(owner == NULL ? RULE_LockWrongThread : RULE_LockApiMismatch, 0xC4,
                     owner == NULL ? 0x1004 : 0x1008, (uintptr_t)lock, 0, 0,
                     "%s of a push lock that this thread does not hold so", api);
        return;
    }
    ke_self->thread->locks_held--;
    DL_DELETE(push->owners, owner);
    ex_pool_release(owner);
    if (push->owners == NULL && push->waiters == NULL) {
        *lock = 0;
        ex_pool_release(push);
        return;
    }
    ex_push_grant(push);
}

VOID ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    *PushLock = 0;
}

VOID ExAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
    if (!API(APC_LEVEL) || !ex_push_check(PushLock, __func__)) {
        return;
    }
    ex_push_acquire(PushLock, true);
    ke_self->thread->locks_held++;
}

VOID ExAcquirePushLockShared(PEX_PUSH_LOCK PushLock)
{
    if (!API(APC_LEVEL) || !ex_push_check(PushLock, __func__)) {
        return;
    }
    ex_push_acquire(PushLock, false);
    ke_self->thread->locks_held++;
}

VOID ExReleasePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    ex_push_release(PushLock, true, __func__);
}

VOID ExReleasePushLockShared(PEX_PUSH_LOCK PushLock)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    ex_push_release(PushLock, false, __func__);
}
