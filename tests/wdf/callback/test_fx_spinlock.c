/* test_fx_spinlock.c - WDFSPINLOCK and WDFWAITLOCK. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#include "wdf/callback/fx_spinlock.h"

#define MS 10000LL /* in 100 ns */

static WDFSPINLOCK spin, inner;
static WDFWAITLOCK wait, second;

static int locks_setup(void **state)
{
    int result = fixture_setup(state);

    assert_int_equal(WdfSpinLockCreate(NULL, &spin), STATUS_SUCCESS);
    assert_int_equal(WdfSpinLockCreate(NULL, &inner), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockCreate(NULL, &wait), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockCreate(NULL, &second), STATUS_SUCCESS);
    return result;
}

#define LOCKS .setup = locks_setup, .teardown = fixture_teardown

static void wait_ms(LONGLONG ms)
{
    LARGE_INTEGER due = {.QuadPart = -ms * MS};

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

/* ---- spin locks ---- */

static void acquire_raises_and_release_restores(void **state) /* spec: LOCK-01 */
{
    KIRQL old;

    WdfSpinLockAcquire(spin);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &old);
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(old);
}

static void nested_ones_restore_step_by_step(void **state) /* spec: LOCK-02 */
{
    WdfSpinLockAcquire(spin);
    WdfSpinLockAcquire(inner);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(inner);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(wc_violations(NULL), 0);
}

static void released_out_of_order_the_irql_stays_until_both_are(void **state) /* spec: LOCK-03 */
{
    WdfSpinLockAcquire(spin);
    WdfSpinLockAcquire(inner);
    wc_expect_violation("LockOrder");
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(inner);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_spin_lock_is_not_recursive(void **state) /* spec: LOCK-04 */
{
    WdfSpinLockAcquire(spin);
    wc_expect_violation("SpinLockRecursive");
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_spin_lock_not_held_cannot_be_released(void **state) /* spec: LOCK-05, VER-06 */
{
    wc_expect_violation("SpinLockNotOwned");
    WdfSpinLockRelease(spin);
    fixture_assert_report("bugcheck 0x10D (0xb, 0x");
    fixture_assert_report(", 0x1, ");
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WdfSpinLockAcquire(spin); /* unchanged: free */
    WdfSpinLockRelease(spin);
}

static VOID keep_the_lock(WDFOBJECT Object)
{
    WdfSpinLockAcquire(spin);
}

static void delete_it(void *object)
{
    WdfObjectDelete(object);
}

static void a_callback_that_keeps_a_spin_lock_stops_the_machine(void **state) /* spec: LOCK-06 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = keep_the_lock;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    wc_expect_stop("CallbackChangedIrql", delete_it, node);
}

static void an_interrupts_lock_is_refused(void **state) /* spec: INTR-49 */
{
    fx_spinlock_use_for_interrupt((struct fx_spinlock *)fx_handle_find(spin));
    wc_expect_violation("SpinLockIsInterruptLock");
    WdfSpinLockAcquire(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void deleting_a_held_lock_is_reported(void **state) /* spec: LOCK-26 */
{
    WDFSPINLOCK held;

    assert_int_equal(WdfSpinLockCreate(NULL, &held), STATUS_SUCCESS);
    WdfSpinLockAcquire(held);
    WdfObjectReference(held);
    wc_expect_violation("LockDeletedWhileHeld");
    WdfObjectDelete(held);
    WdfSpinLockRelease(held);
    WdfObjectDereference(held);

    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    WdfObjectReference(wait);
    wc_expect_violation("LockDeletedWhileHeld");
    WdfObjectDelete(wait);
    WdfWaitLockRelease(wait);
    WdfObjectDereference(wait);
}

static WDFWAITLOCK gone;
static volatile LONG through;

static void acquire_gone(void *context)
{
    assert_int_equal(WdfWaitLockAcquire(gone, NULL), STATUS_SUCCESS);
    WdfWaitLockRelease(gone);
    WriteRelease(&through, TRUE);
}

static void who_waits_for_a_deleted_lock_gets_it(void **state)
{
    assert_int_equal(WdfWaitLockCreate(NULL, &gone), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockAcquire(gone, NULL), STATUS_SUCCESS);
    WriteRelease(&through, FALSE);
    fixture_start(acquire_gone, NULL);
    while (fx_object_references((struct fx_object *)fx_handle_find(gone)) < 3) {
        wait_ms(1);
    }
    wc_expect_violation("LockDeletedWhileHeld");
    WdfObjectDelete(gone);
    WdfWaitLockRelease(gone);
    while (!ReadAcquire(&through)) {
        wait_ms(1);
    }
    assert_null(fx_handle_find(gone));
}

/* A holder that has lowered the IRQL meets another thread on its processor. */
static void acquire_held(void *context)
{
    wc_expect_violation("SpinLockAlreadyOwned");
    WdfSpinLockAcquire(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WriteRelease(&through, TRUE);
}

static void a_refused_acquire_leaves_the_holder_the_lock(void **state)
{
    KIRQL old;

    WriteRelease(&through, FALSE);
    WdfSpinLockAcquire(spin);
    KeLowerIrql(PASSIVE_LEVEL);
    fixture_start(acquire_held, NULL);
    while (!ReadAcquire(&through)) {
        wait_ms(1);
    }
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfSpinLockAcquire(inner);
    wc_expect_violation("LockOrder"); /* goes through all that this processor holds */
    WdfSpinLockRelease(spin);
    WdfSpinLockRelease(inner);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* ---- wait locks ---- */

static void waiting_with_a_spin_lock_held_is_refused(void **state) /* spec: LOCK-07 */
{
    WdfSpinLockAcquire(spin);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_INVALID_DEVICE_REQUEST);
    WdfSpinLockRelease(spin);
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    WdfWaitLockRelease(wait);
}

static void without_timeout_it_is_taken(void **state) /* spec: LOCK-08, LOCK-14 */
{
    assert_false(KeAreApcsDisabled());
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    assert_true(KeAreApcsDisabled()); /* in a critical region */
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WdfWaitLockRelease(wait);
    assert_false(KeAreApcsDisabled());
}

/* Somebody else who has the lock for so many milliseconds. */
static LONGLONG hold_ms;
static KEVENT has_it;

static void holder(void *context)
{
    const char *name = context;

    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    fixture_note("%s", name);
    KeSetEvent(&has_it, 0, FALSE);
    wait_ms(hold_ms);
    WdfWaitLockRelease(wait);
}

/* Returns when the other one has it. */
static void let_other_hold(LONGLONG ms)
{
    hold_ms = ms;
    KeInitializeEvent(&has_it, NotificationEvent, FALSE);
    fixture_start(holder, "other");
    KeWaitForSingleObject(&has_it, Executive, KernelMode, FALSE, NULL);
}

static void a_timeout_of_zero_tries(void **state) /* spec: LOCK-09, LOCK-10, LOCK-15 */
{
    ULONGLONG before;
    LONGLONG zero = 0;

    let_other_hold(10);
    before = KeQueryInterruptTime();
    assert_int_equal(WdfWaitLockAcquire(wait, &zero), STATUS_TIMEOUT);
    assert_true(KeQueryInterruptTime() - before < MS);
    assert_true(NT_SUCCESS(STATUS_TIMEOUT));
    assert_false(KeAreApcsDisabled()); /* no critical region is left behind */
    wait_ms(20);
    assert_int_equal(WdfWaitLockAcquire(wait, &zero), STATUS_SUCCESS);
    WdfWaitLockRelease(wait);
}

static void a_relative_timeout_is_not_over_early(void **state) /* spec: LOCK-11 */
{
    LONGLONG timeout = WDF_REL_TIMEOUT_IN_MS(3);
    ULONGLONG before;

    let_other_hold(10);
    before = KeQueryInterruptTime();
    assert_int_equal(WdfWaitLockAcquire(wait, &timeout), STATUS_TIMEOUT);
    assert_true(KeQueryInterruptTime() - before >= 3 * MS);
    timeout = WDF_REL_TIMEOUT_IN_MS(20);
    assert_int_equal(WdfWaitLockAcquire(wait, &timeout), STATUS_SUCCESS);
    WdfWaitLockRelease(wait);
}

static void two_wait_locks_may_be_held(void **state) /* spec: LOCK-12 */
{
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockAcquire(second, NULL), STATUS_SUCCESS);
    WdfWaitLockRelease(second);
    assert_true(KeAreApcsDisabled());
    WdfWaitLockRelease(wait);
    assert_false(KeAreApcsDisabled());
    assert_int_equal(wc_violations(NULL), 0);
}

static void a_wait_lock_is_not_recursive(void **state) /* spec: LOCK-13 */
{
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    wc_expect_violation("WaitLockRecursive");
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_TIMEOUT);
    WdfWaitLockRelease(wait);
    assert_false(KeAreApcsDisabled());
}

static void release_lets_one_waiter_go_on(void **state) /* spec: LOCK-16 */
{
    hold_ms = 5;
    KeInitializeEvent(&has_it, NotificationEvent, FALSE);
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    fixture_start(holder, "a");
    wait_ms(1); /* a waits before b does */
    fixture_start(holder, "b");
    wait_ms(1);
    assert_log("");
    WdfWaitLockRelease(wait);
    wait_ms(2);
    assert_log("a"); /* b waits until a has released it */
    wait_ms(20);
    assert_log("a b");
}

static void a_wait_lock_not_held_cannot_be_released(void **state)
{
    wc_expect_violation("WaitLockNotOwned");
    WdfWaitLockRelease(wait);
    assert_false(KeAreApcsDisabled());
    assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
    WdfWaitLockRelease(wait);
}

static void a_try_at_dispatch_is_reported_yet_works(void **state)
{
    LONGLONG zero = 0;
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfWaitLockAcquire(wait, &zero), STATUS_SUCCESS);
    WdfWaitLockRelease(wait);
    KeLowerIrql(old);
}

static void creating_without_storage_is_a_null_parameter(void **state)
{
    wc_expect_violation("ParameterNull");
    assert_false(NT_SUCCESS(WdfSpinLockCreate(NULL, NULL)));
    wc_expect_violation("ParameterNull");
    assert_false(NT_SUCCESS(WdfWaitLockCreate(NULL, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(acquire_raises_and_release_restores, LOCKS),
        wc_unit_test(nested_ones_restore_step_by_step, LOCKS),
        wc_unit_test(released_out_of_order_the_irql_stays_until_both_are, LOCKS),
        wc_unit_test(a_spin_lock_is_not_recursive, LOCKS),
        wc_unit_test(a_spin_lock_not_held_cannot_be_released, LOCKS),
        wc_unit_test(a_callback_that_keeps_a_spin_lock_stops_the_machine, LOCKS),
        wc_unit_test(an_interrupts_lock_is_refused, LOCKS),
        wc_unit_test(deleting_a_held_lock_is_reported, LOCKS),
        wc_unit_test(who_waits_for_a_deleted_lock_gets_it, LOCKS),
        wc_unit_test(a_refused_acquire_leaves_the_holder_the_lock, LOCKS),
        wc_unit_test(waiting_with_a_spin_lock_held_is_refused, LOCKS),
        wc_unit_test(without_timeout_it_is_taken, LOCKS),
        wc_unit_test(a_timeout_of_zero_tries, LOCKS),
        wc_unit_test(a_relative_timeout_is_not_over_early, LOCKS),
        wc_unit_test(two_wait_locks_may_be_held, LOCKS),
        wc_unit_test(a_wait_lock_is_not_recursive, LOCKS),
        wc_unit_test(release_lets_one_waiter_go_on, LOCKS),
        wc_unit_test(a_wait_lock_not_held_cannot_be_released, LOCKS),
        wc_unit_test(a_try_at_dispatch_is_reported_yet_works, LOCKS),
        wc_unit_test(creating_without_storage_is_a_null_parameter, LOCKS),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
