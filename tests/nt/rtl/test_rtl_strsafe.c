/* test_rtl_strsafe.c - bounded string routines. */
#include <ntstrsafe.h>

#include "nt/nt_inside.h"

static void copy_truncates_and_terminates(void **state) /* spec: STR-07 */
{
    WCHAR wide[6];
    char narrow[6];

    if (nt_ran_inside(copy_truncates_and_terminates, state)) {
        return;
    }
    assert_int_equal(RtlStringCchCopyW(wide, 6, L"hello"), STATUS_SUCCESS);
    assert_memory_equal(wide, L"hello", 12);
    assert_int_equal(RtlStringCchCopyW(wide, 6, L"hello!"), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(wide, L"hello", 12);
    assert_int_equal(RtlStringCbCopyW(wide, 6, L"abc"), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(wide, L"ab", 6);
    assert_int_equal(RtlStringCbCopyA(narrow, 6, "hello, you"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(narrow, "hello");
    assert_int_equal(RtlStringCchPrintfA(narrow, 6, "%u", 123456u), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(narrow, "12345");
    assert_int_equal(RtlStringCbPrintfA(narrow, 6, "%u", 12345u), STATUS_SUCCESS);
    assert_string_equal(narrow, "12345");
    assert_int_equal(RtlStringCbPrintfW(wide, sizeof(wide), L"%u", 123456u),
                     STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(wide, L"12345", 12);
}

static void size_zero_is_an_invalid_parameter(void **state) /* spec: STR-08 */
{
    WCHAR wide[2] = L"z";
    char narrow[2] = "z";

    if (nt_ran_inside(size_zero_is_an_invalid_parameter, state)) {
        return;
    }
    assert_int_equal(RtlStringCchCopyW(wide, 0, L"a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCbCopyW(wide, 0, L"a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCbCopyW(wide, 1, L"a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(narrow, 0, "a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCbCopyA(narrow, 0, "a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(narrow, (size_t)NTSTRSAFE_MAX_CCH + 1, "a"),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(wide[0], L'z');
    assert_int_equal(narrow[0], 'z');
    assert_int_equal(RtlStringCchCopyA(narrow, 2, "a"), STATUS_SUCCESS);
}

static void length_wants_a_terminator_within_the_limit(void **state) /* spec: STR-09 */
{
    size_t length = 99;

    if (nt_ran_inside(length_wants_a_terminator_within_the_limit, state)) {
        return;
    }
    assert_int_equal(RtlStringCbLengthW(L"abc", 100, &length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlStringCchLengthW(L"abc", 4, &length), STATUS_SUCCESS);
    assert_int_equal(length, 3);
    assert_int_equal(RtlStringCchLengthW(L"abc", 3, &length), STATUS_INVALID_PARAMETER);
    assert_int_equal(length, 0);
    assert_int_equal(RtlStringCbLengthA("abc", 4, &length), STATUS_SUCCESS);
    assert_int_equal(length, 3);
    assert_int_equal(RtlStringCbLengthA("abc", 3, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCbLengthA(NULL, 3, NULL), STATUS_INVALID_PARAMETER);
}

static void counted_strings_get_no_terminator(void **state) /* spec: STR-10 */
{
    WCHAR buffer[4] = {L'#', L'#', L'#', L'#'};
    UNICODE_STRING string = {.MaximumLength = sizeof(buffer), .Buffer = buffer};
    UNICODE_STRING tail = RTL_CONSTANT_STRING(L"xyz");

    if (nt_ran_inside(counted_strings_get_no_terminator, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeStringPrintf(&string, L"%u", 12u), STATUS_SUCCESS);
    assert_int_equal(string.Length, 4);
    assert_memory_equal(buffer, L"12##", 8);
    assert_int_equal(RtlUnicodeStringCatString(&string, L"3"), STATUS_SUCCESS);
    assert_memory_equal(buffer, L"123#", 8);
    assert_int_equal(RtlUnicodeStringPrintf(&string, L"%u", 4321u), STATUS_SUCCESS);
    assert_int_equal(string.Length, 8);
    assert_memory_equal(buffer, L"4321", 8);
    assert_int_equal(RtlUnicodeStringPrintf(&string, L"%u", 54321u), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(buffer, L"5432", 8);
    assert_int_equal(RtlUnicodeStringCopy(&string, &tail), STATUS_SUCCESS);
    assert_memory_equal(buffer, L"xyz2", 8);
    assert_int_equal(string.Length, 6);
}

static void wide_printf_takes_wide_s(void **state) /* spec: DBG-09 */
{
    WCHAR text[32];

    if (nt_ran_inside(wide_printf_takes_wide_s, state)) {
        return;
    }
    assert_int_equal(
        RtlStringCbPrintfW(text, sizeof(text), L"%s-%S-%hs-%ls", L"wide", "narrow", "n", L"w"),
        STATUS_SUCCESS);
    assert_memory_equal(text, L"wide-narrow-n-w", 32);
}

static void ex_tells_the_end_and_what_is_left(void **state)
{
    char text[8];
    char *end = NULL;
    size_t left = 0;

    if (nt_ran_inside(ex_tells_the_end_and_what_is_left, state)) {
        return;
    }
    assert_int_equal(RtlStringCchCopyExA(text, 8, "abc", &end, &left, STRSAFE_FILL_BYTE('.')),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, text + 3);
    assert_int_equal(left, 5);
    assert_memory_equal(text, "abc\0....", 8);
    assert_int_equal(RtlStringCchCatExA(text, 8, "defghij", &end, &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "abc");
    assert_ptr_equal(end, text + 3);
    assert_int_equal(RtlStringCchCatNA(text, 8, "defghij", 2), STATUS_SUCCESS);
    assert_string_equal(text, "abcde");
    assert_int_equal(
        RtlStringCchCopyExA(text, 8, "too long for it", NULL, NULL, STRSAFE_NULL_ON_FAILURE),
        STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "");
    assert_int_equal(RtlStringCchCopyExA(text, 8, NULL, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(text, 8, NULL, NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
}

static void without_a_destination_only_an_empty_text_fits(void **state)
{
    char text[2] = "x";
    char *end = NULL;
    size_t left = 9;

    if (nt_ran_inside(without_a_destination_only_an_empty_text_fits, state)) {
        return;
    }
    assert_int_equal(RtlStringCchCopyExA(NULL, 0, "", &end, &left, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_int_equal(left, 0);
    assert_int_equal(RtlStringCchCopyExA(NULL, 0, "a", NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(text, 0, "", &end, &left, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, text);
    assert_int_equal(RtlStringCchCopyExA(text, 0, "a", NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "x");
    assert_int_equal(RtlStringCchCopyExA(text, 0, "", NULL, NULL, 0), STATUS_INVALID_PARAMETER);
}

static void counted_ex_takes_flags_and_tells_what_is_left(void **state)
{
    WCHAR room[6];
    UNICODE_STRING text = {0, sizeof(room), room}, left, source = RTL_CONSTANT_STRING(L"abc");

    if (nt_ran_inside(counted_ex_takes_flags_and_tells_what_is_left, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeStringCopyEx(&text, &source, &left, 0), STATUS_SUCCESS);
    assert_int_equal(text.Length, 6);
    assert_ptr_equal(left.Buffer, room + 3);
    assert_int_equal(left.Length, 0);
    assert_int_equal(left.MaximumLength, 6);
    assert_int_equal(RtlUnicodeStringCatStringEx(&text, L"defg", &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(text.Length, 6); /* as it was */
    assert_memory_equal(room, L"abc", 6);
    assert_int_equal(RtlUnicodeStringCatStringEx(&text, L"defg", &left, 0), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(room, L"abcdef", 12);
    assert_int_equal(left.MaximumLength, 0);
    assert_int_equal(
        RtlUnicodeStringCopyStringEx(&text, L"1234567", NULL, STRSAFE_ZERO_LENGTH_ON_FAILURE),
        STATUS_BUFFER_OVERFLOW);
    assert_int_equal(text.Length, 0);
    assert_int_equal(RtlUnicodeStringCopyStringEx(&text, L"1", NULL, STRSAFE_FILL_BYTE(0x20)),
                     STATUS_SUCCESS);
    assert_int_equal(room[5], 0x2020);
    assert_int_equal(RtlUnicodeStringCchCatN(&text, &source, 2), STATUS_SUCCESS);
    assert_memory_equal(room, L"1ab", 6);
    assert_int_equal(text.Length, 6);
    assert_int_equal(RtlUnicodeStringCbCatN(&text, &source, 2), STATUS_SUCCESS);
    assert_int_equal(text.Length, 8);
    assert_int_equal(RtlUnicodeStringCchCopyNEx(&text, &source, 1, &left, 0), STATUS_SUCCESS);
    assert_int_equal(text.Length, 2);
    assert_int_equal(RtlUnicodeStringCbCatStringNEx(&text, L"xyz", 4, &left, 0), STATUS_SUCCESS);
    assert_memory_equal(room, L"axy", 6);
    assert_int_equal(RtlUnicodeStringCopyStringEx(&text, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(text.Length, 6);
    assert_int_equal(RtlUnicodeStringCopyStringEx(&text, NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_int_equal(text.Length, 0);
    assert_int_equal(RtlUnicodeStringCatEx(&text, &source, NULL, 0x2000), STATUS_INVALID_PARAMETER);
}

static void counted_strings_are_copied_in_parts(void **state)
{
    WCHAR storage[6];
    UNICODE_STRING text = {0, sizeof(storage), storage};
    UNICODE_STRING source = RTL_CONSTANT_STRING(L"abcd");

    if (nt_ran_inside(counted_strings_are_copied_in_parts, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeStringCchCopyN(&text, &source, 3), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeStringCbCatStringN(&text, L"xyz", 4), STATUS_SUCCESS);
    assert_int_equal(text.Length, 10);
    assert_memory_equal(storage, L"abcxy", 10);
    assert_int_equal(RtlUnicodeStringCat(&text, &source), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(storage, L"abcxya", sizeof(storage));
    assert_int_equal(RtlUnicodeStringCbCopyN(&text, &source, 2), STATUS_SUCCESS);
    assert_int_equal(text.Length, 2);
    /* No counted string is that long. */
    assert_int_equal(RtlUnicodeStringCchCopyN(&text, &source, NTSTRSAFE_UNICODE_STRING_MAX_CCH + 1),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(
        RtlUnicodeStringCchCopyStringN(&text, L"a", NTSTRSAFE_UNICODE_STRING_MAX_CCH + 1),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringCopyString(&text, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(text.Length, 2);
}

static void counted_sources_are_copied(void **state)
{
    UNICODE_STRING source = {.Buffer = (PWCH)L"hello!", .Length = 10, .MaximumLength = 12};
    UNICODE_STRING odd = {.Buffer = (PWCH)L"hello!", .Length = 3, .MaximumLength = 12};
    UNICODE_STRING none = {0};
    WCHAR wide[8];
    PWSTR end;
    size_t left;

    if (nt_ran_inside(counted_sources_are_copied, state)) {
        return;
    }
    assert_int_equal(RtlStringCchCopyUnicodeString(wide, 6, &source), STATUS_SUCCESS);
    assert_memory_equal(wide, L"hello", 12); /* without what is behind its length */
    assert_int_equal(RtlStringCbCopyUnicodeString(wide, 10, &source), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(wide, L"hell", 10);
    assert_int_equal(RtlStringCchCopyUnicodeString(wide, 0, &source), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyUnicodeString(wide, 6, &odd), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyUnicodeString(wide, 6, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyUnicodeString(wide, 6, &none), STATUS_SUCCESS);
    assert_int_equal(wide[0], 0);
    assert_int_equal(RtlStringCbCopyUnicodeStringEx(wide, sizeof(wide), &source, &end, &left, 0),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, wide + 5);
    assert_int_equal(left, 6);
    assert_int_equal(
        RtlStringCchCopyUnicodeStringEx(wide, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS),
        STATUS_SUCCESS);
    assert_int_equal(left, 8);
    assert_int_equal(
        RtlStringCchCopyUnicodeStringEx(wide, 3, &source, &end, &left, STRSAFE_NO_TRUNCATION),
        STATUS_BUFFER_OVERFLOW);
    assert_int_equal(wide[0], 0);
    assert_int_equal(RtlUnalignedStringCbLengthW(L"abc", 8, &left), STATUS_SUCCESS);
    assert_int_equal(left, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_truncates_and_terminates),
        cmocka_unit_test(size_zero_is_an_invalid_parameter),
        cmocka_unit_test(length_wants_a_terminator_within_the_limit),
        cmocka_unit_test(counted_strings_get_no_terminator),
        cmocka_unit_test(wide_printf_takes_wide_s),
        cmocka_unit_test(ex_tells_the_end_and_what_is_left),
        cmocka_unit_test(without_a_destination_only_an_empty_text_fits),
        cmocka_unit_test(counted_ex_takes_flags_and_tells_what_is_left),
        cmocka_unit_test(counted_strings_are_copied_in_parts),
        cmocka_unit_test(counted_sources_are_copied),
    };

    return cmocka_run_group_tests(tests, nt_inside_start, nt_inside_stop);
}
