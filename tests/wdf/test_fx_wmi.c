/* test_fx_wmi.c - WDFWMIPROVIDER and WDFWMIINSTANCE: what a management application gets of them. */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfcore/wmi.h>

#define PLAN (&drv_pnp_plan)

#define BLOCK "{b10cb10c-1234-5678-9abc-def012345678}"
#define EVENT "{e7e27e7e-1234-5678-9abc-def012345678}"

static const GUID block_guid = {
    0xb10cb10c, 0x1234, 0x5678, {0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78}};
static const GUID event_guid = {
    0xe7e27e7e, 0x1234, 0x5678, {0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78}};

/* What an instance is: its data. */
typedef struct {
    ULONG length;
    UCHAR data[64];
    NTSTATUS answer; /* of the query */
    ULONG used;      /* said by the query instead of length; 0: length */
    ULONG item, method;
} BLOCK_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(BLOCK_CONTEXT, BlockOf)

static struct {
    KSEMAPHORE events; /* released for each */
    WDFWMIPROVIDER provider;
    WDFWMIINSTANCE instances[3];
    PDEVICE_OBJECT wdm; /* of the device that goes */
    char log[512];
    NTSTATUS status;
} the;

static void note(const char *format, const char *text, unsigned number)
{
    size_t length = strlen(the.log);

    snprintf(the.log + length, sizeof(the.log) - length, format, text, number);
}

static int setup(void **state)
{
    memset(&the, 0, sizeof(the));
    return pnp_setup(state);
}

/* ---- the driver ---- */

static NTSTATUS evt_query(WDFWMIINSTANCE instance, ULONG size, PVOID buffer, PULONG used)
{
    const BLOCK_CONTEXT *context = BlockOf(instance);

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_non_null(buffer);
    *used = context->used != 0 ? context->used : context->length;
    if (!NT_SUCCESS(context->answer) || context->answer != STATUS_SUCCESS) {
        return context->answer;
    }
    if (size < context->length) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(buffer, context->data, context->length);
    return STATUS_SUCCESS;
}

static NTSTATUS evt_set(WDFWMIINSTANCE instance, ULONG size, PVOID buffer)
{
    BLOCK_CONTEXT *context = BlockOf(instance);

    if (size > sizeof(context->data)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    context->length = size;
    memcpy(context->data, buffer, size);
    return STATUS_SUCCESS;
}

static NTSTATUS evt_set_item(WDFWMIINSTANCE instance, ULONG item, ULONG size, PVOID buffer)
{
    if (item != 2) {
        return STATUS_WMI_ITEMID_NOT_FOUND;
    }
    BlockOf(instance)->item = *(UCHAR *)buffer;
    return STATUS_SUCCESS;
}

/* Method 1: the input backwards. */
static NTSTATUS evt_execute(WDFWMIINSTANCE instance, ULONG method, ULONG in, ULONG out,
                            PVOID buffer, PULONG used)
{
    UCHAR *bytes = buffer;

    BlockOf(instance)->method = method;
    if (method != 1) {
        return STATUS_WMI_ITEMID_NOT_FOUND;
    }
    *used = in;
    if (out < in) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    for (ULONG i = 0; i < in / 2; i++) {
        UCHAR byte = bytes[i];

        bytes[i] = bytes[in - 1 - i];
        bytes[in - 1 - i] = byte;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS evt_control(WDFWMIPROVIDER provider, WDF_WMI_PROVIDER_CONTROL control, BOOLEAN on)
{
    note(" %s%u", on ? "on" : "off", (unsigned)control);
    note(" %s%u", "enabled", WdfWmiProviderIsEnabled(provider, control));
    return the.status;
}

/* One more instance of the block, with a text as its data. */
static WDFWMIINSTANCE add_instance(WDFDEVICE device, const char *text)
{
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFWMIINSTANCE instance = NULL;

    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, the.provider);
    config.Register = TRUE;
    config.EvtWmiInstanceQueryInstance = evt_query;
    config.EvtWmiInstanceSetInstance = evt_set;
    config.EvtWmiInstanceSetItem = evt_set_item;
    config.EvtWmiInstanceExecuteMethod = evt_execute;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, BLOCK_CONTEXT);
    assert_int_equal(WdfWmiInstanceCreate(device, &config, &attributes, &instance), STATUS_SUCCESS);
    BlockOf(instance)->length = (ULONG)strlen(text);
    memcpy(BlockOf(instance)->data, text, strlen(text));
    return instance;
}

static void add_provider(WDFDEVICE device, ULONG flags, ULONG least)
{
    WDF_WMI_PROVIDER_CONFIG config;

    WDF_WMI_PROVIDER_CONFIG_INIT(&config, &block_guid);
    config.Flags = flags;
    config.MinInstanceBufferSize = least;
    if ((flags & WdfWmiProviderExpensive) != 0) {
        config.EvtWmiProviderFunctionControl = evt_control;
    }
    assert_int_equal(WdfWmiProviderCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &the.provider),
                     STATUS_SUCCESS);
}

static void add_two(WDFDEVICE device)
{
    add_provider(device, 0, 0);
    the.instances[0] = add_instance(device, "first");
    the.instances[1] = add_instance(device, "the second");
}

static void add_expensive(WDFDEVICE device)
{
    add_provider(device, WdfWmiProviderExpensive, 0);
    the.instances[0] = add_instance(device, "costly");
}

static void add_event(WDFDEVICE device)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &event_guid);
    provider.Flags = WdfWmiProviderEventOnly;
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.Register = TRUE;
    assert_int_equal(
        WdfWmiInstanceCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &the.instances[0]),
        STATUS_SUCCESS);
    the.provider = WdfWmiInstanceGetProvider(the.instances[0]);
}

/* ---- the application ---- */

static void on_data(void *context, const char *instance, const void *data, size_t size)
{
    const char *number = strrchr(instance, '_');
    char text[64] = "";

    assert_non_null(number);
    assert_true(size < sizeof(text));
    memcpy(text, data, size);
    note("%s=", number, 0);
    note("%s ", text, 0);
}

static void on_event(void *context, const char *instance, const void *data, size_t size)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    note(context, "", 0);
    on_data(context, instance, data, size);
    KeReleaseSemaphore(&the.events, IO_NO_INCREMENT, 1, FALSE);
}

static void wait_for_events(int count)
{
    while (count-- > 0) {
        KeWaitForSingleObject(&the.events, Executive, KernelMode, FALSE, NULL);
    }
}

static int32_t query(const char *instance, char *text, size_t size, size_t *length)
{
    int32_t status = wc_wmi_query(BLOCK, instance, text, size, length);

    if (status >= 0) {
        text[*length] = '\0';
    }
    return status;
}

static void assert_query(const char *expected)
{
    char text[64];
    size_t length = 0;

    assert_int_equal(query(NULL, text, sizeof(text) - 1, &length), STATUS_SUCCESS);
    assert_string_equal(text, expected);
}

static void on_listed(void *context, const struct wc_wmi_instance *instance)
{
    note("%s ", instance->guid, 0);
    note("%s\n", instance->name, 0);
}

/* ---- querying ---- */

static void query_in_task(void *context)
{
    char name[] = "root\\drv_pnp\\0000_1"; /* case does not count */
    char text[64];
    size_t length = 0;

    assert_query("first");
    assert_int_equal(query(name, text, sizeof(text) - 1, &length), STATUS_SUCCESS);
    assert_string_equal(text, "the second");
    assert_int_equal(query("nobody", text, sizeof(text), &length), STATUS_WMI_INSTANCE_NOT_FOUND);
    assert_int_equal(wc_wmi_query(EVENT, NULL, text, sizeof(text), &length),
                     STATUS_WMI_GUID_NOT_FOUND);
    assert_int_equal(wc_wmi_query("no GUID", NULL, text, sizeof(text), &length),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(wc_wmi_query_all(BLOCK, on_data, NULL), STATUS_SUCCESS);
    assert_string_equal(the.log, "_0=first _1=the second ");
}

static void not_there_in_task(void *context)
{
    char text[64];
    size_t length = 0;

    assert_int_equal(query(NULL, text, sizeof(text), &length), STATUS_WMI_GUID_NOT_FOUND);
}

static void what_the_add_made_answers_from_start_to_removal(void **state) /* spec: WMI-07 */
{
    struct wc_device *device;

    PLAN->added = add_two;
    device = pnp_start(NULL);
    wc_test_call(query_in_task, NULL);
    pnp_remove(device);
    wc_test_call(not_there_in_task, NULL);
}

static void list_in_task(void *context)
{
    assert_int_equal(wc_wmi_list(on_listed, NULL), STATUS_SUCCESS);
}

static void instances_have_names_of_the_pdo(void **state)
{
    PLAN->added = add_two;
    pnp_start(NULL);
    wc_test_call(list_in_task, NULL);
    assert_string_equal(the.log, BLOCK " ROOT\\drv_pnp\\0000_0\n" BLOCK " ROOT\\drv_pnp\\0000_1\n");
}

static void large_in_task(void *context)
{
    char text[64];
    size_t length = 0;

    assert_int_equal(query(NULL, text, 3, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 5);
    assert_int_equal(query(NULL, text, 0, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 5);
    for (int i = 0; i < 200; i++) { /* more than the first try has room for */
        add_instance(PLAN->device, "0123456789012345678901234567890123456789");
    }
    the.log[0] = '\0';
    assert_int_equal(wc_wmi_query_all(BLOCK, on_data, NULL), STATUS_SUCCESS);
    assert_memory_equal(the.log, "_0=first _1=the second _2=0123456789", 36);
}

static void answers_are_as_large_as_they_need(void **state)
{
    PLAN->added = add_two;
    pnp_start(NULL);
    wc_test_call(large_in_task, NULL);
}

static void change_in_task(void *context)
{
    char text[64] = "abcd";
    size_t length = 0;
    UCHAR item = 7;

    assert_int_equal(wc_wmi_set(BLOCK, NULL, "changed", 7), STATUS_SUCCESS);
    assert_query("changed");
    memset(text, 'x', sizeof(text));
    assert_int_equal(wc_wmi_set_item(BLOCK, NULL, 2, &item, 1), STATUS_SUCCESS);
    assert_int_equal(BlockOf(the.instances[0])->item, 7);
    assert_int_equal(wc_wmi_set_item(BLOCK, NULL, 3, &item, 1), STATUS_WMI_ITEMID_NOT_FOUND);
    assert_int_equal(
        wc_wmi_call(BLOCK, "ROOT\\drv_pnp\\0000_1", 1, "abcd", 4, text, sizeof(text), &length),
        STATUS_SUCCESS);
    assert_int_equal(length, 4);
    assert_memory_equal(text, "dcbax", 5);
    assert_int_equal(BlockOf(the.instances[1])->method, 1);
    assert_int_equal(wc_wmi_call(BLOCK, NULL, 2, NULL, 0, NULL, 0, &length),
                     STATUS_WMI_ITEMID_NOT_FOUND);
    assert_int_equal(BlockOf(the.instances[0])->method, 2);
}

static void changes_and_methods_reach_their_instance(void **state)
{
    PLAN->added = add_two;
    pnp_start(NULL);
    wc_test_call(change_in_task, NULL);
}

/* ---- instances that come and go ---- */

static void come_and_go_in_task(void *context)
{
    assert_query("first");
    the.instances[2] = add_instance(PLAN->device, "late");
    assert_int_equal(wc_wmi_query_all(BLOCK, on_data, NULL), STATUS_SUCCESS);
    WdfWmiInstanceDeregister(the.instances[0]);
    assert_query("the second");
    WdfObjectDelete(the.instances[1]);
    assert_query("late");
    assert_int_equal(WdfWmiInstanceRegister(the.instances[0]), STATUS_SUCCESS);
    note("/", "", 0);
    assert_int_equal(wc_wmi_query_all(BLOCK, on_data, NULL), STATUS_SUCCESS);
    assert_string_equal(the.log, "_0=first _1=the second _2=late /_0=late _1=first ");
    assert_int_equal(WdfWmiInstanceRegister(the.instances[0]), STATUS_INVALID_DEVICE_REQUEST);
    WdfWmiInstanceDeregister(the.instances[0]);
    WdfWmiInstanceDeregister(the.instances[2]);
    not_there_in_task(NULL);
}

static void the_place_among_the_registered_is_the_index(void **state) /* spec: WMI-05 */
{
    PLAN->added = add_two;
    pnp_start(NULL);
    wc_test_call(come_and_go_in_task, NULL);
}

static void late_in_task(void *context)
{
    add_two(PLAN->device);
    assert_query("first");
}

static void a_device_may_offer_its_first_block_late(void **state)
{
    pnp_start(NULL);
    wc_test_call(late_in_task, NULL);
}

static void at_dispatch_in_task(void *context)
{
    KIRQL irql = KeRaiseIrqlToDpcLevel();

    add_two(PLAN->device);
    KeLowerIrql(irql);
    assert_query("first");
}

static void blocks_are_made_at_dispatch_level(void **state)
{
    pnp_start(NULL);
    wc_test_call(at_dispatch_in_task, NULL);
}

/* ---- what is refused ---- */

static NTSTATUS provider_with(WDFDEVICE device, WDF_WMI_PROVIDER_CONFIG config)
{
    WDFWMIPROVIDER provider;

    return WdfWmiProviderCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &provider);
}

static void bad_providers_in_task(void *context)
{
    WDF_WMI_PROVIDER_CONFIG good, bad;

    WDF_WMI_PROVIDER_CONFIG_INIT(&good, &block_guid);
    bad = good;
    bad.Size--;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INFO_LENGTH_MISMATCH);
    bad = good;
    memset(&bad.Guid, 0, sizeof(bad.Guid));
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INVALID_PARAMETER);
    bad = good;
    bad.Flags = 8;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INVALID_PARAMETER);
    bad.Flags = WdfWmiProviderTracing | WdfWmiProviderExpensive;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INVALID_PARAMETER);
    bad = good;
    bad.EvtWmiProviderFunctionControl = evt_control;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INVALID_PARAMETER);
    bad.Flags = WdfWmiProviderEventOnly;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_INVALID_PARAMETER);
    bad.Flags = WdfWmiProviderTracing;
    assert_int_equal(provider_with(PLAN->device, bad), STATUS_SUCCESS);
    assert_int_equal(provider_with(PLAN->device, good), STATUS_OBJECT_NAME_COLLISION);
}

static void providers_are_checked(void **state) /* spec: WMI-01 */
{
    pnp_start(NULL);
    wc_test_call(bad_providers_in_task, NULL);
}

static void bad_instances_in_task(void *context)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;

    add_provider(PLAN->device, 0, sizeof(BLOCK_CONTEXT) + 1);
    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &event_guid);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, the.provider);
    config.Size--;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INFO_LENGTH_MISMATCH);
    config.Size++;
    config.ProviderConfig = &provider;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    config.ProviderConfig = NULL;
    config.Provider = NULL;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    config.Provider = the.provider;
    config.UseContextForQuery = TRUE;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, BLOCK_CONTEXT);
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, &attributes, NULL),
                     STATUS_BUFFER_TOO_SMALL);
    attributes.ContextSizeOverride = sizeof(BLOCK_CONTEXT) + 1;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, &attributes, NULL),
                     STATUS_SUCCESS);
}

static void instances_are_checked(void **state) /* spec: WMI-02, WMI-04 */
{
    pnp_start(NULL);
    wc_test_call(bad_instances_in_task, NULL);
}

static void event_only_in_task(void *context)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &event_guid);
    provider.Flags = WdfWmiProviderEventOnly;
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.EvtWmiInstanceQueryInstance = evt_query;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    config.EvtWmiInstanceQueryInstance = NULL;
    config.EvtWmiInstanceExecuteMethod = evt_execute;
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    config.EvtWmiInstanceExecuteMethod = NULL; /* the provider that was made for it has gone, too */
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, NULL, NULL), STATUS_SUCCESS);
}

static void an_event_has_no_routines(void **state) /* spec: WMI-03 */
{
    pnp_start(NULL);
    wc_test_call(event_only_in_task, NULL);
}

static void read_only_in_task(void *context)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFWMIINSTANCE instance;
    char text[sizeof(BLOCK_CONTEXT) + 8];
    size_t length = 0;
    UCHAR item = 1;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &block_guid);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.Register = TRUE;
    config.UseContextForQuery = TRUE;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, BLOCK_CONTEXT);
    assert_int_equal(WdfWmiInstanceCreate(PLAN->device, &config, &attributes, &instance),
                     STATUS_SUCCESS);
    BlockOf(instance)->item = 0x12345678;
    assert_int_equal(wc_wmi_query(BLOCK, NULL, text, sizeof(text), &length), STATUS_SUCCESS);
    assert_int_equal(length, sizeof(BLOCK_CONTEXT));
    assert_memory_equal(text, BlockOf(instance), sizeof(BLOCK_CONTEXT));
    assert_int_equal(wc_wmi_set(BLOCK, NULL, text, length), STATUS_WMI_READ_ONLY);
    assert_int_equal(wc_wmi_set_item(BLOCK, NULL, 2, &item, 1), STATUS_WMI_READ_ONLY);
    assert_int_equal(wc_wmi_call(BLOCK, NULL, 1, NULL, 0, NULL, 0, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_ptr_equal(WdfWmiInstanceGetDevice(instance), PLAN->device);
    assert_ptr_equal(WdfWmiProviderGetDevice(WdfWmiInstanceGetProvider(instance)), PLAN->device);
}

static void a_context_may_be_the_data(void **state)
{
    pnp_start(NULL);
    wc_test_call(read_only_in_task, NULL);
}

static void least_in_task(void *context)
{
    char text[64];
    size_t length = 0;

    add_provider(PLAN->device, 0, 16);
    the.instances[0] = add_instance(PLAN->device, "0123456789abcdef");
    the.instances[1] = add_instance(PLAN->device, "ABCDEFGHIJKLMNOP");
    BlockOf(the.instances[0])->answer = STATUS_DEVICE_NOT_READY; /* it is not asked */
    assert_int_equal(query(NULL, text, 15, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 16);
    assert_int_equal(wc_wmi_set(BLOCK, NULL, "short", 5), STATUS_WMI_SET_FAILURE);
    assert_int_equal(query(NULL, text, 16, &length), STATUS_DEVICE_NOT_READY);
    assert_int_equal(wc_wmi_query_all(BLOCK, on_data, NULL), STATUS_DEVICE_NOT_READY);
}

static void less_than_the_least_size_is_not_asked_for(void **state)
{
    pnp_start(NULL);
    wc_test_call(least_in_task, NULL);
}

static void wrong_answers_in_task(void *context)
{
    char text[64];
    size_t length = 1;

    BlockOf(the.instances[0])->used = 1000;
    wc_expect_violation("WmiAnswer");
    assert_int_equal(query(NULL, text, sizeof(text), &length), STATUS_UNSUCCESSFUL);
    assert_int_equal(length, 0);
    BlockOf(the.instances[0])->answer = STATUS_PENDING;
    wc_expect_violation("WmiAnswer");
    assert_int_equal(query(NULL, text, sizeof(text), &length), STATUS_UNSUCCESSFUL);
}

static void wrong_answers_are_named(void **state)
{
    PLAN->added = add_two;
    pnp_start(NULL);
    wc_test_call(wrong_answers_in_task, NULL);
}

/* ---- events and control ---- */

static void events_in_task(void *context)
{
    struct wc_wmi_listener *a, *b;
    char text[] = "hello";

    KeInitializeSemaphore(&the.events, 0, MAXLONG);
    assert_false(WdfWmiProviderIsEnabled(the.provider, WdfWmiEventControl));
    assert_int_equal(WdfWmiInstanceFireEvent(the.instances[0], 5, text), STATUS_SUCCESS);
    assert_int_equal(wc_wmi_listen(EVENT, on_event, "a", &a), 0);
    assert_true(WdfWmiProviderIsEnabled(the.provider, WdfWmiEventControl));
    assert_false(WdfWmiProviderIsEnabled(the.provider, WdfWmiInstanceControl));
    assert_int_equal(wc_wmi_listen(EVENT, on_event, "b", &b), 0);
    assert_int_equal(WdfWmiInstanceFireEvent(the.instances[0], 5, text), STATUS_SUCCESS);
    text[0] = 'j'; /* the event has its own copy */
    wait_for_events(2);
    wc_wmi_unlisten(a);
    assert_true(WdfWmiProviderIsEnabled(the.provider, WdfWmiEventControl));
    assert_int_equal(WdfWmiInstanceFireEvent(the.instances[0], 5, text), STATUS_SUCCESS);
    assert_int_equal(WdfWmiInstanceFireEvent(the.instances[0], 0, NULL), STATUS_SUCCESS);
    wait_for_events(2);
    wc_wmi_unlisten(b);
    assert_false(WdfWmiProviderIsEnabled(the.provider, WdfWmiEventControl));
    assert_string_equal(the.log, "a_0=hello b_0=hello b_0=jello b_0= ");
}

static void events_reach_those_who_listen(void **state)
{
    PLAN->added = add_event;
    pnp_start(NULL);
    wc_test_call(events_in_task, NULL);
}

static void control_in_task(void *context)
{
    struct wc_wmi_listener *listener;

    assert_query("costly");
    assert_string_equal(the.log, " on2 enabled1 off2 enabled0");
    the.log[0] = '\0';
    assert_int_equal(wc_wmi_listen(BLOCK, on_event, "", &listener), 0);
    assert_string_equal(the.log, " on1 enabled1");
    wc_wmi_unlisten(listener);
    the.log[0] = '\0';
    the.status = STATUS_DEVICE_NOT_READY;
    assert_int_equal(wc_wmi_listen(BLOCK, on_event, "", &listener), 0);
    assert_string_equal(the.log, " on1 enabled1");
    assert_false(WdfWmiProviderIsEnabled(the.provider, WdfWmiEventControl));
    wc_wmi_unlisten(listener);
}

static void expensive_blocks_are_switched_on_and_off(void **state)
{
    PLAN->added = add_expensive;
    pnp_start(NULL);
    wc_test_call(control_in_task, NULL);
}

static void listen_in_task(void *context)
{
    assert_int_equal(wc_wmi_listen(BLOCK, on_event, "", context), 0);
}

static void on_nothing(void *context, const struct wc_wmi_instance *instance)
{
}

static void settle_in_task(void *context)
{
    assert_int_equal(wc_wmi_list(on_nothing, NULL), STATUS_SUCCESS);
}

static void unlisten_in_task(void *context)
{
    wc_wmi_unlisten(*(struct wc_wmi_listener **)context);
}

static void who_comes_late_is_told_that_it_is_wanted(void **state)
{
    struct wc_wmi_listener *listener = NULL;
    struct wc_device *device;

    pnp_load();
    wc_test_call(listen_in_task, &listener);
    PLAN->added = add_expensive;
    assert_int_equal(pnp_add(NULL, &device), WC_OK);
    wc_test_call(settle_in_task, NULL); /* what it registers was asked for */
    assert_string_equal(the.log, " on1 enabled1");
    wc_test_call(unlisten_in_task, &listener);
}

static void mof_in_task(void *context)
{
    DECLARE_CONST_UNICODE_STRING(name, L"BlockMof");

    assert_int_equal(WdfDeviceAssignMofResourceName(PLAN->device, &name), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceAssignMofResourceName(PLAN->device, &name),
                     STATUS_OBJECT_NAME_COLLISION);
}

static void a_mof_resource_is_named_once(void **state)
{
    pnp_start(NULL);
    wc_test_call(mof_in_task, NULL);
}

/* ---- registration against removal ---- */

/* A block while its device may be going; the device is referenced. */
static void offer_a_block(void *context)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;
    NTSTATUS status;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &block_guid);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.Register = TRUE;
    config.EvtWmiInstanceQueryInstance = evt_query;
    status = WdfWmiInstanceCreate(PLAN->device, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL);
    assert_true(status == STATUS_SUCCESS || status == STATUS_INVALID_DEVICE_STATE ||
                status == STATUS_DELETE_PENDING);
    ObDereferenceObject(the.wdm);
    WdfObjectDereference(PLAN->device);
    KeReleaseSemaphore(&the.events, IO_NO_INCREMENT, 1, FALSE);
}

/* The WDM device is referenced, too: what is done with it too late shall be seen. */
static void before_the_offer(void *context)
{
    WdfObjectReference(PLAN->device);
    the.wdm = WdfDeviceWdmGetDeviceObject(PLAN->device);
    ObReferenceObject(the.wdm);
    KeInitializeSemaphore(&the.events, 0, MAXLONG);
}

static void offer_is_over(void *context)
{
    wait_for_events(1);
}

static void a_device_that_goes_does_not_stay_registered(void **state)
{
    const char *scheduler = getenv("WC_SCHED");
    bool with_threads = scheduler != NULL && strcmp(scheduler, "thread") == 0;

    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct wc_device *device;

        memset(PLAN, 0, sizeof(*PLAN));
        wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 2,
                        .seed = with_threads ? 0 : seed);
        assert_int_equal(pnp_add(NULL, &device), WC_OK);
        wc_test_call(before_the_offer, NULL);
        assert_int_equal(wc_machine_start_task(wc_test_the_machine(), offer_a_block, NULL), WC_OK);
        pnp_remove(device);
        wc_test_call(offer_is_over, NULL);
        assert_int_equal(wc_test_end(state), 0);
    }
}

#define wmi_test(function) cmocka_unit_test_setup_teardown(function, setup, pnp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wmi_test(what_the_add_made_answers_from_start_to_removal),
        wmi_test(instances_have_names_of_the_pdo),
        wmi_test(answers_are_as_large_as_they_need),
        wmi_test(changes_and_methods_reach_their_instance),
        wmi_test(the_place_among_the_registered_is_the_index),
        wmi_test(a_device_may_offer_its_first_block_late),
        wmi_test(blocks_are_made_at_dispatch_level),
        wmi_test(providers_are_checked),
        wmi_test(instances_are_checked),
        wmi_test(an_event_has_no_routines),
        wmi_test(a_context_may_be_the_data),
        wmi_test(less_than_the_least_size_is_not_asked_for),
        wmi_test(wrong_answers_are_named),
        wmi_test(events_reach_those_who_listen),
        wmi_test(expensive_blocks_are_switched_on_and_off),
        wmi_test(who_comes_late_is_told_that_it_is_wanted),
        wmi_test(a_mof_resource_is_named_once),
        wmi_test(a_device_that_goes_does_not_stay_registered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
