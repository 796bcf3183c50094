/* ke_mutex.c - KMUTEX: signal state 1 is free; each acquisition takes one away, so that 0 is owned
 * once and negative is recursion, down to MINLONG: then another one is refused.
 */
#include <ntifs.h>

#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_apc.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

#define SYSTEM_PROCESS_ID 4

#define MUTEX_OK(mutex) \
    ke_check_dispatcher((mutex), 1u << MutantObject, RULE_ObjectNotInitialized, "a mutex", __func__)

static BOOLEAN mutex_init(PRKMUTEX Mutex)
{
    if (ke_dispatcher_has_waiters(&Mutex->Header, MutantObject)) {
        ke_violation(RULE_ObjectReinitBusy, 0x139, 3, (uint64_t)(uintptr_t)Mutex, 0, 0,
                     "a mutex with waiters was initialized again");
        return FALSE;
    }
    ke_dispatcher_init(&Mutex->Header, MutantObject, sizeof(*Mutex) / sizeof(ULONG), 1);
    InitializeListHead(&Mutex->MutantListEntry);
    Mutex->OwnerThread = NULL;
    Mutex->Abandoned = FALSE;
    Mutex->ApcDisable = 1;
    return TRUE;
}

VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    UNREFERENCED_PARAMETER(Level);
    if (API(DISPATCH_LEVEL) && ke_check_address(Mutex, "a mutex", __func__)) {
        mutex_init(Mutex);
    }
}

/* A mutex that leaves the APCs of its owner alone, and may be owned from the start. */
VOID KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Mutant, "a mutant", __func__) ||
        !mutex_init(Mutant)) {
        return;
    }
    Mutant->ApcDisable = 0;
    if (InitialOwner) {
        ke_dispatcher_lock();
        ke_mutex_take(Mutant, ke_self->thread);
        ke_dispatcher_unlock();
    }
}

BOOLEAN ke_mutex_is_free_for(const KMUTEX *mutex, PKTHREAD thread)
{
    return mutex->Header.SignalState > 0 || mutex->OwnerThread == thread;
}

BOOLEAN ke_mutex_is_exhausted(const KMUTEX *mutex, PKTHREAD thread)
{
    return mutex->Header.SignalState == (LONG)MINLONG && mutex->OwnerThread == thread;
}

/* Whether it is one's own is asked without the lock: only oneself can change that. */
static void mutex_set_owner(PKMUTEX mutex, PKTHREAD owner)
{
    __atomic_store_n(&mutex->OwnerThread, owner, __ATOMIC_RELAXED);
}

BOOLEAN ke_mutex_take(PKMUTEX mutex, PKTHREAD thread)
{
    BOOLEAN abandoned = mutex->Abandoned;

    if (ke_dispatcher_set_state_locked(&mutex->Header, mutex->Header.SignalState - 1) == 1) {
        mutex_set_owner(mutex, thread);
        mutex->Abandoned = FALSE;
        thread->normal_apcs_disabled = (SHORT)(thread->normal_apcs_disabled + mutex->ApcDisable);
        InsertTailList(&thread->mutexes, &mutex->MutantListEntry);
    }
    return abandoned;
}

static void mutex_free(PKMUTEX mutex)
{
    PKTHREAD owner = mutex->OwnerThread;

    RemoveEntryList(&mutex->MutantListEntry);
    owner->normal_apcs_disabled = (SHORT)(owner->normal_apcs_disabled - mutex->ApcDisable);
    mutex_set_owner(mutex, NULL);
    ke_dispatcher_signal_locked(&mutex->Header, 1);
}

void ke_mutexes_abandon_locked(PKTHREAD thread)
{
    while (!IsListEmpty(&thread->mutexes)) {
        PKMUTEX mutex = CONTAINING_RECORD(thread->mutexes.Flink, KMUTEX, MutantListEntry);

        mutex->Abandoned = TRUE;
        mutex_free(mutex);
    }
}

/* Its owner has ended, and nobody had it since: that is said rather than whose it is not. */
static NTSTATUS mutex_refusal(const KMUTEX *mutex)
{
    return mutex->Abandoned ? STATUS_ABANDONED : STATUS_MUTANT_NOT_OWNED;
}

LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    LONG before;

    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !MUTEX_OK(Mutex)) {
        return 0;
    }
    before = ke_dispatcher_state(&Mutex->Header);
    if (__atomic_load_n(&Mutex->OwnerThread, __ATOMIC_RELAXED) != ke_self->thread) {
        if (ex_try_is_open(ke_self->thread)) {
            ex_raise_status(mutex_refusal(Mutex), KE_CALLER());
        }
        ke_violation(RULE_MutantNotOwned, 0x11, (uint64_t)(uintptr_t)Mutex, 0, 0, 0,
                     "a mutex was released by a thread that does not own it");
        return before;
    }
    ke_dispatcher_lock();
    if (before == 0) {
        mutex_free(Mutex);
    } else {
        ke_dispatcher_set_state_locked(&Mutex->Header, before + 1);
    }
    ke_dispatcher_unlock();
    if (Wait) {
        ke_wait_hold();
    }
    ke_apc_check();
    return before;
}

/* Abandoned: whoever has it: it becomes free, and the next owner is told. */
LONG KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned, BOOLEAN Wait)
{
    LONG before;

    UNREFERENCED_PARAMETER(Increment);
    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !MUTEX_OK(Mutant)) {
        return 0;
    }
    if (!Abandoned) {
        return KeReleaseMutex(Mutant, Wait);
    }
    ke_dispatcher_lock();
    before = Mutant->Header.SignalState;
    if (Mutant->OwnerThread != NULL) {
        Mutant->Abandoned = TRUE;
        mutex_free(Mutant);
    }
    ke_dispatcher_unlock();
    if (Wait) {
        ke_wait_hold();
    }
    return before;
}

LONG KeReadStateMutant(PRKMUTANT Mutant)
{
    return API_QUIET(HIGH_LEVEL) && MUTEX_OK(Mutant) ? ke_dispatcher_state(&Mutant->Header) : 0;
}

VOID KeQueryOwnerMutant(PKMUTANT Mutant, PCLIENT_ID ClientId)
{
    PKTHREAD owner;

    if (!API(APC_LEVEL) || !MUTEX_OK(Mutant)) {
        return;
    }
    *ClientId = (CLIENT_ID){0};
    ke_dispatcher_lock(); /* the owner does not end meanwhile */
    owner = Mutant->OwnerThread;
    if (owner != NULL) {
        *ClientId = (CLIENT_ID){.UniqueProcess = (HANDLE)(ULONG_PTR)SYSTEM_PROCESS_ID,
                                .UniqueThread = (HANDLE)owner->id};
    }
    ke_dispatcher_unlock();
}

LONG KeReadStateMutex(PRKMUTEX Mutex)
{
    return API_QUIET(HIGH_LEVEL) && MUTEX_OK(Mutex) ? ke_dispatcher_state(&Mutex->Header) : 0;
}
