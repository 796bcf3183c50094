/* test_fx_idle.c - idle power-down: when a device leaves D0 by itself, and what brings it back.
 * All on the virtual clock.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/user.h>

#define PLAN  (&drv_pnp_plan)
#define MS    1000000ull
#define DOWN  "SelfSuspend PreDisabled(4) D0Exit(4) "
#define UP    "D0Entry(4) PostEnabled(4) SelfRestart "
#define START "Entry Add Prepare D0Entry(5) PostEnabled(5) SelfInit "

static WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;
static NTSTATUS result;

static int idle_setup(void **state)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCannotWakeFromS0);
    settings.IdleTimeout = 100;
    return pnp_setup(state);
}

#define idle_test(function) cmocka_unit_test_setup_teardown(function, idle_setup, pnp_teardown)

static void assign(WDFDEVICE device)
{
    result = WdfDeviceAssignS0IdleSettings(device, &settings);
}

static void assign_in_task(void *context)
{
    assign(PLAN->device);
}

static void advance(ULONGLONG ms)
{
    assert_int_equal(wc_machine_advance(wc_test_the_machine(), ms * MS), WC_OK);
}

static struct wc_device *start_idle(void)
{
    struct wc_device *device;

    PLAN->added = assign;
    device = pnp_start(NULL);
    assert_int_equal(result, STATUS_SUCCESS);
    assert_pnp_log(START);
    return device;
}

static void an_idle_device_leaves_d0(void **state) /* spec: PWR-07, PWR-03 */
{
    struct wc_device *device = start_idle();

    advance(90);
    assert_pnp_log("");
    advance(20);
    assert_pnp_log(DOWN);
    pnp_remove(device); /* an orderly removal begins in D0 */
    assert_pnp_log("QueryRemove " UP "SelfSuspend PreDisabled(5) D0Exit(5) Release SelfFlush "
                   "SelfCleanup DeviceCleanup DeviceDestroy ");
}

static void the_default_is_five_seconds(void **state) /* spec: PWR-07 */
{
    settings.IdleTimeout = IdleTimeoutDefaultValue;
    start_idle();
    advance(4900);
    assert_pnp_log("");
    advance(200);
    assert_pnp_log(DOWN);
}

static void disabled_stays_in_d0(void **state) /* spec: PWR-14 */
{
    settings.Enabled = WdfFalse;
    start_idle();
    advance(100000);
    assert_pnp_log("");
}

static void disabling_brings_it_back(void **state) /* spec: PWR-14 */
{
    start_idle();
    advance(200);
    assert_pnp_log(DOWN);
    settings.Enabled = WdfFalse;
    wc_test_call(assign_in_task, NULL);
    advance(1000);
    assert_pnp_log(UP);
}

/* ---- requests ---- */

static void a_request_wakes_the_device(void **state) /* spec: PWR-08, PWR-02 */
{
    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    start_idle();
    advance(200);
    assert_pnp_log(DOWN);
    pnp_read_a_byte();
    assert_pnp_log("D0Entry(4) PostEnabled(4) Io SelfRestart ");
    advance(200);
    assert_pnp_log(DOWN);
}

/* ---- power references ---- */

static void stop_idle_in_task(void *context)
{
    result = WdfDeviceStopIdle(PLAN->device, *(BOOLEAN *)context);
}

static void resume_idle_in_task(void *context)
{
    WdfDeviceResumeIdle(PLAN->device);
}

static NTSTATUS stop_idle(BOOLEAN wait)
{
    wc_test_call(stop_idle_in_task, &wait);
    return result;
}

static void references_nest(void **state) /* spec: PWR-11 */
{
    start_idle();
    assert_int_equal(stop_idle(FALSE), STATUS_SUCCESS);
    assert_int_equal(stop_idle(FALSE), STATUS_SUCCESS);
    advance(1000);
    wc_test_call(resume_idle_in_task, NULL);
    advance(1000);
    assert_pnp_log("");
    wc_test_call(resume_idle_in_task, NULL);
    advance(1000);
    assert_pnp_log(DOWN);
}

static void waiting_returns_in_d0(void **state) /* spec: PWR-09 */
{
    start_idle();
    advance(200);
    assert_pnp_log(DOWN);
    assert_int_equal(stop_idle(TRUE), STATUS_SUCCESS);
    assert_pnp_log(UP);
}

static void not_waiting_is_pending(void **state) /* spec: PWR-09 */
{
    start_idle();
    advance(200);
    assert_pnp_log(DOWN);
    assert_int_equal(stop_idle(FALSE), STATUS_PENDING);
    advance(1000);
    assert_pnp_log(UP); /* and it stays, for the reference */
}

/* The device is removed as failed before the task that waited goes on: the reference keeps it. */
static void stop_and_resume_in_task(void *context)
{
    WDFDEVICE device = PLAN->device;

    WdfObjectReference(device);
    result = WdfDeviceStopIdle(device, TRUE);
    WdfDeviceResumeIdle(device);
    WdfObjectDereference(device);
}

static void a_failed_stop_takes_no_reference(void **state) /* spec: PWR-10 */
{
    start_idle();
    advance(200);
    PLAN->log[0] = '\0';
    PLAN->fail = "D0Entry";
    wc_expect_violation("PowerReferenceUnbalanced");
    wc_test_call(stop_and_resume_in_task, NULL);
    PLAN->fail = NULL;
    assert_int_equal(result, STATUS_POWER_STATE_INVALID);
    assert_int_equal(wc_violations("PowerReferenceUnbalanced"), 1);
}

static void resuming_too_often_is_a_violation(void **state)
{
    start_idle();
    wc_expect_violation("PowerReferenceUnbalanced");
    wc_test_call(resume_idle_in_task, NULL);
    assert_int_equal(wc_violations("PowerReferenceUnbalanced"), 1);
}

static void stop_in_callback(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "D0Entry(5)") == 0) {
        result = WdfDeviceStopIdle(device, TRUE);
    }
}

static void waiting_in_a_power_callback_is_a_violation(void **state)
{
    struct wc_device *device;

    PLAN->at = stop_in_callback;
    pnp_load();
    wc_expect_violation("WaitFromOwnCallback");
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    assert_int_equal(result, STATUS_INVALID_DEVICE_STATE);
}

/* ---- who may ---- */

static void a_filter_owns_no_policy(void **state) /* spec: PWR-12, PWR-13 */
{
    PLAN->filter = TRUE;
    PLAN->added = assign;
    pnp_start(NULL);
    assert_int_equal(result, STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(stop_idle(FALSE), STATUS_INVALID_DEVICE_STATE);
}

static void settings_are_checked(void **state)
{
    pnp_start(NULL);
    settings.Size--;
    wc_test_call(assign_in_task, NULL);
    assert_int_equal(result, STATUS_INFO_LENGTH_MISMATCH);
    settings.Size++;
    settings.DxState = PowerDeviceD0;
    wc_test_call(assign_in_task, NULL);
    assert_int_equal(result, STATUS_INVALID_PARAMETER);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCanWakeFromS0);
    wc_test_call(assign_in_task, NULL);
    assert_int_equal(result, STATUS_POWER_STATE_INVALID);
}

static void wake_in_task(void *context)
{
    NTSTATUS *status = context;

    status[0] = WdfDeviceIndicateWakeStatus(PLAN->device, STATUS_PENDING);
    status[1] = WdfDeviceIndicateWakeStatus(PLAN->device, STATUS_SUCCESS);
}

static void nothing_to_wake_when_not_armed(void **state) /* spec: PWR-18 */
{
    NTSTATUS status[2];

    pnp_start(NULL);
    wc_test_call(wake_in_task, status);
    assert_int_equal(status[0], STATUS_INVALID_PARAMETER);
    assert_int_equal(status[1], STATUS_INVALID_DEVICE_REQUEST);
}

static void surprise_removal_while_idle(void **state) /* spec: PNP-18 */
{
    struct wc_device *device = start_idle();

    advance(200);
    PLAN->log[0] = '\0';
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_pnp_log("Surprise Release SelfFlush SelfCleanup DeviceCleanup DeviceDestroy ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        idle_test(an_idle_device_leaves_d0),
        idle_test(the_default_is_five_seconds),
        idle_test(disabled_stays_in_d0),
        idle_test(disabling_brings_it_back),
        idle_test(a_request_wakes_the_device),
        idle_test(references_nest),
        idle_test(waiting_returns_in_d0),
        idle_test(not_waiting_is_pending),
        idle_test(a_failed_stop_takes_no_reference),
        idle_test(resuming_too_often_is_a_violation),
        idle_test(waiting_in_a_power_callback_is_a_violation),
        idle_test(a_filter_owns_no_policy),
        idle_test(settings_are_checked),
        idle_test(nothing_to_wake_when_not_armed),
        idle_test(surprise_removal_while_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
