/* test_fx_queue_race.c - senders, cancellers, the driver's own threads and state changes at once,
 * swept over seeds: every request is completed exactly once, whatever happens in between.
 */
#include "wdf/io_fixture.h"

#define THREADS 4u
#define CALLS   12u

static struct io_call calls[CALLS];
static bool sent[CALLS];
static char data[CALLS][4];
static WDFQUEUE first, second;
static bool careless; /* the broken twin: completes what EvtRequestCancel has */
static PVOID threads[THREADS];
static unsigned started;

static void start(PKSTART_ROUTINE routine, void *context)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    assert_true(started < THREADS);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, routine, context),
        STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode,
                                               &threads[started++], NULL),
                     STATUS_SUCCESS);
    ZwClose(handle);
}

static void join(void)
{
    while (started != 0) {
        PVOID thread = threads[--started];

        KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(thread);
    }
}

/* The first half of the calls reads, the second half writes. */
static VOID send_half(PVOID context)
{
    unsigned from = context != NULL ? CALLS / 2 : 0;

    for (unsigned i = from; i < from + CALLS / 2; i++) {
        if (from == 0) {
            io_read(&calls[i], data[i], 4);
        } else {
            io_write(&calls[i], data[i], 4);
        }
        sent[i] = true;
    }
}

/* A call that has ended is nobody's any more: its operation may not be cancelled then. */
static VOID cancel_some(PVOID context)
{
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = round; i < CALLS; i += 3) {
            KIRQL old = KeRaiseIrqlToDpcLevel(); /* no window in which it might end in between */

            if (sent[i] && calls[i].done == 0) {
                io_cancel(&calls[i]);
            }
            KeLowerIrql(old);
        }
        YieldProcessor();
    }
}

static VOID on_cancel(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* Forwards every other request, holds the rest a while as cancelable. */
static VOID on_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    static unsigned turn;

    if (turn++ % 2 == 0 && NT_SUCCESS(WdfRequestForwardToIoQueue(request, second))) {
        return;
    }
    WdfObjectReference(request);
    if (WdfRequestMarkCancelableEx(request, on_cancel) == STATUS_CANCELLED) {
        WdfRequestComplete(request, STATUS_CANCELLED);
    } else {
        YieldProcessor();
        if (WdfRequestUnmarkCancelable(request) != STATUS_CANCELLED || careless) {
            WdfRequestComplete(request, STATUS_SUCCESS);
        }
    }
    WdfObjectDereference(request);
}

static VOID on_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID on_canceled(WDFQUEUE queue, WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* The driver works on the manual queue, and changes states now and then. */
static VOID work_on_second(PVOID context)
{
    WDFREQUEST request;

    for (unsigned i = 0; i < 20; i++) {
        if (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(second, &request))) {
            if (i % 3 != 0 || !NT_SUCCESS(WdfRequestRequeue(request))) {
                WdfRequestComplete(request, STATUS_SUCCESS);
            }
        }
        if (i % 7 == 6) {
            WdfIoQueuePurge(i % 2 == 0 ? first : second, NULL, NULL);
            YieldProcessor();
            WdfIoQueueStart(i % 2 == 0 ? first : second);
        }
        YieldProcessor();
    }
}

static void race(WDF_SYNCHRONIZATION_SCOPE scope, WDF_IO_QUEUE_DISPATCH_TYPE type)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    RtlZeroMemory(calls, sizeof(calls));
    RtlZeroMemory(sent, sizeof(sent));
    started = 0;
    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = scope;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, type);
    config.EvtIoRead = on_read;
    config.EvtIoWrite = on_write;
    first = io_queue(&config, &attributes);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.EvtIoCanceledOnQueue = on_canceled;
    second = io_queue(&config, &attributes);
    io_open();
    start(send_half, NULL);
    start(send_half, &calls[0]);
    start(cancel_some, NULL);
    start(work_on_second, NULL);
    join();
    WdfIoQueuePurgeSynchronously(first);
    WdfIoQueuePurgeSynchronously(second);
}

static void assert_each_once(void)
{
    for (unsigned i = 0; i < CALLS; i++) {
        assert_int_equal(calls[i].done, 1);
    }
}

static void sequential_without_scope(void **state) /* spec: REQ-27 */
{
    race(WdfSynchronizationScopeNone, WdfIoQueueDispatchSequential);
    assert_each_once();
}

static void parallel_without_scope(void **state) /* spec: REQ-27 */
{
    race(WdfSynchronizationScopeNone, WdfIoQueueDispatchParallel);
    assert_each_once();
}

static void sequential_of_scope_queue(void **state) /* spec: REQ-27 */
{
    race(WdfSynchronizationScopeQueue, WdfIoQueueDispatchSequential);
    assert_each_once();
}

static void parallel_of_scope_device(void **state) /* spec: REQ-27 */
{
    race(WdfSynchronizationScopeDevice, WdfIoQueueDispatchParallel);
    assert_each_once();
}

static void careless_driver(void **state)
{
    careless = true;
    race(WdfSynchronizationScopeNone, WdfIoQueueDispatchParallel);
}

static void a_driver_without_the_check_is_found(void **state) /* spec: REQ-22 */
{
    const struct wc_test_options options = {IO_FIXTURE, .processors = 2};
    uint64_t seed = wc_test_find_seed(careless_driver, 1000, &options);

    careless = false;
    assert_true(seed != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_seed_test(sequential_without_scope, 100, IO_FIXTURE, .processors = 2),
        wc_seed_test(parallel_without_scope, 100, IO_FIXTURE, .processors = 2),
        wc_seed_test(sequential_of_scope_queue, 100, IO_FIXTURE, .processors = 2),
        wc_seed_test(parallel_of_scope_device, 100, IO_FIXTURE, .processors = 2),
        cmocka_unit_test(a_driver_without_the_check_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
