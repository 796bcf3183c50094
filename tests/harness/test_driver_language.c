/* test_driver_language.c - drivers are compiled with the promises of Microsoft's compiler. */
#include <ntddk.h>

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

static struct driver_module *module;

static int open_driver(void **state)
{
    char error[256] = "";

    module = driver_module_open(WC_DRIVER_DRV_LANGUAGE, error, sizeof(error));
    return module != NULL ? 0 : -1;
}

static int close_driver(void **state)
{
    driver_module_close(module);
    return 0;
}

static const void *function(const char *name)
{
    const void *found = driver_module_symbol(module, name);

    assert_non_null(found);
    return found;
}

static void arrays_at_the_end_are_as_long_as_they_are(void **state)
{
    typedef ULONGLONG sum_function(const CM_RESOURCE_LIST *resources);
    sum_function *sum = (sum_function *)function("LanguageSumNested");
    ULONGLONG memory[40] = {0};
    CM_RESOURCE_LIST *list = (CM_RESOURCE_LIST *)memory;
    CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor =
        list->List[0].PartialResourceList.PartialDescriptors;

    list->Count = 1;
    list->List[0].PartialResourceList.Count = 5;
    for (ULONG i = 0; i < 5; i++) {
        descriptor[i].u.Interrupt.Vector = 10 + i;
    }
    assert_int_equal(sum(list), 60);
}

static void pointers_of_different_types_alias(void **state)
{
    typedef LONG alias_function(LONG * integer, float *real);
    alias_function *alias = (alias_function *)function("LanguageAlias");
    union {
        LONG integer;
        float real;
    } both;

    assert_int_equal(alias(&both.integer, &both.real), 0x40000000); /* 2.0 */
}

static void integers_wrap(void **state)
{
    typedef BOOLEAN wraps_function(LONG number);
    wraps_function *wraps = (wraps_function *)function("LanguageWraps");

    assert_true(wraps(MAXLONG));
    assert_false(wraps(1));
}

static void a_pointer_may_be_tested_late(void **state)
{
    typedef LONG late_function(LONG * copy, const LONG *number, SIZE_T size);
    late_function *late = (late_function *)function("LanguageTestsLate");
    LONG number = 2;
    LONG copy = 0;

    assert_int_equal(late(&copy, NULL, 0), -1);
    assert_int_equal(late(&copy, &number, sizeof(number)), 2);
}

static void long_has_32_bits(void **state)
{
    typedef LONG long_function(volatile LONG * number, int *line);
    long_function *increment = (long_function *)function("LanguageLong");
    LONG numbers[2] = {-2, 7};
    int line = 0, first = 0;
    char text[200] = "";

    assert_int_equal(increment(numbers, &line), 8);
    assert_int_equal(numbers[0], -1);
    assert_int_equal(numbers[1], 7);
    /* Files and lines are those of the source. */
    assert_true(driver_symbols_name((const void *)(ULONG_PTR)increment, text, sizeof(text)));
    assert_int_equal(sscanf(text, "LanguageLong (drv_language.c:%d)", &first), 1);
    assert_in_range(line, first + 1, first + 4);
}

static void names_of_functions_are_strings(void **state)
{
    typedef const char *name_function(const LONG *of);
    name_function *name = (name_function *)function("LanguageName");
    LONG one = 0, large = 1000;

    assert_string_equal(name(NULL), "{LanguageName, __FUNCTION__");
    assert_string_equal(name(&one), "LanguageName");
    assert_string_equal(name(&large), "LanguageName, LanguageName(__FUNCTION__)");
}

static void files_without_a_mark_are_in_their_code_page(void **state)
{
    static const struct {
        const char *function;
        const WCHAR *text;
    } pages[] = {
        {"Language_chinese", L"\x4e2d\x6587"},
        {"Language_japanese", L"\x30c6\x30b9\x30c8"},
        {"Language_russian", L"\x043f\x0440\x0438\x0432\x0435\x0442, \x043c\x0438\x0440, "
                             L"\x0432\x0441\x0435\x043c \x0432\x0441\x0435"},
        {"Language_western", L"caf\x00e9 no\x00eb"
                             L"l"},
    };

    for (size_t i = 0; i < RTL_NUMBER_OF(pages); i++) {
        typedef PCWSTR text_function(VOID);
        text_function *text = (text_function *)function(pages[i].function);
        size_t length = wcslen(pages[i].text);

        assert_memory_equal(text(), pages[i].text, (length + 1) * sizeof(WCHAR));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_at_the_end_are_as_long_as_they_are),
        cmocka_unit_test(pointers_of_different_types_alias),
        cmocka_unit_test(integers_wrap),
        cmocka_unit_test(a_pointer_may_be_tested_late),
        cmocka_unit_test(long_has_32_bits),
        cmocka_unit_test(names_of_functions_are_strings),
        cmocka_unit_test(files_without_a_mark_are_in_their_code_page),
    };

    return cmocka_run_group_tests(tests, open_driver, close_driver);
}
