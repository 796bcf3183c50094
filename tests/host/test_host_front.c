/* test_host_front.c - a reservation that is used from its start on: all of it can be, extent by extent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host_memory.h"

#define SIZE ((size_t)9 << 20)

static void it_gets_ready_in_steps(void **state)
{
    struct host_front front = {.start = NULL};
    char *first;

    (void)state;
    assert_true(host_front_open(&front, SIZE));
    first = front.ready;
    assert_true(first > front.start && first < front.end);
    host_front_reach(&front, front.start + 1);
    assert_ptr_equal(front.ready, first); /* it was */
    host_front_reach(&front, first + 1);
    assert_true(front.ready > first);
    host_front_reach(&front, front.end);
    assert_ptr_equal(front.ready, front.end);
    for (char *at = front.start; at < front.end; at += 4096) {
        assert_int_equal(*at, 0);
        *at = 1;
    }
    host_memory_unmap(front.start, SIZE);
}

/* As when an extent took too long. */
static void with_small_pages_it_goes_on(void **state)
{
    struct host_front front = {.start = NULL};
    char *first;

    (void)state;
    assert_true(host_front_open(&front, SIZE));
    first = front.ready;
    front.small = true;
    host_front_reach(&front, first + 1);
    assert_true(front.ready > first && front.ready < front.end);
    host_front_reach(&front, front.end);
    assert_ptr_equal(front.ready, front.end);
    first[0] = 1;
    front.end[-1] = 1;
    host_memory_unmap(front.start, SIZE);
}

static void without_room_there_is_none(void **state)
{
    struct host_front front = {.start = NULL};

    (void)state;
    assert_false(host_front_open(&front, SIZE_MAX / 2));
    assert_null(front.start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gets_ready_in_steps),
        cmocka_unit_test(with_small_pages_it_goes_on),
        cmocka_unit_test(without_room_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
