/* The wdm sample from end to end: application, driver, block link, and a far end that the test
 * holds. */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <string.h>

#include "ioctl.h"
#include "nt/io/pnp/io_pnp.h"

#define LINE      .resources = "memory=0xfe000000-0xfe000fff,irq=5"
#define LINK(...) .driver = WC_DRIVER_WDM, .model = "blocklink,line=mem" __VA_ARGS__, LINE

#define LARGEST   100000u
#define SEED_SIZE 5000u
#define BLOCK     512u

static uint8_t sent[LARGEST];
static uint8_t got[LARGEST + 1];

static void make_pattern(size_t size, uint32_t salt)
{
    uint32_t x = salt * 2654435761u + 1;

    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        sent[i] = (uint8_t)(x >> 9);
    }
}

static struct wc_file *open_link(void)
{
    struct wc_file *file = NULL;

    assert_int_equal(wc_file_open("LINK1", &file), STATUS_SUCCESS);
    return file;
}

static void far_end_sends(size_t size, uint32_t salt)
{
    make_pattern(size, salt);
    assert_int_equal(wc_device_stream_send(wc_test_device(), sent, size), size);
}

/* Reads of that size until so many bytes have come; they are what the far end sent. */
static void read_all(struct wc_file *file, size_t size, size_t each)
{
    size_t have = 0;

    memset(got, 0, sizeof(got));
    while (have < size) {
        size_t count = 0;

        assert_int_equal(
            wc_file_read(file, got + have, each < size - have ? each : size - have, &count),
            STATUS_SUCCESS);
        assert_in_range(count, 1, size - have);
        have += count;
    }
    assert_memory_equal(got, sent, size);
}

static void write_all(struct wc_file *file, size_t size, uint32_t salt)
{
    size_t count = 0;

    make_pattern(size, salt);
    assert_int_equal(wc_file_write(file, sent, size, &count), STATUS_SUCCESS);
    assert_int_equal(count, size);
    assert_int_equal(wc_device_stream_receive(wc_test_device(), got, sizeof(got)), size);
    assert_memory_equal(got, sent, size);
}

static LINK_COUNTERS counters(struct wc_file *file)
{
    LINK_COUNTERS counters = {0};
    size_t information = 0;

    assert_int_equal(wc_file_ioctl(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &counters,
                                   sizeof(counters), &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, sizeof(counters));
    return counters;
}

static void pass_time(int64_t ns)
{
    KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -ns / 100});
}

/* ---- transfers ---- */

static const size_t sizes[] = {1, 2, 511, 512, 513, 1000, 1024, 1025, 4096, 65535, LARGEST};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void every_size_arrives_in_both_directions(void **state)
{
    struct wc_file *file = open_link();
    uint32_t blocks = 0;

    for (uint32_t i = 0; i < SIZES; i++) {
        write_all(file, sizes[i], i);
        blocks += (uint32_t)((sizes[i] + BLOCK - 1) / BLOCK);
        assert_int_equal(counters(file).BlocksSent, blocks); /* as few as possible */
        far_end_sends(sizes[i], i + 100);
        read_all(file, sizes[i], LARGEST);
        far_end_sends(sizes[i], i + 200);
        read_all(file, sizes[i], 700);
    }
    assert_int_equal(wc_file_write(file, sent, 0, &(size_t){0}), STATUS_SUCCESS);
    assert_int_equal(counters(file).TransfersFailed, 0);
    wc_file_close(file);
}

static void a_large_write_takes_a_dpc_for_each_block(void **state)
{
    struct wc_file *file = open_link();
    struct wc_statistics before, after;

    wc_machine_statistics(wc_test_the_machine(), &before);
    write_all(file, 100 * BLOCK, 1);
    wc_machine_statistics(wc_test_the_machine(), &after);
    assert_int_equal(after.interrupts - before.interrupts, 100);
    assert_int_equal(after.dpc_runs - before.dpc_runs, 100);
    wc_file_close(file);
}

/* ---- failures ---- */

static void failed_blocks_are_tried_again(void **state)
{
    struct wc_file *file = open_link();

    for (uint32_t i = 0; i < SIZES; i++) {
        write_all(file, sizes[i], i);
        far_end_sends(sizes[i], i + 100);
        read_all(file, sizes[i], 5000);
    }
    assert_in_range(counters(file).TransfersFailed, 100, UINT32_MAX);
    wc_file_close(file);
}

static void a_block_that_always_fails_ends_its_request(void **state)
{
    struct wc_file *file = open_link();
    uint64_t before = wc_machine_now_ns(wc_test_the_machine());
    size_t count = 1;

    assert_int_equal(wc_file_write(file, sent, 1000, &count), STATUS_IO_DEVICE_ERROR);
    assert_int_equal(count, 0);
    assert_int_equal(counters(file).TransfersFailed, 6); /* and five times again */
    /* After 1, 2, 4, 8 and 16 ms. */
    assert_in_range(wc_machine_now_ns(wc_test_the_machine()) - before, 31000000, 36000000);
    wc_file_close(file);
}

static void damaged_bytes_are_not_delivered(void **state)
{
    struct wc_file *file = open_link();
    size_t count = 1;

    far_end_sends(300, 1);
    read_all(file, 300, 300);
    far_end_sends(300, 2); /* the second block: one bit of it is wrong */
    assert_int_equal(wc_file_read(file, got, 300, &count), STATUS_CRC_ERROR);
    assert_int_equal(count, 0);
    far_end_sends(300, 3);
    read_all(file, 300, 300);
    wc_file_close(file);
}

/* ---- cancellation ---- */

struct operation {
    struct wc_io *io;
    unsigned calls;
    int32_t status;
    uint64_t information;
};

static void note_done(void *context, int32_t status, uint64_t information)
{
    struct operation *operation = context;

    operation->calls++;
    operation->status = status;
    operation->information = information;
}

static void assert_ended(const struct operation *operation, int32_t status, uint64_t information)
{
    assert_int_equal(operation->calls, 1);
    assert_int_equal(operation->status, status);
    assert_int_equal(operation->information, information);
}

static void cancelled_reads_end_once_and_lose_nothing(void **state)
{
    struct wc_file *file = open_link();
    struct operation reads[3] = {0};
    uint8_t data[3][100];

    for (int i = 0; i < 3; i++) {
        wc_file_read_start(file, data[i], 100, note_done, &reads[i], &reads[i].io);
    }
    wc_io_cancel(reads[1].io); /* waits in the queue */
    assert_ended(&reads[1], STATUS_CANCELLED, 0);
    wc_io_cancel(reads[0].io); /* the device waits for its bytes */
    pass_time(1000000);
    assert_ended(&reads[0], STATUS_CANCELLED, 0);
    assert_int_equal(reads[2].calls, 0);
    far_end_sends(100, 7);
    pass_time(1000000);
    assert_ended(&reads[2], STATUS_SUCCESS, 100);
    assert_memory_equal(data[2], sent, 100);
    wc_file_close(file);
}

static void a_request_that_waits_for_its_retry_is_cancelled_at_once(void **state)
{
    struct wc_file *file = open_link();
    struct operation write = {0};
    uint64_t before;

    wc_file_write_start(file, sent, 1000, note_done, &write, &write.io);
    pass_time(9000000); /* it has failed four times, and waits for 8 ms */
    assert_int_equal(write.calls, 0);
    before = wc_machine_now_ns(wc_test_the_machine());
    wc_io_cancel(write.io);
    assert_ended(&write, STATUS_CANCELLED, 0);
    assert_in_range(wc_machine_now_ns(wc_test_the_machine()) - before, 0, 100000);
    wc_file_close(file);
}

static void a_write_in_the_middle_ends_with_what_was_sent(void **state)
{
    struct wc_file *file = open_link();
    struct operation write = {0};

    make_pattern(LARGEST, 3);
    wc_file_write_start(file, sent, LARGEST, note_done, &write, &write.io);
    pass_time(10500000); /* ten blocks of a millisecond, and a half */
    assert_int_equal(write.calls, 0);
    wc_io_cancel(write.io);
    pass_time(1000000);
    assert_ended(&write, STATUS_SUCCESS, 10 * BLOCK);
    assert_int_equal(wc_device_stream_receive(wc_test_device(), got, sizeof(got)), 10 * BLOCK);
    assert_memory_equal(got, sent, 10 * BLOCK);
    wc_file_close(file);
}

static void closing_a_file_ends_what_it_asked_for(void **state)
{
    struct wc_file *file = open_link();
    struct wc_file *other = open_link();
    struct operation reads[3] = {0};
    uint8_t data[3][100];

    wc_file_read_start(file, data[0], 100, note_done, &reads[0], &reads[0].io);
    wc_file_read_start(other, data[1], 100, note_done, &reads[1], &reads[1].io);
    wc_file_read_start(file, data[2], 100, note_done, &reads[2], &reads[2].io);
    wc_file_close(file);
    pass_time(1000000);
    assert_ended(&reads[0], STATUS_CANCELLED, 0);
    assert_ended(&reads[2], STATUS_CANCELLED, 0);
    assert_int_equal(reads[1].calls, 0);
    far_end_sends(50, 4);
    pass_time(1000000);
    assert_ended(&reads[1], STATUS_SUCCESS, 50);
    wc_file_close(other);
}

/* ---- control codes ---- */

static void control_codes_are_answered_one_after_the_other(void **state)
{
    struct wc_file *file = open_link();
    struct operation asks[4] = {0};
    LINK_COUNTERS answers[4] = {0};
    size_t information;

    for (int i = 0; i < 4; i++) {
        wc_file_ioctl_start(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &answers[i], sizeof(answers[i]),
                            note_done, &asks[i], &asks[i].io);
    }
    wc_io_cancel(asks[2].io); /* waits for its StartIo */
    assert_ended(&asks[2], STATUS_CANCELLED, 0);
    pass_time(4000000); /* three questions of a millisecond for each */
    assert_ended(&asks[0], STATUS_SUCCESS, sizeof(LINK_COUNTERS));
    assert_int_equal(asks[1].calls, 0);
    pass_time(6000000);
    assert_ended(&asks[1], STATUS_SUCCESS, sizeof(LINK_COUNTERS));
    assert_ended(&asks[3], STATUS_SUCCESS, sizeof(LINK_COUNTERS));
    assert_int_equal(
        wc_file_ioctl(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &answers[0], 4, &information),
        STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(wc_file_ioctl(file, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, 0, 0), NULL, 0, NULL,
                                   0, &information),
                     STATUS_INVALID_DEVICE_REQUEST);
    wc_file_close(file);
}

/* ---- the device comes and goes ---- */

/* Ours, without a file that would stay open. */
static PDEVICE_OBJECT link_device(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\BlockLink1");
    PFILE_OBJECT file = NULL;
    PDEVICE_OBJECT device = NULL;

    assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES, &file, &device),
                     STATUS_SUCCESS);
    ObDereferenceObject(file);
    return device;
}

static void requests_outlive_a_stop(void **state)
{
    struct wc_file *file = open_link();
    PDEVICE_OBJECT device = link_device();
    struct operation write = {0}, read = {0}, ask = {0};
    static uint8_t data[BLOCK];
    LINK_COUNTERS answer;
    CM_RESOURCE_LIST *assigned;
    size_t size = sizeof(*assigned) + sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);

    make_pattern(20 * BLOCK, 5);
    wc_file_write_start(file, sent, 20 * BLOCK, note_done, &write, &write.io);
    wc_file_read_start(file, data, sizeof(data), note_done, &read, &read.io);
    wc_file_ioctl_start(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &answer, sizeof(answer), note_done,
                        &ask, &ask.io);
    pass_time(500000);
    assigned = ExAllocatePool2(POOL_FLAG_PAGED, size, 'tset');
    memcpy(assigned, io_pnp_assigned(device), size);
    assert_int_equal(assigned->List[0].PartialResourceList.Count, 2);
    assert_int_equal(io_pnp_send(device, IRP_MN_QUERY_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    assert_int_equal(io_pnp_send(device, IRP_MN_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    pass_time(50000000);
    assert_int_equal(write.calls + read.calls + ask.calls, 0);
    assert_int_equal(io_pnp_start(device, assigned, assigned), STATUS_SUCCESS);
    ExFreePoolWithTag(assigned, 'tset');
    pass_time(50000000);
    assert_ended(&write, STATUS_SUCCESS, 20 * BLOCK);
    assert_ended(&ask, STATUS_SUCCESS, sizeof(answer));
    assert_int_equal(wc_device_stream_receive(wc_test_device(), got, sizeof(got)), 20 * BLOCK);
    assert_memory_equal(got, sent, 20 * BLOCK);
    far_end_sends(BLOCK, 6);
    pass_time(5000000);
    assert_ended(&read, STATUS_SUCCESS, BLOCK);
    assert_memory_equal(data, sent, BLOCK);
    wc_file_close(file);
}

static void power_requests_go_down_the_stack(void **state)
{
    PDEVICE_OBJECT device = link_device();
    POWER_STATE power = {.DeviceState = PowerDeviceD3};

    assert_int_equal(
        io_power_send(device, IRP_MN_SET_POWER, DevicePowerState, power, PowerActionNone),
        STATUS_SUCCESS);
    power.DeviceState = PowerDeviceD0;
    assert_int_equal(
        io_power_send(device, IRP_MN_SET_POWER, DevicePowerState, power, PowerActionNone),
        STATUS_SUCCESS);
    assert_int_equal(io_pnp_send(device, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    assert_int_equal(io_pnp_send(device, IRP_MN_CANCEL_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
}

#define UNDER_WAY 8

static struct {
    struct wc_file *file;
    struct operation operations[UNDER_WAY];
    uint8_t data[UNDER_WAY][3 * BLOCK];
    LINK_COUNTERS answer[UNDER_WAY];
} removal;

/* Of each kind: one that the device works on, and others that wait. */
static void removal_body(void *argument)
{
    memset(&removal, 0, sizeof(removal));
    removal.file = open_link();
    for (int i = 0; i < UNDER_WAY; i++) {
        struct operation *operation = &removal.operations[i];

        if (i % 4 == 0) {
            wc_file_ioctl_start(removal.file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &removal.answer[i],
                                sizeof(removal.answer[i]), note_done, operation, &operation->io);
        } else if (i % 4 == 1) {
            wc_file_read_start(removal.file, removal.data[i], sizeof(removal.data[i]), note_done,
                               operation, &operation->io);
        } else {
            wc_file_write_start(removal.file, removal.data[i], sizeof(removal.data[i]), note_done,
                                operation, &operation->io);
        }
    }
    pass_time(*(int64_t *)argument);
}

static void removal_close(void *argument)
{
    wc_file_close(removal.file);
}

static unsigned count_ended(void)
{
    unsigned ended = 0;

    for (int i = 0; i < UNDER_WAY; i++) {
        assert_in_range(removal.operations[i].calls, 0, 1);
        ended += removal.operations[i].calls;
    }
    return ended;
}

/* At several moments: in the middle of a block, between blocks, while a retry waits. */
static void check_removal(enum wc_result (*remove)(struct wc_device *device), int32_t status)
{
    for (int64_t when = 0; when < 12000000; when += 730000) {
        wc_test_machine(LINK(",block=1000000,errors=3"), .processors = 2);
        wc_test_call(removal_body, &when);
        assert_in_range(count_ended(), 0, UNDER_WAY - 1); /* a read has nothing to read */
        assert_int_equal(remove(wc_test_device()), WC_OK);
        assert_int_equal(count_ended(), UNDER_WAY);
        assert_int_equal(removal.operations[1].status, status);
        assert_int_equal(removal.operations[5].status, status);
        wc_test_call(removal_close, NULL);
        assert_int_equal(wc_test_end(NULL), 0);
    }
}

static void removal_ends_every_request_once(void **state)
{
    check_removal(wc_device_remove, STATUS_CANCELLED); /* files are closed first */
}

static void surprise_removal_ends_every_request_once(void **state)
{
    check_removal(wc_device_surprise_remove, STATUS_DEVICE_REMOVED);
}

/* ---- schedules ---- */

static bool ends_as_asked(const struct operation *operation, uint64_t size)
{
    return operation->calls == 1 &&
           ((operation->status == STATUS_SUCCESS && operation->information <= size) ||
            (operation->status == STATUS_CANCELLED && operation->information == 0));
}

/* Both directions at once, while blocks fail and one write is cancelled at some moment. */
static void seeded_body(void **state)
{
    struct wc_file *file = open_link();
    static struct operation writes[3], asks;
    static LINK_COUNTERS answer;
    size_t received;

    memset(writes, 0, sizeof(writes));
    memset(&asks, 0, sizeof(asks));
    far_end_sends(SEED_SIZE, 8); /* the same pattern is written back */
    for (int i = 0; i < 3; i++) {
        wc_file_write_start(file, sent, SEED_SIZE, note_done, &writes[i], &writes[i].io);
    }
    wc_file_ioctl_start(file, IOCTL_LINK_GET_COUNTERS, NULL, 0, &answer, sizeof(answer), note_done,
                        &asks, &asks.io);
    read_all(file, SEED_SIZE / 2, 700);
    wc_io_cancel(writes[1].io);
    memmove(sent, sent + SEED_SIZE / 2, SEED_SIZE / 2);
    read_all(file, SEED_SIZE / 2, 1500);
    for (int i = 0; i < 200 && (writes[0].calls == 0 || writes[2].calls == 0 || asks.calls == 0);
         i++) {
        pass_time(1000000);
    }
    assert_ended(&writes[0], STATUS_SUCCESS, SEED_SIZE);
    assert_true(ends_as_asked(&writes[1], SEED_SIZE));
    assert_ended(&writes[2], STATUS_SUCCESS, SEED_SIZE);
    assert_ended(&asks, STATUS_SUCCESS, sizeof(answer));
    received = wc_device_stream_receive(wc_test_device(), got, sizeof(got));
    assert_int_equal(received, 2 * SEED_SIZE + writes[1].information);
    wc_file_close(file);
}

static void a_hundred_seeds_move_the_same_bytes(void **state)
{
    static const struct wc_test_options options = {LINK(",errors=5"), .processors = 2};

    wc_test_seeds(seeded_body, 100, &options);
    print_message("%u different sequences of events\n", wc_test_sequences());
    assert_true(wc_test_sequences() >= 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(every_size_arrives_in_both_directions, LINK(), .processors = 2),
        wc_unit_test(a_large_write_takes_a_dpc_for_each_block, LINK()),
        wc_unit_test(failed_blocks_are_tried_again, LINK(",errors=4"), .processors = 2),
        wc_unit_test(a_block_that_always_fails_ends_its_request, LINK(",errors=1")),
        wc_unit_test(damaged_bytes_are_not_delivered, LINK(",noise=2")),
        wc_unit_test(cancelled_reads_end_once_and_lose_nothing, LINK()),
        wc_unit_test(a_request_that_waits_for_its_retry_is_cancelled_at_once, LINK(",errors=1")),
        wc_unit_test(a_write_in_the_middle_ends_with_what_was_sent, LINK(",block=1000000")),
        wc_unit_test(closing_a_file_ends_what_it_asked_for, LINK()),
        wc_unit_test(control_codes_are_answered_one_after_the_other, LINK(",block=1000000")),
        wc_unit_test(requests_outlive_a_stop, LINK(",block=1000000"), .processors = 2),
        wc_unit_test(power_requests_go_down_the_stack, LINK()),
        cmocka_unit_test_teardown(removal_ends_every_request_once, wc_test_end),
        cmocka_unit_test_teardown(surprise_removal_ends_every_request_once, wc_test_end),
        cmocka_unit_test(a_hundred_seeds_move_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
