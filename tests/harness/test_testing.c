/* test_testing.c - the test kit tested: what must pass runs here, what must fail runs in a child,
 * each failing test followed by one that must still pass.
 */
#include <wdfcore/testing.h>

#include <wdm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- bodies that pass ---- */

static void the_body_is_a_task_at_passive_level(void **state)
{
    assert_non_null(wc_test_the_machine());
    assert_null(wc_test_driver());
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_non_null(KeGetCurrentThread());
    assert_null(*state);
}

static void options_shape_the_machine(void **state)
{
    assert_int_equal(KeQueryActiveProcessorCount(NULL), 3);
}

static int setup_calls, teardown_calls;

static int set_up(void **state)
{
    setup_calls++;
    *state = (void *)"made by setup";
    return KeGetCurrentIrql() == PASSIVE_LEVEL ? 0 : -1;
}

static int tear_down(void **state)
{
    teardown_calls++;
    return strcmp(*state, "made by setup") == 0 ? 0 : -1;
}

static void setup_and_teardown_run_around_the_body(void **state)
{
    assert_string_equal(*state, "made by setup");
    assert_int_equal(setup_calls, teardown_calls + 1);
}

static void raise_with_lock(void *context)
{
    KSPIN_LOCK *lock = context;
    KIRQL old, ignored;

    KeAcquireSpinLock(lock, &old);
    KeAcquireSpinLock(lock, &ignored); /* the violation */
    KeReleaseSpinLock(lock, old);
}

static void an_announced_violation_is_refused_and_goes_on(void **state)
{
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    wc_expect_violation("SpinLockAlreadyOwned");
    raise_with_lock(&lock);
    assert_int_equal(wc_violations("SpinLockAlreadyOwned"), 1);
    assert_int_equal(wc_violations(NULL), 1);
}

static void bug_check(void *context)
{
    KeBugCheckEx(0xE2, 1, 2, 3, 4);
}

static void an_announced_stop_ends_the_test_well(void **state)
{
    wc_expect_stop("DriverBugCheck", bug_check, NULL);
}

static void an_announced_stop_is_judged_outside_too(void **state)
{
    wc_test_machine(.processors = 2);
    wc_expect_stop("DriverBugCheck", bug_check, NULL);
}

static void count_call(void *context)
{
    int *calls = context;

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    ++*calls;
}

static void a_machine_can_be_set_up_by_hand(void **state)
{
    int calls = 0;

    assert_null(wc_test_the_machine());
    wc_test_machine(.processors = 2);
    wc_test_call(count_call, &calls);
    wc_test_call(count_call, &calls);
    assert_int_equal(calls, 2);
}

static uint64_t bodies_run;

static void count_bodies(void **state)
{
    bodies_run++;
}

static void seeds_run_the_body_once_each(void **state)
{
    bodies_run = 0;
    unsetenv("WC_STRESS");
    unsetenv("WC_SEED");
    wc_test_seeds(count_bodies, 7, NULL);
    assert_int_equal(bodies_run, 7);
    setenv("WC_SEED", "5", 1);
    wc_test_seeds(count_bodies, 7, NULL);
    unsetenv("WC_SEED");
    assert_int_equal(bodies_run, 8);
}

static void note_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
}

static void the_trace_names_what_happened(void **state)
{
    KDPC dpc;

    KeInitializeDpc(&dpc, note_dpc, NULL);
    wc_trace_start();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    wc_assert_trace("[0] cpu0 PASSIVE dpc queue note_dpc\n"
                    "[0] cpu0 DISPATCH dpc start note_dpc\n"
                    "[0] cpu0 DISPATCH dpc end note_dpc\n");
}

static void fails_under_some_seed(void **state)
{
    bodies_run++;
    assert_int_not_equal(bodies_run, 4);
}

static void a_seed_that_fails_can_be_looked_for(void **state)
{
    bodies_run = 0;
    unsetenv("WC_STRESS");
    unsetenv("WC_SEED");
    assert_int_equal(wc_test_find_seed(fails_under_some_seed, 10, NULL), 4);
    assert_int_equal(bodies_run, 4);
    assert_int_equal(wc_test_find_seed(fails_under_some_seed, 10, NULL), 0);
    assert_true(wc_test_sequences() >= 1);
    assert_null(wc_test_the_machine());
}

/* ---- bodies that fail, in a child ---- */

static void fails_in_the_body(void **state)
{
    assert_int_equal(1, 2);
}

static void assert_in_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    assert_string_equal("in the", "DPC");
}

static void fails_in_a_dpc(void **state)
{
    KDPC dpc;

    KeInitializeDpc(&dpc, assert_in_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    print_error("the body went on\n");
}

static void assert_in_thread(void *context)
{
    assert_memory_equal("in a", "task", 4);
}

static void fails_in_another_task(void **state)
{
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    wc_machine_start_task(wc_test_the_machine(), assert_in_thread, NULL);
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
    print_error("the body went on\n");
}

static void fails_with_a_lock_held(void **state)
{
    KSPIN_LOCK lock;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void fails_by_a_violation(void **state)
{
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    raise_with_lock(&lock);
    print_error("the body went on\n");
}

static void fails_as_no_violation_came(void **state)
{
    wc_expect_violation("SpinLockAlreadyOwned");
}

static void fails_as_no_stop_came(void **state)
{
    int calls = 0;

    wc_expect_stop("DriverBugCheck", count_call, &calls);
}

static void fails_by_ending_at_dispatch_level(void **state)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
}

static void fails_by_a_leak(void **state)
{
    assert_non_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'kael'));
}

static void fails_by_a_timer_left_armed(void **state)
{
    static KTIMER timer; /* not on the stack, which is gone */
    LARGE_INTEGER due = {.QuadPart = -10000000};

    KeInitializeTimer(&timer);
    KeSetTimer(&timer, due, NULL);
}

static void fails_by_waiting_for_ever(void **state)
{
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
}

static void fails_by_a_jump(void **state)
{
    (void)mock();
}

static void fails_with_an_unknown_rule(void **state)
{
    wc_expect_violation("NoSuchRule");
}

static void fails_at_seed_three(void **state)
{
    bodies_run++;
    assert_int_not_equal(bodies_run, 3);
}

static void passes_afterwards(void **state)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

struct failing {
    const char *name;
    struct CMUnitTest test;
    const char *said[3]; /* what its output must hold */
};

static int run_child(const struct failing *failing)
{
    const struct CMUnitTest tests[] = {
        failing->test,
        wc_unit_test(passes_afterwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

static bool with_threads(void)
{
    const char *scheduler = getenv("WC_SCHED");

    return scheduler != NULL && strcmp(scheduler, "thread") == 0;
}

/* Calls use with the failing test of that number; false: there is none. */
static bool with_failing(unsigned number, void (*use)(const struct failing *))
{
#define CASE(body, ...)            \
    {                              \
#body, wc_unit_test(body), \
        {                          \
            __VA_ARGS__            \
        }                          \
    }
    const struct failing cases[] = {
        CASE(fails_in_the_body, "0x1 != 0x2", "test_testing.c:"),
        CASE(fails_in_a_dpc, "\"in the\" != \"DPC\"", "test_testing.c:"),
        CASE(fails_in_another_task, "difference at offset 0", "test_testing.c:"),
        CASE(fails_with_a_lock_held, "0x2 != 0", "test_testing.c:"),
        CASE(fails_by_a_violation, "VIOLATION SpinLockAlreadyOwned"),
        CASE(fails_as_no_violation_came, "SpinLockAlreadyOwned was expected and did not occur"),
        CASE(fails_as_no_stop_came, "expected to be stopped by DriverBugCheck"),
        CASE(fails_by_ending_at_dispatch_level, "IRQL 2"),
        CASE(fails_by_a_leak, "VIOLATION PoolLeak"),
        CASE(fails_by_a_timer_left_armed, "still armed"),
        CASE(fails_by_waiting_for_ever, "VIOLATION AllTasksWaiting"),
        CASE(fails_by_a_jump,
             with_threads() ? "mock() keeps its values" : "left the machine by a jump"),
        CASE(fails_with_an_unknown_rule, "there is no rule NoSuchRule"),
        {"fails_at_seed_three",
         wc_seed_test(fails_at_seed_three, 7),
         {"seed 3 fails; replay: WC_SEED=3 ctest -R test_testing"}},
    };
#undef CASE
    if (number >= sizeof(cases) / sizeof(cases[0]) - with_threads()) { /* they run no seeds */
        return false;
    }
    use(&cases[number]);
    return true;
}

static int child_result;

static void use_as_child(const struct failing *failing)
{
    child_result = run_child(failing);
}

static void check_child(const struct failing *failing)
{
    char text[16384];
    FILE *output = tmpfile();
    int status;

    assert_non_null(output);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(output), STDERR_FILENO);
        execl("/proc/self/exe", "test_testing", failing->name, NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rewind(output);
    size_t size = fread(text, 1, sizeof(text) - 1, output);
    text[size] = '\0';
    fclose(output);

    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
                strstr(text, "[       OK ] passes_afterwards") != NULL &&
                strstr(text, "the body went on") == NULL;
    for (unsigned i = 0; i < 3 && failing->said[i] != NULL; i++) {
        good = good && strstr(text, failing->said[i]) != NULL;
    }
    if (!good) {
        fail_msg("%s: status 0x%x, wanted '%s':\n%s", failing->name, status, failing->said[0],
                 text);
    }
}

static void what_must_fail_fails_and_the_next_test_runs(void **state)
{
    for (unsigned i = 0; with_failing(i, check_child); i++) {
    }
}

static const char *wanted_name;

static void use_if_wanted(const struct failing *failing)
{
    if (strcmp(failing->name, wanted_name) == 0) {
        use_as_child(failing);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_body_is_a_task_at_passive_level),
        wc_unit_test(options_shape_the_machine, .processors = 3),
        wc_unit_test(setup_and_teardown_run_around_the_body, .setup = set_up,
                     .teardown = tear_down),
        wc_unit_test(setup_and_teardown_run_around_the_body, .setup = set_up,
                     .teardown = tear_down),
        wc_unit_test(an_announced_violation_is_refused_and_goes_on),
        wc_unit_test(an_announced_stop_ends_the_test_well),
        cmocka_unit_test_teardown(an_announced_stop_is_judged_outside_too, wc_test_end),
        cmocka_unit_test_teardown(a_machine_can_be_set_up_by_hand, wc_test_end),
        cmocka_unit_test(seeds_run_the_body_once_each),
        wc_unit_test(the_trace_names_what_happened),
        cmocka_unit_test(a_seed_that_fails_can_be_looked_for),
        cmocka_unit_test(what_must_fail_fails_and_the_next_test_runs),
    };

    if (argc > 1) {
        wanted_name = argv[1];
        for (unsigned i = 0; with_failing(i, use_if_wanted); i++) {
        }
        return child_result;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
