/* test_fx_usage.c - special files: which a driver supports, who hears of them, and what they forbid. */
#include "wdf/bus_fixture.h"

#include "nt/io/pnp/io_pnp.h"

#define PLAN (&drv_bus_plan)
#define MS   1000000ull

static void support(WDFDEVICE device)
{
    WdfDeviceSetSpecialFileSupport(device, WdfSpecialFilePaging, TRUE);
    WdfDeviceSetSpecialFileSupport(device, WdfSpecialFileDump, TRUE);
}

/* ---- notifications ---- */

struct notice {
    WDFDEVICE *device;
    DEVICE_USAGE_NOTIFICATION_TYPE type;
    BOOLEAN in_path;
    NTSTATUS status;
};

static void notify_in_a_task(void *context)
{
    struct notice *notice = context;
    IO_STACK_LOCATION parameters = {0};

    parameters.Parameters.UsageNotification.InPath = notice->in_path;
    parameters.Parameters.UsageNotification.Type = notice->type;
    notice->status = io_pnp_send(WdfDeviceWdmGetPhysicalDevice(*notice->device),
                                 IRP_MN_DEVICE_USAGE_NOTIFICATION, &parameters, NULL);
}

static NTSTATUS notify(WDFDEVICE *device, DEVICE_USAGE_NOTIFICATION_TYPE type, BOOLEAN in_path)
{
    struct notice notice = {device, type, in_path, STATUS_UNSUCCESSFUL};

    bus_call(notify_in_a_task, &notice);
    return notice.status;
}

#define PAGING DeviceUsageTypePaging
#define DUMP   DeviceUsageTypeDumpFile

static void a_driver_must_say_that_it_supports_them(void **state)
{
    bus_start();
    PLAN->log[0] = '\0';
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_NOT_IMPLEMENTED);
    assert_bus_log("");
}

static void support_some(WDFDEVICE device)
{
    support(device);
    WdfDeviceSetSpecialFileSupport(device, WdfSpecialFileDump, FALSE); /* the last word counts */
}

static void each_type_is_by_itself(void **state)
{
    PLAN->added = support_some;
    bus_start();
    PLAN->log[0] = '\0';
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_SUCCESS);
    assert_int_equal(notify(&PLAN->bus, DUMP, TRUE), STATUS_NOT_IMPLEMENTED);
    assert_int_equal(notify(&PLAN->bus, DeviceUsageTypeUndefined, TRUE), STATUS_NOT_IMPLEMENTED);
    assert_int_equal(notify(&PLAN->bus, PAGING, FALSE), STATUS_SUCCESS);
    assert_bus_log("bus.FileIn bus.FileOut ");
}

static void a_device_with_a_paging_file_stays(void **state)
{
    struct wc_device *bus;

    PLAN->added = support;
    bus = bus_start();
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_SUCCESS);
    assert_int_equal(notify(&PLAN->bus, DUMP, TRUE), STATUS_SUCCESS);
    assert_int_equal(notify(&PLAN->bus, PAGING, FALSE), STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    assert_int_equal(wc_device_remove(bus), WC_FAILED);
    assert_bus_log(""); /* the driver was not asked */
    assert_int_equal(notify(&PLAN->bus, DUMP, FALSE), STATUS_SUCCESS);
    assert_int_equal(wc_device_remove(bus), WC_OK);
}

static void may_idle(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;

    support(device);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCannotWakeFromS0);
    settings.IdleTimeout = 100;
    assert_int_equal(WdfDeviceAssignS0IdleSettings(device, &settings), STATUS_SUCCESS);
}

static void a_device_with_a_paging_file_does_not_idle(void **state)
{
    PLAN->added = may_idle;
    bus_start();
    wc_machine_advance(wc_test_the_machine(), 200 * MS);
    assert_bus_log("bus.Prepare bus.D0Entry bus.D0Exit ");
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_SUCCESS);
    assert_bus_log("bus.D0Entry bus.FileIn ");
    wc_machine_advance(wc_test_the_machine(), 1000 * MS);
    assert_bus_log("");
    assert_int_equal(notify(&PLAN->bus, PAGING, FALSE), STATUS_SUCCESS);
    wc_machine_advance(wc_test_the_machine(), 200 * MS);
    assert_bus_log("bus.FileOut bus.D0Exit ");
}

static void support_bus_and_child(WDFDEVICE bus)
{
    support(bus);
    support(PLAN->child[1]);
}

static struct wc_device *start_with_child(void (*added)(WDFDEVICE bus))
{
    struct wc_device *bus;

    PLAN->children = 2;
    PLAN->raw = TRUE;
    PLAN->added = added;
    bus_load(NULL);
    bus = bus_start();
    PLAN->log[0] = '\0';
    return bus;
}

static void a_bus_hears_of_its_childs_files_first(void **state)
{
    start_with_child(support_bus_and_child);
    assert_int_equal(notify(&PLAN->child[1], PAGING, TRUE), STATUS_SUCCESS);
    assert_int_equal(notify(&PLAN->child[1], PAGING, FALSE), STATUS_SUCCESS);
    assert_bus_log("bus.FileIn pdo1.FileIn bus.FileOut pdo1.FileOut ");
}

static void support_child(WDFDEVICE bus)
{
    support(PLAN->child[1]);
}

static void a_bus_may_not_support_them(void **state)
{
    start_with_child(support_child);
    assert_int_equal(notify(&PLAN->child[1], PAGING, TRUE), STATUS_NOT_IMPLEMENTED);
    assert_bus_log("");
}

static void a_refusal_is_undone_above(void **state)
{
    struct wc_device *bus = start_with_child(support_bus_and_child);
    PLAN->fail = "pdo1.FileIn";
    assert_int_equal(notify(&PLAN->child[1], PAGING, TRUE), STATUS_UNSUCCESSFUL);
    assert_bus_log("bus.FileIn pdo1.FileIn bus.FileOut ");
    assert_int_equal(wc_device_remove(bus), WC_OK); /* there is no file */
}

static void depend(WDFDEVICE bus)
{
    support(bus);
    support(PLAN->child[2]);
    assert_int_equal(
        WdfDeviceAddDependentUsageDeviceObject(bus, WdfDeviceWdmGetDeviceObject(PLAN->child[1])),
        STATUS_SUCCESS);
}

static void no_more_in_a_task(void *context)
{
    WdfDeviceRemoveDependentUsageDeviceObject(PLAN->bus,
                                              WdfDeviceWdmGetDeviceObject(PLAN->child[1]));
}

static void a_dependent_device_may_refuse(void **state)
{
    start_with_child(depend); /* the dependent one does not support them */
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_NOT_IMPLEMENTED);
    assert_bus_log("");
    bus_call(no_more_in_a_task, NULL);
    assert_int_equal(notify(&PLAN->bus, PAGING, TRUE), STATUS_SUCCESS);
    assert_bus_log("bus.FileIn ");
    assert_int_equal(notify(&PLAN->bus, PAGING, FALSE), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(a_driver_must_say_that_it_supports_them),
        bus_test(each_type_is_by_itself),
        bus_test(a_device_with_a_paging_file_stays),
        bus_test(a_device_with_a_paging_file_does_not_idle),
        bus_test(a_bus_hears_of_its_childs_files_first),
        bus_test(a_bus_may_not_support_them),
        bus_test(a_refusal_is_undone_above),
        bus_test(a_dependent_device_may_refuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
