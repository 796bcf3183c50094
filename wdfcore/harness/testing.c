/* testing.c - cmocka's tests in a machine.
 * Normal path: on cmocka's own stack the machine is started, the body runs as a task of it, devices
 * and drivers go, what is left is looked for, the machine ends.
 * A failing assertion: testing_assert.c. What jumps all the same (mock() without a value) leaves the
 * machine running: the teardown notices.
 */
#include "harness/testing/testing_core.h"

#include <wdm.h>

#include "harness/machine/machine_core.h"
#include "harness/testing/testing_fail.h"
#include "harness/user_io.h"
#include "host/host.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_record.h"

struct testing_test testing_test = {.stop_rule = RULE_COUNT};

struct testing_body {
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

/* In a sweep a body that fails ends like an application that dies: the machine goes on, so that
 * it is seen what the driver has left. Nothing of its stack may be used up before its requests have
 * ended: it is not unwound. */
void testing_leave_body(void)
{
    struct testing_body *call = testing_test.body;

    if (testing_test.run == NULL || !testing_test.run->gentle || call == NULL || call->ended ||
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
    struct testing_body *call = context;
    const struct wc_test_options *options = call->options;

    testing_test.state = NULL;
    call->thread = KeGetCurrentThread();
    if (options->setup != NULL && options->setup(&testing_test.state) != 0) {
        testing_say(TESTING_ASSERTION, "the setup of the test failed");
        return;
    }
    call->body(&testing_test.state);
    if (!is_at_passive("the body")) {
        testing_note_and_stop(&testing_test.failed, testing_test.file, testing_test.line);
    }
    if (options->teardown != NULL && options->teardown(&testing_test.state) != 0) {
        testing_say(TESTING_ASSERTION, "the teardown of the test failed");
        return;
    }
    call->good = true;
}

/* A machine's sequence of events, kept beyond it. */
static void note_fingerprint(void)
{
    if (ke_machine.config.record) {
        testing_test.fingerprint = ke_record_fingerprint();
    }
}

/* The call into the machine ends with the body, however that ends. */
static void run_body_task(void *context)
{
    struct testing_body *call = context;

    run_body(call);
    call->ended = true;
    host_run_recheck();
}

static bool body_has_ended(void *context)
{
    return ((const struct testing_body *)context)->ended;
}

bool testing_run_body(wc_test_body *body, const struct wc_test_options *options)
{
    struct testing_body call = {.options = options, .body = body};
    bool good = testing_machine_start(options);

    if (good) {
        testing_test.body = &call;
        enum wc_result result =
            machine_call_until(testing_test.machine, run_body_task, &call, body_has_ended);
        testing_test.body = NULL;
        note_fingerprint();
        if (testing_test.failed && result == WC_OK) {
            testing_say(TESTING_ASSERTION, "an assertion failed: %s:%d", testing_test.file,
                        testing_test.line);
            testing_forget_end(); /* what comes now is not its doing */
        }
        good = testing_judge(result) && (call.good || result == WC_STOPPED);
    }
    if (good) {
        return testing_machine_end();
    }
    testing_machine_end();
    return false;
}

bool testing_run_once(wc_test_body *body, const struct wc_test_options *options,
                      struct testing_run *run)
{
    run->outcome = TESTING_PASSED;
    run->said[0] = '\0';
    testing_test.run = run;
    bool good = testing_run_body(body, options);
    testing_test.run = NULL;
    return good && run->outcome == TESTING_PASSED;
}

void wc_test_run_(void **state)
{
    const struct wc_test *entry = *state;

    testing_test.file = entry->file;
    testing_test.line = entry->line;
    if (testing_wants_threads() && (entry->options.fibers_only || entry->seeds > 0)) {
        testing_skip_outside(testing_test.file, testing_test.line); /* it has run with fibers */
    }
    if (entry->seeds > 0) {
        testing_run_seeds(entry->body, entry->seeds, &entry->options);
    } else if (!testing_run_body(entry->body, &entry->options)) {
        testing_end_outside();
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

    return testing_machine_end() && !repaired ? 0 : -1;
}

/* ---- machines that a test sets up itself ---- */

struct wc_machine *wc_test_start(const struct wc_test_options *options)
{
    if (!testing_machine_start(options)) {
        testing_machine_end();
        fail();
    }
    return testing_test.machine;
}

int wc_test_end(void **state)
{
    return wc_test_clean_(state);
}

void wc_test_call(void (*function)(void *), void *argument)
{
    enum wc_result result = wc_machine_call(testing_test.machine, function, argument);
    if (!testing_judge(result)) {
        if (testing_test.failed || testing_test.skipped) {
            testing_end_outside();
        }
        fail();
    }
}

const char *testing_file(void)
{
    return testing_test.file != NULL ? testing_test.file : "?";
}

int testing_line(void)
{
    return testing_test.line;
}

struct wc_machine *wc_test_the_machine(void)
{
    return testing_test.machine;
}

struct wc_driver *wc_test_driver(void)
{
    return testing_test.driver;
}

struct wc_device *wc_test_device(void)
{
    return testing_test.device;
}
