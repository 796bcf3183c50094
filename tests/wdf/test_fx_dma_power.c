/* test_fx_dma_power.c - the callbacks of DMA enablers while their device enters D0 and leaves it. */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <string.h>

#define PLAN (&drv_pnp_plan)

static WDFDMAENABLER enablers[2];
static const char *failing; /* name in the log */

static NTSTATUS note(const char *name, WDFDMAENABLER enabler)
{
    size_t length = strlen(PLAN->log);
    char text[40];

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    snprintf(text, sizeof(text), "%s%d", name, enabler == enablers[0] ? 1 : 2);
    snprintf(PLAN->log + length, sizeof(PLAN->log) - length, "%s ", text);
    return failing != NULL && strcmp(failing, text) == 0 ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static NTSTATUS on_fill(WDFDMAENABLER enabler)
{
    return note("Fill", enabler);
}

static NTSTATUS on_enable(WDFDMAENABLER enabler)
{
    return note("Enable", enabler);
}

static NTSTATUS on_start(WDFDMAENABLER enabler)
{
    return note("Start", enabler);
}

static NTSTATUS on_stop(WDFDMAENABLER enabler)
{
    return note("Stop", enabler);
}

static NTSTATUS on_disable(WDFDMAENABLER enabler)
{
    return note("Disable", enabler);
}

static NTSTATUS on_flush(WDFDMAENABLER enabler)
{
    return note("Flush", enabler);
}

static void make_enablers(WDFDEVICE device)
{
    for (int i = 0; i < 2; i++) {
        WDF_DMA_ENABLER_CONFIG config;

        WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather64, 0x10000);
        config.EvtDmaEnablerFill = on_fill;
        config.EvtDmaEnablerFlush = on_flush;
        config.EvtDmaEnablerDisable = on_disable;
        config.EvtDmaEnablerEnable = on_enable;
        config.EvtDmaEnablerSelfManagedIoStart = on_start;
        config.EvtDmaEnablerSelfManagedIoStop = on_stop;
        assert_int_equal(WdfDmaEnablerCreate(device, &config, NULL, &enablers[i]), STATUS_SUCCESS);
    }
}

static void plan(const char *fail)
{
    failing = fail;
    PLAN->added = make_enablers;
    PLAN->interrupts = 0;
}

static void enablers_follow_the_devices_power(void **state) /* spec: DMA-22 */
{
    struct wc_device *device;

    plan(NULL);
    device = pnp_start(NULL);
    assert_pnp_log("Entry Add Prepare D0Entry(5) PostEnabled(5) Fill1 Enable1 Start1 Fill2 Enable2 "
                   "Start2 SelfInit ");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend Stop1 Disable1 Flush1 Stop2 Disable2 Flush2 PreDisabled(4) "
                   "D0Exit(4) ");
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    assert_pnp_log("D0Entry(4) PostEnabled(4) Fill1 Enable1 Start1 Fill2 Enable2 Start2 "
                   "SelfRestart ");
    pnp_remove(device);
    assert_pnp_log("QueryRemove SelfSuspend Stop1 Disable1 Flush1 Stop2 Disable2 Flush2 "
                   "PreDisabled(5) D0Exit(5) Release SelfFlush SelfCleanup DeviceCleanup "
                   "DeviceDestroy ");
}

static void start_fails(const char *what)
{
    struct wc_device *device;

    plan(what);
    pnp_load();
    assert_int_not_equal(pnp_add(NULL, &device), WC_OK);
}

static void a_failed_fill_has_no_disable(void **state) /* spec: PNP-08 */
{
    start_fails("Fill1");
    assert_non_null(strstr(PLAN->log, "PostEnabled(5) Fill1 Stop1 Stop2 Disable2 Flush2 "
                                      "PreDisabled(5) D0Exit(5) Release "));
    assert_null(strstr(PLAN->log, "Disable1"));
    assert_null(strstr(PLAN->log, "Flush1"));
}

static void a_failed_enable_has_no_flush(void **state) /* spec: PNP-09 */
{
    start_fails("Enable2");
    assert_non_null(strstr(PLAN->log, "Start1 Fill2 Enable2 Stop1 Disable1 Flush1 Stop2 Disable2 "
                                      "PreDisabled(5) D0Exit(5) Release "));
    assert_null(strstr(PLAN->log, "Flush2"));
}

static void a_failed_start_has_all_of_the_way_down(void **state) /* spec: DMA-22 */
{
    start_fails("Start1");
    assert_non_null(strstr(PLAN->log, "Start1 Stop1 Disable1 Flush1 Stop2 Disable2 Flush2 "));
    assert_null(strstr(PLAN->log, "SelfInit"));
}

static void a_failure_on_the_way_down_stops_nothing(void **state)
{
    struct wc_device *device;

    plan("Stop1");
    device = pnp_start(NULL);
    PLAN->log[0] = '\0';
    pnp_remove(device);
    assert_non_null(strstr(PLAN->log, "Stop1 Disable1 Flush1 Stop2 Disable2 Flush2 PreDisabled(5) "
                                      "D0Exit(5) "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(enablers_follow_the_devices_power),
        pnp_test(a_failed_fill_has_no_disable),
        pnp_test(a_failed_enable_has_no_flush),
        pnp_test(a_failed_start_has_all_of_the_way_down),
        pnp_test(a_failure_on_the_way_down_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
