/* ex_slist.c - S-lists. Windows swaps both words of the header at once; here bit 0 of the second
 * word, which an aligned entry leaves free, locks the header for the few instructions in between.
 * Nothing in between is a window, so on one processor the bit is never met.
 */
#include <wdm.h>

#include "nt/ke/ke_check.h"
#include "nt/ke/ke_window.h"
#include "nt/ke/report/ke_report.h"

#define SLIST_LOCKED 1ull

/* Header and entries lie on multiples of 16: the processor's instruction faults on others. */
static BOOLEAN slist_check_address(const void *address, const char *what, const char *api)
{
    if (!ke_check_address(address, what, api)) {
        return FALSE;
    }
    if ((ULONG_PTR)address % MEMORY_ALLOCATION_ALIGNMENT != 0) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)address, 0, 0, 0,
                     "%s was given %p for %s, which is no multiple of %d", api, address, what,
                     MEMORY_ALLOCATION_ALIGNMENT);
        return FALSE;
    }
    return TRUE;
}

/* Memory of zeroes is an empty list; a list's first entry is an address. */
static BOOLEAN slist_check(const SLIST_HEADER *list, const char *api)
{
    ULONGLONG first;

    if (!slist_check_address(list, "an S-list", api)) {
        return FALSE;
    }
    first = __atomic_load_n(&list->Region, __ATOMIC_RELAXED) & ~SLIST_LOCKED;
    return first == 0 ||
           (first % MEMORY_ALLOCATION_ALIGNMENT == 0 && !ke_address_is_bad((void *)first)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, list, "an S-list", api);
}

static PSLIST_ENTRY slist_lock(PSLIST_HEADER list)
{
    ULONGLONG region;

    while (((region = __atomic_fetch_or(&list->Region, SLIST_LOCKED, __ATOMIC_ACQUIRE)) &
            SLIST_LOCKED) != 0) {
        __builtin_ia32_pause();
    }
    return (PSLIST_ENTRY)(ULONG_PTR)region;
}

static void slist_unlock(PSLIST_HEADER list, PSLIST_ENTRY first)
{
    __atomic_store_n(&list->Region, (ULONGLONG)(ULONG_PTR)first, __ATOMIC_RELEASE);
}

VOID InitializeSListHead(PSLIST_HEADER SListHead)
{
    ke_window_point();
    if (!slist_check_address(SListHead, "an S-list", "InitializeSListHead")) {
        return;
    }
    SListHead->Alignment = 0;
    SListHead->Region = 0;
}

VOID ExInitializeSListHead(PSLIST_HEADER SListHead)
{
    InitializeSListHead(SListHead);
}

USHORT ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    ke_window_point();
    if (!slist_check(SListHead, __func__)) {
        return 0;
    }
    return (USHORT)__atomic_load_n(&SListHead->Alignment, __ATOMIC_RELAXED);
}

PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead)
{
    ULONGLONG region;

    ke_window_point();
    if (!slist_check(ListHead, __func__)) {
        return NULL;
    }
    region = __atomic_load_n(&ListHead->Region, __ATOMIC_ACQUIRE);
    return (PSLIST_ENTRY)(ULONG_PTR)(region & ~SLIST_LOCKED);
}

PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    PSLIST_ENTRY first;

    ke_window_point();
    if (!slist_check(ListHead, "InterlockedPushEntrySList") ||
        !slist_check_address(ListEntry, "an entry", "InterlockedPushEntrySList")) {
        return NULL;
    }
    first = slist_lock(ListHead);
    ListEntry->Next = first;
    ListHead->HeaderX64.Depth++;
    ListHead->HeaderX64.Sequence++;
    slist_unlock(ListHead, ListEntry);
    return first;
}

PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    PSLIST_ENTRY first;

    ke_window_point();
    if (!slist_check(ListHead, "InterlockedPopEntrySList")) {
        return NULL;
    }
    first = slist_lock(ListHead);
    if (first == NULL) {
        slist_unlock(ListHead, NULL);
        return NULL;
    }
    ListHead->HeaderX64.Depth--;
    slist_unlock(ListHead, first->Next);
    return first;
}

PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
    PSLIST_ENTRY first;

    ke_window_point();
    if (!slist_check(ListHead, "InterlockedFlushSList")) {
        return NULL;
    }
    first = slist_lock(ListHead);
    ListHead->HeaderX64.Depth = 0;
    slist_unlock(ListHead, NULL);
    return first;
}

PSLIST_ENTRY InterlockedPushListSList(PSLIST_HEADER ListHead, PSLIST_ENTRY List,
                                      PSLIST_ENTRY ListEnd, ULONG Count)
{
    PSLIST_ENTRY first;

    ke_window_point();
    if (!slist_check(ListHead, __func__) || !slist_check_address(List, "an entry", __func__) ||
        !slist_check_address(ListEnd, "an entry", __func__)) {
        return NULL;
    }
    first = slist_lock(ListHead);
    ListEnd->Next = first;
    ListHead->HeaderX64.Depth += Count;
    ListHead->HeaderX64.Sequence++;
    slist_unlock(ListHead, List);
    return first;
}
