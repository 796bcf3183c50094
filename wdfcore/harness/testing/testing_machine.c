#include "harness/testing/testing_core.h"

#include <wdm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "harness/machine/machine_core.h"
#include "harness/testing/failure/testing_failures.h"
#include "harness/testing/testing_callbacks.h"
#include "harness/testing/testing_calls.h"
#include "harness/testing/testing_drive.h"
#include "harness/testing/testing_text.h"
#include "nt/ke/ke_machine.h"

/* A line of .registry is a value. */
static enum wc_result set_registry(const struct wc_test_options *options)
{
    const char *line = options->registry;
    enum wc_result result = WC_OK;

    while (result == WC_OK && *line != '\0') {
        size_t length = strcspn(line, "\n");
        char *value = strndup(line, length);

        result = value != NULL
                     ? wc_machine_registry_set(testing_test.machine, options->driver, value)
                     : WC_FAILED;
        free(value);
        line += length + (line[length] != '\0');
    }
    return result;
}

bool testing_wants_threads(void)
{
    const char *wanted = getenv("WC_SCHED");

    return wanted != NULL && strcmp(wanted, "thread") == 0;
}

/* A seed is a schedule of fibers. */
static enum wc_scheduler pick_scheduler(const struct wc_test_options *options)
{
    return testing_wants_threads() && !options->fibers_only && options->seed == 0
               ? WC_SCHED_THREAD
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
    testing_say(TESTING_STOPPED, "the machine was stopped: %.*s", (int)strcspn(report, "\n"),
                report);
}

bool testing_machine_start(const struct wc_test_options *options)
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
    testing_forget_end();
    base_fault_reset();
    testing_test.stop_rule = RULE_COUNT;
    testing_test.driver = NULL;
    testing_test.device = NULL;
    if (options->calls) {
        testing_calls_start();
    }
    if (options->calls || (testing_test.run != NULL && testing_test.run->failures)) {
        testing_failures_start();
    }
    result = wc_machine_create(&config, &testing_test.machine);
    if (result == WC_OK && testing_test.run != NULL) {
        machine_set_patience(testing_test.machine, testing_test.run->patience_ns);
    }
    if (result == WC_OK && options->calls) {
        testing_callbacks_start();
    }
    if (result == WC_OK && options->registry != NULL) {
        result = set_registry(options);
    }
    if (result == WC_OK && options->driver != NULL) {
        result =
            wc_machine_load_driver(testing_test.machine, options->driver, &testing_test.driver);
    }
    if (result == WC_OK && options->driver != NULL && !options->no_device) {
        result = wc_machine_add_device(testing_test.machine, testing_test.driver, &device,
                                       &testing_test.device);
    }
    if (result == WC_STOPPED) {
        print_stopped();
    }
    if (result != WC_OK) {
        testing_say(result == WC_STUCK ? TESTING_STUCK : TESTING_NOT_STARTED,
                    "the machine of the test does not start: %s",
                    result == WC_STOPPED ? "a violation stopped it" : wc_last_error());
    }
    return result == WC_OK;
}

/* The machine came to a stop: was that wanted? */
bool testing_judge_stop(void)
{
    if (testing_test.failed) {
        if (testing_test.run != NULL) {
            testing_say(TESTING_ASSERTION, "an assertion failed: %s:%d", testing_test.file,
                        testing_test.line);
        }
        return false;
    }
    if (testing_test.stop_rule != RULE_COUNT && base_violation_count(testing_test.stop_rule) > 0) {
        return true;
    }
    if (!testing_test.skipped) {
        print_stopped();
    }
    return false;
}

bool testing_judge(enum wc_result result)
{
    switch (result) {
    case WC_OK:
        return true;
    case WC_STOPPED:
        return testing_judge_stop();
    case WC_STUCK:
        testing_say(TESTING_STUCK, "%s", wc_last_error());
        return false;
    case WC_FAILED:
    case WC_BAD_INPUT:
    default:
        testing_say(TESTING_FAILED, "%s", wc_last_error());
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

bool testing_machine_end(void)
{
    struct wc_machine *machine = testing_test.machine;
    bool was_stopped = ke_machine.stopped;
    enum base_rule unmet;

    if (machine == NULL) {
        stop_logs();
        return true;
    }
    testing_test.machine = NULL;
    testing_test.driver = NULL;
    testing_test.device = NULL;
    if (testing_test.run != NULL) {
        testing_test.run->end_ns = wc_machine_now_ns(machine);
    }
    enum wc_result result = wc_machine_destroy(machine);
    const char *left = testing_failures_unmet();
    stop_logs();
    if (was_stopped) {
        return true; /* judged by who saw it stop */
    }
    bool good = testing_judge(result);
    if (good && left[0] != '\0') {
        testing_say(TESTING_ASSERTION, "%s", left);
        good = false;
    }
    unmet = base_violation_unmet();
    if (good && unmet != RULE_COUNT) {
        testing_say(TESTING_ASSERTION, "the violation %s was expected and did not occur",
                    base_rule_name(unmet));
        good = false;
    }
    return good;
}
