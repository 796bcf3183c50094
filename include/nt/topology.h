/* topology.h - how the processors of a machine belong together: each is a core of its own, all are in
 * one package, on one die, in one group, at one node of memory. Nothing is said about caches.
 */
#pragma once

#include "processor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _LOGICAL_PROCESSOR_RELATIONSHIP {
    RelationProcessorCore,
    RelationNumaNode,
    RelationCache,
    RelationProcessorPackage,
    RelationGroup,
    RelationProcessorDie,
    RelationNumaNodeEx,
    RelationProcessorModule,
    RelationAll = 0xffff
} LOGICAL_PROCESSOR_RELATIONSHIP;

#define LTP_PC_SMT 0x1

typedef enum _PROCESSOR_CACHE_TYPE {
    CacheUnified,
    CacheInstruction,
    CacheData,
    CacheTrace
} PROCESSOR_CACHE_TYPE;

typedef struct _PROCESSOR_RELATIONSHIP {
    UCHAR Flags;
    UCHAR EfficiencyClass;
    UCHAR Reserved[20];
    USHORT GroupCount;
    GROUP_AFFINITY GroupMask[ANYSIZE_ARRAY];
} PROCESSOR_RELATIONSHIP, *PPROCESSOR_RELATIONSHIP;

typedef struct _NUMA_NODE_RELATIONSHIP {
    ULONG NodeNumber;
    UCHAR Reserved[18];
    USHORT GroupCount;
    union {
        GROUP_AFFINITY GroupMask;
        GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
    };
} NUMA_NODE_RELATIONSHIP, *PNUMA_NODE_RELATIONSHIP;

typedef struct _CACHE_RELATIONSHIP {
    UCHAR Level;
    UCHAR Associativity;
    USHORT LineSize;
    ULONG CacheSize;
    PROCESSOR_CACHE_TYPE Type;
    UCHAR Reserved[18];
    USHORT GroupCount;
    union {
        GROUP_AFFINITY GroupMask;
        GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
    };
} CACHE_RELATIONSHIP, *PCACHE_RELATIONSHIP;

typedef struct _PROCESSOR_GROUP_INFO {
    UCHAR MaximumProcessorCount;
    UCHAR ActiveProcessorCount;
    UCHAR Reserved[38];
    KAFFINITY ActiveProcessorMask;
} PROCESSOR_GROUP_INFO, *PPROCESSOR_GROUP_INFO;

typedef struct _GROUP_RELATIONSHIP {
    USHORT MaximumGroupCount;
    USHORT ActiveGroupCount;
    UCHAR Reserved[20];
    PROCESSOR_GROUP_INFO GroupInfo[ANYSIZE_ARRAY];
} GROUP_RELATIONSHIP, *PGROUP_RELATIONSHIP;

typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX {
    LOGICAL_PROCESSOR_RELATIONSHIP Relationship;
    ULONG Size;
    union {
        PROCESSOR_RELATIONSHIP Processor;
        NUMA_NODE_RELATIONSHIP NumaNode;
        CACHE_RELATIONSHIP Cache;
        GROUP_RELATIONSHIP Group;
    };
} SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX;

/* KeQueryLogicalProcessorRelationship: entries of that relationship, one behind the other, each *Size
 * bytes long.
 *   ProcessorNumber  only those that it belongs to; NULL: all
 *   Length           in: of the buffer; out: what is needed
 *   Returns          STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH: the buffer is too short;
 *                    STATUS_INVALID_PARAMETER: there is no such processor
 *   IRQL             <= DISPATCH_LEVEL
 *   Source           wdm/nf-wdm-kequerylogicalprocessorrelationship
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    KeQueryLogicalProcessorRelationship(PPROCESSOR_NUMBER ProcessorNumber,
                                        LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
                                        PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information,
                                        PULONG Length);

/* KeInvalidateAllCaches, KeInvalidateRangeAllCaches: what was written is in memory; caches are coherent,
 * so that no more is to be done. The value means nothing.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   ntddk/nf-ntddk-keinvalidateallcaches, -keinvalidaterangeallcaches
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN KeInvalidateAllCaches(VOID);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length);

/* The auxiliary counter, which a machine has not.
 *   Returns  STATUS_NOT_SUPPORTED      IRQL any
 *   Source   wdm/nf-wdm-kequeryauxiliarycounterfrequency,
 *            -keconvertauxiliarycountertoperformancecounter,
 *            -keconvertperformancecountertoauxiliarycounter
 */
NTKERNELAPI NTSTATUS KeQueryAuxiliaryCounterFrequency(PULONG64 AuxiliaryCounterFrequency);
NTKERNELAPI NTSTATUS KeConvertAuxiliaryCounterToPerformanceCounter(ULONG64 AuxiliaryCounterValue,
                                                                   PULONG64 PerformanceCounterValue,
                                                                   PULONG64 ConversionError);
NTKERNELAPI NTSTATUS KeConvertPerformanceCounterToAuxiliaryCounter(ULONG64 PerformanceCounterValue,
                                                                   PULONG64 AuxiliaryCounterValue,
                                                                   PULONG64 ConversionError);

#ifdef __cplusplus
}
#endif
