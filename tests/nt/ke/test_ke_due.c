/* test_ke_due.c - the wheel of timed events: order, far times, and random work against a list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "nt/time/ke_due.h"

static int setup(void **state)
{
    (void)state;
    ke_due_reset();
    return 0;
}

static struct ke_due_entry entries[1000];

static size_t take(uint64_t now)
{
    struct ke_due_taken taken;

    return ke_due_take(now, &taken) ? (size_t)((struct ke_due_entry *)taken.link - entries)
                                    : SIZE_MAX;
}

static void due_times_come_in_order(void **state)
{
    static const uint64_t due[] = {500, 3, 1000000, 3, 64, 65, 4096, 1};
    static const size_t order[] = {7, 1, 3, 4, 5, 0, 6, 2};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        ke_due_link_arm(&entries[i].link, due[i], 0);
    }
    assert_int_equal(ke_due_count(), 8);
    for (size_t i = 0; i < 8; i++) {
        if (i == 0 || due[order[i]] != due[order[i - 1]]) {
            assert_int_equal(take(due[order[i]] - 1), SIZE_MAX); /* not before its time */
        }
        assert_int_equal(take(due[order[i]]), order[i]);
    }
    assert_int_equal(ke_due_count(), 0);
    assert_true(ke_due_next_100ns() == UINT64_MAX);
}

/* Both lie in a high level at first; the second is armed when the wheel is near. */
static void equal_times_keep_their_order_through_cascades(void **state)
{
    (void)state;
    ke_due_link_arm(&entries[0].link, 10000000, 0);
    ke_due_link_arm(&entries[9].link, 9999990, 0);
    assert_int_equal(take(9999990), 9);
    ke_due_link_arm(&entries[1].link, 10000000, 0);
    ke_due_link_arm(&entries[2].link, 10000000, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(take(10000000), i);
    }
}

static void what_is_taken_off_does_not_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        ke_due_link_arm(&entries[i].link, 100 + i / 2, 0);
    }
    ke_due_link_disarm(&entries[0].link);
    ke_due_link_disarm(&entries[4].link);
    assert_int_equal(take(200), 1);
    ke_due_link_disarm(&entries[2].link); /* already among the expired, or not */
    assert_int_equal(take(200), 3);
    assert_int_equal(take(200), SIZE_MAX);
}

static void a_time_that_never_comes_stays(void **state)
{
    (void)state;
    ke_due_link_arm(&entries[0].link, UINT64_MAX, 0);
    assert_int_equal(take(1ULL << 61), SIZE_MAX);
    assert_int_equal(ke_due_count(), 1);
    ke_due_link_disarm(&entries[0].link);
}

static void the_next_time_is_never_too_late(void **state)
{
    (void)state;
    ke_due_link_arm(&entries[0].link, 123456789, 0);
    for (uint64_t now = ke_due_next_100ns(); now < 123456789; now = ke_due_next_100ns()) {
        assert_int_equal(take(now), SIZE_MAX);
        assert_true(ke_due_next_100ns() > now); /* it makes progress */
    }
    assert_true(ke_due_next_100ns() == 123456789);
    assert_int_equal(take(123456789), 0);
}

/* ---- against a list ---- */

#define COUNT 1000

static struct {
    uint64_t due, order;
    bool armed;
} naive[COUNT];

/* Who is due first, among equals who was armed first; SIZE_MAX: none. */
static size_t naive_first(uint64_t now)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < COUNT; i++) {
        if (naive[i].armed && naive[i].due <= now &&
            (best == SIZE_MAX || naive[i].due < naive[best].due ||
             (naive[i].due == naive[best].due && naive[i].order < naive[best].order))) {
            best = i;
        }
    }
    return best;
}

static void it_does_what_a_list_would_do(void **state)
{
    struct base_random random;
    uint64_t now = 0;
    uint64_t order = 0;

    (void)state;
    base_random_init(&random, 42);
    for (size_t i = 0; i < COUNT; i++) {
        naive[i].armed = false;
    }
    for (int step = 0; step < 20000; step++) {
        size_t i = base_random_below(&random, COUNT);

        if (naive[i].armed) {
            ke_due_link_disarm(&entries[i].link);
            naive[i].armed = false;
        } else { /* near times often, so that many are equal */
            uint64_t far = 1ULL << base_random_below(&random, 30);

            naive[i].due = now + 1 + base_random_below(&random, (uint32_t)far);
            naive[i].order = order++;
            naive[i].armed = true;
            ke_due_link_arm(&entries[i].link, naive[i].due, 0);
        }
        if (step % 4 == 0) {
            size_t first;

            now += base_random_below(&random, 200);
            assert_true(ke_due_next_100ns() > now || naive_first(now) != SIZE_MAX ||
                        take(now) == SIZE_MAX);
            do {
                first = naive_first(now);
                assert_int_equal(take(now), first);
                if (first != SIZE_MAX) {
                    naive[first].armed = false;
                }
            } while (first != SIZE_MAX);
        }
    }
}

/* More than their trails have room for, and some go again. */
static void a_crowd_comes_in_order(void **state)
{
    enum { CROWD = 30000 };
    static struct ke_due_entry crowd[CROWD];
    struct base_random random;
    const struct ke_due_link *last = NULL;
    struct ke_due_taken now;
    size_t taken = 0;

    (void)state;
    base_random_init(&random, 7);
    for (size_t i = 0; i < CROWD; i++) {
        ke_due_link_arm(&crowd[i].link, 1 + base_random_below(&random, i % 2 == 0 ? 500000 : 3000),
                        0);
    }
    for (size_t i = 0; i < CROWD; i += 8) {
        assert_true(ke_due_link_disarm(&crowd[i].link));
    }
    while (ke_due_take(500000, &now)) {
        const struct ke_due_link *link = now.link;

        assert_true(last == NULL || last->due_100ns < link->due_100ns ||
                    (last->due_100ns == link->due_100ns && last < link));
        last = link;
        taken++;
    }
    assert_int_equal(taken, CROWD - CROWD / 8);
    assert_int_equal(ke_due_count(), 0);
}

#define UNIT(body) cmocka_unit_test_setup_teardown(body, setup, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(due_times_come_in_order),         UNIT(equal_times_keep_their_order_through_cascades),
        UNIT(what_is_taken_off_does_not_come), UNIT(a_time_that_never_comes_stays),
        UNIT(the_next_time_is_never_too_late), UNIT(it_does_what_a_list_would_do),
        UNIT(a_crowd_comes_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
