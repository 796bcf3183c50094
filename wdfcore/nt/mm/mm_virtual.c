/* mm_virtual.c - memory of a process by pages: ZwAllocateVirtualMemory and ZwFreeVirtualMemory, for the
 * one process of a machine. A region is what one call reserved; its pages are committed and decommitted
 * one by one, and go with the region or with the machine.
 */
#include <ntifs.h>

#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "host/host_memory.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/mm/mm_secure.h"

#define MM_GRANULARITY   0x10000ull /* where regions begin */
#define MM_ZERO_BITS_MAX 21         /* of the high bits that an address may have to be without */
#define MM_TYPES         (MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN)

/* Key: (l) mm_virtual_lock */
struct mm_region {
    struct mm_region *next; /* (l) */
    ULONG_PTR start;        /* (l) as the rest */
    SIZE_T size;
};

static struct base_lock mm_virtual_lock = {.rank = BASE_RANK_EX};
static struct mm_region *mm_regions; /* (l) */

/* false: none of the protections. */
static bool mm_virtual_rights(ULONG protect, enum host_memory_rights *rights)
{
    switch (protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE)) {
    case PAGE_NOACCESS:
        *rights = HOST_MEMORY_NONE;
        return true;
    case PAGE_READONLY:
        *rights = HOST_MEMORY_READ;
        return true;
    case PAGE_READWRITE:
        *rights = HOST_MEMORY_WRITE;
        return true;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
        *rights = HOST_MEMORY_EXECUTE;
        return true;
    case PAGE_EXECUTE_READWRITE:
        *rights = HOST_MEMORY_ALL;
        return true;
    default:
        return false;
    }
}

static struct mm_region *mm_region_of_locked(ULONG_PTR start, SIZE_T size)
{
    struct mm_region *region = mm_regions;

    while (region != NULL && (start < region->start || start - region->start > region->size ||
                              size > region->size - (start - region->start) ||
                              start - region->start == region->size)) {
        region = region->next;
    }
    return region;
}

/* *base 0: anywhere. */
static NTSTATUS mm_virtual_reserve(ULONG_PTR *base, SIZE_T *size)
{
    struct mm_region *region = calloc(1, sizeof(*region));
    ULONG_PTR start = *base & ~(ULONG_PTR)(MM_GRANULARITY - 1);
    SIZE_T length = ROUND_TO_PAGES(*base + *size) - start;

    if (region == NULL) {
        return STATUS_NO_MEMORY;
    }
    region->start = (ULONG_PTR)host_memory_map((void *)start, length, MM_GRANULARITY);
    if (region->start == 0) {
        free(region);
        return *base != 0 ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    }
    region->size = length;
    *base = region->start;
    *size = length;
    base_lock_acquire(&mm_virtual_lock);
    LL_PREPEND(mm_regions, region);
    base_lock_release(&mm_virtual_lock);
    return STATUS_SUCCESS;
}

static NTSTATUS mm_virtual_commit(ULONG_PTR *base, SIZE_T *size, enum host_memory_rights rights)
{
    ULONG_PTR start = *base & ~(ULONG_PTR)(PAGE_SIZE - 1);
    SIZE_T length = ROUND_TO_PAGES(*base + *size) - start;
    bool there;

    base_lock_acquire(&mm_virtual_lock);
    there = mm_region_of_locked(start, length) != NULL;
    base_lock_release(&mm_virtual_lock);
    if (!there) {
        return STATUS_CONFLICTING_ADDRESSES;
    }
    if (!host_memory_protect((void *)start, length, rights)) {
        return STATUS_NO_MEMORY;
    }
    *base = start;
    *size = length;
    return STATUS_SUCCESS;
}

NTSTATUS ZwAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                 PSIZE_T RegionSize, ULONG AllocationType, ULONG Protect)
{
    ULONG_PTR base = (ULONG_PTR)*BaseAddress;
    SIZE_T size = *RegionSize;
    enum host_memory_rights rights;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ZeroBits > MM_ZERO_BITS_MAX) {
        return STATUS_INVALID_PARAMETER_3;
    }
    if (base > (ULONG_PTR)MmHighestUserAddress) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (size > (ULONG_PTR)MmHighestUserAddress - base) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (ProcessHandle != ZwCurrentProcess()) {
        return STATUS_INVALID_HANDLE;
    }
    if ((AllocationType & ~(ULONG)MM_TYPES) != 0 ||
        (AllocationType & (MEM_COMMIT | MEM_RESERVE)) == 0) {
        return STATUS_INVALID_PARAMETER_5;
    }
    if (!mm_virtual_rights(Protect, &rights)) {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (size == 0 || base + size < base) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if ((AllocationType & MEM_RESERVE) != 0 || base == 0) { /* committing anywhere reserves, too */
        status = mm_virtual_reserve(&base, &size);
    }
    if (NT_SUCCESS(status) && (AllocationType & MEM_COMMIT) != 0) {
        status = mm_virtual_commit(&base, &size, rights);
    }
    if (NT_SUCCESS(status)) {
        *BaseAddress = (PVOID)base;
        *RegionSize = size;
    }
    return status;
}

/* From there to its end; 0: there is no region. */
static SIZE_T mm_region_size(ULONG_PTR base)
{
    const struct mm_region *region;
    SIZE_T size = 0;

    base_lock_acquire(&mm_virtual_lock);
    region = mm_region_of_locked(base, 1);
    if (region != NULL) {
        size = region->size - (base - region->start);
    }
    base_lock_release(&mm_virtual_lock);
    return size;
}

/* The whole region of that base, off the list. */
static NTSTATUS mm_virtual_release(ULONG_PTR *base, SIZE_T *size)
{
    struct mm_region *region;
    NTSTATUS status = STATUS_SUCCESS;

    if (mm_secure_holds(*base, mm_region_size(*base))) {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    base_lock_acquire(&mm_virtual_lock);
    region = mm_region_of_locked(*base, 1);
    if (region == NULL) {
        status = STATUS_MEMORY_NOT_ALLOCATED;
    } else if (*base != region->start) {
        status = *size == 0 ? STATUS_FREE_VM_NOT_AT_BASE : STATUS_UNABLE_TO_FREE_VM;
    } else if (*size != 0 && ROUND_TO_PAGES(*size) != region->size) {
        status = STATUS_UNABLE_TO_FREE_VM; /* a part of a region is not given back */
    } else {
        LL_DELETE(mm_regions, region);
    }
    base_lock_release(&mm_virtual_lock);
    if (NT_SUCCESS(status)) {
        *size = region->size;
        host_memory_unmap((void *)region->start, region->size);
        free(region);
    }
    return status;
}

/* size 0: all of the region that begins there. */
static NTSTATUS mm_virtual_decommit(ULONG_PTR *base, SIZE_T *size)
{
    ULONG_PTR start = *base & ~(ULONG_PTR)(PAGE_SIZE - 1);
    SIZE_T length = *size != 0 ? ROUND_TO_PAGES(*base + *size) - start : 0;
    const struct mm_region *region;
    NTSTATUS status = STATUS_SUCCESS;

    base_lock_acquire(&mm_virtual_lock);
    region = mm_region_of_locked(start, length != 0 ? length : 1);
    if (region == NULL) {
        status = STATUS_MEMORY_NOT_ALLOCATED;
    } else if (length == 0 && start != region->start) {
        status = STATUS_FREE_VM_NOT_AT_BASE;
    } else if (length == 0) {
        length = region->size;
    }
    base_lock_release(&mm_virtual_lock);
    if (NT_SUCCESS(status) && mm_secure_holds(start, length)) {
        status = STATUS_INVALID_PAGE_PROTECTION;
    }
    if (NT_SUCCESS(status)) {
        host_memory_protect((void *)start, length, HOST_MEMORY_NONE);
        host_memory_forget((void *)start, length);
        *base = start;
        *size = length;
    }
    return status;
}

NTSTATUS ZwFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                             ULONG FreeType)
{
    ULONG_PTR base = (ULONG_PTR)*BaseAddress;
    SIZE_T size = *RegionSize;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ProcessHandle != ZwCurrentProcess()) {
        return STATUS_INVALID_HANDLE;
    }
    if (FreeType == MEM_RELEASE) {
        status = mm_virtual_release(&base, &size);
    } else if (FreeType == MEM_DECOMMIT) {
        status = mm_virtual_decommit(&base, &size);
    } else {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (NT_SUCCESS(status)) {
        *BaseAddress = (PVOID)base;
        *RegionSize = size;
    }
    return status;
}

static void mm_virtual_stop(void)
{
    struct mm_region *region;
    struct mm_region *next;

    LL_FOREACH_SAFE (mm_regions, region, next) {
        host_memory_unmap((void *)region->start, region->size);
        free(region);
    }
    mm_regions = NULL;
}

static struct ke_machine_part mm_virtual_part = {.order = 11, .stop = mm_virtual_stop};

__attribute__((constructor)) static void mm_virtual_register(void)
{
    ke_machine_register(&mm_virtual_part);
}
