/* test_rtl_number.c - numbers and GUIDs as text, and how memory compares. */
#include "nt/nt_inside.h"

#include <ntintsafe.h>

static void number_text(ULONG value, ULONG base, const WCHAR *expected)
{
    DECLARE_UNICODE_STRING_SIZE(string, 40);

    assert_int_equal(RtlIntegerToUnicodeString(value, base, &string), STATUS_SUCCESS);
    assert_int_equal(string.Length, wcslen(expected) * sizeof(WCHAR));
    assert_memory_equal(string.Buffer, expected, string.Length);
}

static void integers_are_written_in_five_bases(void **state) /* spec: STR-05 */
{
    DECLARE_UNICODE_STRING_SIZE(string, 3);

    if (nt_ran_inside(integers_are_written_in_five_bases, state)) {
        return;
    }
    number_text(1234, 0, L"1234");
    number_text(0, 10, L"0");
    number_text(10, 2, L"1010");
    number_text(64, 8, L"100");
    number_text(0xFFFFFFFF, 10, L"4294967295");
    number_text(0xBEEF, 16, L"BEEF");
    assert_int_equal(RtlIntegerToUnicodeString(1, 3, &string), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlIntegerToUnicodeString(1, 1, &string), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlIntegerToUnicodeString(1000, 10, &string), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlIntegerToUnicodeString(999, 10, &string), STATUS_SUCCESS);
    assert_int_equal(string.Length, 6);
}

static ULONG number_of(const WCHAR *text, ULONG base)
{
    UNICODE_STRING string;
    ULONG value = 12345;

    RtlInitUnicodeString(&string, text);
    assert_int_equal(RtlUnicodeStringToInteger(&string, base, &value), STATUS_SUCCESS);
    return value;
}

static void texts_are_read_by_their_prefix(void **state) /* spec: STR-06 */
{
    UNICODE_STRING empty = RTL_CONSTANT_STRING(L"");
    ULONG value = 7;

    if (nt_ran_inside(texts_are_read_by_their_prefix, state)) {
        return;
    }
    assert_int_equal(number_of(L"0x1F", 0), 0x1F);
    assert_int_equal(number_of(L"0o17", 0), 15);
    assert_int_equal(number_of(L"0b101", 0), 5);
    assert_int_equal(number_of(L"42", 0), 42);
    assert_int_equal(number_of(L" -1", 0), 0xFFFFFFFF);
    assert_int_equal(number_of(L"ff zz", 16), 0xFF);
    assert_int_equal(number_of(L"hello", 0), 0);
    assert_int_equal(RtlUnicodeStringToInteger(&empty, 0, &value), STATUS_INVALID_PARAMETER);
    assert_int_equal(value, 7);
}

static void compare_memory_counts_equal_leading_bytes(void **state) /* spec: STR-11 */
{
    if (nt_ran_inside(compare_memory_counts_equal_leading_bytes, state)) {
        return;
    }
    assert_int_equal(RtlCompareMemory("abcdef", "abcxef", 6), 3);
    assert_int_equal(RtlCompareMemory("abcdef", "abcdef", 6), 6);
    assert_int_equal(RtlCompareMemory("xbc", "abc", 3), 0);
    assert_int_equal(RtlCompareMemory("a", "b", 0), 0);
}

static void guids_go_to_text_and_back(void **state)
{
    static const GUID guid = {
        0x86e0d1e0, 0x8089, 0x11d0, {0x9c, 0xe4, 0x08, 0x00, 0x3e, 0x30, 0x1f, 0x73}};
    UNICODE_STRING text;
    GUID back;

    if (nt_ran_inside(guids_go_to_text_and_back, state)) {
        return;
    }
    assert_int_equal(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
    assert_int_equal(text.Length, 76);
    assert_memory_equal(text.Buffer, L"{86E0D1E0-8089-11D0-9CE4-08003E301F73}", 76);
    assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_SUCCESS);
    assert_true(IsEqualGUID(&guid, &back));
    text.Buffer[9] = L'x';
    assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_INVALID_PARAMETER);
    RtlFreeUnicodeString(&text);
}

static void buffer_overflow_is_a_warning(void **state) /* spec: STR-12 */
{
    (void)state;
    assert_int_equal((ULONG)STATUS_BUFFER_OVERFLOW, 0x80000005);
    assert_false(NT_SUCCESS(STATUS_BUFFER_OVERFLOW));
    assert_true(NT_WARNING(STATUS_BUFFER_OVERFLOW));
    assert_false(NT_ERROR(STATUS_BUFFER_OVERFLOW));
    assert_true(NT_SUCCESS(STATUS_PENDING));
}

static void time_fields_round_trip(void **state) /* spec: TIM-05 */
{
    static const struct {
        TIME_FIELDS fields;
        LONGLONG time;
    } known[] = {
        {{1601, 1, 1, 0, 0, 0, 0, 1}, 0},
        {{1970, 1, 1, 0, 0, 0, 0, 4}, 116444736000000000},
        {{2000, 2, 29, 12, 30, 15, 250, 2}, 125963010152500000},
        {{2000, 12, 31, 23, 59, 59, 999, 0}, 126227807999990000},
        {{2100, 3, 1, 0, 0, 0, 0, 1}, 157520160000000000},
    };
    TIME_FIELDS never = {2023, 2, 29, 0, 0, 0, 0, 0};
    LARGE_INTEGER time;
    TIME_FIELDS fields;

    if (nt_ran_inside(time_fields_round_trip, state)) {
        return;
    }
    for (size_t i = 0; i < ARRAYSIZE(known); i++) {
        TIME_FIELDS wanted = known[i].fields;

        assert_true(RtlTimeFieldsToTime(&wanted, &time));
        assert_int_equal(time.QuadPart, known[i].time);
        RtlTimeToTimeFields(&time, &fields);
        assert_memory_equal(&fields, &known[i].fields, sizeof(fields));
    }
    assert_false(RtlTimeFieldsToTime(&never, &time));
    fields = (TIME_FIELDS){.Year = 30827, .Month = 12, .Day = 31, .Hour = 23};
    assert_true(RtlTimeFieldsToTime(&fields, &time)); /* the last year that there is */
    fields.Year++;
    assert_false(RtlTimeFieldsToTime(&fields, &time));
}

static void memory_is_filled_by_whole_elements(void **state)
{
    ULONG words[4] = {1, 1, 1, 1};
    ULONGLONG wide[2] = {1, 1};
    LUID luid = {.LowPart = 3, .HighPart = -1};
    LUID copy;

    (void)state;
    RtlFillMemoryUlong(words, 3 * sizeof(ULONG) + 3, 0x11223344);
    assert_int_equal(words[2], 0x11223344);
    assert_int_equal(words[3], 1);
    RtlFillMemoryUlonglong(wide, sizeof(wide) - 1, 0x0102030405060708);
    assert_true(wide[0] == 0x0102030405060708);
    assert_int_equal(wide[1], 1);
    RtlCopyLuid(&copy, &luid);
    assert_memory_equal(&copy, &luid, sizeof(luid));
}

static void numbers_at_any_address(void **state)
{
    UCHAR bytes[12] = {0};
    ULONG wide = 0;
    USHORT narrow = 0;

    (void)state;
    RtlStoreUshort(bytes + 1, 0x1122);
    RtlStoreUlong(bytes + 3, 0x33445566);
    assert_memory_equal(bytes, "\0\x22\x11\x66\x55\x44\x33", 8);
    RtlRetrieveUshort(&narrow, bytes + 1);
    RtlRetrieveUlong(&wide, bytes + 3);
    assert_int_equal(narrow, 0x1122);
    assert_int_equal(wide, 0x33445566);
    RtlStoreUlonglong(bytes + 1, 0x0102030405060708);
    assert_memory_equal(bytes + 1, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
    assert_true(RtlConstantTimeEqualMemory("abc", "abd", 2));
    assert_false(RtlConstantTimeEqualMemory("abc", "abd", 3));
    assert_true(RtlConstantTimeEqualMemory("a", "b", 0));
    RtlFillMemoryNonTemporal(bytes, 2, 7);
    assert_int_equal(bytes[1], 7);
    assert_int_equal(bytes[2], 7);
    assert_int_equal(bytes[3], 6); /* as it was */
}

static void conversions_to_chars_notice_overflow(void **state)
{
    CHAR character = 1;
    INT_PTR pointer = 1;
    UINT unsigned_int = 1;

    (void)state;
    assert_int_equal(RtlLongToChar(127, &character), STATUS_SUCCESS);
    assert_int_equal(character, 127);
    assert_int_equal(RtlLongToChar(128, &character), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongLongToChar(1ull << 32, &character), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlLongLongToChar(-128, &character), STATUS_SUCCESS);
    assert_int_equal(RtlULongToIntPtr(0xFFFFFFFF, &pointer), STATUS_SUCCESS);
    assert_int_equal(pointer, 0xFFFFFFFF);
    assert_int_equal(RtlULongToUInt(7, &unsigned_int), STATUS_SUCCESS);
    assert_int_equal(unsigned_int, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_in_five_bases),
        cmocka_unit_test(texts_are_read_by_their_prefix),
        cmocka_unit_test(compare_memory_counts_equal_leading_bytes),
        cmocka_unit_test(guids_go_to_text_and_back),
        cmocka_unit_test(buffer_overflow_is_a_warning),
        cmocka_unit_test(time_fields_round_trip),
        cmocka_unit_test(memory_is_filled_by_whole_elements),
        cmocka_unit_test(numbers_at_any_address),
        cmocka_unit_test(conversions_to_chars_notice_overflow),
    };

    return cmocka_run_group_tests(tests, nt_inside_start, nt_inside_stop);
}
