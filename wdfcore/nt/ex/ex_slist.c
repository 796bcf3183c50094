/* ex_slist.c - S-lists. Windows swaps both words of the header at once; here bit 0 of the second
 * word, which an aligned entry leaves free, locks the header for the few instructions in between.
 * Nothing in between is a window, so on one processor the bit is never met.
 */
#include <wdm.h>

#include "nt/ke/ke_window.h"

#define SLIST_LOCKED 1ull

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
    return (USHORT)__atomic_load_n(&SListHead->Alignment, __ATOMIC_RELAXED);
}

PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead)
{
    ULONGLONG region;

    ke_window_point();
    region = __atomic_load_n(&ListHead->Region, __ATOMIC_ACQUIRE);
    return (PSLIST_ENTRY)(ULONG_PTR)(region & ~SLIST_LOCKED);
}

PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    PSLIST_ENTRY first;

    ke_window_point();
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
    first = slist_lock(ListHead);
    ListHead->HeaderX64.Depth = 0;
    slist_unlock(ListHead, NULL);
    return first;
}
