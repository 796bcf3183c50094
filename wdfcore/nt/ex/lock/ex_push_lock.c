/* ex_push_lock.c - push locks: many shared owners or one exclusive owner, first come first served.
 * A lock is 0 while nobody has it; else it is the address of a record of owners and waiters.
 * Rules:
 * - the caller is in a critical region or at APC_LEVEL, and does not hold the lock already
 * - a request waits behind every earlier one that waits
 */
#include <utlist.h>

#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

/* Somebody who has the lock or waits for it; a waiter's event is set when it is granted. */
struct ex_push_request {
    struct ex_push_request *next, *prev;
    PKTHREAD thread;
    bool exclusive;
    KEVENT granted;
    struct ex_push_request *granted_next; /* of whoever grants them */
};

/* Guards the words and records of all push locks, which change in a few instructions. */
static struct base_lock ex_push_locks = {.rank = BASE_RANK_EX};

/* Keys: (i) ex_push_locks (c) constant */
struct ex_push {
    const EX_PUSH_LOCK *lock;        /* (c) whose word names this record */
    struct ex_push_request *owners;  /* (i) */
    struct ex_push_request *waiters; /* (i) in order of arrival */
};

static struct ex_push *ex_push_of(const EX_PUSH_LOCK *lock)
{
    return (struct ex_push *)*lock;
}

static struct ex_push_request *ex_push_owner_locked(const EX_PUSH_LOCK *lock, PKTHREAD thread)
{
    struct ex_push_request *owner = NULL;

    if (*lock != 0) {
        DL_SEARCH_SCALAR(ex_push_of(lock)->owners, owner, thread, thread);
    }
    return owner;
}

/* Whether the word is one of a push lock: free, or the address of a record that knows it. */
static bool ex_push_is_lock_locked(const EX_PUSH_LOCK *lock)
{
    const struct ex_push *push = ex_push_of(lock);

    return push == NULL || (!ke_address_is_bad(push) && push->lock == lock);
}

/* What an acquire or a release has to know first. Returns false for memory that is no lock. */
static bool ex_push_look(const EX_PUSH_LOCK *lock, PKTHREAD thread, bool *is_owner)
{
    bool is_lock;

    base_lock_acquire(&ex_push_locks);
    is_lock = ex_push_is_lock_locked(lock);
    *is_owner = is_lock && ex_push_owner_locked(lock, thread) != NULL;
    base_lock_release(&ex_push_locks);
    return is_lock;
}

static bool ex_push_check_lock(const EX_PUSH_LOCK *lock, const char *api, bool *is_owner)
{
    return ke_check_address(lock, "a push lock", api) &&
           (ex_push_look(lock, ke_self->thread, is_owner) ||
            ke_check_refuse(RULE_ObjectNotInitialized, lock, "a push lock", api));
}

static bool ex_push_check(const EX_PUSH_LOCK *lock, const char *api)
{
    PKTHREAD thread = ke_self->thread;
    bool is_owner;

    if (ke_self->irql == PASSIVE_LEVEL && thread->normal_apcs_disabled == 0 &&
        thread->special_apcs_disabled == 0) {
        ke_violation(RULE_CriticalRegion, 0xC4, 0x3E, (uintptr_t)lock, 0, 0,
                     "%s outside of a critical region", api);
        return false;
    }
    if (!ex_push_check_lock(lock, api, &is_owner)) {
        return false;
    }
    if (is_owner) {
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

/* false: it has to wait. */
static bool ex_push_request_locked(struct ex_push *push, struct ex_push_request *request)
{
    if (push->waiters == NULL && ex_push_may_own(push, request->exclusive)) {
        DL_APPEND(push->owners, request);
        return true;
    }
    DL_APPEND(push->waiters, request);
    return false;
}

static void ex_push_acquire(PEX_PUSH_LOCK lock, bool exclusive)
{
    struct ex_push_request *request = ex_pool_allocate(sizeof(*request), 'hsuP', false, true, NULL);
    struct ex_push *fresh = ex_pool_allocate(sizeof(*fresh), 'hsuP', false, true, NULL);
    bool owns;

    if (request == NULL || fresh == NULL) {
        ex_pool_release(request);
        ex_pool_release(fresh);
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    request->thread = ke_self->thread;
    request->exclusive = exclusive;
    KeInitializeEvent(&request->granted, NotificationEvent, FALSE);
    base_lock_acquire(&ex_push_locks);
    if (*lock == 0) {
        fresh->lock = lock;
        *lock = (ULONG_PTR)fresh;
        fresh = NULL;
    }
    owns = ex_push_request_locked(ex_push_of(lock), request);
    base_lock_release(&ex_push_locks);
    ex_pool_release(fresh);
    if (!owns) { /* it may have been granted meanwhile: then the event is set */
        KeWaitForSingleObject(&request->granted, Executive, KernelMode, FALSE, NULL);
    }
}

/* Those who wait first and may own the lock now own it; chained by granted_next. */
static struct ex_push_request *ex_push_grant_locked(struct ex_push *push)
{
    struct ex_push_request *granted = NULL;
    struct ex_push_request **end = &granted;

    while (push->waiters != NULL && ex_push_may_own(push, push->waiters->exclusive)) {
        struct ex_push_request *request = push->waiters;

        DL_DELETE(push->waiters, request);
        DL_APPEND(push->owners, request);
        request->granted_next = NULL;
        *end = request;
        end = &request->granted_next;
    }
    return granted;
}

/* What a release has left to do without the lock; the push lock itself may be gone by then. */
struct ex_push_released {
    struct ex_push_request *owner; /* NULL: the thread does not hold it so ... */
    bool mine;                     /* ... but otherwise */
    struct ex_push *unused;
    struct ex_push_request *granted;
};

static struct ex_push_released ex_push_disown(PEX_PUSH_LOCK lock, bool exclusive)
{
    struct ex_push_released released = {0};
    struct ex_push *push;

    base_lock_acquire(&ex_push_locks);
    push = ex_push_of(lock);
    released.owner = ex_push_owner_locked(lock, ke_self->thread);
    released.mine = released.owner != NULL;
    if (released.mine && released.owner->exclusive != exclusive) {
        released.owner = NULL;
    }
    if (released.owner != NULL) {
        DL_DELETE(push->owners, released.owner);
        released.granted = ex_push_grant_locked(push);
        if (push->owners == NULL) { /* then nobody waits, either */
            *lock = 0;
            released.unused = push;
        }
    }
    base_lock_release(&ex_push_locks);
    return released;
}

static void ex_push_release(PEX_PUSH_LOCK lock, bool exclusive, const char *api)
{
    struct ex_push_released released;
    struct ex_push_request *next = NULL;
    bool is_owner;

    if (!ex_push_check_lock(lock, api, &is_owner)) {
        return;
    }
    released = ex_push_disown(lock, exclusive);
    if (released.owner == NULL) {
        ke_violation(released.mine ? RULE_LockApiMismatch : RULE_LockWrongThread, 0xC4,
                     released.mine ? 0x1008 : 0x1004, (uintptr_t)lock, 0, 0,
                     "%s of a push lock that this thread does not hold so", api);
        return;
    }
    ke_self->thread->locks_held--;
    ex_pool_release(released.owner);
    ex_pool_release(released.unused);
    for (struct ex_push_request *request = released.granted; request != NULL; request = next) {
        next = request->granted_next; /* its owner frees it */
        KeSetEvent(&request->granted, IO_NO_INCREMENT, FALSE);
    }
}

VOID ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
    if (!API(HIGH_LEVEL) || !ke_check_address(PushLock, "a push lock", __func__)) {
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
