/* The uart sample from end to end: application, driver, chip, and a far end that the test holds. */
#include <wdfcore/testing.h>

#include <ntddk.h>
#include <ntddser.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "less.h"
#include "uart_echo.h"

#define MIB       TEST_LESS(1u << 20)
#define MODEL     .model = "uart16550,line=mem", .resources = "port=0x3f8-0x3ff,irq=4"
#define UART      .driver = WC_DRIVER_UART, MODEL
#define UNLOCKED  .driver = WC_DRIVER_UART_UNLOCKED, MODEL
#define SEED_SIZE 3000u /* bytes of a run with a seed */

static struct wc_file *open_port(void)
{
    struct wc_file *file = NULL;

    assert_int_equal(wc_file_open("COM1", &file), STATUS_SUCCESS);
    return file;
}

static void control(struct wc_file *file, uint32_t code, const void *input, size_t input_size)
{
    size_t information;

    assert_int_equal(wc_file_ioctl(file, code, input, input_size, NULL, 0, &information),
                     STATUS_SUCCESS);
}

static void query(struct wc_file *file, uint32_t code, void *output, size_t output_size)
{
    size_t information = 0;

    assert_int_equal(wc_file_ioctl(file, code, NULL, 0, output, output_size, &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, output_size);
}

/* ---- an echo that the body waits for ---- */

static struct {
    struct uart_echo echo;
    _Atomic size_t wanted; /* set before the body looks at the counts */
    KEVENT event;
} app;

static void app_progress(struct uart_echo *echo)
{
    struct uart_echo_counts counts = uart_echo_counts(echo);

    if (counts.echoed >= app.wanted || counts.started == counts.completed) {
        KeSetEvent(&app.event, 0, FALSE);
    }
}

static void app_start(struct wc_file *file, size_t read_size)
{
    memset(&app.echo, 0, sizeof(app.echo));
    KeInitializeEvent(&app.event, SynchronizationEvent, FALSE);
    app.echo.progress = app_progress;
    uart_echo_start(&app.echo, file, read_size);
}

static void app_wait(size_t bytes)
{
    app.wanted = bytes;
    while (uart_echo_counts(&app.echo).echoed < bytes) {
        KeWaitForSingleObject(&app.event, Executive, KernelMode, FALSE, NULL);
    }
}

static bool all_completed(void)
{
    struct uart_echo_counts counts = uart_echo_counts(&app.echo);

    return counts.started == counts.completed;
}

static void app_stop(void)
{
    app.wanted = SIZE_MAX;
    uart_echo_stop(&app.echo);
    while (!all_completed()) {
        KeWaitForSingleObject(&app.event, Executive, KernelMode, FALSE, NULL);
    }
}

/* Sends size bytes and compares what comes back. */
static void round_trip(struct wc_file *file, size_t size, uint32_t salt)
{
    struct wc_device *device = wc_test_device();
    static uint8_t sent[MIB]; /* not allocated: a sweep abandons bodies */
    static uint8_t got[MIB + 1];

    uart_pattern(sent, size, salt);
    assert_int_equal(wc_device_stream_send(device, sent, size), size);
    app_start(file, 1000);
    app_wait(size);
    app_stop();
    assert_int_equal(wc_device_stream_receive(device, got, size + 1), size);
    assert_memory_equal(sent, got, size);
}

/* ---- 1 MiB at each trigger level ---- */

static void transfer_with_trigger(unsigned bits, unsigned level)
{
    struct wc_file *file = open_port();
    ULONG fcr = bits << 6 | 1;
    struct wc_statistics statistics;

    control(file, IOCTL_SERIAL_SET_FIFO_CONTROL, &fcr, sizeof(fcr));
    round_trip(file, MIB, level);
    wc_machine_statistics(wc_test_the_machine(), &statistics);
    assert_true(statistics.bytes_read >= MIB);
    assert_int_equal(statistics.bytes_written, MIB);
    wc_file_close(file);
}

static void a_mebibyte_with_trigger_1(void **state)
{
    transfer_with_trigger(0, 1);
}

static void a_mebibyte_with_trigger_4(void **state)
{
    transfer_with_trigger(1, 4);
}

static void a_mebibyte_with_trigger_8(void **state)
{
    transfer_with_trigger(2, 8);
}

static void a_mebibyte_with_trigger_14(void **state)
{
    transfer_with_trigger(3, 14);
}

/* The far end sends a few bytes and waits: the trigger level decides who tells, the FIFO or time. */
static void fewer_bytes_than_the_trigger_arrive_after_a_tick(void **state)
{
    struct wc_file *file = open_port();
    uint64_t before = wc_machine_now_ns(wc_test_the_machine());
    char data[64];
    size_t count = 0;

    wc_device_stream_send(wc_test_device(), "abc", 3);
    assert_int_equal(wc_file_read(file, data, sizeof(data), &count), STATUS_SUCCESS);
    assert_int_equal(count, 3);
    assert_memory_equal(data, "abc", 3);
    /* A tick until the chip tells, the interval of a millisecond until the read ends. */
    assert_in_range(wc_machine_now_ns(wc_test_the_machine()) - before, 1000000, 3100000);
    wc_file_close(file);
}

/* ---- settings and counters ---- */

static void settings_are_kept_and_bad_ones_refused(void **state)
{
    struct wc_file *file = open_port();
    SERIAL_BAUD_RATE baud = {115200};
    SERIAL_LINE_CONTROL line = {STOP_BITS_2, EVEN_PARITY, 7};
    SERIAL_TIMEOUTS timeouts = {.ReadTotalTimeoutConstant = 1};
    size_t information;

    control(file, IOCTL_SERIAL_SET_BAUD_RATE, &baud, sizeof(baud));
    control(file, IOCTL_SERIAL_SET_LINE_CONTROL, &line, sizeof(line));
    baud.BaudRate = 0;
    query(file, IOCTL_SERIAL_GET_BAUD_RATE, &baud, sizeof(baud));
    assert_int_equal(baud.BaudRate, 115200);
    memset(&line, 0, sizeof(line));
    query(file, IOCTL_SERIAL_GET_LINE_CONTROL, &line, sizeof(line));
    assert_int_equal(line.WordLength, 7);
    assert_int_equal(line.Parity, EVEN_PARITY);
    assert_int_equal(line.StopBits, STOP_BITS_2);

    baud.BaudRate = 0;
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_SET_BAUD_RATE, &baud, sizeof(baud), NULL, 0, &information),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_SERIAL_SET_BAUD_RATE, &baud, 1, NULL, 0, &information),
        STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(wc_file_ioctl(file, IOCTL_SERIAL_SET_TIMEOUTS, &timeouts, sizeof(timeouts),
                                   NULL, 0, &information),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(wc_file_ioctl(file, IOCTL_SERIAL_SET_XON, NULL, 0, NULL, 0, &information),
                     STATUS_INVALID_DEVICE_REQUEST);
    wc_file_close(file);
}

static void counters_count(void **state)
{
    struct wc_file *file = open_port();
    SERIALPERF_STATS stats;

    round_trip(file, 5000, 3);
    query(file, IOCTL_SERIAL_GET_STATS, &stats, sizeof(stats));
    assert_int_equal(stats.ReceivedCount, 5000);
    assert_int_equal(stats.TransmittedCount, 5000);
    assert_int_equal(stats.SerialOverrunErrorCount, 0);
    control(file, IOCTL_SERIAL_CLEAR_STATS, NULL, 0);
    query(file, IOCTL_SERIAL_GET_STATS, &stats, sizeof(stats));
    assert_int_equal(stats.ReceivedCount, 0);
    wc_file_close(file);
}

/* ---- who is slower than whom ---- */

static void a_reader_that_sleeps_loses_nothing(void **state)
{
    struct wc_file *file = open_port();
    struct wc_device *device = wc_test_device();
    const size_t size = 300000; /* more than ring, FIFO and stream hold */
    uint8_t *sent = malloc(size);
    uint8_t *got = malloc(size);
    LARGE_INTEGER pause = {.QuadPart = -20000};
    size_t have = 0;

    uart_pattern(sent, size, 8);
    assert_int_equal(wc_device_stream_send(device, sent, size), size);
    while (have < size) {
        size_t count = 0;

        KeDelayExecutionThread(KernelMode, FALSE, &pause); /* the ring is full by now */
        assert_int_equal(
            wc_file_read(file, got + have, size - have < 7001 ? size - have : 7001, &count),
            STATUS_SUCCESS);
        assert_true(count > 0);
        have += count;
    }
    assert_memory_equal(sent, got, size);
    free(sent);
    free(got);
    wc_file_close(file);
}

static void a_far_end_that_refuses_holds_the_writer(void **state)
{
    struct wc_file *file = open_port();
    struct wc_device *device = wc_test_device();
    const size_t size = 200000;
    uint8_t *sent = malloc(size);
    uint8_t *got = malloc(size);
    size_t written = 0;

    uart_pattern(sent, size, 9);
    wc_device_stream_refuse(device, true);
    app_start(file, 1000); /* nothing to read: it only shows that both directions are apart */
    wc_device_stream_refuse(device, false);
    assert_int_equal(wc_file_write(file, sent, size, &written), STATUS_SUCCESS);
    assert_int_equal(written, size);
    app_stop();
    assert_int_equal(wc_device_stream_receive(device, got, size), size);
    assert_memory_equal(sent, got, size);
    free(sent);
    free(got);
    wc_file_close(file);
}

/* ---- cancellation ---- */

static struct {
    unsigned calls;
    int32_t status;
    uint64_t information;
} done;

static void note_done(void *context, int32_t status, uint64_t information)
{
    (void)context;
    done.calls++;
    done.status = status;
    done.information = information;
}

static void a_cancelled_read_ends_once(void **state)
{
    struct wc_file *file = open_port();
    struct wc_io *io = NULL;
    char data[8];
    size_t count;

    memset(&done, 0, sizeof(done));
    wc_file_read_start(file, data, sizeof(data), note_done, NULL, &io);
    assert_int_equal(done.calls, 0);
    wc_io_cancel(io);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_CANCELLED);
    wc_device_stream_send(wc_test_device(), "later", 5);
    assert_int_equal(wc_file_read(file, data, 5, &count), STATUS_SUCCESS);
    assert_int_equal(count, 5);
    assert_memory_equal(data, "later", 5);
    assert_int_equal(done.calls, 1);
    wc_file_close(file);
}

static void a_write_that_cannot_leave_is_cancelled(void **state)
{
    struct wc_file *file = open_port();
    struct wc_io *io = NULL;
    static uint8_t data[100000];

    memset(&done, 0, sizeof(done));
    wc_device_stream_refuse(wc_test_device(), true);
    wc_file_write_start(file, data, sizeof(data), note_done, NULL, &io);
    assert_int_equal(done.calls, 0);
    wc_io_cancel(io);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_CANCELLED);
    wc_file_close(file);
}

static void closing_the_file_cancels_what_waits(void **state)
{
    struct wc_file *file = open_port();
    struct wc_io *io = NULL;
    char data[8];

    memset(&done, 0, sizeof(done));
    wc_file_read_start(file, data, sizeof(data), note_done, NULL, &io);
    wc_file_close(file);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_CANCELLED);
}

/* ---- the peer comes and goes ---- */

static void a_peer_that_comes_back_is_served(void **state)
{
    struct wc_file *file = open_port();
    struct wc_device *device = wc_test_device();
    ULONG mask = SERIAL_EV_RLSD | SERIAL_EV_DSR;
    ULONG events = 0;
    struct wc_io *io = NULL;

    round_trip(file, 10000, 1);
    control(file, IOCTL_SERIAL_SET_WAIT_MASK, &mask, sizeof(mask));
    memset(&done, 0, sizeof(done));
    wc_file_ioctl_start(file, IOCTL_SERIAL_WAIT_ON_MASK, NULL, 0, &events, sizeof(events),
                        note_done, NULL, &io);
    assert_int_equal(done.calls, 0);
    wc_device_stream_hangup(device);
    KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -10000});
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, STATUS_SUCCESS);
    assert_int_equal(events, mask);
    query(file, IOCTL_SERIAL_GET_MODEMSTATUS, &events, sizeof(events));
    assert_int_equal(events & 0xf0, 0);
    wc_device_stream_connect(device);
    round_trip(file, 10000, 2);
    wc_file_close(file);
}

static void bytes_of_a_peer_that_left_are_delivered(void **state)
{
    struct wc_file *file = open_port();
    struct wc_device *device = wc_test_device();
    static uint8_t sent[100000];
    static uint8_t got[sizeof(sent)];
    size_t have = 0;

    uart_pattern(sent, sizeof(sent), 4);
    assert_int_equal(wc_device_stream_send(device, sent, sizeof(sent)), sizeof(sent));
    wc_device_stream_hangup(device);
    assert_false(wc_device_stream_closed(device));
    while (have < sizeof(sent)) {
        size_t count = 0;

        assert_int_equal(wc_file_read(file, got + have, sizeof(sent) - have, &count),
                         STATUS_SUCCESS);
        have += count;
    }
    assert_memory_equal(sent, got, sizeof(sent));
    assert_true(wc_device_stream_closed(device));
    wc_file_close(file);
}

/* ---- the device goes in the middle ---- */

static struct wc_file *removal_file;
static uint8_t removal_data[50000];

static void removal_body(void *argument)
{
    (void)argument;
    removal_file = open_port();
    wc_device_stream_send(wc_test_device(), removal_data, sizeof(removal_data));
    memset(&app.echo, 0, sizeof(app.echo));
    uart_echo_start(&app.echo, removal_file, 700);
}

static void removal_close(void *argument)
{
    (void)argument;
    wc_file_close(removal_file);
}

static bool removal_half_done(void *argument)
{
    (void)argument;
    if (uart_echo_counts(&app.echo).echoed < 20000) {
        wc_machine_recheck(wc_test_the_machine());
        return false;
    }
    return true;
}

static void check_removal(enum wc_result (*remove)(struct wc_device *device))
{
    static uint8_t got[sizeof(removal_data)];
    size_t count;

    uart_pattern(removal_data, sizeof(removal_data), 5);
    wc_test_machine(UART, .processors = 2);
    wc_test_call(removal_body, NULL);
    assert_int_equal(wc_machine_run(wc_test_the_machine(), removal_half_done, NULL), WC_OK);
    assert_false(all_completed());
    count = wc_device_stream_receive(wc_test_device(), got, sizeof(got));
    assert_memory_equal(got, removal_data, count); /* what came back is right as far as it goes */
    assert_int_equal(remove(wc_test_device()), WC_OK);
    assert_true(all_completed());
    assert_true(uart_echo_counts(&app.echo).failed >= 1);
    wc_test_call(removal_close, NULL);
}

static void removal_completes_every_request_once(void **state)
{
    check_removal(wc_device_remove);
}

static void surprise_removal_completes_every_request_once(void **state)
{
    check_removal(wc_device_surprise_remove);
}

/* ---- schedules ---- */

static void seeded_body(void **state)
{
    struct wc_file *file = open_port();

    round_trip(file, SEED_SIZE, 6);
    wc_file_close(file);
}

/* A seed is a schedule of fibers: it has run there. */
static void skip_with_threads(void)
{
    const char *scheduler = getenv("WC_SCHED");

    if (scheduler != NULL && strcmp(scheduler, "thread") == 0) {
        skip();
    }
}

static void a_hundred_seeds_give_the_same_bytes(void **state)
{
    static const struct wc_test_options options = {UART, .processors = 2};

    skip_with_threads();
    wc_test_seeds(seeded_body, 100, &options);
    print_message("%u different sequences of events\n", wc_test_sequences());
    assert_true(wc_test_sequences() >= 90);
}

/* One run with this seed; 0: it passed. */
static uint64_t run_seed(uint64_t seed, const struct wc_test_options *options)
{
    char text[24];
    uint64_t found;

    snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
    setenv("WC_SEED", text, 1);
    found = wc_test_find_seed(seeded_body, 1, options);
    unsetenv("WC_SEED");
    return found;
}

static void a_seed_gives_the_same_sequence_again(void **state)
{
    static const struct wc_test_options options = {UART, .processors = 2};
    uint64_t first;

    skip_with_threads();
    assert_int_equal(run_seed(17, &options), 0);
    first = wc_test_fingerprint();
    assert_int_equal(run_seed(18, &options), 0);
    assert_int_not_equal(first, wc_test_fingerprint());
    assert_int_equal(run_seed(17, &options), 0);
    assert_int_equal(first, wc_test_fingerprint());
}

static void the_twin_without_lock_is_found_and_replayed(void **state)
{
    static const struct wc_test_options options = {UNLOCKED, .processors = 2};
    uint64_t seed;
    uint64_t fingerprint;

    skip_with_threads();
    seed = wc_test_find_seed(seeded_body, 1000, &options);
    fingerprint = wc_test_fingerprint();
    print_message("found with seed %llu\n", (unsigned long long)seed);
    assert_in_range(seed, 1, 1000);
    assert_int_equal(run_seed(seed, &options), seed);
    assert_int_equal(wc_test_fingerprint(), fingerprint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_mebibyte_with_trigger_1, UART, .processors = 2),
        wc_unit_test(a_mebibyte_with_trigger_4, UART, .processors = 2),
        wc_unit_test(a_mebibyte_with_trigger_8, UART, .processors = 2),
        wc_unit_test(a_mebibyte_with_trigger_14, UART, .processors = 2),
        wc_unit_test(fewer_bytes_than_the_trigger_arrive_after_a_tick, UART),
        wc_unit_test(settings_are_kept_and_bad_ones_refused, UART),
        wc_unit_test(counters_count, UART),
        wc_unit_test(a_reader_that_sleeps_loses_nothing, UART),
        wc_unit_test(a_far_end_that_refuses_holds_the_writer, UART, .processors = 2),
        wc_unit_test(a_cancelled_read_ends_once, UART),
        wc_unit_test(a_write_that_cannot_leave_is_cancelled, UART),
        wc_unit_test(closing_the_file_cancels_what_waits, UART),
        wc_unit_test(a_peer_that_comes_back_is_served, UART),
        wc_unit_test(bytes_of_a_peer_that_left_are_delivered, UART),
        cmocka_unit_test_teardown(removal_completes_every_request_once, wc_test_end),
        cmocka_unit_test_teardown(surprise_removal_completes_every_request_once, wc_test_end),
        cmocka_unit_test(a_hundred_seeds_give_the_same_bytes),
        cmocka_unit_test(a_seed_gives_the_same_sequence_again),
        cmocka_unit_test(the_twin_without_lock_is_found_and_replayed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
