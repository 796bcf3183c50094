/* rtl_hash_table.c - dynamic hash tables. The directory is an array of chain heads; entries of one signature
 * stand together in a chain. An enumerator stands in the chains itself, with the reserved signature.
 * A table grows and shrinks when it is told to: its chains are made anew, twice or half as many.
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"

#define HASH_TAG           'hsaH'
#define HASH_BUCKETS_LEAST 128u
#define HASH_BUCKETS_MOST  (1u << 24)
#define HASH_ALTERNATIVE   (RTL_HASH_RESERVED_SIGNATURE + 1) /* what the reserved signature becomes */

static BOOLEAN hash_check(const RTL_DYNAMIC_HASH_TABLE *table, const char *api)
{
    return (!ke_address_is_bad(table) && table->TableSize >= HASH_BUCKETS_LEAST &&
            table->DivisorMask == table->TableSize - 1 && !ke_address_is_bad(table->Directory)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, table, "a hash table", api);
}

#define HASH_OK(table) (API(DISPATCH_LEVEL) && hash_check((table), __func__))

static PRTL_DYNAMIC_HASH_TABLE_ENTRY hash_entry(PLIST_ENTRY link)
{
    return CONTAINING_RECORD(link, RTL_DYNAMIC_HASH_TABLE_ENTRY, Linkage);
}

static PLIST_ENTRY hash_bucket(const RTL_DYNAMIC_HASH_TABLE *table, ULONG index)
{
    return (PLIST_ENTRY)table->Directory + index;
}

static PLIST_ENTRY hash_chain(const RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature)
{
    ULONGLONG mixed = (signature >> table->Shift) * 0x9E3779B97F4A7C15ull;

    return hash_bucket(table, (ULONG)(mixed >> 32) & table->DivisorMask);
}

static bool hash_chain_has_entries(PLIST_ENTRY head)
{
    for (PLIST_ENTRY at = head->Flink; at != head; at = at->Flink) {
        if (hash_entry(at)->Signature != RTL_HASH_RESERVED_SIGNATURE) {
            return true;
        }
    }
    return false;
}

static ULONG_PTR hash_signature(ULONG_PTR signature)
{
    return signature != RTL_HASH_RESERVED_SIGNATURE ? signature : HASH_ALTERNATIVE;
}

/* Behind PrevLinkage stands the first entry of the signature, or it would stand there. */
static void hash_find(const RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature,
                      PRTL_DYNAMIC_HASH_TABLE_CONTEXT context)
{
    PLIST_ENTRY head = hash_chain(table, signature);
    PLIST_ENTRY at = head->Flink;

    while (at != head && hash_entry(at)->Signature != signature) {
        at = at->Flink;
    }
    context->ChainHead = head;
    context->PrevLinkage = at != head ? at->Blink : head;
    context->Signature = signature;
}

/* ---- tables ---- */

static PLIST_ENTRY hash_directory(ULONG size)
{
    PLIST_ENTRY heads = ExAllocatePoolWithTag(NonPagedPool, size * sizeof(*heads), HASH_TAG);

    for (ULONG i = 0; heads != NULL && i < size; i++) {
        InitializeListHead(&heads[i]);
    }
    return heads;
}

BOOLEAN RtlCreateHashTableEx(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG InitialSize, ULONG Shift,
                             ULONG Flags)
{
    PRTL_DYNAMIC_HASH_TABLE table = *HashTable;
    ULONG size = InitialSize != 0 ? InitialSize : HASH_BUCKETS_LEAST;
    PLIST_ENTRY directory;

    if (!API(DISPATCH_LEVEL) || Flags != 0 || Shift >= 64 || size < HASH_BUCKETS_LEAST ||
        size > HASH_BUCKETS_MOST || (size & (size - 1)) != 0) {
        return FALSE;
    }
    directory = hash_directory(size);
    if (table == NULL && directory != NULL) {
        table = ExAllocatePoolWithTag(NonPagedPool, sizeof(*table), HASH_TAG);
        Flags = RTL_HASH_ALLOCATED_HEADER;
    }
    if (table == NULL || directory == NULL) {
        if (directory != NULL) {
            ExFreePoolWithTag(directory, HASH_TAG);
        }
        return FALSE;
    }
    *table = (RTL_DYNAMIC_HASH_TABLE){.Flags = Flags,
                                      .Shift = Shift,
                                      .TableSize = size,
                                      .DivisorMask = size - 1,
                                      .Directory = directory};
    *HashTable = table;
    return TRUE;
}

BOOLEAN RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags)
{
    return RtlCreateHashTableEx(HashTable, HASH_BUCKETS_LEAST, Shift, Flags);
}

VOID RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    if (HASH_OK(HashTable)) {
        ExFreePoolWithTag(HashTable->Directory, HASH_TAG);
        HashTable->Directory = NULL;
        if ((HashTable->Flags & RTL_HASH_ALLOCATED_HEADER) != 0) {
            ExFreePoolWithTag(HashTable, HASH_TAG);
        }
    }
}

static BOOLEAN hash_resize(PRTL_DYNAMIC_HASH_TABLE table, ULONG size)
{
    PLIST_ENTRY old = table->Directory;
    ULONG old_size = table->TableSize;
    PLIST_ENTRY directory;

    if (table->NumEnumerators != 0 || size < HASH_BUCKETS_LEAST || size > HASH_BUCKETS_MOST ||
        (directory = hash_directory(size)) == NULL) {
        return FALSE;
    }
    table->Directory = directory;
    table->TableSize = size;
    table->DivisorMask = size - 1;
    table->NonEmptyBuckets = 0;
    for (ULONG i = 0; i < old_size; i++) {
        while (!IsListEmpty(&old[i])) { /* in their order, those of one signature together */
            PLIST_ENTRY link = RemoveHeadList(&old[i]);
            PLIST_ENTRY head = hash_chain(table, hash_entry(link)->Signature);

            table->NonEmptyBuckets += IsListEmpty(head);
            InsertTailList(head, link);
        }
    }
    ExFreePoolWithTag(old, HASH_TAG);
    return TRUE;
}

BOOLEAN RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HASH_OK(HashTable) && hash_resize(HashTable, HashTable->TableSize * 2);
}

BOOLEAN RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HASH_OK(HashTable) && hash_resize(HashTable, HashTable->TableSize / 2);
}

/* ---- entries ---- */

BOOLEAN RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, ULONG_PTR Signature,
                                PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT place;

    if (!HASH_OK(HashTable)) {
        return FALSE;
    }
    Entry->Signature = hash_signature(Signature);
    if (Context == NULL || Context->ChainHead == NULL) {
        hash_find(HashTable, Entry->Signature, &place);
        if (Context != NULL) {
            *Context = place;
        }
    } else {
        place = *Context;
    }
    HashTable->NonEmptyBuckets += !hash_chain_has_entries(place.ChainHead);
    InsertHeadList(place.PrevLinkage, &Entry->Linkage);
    HashTable->NumEntries++;
    return TRUE;
}

BOOLEAN RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                                PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    if (!HASH_OK(HashTable)) {
        return FALSE;
    }
    if (Context != NULL && Context->ChainHead == NULL) {
        hash_find(HashTable, Entry->Signature, Context);
        if (Context->PrevLinkage == &Entry->Linkage) {
            Context->PrevLinkage = Entry->Linkage.Blink;
        }
    }
    RemoveEntryList(&Entry->Linkage);
    HashTable->NumEntries--;
    HashTable->NonEmptyBuckets -= !hash_chain_has_entries(hash_chain(HashTable, Entry->Signature));
    return TRUE;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                                      ULONG_PTR Signature,
                                                      PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT place;
    PLIST_ENTRY first;

    if (!HASH_OK(HashTable)) {
        return NULL;
    }
    hash_find(HashTable, hash_signature(Signature), &place);
    if (Context != NULL) {
        *Context = place;
    }
    first = place.PrevLinkage->Flink;
    return first != place.ChainHead && hash_entry(first)->Signature == place.Signature
               ? hash_entry(first)
               : NULL;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY RtlGetNextEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                                       PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    PLIST_ENTRY here, next;

    if (!HASH_OK(HashTable)) {
        return NULL;
    }
    here = Context->PrevLinkage->Flink;
    if (here == Context->ChainHead) {
        return NULL;
    }
    next = here->Flink;
    while (next != Context->ChainHead &&
           hash_entry(next)->Signature == RTL_HASH_RESERVED_SIGNATURE) {
        here = next; /* an enumerator */
        next = next->Flink;
    }
    if (next == Context->ChainHead || hash_entry(next)->Signature != Context->Signature) {
        return NULL;
    }
    Context->PrevLinkage = here;
    return hash_entry(next);
}

/* ---- one after the other ---- */

BOOLEAN RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                    PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    if (!HASH_OK(HashTable)) {
        return FALSE;
    }
    Enumerator->BucketIndex = 0;
    Enumerator->ChainHead = hash_bucket(HashTable, 0);
    Enumerator->HashEntry.Signature = RTL_HASH_RESERVED_SIGNATURE;
    InsertHeadList(Enumerator->ChainHead, &Enumerator->HashEntry.Linkage);
    HashTable->NumEnumerators++;
    return TRUE;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlEnumerateEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                           PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    PLIST_ENTRY at;

    if (!HASH_OK(HashTable)) {
        return NULL;
    }
    at = Enumerator->HashEntry.Linkage.Flink;
    for (;;) {
        while (at != Enumerator->ChainHead &&
               hash_entry(at)->Signature == RTL_HASH_RESERVED_SIGNATURE) {
            at = at->Flink;
        }
        if (at != Enumerator->ChainHead) {
            break;
        }
        if (Enumerator->BucketIndex == HashTable->TableSize - 1) {
            return NULL;
        }
        Enumerator->BucketIndex++;
        Enumerator->ChainHead = hash_bucket(HashTable, Enumerator->BucketIndex);
        at = Enumerator->ChainHead->Flink;
    }
    RemoveEntryList(&Enumerator->HashEntry.Linkage); /* it goes on behind what it returns */
    InsertHeadList(at, &Enumerator->HashEntry.Linkage);
    return hash_entry(at);
}

VOID RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    if (HASH_OK(HashTable)) {
        RemoveEntryList(&Enumerator->HashEntry.Linkage);
        Enumerator->ChainHead = NULL;
        HashTable->NumEnumerators--;
    }
}
