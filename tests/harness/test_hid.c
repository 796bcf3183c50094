/* test_hid.c - HID devices as applications see them: with a minidriver of their own (drv_hid), and with
 * a framework driver below Windows' minidriver (drv_hid_filter).
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntddk.h>

#include <hidclass.h>
#include <wdfcore/machine.h>
#include <wdfcore/user.h>

#define GUID_TEXT "{4d1e55b2-f16f-11cf-88cb-001111000030}"
#define VENDOR    "\\\\?\\HID#VID_1234&PID_BEEF&Col01#0000&0000#" GUID_TEXT
#define CONSUMER  "\\\\?\\HID#VID_1234&PID_BEEF&Col02#0000&0001#" GUID_TEXT
#define MOUSE     "\\\\?\\HID#VID_4321&PID_0002#0000&0000#" GUID_TEXT

static struct wc_machine *machine;
static struct wc_device *device;
static struct wc_file *file, *other;

static void create(void)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;

    if (getenv("WC_SCHED") != NULL && strcmp(getenv("WC_SCHED"), "thread") == 0) {
        config.scheduler = WC_SCHED_THREAD;
    }
    file = other = NULL;
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
}

static enum wc_result add(const char *path, struct wc_driver *const *lower)
{
    struct wc_device_config config = {.lower = lower};
    struct wc_driver *driver;

    assert_int_equal(wc_machine_load_driver(machine, path, &driver), WC_OK);
    return wc_machine_add_device(machine, driver, &config, &device);
}

static void call(void (*body)(void *))
{
    assert_int_equal(wc_machine_call(machine, body, NULL), WC_OK);
}

/* ---- in tasks of the machine ---- */

static void reports_are_looped_back(void *context)
{
    const unsigned char out[] = {1, 10, 20, 30, 40}, key[] = {1, 0xC0, 5, 0, 0};
    unsigned char in[16] = {0};
    size_t size = 0;

    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    assert_int_equal(wc_file_open(CONSUMER, &other), 0);
    assert_int_equal(wc_file_write(file, out, sizeof(out), &size), 0);
    assert_int_equal(size, sizeof(out));
    assert_int_equal(wc_file_write(file, key, sizeof(key), &size), 0);
    assert_int_equal(wc_file_read(file, in, sizeof(in), &size), 0);
    assert_int_equal(size, 5);
    assert_memory_equal(in, out, 5);
    assert_int_equal(wc_file_read(other, in, sizeof(in), &size), 0);
    assert_int_equal(size, 3); /* 12 bits and the ID */
    assert_int_equal(in[0], 2);
    assert_int_equal(in[1], 0xC0);
    assert_int_equal(in[2], 5);
    assert_int_equal(wc_file_read(file, in, 4, &size), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(wc_file_write(other, key, 3, &size), STATUS_INVALID_PARAMETER);
    assert_int_equal(wc_file_write(file, out, 4, &size), STATUS_INVALID_PARAMETER);
    wc_file_close(file);
    wc_file_close(other);
}

static void features_and_strings(void *context)
{
    unsigned char feature[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, got[9] = {1};
    HID_COLLECTION_INFORMATION information;
    WCHAR text[16];
    uint32_t index = 77;
    size_t size = 0;

    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_SET_FEATURE, feature, 9, NULL, 0, &size), 0);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_FEATURE, NULL, 0, got, 9, &size), 0);
    assert_int_equal(size, 9);
    assert_memory_equal(got, feature, 9);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_FEATURE, NULL, 0, got, 8, &size),
                     STATUS_INVALID_BUFFER_SIZE);
    feature[0] = 2; /* the other collection has that ID, and no feature */
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_SET_FEATURE, feature, 9, NULL, 0, &size),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_HID_GET_PRODUCT_STRING, NULL, 0, text, sizeof(text), &size), 0);
    assert_int_equal(size, sizeof(L"thing"));
    assert_memory_equal(text, L"thing", sizeof(L"thing"));
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_HID_GET_SERIALNUMBER_STRING, NULL, 0, text, sizeof(text), &size),
        STATUS_INVALID_PARAMETER); /* it has none */
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_INDEXED_STRING, &index, sizeof(index), text,
                                   sizeof(text), &size),
                     0);
    assert_memory_equal(text, L"index", sizeof(L"index"));
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_COLLECTION_INFORMATION, NULL, 0,
                                   &information, sizeof(information), &size),
                     0);
    assert_int_equal(information.VendorID, 0x1234);
    assert_int_equal(information.ProductID, 0xBEEF);
    assert_int_equal(information.VersionNumber, 7);
    assert_false(information.Polled);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_COLLECTION_DESCRIPTOR, NULL, 0, text,
                                   sizeof(text), &size),
                     STATUS_NOT_IMPLEMENTED);
    wc_file_close(file);
}

static void write_numbered(unsigned char number)
{
    const unsigned char out[5] = {1, number};
    size_t size;

    assert_int_equal(wc_file_write(file, out, sizeof(out), &size), 0);
}

static void what_nobody_reads_gives_way(void *context)
{
    unsigned char in[5 * 40];
    uint32_t number = 0;
    size_t size = 0;

    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    assert_int_equal(wc_file_open(VENDOR, &other), 0);
    for (unsigned char i = 0; i < 40; i++) {
        write_numbered(i);
    }
    assert_int_equal(wc_file_read(other, in, sizeof(in), &size), 0);
    assert_int_equal(size, 5 * 32); /* of 40 the newest */
    assert_int_equal(in[1], 8);
    assert_int_equal(in[5 * 31 + 1], 39);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_GET_NUM_DEVICE_INPUT_BUFFERS, NULL, 0, &number, 4, &size), 0);
    assert_int_equal(number, 32);
    number = 2;
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SET_NUM_DEVICE_INPUT_BUFFERS, &number, 4, NULL, 0, &size), 0);
    assert_int_equal(wc_file_read(file, in, sizeof(in), &size), 0);
    assert_int_equal(size, 10);
    assert_int_equal(in[1], 38);
    number = 1;
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SET_NUM_DEVICE_INPUT_BUFFERS, &number, 4, NULL, 0, &size),
        STATUS_INVALID_PARAMETER);
    write_numbered(99);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_FLUSH_QUEUE, NULL, 0, NULL, 0, &size), 0);
    write_numbered(100);
    assert_int_equal(wc_file_read(file, in, sizeof(in), &size), 0);
    assert_int_equal(size, 5);
    assert_int_equal(in[1], 100);
    wc_file_close(file);
    wc_file_close(other);
}

static int done_count;
static int32_t done_status;
static uint64_t done_size;

static void on_done(void *context, int32_t status, uint64_t information)
{
    done_status = status;
    done_size = information;
    done_count++;
    wc_machine_recheck(machine);
}

static unsigned char pending[8];

static void a_read_waits(void *context)
{
    struct wc_io *io;

    done_count = 0;
    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    wc_file_read_start(file, pending, sizeof(pending), on_done, NULL, &io);
    assert_int_equal(done_count, 0);
    write_numbered(3);
}

static void a_read_is_taken_back(void *context)
{
    struct wc_io *io;

    assert_int_equal(done_count, 1);
    assert_int_equal(done_status, 0);
    assert_int_equal(done_size, 5);
    assert_int_equal(pending[1], 3);
    wc_file_read_start(file, pending, sizeof(pending), on_done, NULL, &io);
    wc_io_cancel(io);
}

static void a_closed_file_keeps_no_read(void *context)
{
    struct wc_io *io;

    assert_int_equal(done_count, 2);
    assert_int_equal(done_status, STATUS_CANCELLED);
    wc_file_read_start(file, pending, sizeof(pending), on_done, NULL, &io);
    wc_file_close(file);
}

static void opened_again(void *context)
{
    struct wc_io *io;

    assert_int_equal(done_count, 3);
    assert_int_equal(done_status, STATUS_CANCELLED);
    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    wc_file_read_start(file, pending, sizeof(pending), on_done, NULL, &io);
}

static void looped_back_without_ids(void *context)
{
    const unsigned char out[] = {0, 7, 8, 9};
    unsigned char in[8] = {0xFF};
    size_t size = 0;

    assert_int_equal(wc_file_open(MOUSE, &file), 0);
    assert_int_equal(wc_file_write(file, out, sizeof(out), &size), 0);
    assert_int_equal(wc_file_read(file, in, sizeof(in), &size), 0);
    assert_int_equal(size, 3);
    assert_int_equal(in[0], 0);
    assert_int_equal(in[1], 7);
    assert_int_equal(in[2], 8);
    wc_file_close(file);
}

static void poll_for_a_while(void *context)
{
    uint32_t interval = 20;
    unsigned char in[5];
    size_t size = 0;

    assert_int_equal(wc_file_open(VENDOR, &file), 0);
    for (unsigned char i = 1; i <= 10; i++) {
        assert_int_equal(wc_file_read(file, in, sizeof(in), &size), 0);
        assert_int_equal(in[1], i);
    }
    assert_in_range(wc_machine_now_ns(machine) / 1000000, 45, 60); /* every 5 ms */
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_HID_SET_POLL_FREQUENCY_MSEC, &interval, 4, NULL, 0, &size), 0);
    interval = 0;
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_HID_GET_POLL_FREQUENCY_MSEC, NULL, 0, &interval, 4, &size), 0);
    assert_int_equal(interval, 20);
    wc_file_close(file);
}

/* ---- the tests ---- */

static void a_minidriver_s_device_is_used(void **state)
{
    (void)state;
    create();
    assert_int_equal(add(WC_DRIVER_DRV_HID, NULL), WC_OK);
    call(reports_are_looped_back);
    call(features_and_strings);
    call(what_nobody_reads_gives_way);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static bool is_done(void *context)
{
    return done_count >= *(const int *)context;
}

static void reads_wait_and_come_back(void **state)
{
    int wanted = 1;

    (void)state;
    create();
    assert_int_equal(add(WC_DRIVER_DRV_HID, NULL), WC_OK);
    call(a_read_waits);
    assert_int_equal(wc_machine_run(machine, is_done, &wanted), WC_OK);
    call(a_read_is_taken_back);
    wanted = 2;
    assert_int_equal(wc_machine_run(machine, is_done, &wanted), WC_OK);
    call(a_closed_file_keeps_no_read);
    wanted = 3;
    assert_int_equal(wc_machine_run(machine, is_done, &wanted), WC_OK);
    call(opened_again);
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_int_equal(done_count, 4); /* the device is gone */
    assert_true(done_status < 0);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static void a_framework_driver_is_a_lower_filter(void **state)
{
    struct wc_driver *lower[2] = {NULL, NULL};

    (void)state;
    create();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_HID_FILTER, &lower[0]), WC_OK);
    assert_int_equal(add("mshidkmdf", lower), WC_OK);
    assert_int_equal(wc_machine_unload_driver(lower[0]), WC_BAD_INPUT); /* it has a device */
    call(looped_back_without_ids);
    assert_int_equal(wc_device_remove(device), WC_OK);
    assert_int_equal(wc_machine_unload_driver(lower[0]), WC_OK);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static void without_its_filter_nobody_answers(void **state)
{
    (void)state;
    create();
    assert_int_equal(add("mshidkmdf", NULL), WC_FAILED);
    assert_non_null(strstr(wc_last_error(), "starting the device failed"));
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static void a_polled_device_is_asked_at_intervals(void **state)
{
    (void)state;
    create();
    assert_int_equal(add(WC_DRIVER_DRV_HID_POLLED, NULL), WC_OK);
    call(poll_for_a_while);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static void a_descriptor_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    create();
    assert_int_equal(add(WC_DRIVER_DRV_HID_BROKEN, NULL), WC_STOPPED);
    assert_non_null(strstr(wc_last_report(), "VIOLATION HidDescriptor"));
    assert_non_null(strstr(wc_last_report(), "a collection has no end"));
    assert_int_equal(wc_machine_destroy(machine), WC_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minidriver_s_device_is_used),
        cmocka_unit_test(reads_wait_and_come_back),
        cmocka_unit_test(a_framework_driver_is_a_lower_filter),
        cmocka_unit_test(without_its_filter_nobody_answers),
        cmocka_unit_test(a_polled_device_is_asked_at_intervals),
        cmocka_unit_test(a_descriptor_that_cannot_be_read_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
