/* test_io_device.c - device objects and stacks of them. */
#include "nt/nt_driver.h"

#include <ntifs.h>

#include <string.h>

#include "nt/io/file/io_file.h"
#include "nt/io/io_device.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ob/ob_object.h"

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT reached;

static int start(void **state)
{
    (void)state;
    driver = nt_driver_create();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(driver);
    return 0;
}

static NTSTATUS note_device(PDEVICE_OBJECT device, PIRP irp)
{
    reached = device;
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static PDEVICE_OBJECT create_named(PCWSTR name, NTSTATUS expected)
{
    UNICODE_STRING string;
    PDEVICE_OBJECT device = NULL;

    RtlInitUnicodeString(&string, name);
    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), &string, FILE_DEVICE_UNKNOWN,
                                    0, FALSE, &device),
                     expected);
    if (device != NULL) {
        nt_level(device)->handler = note_device;
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
    return device;
}

static void a_new_device(void **state) /* spec: DEV-01 */
{
    static const unsigned char zero[1000];
    PDEVICE_OBJECT device = NULL;

    (void)state;
    assert_int_equal(IoCreateDevice(driver, 1000, NULL, FILE_DEVICE_SERIAL_PORT,
                                    FILE_DEVICE_SECURE_OPEN, FALSE, &device),
                     STATUS_SUCCESS);
    assert_memory_equal(device->DeviceExtension, zero, sizeof(zero));
    assert_int_equal(device->StackSize, 1);
    assert_null(device->CurrentIrp);
    assert_true((device->Flags & DO_DEVICE_INITIALIZING) != 0);
    assert_int_equal(device->DeviceType, FILE_DEVICE_SERIAL_PORT);
    assert_ptr_equal(driver->DeviceObject, device);
    assert_false(device->DeviceQueue.Busy);
}

static void a_name_needs_its_directory(void **state)
{
    PDEVICE_OBJECT device = create_named(L"\\AtTheRoot", STATUS_SUCCESS);

    (void)state;
    IoDeleteDevice(device);
    assert_null(create_named(L"\\Nowhere\\None", STATUS_OBJECT_PATH_NOT_FOUND));
    assert_null(create_named(L"\\Device\\Nowhere\\None", STATUS_OBJECT_PATH_NOT_FOUND));
    assert_null(create_named(L"None", STATUS_OBJECT_PATH_SYNTAX_BAD));
    assert_null(create_named(L"\\Device\\", STATUS_OBJECT_NAME_INVALID));
}

static void names_are_taken_once(void **state) /* spec: DEV-02 */
{
    PDEVICE_OBJECT device = create_named(L"\\Device\\Once", STATUS_SUCCESS);

    (void)state;
    assert_null(create_named(L"\\Device\\Once", STATUS_OBJECT_NAME_COLLISION));
    assert_null(create_named(L"\\DEVICE\\ONCE", STATUS_OBJECT_NAME_COLLISION));
    IoDeleteDevice(device);
    assert_non_null(create_named(L"\\Device\\Once", STATUS_SUCCESS));
}

static void attach_gives_the_old_top(void **state) /* spec: DEV-03 */
{
    PDEVICE_OBJECT low = nt_device_create(driver, NULL, note_device);
    PDEVICE_OBJECT middle = nt_device_create(driver, low, note_device);
    PDEVICE_OBJECT top = nt_device_create(driver, low, note_device); /* target is not the top */

    (void)state;
    assert_ptr_equal(nt_level(top)->lower, middle);
    assert_int_equal(middle->StackSize, 2);
    assert_int_equal(top->StackSize, 3);
    assert_ptr_equal(IoGetAttachedDevice(low), top);
    assert_ptr_equal(io_device_bottom(top), low);
}

static void a_reference_to_the_top_is_counted(void **state)
{
    PDEVICE_OBJECT low = nt_device_create(driver, NULL, note_device);
    PDEVICE_OBJECT top = nt_device_create(driver, low, note_device);
    LONG before = ob_references(top);

    (void)state;
    assert_ptr_equal(IoGetAttachedDeviceReference(low), top);
    assert_int_equal(ob_references(top), before + 1);
    ObDereferenceObject(top);
    assert_ptr_equal(IoGetLowerDeviceObject(top), low);
    ObDereferenceObject(low);
    assert_int_equal(ob_references(top), before);
}

static void requests_by_name_go_to_the_top(void **state) /* spec: DEV-04 */
{
    PDEVICE_OBJECT named = create_named(L"\\Device\\Low", STATUS_SUCCESS);
    PDEVICE_OBJECT top = nt_device_create(driver, named, note_device);
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Low");
    PFILE_OBJECT file = NULL;
    PDEVICE_OBJECT device = NULL;

    (void)state;
    assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_ALL_ACCESS, &file, &device),
                     STATUS_SUCCESS);
    assert_ptr_equal(reached, top); /* IRP_MJ_CREATE went there */
    assert_ptr_equal(device, top);
    assert_ptr_equal(file->DeviceObject, named);
    ObDereferenceObject(file);
}

static void deletion_waits_for_references(void **state) /* spec: DEV-06 */
{
    PDEVICE_OBJECT device = create_named(L"\\Device\\Held", STATUS_SUCCESS);
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Held");
    PFILE_OBJECT file = NULL;

    (void)state;
    assert_int_equal(io_file_open(&name, FILE_ALL_ACCESS, &file), STATUS_SUCCESS);
    IoDeleteDevice(device);
    assert_true(io_device_is(device)); /* the open file keeps it */
    assert_null(driver->DeviceObject);
    wc_expect_violation("DeviceLifetime");
    IoDeleteDevice(device);
    assert_int_equal(device->ReferenceCount, 1);
    io_file_close(file); /* and now it is gone: nothing is left at the end of the test */
    assert_int_equal(wc_violations(NULL), 1);
}

static void misplaced_deletion_is_named(void **state)
{
    PDEVICE_OBJECT low = nt_device_create(driver, NULL, note_device);
    PDEVICE_OBJECT top = nt_device_create(driver, low, note_device);

    (void)state;
    wc_expect_violation("DeviceLifetime");
    IoDeleteDevice(low);
    wc_expect_violation("DeviceLifetime");
    IoDeleteDevice(top);
    IoDetachDevice(low);
    nt_level(top)->lower = NULL;
    wc_expect_violation("DeviceLifetime");
    IoDetachDevice(low);
    assert_int_equal(wc_violations(NULL), 3);
}

/* REMOVE_DEVICE goes down first; each driver then detaches and deletes its device. */
static NTSTATUS remove_level(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT lower = nt_level(device)->lower;
    NTSTATUS status;

    if (lower == NULL) {
        return nt_complete(irp, STATUS_SUCCESS, 0);
    }
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lower, irp);
    IoDetachDevice(lower);
    nt_level(device)->lower = NULL;
    IoDeleteDevice(device);
    return status;
}

static void a_lower_filter_goes_before_who_is_above_it(void **state)
{
    PDEVICE_OBJECT pdo = nt_device_create(driver, NULL, remove_level);
    PDEVICE_OBJECT filter = nt_device_create(driver, pdo, remove_level);

    (void)state;
    nt_device_create(driver, filter, remove_level);
    assert_int_equal(io_pnp_send(pdo, IRP_MN_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    assert_ptr_equal(driver->DeviceObject, pdo);
    assert_null(pdo->NextDevice);
    assert_int_equal(wc_violations(NULL), 0); /* nor is one of them left at the end */
}

static void an_exclusive_device_opens_once(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Single");
    PDEVICE_OBJECT device = create_named(L"\\Device\\Single", STATUS_SUCCESS);
    PFILE_OBJECT first = NULL;
    PFILE_OBJECT second = NULL;

    (void)state;
    device->Flags |= DO_EXCLUSIVE;
    assert_int_equal(io_file_open(&name, FILE_ALL_ACCESS, &first), STATUS_SUCCESS);
    assert_int_equal(io_file_open(&name, FILE_ALL_ACCESS, &second), STATUS_ACCESS_DENIED);
    io_file_close(first);
    device->Flags |= DO_DEVICE_INITIALIZING;
    assert_int_equal(io_file_open(&name, FILE_ALL_ACCESS, &first), STATUS_NO_SUCH_DEVICE);
}

static void the_extensions_of_a_device_are_where_drivers_look(void **state)
{
    PDEVICE_OBJECT device = create_named(L"\\Device\\Layout", STATUS_SUCCESS);

    (void)state;
    assert_ptr_equal(device->DeviceExtension, device + 1);
    assert_non_null(device->DeviceObjectExtension);
    assert_int_equal(device->DeviceObjectExtension->Type, IO_TYPE_DEVICE_OBJECT_EXTENSION);
    assert_ptr_equal(device->DeviceObjectExtension->DeviceObject, device);
    assert_true((PUCHAR)device->DeviceObjectExtension >= (PUCHAR)device + device->Size);
    assert_null(device->Vpb);
}

static void a_storage_device_has_sectors_and_a_volume_block(void **state)
{
    PDEVICE_OBJECT device = NULL;

    (void)state;
    assert_int_equal(
        IoCreateDevice(driver, sizeof(struct nt_level), NULL, FILE_DEVICE_DISK, 0, FALSE, &device),
        STATUS_SUCCESS);
    assert_int_equal(device->SectorSize, 512);
    assert_non_null(device->Vpb);
    assert_int_equal(device->Vpb->Type, IO_TYPE_VPB);
    assert_ptr_equal(device->Vpb->RealDevice, device);
    assert_null(device->Vpb->DeviceObject); /* nothing is mounted */
}

static void the_devices_of_a_driver_are_listed(void **state)
{
    PDEVICE_OBJECT low = create_named(L"\\Device\\ListedLow", STATUS_SUCCESS);
    PDEVICE_OBJECT top = create_named(L"\\Device\\ListedTop", STATUS_SUCCESS);
    PDEVICE_OBJECT list[2];
    PDEVICE_OBJECT base;
    ULONG count = 0;

    (void)state;
    assert_int_equal(IoEnumerateDeviceObjectList(driver, list, sizeof(list[0]), &count),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(count, 2);
    assert_ptr_equal(list[0], top); /* the newest first */
    ObDereferenceObject(list[0]);
    assert_int_equal(IoEnumerateDeviceObjectList(driver, list, sizeof(list), &count),
                     STATUS_SUCCESS);
    assert_ptr_equal(list[1], low);
    ObDereferenceObject(list[0]);
    ObDereferenceObject(list[1]);
    assert_int_equal(IoAttachDeviceByPointer(top, low), STATUS_SUCCESS);
    base = IoGetDeviceAttachmentBaseRef(top);
    assert_ptr_equal(base, low);
    ObDereferenceObject(base);
    IoDetachDevice(low);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_device),
        TEST(a_name_needs_its_directory),
        TEST(names_are_taken_once),
        TEST(attach_gives_the_old_top),
        TEST(a_reference_to_the_top_is_counted),
        TEST(requests_by_name_go_to_the_top),
        TEST(deletion_waits_for_references),
        TEST(misplaced_deletion_is_named),
        TEST(a_lower_filter_goes_before_who_is_above_it),
        TEST(an_exclusive_device_opens_once),
        TEST(the_devices_of_a_driver_are_listed),
        TEST(the_extensions_of_a_device_are_where_drivers_look),
        TEST(a_storage_device_has_sectors_and_a_volume_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
