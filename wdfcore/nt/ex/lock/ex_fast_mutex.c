/* ex_fast_mutex.c - fast mutexes, and guarded mutexes which are the same since Windows 8. The lowest
 * bit of Count is set when it is free: 1 when nobody wants it, 0 when it is owned; waiters, which stand
 * on the event, count four each. Whoever clears the bit owns the mutex; Owner is atomic because others
 * look at it.
 * A release with waiters takes one of them out of Count, marks it as woken and sets the event: no
 * other is woken until that one has the mutex or, if somebody was quicker, waits again.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_window.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_deadlock.h"
#include "nt/thread/ke_thread.h"

enum { FAST_MUTEX_FREE = 1, FAST_MUTEX_WOKEN = 2, FAST_MUTEX_WAITER = 4 };

#define FAST_MUTEX_COUNT_MAX 0xFFFFFu /* more threads than there can be */

/* What is left of the structure behind OldIrql says whether an Unsafe routine acquired the mutex: those
 * leave the level, and the member, alone. */
C_ASSERT(sizeof(FAST_MUTEX) == FIELD_OFFSET(FAST_MUTEX, OldIrql) + 2 * sizeof(ULONG));

static ULONG *fast_mutex_unsafe(const FAST_MUTEX *mutex)
{
    return (ULONG *)((uintptr_t)mutex + sizeof(FAST_MUTEX) - sizeof(ULONG));
}

/* A mutex that another kind of memory stands for is not touched. */
static BOOLEAN fast_mutex_check(const FAST_MUTEX *mutex, const char *api)
{
    return __builtin_expect(
               !ke_address_is_bad(mutex) &&
                   (ULONG)__atomic_load_n(&mutex->Count, __ATOMIC_RELAXED) <=
                       FAST_MUTEX_COUNT_MAX &&
                   ke_header_is(&mutex->Event.Header, 1u << EventSynchronizationObject),
               1) ||
           ke_check_refuse(RULE_ObjectNotInitialized, mutex, "a fast mutex", api);
}

VOID ExInitializeFastMutex(PFAST_MUTEX FastMutex)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(FastMutex, "a fast mutex", __func__)) {
        return;
    }
    FastMutex->Count = FAST_MUTEX_FREE;
    FastMutex->Owner = NULL;
    FastMutex->Contention = 0;
    FastMutex->OldIrql = PASSIVE_LEVEL;
    *fast_mutex_unsafe(FastMutex) = FALSE;
    KeInitializeEvent(&FastMutex->Event, SynchronizationEvent, FALSE);
}

static BOOLEAN fast_mutex_irql_is_low(PFAST_MUTEX mutex, uint64_t parameter1)
{
    if (ke_self->irql <= APC_LEVEL) {
        return TRUE;
    }
    ke_violation(RULE_FastMutexIrql, 0xC4, parameter1, ke_self->irql, (uint64_t)(uintptr_t)mutex, 0,
                 "a fast mutex was acquired at %s", ke_irql_name(ke_self->irql));
    return FALSE;
}

/* The Unsafe routines want the APCs off already. */
static BOOLEAN fast_mutex_apcs_are_off(PFAST_MUTEX mutex, uint64_t parameter1)
{
    if (ke_self->irql == APC_LEVEL || (ke_self->irql < APC_LEVEL && KeAreApcsDisabled())) {
        return TRUE;
    }
    ke_violation(RULE_FastMutexIrql, 0xC4, parameter1, ke_self->irql, 0, (uint64_t)(uintptr_t)mutex,
                 "an Unsafe routine of a fast mutex was called at %s outside a critical region",
                 ke_irql_name(ke_self->irql));
    return FALSE;
}

/* The owner writes it; who releases a mutex that is not its own reads it, too. */
static void fast_mutex_set_irql(PFAST_MUTEX mutex, ULONG irql)
{
    __atomic_store_n(&mutex->OldIrql, irql, __ATOMIC_RELAXED);
    __atomic_store_n(fast_mutex_unsafe(mutex), FALSE, __ATOMIC_RELAXED);
}

static PVOID fast_mutex_owner(const FAST_MUTEX *mutex)
{
    return __atomic_load_n(&mutex->Owner, __ATOMIC_RELAXED);
}

/* FALSE: somebody has it. Acquire: what its last owner wrote is seen.
 * woken  FAST_MUTEX_WOKEN: the caller is the waiter that was woken */
static BOOLEAN fast_mutex_take(PFAST_MUTEX mutex, LONG woken)
{
    LONG count = __atomic_load_n(&mutex->Count, __ATOMIC_RELAXED);

    do {
        if ((count & FAST_MUTEX_FREE) == 0) {
            return FALSE;
        }
    } while (!__atomic_compare_exchange_n(&mutex->Count, &count, count & ~(FAST_MUTEX_FREE | woken),
                                          TRUE, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    __atomic_store_n(&mutex->Owner, ke_self->thread, __ATOMIC_RELAXED);
    ke_self->thread->locks_held++;
    return TRUE;
}

/* The caller is counted as a waiter. FALSE: no, the mutex is free. */
static BOOLEAN fast_mutex_queue(PFAST_MUTEX mutex, LONG woken)
{
    LONG count = __atomic_load_n(&mutex->Count, __ATOMIC_RELAXED);

    do {
        if ((count & FAST_MUTEX_FREE) != 0) {
            return FALSE;
        }
    } while (!__atomic_compare_exchange_n(&mutex->Count, &count, count + FAST_MUTEX_WAITER - woken,
                                          TRUE, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return TRUE;
}

static BOOLEAN fast_mutex_pairs(PFAST_MUTEX mutex, BOOLEAN unsafe)
{
    if (fast_mutex_owner(mutex) != ke_self->thread ||
        __atomic_load_n(fast_mutex_unsafe(mutex), __ATOMIC_RELAXED) == unsafe) {
        return TRUE;
    }
    ke_violation(RULE_LockApiMismatch, 0xC4, 0x1008, (uint64_t)(uintptr_t)mutex, 0, 0,
                 "a fast mutex was released by %s routine", unsafe ? "an Unsafe" : "the safe");
    return FALSE;
}

static PKTHREAD fast_mutex_owner_at(const void *lock, ULONG index)
{
    return index == 0 ? fast_mutex_owner(lock) : NULL;
}

/* Waits until the mutex is the caller's. FALSE: it already was. */
static BOOLEAN fast_mutex_own(PFAST_MUTEX mutex)
{
    const struct ke_lock_wait wanted = {
        .kind = "a fast mutex", .lock = mutex, .owner_at = fast_mutex_owner_at};
    LONG woken = 0;

    if (fast_mutex_owner(mutex) == ke_self->thread) {
        ke_violation(RULE_MutexAlreadyOwned, 0, (uint64_t)(uintptr_t)mutex, 0, 0, 0,
                     "a fast mutex was acquired again by its owner");
        return FALSE;
    }
    if (fast_mutex_take(mutex, woken)) {
        return TRUE;
    }
    __atomic_fetch_add(&mutex->Contention, 1, __ATOMIC_RELAXED);
    do {
        if (fast_mutex_queue(mutex, woken)) {
            ke_lock_wait_begin(&wanted);
            KeWaitForSingleObject(&mutex->Event, Executive, KernelMode, FALSE, NULL);
            ke_lock_wait_end();
            woken = FAST_MUTEX_WOKEN;
        }
    } while (!fast_mutex_take(mutex, woken));
    return TRUE;
}

/* Free again, and told to one waiter unless one is on its way already. Release: the next owner sees
 * what this one wrote. */
static void fast_mutex_free(PFAST_MUTEX mutex)
{
    LONG count = __atomic_fetch_add(&mutex->Count, FAST_MUTEX_FREE, __ATOMIC_RELEASE);

    if (count == 0 || (count & FAST_MUTEX_WOKEN) != 0) {
        ke_window_point();
        return;
    }
    count += FAST_MUTEX_FREE;
    /* If somebody was quicker, the waiters are for that one to wake. */
    if (__atomic_compare_exchange_n(&mutex->Count, &count,
                                    count + FAST_MUTEX_WOKEN - FAST_MUTEX_WAITER, FALSE,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        KeSetEvent(&mutex->Event, IO_NO_INCREMENT, FALSE);
    }
}

static BOOLEAN fast_mutex_disown(PFAST_MUTEX mutex)
{
    if (fast_mutex_owner(mutex) != ke_self->thread) {
        ke_violation(RULE_LockWrongThread, 0xC4, 0x1004, (uint64_t)(uintptr_t)mutex,
                     (uint64_t)(uintptr_t)fast_mutex_owner(mutex),
                     (uint64_t)(uintptr_t)ke_self->thread,
                     "a fast mutex was released by a thread that does not own it");
        return FALSE;
    }
    ke_self->thread->locks_held--;
    __atomic_store_n(&mutex->Owner, NULL, __ATOMIC_RELAXED);
    fast_mutex_free(mutex);
    return TRUE;
}

VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !fast_mutex_check(FastMutex, __func__) ||
        !fast_mutex_irql_is_low(FastMutex, 0x33)) {
        return;
    }
    old = ke_irql_raise(APC_LEVEL);
    if (!fast_mutex_own(FastMutex)) {
        ke_irql_lower(old);
        return;
    }
    fast_mutex_set_irql(FastMutex, old);
}

BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !fast_mutex_check(FastMutex, __func__) ||
        !fast_mutex_irql_is_low(FastMutex, 0x33)) {
        return FALSE;
    }
    old = ke_irql_raise(APC_LEVEL);
    if (!fast_mutex_take(FastMutex, 0)) {
        ke_irql_lower(old);
        return FALSE;
    }
    fast_mutex_set_irql(FastMutex, old);
    return TRUE;
}

VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old;

    if (!API(HIGH_LEVEL) || !fast_mutex_check(FastMutex, __func__)) {
        return;
    }
    old = (KIRQL)__atomic_load_n(&FastMutex->OldIrql, __ATOMIC_RELAXED);
    if (ke_self->irql != APC_LEVEL) {
        ke_violation(RULE_FastMutexIrql, 0xC4, 0x34, ke_self->irql, 0,
                     (uint64_t)(uintptr_t)FastMutex, "a fast mutex was released at %s",
                     ke_irql_name(ke_self->irql));
        return;
    }
    if (fast_mutex_pairs(FastMutex, FALSE) && fast_mutex_disown(FastMutex)) {
        ke_irql_lower(old);
    }
}

VOID ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    if (API(HIGH_LEVEL) && fast_mutex_check(FastMutex, __func__) &&
        fast_mutex_apcs_are_off(FastMutex, 0x39) && fast_mutex_own(FastMutex)) {
        __atomic_store_n(fast_mutex_unsafe(FastMutex), TRUE, __ATOMIC_RELAXED);
    }
}

VOID ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    if (API(HIGH_LEVEL) && fast_mutex_check(FastMutex, __func__) &&
        fast_mutex_apcs_are_off(FastMutex, 0x3A) && fast_mutex_pairs(FastMutex, TRUE)) {
        fast_mutex_disown(FastMutex);
    }
}

VOID KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    ExInitializeFastMutex(Mutex);
}

VOID KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    ExAcquireFastMutex(Mutex);
}

BOOLEAN KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    return ExTryToAcquireFastMutex(Mutex);
}

VOID KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    ExReleaseFastMutex(Mutex);
}

VOID KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex)
{
    ExAcquireFastMutexUnsafe(Mutex);
}

VOID KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex)
{
    ExReleaseFastMutexUnsafe(Mutex);
}
