/* dbg.h - messages, assertions and break points.
 * The format is Microsoft's: l means 32 bits, I64 64, %p sixteen digits, %ws and %wZ wide text.
 */
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Component and level: shown if the component's mask, or the default mask, has the level's bit. A
 * level above 31 is itself the mask. By default only DPFLTR_ERROR_LEVEL is shown.
 *   Source   reading-and-filtering-debugging-messages
 */
#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK          0x80000000

typedef enum _DPFLTR_TYPE {
    DPFLTR_SYSTEM_ID = 0,
    DPFLTR_MOUCLASS_ID = 21,
    DPFLTR_VIDEO_ID = 27,
    DPFLTR_PNPMGR_ID = 35,
    DPFLTR_IHVDRIVER_ID = 77,
    DPFLTR_IHVVIDEO_ID = 78,
    DPFLTR_IHVAUDIO_ID = 79,
    DPFLTR_IHVNETWORK_ID = 80,
    DPFLTR_IHVSTREAMING_ID = 81,
    DPFLTR_IHVBUS_ID = 82,
    DPFLTR_VERIFIER_ID = 93,
    DPFLTR_DEFAULT_ID = 101,
    DPFLTR_WDI_ID = 106,
    DPFLTR_NDIS_ID = 120,
    DPFLTR_ENDOFTABLE_ID = 155
} DPFLTR_TYPE;

/* DbgPrint, DbgPrintEx, vDbgPrintEx, vDbgPrintExWithPrefix: format a message, at most 512 bytes.
 * DbgPrint is DbgPrintEx with DPFLTR_DEFAULT_ID and DPFLTR_INFO_LEVEL.
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER for an unknown component
 *   IRQL     any; %C %S %lc %ls %wc %ws %wZ only at PASSIVE_LEVEL (IrqlTooHigh). A floating
 *            conversion is reported (BadParameter) and prints nothing.
 *   Source   wdm/nf-wdm-dbgprint, -dbgprintex, -vdbgprintex, -vdbgprintexwithprefix
 */
NTSYSAPI ULONG DbgPrint(PCSTR Format, ...);
NTSYSAPI ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
NTSYSAPI ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist);
NTSYSAPI ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                                     va_list arglist);
NTSYSAPI ULONG DbgPrintReturnControlC(PCCH Format, ...);

/* DbgQueryDebugFilterState, DbgSetDebugFilterState: the mask of a component.
 *   Returns  TRUE/FALSE (as NTSTATUS 1/0) or STATUS_INVALID_PARAMETER    IRQL any
 *   Source   wdm/nf-wdm-dbgquerydebugfilterstate, -dbgsetdebugfilterstate
 */
NTSYSAPI NTSTATUS DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level);
NTSYSAPI NTSTATUS DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State);

/* DbgBreakPoint, DbgBreakPointWithStatus: stop in the debugger.
 *   IRQL any   Source   wdm/nf-wdm-dbgbreakpoint
 *   Differs  without a debugger it is DriverBreakPoint, no bug check (docs/differences.md)
 */
NTSYSAPI VOID DbgBreakPoint(VOID);
NTSYSAPI VOID DbgBreakPointWithStatus(ULONG Status);

/* KdComPortInUse: where the address of the serial port that the kernel debugger uses stands: NULL, there
 * is none.
 *   Source   declared by drivers of serial ports themselves
 */
extern NTKERNELAPI PUCHAR *KdComPortInUse;

/* RtlAssert: report AssertionFailed (what the assertion macros call).
 *   IRQL any   Source   wdm/nf-wdm-rtlassert
 */
NTSYSAPI VOID RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
                        PSTR MutableMessage);

/* RtlPagedCode: what PAGED_CODE calls; reports IrqlTooHigh above APC_LEVEL. */
NTSYSAPI VOID RtlPagedCode(PCSTR Function, PCSTR FileName, ULONG LineNumber);

/* PAGED_CODE: this function may be paged out, so it runs at APC_LEVEL at most. Checked in every
 * build.   Source   wdm/PAGED_CODE
 */
#define PAGED_CODE()        RtlPagedCode(__func__, __FILE__, __LINE__)
#define PAGED_CODE_LOCKED() ((void)0)
#define PAGED_ASSERT(exp)   ASSERT(exp)

#define NT_FRE_ASSERT(exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, NULL), FALSE) : TRUE)
#define NT_FRE_ASSERTMSG(msg, exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, (PSTR)(msg)), FALSE) : TRUE)

/* DbgRaiseAssertionFailure: the trap of an assertion, as DbgBreakPoint for a debugger. */
#define DbgRaiseAssertionFailure() DbgBreakPoint()

#if DBG
#define KdPrint(_x_)                 DbgPrint _x_
#define KdPrintEx(_x_)               DbgPrintEx _x_
#define vKdPrintEx(_x_)              vDbgPrintEx _x_
#define KdBreakPoint()               DbgBreakPoint()
#define KdBreakPointWithStatus(s)    DbgBreakPointWithStatus(s)
#define NT_ASSERT(exp)               ((void)NT_FRE_ASSERT(exp))
#define NT_ASSERTMSG(msg, exp)       ((void)NT_FRE_ASSERTMSG(msg, exp))
#define NT_ASSERTMSGW(msg, exp)      ((void)NT_FRE_ASSERT(exp))
#define ASSERT(exp)                  ((void)NT_FRE_ASSERT(exp))
#define ASSERTMSG(msg, exp)          ((void)NT_FRE_ASSERTMSG(msg, exp))
#define RTL_SOFT_ASSERT(exp)         ((void)NT_FRE_ASSERT(exp))
#define RTL_SOFT_ASSERTMSG(msg, exp) ((void)NT_FRE_ASSERTMSG(msg, exp))
#define NT_VERIFY(exp)               NT_FRE_ASSERT(exp)
#define NT_VERIFYMSG(msg, exp)       NT_FRE_ASSERTMSG(msg, exp)
#define RTL_VERIFY(exp)              NT_FRE_ASSERT(exp)
#define NT_ASSERT_ASSUME(exp)        NT_FRE_ASSERT(exp)
#define NT_ANALYSIS_ASSUME(exp)      ((void)0)
#else
#define KdPrint(_x_)
#define KdPrintEx(_x_)
#define vKdPrintEx(_x_)
#define KdBreakPoint()
#define KdBreakPointWithStatus(s)
#define NT_ASSERT(exp)               ((void)0)
#define NT_ASSERTMSG(msg, exp)       ((void)0)
#define NT_ASSERTMSGW(msg, exp)      ((void)0)
#define ASSERT(exp)                  ((void)0)
#define ASSERTMSG(msg, exp)          ((void)0)
#define RTL_SOFT_ASSERT(exp)         ((void)0)
#define RTL_SOFT_ASSERTMSG(msg, exp) ((void)0)
#define NT_VERIFY(exp)               ((exp) ? TRUE : FALSE)
#define NT_VERIFYMSG(msg, exp)       ((exp) ? TRUE : FALSE)
#define RTL_VERIFY(exp)              ((exp) ? TRUE : FALSE)
#define NT_ASSERT_ASSUME(exp)        ((void)0)
#define NT_ANALYSIS_ASSUME(exp)      ((void)0)
#endif
#define NT_ASSERT_NOASSUME(exp)      NT_ASSERT(exp)
#define ASSERT_IRQL_LESS_OR_EQUAL(x) ASSERT(KeGetCurrentIrql() <= (x))
#define KD_DEBUGGER_ENABLED          (FALSE)
#define KD_DEBUGGER_NOT_PRESENT      (TRUE)

#ifdef __cplusplus
}
#endif
