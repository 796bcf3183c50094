/* test_fx_driver.c - WDFDRIVER: creation, what it answers, and how it goes. The driver's own calls
 * are made from drv_pnp's callbacks; the rest from tasks.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#define PLAN (&drv_pnp_plan)

static NTSTATUS add_nothing(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    return STATUS_SUCCESS;
}

/* ---- a second WdfDriverCreate, with various faults ---- */

struct second {
    WDF_DRIVER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDRIVER driver;
    NTSTATUS status;
};

static void second_init(struct second *second)
{
    memset(second, 0, sizeof(*second));
    WDF_DRIVER_CONFIG_INIT(&second->config, add_nothing);
    WDF_OBJECT_ATTRIBUTES_INIT(&second->attributes);
    second->driver = (WDFDRIVER)second;
}

static void create_in_task(void *context)
{
    struct second *second = context;
    DECLARE_CONST_UNICODE_STRING(path, L"\\Registry\\Second");

    second->status = WdfDriverCreate(PLAN->driver_object, &path, &second->attributes,
                                     &second->config, &second->driver);
}

static void a_driver_is_created_once(void **state) /* spec: DRV-01, DRV-06 */
{
    struct wc_device *device;
    struct second second;

    second_init(&second);
    pnp_load();
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_DRIVER_INTERNAL_ERROR);
    assert_null(second.driver);
    assert_int_equal(pnp_add(NULL, &device), WC_OK); /* the first one still works */
    pnp_remove(device);
}

static void the_size_comes_first(void **state) /* spec: DRV-02 */
{
    struct second second;

    second_init(&second);
    second.config.Size++;
    pnp_load();
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_INFO_LENGTH_MISMATCH);
}

static void a_non_pnp_driver_adds_no_devices(void **state) /* spec: DRV-03 */
{
    struct second second;

    second_init(&second);
    second.config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    pnp_load();
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_INVALID_PARAMETER);
    second.config.EvtDriverDeviceAdd = NULL; /* then only the second creation is wrong */
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_DRIVER_INTERNAL_ERROR);
}

static void unknown_flags_are_refused(void **state) /* spec: DRV-04 */
{
    struct second second;

    second_init(&second);
    second.config.DriverInitFlags = 0x80000000;
    pnp_load();
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_INVALID_PARAMETER);
}

static void a_driver_has_no_parent(void **state) /* spec: DRV-05 */
{
    struct second second;

    second_init(&second);
    pnp_load();
    second.attributes.ParentObject = PLAN->driver;
    wc_test_call(create_in_task, &second);
    assert_int_equal(second.status, STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
}

/* ---- questions ---- */

static void versions_in_task(void *context)
{
    static const struct {
        ULONG major, minor;
        BOOLEAN available;
    } versions[] = {{1, 0, TRUE}, {1, 9, TRUE}, {1, 33, TRUE}, {1, 34, FALSE}, {2, 0, FALSE}};

    for (size_t i = 0; i < ARRAYSIZE(versions); i++) {
        WDF_DRIVER_VERSION_AVAILABLE_PARAMS params;

        WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&params, versions[i].major, versions[i].minor);
        assert_int_equal(WdfDriverIsVersionAvailable(PLAN->driver, &params), versions[i].available);
    }
}

static void versions_up_to_1_33_are_available(void **state) /* spec: DRV-18 */
{
    pnp_load();
    assert_non_null(PLAN->driver);
    wc_test_call(versions_in_task, NULL);
}

static void questions_in_task(void *context)
{
    PWSTR path = WdfDriverGetRegistryPath(PLAN->driver);
    size_t length = 0;

    assert_int_equal(WdfDriverRegisterTraceInfo(PLAN->driver_object, NULL, NULL),
                     STATUS_NOT_SUPPORTED);
    assert_ptr_equal(WdfDriverWdmGetDriverObject(PLAN->driver), PLAN->driver_object);
    assert_ptr_equal(WdfWdmDriverGetWdfDriverHandle(PLAN->driver_object), PLAN->driver);
    assert_non_null(path);
    while (path[length] != 0) {
        length++;
    }
    assert_true(length > 7);
    assert_memory_equal(path + length - 7, L"drv_pnp", 7 * sizeof(WCHAR));
}

static void the_driver_answers(void **state) /* spec: DRV-19, DRV-20 */
{
    pnp_load();
    assert_non_null(PLAN->driver);
    wc_test_call(questions_in_task, NULL);
}

static void delete_in_task(void *context)
{
    WdfObjectDelete(PLAN->driver);
}

static void a_driver_is_not_deleted(void **state) /* spec: DRV-22 */
{
    struct wc_device *device;

    pnp_load();
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    wc_test_call(delete_in_task, NULL);
    assert_pnp_log("Entry ");
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
}

/* ---- the end ---- */

static void a_failing_entry_deletes_the_driver(void **state) /* spec: DRV-07 */
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;
    struct wc_driver *driver;

    PLAN->fail = "Entry";
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_PNP, &driver), WC_FAILED);
    assert_pnp_log("Entry DriverCleanup DriverDestroy ");
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static void ask_in_task(void *context)
{
    *(const char **)context = WdfDriverGetRegistryPath(PLAN->driver) != NULL ? "here" : "gone";
}

static void without_unload_it_stays(void **state) /* spec: DRV-09 */
{
    const char *answer = NULL;

    PLAN->cannot_unload = TRUE;
    pnp_load();
    assert_null(PLAN->driver_object->DriverUnload);
    assert_int_equal(wc_machine_unload_driver(wc_test_driver()), WC_FAILED);
    wc_test_call(ask_in_task, &answer);
    assert_string_equal(answer, "here");
    assert_pnp_log("Entry "); /* nothing was cleaned up */
}

static void with_unload_it_goes(void **state) /* spec: DRV-09 */
{
    pnp_load();
    assert_non_null(PLAN->driver_object->DriverUnload);
}

static void flags_in_callback(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Prepare") == 0) {
        PLAN->devices =
            (WdfDeviceWdmGetDeviceObject(device)->Flags & DO_DEVICE_INITIALIZING) != 0 ? 100 : 200;
    }
}

static void an_added_device_is_not_initializing(void **state) /* spec: DRV-14 */
{
    PLAN->at = flags_in_callback;
    pnp_start(NULL);
    assert_int_equal(PLAN->devices, 200);
}

static void a_failing_filter_does_not_stop_the_stack(void **state) /* spec: DRV-12 */
{
    struct wc_device *device;

    PLAN->filter = TRUE;
    PLAN->fail = "Add";
    pnp_load();
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    assert_pnp_log("Entry Add DeviceCleanup DeviceDestroy ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(a_driver_is_created_once),
        pnp_test(the_size_comes_first),
        pnp_test(a_non_pnp_driver_adds_no_devices),
        pnp_test(unknown_flags_are_refused),
        pnp_test(a_driver_has_no_parent),
        pnp_test(versions_up_to_1_33_are_available),
        pnp_test(the_driver_answers),
        pnp_test(a_driver_is_not_deleted),
        pnp_test(a_failing_entry_deletes_the_driver),
        pnp_test(without_unload_it_stays),
        pnp_test(with_unload_it_goes),
        pnp_test(an_added_device_is_not_initializing),
        pnp_test(a_failing_filter_does_not_stop_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
