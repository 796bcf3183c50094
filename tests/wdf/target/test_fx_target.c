/* test_fx_target.c - the default I/O target and requests of a queue that are sent to it, forgotten,
 * seen again in a completion routine, or waited for. The driver is a filter; the bus below it is
 * made to serve files by routines of the test.
 */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <string.h>

#include <wdfcore/user.h>

#include "nt/io/pnp/io_pnp.h"
#include <wdmsec.h>

#define PLAN       (&drv_pnp_plan)
#define IOCTL_POLL CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PIRP below;     /* the read that the bus keeps */
static bool bus_keeps; /* reads stay with the bus */
static unsigned reads; /* that the filter got */
static ULONG send_flags;
static bool no_options;
static NTSTATUS refused; /* WdfRequestGetStatus after a send that failed */
static BOOLEAN sent;
static void (*before_send)(WDFREQUEST request);
static void (*after_send)(WDFREQUEST request);
static unsigned inside;    /* handlers of the filter that run */
static bool passive_scope; /* the queue's handlers run under its lock, at PASSIVE_LEVEL */
static unsigned finished;  /* completion routines that ran */
static unsigned polls;     /* internal controls that the bus answered */
static ULONG polled;       /* the last answer that the filter got */

/* ---- the bus ---- */

static char files_below[32]; /* what the bus saw of opens: "open cleanup close " */

static NTSTATUS bus_file(PDEVICE_OBJECT device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    snprintf(files_below + strlen(files_below), sizeof(files_below) - strlen(files_below), "%s",
             major == IRP_MJ_CREATE    ? "open "
             : major == IRP_MJ_CLEANUP ? "cleanup "
                                       : "close ");
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

static VOID bus_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    IoReleaseCancelSpinLock(irp->CancelIrql);
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS bus_internal(PDEVICE_OBJECT device, PIRP irp)
{
    const IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);

    assert_int_equal(location->Parameters.DeviceIoControl.IoControlCode, IOCTL_POLL);
    assert_int_equal(location->Parameters.DeviceIoControl.OutputBufferLength, sizeof(ULONG));
    polls++;
    memcpy(irp->AssociatedIrp.SystemBuffer, &(ULONG){polls * 10}, sizeof(ULONG));
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = sizeof(ULONG);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* ---- the filter ---- */

static VOID filter_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WDFIOTARGET target = WdfDeviceGetIoTarget(PLAN->device);
    WDF_REQUEST_SEND_OPTIONS options;

    reads++;
    inside++;
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
    inside--;
}

static void filter_added(WDFDEVICE device)
{
    PDRIVER_OBJECT bus = WdfDeviceWdmGetPhysicalDevice(device)->DriverObject;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    bus->MajorFunction[IRP_MJ_CREATE] = bus_file;
    bus->MajorFunction[IRP_MJ_CLEANUP] = bus_file;
    bus->MajorFunction[IRP_MJ_CLOSE] = bus_file;
    bus->MajorFunction[IRP_MJ_READ] = bus_read;
    bus->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = bus_internal;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = filter_read;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    if (passive_scope) {
        attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
        attributes.ExecutionLevel = WdfExecutionLevelPassive;
    }
    assert_int_equal(WdfIoQueueCreate(device, &config, &attributes, WDF_NO_HANDLE), STATUS_SUCCESS);
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
    inside = finished = polls = 0;
    polled = 0;
    PLAN->filter = TRUE;
    PLAN->link = TRUE;
    PLAN->init = PLAN->init != NULL ? PLAN->init : filter_init;
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

static void count_cancelled(void *context, int32_t status, uint64_t information)
{
    done += status == STATUS_CANCELLED;
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

/* ---- with a completion routine ---- */

static VOID filter_done(WDFREQUEST request, WDFIOTARGET target,
                        PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    WDF_REQUEST_PARAMETERS parameters;

    finished++;
    *(unsigned *)context = inside;
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(request, &parameters); /* its own again, not the bus's */
    assert_int_equal(parameters.Type, WdfRequestTypeRead);
    assert_int_equal(parameters.Parameters.Read.Length, 8);
    assert_int_equal(params->Type, WdfRequestTypeNoFormat);
    WdfRequestCompleteWithInformation(request, params->IoStatus.Status,
                                      params->IoStatus.Information);
}

static unsigned inside_when_done;

static void format_as_it_came(WDFREQUEST request)
{
    WdfRequestFormatRequestUsingCurrentType(request);
    WdfRequestSetCompletionRoutine(request, filter_done, &inside_when_done);
}

static void a_request_comes_back_as_it_went(void **state)
{
    struct application application = {0};

    filter_start(0);
    before_send = format_as_it_came;
    wc_test_call(read_in_task, &application);
    assert_true(sent);
    assert_int_equal(finished, 1);
    assert_int_equal(application.status, STATUS_SUCCESS);
    assert_int_equal(application.size, 3);
    assert_memory_equal(application.data, "bus", 3);
}

static void no_scope_serializes_the_routine(void **state) /* spec: SYNC-20 */
{
    struct application application = {0};

    passive_scope = true;
    filter_start(0);
    passive_scope = false;
    before_send = format_as_it_came;
    inside_when_done = 0;
    wc_test_call(read_in_task, &application);
    assert_int_equal(finished, 1);
    assert_int_equal(inside_when_done, 1); /* the handler had the queue's lock */
    assert_int_equal(application.status, STATUS_SUCCESS);
}

static void cancel_in_task(void *context)
{
    struct wc_file *file;
    struct wc_io *io;
    char data[8];

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_read_start(file, data, 8, count_cancelled, NULL, &io), STATUS_PENDING);
    IoSetCancelRoutine(below, bus_cancel);
    wc_io_cancel(io);
    assert_int_equal(wc_file_close(file), STATUS_SUCCESS);
}

static void the_senders_cancel_reaches_the_target(void **state)
{
    filter_start(0);
    bus_keeps = true;
    before_send = format_as_it_came;
    done = 0;
    wc_test_call(cancel_in_task, NULL);
    assert_int_equal(finished, 1);
    assert_int_equal(done, 1);
}

/* The driver asks for its buffer by a handle and has the target fill it. */
static void format_own_memory(WDFREQUEST request)
{
    WDFMEMORY memory;

    assert_int_equal(WdfRequestRetrieveOutputMemory(request, &memory), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetFormatRequestForRead(WdfDeviceGetIoTarget(PLAN->device), request,
                                                     memory, NULL, NULL),
                     STATUS_SUCCESS);
}

static void complete_what_came(WDFREQUEST request)
{
    WDF_REQUEST_COMPLETION_PARAMS params;

    assert_true(sent);
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&params);
    WdfRequestGetCompletionParams(request, &params);
    assert_int_equal(params.Type, WdfRequestTypeRead);
    assert_int_equal(params.Parameters.Read.Length, 3);
    WdfRequestCompleteWithInformation(request, WdfRequestGetStatus(request),
                                      params.IoStatus.Information);
}

static void its_own_memory_goes_along(void **state)
{
    struct application application = {0};

    filter_start(WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    before_send = format_own_memory;
    after_send = complete_what_came;
    wc_test_call(read_in_task, &application);
    assert_int_equal(application.status, STATUS_SUCCESS);
    assert_memory_equal(application.data, "bus", 3);
}

static void try_a_new_irp(WDFREQUEST request)
{
    WDF_REQUEST_REUSE_PARAMS params;

    assert_false(sent);
    WDF_REQUEST_REUSE_PARAMS_INIT(&params, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(&params, NULL);
    assert_int_equal(WdfRequestReuse(request, &params), STATUS_WDF_REQUEST_INVALID_STATE);
    params.Flags = 0x100;
    assert_int_equal(WdfRequestReuse(request, &params), STATUS_INVALID_PARAMETER);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void a_queues_request_keeps_its_irp(void **state) /* spec: REQ-43 */
{
    struct application application = {0};

    filter_start(0);
    after_send = try_a_new_irp;
    wc_test_call(read_in_task, &application);
    assert_int_equal(application.status, STATUS_SUCCESS);
}

/* ---- polling ---- */

static VOID poll(WDFTIMER timer)
{
    WDF_MEMORY_DESCRIPTOR out;
    WDF_REQUEST_SEND_OPTIONS options;
    ULONG_PTR bytes = 0;

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, &polled, sizeof(polled));
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_SEC(1));
    assert_int_equal(WdfIoTargetSendInternalIoctlSynchronously(WdfDeviceGetIoTarget(PLAN->device),
                                                               NULL, IOCTL_POLL, NULL, &out,
                                                               &options, &bytes),
                     STATUS_SUCCESS);
    assert_int_equal(bytes, sizeof(polled));
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(10)); /* a passive timer has no period */
}

static void poll_in_task(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER moment = {.QuadPart = -350000};
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;

    WDF_TIMER_CONFIG_INIT(&config, poll);
    config.AutomaticSerialization = FALSE;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = PLAN->device;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(WdfTimerCreate(&config, &attributes, &timer), STATUS_SUCCESS);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(10));
    read_in_task(context);
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
    WdfTimerStop(timer, TRUE);
    assert_int_equal(polls, 3);
    assert_int_equal(polled, 30);
}

static void a_timer_polls_the_target(void **state)
{
    struct application application = {0};

    filter_start(0);
    before_send = format_as_it_came;
    wc_test_call(poll_in_task, &application);
    assert_int_equal(application.status, STATUS_SUCCESS);
    assert_int_equal(finished, 1);
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

static void assert_started_in_task(void *context)
{
    assert_int_equal(WdfIoTargetGetState(WdfDeviceGetIoTarget(PLAN->device)), WdfIoTargetStarted);
}

static void it_is_started_whatever_the_power(void **state) /* spec: TGT-01 */
{
    filter_start(0);
    wc_test_call(assert_started_in_task, NULL);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    wc_test_call(assert_started_in_task, NULL);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD0), STATUS_SUCCESS);
    wc_test_call(assert_started_in_task, NULL);
}

/* ---- files ---- */

static WDF_TRI_STATE forwards;
static bool names_it; /* a file config is given */

static void file_init(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;

    filter_init(init);
    if (names_it) {
        WDF_FILEOBJECT_CONFIG_INIT(&config, NULL, NULL, NULL);
        config.AutoForwardCleanupClose = forwards;
        WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
    }
}

static void open_in_task(void *context)
{
    struct wc_file *file;

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_close(file), STATUS_SUCCESS);
}

/* What the bus sees of one open of a filter or function device with that setting. */
static const char *opened_below(BOOLEAN filter, bool named, WDF_TRI_STATE setting)
{
    forwards = setting;
    names_it = named;
    files_below[0] = '\0';
    PLAN->filter = filter;
    PLAN->link = TRUE;
    PLAN->init = file_init;
    PLAN->added = filter_added;
    pnp_start(NULL);
    wc_test_call(open_in_task, NULL);
    return files_below;
}

#define ALL "open cleanup close "

static void a_filter_forwards_files_by_default(void **state) /* spec: FIL-11 */
{
    assert_string_equal(opened_below(TRUE, true, WdfUseDefault), ALL);
}

static void a_filter_without_a_config_does(void **state) /* spec: FIL-11 */
{
    assert_string_equal(opened_below(TRUE, false, WdfUseDefault), ALL);
}

static void a_filter_may_say_no(void **state) /* spec: FIL-11 */
{
    assert_string_equal(opened_below(TRUE, true, WdfFalse), "");
}

static void a_function_device_keeps_files_by_default(void **state) /* spec: FIL-11 */
{
    assert_string_equal(opened_below(FALSE, true, WdfUseDefault), "");
}

static void a_function_device_may_forward_them(void **state) /* spec: FIL-11 */
{
    assert_string_equal(opened_below(FALSE, true, WdfTrue), ALL);
}

/* ---- the remove lock ---- */

static ULONG lock_flags;
static bool removed;

static void lock_init(PWDFDEVICE_INIT init)
{
    WDF_REMOVE_LOCK_OPTIONS options;

    filter_init(init);
    WDF_REMOVE_LOCK_OPTIONS_INIT(&options, lock_flags);
    WdfDeviceInitSetRemoveLockOptions(init, &options);
}

/* A request of the kernel's, without a file that would keep the device. */
static void send_and_keep(void *context)
{
    static char data[8];
    static IO_STATUS_BLOCK result;
    static KEVENT event;
    PDEVICE_OBJECT top = WdfDeviceWdmGetDeviceObject(PLAN->device);
    LARGE_INTEGER offset = {.QuadPart = 0};
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, top, data, sizeof(data), &offset, &event,
                                       &result);
    assert_non_null(irp);
    assert_int_equal(IoCallDriver(top, irp), STATUS_PENDING);
}

static void remove_in_task(void *context)
{
    (void)io_pnp_send(PLAN->pdo, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL);
    (void)io_pnp_send(PLAN->pdo, IRP_MN_REMOVE_DEVICE, NULL, NULL);
    __atomic_store_n(&removed, true, __ATOMIC_RELEASE);
}

static void finish_below(void *context)
{
    bus_finish(below);
}

static bool is_removed(void *context)
{
    return __atomic_load_n(&removed, __ATOMIC_ACQUIRE);
}

/* The device goes while the bus still has a request that the filter sent on and forgot. */
static void remove_under_a_request(ULONG flags)
{
    lock_flags = flags;
    removed = false;
    PLAN->init = lock_init;
    filter_start(WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    bus_keeps = true;
    wc_test_call(send_and_keep, NULL);
    assert_non_null(below);
    assert_int_equal(wc_machine_start_task(wc_test_the_machine(), remove_in_task, NULL), WC_OK);
    assert_int_equal(wc_machine_advance(wc_test_the_machine(), 1000000), WC_OK);
}

static void a_removal_waits_for_what_was_forgotten(void **state)
{
    remove_under_a_request(WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO);
    assert_false(is_removed(NULL));
    assert_null(strstr(PLAN->log, "DeviceCleanup"));
    wc_test_call(finish_below, NULL);
    assert_int_equal(wc_machine_run(wc_test_the_machine(), is_removed, NULL), WC_OK);
    assert_non_null(strstr(PLAN->log, "DeviceDestroy"));
}

static void without_the_option_it_does_not(void **state)
{
    remove_under_a_request(0);
    assert_true(is_removed(NULL));
    wc_test_call(finish_below, NULL);
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
        pnp_test(a_request_comes_back_as_it_went),
        pnp_test(no_scope_serializes_the_routine),
        pnp_test(the_senders_cancel_reaches_the_target),
        pnp_test(its_own_memory_goes_along),
        pnp_test(a_queues_request_keeps_its_irp),
        pnp_test(a_timer_polls_the_target),
        pnp_test(a_send_without_completion_routine_is_refused),
        pnp_test(an_unformatted_request_is_not_sent_synchronously),
        pnp_test(bad_options_are_refused),
        pnp_test(a_cancelable_request_is_not_sent),
        pnp_test(it_is_started_whatever_the_power),
        pnp_test(a_device_has_one_default_target),
        pnp_test(a_removal_waits_for_what_was_forgotten),
        pnp_test(without_the_option_it_does_not),
        pnp_test(a_filter_forwards_files_by_default),
        pnp_test(a_filter_without_a_config_does),
        pnp_test(a_filter_may_say_no),
        pnp_test(a_function_device_keeps_files_by_default),
        pnp_test(a_function_device_may_forward_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
