#include "harness/testing/testing_core.h"

#include <wdm.h>

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"

typedef void fail_function(const char *file, int line);

bool testing_in_machine(void)
{
    return ke_machine.running && !ke_processor_is_outside(ke_self);
}

static _Noreturn void call_original(const char *name, const char *file, int line)
{
    fail_function *original = (fail_function *)dlsym(RTLD_NEXT, name);

    if (original != NULL) {
        original(file, line);
    }
    abort();
}

_Noreturn void testing_fail_outside(const char *file, int line)
{
    call_original("_fail", file, line);
}

_Noreturn void testing_skip_outside(const char *file, int line)
{
    call_original("_skip", file, line);
}

_Noreturn void testing_end_outside(void)
{
    call_original(testing_test.skipped ? "_skip" : "_fail", testing_test.file, testing_test.line);
}

_Noreturn void testing_note_and_stop(bool *what, const char *file, int line)
{
    if (!testing_test.failed && !testing_test.skipped) {
        *what = true;
        testing_test.file = file;
        testing_test.line = line;
        testing_leave_body();
    }
    ke_machine_halt();
}

/* cmocka calls these two by name for every assertion that fails; ours is found first. */
__attribute__((visibility("default"))) void _fail(const char *const file, const int line)
{
    if (testing_in_machine()) {
        testing_note_and_stop(&testing_test.failed, file, line);
    }
    testing_fail_outside(file, line);
}

__attribute__((visibility("default"))) void _skip(const char *const file, const int line)
{
    if (testing_in_machine()) {
        testing_note_and_stop(&testing_test.skipped, file, line);
    }
    testing_skip_outside(file, line);
}

void testing_say(enum testing_outcome outcome, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (testing_test.run == NULL || !testing_test.run->quiet) {
        print_error("%s\n", text);
    }
    /* What came first was the cause of the rest, but a stop is worse than all. */
    if (testing_test.run != NULL &&
        (testing_test.run->outcome == TESTING_PASSED ||
         (outcome >= TESTING_FAILED && testing_test.run->outcome < TESTING_FAILED))) {
        testing_test.run->outcome = outcome;
        snprintf(testing_test.run->said, sizeof(testing_test.run->said), "%s", text);
    }
}
