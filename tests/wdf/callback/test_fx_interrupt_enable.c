/* test_fx_interrupt_enable.c - WDFINTERRUPT: connected, enabled, reported active, and back. */
#include "wdf/interrupt_fixture.h"

static void get_kinterrupt(void *context)
{
    *(PKINTERRUPT *)context = WdfInterruptWdmGetInterrupt(PLAN->interrupt[0]);
}

static void enable_is_called_at_dirql(void **state) /* spec: INTR-24, INTR-55 */
{
    PLAN->at = note_enable;
    PLAN->interrupts = 1;
    pnp_start("irq=4");
    assert_int_equal(seen.other_calls, 1);
    assert_int_equal(seen.other_irql, hal_irq_level(4));
    assert_true(seen.connected);
}

static void
disable_is_called_at_dirql_and_still_connected(void **state) /* spec: INTR-25, INTR-55 */
{
    PKINTERRUPT kinterrupt;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    PLAN->at = note_enable;
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(seen.other_calls, 1);
    assert_int_equal(seen.other_irql, hal_irq_level(4));
    assert_true(seen.connected);
    wc_test_call(get_kinterrupt, &kinterrupt);
    assert_null(kinterrupt);
}

static void disable_in_task(void *context)
{
    WdfInterruptDisable(PLAN->interrupt[0]);
}

static void enable_in_task(void *context)
{
    WdfInterruptEnable(PLAN->interrupt[0]);
}

static void a_disabled_interrupt_stays_away(void **state) /* spec: INTR-54 */
{
    PLAN->interrupts = 1;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    wc_test_call(disable_in_task, NULL);
    assert_pnp_log("Disable(1) ");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) D0Entry(4) PostEnabled(4) SelfRestart ");
    wc_test_call(enable_in_task, NULL);
    assert_pnp_log("Enable(1) ");
}

static void enabling_twice_is_refused(void **state)
{
    PLAN->interrupts = 1;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    wc_expect_violation("InterruptEnableTwice");
    wc_test_call(enable_in_task, NULL);
    assert_pnp_log("");
}

static void a_failing_disable_stops_nothing(void **state) /* spec: INTR-29, INTR-26 */
{
    PLAN->interrupts = 2;
    pnp_start("irq=4,irq=5");
    PLAN->log[0] = '\0';
    PLAN->fail = "Disable(2)";
    pnp_power(DevicePowerState, PowerDeviceD3);
    PLAN->fail = NULL;
    assert_pnp_log("SelfSuspend PreDisabled(4) Disable(2) Disable(1) D0Exit(4) Release SelfFlush "
                   "SelfCleanup DeviceCleanup DeviceDestroy ");
}

static void not_pageable_stays_connected(void **state) /* spec: INTR-57 */
{
    PKINTERRUPT kinterrupt;

    PLAN->interrupts = 1;
    PLAN->not_pageable = TRUE;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) Disable(1) D0Exit(4) ");
    wc_test_call(get_kinterrupt, &kinterrupt);
    assert_non_null(kinterrupt);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    assert_pnp_log("D0Entry(4) Enable(1) PostEnabled(4) SelfRestart ");
}

static void disabled_by_a_driver_it_stays_connected_too(void **state) /* spec: INTR-54, INTR-57 */
{
    PKINTERRUPT before, after;

    PLAN->interrupts = 1;
    PLAN->not_pageable = TRUE;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    wc_test_call(get_kinterrupt, &before);
    wc_test_call(disable_in_task, NULL);
    assert_pnp_log("Disable(1) ");
    wc_test_call(get_kinterrupt, &after);
    assert_non_null(after);
    assert_ptr_equal(after, before);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) D0Entry(4) PostEnabled(4) SelfRestart ");
    wc_test_call(enable_in_task, NULL);
    assert_pnp_log("Enable(1) ");
    wc_test_call(disable_in_task, NULL);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(get_kinterrupt, &after);
    assert_null(after);
}

static void report_inactive(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->ReportInactiveOnPowerDown = WdfTrue;
}

static void reported_inactive_in_dx(void **state) /* spec: INTR-56 */
{
    uint32_t irq = 4;
    PKINTERRUPT kinterrupt;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    PLAN->config = report_inactive;
    pnp_start("irq=4");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    wc_test_call(get_kinterrupt, &kinterrupt);
    assert_non_null(kinterrupt);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 0);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
}

static void report_in_task(void *context)
{
    if (*(const bool *)context) {
        WdfInterruptReportActive(PLAN->interrupt[0]);
    } else {
        WdfInterruptReportInactive(PLAN->interrupt[0]);
    }
}

static void reporting_connects_softly(void **state)
{
    static const bool active = true;
    static const bool inactive = false;
    uint32_t irq = 4;
    PKINTERRUPT kinterrupt;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    for (int i = 0; i < 2; i++) { /* the second time it has no effect */
        wc_test_call(report_in_task, (void *)&inactive);
        wc_test_call(get_kinterrupt, &kinterrupt);
        assert_non_null(kinterrupt);
        wc_test_call(raise_line, &irq);
        assert_int_equal(seen.isr_calls, 0);
    }
    for (unsigned i = 1; i <= 2; i++) {
        wc_test_call(report_in_task, (void *)&active);
        wc_test_call(raise_line, &irq);
        assert_int_equal(seen.isr_calls, i);
    }
    assert_pnp_log(""); /* neither EvtInterruptEnable nor EvtInterruptDisable */
}

static void reporting_needs_a_connection(void **state)
{
    static const bool inactive = false;

    PLAN->interrupts = 1;
    pnp_start(NULL);
    wc_expect_violation("InterruptNotConnected");
    wc_test_call(report_in_task, (void *)&inactive);
    assert_int_equal(wc_violations("InterruptNotConnected"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        interrupt_test(enable_is_called_at_dirql),
        interrupt_test(disable_is_called_at_dirql_and_still_connected),
        interrupt_test(a_disabled_interrupt_stays_away),
        interrupt_test(enabling_twice_is_refused),
        interrupt_test(a_failing_disable_stops_nothing),
        interrupt_test(not_pageable_stays_connected),
        interrupt_test(disabled_by_a_driver_it_stays_connected_too),
        interrupt_test(reported_inactive_in_dx),
        interrupt_test(reporting_connects_softly),
        interrupt_test(reporting_needs_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
