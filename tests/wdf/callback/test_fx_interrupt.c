/* test_fx_interrupt.c - WDFINTERRUPT: what creation accepts, when the ISR runs and under which lock,
 * and what is left for later. The lines are raised by hand, through hal.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/hal/hal_line.h"

#define PLAN (&drv_pnp_plan)

/* ---- what the driver's routines saw ---- */

static struct {
    ULONG isr_calls, dpc_calls, work_calls, other_calls;
    ULONG message;
    KIRQL isr_irql, dpc_irql, work_irql, other_irql;
    WDFOBJECT associated;
    BOOLEAN claims, queued, queued_again, connected;
    WDFINTERRUPT interrupt;
    struct hal_line_source *line;
} seen;

static int interrupt_setup(void **state)
{
    memset(&seen, 0, sizeof(seen));
    seen.claims = TRUE;
    return pnp_setup(state);
}

#define interrupt_test(function) \
    cmocka_unit_test_setup_teardown(function, interrupt_setup, pnp_teardown)

static BOOLEAN isr(WDFINTERRUPT interrupt, ULONG message)
{
    __atomic_add_fetch(&seen.isr_calls, 1, __ATOMIC_RELAXED);
    seen.message = message;
    seen.isr_irql = KeGetCurrentIrql();
    seen.interrupt = interrupt;
    if (seen.line != NULL) {
        hal_line_set(seen.line, false);
    }
    return seen.claims;
}

static BOOLEAN isr_queues_twice(WDFINTERRUPT interrupt, ULONG message)
{
    seen.queued = WdfInterruptQueueDpcForIsr(interrupt);
    seen.queued_again = WdfInterruptQueueDpcForIsr(interrupt);
    return isr(interrupt, message);
}

static BOOLEAN isr_queues_work(WDFINTERRUPT interrupt, ULONG message)
{
    seen.queued = WdfInterruptQueueWorkItemForIsr(interrupt);
    return isr(interrupt, message);
}

static void dpc(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.dpc_calls++;
    seen.dpc_irql = KeGetCurrentIrql();
    seen.associated = device;
}

static VOID work(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.work_calls++;
    seen.work_irql = KeGetCurrentIrql();
    seen.associated = device;
}

/* ---- helpers; all run in a task ---- */

static void raise_line(void *context)
{
    seen.line = hal_line_connect(*(const uint32_t *)context, true);
    hal_line_set(seen.line, true);
    pnp_let_run();
    KeFlushQueuedDpcs();
    hal_line_set(seen.line, false);
    hal_line_disconnect(seen.line);
    seen.line = NULL;
}

static void start_and_raise(uint32_t irq, const char *resources)
{
    PLAN->interrupts = 1;
    pnp_start(resources);
    wc_test_call(raise_line, &irq);
}

static void get_info(void *context)
{
    WDF_INTERRUPT_INFO *info = context;

    WDF_INTERRUPT_INFO_INIT(info);
    WdfInterruptGetInfo(PLAN->interrupt[0], info);
}

/* ---- delivery ---- */

static void the_isr_runs_at_the_level_of_its_resource(void **state) /* spec: HWR-10, INTR-20 */
{
    WDF_INTERRUPT_INFO info;

    PLAN->isr = isr;
    start_and_raise(4, "irq=4");
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.isr_irql, hal_irq_level(4));
    assert_int_equal(seen.message, 0);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[0]);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Irql, hal_irq_level(4));
    assert_int_equal(info.Vector, hal_irq_vector(4));
}

static void interrupts_get_resources_in_order(void **state) /* spec: HWR-04, INTR-17, INTR-20 */
{
    uint32_t irq = 5;

    PLAN->interrupts = 2;
    PLAN->isr = isr;
    pnp_start("irq=4,irq=5");
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.message, 1);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[1]);
}

static void surplus_resources_stay_unused(void **state) /* spec: INTR-18 */
{
    PLAN->isr = isr;
    PLAN->interrupts = 1;
    pnp_start("irq=4,irq=5");
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfInit ");
    assert_int_equal(seen.isr_calls, 0);
}

static void one_dpc_for_two_requests(void **state) /* spec: INTR-36, INTR-38, INTR-39 */
{
    PLAN->isr = isr_queues_twice;
    PLAN->dpc = dpc;
    start_and_raise(4, "irq=4");
    assert_true(seen.queued);
    assert_false(seen.queued_again);
    assert_int_equal(seen.dpc_calls, 1);
    assert_int_equal(seen.dpc_irql, DISPATCH_LEVEL);
    assert_ptr_equal(seen.associated, PLAN->device);
}

static void with_work_item(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptDpc = NULL;
    config->EvtInterruptWorkItem = work;
}

static void wait_for_work(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    for (int i = 0; i < 100 && seen.work_calls == 0; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
}

static void a_work_item_follows_an_isr_at_dirql(void **state) /* spec: INTR-40, INTR-41, INTR-39 */
{
    PLAN->isr = isr_queues_work;
    PLAN->config = with_work_item;
    start_and_raise(4, "irq=4");
    wc_test_call(wait_for_work, NULL);
    assert_true(seen.queued);
    assert_int_equal(seen.work_calls, 1);
    assert_int_equal(seen.work_irql, PASSIVE_LEVEL);
    assert_ptr_equal(seen.associated, PLAN->device);
}

static void no_isr_before_connect_and_after_disconnect(void **state) /* spec: INTR-31 */
{
    uint32_t irq = 4;
    struct wc_device *device;

    PLAN->isr = isr;
    PLAN->interrupts = 1;
    device = pnp_start("irq=4");
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 0);
    assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    pnp_remove(device);
}

/* ---- enable and disable ---- */

static void note_enable(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Enable(1)") == 0 || strcmp(name, "Disable(1)") == 0) {
        seen.other_calls++;
        seen.other_irql = KeGetCurrentIrql();
        seen.connected = WdfInterruptWdmGetInterrupt(PLAN->interrupt[0]) != NULL;
    }
}

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

/* ---- the interrupt lock ---- */

static BOOLEAN synchronized(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    seen.other_calls++;
    seen.other_irql = KeGetCurrentIrql();
    return *(BOOLEAN *)context;
}

static void synchronize_in_task(void *context)
{
    BOOLEAN *value = context;

    *value = WdfInterruptSynchronize(PLAN->interrupt[0], synchronized, value);
}

static void synchronize_runs_under_the_lock(void **state) /* spec: INTR-42 */
{
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(synchronize_in_task, &value);
    assert_true(value);
    assert_int_equal(seen.other_calls, 1);
    assert_int_equal(seen.other_irql, hal_irq_level(4));
    value = FALSE;
    wc_test_call(synchronize_in_task, &value);
    assert_false(value);
}

static void synchronize_needs_a_connection(void **state)
{
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    pnp_start(NULL);
    wc_expect_violation("InterruptNotConnected");
    wc_test_call(synchronize_in_task, &value);
    assert_false(value);
    assert_int_equal(seen.other_calls, 0);
}

static void lock_in_task(void *context)
{
    KIRQL *levels = context;

    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    levels[0] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    levels[1] = KeGetCurrentIrql();
}

static void the_lock_raises_and_lowers(void **state) /* spec: INTR-43 */
{
    KIRQL levels[2];

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(lock_in_task, levels);
    assert_int_equal(levels[0], hal_irq_level(4));
    assert_int_equal(levels[1], PASSIVE_LEVEL);
}

static void lock_twice_in_task(void *context)
{
    KIRQL *levels = context;

    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    WdfInterruptAcquireLock(PLAN->interrupt[0]); /* refused */
    levels[0] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    levels[1] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]); /* refused */
}

static void the_lock_is_not_recursive(void **state) /* spec: INTR-45 */
{
    KIRQL levels[2];

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("SpinLockRecursive");
    wc_expect_violation("SpinLockNotOwned");
    wc_test_call(lock_twice_in_task, levels);
    assert_int_equal(levels[0], hal_irq_level(4));
    assert_int_equal(levels[1], PASSIVE_LEVEL);
}

static void queue_in_disable(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Disable(1)") == 0) {
        seen.queued = WdfInterruptQueueDpcForIsr(PLAN->interrupt[0]);
    }
}

static void note_dpc(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    strcat(PLAN->log, "Dpc ");
}

static void dpcs_end_before_d0_exit(void **state) /* spec: INTR-27, INTR-37 */
{
    PLAN->interrupts = 1;
    PLAN->dpc = note_dpc;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    PLAN->at = queue_in_disable;
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_true(seen.queued);
    assert_pnp_log("SelfSuspend PreDisabled(5) Disable(1) Dpc D0Exit(5) Release ");
}

static void acquire_in_task(void *context)
{
    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    *(KIRQL *)context = KeGetCurrentIrql();
}

static void the_lock_needs_a_connection(void **state) /* spec: INTR-44 */
{
    KIRQL level = HIGH_LEVEL;

    PLAN->interrupts = 1;
    pnp_start(NULL);
    wc_expect_violation("InterruptNotConnected");
    wc_test_call(acquire_in_task, &level);
    assert_int_equal(level, PASSIVE_LEVEL);
}

static void try_in_task(void *context)
{
    *(BOOLEAN *)context = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
}

static void trying_is_for_passive_interrupts(void **state) /* spec: INTR-48 */
{
    BOOLEAN taken = TRUE;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("InterruptLockWrongKind");
    wc_test_call(try_in_task, &taken);
    assert_false(taken);
}

/* ---- passive interrupts ---- */

static void passive(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->PassiveHandling = TRUE;
}

static void raise_for_passive(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    seen.line = hal_line_connect(4, true);
    hal_line_set(seen.line, true);
    for (int i = 0; i < 100 && __atomic_load_n(&seen.isr_calls, __ATOMIC_RELAXED) == 0; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    hal_line_disconnect(seen.line);
    seen.line = NULL;
}

static void a_passive_interrupt_runs_at_passive_level(void **state) /* spec: INTR-46, INTR-23 */
{
    WDF_INTERRUPT_INFO info;
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    PLAN->config = passive;
    PLAN->at = note_enable;
    pnp_start("irq=4");
    assert_int_equal(seen.other_irql, PASSIVE_LEVEL);
    wc_test_call(raise_for_passive, NULL);
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.isr_irql, PASSIVE_LEVEL);
    wc_test_call(synchronize_in_task, &value);
    assert_int_equal(seen.other_irql, PASSIVE_LEVEL);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Irql, PASSIVE_LEVEL);
}

static void try_and_release_in_task(void *context)
{
    BOOLEAN *taken = context;

    taken[0] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    taken[1] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    taken[2] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
}

static void a_taken_passive_lock_is_not_taken_again(void **state) /* spec: INTR-48 */
{
    BOOLEAN taken[3];

    PLAN->interrupts = 1;
    PLAN->config = passive;
    pnp_start("irq=4");
    wc_test_call(try_and_release_in_task, taken);
    assert_true(taken[0]);
    assert_false(taken[1]);
    assert_true(taken[2]);
}

static void acquire_high_in_task(void *context)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    KeLowerIrql(old);
}

static void a_passive_lock_is_for_passive_level(void **state) /* spec: INTR-47 */
{
    PLAN->interrupts = 1;
    PLAN->config = passive;
    pnp_start("irq=4");
    wc_expect_violation("IrqlTooHigh");
    wc_test_call(acquire_high_in_task, NULL);
    assert_int_equal(wc_violations("IrqlTooHigh"), 1);
}

/* ---- lifetime ---- */

static void interrupts_of_prepare_go_with_release(void **state) /* spec: INTR-51, INTR-03 */
{
    WDFINTERRUPT first;

    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->isr = isr;
    pnp_start("irq=4");
    first = PLAN->interrupt[0];
    assert_non_null(first);
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfInit ");
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
    assert_ptr_not_equal(PLAN->interrupt[0], first);
}

static void interrupts_of_add_survive_a_rebalance(void **state) /* spec: INTR-52 */
{
    uint32_t irq = 5;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_restart(5), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[0]);
}

static void delete_in_task(void *context)
{
    WdfObjectDelete(PLAN->interrupt[0]);
}

static void the_driver_does_not_delete_it(void **state) /* spec: INTR-50 */
{
    uint32_t irq = 4;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    wc_test_call(delete_in_task, NULL);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
}

static void info_is_zero_without_hardware(void **state) /* spec: INTR-21, INTR-22 */
{
    WDF_INTERRUPT_INFO info;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(get_info, &info);
    assert_int_equal(info.MessageNumber, 0);
    assert_int_equal(info.Vector, hal_irq_vector(4));
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Vector, 0);
    assert_int_equal(info.Irql, PASSIVE_LEVEL);
}

static void policy_in_task(void *context)
{
    WdfInterruptSetPolicy(PLAN->interrupt[0], WdfIrqPolicyMachineDefault, WdfIrqPriorityUndefined,
                          0);
}

static void initial_policy_in_task(void *context)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[0], &policy);
}

static void an_undefined_priority_is_refused(void **state) /* spec: INTR-59 */
{
    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("InterruptPolicyInvalid");
    wc_test_call(policy_in_task, NULL);
    assert_int_equal(wc_violations("InterruptPolicyInvalid"), 1);
    wc_expect_violation("InterruptPolicyInvalid");
    wc_test_call(initial_policy_in_task, NULL);
    assert_int_equal(wc_violations("InterruptPolicyInvalid"), 2);
}

static BOOLEAN shared_seen[3];

static void shared_by_word(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    static const WDF_TRI_STATE word[] = {WdfFalse, WdfTrue, WdfUseDefault};

    config->ShareVector = word[index];
}

static void shares_in_task(void *context)
{
    for (int i = 0; i < 3; i++) {
        WDF_INTERRUPT_INFO info;

        WDF_INTERRUPT_INFO_INIT(&info);
        WdfInterruptGetInfo(PLAN->interrupt[i], &info);
        shared_seen[i] = info.ShareDisposition == CmResourceShareShared;
    }
}

static void share_vector_overrides_the_resource(void **state) /* spec: INTR-61 */
{
    PLAN->interrupts = 3;
    PLAN->config = shared_by_word;
    pnp_start("irq=4,irq=5,irq=9"); /* the root bus gives lines that may be shared */
    wc_test_call(shares_in_task, NULL);
    assert_false(shared_seen[0]);
    assert_true(shared_seen[1]);
    assert_true(shared_seen[2]);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
}

static void an_exclusive_line_is_not_connected_twice(void **state) /* spec: INTR-61 */
{
    struct wc_device *second;

    PLAN->interrupts = 1;
    PLAN->config = shared_by_word; /* index 0: exclusive */
    pnp_start("irq=4");
    assert_int_not_equal(pnp_add("irq=4", &second), WC_OK);
}

static ULONG isr_processor;

static BOOLEAN isr_tells_processor(WDFINTERRUPT interrupt, ULONG message)
{
    isr_processor = KeGetCurrentProcessorNumberEx(NULL);
    return isr(interrupt, message);
}

static void target_in_task(void *context)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicySpecifiedProcessors;
    policy.Priority = WdfIrqPriorityNormal;
    policy.TargetProcessorSetAndGroup.Mask = *(KAFFINITY *)context;
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[0], &policy);
}

static void the_policy_names_the_processor_of_the_isr(void **state)
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->isr = isr_tells_processor;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 3);
    assert_int_equal(pnp_add("irq=4", &device), WC_OK);
    for (ULONG target = 0; target < 3; target++) {
        KAFFINITY mask = (KAFFINITY)1 << target;

        isr_processor = MAXULONG;
        assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
        wc_test_call(target_in_task, &mask);
        assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
        seen.isr_calls = 0;
        wc_test_call(raise_for_passive, NULL); /* waits for the ISR, wherever it runs */
        assert_int_equal(isr_processor, target);
    }
}

static void queue_dpc_in_task(void *context)
{
    *(BOOLEAN *)context = WdfInterruptQueueDpcForIsr(PLAN->interrupt[0]);
}

static void neither(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptDpc = NULL;
}

static void a_dpc_needs_a_callback(void **state)
{
    BOOLEAN queued = TRUE;

    PLAN->interrupts = 1;
    PLAN->config = neither;
    pnp_start("irq=4");
    wc_expect_violation("InterruptNoDpcCallback");
    wc_test_call(queue_dpc_in_task, &queued);
    assert_false(queued);
}

/* Two interrupts with one WDFSPINLOCK. */
static WDFSPINLOCK shared_lock;

static void sharing(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    if (index == 0) {
        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        attributes.ParentObject = PLAN->device;
        assert_int_equal(WdfSpinLockCreate(&attributes, &shared_lock), STATUS_SUCCESS);
    }
    config->SpinLock = shared_lock;
}

static void a_shared_lock_means_the_highest_irql(void **state) /* spec: INTR-32 */
{
    KIRQL higher = max(hal_irq_level(4), hal_irq_level(9));
    uint32_t irq = 4;

    PLAN->interrupts = 2;
    PLAN->isr = isr;
    PLAN->config = sharing;
    pnp_start("irq=4,irq=9");
    assert_int_not_equal(hal_irq_level(4), hal_irq_level(9));
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_irql, higher);
    irq = 9;
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_irql, higher);
    assert_int_equal(seen.isr_calls, 2);
}

static void spin_in_task(void *context)
{
    WdfSpinLockAcquire(shared_lock);
    *(KIRQL *)context = KeGetCurrentIrql();
}

static void the_shared_lock_is_the_interrupts(void **state) /* spec: INTR-49 */
{
    KIRQL level = HIGH_LEVEL;

    PLAN->interrupts = 1;
    PLAN->config = sharing;
    pnp_start("irq=4");
    wc_expect_violation("SpinLockIsInterruptLock");
    wc_test_call(spin_in_task, &level);
    assert_int_equal(level, PASSIVE_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        interrupt_test(the_isr_runs_at_the_level_of_its_resource),
        interrupt_test(interrupts_get_resources_in_order),
        interrupt_test(surplus_resources_stay_unused),
        interrupt_test(one_dpc_for_two_requests),
        interrupt_test(a_work_item_follows_an_isr_at_dirql),
        interrupt_test(no_isr_before_connect_and_after_disconnect),
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
        interrupt_test(synchronize_runs_under_the_lock),
        interrupt_test(synchronize_needs_a_connection),
        interrupt_test(the_lock_raises_and_lowers),
        interrupt_test(the_lock_is_not_recursive),
        interrupt_test(dpcs_end_before_d0_exit),
        interrupt_test(the_lock_needs_a_connection),
        interrupt_test(trying_is_for_passive_interrupts),
        interrupt_test(a_passive_interrupt_runs_at_passive_level),
        interrupt_test(a_taken_passive_lock_is_not_taken_again),
        interrupt_test(a_passive_lock_is_for_passive_level),
        interrupt_test(interrupts_of_prepare_go_with_release),
        interrupt_test(interrupts_of_add_survive_a_rebalance),
        interrupt_test(the_driver_does_not_delete_it),
        interrupt_test(info_is_zero_without_hardware),
        interrupt_test(an_undefined_priority_is_refused),
        interrupt_test(share_vector_overrides_the_resource),
        interrupt_test(an_exclusive_line_is_not_connected_twice),
        interrupt_test(the_policy_names_the_processor_of_the_isr),
        interrupt_test(a_dpc_needs_a_callback),
        interrupt_test(a_shared_lock_means_the_highest_irql),
        interrupt_test(the_shared_lock_is_the_interrupts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
