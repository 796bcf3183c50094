/* test_fx_let_go.c - what one thread of a driver lets go of while a call of another one uses it. Such a
 * driver is wrong, and what it is told depends on who comes first; but nothing is used after its end.
 */
#include "wdf/io_fixture.h"

#include "base/log.h"
#include "base/violation.h"

DECLARE_CONST_UNICODE_STRING(device_name, L"\\Device\\Io0");

static PVOID other; /* the second thread */
static WDFIOTARGET target;
static WDFREQUEST request;
static WDFOBJECT parent;

static void drop_report(enum base_log_source source, const char *text, void *context)
{
}

/* From here to the join a violation is what may come. */
static void start(PKSTART_ROUTINE routine)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    base_log_set_sink(drop_report, NULL);
    base_violation_collect(true);

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, routine, NULL),
        STATUS_SUCCESS);
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &other, NULL);
    ZwClose(handle);
}

static void join(void)
{
    KeWaitForSingleObject(other, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(other);
    base_violation_collect(false);
    base_log_set_sink(NULL, NULL);
}

static void moment(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000};

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

/* ---- a request while it is sent ---- */

static void open_target(void)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    io_device();
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    assert_int_equal(WdfIoTargetCreate(io_test.device, WDF_NO_OBJECT_ATTRIBUTES, &target),
                     STATUS_SUCCESS);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &device_name, GENERIC_READ);
    assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
}

static void make_request(void)
{
    WDFMEMORY memory;

    assert_int_equal(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    assert_int_equal(
        WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', 4, &memory, NULL),
        STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL),
                     STATUS_SUCCESS);
}

static VOID delete_request(PVOID context)
{
    WdfObjectDelete(request);
}

static BOOLEAN send_with_timeout(void)
{
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_SEC(1);
    return WdfRequestSend(request, target, &options);
}

static unsigned sends, refusals; /* over all seeds */

/* Its timer is made at the first send, which takes a while. */
static void a_request_may_be_deleted_while_it_is_sent(void **state)
{
    open_target();
    make_request();
    start(delete_request);
    if (send_with_timeout()) {
        sends++;
        while (io_test.delivered == 0) {
            moment();
        }
        WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    } else {
        refusals++;
    }
    join();
}

static void each_came_first_with_some_seed(void **state)
{
    if (sends + refusals == 0) {
        skip(); /* with threads there are no seeds */
    }
    assert_true(sends > 0 && refusals > 0);
}

static VOID send_too(PVOID context)
{
    sends += send_with_timeout();
}

/* It goes down once. */
static void a_request_that_two_threads_send_goes_down_once(void **state)
{
    open_target();
    make_request();
    sends = 0;
    start(send_too);
    send_too(NULL);
    join();
    assert_int_equal(sends, 1);
    while (io_test.delivered == 0) {
        moment();
    }
    assert_int_equal(io_test.delivered, 1);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    WdfObjectDelete(request);
}

/* ---- a parent while it gets a child ---- */

static VOID delete_parent(PVOID context)
{
    WdfObjectDelete(parent);
}

static bool made_or_refused(NTSTATUS status)
{
    return status == STATUS_SUCCESS || status == STATUS_DELETE_PENDING ||
           status == STATUS_INVALID_PARAMETER;
}

static void a_parent_may_be_deleted_while_it_gets_children(void **state)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFREQUEST made;
    WDFWAITLOCK wait;
    WDFMEMORY memory;
    WDFSPINLOCK spin;

    open_target();
    assert_int_equal(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &parent), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    start(delete_parent);
    assert_true(made_or_refused(WdfWaitLockCreate(&attributes, &wait)));
    assert_true(made_or_refused(WdfSpinLockCreate(&attributes, &spin)));
    assert_true(made_or_refused(WdfRequestCreate(&attributes, target, &made)));
    assert_true(
        made_or_refused(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 100, &memory, NULL)));
    join();
}

static VOID tick(WDFTIMER timer)
{
}

/* A reference keeps the object, not the device that it was below. */
static void a_parent_may_outlive_its_device(void **state)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.device;
    assert_int_equal(WdfObjectCreate(&attributes, &parent), STATUS_SUCCESS);
    WdfObjectReference(parent);
    WdfObjectDelete(io_test.device);
    WDF_TIMER_CONFIG_INIT(&config, tick);
    attributes.ParentObject = parent;
    assert_int_equal(WdfTimerCreate(&config, &attributes, &timer), STATUS_DELETE_PENDING);
    WdfObjectDereference(parent);
}

/* ---- a control device while its driver is unloaded ---- */

static VOID slow_destroy(WDFOBJECT object)
{
    io_note("(");
    moment();
    io_note(")");
}

static VOID destroy(WDFOBJECT object)
{
    io_note("d");
}

static void child_of_device(PFN_WDF_OBJECT_CONTEXT_DESTROY callback)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT child;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.device;
    attributes.EvtDestroyCallback = callback;
    assert_int_equal(WdfObjectCreate(&attributes, &child), STATUS_SUCCESS);
}

static VOID delete_device(PVOID context)
{
    WdfObjectDelete(io_test.device);
}

/* The teardown unloads the driver. Two walks in one tree would come to the second child while the first
 * one is still in its callback. */
static int unload_and_check(void **state)
{
    int result = io_teardown(state);

    join();
    assert_log("( ) d");
    return result;
}

static void the_unload_waits_for_a_device_that_is_being_deleted(void **state)
{
    io_device();
    child_of_device(slow_destroy);
    child_of_device(destroy);
    start(delete_device);
    while (io_log()[0] == '\0') {
        LARGE_INTEGER little = {.QuadPart = -1000};

        KeDelayExecutionThread(KernelMode, FALSE, &little);
    }
}

static void two_threads_may_delete_a_control_device(void **state)
{
    io_device();
    child_of_device(slow_destroy);
    child_of_device(destroy);
    start(delete_device);
    WdfObjectDelete(io_test.device);
}

#define RACE IO_FIXTURE, .processors = 2

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_seed_test(a_request_may_be_deleted_while_it_is_sent, 60, RACE),
        cmocka_unit_test(each_came_first_with_some_seed),
        wc_seed_test(a_request_that_two_threads_send_goes_down_once, 60, RACE),
        wc_seed_test(a_parent_may_be_deleted_while_it_gets_children, 60, RACE),
        wc_unit_test(a_parent_may_outlive_its_device, IO_FIXTURE),
        wc_unit_test(the_unload_waits_for_a_device_that_is_being_deleted, .setup = io_setup,
                     .teardown = unload_and_check),
        wc_seed_test(two_threads_may_delete_a_control_device, 60, .setup = io_setup,
                     .teardown = unload_and_check, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
