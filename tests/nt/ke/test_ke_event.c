/* test_ke_event.c - KEVENT: notification and synchronization. */
#include "nt/nt_thread.h"

#include <string.h>

static KEVENT event;
static volatile LONG woken;
static PKTHREAD threads[3];

static int setup(void **state)
{
    woken = 0;
    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    return 0;
}

static VOID wait_once(PVOID Context)
{
    if (nt_wait(&event, NULL) == STATUS_SUCCESS) {
        InterlockedIncrement(&woken);
    }
}

/* Three threads wait for the event. */
static void start_waiters(EVENT_TYPE type)
{
    KeInitializeEvent(&event, type, FALSE);
    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(wait_once, NULL);
    }
    nt_delay_ms(1);
    assert_int_equal(woken, 0);
}

static void join_waiters(void)
{
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
}

static void setting_returns_the_state_before(void **state) /* spec: EVT-01 */
{
    assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
    assert_int_not_equal(KeSetEvent(&event, 0, FALSE), 0);
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    assert_int_not_equal(KeSetEvent(&event, 0, FALSE), 0);
}

static void a_notification_event_releases_all_and_stays_set(void **state) /* spec: EVT-02 */
{
    start_waiters(NotificationEvent);
    KeSetEvent(&event, 0, FALSE);
    join_waiters();
    assert_int_equal(woken, 3);
    assert_int_not_equal(KeReadStateEvent(&event), 0);
    assert_int_equal(nt_poll(&event), STATUS_SUCCESS);
    assert_int_equal(nt_poll(&event), STATUS_SUCCESS);
}

static void a_synchronization_event_releases_one_and_is_reset(void **state) /* spec: EVT-03 */
{
    start_waiters(SynchronizationEvent);
    for (LONG i = 1; i <= 3; i++) {
        assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
        assert_int_equal(KeReadStateEvent(&event), 0);
        nt_delay_ms(1);
        assert_int_equal(woken, i);
    }
    join_waiters();
}

static void without_waiter_it_stays_for_the_next_wait(void **state) /* spec: EVT-04 */
{
    KeSetEvent(&event, 0, FALSE);
    nt_delay_ms(1);
    assert_int_not_equal(KeReadStateEvent(&event), 0);
    assert_int_equal(nt_wait(&event, NULL), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&event), 0);
}

static void set_twice_is_remembered_once(void **state) /* spec: EVT-05 */
{
    KeSetEvent(&event, 0, FALSE);
    KeSetEvent(&event, 0, FALSE);
    assert_int_equal(nt_poll(&event), STATUS_SUCCESS);
    assert_int_equal(nt_poll(&event), STATUS_TIMEOUT);
}

static void resetting_returns_the_state_before(void **state) /* spec: EVT-06 */
{
    KeSetEvent(&event, 0, FALSE);
    assert_int_not_equal(KeResetEvent(&event), 0);
    assert_int_equal(KeResetEvent(&event), 0);
    assert_int_equal(KeReadStateEvent(&event), 0);
    KeSetEvent(&event, 0, FALSE);
    KeClearEvent(&event);
    assert_int_equal(KeReadStateEvent(&event), 0);
}

static VOID set_in_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeSetEvent(Context, 0, FALSE);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
}

static void it_can_be_set_at_dispatch_level_and_not_above(void **state) /* spec: EVT-07 */
{
    KDPC dpc;
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
    assert_int_equal(nt_poll(&event), STATUS_SUCCESS);
    KeSetEvent(&event, 0, FALSE);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeClearEvent(&event);
    KeInitializeDpc(&dpc, set_in_dpc, &event);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(nt_poll(&event), STATUS_SUCCESS);
    KeRaiseIrql(3, &old);
    wc_expect_violation("IrqlTooHigh");
    KeSetEvent(&event, 0, FALSE);
    KeLowerIrql(old);
    assert_int_equal(KeReadStateEvent(&event), 0);
}

static VOID wait_then_answer(PVOID Context)
{
    nt_wait(&event, NULL);
    KeSetEvent(Context, 0, FALSE);
}

static void with_wait_the_level_stays_raised_until_the_wait(void **state) /* spec: EVT-08 */
{
    KEVENT answer;
    PKTHREAD thread;
    KIRQL old;

    KeInitializeEvent(&answer, SynchronizationEvent, FALSE);
    for (KIRQL level = PASSIVE_LEVEL; level <= APC_LEVEL; level++) {
        thread = nt_thread(wait_then_answer, &answer);
        nt_delay_ms(1);
        KeRaiseIrql(level, &old);
        assert_int_equal(KeSetEvent(&event, 0, TRUE), 0);
        assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
        assert_int_equal(nt_wait(&answer, NULL), STATUS_SUCCESS); /* it blocks */
        assert_int_equal(KeGetCurrentIrql(), level);
        KeSetEvent(&answer, 0, TRUE);
        assert_int_equal(nt_wait(&answer, NULL), STATUS_SUCCESS); /* it does not */
        assert_int_equal(KeGetCurrentIrql(), level);
        KeLowerIrql(old);
        nt_join(thread);
    }
}

static VOID set_without_wait(PVOID Context)
{
    KeSetEvent(&event, 0, TRUE);
}

static void start_set_without_wait(void *argument)
{
    nt_join(nt_thread(set_without_wait, NULL));
}

static void with_wait_and_no_wait_is_reported(void **state)
{
    wc_expect_stop("WaitFlagUnpaired", start_set_without_wait, NULL);
}

static void with_wait_it_is_refused_at_dispatch_level(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    wc_expect_violation("IrqlTooHigh");
    KeSetEvent(&event, 0, TRUE);
    KeLowerIrql(old);
    assert_int_equal(KeReadStateEvent(&event), 0);
}

static void a_pulse_releases_who_waits_and_leaves_it_reset(void **state) /* spec: EVT-09 */
{
    start_waiters(NotificationEvent);
    assert_int_equal(KePulseEvent(&event, 0, FALSE), 0);
    assert_int_equal(KeReadStateEvent(&event), 0);
    join_waiters();
    assert_int_equal(woken, 3);
    woken = 0;
    start_waiters(SynchronizationEvent);
    KePulseEvent(&event, 0, FALSE);
    nt_delay_ms(1);
    assert_int_equal(woken, 1);
    assert_int_equal(KeReadStateEvent(&event), 0);
    KePulseEvent(&event, 0, FALSE);
    KePulseEvent(&event, 0, FALSE);
    join_waiters();
    KeSetEvent(&event, 0, FALSE);
    assert_int_not_equal(KePulseEvent(&event, 0, FALSE), 0);
    assert_int_equal(nt_poll(&event), STATUS_TIMEOUT);
}

static void initializing_an_event_with_waiters_is_refused(void **state)
{
    start_waiters(NotificationEvent);
    wc_expect_violation("ObjectReinitBusy");
    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    KeSetEvent(&event, 0, FALSE);
    join_waiters();
    assert_int_equal(woken, 3);
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(setting_returns_the_state_before),
        UNIT(a_notification_event_releases_all_and_stays_set),
        UNIT(a_synchronization_event_releases_one_and_is_reset),
        UNIT(without_waiter_it_stays_for_the_next_wait),
        UNIT(set_twice_is_remembered_once),
        UNIT(resetting_returns_the_state_before),
        UNIT(it_can_be_set_at_dispatch_level_and_not_above),
        UNIT(with_wait_the_level_stays_raised_until_the_wait),
        UNIT(with_wait_and_no_wait_is_reported),
        UNIT(with_wait_it_is_refused_at_dispatch_level),
        UNIT(a_pulse_releases_who_waits_and_leaves_it_reset),
        UNIT(initializing_an_event_with_waiters_is_refused),
        wc_seed_test(a_synchronization_event_releases_one_and_is_reset, 50, .setup = setup,
                     .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
