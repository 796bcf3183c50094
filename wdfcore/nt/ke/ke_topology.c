/* ke_topology.c - how processors belong together: a query is a walk over the relationships that there are,
 * once to count the bytes and once to write them.
 */
#include <string.h>

#include <ntddk.h>

#include "nt/ke/ke_api.h"

struct topology_query {
    LOGICAL_PROCESSOR_RELATIONSHIP wanted;
    KAFFINITY of; /* entries with one of these processors */
    UCHAR *out;   /* NULL: only count */
    ULONG size;
};

static bool topology_wants(const struct topology_query *query, LOGICAL_PROCESSOR_RELATIONSHIP kind,
                           KAFFINITY processors)
{
    return (query->wanted == RelationAll || query->wanted == kind ||
            (query->wanted == RelationNumaNodeEx && kind == RelationNumaNode)) &&
           (query->of & processors) != 0;
}

static void topology_add(struct topology_query *query,
                         const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *entry)
{
    if (query->out != NULL) {
        memcpy(query->out + query->size, entry, entry->Size);
    }
    query->size += entry->Size;
}

#define ENTRY_SIZE(member)                                           \
    (FIELD_OFFSET(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, member) + \
     sizeof(((SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)NULL)->member))

/* A core, the package, the die. */
static void topology_add_set(struct topology_query *query, LOGICAL_PROCESSOR_RELATIONSHIP kind,
                             KAFFINITY processors)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX entry = {.Relationship = kind,
                                                     .Size = ENTRY_SIZE(Processor)};

    entry.Processor.GroupCount = 1;
    entry.Processor.GroupMask[0].Mask = processors;
    if (topology_wants(query, kind, processors)) {
        topology_add(query, &entry);
    }
}

static void topology_add_node(struct topology_query *query, KAFFINITY processors)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX entry = {.Relationship = RelationNumaNode,
                                                     .Size = ENTRY_SIZE(NumaNode)};

    entry.NumaNode.GroupCount = 1;
    entry.NumaNode.GroupMask.Mask = processors;
    if (topology_wants(query, RelationNumaNode, processors)) {
        topology_add(query, &entry);
    }
}

static void topology_add_group(struct topology_query *query, KAFFINITY processors)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX entry = {.Relationship = RelationGroup,
                                                     .Size = ENTRY_SIZE(Group)};

    entry.Group.MaximumGroupCount = 1;
    entry.Group.ActiveGroupCount = 1;
    entry.Group.GroupInfo[0] =
        (PROCESSOR_GROUP_INFO){.MaximumProcessorCount = (UCHAR)ke_processor_count(),
                               .ActiveProcessorCount = (UCHAR)ke_processor_count(),
                               .ActiveProcessorMask = processors};
    if (topology_wants(query, RelationGroup, processors)) {
        topology_add(query, &entry);
    }
}

static void topology_walk(struct topology_query *query)
{
    KAFFINITY all = (KAFFINITY)ke_processor_mask();

    query->size = 0;
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        topology_add_set(query, RelationProcessorCore, (KAFFINITY)1 << i);
    }
    topology_add_set(query, RelationProcessorDie, all);
    topology_add_set(query, RelationProcessorPackage, all);
    topology_add_node(query, all);
    topology_add_group(query, all);
}

NTSTATUS KeQueryLogicalProcessorRelationship(PPROCESSOR_NUMBER ProcessorNumber,
                                             LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
                                             PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information,
                                             PULONG Length)
{
    struct topology_query query = {.wanted = RelationshipType,
                                   .of = (KAFFINITY)ke_processor_mask()};
    ULONG room = 0;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ProcessorNumber != NULL) {
        ULONG index = KeGetProcessorIndexFromNumber(ProcessorNumber);

        if (index == INVALID_PROCESSOR_INDEX) {
            return STATUS_INVALID_PARAMETER;
        }
        query.of = (KAFFINITY)1 << index;
    }
    topology_walk(&query);
    room = *Length;
    *Length = query.size;
    if (room < query.size) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    query.out = (UCHAR *)Information;
    topology_walk(&query);
    return STATUS_SUCCESS;
}

/* ---- caches ---- */

BOOLEAN KeInvalidateAllCaches(VOID)
{
    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return TRUE;
}

VOID KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length)
{
    UNREFERENCED_PARAMETER(BaseAddress);
    UNREFERENCED_PARAMETER(Length);
    KeInvalidateAllCaches();
}

/* ---- the auxiliary counter ---- */

NTSTATUS KeQueryAuxiliaryCounterFrequency(PULONG64 AuxiliaryCounterFrequency)
{
    UNREFERENCED_PARAMETER(AuxiliaryCounterFrequency);
    API_QUIET(HIGH_LEVEL);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS KeConvertAuxiliaryCounterToPerformanceCounter(ULONG64 AuxiliaryCounterValue,
                                                       PULONG64 PerformanceCounterValue,
                                                       PULONG64 ConversionError)
{
    UNREFERENCED_PARAMETER(AuxiliaryCounterValue);
    UNREFERENCED_PARAMETER(PerformanceCounterValue);
    UNREFERENCED_PARAMETER(ConversionError);
    API_QUIET(HIGH_LEVEL);
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS KeConvertPerformanceCounterToAuxiliaryCounter(ULONG64 PerformanceCounterValue,
                                                       PULONG64 AuxiliaryCounterValue,
                                                       PULONG64 ConversionError)
{
    UNREFERENCED_PARAMETER(PerformanceCounterValue);
    UNREFERENCED_PARAMETER(AuxiliaryCounterValue);
    UNREFERENCED_PARAMETER(ConversionError);
    API_QUIET(HIGH_LEVEL);
    return STATUS_NOT_SUPPORTED;
}
