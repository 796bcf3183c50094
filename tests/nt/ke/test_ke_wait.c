/* test_ke_wait.c - waiting: for one object, for several, with time-outs; critical regions. */
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/time/ke_due.h"

static KEVENT events[64];

static int setup(void **state)
{
    for (int i = 0; i < 64; i++) {
        KeInitializeEvent(&events[i], SynchronizationEvent, FALSE);
    }
    return 0;
}

static void a_signaled_object_ends_the_wait_at_once_and_is_taken(void **state) /* spec: WAI-01 */
{
    ULONGLONG start = ke_clock_now_100ns();

    KeSetEvent(&events[0], 0, FALSE);
    assert_int_equal(nt_wait(&events[0], NULL), STATUS_SUCCESS);
    assert_int_equal(ke_clock_now_100ns(), start);
    assert_int_equal(KeReadStateEvent(&events[0]), 0);
}

static void looking_changes_nothing(void **state) /* spec: WAI-02 */
{
    KSEMAPHORE semaphore;

    KeInitializeSemaphore(&semaphore, 0, 5);
    assert_int_equal(nt_poll(&events[0]), STATUS_TIMEOUT);
    assert_int_equal(STATUS_TIMEOUT, 0x102);
    assert_int_equal(nt_poll(&semaphore), STATUS_TIMEOUT);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 0);
    KeSetEvent(&events[0], 0, FALSE); /* and nobody stands in a queue who would take it */
    assert_int_equal(nt_poll(&events[0]), STATUS_SUCCESS);
}

static void at_dispatch_level_one_may_look_but_not_wait(void **state) /* spec: WAI-03 */
{
    LARGE_INTEGER timeout = nt_ms(1);
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_int_equal(nt_poll(&events[0]), STATUS_TIMEOUT);
    KeSetEvent(&events[0], 0, FALSE);
    assert_int_equal(nt_poll(&events[0]), STATUS_SUCCESS);
    wc_expect_violation("WaitIrql");
    assert_int_equal(nt_wait(&events[0], &timeout), STATUS_TIMEOUT);
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x122"));
    wc_expect_violation("WaitIrql");
    nt_wait(&events[0], NULL);
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x121"));
    wc_expect_violation("WaitIrql");
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &timeout), STATUS_TIMEOUT);
    KeLowerIrql(old);
    KeRaiseIrql(5, &old);
    wc_expect_violation("WaitIrql");
    nt_poll(&events[0]); /* higher up not even that */
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x120"));
    KeLowerIrql(old);
}

static void a_time_out_elapses_and_one_in_the_past_returns_at_once(void **state) /* spec: WAI-04 */
{
    ULONGLONG start = ke_clock_now_100ns();
    LARGE_INTEGER timeout = nt_ms(7);

    assert_int_equal(nt_wait(&events[0], &timeout), STATUS_TIMEOUT);
    assert_int_equal(ke_clock_now_100ns() - start, 70000);
    KeQuerySystemTime(&timeout);
    start = ke_clock_now_100ns();
    timeout.QuadPart -= 10;
    assert_int_equal(nt_wait(&events[0], &timeout), STATUS_TIMEOUT);
    assert_int_equal(ke_clock_now_100ns(), start);
    timeout.QuadPart += 10 + 30000; /* absolute, in the future */
    assert_int_equal(nt_wait(&events[0], &timeout), STATUS_TIMEOUT);
    assert_in_range(ke_clock_now_100ns() - start, 29990, 30000);
}

static ULONGLONG ended_at[2];

static VOID wait_10_ms(PVOID absolute)
{
    LARGE_INTEGER timeout = nt_ms(10);

    if (absolute != NULL) {
        KeQuerySystemTime(&timeout);
        timeout.QuadPart += 10 * 10000;
    }
    assert_int_equal(nt_wait(&events[0], &timeout), STATUS_TIMEOUT);
    ended_at[absolute != NULL] = ke_clock_now_100ns() / 10000;
}

static void an_absolute_time_out_follows_the_system_clock(void **state) /* spec: WAI-04 */
{
    ULONGLONG start = ke_clock_now_100ns() / 10000;
    PKTHREAD relative = nt_thread(wait_10_ms, NULL);
    PKTHREAD absolute = nt_thread(wait_10_ms, &events[0]);

    nt_delay_ms(1);
    ke_clock_shift_system_time(-5 * 10000); /* back: it comes 5 ms later */
    nt_join(relative);
    nt_join(absolute);
    assert_int_equal(ended_at[0] - start, 10);
    assert_int_equal(ended_at[1] - start, 15);
}

/* ---- several objects ---- */

static VOID set_after_1_ms(PVOID Context)
{
    nt_delay_ms(1);
    KeSetEvent(Context, 0, FALSE);
}

static NTSTATUS wait_for(ULONG count, WAIT_TYPE type, LARGE_INTEGER *timeout, PKWAIT_BLOCK blocks)
{
    PVOID objects[65];

    for (ULONG i = 0; i < count; i++) {
        objects[i] = &events[i % 64];
    }
    return KeWaitForMultipleObjects(count, objects, type, Executive, KernelMode, FALSE, timeout,
                                    blocks);
}

static void a_wait_for_any_tells_which(void **state) /* spec: WAI-05 */
{
    PKTHREAD thread;

    KeSetEvent(&events[2], 0, FALSE);
    KeSetEvent(&events[1], 0, FALSE);
    assert_int_equal(wait_for(3, WaitAny, NULL, NULL), STATUS_WAIT_0 + 1); /* the lowest */
    assert_int_equal(KeReadStateEvent(&events[1]), 0);
    assert_int_equal(KeReadStateEvent(&events[2]), 1); /* and that one alone */
    assert_int_equal(wait_for(3, WaitAny, NULL, NULL), STATUS_WAIT_2);
    thread = nt_thread(set_after_1_ms, &events[2]);
    assert_int_equal(wait_for(3, WaitAny, NULL, NULL), STATUS_WAIT_2);
    assert_int_equal(KeReadStateEvent(&events[2]), 0);
    nt_join(thread);
}

static volatile LONG woken;

static VOID wait_for_all(PVOID Context)
{
    *(NTSTATUS *)Context = wait_for(2, WaitAll, NULL, NULL);
    woken = 1;
}

static void a_wait_for_all_takes_all_or_none(void **state) /* spec: WAI-06 */
{
    NTSTATUS status = STATUS_PENDING;
    PKTHREAD thread;

    woken = 0;
    thread = nt_thread(wait_for_all, &status);
    nt_delay_ms(1);
    KeSetEvent(&events[0], 0, FALSE);
    nt_delay_ms(1);
    assert_int_equal(woken, 0);
    assert_int_equal(KeReadStateEvent(&events[0]), 1); /* not consumed */
    assert_int_equal(nt_poll(&events[0]), STATUS_SUCCESS);
    KeSetEvent(&events[1], 0, FALSE); /* now only the other one */
    nt_delay_ms(1);
    assert_int_equal(woken, 0);
    KeSetEvent(&events[0], 0, FALSE);
    nt_join(thread);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&events[0]) + KeReadStateEvent(&events[1]), 0);
}

static void too_many_objects_are_refused(void **state) /* spec: WAI-07 */
{
    static KWAIT_BLOCK blocks[65];
    LARGE_INTEGER zero = {.QuadPart = 0};

    wc_expect_violation("MaximumWaitObjectsExceeded");
    assert_false(NT_SUCCESS(wait_for(4, WaitAny, &zero, NULL)));
    assert_non_null(strstr(wc_last_report(), "0xC"));
    wc_expect_violation("MaximumWaitObjectsExceeded");
    assert_false(NT_SUCCESS(wait_for(65, WaitAny, &zero, blocks)));
    wc_expect_violation("BadParameter");
    assert_false(NT_SUCCESS(wait_for(0, WaitAny, &zero, NULL)));
}

static void three_objects_and_64_with_blocks_are_allowed(void **state) /* spec: WAI-08 */
{
    static KWAIT_BLOCK blocks[64];
    LARGE_INTEGER timeout = nt_ms(1);
    PKTHREAD thread;

    assert_int_equal(wait_for(3, WaitAny, &timeout, NULL), STATUS_TIMEOUT);
    assert_int_equal(wait_for(64, WaitAny, &timeout, blocks), STATUS_TIMEOUT);
    thread = nt_thread(set_after_1_ms, &events[63]);
    assert_int_equal(wait_for(64, WaitAny, NULL, blocks), STATUS_WAIT_63);
    nt_join(thread);
    for (int i = 0; i < 64; i++) {
        KeSetEvent(&events[i], 0, FALSE);
    }
    assert_int_equal(wait_for(64, WaitAll, &timeout, blocks), STATUS_SUCCESS);
}

static void a_delay_never_ends_early(void **state) /* spec: WAI-10 */
{
    for (LONGLONG us = 1; us < 20000; us = us * 3 + 1) {
        ULONGLONG start = KeQueryInterruptTime();
        LARGE_INTEGER interval = nt_us(us);

        assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
        assert_true(KeQueryInterruptTime() - start >= (ULONGLONG)us * 10);
    }
}

static void all_results_of_a_wait_are_successes(void **state) /* spec: WAI-11 */
{
    assert_int_equal(STATUS_ALERTED, 0x101);
    assert_int_equal(STATUS_USER_APC, 0xC0);
    assert_int_equal(STATUS_ABANDONED, 0x80);
    assert_true(NT_SUCCESS(STATUS_TIMEOUT));
    assert_true(NT_SUCCESS(STATUS_ALERTED));
    assert_true(NT_SUCCESS(STATUS_USER_APC));
    assert_true(NT_SUCCESS(STATUS_ABANDONED));
    assert_true(NT_SUCCESS(nt_poll(&events[0])));
}

static void a_thread_is_waited_for_until_it_ends(void **state)
{
    PKTHREAD thread = nt_thread(set_after_1_ms, &events[0]);

    assert_int_equal(nt_poll(thread), STATUS_TIMEOUT);
    nt_wait(thread, NULL);
    assert_int_equal(nt_poll(thread), STATUS_SUCCESS);
    nt_join(thread);
}

/* ---- regions ---- */

static void regions_nest(void **state) /* spec: REG-01 */
{
    KIRQL old;

    KeEnterCriticalRegion();
    KeEnterCriticalRegion();
    assert_true(KeAreApcsDisabled());
    assert_false(KeAreAllApcsDisabled());
    KeLeaveCriticalRegion();
    assert_true(KeAreApcsDisabled());
    KeEnterGuardedRegion();
    KeEnterGuardedRegion();
    assert_true(KeAreAllApcsDisabled());
    KeLeaveGuardedRegion();
    assert_true(KeAreAllApcsDisabled());
    KeLeaveGuardedRegion();
    assert_false(KeAreAllApcsDisabled());
    assert_true(KeAreApcsDisabled());
    KeLeaveCriticalRegion();
    assert_false(KeAreApcsDisabled());
    KeRaiseIrql(APC_LEVEL, &old);
    assert_true(KeAreAllApcsDisabled());
    KeLowerIrql(old);
}

static void leaving_what_was_not_entered_is_reported(void **state) /* spec: REG-02 */
{
    wc_expect_violation("CriticalRegion");
    KeLeaveCriticalRegion();
    assert_non_null(strstr(wc_last_report(), "0xC4 (0x3e"));
    assert_false(KeAreApcsDisabled());
    wc_expect_violation("GuardedRegion");
    KeLeaveGuardedRegion();
    assert_false(KeAreAllApcsDisabled());
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_signaled_object_ends_the_wait_at_once_and_is_taken),
        UNIT(looking_changes_nothing),
        UNIT(at_dispatch_level_one_may_look_but_not_wait),
        UNIT(a_time_out_elapses_and_one_in_the_past_returns_at_once),
        UNIT(an_absolute_time_out_follows_the_system_clock),
        UNIT(a_wait_for_any_tells_which),
        UNIT(a_wait_for_all_takes_all_or_none),
        UNIT(too_many_objects_are_refused),
        UNIT(three_objects_and_64_with_blocks_are_allowed),
        UNIT(a_delay_never_ends_early),
        UNIT(all_results_of_a_wait_are_successes),
        UNIT(a_thread_is_waited_for_until_it_ends),
        UNIT(regions_nest),
        UNIT(leaving_what_was_not_entered_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
