#include "harness/driver/driver_module.h"
#include "harness/driver/driver_symbols.h"

/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int32_t bump_function(void);
typedef const void *address_function(void);

static struct driver_module *open_or_fail(const char *path)
{
    char error[256] = "";
    struct driver_module *module = driver_module_open(path, error, sizeof(error));

    if (module == NULL) {
        fail_msg("%s", error);
    }
    return module;
}

static bump_function *bump_of(const struct driver_module *module)
{
    bump_function *bump = (bump_function *)driver_module_symbol(module, "GlobalsBump");

    assert_non_null(bump);
    return bump;
}

static void each_use_starts_with_fresh_globals(void **state)
{
    struct driver_module *module = open_or_fail(WC_DRIVER_DRV_GLOBALS);

    assert_string_equal(driver_module_name(module), "drv_globals");
    assert_int_equal(bump_of(module)(), 1101);
    assert_int_equal(bump_of(module)(), 2102);
    driver_module_close(module);

    module = open_or_fail(WC_DRIVER_DRV_GLOBALS);
    assert_int_equal(bump_of(module)(), 1101);
    driver_module_close(module);
}

static void one_file_opened_twice_shares_nothing(void **state)
{
    struct driver_module *first = open_or_fail(WC_DRIVER_DRV_GLOBALS);
    struct driver_module *second = open_or_fail(WC_DRIVER_DRV_GLOBALS);
    struct driver_module *third = open_or_fail(WC_DRIVER_DRV_GLOBALS);

    assert_ptr_not_equal(first, second);
    assert_int_equal(bump_of(first)(), 1101);
    assert_int_equal(bump_of(first)(), 2102);
    assert_int_equal(bump_of(second)(), 1101);
    assert_int_equal(bump_of(third)(), 1101);
    assert_ptr_equal(driver_module_of((void *)bump_of(second)), second);
    driver_module_close(third);
    driver_module_close(second);
    driver_module_close(first);
}

static void only_its_own_symbols_are_found(void **state)
{
    struct driver_module *module = open_or_fail(WC_DRIVER_DRV_GLOBALS);

    assert_null(driver_module_symbol(module, "printf"));
    assert_null(driver_module_symbol(module, "main"));
    assert_non_null(driver_module_symbol(module, "DriverEntry"));
    driver_module_close(module);
}

static void a_static_function_has_a_name_and_a_line(void **state)
{
    struct driver_module *first = open_or_fail(WC_DRIVER_DRV_GLOBALS);
    struct driver_module *copy = open_or_fail(WC_DRIVER_DRV_GLOBALS);
    const struct driver_module *both[] = {first, copy};

    for (int i = 0; i < 2; i++) {
        address_function *get = (address_function *)driver_module_symbol(both[i], "GlobalsStatic");
        char text[128] = "";
        int line = 0, length = 0;

        assert_true(driver_symbols_is_driver(get()));
        assert_true(driver_symbols_name(get(), text, sizeof(text)));
        sscanf(text, "bump (drv_globals.c:%d)%n", &line, &length);
        if (line < 10 || length != (int)strlen(text)) {
            fail_msg("'%s'", text);
        }
        assert_true(driver_symbols_function(get(), text, sizeof(text)));
        assert_string_equal(text, "bump");
    }
    driver_module_close(copy);
    driver_module_close(first);
}

/* Named as a compiler names the copy of a function that it made. */
__attribute__((noinline)) static int doubled(int value) __asm__("doubled.constprop.0");

static int doubled(int value)
{
    return 2 * value;
}

static void a_copy_of_a_function_has_its_name(void **state)
{
    int (*volatile copy)(int) = doubled;
    char text[128] = "";
    int line = 0, length = 0;

    assert_int_equal(copy(1), 2);
    assert_true(driver_symbols_function((const void *)copy, text, sizeof(text)));
    assert_string_equal(text, "doubled");
    assert_true(driver_symbols_name((const void *)copy, text, sizeof(text)));
    sscanf(text, "doubled (test_driver_module.c:%d)%n", &line, &length);
    assert_int_equal(length, (int)strlen(text));
}

static void an_address_outside_has_no_name(void **state)
{
    char text[64];
    int local = 0;

    assert_false(driver_symbols_is_driver(&local));
    assert_false(driver_symbols_name(&local, text, sizeof(text)));
}

static void what_is_no_driver_is_refused_in_a_line(void **state)
{
    static const struct {
        const char *path, *said;
    } cases[] = {
        {"no/such/driver.so", "driver 'no/such/driver.so': No such file or directory"},
        {"/", "driver '/': not a file"},
        {"/proc/self/exe", "driver '/proc/self/exe': cannot dynamically load"},
        {"/etc/passwd", "driver '/etc/passwd': not a driver module"},
        {WC_DRIVER_DRV_UNDEFINED, "uses WdfNobodyProvidesThis, which wdfcore does not provide"},
        {WC_DRIVER_DRV_UNLINKED, "uses queue_library_start, which neither its sources nor wdfcore "
                                 "have: is it in a library"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char error[512] = "";

        assert_null(driver_module_open(cases[i].path, error, sizeof(error)));
        if (strstr(error, cases[i].said) == NULL || strchr(error, '\n') != NULL) {
            fail_msg("'%s', not '%s'", error, cases[i].said);
        }
    }
}

/* The first bytes of a module, as a build or a copy that was interrupted leaves them. */
static void what_was_cut_off_is_refused_before_it_is_mapped(void **state)
{
    static const long kept[] = {64, 100, 600, 3000, 9000};
    char path[] = "/tmp/wdfcore-module-XXXXXX";
    static char bytes[9000];
    char error[512];
    FILE *whole = fopen(WC_DRIVER_DRV_GLOBALS, "rb");

    assert_non_null(whole);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), whole), sizeof(bytes));
    fclose(whole);
    assert_true(close(mkstemp(path)) == 0);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        FILE *file = fopen(path, "wb");

        assert_int_equal(fwrite(bytes, 1, (size_t)kept[i], file), kept[i]);
        fclose(file);
        assert_null(driver_module_open(path, error, sizeof(error)));
        assert_non_null(strstr(error, "cut off"));
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_use_starts_with_fresh_globals),
        cmocka_unit_test(one_file_opened_twice_shares_nothing),
        cmocka_unit_test(only_its_own_symbols_are_found),
        cmocka_unit_test(a_static_function_has_a_name_and_a_line),
        cmocka_unit_test(a_copy_of_a_function_has_its_name),
        cmocka_unit_test(an_address_outside_has_no_name),
        cmocka_unit_test(what_is_no_driver_is_refused_in_a_line),
        cmocka_unit_test(what_was_cut_off_is_refused_before_it_is_mapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
