/* ex_resource_table.c - the resources of a machine: from initialization to deletion, and questions. */
#include "nt/ex/lock/ex_resource.h"

#include <stdlib.h>
#include <utlist.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

/* ERESOURCE.Flag, as debuggers know it */
#define RESOURCE_OWNED_EXCLUSIVE 0x80

struct base_lock ex_resources_lock = {.rank = BASE_RANK_EX};
static struct ex_resource *resources; /* (r) */

struct ex_resource *ex_resource_find_locked(const ERESOURCE *resource)
{
    struct ex_resource *found = NULL;

    HASH_FIND_PTR(resources, &resource, found);
    return found;
}

struct ex_owner *ex_resource_owner_locked(const struct ex_resource *record, ERESOURCE_THREAD thread)
{
    struct ex_owner *owner = NULL;

    DL_SEARCH_SCALAR(record->owners, owner, thread, thread);
    return owner;
}

ULONG ex_resource_waiters_locked(const struct ex_resource *record, bool exclusive)
{
    struct ex_request *request = NULL;
    ULONG count = 0;

    DL_FOREACH (record->waiters, request) {
        count += request->exclusive == exclusive;
    }
    return count;
}

#define OWNER_COUNT_MASK 0x1FFFFFFF /* of OWNER_ENTRY.OwnerCount */

/* What debuggers, and drivers that look, see. */
void ex_resource_show_locked(const struct ex_resource *record)
{
    PERESOURCE resource = record->resource;
    struct ex_owner *owner = NULL;
    int owners = 0;

    DL_COUNT(record->owners, owner, owners);
    resource->ActiveCount = (SHORT)(owners != 0);
    resource->ActiveEntries = (ULONG)owners;
    resource->Flag = record->owners != NULL && record->exclusive ? RESOURCE_OWNED_EXCLUSIVE : 0;
    resource->OwnerEntry.OwnerThread = record->owners != NULL ? record->owners->thread : 0;
    resource->OwnerEntry.OwnerCount =
        record->owners != NULL ? record->owners->count & OWNER_COUNT_MASK : 0;
    resource->NumberOfSharedWaiters = ex_resource_waiters_locked(record, false);
    resource->NumberOfExclusiveWaiters = ex_resource_waiters_locked(record, true);
}

/* ---- from initialization to deletion ---- */

void ex_resource_misused(const ERESOURCE *resource, uint64_t code, const char *what)
{
    ke_violation(RULE_ResourceLifetime, 0xC4, code, (uintptr_t)resource, 0, 0, "%s", what);
}

NTSTATUS ExInitializeResourceLite(PERESOURCE Resource)
{
    struct ex_resource *record = NULL;
    bool known = false;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Resource == NULL || (uintptr_t)Resource % sizeof(PVOID) != 0) {
        ex_resource_misused(Resource, 0xD0, "a resource lies at NULL or at no multiple of 8");
        return STATUS_INVALID_PARAMETER;
    }
    record = calloc(1, sizeof(*record));
    if (record == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    record->resource = Resource;
    base_lock_acquire(&ex_resources_lock);
    known = ex_resource_find_locked(Resource) != NULL;
    if (!known) {
        HASH_ADD_PTR(resources, resource, record);
        RtlZeroMemory(Resource, sizeof(*Resource));
        InitializeListHead(&Resource->SystemResourcesList);
    }
    base_lock_release(&ex_resources_lock);
    if (known) {
        free(record);
        ex_resource_misused(Resource, 0xD0, "a resource was initialized again");
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}

/* Why the resource cannot end or begin anew; NULL: it can. */
static const char *resource_in_use_locked(const struct ex_resource *record)
{
    if (record == NULL) {
        return "a resource was used that is not initialized";
    }
    return record->owners != NULL || record->waiters != NULL
               ? "a resource was deleted or initialized again while it is owned"
               : NULL;
}

/* It is as before its first owner; with end, it is no resource any more. */
static NTSTATUS resource_reset(PERESOURCE resource, bool end)
{
    struct ex_resource *record = NULL;
    const char *wrong = NULL;

    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(resource);
    wrong = resource_in_use_locked(record);
    if (wrong == NULL && end) {
        HASH_DEL(resources, record);
    } else if (wrong == NULL) {
        resource->ContentionCount = 0;
    }
    base_lock_release(&ex_resources_lock);
    if (wrong != NULL) {
        ex_resource_misused(resource, record == NULL ? 0xD1 : 0x1002, wrong);
        return STATUS_UNSUCCESSFUL;
    }
    if (end) {
        free(record);
    }
    return STATUS_SUCCESS;
}

NTSTATUS ExDeleteResourceLite(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) ? resource_reset(Resource, true) : STATUS_UNSUCCESSFUL;
}

NTSTATUS ExReinitializeResourceLite(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) ? resource_reset(Resource, false) : STATUS_UNSUCCESSFUL;
}

/* ---- queries ---- */

/* How often the caller has it. */
static ULONG resource_owned(PERESOURCE resource, bool exclusively)
{
    struct ex_resource *record = NULL;
    struct ex_owner *owner = NULL;
    ULONG count = 0;

    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(resource);
    if (record != NULL && (record->exclusive || !exclusively)) {
        owner = ex_resource_owner_locked(record, (ERESOURCE_THREAD)ke_self->thread);
        count = owner != NULL ? owner->count : 0;
    }
    base_lock_release(&ex_resources_lock);
    if (record == NULL) {
        ex_resource_misused(resource, 0xD1, "a resource was asked about that is not initialized");
    }
    return count;
}

BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) && resource_owned(Resource, true) != 0;
}

ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) ? resource_owned(Resource, false) : 0;
}

static ULONG resource_waiters(PERESOURCE resource, bool exclusive)
{
    struct ex_resource *record = NULL;
    ULONG count = 0;

    base_lock_acquire(&ex_resources_lock);
    record = ex_resource_find_locked(resource);
    if (record != NULL) {
        count = ex_resource_waiters_locked(record, exclusive);
    }
    base_lock_release(&ex_resources_lock);
    if (record == NULL) {
        ex_resource_misused(resource, 0xD1, "a resource was asked about that is not initialized");
    }
    return count;
}

ULONG ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) ? resource_waiters(Resource, true) : 0;
}

ULONG ExGetSharedWaiterCount(PERESOURCE Resource)
{
    return API(DISPATCH_LEVEL) ? resource_waiters(Resource, false) : 0;
}

/* ---- what others ask ---- */

static PERESOURCE resource_in_range(const void *start, size_t size)
{
    struct ex_resource *record = NULL;

    base_lock_acquire(&ex_resources_lock);
    record = resources;
    while (record != NULL && (uintptr_t)record->resource - (uintptr_t)start >= size) {
        record = record->hh.next;
    }
    base_lock_release(&ex_resources_lock);
    return record != NULL ? record->resource : NULL;
}

bool ex_resource_check_free(const void *start, size_t size)
{
    PERESOURCE resource = size < sizeof(ERESOURCE) ? NULL : resource_in_range(start, size);

    if (resource != NULL) {
        ke_violation(RULE_ResourceLifetime, 0xC4, 0xD2, (uintptr_t)resource, (uintptr_t)start, size,
                     "memory is freed that holds a resource that was not deleted");
    }
    return resource == NULL;
}

void ex_resource_report(const char *driver, const void *start, size_t size)
{
    PERESOURCE resource = resource_in_range(start, size);

    if (resource != NULL) {
        ke_violation(RULE_UnloadPending, 0xCE, (uintptr_t)resource, 0, 0, 0,
                     "driver %s ended with a resource in its data that was not deleted", driver);
    }
}

const void *ex_resource_held_by(PKTHREAD thread)
{
    struct ex_resource *record = NULL;

    base_lock_acquire(&ex_resources_lock);
    record = resources;
    while (record != NULL && ex_resource_owner_locked(record, (ERESOURCE_THREAD)thread) == NULL) {
        record = record->hh.next;
    }
    base_lock_release(&ex_resources_lock);
    return record != NULL ? record->resource : NULL;
}

static void owners_free(struct ex_owner *owners)
{
    struct ex_owner *owner = NULL;
    struct ex_owner *next = NULL;

    DL_FOREACH_SAFE (owners, owner, next) {
        free(owner);
    }
}

/* The requests lie on the stacks of threads that are gone. */
static void resources_stop(void)
{
    struct ex_resource *record = NULL;
    struct ex_resource *next = NULL;

    HASH_ITER (hh, resources, record, next) {
        HASH_DEL(resources, record);
        owners_free(record->owners);
        owners_free(record->coming);
        free(record);
    }
}

static struct ke_machine_part resources_part = {.order = 0, .stop = resources_stop};

__attribute__((constructor)) static void resources_register(void)
{
    ke_machine_register(&resources_part);
}
