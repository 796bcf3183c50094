/* test_rtl_bitmap.c - bitmaps against the plainest way to do the same. */
#include "nt/nt_inside.h"

#define BITS 200

static ULONG words[BITS / 32 + 1];
static RTL_BITMAP map;

static int start(void **state)
{
    memset(words, 0, sizeof(words));
    map = (RTL_BITMAP){.SizeOfBitMap = BITS, .Buffer = words};
    return nt_inside_start(state);
}

static void set_and_clear_touch_the_named_bits_only(void **state)
{
    if (nt_ran_inside(set_and_clear_touch_the_named_bits_only, state)) {
        return;
    }
    RtlSetBits(&map, 30, 70);
    for (ULONG bit = 0; bit < BITS; bit++) {
        assert_int_equal(RtlTestBit(&map, bit), bit >= 30 && bit < 100);
    }
    RtlClearBits(&map, 31, 34);
    RtlClearBit(&map, 99);
    RtlSetBit(&map, 0);
    assert_int_equal(RtlNumberOfSetBits(&map), 70 - 34 - 1 + 1);
    assert_int_equal(RtlNumberOfClearBits(&map), BITS - 36);
    assert_true(RtlAreBitsSet(&map, 65, 34));
    assert_false(RtlAreBitsSet(&map, 64, 34));
    assert_true(RtlAreBitsClear(&map, 99, BITS - 99));
    assert_false(RtlAreBitsClear(&map, 99, BITS - 98));
    assert_false(RtlAreBitsClear(&map, 1, 0));
}

/* The first run from the hint on, then from the beginning, bit by bit. */
static ULONG plain_find(ULONG count, ULONG hint)
{
    for (ULONG pass = 0; pass < 2; pass++) {
        for (ULONG bit = pass == 0 ? hint : 0; bit + count <= BITS; bit++) {
            ULONG run = 0;

            while (run < count && !RtlTestBit(&map, bit + run)) {
                run++;
            }
            if (run == count) {
                return bit;
            }
        }
    }
    return 0xFFFFFFFF;
}

static void a_clear_run_is_found_from_the_hint_on(void **state)
{
    ULONG seed = 12345;

    if (nt_ran_inside(a_clear_run_is_found_from_the_hint_on, state)) {
        return;
    }
    for (int round = 0; round < 200; round++) {
        ULONG count = 1 + RtlRandomEx(&seed) % 20;
        ULONG hint = RtlRandomEx(&seed) % BITS;

        RtlClearAllBits(&map);
        for (int i = 0; i < 30; i++) {
            RtlSetBit(&map, RtlRandomEx(&seed) % BITS);
        }
        assert_int_equal(RtlFindClearBits(&map, count, hint), plain_find(count, hint));
    }
}

static void find_and_set_takes_the_bits(void **state)
{
    if (nt_ran_inside(find_and_set_takes_the_bits, state)) {
        return;
    }
    assert_int_equal(RtlFindClearBitsAndSet(&map, BITS, 0), 0);
    assert_int_equal(RtlFindClearBitsAndSet(&map, 1, 0), 0xFFFFFFFF);
    RtlClearBits(&map, 150, 3);
    assert_int_equal(RtlFindClearBitsAndSet(&map, 4, 0), 0xFFFFFFFF);
    assert_int_equal(RtlFindClearBitsAndSet(&map, 3, 160), 150);
    assert_int_equal(RtlNumberOfSetBits(&map), BITS);
    assert_int_equal(RtlFindSetBitsAndClear(&map, 10, 50), 50);
    assert_int_equal(RtlNumberOfSetBits(&map), BITS - 10);
}

static void runs_are_listed_longest_first_on_demand(void **state)
{
    RTL_BITMAP_RUN runs[2];
    ULONG index;

    if (nt_ran_inside(runs_are_listed_longest_first_on_demand, state)) {
        return;
    }
    RtlSetAllBits(&map);
    RtlClearBits(&map, 10, 2);
    RtlClearBits(&map, 50, 9);
    RtlClearBits(&map, 100, 5);
    assert_int_equal(RtlFindLongestRunClear(&map, &index), 9);
    assert_int_equal(index, 50);
    assert_int_equal(RtlFindNextForwardRunClear(&map, 60, &index), 5);
    assert_int_equal(index, 100);
    assert_int_equal(RtlFindLastBackwardRunClear(&map, 49, &index), 2);
    assert_int_equal(index, 10);
    assert_int_equal(RtlFindClearRuns(&map, runs, 2, TRUE), 2);
    assert_int_equal(runs[0].StartingIndex, 50);
    assert_int_equal(runs[1].StartingIndex, 100);
    assert_int_equal(RtlFindClearRuns(&map, runs, 2, FALSE), 2);
    assert_int_equal(runs[0].StartingIndex, 10);
    assert_int_equal(runs[1].NumberOfBits, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(set_and_clear_touch_the_named_bits_only, start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(a_clear_run_is_found_from_the_hint_on, start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(find_and_set_takes_the_bits, start, nt_inside_stop),
        cmocka_unit_test_setup_teardown(runs_are_listed_longest_first_on_demand, start,
                                        nt_inside_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
