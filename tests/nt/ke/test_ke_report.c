/* test_ke_report.c - what a violation's report tells of where it happened. That it names
 * a driver's function with its line is shown in tests/harness/test_machine.c.
 */
#include "nt/nt_thread.h"

#include <string.h>

static void assert_says(const char *text)
{
    if (strstr(wc_last_report(), text) == NULL) {
        print_error("not in the report: %s\n%s\n", text, wc_last_report());
        fail();
    }
}

static VOID break_a_rule(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KIRQL old;

    KeRaiseIrql(7, &old);
    wc_expect_violation("SpinLockAcquireHigh");
    KeAcquireSpinLock(Context, &old);
    KeLowerIrql(DISPATCH_LEVEL);
}

static void it_names_rule_processor_level_and_chain(void **state)
{
    KSPIN_LOCK lock;
    KDPC dpc;

    nt_on_processor(1);
    KeInitializeSpinLock(&lock);
    KeInitializeDpc(&dpc, break_a_rule, &lock);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_says("VIOLATION SpinLockAcquireHigh: ");
    assert_says("where:     processor 1 at DIRQL 7, ");
    assert_says(", in a DPC");
    assert_says("in:        CustomDpc break_a_rule, entered at DISPATCH");
    assert_says("entered at PASSIVE"); /* the thread below it */
    assert_says("bugcheck 0xC4 (0x42, 0x7, ");
    assert_says("docs/rules.md#SpinLockAcquireHigh");
    assert_says("KeAcquireSpinLockRaiseToDpc"); /* among the last events */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(it_names_rule_processor_level_and_chain, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
