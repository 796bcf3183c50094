/* ke_event.c - KEVENT. */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    if (!API(HIGH_LEVEL) || !ke_check_address(Event, "an event", __func__)) {
        return;
    }
    if (ke_dispatcher_has_waiters(&Event->Header, EventNotificationObject) ||
        ke_dispatcher_has_waiters(&Event->Header, EventSynchronizationObject)) {
        ke_violation(RULE_ObjectReinitBusy, 0x139, 3, (uint64_t)(uintptr_t)Event, 0, 0,
                     "an event with waiters was initialized again");
        return;
    }
    ke_dispatcher_init(&Event->Header,
                       Type == NotificationEvent ? EventNotificationObject
                                                 : EventSynchronizationObject,
                       sizeof(*Event) / sizeof(ULONG), State);
}

LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    LONG before;

    UNREFERENCED_PARAMETER(Increment);
    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !KE_EVENT_OK(Event)) {
        return 0;
    }
    ke_dispatcher_lock();
    before = Event->Header.SignalState;
    ke_dispatcher_signal_locked(&Event->Header, 1);
    ke_dispatcher_unlock();
    if (Wait) {
        ke_wait_hold();
    }
    return before;
}

LONG KeResetEvent(PRKEVENT Event)
{
    LONG before;

    if (!API(DISPATCH_LEVEL) || !KE_EVENT_OK(Event)) {
        return 0;
    }
    ke_dispatcher_lock();
    before = ke_dispatcher_set_state_locked(&Event->Header, 0);
    ke_dispatcher_unlock();
    return before;
}

VOID KeClearEvent(PRKEVENT Event)
{
    if (API(DISPATCH_LEVEL) && KE_EVENT_OK(Event)) {
        ke_dispatcher_lock();
        ke_dispatcher_set_state_locked(&Event->Header, 0);
        ke_dispatcher_unlock();
    }
}

LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    LONG before;

    UNREFERENCED_PARAMETER(Increment);
    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !KE_EVENT_OK(Event)) {
        return 0;
    }
    ke_dispatcher_lock();
    before = Event->Header.SignalState;
    ke_dispatcher_signal_locked(&Event->Header, 1);
    ke_dispatcher_set_state_locked(&Event->Header, 0);
    ke_dispatcher_unlock();
    if (Wait) {
        ke_wait_hold();
    }
    return before;
}

LONG KeReadStateEvent(PRKEVENT Event)
{
    return API_QUIET(HIGH_LEVEL) && KE_EVENT_OK(Event) ? ke_dispatcher_state(&Event->Header) : 0;
}
