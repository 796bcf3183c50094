/* nt_inside.h - tests that run as a task of a bare machine of one processor.
 * A test begins with
 *     if (nt_ran_inside(this_test, state)) {
 *         return;
 *     }
 * The first call starts the task, which calls the test again; that second call goes on.
 */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "nt_machine.h"

typedef void nt_test(void **state);

static struct {
    nt_test *test;
    void **state;
} nt_inside;

static void nt_inside_main(void *context)
{
    (void)context;
    nt_inside.test(nt_inside.state);
}

static inline bool nt_ran_inside(nt_test *test, void **state)
{
    if (nt_inside.test != NULL) {
        return false;
    }
    nt_inside.test = test;
    nt_inside.state = state;
    assert_int_equal(nt_run_body(nt_inside_main, NULL), HOST_RUN_DONE);
    nt_inside.test = NULL;
    return true;
}

static int nt_inside_start(void **state)
{
    struct ke_machine_config config = nt_machine_config(1);

    (void)state;
    nt_inside.test = NULL;
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
