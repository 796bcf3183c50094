/* wdftimer.h - timer objects.
 * - times are in 100 ns: negative relative, positive absolute; periods are in ms
 * - callbacks run at DISPATCH_LEVEL, or at PASSIVE_LEVEL if the timer was created so
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* Never wake the system for this timer. */
#define TolerableDelayUnlimited ((ULONG)-1)

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_TIMER(WDFTIMER Timer);
typedef EVT_WDF_TIMER *PFN_WDF_TIMER;

typedef struct _WDF_TIMER_CONFIG {
    ULONG Size;
    PFN_WDF_TIMER EvtTimerFunc;
    ULONG Period;
    BOOLEAN AutomaticSerialization;
    ULONG TolerableDelay;
    DECLSPEC_ALIGN(8) BOOLEAN UseHighResolutionTimer;
} WDF_TIMER_CONFIG, *PWDF_TIMER_CONFIG;

FORCEINLINE VOID WDF_TIMER_CONFIG_INIT(PWDF_TIMER_CONFIG Config, PFN_WDF_TIMER EvtTimerFunc)
{
    RtlZeroMemory(Config, sizeof(WDF_TIMER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_TIMER_CONFIG);
    Config->EvtTimerFunc = EvtTimerFunc;
    Config->Period = 0;
    Config->AutomaticSerialization = TRUE;
    Config->TolerableDelay = 0;
}

FORCEINLINE VOID WDF_TIMER_CONFIG_INIT_PERIODIC(PWDF_TIMER_CONFIG Config,
                                                PFN_WDF_TIMER EvtTimerFunc, LONG Period)
{
    RtlZeroMemory(Config, sizeof(WDF_TIMER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_TIMER_CONFIG);
    Config->EvtTimerFunc = EvtTimerFunc;
    Config->Period = Period;
    Config->AutomaticSerialization = TRUE;
    Config->TolerableDelay = 0;
}

/* WdfTimerCreate: make a timer below a device; it is not started.
 *   Returns  STATUS_WDF_PARENT_NOT_SPECIFIED; STATUS_INFO_LENGTH_MISMATCH;
 *            STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED; STATUS_INVALID_DEVICE_REQUEST;
 *            STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdftimer/nf-wdftimer-wdftimercreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfTimerCreate(PWDF_TIMER_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFTIMER *Timer);

/* WdfTimerStart: arm the timer; 100 ns, negative relative, positive absolute.
 *   Returns  TRUE if it was armed already
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdftimer/nf-wdftimer-wdftimerstart
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfTimerStart(WDFTIMER Timer, LONGLONG DueTime);

/* WdfTimerStop: disarm the timer; with Wait also wait for a running callback.
 *   Returns  TRUE if it was armed
 *   IRQL     PASSIVE_LEVEL if Wait, else <= DISPATCH_LEVEL
 *   Source   wdftimer/nf-wdftimer-wdftimerstop
 */
WDFAPI BOOLEAN WdfTimerStop(WDFTIMER Timer, BOOLEAN Wait);

/* WdfTimerGetParentObject: parent given at creation.
 *   Returns  handle; NULL once the timer was disposed
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdftimer/nf-wdftimer-wdftimergetparentobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFOBJECT WdfTimerGetParentObject(WDFTIMER Timer);

WDF_EXTERN_C_END
