/* base/fault.c: a point is due at each n-th pass while it is armed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/fault.h"

static int reset(void **state)
{
    (void)state;
    base_fault_reset();
    return 0;
}

static unsigned pass(unsigned times)
{
    unsigned due = 0;

    while (times-- > 0) {
        due += base_fault_due(BASE_FAULT_DPC_INSERT);
    }
    return due;
}

static void a_point_that_is_not_armed_is_never_due(void **state)
{
    (void)state;
    assert_int_equal(pass(1000), 0);
    assert_int_equal(base_fault_hits(BASE_FAULT_DPC_INSERT), 0);
}

static void an_armed_point_is_due_each_nth_time(void **state)
{
    (void)state;
    pass(5); /* does not count */
    base_fault_arm(BASE_FAULT_DPC_INSERT, 3);
    assert_int_equal(pass(2), 0);
    assert_int_equal(pass(1), 1);
    assert_int_equal(pass(30), 10);
    assert_int_equal(base_fault_hits(BASE_FAULT_DPC_INSERT), 11);
    base_fault_arm(BASE_FAULT_DPC_INSERT, 0);
    assert_int_equal(pass(30), 0);
}

static void points_have_names(void **state)
{
    (void)state;
    assert_int_equal(base_fault_find("DpcInsert"), BASE_FAULT_DPC_INSERT);
    assert_int_equal(base_fault_find("dpcinsert"), BASE_FAULT_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_point_that_is_not_armed_is_never_due, reset),
        cmocka_unit_test_teardown(an_armed_point_is_due_each_nth_time, reset),
        cmocka_unit_test_teardown(points_have_names, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
