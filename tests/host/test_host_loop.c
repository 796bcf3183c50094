/* test_host_loop.c - the waits of the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/host.h"
#include "host/host_loop.h"

static int open_loop(void **state)
{
    (void)state;
    assert_true(host_loop_open(0));
    return 0;
}

static int close_loop(void **state)
{
    (void)state;
    host_loop_close();
    return 0;
}

/* As when the host has run something else since the time was computed: it is over before uv_run looks. */
static void a_wait_whose_time_is_over_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        host_loop_wait(0);
    }
    host_loop_wait(1);
}

static void a_wait_for_ever_ends_with_a_wake(void **state)
{
    (void)state;
    host_loop_wake();
    host_loop_wait(HOST_NEVER);
    host_loop_wait(1); /* and what was waited for earlier does not matter */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wait_whose_time_is_over_ends, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(a_wait_for_ever_ends_with_a_wake, open_loop, close_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
