/* mm_probe.c - looking at memory that an application named, and small questions about memory. */
#include <ntddk.h>

#include "host/host_memory.h"
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/mm/mm_iospace.h"

/* Raises for what can be told from the address alone: the range must be aligned and must not wrap;
 * the page at 0 is nobody's. Reading is not tried, as on Windows: what is not there faults when the
 * driver reads it. */
static void mm_probe(ULONG_PTR address, SIZE_T length, ULONG alignment)
{
    if (length == 0) {
        return;
    }
    if (alignment != 0 && (address & (alignment - 1)) != 0) {
        ExRaiseDatatypeMisalignment();
    } else if (address < PAGE_SIZE || address + length < address ||
               (address + length > MmUserProbeAddress &&
                !host_memory_is_readable((void *)(address + length - 1)))) {
        ExRaiseAccessViolation(); /* what lies higher is the host's, as its stacks may, or nobody's */
    }
}

VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    mm_probe((ULONG_PTR)Address, Length, Alignment);
}

VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    mm_probe((ULONG_PTR)Address, Length, Alignment);
    if (Length != 0) {
        ex_probe_pages(Address, Length, true);
    }
}

MM_SYSTEMSIZE MmQuerySystemSize(VOID)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return MmSmallSystem;
    }
    return MmLargeSystem;
}

/* Mapped registers have no memory behind them, but are there. */
BOOLEAN MmIsAddressValid(PVOID VirtualAddress)
{
    uint64_t physical;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    return (BOOLEAN)(host_memory_is_readable(VirtualAddress) ||
                     mm_iospace_find(VirtualAddress, 1, &physical) == MM_IOSPACE_MAPPED);
}
