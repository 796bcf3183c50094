/* ex_rundown_aware.c - run-down protection of the cache-aware kind: the same protection in memory of
 * its own. On Windows it counts on each processor apart, which nobody can tell but by the time it
 * takes.
 */
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

struct _EX_RUNDOWN_REF_CACHE_AWARE {
    EX_RUNDOWN_REF protection;
    BOOLEAN allocated; /* (c) by ExAllocateCacheAwareRundownProtection */
};

PEX_RUNDOWN_REF_CACHE_AWARE ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType, ULONG PoolTag)
{
    PEX_RUNDOWN_REF_CACHE_AWARE reference = NULL;

    if (!API(APC_LEVEL)) {
        return NULL;
    }
    reference = ex_pool_allocate(sizeof(*reference), PoolTag, (PoolType & PagedPool) != 0, true,
                                 KE_CALLER());
    if (reference != NULL) {
        reference->allocated = TRUE;
    }
    return reference;
}

VOID ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    if (!API(APC_LEVEL) || !ke_check_address(RunRefCacheAware, "run-down protection", __func__)) {
        return;
    }
    if (!RunRefCacheAware->allocated) {
        ke_violation(RULE_PoolBadFree, 0xC2, 0x46, (uintptr_t)RunRefCacheAware, 0, 0,
                     "%s of memory that the caller gave", __func__);
        return;
    }
    ex_pool_release(RunRefCacheAware);
}

SIZE_T ExSizeOfRundownProtectionCacheAware(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? sizeof(struct _EX_RUNDOWN_REF_CACHE_AWARE) : 0;
}

VOID ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                             SIZE_T RunRefSize)
{
    if (!API(APC_LEVEL) || !ke_check_address(RunRefCacheAware, "run-down protection", __func__)) {
        return;
    }
    if (RunRefSize < sizeof(*RunRefCacheAware)) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)RunRefCacheAware, RunRefSize, 0, 0,
                     "%s with %zu bytes: ask ExSizeOfRundownProtectionCacheAware", __func__,
                     (size_t)RunRefSize);
        return;
    }
    RunRefCacheAware->allocated = FALSE;
    ExInitializeRundownProtection(&RunRefCacheAware->protection);
}

VOID ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    if (API(APC_LEVEL)) {
        ExReInitializeRundownProtection(&RunRefCacheAware->protection);
    }
}

BOOLEAN ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    return API(DISPATCH_LEVEL) && ExAcquireRundownProtection(&RunRefCacheAware->protection);
}

BOOLEAN ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                               ULONG Count)
{
    return API(DISPATCH_LEVEL) &&
           ExAcquireRundownProtectionEx(&RunRefCacheAware->protection, Count);
}

VOID ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    if (API(DISPATCH_LEVEL)) {
        ExReleaseRundownProtection(&RunRefCacheAware->protection);
    }
}

VOID ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                            ULONG Count)
{
    if (API(DISPATCH_LEVEL)) {
        ExReleaseRundownProtectionEx(&RunRefCacheAware->protection, Count);
    }
}

VOID ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    if (API(APC_LEVEL)) {
        ExWaitForRundownProtectionRelease(&RunRefCacheAware->protection);
    }
}

VOID ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    if (API(APC_LEVEL)) {
        ExRundownCompleted(&RunRefCacheAware->protection);
    }
}
