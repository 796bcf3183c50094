/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>

#include <wdfcore/version.h>

static void version_has_three_numbers(void **state)
{
    unsigned major, minor, patch;
    char rest;

    assert_int_equal(sscanf(wc_version(), "%u.%u.%u%c", &major, &minor, &patch, &rest), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_has_three_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
