/* The samples, with each call that can fail failing once: nothing crashes, leaks or hangs. */
#include <wdfcore/testing.h>

#include <ntddk.h>
#include <ntddser.h>

#include <string.h>

#include "ioctl.h"

static struct wc_file *opened(const char *name)
{
    struct wc_file *file = NULL;

    assert_int_equal(wc_file_open(name, &file), STATUS_SUCCESS);
    return file;
}

static void count_done(void *context, int32_t status, size_t information)
{
    ++*(unsigned *)context;
}

/* A read that waits, cancelled, and one that closing the file ends. */
static void leave_reads_waiting(struct wc_file *file)
{
    static char buffer[2][16]; /* a body that fails is gone before they are */
    static unsigned done;
    struct wc_io *io;

    done = 0;
    assert_int_equal(wc_file_read_start(file, buffer[0], sizeof(buffer[0]), count_done, &done, &io),
                     STATUS_PENDING);
    if (done == 0) {
        wc_io_cancel(io);
    }
    assert_int_equal(wc_file_read_start(file, buffer[1], sizeof(buffer[1]), count_done, &done, &io),
                     STATUS_PENDING);
    wc_file_close(file);
}

static void bytes_go_both_ways(struct wc_file *file)
{
    char text[16] = "";
    size_t size = 0;

    assert_int_equal(wc_file_write(file, "to the line", 11, &size), STATUS_SUCCESS);
    assert_int_equal(size, 11);
    assert_int_equal(wc_device_stream_send(wc_test_device(), "x", 1), 1);
    assert_int_equal(wc_file_read(file, text, 1, &size), STATUS_SUCCESS);
    assert_int_equal(text[0], 'x');
}

/* ---- bodies ---- */

static void the_greeting_is_read(void **state)
{
    struct wc_file *file = opened("Hello");
    char text[32] = "";

    assert_int_equal(wc_file_read(file, text, sizeof(text), NULL), STATUS_SUCCESS);
    assert_string_equal(text, "hello, driver");
    wc_file_close(file);
}

static void the_port_is_used(void **state)
{
    struct wc_file *file = opened("COM1");
    SERIAL_TIMEOUTS timeouts = {0};
    SERIALPERF_STATS counters;
    ULONG mask = SERIAL_EV_RXCHAR;

    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_SET_TIMEOUTS, &timeouts, sizeof(timeouts), NULL, 0, NULL),
        STATUS_SUCCESS);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_SET_WAIT_MASK, &mask, sizeof(mask), NULL, 0, NULL),
        STATUS_SUCCESS);
    bytes_go_both_ways(file);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_WAIT_ON_MASK, NULL, 0, &mask, sizeof(mask), NULL),
        STATUS_SUCCESS);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_GET_STATS, NULL, 0, &counters, sizeof(counters), NULL),
        STATUS_SUCCESS);
    leave_reads_waiting(file);
}

static void the_link_is_used(void **state)
{
    struct wc_file *file = opened("LINK1");
    LINK_COUNTERS counters;

    assert_int_equal(
        wc_file_ioctl(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &counters, sizeof(counters), NULL),
        STATUS_SUCCESS);
    bytes_go_both_ways(file);
    leave_reads_waiting(file);
}

/* ---- sweeps ---- */

static void hello_survives_each_failure(void **state)
{
    static const struct wc_test_options hello = {.driver = WC_DRIVER_HELLO};

    wc_test_every_failure(the_greeting_is_read, &hello);
}

static void uart_survives_each_failure(void **state)
{
    static const struct wc_test_options uart = {.driver = WC_DRIVER_UART,
                                                .model = "uart16550,line=mem",
                                                .resources = "port=0x3f8-0x3ff,irq=4"};

    wc_test_every_failure(the_port_is_used, &uart);
}

static void wdm_survives_each_failure(void **state)
{
    static const struct wc_test_options wdm = {.driver = WC_DRIVER_WDM,
                                               .model = "blocklink,line=mem",
                                               .resources = "memory=0xfe000000-0xfe000fff,irq=5"};

    wc_test_every_failure(the_link_is_used, &wdm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_survives_each_failure),
        cmocka_unit_test(uart_survives_each_failure),
        cmocka_unit_test(wdm_survives_each_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
