/* test_fx_key_owner.c - the registry keys of a driver and of its devices. */
#include "wdf/pnp_fixture.h"

#include <string.h>

#define PLAN (&drv_pnp_plan)

static const UNICODE_STRING level = RTL_CONSTANT_STRING(L"Level");
static NTSTATUS result[4];

static void put(const char *assignment)
{
    assert_int_equal(wc_machine_registry_set(wc_test_the_machine(), WC_DRIVER_DRV_PNP, assignment),
                     WC_OK);
}

static ULONG read_level(WDFKEY key)
{
    ULONG number = 0;

    assert_int_equal(WdfRegistryQueryULong(key, &level, &number), STATUS_SUCCESS);
    return number;
}

static void read_parameters(void *context)
{
    WDFKEY key = NULL;

    assert_int_equal(WdfDriverOpenParametersRegistryKey(PLAN->driver, KEY_READ, NULL, &key),
                     STATUS_SUCCESS);
    assert_int_equal(read_level(key), 0x11);
    WdfRegistryClose(key);
    assert_int_equal(
        WdfDriverOpenPersistentStateRegistryKey(PLAN->driver, KEY_ALL_ACCESS, NULL, &key),
        STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignULong(key, &level, 3), STATUS_SUCCESS);
    WdfRegistryClose(key);
}

static void a_driver_reads_its_parameters(void **state) /* spec: WREG-01 */
{
    pnp_load();
    put("Parameters/Level=dword:11");
    wc_test_call(read_parameters, NULL);
}

static void open_missing(void *context)
{
    WDFKEY key = NULL;

    result[0] = WdfDriverOpenParametersRegistryKey(PLAN->driver, KEY_READ, NULL, &key);
    assert_null(key);
    result[1] = WdfDriverOpenParametersRegistryKey(PLAN->driver, KEY_ALL_ACCESS, NULL, &key);
    WdfRegistryClose(key);
}

static void parameters_are_made_for_who_may_create(void **state)
{
    pnp_load();
    wc_test_call(open_missing, NULL);
    assert_int_equal(result[0], STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(result[1], STATUS_SUCCESS);
}

static void open_from_init(PWDFDEVICE_INIT init)
{
    WDFKEY key = NULL;

    result[0] = WdfFdoInitOpenRegistryKey(init, 3, KEY_READ, NULL, &key);
    assert_int_equal(
        WdfFdoInitOpenRegistryKey(init, PLUGPLAY_REGKEY_DEVICE, KEY_ALL_ACCESS, NULL, &key),
        STATUS_SUCCESS);
    result[1] = WdfRegistryAssignULong(key, &level, 5);
    WdfRegistryClose(key);
}

static void open_from_device(WDFDEVICE device)
{
    static const UNICODE_STRING map = RTL_CONSTANT_STRING(L"SERIALCOMM");
    WDFKEY key = NULL;

    assert_int_equal(WdfDeviceOpenRegistryKey(device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, NULL, &key),
                     STATUS_SUCCESS);
    assert_int_equal(read_level(key), 5); /* it goes with the device */
    result[2] = WdfDeviceOpenRegistryKey(device, 0, KEY_READ, NULL, &key);
    assert_int_equal(WdfDeviceOpenDevicemapKey(device, &map, KEY_ALL_ACCESS, NULL, &key),
                     STATUS_SUCCESS);
    result[3] = WdfRegistryAssignULong(key, &level, 5);
}

static void a_device_has_keys_of_its_own(void **state)
{
    PLAN->init = open_from_init;
    PLAN->added = open_from_device;
    pnp_remove(pnp_start(NULL));
    assert_int_equal(result[0], STATUS_INVALID_PARAMETER);
    assert_int_equal(result[1], STATUS_SUCCESS);
    assert_int_equal(result[2], STATUS_INVALID_PARAMETER);
    assert_int_equal(result[3], STATUS_SUCCESS);
}

static void open_with_a_parent(WDFDEVICE device)
{
    static const UNICODE_STRING map = RTL_CONSTANT_STRING(L"SERIALCOMM");
    static const UNICODE_STRING none = {0};
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFKEY key = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    assert_int_equal(
        WdfDeviceOpenRegistryKey(device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &attributes, &key),
        STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    assert_int_equal(WdfDeviceOpenDevicemapKey(device, &map, KEY_ALL_ACCESS, &attributes, &key),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    assert_int_equal(WdfDeviceOpenDevicemapKey(device, &none, KEY_ALL_ACCESS, NULL, &key),
                     STATUS_INVALID_PARAMETER);
    assert_null(key);
    result[0] = STATUS_SUCCESS;
}

static void a_key_of_a_device_is_given_no_parent(void **state)
{
    result[0] = STATUS_UNSUCCESSFUL;
    PLAN->added = open_with_a_parent;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(a_driver_reads_its_parameters),
        pnp_test(parameters_are_made_for_who_may_create),
        pnp_test(a_device_has_keys_of_its_own),
        pnp_test(a_key_of_a_device_is_given_no_parent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
