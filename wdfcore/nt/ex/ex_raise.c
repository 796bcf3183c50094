/* ex_raise.c - exceptions that a driver or a kernel routine raises. There are no frame-based
 * handlers here yet: an exception is never handled, which on Windows is bug check 0x1E.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_caller.h"
#include "nt/ke/ke_report.h"

VOID ExRaiseStatus(NTSTATUS Status)
{
    ke_violation(RULE_UnhandledException, 0x1E, (ULONG)Status, (uintptr_t)KE_CALLER(), 0, 0,
                 "status 0x%08x was raised and no handler took it", (unsigned)Status);
}

VOID ExRaiseAccessViolation(VOID)
{
    ExRaiseStatus(STATUS_ACCESS_VIOLATION);
}

VOID ExRaiseDatatypeMisalignment(VOID)
{
    ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT);
}
