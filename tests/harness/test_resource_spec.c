#include "harness/pnp/resource_spec.h"

/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <string.h>

static void nothing_is_no_resource(void **state)
{
    struct resource_spec spec;
    char error[128];

    assert_true(resource_spec_parse(NULL, &spec, error, sizeof(error)));
    assert_int_equal(spec.count, 0);
    assert_true(resource_spec_parse("", &spec, error, sizeof(error)));
    assert_int_equal(spec.count, 0);
}

static void items_keep_their_order(void **state)
{
    struct resource_spec spec;
    char error[128];

    assert_true(resource_spec_parse("port=0x3f8-0x3ff,irq=4,memory=0xfe000000-0xfe000fff,port=96",
                                    &spec, error, sizeof(error)));
    assert_int_equal(spec.count, 4);
    assert_int_equal(spec.item[0].kind, RESOURCE_PORT);
    assert_int_equal(spec.item[0].start, 0x3f8);
    assert_int_equal(spec.item[0].length, 8);
    assert_int_equal(spec.item[1].kind, RESOURCE_IRQ);
    assert_int_equal(spec.item[1].start, 4);
    assert_int_equal(spec.item[2].kind, RESOURCE_MEMORY);
    assert_int_equal(spec.item[2].length, 0x1000);
    assert_int_equal(spec.item[3].start, 96);
    assert_int_equal(spec.item[3].length, 1);
}

static void each_mistake_has_its_line(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"port", "'port' has no value"},
        {"=4", "'=4' has no value"},
        {"port=", "no number behind the '='"},
        {"port=-1", "no number behind the '='"},
        {"port=0x", "no number behind the '='"},
        {"port=1-", "no number behind the '-'"},
        {"port=0x3f8-0x3f0", "ends before it begins"},
        {"port=0x3f8x", "not understood from 'x'"},
        {"port=0xfff8-0x10000", "beyond the last port, 0xffff"},
        {"irq=144", "beyond the last irq, 0x8f"},
        {"irq=4-5", "not understood from '-5'"},
        {"memory=0xffffffffffffffff0", "no number"},
        {"memory=0x10000000000000", "beyond the last memory"},
        {"dma=2", "'dma' is no kind of resource"},
        {"averyverylongnameofaresource=2", "is no kind of resource"},
        {"port=1,,irq=4", "an item is empty"},
        {"port=1,", "an item is empty"},
        {"port=0x3f8-0x3ff,port=0x3ff", "overlaps another port"},
        {"irq=4,irq=4", "overlaps another irq"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct resource_spec spec;
        char error[128] = "";

        assert_false(resource_spec_parse(cases[i].text, &spec, error, sizeof(error)));
        if (strncmp(error, "resources: ", 11) != 0 || strstr(error, cases[i].said) == NULL ||
            strchr(error, '\n') != NULL) {
            fail_msg("'%s' gives '%s', not '%s'", cases[i].text, error, cases[i].said);
        }
    }
}

static void more_items_than_fit_are_refused(void **state)
{
    struct resource_spec spec;
    char text[1024] = "irq=0";
    char error[128];

    for (unsigned i = 1; i < RESOURCE_SPEC_MAX; i++) {
        snprintf(text + strlen(text), sizeof(text) - strlen(text), ",irq=%u", i);
    }
    assert_true(resource_spec_parse(text, &spec, error, sizeof(error)));
    assert_int_equal(spec.count, RESOURCE_SPEC_MAX);
    strcat(text, ",irq=99");
    assert_false(resource_spec_parse(text, &spec, error, sizeof(error)));
    assert_non_null(strstr(error, "more than 32 items"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_resource),
        cmocka_unit_test(items_keep_their_order),
        cmocka_unit_test(each_mistake_has_its_line),
        cmocka_unit_test(more_items_than_fit_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
