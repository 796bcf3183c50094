/* test_wmi.c - WMI for drivers without the framework: registration, wmilib, events. */
#include "nt_driver.h"

#include <string.h>
#include <wmilib.h>

#include "nt/wmi/wmi.h"

static const GUID data_guid = {0x1da7a000, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
static const GUID event_guid = {0x1e7e2700, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT device, upper;

static struct {
    ULONG values[2]; /* the data of the instances */
    ULONG item, method, controls;
    ULONG asked;  /* how often for what it registers */
    BOOLEAN list; /* names by a list of the device's own, not by wmilib */
    KSEMAPHORE events;
    ULONG event;
    WCHAR name[64];
} the;

/* ---- the driver ---- */

static NTSTATUS query_reginfo(PDEVICE_OBJECT object, PULONG flags, PUNICODE_STRING name,
                              PUNICODE_STRING *path, PUNICODE_STRING mof, PDEVICE_OBJECT *pdo)
{
    static const WCHAR base[] = L"Base";
    static UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Test");

    the.asked++;
    *flags = WMIREG_FLAG_INSTANCE_BASENAME;
    name->Buffer = ExAllocatePoolWithTag(PagedPool, sizeof(base), 'tseT');
    memcpy(name->Buffer, base, sizeof(base));
    name->Length = sizeof(base) - sizeof(WCHAR);
    name->MaximumLength = sizeof(base);
    RtlInitUnicodeString(mof, L"Mof");
    *path = &registry;
    return STATUS_SUCCESS;
}

static NTSTATUS query_block(PDEVICE_OBJECT object, PIRP irp, ULONG guid, ULONG index, ULONG count,
                            PULONG lengths, ULONG available, PUCHAR buffer)
{
    ULONG needed = (count - 1) * 8 + sizeof(ULONG);
    NTSTATUS status = available >= needed ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;

    for (ULONG i = 0; i < count && NT_SUCCESS(status); i++) {
        memcpy(buffer + (size_t)i * 8, &the.values[index + i], sizeof(ULONG));
        lengths[i] = sizeof(ULONG);
    }
    return WmiCompleteRequest(object, irp, status, needed, IO_NO_INCREMENT);
}

static NTSTATUS set_block(PDEVICE_OBJECT object, PIRP irp, ULONG guid, ULONG index, ULONG size,
                          PUCHAR buffer)
{
    if (size == sizeof(ULONG)) {
        memcpy(&the.values[index], buffer, size);
    }
    return WmiCompleteRequest(object, irp,
                              size == sizeof(ULONG) ? STATUS_SUCCESS : STATUS_WMI_SET_FAILURE, 0,
                              IO_NO_INCREMENT);
}

static NTSTATUS execute(PDEVICE_OBJECT object, PIRP irp, ULONG guid, ULONG index, ULONG method,
                        ULONG in, ULONG out, PUCHAR buffer)
{
    the.method = method;
    if (out >= 2) {
        buffer[1] = (UCHAR)(buffer[0] + index);
    }
    return WmiCompleteRequest(object, irp, out >= 2 ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL, 2,
                              IO_NO_INCREMENT);
}

static NTSTATUS control(PDEVICE_OBJECT object, PIRP irp, ULONG guid,
                        WMIENABLEDISABLECONTROL function, BOOLEAN enable)
{
    the.controls = the.controls * 10 + (enable ? 1 : 2) + (function == WmiDataBlockControl ? 2 : 0);
    return WmiCompleteRequest(object, irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT);
}

static WMIGUIDREGINFO guids[] = {
    {&data_guid, 2, WMIREG_FLAG_EXPENSIVE},
    {&event_guid, 1, 0},
};
static WMILIB_CONTEXT library = {.GuidCount = 2,
                                 .GuidList = guids,
                                 .QueryWmiRegInfo = query_reginfo,
                                 .QueryWmiDataBlock = query_block,
                                 .SetWmiDataBlock = set_block,
                                 .ExecuteWmiMethod = execute,
                                 .WmiFunctionControl = control};

/* What a device without wmilib answers: one block whose two instances it names itself. */
static NTSTATUS answer_list(PIRP irp, const IO_STACK_LOCATION *stack)
{
    static const WCHAR names[] = {6, 'o', 'n', 'e', 6, 't', 'w', 'o'};
    WMIREGINFOW *info = stack->Parameters.WMI.Buffer;
    ULONG offset = sizeof(*info) + sizeof(WMIREGGUIDW);

    if (stack->MinorFunction != IRP_MN_REGINFO) { /* it knows the older request only */
        return nt_complete(irp, STATUS_NOT_SUPPORTED, 0);
    }
    info->BufferSize = offset + sizeof(names);
    info->GuidCount = 1;
    info->WmiRegGuid[0] = (WMIREGGUIDW){.Guid = data_guid,
                                        .Flags = WMIREG_FLAG_INSTANCE_LIST,
                                        .InstanceCount = 2,
                                        .InstanceNameList = offset};
    memcpy((char *)info + offset, names, sizeof(names));
    return nt_complete(irp, STATUS_SUCCESS, info->BufferSize);
}

static NTSTATUS dispatch(PDEVICE_OBJECT object, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    SYSCTL_IRP_DISPOSITION disposition;
    NTSTATUS status;

    if (stack->MajorFunction != IRP_MJ_SYSTEM_CONTROL) {
        return nt_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (the.list) {
        return answer_list(irp, stack);
    }
    status = WmiSystemControl(&library, object, irp, &disposition);
    if (disposition == IrpNotCompleted) {
        IoCompleteRequest(irp, IO_NO_INCREMENT);
    } else if (disposition != IrpProcessed) {
        return nt_complete(irp, STATUS_NOT_SUPPORTED, 0);
    }
    return status;
}

static int start(void **state)
{
    (void)state;
    memset(&the, 0, sizeof(the));
    the.values[0] = 10;
    the.values[1] = 20;
    driver = nt_driver_create();
    device = nt_device_create(driver, NULL, dispatch);
    upper = nt_device_create(driver, device, nt_pass_down);
    KeInitializeSemaphore(&the.events, 0, MAXLONG);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    (void)IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER);
    nt_driver_delete(driver);
    return 0;
}

static void wmi_register_device(void)
{
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_REGISTER), STATUS_SUCCESS);
}

/* ---- the other side ---- */

static struct wmi_which which(const GUID *guid, const WCHAR *name)
{
    struct wmi_which it = {.guid = guid};

    RtlInitUnicodeString(&it.name, name);
    return it;
}

static NTSTATUS query(const WCHAR *name, ULONG *value, ULONG size, ULONG *length)
{
    struct wmi_which it = which(&data_guid, name);

    return wmi_query(&it, value, size, length);
}

static void on_value(void *context, PCUNICODE_STRING instance, const void *data, ULONG size)
{
    ULONG value = 0;

    assert_int_equal(size, sizeof(value));
    memcpy(&value, data, size);
    *(ULONG *)context = *(ULONG *)context * 100 + value;
}

static void wmilib_answers_for_the_driver(void **state)
{
    struct wmi_which first = which(&data_guid, NULL);
    ULONG value = 0;
    ULONG length = 0;
    ULONG sum = 0;

    (void)state;
    wmi_register_device();
    assert_int_equal(query(L"BASE1", &value, sizeof(value), &length), STATUS_SUCCESS);
    assert_int_equal(value, 20);
    assert_int_equal(the.controls, 34); /* collection was switched on and off */
    assert_int_equal(query(L"Base2", &value, sizeof(value), &length),
                     STATUS_WMI_INSTANCE_NOT_FOUND);
    assert_int_equal(query(L"Base0", &value, 3, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(value));
    assert_int_equal(wmi_query_all(&data_guid, on_value, &sum), STATUS_SUCCESS);
    assert_int_equal(sum, 1020);
    value = 30;
    assert_int_equal(wmi_set(&first, &value, sizeof(value)), STATUS_SUCCESS);
    assert_int_equal(the.values[0], 30);
    assert_int_equal(wmi_set(&first, &value, 1), STATUS_WMI_SET_FAILURE);
    assert_int_equal(wmi_set_item(&first, 1, &value, 1), STATUS_WMI_READ_ONLY); /* no routine */
}

static void methods_run_on_an_instance(void **state)
{
    struct wmi_which second = which(&data_guid, L"Base1");
    UCHAR in = 5;
    UCHAR out[2] = {0};
    ULONG length = 0;

    (void)state;
    wmi_register_device();
    assert_int_equal(wmi_execute(&second, 77, &in, 1, out, 2, &length), STATUS_SUCCESS);
    assert_int_equal(the.method, 77);
    assert_int_equal(length, 2);
    assert_int_equal(out[1], 6);
    assert_int_equal(wmi_execute(&second, 77, &in, 1, NULL, 0, &length), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 2);
}

static void a_device_is_registered_once_and_until_it_says_so(void **state)
{
    ULONG value;
    ULONG length;

    (void)state;
    assert_int_equal(IoWMIDeviceObjectToProviderId(device), 0);
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER),
                     STATUS_INVALID_PARAMETER);
    wmi_register_device();
    assert_int_not_equal(IoWMIDeviceObjectToProviderId(device), 0);
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_REGISTER),
                     STATUS_OBJECT_NAME_EXISTS);
    wc_expect_violation("DeviceLifetime");
    IoDeleteDevice(device);
    assert_int_equal(query(NULL, &value, sizeof(value), &length), STATUS_SUCCESS);
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_BLOCK_IRPS), STATUS_SUCCESS);
    assert_int_equal(query(NULL, &value, sizeof(value), &length), STATUS_WMI_GUID_NOT_FOUND);
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER), STATUS_SUCCESS);
    wmi_register_device();
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER), STATUS_SUCCESS);
    assert_int_equal(query(NULL, &value, sizeof(value), &length), STATUS_WMI_GUID_NOT_FOUND);
    assert_int_equal(IoWMIRegistrationControl(device, 99), STATUS_INVALID_PARAMETER);
}

static void what_changed_is_asked_for_again(void **state)
{
    ULONG value;
    ULONG length;

    (void)state;
    wmi_register_device();
    assert_int_equal(query(L"Base1", &value, sizeof(value), &length), STATUS_SUCCESS);
    assert_int_equal(the.asked, 1);
    guids[0].InstanceCount = 1;
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_UPDATE_GUIDS), STATUS_SUCCESS);
    assert_int_equal(query(L"Base1", &value, sizeof(value), &length),
                     STATUS_WMI_INSTANCE_NOT_FOUND);
    assert_int_equal(the.asked, 2);
    guids[0].InstanceCount = 2;
    guids[0].Flags |= WMIREG_FLAG_REMOVE_GUID;
    assert_int_equal(IoWMIRegistrationControl(device, WMIREG_ACTION_UPDATE_GUIDS), STATUS_SUCCESS);
    assert_int_equal(query(NULL, &value, sizeof(value), &length), STATUS_WMI_GUID_NOT_FOUND);
    guids[0].Flags = WMIREG_FLAG_EXPENSIVE;
}

static void on_name(void *context, const struct wmi_listed *listed)
{
    size_t length = wcslen(the.name);

    assert_true(length + listed->instance.Length / sizeof(WCHAR) + 1 < 64);
    memcpy(the.name + length, listed->instance.Buffer, listed->instance.Length);
    the.name[length + listed->instance.Length / sizeof(WCHAR)] = L' ';
}

static void a_driver_may_list_its_names(void **state)
{
    UNICODE_STRING names;
    UNICODE_STRING expected = RTL_CONSTANT_STRING(L"one two ");

    (void)state;
    the.list = TRUE;
    wmi_register_device();
    wmi_list(on_name, NULL);
    RtlInitUnicodeString(&names, the.name);
    assert_true(RtlEqualUnicodeString(&names, &expected, FALSE));
}

/* ---- events ---- */

static void on_event(void *context, PCUNICODE_STRING instance, const void *data, ULONG size)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(size, sizeof(the.event));
    memcpy(&the.event, data, size);
    memcpy(the.name, instance->Buffer, instance->Length);
    KeReleaseSemaphore(&the.events, IO_NO_INCREMENT, 1, FALSE);
}

static void wait_for_event(void)
{
    KeWaitForSingleObject(&the.events, Executive, KernelMode, FALSE, NULL);
}

static void fire_with_wmilib(ULONG number)
{
    ULONG *data = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*data), 'tseT');

    *data = number;
    assert_int_equal(WmiFireEvent(device, &event_guid, 0, sizeof(*data), data), STATUS_SUCCESS);
}

static void events_are_handed_over_and_freed(void **state)
{
    struct wmi_listener *listener;
    WNODE_EVENT_REFERENCE *reference;
    WNODE_HEADER header = {.BufferSize = sizeof(header), .Flags = WNODE_FLAG_TRACED_GUID};

    (void)state;
    wmi_register_device();
    fire_with_wmilib(1); /* nobody listens: it is freed, or the test would end with a leak */
    assert_int_equal(wmi_listen(&event_guid, on_event, NULL, &listener), STATUS_SUCCESS);
    assert_int_equal(the.controls, 1);
    fire_with_wmilib(2);
    wait_for_event();
    assert_int_equal(the.event, 2);
    assert_memory_equal(the.name, L"Base0", 10);
    /* An event that refers to an instance comes with that instance's data. */
    reference = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*reference), 'tseT');
    memset(reference, 0, sizeof(*reference));
    reference->WnodeHeader.BufferSize = sizeof(*reference);
    reference->WnodeHeader.Flags =
        WNODE_FLAG_EVENT_REFERENCE | WNODE_FLAG_EVENT_ITEM | WNODE_FLAG_STATIC_INSTANCE_NAMES;
    reference->WnodeHeader.Guid = event_guid;
    reference->WnodeHeader.ProviderId = IoWMIDeviceObjectToProviderId(device);
    reference->TargetGuid = data_guid;
    reference->TargetDataBlockSize = sizeof(ULONG);
    reference->TargetInstanceIndex = 1;
    assert_int_equal(IoWMIWriteEvent(reference), STATUS_SUCCESS);
    wait_for_event();
    assert_int_equal(the.event, 20);
    assert_memory_equal(the.name, L"Base1", 10);
    assert_int_equal(IoWMIWriteEvent(&header), STATUS_INVALID_HANDLE); /* no trace session */
    wmi_unlisten(listener);
    assert_int_equal(the.controls % 10, 2);
}

static void wrong_wnodes_are_named(void **state)
{
    WNODE_SINGLE_INSTANCE single = {
        .WnodeHeader = {.BufferSize = sizeof(single),
                        .Flags = WNODE_FLAG_SINGLE_INSTANCE | WNODE_FLAG_EVENT_ITEM}};

    (void)state;
    single.DataBlockOffset = sizeof(single);
    single.SizeDataBlock = 1;
    wc_expect_violation("WmiAnswer");
    assert_int_equal(IoWMIWriteEvent(&single), STATUS_INVALID_PARAMETER);
    single.WnodeHeader.BufferSize = 0x10001;
    assert_int_equal(IoWMIWriteEvent(&single), STATUS_BUFFER_OVERFLOW);
}

/* Every answer is one byte shorter than it claims. */
static NTSTATUS answer_wrongly(PDEVICE_OBJECT object, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    if (stack->MinorFunction == IRP_MN_REGINFO_EX) {
        WMIREGINFOW *info = stack->Parameters.WMI.Buffer;

        info->GuidCount = 1000000;
        return nt_complete(irp, STATUS_SUCCESS, sizeof(*info));
    }
    return nt_complete(irp, STATUS_SUCCESS, stack->Parameters.WMI.BufferSize + 1);
}

static void wrong_registrations_are_named(void **state)
{
    ULONG value;
    ULONG length;

    (void)state;
    nt_level(device)->handler = answer_wrongly;
    wc_expect_violation("WmiAnswer");
    wmi_register_device();
    assert_int_equal(query(NULL, &value, sizeof(value), &length), STATUS_WMI_GUID_NOT_FOUND);
}

static void an_irp_without_location_is_not_answered(void **state)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    wc_expect_violation("IrpStackMisuse");
    assert_int_equal(WmiCompleteRequest(device, irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(wc_violations("IrpStackMisuse"), 1);
    IoFreeIrp(irp);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wmilib_answers_for_the_driver),
        TEST(methods_run_on_an_instance),
        TEST(a_device_is_registered_once_and_until_it_says_so),
        TEST(what_changed_is_asked_for_again),
        TEST(a_driver_may_list_its_names),
        TEST(events_are_handed_over_and_freed),
        TEST(wrong_wnodes_are_named),
        TEST(wrong_registrations_are_named),
        TEST(an_irp_without_location_is_not_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
