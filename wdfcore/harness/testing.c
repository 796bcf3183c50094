/* testing.c - cmocka's tests in a machine.
 * Normal path: on cmocka's own stack the machine is started, the body runs as a task of it, devices
 * and drivers go, what is left is looked for, the machine ends.
 * A failing assertion: on cmocka's stack it is cmocka's. In the machine it would jump across
 * stacks: there it is recorded, the machine stops where it stands, the driver of the test comes
 * back on cmocka's stack and fails there. What jumps all the same (mock() without a value) leaves
 * the machine running: the teardown notices.
 */
#include <wdfcore/testing.h>

#include <wdm.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/violation.h"
#include "harness/testing/testing_callbacks.h"
#include "harness/testing/testing_calls.h"
#include "harness/testing/testing_drive.h"
#include "harness/testing/testing_fail.h"
#include "harness/testing/testing_failures.h"
#include "harness/testing/testing_run.h"
#include "harness/testing/testing_text.h"
#include "harness/machine_core.h"
#include "harness/user_io.h"
#include "host/host.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/ke_record.h"

static struct {
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *device;
    bool failed;      /* an assertion failed in the machine */
    bool skipped;     /* skip() was called in the machine */
    const char *file; /* of what failed, or of the running test */
    int line;
    enum base_rule stop_rule; /* the machine is to be stopped by it; RULE_COUNT: by nothing */
    void *state;              /* of the body */
    uint64_t fingerprint;     /* of the last machine that was recorded */
    struct testing_run *run;  /* of a sweep; NULL: an ordinary test */
    struct body_call *call;   /* the body that is running; NULL: none is */
    uint64_t *sequences;      /* fingerprints of the last sweep */
    unsigned sequence_count;
} test = {.stop_rule = RULE_COUNT};

/* ---- assertions ---- */

typedef void fail_function(const char *file, int line);

static bool in_machine(void)
{
    return ke_machine.running && !ke_processor_is_outside(ke_self);
}

static _Noreturn void fail_outside(const char *name, const char *file, int line)
{
    fail_function *original = (fail_function *)dlsym(RTLD_NEXT, name);

    if (original != NULL) {
        original(file, line);
    }
    abort();
}

static void leave_body(void);

static _Noreturn void note_and_stop(bool *what, const char *file, int line)
{
    if (!test.failed && !test.skipped) {
        *what = true;
        test.file = file;
        test.line = line;
        leave_body();
    }
    ke_machine_halt();
}

/* cmocka calls these two by name for every assertion that fails; ours is found first. */
__attribute__((visibility("default"))) void _fail(const char *const file, const int line)
{
    if (in_machine()) {
        note_and_stop(&test.failed, file, line);
    }
    fail_outside("_fail", file, line);
}

__attribute__((visibility("default"))) void _skip(const char *const file, const int line)
{
    if (in_machine()) {
        note_and_stop(&test.skipped, file, line);
    }
    fail_outside("_skip", file, line);
}

/* What a test says of itself. A sweep keeps it: it may be just what it looks for. */
__attribute__((format(printf, 2, 3))) static void say(enum testing_outcome outcome,
                                                      const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (test.run == NULL || !test.run->quiet) {
        print_error("%s\n", text);
    }
    /* What came first was the cause of the rest, but a stop is worse than all. */
    if (test.run != NULL && (test.run->outcome == TESTING_PASSED ||
                             (outcome >= TESTING_FAILED && test.run->outcome < TESTING_FAILED))) {
        test.run->outcome = outcome;
        snprintf(test.run->said, sizeof(test.run->said), "%s", text);
    }
}

/* A line of .registry is a value. */
static enum wc_result set_registry(const struct wc_test_options *options)
{
    const char *line = options->registry;
    enum wc_result result = WC_OK;

    while (result == WC_OK && *line != '\0') {
        size_t length = strcspn(line, "\n");
        char *value = strndup(line, length);

        result = value != NULL ? wc_machine_registry_set(test.machine, options->driver, value)
                               : WC_FAILED;
        free(value);
        line += length + (line[length] != '\0');
    }
    return result;
}

/* ---- the machine of a test ---- */

static bool wants_threads(void)
{
    const char *wanted = getenv("WC_SCHED");

    return wanted != NULL && strcmp(wanted, "thread") == 0;
}

/* A seed is a schedule of fibers. */
static enum wc_scheduler pick_scheduler(const struct wc_test_options *options)
{
    return wants_threads() && !options->fibers_only && options->seed == 0 ? WC_SCHED_THREAD
                                                                          : options->scheduler;
}

/* With a seed the environment may name the file: WC_SEED=17 WC_RECORD_CHOICES=17.choices. */
static const char *pick_file(const struct wc_test_options *options, const char *path,
                             const char *name)
{
    return path != NULL || options->seed == 0 ? path : getenv(name);
}

/* The report has been printed whole; here its first line, which is all that cmocka has room for. */
static void print_stopped(void)
{
    const char *report = wc_last_report();

    report += strspn(report, "\n");
    say(TESTING_STOPPED, "the machine was stopped: %.*s", (int)strcspn(report, "\n"), report);
}

static bool start_machine(const struct wc_test_options *options)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_device_config device = {.model = options->model,
                                      .resources = options->resources,
                                      .hardware_id = options->hardware_id};
    enum wc_result result;

    config.processors = options->processors == 0 ? 1 : options->processors;
    config.scheduler = pick_scheduler(options);
    config.clock = options->real_clock ? WC_CLOCK_REAL : WC_CLOCK_VIRTUAL;
    config.seed = options->seed;
    config.record_choices = pick_file(options, options->record_choices, "WC_RECORD_CHOICES");
    config.replay_choices = pick_file(options, options->replay_choices, "WC_REPLAY_CHOICES");
    config.record = options->record;
    config.collect = options->collect;
    config.threaded_dpcs_at_dispatch = options->threaded_dpcs_at_dispatch;
    config.register_access_ns = options->register_access_ns;
    config.isr_entry_ns = options->isr_entry_ns;
    config.dpc_entry_ns = options->dpc_entry_ns;
    config.context_switch_ns = options->context_switch_ns;
    test.failed = false;
    test.skipped = false;
    base_fault_reset();
    test.stop_rule = RULE_COUNT;
    test.driver = NULL;
    test.device = NULL;
    if (options->calls) {
        testing_calls_start();
    }
    if (options->calls || (test.run != NULL && test.run->failures)) {
        testing_failures_start();
    }
    result = wc_machine_create(&config, &test.machine);
    if (result == WC_OK && test.run != NULL) {
        machine_set_patience(test.machine, test.run->patience_ns);
    }
    if (result == WC_OK && options->calls) {
        testing_callbacks_start();
    }
    if (result == WC_OK && options->registry != NULL) {
        result = set_registry(options);
    }
    if (result == WC_OK && options->driver != NULL) {
        result = wc_machine_load_driver(test.machine, options->driver, &test.driver);
    }
    if (result == WC_OK && options->driver != NULL && !options->no_device) {
        result = wc_machine_add_device(test.machine, test.driver, &device, &test.device);
    }
    if (result == WC_STOPPED) {
        print_stopped();
    }
    if (result != WC_OK) {
        say(result == WC_STUCK ? TESTING_STUCK : TESTING_NOT_STARTED,
            "the machine of the test does not start: %s",
            result == WC_STOPPED ? "a violation stopped it" : wc_last_error());
    }
    return result == WC_OK;
}

/* The machine came to a stop: was that wanted? */
static bool judge_stop(void)
{
    if (test.failed) {
        if (test.run != NULL) {
            say(TESTING_ASSERTION, "an assertion failed: %s:%d", test.file, test.line);
        }
        return false;
    }
    if (test.stop_rule != RULE_COUNT && base_violation_count(test.stop_rule) > 0) {
        return true;
    }
    if (!test.skipped) {
        print_stopped();
    }
    return false;
}

static bool judge(enum wc_result result)
{
    switch (result) {
    case WC_OK:
        return true;
    case WC_STOPPED:
        return judge_stop();
    case WC_STUCK:
        say(TESTING_STUCK, "%s", wc_last_error());
        return false;
    case WC_FAILED:
    case WC_BAD_INPUT:
    default:
        say(TESTING_FAILED, "%s", wc_last_error());
        return false;
    }
}

static void stop_logs(void)
{
    testing_failures_stop();
    testing_calls_stop();
    testing_callbacks_stop();
    testing_texts_free();
    testing_drive_stop();
}

/* Ends the machine; afterwards there is none, whatever is returned. */
static bool end_machine(void)
{
    struct wc_machine *machine = test.machine;
    bool was_stopped = ke_machine.stopped;
    enum base_rule unmet;

    if (machine == NULL) {
        stop_logs();
        return true;
    }
    test.machine = NULL;
    test.driver = NULL;
    test.device = NULL;
    if (test.run != NULL) {
        test.run->end_ns = wc_machine_now_ns(machine);
    }
    enum wc_result result = wc_machine_destroy(machine);
    const char *left = testing_failures_unmet();
    stop_logs();
    if (was_stopped) {
        return true; /* judged by who saw it stop */
    }
    bool good = judge(result);
    if (good && left[0] != '\0') {
        say(TESTING_ASSERTION, "%s", left);
        good = false;
    }
    unmet = base_violation_unmet();
    if (good && unmet != RULE_COUNT) {
        say(TESTING_ASSERTION, "the violation %s was expected and did not occur",
            base_rule_name(unmet));
        good = false;
    }
    return good;
}

/* ---- running a body ---- */

struct body_call {
    const struct wc_test_options *options;
    wc_test_body *body;
    PKTHREAD thread;
    bool good, ended;
};

static bool is_at_passive(const char *what)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        return true;
    }
    print_error("%s returned at IRQL %u\n", what, (unsigned)KeGetCurrentIrql());
    return false;
}

struct task_call {
    void (*function)(void *);
    void *argument;
    KEVENT ended;
};

static void run_task(void *context)
{
    struct task_call *call = context;

    call->function(call->argument);
    KeSetEvent(&call->ended, IO_NO_INCREMENT, FALSE);
}

/* In a task of the machine: function(argument) in another one. */
static void run_task_and_wait(void (*function)(void *), void *argument)
{
    struct task_call call = {.function = function, .argument = argument};

    KeInitializeEvent(&call.ended, NotificationEvent, FALSE);
    if (wc_machine_start_task(test.machine, run_task, &call) == WC_OK) {
        KeWaitForSingleObject(&call.ended, Executive, KernelMode, FALSE, NULL);
    }
}

/* In a sweep a body that fails ends like an application that dies: the machine goes on, so that
 * it is seen what the driver has left. Nothing of its stack may be used up before its requests have
 * ended: it is not unwound. */
static void leave_body(void)
{
    struct body_call *call = test.call;

    if (test.run == NULL || !test.run->gentle || call == NULL || call->ended ||
        KeGetCurrentThread() != call->thread || KeGetCurrentIrql() != PASSIVE_LEVEL ||
        ke_self->chain != NULL) {
        return;
    }
    user_io_close_all();
    call->ended = true;
    host_run_recheck();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void run_body(void *context)
{
    struct body_call *call = context;
    const struct wc_test_options *options = call->options;

    test.state = NULL;
    call->thread = KeGetCurrentThread();
    if (options->setup != NULL && options->setup(&test.state) != 0) {
        say(TESTING_ASSERTION, "the setup of the test failed");
        return;
    }
    call->body(&test.state);
    if (!is_at_passive("the body")) {
        note_and_stop(&test.failed, test.file, test.line);
    }
    if (options->teardown != NULL && options->teardown(&test.state) != 0) {
        say(TESTING_ASSERTION, "the teardown of the test failed");
        return;
    }
    call->good = true;
}

/* A machine's sequence of events, kept beyond it. */
static void note_fingerprint(void)
{
    if (ke_machine.config.record) {
        test.fingerprint = ke_record_fingerprint();
    }
}

/* The call into the machine ends with the body, however that ends. */
static void run_body_task(void *context)
{
    struct body_call *call = context;

    run_body(call);
    call->ended = true;
    host_run_recheck();
}

static bool body_has_ended(void *context)
{
    return ((const struct body_call *)context)->ended;
}

/* One machine, one body. false: it failed, and print_error has said why; the machine is gone. */
static bool run_once(wc_test_body *body, const struct wc_test_options *options)
{
    struct body_call call = {.options = options, .body = body};
    bool good = start_machine(options);

    if (good) {
        test.call = &call;
        enum wc_result result =
            machine_call_until(test.machine, run_body_task, &call, body_has_ended);
        test.call = NULL;
        note_fingerprint();
        if (test.failed && result == WC_OK) {
            say(TESTING_ASSERTION, "an assertion failed: %s:%d", test.file, test.line);
            test.failed = false; /* what comes now is not its doing */
        }
        good = judge(result) && (call.good || result == WC_STOPPED);
    }
    if (good) {
        return end_machine();
    }
    end_machine();
    return false;
}

bool testing_run_once(wc_test_body *body, const struct wc_test_options *options,
                      struct testing_run *run)
{
    run->outcome = TESTING_PASSED;
    run->said[0] = '\0';
    test.run = run;
    bool good = run_once(body, options);
    test.run = NULL;
    return good && run->outcome == TESTING_PASSED;
}

_Noreturn void testing_fail_outside(const char *file, int line)
{
    fail_outside("_fail", file, line);
}

static void run_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options);

void wc_test_run_(void **state)
{
    const struct wc_test *entry = *state;

    test.file = entry->file;
    test.line = entry->line;
    if (wants_threads() && (entry->options.fibers_only || entry->seeds > 0)) {
        fail_outside("_skip", test.file, test.line); /* it has run with fibers */
    }
    if (entry->seeds > 0) {
        run_seeds(entry->body, entry->seeds, &entry->options);
    } else if (!run_once(entry->body, &entry->options)) {
        fail_outside(test.skipped ? "_skip" : "_fail", test.file, test.line);
    }
}

/* Only what a jump out of the machine left behind is still here. */
static bool repair(void)
{
    if (!ke_machine.running || !ke_machine_escape()) {
        return false;
    }
    print_error("the test left the machine by a jump (mock() without a value?)\n");
    return true;
}

int wc_test_clean_(void **state)
{
    bool repaired = repair();

    return end_machine() && !repaired ? 0 : -1;
}

/* ---- machines that a test sets up itself ---- */

struct wc_machine *wc_test_start(const struct wc_test_options *options)
{
    if (!start_machine(options)) {
        end_machine();
        fail();
    }
    return test.machine;
}

int wc_test_end(void **state)
{
    return wc_test_clean_(state);
}

void wc_test_call(void (*function)(void *), void *argument)
{
    enum wc_result result = wc_machine_call(test.machine, function, argument);
    if (!judge(result)) {
        if (test.failed || test.skipped) {
            fail_outside(test.skipped ? "_skip" : "_fail", test.file, test.line);
        }
        fail();
    }
}

const char *testing_file(void)
{
    return test.file != NULL ? test.file : "?";
}

int testing_line(void)
{
    return test.line;
}

struct wc_machine *wc_test_the_machine(void)
{
    return test.machine;
}

struct wc_driver *wc_test_driver(void)
{
    return test.driver;
}

struct wc_device *wc_test_device(void)
{
    return test.device;
}

/* ---- seeds ---- */

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    char *end;

    if (text == NULL || text[0] == '\0') {
        return otherwise;
    }
    uint64_t number = strtoull(text, &end, 0);
    return *end == '\0' ? number : otherwise;
}

static int compare_sequences(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return first < second ? -1 : first > second;
}

unsigned wc_test_sequences(void)
{
    unsigned different = 0;

    if (test.sequence_count > 0) {
        qsort(test.sequences, test.sequence_count, sizeof(uint64_t), compare_sequences);
    }
    for (unsigned i = 0; i < test.sequence_count; i++) {
        different += i == 0 || test.sequences[i] != test.sequences[i - 1];
    }
    return different;
}

uint64_t wc_test_fingerprint(void)
{
    return test.fingerprint;
}

static void drop_reports(enum base_log_source source, const char *text, void *context)
{
    if (source == BASE_LOG_DRIVER) {
        fputs(text, stderr);
    }
}

static uint64_t sweep(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    struct wc_test_options seeded = {0};
    uint64_t only = environment_number("WC_SEED", 0);
    uint64_t last = only != 0 ? only : n * environment_number("WC_STRESS", 1);

    if (options != NULL) {
        seeded = *options;
    }
    seeded.record = true;
    free(test.sequences);
    test.sequences = calloc(only != 0 ? 1 : last + 1, sizeof(uint64_t));
    test.sequence_count = 0;
    assert_non_null(test.sequences);
    for (uint64_t seed = only != 0 ? only : 1; seed <= last; seed++) {
        seeded.seed = seed;
        if (!run_once(body, &seeded)) {
            return seed;
        }
        test.sequences[test.sequence_count++] = test.fingerprint;
    }
    return 0;
}

/* A seed that fails says why in cmocka's messages: who wants it to fail need not see it. */
uint64_t wc_test_find_seed(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    base_log_set_sink(drop_reports, NULL);
    uint64_t seed = sweep(body, n, options);
    base_log_set_sink(NULL, NULL);
    return seed;
}

bool wc_test_one_seed(wc_test_body *body, uint64_t seed, const struct wc_test_options *options)
{
    struct wc_test_options seeded = *options;

    seeded.record = true;
    seeded.seed = seed;
    base_log_set_sink(drop_reports, NULL);
    bool good = run_once(body, &seeded);
    base_log_set_sink(NULL, NULL);
    return good;
}

static void run_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    uint64_t seed = sweep(body, n, options);

    if (seed == 0) {
        print_message("%u different sequences of events\n", wc_test_sequences());
        return;
    }
    if (test.skipped) {
        fail_outside("_skip", test.file, test.line);
    }
    print_error("seed %llu fails; replay: WC_SEED=%llu ctest -R %s\n", (unsigned long long)seed,
                (unsigned long long)seed, program_invocation_short_name);
    fail_outside("_fail", test.file, test.line);
}

void wc_test_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options)
{
    run_seeds(body, n, options);
}

/* ---- violations ---- */

static enum base_rule find_rule(const char *name, const char *file, int line)
{
    enum base_rule rule = base_rule_find(name);

    if (rule == RULE_COUNT) {
        print_error("there is no rule %s\n", name);
        _fail(file, line);
    }
    return rule;
}

void wc_expect_violation_(const char *rule, const char *file, int line)
{
    base_violation_expect(find_rule(rule, file, line));
}

void wc_expect_stop_(const char *rule, void (*function)(void *), void *argument, const char *file,
                     int line)
{
    test.stop_rule = find_rule(rule, file, line);
    if (base_rule_kind(test.stop_rule) == BASE_RULE_STOP) {
        base_violation_expect(test.stop_rule); /* else it would be refused, and go on */
    }
    if (!in_machine()) {
        enum wc_result result = wc_machine_call(test.machine, function, argument);
        if (result == WC_STOPPED && judge_stop()) {
            return;
        }
        if (test.failed) {
            fail_outside("_fail", test.file, test.line);
        }
    } else {
        run_task_and_wait(function, argument);
    }
    print_error("the machine was expected to be stopped by %s\n", rule);
    _fail(file, line);
}

unsigned wc_violations(const char *rule)
{
    return base_violation_count(rule == NULL ? RULE_COUNT : find_rule(rule, __FILE__, __LINE__));
}

/* ---- traces ---- */

void wc_trace_start(void)
{
    ke_record_start();
}

void wc_assert_trace_(const char *expected, const char *file, int line)
{
    const char *text = ke_record_text();

    if (strcmp(text, expected) != 0) {
        print_error("the trace is\n%sand not\n%s", text, expected);
        _fail(file, line);
    }
}
