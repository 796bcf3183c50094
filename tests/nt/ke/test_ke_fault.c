/* test_ke_fault.c - memory that is not there: named with its IRQL instead of a crash. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <wdfcore/machine.h>

#include "nt/nt_machine.h"

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

/* ---- who it was ---- */

ULONG read_without_frame(const volatile ULONG *from);

/* Where it faults the stack pointer is all that tells its caller. */
__asm__(".text\n"
        ".local read_without_frame\n"
        ".type read_without_frame, @function\n"
        "read_without_frame:\n"
        "    .cfi_startproc\n"
        "    pushq $0\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    movl (%rdi), %eax\n"
        "    addq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size read_without_frame, . - read_without_frame\n");

static __attribute__((noinline)) void reads_nowhere(void *argument)
{
    (void)argument;
    fail_msg("read %u", read_without_frame(nowhere));
}

static __attribute__((noinline)) void calls_nowhere(void *argument)
{
    ((void (*)(void))(ULONG_PTR)nowhere)();
    fail_msg("%p was called", argument);
}

/* To the report the two functions are the driver. */
static bool is_in(const void *address, void (*function)(void *))
{
    return (ULONG_PTR)address - (ULONG_PTR)function < 64;
}

static bool name_function(const void *address, char *text, size_t size)
{
    snprintf(text, size, "%s", is_in(address, reads_nowhere) ? "reads_nowhere" : "calls_nowhere");
    return true;
}

static bool is_function(const void *address)
{
    return is_in(address, reads_nowhere) || is_in(address, calls_nowhere);
}

static void a_fault_names_its_callers(void **state)
{
    static const struct ke_symbolizer symbolizer = {
        .name = name_function, .routine = name_function, .is_driver = is_function};

    static const struct ke_symbolizer nobody;

    ke_report_set_symbolizer(&symbolizer);
    assert_non_null(strstr(report_of(reads_nowhere, NULL), "by:        reads_nowhere\n"));
    assert_non_null(strstr(report_of(calls_nowhere, NULL), "by:        calls_nowhere\n"));
    ke_report_set_symbolizer(&nobody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_above_apc_level_is_fatal),
        cmocka_unit_test(a_fault_at_passive_level_is_named_too),
        cmocka_unit_test(a_fault_names_its_callers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
