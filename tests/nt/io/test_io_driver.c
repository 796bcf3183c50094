/* test_io_driver.c - driver objects and the life of a driver. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    int entries, unloads, adds;
    NTSTATUS status; /* of DriverEntry */
    UNICODE_STRING path;
    WCHAR path_text[128];
    bool leave_device;
    ULONG device_flags;
} t;

static VOID unload(PDRIVER_OBJECT driver)
{
    (void)driver;
    t.unloads++;
}

static NTSTATUS add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    PDEVICE_OBJECT device = nt_device_create(driver, pdo, nt_succeed);

    t.adds++;
    device->Flags |= t.device_flags;
    return STATUS_SUCCESS;
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PDEVICE_OBJECT device = NULL;

    t.entries++;
    t.path.Length = path->Length;
    t.path.Buffer = memcpy(t.path_text, path->Buffer, path->Length);
    driver->DriverUnload = unload;
    driver->DriverExtension->AddDevice = add_device;
    if (t.leave_device) {
        IoCreateDevice(driver, sizeof(struct nt_level), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                       &device);
    }
    return t.status;
}

static PDRIVER_OBJECT create(void)
{
    static const struct io_driver_config config = {.name = "uart"};
    PDRIVER_OBJECT driver = NULL;

    memset(&t, 0, sizeof(t));
    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    return driver;
}

static void it_knows_its_names(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Driver\\uart");
    UNICODE_STRING key =
        RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\uart");
    UNICODE_STRING service = RTL_CONSTANT_STRING(L"uart");
    UNICODE_STRING hardware =
        RTL_CONSTANT_STRING(L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");
    PDRIVER_OBJECT driver = create();

    (void)state;
    assert_int_equal(io_driver_initialize(driver, entry), STATUS_SUCCESS);
    assert_memory_equal(driver->DriverName.Buffer, name.Buffer, name.Length);
    assert_true(RtlEqualUnicodeString(driver->HardwareDatabase, &hardware, FALSE));
    assert_int_equal(t.path.Length, key.Length);
    assert_memory_equal(t.path.Buffer, key.Buffer, key.Length);
    assert_memory_equal(driver->DriverExtension->ServiceKeyName.Buffer, service.Buffer,
                        service.Length);
    io_driver_unload(driver);
    assert_int_equal(t.unloads, 1);
    io_driver_delete(driver);
}

static void a_failed_entry_is_not_unloaded(void **state) /* spec: DEV-07 */
{
    PDRIVER_OBJECT driver = create();

    (void)state;
    t.status = STATUS_INSUFFICIENT_RESOURCES;
    assert_int_equal(io_driver_initialize(driver, entry), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(t.unloads, 0);
    io_driver_delete(driver);
}

static void what_a_failed_entry_leaves_is_reported(void **state)
{
    PDRIVER_OBJECT driver = create();

    (void)state;
    t.status = STATUS_UNSUCCESSFUL;
    t.leave_device = true;
    wc_expect_violation("DeviceLifetime");
    io_driver_initialize(driver, entry);
    assert_int_equal(wc_violations("DeviceLifetime"), 1);
    nt_driver_delete(driver);
}

static void add_device_must_finish_initializing(void **state)
{
    PDRIVER_OBJECT bus = nt_driver_create();
    PDEVICE_OBJECT pdo = nt_device_create(bus, NULL, nt_succeed);
    PDRIVER_OBJECT driver = create();

    (void)state;
    io_driver_initialize(driver, entry);
    assert_int_equal(io_driver_add_device(driver, pdo), STATUS_SUCCESS);
    assert_int_equal(wc_violations(NULL), 0);
    t.device_flags = DO_DEVICE_INITIALIZING;
    wc_expect_violation("DeviceFlags");
    io_driver_add_device(driver, pdo);
    assert_int_equal(t.adds, 2);
    nt_driver_delete(driver);
    nt_driver_delete(bus);
}

static void extensions_are_found_by_their_key(void **state)
{
    PDRIVER_OBJECT driver = create();
    PVOID extension = NULL;
    PVOID again = NULL;
    int key = 0;

    (void)state;
    assert_null(IoGetDriverObjectExtension(driver, &key));
    assert_int_equal(IoAllocateDriverObjectExtension(driver, &key, 40, &extension), STATUS_SUCCESS);
    assert_ptr_equal(IoGetDriverObjectExtension(driver, &key), extension);
    assert_int_equal(IoAllocateDriverObjectExtension(driver, &key, 40, &again),
                     STATUS_OBJECT_NAME_COLLISION);
    io_driver_delete(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(it_knows_its_names),
        wc_unit_test(a_failed_entry_is_not_unloaded),
        wc_unit_test(what_a_failed_entry_leaves_is_reported),
        wc_unit_test(add_device_must_finish_initializing),
        wc_unit_test(extensions_are_found_by_their_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
