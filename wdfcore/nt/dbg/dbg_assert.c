/* dbg_assert.c - failed assertions, pageable code at the wrong level, break points. */
#include <wdm.h>

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

VOID DbgBreakPoint(VOID)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    __asm__ volatile("int3");
}

VOID DbgBreakPointWithStatus(ULONG Status)
{
    (void)Status; /* for the debugger, in the argument register */
    if (!API(HIGH_LEVEL)) {
        return;
    }
    __asm__ volatile("int3");
}
