/* testing_assert.c - how an assertion of cmocka ends a test.
 * On cmocka's own stack it is cmocka's. In the machine it would jump across stacks: there it is noted
 * with what it has said, the machine stops where it stands, and the driver of the test, back on
 * cmocka's stack, fails with it.
 */
#include "harness/testing/testing_core.h"

#include <wdm.h>

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"

typedef void fail_function(const char *file, int line);
typedef void print_function(const char *format, ...);

bool testing_in_machine(void)
{
    return ke_machine.running && !ke_processor_is_outside(ke_self);
}

/* cmocka keeps the text of a failure for the thread that says it, and prints that of its own. */
static _Thread_local char *said;

/* Every assertion of cmocka says by this what it found, then calls _fail. Its headers do not have it. */
void cm_print_error(const char *format, ...)
    __attribute__((visibility("default"), format(printf, 1, 2)));

void cm_print_error(const char *format, ...)
{
    print_function *original = (print_function *)dlsym(RTLD_NEXT, "cm_print_error");
    char *text = NULL;
    char *all = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
    }
    va_end(arguments);
    if (text == NULL) {
        return;
    }
    if (!testing_in_machine() || !base_threaded) {
        if (original != NULL) {
            original("%s", text);
        }
    } else if (asprintf(&all, "%s%s", said != NULL ? said : "", text) >= 0) {
        free(said);
        said = all;
    }
    free(text);
}

/* In pieces: cmocka cuts a message after 1,024 characters. */
static void say_again(void)
{
    for (const char *at = testing_test.said; at != NULL && *at != '\0';) {
        size_t length = strnlen(at, 900);

        cm_print_error("%.*s", (int)length, at);
        at += length;
    }
    free(testing_test.said);
    testing_test.said = NULL;
}

static _Noreturn void call_original(const char *name, const char *file, int line)
{
    fail_function *original = (fail_function *)dlsym(RTLD_NEXT, name);

    say_again();
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
    if (!__atomic_exchange_n(&testing_test.noted, true, __ATOMIC_RELAXED)) {
        testing_test.file = file;
        testing_test.line = line;
        free(testing_test.said);
        testing_test.said = said;
        said = NULL;
        *what = true;
        testing_leave_body();
    }
    free(said);
    said = NULL;
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

/* ---- mock(), will_return(), expect_...() ----
 *
 * cmocka keeps their values for the thread that set them up. With threads the body, a callback and
 * another task are on different ones, none of them cmocka's own: that is said, instead of reading
 * lists that are not there.
 */
#define ORIGINAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static void refuse_elsewhere(const char *what, const char *file, int line)
{
    if (testing_in_machine() && base_threaded) {
        cm_print_error("%s keeps its values for one host thread: in the machine it works with "
                       "fibers only, so the test needs .fibers_only = true\n",
                       what);
        testing_note_and_stop(&testing_test.failed, file, line);
    }
}

__attribute__((visibility("default"))) LargestIntegralType _mock(const char *function,
                                                                 const char *file, int line)
{
    refuse_elsewhere("mock()", file, line);
    return ORIGINAL(_mock)(function, file, line);
}

__attribute__((visibility("default"))) void
_will_return(const char *function, const char *file, int line, LargestIntegralType value, int count)
{
    refuse_elsewhere("will_return()", file, line);
    ORIGINAL(_will_return)(function, file, line, value, count);
}

__attribute__((visibility("default"))) void _check_expected(const char *function,
                                                            const char *parameter, const char *file,
                                                            int line, LargestIntegralType value)
{
    refuse_elsewhere("check_expected()", file, line);
    ORIGINAL(_check_expected)(function, parameter, file, line, value);
}

/* All of expect_...(). */
__attribute__((visibility("default"))) void _expect_check(const char *function,
                                                          const char *parameter, const char *file,
                                                          int line, CheckParameterValue check,
                                                          LargestIntegralType data,
                                                          CheckParameterEvent *event, int count)
{
    refuse_elsewhere("expect_...()", file, line);
    ORIGINAL(_expect_check)(function, parameter, file, line, check, data, event, count);
}

__attribute__((visibility("default"))) void
_expect_function_call(const char *function, const char *file, int line, int count)
{
    refuse_elsewhere("expect_function_call()", file, line);
    ORIGINAL(_expect_function_call)(function, file, line, count);
}

__attribute__((visibility("default"))) void _function_called(const char *function, const char *file,
                                                             int line)
{
    refuse_elsewhere("function_called()", file, line);
    ORIGINAL(_function_called)(function, file, line);
}

/* ---- of itself ---- */

void testing_forget_end(void)
{
    say_again();
    __atomic_store_n(&testing_test.noted, false, __ATOMIC_RELAXED);
    testing_test.failed = false;
    testing_test.skipped = false;
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
