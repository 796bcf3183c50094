/* fx_verifier.c - break points and bug checks of a driver's own. */
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_bugcheck.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

#include <wdf.h>

VOID WdfVerifierDbgBreakPoint(VOID)
{
    char caller[192];

    if (!API(HIGH_LEVEL)) {
        return;
    }
    ke_report_site(KE_CALLER(), caller, sizeof(caller));
    ke_violation(RULE_DriverBreakPoint, 0, 0, 0, 0, 0, "WdfVerifierDbgBreakPoint was called by %s",
                 caller);
}

VOID WdfVerifierKeBugCheck(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                           ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                           ULONG_PTR BugCheckParameter4)
{
    const ULONG_PTR parameter[4] = {BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                                    BugCheckParameter4};

    ke_bugcheck("WdfVerifierKeBugCheck", BugCheckCode, parameter);
}

PVOID WdfGetTriageInfo(VOID)
{
    static struct {
        ULONG size;
        UCHAR rest[252];
    } triage;

    return &triage; /* nothing reads it here; debuggers on Windows do */
}
