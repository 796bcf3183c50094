/* hash_table.h - dynamic hash tables: the driver's entries in chains by a signature. Part of ntddk.h. */
#pragma once

#include "list.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RTL_HASH_ALLOCATED_HEADER   0x00000001
#define RTL_HASH_RESERVED_SIGNATURE 0
#define HASH_ENTRY_KEY(x)           ((x)->Signature)

typedef struct _RTL_DYNAMIC_HASH_TABLE_ENTRY {
    LIST_ENTRY Linkage;
    ULONG_PTR Signature;
} RTL_DYNAMIC_HASH_TABLE_ENTRY, *PRTL_DYNAMIC_HASH_TABLE_ENTRY;
typedef struct _RTL_DYNAMIC_HASH_TABLE_CONTEXT {
    PLIST_ENTRY ChainHead;
    PLIST_ENTRY PrevLinkage;
    ULONG_PTR Signature;
} RTL_DYNAMIC_HASH_TABLE_CONTEXT, *PRTL_DYNAMIC_HASH_TABLE_CONTEXT;
typedef struct _RTL_DYNAMIC_HASH_TABLE_ENUMERATOR {
    union {
        RTL_DYNAMIC_HASH_TABLE_ENTRY HashEntry;
        PLIST_ENTRY CurEntry;
    };
    PLIST_ENTRY ChainHead;
    ULONG BucketIndex;
} RTL_DYNAMIC_HASH_TABLE_ENUMERATOR, *PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR;
typedef struct _RTL_DYNAMIC_HASH_TABLE {
    ULONG Flags;
    ULONG Shift;
    ULONG TableSize;
    ULONG Pivot;
    ULONG DivisorMask;
    ULONG NumEntries;
    ULONG NonEmptyBuckets;
    ULONG NumEnumerators;
    PVOID Directory;
} RTL_DYNAMIC_HASH_TABLE, *PRTL_DYNAMIC_HASH_TABLE;

FORCEINLINE VOID RtlInitHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    Context->ChainHead = NULL;
    Context->PrevLinkage = NULL;
}
FORCEINLINE VOID RtlInitHashTableContextFromEnumerator(
    PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Context->ChainHead = Enumerator->ChainHead;
    Context->PrevLinkage = Enumerator->HashEntry.Linkage.Blink;
}
FORCEINLINE VOID RtlReleaseHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    UNREFERENCED_PARAMETER(Context);
}
FORCEINLINE ULONG RtlTotalBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize;
}
FORCEINLINE ULONG RtlNonEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NonEmptyBuckets;
}
FORCEINLINE ULONG RtlEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize - HashTable->NonEmptyBuckets;
}
FORCEINLINE ULONG RtlTotalEntriesHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEntries;
}
FORCEINLINE ULONG RtlActiveEnumeratorsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEnumerators;
}

/* Tables and entries are the caller's to guard. Several entries may have one signature: the last one inserted
 * comes first. A context holds the place of a signature for the next call; it stays good while nothing else
 * changes the table.
 *   *HashTable  NULL: allocated, and freed by RtlDeleteHashTable
 *   Shift       bits of the signature that do not count; Flags 0
 *   InitialSize buckets, a power of 2 from 128
 *   Returns     Create, Expand, Contract: FALSE: no memory, a bad size, or an enumeration is on; Lookup, GetNext,
 *               Enumerate: the entry or NULL. An enumeration may insert and remove entries, its own included
 *   IRQL        <= DISPATCH_LEVEL
 */
NTSYSAPI BOOLEAN RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags);
NTSYSAPI BOOLEAN RtlCreateHashTableEx(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG InitialSize,
                                      ULONG Shift, ULONG Flags);
NTSYSAPI VOID RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTSYSAPI BOOLEAN RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                         PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, ULONG_PTR Signature,
                                         PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI BOOLEAN RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                         PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                                         PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, ULONG_PTR Signature,
                        PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY RtlGetNextEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI BOOLEAN RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                             PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY RtlEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI VOID RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                         PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI BOOLEAN RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTSYSAPI BOOLEAN RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);

#ifdef __cplusplus
}
#endif
