/* test_fx_target.c - the default I/O target and requests that are sent to it and forgotten. The
 * driver is a filter; the bus below it is made to serve files by routines of the test.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/user.h>
#include <wdmsec.h>

#define PLAN (&drv_pnp_plan)

static PIRP below;     /* the read that the bus keeps */
static bool bus_keeps; /* reads stay with the bus */
static unsigned reads; /* that the filter got */
static ULONG send_flags;
static bool no_options;
static NTSTATUS refused; /* WdfRequestGetStatus after a send that failed */
static BOOLEAN sent;
static void (*before_send)(WDFREQUEST request);
static void (*after_send)(WDFREQUEST request);

/* ---- the bus ---- */

static NTSTATUS bus_file(PDEVICE_OBJECT device, PIRP irp)
{
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void bus_finish(PIRP irp)
{
    memcpy(irp->AssociatedIrp.SystemBuffer, "bus", 3);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 3;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS bus_read(PDEVICE_OBJECT device, PIRP irp)
{
    assert_ptr_equal(device, PLAN->pdo);
    IoMarkIrpPending(irp);
    if (bus_keeps) {
        below = irp;
    } else {
        bus_finish(irp);
    }
    return STATUS_PENDING;
}

/* ---- the filter ---- */

static VOID filter_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WDFIOTARGET target = WdfDeviceGetIoTarget(PLAN->device);
    WDF_REQUEST_SEND_OPTIONS options;

    reads++;
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, send_flags);
    if (before_send != NULL) {
        before_send(request);
    }
    sent = WdfRequestSend(request, target, no_options ? NULL : &options);
    if (after_send != NULL) {
        after_send(request);
    } else if (!sent) {
        refused = WdfRequestGetStatus(request);
        WdfRequestComplete(request, refused);
    }
}

static void filter_added(WDFDEVICE device)
{
    PDRIVER_OBJECT bus = WdfDeviceWdmGetPhysicalDevice(device)->DriverObject;
    WDF_IO_QUEUE_CONFIG config;

    bus->MajorFunction[IRP_MJ_CREATE] = bus_file;
    bus->MajorFunction[IRP_MJ_CLEANUP] = bus_file;
    bus->MajorFunction[IRP_MJ_CLOSE] = bus_file;
    bus->MajorFunction[IRP_MJ_READ] = bus_read;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = filter_read;
    assert_int_equal(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE),
                     STATUS_SUCCESS);
}

static void filter_init(PWDFDEVICE_INIT init)
{
    WdfFdoInitWdmGetPhysicalDevice(init)->Flags |= DO_BUFFERED_IO; /* a filter is as its target */
}

static struct wc_device *filter_start(ULONG flags)
{
    below = NULL;
    bus_keeps = false;
    no_options = false;
    reads = 0;
    sent = FALSE;
    refused = 0;
    send_flags = flags;
    before_send = NULL;
    after_send = NULL;
    PLAN->filter = TRUE;
    PLAN->link = TRUE;
    PLAN->init = filter_init;
    PLAN->added = filter_added;
    return pnp_start(NULL);
}

/* ---- the application ---- */

struct application {
    char data[8];
    size_t size;
    int32_t status;
};

static void read_in_task(void *context)
{
    struct application *application = context;
    struct wc_file *file;

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    application->status =
        wc_file_read(file, application->data, sizeof(application->data), &application->size);
    assert_int_equal(wc_file_close(file), STATUS_SUCCESS);
}

static void assert_read_refused(NTSTATUS status)
{
    struct application application = {0};

    wc_test_call(read_in_task, &application);
    assert_false(sent);
    assert_int_equal(refused, status);
    assert_int_equal(application.status, status);
    assert_null(below);
}

/* ---- send and forget ---- */

static void touch_it_again(WDFREQUEST request)
{
    assert_true(sent);
    WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
}

static void the_sender_gets_the_targets_status(void **state) /* spec: REQ-37 */
{
    struct application application = {0};

    filter_start(WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    after_send = touch_it_again;
    wc_expect_violation("RequestCompletedTwice");
    wc_test_call(read_in_task, &application);
    assert_int_equal(wc_violations("RequestCompletedTwice"), 1);
    assert_int_equal(application.status, STATUS_SUCCESS);
    assert_int_equal(application.size, 3);
    assert_memory_equal(application.data, "bus", 3);
}

static int done;

static void count_done(void *context, int32_t status, uint64_t information)
{
    done += status == STATUS_SUCCESS && information == 3;
}

static void two_reads_in_task(void *context)
{
    char data[2][8];
    struct wc_file *file;
    struct wc_io *io[2];
    PIRP first;

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wc_file_read_start(file, data[i], 8, count_done, NULL, &io[i]),
                         STATUS_PENDING);
        if (i == 0) {
            first = below;
        }
    }
    assert_int_equal(reads, 2); /* though the queue is sequential and the bus has both */
    assert_ptr_not_equal(first, below);
    assert_int_equal(done, 0);
    bus_finish(first);
    bus_finish(below);
    assert_int_equal(wc_file_close(file), STATUS_SUCCESS);
}

static void the_queue_goes_on_at_once(void **state)
{
    filter_start(WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    bus_keeps = true;
    done = 0;
    wc_test_call(two_reads_in_task, NULL);
    assert_int_equal(done, 2);
}

/* ---- what is refused ---- */

static void a_send_without_completion_routine_is_refused(void **state) /* spec: REQ-40 */
{
    filter_start(0);
    assert_read_refused(STATUS_INVALID_DEVICE_REQUEST);
    no_options = true;
    assert_read_refused(STATUS_INVALID_DEVICE_REQUEST);
}

static void an_unformatted_request_is_not_sent_synchronously(void **state)
{
    filter_start(WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    assert_read_refused(STATUS_REQUEST_NOT_ACCEPTED);
}

static void bad_options_are_refused(void **state)
{
    filter_start(WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET | WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    assert_read_refused(STATUS_INVALID_PARAMETER);
    send_flags = WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET | WDF_REQUEST_SEND_OPTION_TIMEOUT;
    assert_read_refused(STATUS_INVALID_PARAMETER);
    send_flags = 0x100;
    assert_read_refused(STATUS_INVALID_PARAMETER);
}

static VOID never_cancelled(WDFREQUEST request)
{
    fail();
}

static void mark(WDFREQUEST request)
{
    WdfRequestMarkCancelable(request, never_cancelled);
}

static void unmark_and_complete(WDFREQUEST request)
{
    assert_false(sent);
    assert_int_equal(WdfRequestUnmarkCancelable(request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_DEVICE_NOT_READY);
}

static void a_cancelable_request_is_not_sent(void **state)
{
    struct application application = {0};

    filter_start(WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    before_send = mark;
    after_send = unmark_and_complete;
    wc_expect_violation("RequestCancelable");
    wc_test_call(read_in_task, &application);
    assert_int_equal(wc_violations("RequestCancelable"), 1);
    assert_int_equal(application.status, STATUS_DEVICE_NOT_READY);
}

/* ---- the target ---- */

static void ask_in_task(void *context)
{
    WDFIOTARGET target = WdfDeviceGetIoTarget(PLAN->device);
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(PLAN->driver, &SDDL_DEVOBJ_SYS_ALL_ADM_ALL);
    WDFDEVICE control;

    assert_non_null(target);
    assert_ptr_equal(WdfDeviceGetIoTarget(PLAN->device), target);
    assert_ptr_equal(WdfIoTargetGetDevice(target), PLAN->device);
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(target),
                     WdfDeviceWdmGetAttachedDevice(PLAN->device));
    assert_ptr_equal(WdfIoTargetWdmGetTargetPhysicalDevice(target), PLAN->pdo);
    assert_int_equal(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control), STATUS_SUCCESS);
    assert_null(WdfDeviceGetIoTarget(control));
    WdfObjectDelete(control);
}

static void a_device_has_one_default_target(void **state)
{
    struct wc_device *device = filter_start(0);

    wc_test_call(ask_in_task, NULL);
    pnp_remove(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(the_sender_gets_the_targets_status),
        pnp_test(the_queue_goes_on_at_once),
        pnp_test(a_send_without_completion_routine_is_refused),
        pnp_test(an_unformatted_request_is_not_sent_synchronously),
        pnp_test(bad_options_are_refused),
        pnp_test(a_cancelable_request_is_not_sent),
        pnp_test(a_device_has_one_default_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
