/* io_remove_lock.c - remove locks: how a driver knows that nobody uses its device any more.
 * IoCount starts at 1, which stands for the device's presence; the event is set when it reaches 0.
 * Tags are tracked for each lock so that a release without its acquire is named.
 */
#include "nt/io/io_remove_lock.h"

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

/* One tag that is held, count times. */
struct io_remove_tag {
    struct io_remove_tag *next;
    PIO_REMOVE_LOCK lock;
    PVOID tag;
    ULONG count;
};

static struct io_remove_tag *io_remove_tags; /* with io_lock */

static bool io_remove_check(PIO_REMOVE_LOCK lock, const char *api)
{
    return (!ke_address_is_bad(lock) &&
            ke_header_is(&lock->Common.RemoveEvent.Header, KE_TYPES_EVENT)) ||
           ke_check_refuse(RULE_RemoveLock, lock, "a remove lock", api);
}

static struct io_remove_tag *io_remove_find_locked(PIO_REMOVE_LOCK lock, PVOID tag)
{
    struct io_remove_tag *entry = NULL;

    LL_FOREACH (io_remove_tags, entry) {
        if (entry->lock == lock && entry->tag == tag) {
            return entry;
        }
    }
    return NULL;
}

void io_remove_lock_stop(void)
{
    io_remove_tags = NULL; /* they are pool */
}

static bool io_remove_hold(PIO_REMOVE_LOCK lock, PVOID tag)
{
    struct io_remove_tag *entry;
    struct io_remove_tag *fresh = NULL;

    io_lock();
    entry = io_remove_find_locked(lock, tag);
    if (entry == NULL) {
        io_unlock();
        fresh = ex_pool_allocate(sizeof(*fresh), 'kLmR', false, true, NULL);
        if (fresh == NULL) {
            return false;
        }
        io_lock();
        entry = io_remove_find_locked(lock, tag); /* somebody may have been faster */
    }
    if (entry == NULL) {
        entry = fresh;
        fresh = NULL;
        entry->lock = lock;
        entry->tag = tag;
        LL_PREPEND(io_remove_tags, entry);
    }
    entry->count++;
    io_unlock();
    ex_pool_release(fresh);
    return true;
}

/* false: that tag is not held. */
static bool io_remove_drop(PIO_REMOVE_LOCK lock, PVOID tag)
{
    struct io_remove_tag *entry;
    struct io_remove_tag *unused = NULL;

    io_lock();
    entry = io_remove_find_locked(lock, tag);
    if (entry != NULL && --entry->count == 0) {
        LL_DELETE(io_remove_tags, entry);
        unused = entry;
    }
    io_unlock();
    ex_pool_release(unused);
    return entry != NULL;
}

static bool io_remove_has_tags(PIO_REMOVE_LOCK lock)
{
    struct io_remove_tag *entry = NULL;

    io_lock();
    LL_SEARCH_SCALAR(io_remove_tags, entry, lock, lock);
    io_unlock();
    return entry != NULL;
}

static void io_remove_uncount(PIO_REMOVE_LOCK lock)
{
    if (__atomic_sub_fetch(&lock->Common.IoCount, 1, __ATOMIC_SEQ_CST) == 0) {
        KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
    }
}

static bool io_remove_release(PIO_REMOVE_LOCK lock, PVOID tag, ULONG code, const char *api)
{
    if (!io_remove_drop(lock, tag)) {
        ke_violation(RULE_RemoveLock, 0xC4, code, (uintptr_t)lock, (uintptr_t)tag, 0,
                     "%s with tag %p, which was not acquired", api, tag);
        return false;
    }
    io_remove_uncount(lock);
    return true;
}

VOID IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
                              ULONG HighWatermark, ULONG RemlockSize)
{
    if (!API(PASSIVE_LEVEL) || !ke_check_address(Lock, "a remove lock", __func__)) {
        return;
    }
    if (io_remove_has_tags(Lock)) {
        ke_violation(RULE_RemoveLock, 0xC4, 0xD7, (uintptr_t)Lock, 0, 0,
                     "IoInitializeRemoveLock of a lock that is held");
        return;
    }
    Lock->Common.Removed = FALSE;
    Lock->Common.IoCount = 1;
    KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, PCSTR File, ULONG Line,
                               ULONG RemlockSize)
{
    if (!API(DISPATCH_LEVEL) || !io_remove_check(Lock, __func__)) {
        return STATUS_DELETE_PENDING;
    }
    /* Counted first: either the waiter sees the count, or we see that it waits. */
    __atomic_add_fetch(&Lock->Common.IoCount, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&Lock->Common.Removed, __ATOMIC_SEQ_CST)) {
        io_remove_uncount(Lock);
        return STATUS_DELETE_PENDING;
    }
    if (!io_remove_hold(Lock, Tag)) {
        io_remove_uncount(Lock);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG RemlockSize)
{
    if (!API(DISPATCH_LEVEL) || !io_remove_check(Lock, __func__)) {
        return;
    }
    io_remove_release(Lock, Tag, 0xD5, "IoReleaseRemoveLock");
}

VOID IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG RemlockSize)
{
    if (!API(PASSIVE_LEVEL) || !io_remove_check(Lock, __func__)) {
        return;
    }
    __atomic_store_n(&Lock->Common.Removed, TRUE, __ATOMIC_SEQ_CST);
    if (!io_remove_release(Lock, Tag, 0xD6, "IoReleaseRemoveLockAndWait")) {
        return;
    }
    /* The caller's hold is gone; now the device's own. */
    if (__atomic_sub_fetch(&Lock->Common.IoCount, 1, __ATOMIC_SEQ_CST) > 0) {
        KeWaitForSingleObject(&Lock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
    }
}
