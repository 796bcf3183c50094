/* test_user_io.c - the application's side, against a device of the test. */
#include "nt/nt_driver.h"

#include <string.h>

#include "harness/user_io.h"
#include "nt/io/file/io_file.h"
#include "nt/io/irp/io_irp.h"

#define CODE(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, method, FILE_ANY_ACCESS)

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    struct wc_file *file;
    PIRP held[8];
    KSPIN_LOCK lock; /* held[0] is an IRP that nobody has completed */
    int holds;
    char log[256]; /* major functions that came */
    PVOID system_buffer, user_buffer, type3;
    PMDL mdl;
    KIRQL irql;
    PKTHREAD thread;
    KPROCESSOR_MODE mode;
    NTSTATUS status; /* what is completed with */
    ULONG_PTR information;
    int done;
    int32_t done_status;
    uint64_t done_information;
} t;

static unsigned races, races_cancelled; /* over all seeds */

static NTSTATUS answer(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    UCHAR *data = irp->AssociatedIrp.SystemBuffer;

    (void)device;
    strcat(t.log, location->MajorFunction == IRP_MJ_CREATE    ? "create "
                  : location->MajorFunction == IRP_MJ_CLEANUP ? "cleanup "
                  : location->MajorFunction == IRP_MJ_CLOSE   ? "close "
                                                              : "");
    if (location->MajorFunction != IRP_MJ_READ && location->MajorFunction != IRP_MJ_WRITE &&
        location->MajorFunction != IRP_MJ_DEVICE_CONTROL) {
        return nt_complete(irp, STATUS_SUCCESS, 0);
    }
    t.system_buffer = data;
    t.user_buffer = irp->UserBuffer;
    t.mdl = irp->MdlAddress;
    t.type3 = location->Parameters.DeviceIoControl.Type3InputBuffer;
    t.irql = KeGetCurrentIrql();
    t.thread = KeGetCurrentThread();
    t.mode = irp->RequestorMode;
    if (t.mdl != NULL) {
        data = MmGetSystemAddressForMdlSafe(t.mdl, NormalPagePriority);
    }
    for (ULONG_PTR i = 0; data != NULL && i < t.information; i++) {
        data[i]++; /* each answer byte is one more than what was there */
    }
    return nt_complete(irp, t.status, t.information);
}

static VOID cancel_held(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL old;

    (void)device;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&t.lock, &old);
    t.held[0] = t.held[0] == irp ? NULL : t.held[0]; /* who would complete it looks no more */
    KeReleaseSpinLock(&t.lock, old);
    nt_complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS hold(PDEVICE_OBJECT device, PIRP irp)
{
    if (IoGetCurrentIrpStackLocation(irp)->MajorFunction != IRP_MJ_READ) {
        return answer(device, irp);
    }
    t.held[t.holds++] = irp;
    IoMarkIrpPending(irp);
    IoSetCancelRoutine(irp, cancel_held);
    return STATUS_PENDING;
}

static int start(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Test0");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\TEST");

    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    assert_int_equal(IoCreateDevice(t.driver, sizeof(struct nt_level), &name, FILE_DEVICE_UNKNOWN,
                                    0, FALSE, &t.device),
                     STATUS_SUCCESS);
    nt_level(t.device)->handler = answer;
    t.device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    IoCreateSymbolicLink(&link, &name);
    assert_int_equal(wc_file_open("\\\\.\\TEST", &t.file), STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\TEST");

    (void)state;
    if (t.file != NULL) {
        wc_file_close(t.file);
    }
    IoDeleteSymbolicLink(&link);
    nt_driver_delete(t.driver);
    return 0;
}

static void open_and_close_reach_the_driver(void **state)
{
    struct wc_file *other = NULL;

    (void)state;
    assert_int_equal(wc_file_open("NOTHING", &other), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(wc_file_open("", &other), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(wc_file_open("test", &other), STATUS_SUCCESS);
    assert_int_equal(wc_file_close(other), STATUS_SUCCESS);
    assert_string_equal(t.log, "create create cleanup close ");
}

static void a_name_is_utf_8(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Test0");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\Ger\u00e4t\u20ac");
    struct wc_file *other = NULL;
    char longest[260 - 4 + 2];

    (void)state;
    assert_int_equal(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
    assert_int_equal(wc_file_open("Ger\xc3\xa4t\xe2\x82\xac", &other), STATUS_SUCCESS);
    assert_int_equal(wc_file_close(other), STATUS_SUCCESS);
    assert_int_equal(wc_file_open("\\\\.\\ger\xc3\x84T\xe2\x82\xac", &other), STATUS_SUCCESS);
    assert_int_equal(wc_file_close(other), STATUS_SUCCESS);
    assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);

    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0'; /* one too many */
    assert_int_equal(wc_file_open(longest, &other), STATUS_OBJECT_NAME_INVALID);
    longest[sizeof(longest) - 2] = '\0';
    assert_int_equal(wc_file_open(longest, &other), STATUS_OBJECT_NAME_NOT_FOUND);
}

static NTSTATUS refuse(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    strcat(t.log, "x");
    return nt_complete(irp, STATUS_SHARING_VIOLATION, 0);
}

static void a_refused_open_is_not_closed(void **state)
{
    struct wc_file *other = NULL;

    (void)state;
    nt_level(t.device)->handler = refuse;
    assert_int_equal(wc_file_open("TEST", &other), STATUS_SHARING_VIOLATION);
    assert_null(other);
    assert_string_equal(t.log, "create x");
    assert_int_equal(t.device->ReferenceCount, 1);
    nt_level(t.device)->handler = answer;
}

static void requests_start_at_passive_in_the_callers_thread(void **state) /* spec: DEV-09 */
{
    (void)state;
    assert_int_equal(wc_file_write(t.file, "x", 1, NULL), STATUS_SUCCESS);
    assert_int_equal(t.irql, PASSIVE_LEVEL);
    assert_ptr_equal(t.thread, KeGetCurrentThread());
    assert_int_equal(t.mode, UserMode);
}

static void a_buffered_control_has_one_buffer(void **state) /* spec: DEV-08 */
{
    char output[8] = "........";
    size_t information = 0;

    (void)state;
    t.information = 3;
    assert_int_equal(
        wc_file_ioctl(t.file, CODE(METHOD_BUFFERED), "ABCDE", 5, output, 8, &information),
        STATUS_SUCCESS);
    assert_int_equal(information, 3);
    assert_memory_equal(output, "BCD.....", 8); /* what was input comes back changed */
    assert_null(t.mdl);
}

static void a_warning_copies_and_an_error_does_not(void **state)
{
    char output[4] = "....";
    size_t information = 9;

    (void)state;
    t.information = 2;
    t.status = STATUS_BUFFER_OVERFLOW;
    assert_int_equal(wc_file_ioctl(t.file, CODE(METHOD_BUFFERED), "AB", 2, output, 4, &information),
                     STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(output, "BC..", 4);
    assert_int_equal(information, 2);
    t.status = STATUS_UNSUCCESSFUL;
    assert_int_equal(wc_file_ioctl(t.file, CODE(METHOD_BUFFERED), "XY", 2, output, 4, &information),
                     STATUS_UNSUCCESSFUL);
    assert_memory_equal(output, "BC..", 4);
    assert_int_equal(information, 0);
}

static void too_much_information_is_named(void **state)
{
    char output[2];

    (void)state;
    t.information = 3;
    wc_expect_violation("IrpCompleteState");
    wc_file_ioctl(t.file, CODE(METHOD_BUFFERED), "ABC", 3, output, 2, NULL);
    assert_memory_equal(output, "BC", 2);
}

static void the_other_methods(void **state)
{
    char input[4] = "AAAA";
    char output[4] = "aaaa";
    size_t information = 0;

    (void)state;
    t.information = 4;
    assert_int_equal(
        wc_file_ioctl(t.file, CODE(METHOD_OUT_DIRECT), input, 4, output, 4, &information),
        STATUS_SUCCESS);
    assert_non_null(t.mdl);
    assert_ptr_not_equal(t.system_buffer, input); /* a copy */
    assert_memory_equal(output, "bbbb", 4);
    assert_int_equal(wc_file_ioctl(t.file, CODE(METHOD_IN_DIRECT), input, 4, output, 4, NULL),
                     STATUS_SUCCESS);
    assert_non_null(t.mdl);
    assert_int_equal(wc_file_ioctl(t.file, CODE(METHOD_NEITHER), input, 4, output, 4, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(t.type3, input);
    assert_ptr_equal(t.user_buffer, output);
    assert_null(t.system_buffer);
}

static void reads_and_writes_follow_the_devices_flags(void **state)
{
    static unsigned char large[10000]; /* more than an operation has room for */
    size_t read = 0;

    (void)state;
    memset(large, 7, sizeof(large));
    assert_int_equal(wc_file_read(t.file, large, 10, &read), STATUS_SUCCESS); /* neither */
    assert_ptr_equal(t.user_buffer, large);
    t.device->Flags |= DO_BUFFERED_IO;
    t.information = sizeof(large);
    assert_int_equal(wc_file_write(t.file, large, sizeof(large), &read), STATUS_SUCCESS);
    assert_ptr_not_equal(t.system_buffer, large);
    assert_int_equal(large[0], 7); /* written from a copy */
    assert_int_equal(wc_file_read(t.file, large, sizeof(large), &read), STATUS_SUCCESS);
    assert_int_equal(read, sizeof(large));
    assert_int_not_equal(large[sizeof(large) - 1], 7);
    t.device->Flags = (t.device->Flags & ~(ULONG)DO_BUFFERED_IO) | DO_DIRECT_IO;
    large[0] = 9;
    assert_int_equal(wc_file_read(t.file, large, sizeof(large), &read), STATUS_SUCCESS);
    assert_non_null(t.mdl);
    assert_int_equal(large[0], 10);
    assert_int_equal(wc_file_read(t.file, NULL, 0, &read), STATUS_SUCCESS);
    assert_null(t.mdl);
}

static void note_done(void *context, int32_t status, uint64_t information)
{
    assert_ptr_equal(context, &t);
    t.done++;
    t.done_status = status;
    t.done_information = information;
}

static void an_asynchronous_read_ends_once(void **state)
{
    char data[4];
    struct wc_io *io = NULL;
    struct user_io_statistics statistics;

    (void)state;
    nt_level(t.device)->handler = hold;
    t.device->Flags |= DO_BUFFERED_IO;
    assert_int_equal(wc_file_read_start(t.file, data, 4, note_done, &t, &io), STATUS_PENDING);
    assert_non_null(io);
    assert_int_equal(t.done, 0);
    assert_non_null(IoSetCancelRoutine(t.held[0], NULL));
    memcpy(t.held[0]->AssociatedIrp.SystemBuffer, "abc", 3);
    nt_complete(t.held[0], STATUS_SUCCESS, 3);
    assert_int_equal(t.done, 1);
    assert_int_equal(t.done_information, 3);
    assert_memory_equal(data, "abc", 3);
    user_io_get_statistics(&statistics);
    assert_int_equal(statistics.bytes_read, 3);
}

static void a_cancelled_read_ends_cancelled(void **state)
{
    char data[4];
    struct wc_io *io = NULL;

    (void)state;
    nt_level(t.device)->handler = hold;
    wc_file_read_start(t.file, data, 4, note_done, &t, &io);
    wc_io_cancel(io);
    assert_int_equal(t.done, 1);
    assert_int_equal(t.done_status, STATUS_CANCELLED);
}

/* The other side of the race, on the other processor. */
static void complete_if_not_cancelled(void *argument)
{
    PIRP irp;
    KIRQL old;

    KeSetSystemAffinityThread(2);
    KeSetEvent(argument, IO_NO_INCREMENT, FALSE);
    for (int i = 0; i < 10; i++) {
        KeQueryInterruptTime(); /* windows */
    }
    KeAcquireSpinLock(&t.lock, &old);
    irp = t.held[0];
    irp = irp != NULL && IoSetCancelRoutine(irp, NULL) != NULL ? irp : NULL;
    KeReleaseSpinLock(&t.lock, old);
    if (irp != NULL) {
        nt_complete(irp, STATUS_SUCCESS, 1);
    }
}

static void cancel_and_completion_race(void **state)
{
    char data[4];
    struct wc_io *io = NULL;
    KEVENT ready;

    (void)state;
    nt_level(t.device)->handler = hold;
    KeInitializeEvent(&ready, NotificationEvent, FALSE);
    wc_file_read_start(t.file, data, 4, note_done, &t, &io);
    wc_machine_start_task(wc_test_the_machine(), complete_if_not_cancelled, &ready);
    KeWaitForSingleObject(&ready, Executive, KernelMode, FALSE, NULL);
    for (int i = 0; i < 10; i++) {
        KeQueryInterruptTime();
    }
    if (t.done == 0) {
        wc_io_cancel(io);
    }
    while (t.done == 0) {
        LARGE_INTEGER tick = {.QuadPart = -10000};

        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    }
    assert_int_equal(t.done, 1);
    assert_true((t.done_status == STATUS_SUCCESS && t.done_information == 1) ||
                (t.done_status == STATUS_CANCELLED && t.done_information == 0));
    races_cancelled += t.done_status == STATUS_CANCELLED;
    races++;
}

/* After the sweep: both sides must have won. */
static void either_side_wins_a_race(void **state)
{
    (void)state;
    if (races < 100) {
        skip(); /* one seed is being replayed */
    }
    assert_in_range(races_cancelled, 1, races - 1);
}

static void complete_later(void *argument)
{
    LARGE_INTEGER due = {.QuadPart = -50000};

    (void)argument;
    KeDelayExecutionThread(KernelMode, FALSE, &due);
    IoSetCancelRoutine(t.held[0], NULL);
    nt_complete(t.held[0], STATUS_SUCCESS, 2);
}

static void a_synchronous_read_waits(void **state)
{
    char data[4];
    size_t read = 0;

    (void)state;
    nt_level(t.device)->handler = hold;
    wc_machine_start_task(wc_test_the_machine(), complete_later, NULL);
    assert_int_equal(wc_file_read(t.file, data, 4, &read), STATUS_SUCCESS);
    assert_int_equal(read, 2);
    assert_true(wc_machine_now_ns(wc_test_the_machine()) >= 5000000);
}

static void close_it(void *argument)
{
    wc_file_close(t.file);
    t.file = NULL;
    KeSetEvent(argument, IO_NO_INCREMENT, FALSE);
}

/* Two tasks close it, a third one reads: one closes, and the read is refused, cancelled or done. */
static void a_file_may_be_closed_while_it_is_used(void **state)
{
    struct wc_file *file = t.file;
    char data[4];
    size_t read = 0;
    int32_t status;
    KEVENT closed;

    (void)state;
    KeInitializeEvent(&closed, NotificationEvent, FALSE);
    t.status = STATUS_SUCCESS;
    t.information = 2;
    wc_machine_start_task(wc_test_the_machine(), close_it, &closed);
    status = wc_file_read(file, data, 4, &read);
    assert_true(status == STATUS_SUCCESS || status == STATUS_INVALID_HANDLE ||
                status == STATUS_CANCELLED || status == STATUS_NO_SUCH_DEVICE);
    status = wc_file_close(file);
    assert_true(status == STATUS_SUCCESS || status == STATUS_INVALID_HANDLE);
    KeWaitForSingleObject(&closed, Executive, KernelMode, FALSE, NULL);
}

static void closing_cancels_what_is_outstanding(void **state)
{
    char data[4];
    struct wc_io *io = NULL;

    (void)state;
    nt_level(t.device)->handler = hold;
    wc_file_read_start(t.file, data, 4, note_done, &t, &io);
    wc_file_read_start(t.file, data, 4, note_done, &t, &io);
    wc_file_close(t.file);
    t.file = NULL;
    assert_int_equal(t.done, 2);
    assert_int_equal(t.done_status, STATUS_CANCELLED);
    assert_string_equal(t.log, "create cleanup close ");
}

static void a_removed_device_fails_cleanly(void **state)
{
    char data[4];
    struct wc_io *io = NULL;

    (void)state;
    nt_level(t.device)->handler = hold;
    wc_file_read_start(t.file, data, 4, note_done, &t, &io);
    io_file_dismiss(t.device);
    assert_int_equal(t.done, 1);
    assert_string_equal(t.log, "create cleanup close ");
    assert_int_equal(wc_file_read(t.file, data, 4, NULL), STATUS_NO_SUCH_DEVICE);
    assert_int_equal(wc_file_read_start(t.file, data, 4, note_done, &t, &io),
                     STATUS_NO_SUCH_DEVICE);
    assert_int_equal(t.done, 1);
    assert_int_equal(t.holds, 1);
    wc_file_close(t.file);
    t.file = NULL;
    assert_string_equal(t.log, "create cleanup close ");
}

static void nothing_is_left_of_many_requests(void **state)
{
    ULONG outstanding = io_irp_outstanding();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        wc_file_ioctl(t.file, CODE(i % 4), "abcd", 4, t.log + 200, 4, NULL);
    }
    assert_int_equal(io_irp_outstanding(), outstanding);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_and_close_reach_the_driver),
        TEST(a_name_is_utf_8),
        TEST(a_refused_open_is_not_closed),
        TEST(requests_start_at_passive_in_the_callers_thread),
        TEST(a_buffered_control_has_one_buffer),
        TEST(a_warning_copies_and_an_error_does_not),
        TEST(too_much_information_is_named),
        TEST(the_other_methods),
        TEST(reads_and_writes_follow_the_devices_flags),
        TEST(an_asynchronous_read_ends_once),
        TEST(a_cancelled_read_ends_cancelled),
        TEST(a_synchronous_read_waits),
        TEST(closing_cancels_what_is_outstanding),
        wc_seed_test(a_file_may_be_closed_while_it_is_used, 100, .setup = start, .teardown = stop,
                     .processors = 2),
        TEST(a_removed_device_fails_cleanly),
        wc_seed_test(cancel_and_completion_race, 200, .setup = start, .teardown = stop,
                     .processors = 2),
        wc_unit_test(either_side_wins_a_race),
        TEST(nothing_is_left_of_many_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
