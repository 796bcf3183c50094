/* test_rtl_registry.c - registry values by path, tables of queries, keys of drivers and devices. */
#include "nt/nt_driver.h"

#include "nt/io/pnp/io_pnp.h"

#define KEY L"Sample"

static void write_ulong(PCWSTR name, ULONG value)
{
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, KEY, name, REG_DWORD, &value, 4),
                     STATUS_SUCCESS);
}

static void write_text(PCWSTR name, ULONG type, PCWSTR text, ULONG bytes)
{
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, KEY, name, type,
                                           (PVOID)(ULONG_PTR)text, bytes),
                     STATUS_SUCCESS);
}

static NTSTATUS query(PRTL_QUERY_REGISTRY_TABLE table)
{
    return RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, KEY, table, NULL, NULL);
}

static void a_value_is_written_where_its_key_is_missing(void **state)
{
    ULONG value = 0;
    RTL_QUERY_REGISTRY_TABLE table[2] = {
        {.Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = (PWSTR)L"Level", .EntryContext = &value}};

    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)KEY),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    write_ulong(L"Level", 42);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)KEY), STATUS_SUCCESS);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(value, 42);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, KEY, L"LEVEL"), STATUS_SUCCESS);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, KEY, L"Level"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"New\\Deep"),
                     STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"new"), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(6, (PWSTR)KEY), STATUS_INVALID_PARAMETER);
}

static void a_missing_value_has_its_default(void **state)
{
    ULONG value = 1;
    ULONG fallback = 9;
    RTL_QUERY_REGISTRY_TABLE table[2] = {{.Flags = RTL_QUERY_REGISTRY_DIRECT,
                                          .Name = (PWSTR)L"Level",
                                          .EntryContext = &value,
                                          .DefaultType = REG_DWORD,
                                          .DefaultData = &fallback,
                                          .DefaultLength = 4}};

    write_ulong(L"Other", 3);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(value, 9);
    table[0].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
    assert_int_equal(query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].QueryRoutine = (PRTL_QUERY_REGISTRY_ROUTINE)(ULONG_PTR)query;
    assert_int_equal(query(table), STATUS_INVALID_PARAMETER);
}

static void text_goes_into_a_counted_string(void **state)
{
    UNICODE_STRING given = {0};
    WCHAR small[3];
    UNICODE_STRING own = {0, sizeof(small), small};
    RTL_QUERY_REGISTRY_TABLE table[2] = {
        {.Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = (PWSTR)L"Name", .EntryContext = &given}};

    write_text(L"Name", REG_SZ, L"COM1", 10);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(given.Length, 8);
    assert_memory_equal(given.Buffer, L"COM1", 10);
    RtlFreeUnicodeString(&given);
    table[0].EntryContext = &own;
    assert_int_equal(query(table), STATUS_BUFFER_TOO_SMALL);
    table[0].Flags |= RTL_QUERY_REGISTRY_TYPECHECK;
    table[0].DefaultType = REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
    assert_int_equal(query(table), STATUS_OBJECT_TYPE_MISMATCH);
}

static void long_data_say_how_much_room_they_have(void **state)
{
    UCHAR data[12] = {1, 2, 3};
    union {
        LONG room;
        UCHAR bytes[32];
        ULONG head[8];
    } to = {.room = -12};
    RTL_QUERY_REGISTRY_TABLE table[2] = {
        {.Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = (PWSTR)L"Bytes", .EntryContext = &to}};

    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, KEY, L"Bytes", REG_BINARY, data, 12),
        STATUS_SUCCESS);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_memory_equal(to.bytes, data, 12);
    to.room = -11;
    assert_int_equal(query(table), STATUS_BUFFER_TOO_SMALL);
    to.room = 20;
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(to.head[0], 12);
    assert_int_equal(to.head[1], REG_BINARY);
    assert_memory_equal(to.bytes + 8, data, 12);
}

struct told {
    unsigned calls;
    WCHAR text[128];
    ULONG types[8];
};

static NTSTATUS NTAPI tell(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context,
                           PVOID entry_context)
{
    struct told *told = entry_context;

    told->types[told->calls++] = type;
    if (type == REG_SZ) {
        wcscat(told->text, data);
        wcscat(told->text, L";");
    }
    return told->calls == 7 ? STATUS_CANCELLED : STATUS_SUCCESS;
}

static void strings_are_told_one_by_one(void **state)
{
    struct told told = {0};
    RTL_QUERY_REGISTRY_TABLE table[2] = {
        {.QueryRoutine = tell, .Name = (PWSTR)L"List", .EntryContext = &told}};

    write_text(L"List", REG_MULTI_SZ, L"one\0two\0", 18);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(told.calls, 2);
    assert_memory_equal(told.text, L"one;two;", 18);
    table[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND;
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(told.calls, 3);
    assert_int_equal(told.types[2], REG_MULTI_SZ);
}

static void variables_are_expanded(void **state)
{
    struct told told = {0};
    RTL_QUERY_REGISTRY_TABLE table[2] = {
        {.QueryRoutine = tell, .Name = (PWSTR)L"Path", .EntryContext = &told}};
    static const WCHAR path[] = L"%systemroot%\\a%none%b";

    write_text(L"Path", REG_EXPAND_SZ, path, sizeof(path));
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_memory_equal(told.text, L"C:\\Windows\\a%none%b;", 42);
}

static void an_entry_without_name_sees_all_values(void **state)
{
    struct told told = {0};
    RTL_QUERY_REGISTRY_TABLE table[3] = {
        {.QueryRoutine = tell, .EntryContext = &told},
        {.QueryRoutine = tell,
         .EntryContext = &told,
         .Flags = RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DELETE,
         .Name = (PWSTR)L"Below"},
    };

    write_ulong(L"One", 1);
    write_ulong(L"Two", 2);
    assert_int_equal(query(table), STATUS_OBJECT_NAME_NOT_FOUND); /* the subkey */
    assert_int_equal(told.calls, 2);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, KEY L"\\Below", L"Three", REG_NONE, NULL, 0),
        STATUS_SUCCESS);
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(told.calls, 5);
    assert_int_equal(told.types[4], REG_NONE);
    /* It was deleted after it had been told, and the routine's own failure ends the walk. */
    assert_int_equal(query(table), STATUS_CANCELLED);
    assert_int_equal(told.calls, 7);
}

static NTSTATUS query_name(HANDLE key, WCHAR *text, size_t characters)
{
    UCHAR buffer[512];
    ULONG length = 0;
    KEY_NAME_INFORMATION *name = (KEY_NAME_INFORMATION *)buffer;
    NTSTATUS status = ZwQueryKey(key, KeyNameInformation, buffer, sizeof(buffer), &length);

    memset(text, 0, characters * sizeof(WCHAR));
    if (NT_SUCCESS(status)) {
        memcpy(text, name->Name, min(name->NameLength, (characters - 1) * sizeof(WCHAR)));
    }
    return status;
}

#define SET L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\"

static void assert_named(HANDLE key, const WCHAR *expected)
{
    WCHAR text[256];

    assert_int_equal(query_name(key, text, 256), STATUS_SUCCESS);
    assert_int_equal(wcscmp(text, expected), 0);
    ZwClose(key);
}

static void devices_and_drivers_have_keys(void **state)
{
    static const struct io_pnp_identity identity = {.enumerator = "ROOT",
                                                    .device_id = "dev",
                                                    .instance_id = "0000",
                                                    .hardware_id = "ROOT\\dev"};
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT pdo = NULL;
    HANDLE key = NULL;

    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), NULL, FILE_DEVICE_UNKNOWN,
                                    FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &pdo),
                     STATUS_SUCCESS);
    assert_int_equal(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(io_pnp_node_create(pdo, &identity), STATUS_SUCCESS);
    assert_int_equal(IoOpenDeviceRegistryKey(pdo, 3, KEY_READ, &key), STATUS_INVALID_PARAMETER);
    for (int i = 0; i < 2; i++) { /* the second time it is the same one */
        assert_int_equal(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key),
                         STATUS_SUCCESS);
        assert_named(key, SET L"Enum\\ROOT\\dev\\0000\\Device Parameters");
        assert_int_equal(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DRIVER, KEY_READ, &key),
                         STATUS_SUCCESS);
        assert_named(key, SET L"Control\\Class\\{4d36e97d-e325-11ce-bfc1-08002be10318}\\0000");
    }
    assert_int_equal(IoOpenDriverRegistryKey(driver, DriverRegKeyParameters, KEY_READ, 0, &key),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(
        IoOpenDriverRegistryKey(driver, DriverRegKeyParameters, KEY_ALL_ACCESS, 0, &key),
        STATUS_SUCCESS);
    assert_named(key, SET L"Services\\test\\Parameters");
    nt_driver_delete(driver);
}

static void an_interface_has_a_key(void **state)
{
    static const struct io_pnp_identity identity = {.enumerator = "ROOT",
                                                    .device_id = "dev",
                                                    .instance_id = "0000",
                                                    .hardware_id = "ROOT\\dev"};
    static const GUID guid = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT pdo = NULL;
    UNICODE_STRING link = {0};
    UNICODE_STRING none = RTL_CONSTANT_STRING(L"\\??\\none");
    HANDLE key = NULL;

    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), NULL, FILE_DEVICE_UNKNOWN,
                                    FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &pdo),
                     STATUS_SUCCESS);
    assert_int_equal(io_pnp_node_create(pdo, &identity), STATUS_SUCCESS);
    assert_int_equal(IoRegisterDeviceInterface(pdo, &guid, NULL, &link), STATUS_SUCCESS);
    assert_int_equal(IoOpenDeviceInterfaceRegistryKey(&none, KEY_READ, &key),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoOpenDeviceInterfaceRegistryKey(&link, KEY_READ, &key), STATUS_SUCCESS);
    assert_named(key, SET L"Control\\DeviceClasses\\{12345678-0001-0002-0304-05060708090a}\\"
                          L"##?#ROOT#dev#0000#{12345678-0001-0002-0304-05060708090a}\\#\\"
                          L"Device Parameters");
    RtlFreeUnicodeString(&link);
    nt_driver_delete(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_value_is_written_where_its_key_is_missing),
        wc_unit_test(a_missing_value_has_its_default),
        wc_unit_test(text_goes_into_a_counted_string),
        wc_unit_test(long_data_say_how_much_room_they_have),
        wc_unit_test(strings_are_told_one_by_one),
        wc_unit_test(variables_are_expanded),
        wc_unit_test(an_entry_without_name_sees_all_values),
        wc_unit_test(devices_and_drivers_have_keys),
        wc_unit_test(an_interface_has_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
