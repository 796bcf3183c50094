/* mcb.h - map control blocks: where on a volume the blocks of a file lie, run by run. Part of ntifs.h.
 * Blocks of the file are virtual (VBN), those of the volume logical (LBN). What lies between two mapped runs is a
 * hole: a run of its own, whose LBN is -1. The last run is none.
 */
#pragma once

#include "lock.h"
#include "pool.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ULONG LBN, *PLBN;
typedef ULONG VBN, *PVBN;

typedef struct _BASE_MCB {
    ULONG MaximumPairCount;
    ULONG PairCount;
    USHORT PoolType;
    USHORT Flags;
    PVOID Mapping;
} BASE_MCB, *PBASE_MCB;
typedef struct _LARGE_MCB {
    PKGUARDED_MUTEX GuardedMutex;
    BASE_MCB BaseMcb;
} LARGE_MCB, *PLARGE_MCB;
typedef struct _MCB {
    LARGE_MCB DummyFieldThatSizesThisStructureCorrectly;
} MCB, *PMCB;

#define MCB_FLAG_RAISE_ON_ALLOCATION_FAILURE 1

/* The plain kind: the caller sees to it that one thread at a time uses it.
 *   Add        FALSE (Ex: STATUS_UNSUCCESSFUL): one of the blocks is mapped elsewhere, or none was named
 *   Remove, Truncate  what they name becomes a hole, or the end; what is not mapped is left alone
 *   Lookup     FALSE: the block lies behind the last run. Each pointer may be NULL
 *   LookupLast, GetNext  FALSE: there is no run, or not so many
 *   Split      what lies at Vbn and behind it moves up by Amount. FALSE: nothing was named
 *   Without memory STATUS_INSUFFICIENT_RESOURCES is raised (Ex: returned)
 *   IRQL     <= APC_LEVEL, as far as PoolType allows
 *   Source   ntifs/nf-ntifs-fsrtlinitializebasemcb, -fsrtladdbasemcbentryex, -fsrtllookupbasemcbentry and relatives
 */
NTKERNELAPI VOID FsRtlInitializeBaseMcb(PBASE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI BOOLEAN FsRtlInitializeBaseMcbEx(PBASE_MCB Mcb, POOL_TYPE PoolType, USHORT Flags);
NTKERNELAPI VOID FsRtlUninitializeBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI VOID FsRtlResetBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI VOID FsRtlTruncateBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI BOOLEAN FsRtlAddBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                         LONGLONG SectorCount);
NTKERNELAPI NTSTATUS FsRtlAddBaseMcbEntryEx(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                            LONGLONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlRemoveBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlLookupBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                            PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                            PLONGLONG SectorCountFromStartingLbn, PULONG Index);
NTKERNELAPI BOOLEAN FsRtlLookupLastBaseMcbEntry(PBASE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn);
NTKERNELAPI BOOLEAN FsRtlLookupLastBaseMcbEntryAndIndex(PBASE_MCB Mcb, PLONGLONG LargeVbn,
                                                        PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI ULONG FsRtlNumberOfRunsInBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI BOOLEAN FsRtlGetNextBaseMcbEntry(PBASE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                             PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlSplitBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);

/* The kind that guards itself.   IRQL <= APC_LEVEL. Blocks.
 *   Source   ntifs/nf-ntifs-fsrtlinitializelargemcb, -fsrtladdlargemcbentry, -fsrtllookuplargemcbentry and relatives
 */
NTKERNELAPI VOID FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI VOID FsRtlResetLargeMcb(PLARGE_MCB Mcb, BOOLEAN SelfSynchronized);
NTKERNELAPI VOID FsRtlTruncateLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI BOOLEAN FsRtlAddLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                          LONGLONG SectorCount);
NTKERNELAPI VOID FsRtlRemoveLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlLookupLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                             PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                             PLONGLONG SectorCountFromStartingLbn, PULONG Index);
NTKERNELAPI BOOLEAN FsRtlLookupLastLargeMcbEntry(PLARGE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn);
NTKERNELAPI BOOLEAN FsRtlLookupLastLargeMcbEntryAndIndex(PLARGE_MCB OpaqueMcb, PLONGLONG LargeVbn,
                                                         PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI ULONG FsRtlNumberOfRunsInLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI BOOLEAN FsRtlGetNextLargeMcbEntry(PLARGE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                              PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlSplitLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);

/* The same in numbers of 32 bits.   IRQL <= APC_LEVEL. Blocks.
 *   Source   ntifs/nf-ntifs-fsrtlinitializemcb, -fsrtladdmcbentry, -fsrtllookupmcbentry and relatives
 */
NTKERNELAPI VOID FsRtlInitializeMcb(PMCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID FsRtlUninitializeMcb(PMCB Mcb);
NTKERNELAPI VOID FsRtlTruncateMcb(PMCB Mcb, VBN Vbn);
NTKERNELAPI BOOLEAN FsRtlAddMcbEntry(PMCB Mcb, VBN Vbn, LBN Lbn, ULONG SectorCount);
NTKERNELAPI VOID FsRtlRemoveMcbEntry(PMCB Mcb, VBN Vbn, ULONG SectorCount);
NTKERNELAPI BOOLEAN FsRtlLookupMcbEntry(PMCB Mcb, VBN Vbn, PLBN Lbn, PULONG SectorCount,
                                        PULONG Index);
NTKERNELAPI BOOLEAN FsRtlLookupLastMcbEntry(PMCB Mcb, PVBN Vbn, PLBN Lbn);
NTKERNELAPI ULONG FsRtlNumberOfRunsInMcb(PMCB Mcb);
NTKERNELAPI BOOLEAN FsRtlGetNextMcbEntry(PMCB Mcb, ULONG RunIndex, PVBN Vbn, PLBN Lbn,
                                         PULONG SectorCount);

#ifdef __cplusplus
}
#endif
