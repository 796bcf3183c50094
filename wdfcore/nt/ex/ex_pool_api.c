/* ex_pool_api.c - the allocation routines of the API: checks, then ex_pool_allocate. */
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

/* false: paged pool above APC_LEVEL, or any pool above DISPATCH_LEVEL. */
static bool ex_pool_check_irql(bool paged, ULONG type, SIZE_T size, const char *api)
{
    KIRQL irql = ke_self->irql;

    if (irql > DISPATCH_LEVEL || (paged && irql > APC_LEVEL)) {
        ke_violation(RULE_PoolBadRequest, 0xC4, irql > DISPATCH_LEVEL ? 0x02 : 0x01, irql, type,
                     size, "%s of %s pool at IRQL %u", api, paged ? "paged" : "nonpaged",
                     (unsigned)irql);
        return false;
    }
    return true;
}

/* ---- by flags ---- */

#define EX_FLAGS_KNOWN                                                                             \
    (POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED | POOL_FLAG_SESSION | POOL_FLAG_CACHE_ALIGNED | \
     POOL_FLAG_RAISE_ON_FAILURE | POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE |              \
     POOL_FLAG_PAGED)

static PVOID ex_pool_by_flags(POOL_FLAGS flags, SIZE_T size, ULONG tag, const char *api,
                              const void *caller)
{
    POOL_FLAGS kind = flags & (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED);
    bool paged = kind == POOL_FLAG_PAGED;
    const char *wrong = NULL;
    void *block = NULL;

    if (tag == 0) {
        wrong = "tag 0";
    } else if ((flags & ~EX_FLAGS_KNOWN & (POOL_FLAG_OPTIONAL_START - 1)) != 0) {
        wrong = "an unknown required flag";
    } else if (kind == 0 || (kind & (kind - 1)) != 0) {
        wrong = "not exactly one kind of pool";
    } else if (size == 0) {
        wrong = "size 0";
    }
    if (wrong != NULL) {
        /* Callers may count on the NULL that is documented: the run goes on. */
        ke_violation_tolerated(RULE_PoolBadRequest, NULL, "%s with %s", api, wrong);
        return NULL;
    }
    if (!ex_pool_check_irql(paged, (ULONG)flags, size, api)) {
        return NULL;
    }
    block = ex_pool_allocate_aligned(size, tag, paged, (flags & POOL_FLAG_UNINITIALIZED) == 0,
                                     (flags & POOL_FLAG_CACHE_ALIGNED) != 0, caller);
    if (block == NULL && (flags & POOL_FLAG_RAISE_ON_FAILURE) != 0) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return block;
}

PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) { /* the bound depends on the pool: ex_pool_check_irql */
        return NULL;
    }
    return ex_pool_by_flags(Flags, NumberOfBytes, Tag, __func__, KE_CALLER());
}

PVOID ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                      PCPOOL_EXTENDED_PARAMETER ExtendedParameters, ULONG ExtendedParametersCount)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    for (ULONG i = 0; i < ExtendedParametersCount; i++) {
        if (ExtendedParameters[i].Type == PoolExtendedParameterInvalidType ||
            (ExtendedParameters[i].Type >= PoolExtendedParameterMax &&
             !ExtendedParameters[i].Optional)) {
            ke_violation(RULE_PoolBadRequest, 0, Flags, NumberOfBytes, Tag, i,
                         "ExAllocatePool3 with an extended parameter of unknown type");
            return NULL;
        }
    }
    return ex_pool_by_flags(Flags, NumberOfBytes, Tag, __func__, KE_CALLER());
}

/* ---- by pool type ---- */

enum ex_quota { EX_NO_QUOTA, EX_QUOTA };

static PVOID ex_pool_by_type(ULONG type, SIZE_T size, ULONG tag, bool zero, enum ex_quota quota,
                             const char *api, const void *caller)
{
    bool paged = (type & 1) != 0;
    bool raise = (type & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0 ||
                 (quota == EX_QUOTA && (type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) == 0);
    void *block = NULL;

    if (!ex_pool_check_irql(paged, type, size, api)) {
        return NULL;
    }
    if (size == 0) {
        ke_violation(RULE_PoolZeroSize, 0xC4, 0x00, ke_self->irql, type, 0, "%s of 0 bytes", api);
    }
    block = ex_pool_allocate_aligned(size, tag, paged, zero || (type & POOL_ZERO_ALLOCATION) != 0,
                                     (type & NonPagedPoolCacheAligned) != 0, caller);
    if (block == NULL && raise) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    }
    return block;
}

PVOID ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, 'enoN', false, EX_NO_QUOTA, __func__,
                           KE_CALLER());
}

PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, false, EX_NO_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, true, EX_NO_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, false, EX_NO_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolQuotaZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, true, EX_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, false, EX_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                    EX_POOL_PRIORITY Priority)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, false, EX_NO_QUOTA, __func__, KE_CALLER());
}

PVOID ExAllocatePoolPriorityZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                 EX_POOL_PRIORITY Priority)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return ex_pool_by_type(PoolType, NumberOfBytes, Tag, true, EX_NO_QUOTA, __func__, KE_CALLER());
}
