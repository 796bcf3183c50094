/* ke_semaphore.c - KSEMAPHORE: the signal state is the count. */
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_wait.h"

#define SEMAPHORE_OK(semaphore)                                                        \
    ke_check_dispatcher((semaphore), 1u << SemaphoreObject, RULE_ObjectNotInitialized, \
                        "a semaphore", __func__)

VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Semaphore, "a semaphore", __func__)) {
        return;
    }
    if (Limit <= 0 || Count < 0 || Count > Limit) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "a semaphore with count %d and limit %d",
                     Count, Limit);
        return;
    }
    ke_dispatcher_init(&Semaphore->Header, SemaphoreObject, sizeof(*Semaphore) / sizeof(ULONG),
                       Count);
    Semaphore->Limit = Limit;
}

LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    LONG before;
    BOOLEAN fits;

    UNREFERENCED_PARAMETER(Increment);
    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !SEMAPHORE_OK(Semaphore)) {
        return 0;
    }
    ke_dispatcher_lock();
    before = Semaphore->Header.SignalState;
    fits = Adjustment >= 0 && Adjustment <= Semaphore->Limit - before;
    if (fits) {
        ke_dispatcher_signal_locked(&Semaphore->Header, before + Adjustment);
    }
    ke_dispatcher_unlock();
    if (!fits) {
        if (ex_try_is_open(ke_self->thread)) {
            ex_raise_status(STATUS_SEMAPHORE_LIMIT_EXCEEDED, KE_CALLER());
        }
        ke_violation(RULE_SemaphoreLimitExceeded, 0x11, (uint64_t)(uintptr_t)Semaphore, 0, 0, 0,
                     "a release by %d of a semaphore that stands at %d of %d", Adjustment, before,
                     Semaphore->Limit);
        return before;
    }
    if (Wait) {
        ke_wait_hold();
    }
    return before;
}

LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return API_QUIET(HIGH_LEVEL) && SEMAPHORE_OK(Semaphore)
               ? ke_dispatcher_state(&Semaphore->Header)
               : 0;
}
