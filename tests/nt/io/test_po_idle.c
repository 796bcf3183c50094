/* test_po_idle.c - idle detection, power settings, requests that keep the system awake; bus data. */
#include <initguid.h>

#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/io/pnp/io_pnp.h"
#include "nt/io/power/po_setting.h"
#include "nt/io/power/po_system.h"

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo;
    LONG powers;
    POWER_STATE asked;
    KSEMAPHORE told;
    volatile LONG count;
    ULONG value[4], length;
    PVOID handle;
    LONG finished;
} t;

static NTSTATUS answer(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

    if (at->MajorFunction == IRP_MJ_POWER && at->MinorFunction == IRP_MN_SET_POWER) {
        assert_int_equal(at->Parameters.Power.Type, DevicePowerState);
        t.asked = at->Parameters.Power.State;
        InterlockedIncrement(&t.powers);
    }
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static int start(void **state)
{
    static const struct io_pnp_identity identity = {
        .enumerator = "ROOT", .device_id = "disk", .instance_id = "0000"};

    (void)state;
    memset(&t, 0, sizeof(t));
    KeInitializeSemaphore(&t.told, 0, 100);
    t.driver = nt_driver_create();
    t.pdo = nt_device_create(t.driver, NULL, answer);
    assert_int_equal(io_pnp_node_create(t.pdo, &identity), STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(t.driver);
    return 0;
}

static LONG powers_after(LONGLONG ms)
{
    nt_delay_ms(ms);
    nt_settle();
    return ReadAcquire(&t.powers);
}

static void an_idle_device_is_put_to_sleep_once(void **state)
{
    PULONG idle = PoRegisterDeviceForIdleDetection(t.pdo, 1, 3, PowerDeviceD3);

    assert_non_null(idle);
    assert_int_equal(powers_after(2500), 0); /* mains power: the performance time counts */
    assert_int_equal(powers_after(1000), 1);
    assert_int_equal(t.asked.DeviceState, PowerDeviceD3);
    assert_int_equal(powers_after(10000), 1);
    PoSetDeviceBusyEx(idle); /* it was used: the time begins anew */
    assert_int_equal(powers_after(2000), 1);
    assert_int_equal(powers_after(1500), 2);
    assert_null(PoRegisterDeviceForIdleDetection(t.pdo, 0, 0, PowerDeviceD3));
    assert_int_equal(powers_after(10000), 2);
}

static void a_busy_device_is_not(void **state)
{
    PULONG idle = PoRegisterDeviceForIdleDetection(t.pdo, 3, 3, PowerDeviceD2);

    PoStartDeviceBusy(idle);
    PoStartDeviceBusy(idle);
    PoEndDeviceBusy(idle);
    assert_int_equal(powers_after(10000), 0);
    PoEndDeviceBusy(idle);
    assert_int_equal(powers_after(4200), 1);
    assert_int_equal(t.asked.DeviceState, PowerDeviceD2);
    wc_expect_violation("BadParameter");
    PoEndDeviceBusy(idle);
    assert_ptr_equal(PoRegisterDeviceForIdleDetection(t.pdo, 5, 5, PowerDeviceD3), idle);
    PoSetDeviceBusy(idle);
    assert_int_equal(powers_after(4500), 1);
    assert_int_equal(powers_after(1000), 2);
    assert_int_equal(t.asked.DeviceState, PowerDeviceD3);
    /* the deletion of the device ends it */
}

static NTSTATUS setting_changed(LPCGUID setting, PVOID value, ULONG length, PVOID context)
{
    LONG number = InterlockedIncrement(&t.count) - 1;

    assert_ptr_equal(context, &t);
    assert_memory_equal(setting, &GUID_ACDC_POWER_SOURCE, sizeof(GUID));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    t.length = length;
    t.value[number & 3] = *(ULONG *)value;
    KeReleaseSemaphore(&t.told, IO_NO_INCREMENT, 1, FALSE);
    return STATUS_SUCCESS;
}

static void a_setting_is_told_now_and_when_it_changes(void **state)
{
    ULONG battery = 1;

    assert_int_equal(PoRegisterPowerSettingCallback(t.pdo, &GUID_ACDC_POWER_SOURCE, setting_changed,
                                                    &t, &t.handle),
                     STATUS_SUCCESS);
    assert_int_equal(nt_wait(&t.told, NULL), STATUS_SUCCESS);
    assert_int_equal(t.value[0], 0); /* mains */
    assert_int_equal(t.length, sizeof(ULONG));
    assert_true(po_setting_set(&GUID_ACDC_POWER_SOURCE, &battery, sizeof(battery)));
    assert_int_equal(nt_wait(&t.told, NULL), STATUS_SUCCESS);
    assert_int_equal(t.value[1], 1);
    assert_true(po_setting_set(&GUID_MONITOR_POWER_ON, &battery, sizeof(battery)));
    assert_int_equal(PoUnregisterPowerSettingCallback(t.handle), STATUS_SUCCESS);
    assert_true(po_setting_set(&GUID_ACDC_POWER_SOURCE, &battery, sizeof(battery)));
    nt_delay_ms(1);
    assert_int_equal(t.count, 2);
    wc_expect_violation("BadParameter");
    assert_int_equal(PoUnregisterPowerSettingCallback(t.handle), STATUS_INVALID_PARAMETER);
    assert_int_equal(PoRegisterPowerSettingCallback(t.pdo, NULL, setting_changed, &t, &t.handle),
                     STATUS_INVALID_PARAMETER);
    assert_false(po_setting_set(&GUID_ACDC_POWER_SOURCE, &battery, PO_SETTING_MAXIMUM + 1));
}

static NTSTATUS takes_itself_back(LPCGUID setting, PVOID value, ULONG length, PVOID context)
{
    assert_int_equal(PoUnregisterPowerSettingCallback(t.handle), STATUS_SUCCESS);
    return setting_changed(setting, value, length, context);
}

static NTSTATUS takes_long(LPCGUID setting, PVOID value, ULONG length, PVOID context)
{
    (void)setting_changed(setting, value, length, context);
    nt_delay_ms(5);
    t.finished = 1;
    return STATUS_SUCCESS;
}

static void a_setting_is_taken_back_at_any_time(void **state)
{
    PoRegisterPowerSettingCallback(NULL, &GUID_ACDC_POWER_SOURCE, takes_itself_back, &t, &t.handle);
    assert_int_equal(nt_wait(&t.told, NULL), STATUS_SUCCESS);
    PoRegisterPowerSettingCallback(NULL, &GUID_ACDC_POWER_SOURCE, takes_long, &t, &t.handle);
    assert_int_equal(nt_wait(&t.told, NULL), STATUS_SUCCESS);
    assert_int_equal(t.finished, 0);
    assert_int_equal(PoUnregisterPowerSettingCallback(t.handle), STATUS_SUCCESS);
    assert_int_equal(t.finished, 1);
    /* A setting without a value is not told. */
    PoRegisterPowerSettingCallback(NULL, &GUID_LIDSWITCH_STATE_CHANGE, setting_changed, &t,
                                   &t.handle);
    nt_delay_ms(1);
    assert_int_equal(t.count, 2);
    assert_int_equal(PoUnregisterPowerSettingCallback(t.handle), STATUS_SUCCESS);
}

static void what_keeps_the_system_awake(void **state)
{
    ULONG seconds = 1;
    PVOID handle = PoRegisterSystemState(NULL, ES_SYSTEM_REQUIRED | ES_CONTINUOUS);

    assert_non_null(handle);
    assert_int_equal(po_system_required(), ES_SYSTEM_REQUIRED);
    assert_ptr_equal(PoRegisterSystemState(handle, ES_DISPLAY_REQUIRED | ES_CONTINUOUS), handle);
    assert_int_equal(po_system_required(), ES_DISPLAY_REQUIRED);
    assert_ptr_equal(PoRegisterSystemState(handle, ES_USER_PRESENT), handle); /* once */
    assert_int_equal(po_system_required(), 0);
    PoSetSystemState(ES_SYSTEM_REQUIRED);
    wc_expect_violation("BadParameter");
    PoSetSystemState(0x40);
    PoUnregisterSystemState(handle);
    wc_expect_violation("BadParameter");
    PoUnregisterSystemState(handle);
    assert_false(PoQueryWatchdogTime(t.pdo, &seconds));
}

static void power_requests_are_counted(void **state)
{
    COUNTED_REASON_CONTEXT reason = {.Version = DIAGNOSTIC_REASON_VERSION,
                                     .Flags = DIAGNOSTIC_REASON_NOT_SPECIFIED};
    PVOID request = NULL;

    assert_int_equal(PoCreatePowerRequest(&request, t.pdo, &reason), STATUS_SUCCESS);
    assert_int_equal(PoClearPowerRequest(request, PowerRequestSystemRequired), STATUS_UNSUCCESSFUL);
    assert_int_equal(PoSetPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    assert_int_equal(PoSetPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    assert_int_equal(PoClearPowerRequest(request, PowerRequestDisplayRequired),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(PoClearPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    assert_int_equal(PoClearPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    assert_int_equal(PoSetPowerRequest(request, PowerRequestExecutionRequired + 1),
                     STATUS_INVALID_PARAMETER);
    PoDeletePowerRequest(request);
    reason.Version = 7;
    assert_int_equal(PoCreatePowerRequest(&request, t.pdo, &reason), STATUS_INVALID_PARAMETER);
    wc_expect_violation("BadParameter");
    assert_int_equal(PoSetPowerRequest(&reason, PowerRequestSystemRequired),
                     STATUS_INVALID_PARAMETER);
}

static void buses_have_addresses_and_no_data(void **state)
{
    PHYSICAL_ADDRESS address = {.QuadPart = 0x3f8}, translated = {.QuadPart = 0};
    ULONG space = 1;
    ULONG data = 0x5a5a5a5a;

    assert_true(HalTranslateBusAddress(Isa, 0, address, &space, &translated));
    assert_int_equal(translated.QuadPart, 0x3f8);
    assert_int_equal(space, 1);
    space = 2;
    assert_false(HalTranslateBusAddress(Isa, 0, address, &space, &translated));
    assert_int_equal(HalGetBusData(PCIConfiguration, 0, 0, &data, sizeof(data)), 0);
    assert_int_equal(HalGetBusDataByOffset(PCIConfiguration, 0, 0, &data, 4, 2), 0);
    assert_int_equal(HalSetBusData(PCIConfiguration, 0, 0, &data, sizeof(data)), 0);
    assert_int_equal(HalSetBusDataByOffset(PCIConfiguration, 0, 0, &data, 4, 2), 0);
    assert_int_equal(data, 0x5a5a5a5a);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_idle_device_is_put_to_sleep_once),
        TEST(a_busy_device_is_not),
        TEST(a_setting_is_told_now_and_when_it_changes),
        TEST(a_setting_is_taken_back_at_any_time),
        TEST(what_keeps_the_system_awake),
        TEST(power_requests_are_counted),
        TEST(buses_have_addresses_and_no_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
