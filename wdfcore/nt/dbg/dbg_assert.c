/* dbg_assert.c - failed assertions, pageable code at the wrong level, break points. */
#include <wdm.h>

#include <stdbool.h>

#include "host/host_trap.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

static PUCHAR dbg_com_port;
PUCHAR *KdComPortInUse = &dbg_com_port;

VOID RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber, PSTR MutableMessage)
{
    ke_violation(RULE_AssertionFailed, 0x1E, (ULONG)STATUS_ASSERTION_FAILURE, 0, 0, 0,
                 "%s%sassertion failed: %s, %s line %u",
                 MutableMessage == NULL ? "" : MutableMessage, MutableMessage == NULL ? "" : ": ",
                 (const char *)VoidFailedAssertion, (const char *)VoidFileName, LineNumber);
}

VOID RtlPagedCode(PCSTR Function, PCSTR FileName, ULONG LineNumber)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return;
    }
    if (ke_self->irql > APC_LEVEL) {
        ke_violation(RULE_PagedCodeIrql, 0xA, 0, ke_self->irql, 0, 0,
                     "%s (%s line %u) says PAGED_CODE, but runs at IRQL %u", Function, FileName,
                     LineNumber, ke_self->irql);
    }
}

/* true: a debugger is there to take a break point; else the call is reported, and nothing stops. */
static bool dbg_is_watched(const char *api)
{
    if (host_trap_is_traced()) {
        return true;
    }
    ke_violation(RULE_DriverBreakPoint, 0x1E, (ULONG)STATUS_BREAKPOINT, 0, 0, 0,
                 "%s was called, and no debugger is attached", api);
    return false;
}

VOID DbgBreakPoint(VOID)
{
    if (API(HIGH_LEVEL) && dbg_is_watched(__func__)) {
        __asm__ volatile("int3");
    }
}

VOID DbgBreakPointWithStatus(ULONG Status)
{
    (void)Status; /* for the debugger, in the argument register */
    if (API(HIGH_LEVEL) && dbg_is_watched(__func__)) {
        __asm__ volatile("int3");
    }
}
