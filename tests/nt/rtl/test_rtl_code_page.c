/* test_rtl_code_page.c - upper case on the way to narrow text, UTF-8 strings, short names. */
#include "nt/nt_inside.h"

#include <ntifs.h>

static const WCHAR text[] = L"b\x00e4r\x20ac"; /* 1, 2, 1 and 3 bytes */

static void upper_case_on_the_way_to_narrow_text(void **state)
{
    WCHAR pairs[131];
    CHAR bytes[400];
    ULONG length = 99;

    if (nt_ran_inside(upper_case_on_the_way_to_narrow_text, state)) {
        return;
    }
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(RtlUpcaseUnicodeToMultiByteN(bytes, sizeof(bytes), &length, text, 8),
                     STATUS_SUCCESS);
    assert_int_equal(length, 7);
    assert_memory_equal(bytes,
                        "B\xc3\x84R\xe2\x82\xac"
                        "x",
                        8); /* no terminator unless the source has one */
    /* what does not fit is left out by whole characters: one of the two says so */
    assert_int_equal(RtlUpcaseUnicodeToMultiByteN(bytes, 6, &length, text, 8), STATUS_SUCCESS);
    assert_int_equal(length, 4);
    assert_int_equal(RtlUpcaseUnicodeToOemN(bytes, 6, &length, text, 8), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 4);
    assert_int_equal(RtlUpcaseUnicodeToOemN(bytes, 7, NULL, text, 8), STATUS_SUCCESS);
    assert_int_equal(RtlUpcaseUnicodeToOemN(bytes, 0, &length, text, 0), STATUS_SUCCESS);
    assert_int_equal(length, 0);
    /* an odd byte at the end is no character */
    assert_int_equal(RtlUpcaseUnicodeToOemN(bytes, 7, &length, text, 3), STATUS_SUCCESS);
    assert_int_equal(length, 1);
    pairs[0] = L'x';
    for (int i = 1; i < 131; i += 2) {
        pairs[i] = 0xD83D;
        pairs[i + 1] = 0xDE00;
    }
    assert_int_equal(
        RtlUpcaseUnicodeToOemN(bytes, sizeof(bytes), &length, pairs, 131 * sizeof(WCHAR)),
        STATUS_SUCCESS);
    assert_int_equal(length, 1 + 65 * 4);
    assert_memory_equal(bytes + 257, "\xf0\x9f\x98\x80", 4);
}

static void counted_strings_in_upper_case_have_no_terminator(void **state)
{
    UNICODE_STRING source = RTL_CONSTANT_STRING(L"b\x00e4");
    CHAR buffer[4] = "....";
    OEM_STRING narrow = {.Buffer = buffer, .MaximumLength = 2};
    WCHAR one = 0x00e4;

    if (nt_ran_inside(counted_strings_in_upper_case_have_no_terminator, state)) {
        return;
    }
    assert_int_equal(RtlUpcaseUnicodeStringToCountedOemString(&narrow, &source, FALSE),
                     STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(buffer, "....", 4);
    narrow.MaximumLength = 3;
    assert_int_equal(RtlUpcaseUnicodeStringToCountedOemString(&narrow, &source, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(narrow.Length, 3);
    assert_memory_equal(buffer, "B\xc3\x84.", 4);
    assert_int_equal(RtlUpcaseUnicodeStringToCountedOemString(&narrow, &source, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(narrow.MaximumLength, 3);
    RtlFreeOemString(&narrow);
    assert_true(RtlIsValidOemCharacter(&one));
    assert_int_equal(one, 0x00c4);
    one = 0xD800;
    assert_false(RtlIsValidOemCharacter(&one));
    assert_int_equal(one, 0xD800);
}

static void utf8_strings_go_there_and_back(void **state)
{
    UNICODE_STRING wide = RTL_CONSTANT_STRING(L"b\x00e4r\x20ac");
    UNICODE_STRING half = RTL_CONSTANT_STRING(L"a\xD800");
    CHAR small[6];
    WCHAR room[4];
    UTF8_STRING utf8;
    UNICODE_STRING back;

    if (nt_ran_inside(utf8_strings_go_there_and_back, state)) {
        return;
    }
    assert_int_equal(RtlUnicodeStringToUTF8String(&utf8, &wide, TRUE), STATUS_SUCCESS);
    assert_int_equal(utf8.Length, 7);
    assert_int_equal(utf8.MaximumLength, 8);
    assert_string_equal(utf8.Buffer, "b\xc3\xa4r\xe2\x82\xac");
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &utf8, TRUE), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&back, &wide, FALSE));
    assert_int_equal(back.Buffer[4], 0);
    RtlFreeUnicodeString(&back);
    back = (UNICODE_STRING){.Buffer = room, .MaximumLength = sizeof(room)};
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &utf8, FALSE), STATUS_SUCCESS);
    assert_int_equal(back.Length, 8); /* exactly full: no terminator */
    back.MaximumLength = 6;
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &utf8, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(back.Length, 6);
    RtlFreeUTF8String(&utf8);
    assert_null(utf8.Buffer);
    utf8 = (UTF8_STRING){.Buffer = small, .MaximumLength = sizeof(small)};
    assert_int_equal(RtlUnicodeStringToUTF8String(&utf8, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(utf8.Length, 4);
    assert_int_equal(RtlUnicodeStringToUTF8String(&utf8, &half, FALSE), STATUS_SOME_NOT_MAPPED);
    assert_memory_equal(small, "a\xef\xbf\xbd", 5);
    assert_int_equal(RtlInitUTF8StringEx(&utf8, "abc"), STATUS_SUCCESS);
    assert_int_equal(utf8.MaximumLength, 4);
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &utf8, FALSE), STATUS_SUCCESS);
    RtlInitUTF8StringEx(&utf8, "a\xff");
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &utf8, FALSE), STATUS_SOME_NOT_MAPPED);
    assert_int_equal(room[1], 0xFFFD);
}

static void integers_are_written_in_narrow_digits(void **state)
{
    CHAR digits[12];

    if (nt_ran_inside(integers_are_written_in_narrow_digits, state)) {
        return;
    }
    memset(digits, 'x', sizeof(digits));
    assert_int_equal(RtlIntegerToChar(255, 16, 12, digits), STATUS_SUCCESS);
    assert_memory_equal(digits, "FF\0x", 4);
    assert_int_equal(RtlIntegerToChar(255, 2, 8, digits), STATUS_SUCCESS);
    assert_memory_equal(digits, "11111111x", 9); /* no room for a terminator */
    assert_int_equal(RtlIntegerToChar(255, 2, 7, digits), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlIntegerToChar(0, 0, 2, digits), STATUS_SUCCESS);
    assert_string_equal(digits, "0");
    assert_int_equal(RtlIntegerToChar(7, 10, 0, digits), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlIntegerToChar(7, 7, 5, digits), STATUS_INVALID_PARAMETER);
    memset(digits, 'x', sizeof(digits));
    assert_int_equal(RtlIntegerToChar(0xBEEF, 16, -8, digits), STATUS_SUCCESS);
    assert_memory_equal(digits, "0000BEEFx", 9);
    assert_int_equal(RtlIntegerToChar(0xBEEF, 16, -3, digits), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlIntegerToChar(MAXULONG, 10, -10, digits), STATUS_SUCCESS);
    assert_memory_equal(digits, "4294967295x", 11);
}

static void magic_numbers_divide(void **state)
{
    LARGE_INTEGER magic = {.QuadPart = 0x346DC5D63886594BLL}; /* of 10,000, with 11 more bits */
    LARGE_INTEGER divisor = {.QuadPart = 1000};
    LARGE_INTEGER rest;
    ULONG remainder = 0;

    (void)state;
    for (LONGLONG at = -123456789012LL; at < 200000000000LL; at += 7654321987LL) {
        LARGE_INTEGER value = {.QuadPart = at};

        assert_int_equal(RtlExtendedMagicDivide(value, magic, 11).QuadPart, at / 10000);
    }
    assert_int_equal(
        RtlExtendedMagicDivide((LARGE_INTEGER){.QuadPart = -1}, (LARGE_INTEGER){.QuadPart = -1}, 0)
            .QuadPart,
        0);
    assert_int_equal(
        RtlEnlargedUnsignedDivide((ULARGE_INTEGER){.QuadPart = 0x9FFFFFFFFULL}, 16, &remainder),
        0x9FFFFFFF);
    assert_int_equal(remainder, 15);
    assert_int_equal(
        RtlLargeIntegerDivide((LARGE_INTEGER){.QuadPart = 123456}, divisor, &rest).QuadPart, 123);
    assert_int_equal(rest.QuadPart, 456);
}

static bool is_short(const WCHAR *name, PBOOLEAN spaces)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return RtlIsNameLegalDOS8Dot3(&string, NULL, spaces);
}

static void short_names_are_told_from_long_ones(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"read me.t");
    CHAR buffer[12];
    OEM_STRING oem = {.Buffer = buffer, .MaximumLength = sizeof(buffer)};
    BOOLEAN spaces = 7;

    if (nt_ran_inside(short_names_are_told_from_long_ones, state)) {
        return;
    }
    assert_true(is_short(L"12345678.123", &spaces));
    assert_int_equal(spaces, FALSE);
    assert_true(is_short(L"a", NULL));
    assert_true(is_short(L".", NULL));
    assert_true(is_short(L"..", NULL));
    assert_false(is_short(L"", NULL));
    assert_false(is_short(L"...", NULL));
    assert_false(is_short(L".a", NULL));
    assert_false(is_short(L"a.", NULL));
    assert_false(is_short(L"123456789", NULL));
    assert_false(is_short(L"12345678.1234", NULL));
    assert_false(is_short(L"a.b.c", NULL));
    assert_false(is_short(L"a .b", NULL));
    assert_false(is_short(L"a.b ", NULL));
    assert_false(is_short(L"a+b", NULL));
    assert_false(is_short(L"a*", NULL));
    assert_true(RtlIsNameLegalDOS8Dot3(&name, &oem, &spaces));
    assert_int_equal(spaces, TRUE);
    assert_int_equal(oem.Length, 9);
    assert_memory_equal(buffer, "READ ME.T", 9);
}

static void short_names_are_made_one_after_another(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"..Long file+name.one.html");
    GENERATE_NAME_CONTEXT context = {0};
    DECLARE_UNICODE_STRING_SIZE(made, 12);

    if (nt_ran_inside(short_names_are_made_one_after_another, state)) {
        return;
    }
    for (WCHAR at = L'1'; at <= L'4'; at++) {
        assert_int_equal(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
        assert_int_equal(made.Length, 24);
        assert_memory_equal(made.Buffer, L"LONGFI~", 14);
        assert_int_equal(made.Buffer[7], at);
        assert_memory_equal(made.Buffer + 8, L".HTM", 8);
    }
    for (unsigned i = 1; i <= 12; i++) { /* from here a sum tells names apart */
        assert_int_equal(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
        assert_memory_equal(made.Buffer, L"LO", 4);
        assert_true(is_short(L"A", NULL));
        assert_true(RtlIsNameLegalDOS8Dot3(&made, NULL, NULL));
        assert_int_equal(made.Length, 24);
        assert_int_equal(made.Buffer[i < 10 ? 6 : 5], L'~');
    }
    context.LastIndexValue = 999999;
    assert_int_equal(RtlGenerate8dot3Name(&name, FALSE, &context, &made),
                     STATUS_FILE_SYSTEM_LIMITATION);
    context = (GENERATE_NAME_CONTEXT){0};
    RtlInitUnicodeString(&name, L"a b");
    assert_int_equal(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
    assert_int_equal(made.Length, 8);
    assert_memory_equal(made.Buffer, L"AB~1", 8);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nt_inside_start, nt_inside_stop)
    const struct CMUnitTest tests[] = {
        TEST(upper_case_on_the_way_to_narrow_text),
        TEST(counted_strings_in_upper_case_have_no_terminator),
        TEST(utf8_strings_go_there_and_back),
        TEST(integers_are_written_in_narrow_digits),
        TEST(magic_numbers_divide),
        TEST(short_names_are_told_from_long_ones),
        TEST(short_names_are_made_one_after_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
