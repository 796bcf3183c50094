/* io_stack.c - how much of its stack the calling code has left. ISRs and DPCs run on the stack of
 * whatever they interrupted, so that one answer is right for all of them.
 */
#include <wdm.h>

#include "host/host.h"
#include "nt/ke/ke_api.h"

PVOID IoGetInitialStack(VOID)
{
    const char *low, *high;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    host_stack_limits(&low, &high);
    return (PVOID)(ULONG_PTR)high;
}

VOID IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
    const char *low = NULL;
    const char *high = NULL;

    if (API_QUIET(HIGH_LEVEL)) {
        host_stack_limits(&low, &high);
    }
    *LowLimit = (ULONG_PTR)low;
    *HighLimit = (ULONG_PTR)high;
}

ULONG_PTR IoGetRemainingStackSize(VOID)
{
    const char *low, *high;

    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    host_stack_limits(&low, &high);
    return (ULONG_PTR)__builtin_frame_address(0) - (ULONG_PTR)low;
}

ULONG IoWithinStackLimits(ULONG_PTR RegionStart, SIZE_T RegionSize)
{
    const char *low, *high;

    if (!API_QUIET(HIGH_LEVEL)) {
        return FALSE;
    }
    host_stack_limits(&low, &high);
    return RegionStart >= (ULONG_PTR)low && RegionStart <= (ULONG_PTR)high &&
           RegionSize <= (ULONG_PTR)high - RegionStart;
}
