/* rtl_run_once.c - initialization that happens once.
 *
 *   Ptr, low bits    meaning                          begin            complete
 *   0                not begun                        begins           !
 *   1: list + 1      one does it, the list waits      waits            done, or not begun again
 *   2: context + 2   done                             has the context  too late
 *   3                several do it                    joins            done
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"

enum once_state { ONCE_FRESH, ONCE_BEGUN, ONCE_DONE, ONCE_BEGUN_BY_SEVERAL };

#define ONCE_STATE ((ULONG_PTR)3)

/* On the stack of who waits. */
struct once_waiter {
    KEVENT woken;
    struct once_waiter *next;
};

static ULONG_PTR once_look(PRTL_RUN_ONCE once)
{
    return (ULONG_PTR)__atomic_load_n(&once->Ptr, __ATOMIC_ACQUIRE);
}

/* Release: who finds it done finds what was done. */
static BOOLEAN once_change(PRTL_RUN_ONCE once, ULONG_PTR from, ULONG_PTR to)
{
    PVOID before = (PVOID)from;

    return __atomic_compare_exchange_n(&once->Ptr, &before, (PVOID)to, FALSE, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* Zero, or a state with what goes with it: who waits has an address. */
static BOOLEAN once_check(PRTL_RUN_ONCE once, const char *api)
{
    ULONG_PTR value;
    PVOID rest;

    if (!ke_check_address(once, "a run-once structure", api)) {
        return FALSE;
    }
    value = once_look(once);
    rest = (PVOID)(value & ~ONCE_STATE);
    switch (value & ONCE_STATE) {
    case ONCE_FRESH:
    case ONCE_BEGUN_BY_SEVERAL:
        break;
    case ONCE_BEGUN:
        return rest == NULL || !ke_address_is_bad(rest) ||
               ke_check_refuse(RULE_ObjectNotInitialized, once, "a run-once structure", api);
    default:
        return TRUE;
    }
    return rest == NULL ||
           ke_check_refuse(RULE_ObjectNotInitialized, once, "a run-once structure", api);
}

VOID RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce)
{
    if (API_QUIET(HIGH_LEVEL) && ke_check_address(RunOnce, "a run-once structure", __func__)) {
        RunOnce->Ptr = NULL;
    }
}

static void once_wait(PRTL_RUN_ONCE once, ULONG_PTR seen)
{
    struct once_waiter waiter = {.next = (struct once_waiter *)(seen & ~ONCE_STATE)};

    KeInitializeEvent(&waiter.woken, NotificationEvent, FALSE);
    if (once_change(once, seen, (ULONG_PTR)&waiter | ONCE_BEGUN)) {
        KeWaitForSingleObject(&waiter.woken, Executive, KernelMode, FALSE, NULL);
    }
}

/* FALSE: look again. */
static BOOLEAN once_begin(PRTL_RUN_ONCE once, ULONG flags, PVOID *context, NTSTATUS *status)
{
    ULONG_PTR seen = once_look(once);
    BOOLEAN several = (flags & RTL_RUN_ONCE_ASYNC) != 0;
    enum once_state state = (enum once_state)(seen & ONCE_STATE);

    if (state == ONCE_DONE) {
        if (context != NULL) {
            *context = (PVOID)(seen & ~ONCE_STATE);
        }
        *status = STATUS_SUCCESS;
        return TRUE;
    }
    if ((flags & RTL_RUN_ONCE_CHECK_ONLY) != 0) {
        *status = STATUS_UNSUCCESSFUL;
        return TRUE;
    }
    *status = STATUS_PENDING;
    if (state == ONCE_FRESH) {
        return once_change(once, seen, several ? ONCE_BEGUN_BY_SEVERAL : ONCE_BEGUN);
    }
    if (several != (state == ONCE_BEGUN_BY_SEVERAL)) {
        *status = STATUS_INVALID_PARAMETER_2;
        return TRUE;
    }
    if (!several) {
        once_wait(once, seen);
    }
    return several;
}

NTSTATUS RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context)
{
    NTSTATUS status = STATUS_INVALID_PARAMETER_2;

    if (!API(APC_LEVEL) || !once_check(RunOnce, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Flags > RTL_RUN_ONCE_ASYNC) { /* unknown, or both */
        return status;
    }
    while (!once_begin(RunOnce, Flags, Context, &status)) {
    }
    return status;
}

static void once_wake(ULONG_PTR seen)
{
    struct once_waiter *waiter = (struct once_waiter *)(seen & ~ONCE_STATE);

    while (waiter != NULL) {
        struct once_waiter *next = waiter->next; /* once woken its stack is its own again */

        KeSetEvent(&waiter->woken, IO_NO_INCREMENT, FALSE);
        waiter = next;
    }
}

static NTSTATUS once_complete(PRTL_RUN_ONCE once, ULONG flags, PVOID context)
{
    ULONG_PTR done = (flags & RTL_RUN_ONCE_INIT_FAILED) != 0 ? (ULONG_PTR)ONCE_FRESH
                                                             : (ULONG_PTR)context | ONCE_DONE;
    BOOLEAN several = (flags & RTL_RUN_ONCE_ASYNC) != 0;

    for (;;) {
        ULONG_PTR seen = once_look(once);
        enum once_state state = (enum once_state)(seen & ONCE_STATE);

        if (state == ONCE_FRESH || state == ONCE_DONE) {
            return state == ONCE_DONE && several ? STATUS_OBJECT_NAME_COLLISION
                                                 : STATUS_UNSUCCESSFUL;
        }
        if (several != (state == ONCE_BEGUN_BY_SEVERAL)) {
            return STATUS_INVALID_PARAMETER_2;
        }
        if (once_change(once, seen, done)) {
            once_wake(several ? 0 : seen);
            return STATUS_SUCCESS;
        }
    }
}

NTSTATUS RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context)
{
    if (!API(APC_LEVEL) || !once_check(RunOnce, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Flags != 0 && Flags != RTL_RUN_ONCE_ASYNC && Flags != RTL_RUN_ONCE_INIT_FAILED) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (((ULONG_PTR)Context & ONCE_STATE) != 0 ||
        (Flags == RTL_RUN_ONCE_INIT_FAILED && Context != NULL)) {
        return STATUS_INVALID_PARAMETER_3;
    }
    return once_complete(RunOnce, Flags, Context);
}

NTSTATUS RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn, PVOID Parameter,
                               PVOID *Context)
{
    NTSTATUS status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);
    struct ke_callback frame;
    ULONG succeeded;

    if (status != STATUS_PENDING) {
        return status;
    }
    ke_call_enter(&frame, "RunOnceInitialization", (const void *)(ULONG_PTR)InitFn, RunOnce);
    succeeded = InitFn(RunOnce, Parameter, Context);
    ke_call_leave(&frame);
    if (!succeeded) {
        RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    return RtlRunOnceComplete(RunOnce, 0, Context != NULL ? *Context : NULL);
}
