/* test_io_property_data.c - properties by key, of devices and of device interfaces. */
#include "nt/nt_driver.h"

#include <initguid.h>

#include <devpkey.h>
#include <string.h>

#include "nt/io/pnp/io_pnp.h"

DEFINE_DEVPROPKEY(key_own, 0x12345678, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 2);
DEFINE_DEVPROPKEY(key_other, 0x12345678, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 3);

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo, other;
    ULONG size;
    DEVPROPTYPE type;
    UCHAR bytes[64];
} t;

static int start(void **state)
{
    static const struct io_pnp_identity identity = {.enumerator = "ROOT",
                                                    .device_id = "uart",
                                                    .instance_id = "0000",
                                                    .hardware_id = "ROOT\\uart",
                                                    .bus_number = 3};

    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.pdo = nt_device_create(t.driver, NULL, nt_succeed);
    t.other = nt_device_create(t.driver, NULL, nt_succeed);
    assert_int_equal(io_pnp_node_create(t.pdo, &identity), STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(t.driver);
    return 0;
}

static NTSTATUS set(const DEVPROPKEY *key, DEVPROPTYPE type, ULONG size, PVOID data)
{
    return IoSetDevicePropertyData(t.pdo, key, LOCALE_NEUTRAL, 0, type, size, data);
}

static NTSTATUS get(const DEVPROPKEY *key, ULONG room)
{
    return IoGetDevicePropertyData(t.pdo, key, LOCALE_NEUTRAL, 0, room, t.bytes, &t.size, &t.type);
}

static void what_was_set_is_read(void **state)
{
    ULONG value = 0x11223344;

    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(t.size, 0);
    assert_int_equal(set(&key_own, DEVPROP_TYPE_UINT32, sizeof(value), &value), STATUS_SUCCESS);
    assert_int_equal(get(&key_other, sizeof(t.bytes)), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(get(&key_own, 3), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(t.size, sizeof(value));
    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_SUCCESS);
    assert_int_equal(t.type, DEVPROP_TYPE_UINT32);
    assert_int_equal(t.size, sizeof(value));
    assert_memory_equal(t.bytes, &value, sizeof(value));
    assert_int_equal(set(&key_own, DEVPROP_TYPE_STRING, sizeof(L"x"), L"x"), STATUS_SUCCESS);
    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_SUCCESS);
    assert_int_equal(t.type, DEVPROP_TYPE_STRING);
    assert_int_equal(set(&key_own, DEVPROP_TYPE_EMPTY, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_text_has_a_language(void **state)
{
    assert_int_equal(IoSetDevicePropertyData(t.pdo, &key_own, 0x409, PLUGPLAY_PROPERTY_PERSISTENT,
                                             DEVPROP_TYPE_STRING, sizeof(L"a"), L"a"),
                     STATUS_SUCCESS);
    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoGetDevicePropertyData(t.pdo, &key_own, 0x409, 0, sizeof(t.bytes), t.bytes,
                                             &t.size, &t.type),
                     STATUS_SUCCESS);
    assert_memory_equal(t.bytes, L"a", sizeof(L"a"));
}

static void values_that_are_not_of_their_type_are_refused(void **state)
{
    ULONG value = 1;

    assert_int_equal(set(&key_own, DEVPROP_TYPE_UINT64, sizeof(value), &value),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&key_own, DEVPROP_TYPE_GUID, sizeof(value), &value),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&key_own, MAX_DEVPROP_TYPE + 1, sizeof(value), &value),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(IoSetDevicePropertyData(t.pdo, &key_own, 0x409, 0, DEVPROP_TYPE_UINT32,
                                             sizeof(value), &value),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&key_own, DEVPROP_TYPE_BINARY, 3, &value), STATUS_SUCCESS);
}

static void what_the_bus_knows_is_read_only(void **state)
{
    ULONG number = 5;

    assert_int_equal(get(&DEVPKEY_Device_HardwareIds, sizeof(t.bytes)), STATUS_SUCCESS);
    assert_int_equal(t.type, DEVPROP_TYPE_STRING_LIST);
    assert_memory_equal(t.bytes, L"ROOT\\uart\0", sizeof(L"ROOT\\uart\0"));
    assert_int_equal(get(&DEVPKEY_Device_BusNumber, sizeof(t.bytes)), STATUS_SUCCESS);
    assert_int_equal(t.type, DEVPROP_TYPE_UINT32);
    assert_int_equal(*(ULONG *)(void *)t.bytes, 3);
    assert_int_equal(set(&DEVPKEY_Device_BusNumber, DEVPROP_TYPE_UINT32, sizeof(number), &number),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(get(&DEVPKEY_Device_LocationInfo, sizeof(t.bytes)),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(t.type, DEVPROP_TYPE_EMPTY);
    assert_int_equal(IoGetDevicePropertyData(t.other, &key_own, 0, 0, 0, NULL, &t.size, &t.type),
                     STATUS_INVALID_DEVICE_REQUEST); /* no PDO */
}

static void an_interface_has_its_own(void **state)
{
    static const GUID guid = {1, 2, 3, {4}};
    UNICODE_STRING link, none = RTL_CONSTANT_STRING(L"\\??\\none");
    UCHAR one = 1;

    assert_int_equal(IoRegisterDeviceInterface(t.pdo, &guid, NULL, &link), STATUS_SUCCESS);
    assert_int_equal(IoSetDeviceInterfacePropertyData(&link, &key_own, LOCALE_NEUTRAL, 0,
                                                      DEVPROP_TYPE_BYTE, 1, &one),
                     STATUS_SUCCESS);
    assert_int_equal(IoGetDeviceInterfacePropertyData(&link, &key_own, LOCALE_NEUTRAL, 0,
                                                      sizeof(t.bytes), t.bytes, &t.size, &t.type),
                     STATUS_SUCCESS);
    assert_int_equal(t.bytes[0], 1);
    assert_int_equal(t.size, 1);
    assert_int_equal(get(&key_own, sizeof(t.bytes)), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoSetDeviceInterfacePropertyData(&none, &key_own, LOCALE_NEUTRAL, 0,
                                                      DEVPROP_TYPE_BYTE, 1, &one),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoGetDeviceInterfacePropertyData(&none, &key_own, LOCALE_NEUTRAL, 0, 0, NULL,
                                                      &t.size, &t.type),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    RtlFreeUnicodeString(&link);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_set_is_read),
        TEST(a_text_has_a_language),
        TEST(values_that_are_not_of_their_type_are_refused),
        TEST(what_the_bus_knows_is_read_only),
        TEST(an_interface_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
