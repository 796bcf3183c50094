/* test_ex_timer.c - EX_TIMER. */
#include "nt/nt_thread.h"

static int calls;
static int deletions;
static KIRQL irql;

static int setup(void **state)
{
    calls = deletions = 0;
    return 0;
}

static VOID count_call(PEX_TIMER Timer, PVOID Context)
{
    calls++;
    irql = KeGetCurrentIrql();
    assert_ptr_equal(Context, &calls);
}

static PEX_TIMER allocate(ULONG attributes)
{
    PEX_TIMER timer = ExAllocateTimer(count_call, &calls, attributes);

    assert_non_null(timer);
    return timer;
}

static void setting_and_cancelling_tell_what_was_pending(void **state) /* spec: EXT-01 */
{
    PEX_TIMER timer = allocate(0);

    assert_false(ExCancelTimer(timer, NULL));
    assert_false(ExSetTimer(timer, -10000, 0, NULL));
    assert_true(ExSetTimer(timer, -20000, 0, NULL));
    assert_true(ExCancelTimer(timer, NULL));
    assert_false(ExCancelTimer(timer, NULL));
    assert_false(ExSetTimer(timer, -10000, 0, NULL));
    nt_delay_ms(2);
    assert_int_equal(calls, 1);
    assert_int_equal(irql, DISPATCH_LEVEL);
    assert_false(ExCancelTimer(timer, NULL)); /* expired */
    assert_false(ExSetTimer(timer, -10000, 0, NULL));
    assert_true(ExDeleteTimer(timer, TRUE, TRUE, NULL));
    assert_int_equal(calls, 1);
}

static void deleting_without_cancel_returns_false(void **state) /* spec: EXT-02 */
{
    PEX_TIMER timer = allocate(0);

    ExSetTimer(timer, -10000, 0, NULL);
    assert_false(ExDeleteTimer(timer, FALSE, FALSE, NULL));
    nt_delay_ms(2);
    assert_false(ExDeleteTimer(allocate(0), FALSE, FALSE, NULL));
    timer = allocate(0);
    ExSetTimer(timer, -10000, 0, NULL);
    assert_true(ExDeleteTimer(timer, TRUE, FALSE, NULL)); /* with it: whether it was set */
}

static void a_period_repeats_it(void **state)
{
    PEX_TIMER timer = allocate(EX_TIMER_HIGH_RESOLUTION);

    ExSetTimer(timer, -1000, 2000, NULL);
    nt_delay_ms(1);
    assert_int_equal(calls, 5); /* 0.1, 0.3, 0.5, 0.7, 0.9 ms */
    ExDeleteTimer(timer, TRUE, TRUE, NULL);
    calls = 0;
    timer = allocate(0);
    ExSetTimer(timer, -1000, 2000, NULL); /* no more than one a clock tick of 1 ms */
    nt_delay_ms(5);
    assert_int_equal(calls, 5);
    ExDeleteTimer(timer, TRUE, TRUE, NULL);
    nt_delay_ms(5);
    assert_int_equal(calls, 5);
}

static void a_thread_may_wait_for_it(void **state)
{
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, 0);
    PEX_TIMER notification = ExAllocateTimer(NULL, NULL, EX_TIMER_NOTIFICATION);

    ExSetTimer(timer, -10000, 0, NULL);
    ExSetTimer(notification, -10000, 0, NULL);
    assert_int_equal(nt_wait(timer, NULL), STATUS_SUCCESS);
    assert_int_equal(nt_poll(timer), STATUS_TIMEOUT);
    assert_int_equal(nt_wait(notification, NULL), STATUS_SUCCESS);
    assert_int_equal(nt_poll(notification), STATUS_SUCCESS);
    ExDeleteTimer(timer, TRUE, FALSE, NULL);
    ExDeleteTimer(notification, TRUE, FALSE, NULL);
}

static VOID count_deletion(PVOID Context)
{
    ++*(int *)Context;
}

static void the_end_is_told(void **state)
{
    PEX_TIMER timer = allocate(0);
    EXT_DELETE_PARAMETERS parameters;

    ExInitializeDeleteTimerParameters(&parameters);
    parameters.DeleteCallback = count_deletion;
    parameters.DeleteContext = &deletions;
    ExDeleteTimer(timer, TRUE, FALSE, &parameters);
    assert_int_equal(deletions, 1);
}

/* ---- deleting while it expires ---- */

#define DELETED 400

static volatile LONG called, ended;

static VOID count_called(PEX_TIMER Timer, PVOID Context)
{
    InterlockedIncrement(&called);
}

static VOID count_ended(PVOID Context)
{
    InterlockedIncrement(&ended);
}

/* On the real clock: its time comes just before, while or after it is deleted. */
static void it_ends_once_when_it_expires_meanwhile(void **state)
{
    EXT_DELETE_PARAMETERS parameters;

    called = ended = 0;
    ExInitializeDeleteTimerParameters(&parameters);
    parameters.DeleteCallback = count_ended;
    for (int i = 0; i < DELETED; i++) {
        PEX_TIMER timer = ExAllocateTimer(count_called, NULL, 0);

        assert_non_null(timer);
        ExSetTimer(timer, -1 - i % 16 * 20, 0, NULL);
        nt_spin(i % 64 * 8);
        assert_false(ExDeleteTimer(timer, FALSE, FALSE, &parameters));
    }
    for (int i = 0; i < 1000 && ReadAcquire(&ended) < DELETED; i++) {
        nt_delay_ms(1);
    }
    assert_int_equal(ReadAcquire(&called), DELETED);
    assert_int_equal(ReadAcquire(&ended), DELETED);
}

static void contradictions_are_refused(void **state)
{
    PEX_TIMER timer = allocate(EX_TIMER_HIGH_RESOLUTION);

    wc_expect_violation("BadParameter");
    assert_null(ExAllocateTimer(count_call, NULL, EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE));
    wc_expect_violation("BadParameter");
    assert_false(ExSetTimer(timer, 10000, 0, NULL)); /* absolute */
    wc_expect_violation("BadParameter");
    assert_false(ExDeleteTimer(timer, FALSE, TRUE, NULL));
    ExDeleteTimer(timer, TRUE, TRUE, NULL);
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(setting_and_cancelling_tell_what_was_pending),
        UNIT(deleting_without_cancel_returns_false),
        UNIT(a_period_repeats_it),
        UNIT(a_thread_may_wait_for_it),
        UNIT(the_end_is_told),
        UNIT(contradictions_are_refused),
        wc_unit_test(it_ends_once_when_it_expires_meanwhile, .setup = setup, .processors = 2,
                     .real_clock = true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
