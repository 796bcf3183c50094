/* test_template.c - the driver, tried with the device that model.c plays. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include "template.h"

#define TEMPLATE_MACHINE                               \
    .driver = WC_DRIVER_TEMPLATE, .model = "template", \
    .resources = "memory=0xfe000000-0xfe00000f,irq=5"

static int32_t double_on(struct wc_file *file, unsigned channel, unsigned number, unsigned *doubled)
{
    TEMPLATE_INPUT input = {channel, number};

    return wc_file_ioctl(file, IOCTL_TEMPLATE_DOUBLE, &input, sizeof(input), doubled,
                         sizeof(*doubled), NULL);
}

static void each_channel_doubles(void **state)
{
    struct wc_file *file;
    unsigned doubled = 0;

    assert_int_equal(wc_file_open("Template", &file), STATUS_SUCCESS);
    for (unsigned i = 0; i < TEMPLATE_CHANNELS; i++) {
        assert_int_equal(double_on(file, i, 21 + i, &doubled), STATUS_SUCCESS);
        assert_int_equal(doubled, 42 + 2 * i);
    }
    wc_file_close(file);
}

static void bad_requests_are_refused(void **state)
{
    struct wc_file *file;
    unsigned doubled;

    assert_int_equal(wc_file_open("Template", &file), STATUS_SUCCESS);
    assert_int_equal(double_on(file, TEMPLATE_CHANNELS, 1, &doubled), STATUS_INVALID_PARAMETER);
    assert_int_equal(wc_file_ioctl(file, IOCTL_TEMPLATE_DOUBLE, NULL, 0, NULL, 0, NULL),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(wc_file_ioctl(file, IOCTL_TEMPLATE_DOUBLE + 4, NULL, 0, NULL, 0, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    wc_file_close(file);
}

struct two {
    KEVENT ended;
    LONG left;
};

static void count_down(void *context, int32_t status, size_t information)
{
    struct two *two = context;

    if (InterlockedDecrement(&two->left) == 0) {
        KeSetEvent(&two->ended, IO_NO_INCREMENT, FALSE);
    }
}

static void requests_of_both_channels_may_be_under_way(void **state)
{
    static TEMPLATE_INPUT input[] = {{0, 100}, {1, 1000}};
    static unsigned doubled[2];
    struct two two = {.left = 2};
    struct wc_file *file;
    struct wc_io *io;

    KeInitializeEvent(&two.ended, NotificationEvent, FALSE);
    assert_int_equal(wc_file_open("Template", &file), STATUS_SUCCESS);
    for (unsigned i = 0; i < 2; i++) {
        wc_file_ioctl_start(file, IOCTL_TEMPLATE_DOUBLE, &input[i], sizeof(input[i]), &doubled[i],
                            sizeof(doubled[i]), count_down, &two, &io);
    }
    KeWaitForSingleObject(&two.ended, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(doubled[0], 200);
    assert_int_equal(doubled[1], 2000);
    wc_file_close(file);
}

static void nothing_breaks_when_a_call_fails(void **state)
{
    static const struct wc_test_options options = {TEMPLATE_MACHINE};

    wc_test_every_failure(each_channel_doubles, &options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_channel_doubles, TEMPLATE_MACHINE),
        wc_unit_test(bad_requests_are_refused, TEMPLATE_MACHINE),
        wc_unit_test(requests_of_both_channels_may_be_under_way, TEMPLATE_MACHINE),
        wc_seed_test(requests_of_both_channels_may_be_under_way, 50, TEMPLATE_MACHINE,
                     .processors = 2),
        cmocka_unit_test(nothing_breaks_when_a_call_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
