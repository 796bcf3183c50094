/* test_io_name.c - names and symbolic links. */
#include "nt/nt_driver.h"

#include "nt/io/io_device.h"
#include "nt/io/io_name.h"
#include "nt/ob/ob_object.h"

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT device;

static int start(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Serial0");

    (void)state;
    driver = nt_driver_create();
    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), &name, FILE_DEVICE_UNKNOWN, 0,
                                    FALSE, &device),
                     STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(driver);
    return 0;
}

static NTSTATUS link_to(PCWSTR link, PCWSTR target)
{
    UNICODE_STRING link_name, target_name;

    RtlInitUnicodeString(&link_name, link);
    RtlInitUnicodeString(&target_name, target);
    return IoCreateSymbolicLink(&link_name, &target_name);
}

static NTSTATUS unlink_name(PCWSTR link)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, link);
    return IoDeleteSymbolicLink(&name);
}

static NTSTATUS look_up(PCWSTR name, void **body, PUNICODE_STRING remainder)
{
    UNICODE_STRING string;

    NTSTATUS status;

    RtlInitUnicodeString(&string, name);
    status = io_name_lookup(&string, body, remainder);
    if (NT_SUCCESS(status)) {
        ob_deref(*body); /* somebody else holds it */
    }
    return status;
}

static void a_link_leads_to_its_device(void **state) /* spec: DEV-05 */
{
    void *body = NULL;

    (void)state;
    assert_int_equal(link_to(L"\\DosDevices\\COM1", L"\\Device\\Serial0"), STATUS_SUCCESS);
    assert_int_equal(look_up(L"\\??\\COM1", &body, NULL), STATUS_SUCCESS);
    assert_ptr_equal(body, device);
    body = NULL;
    assert_int_equal(look_up(L"\\GLOBAL??\\com1", &body, NULL), STATUS_SUCCESS);
    assert_ptr_equal(body, device);
    assert_int_equal(look_up(L"\\??\\COM2", &body, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(unlink_name(L"\\??\\COM1"), STATUS_SUCCESS);
    assert_int_equal(look_up(L"\\??\\COM1", &body, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_name_is_linked_once(void **state)
{
    void *body = NULL;

    (void)state;
    assert_int_equal(link_to(L"\\??\\A", L"\\Device\\Serial0"), STATUS_SUCCESS);
    assert_int_equal(link_to(L"\\DosDevices\\a", L"\\Device\\Other"), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(unlink_name(L"\\??\\A"), STATUS_SUCCESS);
    assert_int_equal(unlink_name(L"\\??\\A"), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(link_to(L"no backslash", L"\\Device\\X"), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_int_equal(link_to(L"\\??\\", L"\\Device\\X"), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(look_up(L"\\Device\\None", &body, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(look_up(L"\\Nowhere\\None", &body, NULL), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(link_to(L"\\??\\\\A", L"\\Device\\X"), STATUS_OBJECT_NAME_INVALID);
}

static void what_follows_the_name_is_handed_on(void **state)
{
    UNICODE_STRING rest = {0};
    UNICODE_STRING expected = RTL_CONSTANT_STRING(L"\\Dir\\File");
    void *body = NULL;

    (void)state;
    link_to(L"\\DosDevices\\DISK", L"\\Device\\Serial0");
    assert_int_equal(look_up(L"\\DosDevices\\disk\\Dir\\File", &body, &rest), STATUS_SUCCESS);
    assert_ptr_equal(body, device);
    assert_int_equal(rest.Length, expected.Length);
    assert_memory_equal(rest.Buffer, expected.Buffer, rest.Length);
    assert_int_equal(look_up(L"\\??\\DISK\\Dir", &body, NULL), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(look_up(L"\\??\\DISKETTE", &body, &rest), STATUS_OBJECT_NAME_NOT_FOUND);
    unlink_name(L"\\??\\DISK");
}

static void links_to_links_end_somewhere(void **state)
{
    void *body = NULL;

    (void)state;
    link_to(L"\\??\\ONE", L"\\??\\TWO");
    link_to(L"\\??\\TWO", L"\\Device\\Serial0");
    assert_int_equal(look_up(L"\\??\\ONE", &body, NULL), STATUS_SUCCESS);
    assert_ptr_equal(body, device);
    unlink_name(L"\\??\\TWO");
    link_to(L"\\??\\TWO", L"\\??\\ONE");
    assert_int_equal(look_up(L"\\??\\ONE", &body, NULL), STATUS_OBJECT_NAME_INVALID);
    unlink_name(L"\\??\\TWO");
    assert_int_equal(look_up(L"\\??\\ONE", &body, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
    unlink_name(L"\\??\\ONE");
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_link_leads_to_its_device),
        TEST(a_name_is_linked_once),
        TEST(what_follows_the_name_is_handed_on),
        TEST(links_to_links_end_somewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
