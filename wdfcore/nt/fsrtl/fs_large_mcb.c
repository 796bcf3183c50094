/* fs_large_mcb.c - map control blocks that guard themselves, and those of 32 bits, which are the same ones. */
#include <ntifs.h>

#include "nt/ex/ex_try.h"
#include "nt/fsrtl/fs_mcb.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"

#define MUTEX_TAG 'mcMF'

/* false: it is none. Nothing raises while the mutex is owned. */
static BOOLEAN large_acquire(PLARGE_MCB mcb, const char *api)
{
    if (ke_address_is_bad(mcb) || ke_address_is_bad(mcb->GuardedMutex)) {
        return ke_check_refuse(RULE_ObjectNotInitialized, mcb, "a map control block", api);
    }
    KeAcquireGuardedMutex(mcb->GuardedMutex);
    return TRUE;
}

static void large_release(PLARGE_MCB mcb)
{
    KeReleaseGuardedMutex(mcb->GuardedMutex);
}

#define LARGE_OK(mcb) (API(APC_LEVEL) && large_acquire((mcb), __func__))

VOID FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE PoolType)
{
    if (!API(APC_LEVEL) || !ke_check_address(Mcb, "a map control block", __func__)) {
        return;
    }
    Mcb->GuardedMutex = ExAllocatePoolWithTag(NonPagedPool, sizeof(KGUARDED_MUTEX), MUTEX_TAG);
    if (Mcb->GuardedMutex == NULL) {
        ex_raise_status(STATUS_INSUFFICIENT_RESOURCES, KE_CALLER());
    }
    KeInitializeGuardedMutex(Mcb->GuardedMutex);
    if (!FsRtlInitializeBaseMcbEx(&Mcb->BaseMcb, PoolType, 0)) {
        ExFreePoolWithTag(Mcb->GuardedMutex, MUTEX_TAG);
        Mcb->GuardedMutex = NULL;
        ex_raise_status(STATUS_INSUFFICIENT_RESOURCES, KE_CALLER());
    }
}

VOID FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb)
{
    if (LARGE_OK(Mcb)) {
        FsRtlUninitializeBaseMcb(&Mcb->BaseMcb);
        large_release(Mcb);
        ExFreePoolWithTag(Mcb->GuardedMutex, MUTEX_TAG);
        Mcb->GuardedMutex = NULL;
    }
}

VOID FsRtlResetLargeMcb(PLARGE_MCB Mcb, BOOLEAN SelfSynchronized)
{
    if (SelfSynchronized && API(APC_LEVEL) &&
        ke_check_address(Mcb, "a map control block", __func__)) {
        FsRtlResetBaseMcb(&Mcb->BaseMcb);
    } else if (!SelfSynchronized && LARGE_OK(Mcb)) {
        FsRtlResetBaseMcb(&Mcb->BaseMcb);
        large_release(Mcb);
    }
}

/* Changed, or not: the mutex goes first. */
static BOOLEAN large_end(PLARGE_MCB mcb, NTSTATUS status, const void *caller)
{
    large_release(mcb);
    if (status == STATUS_INSUFFICIENT_RESOURCES) {
        ex_raise_status(status, caller);
    }
    return NT_SUCCESS(status);
}

VOID FsRtlTruncateLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn)
{
    if (LARGE_OK(Mcb)) {
        large_end(Mcb, fs_mcb_remove(&Mcb->BaseMcb, Vbn, MAXLONGLONG), KE_CALLER());
    }
}

VOID FsRtlRemoveLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount)
{
    if (LARGE_OK(Mcb)) {
        large_end(Mcb, fs_mcb_remove(&Mcb->BaseMcb, Vbn, SectorCount), KE_CALLER());
    }
}

BOOLEAN FsRtlSplitLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount)
{
    return LARGE_OK(Mcb) && large_end(Mcb, fs_mcb_split(&Mcb->BaseMcb, Vbn, Amount), KE_CALLER());
}

BOOLEAN FsRtlAddLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn, LONGLONG SectorCount)
{
    return LARGE_OK(Mcb) &&
           large_end(Mcb, FsRtlAddBaseMcbEntryEx(&Mcb->BaseMcb, Vbn, Lbn, SectorCount),
                     KE_CALLER());
}

BOOLEAN FsRtlLookupLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                 PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                 PLONGLONG SectorCountFromStartingLbn, PULONG Index)
{
    BOOLEAN found = FALSE;

    if (LARGE_OK(Mcb)) {
        found = FsRtlLookupBaseMcbEntry(&Mcb->BaseMcb, Vbn, Lbn, SectorCountFromLbn, StartingLbn,
                                        SectorCountFromStartingLbn, Index);
        large_release(Mcb);
    }
    return found;
}

BOOLEAN FsRtlLookupLastLargeMcbEntryAndIndex(PLARGE_MCB OpaqueMcb, PLONGLONG LargeVbn,
                                             PLONGLONG LargeLbn, PULONG Index)
{
    BOOLEAN found = FALSE;

    if (LARGE_OK(OpaqueMcb)) {
        found = FsRtlLookupLastBaseMcbEntryAndIndex(&OpaqueMcb->BaseMcb, LargeVbn, LargeLbn, Index);
        large_release(OpaqueMcb);
    }
    return found;
}

BOOLEAN FsRtlLookupLastLargeMcbEntry(PLARGE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn)
{
    ULONG index;

    return FsRtlLookupLastLargeMcbEntryAndIndex(Mcb, Vbn, Lbn, &index);
}

ULONG FsRtlNumberOfRunsInLargeMcb(PLARGE_MCB Mcb)
{
    ULONG count = 0;

    if (LARGE_OK(Mcb)) {
        count = FsRtlNumberOfRunsInBaseMcb(&Mcb->BaseMcb);
        large_release(Mcb);
    }
    return count;
}

BOOLEAN FsRtlGetNextLargeMcbEntry(PLARGE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn, PLONGLONG Lbn,
                                  PLONGLONG SectorCount)
{
    BOOLEAN found = FALSE;

    if (LARGE_OK(Mcb)) {
        found = FsRtlGetNextBaseMcbEntry(&Mcb->BaseMcb, RunIndex, Vbn, Lbn, SectorCount);
        large_release(Mcb);
    }
    return found;
}

/* ---- 32 bits ---- */

static PLARGE_MCB large_of(PMCB mcb)
{
    return (PLARGE_MCB)mcb;
}

VOID FsRtlInitializeMcb(PMCB Mcb, POOL_TYPE PoolType)
{
    FsRtlInitializeLargeMcb(large_of(Mcb), PoolType);
}

VOID FsRtlUninitializeMcb(PMCB Mcb)
{
    FsRtlUninitializeLargeMcb(large_of(Mcb));
}

VOID FsRtlTruncateMcb(PMCB Mcb, VBN Vbn)
{
    FsRtlTruncateLargeMcb(large_of(Mcb), Vbn);
}

BOOLEAN FsRtlAddMcbEntry(PMCB Mcb, VBN Vbn, LBN Lbn, ULONG SectorCount)
{
    return FsRtlAddLargeMcbEntry(large_of(Mcb), Vbn, Lbn, SectorCount);
}

VOID FsRtlRemoveMcbEntry(PMCB Mcb, VBN Vbn, ULONG SectorCount)
{
    FsRtlRemoveLargeMcbEntry(large_of(Mcb), Vbn, SectorCount);
}

BOOLEAN FsRtlLookupMcbEntry(PMCB Mcb, VBN Vbn, PLBN Lbn, PULONG SectorCount, PULONG Index)
{
    LONGLONG lbn, count;

    if (!FsRtlLookupLargeMcbEntry(large_of(Mcb), Vbn, &lbn, &count, NULL, NULL, Index)) {
        return FALSE;
    }
    *Lbn = (LBN)lbn;
    if (SectorCount != NULL) {
        *SectorCount = (ULONG)count;
    }
    return TRUE;
}

BOOLEAN FsRtlLookupLastMcbEntry(PMCB Mcb, PVBN Vbn, PLBN Lbn)
{
    LONGLONG vbn, lbn;

    if (!FsRtlLookupLastLargeMcbEntry(large_of(Mcb), &vbn, &lbn)) {
        return FALSE;
    }
    *Vbn = (VBN)vbn;
    *Lbn = (LBN)lbn;
    return TRUE;
}

ULONG FsRtlNumberOfRunsInMcb(PMCB Mcb)
{
    return FsRtlNumberOfRunsInLargeMcb(large_of(Mcb));
}

BOOLEAN FsRtlGetNextMcbEntry(PMCB Mcb, ULONG RunIndex, PVBN Vbn, PLBN Lbn, PULONG SectorCount)
{
    LONGLONG vbn, lbn, count;

    if (!FsRtlGetNextLargeMcbEntry(large_of(Mcb), RunIndex, &vbn, &lbn, &count)) {
        return FALSE;
    }
    *Vbn = (VBN)vbn;
    *Lbn = (LBN)lbn;
    *SectorCount = (ULONG)count;
    return TRUE;
}
