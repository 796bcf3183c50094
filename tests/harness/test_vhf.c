/* test_vhf.c - virtual HID devices, as applications and their source see them (drv_vhf). */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>

#include <ntddk.h>

#include <hidclass.h>
#include <vhf.h>
#include <wdfcore/machine.h>
#include <wdfcore/user.h>

#define GUID_TEXT    "{4d1e55b2-f16f-11cf-88cb-001111000030}"
#define VIRTUAL      "\\\\?\\HID#VID_1234&PID_0F0F#0000&0000&0000#" GUID_TEXT
#define IOCTL_SUBMIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_DELETE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_FORGET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_TURNS  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

static struct wc_machine *machine;
static struct wc_device *device;
static struct wc_file *file, *source;

static void run(const char *path, void (*body)(void *), bool remove)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_device_config empty = {0};
    struct wc_driver *driver;

    if (getenv("WC_SCHED") != NULL && strcmp(getenv("WC_SCHED"), "thread") == 0) {
        config.scheduler = WC_SCHED_THREAD;
    }
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, path, &driver), WC_OK);
    assert_int_equal(wc_machine_add_device(machine, driver, &empty, &device), WC_OK);
    assert_int_equal(wc_machine_call(machine, body, NULL), WC_OK);
    if (remove) {
        assert_int_equal(wc_device_remove(device), WC_OK);
    }
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
}

static int32_t submit(UCHAR first)
{
    UCHAR report[4] = {first, 2, 3, 4};
    size_t size;

    return wc_file_ioctl(source, IOCTL_SUBMIT, report, sizeof(report), NULL, 0, &size);
}

static UCHAR next_report(void)
{
    UCHAR report[5] = {9, 9, 9, 9, 9};
    size_t size = 0;

    assert_int_equal(wc_file_read(file, report, sizeof(report), &size), 0);
    assert_int_equal(size, 5);
    assert_int_equal(report[0], 0); /* no report IDs */
    assert_int_equal(report[4], 4);
    return report[1];
}

static LONG turns(void)
{
    LONG count = -1;
    size_t size;

    assert_int_equal(wc_file_ioctl(source, IOCTL_TURNS, NULL, 0, &count, sizeof(count), &size), 0);
    return count;
}

/* ---- in tasks of the machine ---- */

static void reports_go_both_ways(void *context)
{
    UCHAR out[5] = {0, 77, 2, 3, 4}, feature[5] = {0, 5, 6, 7, 8}, got[5] = {0};
    size_t size = 0;

    assert_int_equal(wc_file_open("VhfSource", &source), 0);
    assert_int_equal(submit(1), 0); /* nobody reads: dropped */
    assert_int_equal(wc_file_open(VIRTUAL, &file), 0);
    assert_int_equal(wc_file_write(file, out, sizeof(out), &size), 0);
    assert_int_equal(size, 5);
    assert_int_equal(next_report(), 77);
    for (UCHAR i = 10; i < 20; i++) {
        assert_int_equal(submit(i), 0);
    }
    for (UCHAR i = 10; i < 20; i++) {
        assert_int_equal(next_report(), i);
    }
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_SET_FEATURE, feature, 5, NULL, 0, &size), 0);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_FEATURE, NULL, 0, got, 5, &size), 0);
    assert_int_equal(size, 5);
    assert_memory_equal(got, feature, 5);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_INPUT_REPORT, NULL, 0, got, 5, &size),
                     STATUS_NOT_SUPPORTED); /* it has no callback for that */
    wc_file_close(file);
    wc_file_close(source);
}

static void who_it_is(void *context)
{
    HID_COLLECTION_INFORMATION information;
    size_t size;

    assert_int_equal(wc_file_open(VIRTUAL, &file), 0);
    assert_int_equal(wc_file_ioctl(file, IOCTL_HID_GET_COLLECTION_INFORMATION, NULL, 0,
                                   &information, sizeof(information), &size),
                     0);
    assert_int_equal(information.VendorID, 0x1234);
    assert_int_equal(information.ProductID, 0x0F0F);
    assert_int_equal(information.VersionNumber, 3);
    wc_file_close(file);
}

static void its_source_deletes_it(void *context)
{
    UCHAR report[5];
    size_t size;

    assert_int_equal(wc_file_open("VhfSource", &source), 0);
    assert_int_equal(wc_file_open(VIRTUAL, &file), 0);
    assert_int_equal(submit(1), 0);
    assert_int_equal(wc_file_ioctl(source, IOCTL_DELETE, NULL, 0, NULL, 0, &size), 0);
    assert_int_equal(wc_file_read(file, report, sizeof(report), &size), STATUS_NO_SUCH_DEVICE);
    wc_file_close(file);
    assert_int_equal(wc_file_open(VIRTUAL, &file), STATUS_OBJECT_NAME_NOT_FOUND);
    wc_file_close(source);
}

static void its_source_forgets_it(void *context)
{
    size_t size;

    assert_int_equal(wc_file_open("VhfSource", &source), 0);
    assert_int_equal(wc_file_open(VIRTUAL, &file), 0);
    for (UCHAR i = 0; i < 40; i++) { /* more than are kept */
        assert_int_equal(submit(i), 0);
    }
    assert_int_equal(wc_file_ioctl(source, IOCTL_FORGET, NULL, 0, NULL, 0, &size), 0);
    wc_file_close(file);
    wc_file_close(source);
}

static void turns_are_told(void *context)
{
    LONG before;

    assert_int_equal(wc_file_open("VhfSource", &source), 0);
    assert_int_equal(turns(), 0); /* nobody reads */
    assert_int_equal(wc_file_open(VIRTUAL, &file), 0);
    before = turns();
    assert_int_equal(before, 1);
    assert_int_equal(submit(1), 0);
    assert_int_equal(next_report(), 1);
    assert_int_equal(turns(), before + 1); /* once a report */
    assert_int_equal(submit(2), 0);
    assert_int_equal(next_report(), 2);
    wc_file_close(file);
    wc_file_close(source);
}

static void test_reports_go_both_ways(void **state)
{
    run(WC_DRIVER_DRV_VHF, reports_go_both_ways, false);
    run(WC_DRIVER_DRV_VHF, reports_go_both_ways, true);
}

static void test_who_it_is(void **state)
{
    run(WC_DRIVER_DRV_VHF, who_it_is, true);
}

static void test_its_source_deletes_it(void **state)
{
    run(WC_DRIVER_DRV_VHF, its_source_deletes_it, true);
}

/* It goes with the driver's own device, as a child of it does. */
static void test_its_source_forgets_it(void **state)
{
    run(WC_DRIVER_DRV_VHF, its_source_forgets_it, true);
    run(WC_DRIVER_DRV_VHF, its_source_forgets_it, false);
}

static void test_turns_are_told(void **state)
{
    run(WC_DRIVER_DRV_VHF_OWN, turns_are_told, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_go_both_ways),  cmocka_unit_test(test_who_it_is),
        cmocka_unit_test(test_its_source_deletes_it), cmocka_unit_test(test_its_source_forgets_it),
        cmocka_unit_test(test_turns_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
