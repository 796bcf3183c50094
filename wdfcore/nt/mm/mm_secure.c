/* mm_secure.c - MmSecureVirtualMemory: ranges that a driver has secured. The handle is the range's. */
#include "nt/mm/mm_secure.h"

#include <ntddk.h>

#include <stdlib.h>
#include <utlist.h>

#include "base/lock.h"
#include "host/host_memory.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"

/* Key: (l) mm_secure_lock */
struct mm_secured {
    struct mm_secured *next; /* (l) */
    ULONG_PTR start;         /* (c) as the rest */
    SIZE_T size;
};

static struct base_lock mm_secure_lock = {.rank = BASE_RANK_EX};
static struct mm_secured *mm_secured_ranges; /* (l) */

bool mm_secure_holds(ULONG_PTR start, SIZE_T size)
{
    const struct mm_secured *range;
    bool holds = false;

    base_lock_acquire(&mm_secure_lock);
    for (range = mm_secured_ranges; range != NULL && !holds; range = range->next) {
        holds = start < range->start + range->size && range->start < start + size;
    }
    base_lock_release(&mm_secure_lock);
    return holds;
}

static bool mm_secure_is_memory(ULONG_PTR start, SIZE_T size)
{
    for (ULONG_PTR page = start & ~(ULONG_PTR)(PAGE_SIZE - 1); page < start + size;
         page += PAGE_SIZE) {
        if (!host_memory_is_readable((void *)page)) {
            return false;
        }
    }
    return true;
}

HANDLE MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode)
{
    ULONG_PTR start = (ULONG_PTR)Address;
    struct mm_secured *range;

    if (!API(APC_LEVEL) || (ProbeMode != PAGE_READONLY && ProbeMode != PAGE_READWRITE) ||
        Size == 0 || start + Size < start || start + Size - 1 > (ULONG_PTR)MmHighestUserAddress ||
        !mm_secure_is_memory(start, Size)) {
        return NULL;
    }
    range = malloc(sizeof(*range));
    if (range == NULL) {
        return NULL;
    }
    *range = (struct mm_secured){.start = start, .size = Size};
    base_lock_acquire(&mm_secure_lock);
    LL_PREPEND(mm_secured_ranges, range);
    base_lock_release(&mm_secure_lock);
    return range;
}

VOID MmUnsecureVirtualMemory(HANDLE SecureHandle)
{
    struct mm_secured *range;

    if (!API(APC_LEVEL)) {
        return;
    }
    base_lock_acquire(&mm_secure_lock);
    for (range = mm_secured_ranges; range != NULL && range != SecureHandle; range = range->next) {
    }
    if (range != NULL) {
        LL_DELETE(mm_secured_ranges, range);
    }
    base_lock_release(&mm_secure_lock);
    if (range == NULL) {
        ke_check_refuse(RULE_ObjectNotInitialized, SecureHandle, "a secured range", __func__);
        return;
    }
    free(range);
}

static void mm_secure_stop(void)
{
    struct mm_secured *range;
    struct mm_secured *next;

    LL_FOREACH_SAFE (mm_secured_ranges, range, next) {
        free(range);
    }
    mm_secured_ranges = NULL;
}

static struct ke_machine_part mm_secure_part = {.order = 11, .stop = mm_secure_stop};

__attribute__((constructor)) static void mm_secure_register(void)
{
    ke_machine_register(&mm_secure_part);
}
