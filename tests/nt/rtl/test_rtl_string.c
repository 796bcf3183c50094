/* test_rtl_string.c - UNICODE_STRING: initialise, copy, append, compare. */
#include "nt/nt_inside.h"

static void init_counts_bytes_without_the_terminator(void **state) /* spec: STR-01 */
{
    static const WCHAR text[] = L"COM1";
    UNICODE_STRING string;

    if (nt_ran_inside(init_counts_bytes_without_the_terminator, state)) {
        return;
    }
    RtlInitUnicodeString(&string, text);
    assert_int_equal(string.Length, 8);
    assert_int_equal(string.MaximumLength, 10);
    assert_ptr_equal(string.Buffer, text);
    RtlInitUnicodeString(&string, NULL);
    assert_int_equal(string.Length, 0);
    assert_int_equal(string.MaximumLength, 0);
    assert_null(string.Buffer);
}

static void init_ex_refuses_what_is_too_long(void **state)
{
    static WCHAR text[40000];
    UNICODE_STRING string = {.Length = 2};

    if (nt_ran_inside(init_ex_refuses_what_is_too_long, state)) {
        return;
    }
    for (size_t i = 0; i < ARRAYSIZE(text) - 1; i++) {
        text[i] = L'x';
    }
    assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_NAME_TOO_LONG);
    assert_int_equal(string.Length, 2);
    text[10] = 0;
    assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_SUCCESS);
    assert_int_equal(string.Length, 20);
}

static void copy_is_bounded_by_the_destination(void **state) /* spec: STR-02 */
{
    UNICODE_STRING source = RTL_CONSTANT_STRING(L"abcdef");
    DECLARE_UNICODE_STRING_SIZE(wide, 8);
    DECLARE_UNICODE_STRING_SIZE(narrow, 4);

    if (nt_ran_inside(copy_is_bounded_by_the_destination, state)) {
        return;
    }
    RtlCopyUnicodeString(&wide, &source);
    assert_int_equal(wide.Length, 12);
    assert_memory_equal(wide.Buffer, L"abcdef", 12);
    RtlCopyUnicodeString(&narrow, &source);
    assert_int_equal(narrow.Length, 8);
    assert_memory_equal(narrow.Buffer, L"abcd", 8);
    assert_int_equal(narrow.MaximumLength, 8);
    assert_ptr_equal(narrow.Buffer, narrow_buffer);
    RtlCopyUnicodeString(&narrow, NULL);
    assert_int_equal(narrow.Length, 0);
    assert_int_equal(narrow.MaximumLength, 8);
    assert_ptr_equal(narrow.Buffer, narrow_buffer);
}

static void append_changes_nothing_if_it_does_not_fit(void **state) /* spec: STR-03 */
{
    UNICODE_STRING tail = RTL_CONSTANT_STRING(L"\\Device");
    DECLARE_UNICODE_STRING_SIZE(string, 9);

    if (nt_ran_inside(append_changes_nothing_if_it_does_not_fit, state)) {
        return;
    }
    assert_int_equal(RtlAppendUnicodeStringToString(&string, &tail), STATUS_SUCCESS);
    assert_int_equal(string.Length, 14);
    assert_int_equal(RtlAppendUnicodeToString(&string, L"\\S0"), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlAppendUnicodeStringToString(&string, &tail), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(string.Length, 14);
    assert_memory_equal(string.Buffer, L"\\Device", 14);
    assert_int_equal(RtlAppendUnicodeToString(&string, L"\\S"), STATUS_SUCCESS);
    assert_int_equal(string.Length, 18);
    assert_memory_equal(string.Buffer, L"\\Device\\S", 18);
    assert_int_equal(RtlAppendUnicodeToString(&string, NULL), STATUS_SUCCESS);
    assert_int_equal(string.Length, 18);
}

static void comparison_follows_units_and_case(void **state) /* spec: STR-04 */
{
    UNICODE_STRING lower = RTL_CONSTANT_STRING(L"com1");
    UNICODE_STRING upper = RTL_CONSTANT_STRING(L"COM1");
    UNICODE_STRING longer = RTL_CONSTANT_STRING(L"com10");
    UNICODE_STRING tail = RTL_CONSTANT_STRING(L"M10");
    UNICODE_STRING umlaut = RTL_CONSTANT_STRING(L"\u00FCber\u0436");
    UNICODE_STRING capital = RTL_CONSTANT_STRING(L"\u00DCBER\u0416");

    if (nt_ran_inside(comparison_follows_units_and_case, state)) {
        return;
    }
    assert_true(RtlCompareUnicodeString(&upper, &lower, FALSE) < 0);
    assert_true(RtlCompareUnicodeString(&lower, &upper, FALSE) > 0);
    assert_int_equal(RtlCompareUnicodeString(&lower, &upper, TRUE), 0);
    assert_true(RtlCompareUnicodeString(&lower, &longer, TRUE) < 0);
    assert_true(RtlCompareUnicodeString(&longer, &upper, TRUE) > 0);
    assert_int_equal(RtlEqualUnicodeString(&lower, &upper, FALSE), FALSE);
    assert_int_equal(RtlEqualUnicodeString(&lower, &upper, TRUE), TRUE);
    assert_int_equal(RtlEqualUnicodeString(&lower, &longer, TRUE), FALSE);
    assert_int_equal(RtlEqualUnicodeString(&umlaut, &capital, TRUE), TRUE);
    assert_int_equal(RtlEqualUnicodeString(&umlaut, &capital, FALSE), FALSE);
    assert_true(RtlPrefixUnicodeString(&upper, &longer, TRUE));
    assert_false(RtlPrefixUnicodeString(&upper, &longer, FALSE));
    assert_false(RtlPrefixUnicodeString(&longer, &upper, TRUE));
    assert_true(RtlSuffixUnicodeString(&tail, &longer, TRUE));
    assert_false(RtlSuffixUnicodeString(&tail, &longer, FALSE));
    assert_false(RtlSuffixUnicodeString(&longer, &tail, TRUE));
}

static void comparison_is_refused_above_passive(void **state)
{
    UNICODE_STRING string = RTL_CONSTANT_STRING(L"x");
    KIRQL old;

    if (nt_ran_inside(comparison_is_refused_above_passive, state)) {
        return;
    }
    base_violation_expect(RULE_IrqlTooHigh);
    old = KeRaiseIrqlToDpcLevel();
    assert_int_equal(RtlEqualUnicodeString(&string, &string, FALSE), FALSE);
    KeLowerIrql(old);
    assert_int_equal(base_violation_count(RULE_IrqlTooHigh), 1);
    assert_int_equal(RtlEqualUnicodeString(&string, &string, FALSE), TRUE);
}

static void narrow_strings_follow_the_same_rules(void **state)
{
    char buffer[6];
    STRING string = {.MaximumLength = sizeof(buffer), .Buffer = buffer};
    STRING upper;
    STRING lower;

    if (nt_ran_inside(narrow_strings_follow_the_same_rules, state)) {
        return;
    }
    RtlInitAnsiString(&upper, "COM1");
    RtlInitString(&lower, "com1");
    assert_int_equal(upper.Length, 4);
    assert_int_equal(upper.MaximumLength, 5);
    assert_true(RtlEqualString(&upper, &lower, TRUE));
    assert_false(RtlEqualString(&upper, &lower, FALSE));
    RtlCopyString(&string, &upper);
    assert_int_equal(RtlAppendAsciizToString(&string, "23"), STATUS_SUCCESS);
    assert_int_equal(RtlAppendAsciizToString(&string, "4"), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(string.Length, 6);
    assert_memory_equal(buffer, "COM123", 6);
}

static void conversions_allocate_and_count(void **state)
{
    UNICODE_STRING wide = RTL_CONSTANT_STRING(L"gr\u00FC\u00DF \xD83D\xDE00");
    UNICODE_STRING back = {0};
    ANSI_STRING narrow = {0};
    char small[4];
    ANSI_STRING bounded = {.MaximumLength = sizeof(small), .Buffer = small};

    if (nt_ran_inside(conversions_allocate_and_count, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE), STATUS_SUCCESS);
    assert_string_equal(narrow.Buffer, "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
    assert_int_equal(narrow.Length, 11);
    assert_int_equal(RtlAnsiStringToUnicodeString(&back, &narrow, TRUE), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&wide, &back, FALSE));
    assert_int_equal(RtlUnicodeStringToAnsiString(&bounded, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    RtlFreeUnicodeString(&back);
    RtlFreeAnsiString(&narrow);
    assert_null(back.Buffer);
    assert_null(narrow.Buffer);
}

static void a_conversion_leaves_room_for_the_terminator(void **state)
{
    char bytes[8] = "zzzzzzz";
    WCHAR units[8];
    ANSI_STRING narrow;
    UNICODE_STRING wide = {.MaximumLength = 10, .Buffer = units};

    if (nt_ran_inside(a_conversion_leaves_room_for_the_terminator, state)) {
        return;
    }
    RtlInitAnsiString(&narrow, "hello");
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, FALSE), STATUS_BUFFER_OVERFLOW);
    wide.MaximumLength = 12;
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, FALSE), STATUS_SUCCESS);
    assert_int_equal(wide.Length, 10);
    assert_int_equal(units[5], 0);
    narrow = (ANSI_STRING){.MaximumLength = 5, .Buffer = bytes}; /* what fits is there */
    assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(narrow.Length, 4);
    assert_memory_equal(bytes, "hell\0zz", 8);
    narrow.MaximumLength = 0;
    assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(narrow.Length, 4);
}

static void only_a_sound_string_is_duplicated(void **state)
{
    WCHAR units[2] = L"a";
    UNICODE_STRING copy;
    UNICODE_STRING odd = {.Length = 3, .MaximumLength = 4, .Buffer = units};
    UNICODE_STRING longer = {.Length = 4, .MaximumLength = 2, .Buffer = units};
    UNICODE_STRING nowhere = {.Length = 2, .MaximumLength = 2, .Buffer = NULL};
    UNICODE_STRING sound = {.Length = 2, .MaximumLength = 4, .Buffer = units};

    if (nt_ran_inside(only_a_sound_string_is_duplicated, state)) {
        return;
    }
    assert_int_equal(RtlDuplicateUnicodeString(0, &odd, &copy), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(0, &longer, &copy), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(0, &nowhere, &copy), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(4, &sound, &copy), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(1, &sound, &copy), STATUS_SUCCESS);
    assert_int_equal(copy.MaximumLength, 4);
    RtlFreeUnicodeString(&copy);
}

static void utf8_says_what_it_could_not_map(void **state)
{
    char bytes[8];
    WCHAR units[8];
    ULONG count = 0;

    if (nt_ran_inside(utf8_says_what_it_could_not_map, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeToUTF8N(bytes, 8, &count, L"a\xD800", 4), STATUS_SOME_NOT_MAPPED);
    assert_int_equal(count, 4);
    assert_memory_equal(bytes, "a\xEF\xBF\xBD", 4);
    assert_int_equal(RtlUnicodeToUTF8N(bytes, 8, &count, L"a\xFFFD", 4), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeToUTF8N(bytes, 3, &count, L"a\xFFFD", 4), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(count, 1);
    assert_int_equal(RtlUnicodeToUTF8N(bytes, 8, &count, L"a", 1), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(RtlUnicodeToUTF8N(bytes, 8, &count, NULL, 2), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(RtlUnicodeToUTF8N(NULL, 8, NULL, L"a", 2), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUTF8ToUnicodeN(units, 16, &count, "a\xFF", 2), STATUS_SOME_NOT_MAPPED);
    assert_int_equal(count, 4);
    assert_int_equal(RtlUTF8ToUnicodeN(units, 16, &count, "\xEF\xBF\xBD", 3), STATUS_SUCCESS);
    assert_int_equal(units[0], 0xFFFD);
    assert_int_equal(RtlUTF8ToUnicodeN(NULL, 0, NULL, "a", 1), STATUS_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_counts_bytes_without_the_terminator),
        cmocka_unit_test(init_ex_refuses_what_is_too_long),
        cmocka_unit_test(copy_is_bounded_by_the_destination),
        cmocka_unit_test(append_changes_nothing_if_it_does_not_fit),
        cmocka_unit_test(comparison_follows_units_and_case),
        cmocka_unit_test(comparison_is_refused_above_passive),
        cmocka_unit_test(narrow_strings_follow_the_same_rules),
        cmocka_unit_test(conversions_allocate_and_count),
        cmocka_unit_test(a_conversion_leaves_room_for_the_terminator),
        cmocka_unit_test(only_a_sound_string_is_duplicated),
        cmocka_unit_test(utf8_says_what_it_could_not_map),
    };

    return cmocka_run_group_tests(tests, nt_inside_start, nt_inside_stop);
}
