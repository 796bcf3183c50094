/* test_rtl_oem.c - strings in the OEM code page, lengths before converting, strings of one's own. */
#include "nt/nt_thread.h"

#include <ntifs.h>

static UNICODE_STRING wide = RTL_CONSTANT_STRING(L"a\x00e4\x20ac"); /* 1, 2 and 3 bytes */

static void oem_strings_go_there_and_back(void **state)
{
    OEM_STRING narrow;
    UNICODE_STRING back;
    CHAR small[6];

    assert_int_equal(RtlUnicodeStringToOemSize(&wide), 7);
    assert_int_equal(RtlUnicodeStringToOemString(&narrow, &wide, TRUE), STATUS_SUCCESS);
    assert_int_equal(narrow.Length, 6);
    assert_string_equal(narrow.Buffer, "a\xc3\xa4\xe2\x82\xac");
    assert_int_equal(RtlOemStringToUnicodeSize(&narrow), 8);
    assert_int_equal(RtlOemStringToUnicodeString(&back, &narrow, TRUE), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&back, &wide, FALSE));
    RtlFreeUnicodeString(&back);
    assert_int_equal(RtlOemStringToCountedUnicodeString(&back, &narrow, TRUE), STATUS_SUCCESS);
    assert_int_equal(back.MaximumLength, 6); /* no terminator */
    assert_true(RtlEqualUnicodeString(&back, &wide, FALSE));
    RtlFreeUnicodeString(&back);
    RtlFreeOemString(&narrow);
    narrow = (OEM_STRING){.Buffer = small, .MaximumLength = sizeof(small)};
    assert_int_equal(RtlUnicodeStringToCountedOemString(&narrow, &wide, FALSE), STATUS_SUCCESS);
    assert_int_equal(narrow.Length, 6);
    narrow.MaximumLength = 5;
    assert_int_equal(RtlUnicodeStringToCountedOemString(&narrow, &wide, FALSE),
                     STATUS_BUFFER_OVERFLOW);
}

static void upper_case_on_the_way(void **state)
{
    OEM_STRING narrow;

    assert_int_equal(RtlUpcaseUnicodeStringToOemString(&narrow, &wide, TRUE), STATUS_SUCCESS);
    assert_string_equal(narrow.Buffer, "A\xc3\x84\xe2\x82\xac");
    RtlFreeOemString(&narrow);
}

static void lengths_are_known_before(void **state)
{
    ULONG length = 0;
    WCHAR pairs[70];
    CHAR bytes[8];

    assert_int_equal(RtlUnicodeToMultiByteSize(&length, wide.Buffer, wide.Length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlMultiByteToUnicodeSize(&length, "a\xc3\xa4", 3), STATUS_SUCCESS);
    assert_int_equal(length, 2 * sizeof(WCHAR));
    pairs[0] = L'x';
    for (int i = 1; i < 69; i += 2) { /* a pair lies on the border of what is counted at a time */
        pairs[i] = 0xD83D;
        pairs[i + 1] = 0xDE00;
    }
    RtlUnicodeToMultiByteSize(&length, pairs, 69 * sizeof(WCHAR));
    assert_int_equal(length, 1 + 34 * 4);
    RtlUnicodeToOemN(bytes, sizeof(bytes), &length, wide.Buffer, wide.Length);
    assert_int_equal(length, 6);
    RtlOemToUnicodeN(pairs, sizeof(pairs), &length, bytes, 6);
    assert_int_equal(length, 6);
    assert_memory_equal(pairs, wide.Buffer, 6);
}

static void a_string_is_made_and_judged(void **state)
{
    UNICODE_STRING made;
    UNICODE_STRING odd = {.Length = 3, .MaximumLength = 4, .Buffer = L"ab"};
    UNICODE_STRING empty = {0};

    assert_true(RtlCreateUnicodeString(&made, L"text"));
    assert_int_equal(made.Length, 8);
    assert_int_equal(made.MaximumLength, 10);
    assert_int_equal(made.Buffer[4], 0);
    assert_int_equal(RtlValidateUnicodeString(0, &made), STATUS_SUCCESS);
    RtlFreeUnicodeString(&made);
    assert_int_equal(RtlValidateUnicodeString(0, &odd), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlValidateUnicodeString(0, &empty), STATUS_SUCCESS);
    assert_int_equal(RtlValidateUnicodeString(1, &empty), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlValidateUnicodeString(0, NULL), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(oem_strings_go_there_and_back),
        wc_unit_test(upper_case_on_the_way),
        wc_unit_test(lengths_are_known_before),
        wc_unit_test(a_string_is_made_and_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
