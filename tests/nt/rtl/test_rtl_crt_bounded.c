/* test_rtl_crt_bounded.c - what the bounded forms of the C library write, and what they refuse. */
#include "nt/nt_inside.h"

#include <string.h>

#define FILL 0x55

static char text[8];
static WCHAR wide[8];

static void fill(void)
{
    memset(text, FILL, sizeof(text));
    memset(wide, FILL, sizeof(wide));
}

static void what_fits_is_terminated(void **state)
{
    if (nt_ran_inside(what_fits_is_terminated, state)) {
        return;
    }
    fill();
    assert_int_equal(_snprintf_s(text, 8, _TRUNCATE, "%s%d", "ab", 12), 4);
    assert_memory_equal(text, "ab12\0U", 6);
    assert_int_equal(_snprintf_s(text, 8, 4, "%lu", 1234UL & 0xffff), 4);
    assert_string_equal(text, "1234");
    assert_int_equal(_snwprintf_s(wide, 8, _TRUNCATE, L"%S", "1234567"), 7);
    assert_int_equal(wide[7], 0);
    assert_int_equal(_snprintf_s(NULL, 0, 0, "x"), 0);
    assert_int_equal(_snprintf_s(NULL, 8, 1, "x"), -1);
}

static void what_count_cuts_is_told(void **state)
{
    if (nt_ran_inside(what_count_cuts_is_told, state)) {
        return;
    }
    fill();
    assert_int_equal(_snprintf_s(text, 8, 3, "%s", "abcdef"), -1);
    assert_memory_equal(text, "abc\0UUUU", 8);
    fill();
    assert_int_equal(_snprintf_s(text, 4, _TRUNCATE, "%s", "abcdef"), -1);
    assert_memory_equal(text, "abc\0UUUU", 8);
    fill();
    assert_int_equal(_snwprintf_s(wide, 4, _TRUNCATE, L"%ws", L"abcdef"), -1);
    assert_memory_equal(wide, L"abc", 8);
    assert_int_equal(wide[4], 0x5555);
}

static void what_has_no_room_is_not_written(void **state)
{
    if (nt_ran_inside(what_has_no_room_is_not_written, state)) {
        return;
    }
    fill();
    assert_int_equal(_snprintf_s(text, 4, 4, "%s", "abcdef"), -1);
    assert_int_equal(text[0], 0);
    assert_int_equal(text[4], FILL);
    fill();
    assert_int_equal(sprintf_s(text, 4, "%s", "abcd"), -1);
    assert_int_equal(text[0], 0);
    assert_int_equal(text[4], FILL);
}

static void the_older_forms_leave_out_the_terminator(void **state)
{
    if (nt_ran_inside(the_older_forms_leave_out_the_terminator, state)) {
        return;
    }
    fill();
    assert_int_equal(_snprintf(text, 4, "%s", "abcd"), 4);
    assert_memory_equal(text, "abcdUUUU", 8);
    assert_int_equal(_snprintf(text, 4, "%s", "vwxyz"), -1);
    assert_memory_equal(text, "vwxyUUUU", 8);
}

static void the_oldest_forms_have_no_bound(void **state)
{
    static const char format[] = "%u %wZ"; /* which the compiler does not know */
    const char *volatile hidden = format;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"ab");

    if (nt_ran_inside(the_oldest_forms_have_no_bound, state)) {
        return;
    }
    fill();
    assert_int_equal(sprintf(text, hidden, 12, &name), 5);
    assert_memory_equal(text, "12 ab\0UU", 8);
    assert_int_equal(swprintf(wide, L"%s-%lu", L"x", 7u), 3);
    assert_memory_equal(wide, L"x-7", 8);
}

static void copies_are_whole_or_empty(void **state)
{
    if (nt_ran_inside(copies_are_whole_or_empty, state)) {
        return;
    }
    fill();
    assert_int_equal(strcpy_s(text, 4, "abc"), 0);
    assert_memory_equal(text, "abc\0UUUU", 8);
    assert_int_not_equal(strcpy_s(text, 4, "abcd"), 0);
    assert_int_equal(text[0], 0);
    assert_int_equal(text[4], FILL);
    assert_int_equal(strncpy_s(text, 4, "abcdef", 2), 0);
    assert_string_equal(text, "ab");
    assert_int_equal(strcat_s(text, 4, "c"), 0);
    assert_string_equal(text, "abc");
    assert_int_not_equal(strcat_s(text, 4, "d"), 0);
    assert_int_equal(text[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_terminated),
        cmocka_unit_test(what_count_cuts_is_told),
        cmocka_unit_test(what_has_no_room_is_not_written),
        cmocka_unit_test(the_older_forms_leave_out_the_terminator),
        cmocka_unit_test(the_oldest_forms_have_no_bound),
        cmocka_unit_test(copies_are_whole_or_empty),
    };

    return cmocka_run_group_tests(tests, nt_inside_start, nt_inside_stop);
}
