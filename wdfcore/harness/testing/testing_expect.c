/* testing_expect.c - violations that a test wants, and the trace that it expects. */
#include "harness/testing/testing_core.h"

#include <wdm.h>

#include <string.h>

#include "nt/ke/record/ke_record.h"

/* ---- violations ---- */

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
    if (wc_machine_start_task(testing_test.machine, run_task, &call) == WC_OK) {
        KeWaitForSingleObject(&call.ended, Executive, KernelMode, FALSE, NULL);
    }
}

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
    testing_test.stop_rule = find_rule(rule, file, line);
    if (base_rule_kind(testing_test.stop_rule) == BASE_RULE_STOP) {
        base_violation_expect(testing_test.stop_rule); /* else it would be refused, and go on */
    }
    if (!testing_in_machine()) {
        enum wc_result result = wc_machine_call(testing_test.machine, function, argument);
        if (result == WC_STOPPED && testing_judge_stop()) {
            return;
        }
        if (testing_test.failed) {
            testing_fail_outside(testing_test.file, testing_test.line);
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
