/* test_fx_settings.c - KMDF verifier's settings in the driver's registry key: breaks, allocations that
 * fail, objects that are too many, and what is left at the end.
 */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <string.h>

#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"
#include "wdf/object/fx_watch.h"

#define PLAN (&drv_pnp_plan)

/* ---- breaks ---- */

static void delete_the_device(void *context)
{
    WdfObjectDelete(PLAN->device); /* a finding that Windows would not bugcheck for */
}

static void null_handle(void *context)
{
    WdfObjectDelete(NULL); /* one that it would */
}

static void a_finding_breaks_under_verifier(void **state) /* spec: VER-02 */
{
    wc_expect_stop("WdfObjectDeleteNotAllowed", delete_the_device, NULL);
}

static void a_finding_does_not_break_when_told_so(void **state) /* spec: VER-02 */
{
    delete_the_device(NULL);
    delete_the_device(NULL);
    assert_int_equal(wc_violations("WdfObjectDeleteNotAllowed"), 2); /* and it is told */
    assert_non_null(strstr(wc_last_report(), "WDFDEVICE"));
    assert_non_null(WdfDeviceGetDriver(PLAN->device));
}

static void a_bugcheck_breaks_in_any_case(void **state) /* spec: VER-02 */
{
    wc_expect_stop("HandleNull", null_handle, NULL);
}

static void wrong_size(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;

    WDF_FILEOBJECT_CONFIG_INIT(&config, NULL, NULL, NULL);
    config.Size = 3;
    WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
}

static void a_finding_without_object_is_its_driver_s(void **state) /* spec: VER-02 */
{
    PLAN->init = wrong_size;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .registry = "Parameters/Wdf/VerifierOn=dword:0");
    assert_int_equal(wc_violations("StructSizeWrong"), 1);
}

static void too_high(WDFDEVICE device)
{
    WDFSTRING string = NULL;
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(old);
    assert_null(string);
}

static void a_call_at_too_high_an_irql_fails_and_goes_on(void **state) /* spec: VER-01, VER-03 */
{
    PLAN->added = too_high;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP,
                    .registry = "Parameters/Wdf/DbgBreakOnError=dword:0");
    assert_int_equal(wc_violations("IrqlTooHigh"), 1);
    assert_non_null(strstr(wc_last_report(), "no bugcheck that is certain"));
}

static void null_config(PWDFDEVICE_INIT init)
{
    wc_expect_violation("ParameterNull");
    WdfDeviceInitSetFileObjectConfig(init, NULL, WDF_NO_OBJECT_ATTRIBUTES);
}

static void the_fourth_parameter_is_the_driver_s_globals(void **state) /* spec: VER-16 */
{
    char text[64];

    PLAN->init = null_config;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP);
    snprintf(
        text, sizeof(text), ", %#llx)",
        (unsigned long long)(uintptr_t)((struct fx_object *)fx_handle_find(PLAN->driver))->globals);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x10D (0x4, 0x0, "));
    assert_non_null(strstr(wc_last_report(), text));
}

static void verify_follows_the_setting(void **state)
{
    PWDF_DRIVER_GLOBALS globals =
        &((struct fx_object *)fx_handle_find(PLAN->driver))->globals->public;

    assert_int_equal(globals->DriverFlags & WdfVerifyOn, 0);
}

/* ---- allocations that fail ---- */

/* A machine whose driver may make so many allocations; WC_FAILED: it did not load. */
static enum wc_result load_with(unsigned allocations, struct wc_machine **machine,
                                struct wc_driver **driver)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    char setting[80];

    snprintf(setting, sizeof(setting), "Parameters/Wdf/VerifierAllocateFailCount=dword:%x",
             allocations);
    assert_int_equal(wc_machine_create(&config, machine), WC_OK);
    assert_int_equal(wc_machine_registry_set(*machine, WC_DRIVER_DRV_PNP, setting), WC_OK);
    return wc_machine_load_driver(*machine, WC_DRIVER_DRV_PNP, driver);
}

static void count_strings(void *context)
{
    unsigned *count = context;
    WDFSTRING string = NULL;

    *count = 0;
    while (WdfStringCreate(NULL, NULL, &string) == STATUS_SUCCESS) {
        ++*count;
    }
}

/* How many more allocations succeed once the driver is loaded. */
static unsigned allocations_after_load(unsigned allocations)
{
    struct wc_machine *machine = NULL;
    struct wc_driver *driver = NULL;
    unsigned count = 0;

    assert_int_equal(load_with(allocations, &machine, &driver), WC_OK);
    assert_int_equal(wc_machine_call(machine, count_strings, &count), WC_OK);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    return count;
}

static void exactly_so_many_succeed(void **state) /* spec: VER-10 */
{
    struct wc_machine *machine = NULL;
    struct wc_driver *driver = NULL;
    struct fx_globals three = {.settings = {.allocations = 3, .leak_limit = FX_SETTINGS_OFF}};

    fx_watch_begin(&three);
    for (int i = 0; i < 3; i++) {
        assert_true(fx_watch_allocate());
    }
    assert_false(fx_watch_allocate());
    fx_watch_end(&three);

    unsigned after = allocations_after_load(40);
    unsigned needed = 40 - after; /* by the load itself */

    assert_true(needed > 0 && needed < 40);
    assert_int_equal(allocations_after_load(41), after + 1);
    assert_int_equal(allocations_after_load(needed), 0);
    assert_int_equal(load_with(needed - 1, &machine, &driver), WC_FAILED);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static unsigned called;

static VOID must_not_be_called(WDFOBJECT object)
{
    called++;
}

static void fail_each(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    union {
        WDFOBJECT object;
        WDFSTRING string;
        WDFCOLLECTION collection;
        WDFSPINLOCK spin;
        WDFWAITLOCK wait;
        WDFMEMORY memory;
        WDFLOOKASIDE lookaside;
        WDFKEY key;
    } made;
    unsigned spent = 0;
    uint32_t objects;

    count_strings(&spent);
    objects = fx_object_count(FX_TYPE_ANY);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = must_not_be_called;
    attributes.EvtDestroyCallback = must_not_be_called;
    assert_int_equal(WdfObjectCreate(&attributes, &made.object), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfStringCreate(NULL, &attributes, &made.string),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfCollectionCreate(&attributes, &made.collection),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfSpinLockCreate(&attributes, &made.spin), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfWaitLockCreate(&attributes, &made.wait), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 8, &made.memory, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(
        WdfLookasideListCreate(&attributes, 8, NonPagedPoolNx, NULL, 0, &made.lookaside),
        STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(
        WdfDriverOpenPersistentStateRegistryKey(PLAN->driver, KEY_READ, &attributes, &made.key),
        STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(fx_object_count(FX_TYPE_ANY), objects);
    assert_int_equal(called, 0);
}

static void every_create_fails_and_leaves_nothing(void **state) /* spec: VER-10 */
{
    struct wc_machine *machine = NULL;
    struct wc_driver *driver = NULL;

    called = 0;
    assert_int_equal(load_with(40, &machine, &driver), WC_OK);
    assert_int_equal(wc_machine_call(machine, fail_each, NULL), WC_OK);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    assert_int_equal(called, 0);
}

static const GUID some_class = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

/* A whole life of the driver with a queue, interrupts, a link and an interface. */
static bool live_with(unsigned allocations)
{
    struct wc_machine *machine = NULL;
    struct wc_driver *driver = NULL;
    struct wc_device *device = NULL;
    const struct wc_device_config config = {.resources = "irq=4,irq=5"};
    enum wc_result result;

    memset(PLAN, 0, sizeof(*PLAN));
    PLAN->interrupts = 2;
    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    PLAN->interface = &some_class;
    result = load_with(allocations, &machine, &driver);
    if (result == WC_OK) {
        result = wc_machine_add_device(machine, driver, &config, &device);
    }
    if (result == WC_OK) {
        result = wc_device_remove(device);
    }
    assert_true(result == WC_OK || result == WC_FAILED);
    assert_int_equal(wc_machine_destroy(machine), WC_OK); /* which looks for leaks */
    return result == WC_OK;
}

static void no_failing_allocation_is_fatal(void **state) /* spec: VER-11 */
{
    unsigned allocations = 0;

    while (!live_with(allocations)) {
        allocations++;
        assert_true(allocations < 1000);
    }
    assert_true(allocations > 10); /* each of them has failed once */
}

/* ---- what is too many, and what is left ---- */

static WDFSTRING strings[8];

static void make_string(int index)
{
    assert_int_equal(WdfStringCreate(NULL, NULL, &strings[index]), STATUS_SUCCESS);
}

static void the_nth_object_is_reported_once(void **state) /* spec: VER-13 */
{
    WDFCOLLECTION others[4];

    for (int i = 0; i < 4; i++) { /* not of a type that counts */
        assert_int_equal(WdfCollectionCreate(NULL, &others[i]), STATUS_SUCCESS);
    }
    make_string(0);
    make_string(1);
    WdfObjectDelete(strings[0]); /* one less exists */
    make_string(2);
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
    wc_expect_violation("WdfObjectLeakLimit");
    make_string(3);
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 1);
    make_string(4);
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 1);
}

static void two_devices_within_the_limit(void)
{
    const struct wc_device_config config = {0};
    struct wc_device *device[2];

    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true,
                    .registry = "Parameters/Wdf/ObjectLeakDetectionLimit=dword:3\n"
                                "Parameters/Wdf/ObjectsForLeakDetection=multi_sz:WDFDEVICE|WDFKEY");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, &device[i]),
            WC_OK);
    }
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
}

static void open_four_keys(void *context)
{
    for (int i = 0; i < 4; i++) {
        WDFKEY key = NULL;

        if (i == 3) {
            assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
            wc_expect_violation("WdfObjectLeakLimit"); /* two devices and four keys */
        }
        assert_int_equal(
            WdfDriverOpenPersistentStateRegistryKey(PLAN->driver, KEY_READ, NULL, &key),
            STATUS_SUCCESS);
    }
}

static void with_two_devices_the_limit_is_double(void **state) /* spec: VER-13 */
{
    two_devices_within_the_limit();
    wc_test_call(open_four_keys, NULL);
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 1);
}

static void leave_an_object(void *context)
{
    WDFOBJECT *object = context;

    assert_int_equal(WdfObjectCreate(NULL, object), STATUS_SUCCESS);
    WdfObjectReference(*object);
    assert_non_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 24, 'tfel'));
}

static void what_is_left_is_listed_with_its_creator(void **state) /* spec: VER-12 */
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine = NULL;
    struct wc_driver *driver = NULL;
    WDFOBJECT object = NULL;

    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_PNP, &driver), WC_OK);
    assert_int_equal(wc_machine_call(machine, leave_an_object, &object), WC_OK);
    wc_expect_violation("WdfObjectLeaked");
    assert_int_equal(wc_machine_unload_driver(driver), WC_OK);
    assert_int_equal(wc_violations("WdfObjectLeaked"), 1);
    assert_non_null(strstr(wc_last_report(), "a WDFOBJECT of it is left"));
    assert_non_null(strstr(wc_last_report(), "created by leave_an_object"));
    wc_expect_violation("PoolLeak");
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    assert_non_null(strstr(wc_last_report(), "leave_an_object"));
    assert_non_null(strstr(wc_last_report(), "left"));
}

#define DEVICE_WITH(text) .setup = clear_plan, .driver = WC_DRIVER_DRV_PNP, .registry = text

static int clear_plan(void **state)
{
    called = 0;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_finding_breaks_under_verifier,
                     DEVICE_WITH("Parameters/Wdf/VerifierOn=dword:1")),
        wc_unit_test(a_finding_does_not_break_when_told_so,
                     DEVICE_WITH("Parameters/Wdf/VerifierOn=dword:1\n"
                                 "Parameters/Wdf/DbgBreakOnError=dword:0")),
        wc_unit_test(a_bugcheck_breaks_in_any_case,
                     DEVICE_WITH("Parameters/Wdf/DbgBreakOnError=dword:0")),
        wc_unit_test(verify_follows_the_setting, DEVICE_WITH("Parameters/Wdf/VerifyOn=dword:0")),
        wc_unit_test(the_nth_object_is_reported_once,
                     DEVICE_WITH("Parameters/Wdf/ObjectLeakDetectionLimit=dword:3\n"
                                 "Parameters/Wdf/ObjectsForLeakDetection=multi_sz:WDFSTRING")),
        pnp_test(a_finding_without_object_is_its_driver_s),
        pnp_test(a_call_at_too_high_an_irql_fails_and_goes_on),
        pnp_test(the_fourth_parameter_is_the_driver_s_globals),
        pnp_test(exactly_so_many_succeed),
        pnp_test(every_create_fails_and_leaves_nothing),
        pnp_test(no_failing_allocation_is_fatal),
        pnp_test(with_two_devices_the_limit_is_double),
        pnp_test(what_is_left_is_listed_with_its_creator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
