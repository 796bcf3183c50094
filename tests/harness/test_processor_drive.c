/* The program's own threads as processors: wc_processor_turn and wc_processor_call of a machine that was
 * made for it. WC_SCHED=thread: with threads; else with fibers, where one thread drives all.
 */
#include <wdfcore/testing.h>

#include <wdm.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct wc_machine *made;
static bool threads;

static struct wc_machine *create(enum wc_clock clock)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    const char *scheduler = getenv("WC_SCHED");

    threads = scheduler != NULL && strcmp(scheduler, "thread") == 0;
    config.scheduler = threads ? WC_SCHED_THREAD : WC_SCHED_FIBER;
    config.clock = clock;
    config.processors = 2;
    config.processors_driven = true;
    if (wc_machine_create(&config, &made) != WC_OK) {
        fail_msg("%s", wc_last_error());
    }
    return made;
}

static int clean(void **state)
{
    wc_machine_destroy(made); /* refused if it is gone */
    return 0;
}

static void destroy(struct wc_machine *machine)
{
    if (wc_machine_destroy(machine) != WC_OK) {
        fail_msg("%s", wc_last_error());
    }
}

/* ---- one thread ---- */

struct run {
    KDPC dpc;
    KTIMER timer;
    struct wc_machine *machine;
    ULONG processor; /* where it ran */
    KIRQL irql;
    pthread_t thread;
    LONG runs;
};

static VOID run_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct run *run = Context;

    run->processor = KeGetCurrentProcessorNumberEx(NULL);
    run->irql = KeGetCurrentIrql();
    run->thread = pthread_self();
    __atomic_add_fetch(&run->runs, 1, __ATOMIC_RELEASE);
}

static LONG runs_of(struct run *run)
{
    return __atomic_load_n(&run->runs, __ATOMIC_ACQUIRE);
}

static void queue_far(void *context)
{
    struct run *run = context;

    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentProcessorNumberEx(NULL), 0);
    KeInitializeDpc(&run->dpc, run_routine, run);
    KeSetTargetProcessorDpc(&run->dpc, 1);
    assert_true(KeInsertQueueDpc(&run->dpc, NULL, NULL));
}

static void who_turns_a_processor_runs_its_dpcs(void **state)
{
    struct wc_machine *machine = create(WC_CLOCK_VIRTUAL);
    struct run run = {0};

    assert_int_equal(wc_processor_call(machine, 0, queue_far, &run), WC_OK);
    if (threads) {
        wc_processor_turn(machine, 0, false);
        assert_int_equal(runs_of(&run), 0); /* nobody else serves processor 1 */
    }
    wc_processor_turn(machine, 1, false);
    assert_int_equal(runs_of(&run), 1);
    assert_int_equal(run.processor, 1);
    assert_int_equal(run.irql, DISPATCH_LEVEL);
    assert_true(pthread_equal(run.thread, pthread_self()));
    wc_processor_turn(machine, 1, false);
    assert_int_equal(runs_of(&run), 1);
    destroy(machine);
}

static void queue_here_and_turn(void *context)
{
    struct run *run = context;

    KeInitializeDpc(&run->dpc, run_routine, run);
    assert_true(KeInsertQueueDpc(&run->dpc, NULL, NULL));
    assert_int_equal(runs_of(run), 0);
    wc_processor_turn(run->machine, 0, true); /* does not sleep: something is there */
    assert_int_equal(runs_of(run), 1);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_true(KeInsertQueueDpc(&run->dpc, NULL, NULL));
}

static void a_call_turns_when_it_likes_and_at_its_end(void **state)
{
    struct wc_machine *machine = create(WC_CLOCK_VIRTUAL);
    struct run run = {.machine = machine};

    assert_int_equal(wc_processor_call(machine, 0, queue_here_and_turn, &run), WC_OK);
    assert_int_equal(runs_of(&run), 2);
    assert_int_equal(run.processor, 0);
    destroy(machine);
}

static void arm(void *context)
{
    struct run *run = context;
    LARGE_INTEGER due = {.QuadPart = -20000}; /* 2 ms */

    KeInitializeDpc(&run->dpc, run_routine, run);
    KeInitializeTimer(&run->timer);
    KeSetTimer(&run->timer, due, &run->dpc);
}

static void a_turn_that_waits_ends_with_what_is_due(enum wc_clock clock)
{
    struct wc_machine *machine = create(clock);
    struct run run = {0};
    uint64_t before = wc_machine_now_ns(machine);

    assert_int_equal(wc_processor_call(machine, 0, arm, &run), WC_OK);
    while (runs_of(&run) == 0) {
        wc_processor_turn(machine, 0, true);
    }
    assert_true(wc_machine_now_ns(machine) - before >= 2000000);
    assert_int_equal(runs_of(&run), 1);
    destroy(machine);
}

static void a_waiting_turn_lets_virtual_time_move(void **state)
{
    a_turn_that_waits_ends_with_what_is_due(WC_CLOCK_VIRTUAL);
}

static void a_waiting_turn_wakes_for_a_timer(void **state)
{
    a_turn_that_waits_ends_with_what_is_due(WC_CLOCK_REAL);
}

static void wait_for_far(void *context)
{
    struct run *run = context;
    KEVENT never;
    LARGE_INTEGER soon = {.QuadPart = -10000};

    KeInitializeDpc(&run->dpc, run_routine, run);
    KeSetTargetProcessorDpc(&run->dpc, 1);
    KeInsertQueueDpc(&run->dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    assert_int_equal(KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &soon),
                     STATUS_TIMEOUT);
}

/* Between two turns the other functions of the machine need nobody to turn. */
static void a_machine_call_serves_all_processors_itself(void **state)
{
    struct wc_machine *machine = create(WC_CLOCK_VIRTUAL);
    struct run run = {0};

    for (LONG i = 1; i <= 20; i++) {
        wc_processor_turn(machine, 1, false);
        assert_int_equal(wc_machine_call(machine, wait_for_far, &run), WC_OK);
        assert_int_equal(runs_of(&run), i);
        assert_int_equal(run.processor, 1);
    }
    /* What was queued between turns is served by the next run, too. */
    assert_int_equal(wc_processor_call(machine, 0, queue_far, &run), WC_OK);
    assert_int_equal(wc_machine_run(machine, NULL, NULL), WC_OK);
    assert_int_equal(runs_of(&run), 21);
    destroy(machine);
}

static void wait_at_dispatch(void *context)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    *(bool *)context = true; /* not reached */
}

static void a_violation_ends_the_call_where_it_stands(void **state)
{
    struct wc_machine *machine = create(WC_CLOCK_VIRTUAL);
    bool reached = false;

    assert_int_equal(wc_processor_call(machine, 0, wait_at_dispatch, &reached), WC_STOPPED);
    assert_false(reached);
    assert_non_null(strstr(wc_last_report(), "DISPATCH"));
    assert_int_equal(wc_processor_call(machine, 1, wait_at_dispatch, &reached), WC_STOPPED);
    wc_processor_turn(machine, 1, true); /* returns: nothing will come */
    assert_int_equal(wc_machine_destroy(machine), WC_STOPPED);
}

static void a_processor_that_is_not_there_is_refused(void **state)
{
    struct wc_machine *machine = create(WC_CLOCK_VIRTUAL);

    assert_int_equal(wc_processor_call(machine, 2, queue_far, NULL), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), "no processor 2"));
    wc_processor_turn(machine, 2, true);
    destroy(machine);
}

/* ---- several threads ---- */

#define ROUNDS 2000

struct bounce {
    struct wc_machine *machine;
    KDPC dpcs[2]; /* one a processor */
    pthread_t threads[2];
    LONG runs[2];
    LONG wrong; /* ran on another processor or thread */
    bool stop;
};

static VOID bounce_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct bounce *bounce = Context;
    ULONG here = Dpc == &bounce->dpcs[1];

    if (KeGetCurrentProcessorNumberEx(NULL) != here ||
        !pthread_equal(pthread_self(), bounce->threads[here])) {
        bounce->wrong++;
    }
    __atomic_add_fetch(&bounce->runs[here], 1, __ATOMIC_RELEASE);
    if (!(here == 0 && bounce->runs[0] == ROUNDS)) {
        KeInsertQueueDpc(&bounce->dpcs[!here], NULL, NULL);
    }
}

static bool bounce_is_over(struct bounce *bounce)
{
    return __atomic_load_n(&bounce->stop, __ATOMIC_ACQUIRE);
}

static void *turn_processor_1(void *context)
{
    struct bounce *bounce = context;

    while (!bounce_is_over(bounce)) {
        wc_processor_turn(bounce->machine, 1, true);
    }
    return NULL;
}

static void bounce_from_0(void *context)
{
    struct bounce *bounce = context;

    for (ULONG i = 0; i < 2; i++) {
        KeInitializeDpc(&bounce->dpcs[i], bounce_routine, bounce);
        KeSetTargetProcessorDpc(&bounce->dpcs[i], (CCHAR)i);
    }
    KeInsertQueueDpc(&bounce->dpcs[1], NULL, NULL);
    while (__atomic_load_n(&bounce->runs[0], __ATOMIC_ACQUIRE) < ROUNDS) {
        wc_processor_turn(bounce->machine, 0, true);
    }
}

/* Not on the stack: a test that fails leaves it to the other thread. */
static struct bounce *fresh_bounce(void)
{
    static struct bounce bounce;

    memset(&bounce, 0, sizeof(bounce));
    return &bounce;
}

static void start_bouncer(struct bounce *bounce, enum wc_clock clock)
{
    bounce->machine = create(clock);
    if (!threads) {
        skip();
    }
    bounce->threads[0] = pthread_self();
    assert_int_equal(pthread_create(&bounce->threads[1], NULL, turn_processor_1, bounce), 0);
}

/* wc_machine_interrupt ends its wait, whenever it comes. */
static void stop_bouncer(struct bounce *bounce)
{
    __atomic_store_n(&bounce->stop, true, __ATOMIC_RELEASE);
    wc_machine_interrupt(bounce->machine);
    pthread_join(bounce->threads[1], NULL);
    destroy(bounce->machine);
}

static void two_threads_are_two_processors(enum wc_clock clock)
{
    struct bounce *bounce = fresh_bounce();

    start_bouncer(bounce, clock);
    assert_int_equal(wc_processor_call(bounce->machine, 0, bounce_from_0, bounce), WC_OK);
    assert_int_equal(bounce->runs[0], ROUNDS);
    assert_int_equal(bounce->runs[1], ROUNDS);
    stop_bouncer(bounce);
    assert_int_equal(bounce->wrong, 0);
}

static void two_threads_bounce_on_the_real_clock(void **state)
{
    two_threads_are_two_processors(WC_CLOCK_REAL);
}

static void two_threads_bounce_on_the_virtual_clock(void **state)
{
    two_threads_are_two_processors(WC_CLOCK_VIRTUAL);
}

static void call_from_elsewhere(void *context)
{
    *(bool *)context = true;
}

static void *call_processor_0(void *context)
{
    bool reached = false;
    enum wc_result result = wc_processor_call(context, 0, call_from_elsewhere, &reached);

    return result == WC_FAILED && !reached ? context : NULL;
}

static void try_from_another_thread(void *context)
{
    struct bounce *bounce = context;
    pthread_t other;
    void *refused;

    assert_int_equal(pthread_create(&other, NULL, call_processor_0, bounce->machine), 0);
    pthread_join(other, &refused);
    assert_ptr_equal(refused, bounce->machine);
}

static void a_processor_is_one_thread_at_a_time(void **state)
{
    struct bounce *bounce = fresh_bounce();

    start_bouncer(bounce, WC_CLOCK_REAL);
    assert_int_equal(wc_processor_call(bounce->machine, 0, try_from_another_thread, bounce), WC_OK);
    stop_bouncer(bounce);
}

/* A task runs beside the threads that turn, and is handed what it waits for by one of them; and a
 * run of the machine meanwhile stops the world, and lets it go on. */
static void machine_calls_and_turns_go_together(void **state)
{
    struct bounce *bounce = fresh_bounce();
    struct run run = {0};

    start_bouncer(bounce, WC_CLOCK_REAL);
    for (LONG i = 1; i <= 50; i++) {
        assert_int_equal(wc_machine_call(bounce->machine, wait_for_far, &run), WC_OK);
        assert_int_equal(runs_of(&run), i);
        assert_int_equal(run.processor, 1);
    }
    stop_bouncer(bounce);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(who_turns_a_processor_runs_its_dpcs, clean),
        cmocka_unit_test_teardown(a_call_turns_when_it_likes_and_at_its_end, clean),
        cmocka_unit_test_teardown(a_waiting_turn_lets_virtual_time_move, clean),
        cmocka_unit_test_teardown(a_waiting_turn_wakes_for_a_timer, clean),
        cmocka_unit_test_teardown(a_machine_call_serves_all_processors_itself, clean),
        cmocka_unit_test_teardown(a_violation_ends_the_call_where_it_stands, clean),
        cmocka_unit_test_teardown(a_processor_that_is_not_there_is_refused, clean),
        cmocka_unit_test_teardown(two_threads_bounce_on_the_real_clock, clean),
        cmocka_unit_test_teardown(two_threads_bounce_on_the_virtual_clock, clean),
        cmocka_unit_test_teardown(a_processor_is_one_thread_at_a_time, clean),
        cmocka_unit_test_teardown(machine_calls_and_turns_go_together, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
