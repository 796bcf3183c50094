/* ke_bugcheck.c - the driver gives up: KeBugCheck and KeBugCheckEx. */
#include <ntddk.h>

#include <stdlib.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_report.h"

DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                    ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                                    ULONG_PTR BugCheckParameter4)
{
    ke_violation(RULE_DriverBugCheck, BugCheckCode, BugCheckParameter1, BugCheckParameter2,
                 BugCheckParameter3, BugCheckParameter4, "KeBugCheckEx(0x%X)", BugCheckCode);
    abort(); /* a rule of kind STOP never returns */
}

DECLSPEC_NORETURN VOID KeBugCheck(ULONG BugCheckCode)
{
    KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}
