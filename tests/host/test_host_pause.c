/* test_host_pause.c - with threads: a processor is kicked while it is claimed and while the world
 * pauses. Each kick is seen, and the world always comes to rest.
 */
#include "host/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TASKS   2
#define KICKS   500   /* of each */
#define LOOKS   20000 /* of one dispatch: a pause comes meanwhile */
#define SPINS   500
#define WINDOWS 2000000

static struct {
    atomic_int kicks; /* made */
    atomic_int seen;  /* of these, when the processor looked last */
    atomic_bool pending;
    atomic_int done; /* tasks */
    int asked;
} notes;

static void dispatch(uint32_t processor)
{
    (void)processor;
    do {
        atomic_store(&notes.pending, false);
        atomic_store(&notes.seen, atomic_load(&notes.kicks));
        for (int i = 0; i < LOOKS; i++) {
            host_pause_point();
        }
    } while (atomic_load(&notes.pending));
}

/* The processor has been let go. It takes its time: the next kick probably comes now, when nobody owns
 * it and its thread is about to claim it again. */
static bool pending(uint32_t processor)
{
    for (int i = 0; i < SPINS && !atomic_load(&notes.pending); i++) {
        __builtin_ia32_pause();
    }
    return processor == 0 && atomic_load(&notes.pending);
}

static void ignore_current(uint32_t processor, struct host_task *task)
{
    (void)processor;
    (void)task;
}

static uint64_t next_due(void)
{
    return HOST_NEVER;
}

static void nothing(void)
{
}

static void ignore_attention(uint32_t processor)
{
    (void)processor;
}

static bool not_stuck(void)
{
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
        .scheduler = HOST_SCHEDULER_THREAD,
        .processors = 2,
        .clock = HOST_CLOCK_VIRTUAL,
        .upcalls = {.dispatch = dispatch,
                    .current = ignore_current,
                    .next_due = next_due,
                    .due = nothing,
                    .attention = ignore_attention,
                    .stuck = not_stuck,
                    .pending = pending,
                    .pause = nothing,
                    .pulse = pulse,
                    .heartbeat = heartbeat},
    };

    (void)state;
    memset(&notes, 0, sizeof(notes));
    return host_start(&config);
}

static int stop(void **state)
{
    (void)state;
    host_stop();
    return 0;
}

/* Two of them, and each waits until its kick was seen: so the processor is claimed, left and kicked all
 * the time. */
static void task_kick(void *argument)
{
    (void)argument;
    for (int i = 0; i < KICKS; i++) {
        int kick = atomic_fetch_add(&notes.kicks, 1) + 1;

        atomic_store(&notes.pending, true);
        host_processor_kick(0);
        host_run_recheck();
        while (atomic_load(&notes.seen) < kick) {
            host_pause_point();
        }
    }
    atomic_fetch_add(&notes.done, 1);
    host_run_recheck();
    host_task_exit();
}

static bool is_done(void *context)
{
    (void)context;
    notes.asked++;
    return atomic_load(&notes.done) == TASKS;
}

static void kicks_while_a_processor_is_claimed_do_not_hold_up_a_pause(void **state)
{
    (void)state;
    for (int i = 0; i < TASKS; i++) {
        host_task_wake(host_task_create(task_kick, NULL, 2, NULL));
    }
    assert_int_equal(host_run(is_done, NULL), HOST_RUN_DONE);
    assert_true(notes.asked > 1);
    assert_int_equal(host_run(NULL, NULL), HOST_RUN_DONE);
    assert_int_equal(atomic_load(&notes.seen), TASKS * KICKS);
}

static void task_pass_windows(void *argument)
{
    (void)argument;
    for (int i = 0; i < WINDOWS; i++) {
        host_pause_point();
    }
    atomic_fetch_add(&notes.done, TASKS);
    host_run_recheck();
    host_task_exit();
}

static bool polls_until_done(void *context)
{
    if (is_done(context)) {
        return true;
    }
    host_run_recheck();
    return false;
}

static void a_condition_that_polls_lets_the_others_run(void **state)
{
    (void)state;
    host_task_wake(host_task_create(task_pass_windows, NULL, 2, NULL));
    assert_int_equal(host_run(polls_until_done, NULL), HOST_RUN_DONE);
    assert_in_range(notes.asked, 2, WINDOWS / 500); /* not once for each window */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kicks_while_a_processor_is_claimed_do_not_hold_up_a_pause,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_condition_that_polls_lets_the_others_run, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
