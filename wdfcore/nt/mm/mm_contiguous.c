/* mm_contiguous.c - memory that a driver shares with its device. It is pool memory, so that leaks and
 * double frees are told as such; its physical address is its own, as in an MDL, and device models
 * reach it under that one (hal_memory.h).
 */
#include <stdlib.h>

#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/hal/hal_memory.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_caller.h"

#define MM_CONTIGUOUS_TAG 'tnoC'

struct mm_contiguous {
    struct mm_contiguous *next;
    void *block; /* of the pool */
    void *base;  /* what the driver got: the first page in the block */
};

static struct base_lock mm_contiguous_lock = {.rank = BASE_RANK_EX};
static struct mm_contiguous *mm_contiguous_list; /* newest first */

/* Any address, crossing any boundary. */
static const PHYSICAL_ADDRESS mm_lowest = {.QuadPart = 0};
static const PHYSICAL_ADDRESS mm_highest = {.QuadPart = -1};
static const PHYSICAL_ADDRESS mm_no_boundary = {.QuadPart = 0};

static PVOID mm_contiguous_allocate(SIZE_T size, PHYSICAL_ADDRESS lowest, PHYSICAL_ADDRESS highest,
                                    PHYSICAL_ADDRESS boundary, const void *caller)
{
    struct mm_contiguous *entry = calloc(1, sizeof(*entry));
    ULONGLONG multiple = (ULONGLONG)boundary.QuadPart;
    ULONG_PTR base;

    if (entry == NULL || size == 0 || size > SIZE_MAX - 2 * PAGE_SIZE) {
        free(entry);
        return NULL;
    }
    size = ROUND_TO_PAGES(size);
    entry->block = ex_pool_allocate(size + PAGE_SIZE, MM_CONTIGUOUS_TAG, false, false, caller);
    base = ROUND_TO_PAGES((ULONG_PTR)entry->block);
    entry->base = (void *)base;
    if (entry->block == NULL || base < (ULONGLONG)lowest.QuadPart ||
        base + size - 1 > (ULONGLONG)highest.QuadPart ||
        (multiple != 0 && base / multiple != (base + size - 1) / multiple) ||
        !hal_memory_add(base, entry->base, size)) {
        if (entry->block != NULL) {
            ex_pool_release(entry->block);
        }
        free(entry);
        return NULL;
    }
    base_lock_acquire(&mm_contiguous_lock);
    entry->next = mm_contiguous_list;
    mm_contiguous_list = entry;
    base_lock_release(&mm_contiguous_lock);
    return (PVOID)base;
}

/* What was not allocated here is the pool's to complain about. */
static void mm_contiguous_free(void *base)
{
    struct mm_contiguous **link = &mm_contiguous_list;
    struct mm_contiguous *entry;

    base_lock_acquire(&mm_contiguous_lock);
    while (*link != NULL && (*link)->base != base) {
        link = &(*link)->next;
    }
    entry = *link;
    if (entry != NULL) {
        *link = entry->next;
    }
    base_lock_release(&mm_contiguous_lock);
    if (entry == NULL) {
        ex_pool_release(base);
        return;
    }
    hal_memory_remove((ULONG_PTR)base);
    ex_pool_release(entry->block);
    free(entry);
}

/* There is one node, so every one is the nearest, and memory is cached as the processor has it. */
PVOID MmAllocateContiguousMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    return API(DISPATCH_LEVEL)
               ? mm_contiguous_allocate(NumberOfBytes, mm_lowest, HighestAcceptableAddress,
                                        mm_no_boundary, KE_CALLER())
               : NULL;
}

PVOID MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                             PHYSICAL_ADDRESS LowestAcceptableAddress,
                                             PHYSICAL_ADDRESS HighestAcceptableAddress,
                                             PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                             MEMORY_CACHING_TYPE CacheType)
{
    return API(DISPATCH_LEVEL) ? mm_contiguous_allocate(NumberOfBytes, LowestAcceptableAddress,
                                                        HighestAcceptableAddress,
                                                        BoundaryAddressMultiple, KE_CALLER())
                               : NULL;
}

PVOID MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes,
                                                 PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                 PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                 PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                 MEMORY_CACHING_TYPE CacheType,
                                                 NODE_REQUIREMENT PreferredNode)
{
    return API(DISPATCH_LEVEL) ? mm_contiguous_allocate(NumberOfBytes, LowestAcceptableAddress,
                                                        HighestAcceptableAddress,
                                                        BoundaryAddressMultiple, KE_CALLER())
                               : NULL;
}

PVOID MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
                                     PHYSICAL_ADDRESS HighestAcceptableAddress,
                                     PHYSICAL_ADDRESS BoundaryAddressMultiple, ULONG Protect,
                                     NODE_REQUIREMENT PreferredNode)
{
    ULONG access = Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);

    if (!API(DISPATCH_LEVEL) || (access != PAGE_READWRITE && access != PAGE_EXECUTE_READWRITE)) {
        return NULL;
    }
    return mm_contiguous_allocate(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress,
                                  BoundaryAddressMultiple, KE_CALLER());
}

VOID MmFreeContiguousMemory(PVOID BaseAddress)
{
    if (API(DISPATCH_LEVEL)) {
        mm_contiguous_free(BaseAddress);
    }
}

VOID MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                        MEMORY_CACHING_TYPE CacheType)
{
    if (API(DISPATCH_LEVEL)) {
        mm_contiguous_free(BaseAddress);
    }
}

PVOID MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    return API(APC_LEVEL) ? mm_contiguous_allocate(NumberOfBytes, mm_lowest, mm_highest,
                                                   mm_no_boundary, KE_CALLER())
                          : NULL;
}

VOID MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    if (API(APC_LEVEL)) {
        mm_contiguous_free(BaseAddress);
    }
}

PHYSICAL_ADDRESS MmGetPhysicalAddress(PVOID BaseAddress)
{
    PHYSICAL_ADDRESS physical = {.QuadPart = 0};

    if (API_QUIET(HIGH_LEVEL)) {
        physical.QuadPart = (LONGLONG)(ULONG_PTR)BaseAddress;
    }
    return physical;
}

/* The blocks themselves go with the pool. */
static void mm_contiguous_stop(void)
{
    while (mm_contiguous_list != NULL) {
        struct mm_contiguous *entry = mm_contiguous_list;

        mm_contiguous_list = entry->next;
        hal_memory_remove((ULONG_PTR)entry->base);
        free(entry);
    }
}

static struct ke_machine_part mm_contiguous_part = {.order = 11, .stop = mm_contiguous_stop};

__attribute__((constructor)) static void mm_contiguous_register(void)
{
    ke_machine_register(&mm_contiguous_part);
}
