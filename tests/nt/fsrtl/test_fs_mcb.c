/* test_fs_mcb.c - map control blocks of all three kinds. */
#include "nt/nt_inside.h"

#include <ntifs.h>

static void run_is(PLARGE_MCB mcb, ULONG index, LONGLONG vbn, LONGLONG lbn, LONGLONG count)
{
    LONGLONG is_vbn = 77, is_lbn = 77, is_count = 77;

    assert_true(FsRtlGetNextLargeMcbEntry(mcb, index, &is_vbn, &is_lbn, &is_count));
    assert_int_equal(is_vbn, vbn);
    assert_int_equal(is_lbn, lbn);
    assert_int_equal(is_count, count);
}

static void runs_join_and_leave_holes(void **state)
{
    LARGE_MCB mcb;
    LONGLONG vbn, lbn, count, start, all;
    ULONG index = 99;

    if (nt_ran_inside(runs_join_and_leave_holes, state)) {
        return;
    }
    FsRtlInitializeLargeMcb(&mcb, PagedPool);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 0);
    assert_false(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn));
    assert_false(FsRtlGetNextLargeMcbEntry(&mcb, 0, &vbn, &lbn, &count));
    assert_false(FsRtlLookupLargeMcbEntry(&mcb, 0, &lbn, NULL, NULL, NULL, NULL));
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 10, 1000, 5)); /* a hole, then the run */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 2);
    run_is(&mcb, 0, 0, -1, 10);
    run_is(&mcb, 1, 10, 1000, 5);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 15, 1005, 5)); /* continues it */
    run_is(&mcb, 1, 10, 1000, 10);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 20, 2000, 5)); /* in the file only */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 12, 1002, 3)); /* as it is */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    assert_false(FsRtlAddLargeMcbEntry(&mcb, 12, 3000, 3)); /* elsewhere */
    assert_false(FsRtlAddLargeMcbEntry(&mcb, 24, 2005, 2));
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 6, 996, 6)); /* half of the hole, and into the run */
    run_is(&mcb, 0, 0, -1, 6);
    run_is(&mcb, 1, 6, 996, 14);
    assert_true(FsRtlLookupLargeMcbEntry(&mcb, 8, &lbn, &count, &start, &all, &index));
    assert_int_equal(lbn, 998);
    assert_int_equal(count, 12);
    assert_int_equal(start, 996);
    assert_int_equal(all, 14);
    assert_int_equal(index, 1);
    assert_true(FsRtlLookupLargeMcbEntry(&mcb, 2, &lbn, &count, &start, &all, NULL));
    assert_int_equal(lbn, -1);
    assert_int_equal(count, 4);
    assert_int_equal(start, -1);
    assert_int_equal(all, 6);
    assert_true(FsRtlLookupLargeMcbEntry(&mcb, 24, NULL, NULL, NULL, NULL, NULL));
    assert_false(FsRtlLookupLargeMcbEntry(&mcb, 25, &lbn, NULL, NULL, NULL, NULL));
    assert_true(FsRtlLookupLastLargeMcbEntryAndIndex(&mcb, &vbn, &lbn, &index));
    assert_int_equal(vbn, 24);
    assert_int_equal(lbn, 2004);
    assert_int_equal(index, 2);
    assert_false(FsRtlGetNextLargeMcbEntry(&mcb, 3, &vbn, &lbn, &count));
    FsRtlUninitializeLargeMcb(&mcb);
    assert_null(mcb.GuardedMutex);
}

static void removing_leaves_holes_and_cuts_the_end(void **state)
{
    LARGE_MCB mcb;
    LONGLONG vbn, lbn;

    if (nt_ran_inside(removing_leaves_holes_and_cuts_the_end, state)) {
        return;
    }
    FsRtlInitializeLargeMcb(&mcb, NonPagedPool);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 0, 100, 30));
    FsRtlRemoveLargeMcbEntry(&mcb, 10, 5);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    run_is(&mcb, 0, 0, 100, 10);
    run_is(&mcb, 1, 10, -1, 5);
    run_is(&mcb, 2, 15, 115, 15);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 10, 110, 5)); /* mended: one again */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 1);
    FsRtlRemoveLargeMcbEntry(&mcb, 10, 5);
    FsRtlRemoveLargeMcbEntry(&mcb, 13, 100); /* the last run goes, and the hole before it */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 1);
    FsRtlRemoveLargeMcbEntry(&mcb, 10, 100);
    FsRtlRemoveLargeMcbEntry(&mcb, 3, 0);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 1);
    FsRtlTruncateLargeMcb(&mcb, 4);
    assert_true(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn));
    assert_int_equal(vbn, 3);
    assert_int_equal(lbn, 103);
    FsRtlTruncateLargeMcb(&mcb, 4);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 1);
    FsRtlTruncateLargeMcb(&mcb, 0);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 0);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 0, 100, 1));
    FsRtlResetLargeMcb(&mcb, FALSE);
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 0);
    FsRtlUninitializeLargeMcb(&mcb);
}

static void a_split_moves_what_is_behind_it(void **state)
{
    LARGE_MCB mcb;

    if (nt_ran_inside(a_split_moves_what_is_behind_it, state)) {
        return;
    }
    FsRtlInitializeLargeMcb(&mcb, PagedPool);
    assert_true(FsRtlAddLargeMcbEntry(&mcb, 0, 100, 20));
    assert_true(FsRtlSplitLargeMcb(&mcb, 5, 10));
    run_is(&mcb, 0, 0, 100, 5);
    run_is(&mcb, 1, 5, -1, 10);
    run_is(&mcb, 2, 15, 105, 15);
    assert_true(FsRtlSplitLargeMcb(&mcb, 7, 10)); /* the hole grows */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    run_is(&mcb, 1, 5, -1, 20);
    assert_true(FsRtlSplitLargeMcb(&mcb, 25, 5)); /* so does it at its end */
    run_is(&mcb, 1, 5, -1, 25);
    run_is(&mcb, 2, 30, 105, 15);
    assert_true(FsRtlSplitLargeMcb(&mcb, 45, 5)); /* nothing is behind */
    assert_int_equal(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    FsRtlUninitializeLargeMcb(&mcb);
}

/* Against an array, one number a block: the same after every step. */
static void random_changes_agree_with_an_array(void **state)
{
    enum { BLOCKS = 200 };
    LONGLONG expected[BLOCKS];
    ULONG seed = 7;
    BASE_MCB mcb;

    if (nt_ran_inside(random_changes_agree_with_an_array, state)) {
        return;
    }
    FsRtlInitializeBaseMcb(&mcb, PagedPool);
    for (ULONG i = 0; i < BLOCKS; i++) {
        expected[i] = -1;
    }
    for (ULONG step = 0; step < 2000; step++) {
        LONGLONG vbn = RtlRandomEx(&seed) % BLOCKS;
        LONGLONG count = 1 + RtlRandomEx(&seed) % (ULONG)min(BLOCKS - vbn, 12);
        LONGLONG lbn = 1000 * (1 + RtlRandomEx(&seed) % 2) + vbn;
        BOOLEAN fits = TRUE;
        LONGLONG last = BLOCKS;

        if (RtlRandomEx(&seed) % 3 == 0) {
            assert_true(FsRtlRemoveBaseMcbEntry(&mcb, vbn, count));
            lbn = -1;
        } else {
            for (LONGLONG i = 0; i < count; i++) {
                fits = fits && (expected[vbn + i] == -1 || expected[vbn + i] == lbn + i);
            }
            assert_int_equal(FsRtlAddBaseMcbEntry(&mcb, vbn, lbn, count), fits);
        }
        for (LONGLONG i = 0; fits && i < count; i++) {
            expected[vbn + i] = lbn != -1 ? lbn + i : -1;
        }
        while (last > 0 && expected[last - 1] == -1) {
            last--;
        }
        for (LONGLONG i = 0; i < BLOCKS; i++) {
            assert_int_equal(FsRtlLookupBaseMcbEntry(&mcb, i, &lbn, NULL, NULL, NULL, NULL),
                             i < last);
            assert_true(i >= last || lbn == expected[i]);
        }
        for (ULONG i = 1; i < mcb.PairCount; i++) { /* no two runs that could be one */
            LONGLONG before[3], here[3];

            FsRtlGetNextBaseMcbEntry(&mcb, i - 1, &before[0], &before[1], &before[2]);
            FsRtlGetNextBaseMcbEntry(&mcb, i, &here[0], &here[1], &here[2]);
            assert_int_equal(before[0] + before[2], here[0]);
            assert_true(before[1] == -1 ? here[1] != -1 : here[1] != before[1] + before[2]);
        }
    }
    FsRtlUninitializeBaseMcb(&mcb);
}

static void numbers_of_32_bits_map_too(void **state)
{
    MCB mcb;
    VBN vbn;
    LBN lbn;
    ULONG count, index;

    if (nt_ran_inside(numbers_of_32_bits_map_too, state)) {
        return;
    }
    FsRtlInitializeMcb(&mcb, PagedPool);
    assert_true(FsRtlAddMcbEntry(&mcb, 2, 50, 3));
    assert_int_equal(FsRtlNumberOfRunsInMcb(&mcb), 2);
    assert_true(FsRtlLookupMcbEntry(&mcb, 0, &lbn, &count, &index));
    assert_int_equal(lbn, (LBN)-1);
    assert_int_equal(count, 2);
    assert_true(FsRtlLookupMcbEntry(&mcb, 3, &lbn, NULL, NULL));
    assert_int_equal(lbn, 51);
    assert_true(FsRtlGetNextMcbEntry(&mcb, 1, &vbn, &lbn, &count));
    assert_int_equal(vbn, 2);
    assert_int_equal(count, 3);
    assert_true(FsRtlLookupLastMcbEntry(&mcb, &vbn, &lbn));
    assert_int_equal(vbn, 4);
    FsRtlRemoveMcbEntry(&mcb, 3, 1);
    assert_int_equal(FsRtlNumberOfRunsInMcb(&mcb), 4);
    FsRtlTruncateMcb(&mcb, 3);
    assert_true(FsRtlLookupLastMcbEntry(&mcb, &vbn, &lbn));
    assert_int_equal(vbn, 2);
    FsRtlUninitializeMcb(&mcb);
}

static void the_plain_kind_says_what_it_refuses(void **state)
{
    BASE_MCB mcb;

    if (nt_ran_inside(the_plain_kind_says_what_it_refuses, state)) {
        return;
    }
    assert_true(FsRtlInitializeBaseMcbEx(&mcb, PagedPool, 0));
    assert_int_equal(FsRtlAddBaseMcbEntryEx(&mcb, 0, 9, 3), STATUS_SUCCESS);
    assert_int_equal(FsRtlAddBaseMcbEntryEx(&mcb, 2, 9, 3), STATUS_UNSUCCESSFUL);
    assert_int_equal(FsRtlAddBaseMcbEntryEx(&mcb, 5, 9, 0), STATUS_UNSUCCESSFUL);
    assert_int_equal(FsRtlAddBaseMcbEntryEx(&mcb, MAXLONGLONG, 9, 1), STATUS_UNSUCCESSFUL);
    assert_false(FsRtlSplitBaseMcb(&mcb, 0, 0));
    assert_int_equal(FsRtlNumberOfRunsInBaseMcb(&mcb), 1);
    FsRtlUninitializeBaseMcb(&mcb);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nt_inside_start, nt_inside_stop)
    const struct CMUnitTest tests[] = {
        TEST(runs_join_and_leave_holes),       TEST(removing_leaves_holes_and_cuts_the_end),
        TEST(a_split_moves_what_is_behind_it), TEST(random_changes_agree_with_an_array),
        TEST(numbers_of_32_bits_map_too),      TEST(the_plain_kind_says_what_it_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
