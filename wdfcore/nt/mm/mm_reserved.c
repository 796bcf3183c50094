/* mm_reserved.c - addresses that a driver reserves, so that mapping an MDL later cannot fail. An MDL is
 * mapped where its buffer lies, as everywhere in a machine (mm_mdl.c): the reservation bounds what can
 * be mapped, and says who may and when.
 *
 *   state         Map         Unmap       Free
 *   FREE          MAPPED      !           gone
 *   MAPPED        !           FREE        !
 */
#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

/* Keys: (c) constant, (l) mm_reserved_lock */
struct mm_reserved {
    struct mm_reserved *next; /* (l) */
    void *block;              /* (c) of the pool: a leak is told as one */
    void *base;               /* (c) the first page in it */
    SIZE_T pages;             /* (c) */
    ULONG tag;                /* (c) */
    PMDL mdl;                 /* (l) that is mapped, or NULL */
};

static struct base_lock mm_reserved_lock = {.rank = BASE_RANK_EX};
static struct mm_reserved *mm_reservations; /* (l) */

static void mm_reserved_wrong(uint32_t code, const void *base, ULONG tag, uint64_t last,
                              const char *what)
{
    ke_violation(RULE_MdlState, 0xDA, code, (uintptr_t)base, tag, last, "%s", what);
}

PVOID MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    struct mm_reserved *entry = NULL;

    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    if (NumberOfBytes == 0 || PoolTag == 0) {
        ke_violation(RULE_BadParameter, 0xDA, 0x100, 0, PoolTag, 0,
                     "MmAllocateMappingAddress of no bytes, or without a tag");
        return NULL;
    }
    entry = NumberOfBytes < SIZE_MAX - 2 * PAGE_SIZE ? calloc(1, sizeof(*entry)) : NULL;
    if (entry == NULL) {
        return NULL;
    }
    entry->pages = ROUND_TO_PAGES(NumberOfBytes) >> PAGE_SHIFT;
    entry->tag = PoolTag;
    entry->block =
        ex_pool_allocate((entry->pages + 1) << PAGE_SHIFT, PoolTag, false, false, KE_CALLER());
    if (entry->block == NULL) {
        free(entry);
        return NULL;
    }
    entry->base = (void *)ROUND_TO_PAGES(entry->block);
    base_lock_acquire(&mm_reserved_lock);
    LL_PREPEND(mm_reservations, entry);
    base_lock_release(&mm_reserved_lock);
    return entry->base;
}

static struct mm_reserved *mm_reserved_find_locked(const void *base)
{
    struct mm_reserved *entry = NULL;

    LL_SEARCH_SCALAR(mm_reservations, entry, base, base);
    return entry;
}

VOID MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    struct mm_reserved *entry;
    ULONG tag = 0;
    bool mapped = false;
    bool found;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    base_lock_acquire(&mm_reserved_lock);
    entry = mm_reserved_find_locked(BaseAddress);
    found = entry != NULL;
    if (found) {
        tag = entry->tag;
        mapped = entry->mdl != NULL;
        if (tag == PoolTag && !mapped) {
            LL_DELETE(mm_reservations, entry);
        } else {
            entry = NULL;
        }
    }
    base_lock_release(&mm_reserved_lock);
    if (entry != NULL) {
        ex_pool_release(entry->block);
        free(entry);
    } else if (!found) {
        mm_reserved_wrong(0x102, BaseAddress, PoolTag, 0,
                          "MmFreeMappingAddress of what was not reserved");
    } else if (tag != PoolTag) {
        mm_reserved_wrong(0x101, BaseAddress, PoolTag, tag,
                          "MmFreeMappingAddress with another tag than the reservation's");
    } else {
        mm_reserved_wrong(0x103, BaseAddress, PoolTag, 0,
                          "MmFreeMappingAddress of addresses that still map an MDL");
    }
}

static const char *mm_reserved_map_error(const struct mm_reserved *entry, ULONG tag, uint32_t *code)
{
    if (entry == NULL) {
        *code = 0x105;
        return "an MDL is mapped to addresses that were not reserved";
    }
    if (entry->tag != tag) {
        *code = 0x104;
        return "an MDL is mapped with another tag than the reservation's";
    }
    *code = 0x107;
    return entry->mdl != NULL ? "an MDL is mapped to addresses that map one already" : NULL;
}

PVOID MmMapLockedPagesWithReservedMapping(PVOID MappingAddress, ULONG PoolTag, PMDL Mdl,
                                          MEMORY_CACHING_TYPE CacheType)
{
    struct mm_reserved *entry;
    const char *error;
    uint32_t code = 0;
    bool fits = false;

    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    if ((Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL)) == 0 ||
        (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        mm_reserved_wrong(0x105, MappingAddress, PoolTag, (uintptr_t)Mdl,
                          "an MDL is mapped to reserved addresses that is not locked, or mapped");
        return NULL;
    }
    base_lock_acquire(&mm_reserved_lock);
    entry = mm_reserved_find_locked(MappingAddress);
    error = mm_reserved_map_error(entry, PoolTag, &code);
    if (error == NULL) {
        fits = entry->pages >=
               ADDRESS_AND_SIZE_TO_SPAN_PAGES((ULONG_PTR)Mdl->ByteOffset, Mdl->ByteCount);
        entry->mdl = fits ? Mdl : NULL;
    }
    base_lock_release(&mm_reserved_lock);
    if (error != NULL) {
        mm_reserved_wrong(code, MappingAddress, PoolTag, 0, error);
    }
    return fits ? MmMapLockedPagesSpecifyCache(Mdl, KernelMode, CacheType, NULL, FALSE,
                                               NormalPagePriority)
                : NULL;
}

VOID MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL Mdl)
{
    struct mm_reserved *entry = NULL;
    ULONG tag = 0;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    base_lock_acquire(&mm_reserved_lock);
    LL_SEARCH_SCALAR(mm_reservations, entry, mdl, Mdl);
    if (entry != NULL) {
        tag = entry->tag;
        if (tag == PoolTag && BaseAddress == Mdl->MappedSystemVa) {
            entry->mdl = NULL;
        } else {
            entry = NULL;
        }
    }
    base_lock_release(&mm_reserved_lock);
    if (entry != NULL) {
        MmUnmapLockedPages(BaseAddress, Mdl);
    } else {
        mm_reserved_wrong(tag != 0 && tag != PoolTag ? 0x108 : 0x109, BaseAddress, PoolTag, tag,
                          "MmUnmapReservedMapping of what this tag and MDL do not map");
    }
}

/* The blocks themselves go with the pool. */
static void mm_reserved_stop(void)
{
    struct mm_reserved *entry;
    struct mm_reserved *next;

    LL_FOREACH_SAFE (mm_reservations, entry, next) {
        free(entry);
    }
    mm_reservations = NULL;
}

static struct ke_machine_part mm_reserved_part = {.order = 11, .stop = mm_reserved_stop};

__attribute__((constructor)) static void mm_reserved_register(void)
{
    ke_machine_register(&mm_reserved_part);
}
