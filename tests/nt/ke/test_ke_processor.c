/* test_ke_processor.c - counting processors, affinity of threads, calls on all processors. */
#include "nt/nt_thread.h"

#include <string.h>

static void the_current_number_is_below_the_count(void **state) /* spec: CPU-01 */
{
    for (ULONG i = 0; i < 4; i++) {
        nt_on_processor(i);
        assert_int_equal(KeGetCurrentProcessorNumber(), i);
        assert_true(KeGetCurrentProcessorNumber() < KeQueryActiveProcessorCount(NULL));
    }
}

static VOID keep_busy(PVOID Context)
{
    volatile LONG *end = Context;

    while (ReadAcquire(end) == 0) {
        YieldProcessor();
    }
}

/* With more threads than processors a thread may move whenever it waits, but not at DISPATCH_LEVEL. */
static void the_number_is_constant_at_dispatch_level(void **state) /* spec: CPU-02 */
{
    volatile LONG end = 0;
    PKTHREAD threads[3];
    int moves = 0;

    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(keep_busy, (PVOID)&end);
    }
    for (int i = 0; i < 100; i++) {
        ULONG before = KeGetCurrentProcessorNumber();
        ULONG number;
        KIRQL old;

        nt_delay_ms(1);
        old = KeRaiseIrqlToDpcLevel();
        number = KeGetCurrentProcessorNumber();
        moves += number != before;
        for (int step = 0; step < 50; step++) {
            YieldProcessor();
            assert_int_equal(KeGetCurrentProcessorNumber(), number);
        }
        KeLowerIrql(old);
    }
    WriteRelease(&end, 1);
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    print_message("moved %d times below DISPATCH_LEVEL\n", moves);
}

static void the_count_is_the_number_of_bits_in_the_mask(void **state) /* spec: CPU-03 */
{
    KAFFINITY mask = 0;
    ULONG count = KeQueryActiveProcessorCount(&mask);

    assert_int_equal(count, 4);
    assert_int_equal(__builtin_popcountll(mask), count);
    assert_int_equal(KeQueryActiveProcessors(), mask);
    assert_true(KeQueryMaximumProcessorCount() >= count);
}

static void an_invalid_group_has_no_processors(void **state) /* spec: CPU-04 CPU-05 */
{
    assert_int_equal(KeQueryActiveProcessorCountEx(0), 4);
    assert_int_equal(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), 4);
    assert_int_equal(KeQueryActiveProcessorCountEx(1), 0);
    assert_int_equal(KeQueryGroupAffinity(0), 0xf);
    assert_int_equal(KeQueryGroupAffinity(1), 0);
    assert_int_equal(KeQueryActiveGroupCount(), 1);
}

static void index_and_number_round_trip(void **state) /* spec: CPU-06 */
{
    PROCESSOR_NUMBER number;

    for (ULONG i = 0; i < 4; i++) {
        number = (PROCESSOR_NUMBER){.Group = 7, .Number = 77};
        assert_int_equal(KeGetProcessorNumberFromIndex(i, &number), STATUS_SUCCESS);
        assert_int_equal(KeGetProcessorIndexFromNumber(&number), i);
    }
    assert_int_equal(KeGetProcessorNumberFromIndex(4, &number), STATUS_INVALID_PARAMETER);
}

static void a_number_that_is_none_has_no_index(void **state) /* spec: CPU-07 */
{
    PROCESSOR_NUMBER last = {.Group = 0, .Number = 3};
    PROCESSOR_NUMBER behind = {.Group = 0, .Number = 4};
    PROCESSOR_NUMBER elsewhere = {.Group = 1, .Number = 0};

    assert_int_equal(KeGetProcessorIndexFromNumber(&last), 3);
    assert_int_equal(KeGetProcessorIndexFromNumber(&behind), INVALID_PROCESSOR_INDEX);
    assert_int_equal(KeGetProcessorIndexFromNumber(&elsewhere), INVALID_PROCESSOR_INDEX);
}

/* ---- affinity ---- */

static void a_thread_has_moved_when_its_affinity_was_set(void **state) /* spec: CPU-08 */
{
    KIRQL old;

    for (ULONG i = 0; i < 8; i++) {
        KeSetSystemAffinityThreadEx((KAFFINITY)1 << i % 4);
        assert_int_equal(KeGetCurrentProcessorNumber(), i % 4);
    }
    KeRaiseIrql(APC_LEVEL, &old);
    KeSetSystemAffinityThreadEx(2);
    assert_int_equal(KeGetCurrentProcessorNumber(), 1);
    KeLowerIrql(old);
}

static void at_dispatch_level_the_move_waits_for_the_level_to_fall(void **state) /* spec: CPU-09 */
{
    KIRQL old;

    nt_on_processor(0);
    old = KeRaiseIrqlToDpcLevel();
    KeSetSystemAffinityThreadEx(4);
    nt_spin(10);
    assert_int_equal(KeGetCurrentProcessorNumber(), 0);
    KeLowerIrql(old);
    assert_int_equal(KeGetCurrentProcessorNumber(), 2);
}

static void a_group_affinity_that_is_no_such_thing_changes_nothing(void **state)
{
    GROUP_AFFINITY affinity = {.Mask = 2};
    GROUP_AFFINITY before = {.Mask = 99, .Reserved = {1, 1, 1}};

    KeSetSystemGroupAffinityThread(&affinity, &before);
    assert_true(before.Mask == 0 && before.Group == 0 && before.Reserved[0] == 0);
    assert_int_equal(KeGetCurrentProcessorNumber(), 1);
    affinity = (GROUP_AFFINITY){.Mask = 1, .Group = 1};
    KeSetSystemGroupAffinityThread(&affinity, &before);
    affinity = (GROUP_AFFINITY){.Mask = 1, .Reserved = {0, 0, 1}};
    KeSetSystemGroupAffinityThread(&affinity, &before);
    assert_int_equal(before.Mask, 0);
    KeRevertToUserGroupAffinityThread(&affinity);
    assert_int_equal(KeGetCurrentProcessorNumber(), 1);
    KeRevertToUserGroupAffinityThread(&before);
    assert_int_equal(KeSetSystemAffinityThreadEx(1), 0);
}

static void
a_mask_with_a_processor_that_is_not_there_changes_nothing(void **state) /* spec: CPU-10 */
{
    nt_on_processor(1);
    assert_int_equal(KeSetSystemAffinityThreadEx(0x10), 2);
    assert_int_equal(KeSetSystemAffinityThreadEx(0x11), 2);
    assert_int_equal(KeSetSystemAffinityThreadEx(0), 2);
    assert_int_equal(wc_violations("InvalidAffinity"), 3); /* noted, and it goes on */
    assert_int_equal(KeGetCurrentProcessorNumber(), 1);
    assert_int_equal(KeSetSystemAffinityThreadEx(8), 2); /* still what it was */
    assert_int_equal(KeGetCurrentProcessorNumber(), 3);
}

static VOID set_and_revert(PVOID Context)
{
    ULONG *first = Context;

    *first = 100;
    assert_int_equal(KeSetSystemAffinityThreadEx(8), 0);
    assert_int_equal(KeGetCurrentProcessorNumber(), 3);
    assert_int_equal(KeSetSystemAffinityThreadEx(4), 8);
    KeRevertToUserAffinityThreadEx(8);
    assert_int_equal(KeGetCurrentProcessorNumber(), 3);
    KeRevertToUserAffinityThreadEx(0);
    /* None is set now: the next set says so, and another revert has nothing to undo. */
    KeRevertToUserAffinityThreadEx(2);
    assert_int_equal(KeSetSystemAffinityThreadEx(1), 0);
    *first = KeGetCurrentProcessorNumber();
}

static VOID keep_busy_on_3(PVOID Context)
{
    KIRQL old;

    nt_on_processor(3);
    old = KeRaiseIrqlToDpcLevel();
    keep_busy(Context);
    KeLowerIrql(old);
}

static void the_first_set_returns_0_and_reverting_with_0_undoes_all(void **state) /* spec: CPU-11 */
{
    volatile LONG end = 0;
    ULONG number = 0;
    PKTHREAD busy;
    KIRQL old;

    nt_join(nt_thread(set_and_revert, &number));
    assert_int_equal(number, 0);
    /* Back to all processors: with processor 3 taken this thread goes on elsewhere. */
    KeSetSystemAffinityThreadEx(8);
    busy = nt_thread(keep_busy_on_3, (PVOID)&end);
    KeRevertToUserAffinityThreadEx(0);
    nt_delay_ms(1);
    old = KeRaiseIrqlToDpcLevel(); /* with threads it goes when it needs a processor */
    assert_int_not_equal(KeGetCurrentProcessorNumber(), 3);
    KeLowerIrql(old);
    WriteRelease(&end, 1);
    nt_join(busy);
}

/* ---- all processors ---- */

static struct {
    volatile LONG arrived, runs[4], level[4], early;
    volatile LONG stopped;
} broadcast;

static ULONG_PTR broadcast_worker(ULONG_PTR Argument)
{
    ULONG number = KeGetCurrentProcessorNumber();

    InterlockedIncrement(&broadcast.runs[number]);
    broadcast.level[number] = KeGetCurrentIrql();
    InterlockedIncrement(&broadcast.arrived);
    nt_spin_until(&broadcast.arrived, 4); /* only works if all are in it at once */
    return Argument + number;
}

static VOID masked_for_a_while(PVOID Context)
{
    KIRQL old;

    nt_on_processor(3);
    KeRaiseIrql(HIGH_LEVEL, &old);
    WriteRelease(&broadcast.stopped, 1);
    nt_spin(200);
    broadcast.early =
        ReadAcquire(&broadcast.arrived); /* nobody may have started without this processor */
    KeLowerIrql(old);
}

static void a_broadcast_runs_once_on_every_processor_together(void **state) /* spec: CPU-12 */
{
    PKTHREAD thread;

    memset(&broadcast, 0, sizeof(broadcast));
    nt_on_processor(1);
    thread = nt_thread(masked_for_a_while, NULL);
    nt_spin_until(&broadcast.stopped, 1);
    assert_int_equal(KeIpiGenericCall(broadcast_worker, 70), 71);
    assert_int_equal(broadcast.early, 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(broadcast.runs[i], 1);
        assert_int_equal(broadcast.level[i], IPI_LEVEL);
    }
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    nt_join(thread);
}

static volatile LONG broadcasts;

static ULONG_PTR count_broadcast(ULONG_PTR Argument)
{
    InterlockedIncrement(&broadcasts);
    return Argument;
}

static VOID broadcast_twice(PVOID Context)
{
    nt_on_processor(2);
    KeIpiGenericCall(count_broadcast, 0);
    KeIpiGenericCall(count_broadcast, 0);
}

static void broadcasts_of_two_processors_come_one_after_the_other(void **state)
{
    PKTHREAD thread;

    broadcasts = 0;
    nt_on_processor(0);
    thread = nt_thread(broadcast_twice, NULL);
    KeIpiGenericCall(count_broadcast, 0);
    KeIpiGenericCall(count_broadcast, 0);
    nt_join(thread);
    assert_int_equal(broadcasts, 16);
}

static void a_broadcast_at_ipi_level_is_refused(void **state)
{
    KIRQL old;

    broadcasts = 0;
    KeRaiseIrql(IPI_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    KeIpiGenericCall(count_broadcast, 0);
    KeLowerIrql(old);
    assert_int_equal(broadcasts, 0);
}

#define UNIT(body) wc_unit_test(body, .processors = 4)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_current_number_is_below_the_count),
        UNIT(the_number_is_constant_at_dispatch_level),
        UNIT(the_count_is_the_number_of_bits_in_the_mask),
        UNIT(an_invalid_group_has_no_processors),
        UNIT(index_and_number_round_trip),
        UNIT(a_number_that_is_none_has_no_index),
        UNIT(a_thread_has_moved_when_its_affinity_was_set),
        UNIT(a_group_affinity_that_is_no_such_thing_changes_nothing),
        UNIT(at_dispatch_level_the_move_waits_for_the_level_to_fall),
        UNIT(a_mask_with_a_processor_that_is_not_there_changes_nothing),
        UNIT(the_first_set_returns_0_and_reverting_with_0_undoes_all),
        UNIT(a_broadcast_runs_once_on_every_processor_together),
        UNIT(broadcasts_of_two_processors_come_one_after_the_other),
        UNIT(a_broadcast_at_ipi_level_is_refused),
        wc_seed_test(broadcasts_of_two_processors_come_one_after_the_other, 50, .processors = 4),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
