/* test_ex_fast_mutex.c - fast mutexes and guarded mutexes. */
#include "nt/nt_thread.h"

#include <string.h>

static FAST_MUTEX mutex;
static volatile LONG held, go, entered;

static int setup(void **state)
{
    held = go = entered = 0;
    ExInitializeFastMutex(&mutex);
    return 0;
}

static void acquiring_raises_to_apc_level_and_releasing_restores(void **state) /* spec: FMX-01 */
{
    KIRQL old;

    ExAcquireFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &old);
    ExAcquireFastMutex(&mutex);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL); /* it came from there */
    KeLowerIrql(old);
}

static VOID hold_until_told(PVOID Context)
{
    ExAcquireFastMutex(&mutex);
    WriteRelease(&held, 1);
    while (ReadAcquire(&go) == 0) {
        nt_delay_ms(1);
    }
    ExReleaseFastMutex(&mutex);
}

static VOID enter_once(PVOID Context)
{
    ExAcquireFastMutex(&mutex);
    entered++;
    ExReleaseFastMutex(&mutex);
}

static PKTHREAD start_holder(void)
{
    PKTHREAD holder = nt_thread(hold_until_told, NULL);

    while (ReadAcquire(&held) == 0) {
        nt_delay_ms(1);
    }
    return holder;
}

static void a_failed_try_leaves_the_level(void **state) /* spec: FMX-02 */
{
    PKTHREAD holder = start_holder();

    assert_false(ExTryToAcquireFastMutex(&mutex));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WriteRelease(&go, 1);
    nt_join(holder);
    assert_true(ExTryToAcquireFastMutex(&mutex));
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_waiter_enters_when_the_owner_has_left(void **state)
{
    PKTHREAD holder = start_holder();
    PKTHREAD waiter = nt_thread(enter_once, NULL);

    nt_delay_ms(5);
    assert_int_equal(entered, 0);
    WriteRelease(&go, 1);
    nt_join(holder);
    nt_join(waiter);
    assert_int_equal(entered, 1);
}

static void its_members_tell_who_wants_it(void **state)
{
    PKTHREAD holder, waiters[2];

    assert_int_equal(mutex.Count, 1);
    ExAcquireFastMutex(&mutex);
    assert_int_equal(mutex.Count, 0);
    assert_ptr_equal(mutex.Owner, KeGetCurrentThread());
    assert_false(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
    assert_int_equal(mutex.Count, 1);
    assert_null(mutex.Owner);
    assert_int_equal(mutex.Contention, 0);
    assert_int_equal(KeReadStateEvent(&mutex.Event), 0); /* nobody waits for it */
    holder = start_holder();
    waiters[0] = nt_thread(enter_once, NULL);
    waiters[1] = nt_thread(enter_once, NULL);
    nt_delay_ms(5);
    assert_int_equal(mutex.Count, 2 * 4);
    assert_int_equal(mutex.Contention, 2);
    WriteRelease(&go, 1);
    nt_join(holder);
    nt_join(waiters[0]);
    nt_join(waiters[1]);
    assert_int_equal(entered, 2);
    assert_int_equal(mutex.Count, 1);
    assert_int_equal(KeReadStateEvent(&mutex.Event), 0);
}

static void acquiring_twice_is_reported(void **state) /* spec: FMX-03 */
{
    ExAcquireFastMutex(&mutex);
    wc_expect_violation("MutexAlreadyOwned");
    ExAcquireFastMutex(&mutex);
    ExReleaseFastMutex(&mutex); /* once is enough */
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_true(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
}

static void acquiring_at_dispatch_level_is_refused(void **state) /* spec: FMX-04 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    wc_expect_violation("FastMutexIrql");
    ExAcquireFastMutex(&mutex);
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x33"));
    wc_expect_violation("FastMutexIrql");
    assert_false(ExTryToAcquireFastMutex(&mutex));
    KeLowerIrql(old);
    assert_true(ExTryToAcquireFastMutex(&mutex)); /* it was never taken */
    ExReleaseFastMutex(&mutex);
}

static void releasing_at_another_level_is_refused(void **state)
{
    KIRQL old;

    ExAcquireFastMutex(&mutex);
    old = KeRaiseIrqlToDpcLevel();
    wc_expect_violation("FastMutexIrql");
    ExReleaseFastMutex(&mutex);
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x34"));
    KeLowerIrql(old);
    ExReleaseFastMutex(&mutex);
}

static void safe_and_unsafe_are_not_mixed(void **state) /* spec: FMX-05 */
{
    ExAcquireFastMutex(&mutex);
    wc_expect_violation("LockApiMismatch");
    ExReleaseFastMutexUnsafe(&mutex);
    ExReleaseFastMutex(&mutex);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    {
        KIRQL old;

        KeRaiseIrql(APC_LEVEL, &old);
        wc_expect_violation("LockApiMismatch");
        ExReleaseFastMutex(&mutex);
        KeLowerIrql(old);
    }
    assert_false(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutexUnsafe(&mutex);
    KeLeaveCriticalRegion();
    assert_true(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
}

static void the_unsafe_routines_want_apcs_off(void **state)
{
    wc_expect_violation("FastMutexIrql");
    ExAcquireFastMutexUnsafe(&mutex);
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x39"));
    assert_true(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
}

static VOID release_foreign(PVOID Context)
{
    KIRQL old;

    while (ReadAcquire(&go) == 0) {
        nt_delay_ms(1);
    }
    KeRaiseIrql(APC_LEVEL, &old);
    wc_expect_violation("LockWrongThread");
    ExReleaseFastMutex(&mutex);
    KeLowerIrql(old);
}

static void another_thread_cannot_release_it(void **state)
{
    PKTHREAD thread = nt_thread(release_foreign, NULL);

    ExAcquireFastMutex(&mutex);
    WriteRelease(&go, 1);
    nt_join(thread);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(wc_violations("LockWrongThread"), 1);
}

static void in_a_guarded_mutex_all_apcs_are_off(void **state) /* spec: FMX-06 */
{
    KeInitializeGuardedMutex(&mutex);
    assert_false(KeAreAllApcsDisabled());
    KeAcquireGuardedMutex(&mutex);
    assert_true(KeAreAllApcsDisabled());
    KeReleaseGuardedMutex(&mutex);
    assert_false(KeAreAllApcsDisabled());
}

static void a_failed_try_leaves_no_guarded_region(void **state) /* spec: FMX-07 */
{
    PKTHREAD holder = start_holder();

    assert_false(KeTryToAcquireGuardedMutex(&mutex));
    assert_false(KeAreAllApcsDisabled());
    WriteRelease(&go, 1);
    nt_join(holder);
    assert_true(KeTryToAcquireGuardedMutex(&mutex));
    assert_true(KeAreAllApcsDisabled());
    KeReleaseGuardedMutex(&mutex);
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(acquiring_raises_to_apc_level_and_releasing_restores),
        UNIT(a_failed_try_leaves_the_level),
        UNIT(a_waiter_enters_when_the_owner_has_left),
        UNIT(its_members_tell_who_wants_it),
        UNIT(acquiring_twice_is_reported),
        UNIT(acquiring_at_dispatch_level_is_refused),
        UNIT(releasing_at_another_level_is_refused),
        UNIT(safe_and_unsafe_are_not_mixed),
        UNIT(the_unsafe_routines_want_apcs_off),
        UNIT(another_thread_cannot_release_it),
        UNIT(in_a_guarded_mutex_all_apcs_are_off),
        UNIT(a_failed_try_leaves_no_guarded_region),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
