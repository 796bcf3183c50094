/* ex_rundown.c - run-down protection: users of something that is about to go.
 *
 *   Count             meaning                 acquire   release        wait
 *   2 * n             n protections granted   2(n + 1)  2(n - 1)       run-down begins
 *   address + 1       run-down has begun      refused   counted down   waits too
 *   1                 run down                refused   !              returns at once
 * The address is that of a record that lives until the last waiter has left it.
 */
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_report.h"

/* Keys: (i) changed only between two windows */
struct ex_rundown {
    ULONG_PTR granted; /* (i) protections not yet released */
    ULONG waiters;     /* (i) */
    KEVENT released;   /* set when granted is 0 */
};

static struct ex_rundown *ex_rundown_of(const EX_RUNDOWN_REF *reference)
{
    ULONG_PTR count = reference->Count;

    return (count & EX_RUNDOWN_ACTIVE) != 0 && count != EX_RUNDOWN_ACTIVE
               ? (struct ex_rundown *)(count - EX_RUNDOWN_ACTIVE)
               : NULL;
}

static void ex_rundown_wrong(const EX_RUNDOWN_REF *reference, const char *what)
{
    ke_violation(RULE_RundownState, 0, (uintptr_t)reference, reference->Count, 0, 0, "%s", what);
}

VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(APC_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    RunRef->Count = 0;
}

VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(APC_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    if (RunRef->Count != EX_RUNDOWN_ACTIVE) {
        ex_rundown_wrong(RunRef, "ExReInitializeRundownProtection of what is not run down");
        return;
    }
    RunRef->Count = 0;
}

VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    if (!API(APC_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    if (RunRef->Count != 0 && RunRef->Count != EX_RUNDOWN_ACTIVE) {
        ex_rundown_wrong(RunRef, "ExRundownCompleted while protections are held");
        return;
    }
    RunRef->Count = EX_RUNDOWN_ACTIVE;
}

static BOOLEAN ex_rundown_acquire(PEX_RUNDOWN_REF reference, ULONG count)
{
    if ((reference->Count & EX_RUNDOWN_ACTIVE) != 0) {
        return FALSE;
    }
    reference->Count += (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC;
    return TRUE;
}

BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return FALSE;
    }
    return ex_rundown_acquire(RunRef, 1);
}

BOOLEAN ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return FALSE;
    }
    return ex_rundown_acquire(RunRef, Count);
}

static void ex_rundown_release(PEX_RUNDOWN_REF reference, ULONG count)
{
    struct ex_rundown *rundown = ex_rundown_of(reference);
    ULONG_PTR granted = rundown != NULL ? rundown->granted : reference->Count >> 1;

    if (granted < count) {
        ex_rundown_wrong(reference, "run-down protection was released that was not acquired");
        return;
    }
    if (rundown == NULL) {
        reference->Count -= (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC;
        return;
    }
    rundown->granted -= count;
    if (rundown->granted == 0) {
        KeSetEvent(&rundown->released, IO_NO_INCREMENT, FALSE);
    }
}

VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    ex_rundown_release(RunRef, 1);
}

VOID ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    ex_rundown_release(RunRef, Count);
}

/* The record of the run-down, made by the first waiter. NULL: nothing to wait for. */
static struct ex_rundown *ex_rundown_begin(PEX_RUNDOWN_REF reference)
{
    struct ex_rundown *rundown = ex_rundown_of(reference);

    if (rundown != NULL || reference->Count == EX_RUNDOWN_ACTIVE) {
        return rundown;
    }
    if (reference->Count == 0) {
        reference->Count = EX_RUNDOWN_ACTIVE;
        return NULL;
    }
    rundown = ex_pool_allocate(sizeof(*rundown), 'nuRE', false, true, NULL);
    if (rundown == NULL) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES); /* this call cannot fail otherwise */
        return NULL;
    }
    KeInitializeEvent(&rundown->released, NotificationEvent, FALSE);
    /* That was a window: look again. */
    if (reference->Count == 0 || (reference->Count & EX_RUNDOWN_ACTIVE) != 0) {
        ex_pool_release(rundown);
        return ex_rundown_begin(reference);
    }
    rundown->granted = reference->Count >> EX_RUNDOWN_COUNT_SHIFT;
    reference->Count = (ULONG_PTR)rundown | EX_RUNDOWN_ACTIVE;
    return rundown;
}

VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    struct ex_rundown *rundown = NULL;

    if (!API(APC_LEVEL) || !ke_check_address(RunRef, "run-down protection", __func__)) {
        return;
    }
    rundown = ex_rundown_begin(RunRef);
    if (rundown == NULL) {
        return;
    }
    rundown->waiters++;
    KeWaitForSingleObject(&rundown->released, Executive, KernelMode, FALSE, NULL);
    RunRef->Count = EX_RUNDOWN_ACTIVE;
    if (--rundown->waiters == 0) {
        ex_pool_release(rundown);
    }
}
