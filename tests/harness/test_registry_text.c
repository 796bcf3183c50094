/* test_registry_text.c - what a machine's owner writes into its registry. */
#include <ntddk.h>
#include <stdio.h>
#include <unistd.h>

#include <wdfcore/testing.h>

#include "harness/registry_text.h"

static void assert_data(const char *text, ULONG type, const void *bytes, ULONG size)
{
    struct cm_data data;
    const char *error = NULL;

    if (!registry_parse_data(text, true, &data, &error)) {
        fail_msg("%s: %s", text, error);
    }
    assert_int_equal(data.type, type);
    assert_int_equal(data.size, size);
    assert_memory_equal(data.bytes, bytes, size);
    cm_data_free(&data);
}

static void each_type_has_its_spelling(void **state)
{
    static const ULONG number = 0x2a;
    static const ULONG64 large = 0x1234567890ull;

    assert_data("dword:0000002A", REG_DWORD, &number, 4);
    assert_data("qword:1234567890", REG_QWORD, &large, 8);
    assert_data("hex:01, ff", REG_BINARY, "\x01\xff", 2);
    assert_data("hex:", REG_BINARY, "", 0);
    assert_data("hex(b):00,00", REG_QWORD, "\0\0", 2);
    assert_data("\"a \\\"b\\\\\"", REG_SZ, L"a \"b\\", 12);
    assert_data("plain \xc3\xa4", REG_SZ, L"plain \x00e4", 16);
    assert_data("multi_sz:a|bc", REG_MULTI_SZ, L"a\0bc\0", 12);
}

static void what_is_wrong_is_said(void **state)
{
    static const char *const wrong[] = {"dword:",   "dword:123456789", "dword:1x",
                                        "hex:1",    "hex:01 02",       "hex(:00",
                                        "hex(2)00", "\"open",          "\"a\" b"};
    struct cm_data data;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *error = NULL;

        assert_false(registry_parse_data(wrong[i], true, &data, &error));
        assert_true(error[0] != '\0');
    }
}

static void write_file(char *path, const char *text, size_t size)
{
    int file = mkstemp(path);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, size), (ssize_t)size);
    close(file);
}

static ULONG read_ulong(PCWSTR path, PCWSTR name)
{
    ULONG value = 0xffffffff;
    RTL_QUERY_REGISTRY_TABLE table[2] = {{.Flags = RTL_QUERY_REGISTRY_DIRECT,
                                          .Name = (PWSTR)(ULONG_PTR)name,
                                          .EntryContext = &value}};

    RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, path, table, NULL, NULL);
    return value;
}

static enum wc_result load(const char *text, size_t size)
{
    char path[] = "/tmp/wdfcore-registry-XXXXXX";

    write_file(path, text, size);
    enum wc_result result = wc_machine_registry_load(wc_test_the_machine(), path);
    unlink(path);
    return result;
}

static void a_file_is_read(void **state)
{
    static const char text[] = "Windows Registry Editor Version 5.00\r\n\r\n; a comment\r\n"
                               "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme\\Deep]\r\n"
                               "\"One\"=dword:00000001\r\n@=\"default\"\r\n"
                               "\"Gone\"=dword:5\r\n\"Gone\"=-\r\n"
                               "\"Bytes\"=hex:04,\\\r\n  00,\\\r\n  00,00\r\n"
                               "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme\\Old\\Older]\r\n"
                               "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme\\Old]\r\n";

    assert_int_equal(load(text, sizeof(text) - 1), WC_OK);
    assert_int_equal(read_ulong(L"\\Registry\\Machine\\Software\\Acme\\Deep", L"One"), 1);
    assert_int_equal(read_ulong(L"\\Registry\\Machine\\Software\\Acme\\Deep", L"Bytes"), 4);
    assert_int_equal(read_ulong(L"\\Registry\\Machine\\Software\\Acme\\Deep", L"Gone"), 0xffffffff);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE,
                                         (PWSTR)L"\\Registry\\Machine\\Software\\Acme\\Old"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_file_in_wide_text_is_read(void **state)
{
    static const WCHAR text[] = L"\xfeffWindows Registry Editor Version 5.00\r\n"
                                L"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wide]\r\n\"A\"=dword:7\r\n";

    assert_int_equal(load((const char *)text, sizeof(text) - sizeof(WCHAR)), WC_OK);
    assert_int_equal(read_ulong(L"\\Registry\\Machine\\Software\\Wide", L"A"), 7);
}

static void a_wrong_line_is_named(void **state)
{
    static const char first[] = "REGEDIT5\n";
    static const char early[] = "REGEDIT4\n\n\"A\"=dword:1\n";
    static const char data[] = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\n\"A\"=dword:g\n";
    static const char root[] = "REGEDIT4\n[HKEY_CURRENT_USER\\X]\n";

    assert_int_equal(load(first, sizeof(first) - 1), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), ":1: "));
    assert_int_equal(load(early, sizeof(early) - 1), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), ":3: a value before the first key"));
    assert_int_equal(load(data, sizeof(data) - 1), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), ":3: dword:"));
    assert_int_equal(load(root, sizeof(root) - 1), WC_BAD_INPUT);
    assert_non_null(strstr(wc_last_error(), ":2: "));
    assert_int_equal(wc_machine_registry_load(wc_test_the_machine(), "/nonexistent.reg"),
                     WC_BAD_INPUT);
}

static void a_value_lies_below_its_driver(void **state)
{
    struct wc_machine *machine = wc_test_the_machine();

    assert_int_equal(wc_machine_registry_set(machine, "dir/foo.so", "Parameters/Level=dword:1f"),
                     WC_OK);
    assert_int_equal(
        read_ulong(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\foo\\Parameters",
                   L"level"),
        0x1f);
    assert_int_equal(wc_machine_registry_set(machine, NULL, "HKLM\\SOFTWARE\\A\\B=dword:2"), WC_OK);
    assert_int_equal(read_ulong(L"\\Registry\\Machine\\Software\\a", L"b"), 2);
    assert_int_equal(wc_machine_registry_set(machine, NULL, "Parameters/A=x"), WC_BAD_INPUT);
    assert_int_equal(wc_machine_registry_set(machine, "foo", "Parameters"), WC_BAD_INPUT);
    assert_int_equal(wc_machine_registry_set(machine, "foo", "A=dword:zz"), WC_BAD_INPUT);
    assert_int_equal(wc_machine_registry_set(machine, NULL, "HKLM/Mine/A=x"), WC_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_type_has_its_spelling),
        wc_unit_test(what_is_wrong_is_said),
        wc_unit_test(a_file_is_read),
        wc_unit_test(a_file_in_wide_text_is_read),
        wc_unit_test(a_wrong_line_is_named),
        wc_unit_test(a_value_lies_below_its_driver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
