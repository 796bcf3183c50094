/* ke_node.c - nodes of memory: all memory is equally near to all processors, so there is one. */
#include <wdm.h>

#include "nt/ke/ke_api.h"

USHORT KeQueryHighestNodeNumber(VOID)
{
    return 0;
}

USHORT KeGetCurrentNodeNumber(VOID)
{
    return 0;
}

static GROUP_AFFINITY node_affinity(USHORT node)
{
    return (GROUP_AFFINITY){.Mask = node == 0 ? (KAFFINITY)ke_processor_mask() : 0};
}

static ULONG node_count(USHORT node)
{
    return node == 0 ? ke_processor_count() : 0;
}

VOID KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return;
    }
    if (Affinity != NULL) {
        *Affinity = node_affinity(NodeNumber);
    }
    if (Count != NULL) {
        *Count = (USHORT)node_count(NodeNumber);
    }
}

NTSTATUS KeQueryNodeActiveAffinity2(USHORT NodeNumber, PGROUP_AFFINITY GroupAffinities,
                                    USHORT GroupAffinitiesCount, PUSHORT GroupAffinitiesRequired)
{
    if (!API_QUIET(HIGH_LEVEL) || NodeNumber != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *GroupAffinitiesRequired = 1;
    if (GroupAffinitiesCount == 0) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    GroupAffinities[0] = node_affinity(0);
    return STATUS_SUCCESS;
}

ULONG KeQueryNodeActiveProcessorCount(USHORT NodeNumber)
{
    return API_QUIET(HIGH_LEVEL) ? node_count(NodeNumber) : 0;
}

USHORT KeQueryNodeMaximumProcessorCount(USHORT NodeNumber)
{
    return API_QUIET(HIGH_LEVEL) ? (USHORT)node_count(NodeNumber) : 0;
}
