/* test_fx_device.c - WDFDEVICE and WDFDEVICE_INIT: creation, names, links, properties, states, and
 * the resource lists.
 */
#include "wdf/pnp_fixture.h"

#include <initguid.h>
#include <devpkey.h>

#include <string.h>

#include <wdfcore/user.h>

#include "nt/io/pnp/io_pnp.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"

#define PLAN (&drv_pnp_plan)

static const GUID some_class = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static NTSTATUS result[8];
static PWDFDEVICE_INIT kept_init;

/* ---- WDFDEVICE_INIT ---- */

static void create_again(WDFDEVICE device)
{
    WDFDEVICE second = (WDFDEVICE)&second;

    result[0] = WdfDeviceCreate(&kept_init, WDF_NO_OBJECT_ATTRIBUTES, &second);
    assert_null(second);
}

static void keep_init(PWDFDEVICE_INIT init)
{
    kept_init = init;
}

static void an_init_makes_one_device(void **state) /* spec: INI-04 */
{
    PLAN->init = keep_init;
    PLAN->added = create_again;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_INVALID_DEVICE_STATE);
}

static void free_own(PWDFDEVICE_INIT init)
{
    WdfDeviceInitFree(init);
    WdfDeviceInitSetExclusive(init, FALSE); /* it is still there */
}

static void the_frameworks_init_is_not_freed(void **state) /* spec: INI-03 */
{
    PLAN->init = free_own;
    pnp_start(NULL);
    assert_non_null(PLAN->device);
}

static void characteristics(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetCharacteristics(init, FILE_REMOVABLE_MEDIA, FALSE);
    WdfDeviceInitSetCharacteristics(init, FILE_READ_ONLY_DEVICE, TRUE);
}

static void replaced_characteristics(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetCharacteristics(init, FILE_REMOVABLE_MEDIA, FALSE);
    WdfDeviceInitSetCharacteristics(init, FILE_READ_ONLY_DEVICE, FALSE);
}

static void characteristics_in_task(void *context)
{
    *(ULONG *)context = WdfDeviceGetCharacteristics(PLAN->device);
}

static void characteristics_are_added(void **state) /* spec: INI-05, INI-06 */
{
    const ULONG ours = FILE_REMOVABLE_MEDIA | FILE_READ_ONLY_DEVICE | FILE_DEVICE_SECURE_OPEN;
    ULONG flags;

    PLAN->init = characteristics;
    pnp_start(NULL);
    wc_test_call(characteristics_in_task, &flags);
    assert_int_equal(flags & ours, ours);
}

static void characteristics_are_replaced(void **state) /* spec: INI-05, INI-06 */
{
    const ULONG ours = FILE_REMOVABLE_MEDIA | FILE_READ_ONLY_DEVICE | FILE_DEVICE_SECURE_OPEN;
    ULONG flags;

    PLAN->init = replaced_characteristics;
    pnp_start(NULL);
    wc_test_call(characteristics_in_task, &flags);
    assert_int_equal(flags & ours, FILE_READ_ONLY_DEVICE | FILE_DEVICE_SECURE_OPEN);
}

static void wrong_callback_size(PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks); /* all NULL: would replace the driver's */
    callbacks.Size--;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &callbacks);
}

static void callbacks_of_a_wrong_size_are_not_registered(void **state) /* spec: INI-10 */
{
    struct wc_device *device;

    PLAN->init = wrong_callback_size;
    pnp_load();
    wc_expect_violation("StructSizeWrong");
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    assert_pnp_log("Entry Add Prepare D0Entry(5) PostEnabled(5) SelfInit ");
}

static void no_callbacks(PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &callbacks);
}

static void a_later_setter_replaces(void **state) /* spec: INI-11 */
{
    PLAN->init = no_callbacks;
    pnp_start(NULL);
    assert_pnp_log("Entry Add ");
}

static VOID pnp_changed(WDFDEVICE device, PCWDF_DEVICE_PNP_NOTIFICATION_DATA data)
{
    static const char *const names[] = {"", "enter ", "processed ", "", "leave "};

    strcat(PLAN->log, names[data->Type]);
}

static void register_states(PWDFDEVICE_INIT init)
{
    result[0] = WdfDeviceInitRegisterPnpStateChangeCallback(init, WdfDevStatePnpHardwareAvailable,
                                                            pnp_changed, 0);
    result[1] = WdfDeviceInitRegisterPnpStateChangeCallback(
        init, (WDF_DEVICE_PNP_STATE)0x999, pnp_changed, StateNotificationAllStates);
    result[2] = WdfDeviceInitRegisterPnpStateChangeCallback(
        init, WdfDevStatePnpHardwareAvailable, pnp_changed, StateNotificationAllStates);
}

static void state_changes_are_told(void **state) /* spec: PNP-25, INI-12 */
{
    PLAN->init = register_states;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_INVALID_PARAMETER);
    assert_int_equal(result[1], STATUS_INVALID_PARAMETER);
    assert_int_equal(result[2], STATUS_SUCCESS);
    assert_pnp_log("Entry Add enter Prepare D0Entry(5) PostEnabled(5) SelfInit processed leave ");
}

static void secure_unnamed(PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)");

    result[0] = WdfDeviceInitAssignSDDLString(init, &sddl);
}

static void security_needs_a_name(void **state) /* spec: WDEV-01 */
{
    struct wc_device *device;

    PLAN->init = secure_unnamed;
    pnp_load();
    assert_int_equal(pnp_add(NULL, &device), WC_FAILED);
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_non_null(strstr(wc_last_error(), "C0000079")); /* STATUS_INVALID_SECURITY_DESCR */
}

static void name_and_take_back(PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Named");

    WdfDeviceInitAssignName(init, &name);
    WdfDeviceInitAssignName(init, NULL);
}

static void name_in_task(void *context)
{
    WDFSTRING string;

    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    result[0] = WdfDeviceRetrieveDeviceName(PLAN->device, string);
    WdfObjectDelete(string);
}

static void a_name_is_taken_back(void **state) /* spec: INI-07, WDEV-09 */
{
    PLAN->init = name_and_take_back;
    pnp_start(NULL);
    wc_test_call(name_in_task, NULL);
    assert_int_equal(result[0], STATUS_INVALID_PARAMETER);
}

static void name_it(PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Named");

    WdfDeviceInitAssignName(init, &name);
}

static void a_taken_name_collides(void **state) /* spec: WDEV-02 */
{
    struct wc_device *device;

    PLAN->init = name_it;
    pnp_start(NULL);
    PLAN->devices = 0; /* let the driver try again */
    assert_int_equal(pnp_add(NULL, &device), WC_FAILED);
    assert_non_null(strstr(wc_last_error(), "C0000035")); /* STATUS_OBJECT_NAME_COLLISION */
}

/* ---- devices ---- */

static void delete_in_task(void *context)
{
    WdfObjectDelete(PLAN->device);
}

static void a_function_device_is_not_deleted(void **state) /* spec: WDEV-04, DEL-22 */
{
    struct wc_device *device = pnp_start(NULL);

    PLAN->log[0] = '\0';
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    wc_test_call(delete_in_task, NULL);
    assert_pnp_log("");
    pnp_remove(device);
    assert_non_null(strstr(PLAN->log, "DeviceCleanup DeviceDestroy "));
}

static void getters_in_task(void *context)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(PLAN->device);

    assert_ptr_equal(WdfWdmDeviceGetWdfDeviceHandle(wdm), PLAN->device);
    assert_ptr_equal(WdfDeviceGetDriver(PLAN->device), PLAN->driver);
    assert_ptr_equal(WdfDeviceWdmGetPhysicalDevice(PLAN->device), PLAN->pdo);
    assert_ptr_equal(WdfDeviceWdmGetAttachedDevice(PLAN->device), PLAN->pdo);
    assert_null(WdfDeviceGetDefaultQueue(PLAN->device));
    assert_int_equal(WdfDeviceGetDevicePnpState(PLAN->device), WdfDevStatePnpStarted);
    assert_int_equal(WdfDeviceGetDevicePowerState(PLAN->device), WdfDevStatePowerD0);
}

static void the_device_answers(void **state) /* spec: WDEV-23, WDEV-27 */
{
    pnp_start(NULL);
    assert_non_null(PLAN->device);
    wc_test_call(getters_in_task, NULL);
}

static void second_link_in_task(void *context)
{
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\PnpSecond");
    DECLARE_CONST_UNICODE_STRING(empty, L"");

    result[0] = WdfDeviceCreateSymbolicLink(PLAN->device, &link);
    result[1] = WdfDeviceCreateSymbolicLink(PLAN->device, &empty);
}

static void a_device_has_one_link(void **state) /* spec: WDEV-07 */
{
    PLAN->link = TRUE;
    pnp_start(NULL);
    wc_test_call(second_link_in_task, NULL);
    assert_int_equal(result[0], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(result[1], STATUS_INVALID_DEVICE_REQUEST);
}

static void the_link_goes_with_the_device(void **state)
{
    struct wc_device *device;
    NTSTATUS status;

    PLAN->link = TRUE;
    PLAN->queue = TRUE;
    device = pnp_start(NULL);
    status = pnp_open();
    assert_int_equal(status, STATUS_SUCCESS);
    pnp_remove(device);
    status = pnp_open();
    assert_int_equal(status, STATUS_OBJECT_NAME_NOT_FOUND);
}

/* ---- properties and capabilities ---- */

static void property_in_task(void *context)
{
    WCHAR text[64];
    ULONG length = 0;

    result[0] = WdfDeviceQueryProperty(PLAN->device, DevicePropertyHardwareID, 0, NULL, &length);
    result[1] = (NTSTATUS)length;
    result[2] =
        WdfDeviceQueryProperty(PLAN->device, DevicePropertyHardwareID, sizeof(text), text, &length);
    result[3] = WdfDeviceQueryProperty(PLAN->device, DevicePropertyHardwareID, 0, text, &length);
}

static void a_property_says_how_long_it_is(void **state) /* spec: WDEV-24 */
{
    pnp_start(NULL);
    wc_test_call(property_in_task, NULL);
    assert_int_equal(result[0], STATUS_BUFFER_TOO_SMALL);
    assert_true(result[1] > 0);
    assert_int_equal(result[2], STATUS_SUCCESS);
    assert_int_equal(result[3], STATUS_INVALID_PARAMETER);
}

/* {b725f130-47ef-101a-a5f1-02608c9eebac}, 10 */
static const DEVPROPKEY own_key = {
    {0xb725f130, 0x47ef, 0x101a, {0xa5, 0xf1, 0x02, 0x60, 0x8c, 0x9e, 0xeb, 0xac}}, 10};

static void property_by_key(void *context)
{
    WDF_DEVICE_PROPERTY_DATA wanted;
    DEVPROPTYPE type = 0;
    ULONG value = 42, length = 0;
    WDFMEMORY memory = NULL;
    size_t size = 0;

    WDF_DEVICE_PROPERTY_DATA_INIT(&wanted, &own_key);
    result[0] = WdfDeviceQueryPropertyEx(PLAN->device, &wanted, 0, NULL, &length, &type);
    result[1] =
        WdfDeviceAssignProperty(PLAN->device, &wanted, DEVPROP_TYPE_UINT32, sizeof(value), &value);
    value = 0;
    result[2] = WdfDeviceQueryPropertyEx(PLAN->device, &wanted, 0, NULL, &length, &type);
    assert_int_equal(length, sizeof(value));
    result[3] =
        WdfDeviceQueryPropertyEx(PLAN->device, &wanted, sizeof(value), &value, &length, &type);
    assert_int_equal(value, 42);
    assert_int_equal(type, DEVPROP_TYPE_UINT32);
    result[4] = WdfDeviceAllocAndQueryPropertyEx(PLAN->device, &wanted, NonPagedPoolNx,
                                                 WDF_NO_OBJECT_ATTRIBUTES, &memory, &type);
    assert_int_equal(*(ULONG *)WdfMemoryGetBuffer(memory, &size), 42);
    assert_int_equal(size, sizeof(value));
    wanted.Size++;
    result[5] = WdfDeviceQueryPropertyEx(PLAN->device, &wanted, 0, NULL, &length, &type);
    WDF_DEVICE_PROPERTY_DATA_INIT(&wanted, NULL);
    result[6] =
        WdfDeviceAssignProperty(PLAN->device, &wanted, DEVPROP_TYPE_UINT32, sizeof(value), &value);
}

static void a_property_with_a_key_is_kept(void **state)
{
    pnp_start(NULL);
    wc_test_call(property_by_key, NULL);
    assert_int_equal(result[0], STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(result[1], STATUS_SUCCESS);
    assert_int_equal(result[2], STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(result[3], STATUS_SUCCESS);
    assert_int_equal(result[4], STATUS_SUCCESS);
    assert_int_equal(result[5], STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(result[6], STATUS_INVALID_PARAMETER);
}

static void query_in_init(PWDFDEVICE_INIT init)
{
    WDF_DEVICE_PROPERTY_DATA wanted;
    DEVPROPTYPE type = 0;
    ULONG length = 0;
    WDFMEMORY memory = NULL;

    WDF_DEVICE_PROPERTY_DATA_INIT(&wanted, &DEVPKEY_Device_HardwareIds);
    result[0] = WdfFdoInitQueryPropertyEx(init, &wanted, 0, NULL, &length, &type);
    result[1] = WdfFdoInitAllocAndQueryPropertyEx(init, &wanted, NonPagedPoolNx,
                                                  WDF_NO_OBJECT_ATTRIBUTES, &memory, &type);
    assert_non_null(memory);
    assert_int_equal(type, DEVPROP_TYPE_STRING_LIST);
}

static void a_property_with_a_key_is_there_before_the_device(void **state)
{
    PLAN->init = query_in_init;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(result[1], STATUS_SUCCESS);
}

static DEVICE_CAPABILITIES answered;

static void ask_capabilities(void *context)
{
    IO_STACK_LOCATION parameters = {0};

    memset(&answered, 0, sizeof(answered));
    answered.Size = sizeof(answered);
    answered.Version = 1;
    parameters.Parameters.DeviceCapabilities.Capabilities = &answered;
    *(NTSTATUS *)context = io_pnp_send(PLAN->pdo, IRP_MN_QUERY_CAPABILITIES, &parameters, NULL);
}

static void say_power_capabilities(WDFDEVICE device)
{
    WDF_DEVICE_POWER_CAPABILITIES said;

    WDF_DEVICE_POWER_CAPABILITIES_INIT(&said);
    said.DeviceD1 = WdfTrue;
    said.WakeFromD1 = WdfTrue;
    said.WakeFromD3 = WdfFalse;
    said.DeviceState[PowerSystemSleeping1] = PowerDeviceD1;
    said.DeviceWake = PowerDeviceD1;
    said.SystemWake = PowerSystemSleeping2;
    said.D1Latency = 11;
    said.D3Latency = 33;
    WdfDeviceSetPowerCapabilities(device, &said);
}

static void its_word_is_in_the_answer(void **state)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    PLAN->added = say_power_capabilities;
    pnp_start("irq=4:wake");
    wc_test_call(ask_capabilities, &status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_true(answered.DeviceD1);
    assert_false(answered.DeviceD2);
    assert_true(answered.WakeFromD0); /* as the bus says */
    assert_true(answered.WakeFromD1);
    assert_false(answered.WakeFromD3);
    assert_int_equal(answered.DeviceState[PowerSystemSleeping1], PowerDeviceD1);
    assert_int_equal(answered.DeviceState[PowerSystemSleeping2], PowerDeviceD3);
    assert_int_equal(answered.DeviceWake, PowerDeviceD1);
    assert_int_equal(answered.SystemWake, PowerSystemSleeping2);
    assert_int_equal(answered.D1Latency, 11);
    assert_int_equal(answered.D2Latency, 0);
    assert_int_equal(answered.D3Latency, 33);
}

static void say_ideal(WDFDEVICE device)
{
    WDF_DEVICE_POWER_CAPABILITIES said;

    WDF_DEVICE_POWER_CAPABILITIES_INIT(&said);
    said.DeviceState[PowerSystemSleeping1] = PowerDeviceD1;
    said.DeviceState[PowerSystemSleeping2] = PowerDeviceD3;
    said.IdealDxStateForSx = PowerDeviceD2;
    WdfDeviceSetPowerCapabilities(device, &said);
}

static void the_ideal_state_is_taken_where_the_system_lets(void **state)
{
    PLAN->added = say_ideal;
    pnp_start(NULL);
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping1), STATUS_SUCCESS);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping2), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(3) D0Exit(3) D0Entry(3) PostEnabled(3) SelfRestart "
                   "SelfSuspend PreDisabled(4) D0Exit(4) ");
}

static void capabilities_in_task(void *context)
{
    WDF_DEVICE_POWER_CAPABILITIES power;
    WDF_DEVICE_PNP_CAPABILITIES pnp;

    WDF_DEVICE_PNP_CAPABILITIES_INIT(&pnp);
    pnp.Size = 0;
    WdfDeviceSetPnpCapabilities(PLAN->device, &pnp);
    WDF_DEVICE_POWER_CAPABILITIES_INIT(&power);
    power.Size = 0;
    WdfDeviceSetPowerCapabilities(PLAN->device, &power);
}

static void capabilities_of_a_wrong_size_are_refused(void **state) /* spec: WDEV-25 */
{
    pnp_start(NULL);
    wc_expect_violation("StructSizeWrong");
    wc_expect_violation("StructSizeWrong");
    wc_test_call(capabilities_in_task, NULL);
    assert_int_equal(wc_violations("StructSizeWrong"), 2);
}

static void pdo_setters(PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(id, L"ROOT\\x");

    result[0] = WdfPdoInitAssignDeviceID(init, &id);
    result[1] = WdfPdoInitAddHardwareID(init, &id);
    result[2] = WdfPdoInitAssignRawDevice(init, &some_class);
}

static void pdo_setters_are_for_pdos(void **state) /* spec: INI-08 */
{
    PLAN->init = pdo_setters;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(result[1], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(result[2], STATUS_INVALID_PARAMETER);
}

/* ---- failing by word ---- */

static void pnp_state_in_task(void *context)
{
    ULONG_PTR *flags = context;

    *flags = 0;
    result[0] = io_pnp_send(PLAN->pdo, IRP_MN_QUERY_PNP_DEVICE_STATE, NULL, flags);
}

/* In one go: the device is removed as soon as the task ends. */
static void fail_and_ask_in_task(void *context)
{
    WdfDeviceSetFailed(PLAN->device, WdfDeviceFailedNoRestart);
    pnp_state_in_task(context);
}

static void a_failed_device_tells_pnp(void **state) /* spec: PNP-23 */
{
    ULONG_PTR flags;

    pnp_start(NULL);
    wc_test_call(pnp_state_in_task, &flags);
    assert_int_equal(flags & PNP_DEVICE_FAILED, 0);
    PLAN->log[0] = '\0';
    wc_test_call(fail_and_ask_in_task, &flags);
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_int_equal(flags & PNP_DEVICE_FAILED, PNP_DEVICE_FAILED);
    wc_machine_run(wc_test_the_machine(), NULL, NULL);
    assert_non_null(strstr(PLAN->log, "Surprise "));
    assert_non_null(strstr(PLAN->log, "DeviceDestroy "));
}

static void fail_for_restart_in_task(void *context)
{
    WdfDeviceSetFailed(PLAN->device, WdfDeviceFailedAttemptRestart);
}

static void fail_for_restart(void)
{
    PLAN->log[0] = '\0';
    wc_test_call(fail_for_restart_in_task, NULL);
    wc_machine_run(wc_test_the_machine(), NULL, NULL);
    assert_non_null(strstr(PLAN->log, "Surprise "));
    assert_non_null(strstr(PLAN->log, "DeviceDestroy "));
}

static void a_failed_device_is_restarted_five_times(void **state) /* spec: PNP-23 */
{
    struct wc_device *device = pnp_start("irq=4");

    for (ULONG i = 1; i <= 5; i++) {
        fail_for_restart();
        assert_int_equal(PLAN->devices, 1 + i);
        const char *anew = strstr(strstr(PLAN->log, "DeviceDestroy "), "Prepare");
        assert_non_null(anew); /* the new stack after the end of the old one */
    }
    fail_for_restart();
    assert_int_equal(PLAN->devices, 6);
    assert_null(strstr(PLAN->log, "Prepare"));
    pnp_remove(device);
}

static void a_restart_that_fails_leaves_no_stack(void **state)
{
    struct wc_device *device = pnp_start("irq=4");

    PLAN->fail = "Prepare";
    fail_for_restart();
    assert_int_equal(PLAN->devices, 2);
    assert_non_null(strstr(PLAN->log, "Prepare"));
    pnp_remove(device);
}

static void eject_in_task(void *context)
{
    IoRequestDeviceEject(PLAN->pdo);
}

static void a_device_is_ejected_if_it_agrees(void **state)
{
    struct wc_device *device = pnp_start(NULL);

    PLAN->fail = "QueryRemove";
    PLAN->log[0] = '\0';
    wc_test_call(eject_in_task, NULL);
    wc_machine_run(wc_test_the_machine(), NULL, NULL);
    assert_non_null(strstr(PLAN->log, "QueryRemove"));
    assert_null(strstr(PLAN->log, "DeviceDestroy "));
    PLAN->fail = NULL;
    wc_test_call(eject_in_task, NULL);
    wc_machine_run(wc_test_the_machine(), NULL, NULL);
    assert_non_null(strstr(PLAN->log, "DeviceDestroy "));
    assert_null(strstr(PLAN->log, "Surprise "));
    pnp_remove(device);
}

/* ---- resources ---- */

static ULONG counts[2];

static void look_at_lists(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor;

    counts[0] = WdfCmResourceListGetCount(raw);
    counts[1] = WdfCmResourceListGetCount(translated);
    assert_null(WdfCmResourceListGetDescriptor(translated, counts[1]));
    for (ULONG i = 0; i < counts[0]; i++) {
        assert_int_equal(WdfCmResourceListGetDescriptor(raw, i)->Type,
                         WdfCmResourceListGetDescriptor(translated, i)->Type);
    }
    if (counts[1] > 0) {
        descriptor = WdfCmResourceListGetDescriptor(translated, 0);
        descriptor->u.Port.Length = 77; /* a copy: the list does not change */
        assert_int_equal(WdfCmResourceListGetDescriptor(translated, 0)->u.Port.Length, 8);
        result[0] = WdfCmResourceListAppendDescriptor(translated, descriptor);
    }
}

static void lists_match_element_by_element(void **state) /* spec: HWR-01, HWR-02, HWR-08 */
{
    PLAN->prepare = look_at_lists;
    pnp_start("port=0x3f8-0x3ff,irq=4");
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 2);
    assert_int_equal(result[0], STATUS_ACCESS_DENIED);
}

static void no_resources_are_empty_lists(void **state) /* spec: HWR-03 */
{
    counts[0] = counts[1] = 99;
    PLAN->prepare = look_at_lists;
    pnp_start(NULL);
    assert_int_equal(counts[0], 0);
    assert_int_equal(counts[1], 0);
}

static void try_to_change_a_list(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR first = WdfCmResourceListGetDescriptor(translated, 0);

    result[0] = WdfCmResourceListInsertDescriptor(translated, first, 0);
    result[1] = WdfCmResourceListInsertDescriptor(translated, first, WDF_INSERT_AT_END);
    wc_expect_violation("ResourceListFixed");
    WdfCmResourceListRemove(translated, 0);
    wc_expect_violation("ResourceListFixed");
    WdfCmResourceListRemoveByDescriptor(translated, first);
    counts[0] = WdfCmResourceListGetCount(raw);
    counts[1] = WdfCmResourceListGetCount(translated);
}

static void the_lists_of_prepare_are_fixed(void **state)
{
    PLAN->prepare = try_to_change_a_list;
    pnp_start("port=0x3f8-0x3ff,irq=4");
    assert_int_equal(wc_violations("ResourceListFixed"), 2);
    assert_int_equal(result[0], STATUS_ACCESS_DENIED);
    assert_int_equal(result[1], STATUS_ACCESS_DENIED);
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 2);
}

static WDFCMRESLIST kept_list;

static void keep_list(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    kept_list = translated;
}

static void count_in_callback(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Release") == 0) {
        counts[0] = WdfCmResourceListGetCount(kept_list);
    }
}

static void lists_live_until_release(void **state) /* spec: PNP-19, HWR-07 */
{
    struct wc_device *device;

    counts[0] = 0;
    PLAN->prepare = keep_list;
    PLAN->at = count_in_callback;
    device = pnp_start("irq=4");
    pnp_remove(device);
    assert_int_equal(counts[0], 1);
}

static void unload_with_mapping(BOOLEAN kept)
{
    PLAN->maps = TRUE;
    PLAN->keeps_mapping = kept;
    pnp_remove(pnp_start("memory=0xfe000000-0xfe000fff"));
    if (kept) {
        wc_expect_violation("MappingLeak");
    }
    assert_int_equal(wc_machine_unload_driver(wc_test_driver()), WC_OK);
}

static void a_mapping_that_is_left_is_a_leak(void **state) /* spec: HWR-09 */
{
    unload_with_mapping(TRUE);
    assert_int_equal(wc_violations("MappingLeak"), 1);
    assert_non_null(strstr(wc_last_report(), "4096 bytes at physical address 0xfe000000"));
}

static void a_mapping_that_was_undone_is_none(void **state) /* spec: HWR-09 */
{
    unload_with_mapping(FALSE);
    assert_int_equal(wc_violations("MappingLeak"), 0);
}

/* ---- what a device begins with ---- */

typedef struct {
    UCHAR bytes[64];
} BLANK;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(BLANK, BlankOf)

static WDFDEVICE control_device(WDF_OBJECT_ATTRIBUTES *attributes)
{
    static const UNICODE_STRING all = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;WD)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(PLAN->driver, &all);
    WDFDEVICE device = NULL;

    assert_int_equal(WdfDeviceCreate(&init, attributes, &device), STATUS_SUCCESS);
    return device;
}

static void contexts_in_task(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, BLANK);
    for (int i = 0; i < 4; i++) {
        WDFDEVICE device = control_device(&attributes);
        UCHAR all = 0;

        for (size_t j = 0; j < sizeof(BLANK); j++) {
            all |= BlankOf(device)->bytes[j];
            BlankOf(device)->bytes[j] = 0xff; /* for whoever gets this memory next */
        }
        assert_int_equal(all, 0);
        WdfObjectDelete(device);
    }
}

static void a_context_begins_zeroed(void **state) /* spec: WDEV-05 */
{
    pnp_load();
    wc_test_call(contexts_in_task, NULL);
}

static void assert_sync(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope,
                        WDF_EXECUTION_LEVEL resolved_level,
                        WDF_SYNCHRONIZATION_SCOPE resolved_scope)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    const struct fx_sync *sync;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = level;
    attributes.SynchronizationScope = scope;
    device = control_device(&attributes);
    sync = fx_sync_of(fx_handle_find(device));
    assert_int_equal(sync->level, resolved_level);
    assert_int_equal(sync->scope, resolved_scope);
    WdfObjectDelete(device);
}

static void defaults_in_task(void *context)
{
    assert_sync(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeInheritFromParent,
                WdfExecutionLevelDispatch, WdfSynchronizationScopeNone);
    assert_sync(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice, WdfExecutionLevelPassive,
                WdfSynchronizationScopeDevice);
}

static void inherited_in_task(void *context)
{
    assert_sync(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeInheritFromParent,
                WdfExecutionLevelDispatch, WdfSynchronizationScopeQueue);
    assert_sync(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeNone,
                WdfExecutionLevelDispatch, WdfSynchronizationScopeNone);
}

static void level_and_scope_are_its_own_or_the_drivers(void **state) /* spec: WDEV-22 */
{
    pnp_load();
    wc_test_call(defaults_in_task, NULL);
    assert_int_equal(wc_test_end(state), 0);
    PLAN->scope = WdfSynchronizationScopeQueue;
    pnp_load();
    wc_test_call(inherited_in_task, NULL);
}

static const UNICODE_STRING reference_name = RTL_CONSTANT_STRING(L"Ref");
static ULONG enabled_links;

static void two_interfaces(WDFDEVICE device)
{
    assert_int_equal(WdfDeviceCreateDeviceInterface(device, &some_class, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceCreateDeviceInterface(device, &some_class, &reference_name),
                     STATUS_SUCCESS);
}

static void count_links(void)
{
    PZZWSTR list = NULL;

    enabled_links = 0;
    assert_int_equal(IoGetDeviceInterfaces(&some_class, NULL, 0, &list), STATUS_SUCCESS);
    for (PCWSTR at = list; *at != 0; at += wcslen(at) + 1) {
        size_t length = wcslen(at);

        enabled_links += length > 4 && wcscmp(at + length - 4, L"\\Ref") == 0 ? 10 : 1;
    }
    ExFreePool(list);
}

static void disable_in_task(void *context)
{
    WdfDeviceSetDeviceInterfaceState(PLAN->device, &some_class, context, FALSE);
    count_links();
}

static void a_state_is_of_one_reference_string(void **state) /* spec: WDEV-15 */
{
    PLAN->added = two_interfaces;
    pnp_start(NULL);
    wc_test_call(disable_in_task, NULL);
    assert_int_equal(enabled_links, 10); /* the one with a reference string stays */
    wc_test_call(disable_in_task, (void *)(ULONG_PTR)&reference_name);
    assert_int_equal(enabled_links, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(an_init_makes_one_device),
        pnp_test(the_frameworks_init_is_not_freed),
        pnp_test(characteristics_are_added),
        pnp_test(characteristics_are_replaced),
        pnp_test(callbacks_of_a_wrong_size_are_not_registered),
        pnp_test(a_later_setter_replaces),
        pnp_test(state_changes_are_told),
        pnp_test(security_needs_a_name),
        pnp_test(a_name_is_taken_back),
        pnp_test(a_taken_name_collides),
        pnp_test(a_function_device_is_not_deleted),
        pnp_test(the_device_answers),
        pnp_test(a_device_has_one_link),
        pnp_test(the_link_goes_with_the_device),
        pnp_test(a_property_says_how_long_it_is),
        pnp_test(a_property_with_a_key_is_kept),
        pnp_test(a_property_with_a_key_is_there_before_the_device),
        pnp_test(its_word_is_in_the_answer),
        pnp_test(the_ideal_state_is_taken_where_the_system_lets),
        pnp_test(capabilities_of_a_wrong_size_are_refused),
        pnp_test(pdo_setters_are_for_pdos),
        pnp_test(a_failed_device_tells_pnp),
        pnp_test(a_failed_device_is_restarted_five_times),
        pnp_test(a_restart_that_fails_leaves_no_stack),
        pnp_test(a_device_is_ejected_if_it_agrees),
        pnp_test(lists_match_element_by_element),
        pnp_test(the_lists_of_prepare_are_fixed),
        pnp_test(no_resources_are_empty_lists),
        pnp_test(lists_live_until_release),
        pnp_test(a_mapping_that_is_left_is_a_leak),
        pnp_test(a_mapping_that_was_undone_is_none),
        pnp_test(a_context_begins_zeroed),
        pnp_test(level_and_scope_are_its_own_or_the_drivers),
        pnp_test(a_state_is_of_one_reference_string),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
