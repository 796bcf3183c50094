/* ex_rundown.c - run-down protection: users of something that is about to go.
 *
 *   Count             meaning                 acquire   release        wait
 *   2 * n             n protections granted   2(n + 1)  2(n - 1)       run-down begins
 *   address + 1       run-down has begun      refused   counted down   waits too
 *   1                 run down                refused   !              returns at once
 * The address is that of a record that lives until the last waiter has left it.
 */
#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

/* Guards the counts of all protections, which hold for a few instructions. */
static struct base_lock ex_rundown_lock = {.rank = BASE_RANK_EX};

/* Key: (i) ex_rundown_lock */
struct ex_rundown {
    ULONG_PTR granted; /* (i) protections not yet released */
    ULONG users;       /* (i) who waits, and who signals just now */
    KEVENT released;   /* set when granted is 0 */
};

static struct ex_rundown *ex_rundown_of_locked(const EX_RUNDOWN_REF *reference)
{
    ULONG_PTR count = reference->Count;

    return (count & EX_RUNDOWN_ACTIVE) != 0 && count != EX_RUNDOWN_ACTIVE
               ? (struct ex_rundown *)(count - EX_RUNDOWN_ACTIVE)
               : NULL;
}

#define RUNDOWN_MOST ((ULONG_PTR)1 << 33) /* a count beyond that is something else */

/* The word is a count or, with its lowest bit, the address of who waits. Anything else was never
 * initialized; it is looked at before the lock is taken. */
static BOOLEAN ex_rundown_check(const EX_RUNDOWN_REF *reference, const char *api)
{
    ULONG_PTR count;

    if (!ke_check_address(reference, "run-down protection", api)) {
        return FALSE;
    }
    count = __atomic_load_n(&reference->Count, __ATOMIC_RELAXED);
    return count == EX_RUNDOWN_ACTIVE ||
           ((count & EX_RUNDOWN_ACTIVE) == 0
                ? count < RUNDOWN_MOST
                : !ke_address_is_bad((void *)(count - EX_RUNDOWN_ACTIVE))) ||
           ke_check_refuse(RULE_ObjectNotInitialized, reference, "run-down protection", api);
}

/* The lock is held, or nobody else has the reference; ex_rundown_check looks all the same. */
static void ex_rundown_write(PEX_RUNDOWN_REF reference, ULONG_PTR count)
{
    __atomic_store_n(&reference->Count, count, __ATOMIC_RELAXED);
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
    ex_rundown_write(RunRef, 0);
}

VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(APC_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return;
    }
    if (RunRef->Count != EX_RUNDOWN_ACTIVE) {
        ex_rundown_wrong(RunRef, "ExReInitializeRundownProtection of what is not run down");
        return;
    }
    ex_rundown_write(RunRef, 0);
}

VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    if (!API(APC_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return;
    }
    if (RunRef->Count != 0 && RunRef->Count != EX_RUNDOWN_ACTIVE) {
        ex_rundown_wrong(RunRef, "ExRundownCompleted while protections are held");
        return;
    }
    ex_rundown_write(RunRef, EX_RUNDOWN_ACTIVE);
}

static BOOLEAN ex_rundown_acquire(PEX_RUNDOWN_REF reference, ULONG count)
{
    BOOLEAN granted;

    base_lock_acquire(&ex_rundown_lock);
    granted = (reference->Count & EX_RUNDOWN_ACTIVE) == 0;
    if (granted) {
        ex_rundown_write(reference, reference->Count + (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC);
    }
    base_lock_release(&ex_rundown_lock);
    return granted;
}

BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(DISPATCH_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return FALSE;
    }
    return ex_rundown_acquire(RunRef, 1);
}

BOOLEAN ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (!API(DISPATCH_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return FALSE;
    }
    return ex_rundown_acquire(RunRef, Count);
}

/* FALSE: so many are not held. *last: nobody is left; the caller has joined the record. */
static BOOLEAN ex_rundown_drop_locked(PEX_RUNDOWN_REF reference, ULONG count,
                                      struct ex_rundown **last)
{
    struct ex_rundown *rundown = ex_rundown_of_locked(reference);
    ULONG_PTR granted = rundown != NULL ? rundown->granted : reference->Count >> 1;

    if (granted < count) {
        return FALSE;
    }
    if (rundown == NULL) {
        ex_rundown_write(reference, reference->Count - (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC);
        return TRUE;
    }
    rundown->granted -= count;
    if (rundown->granted == 0) {
        rundown->users++;
        *last = rundown;
    }
    return TRUE;
}

/* The last one frees it. */
static void ex_rundown_leave(struct ex_rundown *rundown)
{
    ULONG users;

    base_lock_acquire(&ex_rundown_lock);
    users = --rundown->users;
    base_lock_release(&ex_rundown_lock);
    if (users == 0) {
        ex_pool_release(rundown);
    }
}

static void ex_rundown_release(PEX_RUNDOWN_REF reference, ULONG count)
{
    struct ex_rundown *last = NULL;
    BOOLEAN held;

    base_lock_acquire(&ex_rundown_lock);
    held = ex_rundown_drop_locked(reference, count, &last);
    base_lock_release(&ex_rundown_lock);
    if (!held) {
        ex_rundown_wrong(reference, "run-down protection was released that was not acquired");
    }
    if (last != NULL) {
        KeSetEvent(&last->released, IO_NO_INCREMENT, FALSE);
        ex_rundown_leave(last);
    }
}

VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (!API(DISPATCH_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return;
    }
    ex_rundown_release(RunRef, 1);
}

VOID ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (!API(DISPATCH_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return;
    }
    ex_rundown_release(RunRef, Count);
}

/* The record to wait for, joined by the caller; made of `fresh` if this is the first waiter. NULL:
 * there is nothing to wait for, or *need: a fresh one is needed. */
static struct ex_rundown *ex_rundown_join_locked(PEX_RUNDOWN_REF reference,
                                                 struct ex_rundown *fresh, BOOLEAN *need)
{
    struct ex_rundown *rundown = ex_rundown_of_locked(reference);

    *need = FALSE;
    if (rundown == NULL && reference->Count == 0) {
        ex_rundown_write(reference, EX_RUNDOWN_ACTIVE);
    }
    if (rundown == NULL && reference->Count != EX_RUNDOWN_ACTIVE) {
        if (fresh == NULL) {
            *need = TRUE;
            return NULL;
        }
        rundown = fresh;
        rundown->granted = reference->Count >> EX_RUNDOWN_COUNT_SHIFT;
        ex_rundown_write(reference, (ULONG_PTR)rundown | EX_RUNDOWN_ACTIVE);
    }
    if (rundown != NULL) {
        rundown->users++;
    }
    return rundown;
}

/* The record of the run-down, made by the first waiter. NULL: nothing to wait for. */
static struct ex_rundown *ex_rundown_begin(PEX_RUNDOWN_REF reference)
{
    struct ex_rundown *fresh = NULL;
    struct ex_rundown *rundown = NULL;
    BOOLEAN need = FALSE;

    base_lock_acquire(&ex_rundown_lock);
    rundown = ex_rundown_join_locked(reference, NULL, &need);
    base_lock_release(&ex_rundown_lock);
    if (!need) {
        return rundown;
    }
    fresh = ex_pool_allocate(sizeof(*fresh), 'nuRE', false, true, NULL);
    if (fresh == NULL) {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES); /* this call cannot fail otherwise */
        return NULL;
    }
    KeInitializeEvent(&fresh->released, NotificationEvent, FALSE);
    /* That was a window: look again. */
    base_lock_acquire(&ex_rundown_lock);
    rundown = ex_rundown_join_locked(reference, fresh, &need);
    base_lock_release(&ex_rundown_lock);
    if (rundown != fresh) {
        ex_pool_release(fresh);
    }
    return rundown;
}

VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    struct ex_rundown *rundown = NULL;

    if (!API(APC_LEVEL) || !ex_rundown_check(RunRef, __func__)) {
        return;
    }
    rundown = ex_rundown_begin(RunRef);
    if (rundown == NULL) {
        return;
    }
    KeWaitForSingleObject(&rundown->released, Executive, KernelMode, FALSE, NULL);
    base_lock_acquire(&ex_rundown_lock);
    ex_rundown_write(RunRef, EX_RUNDOWN_ACTIVE);
    base_lock_release(&ex_rundown_lock);
    ex_rundown_leave(rundown);
}
