/* wdfverifier.h - break points and bug checks of a driver's own.
 */
#pragma once

#include <wdftypes.h>

WDF_EXTERN_C_START

/* WdfVerifierDbgBreakPoint: report a break point; stops only under a debugger.
 *   IRQL     any
 *   Source   wdfverifier/nf-wdfverifier-wdfverifierdbgbreakpoint
 */
WDFAPI VOID WdfVerifierDbgBreakPoint(VOID);

/* WdfVerifierKeBugCheck: stop the machine with the driver's own code.
 *   IRQL     any
 *   Source   wdfverifier/nf-wdfverifier-wdfverifierkebugcheck
 */
__attribute__((noreturn)) WDFAPI VOID WdfVerifierKeBugCheck(ULONG BugCheckCode,
                                                            ULONG_PTR BugCheckParameter1,
                                                            ULONG_PTR BugCheckParameter2,
                                                            ULONG_PTR BugCheckParameter3,
                                                            ULONG_PTR BugCheckParameter4);

/* WdfGetTriageInfo: data for debuggers.
 *   Returns  pointer, never NULL
 *   IRQL     any
 *   Source   wdfverifier/nf-wdfverifier-wdfgettriageinfo
 */
WDFAPI PVOID WdfGetTriageInfo(VOID);

WDF_EXTERN_C_END
