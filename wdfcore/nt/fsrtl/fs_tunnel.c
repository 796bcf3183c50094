/* fs_tunnel.c - tunnel caches. The entries stand in one list, the oldest first; they are few. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/rtl/string/rtl_string.h"

#define TUNNEL_TAG      'nuTF'
#define TUNNEL_ENTRIES  256
#define TUNNEL_LIFETIME (15 * 10000000ull)

/* Key: (m) the cache's mutex */
struct tunnel_entry {
    LIST_ENTRY link;     /* (m) */
    ULONGLONG directory; /* (c) as the rest */
    ULONGLONG born;
    BOOLEAN by_short_name;
    UNICODE_STRING short_name, long_name; /* behind the data */
    ULONG length;
    UCHAR data[];
};

static BOOLEAN tunnel_check(PTUNNEL cache, const char *api)
{
    return (!ke_address_is_bad(cache) && !ke_address_is_bad(cache->TimerQueue.Flink)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, cache, "a tunnel cache", api);
}

#define TUNNEL_OK(cache) (API(APC_LEVEL) && tunnel_check((cache), __func__))

static void tunnel_remove(PTUNNEL cache, struct tunnel_entry *entry)
{
    RemoveEntryList(&entry->link);
    cache->NumEntries--;
    ExFreePoolWithTag(entry, TUNNEL_TAG);
}

/* Entries that are too old go, and the oldest while there are more than so many. */
static void tunnel_prune(PTUNNEL cache, ULONG most)
{
    ULONGLONG now = KeQueryInterruptTime();

    while (!IsListEmpty(&cache->TimerQueue)) {
        struct tunnel_entry *oldest =
            CONTAINING_RECORD(cache->TimerQueue.Flink, struct tunnel_entry, link);

        if (cache->NumEntries <= most && now - oldest->born < TUNNEL_LIFETIME) {
            break;
        }
        tunnel_remove(cache, oldest);
    }
}

static struct tunnel_entry *tunnel_find(PTUNNEL cache, ULONGLONG directory, PCUNICODE_STRING name)
{
    for (PLIST_ENTRY at = cache->TimerQueue.Flink; at != &cache->TimerQueue; at = at->Flink) {
        struct tunnel_entry *entry = CONTAINING_RECORD(at, struct tunnel_entry, link);

        if (entry->directory == directory &&
            rtl_string_equal(entry->by_short_name ? &entry->short_name : &entry->long_name, name,
                             true)) {
            return entry;
        }
    }
    return NULL;
}

/* Without bytes there may be no memory either. */
static void tunnel_put(PVOID to, const VOID *from, size_t length)
{
    if (length != 0) {
        memcpy(to, from, length);
    }
}

static void tunnel_name(UNICODE_STRING *copy, PUCHAR *room, PCUNICODE_STRING name)
{
    USHORT length = name != NULL ? name->Length : 0;

    *copy = (UNICODE_STRING){.Length = length, .MaximumLength = length, .Buffer = (PWCH)*room};
    tunnel_put(*room, length != 0 ? name->Buffer : NULL, length);
    *room += length;
}

VOID FsRtlInitializeTunnelCache(PTUNNEL Cache)
{
    if (API(APC_LEVEL) && ke_check_address(Cache, "a tunnel cache", __func__)) {
        ExInitializeFastMutex(&Cache->Mutex);
        InitializeListHead(&Cache->TimerQueue);
        Cache->Cache = NULL;
        Cache->NumEntries = 0;
    }
}

VOID FsRtlAddToTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey, PUNICODE_STRING ShortName,
                           PUNICODE_STRING LongName, BOOLEAN KeyByShortName, ULONG DataLength,
                           PVOID Data)
{
    ULONG data_room = (DataLength + 1) & ~1u; /* the names are aligned */
    struct tunnel_entry *entry, *before;
    PUCHAR room;

    if (!TUNNEL_OK(Cache)) {
        return;
    }
    entry = ExAllocatePoolWithTag(PagedPool,
                                  sizeof(*entry) + data_room +
                                      (ShortName != NULL ? ShortName->Length : 0u) +
                                      (LongName != NULL ? LongName->Length : 0u),
                                  TUNNEL_TAG);
    if (entry == NULL) {
        return; /* then it is forgotten */
    }
    *entry = (struct tunnel_entry){
        .directory = DirectoryKey, .by_short_name = KeyByShortName, .length = DataLength};
    tunnel_put(entry->data, Data, DataLength);
    room = entry->data + data_room;
    tunnel_name(&entry->short_name, &room, ShortName);
    tunnel_name(&entry->long_name, &room, LongName);

    ExAcquireFastMutex(&Cache->Mutex);
    entry->born = KeQueryInterruptTime();
    before =
        tunnel_find(Cache, DirectoryKey, KeyByShortName ? &entry->short_name : &entry->long_name);
    if (before != NULL) {
        tunnel_remove(Cache, before);
    }
    InsertTailList(&Cache->TimerQueue, &entry->link);
    Cache->NumEntries++;
    tunnel_prune(Cache, TUNNEL_ENTRIES);
    ExReleaseFastMutex(&Cache->Mutex);
}

/* false: it does not fit, and nothing was copied. */
static bool tunnel_copy(const struct tunnel_entry *entry, PUNICODE_STRING short_name,
                        PUNICODE_STRING long_name, PULONG length, PVOID data)
{
    if (entry->length > *length || entry->short_name.Length > short_name->MaximumLength) {
        return false;
    }
    if (entry->long_name.Length > long_name->MaximumLength) {
        PWCH buffer = ExAllocatePoolWithTag(PagedPool, entry->long_name.Length, TUNNEL_TAG);

        if (buffer == NULL) {
            return false;
        }
        long_name->Buffer = buffer;
        long_name->MaximumLength = entry->long_name.Length;
    }
    short_name->Length = entry->short_name.Length;
    tunnel_put(short_name->Buffer, entry->short_name.Buffer, entry->short_name.Length);
    long_name->Length = entry->long_name.Length;
    tunnel_put(long_name->Buffer, entry->long_name.Buffer, entry->long_name.Length);
    tunnel_put(data, entry->data, entry->length);
    *length = entry->length;
    return true;
}

BOOLEAN FsRtlFindInTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey, PUNICODE_STRING Name,
                               PUNICODE_STRING ShortName, PUNICODE_STRING LongName,
                               PULONG DataLength, PVOID Data)
{
    const struct tunnel_entry *entry;
    BOOLEAN found;

    if (!TUNNEL_OK(Cache)) {
        return FALSE;
    }
    ExAcquireFastMutex(&Cache->Mutex);
    tunnel_prune(Cache, TUNNEL_ENTRIES);
    entry = tunnel_find(Cache, DirectoryKey, Name);
    found = entry != NULL && tunnel_copy(entry, ShortName, LongName, DataLength, Data);
    ExReleaseFastMutex(&Cache->Mutex);
    return found;
}

VOID FsRtlDeleteKeyFromTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey)
{
    PLIST_ENTRY at;

    if (!TUNNEL_OK(Cache)) {
        return;
    }
    ExAcquireFastMutex(&Cache->Mutex);
    at = Cache->TimerQueue.Flink;
    while (at != &Cache->TimerQueue) {
        struct tunnel_entry *entry = CONTAINING_RECORD(at, struct tunnel_entry, link);

        at = at->Flink;
        if (entry->directory == DirectoryKey) {
            tunnel_remove(Cache, entry);
        }
    }
    ExReleaseFastMutex(&Cache->Mutex);
}

VOID FsRtlDeleteTunnelCache(PTUNNEL Cache)
{
    if (!TUNNEL_OK(Cache)) {
        return;
    }
    ExAcquireFastMutex(&Cache->Mutex);
    tunnel_prune(Cache, 0);
    ExReleaseFastMutex(&Cache->Mutex);
}
