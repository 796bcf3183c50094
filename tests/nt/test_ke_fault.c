/* test_ke_fault.c - memory that is not there: named with its IRQL instead of a crash. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <wdfcore/machine.h>

#include "nt_machine.h"

/* No test of a compiler or sanitizer knows that nothing lies there. */
static volatile ULONG *const nowhere = (volatile ULONG *)0x1000;

static void read_nowhere(void *irql)
{
    KIRQL old;

    KeRaiseIrql((KIRQL)(ULONG_PTR)irql, &old);
    (void)*nowhere;
    fail_msg("nothing lies at %p", (void *)nowhere);
}

static void write_nowhere(void *argument)
{
    *nowhere = 1;
}

/* An API that is handed such an address. */
static void pass_nowhere(void *argument)
{
    UNICODE_STRING text = {.Length = 8, .MaximumLength = 8, .Buffer = (PWCH)0x1000};
    UNICODE_STRING copy = {.MaximumLength = 8, .Buffer = (WCHAR[4]){0}};

    RtlCopyUnicodeString(&copy, &text);
}

static const char *report_of(void (*run)(void *), void *argument)
{
    struct ke_machine_config config = nt_machine_config(1);

    base_violation_reset();
    assert_int_equal(ke_machine_start(&config), 0);
    assert_int_equal(nt_run_body(run, argument), HOST_RUN_HALTED);
    ke_machine_stop();
    assert_int_equal(base_violation_count(RULE_PageFault), 1);
    return base_violation_last_report();
}

static void a_fault_above_apc_level_is_fatal(void **state) /* spec: IRQL-14 */
{
    const char *report = report_of(read_nowhere, (void *)(ULONG_PTR)DISPATCH_LEVEL);

    assert_non_null(strstr(report, "bugcheck 0xD1 (0x1000, 0x2, 0x0, "));
    assert_non_null(strstr(report, "where:     processor 0 at DISPATCH"));
    report = report_of(read_nowhere, (void *)(ULONG_PTR)APC_LEVEL); /* there another mistake */
    assert_null(strstr(report, "0xD1"));
}

static void a_fault_at_passive_level_is_named_too(void **state)
{
    assert_non_null(strstr(report_of(write_nowhere, NULL), "bugcheck 0x7E (0xc0000005"));
    /* Which of the eight bytes a copy touches first is its own affair. */
    assert_non_null(strstr(report_of(pass_nowhere, NULL), "read from 0x100"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_above_apc_level_is_fatal),
        cmocka_unit_test(a_fault_at_passive_level_is_named_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
