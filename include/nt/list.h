/* list.h - doubly and singly linked lists. Plain inline code: any IRQL, no window, no lock; the
 * caller serialises.
 * Rules for a LIST_ENTRY:
 * - a head is initialised before use; an entry need not be
 * - an entry is on at most one list; removing one twice is a violation (ListCorrupted, 0x139)
 */
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

/* RtlListCorrupted: reports ListCorrupted with the entry whose neighbours do not point back at it.
 *   IRQL any      Source   bug-check-0x139, P1 = 3
 */
NTSYSAPI VOID RtlListCorrupted(const VOID *Entry);

/* InitializeListHead, IsListEmpty, the four insert and remove forms, AppendTailList.
 *   Returns  RemoveHeadList/RemoveTailList: the entry, the head itself if the list was empty;
 *            RemoveEntryList: TRUE if the list became empty
 *   IRQL     any
 *   Source   wdm/nf-wdm-initializelisthead, -islistempty, -insertheadlist, -inserttaillist,
 *            -removeheadlist, -removetaillist, -removeentrylist, -appendtaillist
 */
FORCEINLINE VOID InitializeListHead(PLIST_ENTRY ListHead)
{
    ListHead->Flink = ListHead->Blink = ListHead;
}

FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead)
{
    return (BOOLEAN)(ListHead->Flink == ListHead);
}

FORCEINLINE BOOLEAN RemoveEntryListUnsafe(PLIST_ENTRY Entry)
{
    PLIST_ENTRY next = Entry->Flink;
    PLIST_ENTRY previous = Entry->Blink;

    previous->Flink = next;
    next->Blink = previous;
    return (BOOLEAN)(next == previous);
}

FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
    if (__builtin_expect(Entry->Flink->Blink != Entry || Entry->Blink->Flink != Entry, 0)) {
        RtlListCorrupted(Entry);
        return FALSE;
    }
    return RemoveEntryListUnsafe(Entry);
}

FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Flink;
    PLIST_ENTRY next = entry->Flink;

    if (__builtin_expect(entry->Blink != ListHead || next->Blink != entry, 0)) {
        RtlListCorrupted(ListHead);
        return ListHead;
    }
    ListHead->Flink = next;
    next->Blink = ListHead;
    return entry;
}

FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Blink;
    PLIST_ENTRY previous = entry->Blink;

    if (__builtin_expect(entry->Flink != ListHead || previous->Flink != entry, 0)) {
        RtlListCorrupted(ListHead);
        return ListHead;
    }
    ListHead->Blink = previous;
    previous->Flink = ListHead;
    return entry;
}

FORCEINLINE VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY next = ListHead->Flink;

    if (__builtin_expect(next->Blink != ListHead, 0)) {
        RtlListCorrupted(ListHead);
        return;
    }
    Entry->Flink = next;
    Entry->Blink = ListHead;
    next->Blink = Entry;
    ListHead->Flink = Entry;
}

FORCEINLINE VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY previous = ListHead->Blink;

    if (__builtin_expect(previous->Flink != ListHead, 0)) {
        RtlListCorrupted(ListHead);
        return;
    }
    Entry->Flink = ListHead;
    Entry->Blink = previous;
    previous->Flink = Entry;
    ListHead->Blink = Entry;
}

FORCEINLINE VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
    PLIST_ENTRY end = ListHead->Blink;

    ListHead->Blink->Flink = ListToAppend;
    ListHead->Blink = ListToAppend->Blink;
    ListToAppend->Blink->Flink = ListHead;
    ListToAppend->Blink = end;
}

/* PushEntryList, PopEntryList: last in, first out.
 *   Returns  PopEntryList: the entry, NULL if the list was empty
 *   IRQL     any
 *   Source   wdm/nf-wdm-pushentrylist, -popentrylist
 */
FORCEINLINE VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry)
{
    Entry->Next = ListHead->Next;
    ListHead->Next = Entry;
}

FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
    PSINGLE_LIST_ENTRY first = ListHead->Next;

    if (first != NULL) {
        ListHead->Next = first->Next;
    }
    return first;
}

/* S-lists: a lock-free last-in-first-out list with a depth of 16 bits. Header and entries are
 * aligned on 16 bytes.
 *   Returns  Push: the former first entry or NULL; Pop: the entry or NULL; Flush: the whole chain
 *   IRQL     any; entries stay resident
 *   Source   wdm/nf-wdm-exinterlockedpushentryslist, -exinterlockedpopentryslist,
 *            -exinterlockedflushslist, -exquerydepthslist, -initializeslisthead
 */
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    };
    struct {
        ULONGLONG Depth : 16;
        ULONGLONG Sequence : 48;
        ULONGLONG Reserved : 4;
        ULONGLONG NextEntry : 60;
    } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;

NTKERNELAPI VOID InitializeSListHead(PSLIST_HEADER SListHead);
NTKERNELAPI VOID ExInitializeSListHead(PSLIST_HEADER SListHead);
NTKERNELAPI USHORT ExQueryDepthSList(PSLIST_HEADER SListHead);
NTKERNELAPI PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead,
                                                      PSLIST_ENTRY ListEntry);
NTKERNELAPI PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead);
NTKERNELAPI PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER ListHead);
NTKERNELAPI PSLIST_ENTRY InterlockedPushListSList(PSLIST_HEADER ListHead, PSLIST_ENTRY List,
                                                  PSLIST_ENTRY ListEnd, ULONG Count);
NTKERNELAPI PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead);
#define ExInterlockedPushEntrySList(ListHead, ListEntry, Lock) \
    ((void)(Lock), ExpInterlockedPushEntrySList(ListHead, ListEntry))
#define ExInterlockedPopEntrySList(ListHead, Lock) \
    ((void)(Lock), ExpInterlockedPopEntrySList(ListHead))
#define ExInterlockedFlushSList(ListHead) ExpInterlockedFlushSList(ListHead)
#define InterlockedPushEntrySList(ListHead, ListEntry) \
    ExpInterlockedPushEntrySList(ListHead, ListEntry)
#define InterlockedPopEntrySList(ListHead) ExpInterlockedPopEntrySList(ListHead)
#define InterlockedFlushSList(ListHead)    ExpInterlockedFlushSList(ListHead)
#define QueryDepthSList(ListHead)          ExQueryDepthSList(ListHead)

/* ExInterlocked lists: the operation under Lock with interrupts masked, so that an ISR and a thread
 * may share the list. The lock serves only these calls.
 *   Returns  Insert: the previous first (Head) or last (Tail) entry, NULL if the list was empty;
 *            Remove, Pop: the entry, NULL if empty; Push: the previous first entry or NULL
 *   IRQL     any
 *   Source   wdm/nf-wdm-exinterlockedinsertheadlist, -exinterlockedinserttaillist,
 *            -exinterlockedremoveheadlist, -exinterlockedpushentrylist, -exinterlockedpopentrylist
 */
NTKERNELAPI PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                                    PKSPIN_LOCK Lock);
NTKERNELAPI PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                                    PKSPIN_LOCK Lock);
NTKERNELAPI PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock);
NTKERNELAPI PSINGLE_LIST_ENTRY ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                                                          PSINGLE_LIST_ENTRY ListEntry,
                                                          PKSPIN_LOCK Lock);
NTKERNELAPI PSINGLE_LIST_ENTRY ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead,
                                                         PKSPIN_LOCK Lock);

#ifdef __cplusplus
}
#endif
