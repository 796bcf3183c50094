/* nt_inside.h - tests that run as a task of a bare machine of one processor.
 * A test begins with
 *     if (nt_ran_inside(this_test, state)) {
 *         return;
 *     }
 * The first call starts the task, which calls the test again; that second call goes on. An assertion
 * that fails in the task stops the machine, and fails the test from cmocka's own stack.
 */
#include <ntddk.h>

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt/ke/ke_processor.h"
#include "nt_machine.h"

typedef void nt_test(void **state);

static struct {
    nt_test *test;
    void **state;
    const char *file; /* of the assertion that failed in the task */
    int line;
} nt_inside;

/* cmocka calls it by name for every assertion that fails, and then jumps: not across stacks. */
__attribute__((visibility("default"))) void _fail(const char *const file, const int line)
{
    void (*original)(const char *, int) = (void (*)(const char *, int))dlsym(RTLD_NEXT, "_fail");

    if (ke_machine.running && !ke_processor_is_outside(ke_self)) {
        nt_inside.file = file;
        nt_inside.line = line;
        ke_machine_halt();
    }
    if (original != NULL) {
        original(file, line);
    }
    abort();
}

static void nt_inside_main(void *context)
{
    (void)context;
    nt_inside.test(nt_inside.state);
}

static inline bool nt_ran_inside(nt_test *test, void **state)
{
    enum host_run_result result;

    if (nt_inside.test != NULL) {
        return false;
    }
    nt_inside.test = test;
    nt_inside.state = state;
    result = nt_run_body(nt_inside_main, NULL);
    if (nt_inside.file != NULL) {
        _fail(nt_inside.file, nt_inside.line);
    }
    assert_int_equal(result, HOST_RUN_DONE);
    nt_inside.test = NULL;
    return true;
}

static int nt_inside_start(void **state)
{
    struct ke_machine_config config = nt_machine_config(1);

    (void)state;
    nt_inside.test = NULL;
    nt_inside.file = NULL;
    base_violation_reset();
    return ke_machine_start(&config);
}

static int nt_inside_stop(void **state)
{
    (void)state;
    ke_machine_stop();
    nt_inside.test = NULL;
    return 0;
}
