#pragma once
/* ex_resource.h - the record behind an ERESOURCE, and what the rest of nt asks about it.
 * Rules for a resource:
 * - known from ExInitializeResourceLite to ExDeleteResourceLite by its address; its memory is looked
 *   at only while it is known, so that any other address is named and never dereferenced
 */
#include <wdm.h>

#include <stdbool.h>
#include <stddef.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/lock.h"

/* Keys: (r) ex_resources_lock */
struct ex_owner {
    struct ex_owner *next, *prev; /* (r) */
    ERESOURCE_THREAD thread;      /* (r) */
    ULONG count;                  /* (r) acquisitions not yet released */
};

/* A request that waits, on its thread's stack; gone once it is granted. */
struct ex_request {
    struct ex_request *next, *prev; /* (r) */
    struct ex_owner *owner;         /* (r) what it becomes; among those coming */
    bool exclusive;
    KEVENT granted;
};

struct ex_resource {
    UT_hash_handle hh;          /* (r) */
    PERESOURCE resource;        /* the key */
    struct ex_owner *owners;    /* (r) */
    struct ex_owner *coming;    /* (r) what the waiters become */
    struct ex_request *waiters; /* (r) in order of arrival */
    bool exclusive;             /* (r) the one owner excludes all others */
};

extern struct base_lock ex_resources_lock;

/* With the lock held. ex_resource_find_locked: NULL if it is not initialized.
 * ex_resource_show_locked: what debuggers, and drivers that look, see in the structure. */
struct ex_resource *ex_resource_find_locked(const ERESOURCE *resource);
struct ex_owner *ex_resource_owner_locked(const struct ex_resource *record,
                                          ERESOURCE_THREAD thread);
ULONG ex_resource_waiters_locked(const struct ex_resource *record, bool exclusive);
void ex_resource_show_locked(const struct ex_resource *record);

/* ex_resource_misused: ResourceLifetime with Windows' parameter 1. */
void ex_resource_misused(const ERESOURCE *resource, uint64_t code, const char *what);

/* ex_resource_check_free: false: the memory holds a resource that was not deleted (a violation). */
bool ex_resource_check_free(const void *start, size_t size);
/* ex_resource_report: UnloadPending for each resource in that memory that was not deleted. */
void ex_resource_report(const char *driver, const void *start, size_t size);
/* ex_resource_held_by: a resource that the thread owns, or NULL. */
const void *ex_resource_held_by(PKTHREAD thread);
