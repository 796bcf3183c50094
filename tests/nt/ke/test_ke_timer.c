/* test_ke_timer.c - KTIMER: setting, cancelling, expiry, periods, the DPC of a timer. */
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/time/ke_due.h"

static KTIMER timer;
static KDPC dpc;

/* What the DPC of the timer saw. */
static struct {
    int runs;
    KIRQL irql;
    ULONG processor;
    PVOID context;
    BOOLEAN signaled; /* the timer was, then */
    ULONGLONG at_100ns[16];
} seen;

static VOID note_run(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    seen.irql = KeGetCurrentIrql();
    seen.processor = KeGetCurrentProcessorNumber();
    seen.context = Context;
    seen.signaled = KeReadStateTimer(&timer);
    if (seen.runs < 16) {
        seen.at_100ns[seen.runs] = ke_clock_now_100ns();
    }
    seen.runs++;
}

/* The same as nt_ms, as an absolute time. */
static LARGE_INTEGER at_ms(LONGLONG ms)
{
    LARGE_INTEGER due;

    KeQuerySystemTime(&due);
    due.QuadPart += 10000 * ms;
    return due;
}

static int setup(void **state)
{
    memset(&seen, 0, sizeof(seen));
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, note_run, &seen);
    nt_on_processor(0);
    return 0;
}

static int teardown(void **state)
{
    KeCancelTimer(&timer);
    return 0;
}

static void a_new_timer_is_idle(void **state) /* spec: TMR-01 */
{
    assert_false(KeReadStateTimer(&timer));
    assert_false(KeCancelTimer(&timer));
    assert_int_equal(nt_poll(&timer), STATUS_TIMEOUT);
}

static void setting_tells_whether_it_was_queued(void **state) /* spec: TMR-02 */
{
    assert_false(KeSetTimer(&timer, nt_ms(5), NULL));
    assert_true(KeSetTimer(&timer, nt_ms(6), NULL));
    nt_wait(&timer, NULL);
    assert_false(KeSetTimer(&timer, nt_ms(5), NULL)); /* expired: idle again */
}

static VOID note_other(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ++*(int *)Context;
}

static void setting_again_discards_time_and_dpc(void **state) /* spec: TMR-03 */
{
    int others = 0;
    KDPC other;

    KeInitializeDpc(&other, note_other, &others);
    for (int absolute = 0; absolute < 2; absolute++) {
        KeSetTimer(&timer, nt_ms(2), &other);
        KeSetTimer(&timer, absolute ? at_ms(5) : nt_ms(5), &dpc);
        nt_delay_ms(4);
        assert_int_equal(seen.runs, absolute);
        assert_false(KeReadStateTimer(&timer));
        nt_delay_ms(4);
        assert_int_equal(seen.runs, absolute + 1);
        assert_int_equal(others, 0);
    }
}

static void setting_clears_the_signal_at_once(void **state) /* spec: TMR-04 */
{
    for (int absolute = 0; absolute < 2; absolute++) {
        KeSetTimer(&timer, nt_ms(1), NULL);
        nt_wait(&timer, NULL);
        assert_true(KeReadStateTimer(&timer));
        KeSetTimer(&timer, absolute ? at_ms(1) : nt_ms(1), NULL);
        assert_false(KeReadStateTimer(&timer));
    }
}

static void at_expiry_it_is_signaled_and_off_the_queue(void **state) /* spec: TMR-05 TMR-09 */
{
    KeSetTimer(&timer, nt_ms(3), &dpc);
    nt_delay_ms(2);
    assert_false(KeReadStateTimer(&timer));
    assert_int_equal(seen.runs, 0);
    nt_delay_ms(2);
    assert_true(KeReadStateTimer(&timer));
    assert_int_equal(seen.runs, 1);
    assert_false(KeCancelTimer(&timer));
    nt_delay_ms(10);
    assert_int_equal(seen.runs, 1);
}

static void the_dpc_sees_the_timer_signaled(void **state) /* spec: TMR-06 TMR-19 */
{
    KeSetTimer(&timer, nt_ms(1), &dpc);
    nt_delay_ms(2);
    assert_int_equal(seen.runs, 1);
    assert_true(seen.signaled);
    assert_int_equal(seen.irql, DISPATCH_LEVEL);
    assert_ptr_equal(seen.context, &seen);
    KeSetTimer(&timer, nt_ms(0), &dpc); /* at once: the same order */
    assert_int_equal(seen.runs, 2);
    assert_true(seen.signaled);
}

static void without_dpc_only_the_signal_comes(void **state) /* spec: TMR-07 */
{
    KeSetTimer(&timer, nt_ms(1), &dpc);
    KeSetTimer(&timer, nt_ms(1), NULL); /* no DPC also replaces one */
    assert_int_equal(nt_wait(&timer, NULL), STATUS_SUCCESS);
    assert_true(KeReadStateTimer(&timer));
    assert_int_equal(seen.runs, 0);
}

/* ---- cancelling ---- */

static void cancelling_in_time_stops_signal_and_dpc(void **state) /* spec: TMR-08 TMR-12 */
{
    KeSetTimer(&timer, nt_ms(3), &dpc);
    nt_delay_ms(1);
    assert_true(KeCancelTimer(&timer));
    assert_false(KeCancelTimer(&timer));
    nt_delay_ms(10);
    assert_int_equal(seen.runs, 0);
    assert_false(KeReadStateTimer(&timer));
}

static void cancelling_too_late_leaves_the_queued_dpc(void **state) /* spec: TMR-10 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeSetTimer(&timer, nt_us(10), &dpc);
    KeStallExecutionProcessor(50); /* it expires here, its DPC waits for the level */
    assert_true(KeReadStateTimer(&timer));
    assert_false(KeCancelTimer(&timer));
    assert_int_equal(seen.runs, 0);
    KeLowerIrql(old);
    assert_int_equal(seen.runs, 1);
}

static void a_periodic_timer_can_be_cancelled_between_expiries(void **state) /* spec: TMR-11 */
{
    KeSetTimerEx(&timer, nt_ms(2), 4, &dpc);
    nt_delay_ms(3);
    assert_int_equal(seen.runs, 1);
    assert_true(KeCancelTimer(&timer));
    assert_false(KeCancelTimer(&timer));
    nt_delay_ms(20);
    assert_int_equal(seen.runs, 1);
}

/* ---- waiting ---- */

static volatile LONG woken;

static VOID wait_for_timer(PVOID Context)
{
    nt_wait(&timer, NULL);
    InterlockedIncrement(&woken);
}

static void start_waiters(PKTHREAD threads[2])
{
    woken = 0;
    for (int i = 0; i < 2; i++) {
        threads[i] = nt_thread(wait_for_timer, NULL);
    }
    nt_delay_ms(1); /* they run and wait */
}

static void a_notification_timer_releases_all_and_stays_signaled(void **state) /* spec: TMR-13 */
{
    PKTHREAD threads[2];

    start_waiters(threads);
    KeSetTimer(&timer, nt_ms(1), NULL);
    nt_delay_ms(2);
    assert_int_equal(woken, 2);
    assert_int_equal(nt_poll(&timer), STATUS_SUCCESS);
    assert_int_equal(nt_poll(&timer), STATUS_SUCCESS);
    KeInitializeTimer(&timer);
    assert_int_equal(nt_poll(&timer), STATUS_TIMEOUT);
    nt_join(threads[0]);
    nt_join(threads[1]);
}

static void a_synchronization_timer_releases_one(void **state) /* spec: TMR-14 */
{
    PKTHREAD threads[2];

    KeInitializeTimerEx(&timer, SynchronizationTimer);
    start_waiters(threads);
    KeSetTimer(&timer, nt_ms(1), NULL);
    nt_delay_ms(2);
    assert_int_equal(woken, 1);
    assert_false(KeReadStateTimer(&timer));
    KeSetTimer(&timer, nt_ms(1), NULL);
    nt_delay_ms(2);
    assert_int_equal(woken, 2);
    KeSetTimer(&timer, nt_ms(1), NULL); /* nobody waits: it stays for the next, once */
    nt_delay_ms(2);
    assert_int_equal(nt_poll(&timer), STATUS_SUCCESS);
    assert_int_equal(nt_poll(&timer), STATUS_TIMEOUT);
    nt_join(threads[0]);
    nt_join(threads[1]);
}

static void reading_the_state_does_not_consume_it(void **state) /* spec: TMR-23 */
{
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    assert_false(KeReadStateTimer(&timer));
    KeSetTimer(&timer, nt_ms(1), NULL);
    nt_delay_ms(2);
    assert_true(KeReadStateTimer(&timer));
    assert_true(KeReadStateTimer(&timer));
    assert_int_equal(nt_poll(&timer), STATUS_SUCCESS);
    assert_false(KeReadStateTimer(&timer));
}

/* ---- periods ---- */

static void assert_period(ULONGLONG start, int count)
{
    assert_int_equal(seen.runs, count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(seen.at_100ns[i] - start, (3 + 5 * (ULONGLONG)i) * 10000);
    }
}

static void a_periodic_timer_comes_at_its_time_and_then_each_period(void **state) /* spec: TMR-15 */
{
    ULONGLONG start = ke_clock_now_100ns();

    KeSetTimerEx(&timer, nt_ms(3), 5, &dpc);
    nt_delay_ms(24);
    assert_period(start, 5); /* 3, 8, 13, 18, 23 ms */
    KeCancelTimer(&timer);
    nt_delay_ms(20);
    assert_int_equal(seen.runs, 5);
}

static void a_coalescable_timer_without_tolerance_is_exact(void **state) /* spec: TMR-28 */
{
    ULONGLONG start = ke_clock_now_100ns();

    assert_false(KeSetCoalescableTimer(&timer, nt_ms(3), 5, 0, &dpc));
    nt_delay_ms(14);
    assert_period(start, 3);
    assert_true(KeSetCoalescableTimer(&timer, nt_ms(3), 0, 0, &dpc)); /* one shot */
    nt_delay_ms(20);
    assert_int_equal(seen.runs, 4);
}

static void an_expiry_while_the_dpc_is_queued_adds_no_run(void **state) /* spec: TMR-16 */
{
    KIRQL old;

    KeSetTimerEx(&timer, nt_ms(1), 1, &dpc);
    old = KeRaiseIrqlToDpcLevel();
    for (int i = 0; i < 5; i++) {
        KeStallExecutionProcessor(1000);
    }
    KeCancelTimer(&timer);
    assert_int_equal(seen.runs, 0);
    KeLowerIrql(old);
    assert_int_equal(seen.runs, 1);
}

static void a_time_in_the_past_fires_at_once(void **state) /* spec: TMR-17 */
{
    LARGE_INTEGER due = {.QuadPart = 0};

    assert_false(KeSetTimer(&timer, due, &dpc));
    assert_true(KeReadStateTimer(&timer));
    assert_int_equal(seen.runs, 1);
    KeSetTimer(&timer, at_ms(-1), &dpc);
    assert_int_equal(seen.runs, 2);
    KeSetTimer(&timer, at_ms(4), &dpc); /* but not one in the future */
    assert_int_equal(seen.runs, 2);
    nt_delay_ms(5);
    assert_int_equal(seen.runs, 3);
}

/* ---- the clock is set ---- */

static void the_system_clock_moves_absolute_timers_only(void **state) /* spec: TMR-18 */
{
    KTIMER relative;

    KeInitializeTimer(&relative);
    KeSetTimer(&relative, nt_ms(10), NULL);
    KeSetTimer(&timer, at_ms(10), &dpc);
    ke_clock_shift_system_time(-5 * 10000); /* back by 5 ms: it is due 5 ms later */
    nt_delay_ms(11);
    assert_true(KeReadStateTimer(&relative));
    assert_false(KeReadStateTimer(&timer));
    nt_delay_ms(5);
    assert_true(KeReadStateTimer(&timer));
    KeSetTimer(&relative, nt_ms(10), NULL);
    KeSetTimer(&timer, at_ms(10), &dpc);
    ke_clock_shift_system_time(20 * 10000); /* on: it is due already */
    nt_settle();
    assert_true(KeReadStateTimer(&timer));
    assert_false(KeReadStateTimer(&relative));
    KeCancelTimer(&relative);
}

/* ---- the DPC ---- */

static void the_dpc_runs_on_its_target(void **state) /* spec: TMR-20 */
{
    KeSetTargetProcessorDpc(&dpc, 1);
    KeSetTimer(&timer, nt_ms(1), &dpc);
    nt_delay_ms(5);
    assert_int_equal(seen.runs, 1);
    assert_int_equal(seen.processor, 1);
    KeSetTargetProcessorDpc(&dpc, 0);
    KeSetTimer(&timer, nt_ms(1), &dpc);
    nt_delay_ms(5);
    assert_int_equal(seen.processor, 0);
}

struct block {
    KTIMER timer;
    KDPC dpc;
    BOOLEAN refused;
};
static volatile LONG freed;

static VOID free_timer(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    if (freed == 0) {
        ExFreePoolWithTag(Context, 'rmiT');
        freed = 1;
    }
}

static struct block *block_create(void)
{
    struct block *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*block), 'rmiT');

    freed = 0;
    KeInitializeTimer(&block->timer);
    KeInitializeDpc(&block->dpc, free_timer, block);
    return block;
}

static void
the_dpc_of_a_one_shot_may_free_it_that_of_a_periodic_may_not(void **state) /* spec: TMR-21 TMR-26 */
{
    struct block *block = block_create();

    KeSetTimer(&block->timer, nt_ms(1), &block->dpc);
    nt_delay_ms(2);
    assert_int_equal(freed, 1);
    block = block_create();
    KeSetTimerEx(&block->timer, nt_ms(1), 1, &block->dpc);
    wc_expect_violation("TimerInFreedMemory"); /* it is armed again already */
    nt_delay_ms(2);
    assert_int_equal(freed, 1);
    assert_true(KeCancelTimer(&block->timer));
    ExFreePoolWithTag(block, 'rmiT');
}

static void freeing_an_armed_timer_is_refused(void **state) /* spec: TMR-26 */
{
    struct block *block = block_create();

    KeSetTimer(&block->timer, nt_ms(1), NULL);
    wc_expect_violation("TimerInFreedMemory");
    ExFreePoolWithTag(block, 'rmiT');
    assert_non_null(strstr(wc_last_report(), "0xC7"));
    nt_delay_ms(2);
    assert_true(KeReadStateTimer(&block->timer)); /* it was not lost */
    ExFreePoolWithTag(block, 'rmiT');
}

static VOID set_again(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    if (++seen.runs < 3) {
        assert_false(KeSetTimer(&timer, nt_ms(1), Dpc));
    }
}

static void the_dpc_may_set_its_timer_again(void **state) /* spec: TMR-22 */
{
    KeInitializeDpc(&dpc, set_again, NULL);
    KeSetTimer(&timer, nt_ms(1), &dpc);
    nt_delay_ms(10);
    assert_int_equal(seen.runs, 3);
}

/* ---- two threads ---- */

#define SETTINGS 300

static volatile LONG arrived;
static LONG mismatches; /* by the first thread */

/* The n-th time that both are there. */
static void meet(LONG n)
{
    InterlockedIncrement(&arrived);
    nt_spin_until(&arrived, 2 * n);
}

/* They set it at the same time; then what lies in it is what one of them wrote. */
static VOID set_with_the_other(PVOID Context)
{
    KDPC *mine = Context;
    BOOLEAN absolute = mine != &dpc;
    LARGE_INTEGER due = absolute ? at_ms(3600000) : nt_ms(3600000);

    nt_on_processor(absolute);
    for (LONG i = 0; i < SETTINGS; i++) {
        meet(3 * i + 1);
        KeSetTimer(&timer, due, mine);
        meet(3 * i + 2);
        if (!absolute && timer.Header.Absolute != (timer.Dpc != mine)) {
            mismatches++;
        }
        meet(3 * i + 3);
    }
}

static void two_threads_may_set_one_timer(void **state)
{
    KDPC others;
    PKTHREAD thread;

    arrived = mismatches = 0;
    KeInitializeDpc(&others, note_run, NULL);
    thread = nt_thread(set_with_the_other, &others);
    set_with_the_other(&dpc);
    nt_join(thread);
    assert_int_equal(mismatches, 0);
    assert_true(KeCancelTimer(&timer));
}

static char order[8];

static VOID write_letter(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    order[strlen(order)] = *(const char *)Context;
}

static void equal_due_times_fire_in_the_order_of_setting(void **state) /* spec: TMR-24 */
{
    KTIMER timers[4];
    KDPC dpcs[4];
    KIRQL old = KeRaiseIrqlToDpcLevel();
    LARGE_INTEGER due = at_ms(2);

    memset(order, 0, sizeof(order));
    for (int i = 0; i < 4; i++) {
        KeInitializeTimer(&timers[i]);
        KeInitializeDpc(&dpcs[i], write_letter, &"abcd"[i]);
    }
    KeSetTimer(&timers[2], due, &dpcs[2]);
    KeSetTimer(&timers[0], due, &dpcs[0]);
    KeSetTimer(&timers[3], due, &dpcs[3]);
    KeSetTimer(&timers[1], due, &dpcs[1]);
    KeSetTimer(&timers[0], due, &dpcs[0]); /* set again: last now */
    KeLowerIrql(old);
    nt_delay_ms(5);
    assert_string_equal(order, "cdba");
}

static void one_dpc_for_a_timer_and_an_insertion_merges_them(void **state) /* spec: TMR-25 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeSetTimer(&timer, nt_us(1), &dpc);
    KeStallExecutionProcessor(10);
    assert_true(KeReadStateTimer(&timer));
    KeLowerIrql(old);
    assert_int_equal(seen.runs, 1);
    old = KeRaiseIrqlToDpcLevel();
    KeSetTimer(&timer, nt_us(1), &dpc);
    KeStallExecutionProcessor(10);
    assert_false(KeInsertQueueDpc(&dpc, NULL, NULL));
    KeLowerIrql(old);
    assert_int_equal(seen.runs, 2);
}

/* ---- misuse ---- */

static void initializing_an_armed_timer_is_refused(void **state)
{
    KeSetTimer(&timer, nt_ms(1), &dpc);
    wc_expect_violation("TimerReinitActive");
    KeInitializeTimer(&timer);
    nt_delay_ms(2);
    assert_int_equal(seen.runs, 1);
}

static void a_timer_that_was_not_initialized_is_refused(void **state)
{
    KTIMER raw;

    memset(&raw, 0, sizeof(raw));
    wc_expect_violation("TimerNotInitialized");
    assert_false(KeSetTimer(&raw, nt_ms(1), NULL));
    wc_expect_violation("TimerNotInitialized");
    assert_false(KeCancelTimer(&raw));
}

static void a_negative_period_is_refused(void **state)
{
    wc_expect_violation("BadParameter");
    assert_false(KeSetTimerEx(&timer, nt_ms(1), -1, &dpc));
    wc_expect_violation("BadParameter");
    assert_false(KeSetCoalescableTimer(&timer, nt_ms(1), 0x80000000u, 0, &dpc));
    nt_delay_ms(2);
    assert_int_equal(seen.runs, 0);
}

static void setting_above_dispatch_level_is_refused(void **state)
{
    KIRQL old;

    KeRaiseIrql(5, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_false(KeSetTimer(&timer, nt_ms(0), &dpc));
    KeLowerIrql(old);
    assert_int_equal(seen.runs, 0);
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .teardown = teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_new_timer_is_idle),
        UNIT(setting_tells_whether_it_was_queued),
        UNIT(setting_again_discards_time_and_dpc),
        UNIT(setting_clears_the_signal_at_once),
        UNIT(at_expiry_it_is_signaled_and_off_the_queue),
        UNIT(the_dpc_sees_the_timer_signaled),
        UNIT(without_dpc_only_the_signal_comes),
        UNIT(cancelling_in_time_stops_signal_and_dpc),
        UNIT(cancelling_too_late_leaves_the_queued_dpc),
        UNIT(a_periodic_timer_can_be_cancelled_between_expiries),
        UNIT(a_notification_timer_releases_all_and_stays_signaled),
        UNIT(a_synchronization_timer_releases_one),
        UNIT(reading_the_state_does_not_consume_it),
        UNIT(a_periodic_timer_comes_at_its_time_and_then_each_period),
        UNIT(a_coalescable_timer_without_tolerance_is_exact),
        UNIT(an_expiry_while_the_dpc_is_queued_adds_no_run),
        UNIT(a_time_in_the_past_fires_at_once),
        UNIT(the_system_clock_moves_absolute_timers_only),
        wc_unit_test(the_dpc_runs_on_its_target, .setup = setup, .processors = 2),
        UNIT(the_dpc_of_a_one_shot_may_free_it_that_of_a_periodic_may_not),
        UNIT(freeing_an_armed_timer_is_refused),
        UNIT(the_dpc_may_set_its_timer_again),
        wc_unit_test(two_threads_may_set_one_timer, .setup = setup, .teardown = teardown,
                     .processors = 2),
        UNIT(equal_due_times_fire_in_the_order_of_setting),
        UNIT(one_dpc_for_a_timer_and_an_insertion_merges_them),
        UNIT(initializing_an_armed_timer_is_refused),
        UNIT(a_timer_that_was_not_initialized_is_refused),
        UNIT(a_negative_period_is_refused),
        UNIT(setting_above_dispatch_level_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
