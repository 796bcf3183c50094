/* test_fx_sync_pnp.c - which callbacks of a driver and of a device may overlap, and what is set when
 * a device starts.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/user.h>

#include "harness/pnp/pnp_root.h"
#include "nt/io/io_driver.h"
#include "nt/io/pnp/io_pnp.h"

#define PLAN  (&drv_pnp_plan)
#define SEEDS 40u

static unsigned inside, most_inside;

/* Takes its time: every step is a window in which another processor may come in. */
static void linger(void)
{
    inside++;
    most_inside = max(most_inside, inside);
    for (int i = 0; i < 20; i++) {
        YieldProcessor();
    }
    inside--;
}

struct pair {
    void (*function[2])(void *);
    PVOID thread[2];
};

static VOID run_function(PVOID context)
{
    (*(void (**)(void *))context)(NULL);
}

/* Both functions at once, each in a thread of its own. */
static void run_both(void *context)
{
    struct pair *pair = context;
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                              run_function, &pair->function[i]),
                         STATUS_SUCCESS);
        ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &pair->thread[i],
                                  NULL);
        ZwClose(handle);
    }
    for (int i = 0; i < 2; i++) {
        KeWaitForSingleObject(pair->thread[i], Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(pair->thread[i]);
    }
}

static struct wc_device *start_with_seed(uint64_t seed)
{
    struct wc_device *device = NULL;

    inside = 0;
    most_inside = 0;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 2, .seed = seed);
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    return device;
}

/* ---- PnP and power callbacks of one device ---- */

static void linger_in_callback(const char *name, WDFDEVICE device)
{
    linger();
}

static void down_and_up(void *context)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD3};

    io_power_send(PLAN->pdo, IRP_MN_SET_POWER, DevicePowerState, state, PowerActionNone);
    state.DeviceState = PowerDeviceD0;
    io_power_send(PLAN->pdo, IRP_MN_SET_POWER, DevicePowerState, state, PowerActionNone);
}

static void ask_and_cancel(void *context)
{
    io_pnp_send(PLAN->pdo, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL);
    io_pnp_send(PLAN->pdo, IRP_MN_CANCEL_REMOVE_DEVICE, NULL, NULL);
}

static void callbacks_of_one_device_never_overlap(void **state) /* spec: SYNC-18 */
{
    struct pair pair = {.function = {down_and_up, ask_and_cancel}};

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        pnp_setup(state);
        struct wc_device *device = start_with_seed(seed);

        PLAN->at = linger_in_callback;
        PLAN->log[0] = '\0';
        wc_test_call(run_both, &pair);
        assert_non_null(strstr(PLAN->log, "QueryRemove"));
        assert_non_null(strstr(PLAN->log, "D0Exit"));
        assert_int_equal(most_inside, 1);
        PLAN->at = NULL;
        pnp_remove(device);
        assert_int_equal(wc_test_end(state), 0);
    }
}

static unsigned locked_in_callbacks;

static void take_the_devices_lock(const char *name, WDFDEVICE device)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL && strncmp(name, "Device", 6) != 0) {
        WdfObjectAcquireLock(device); /* would be CallbackLockRecursive under it */
        WdfObjectReleaseLock(device);
        locked_in_callbacks++;
    }
}

static void they_run_without_the_devices_lock(void **state) /* spec: SYNC-18 */
{
    locked_in_callbacks = 0;
    PLAN->scope = WdfSynchronizationScopeDevice;
    PLAN->at = take_the_devices_lock;
    pnp_remove(pnp_start(NULL));
    assert_int_equal(wc_violations(NULL), 0);
    assert_true(locked_in_callbacks >= 7);
}

/* ---- EvtDriverDeviceAdd ---- */

static void linger_in_add(PWDFDEVICE_INIT init)
{
    linger();
}

/* The driver refuses the device, so that nothing is left of it. */
static void add_one(void *context)
{
    static const struct resource_spec none;
    const struct pnp_root_device config = {
        .driver_name = "drv_pnp", .instance = 77, .resources = &none};
    PDEVICE_OBJECT pdo = NULL;

    assert_int_equal(pnp_root_create(&config, &pdo), STATUS_SUCCESS);
    assert_false(NT_SUCCESS(io_driver_add_device(PLAN->driver_object, pdo)));
    pnp_root_delete(pdo);
}

static unsigned add_two_at_once(void **state, WDF_SYNCHRONIZATION_SCOPE scope)
{
    struct pair pair = {.function = {add_one, add_one}};
    unsigned most = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct wc_device *device = NULL;

        pnp_setup(state);
        PLAN->scope = scope;
        device = start_with_seed(seed);
        PLAN->init = linger_in_add;
        PLAN->fail = "Add";
        wc_test_call(run_both, &pair);
        most = max(most, most_inside);
        PLAN->fail = NULL;
        pnp_remove(device);
        assert_int_equal(wc_test_end(state), 0);
    }
    return most;
}

static void device_adds_follow_one_another(void **state) /* spec: SYNC-24 DRV-21 */
{
    assert_int_equal(add_two_at_once(state, WdfSynchronizationScopeDevice), 1);
    assert_int_equal(add_two_at_once(state, WdfSynchronizationScopeQueue), 1);
}

static void without_scope_device_adds_overlap(void **state) /* spec: SYNC-24 */
{
    assert_int_equal(add_two_at_once(state, WdfSynchronizationScopeNone), 2);
}

/* ---- starting and stopping ---- */

static const GUID some_class = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
static bool enabled_in_init, enabled_in_start;

static bool interface_is_enabled(void)
{
    PZZWSTR list = NULL;
    bool enabled = false;

    assert_int_equal(IoGetDeviceInterfaces(&some_class, NULL, 0, &list), STATUS_SUCCESS);
    enabled = list[0] != 0;
    ExFreePool(list);
    return enabled;
}

static void look_at_interface(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "SelfInit") == 0) {
        enabled_in_init = interface_is_enabled();
    }
}

static void look_after_start(void *context)
{
    enabled_in_start = interface_is_enabled();
}

static void interfaces_come_after_self_managed_io(void **state) /* spec: PNP-03 */
{
    enabled_in_init = true;
    enabled_in_start = false;
    PLAN->interface = &some_class;
    PLAN->at = look_at_interface;
    pnp_start(NULL);
    wc_test_call(look_after_start, NULL);
    assert_false(enabled_in_init);
    assert_true(enabled_in_start);
}

static void a_disabled_device_is_released_and_removed(void **state) /* spec: PNP-24 */
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    device = pnp_start("irq=4");
    PLAN->log[0] = '\0';
    pnp_remove(device); /* what disabling does: it asks, then removes */
    assert_pnp_log("QueryRemove SelfSuspend PreDisabled(5) Disable(1) D0Exit(5) Release SelfFlush "
                   "SelfCleanup DeviceCleanup DeviceDestroy ");
}

static void default_queue_too_late(void *context)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchManual);
    *(NTSTATUS *)context = WdfIoQueueCreate(PLAN->device, &config, NULL, NULL);
}

static void a_default_queue_is_made_before_the_start(void **state) /* spec: QUE-06 */
{
    NTSTATUS status = STATUS_SUCCESS;

    PLAN->queue = FALSE;
    pnp_start(NULL);
    wc_test_call(default_queue_too_late, &status);
    assert_int_equal(status, STATUS_INVALID_DEVICE_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(callbacks_of_one_device_never_overlap),
        pnp_test(they_run_without_the_devices_lock),
        pnp_test(device_adds_follow_one_another),
        pnp_test(without_scope_device_adds_overlap),
        pnp_test(interfaces_come_after_self_managed_io),
        pnp_test(a_disabled_device_is_released_and_removed),
        pnp_test(a_default_queue_is_made_before_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
