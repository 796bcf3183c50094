/* test_ke_smoke.c - the documented order of one interrupt: line, ISR, DPC, lowering. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/nt_machine.h"

static struct {
    char log[512];
    KDPC dpc;
    KDPC other;
    PKINTERRUPT interrupt;
    struct hal_line_source *source;
    KEVENT event;
    KTIMER timer;
} test;

static void note(const char *text)
{
    char line[64];

    snprintf(line, sizeof(line), "%s@%u ", text, KeGetCurrentIrql());
    strncat(test.log, line, sizeof(test.log) - strlen(test.log) - 1);
}

static int start(void **state)
{
    struct ke_machine_config config = nt_machine_config(2);

    (void)state;
    memset(&test, 0, sizeof(test));
    base_violation_reset();
    return ke_machine_start(&config);
}

static int stop(void **state)
{
    (void)state;
    ke_machine_stop();
    return 0;
}

static BOOLEAN isr(PKINTERRUPT interrupt, PVOID context)
{
    (void)interrupt;
    note("isr");
    hal_line_set(test.source, false);
    KeInsertQueueDpc(&test.dpc, context, NULL);
    return TRUE;
}

static VOID dpc(PKDPC self, PVOID context, PVOID argument1, PVOID argument2)
{
    (void)self;
    (void)argument1;
    (void)argument2;
    note(context);
}

static void connect(void)
{
    const struct ke_interrupt_config config = {.service_routine = isr,
                                               .vector = hal_irq_vector(4),
                                               .irql = hal_irq_level(4),
                                               .synchronize_irql = hal_irq_level(4),
                                               .mode = LevelSensitive,
                                               .affinity = 1};

    test.source = hal_line_connect(4, true);
    assert_int_equal(ke_interrupt_connect(&config, &test.interrupt), STATUS_SUCCESS);
    KeInitializeDpc(&test.dpc, dpc, "dpc");
    KeInitializeDpc(&test.other, dpc, "other");
}

static void body_order(void *argument)
{
    KIRQL old;

    (void)argument;
    connect();
    old = KeRaiseIrqlToDpcLevel();
    KeInsertQueueDpc(&test.other, NULL, NULL);
    hal_line_set(test.source, true);
    KeGetCurrentIrql(); /* any routine is a window */
    note("raised");
    KeLowerIrql(old);
    note("lowered");
    hal_line_set(test.source, true);
    note("again");
    ke_interrupt_disconnect(test.interrupt);
    hal_line_disconnect(test.source);
}

static void an_interrupt_comes_at_dispatch_level_and_its_dpc_when_the_level_falls(void **state)
{
    (void)state;
    assert_int_equal(nt_run_body(body_order, NULL), HOST_RUN_DONE);
    assert_string_equal(test.log, "isr@7 raised@2 other@2 dpc@2 lowered@0 isr@7 dpc@2 again@0 ");
}

static VOID waiter(PVOID context)
{
    (void)context;
    KeWaitForSingleObject(&test.event, Executive, KernelMode, FALSE, NULL);
    note("woken");
}

static void body_wait(void *argument)
{
    LARGE_INTEGER due = {.QuadPart = -50000};
    PKTHREAD thread;

    (void)argument;
    KeInitializeEvent(&test.event, SynchronizationEvent, FALSE);
    thread = ke_thread_start(waiter, NULL, "waiter", 0);
    KeInitializeDpc(&test.dpc, dpc, "timer");
    KeInitializeTimer(&test.timer);
    assert_false(KeSetTimer(&test.timer, due, &test.dpc));
    KeWaitForSingleObject(&test.timer, Executive, KernelMode, FALSE, NULL);
    note("waited");
    KeSetEvent(&test.event, 0, FALSE);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ob_deref(thread);
    note("joined");
}

static void waits_end_by_timers_events_and_the_end_of_threads(void **state)
{
    (void)state;
    assert_int_equal(nt_run_body(body_wait, NULL), HOST_RUN_DONE);
    assert_string_equal(test.log, "timer@2 waited@0 woken@0 joined@0 ");
    assert_int_equal(host_clock_machine(), 5000000);
}

static void body_stuck(void *argument)
{
    (void)argument;
    KeInitializeEvent(&test.event, SynchronizationEvent, FALSE);
    KeWaitForSingleObject(&test.event, Executive, KernelMode, FALSE, NULL);
}

static void a_wait_that_nothing_can_end_stops_the_machine(void **state)
{
    (void)state;
    assert_int_equal(nt_run_body(body_stuck, NULL), HOST_RUN_HALTED);
    assert_int_equal(base_violation_count(RULE_AllTasksWaiting), 1);
}

static void body_irql(void *argument)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    (void)argument;
    base_violation_expect(RULE_IrqlTooHigh);
    KeFlushQueuedDpcs();
    KeLowerIrql(old);
    note("refused");
    KeRaiseIrql(APC_LEVEL, &old);
    KeLowerIrql(DISPATCH_LEVEL);
    note("never");
}

static void an_expected_violation_is_refused_and_another_stops_the_machine(void **state)
{
    (void)state;
    assert_int_equal(nt_run_body(body_irql, NULL), HOST_RUN_HALTED);
    assert_int_equal(base_violation_count(RULE_IrqlTooHigh), 1);
    assert_int_equal(base_violation_count(RULE_IrqlLowerInvalid), 1);
    assert_string_equal(test.log, "refused@0 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_interrupt_comes_at_dispatch_level_and_its_dpc_when_the_level_falls, start, stop),
        cmocka_unit_test_setup_teardown(waits_end_by_timers_events_and_the_end_of_threads, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_wait_that_nothing_can_end_stops_the_machine, start, stop),
        cmocka_unit_test_setup_teardown(
            an_expected_violation_is_refused_and_another_stops_the_machine, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
