/* test_host_attach.c - a machine on the program's own loop: it works while the program runs uv_run. */
#include "host/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

static struct {
    uv_loop_t loop;
    uv_timer_t timer;
    uint64_t due;
    struct host_task *sleeper;
    unsigned woken;
    unsigned ticks; /* of the program's own timer */
} test;

static void up_dispatch(uint32_t processor)
{
    struct host_task *task = test.sleeper;

    (void)processor;
    if (task != NULL) {
        test.sleeper = NULL;
        host_task_wake(task);
    }
}

static void up_current(uint32_t processor, struct host_task *task)
{
    (void)processor;
    (void)task;
}

static uint64_t up_next_due(void)
{
    return test.due;
}

static void up_due(void)
{
    test.due = HOST_NEVER;
    host_processor_kick(0);
}

static void up_attention(uint32_t processor)
{
    (void)processor;
}

static bool up_stuck(void)
{
    return false;
}

static const void *up_pulse(void)
{
    return "";
}

static uint64_t up_heartbeat(const void *pulse)
{
    static uint64_t beats;

    return ++beats;
}

static int start(void **state)
{
    struct host_config config = {
        .processors = 1,
        .clock = HOST_CLOCK_REAL,
        .upcalls = {.dispatch = up_dispatch,
                    .current = up_current,
                    .next_due = up_next_due,
                    .due = up_due,
                    .attention = up_attention,
                    .stuck = up_stuck,
                    .pulse = up_pulse,
                    .heartbeat = up_heartbeat},
    };

    (void)state;
    memset(&test, 0, sizeof(test));
    test.due = HOST_NEVER;
    assert_int_equal(uv_loop_init(&test.loop), 0);
    return host_start(&config);
}

static int stop(void **state)
{
    (void)state;
    host_stop();
    return uv_loop_close(&test.loop);
}

static void sleep_twice(void *argument)
{
    (void)argument;
    for (int i = 0; i < 2; i++) {
        test.due = host_clock_read(0) + 2000000;
        test.sleeper = host_task_current();
        host_task_block();
        test.woken++;
    }
    host_task_exit();
}

static void work_and_what_is_due_keep_the_programs_loop_alive(void **state)
{
    (void)state;
    assert_int_equal(host_attach(&test.loop), 0);
    host_task_wake(host_task_create(sleep_twice, NULL, 1, NULL));
    uv_run(&test.loop, UV_RUN_DEFAULT);
    assert_int_equal(test.woken, 2);
    assert_int_equal(uv_run(&test.loop, UV_RUN_NOWAIT), 0); /* now nothing keeps it */
}

static void tick(uv_timer_t *timer)
{
    if (++test.ticks == 5) {
        uv_close((uv_handle_t *)timer, NULL);
    }
}

static void the_programs_own_handles_go_on_beside_it(void **state)
{
    (void)state;
    assert_int_equal(host_attach(&test.loop), 0);
    uv_timer_init(&test.loop, &test.timer);
    uv_timer_start(&test.timer, tick, 0, 1);
    host_task_wake(host_task_create(sleep_twice, NULL, 1, NULL));
    uv_run(&test.loop, UV_RUN_DEFAULT);
    assert_int_equal(test.woken, 2);
    assert_int_equal(test.ticks, 5);
}

static void a_second_loop_is_refused(void **state)
{
    (void)state;
    assert_int_equal(host_attach(&test.loop), 0);
    assert_true(host_attach(&test.loop) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(work_and_what_is_due_keep_the_programs_loop_alive, start,
                                        stop),
        cmocka_unit_test_setup_teardown(the_programs_own_handles_go_on_beside_it, start, stop),
        cmocka_unit_test_setup_teardown(a_second_loop_is_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
