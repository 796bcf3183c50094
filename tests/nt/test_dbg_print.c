/* test_dbg_print.c - the format dialect, and what DbgPrint shows. */
#include "nt_inside.h"

#include "host/host_trap.h"
#include "base/log.h"
#include "nt/dbg/dbg_format.h"
#include "nt/dbg/dbg_print.h"

static struct {
    char text[1024];
    unsigned calls;
} shown;

static void keep(enum base_log_source source, const char *text, void *context)
{
    (void)context;
    if (source == BASE_LOG_DRIVER) {
        strncpy(shown.text, text, sizeof(shown.text) - 1);
        shown.calls++;
    }
}

static int start(void **state)
{
    memset(&shown, 0, sizeof(shown));
    dbg_filter_reset();
    base_log_set_sink(keep, NULL);
    return nt_inside_start(state);
}

static int stop(void **state)
{
    base_log_set_sink(NULL, NULL);
    return nt_inside_stop(state);
}

/* The text that the format and its arguments give. */
static const char *formatted(const char *format, ...)
{
    static char text[256];
    struct dbg_output output = {.text = text, .room = sizeof(text) - 1};
    va_list arguments;

    va_start(arguments, format);
    dbg_format(&output, format, arguments);
    va_end(arguments);
    assert_true(output.length < sizeof(text));
    text[output.length] = '\0';
    return text;
}

static void l_is_32_bits(void **state) /* spec: DBG-01 */
{
    (void)state;
    assert_string_equal(formatted("%lx %lx", 1, 2), "1 2");
    assert_string_equal(formatted("%ld %lu", -1, -1), "-1 4294967295");
    assert_string_equal(formatted("%lx %d", 0x123456789ABCDEF0ull, 5), "9abcdef0 5");
}

static void i64_and_ll_are_64_bits(void **state) /* spec: DBG-02 */
{
    (void)state;
    assert_string_equal(formatted("%I64x %llx", 0x123456789ABCDEF0ull, 0xFEDCBA9876543210ull),
                        "123456789abcdef0 fedcba9876543210");
    assert_string_equal(formatted("%Ix %Iu", (ULONG_PTR)0xFFFFFFFFFFull, (SIZE_T)1),
                        "ffffffffff 1");
    assert_string_equal(formatted("%I32x", 0x123456789ABCDEF0ull), "9abcdef0");
}

static void counted_strings_need_no_terminator(void **state) /* spec: DBG-03 */
{
    WCHAR wide[4] = {L'a', L'b', L'c', L'd'};
    char narrow[4] = {'e', 'f', 'g', 'h'};
    UNICODE_STRING unicode = {.Length = 4, .MaximumLength = 8, .Buffer = wide};
    ANSI_STRING ansi = {.Length = 3, .MaximumLength = 4, .Buffer = narrow};

    (void)state;
    assert_string_equal(formatted("<%wZ|%Z|%lZ>", &unicode, &ansi, &unicode), "<ab|efg|ab>");
    assert_string_equal(formatted("%wZ", NULL), "(null)");
}

static void ws_and_capital_s_are_wide(void **state) /* spec: DBG-04 */
{
    (void)state;
    assert_string_equal(formatted("%ws %S %ls %s %hs", L"one", L"two", L"three", "four", "five"),
                        "one two three four five");
    assert_string_equal(formatted("%C%wc%c", L'x', L'y', 'z'), "xyz");
    assert_string_equal(formatted("%S", L"\u00E4"), "\xC3\xA4");
    assert_string_equal(formatted("%ws %s", NULL, NULL), "(null) (null)");
}

static void padding_and_signs_are_as_in_c(void **state)
{
    (void)state;
    assert_string_equal(formatted("[%5d|%-5d|%05d|%+d|% d]", 42, 42, 42, 42, 42),
                        "[   42|42   |00042|+42| 42]");
    assert_string_equal(formatted("[%#x|%#o|%.3d|%8.3x]", 255, 8, 5, 10),
                        "[0xff|010|005|     00a]");
    assert_string_equal(formatted("[%*d|%-*d|%.*s]", 4, 1, 4, 2, 2, "abc"), "[   1|2   |ab]");
    assert_string_equal(formatted("%hd %hhu %%", 65537, 257), "1 1 %");
    assert_string_equal(formatted("%p", (void *)0xFFFF800012345678ull), "FFFF800012345678");
}

static void wide_text_above_passive_is_reported(void **state) /* spec: DBG-05 */
{
    static const char *const formats[] = {"%ws", "%S", "%ls"};
    UNICODE_STRING string = RTL_CONSTANT_STRING(L"text");
    KIRQL old;

    if (nt_ran_inside(wide_text_above_passive_is_reported, state)) {
        return;
    }
    old = KeRaiseIrqlToDpcLevel();
    for (unsigned i = 0; i < ARRAYSIZE(formats); i++) {
        base_violation_expect(RULE_IrqlTooHigh);
        DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, formats[i], L"text");
        assert_int_equal(base_violation_count(RULE_IrqlTooHigh), i + 1);
    }
    base_violation_expect(RULE_IrqlTooHigh);
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%wZ", &string);
    base_violation_expect(RULE_IrqlTooHigh);
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%C", L'x');
    assert_int_equal(base_violation_count(RULE_IrqlTooHigh), ARRAYSIZE(formats) + 2);
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%s %d", "narrow", 1);
    assert_string_equal(shown.text, "narrow 1");
    KeLowerIrql(old);
    assert_int_equal(base_violation_count(RULE_COUNT), ARRAYSIZE(formats) + 2);
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%wZ", &string);
    assert_string_equal(shown.text, "text");
}

static void a_floating_conversion_is_reported_and_left_out(void **state) /* spec: DBG-06 */
{
    if (nt_ran_inside(a_floating_conversion_is_reported_and_left_out, state)) {
        return;
    }
    base_violation_expect(RULE_BadParameter);
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "a%fb%dc", 1.5, 7);
    assert_int_equal(base_violation_count(RULE_BadParameter), 1);
    assert_string_equal(shown.text, "ab7c");
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "a%db", 7);
    assert_int_equal(base_violation_count(RULE_BadParameter), 1);
}

static void one_call_emits_512_bytes_at_most(void **state) /* spec: DBG-07 */
{
    char text[601];

    if (nt_ran_inside(one_call_emits_512_bytes_at_most, state)) {
        return;
    }
    memset(text, 'x', sizeof(text) - 1);
    text[600] = '\0';
    assert_int_equal(DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%s", text), STATUS_SUCCESS);
    assert_int_equal(strlen(shown.text), 512);
    text[512] = '\0';
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%s", text);
    assert_int_equal(strlen(shown.text), 512);
    text[511] = '\0';
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "%s", text);
    assert_int_equal(strlen(shown.text), 511);
}

static void by_default_only_errors_are_shown(void **state) /* spec: DBG-08 */
{
    if (nt_ran_inside(by_default_only_errors_are_shown, state)) {
        return;
    }
    for (ULONG level = DPFLTR_WARNING_LEVEL; level <= DPFLTR_INFO_LEVEL; level++) {
        assert_int_equal(DbgPrintEx(DPFLTR_IHVDRIVER_ID, level, "hidden"), STATUS_SUCCESS);
    }
    assert_int_equal(DbgPrint("hidden too"), STATUS_SUCCESS);
    assert_int_equal(shown.calls, 0);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "error");
    assert_string_equal(shown.text, "error");
    assert_int_equal(DbgSetDebugFilterState(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, TRUE),
                     STATUS_SUCCESS);
    DbgPrint("shown %d", 1);
    assert_string_equal(shown.text, "shown 1");
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, "another component's");
    assert_int_equal(shown.calls, 2);
}

static void a_failed_assertion_is_reported(void **state)
{
    if (nt_ran_inside(a_failed_assertion_is_reported, state)) {
        return;
    }
    base_violation_expect(RULE_AssertionFailed);
    NT_ASSERT(shown.calls == 1000);
    assert_int_equal(base_violation_count(RULE_AssertionFailed), 1);
    assert_non_null(strstr(base_violation_last_report(), "shown.calls == 1000"));
    NT_ASSERT(shown.calls < 1000);
    assert_int_equal(base_violation_count(RULE_AssertionFailed), 1);
}

static void a_break_point_without_a_debugger_is_reported(void **state)
{
    if (nt_ran_inside(a_break_point_without_a_debugger_is_reported, state)) {
        return;
    }
    if (host_trap_is_traced()) {
        return; /* it would stop there */
    }
    base_violation_expect(RULE_DriverBreakPoint);
    DbgBreakPoint();
    base_violation_expect(RULE_DriverBreakPoint);
    DbgBreakPointWithStatus(1);
    assert_int_equal(base_violation_count(RULE_DriverBreakPoint), 2);
    assert_non_null(strstr(base_violation_last_report(),
                           "DbgBreakPointWithStatus was called, and no debugger is attached"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(l_is_32_bits),
        cmocka_unit_test(i64_and_ll_are_64_bits),
        cmocka_unit_test(counted_strings_need_no_terminator),
        cmocka_unit_test(ws_and_capital_s_are_wide),
        cmocka_unit_test(padding_and_signs_are_as_in_c),
        cmocka_unit_test_setup_teardown(wide_text_above_passive_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(a_floating_conversion_is_reported_and_left_out, start,
                                        stop),
        cmocka_unit_test_setup_teardown(one_call_emits_512_bytes_at_most, start, stop),
        cmocka_unit_test_setup_teardown(by_default_only_errors_are_shown, start, stop),
        cmocka_unit_test_setup_teardown(a_failed_assertion_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(a_break_point_without_a_debugger_is_reported, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
