/* test_host_sched.c - tasks, the turn and virtual time, with upcalls that only take notes. */
#include "host/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct {
    char log[512];
    uint64_t due; /* ns */
    struct host_task *sleeper;
    bool done;
} notes;

static void note(const char *text)
{
    strncat(notes.log, text, sizeof(notes.log) - strlen(notes.log) - 1);
}

static void note_dispatch(uint32_t processor)
{
    char text[16];

    snprintf(text, sizeof(text), "dispatch%u ", processor);
    note(text);
    if (notes.sleeper != NULL) {
        struct host_task *task = notes.sleeper;

        notes.sleeper = NULL;
        host_task_wake(task);
    }
}

static void ignore_current(uint32_t processor, struct host_task *task)
{
    (void)processor;
    (void)task;
}

static uint64_t next_due(void)
{
    return notes.due;
}

static void due(void)
{
    notes.due = HOST_NEVER;
    host_processor_kick(0);
}

static void ignore_attention(uint32_t processor)
{
    (void)processor;
}

static bool note_stuck(void)
{
    note("stuck ");
    return false;
}

static const void *pulse(void)
{
    return "";
}

static uint64_t heartbeat(const void *pulse)
{
    static uint64_t beats;

    return ++beats;
}

static int start(void **state)
{
    struct host_config config = {
        .processors = 2,
        .clock = HOST_CLOCK_VIRTUAL,
        .clock_read_cost_ns = 100,
        .upcalls = {.dispatch = note_dispatch,
                    .current = ignore_current,
                    .next_due = next_due,
                    .due = due,
                    .attention = ignore_attention,
                    .stuck = note_stuck,
                    .pulse = pulse,
                    .heartbeat = heartbeat},
    };

    (void)state;
    memset(&notes, 0, sizeof(notes));
    notes.due = HOST_NEVER;
    return host_start(&config);
}

static int stop(void **state)
{
    (void)state;
    host_stop();
    return 0;
}

static bool is_done(void *context)
{
    (void)context;
    return notes.done;
}

static void task_pass_turn(void *argument)
{
    for (int i = 0; i < 2; i++) {
        note(argument);
        host_turn_pass(HOST_NO_PROCESSOR);
    }
    host_task_exit();
}

static void two_tasks_on_two_processors_take_turns(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_pass_turn, "a ", 1, NULL));
    host_task_wake(host_task_create(task_pass_turn, "b ", 2, NULL));
    assert_int_equal(host_run(NULL, NULL), HOST_RUN_DONE);
    assert_string_equal(notes.log, "a b a b ");
}

static void task_block(void *argument)
{
    (void)argument;
    note("block ");
    notes.sleeper = host_task_current();
    host_task_block();
    note("woken ");
    notes.done = true;
    host_run_recheck();
    host_task_exit();
}

static void idle_time_jumps_to_the_due_event_which_wakes_the_task(void **state)
{
    (void)state;
    notes.due = 5000000;
    host_task_wake(host_task_create(task_block, NULL, 1, NULL));
    assert_int_equal(host_run(is_done, NULL), HOST_RUN_DONE);
    assert_string_equal(notes.log, "block dispatch0 woken ");
    assert_int_equal(host_clock_machine(), 5000000);
}

static void a_task_that_nobody_wakes_is_told_as_stuck(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_block, NULL, 1, NULL));
    assert_int_equal(host_run(is_done, NULL), HOST_RUN_STUCK);
    assert_string_equal(notes.log, "block stuck ");
}

static void task_wake_early(void *argument)
{
    (void)argument;
    host_task_wake(host_task_current());
    host_task_block();
    note("on ");
    host_task_exit();
}

static void a_wake_before_the_block_is_not_lost(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_wake_early, NULL, 1, NULL));
    assert_int_equal(host_run(NULL, NULL), HOST_RUN_DONE);
    assert_string_equal(notes.log, "on ");
}

static void task_halt(void *argument)
{
    (void)argument;
    note("halt ");
    host_halt();
    host_context_abandon();
}

static void a_halted_machine_runs_no_other_task(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_halt, NULL, 1, NULL));
    host_task_wake(host_task_create(task_pass_turn, "never ", 1, NULL));
    assert_int_equal(host_run(NULL, NULL), HOST_RUN_HALTED);
    assert_string_equal(notes.log, "halt ");
}

static void task_affinity(void *argument)
{
    (void)argument;
    host_task_set_affinity(2);
    host_clock_charge(1, 300);
    note(host_processor_is_idle(0) ? "moved " : "stayed ");
    host_task_exit();
}

static void changed_affinity_moves_the_task_before_it_returns(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_affinity, NULL, 1, NULL));
    assert_int_equal(host_run(NULL, NULL), HOST_RUN_DONE);
    assert_string_equal(notes.log, "moved ");
    assert_int_equal(host_clock_machine(), 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_tasks_on_two_processors_take_turns, start, stop),
        cmocka_unit_test_setup_teardown(idle_time_jumps_to_the_due_event_which_wakes_the_task,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_task_that_nobody_wakes_is_told_as_stuck, start, stop),
        cmocka_unit_test_setup_teardown(a_wake_before_the_block_is_not_lost, start, stop),
        cmocka_unit_test_setup_teardown(a_halted_machine_runs_no_other_task, start, stop),
        cmocka_unit_test_setup_teardown(changed_affinity_moves_the_task_before_it_returns, start,
                                        stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
