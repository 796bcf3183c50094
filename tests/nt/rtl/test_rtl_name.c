/* test_rtl_name.c - wildcards, paths, altitudes, and what names are made of. */
#include "nt/nt_inside.h"

#include <ntifs.h>

#include <string.h>

static BOOLEAN in(PCWSTR expression, PCWSTR name)
{
    UNICODE_STRING wide[2];
    ANSI_STRING narrow[2];
    char text[2][64] = {{0}};
    BOOLEAN result;

    RtlInitUnicodeString(&wide[0], expression);
    RtlInitUnicodeString(&wide[1], name);
    result = FsRtlIsNameInExpression(&wide[0], &wide[1], FALSE, NULL);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < wide[i].Length / 2; j++) {
            text[i][j] = (char)wide[i].Buffer[j];
        }
        RtlInitAnsiString(&narrow[i], text[i]);
    }
    assert_int_equal(FsRtlIsDbcsInExpression(&narrow[0], &narrow[1]), result);
    return result;
}

static void stars_and_question_marks(void **state)
{
    if (nt_ran_inside(stars_and_question_marks, state)) {
        return;
    }
    assert_true(in(L"*", L"anything.at.all"));
    assert_true(in(L"*.txt", L"a.b.txt"));
    assert_false(in(L"*.txt", L"a.txt.b"));
    assert_true(in(L"a*b*c", L"aXXbYYbZc"));
    assert_false(in(L"a*b*c", L"aXXc"));
    assert_true(in(L"a?c", L"abc"));
    assert_true(in(L"a?c", L"a.c"));
    assert_false(in(L"a?", L"a"));
    assert_true(in(L"a**", L"a"));
    assert_true(in(L"", L""));
    assert_false(in(L"*", L""));
    assert_false(in(L"", L"a"));
    assert_true(in(L"*?", L"a"));
    assert_false(in(L"*??", L"a"));
}

static void wildcards_of_dos(void **state)
{
    if (nt_ran_inside(wildcards_of_dos, state)) {
        return;
    }
    assert_true(in(L"<", L"noextension")); /* what "*." becomes */
    assert_false(in(L"<", L"an.extension"));
    assert_true(in(L"<.txt", L"a.b.txt"));
    assert_false(in(L"<txt", L"a.txt"));
    assert_true(in(L"a>>>", L"ab"));
    assert_true(in(L"a>>.c", L"a.c"));
    assert_true(in(L">>>\"<", L"ab"));
    assert_true(in(L">>>\">>>", L"abc.de"));
    assert_false(in(L">>\">>>", L"abc.de"));
    assert_true(in(L"a\"", L"a"));
    assert_true(in(L"a\"", L"a."));
    assert_false(in(L"a\"b", L"ab"));
    assert_true(in(L"a\"b", L"a.b"));
}

static void long_expressions(void **state)
{
    static WCHAR many[600], text[600];

    if (nt_ran_inside(long_expressions, state)) {
        return;
    }
    UNICODE_STRING expression = {sizeof(many), sizeof(many), many};
    UNICODE_STRING name = {sizeof(text), sizeof(text), text};

    for (int i = 0; i < 600; i++) {
        many[i] = i % 2 != 0 ? L'*' : L'a';
        text[i] = L'a';
    }
    assert_true(FsRtlIsNameInExpression(&expression, &name, FALSE, NULL));
    name.Length = 299 * sizeof(WCHAR);
    assert_false(FsRtlIsNameInExpression(&expression, &name, FALSE, NULL));
}

static void case_is_the_callers(void **state)
{
    static WCHAR table[65536];
    UNICODE_STRING upper = RTL_CONSTANT_STRING(L"*\u00DCB*");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"f\u00FCber");
    UNICODE_STRING other = RTL_CONSTANT_STRING(L"F\u00DCBER");

    if (nt_ran_inside(case_is_the_callers, state)) {
        return;
    }
    for (int i = 0; i < 65536; i++) {
        table[i] = (WCHAR)(i >= 'a' && i <= 'z' ? i - 32 : i);
    }
    assert_true(FsRtlIsNameInExpression(&upper, &name, TRUE, NULL));
    assert_false(FsRtlIsNameInExpression(&upper, &name, FALSE, NULL));
    assert_false(FsRtlIsNameInExpression(&upper, &name, TRUE, table)); /* knows no umlaut */
    assert_true(FsRtlAreNamesEqual(&name, &other, TRUE, NULL));
    assert_false(FsRtlAreNamesEqual(&name, &other, FALSE, NULL));
    assert_false(FsRtlAreNamesEqual(&name, &other, TRUE, table));
    assert_false(FsRtlAreNamesEqual(&name, &upper, TRUE, NULL));
}

static void wildcards_are_found(void **state)
{
    if (nt_ran_inside(wildcards_are_found, state)) {
        return;
    }
    for (int i = 1; i < 256; i++) {
        WCHAR wide[2] = {L'a', (WCHAR)i};
        char narrow[2] = {'a', (char)i};
        UNICODE_STRING name = {4, 4, wide};
        ANSI_STRING bytes = {2, 2, narrow};
        BOOLEAN wild = strchr("*?<>\"", i) != NULL;

        assert_int_equal(FsRtlDoesNameContainWildCards(&name), wild);
        assert_int_equal(FsRtlDoesDbcsContainWildCards(&bytes), wild);
    }
    assert_false(FsRtlIsUnicodeCharacterWild(0x2A2A));
    assert_true(FsRtlIsAnsiCharacterLegalNtfs('+', FALSE));
    assert_false(FsRtlIsAnsiCharacterLegalFat('+', FALSE));
    assert_false(FsRtlIsAnsiCharacterLegalNtfs('*', FALSE));
    assert_true(FsRtlIsAnsiCharacterLegalNtfs('*', TRUE));
    assert_false(FsRtlIsAnsiCharacterLegalFat('\\', TRUE));
    assert_false(FsRtlIsAnsiCharacterLegalFat(1, FALSE));
}

static void first(PCWSTR path, PCWSTR first_name, PCWSTR rest)
{
    UNICODE_STRING string, name, remaining, expected;

    RtlInitUnicodeString(&string, path);
    FsRtlDissectName(string, &name, &remaining);
    RtlInitUnicodeString(&expected, first_name);
    assert_true(RtlEqualUnicodeString(&name, &expected, FALSE));
    assert_int_equal(remaining.Buffer == NULL, rest == NULL);
    RtlInitUnicodeString(&expected, rest);
    assert_true(RtlEqualUnicodeString(&remaining, &expected, FALSE));
}

static void paths_are_taken_apart(void **state)
{
    ANSI_STRING path = RTL_CONSTANT_STRING("\\a\\bc"), name, rest;

    if (nt_ran_inside(paths_are_taken_apart, state)) {
        return;
    }
    first(L"\\one\\two\\three", L"one", L"two\\three");
    first(L"one\\two", L"one", L"two");
    first(L"one", L"one", NULL);
    first(L"\\", L"", NULL);
    first(L"", L"", NULL);
    first(L"one\\", L"one", L"");
    first(L"\\\\one", L"", L"one");
    FsRtlDissectDbcs(path, &name, &rest);
    assert_int_equal(name.Length, 1);
    assert_ptr_equal(name.Buffer, path.Buffer + 1);
    assert_int_equal(rest.Length, 2);
    assert_ptr_equal(rest.Buffer, path.Buffer + 3);
}

static LONG higher(PCWSTR first_altitude, PCWSTR second_altitude)
{
    UNICODE_STRING altitudes[2];

    RtlInitUnicodeString(&altitudes[0], first_altitude);
    RtlInitUnicodeString(&altitudes[1], second_altitude);
    return RtlCompareAltitudes(&altitudes[0], &altitudes[1]);
}

static void altitudes_are_numbers(void **state)
{
    if (nt_ran_inside(altitudes_are_numbers, state)) {
        return;
    }
    assert_true(higher(L"10000", L"9999") > 0);
    assert_true(higher(L"9999.9", L"10000") < 0);
    assert_true(higher(L"1.25", L"1.3") < 0);
    assert_int_equal(higher(L"0042", L"42"), 0);
}

static void what_only_a_bug_raises(void **state)
{
    if (nt_ran_inside(what_only_a_bug_raises, state)) {
        return;
    }
    assert_false(FsRtlIsNtstatusExpected(STATUS_ACCESS_VIOLATION));
    assert_true(FsRtlIsNtstatusExpected(STATUS_DISK_FULL));
    assert_int_equal(FsRtlNormalizeNtstatus(STATUS_ACCESS_VIOLATION, STATUS_UNSUCCESSFUL),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(FsRtlNormalizeNtstatus(STATUS_DISK_FULL, STATUS_UNSUCCESSFUL),
                     STATUS_DISK_FULL);
}

static BOOLEAN legal(bool fat, const char *name, BOOLEAN wild, BOOLEAN path, BOOLEAN leading)
{
    ANSI_STRING string;

    RtlInitAnsiString(&string, name);
    return fat ? FsRtlIsFatDbcsLegal(string, wild, path, leading)
               : FsRtlIsHpfsDbcsLegal(string, wild, path, leading);
}

static void names_that_a_file_system_may_have(void **state)
{
    char name[300];

    if (nt_ran_inside(names_that_a_file_system_may_have, state)) {
        return;
    }
    assert_true(legal(true, "12345678.123", FALSE, FALSE, FALSE));
    assert_false(legal(true, "123456789.123", FALSE, FALSE, FALSE));
    assert_false(legal(true, "a.1234", FALSE, FALSE, FALSE));
    assert_false(legal(true, "a.b.c", FALSE, FALSE, FALSE));
    assert_false(legal(true, "foo.", FALSE, FALSE, FALSE));
    assert_false(legal(true, ".foo", FALSE, FALSE, FALSE));
    assert_false(legal(true, "foo .b", FALSE, FALSE, FALSE));
    assert_true(legal(true, "foo. b", FALSE, FALSE, FALSE));
    assert_true(legal(true, " bar", FALSE, FALSE, FALSE));
    assert_true(legal(true, ".", FALSE, FALSE, FALSE));
    assert_true(legal(true, "..", FALSE, FALSE, FALSE));
    assert_false(legal(true, "...", FALSE, FALSE, FALSE));
    assert_false(legal(true, "", FALSE, FALSE, FALSE));
    assert_false(legal(true, "a+b", FALSE, FALSE, FALSE));
    assert_false(legal(true, "a*", FALSE, FALSE, FALSE));
    assert_true(legal(true, "*.*.much longer", TRUE, FALSE, FALSE));
    assert_true(legal(true, "\\", FALSE, FALSE, TRUE));
    assert_false(legal(true, "\\", FALSE, TRUE, FALSE));
    assert_true(legal(true, "\\a", FALSE, FALSE, TRUE));
    assert_false(legal(true, "a\\b", FALSE, FALSE, TRUE));
    assert_true(legal(true, "a\\b.c", FALSE, TRUE, FALSE));
    assert_false(legal(true, "a\\123456789", FALSE, TRUE, FALSE));
    assert_false(legal(true, "a\\", FALSE, TRUE, FALSE));
    assert_true(legal(false, "much longer.than.that", FALSE, FALSE, FALSE));
    assert_true(legal(false, "a+b", FALSE, FALSE, FALSE));
    assert_false(legal(false, "a.", FALSE, FALSE, FALSE));
    assert_false(legal(false, "a ", FALSE, FALSE, FALSE));
    assert_false(legal(false, "a|b", FALSE, FALSE, FALSE));
    memset(name, 'x', sizeof(name));
    name[255] = '\0';
    assert_true(legal(false, name, FALSE, FALSE, FALSE));
    name[255] = 'x';
    name[256] = '\0';
    assert_false(legal(false, name, FALSE, FALSE, FALSE));
}

static void path_is(const WCHAR *given, const WCHAR *expected)
{
    WCHAR room[40];
    USHORT length = 99;
    size_t bytes = wcslen(given) * sizeof(WCHAR);

    memcpy(room, given, bytes);
    assert_int_equal(FsRtlRemoveDotsFromPath(room, (USHORT)bytes, &length),
                     expected != NULL ? STATUS_SUCCESS : STATUS_IO_REPARSE_DATA_INVALID);
    if (expected != NULL) {
        assert_int_equal(length, wcslen(expected) * sizeof(WCHAR));
        assert_memory_equal(room, expected, length);
    } else {
        assert_int_equal(length, 99);
    }
}

static void dots_go_from_paths(void **state)
{
    if (nt_ran_inside(dots_go_from_paths, state)) {
        return;
    }
    path_is(L"\\dir1\\dir2\\..\\dir3\\.\\file.txt", L"\\dir1\\dir3\\file.txt");
    path_is(L"\\..", NULL);
    path_is(L"..", NULL);
    path_is(L"..\\any", NULL);
    path_is(L"\\a\\..\\..", NULL);
    path_is(L"a\\..\\..\\b", NULL);
    path_is(L"\\a\\..", L"\\");
    path_is(L"\\a\\..\\b", L"\\b");
    path_is(L"a\\..\\b", L"b");
    path_is(L".\\a", L"a");
    path_is(L"\\a\\.", L"\\a");
    path_is(L"\\a\\b\\..", L"\\a");
    path_is(L"\\a\\.b\\..c\\d..", L"\\a\\.b\\..c\\d..");
    path_is(L"\\a\\...\\b\\", L"\\a\\...\\b\\");
    path_is(L"", L"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stars_and_question_marks),
        cmocka_unit_test(wildcards_of_dos),
        cmocka_unit_test(long_expressions),
        cmocka_unit_test(case_is_the_callers),
        cmocka_unit_test(wildcards_are_found),
        cmocka_unit_test(paths_are_taken_apart),
        cmocka_unit_test(altitudes_are_numbers),
        cmocka_unit_test(what_only_a_bug_raises),
        cmocka_unit_test(names_that_a_file_system_may_have),
        cmocka_unit_test(dots_go_from_paths),
    };

    return cmocka_run_group_tests(tests, nt_inside_start, nt_inside_stop);
}
