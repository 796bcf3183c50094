/* test_fx_timer.c - WDFTIMER, on the virtual clock. */
#include "wdf/wdf_fixture.h"

#include <stdlib.h>
#include <string.h>

#define MS 10000LL /* in 100 ns */

static WDF_OBJECT_ATTRIBUTES attributes;
static WDF_TIMER_CONFIG config;

static LONGLONG zero; /* the time that notes count from */

static LONGLONG now(void)
{
    return (LONGLONG)KeQueryInterruptTime();
}

static void wait_ms(LONGLONG ms)
{
    LARGE_INTEGER due = {.QuadPart = -ms * MS};

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static LONGLONG ms_since_zero(void)
{
    return (now() - zero + MS / 2) / MS;
}

static VOID note_time(WDFTIMER Timer)
{
    fixture_note("%lld", (long long)ms_since_zero());
}

static VOID note_irql(WDFTIMER Timer)
{
    fixture_note("@%d", KeGetCurrentIrql());
}

/* A timer below the device with what config and attributes say; callback and parent are set. */
static WDFTIMER timer_make(PFN_WDF_TIMER callback)
{
    WDFTIMER timer;

    config.EvtTimerFunc = callback;
    assert_int_equal(WdfTimerCreate(&config, &attributes, &timer), STATUS_SUCCESS);
    if (attributes.ContextTypeInfo != NULL) {
        NodeOf(timer)->name = "timer";
    }
    zero = now();
    return timer;
}

static void one_shot(void)
{
    WDF_TIMER_CONFIG_INIT(&config, NULL);
    fixture_attributes(&attributes, fixture.device);
}

static void periodic(LONG ms)
{
    WDF_TIMER_CONFIG_INIT_PERIODIC(&config, NULL, ms);
    fixture_attributes(&attributes, fixture.device);
}

static void passive(void)
{
    one_shot();
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
}

static void both_inits_ask_for_serialization(void **state) /* spec: WTMR-01 */
{
    memset(&config, 0xff, sizeof(config));
    WDF_TIMER_CONFIG_INIT(&config, note_time);
    assert_int_equal(config.AutomaticSerialization, TRUE);
    assert_int_equal(config.TolerableDelay, 0);
    assert_int_equal(config.Period, 0);
    memset(&config, 0xff, sizeof(config));
    WDF_TIMER_CONFIG_INIT_PERIODIC(&config, note_time, 7);
    assert_int_equal(config.AutomaticSerialization, TRUE);
    assert_int_equal(config.TolerableDelay, 0);
    assert_int_equal(config.Period, 7);
}

static void it_does_nothing_before_it_is_started(void **state) /* spec: WTMR-02 */
{
    periodic(1);
    timer_make(note_time);
    wait_ms(10);
    assert_log("");
}

static void a_one_shot_comes_once_and_not_early(void **state) /* spec: WTMR-03, WTMR-05, WTMR-08 */
{
    WDFTIMER timer;

    one_shot();
    timer = timer_make(note_time);
    assert_false(WdfTimerStart(timer, -5 * MS));
    wait_ms(4);
    assert_log("");
    wait_ms(20);
    assert_log("5");
    assert_false(WdfTimerStop(timer, FALSE));
}

static void a_periodic_one_comes_until_stopped(void **state) /* spec: WTMR-04, WTMR-07 */
{
    WDFTIMER timer;

    periodic(3);
    timer = timer_make(note_time);
    assert_false(WdfTimerStart(timer, -2 * MS));
    wait_ms(12);
    assert_log("2 5 8 11");
    assert_true(WdfTimerStart(timer, -1 * MS));
    assert_true(WdfTimerStop(timer, FALSE));
    wait_ms(20);
    assert_log("2 5 8 11");
}

static void starting_again_replaces_the_due_time(void **state) /* spec: WTMR-06 */
{
    WDFTIMER timer;

    one_shot();
    timer = timer_make(note_time);
    assert_false(WdfTimerStart(timer, -3 * MS));
    assert_true(WdfTimerStart(timer, -9 * MS));
    wait_ms(20);
    assert_log("9");
}

static VOID start_again(WDFTIMER Timer)
{
    note_time(Timer);
    if (ms_since_zero() < 10) {
        fixture_note(WdfTimerStart(Timer, -4 * MS) ? "armed" : "new");
    }
}

static void a_one_shot_may_start_itself(void **state) /* spec: WTMR-09, WTMR-30 */
{
    WDFTIMER timer;

    one_shot();
    timer = timer_make(start_again);
    WdfTimerStart(timer, -4 * MS);
    wait_ms(40);
    assert_log("4 new 8 new 12");
}

static VOID wait_and_note(WDFTIMER Timer)
{
    fixture_note("in");
    wait_ms(5);
    fixture_note("out");
}

static void stop_with_wait_waits_for_the_callback(void **state) /* spec: WTMR-10 */
{
    WDFTIMER timer;

    passive();
    timer = timer_make(wait_and_note);
    WdfTimerStart(timer, -1 * MS);
    wait_ms(2);
    assert_log("in");
    assert_false(WdfTimerStop(timer, TRUE));
    assert_log("in out");
    wait_ms(20);
    assert_log("in out");
}

static int expiries;

static VOID restart_while_stopped(WDFTIMER Timer)
{
    fixture_note("in");
    if (expiries++ == 0) {
        wait_ms(5);
        fixture_note(WdfTimerStart(Timer, 0) ? "armed" : "refused");
    }
}

static void a_start_while_a_stop_waits_does_nothing(void **state) /* spec: WTMR-11 */
{
    WDFTIMER timer;

    passive();
    expiries = 0;
    timer = timer_make(restart_while_stopped);
    WdfTimerStart(timer, -1 * MS);
    wait_ms(2);
    assert_true(WdfTimerStop(timer, TRUE));
    wait_ms(20);
    assert_log("in refused");
}

/* ---- a start that is on its way when the stop comes ---- */

static VOID start_without_end(WDFTIMER Timer)
{
    __atomic_add_fetch(&expiries, 1, __ATOMIC_RELAXED);
    WdfTimerStart(Timer, -MS / 100);
}

static void stop_one_that_starts_itself(bool is_passive)
{
    WDFTIMER timer;
    int before;

    one_shot();
    if (is_passive) {
        passive();
    }
    timer = timer_make(start_without_end);
    WdfTimerStart(timer, -1);
    wait_ms(1);
    WdfTimerStop(timer, TRUE);
    before = __atomic_load_n(&expiries, __ATOMIC_RELAXED);
    wait_ms(2);
    assert_int_equal(__atomic_load_n(&expiries, __ATOMIC_RELAXED), before);
    WdfObjectDelete(timer);
}

static void after_a_stop_no_start_inside_is_left(void **state) /* spec: WTMR-10 */
{
    for (int round = 0; round < 20; round++) {
        stop_one_that_starts_itself(round % 2 == 0);
    }
}

static void a_start_on_its_way_does_not_outrun_a_stop(void **state) /* spec: WTMR-10, WTMR-11 */
{
    stop_one_that_starts_itself(true);
    stop_one_that_starts_itself(false);
}

static int stops;

static VOID stop_with_wait_inside(WDFTIMER Timer)
{
    if (stops++ == 0) {
        wc_expect_violation("WaitFromOwnCallback");
        assert_false(WdfTimerStop(Timer, TRUE));
    }
    note_time(Timer);
}

static void stop_with_wait_inside_leaves_it_running(void **state) /* spec: WTMR-12 */
{
    WDFTIMER timer;

    periodic(2);
    stops = 0;
    timer = timer_make(stop_with_wait_inside);
    WdfTimerStart(timer, -2 * MS);
    wait_ms(5);
    assert_log("2 4");
    assert_true(WdfTimerStop(timer, TRUE));
}

static VOID stop_inside(WDFTIMER Timer)
{
    fixture_note(WdfTimerStop(Timer, FALSE) ? "stopped" : "not armed");
}

static void stop_without_wait_inside_stops_it(void **state) /* spec: WTMR-13 */
{
    periodic(2);
    WdfTimerStart(timer_make(stop_inside), -2 * MS);
    wait_ms(20);
    assert_log("stopped");
}

static NTSTATUS status_of(void)
{
    WDFTIMER timer;

    config.EvtTimerFunc = note_time;
    return WdfTimerCreate(&config, &attributes, &timer);
}

static void a_period_beyond_31_bits_is_refused(void **state) /* spec: WTMR-14 */
{
    periodic(-1);
    assert_int_equal(status_of(), STATUS_INVALID_PARAMETER);
    periodic(0x7fffffff);
    assert_int_equal(status_of(), STATUS_SUCCESS);
}

static void a_passive_one_cannot_be_periodic(void **state) /* spec: WTMR-15 */
{
    periodic(1);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(status_of(), STATUS_NOT_SUPPORTED);
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice; /* comes first */
    assert_int_equal(status_of(), STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
    attributes.SynchronizationScope = WdfSynchronizationScopeInheritFromParent;
    attributes.ExecutionLevel = WdfExecutionLevelDispatch;
    assert_int_equal(status_of(), STATUS_SUCCESS);
}

static void high_resolution_excludes_a_tolerable_delay(void **state) /* spec: WTMR-16, WTMR-17 */
{
    one_shot();
    config.UseHighResolutionTimer = TRUE;
    config.TolerableDelay = 1;
    assert_int_equal(status_of(), STATUS_INVALID_PARAMETER);
    config.TolerableDelay = 0;
    assert_int_equal(status_of(), STATUS_SUCCESS);
    config.UseHighResolutionTimer = FALSE;
    config.TolerableDelay = 0xffffffff;
    assert_int_equal(status_of(), STATUS_SUCCESS);
}

static void a_tolerable_delay_bounds_the_callback(void **state) /* spec: WTMR-18 */
{
    LONGLONG at;

    one_shot();
    config.TolerableDelay = 4;
    WdfTimerStart(timer_make(note_time), -3 * MS);
    wait_ms(3 + 4);
    at = strtoll(fixture_log(), NULL, 10);
    assert_in_range(at, 3, 7);
}

static void a_high_resolution_one_takes_no_absolute_time(void **state)
{
    WDFTIMER timer;

    one_shot();
    config.UseHighResolutionTimer = TRUE;
    timer = timer_make(note_time);
    wc_expect_violation("TimerHighResolutionAbsolute");
    assert_false(WdfTimerStart(timer, 0));
    wait_ms(5);
    assert_log("");
    zero = now();
    assert_false(WdfTimerStart(timer, -2 * MS));
    wait_ms(5);
    assert_log("2");
}

static void level_passive_on_the_timer_itself_counts(void **state) /* spec: WTMR-19, WTMR-20 */
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeNone);

    one_shot();
    WdfTimerStart(timer_make(note_irql), -1 * MS);
    attributes.ParentObject = device;
    WdfTimerStart(timer_make(note_irql), -2 * MS);
    passive();
    WdfTimerStart(timer_make(note_irql), -3 * MS);
    wait_ms(5);
    assert_log("@2 @2 @0");
}

static VOID note_passive(WDFTIMER Timer)
{
    fixture_note("passive");
}

static void expiries_of_a_queued_passive_one_are_merged(void **state) /* spec: WTMR-21 */
{
    WDFTIMER other;
    KIRQL old;

    passive();
    other = timer_make(note_passive);
    old = fixture_raise(APC_LEVEL); /* DPCs run, the worker does not get this processor */
    WdfTimerStart(other, 0);
    KeStallExecutionProcessor(100);
    WdfTimerStart(other, 0);
    KeStallExecutionProcessor(100);
    fixture_lower(old);
    WdfTimerStop(other, TRUE);
    assert_log("passive");
}

static NTSTATUS serialized(WDF_EXECUTION_LEVEL timer_level, WDF_EXECUTION_LEVEL level,
                           WDF_SYNCHRONIZATION_SCOPE scope)
{
    WDFDEVICE device = fixture_device(level, scope);
    NTSTATUS status;

    one_shot();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = timer_level;
    attributes.ParentObject = device;
    status = status_of();
    fixture_remove(device);
    return status;
}

static void levels_of_timer_and_lock_must_agree(void **state) /* spec: WTMR-22 */
{
    WDF_EXECUTION_LEVEL inherit = WdfExecutionLevelInheritFromParent;

    assert_int_equal(serialized(inherit, WdfExecutionLevelPassive, WdfSynchronizationScopeDevice),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(serialized(WdfExecutionLevelPassive, WdfExecutionLevelDispatch,
                                WdfSynchronizationScopeDevice),
                     STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    assert_int_equal(serialized(WdfExecutionLevelPassive, WdfExecutionLevelPassive,
                                WdfSynchronizationScopeDevice),
                     STATUS_SUCCESS);
    assert_int_equal(serialized(inherit, WdfExecutionLevelDispatch, WdfSynchronizationScopeDevice),
                     STATUS_SUCCESS);
}

static void with_scope_none_any_levels_go(void **state) /* spec: WTMR-23 */
{
    assert_int_equal(serialized(WdfExecutionLevelInheritFromParent, WdfExecutionLevelPassive,
                                WdfSynchronizationScopeNone),
                     STATUS_SUCCESS);
    assert_int_equal(serialized(WdfExecutionLevelPassive, WdfExecutionLevelDispatch,
                                WdfSynchronizationScopeNone),
                     STATUS_SUCCESS);
}

static void deleting_an_armed_one_cancels_it(void **state) /* spec: WTMR-24 */
{
    WDFTIMER timer;

    one_shot();
    timer = timer_make(note_time);
    WdfTimerStart(timer, -2 * MS);
    WdfObjectDelete(timer);
    wait_ms(10);
    assert_log("c:timer d:timer");
}

static void cleanup_waits_for_the_callback(void **state) /* spec: WTMR-25 */
{
    WDFTIMER timer;

    passive();
    timer = timer_make(wait_and_note);
    WdfTimerStart(timer, -1 * MS);
    wait_ms(2);
    WdfObjectDelete(timer);
    assert_log("in out c:timer d:timer");
}

static VOID delete_itself(WDFTIMER Timer)
{
    WdfObjectDelete(Timer);
    fixture_note("deleted");
}

static void it_may_be_deleted_from_its_callback_at_dispatch(void **state) /* spec: WTMR-26 */
{
    one_shot();
    WdfTimerStart(timer_make(delete_itself), -1 * MS);
    wait_ms(5);
    fixture_settle();
    assert_log("deleted c:timer d:timer");
}

static void at_passive_that_is_reported_and_done_later(void **state) /* spec: WTMR-27 */
{
    passive();
    wc_expect_violation("WaitFromOwnCallback");
    WdfTimerStart(timer_make(delete_itself), -1 * MS);
    wait_ms(5);
    fixture_settle();
    assert_log("deleted c:timer d:timer");
}

static VOID start_in_cleanup(WDFOBJECT Object)
{
    wc_expect_violation("TimerStartWhileDeleting");
    assert_false(WdfTimerStart((WDFTIMER)Object, -1 * MS));
    fixture_note(WdfTimerGetParentObject((WDFTIMER)Object) == NULL ? "none" : "some");
}

static void a_start_in_cleanup_is_refused(void **state) /* spec: WTMR-28, WTMR-29 */
{
    WDFTIMER timer;

    one_shot();
    attributes.EvtCleanupCallback = start_in_cleanup;
    timer = timer_make(note_time);
    assert_ptr_equal(WdfTimerGetParentObject(timer), fixture.device);
    WdfObjectDelete(timer);
    wait_ms(5);
    assert_log("none d:timer");
}

static VOID overrun(WDFTIMER Timer)
{
    note_time(Timer);
    if (ms_since_zero() < 3) {
        KeStallExecutionProcessor(7000); /* past the ticks at 4, 6 and 8 */
    }
}

static void missed_ticks_are_merged_and_the_rhythm_kept(void **state) /* spec: WTMR-31 */
{
    WDFTIMER timer;

    periodic(2);
    timer = timer_make(overrun);
    WdfTimerStart(timer, -2 * MS);
    wait_ms(13);
    WdfTimerStop(timer, TRUE);
    assert_log("2 9 10 12"); /* one for the three, then as if nothing had been */
}

static void a_stop_with_wait_needs_passive_level(void **state)
{
    WDFTIMER timer;
    KIRQL old;

    one_shot();
    timer = timer_make(note_time);
    WdfTimerStart(timer, -2 * MS);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_false(WdfTimerStop(timer, TRUE));
    KeLowerIrql(old);
    wait_ms(5);
    assert_log("2"); /* not stopped */
}

static void waiting_with_the_callbacks_lock_held_is_refused(void **state) /* spec: SYNC-23 */
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);
    WDFTIMER timer;

    passive();
    attributes.ParentObject = device;
    timer = timer_make(note_irql);
    WdfTimerStart(timer, -1 * MS);
    WdfObjectAcquireLock(device);
    wait_ms(3);
    wc_expect_violation("WaitWhileHoldingCallbackLock");
    assert_false(WdfTimerStop(timer, TRUE));
    assert_log("");
    WdfObjectReleaseLock(device);
    wait_ms(1);
    assert_log("@0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(both_inits_ask_for_serialization, FIXTURE),
        wc_unit_test(it_does_nothing_before_it_is_started, FIXTURE),
        wc_unit_test(a_one_shot_comes_once_and_not_early, FIXTURE),
        wc_unit_test(a_periodic_one_comes_until_stopped, FIXTURE),
        wc_unit_test(starting_again_replaces_the_due_time, FIXTURE),
        wc_unit_test(a_one_shot_may_start_itself, FIXTURE),
        wc_unit_test(stop_with_wait_waits_for_the_callback, FIXTURE),
        wc_unit_test(a_start_while_a_stop_waits_does_nothing, FIXTURE),
        wc_unit_test(after_a_stop_no_start_inside_is_left, FIXTURE, .processors = 2),
        wc_seed_test(a_start_on_its_way_does_not_outrun_a_stop, 50, FIXTURE, .processors = 2),
        wc_unit_test(stop_with_wait_inside_leaves_it_running, FIXTURE),
        wc_unit_test(stop_without_wait_inside_stops_it, FIXTURE),
        wc_unit_test(a_period_beyond_31_bits_is_refused, FIXTURE),
        wc_unit_test(a_passive_one_cannot_be_periodic, FIXTURE),
        wc_unit_test(high_resolution_excludes_a_tolerable_delay, FIXTURE),
        wc_unit_test(a_tolerable_delay_bounds_the_callback, FIXTURE),
        wc_unit_test(a_high_resolution_one_takes_no_absolute_time, FIXTURE),
        wc_unit_test(level_passive_on_the_timer_itself_counts, FIXTURE),
        wc_unit_test(expiries_of_a_queued_passive_one_are_merged, FIXTURE),
        wc_unit_test(levels_of_timer_and_lock_must_agree, FIXTURE),
        wc_unit_test(with_scope_none_any_levels_go, FIXTURE),
        wc_unit_test(deleting_an_armed_one_cancels_it, FIXTURE),
        wc_unit_test(cleanup_waits_for_the_callback, FIXTURE),
        wc_unit_test(it_may_be_deleted_from_its_callback_at_dispatch, FIXTURE),
        wc_unit_test(at_passive_that_is_reported_and_done_later, FIXTURE),
        wc_unit_test(a_start_in_cleanup_is_refused, FIXTURE),
        wc_unit_test(missed_ticks_are_merged_and_the_rhythm_kept, FIXTURE),
        wc_unit_test(a_stop_with_wait_needs_passive_level, FIXTURE),
        wc_unit_test(waiting_with_the_callbacks_lock_held_is_refused, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
