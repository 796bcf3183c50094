/* test_fx_pnp.c - start, stop and removal: the order of callbacks, and what a failure rolls back.
 * Every test looks at the whole log of the driver.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/hal/hal_line.h"

#define UP           "Prepare D0Entry(5) PostEnabled(5) SelfInit "
#define DOWN         "SelfSuspend PreDisabled(5) D0Exit(5) Release SelfFlush SelfCleanup "
#define GONE         "DeviceCleanup DeviceDestroy "
#define UNLOAD       "Unload DriverCleanup DriverDestroy "
#define FAILED_START "DeviceCleanup DeviceDestroy "

/* ---- the order ---- */

static void start_calls_up_in_order(void **state) /* spec: PNP-01, PNP-02 */
{
    drv_pnp_plan.interrupts = 2;
    pnp_start("irq=4,irq=5");
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) Enable(2) PostEnabled(5) SelfInit ");
    assert_int_equal(WdfPowerDeviceD3Final, 5);
}

static void remove_calls_down_in_order(void **state) /* spec: PNP-11, PNP-30, PNP-20 */
{
    struct wc_device *device;

    drv_pnp_plan.interrupts = 2;
    device = pnp_start("irq=4,irq=5");
    drv_pnp_plan.log[0] = '\0';
    pnp_remove(device);
    assert_pnp_log("QueryRemove SelfSuspend PreDisabled(5) Disable(2) Disable(1) D0Exit(5) Release "
                   "SelfFlush SelfCleanup " GONE);
}

static void callbacks_are_called_at_passive_level(void **state) /* spec: DRV-15 */
{
    struct wc_device *device = pnp_start(NULL);

    pnp_remove(device);
    assert_non_null(strstr(drv_pnp_plan.log, "Add "));
    assert_int_equal(drv_pnp_plan.highest_irql, PASSIVE_LEVEL);
}

static void unload_follows_the_last_device(void **state) /* spec: DRV-08, DRV-10 */
{
    struct wc_device *device = pnp_start(NULL);

    pnp_remove(device);
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(wc_test_end(state), 0);
    assert_pnp_log(UNLOAD);
}

static void an_interrupt_without_resource_is_skipped(void **state) /* spec: PNP-29, HWR-06 */
{
    drv_pnp_plan.interrupts = 3;
    pnp_start("irq=4");
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfInit ");
}

/* ---- failures on the way up ---- */

static void start_fails(const char *callback, const char *expected)
{
    struct wc_device *device = NULL;

    drv_pnp_plan.fail = callback;
    drv_pnp_plan.interrupts = 2;
    pnp_load();
    assert_int_equal(pnp_add("irq=4,irq=5", &device), WC_FAILED);
    assert_pnp_log(expected);
}

static void prepare_failing_is_answered_by_release(void **state) /* spec: PNP-04 */
{
    start_fails("Prepare", "Entry Add Prepare Release " GONE);
}

static void d0_entry_failing_skips_d0_exit(void **state) /* spec: PNP-05 */
{
    start_fails("D0Entry", "Entry Add Prepare D0Entry(5) Release " GONE);
}

static void post_enabled_failing_disables_interrupts(void **state) /* spec: PNP-06 */
{
    start_fails("PostEnabled",
                "Entry Add Prepare D0Entry(5) Enable(1) Enable(2) PostEnabled(5) Disable(2) "
                "Disable(1) D0Exit(5) Release " GONE);
}

static void enable_failing_disables_those_before(void **state) /* spec: PNP-07, INTR-28 */
{
    start_fails("Enable(2)", "Entry Add Prepare D0Entry(5) Enable(1) Enable(2) Disable(1) "
                             "D0Exit(5) Release " GONE);
}

static void self_init_failing_is_not_suspended(void **state) /* spec: PNP-10 */
{
    start_fails(
        "SelfInit",
        "Entry Add Prepare D0Entry(5) Enable(1) Enable(2) PostEnabled(5) SelfInit "
        "PreDisabled(5) Disable(2) Disable(1) D0Exit(5) Release SelfFlush SelfCleanup " GONE);
}

static void self_managed_io_that_never_began_is_not_flushed(void **state) /* spec: PNP-22 */
{
    start_fails("PostEnabled",
                "Entry Add Prepare D0Entry(5) Enable(1) Enable(2) PostEnabled(5) Disable(2) "
                "Disable(1) D0Exit(5) Release " GONE);
    assert_null(strstr(drv_pnp_plan.log, "Self"));
}

static void a_failed_start_says_why(void **state) /* spec: PNP-27 */
{
    struct wc_device *device = NULL;

    drv_pnp_plan.fail = "Prepare";
    drv_pnp_plan.status = STATUS_DEVICE_CONFIGURATION_ERROR;
    pnp_load();
    assert_int_equal(pnp_add(NULL, &device), WC_FAILED);
    assert_pnp_log("Entry Add Prepare Release DeviceCleanup DeviceDestroy ");
}

/* ---- stop and restart ---- */

static void stop_and_restart_keeps_self_managed_io(void **state) /* spec: PNP-15 */
{
    drv_pnp_plan.interrupts = 1;
    pnp_start("irq=4");
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("QueryStop SelfSuspend PreDisabled(5) Disable(1) D0Exit(5) Release ");
    assert_int_equal(pnp_restart(5), STATUS_SUCCESS);
    assert_pnp_log("Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfRestart ");
}

static void restart_state_in_task(void *context)
{
    *(WDF_DEVICE_PNP_STATE *)context = WdfDeviceGetDevicePnpState(drv_pnp_plan.device);
}

static void a_canceled_stop_calls_nothing(void **state) /* spec: PNP-14 */
{
    WDF_DEVICE_PNP_STATE pnp_state = WdfDevStatePnpInvalid;

    pnp_start(NULL);
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(pnp_send(IRP_MN_QUERY_REMOVE_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("QueryRemove ");
    assert_int_equal(pnp_send(IRP_MN_CANCEL_REMOVE_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("");
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("QueryStop ");
    assert_int_equal(pnp_send(IRP_MN_CANCEL_STOP_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("");
    wc_test_call(restart_state_in_task, &pnp_state);
    assert_int_equal(pnp_state, WdfDevStatePnpStarted);
}

static void a_refused_removal_keeps_the_device(void **state) /* spec: PNP-12 */
{
    pnp_start(NULL);
    drv_pnp_plan.log[0] = '\0';
    drv_pnp_plan.fail = "QueryRemove";
    drv_pnp_plan.status = STATUS_DEVICE_BUSY;
    assert_int_equal(pnp_send(IRP_MN_QUERY_REMOVE_DEVICE), STATUS_DEVICE_BUSY);
    assert_pnp_log("QueryRemove ");
    drv_pnp_plan.fail = NULL;
}

static void veto_in_task(void *context)
{
    WdfDeviceSetStaticStopRemove(drv_pnp_plan.device, *(const BOOLEAN *)context);
}

static void a_static_veto_asks_nobody(void **state) /* spec: PNP-13, WDEV-26 */
{
    BOOLEAN stoppable = FALSE;

    pnp_start(NULL);
    drv_pnp_plan.log[0] = '\0';
    wc_test_call(veto_in_task, &stoppable);
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(pnp_send(IRP_MN_QUERY_REMOVE_DEVICE), STATUS_INVALID_DEVICE_STATE);
    assert_pnp_log("");
    stoppable = TRUE;
    wc_test_call(veto_in_task, &stoppable);
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_pnp_log("QueryStop ");
}

/* ---- surprise ---- */

static void surprise_removal_comes_first(void **state) /* spec: PNP-17, INTR-65 */
{
    struct wc_device *device;

    drv_pnp_plan.interrupts = 1;
    device = pnp_start("irq=4");
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_pnp_log("Surprise SelfSuspend PreDisabled(5) Disable(1) D0Exit(5) Release SelfFlush "
                   "SelfCleanup " GONE);
}

static void surprise_removal_in_dx_powers_nothing_down(void **state) /* spec: PNP-18 */
{
    struct wc_device *device;

    drv_pnp_plan.interrupts = 1;
    device = pnp_start("irq=4");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD2), STATUS_SUCCESS);
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_pnp_log("Surprise Release SelfFlush SelfCleanup " GONE);
}

/* ---- power ---- */

static void d0_callbacks_get_the_real_states(void **state) /* spec: PWR-03, PWR-04 */
{
    drv_pnp_plan.interrupts = 1;
    pnp_start("irq=4");
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD2), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(3) Disable(1) D0Exit(3) ");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    assert_pnp_log("D0Entry(3) Enable(1) PostEnabled(3) SelfRestart ");
}

static void shutdown_is_d3_final(void **state) /* spec: PWR-05 */
{
    pnp_start(NULL);
    drv_pnp_plan.log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemShutdown), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(5) D0Exit(5) ");
}

static void a_failing_d0_exit_skips_nothing(void **state) /* spec: PWR-06 */
{
    drv_pnp_plan.interrupts = 1;
    pnp_start("irq=4");
    drv_pnp_plan.log[0] = '\0';
    drv_pnp_plan.fail = "PreDisabled";
    pnp_power(DevicePowerState, PowerDeviceD3);
    /* powered down to the end, then removed as failed, which is no surprise removal */
    assert_pnp_log("SelfSuspend PreDisabled(4) Disable(1) D0Exit(4) Release SelfFlush "
                   "SelfCleanup " GONE);
}

/* ---- adding ---- */

static void a_failing_add_deletes_the_device(void **state) /* spec: DRV-11 */
{
    struct wc_device *device = NULL;

    drv_pnp_plan.fail = "Add";
    pnp_load();
    assert_int_equal(pnp_add(NULL, &device), WC_FAILED);
    assert_pnp_log("Entry Add " GONE);
}

static void add_without_device_is_a_success(void **state) /* spec: DRV-13 */
{
    struct wc_device *device = NULL;

    drv_pnp_plan.no_device = TRUE;
    pnp_load();
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    assert_pnp_log("Entry Add ");
}

static void not_supported_is_a_violation(void **state) /* spec: PNP-21 */
{
    struct wc_device *device = NULL;

    drv_pnp_plan.fail = "Prepare";
    drv_pnp_plan.status = STATUS_NOT_SUPPORTED;
    pnp_load();
    wc_expect_violation("PnpStatusNotSupported");
    assert_int_equal(pnp_add(NULL, &device), WC_FAILED);
    assert_int_equal(wc_violations("PnpStatusNotSupported"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(start_calls_up_in_order),
        pnp_test(remove_calls_down_in_order),
        pnp_test(callbacks_are_called_at_passive_level),
        pnp_test(unload_follows_the_last_device),
        pnp_test(an_interrupt_without_resource_is_skipped),
        pnp_test(prepare_failing_is_answered_by_release),
        pnp_test(d0_entry_failing_skips_d0_exit),
        pnp_test(post_enabled_failing_disables_interrupts),
        pnp_test(enable_failing_disables_those_before),
        pnp_test(self_init_failing_is_not_suspended),
        pnp_test(self_managed_io_that_never_began_is_not_flushed),
        pnp_test(a_failed_start_says_why),
        pnp_test(stop_and_restart_keeps_self_managed_io),
        pnp_test(a_canceled_stop_calls_nothing),
        pnp_test(a_refused_removal_keeps_the_device),
        pnp_test(a_static_veto_asks_nobody),
        pnp_test(surprise_removal_comes_first),
        pnp_test(surprise_removal_in_dx_powers_nothing_down),
        pnp_test(d0_callbacks_get_the_real_states),
        pnp_test(shutdown_is_d3_final),
        pnp_test(a_failing_d0_exit_skips_nothing),
        pnp_test(a_failing_add_deletes_the_device),
        pnp_test(add_without_device_is_a_success),
        pnp_test(not_supported_is_a_violation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
