/* ex_resource.c - ERESOURCE: many shared owners or one exclusive owner, each as often as it likes.
 *
 *   state      shared request           exclusive request   last owner lets go
 *   free       granted                  granted             -
 *   shared     granted, unless an       waits               the first waiter, and if that one
 *              exclusive one waits (*)                      shares all behind it that share, too
 *   exclusive  waits                    waits               the same
 * (*) who owns it already is granted all the same; StarveExclusive always is, WaitForExclusive never.
 * The exclusive owner is granted everything. What a driver sees in the structure (ActiveCount, the
 * counts of waiters) is kept up to date; the truth is a record that the structure does not hold.
 */
#include "nt/ex/lock/ex_resource.h"

#include <stdlib.h>
#include <utlist.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_deadlock.h"
#include "nt/thread/ke_thread.h"

enum ex_share { EX_EXCLUSIVE, EX_SHARED, EX_STARVE_EXCLUSIVE, EX_WAIT_FOR_EXCLUSIVE };

/* ---- acquiring ---- */

static bool resource_grants_locked(const struct ex_resource *record, const struct ex_owner *self,
                                   enum ex_share share)
{
    bool exclusive_waits = ex_resource_waiters_locked(record, true) != 0;

    if (record->owners == NULL || (self != NULL && record->exclusive)) {
        return true;
    }
    if (record->exclusive || share == EX_EXCLUSIVE) {
        return false;
    }
    switch (share) {
    case EX_STARVE_EXCLUSIVE:
        return true;
    case EX_WAIT_FOR_EXCLUSIVE:
        return !exclusive_waits;
    default:
        return self != NULL || !exclusive_waits;
    }
}

/* The caller has it: counted with what it has already, or by the record that it brings along. */
static void owner_add_locked(struct ex_resource *record, struct ex_owner **fresh, bool exclusive)
{
    struct ex_owner *owner = ex_resource_owner_locked(record, (*fresh)->thread);

    if (owner != NULL) {
        owner->count++;
        return;
    }
    record->exclusive = exclusive;
    DL_APPEND(record->owners, *fresh);
    *fresh = NULL;
}

static PKTHREAD owner_at(const void *lock, ULONG index)
{
    const struct ex_resource *record = lock;
    const struct ex_owner *owner = record->owners;

    while (owner != NULL && index-- > 0) {
        owner = owner->next;
    }
    /* An owner with low bits set is no thread (ExSetResourceOwnerPointer). */
    return owner != NULL && (owner->thread & 3) == 0 ? (PKTHREAD)owner->thread : NULL;
}

static void request_wait(struct ex_resource *record, struct ex_request *request)
{
    const struct ke_lock_wait wait = {.kind = "a resource", .lock = record, .owner_at = owner_at};

    ke_lock_wait_begin(&wait);
    KeWaitForSingleObject(&request->granted, Executive, KernelMode, FALSE, NULL);
    ke_lock_wait_end();
}

enum ex_outcome { EX_GRANTED, EX_REFUSED, EX_WAITS, EX_UNKNOWN, EX_SELF_DEADLOCK };

static enum ex_outcome request_locked(PERESOURCE resource, enum ex_share share, bool wait,
                                      struct ex_owner **fresh, struct ex_request *request,
                                      struct ex_resource **out_record)
{
    struct ex_resource *record = ex_resource_find_locked(resource);
    const struct ex_owner *self = NULL;

    if (record == NULL) {
        return EX_UNKNOWN;
    }
    *out_record = record;
    self = ex_resource_owner_locked(record, (*fresh)->thread);
    if (resource_grants_locked(record, self, share)) {
        owner_add_locked(record, fresh, share == EX_EXCLUSIVE);
        ex_resource_show_locked(record);
        return EX_GRANTED;
    }
    if (!wait) {
        return EX_REFUSED;
    }
    if (self != NULL) {
        return EX_SELF_DEADLOCK;
    }
    request->owner = *fresh;
    request->exclusive = share == EX_EXCLUSIVE;
    DL_APPEND(record->waiters, request);
    DL_APPEND(record->coming, *fresh);
    resource->ContentionCount++;
    ex_resource_show_locked(record);
    return EX_WAITS;
}

/* Normal kernel APCs must be off from acquire to release. */
static bool resource_apcs_are_off(PERESOURCE resource, uint64_t code)
{
    PKTHREAD thread = ke_self->thread;

    if (ke_self->irql > PASSIVE_LEVEL || thread->normal_apcs_disabled > 0 ||
        thread->special_apcs_disabled > 0) {
        return true;
    }
    ke_violation(RULE_ResourceApc, 0xC4, code, ke_self->irql, 0, (uintptr_t)resource,
                 "a resource was %s outside of a critical region",
                 code == 0x37 ? "acquired" : "released");
    return false;
}

static BOOLEAN resource_acquire(PERESOURCE resource, enum ex_share share, bool wait)
{
    struct ex_owner *fresh = NULL;
    struct ex_resource *record = NULL;
    struct ex_request request = {.owner = NULL};
    enum ex_outcome outcome = EX_REFUSED;

    if (!resource_apcs_are_off(resource, 0x37)) {
        return FALSE;
    }
    fresh = calloc(1, sizeof(*fresh));
    if (fresh == NULL) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES); /* this call cannot fail otherwise */
        return FALSE;
    }
    fresh->thread = (ERESOURCE_THREAD)ke_self->thread;
    fresh->count = 1;
    KeInitializeEvent(&request.granted, NotificationEvent, FALSE);
    base_lock_acquire(&ex_resources_lock);
    outcome = request_locked(resource, share, wait, &fresh, &request, &record);
    base_lock_release(&ex_resources_lock);
    if (outcome == EX_WAITS) {
        request_wait(record, &request); /* fresh is among the owners when this returns */
        return TRUE;
    }
    free(fresh);
    if (outcome == EX_UNKNOWN) {
        ex_resource_misused(resource, 0xD1, "a resource was acquired that is not initialized");
    } else if (outcome == EX_SELF_DEADLOCK) {
        ke_violation(RULE_ResourceSelfDeadlock, 0xC4, 0x1000, (uintptr_t)resource, 0, 0,
                     "a thread waits for a resource that it owns shared itself");
    }
    return outcome == EX_GRANTED;
}

BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return API(APC_LEVEL) && resource_acquire(Resource, EX_EXCLUSIVE, Wait);
}

BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return API(APC_LEVEL) && resource_acquire(Resource, EX_SHARED, Wait);
}

BOOLEAN ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return API(APC_LEVEL) && resource_acquire(Resource, EX_STARVE_EXCLUSIVE, Wait);
}

BOOLEAN ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return API(APC_LEVEL) && resource_acquire(Resource, EX_WAIT_FOR_EXCLUSIVE, Wait);
}

PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
    return NULL; /* on Windows too a value that means nothing to drivers */
}

PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(Resource, TRUE);
    return NULL;
}

PVOID ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireSharedWaitForExclusive(Resource, TRUE);
    return NULL;
}

/* ---- letting go ---- */

/* Moves a waiter among the owners; returns what its thread waits for. */
static PKEVENT request_grant_locked(struct ex_resource *record, struct ex_request *request)
{
    DL_DELETE(record->waiters, request);
    DL_DELETE(record->coming, request->owner);
    DL_APPEND(record->owners, request->owner);
    record->exclusive = request->exclusive;
    return &request->granted;
}

/* The next waiter that may own it now, or NULL. Shared ones may pass an exclusive one if `all`. */
static PKEVENT resource_next_locked(struct ex_resource *record, bool all)
{
    struct ex_request *request = NULL;

    DL_FOREACH (record->waiters, request) {
        if (record->owners == NULL || (!record->exclusive && !request->exclusive)) {
            return request_grant_locked(record, request);
        }
        if (!all) {
            return NULL;
        }
    }
    return NULL;
}

/* Wakes who owns it from now on. An event is set outside of the lock, for that is a window; a thread
 * that was granted stays in its wait until then. */
static void resource_grant(struct ex_resource *record, bool all)
{
    for (;;) {
        PKEVENT granted = NULL;

        base_lock_acquire(&ex_resources_lock);
        granted = resource_next_locked(record, all);
        ex_resource_show_locked(record);
        base_lock_release(&ex_resources_lock);
        if (granted == NULL) {
            return;
        }
        KeSetEvent(granted, IO_NO_INCREMENT, FALSE);
    }
}

static void resource_not_owned(PERESOURCE resource, ERESOURCE_THREAD thread, const char *what)
{
    ke_violation(RULE_ResourceNotOwned, 0xE3, (uintptr_t)resource, thread, 0, 0,
                 "a resource was %s a thread that does not own it%s", what,
                 what[0] == 'c' ? " exclusively" : "");
}

static void resource_release(PERESOURCE resource, ERESOURCE_THREAD thread)
{
    struct ex_resource *record = NULL;
    struct ex_owner *owner = NULL;
    struct ex_owner *gone = NULL;
    bool wanted = false;

    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(resource);
    owner = record != NULL ? ex_resource_owner_locked(record, thread) : NULL;
    if (owner != NULL && --owner->count == 0) {
        DL_DELETE(record->owners, owner);
        gone = owner;
        wanted = record->waiters != NULL;
    }
    if (owner != NULL) {
        ex_resource_show_locked(record);
    }
    base_lock_release(&ex_resources_lock);
    free(gone);
    if (record == NULL) {
        ex_resource_misused(resource, 0xD1, "a resource was released that is not initialized");
    } else if (owner == NULL) {
        resource_not_owned(resource, thread, "released for");
    } else if (wanted) { /* a waiter keeps the record: who deletes it now has been told */
        resource_grant(record, false);
    }
}

VOID ExReleaseResourceLite(PERESOURCE Resource)
{
    if (API(DISPATCH_LEVEL) && resource_apcs_are_off(Resource, 0x38)) {
        resource_release(Resource, (ERESOURCE_THREAD)ke_self->thread);
    }
}

VOID ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId)
{
    if (API(DISPATCH_LEVEL) && resource_apcs_are_off(Resource, 0x38)) {
        resource_release(Resource, ResourceThreadId);
    }
}

VOID ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

VOID ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    struct ex_resource *record = NULL;
    bool converted = false;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(Resource);
    if (record != NULL && record->exclusive &&
        ex_resource_owner_locked(record, (ERESOURCE_THREAD)ke_self->thread) != NULL) {
        record->exclusive = false;
        converted = true;
    }
    base_lock_release(&ex_resources_lock);
    if (record == NULL) {
        ex_resource_misused(Resource, 0xD1, "a resource was converted that is not initialized");
    } else if (!converted) {
        resource_not_owned(Resource, (ERESOURCE_THREAD)ke_self->thread, "converted by");
    } else {
        resource_grant(record, true);
    }
}

/* ---- another owner ---- */

/* What the calling thread has acquired belongs to the pointer from now on, together with what that has
 * already. false: the thread owns nothing of it. */
static bool resource_give_locked(struct ex_resource *record, ERESOURCE_THREAD to,
                                 struct ex_owner **gone)
{
    struct ex_owner *owner = ex_resource_owner_locked(record, (ERESOURCE_THREAD)ke_self->thread);
    struct ex_owner *other = ex_resource_owner_locked(record, to);

    if (owner == NULL) {
        return false;
    }
    if (other != NULL && other != owner) {
        other->count += owner->count;
        DL_DELETE(record->owners, owner);
        *gone = owner;
    } else {
        owner->thread = to;
    }
    ex_resource_show_locked(record);
    return true;
}

static void resource_give(PERESOURCE resource, ERESOURCE_THREAD to)
{
    struct ex_owner *gone = NULL;
    struct ex_resource *record;
    bool given = false;

    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(resource);
    if (record != NULL) {
        given = resource_give_locked(record, to, &gone);
    }
    base_lock_release(&ex_resources_lock);
    free(gone);
    if (record == NULL) {
        ex_resource_misused(resource, 0xD1, "a resource was given that is not initialized");
    } else if (!given) {
        resource_not_owned(resource, (ERESOURCE_THREAD)ke_self->thread, "given away by");
    }
}

VOID ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (((ULONG_PTR)OwnerPointer & 3) != 3) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)Resource, (uintptr_t)OwnerPointer, 0, 0,
                     "ExSetResourceOwnerPointer with %p, whose two low bits are not set",
                     OwnerPointer);
        return;
    }
    resource_give(Resource, (ERESOURCE_THREAD)OwnerPointer);
}

/* With the flag the pointer is a thread's. */
VOID ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (Flags == FLAG_OWNER_POINTER_IS_THREAD) {
        resource_give(Resource, (ERESOURCE_THREAD)OwnerPointer);
    } else {
        ExSetResourceOwnerPointer(Resource, OwnerPointer);
    }
}
