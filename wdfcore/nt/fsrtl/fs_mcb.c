/* fs_mcb.c - map control blocks: runs in the order of the file, each with the block behind its last one.
 * Runs that continue each other are one; holes are runs, but never the last.
 */
#include <ntifs.h>

#include <string.h>

#include "nt/ex/ex_try.h"
#include "nt/fsrtl/fs_mcb.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"

#define MCB_TAG   'bcMF'
#define MCB_FIRST 15u /* runs for which there is room at first */
#define MCB_HOLE  (-1ll)

struct mcb_run {
    LONGLONG next; /* the first block behind it */
    LONGLONG lbn;  /* MCB_HOLE */
};

/* The room doubles when it is full. */
static bool mcb_room_is_one(ULONG count)
{
    ULONG times = count / MCB_FIRST;

    return times != 0 && count % MCB_FIRST == 0 && (times & (times - 1)) == 0;
}

static BOOLEAN mcb_check(const BASE_MCB *mcb, const char *api)
{
    return (!ke_address_is_bad(mcb) && mcb_room_is_one(mcb->MaximumPairCount) &&
            mcb->PairCount <= mcb->MaximumPairCount && !ke_address_is_bad(mcb->Mapping)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, mcb, "a map control block", api);
}

#define MCB_OK(mcb) (API(APC_LEVEL) && mcb_check((mcb), __func__))

static struct mcb_run *mcb_runs(const BASE_MCB *mcb)
{
    return mcb->Mapping;
}

static LONGLONG mcb_start(const BASE_MCB *mcb, ULONG index)
{
    return index != 0 ? mcb_runs(mcb)[index - 1].next : 0;
}

/* The first block behind all. */
static LONGLONG mcb_end(const BASE_MCB *mcb)
{
    return mcb_start(mcb, mcb->PairCount);
}

/* The run of that block; PairCount: it lies behind all. */
static ULONG mcb_find(const BASE_MCB *mcb, LONGLONG vbn)
{
    ULONG low = 0;
    ULONG high = mcb->PairCount;

    while (low < high) {
        ULONG middle = low + (high - low) / 2;

        if (mcb_runs(mcb)[middle].next <= vbn) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- changing ---- */

static bool mcb_reserve(BASE_MCB *mcb, ULONG more)
{
    ULONG count = mcb->MaximumPairCount;
    struct mcb_run *runs;

    if (mcb->PairCount + more <= count) {
        return true;
    }
    count *= 2;
    runs = ExAllocatePoolWithTag((POOL_TYPE)mcb->PoolType, count * sizeof(*runs), MCB_TAG);
    if (runs == NULL) {
        return false;
    }
    memcpy(runs, mcb->Mapping, mcb->PairCount * sizeof(*runs));
    ExFreePoolWithTag(mcb->Mapping, MCB_TAG);
    mcb->Mapping = runs;
    mcb->MaximumPairCount = count;
    return true;
}

static void mcb_insert(BASE_MCB *mcb, ULONG at, LONGLONG next, LONGLONG lbn)
{
    struct mcb_run *runs = mcb_runs(mcb);

    memmove(runs + at + 1, runs + at, (mcb->PairCount - at) * sizeof(*runs));
    runs[at] = (struct mcb_run){.next = next, .lbn = lbn};
    mcb->PairCount++;
}

static void mcb_delete(BASE_MCB *mcb, ULONG at, ULONG count)
{
    struct mcb_run *runs = mcb_runs(mcb);

    memmove(runs + at, runs + at + count, (mcb->PairCount - at - count) * sizeof(*runs));
    mcb->PairCount -= count;
}

/* A run begins at that block, or all end before it. Returns which. */
static ULONG mcb_cut(BASE_MCB *mcb, LONGLONG vbn)
{
    ULONG at = mcb_find(mcb, vbn);
    LONGLONG start = mcb_start(mcb, at);
    LONGLONG lbn;

    if (at == mcb->PairCount || start == vbn) {
        return at;
    }
    lbn = mcb_runs(mcb)[at].lbn;
    mcb_insert(mcb, at, vbn, lbn);
    if (lbn != MCB_HOLE) {
        mcb_runs(mcb)[at + 1].lbn = lbn + (vbn - start);
    }
    return at + 1;
}

/* This run and the next are one where the second continues the first. */
static void mcb_join(BASE_MCB *mcb, ULONG at)
{
    struct mcb_run *runs = mcb_runs(mcb);
    LONGLONG length;

    if (at + 1 >= mcb->PairCount) {
        return;
    }
    length = runs[at].next - mcb_start(mcb, at);
    if (runs[at].lbn == MCB_HOLE ? runs[at + 1].lbn == MCB_HOLE
                                 : runs[at + 1].lbn == runs[at].lbn + length) {
        runs[at].next = runs[at + 1].next;
        mcb_delete(mcb, at + 1, 1);
    }
}

/* Blocks from vbn to behind lie at lbn from now on. false: no memory, and nothing changed. */
static bool mcb_set(BASE_MCB *mcb, LONGLONG vbn, LONGLONG behind, LONGLONG lbn)
{
    ULONG first, last;

    if (!mcb_reserve(mcb, 3)) { /* two cuts, or a hole, and the run itself */
        return false;
    }
    if (vbn > mcb_end(mcb)) {
        mcb_insert(mcb, mcb->PairCount, vbn, MCB_HOLE);
    }
    first = mcb_cut(mcb, vbn);
    last = mcb_cut(mcb, behind);
    mcb_delete(mcb, first, last - first);
    mcb_insert(mcb, first, behind, lbn);
    mcb_join(mcb, first);
    if (first != 0) {
        mcb_join(mcb, first - 1);
    }
    while (mcb->PairCount != 0 && mcb_runs(mcb)[mcb->PairCount - 1].lbn == MCB_HOLE) {
        mcb->PairCount--;
    }
    return true;
}

/* Whether what is mapped there is mapped just so. */
static bool mcb_agrees(const BASE_MCB *mcb, LONGLONG vbn, LONGLONG behind, LONGLONG lbn)
{
    for (ULONG at = mcb_find(mcb, vbn); at < mcb->PairCount && mcb_start(mcb, at) < behind; at++) {
        const struct mcb_run *run = &mcb_runs(mcb)[at];

        if (run->lbn != MCB_HOLE && run->lbn - mcb_start(mcb, at) != lbn - vbn) {
            return false;
        }
    }
    return true;
}

static NTSTATUS mcb_add(BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count)
{
    if (vbn < 0 || lbn < 0 || count <= 0 || count > MAXLONGLONG - vbn ||
        !mcb_agrees(mcb, vbn, vbn + count, lbn)) {
        return STATUS_UNSUCCESSFUL;
    }
    return mcb_set(mcb, vbn, vbn + count, lbn) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS fs_mcb_remove(PBASE_MCB mcb, LONGLONG vbn, LONGLONG count)
{
    LONGLONG end;

    if (!mcb_check(mcb, __func__)) {
        return STATUS_UNSUCCESSFUL;
    }
    end = mcb_end(mcb);
    if (vbn < 0 || count <= 0 || vbn >= end) {
        return STATUS_SUCCESS;
    }
    return mcb_set(mcb, vbn, count < end - vbn ? vbn + count : end, MCB_HOLE)
               ? STATUS_SUCCESS
               : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS fs_mcb_split(PBASE_MCB mcb, LONGLONG vbn, LONGLONG amount)
{
    LONGLONG end;
    ULONG at;

    if (!mcb_check(mcb, __func__)) {
        return STATUS_UNSUCCESSFUL;
    }
    end = mcb_end(mcb);
    if (vbn < 0 || amount <= 0 || amount > MAXLONGLONG - end) {
        return STATUS_UNSUCCESSFUL;
    }
    if (vbn >= end) {
        return STATUS_SUCCESS;
    }
    if (!mcb_reserve(mcb, 2)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    at = mcb_cut(mcb, vbn);
    for (ULONG i = at; i < mcb->PairCount; i++) {
        mcb_runs(mcb)[i].next += amount;
    }
    mcb_insert(mcb, at, vbn + amount, MCB_HOLE);
    mcb_join(mcb, at);
    if (at != 0) {
        mcb_join(mcb, at - 1);
    }
    return STATUS_SUCCESS;
}

/* ---- the plain kind ---- */

static BOOLEAN mcb_initialize(BASE_MCB *mcb, POOL_TYPE type, USHORT flags)
{
    *mcb = (BASE_MCB){.PoolType = (USHORT)type, .Flags = flags};
    mcb->Mapping = ExAllocatePoolWithTag(type, MCB_FIRST * sizeof(struct mcb_run), MCB_TAG);
    if (mcb->Mapping == NULL) {
        return FALSE;
    }
    mcb->MaximumPairCount = MCB_FIRST;
    return TRUE;
}

VOID FsRtlInitializeBaseMcb(PBASE_MCB Mcb, POOL_TYPE PoolType)
{
    if (API(APC_LEVEL) && ke_check_address(Mcb, "a map control block", __func__) &&
        !mcb_initialize(Mcb, PoolType, MCB_FLAG_RAISE_ON_ALLOCATION_FAILURE)) {
        ex_raise_status(STATUS_INSUFFICIENT_RESOURCES, KE_CALLER());
    }
}

BOOLEAN FsRtlInitializeBaseMcbEx(PBASE_MCB Mcb, POOL_TYPE PoolType, USHORT Flags)
{
    BOOLEAN done;

    if (!API(APC_LEVEL) || !ke_check_address(Mcb, "a map control block", __func__)) {
        return FALSE;
    }
    done = mcb_initialize(Mcb, PoolType, Flags);
    if (!done && (Flags & MCB_FLAG_RAISE_ON_ALLOCATION_FAILURE) != 0) {
        ex_raise_status(STATUS_INSUFFICIENT_RESOURCES, KE_CALLER());
    }
    return done;
}

VOID FsRtlUninitializeBaseMcb(PBASE_MCB Mcb)
{
    if (MCB_OK(Mcb)) {
        ExFreePoolWithTag(Mcb->Mapping, MCB_TAG);
        Mcb->Mapping = NULL;
        Mcb->PairCount = Mcb->MaximumPairCount = 0;
    }
}

VOID FsRtlResetBaseMcb(PBASE_MCB Mcb)
{
    if (MCB_OK(Mcb)) {
        Mcb->PairCount = 0;
    }
}

static BOOLEAN mcb_or_raise(NTSTATUS status, const void *caller)
{
    if (status == STATUS_INSUFFICIENT_RESOURCES) {
        ex_raise_status(status, caller);
    }
    return NT_SUCCESS(status);
}

VOID FsRtlTruncateBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn)
{
    if (MCB_OK(Mcb)) {
        mcb_or_raise(fs_mcb_remove(Mcb, Vbn, MAXLONGLONG), KE_CALLER());
    }
}

BOOLEAN FsRtlAddBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn, LONGLONG SectorCount)
{
    return MCB_OK(Mcb) && mcb_or_raise(mcb_add(Mcb, Vbn, Lbn, SectorCount), KE_CALLER());
}

NTSTATUS FsRtlAddBaseMcbEntryEx(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn, LONGLONG SectorCount)
{
    return MCB_OK(Mcb) ? mcb_add(Mcb, Vbn, Lbn, SectorCount) : STATUS_UNSUCCESSFUL;
}

BOOLEAN FsRtlRemoveBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount)
{
    return MCB_OK(Mcb) && mcb_or_raise(fs_mcb_remove(Mcb, Vbn, SectorCount), KE_CALLER());
}

BOOLEAN FsRtlSplitBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount)
{
    return MCB_OK(Mcb) && mcb_or_raise(fs_mcb_split(Mcb, Vbn, Amount), KE_CALLER());
}

BOOLEAN FsRtlLookupBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                PLONGLONG SectorCountFromStartingLbn, PULONG Index)
{
    const struct mcb_run *run;
    LONGLONG start;
    ULONG at;

    if (!MCB_OK(Mcb) || Vbn < 0 || (at = mcb_find(Mcb, Vbn)) == Mcb->PairCount) {
        return FALSE;
    }
    run = &mcb_runs(Mcb)[at];
    start = mcb_start(Mcb, at);
    if (Lbn != NULL) {
        *Lbn = run->lbn != MCB_HOLE ? run->lbn + (Vbn - start) : MCB_HOLE;
    }
    if (SectorCountFromLbn != NULL) {
        *SectorCountFromLbn = run->next - Vbn;
    }
    if (StartingLbn != NULL) {
        *StartingLbn = run->lbn;
    }
    if (SectorCountFromStartingLbn != NULL) {
        *SectorCountFromStartingLbn = run->next - start;
    }
    if (Index != NULL) {
        *Index = at;
    }
    return TRUE;
}

BOOLEAN FsRtlLookupLastBaseMcbEntryAndIndex(PBASE_MCB Mcb, PLONGLONG LargeVbn, PLONGLONG LargeLbn,
                                            PULONG Index)
{
    ULONG last;

    if (!MCB_OK(Mcb) || Mcb->PairCount == 0) {
        return FALSE;
    }
    last = Mcb->PairCount - 1;
    *LargeVbn = mcb_end(Mcb) - 1;
    *LargeLbn = mcb_runs(Mcb)[last].lbn + (*LargeVbn - mcb_start(Mcb, last));
    *Index = last;
    return TRUE;
}

BOOLEAN FsRtlLookupLastBaseMcbEntry(PBASE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn)
{
    ULONG index;

    return FsRtlLookupLastBaseMcbEntryAndIndex(Mcb, Vbn, Lbn, &index);
}

ULONG FsRtlNumberOfRunsInBaseMcb(PBASE_MCB Mcb)
{
    return MCB_OK(Mcb) ? Mcb->PairCount : 0;
}

BOOLEAN FsRtlGetNextBaseMcbEntry(PBASE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn, PLONGLONG Lbn,
                                 PLONGLONG SectorCount)
{
    if (!MCB_OK(Mcb) || RunIndex >= Mcb->PairCount) {
        return FALSE;
    }
    *Vbn = mcb_start(Mcb, RunIndex);
    *Lbn = mcb_runs(Mcb)[RunIndex].lbn;
    *SectorCount = mcb_runs(Mcb)[RunIndex].next - *Vbn;
    return TRUE;
}
