#include "nt/mm/mm_iospace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/lock.h"
#include "host/host_trap.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

#define KEPT_UNMAPPED 1024u /* so many undone mappings stay reserved */

struct iospace_view {
    uintptr_t address; /* what the driver got */
    size_t size;
    uint64_t physical;
    void *reservation; /* whole pages around it */
    size_t reserved;
    const void *mapper; /* the call that made it */
    bool mapped;
    uint64_t unmapped_as; /* which one it was, counted */
};

/* With the lock. */
static struct {
    struct base_lock lock;
    struct iospace_view **views; /* by address; none overlap */
    size_t count, capacity;
    struct iospace_view *last; /* found last */
    uint32_t mapped;
    uint64_t unmapped; /* ever */
    uint32_t kept;
} iospace = {.lock = {.rank = BASE_RANK_EX}};

/* The index of the first view that ends behind the address. */
static size_t iospace_search(uintptr_t address)
{
    size_t low = 0;
    size_t high = iospace.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (iospace.views[middle]->address + iospace.views[middle]->size <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct iospace_view *iospace_view_at_locked(uintptr_t address)
{
    struct iospace_view *view = iospace.last;
    size_t index;

    if (__builtin_expect(view != NULL && address - view->address < view->size, 1)) {
        return view;
    }
    index = iospace_search(address);
    if (index == iospace.count || address < iospace.views[index]->address) {
        return NULL;
    }
    iospace.last = iospace.views[index];
    return iospace.last;
}

enum mm_iospace_state mm_iospace_find(const volatile void *pointer, unsigned width,
                                      uint64_t *physical)
{
    uintptr_t address = (uintptr_t)pointer;
    enum mm_iospace_state state = MM_IOSPACE_NONE;
    const struct iospace_view *view;

    base_lock_acquire(&iospace.lock);
    view = iospace_view_at_locked(address);
    if (view != NULL && view->size - (address - view->address) >= width) {
        *physical = view->physical + (address - view->address);
        state = view->mapped ? MM_IOSPACE_MAPPED : MM_IOSPACE_UNMAPPED;
    }
    base_lock_release(&iospace.lock);
    return state;
}

uint32_t mm_iospace_count(void)
{
    return __atomic_load_n(&iospace.mapped, __ATOMIC_RELAXED);
}

static void iospace_remove(size_t index)
{
    struct iospace_view *view = iospace.views[index];

    munmap(view->reservation, view->reserved);
    free(view);
    iospace.last = NULL;
    iospace.count--;
    memmove(iospace.views + index, iospace.views + index + 1,
            (iospace.count - index) * sizeof(struct iospace_view *));
}

static void iospace_drop_oldest(void)
{
    size_t oldest = iospace.count;

    for (size_t i = 0; i < iospace.count; i++) {
        const struct iospace_view *view = iospace.views[i];

        if (!view->mapped &&
            (oldest == iospace.count || view->unmapped_as < iospace.views[oldest]->unmapped_as)) {
            oldest = i;
        }
    }
    iospace_remove(oldest);
    iospace.kept--;
}

static bool iospace_insert_locked(struct iospace_view *view)
{
    size_t index;

    if (iospace.count == iospace.capacity) {
        size_t capacity = iospace.capacity > 0 ? iospace.capacity * 2 : 16;
        struct iospace_view **larger =
            realloc(iospace.views, capacity * sizeof(struct iospace_view *));

        if (larger == NULL) {
            return false;
        }
        iospace.views = larger;
        iospace.capacity = capacity;
    }
    index = iospace_search(view->address);
    memmove(iospace.views + index + 1, iospace.views + index,
            (iospace.count - index) * sizeof(struct iospace_view *));
    iospace.views[index] = view;
    iospace.count++;
    __atomic_store_n(&iospace.mapped, iospace.mapped + 1, __ATOMIC_RELAXED);
    return true;
}

static PVOID iospace_map(uint64_t physical, size_t size, const void *mapper)
{
    size_t offset = (size_t)(physical & (PAGE_SIZE - 1));
    struct iospace_view *view;
    bool inserted;

    if (size == 0 || physical + size < physical || size > SIZE_MAX - 2 * PAGE_SIZE) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0,
                     "MmMapIoSpace was called for %zu bytes at physical address 0x%llx", size,
                     (unsigned long long)physical);
        return NULL;
    }
    view = calloc(1, sizeof(*view));
    if (view == NULL) {
        return NULL;
    }
    view->physical = physical;
    view->size = size;
    view->mapper = mapper;
    view->mapped = true;
    view->reserved = (offset + size + PAGE_SIZE - 1) & ~(size_t)(PAGE_SIZE - 1);
    view->reservation =
        mmap(NULL, view->reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (view->reservation == MAP_FAILED) {
        free(view);
        return NULL;
    }
    view->address = (uintptr_t)view->reservation + offset;
    host_trap_arm();
    base_lock_acquire(&iospace.lock);
    inserted = iospace_insert_locked(view);
    base_lock_release(&iospace.lock);
    if (!inserted) {
        munmap(view->reservation, view->reserved);
        free(view);
        return NULL;
    }
    return (PVOID)view->address;
}

PVOID MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                   MEMORY_CACHING_TYPE CacheType)
{
    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    if ((ULONG)CacheType >= MmMaximumCacheType) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "MmMapIoSpace was called with CacheType %u",
                     (unsigned)CacheType);
        return NULL;
    }
    return iospace_map((uint64_t)PhysicalAddress.QuadPart, NumberOfBytes, KE_CALLER());
}

PVOID MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    ULONG access = Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);

    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    if (access != PAGE_READONLY && access != PAGE_READWRITE && access != PAGE_EXECUTE &&
        access != PAGE_EXECUTE_READ && access != PAGE_EXECUTE_READWRITE) {
        return NULL;
    }
    return iospace_map((uint64_t)PhysicalAddress.QuadPart, NumberOfBytes, KE_CALLER());
}

/* false: there is no such mapping. */
static bool iospace_unmap_locked(uintptr_t address, size_t size)
{
    struct iospace_view *view = iospace_view_at_locked(address);

    if (view == NULL || !view->mapped || view->address != address || view->size != size) {
        return false;
    }
    view->mapped = false;
    view->unmapped_as = ++iospace.unmapped;
    __atomic_store_n(&iospace.mapped, iospace.mapped - 1, __ATOMIC_RELAXED);
    if (++iospace.kept > KEPT_UNMAPPED) {
        iospace_drop_oldest();
    }
    return true;
}

VOID MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    bool unmapped;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    base_lock_acquire(&iospace.lock);
    unmapped = iospace_unmap_locked((uintptr_t)BaseAddress, NumberOfBytes);
    base_lock_release(&iospace.lock);
    if (!unmapped) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)BaseAddress, NumberOfBytes, 0, 0,
                     "MmUnmapIoSpace was called for %p, %zu bytes: no such mapping exists",
                     BaseAddress, (size_t)NumberOfBytes);
    }
}

/* The first mapping made by code in the range, from index on; false: none. */
static bool iospace_left(const void *start, size_t size, size_t *index, struct iospace_view *left)
{
    bool found = false;

    base_lock_acquire(&iospace.lock);
    while (*index < iospace.count && !found) {
        const struct iospace_view *view = iospace.views[(*index)++];

        found = view->mapped && (uintptr_t)view->mapper - (uintptr_t)start < size;
        if (found) {
            *left = *view;
        }
    }
    base_lock_release(&iospace.lock);
    return found;
}

void mm_iospace_report(const char *driver, const void *start, size_t size)
{
    struct iospace_view view;
    size_t index = 0;

    while (iospace_left(start, size, &index, &view)) {
        ke_violation(RULE_MappingLeak, 0, view.address, view.size, (uintptr_t)view.mapper, 0,
                     "driver %s left %zu bytes at physical address 0x%llx mapped", driver,
                     view.size, (unsigned long long)view.physical);
    }
}

static void iospace_stop(void)
{
    while (iospace.count > 0) {
        iospace_remove(iospace.count - 1);
    }
    free(iospace.views);
    memset(&iospace, 0, sizeof(iospace));
    iospace.lock.rank = BASE_RANK_EX;
}

/* ---- direct access ---- */

static bool iospace_claim(const void *address)
{
    bool claimed;

    if (!base_lock_none_held()) {
        return false; /* no driver's code */
    }
    base_lock_acquire(&iospace.lock);
    claimed = iospace_view_at_locked((uintptr_t)address) != NULL;
    base_lock_release(&iospace.lock);
    return claimed;
}

/* In the context of the code that dereferenced the pointer. */
static void iospace_touched(const void *address, const void *code, bool write)
{
    uint64_t physical = 0;
    enum mm_iospace_state state = mm_iospace_find(address, 1, &physical);
    char where[160];

    ke_report_name(code, where, sizeof(where));
    ke_violation(RULE_RegisterDirectAccess, 0x50, (uintptr_t)address, write, (uintptr_t)code, 0,
                 "%s %s register %p (physical address 0x%llx) without %s%s", where,
                 write ? "wrote to" : "read", address, (unsigned long long)physical,
                 write ? "WRITE_REGISTER_*" : "READ_REGISTER_*",
                 state == MM_IOSPACE_MAPPED ? "" : ", after MmUnmapIoSpace");
}

static struct host_trap iospace_trap = {.claim = iospace_claim, .handle = iospace_touched};

static struct ke_machine_part iospace_part = {.order = 10, .stop = iospace_stop};

__attribute__((constructor)) static void iospace_register(void)
{
    host_trap_register(&iospace_trap);
    ke_machine_register(&iospace_part);
}
