/* test_fx_target_removal.c - a remote target whose device is to be removed. The device is drv_pnp's; the
 * target belongs to a control device of the same driver.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#define PLAN (&drv_pnp_plan)

DECLARE_CONST_UNICODE_STRING(target_name, L"\\DosDevices\\PnpTest");

static WDFIOTARGET target;
static WDFDEVICE control;
static WDF_IO_TARGET_STATE state_when_asked;
static bool with_callbacks;
static NTSTATUS answer; /* of EvtIoTargetQueryRemove */
static char told[64];

static int removal_setup(void **state)
{
    state_when_asked = WdfIoTargetStateUndefined;
    with_callbacks = false;
    answer = STATUS_SUCCESS;
    told[0] = '\0';
    return pnp_setup(state);
}

#define removal_test(function) \
    cmocka_unit_test_setup_teardown(function, removal_setup, pnp_teardown)

static NTSTATUS query_remove(WDFIOTARGET asked)
{
    assert_ptr_equal(asked, target);
    strcat(told, "query ");
    if (NT_SUCCESS(answer)) {
        WdfIoTargetCloseForQueryRemove(asked);
    }
    return answer;
}

static VOID remove_canceled(WDFIOTARGET asked)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    strcat(told, "canceled ");
    if (WdfIoTargetGetState(asked) == WdfIoTargetClosedForQueryRemove) {
        WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
        assert_int_equal(WdfIoTargetOpen(asked, &params), STATUS_SUCCESS);
    }
}

static VOID remove_complete(WDFIOTARGET asked)
{
    strcat(told, "complete ");
    WdfIoTargetClose(asked);
}

static void look(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "QueryRemove") == 0) {
        state_when_asked = WdfIoTargetGetState(target);
    }
}

static void open_in_task(void *context)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;WD)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(PLAN->driver, &sddl);
    WDF_IO_TARGET_OPEN_PARAMS params;

    assert_int_equal(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetCreate(control, WDF_NO_OBJECT_ATTRIBUTES, &target), STATUS_SUCCESS);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &target_name, GENERIC_READ);
    if (with_callbacks) {
        params.EvtIoTargetQueryRemove = query_remove;
        params.EvtIoTargetRemoveCanceled = remove_canceled;
        params.EvtIoTargetRemoveComplete = remove_complete;
    }
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
}

static void read_in_task(void *context)
{
    WDF_MEMORY_DESCRIPTOR memory;
    char byte;

    assert_int_equal(WdfIoTargetGetState(target), WdfIoTargetStarted);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&memory, &byte, sizeof(byte));
    assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &memory, NULL, NULL, NULL),
                     STATUS_SUCCESS);
}

static void state_in_task(void *context)
{
    *(WDF_IO_TARGET_STATE *)context = WdfIoTargetGetState(target);
}

static void delete_in_task(void *context)
{
    WdfObjectDelete(target);
}

static struct wc_device *start(void)
{
    struct wc_device *device;

    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    PLAN->at = look;
    device = pnp_start(NULL);
    wc_test_call(open_in_task, NULL);
    wc_test_call(read_in_task, NULL);
    PLAN->log[0] = '\0';
    return device;
}

static WDF_IO_TARGET_STATE state_now(void)
{
    WDF_IO_TARGET_STATE state;

    wc_test_call(state_in_task, &state);
    return state;
}

static void a_cancelled_removal_reopens_it(void **state) /* spec: TGT-17 */
{
    struct wc_device *device = start();

    PLAN->fail = "QueryRemove";
    assert_int_equal(wc_device_remove(device), WC_FAILED);
    assert_int_equal(state_when_asked, WdfIoTargetClosedForQueryRemove);
    wc_test_call(read_in_task, NULL); /* it is open again */
    PLAN->fail = NULL;
    state_when_asked = WdfIoTargetStateUndefined;
    pnp_remove(device); /* and listens again */
    assert_int_equal(state_when_asked, WdfIoTargetClosedForQueryRemove);
    assert_int_equal(state_now(), WdfIoTargetClosed);
}

static void a_surprise_closes_it(void **state)
{
    struct wc_device *device = start();

    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_int_equal(state_now(), WdfIoTargetClosed);
}

static void with_callbacks_the_driver_does_it(void **state) /* spec: TGT-17 */
{
    struct wc_device *device;

    with_callbacks = true;
    device = start();
    PLAN->fail = "QueryRemove";
    assert_int_equal(wc_device_remove(device), WC_FAILED);
    assert_string_equal(told, "query canceled ");
    wc_test_call(read_in_task, NULL);
    PLAN->fail = NULL;
    pnp_remove(device);
    assert_string_equal(told, "query canceled query complete ");
    assert_int_equal(state_now(), WdfIoTargetClosed);
}

static void a_target_may_refuse(void **state)
{
    struct wc_device *device;

    with_callbacks = true;
    device = start();
    answer = STATUS_UNSUCCESSFUL;
    assert_int_equal(wc_device_remove(device), WC_FAILED);
    assert_string_equal(told, "query canceled ");
    assert_pnp_log(""); /* the device's own driver was not asked */
    wc_test_call(read_in_task, NULL);
    answer = STATUS_SUCCESS;
    pnp_remove(device);
}

static void a_deleted_target_hears_nothing(void **state)
{
    struct wc_device *device;

    with_callbacks = true;
    device = start();
    wc_test_call(delete_in_task, NULL);
    PLAN->at = NULL;
    pnp_remove(device);
    assert_string_equal(told, "");
}

static VOID delete_while_opening(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    WdfObjectDelete(target);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void delete_in_create(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;

    WDF_FILEOBJECT_CONFIG_INIT(&config, delete_while_opening, NULL, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
}

static void open_and_lose(void *context)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;WD)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(PLAN->driver, &sddl);
    WDF_IO_TARGET_OPEN_PARAMS params;

    assert_int_equal(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetCreate(control, WDF_NO_OBJECT_ATTRIBUTES, &target), STATUS_SUCCESS);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &target_name, GENERIC_READ);
    answer = WdfIoTargetOpen(target, &params);
}

/* Found by fuzz_requests. */
static void a_target_deleted_while_it_opens_stays_closed(void **state)
{
    struct wc_device *device;

    PLAN->link = TRUE;
    PLAN->init = delete_in_create;
    device = pnp_start(NULL);
    wc_test_call(open_and_lose, NULL);
    assert_int_equal(answer, STATUS_INVALID_DEVICE_STATE);
    pnp_remove(device); /* no file is left open */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        removal_test(a_cancelled_removal_reopens_it),
        removal_test(a_surprise_closes_it),
        removal_test(with_callbacks_the_driver_does_it),
        removal_test(a_target_may_refuse),
        removal_test(a_deleted_target_hears_nothing),
        removal_test(a_target_deleted_while_it_opens_stays_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
