/* ex_list.c - list and counter operations under a spin lock with interrupts masked. Nothing between
 * acquire and release is a window, so no interrupt comes in whatever the IRQL is.
 */
#include <wdm.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/lock/ke_spinlock.h"

/* FALSE: reported. Before the lock is taken: what faults under it leaves it held. */
static BOOLEAN list_is_one(const LIST_ENTRY *head, const char *api)
{
    return ke_check_address(head, "a list head", api) &&
           ((!ke_address_is_bad(head->Flink) && !ke_address_is_bad(head->Blink)) ||
            ke_check_refuse(RULE_ObjectNotInitialized, head, "a list head", api));
}

static BOOLEAN list_is_single(const SINGLE_LIST_ENTRY *head, const char *api)
{
    return ke_check_address(head, "a list head", api) &&
           (head->Next == NULL || !ke_address_is_bad(head->Next) ||
            ke_check_refuse(RULE_ObjectNotInitialized, head, "a list head", api));
}

#define LOCK_OK(lock)   ke_check_address((lock), "a spin lock", __func__)
#define ENTRY_OK(entry) ke_check_address((entry), "an entry", __func__)

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                        PKSPIN_LOCK Lock)
{
    PLIST_ENTRY first;

    if (!API(HIGH_LEVEL) || !list_is_one(ListHead, __func__) || !ENTRY_OK(ListEntry) ||
        !LOCK_OK(Lock) || !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return NULL;
    }
    first = IsListEmpty(ListHead) ? NULL : ListHead->Flink;
    InsertHeadList(ListHead, ListEntry);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return first;
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                        PKSPIN_LOCK Lock)
{
    PLIST_ENTRY last;

    if (!API(HIGH_LEVEL) || !list_is_one(ListHead, __func__) || !ENTRY_OK(ListEntry) ||
        !LOCK_OK(Lock) || !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return NULL;
    }
    last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;
    InsertTailList(ListHead, ListEntry);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return last;
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY entry;

    if (!API(HIGH_LEVEL) || !list_is_one(ListHead, __func__) || !LOCK_OK(Lock) ||
        !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return NULL;
    }
    entry = IsListEmpty(ListHead) ? NULL : RemoveHeadList(ListHead);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return entry;
}

PSINGLE_LIST_ENTRY ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                                              PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY first;

    if (!API(HIGH_LEVEL) || !list_is_single(ListHead, __func__) || !ENTRY_OK(ListEntry) ||
        !LOCK_OK(Lock) || !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return NULL;
    }
    first = ListHead->Next;
    PushEntryList(ListHead, ListEntry);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return first;
}

PSINGLE_LIST_ENTRY ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY entry;

    if (!API(HIGH_LEVEL) || !list_is_single(ListHead, __func__) || !LOCK_OK(Lock) ||
        !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return NULL;
    }
    entry = PopEntryList(ListHead);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return entry;
}

ULONG ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    ULONG old;

    if (!API(HIGH_LEVEL) || !LOCK_OK(Lock) || !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return 0;
    }
    old = *Addend;
    *Addend = old + Increment;
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return old;
}

LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment,
                                           PKSPIN_LOCK Lock)
{
    LARGE_INTEGER old = {.QuadPart = 0};

    if (!API(HIGH_LEVEL) || !LOCK_OK(Lock) || !ke_spin_acquire(Lock, KE_SPIN_PLAIN)) {
        return old;
    }
    old = *Addend;
    Addend->QuadPart = (LONGLONG)((ULONGLONG)old.QuadPart + (ULONGLONG)Increment.QuadPart);
    ke_spin_release(Lock, KE_SPIN_PLAIN);
    return old;
}
