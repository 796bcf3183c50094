/* test_ke_clock.c - time as drivers see it, and the clocks of the processors. */
#include "nt/nt_thread.h"

#include "nt/time/ke_due.h"

#define EPOCH_1970 116444736000000000LL

static void system_time_counts_from_1601(void **state) /* spec: TIM-01 */
{
    TIME_FIELDS fields = {.Year = 1970, .Month = 1, .Day = 1};
    LARGE_INTEGER time;
    LARGE_INTEGER back;
    ULONG seconds = 0;

    assert_true(RtlTimeFieldsToTime(&fields, &time));
    assert_true(time.QuadPart == EPOCH_1970);
    KeQuerySystemTime(&time);
    assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_in_range((time.QuadPart - EPOCH_1970) / 10000000 - seconds, 0, 1);
    RtlSecondsSince1970ToTime(seconds, &back);
    assert_true(back.QuadPart <= time.QuadPart && time.QuadPart - back.QuadPart < 10000000);
    assert_true(time.QuadPart > EPOCH_1970 + 365LL * 50 * 86400 * 10000000); /* after 2019 */
}

static volatile LONG64 last_count;
static volatile LONG decreases, readings;

static VOID read_counter(PVOID Context)
{
    nt_on_processor((ULONG)(ULONG_PTR)Context);
    for (int i = 0; i < 100; i++) {
        LARGE_INTEGER frequency;
        LONG64 last = ReadAcquire64(&last_count); /* told before this reading begins */
        LONG64 count = KeQueryPerformanceCounter(&frequency).QuadPart;

        if (count < last) {
            InterlockedIncrement(&decreases);
        }
        WriteRelease64(&last_count, count);
        InterlockedIncrement(&readings);
        assert_int_equal(frequency.QuadPart, 10000000);
        if (i % (3 + (ULONG)(ULONG_PTR)Context) == 0) {
            KeStallExecutionProcessor(7); /* the clocks go apart */
        }
    }
}

static void the_performance_counter_never_decreases(void **state) /* spec: TIM-02 */
{
    PKTHREAD threads[2];

    last_count = decreases = readings = 0;
    for (ULONG_PTR i = 0; i < 2; i++) {
        threads[i] = nt_thread(read_counter, (PVOID)i);
    }
    nt_join(threads[0]);
    nt_join(threads[1]);
    assert_int_equal(readings, 200);
    assert_int_equal(decreases, 0);
}

static void it_does_not_decrease_where_clocks_go_apart_either(void **state) /* spec: TIM-02 */
{
    the_performance_counter_never_decreases(state);
}

static void interrupt_time_ignores_the_system_clock(void **state) /* spec: TIM-03 */
{
    ULONGLONG before = KeQueryInterruptTime();
    LARGE_INTEGER system_before;
    LARGE_INTEGER system_after;

    KeQuerySystemTime(&system_before);
    ke_clock_shift_system_time(-3600LL * 10000000);
    KeQuerySystemTime(&system_after);
    assert_true(system_after.QuadPart < system_before.QuadPart - 3599LL * 10000000);
    for (int i = 0; i < 100; i++) {
        ULONGLONG now = KeQueryInterruptTime();

        assert_true(now >= before && now - before < 10000);
        before = now;
    }
    assert_true(KeQueryUnbiasedInterruptTime() >= before);
}

static void ticks_times_increment_is_interrupt_time(void **state) /* spec: TIM-04 */
{
    for (int i = 0; i < 5; i++) {
        LARGE_INTEGER ticks;
        ULONGLONG now = KeQueryInterruptTime();

        KeQueryTickCount(&ticks);
        assert_in_range(now - (ULONGLONG)ticks.QuadPart * KeQueryTimeIncrement() +
                            KeQueryTimeIncrement(),
                        0, 2 * KeQueryTimeIncrement());
        nt_delay_ms(7);
    }
    assert_true(KeQueryInterruptTime() >= 5 * 70000);
}

/* ---- a clock for each processor ---- */

static VOID work_1_ms(PVOID Context)
{
    nt_on_processor((ULONG)(ULONG_PTR)Context);
    for (int i = 0; i < 10; i++) {
        KeStallExecutionProcessor(100);
    }
}

static ULONGLONG time_of_work(ULONG_PTR second)
{
    ULONGLONG start = ke_clock_now_100ns();
    PKTHREAD threads[2];

    threads[0] = nt_thread(work_1_ms, (PVOID)0);
    threads[1] = nt_thread(work_1_ms, (PVOID)second);
    nt_join(threads[0]);
    nt_join(threads[1]);
    return ke_clock_now_100ns() - start;
}

static void work_on_two_processors_overlaps_in_time(void **state)
{
    assert_in_range(time_of_work(0), 20000, 21000);
    assert_in_range(time_of_work(1), 10000, 11000);
}

static void stalling_moves_the_clock_by_so_much(void **state)
{
    ULONGLONG start = ke_clock_now_100ns();

    KeStallExecutionProcessor(123);
    assert_int_equal(ke_clock_now_100ns() - start, 1230);
}

static VOID nothing(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
}

static void a_dpc_costs_what_was_said(void **state)
{
    ULONGLONG start = ke_clock_now_100ns();
    KDPC dpc;

    KeInitializeDpc(&dpc, nothing, NULL);
    for (int i = 0; i < 10; i++) {
        KeInsertQueueDpc(&dpc, NULL, NULL);
    }
    assert_int_equal(ke_clock_now_100ns() - start, 10 * 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(system_time_counts_from_1601),
        wc_unit_test(the_performance_counter_never_decreases, .processors = 2,
                     .context_switch_ns = 100),
        wc_unit_test(interrupt_time_ignores_the_system_clock),
        wc_unit_test(ticks_times_increment_is_interrupt_time),
        /* With threads two passive tasks of one home run side by side: their time is not added up. */
        wc_unit_test(work_on_two_processors_overlaps_in_time, .processors = 2, .fibers_only = true),
        wc_unit_test(work_on_two_processors_overlaps_in_time, .processors = 2,
                     .context_switch_ns = 100, .fibers_only = true),
        wc_unit_test(stalling_moves_the_clock_by_so_much),
        wc_unit_test(a_dpc_costs_what_was_said, .dpc_entry_ns = 5000),
        wc_seed_test(the_performance_counter_never_decreases, 20, .processors = 2,
                     .context_switch_ns = 100),
        wc_unit_test(it_does_not_decrease_where_clocks_go_apart_either, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
