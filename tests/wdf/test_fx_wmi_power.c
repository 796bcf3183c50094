/* test_fx_wmi_power.c - the user of a machine decides by WMI whether a device idles and wakes. */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/wmi.h>

#define PLAN (&drv_pnp_plan)
#define MS   1000000ull

#define IDLE "{827c0a6f-feb0-11d0-bd26-00aa00b7b32a}"
#define WAKE "{a9546a82-feb0-11d0-bd26-00aa00b7b32a}"

static const GUID idle_guid = {
    0x827c0a6f, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}};
static const GUID wake_guid = {
    0xa9546a82, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}};

static NTSTATUS provide(WDFDEVICE device, const GUID *guid)
{
    WDF_WMI_PROVIDER_CONFIG config;
    WDFWMIPROVIDER provider;

    WDF_WMI_PROVIDER_CONFIG_INIT(&config, guid);
    return WdfWmiProviderCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &provider);
}

static void assign_idle(WDFDEVICE device, WDF_POWER_POLICY_S0_IDLE_USER_CONTROL user)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCannotWakeFromS0);
    settings.IdleTimeout = 100;
    settings.UserControlOfIdleSettings = user;
    assert_int_equal(WdfDeviceAssignS0IdleSettings(device, &settings), STATUS_SUCCESS);
}

static void assign_wake(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS settings;

    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(&settings);
    assert_int_equal(WdfDeviceAssignSxWakeSettings(device, &settings), STATUS_SUCCESS);
}

static void may_idle(WDFDEVICE device)
{
    assign_idle(device, IdleAllowUserControl);
    assign_idle(device, IdleAllowUserControl); /* offered once */
    assert_int_equal(provide(device, &idle_guid), STATUS_WMI_GUID_DISCONNECTED);
    assert_int_equal(provide(device, &wake_guid), STATUS_SUCCESS);
}

static void may_wake(WDFDEVICE device)
{
    assign_wake(device);
    assert_int_equal(provide(device, &wake_guid), STATUS_WMI_GUID_DISCONNECTED);
    assert_int_equal(provide(device, &idle_guid), STATUS_SUCCESS);
}

static void a_guid_of_the_framework_is_taken(void **state) /* spec: WMI-06 */
{
    PLAN->added = may_idle;
    pnp_start(NULL);
    PLAN->added = may_wake;
    assert_int_equal(pnp_add("irq=4:wake", &(struct wc_device *){NULL}), WC_OK);
}

static void driver_first(WDFDEVICE device)
{
    assert_int_equal(provide(device, &idle_guid), STATUS_SUCCESS);
    assign_idle(device, IdleAllowUserControl);
    assert_int_equal(provide(device, &idle_guid), STATUS_OBJECT_NAME_COLLISION);
}

static void a_driver_that_was_first_answers_itself(void **state)
{
    PLAN->added = driver_first;
    pnp_start(NULL);
}

static UCHAR asked(const char *guid)
{
    UCHAR data[4] = {9, 9, 9, 9};
    size_t length = 0;

    assert_int_equal(wc_wmi_query(guid, NULL, data, sizeof(data), &length), STATUS_SUCCESS);
    assert_int_equal(length, sizeof(BOOLEAN));
    return data[0];
}

static void switch_in_task(void *context)
{
    const UCHAR value = *(const UCHAR *)context;

    assert_int_equal(asked(IDLE), !value);
    assert_int_equal(wc_wmi_set(IDLE, NULL, &value, sizeof(value)), STATUS_SUCCESS);
    assert_int_equal(asked(IDLE), value);
}

static void the_user_switches_idling(void **state)
{
    UCHAR off = FALSE, on = TRUE;

    PLAN->added = may_idle;
    pnp_start(NULL);
    PLAN->log[0] = '\0';
    wc_test_call(switch_in_task, &off);
    wc_machine_advance(wc_test_the_machine(), 1000 * MS);
    assert_pnp_log("");
    wc_test_call(switch_in_task, &on);
    wc_machine_advance(wc_test_the_machine(), 1000 * MS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) ");
}

static void no_block_in_task(void *context)
{
    UCHAR data;
    size_t length;

    assert_int_equal(wc_wmi_query(IDLE, NULL, &data, 1, &length), STATUS_WMI_GUID_NOT_FOUND);
}

static void not_the_users(WDFDEVICE device)
{
    assign_idle(device, IdleDoNotAllowUserControl);
}

static void what_the_user_may_not_has_no_block(void **state)
{
    PLAN->added = not_the_users;
    pnp_start(NULL);
    wc_test_call(no_block_in_task, NULL);
}

static void wake_in_task(void *context)
{
    const UCHAR off = FALSE;

    assert_int_equal(asked(WAKE), TRUE);
    assert_int_equal(wc_wmi_set(WAKE, NULL, &off, sizeof(off)), STATUS_SUCCESS);
    assert_int_equal(asked(WAKE), FALSE);
    assert_int_equal(wc_wmi_set(WAKE, NULL, &off, 0), STATUS_WMI_SET_FAILURE);
}

static void the_user_switches_waking(void **state)
{
    struct wc_device *device;

    PLAN->added = assign_wake;
    device = pnp_start("irq=4:wake");
    wc_test_call(wake_in_task, NULL);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_int_not_equal(wc_device_wake(device), WC_OK); /* it is not armed */
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
}

#define power_test(function) cmocka_unit_test_setup_teardown(function, pnp_setup, pnp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        power_test(a_guid_of_the_framework_is_taken),
        power_test(a_driver_that_was_first_answers_itself),
        power_test(the_user_switches_idling),
        power_test(what_the_user_may_not_has_no_block),
        power_test(the_user_switches_waking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
