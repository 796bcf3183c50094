/* test_fx_queue_sync.c - which queue callbacks may overlap: requests from several threads, swept over
 * seeds.
 */
#include "wdf/io_fixture.h"

#include <string.h>

#include "nt/ke/ke_processor.h"
#include "wdf/object/fx_object.h"

#define SENDERS 3u

struct sender {
    struct io_call call;
    PVOID thread;
    bool write;
    char data[4];
};

static struct sender senders[SENDERS];
static unsigned overlaps;

static VOID send_one(PVOID context)
{
    struct sender *sender = context;

    if (sender->write) {
        io_write(&sender->call, sender->data, 4);
    } else {
        io_read(&sender->call, sender->data, 4);
    }
}

/* All senders at once; every other one writes. */
static void send_all(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    for (unsigned i = 0; i < SENDERS; i++) {
        senders[i].write = i % 2 != 0;
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, send_one,
                             &senders[i]);
        ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &senders[i].thread,
                                  NULL);
        ZwClose(handle);
    }
    for (unsigned i = 0; i < SENDERS; i++) {
        KeWaitForSingleObject(senders[i].thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(senders[i].thread);
    }
}

/* Takes its time: every step is a window in which another processor may come in. */
static void handle(WDFREQUEST request)
{
    overlaps += io_test.inside != 0;
    io_test.inside++;
    for (unsigned i = 0; i < 20; i++) {
        YieldProcessor();
    }
    io_test.inside--;
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID slow_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    handle(request);
}

static void queues_of(WDF_SYNCHRONIZATION_SCOPE scope, bool two)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    overlaps = 0;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = scope;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = slow_read;
    config.EvtIoWrite = slow_read;
    config.DefaultQueue = TRUE;
    io_queue(&config, &attributes);
    if (two) {
        config.DefaultQueue = FALSE;
        assert_int_equal(WdfDeviceConfigureRequestDispatching(
                             io_test.device, io_queue(&config, &attributes), WdfRequestTypeWrite),
                         STATUS_SUCCESS);
    }
    io_open();
}

static void assert_all_done(void)
{
    for (unsigned i = 0; i < SENDERS; i++) {
        io_assert_done(&senders[i].call, STATUS_SUCCESS);
    }
}

static void scope_queue_excludes_within_a_queue(void **state) /* spec: QUE-43 SYNC-03 */
{
    io_device();
    queues_of(WdfSynchronizationScopeQueue, false);
    send_all();
    assert_all_done();
    assert_int_equal(overlaps, 0);
}

static void scope_device_excludes_among_queues(void **state) /* spec: QUE-44 SYNC-02 */
{
    io_device();
    queues_of(WdfSynchronizationScopeDevice, true);
    send_all();
    assert_all_done();
    assert_int_equal(overlaps, 0);
}

/* The other side: without a scope some seed lets handlers overlap. */
static void overlap_of(WDF_SYNCHRONIZATION_SCOPE scope, bool two)
{
    io_device();
    queues_of(scope, two);
    send_all();
    assert_all_done();
    assert_int_equal(overlaps, 0);
}

static void unserialized(void **state)
{
    overlap_of(WdfSynchronizationScopeNone, false);
}

static void two_queues_of_scope_queue(void **state)
{
    overlap_of(WdfSynchronizationScopeQueue, true);
}

static const struct wc_test_options two_processors = {IO_FIXTURE, .processors = 2};

static void scope_none_lets_handlers_overlap(void **state) /* spec: SYNC-05 */
{
    assert_true(wc_test_find_seed(unserialized, 200, &two_processors) != 0);
}

static void two_queues_of_scope_queue_may_overlap(void **state) /* spec: QUE-43 SYNC-03 */
{
    assert_true(wc_test_find_seed(two_queues_of_scope_queue, 200, &two_processors) != 0);
}

/* ---- a handler that has completed its request and still runs ---- */

static volatile LONG linger;

static VOID complete_and_linger(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_note("(");
    WdfRequestComplete(request, STATUS_SUCCESS);
    if (InterlockedExchange(&linger, FALSE)) {
        LARGE_INTEGER moment = {.QuadPart = -100000};

        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    io_note(")");
}

/* The second sender comes while the first one's handler sleeps. */
static void an_arrival_does_not_wait_for_a_lingering_handler(void **state) /* spec: QUE-60 */
{
    WDF_IO_QUEUE_CONFIG config;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = complete_and_linger;
    config.EvtIoWrite = complete_and_linger;
    io_queue(&config, NULL);
    io_open();
    WriteRelease(&linger, TRUE);
    send_all();
    assert_all_done();
    assert_log("( ( ) ( ) )");
}

static VOID hold_and_sleep(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    io_note("(%zu", length);
    io_keep(queue, request);
    if (InterlockedExchange(&linger, FALSE)) {
        LARGE_INTEGER moment = {.QuadPart = -100000};

        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    io_note(")");
}

static VOID complete_other(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    io_note("done");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

/* A completion elsewhere, while the handler's thread sleeps in its handler, delivers nothing. */
static void a_completion_leaves_delivery_to_the_handlers_thread(void **state) /* spec: QUE-62 */
{
    LARGE_INTEGER due = {.QuadPart = -50000};
    WDF_IO_QUEUE_CONFIG config;
    struct io_call first, second;
    WDFQUEUE queue;
    KTIMER timer;
    KDPC dpc;
    char data[4];

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = hold_and_sleep;
    queue = io_queue(&config, NULL);
    io_open();
    WdfIoQueueStop(queue, NULL, NULL);
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    WriteRelease(&linger, TRUE);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, complete_other, NULL);
    KeSetTimer(&timer, due, &dpc);
    WdfIoQueueStart(queue);
    assert_log("(1 done ) (2 )");
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
}

static VOID take_own_lock(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    wc_expect_violation("CallbackLockRecursive");
    WdfObjectAcquireLock(queue);
    io_note("@%d", KeGetCurrentIrql());
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void a_serialized_callback_holds_the_queues_lock(void **state) /* spec: LOCK-22 LOCK-18 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    struct io_call call;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = take_own_lock;
    io_queue(&config, &attributes);
    io_open();
    io_read(&call, data, 4);
    assert_log("@2");
    io_assert_done(&call, STATUS_SUCCESS);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* The holder of the device's lock keeps a serialized handler out: delivery comes afterwards. */
static void the_devices_lock_keeps_handlers_out(void **state) /* spec: SYNC-19 LOCK-17 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    struct io_call call;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = io_evt_read;
    queue = io_queue(&config, &attributes);
    io_open();
    WdfIoQueueStop(queue, NULL, NULL);
    io_read(&call, data, 4);
    WdfObjectAcquireLock(io_test.device);
    WdfIoQueueStart(queue);
    io_note("held");
    WdfObjectReleaseLock(io_test.device);
    assert_log("held r4");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

/* A device of scope Queue whose queues say nothing. */
static void inherit_from_device(bool two)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    io_create(io_init(), &attributes);
    queues_of(WdfSynchronizationScopeInheritFromParent, two);
    send_all();
    assert_all_done();
    assert_int_equal(overlaps, 0);
}

static void scope_queue_is_inherited(void **state) /* spec: SYNC-04 */
{
    inherit_from_device(false);
}

static void two_inheriting_queues(void **state)
{
    inherit_from_device(true);
}

static void two_inheriting_queues_may_overlap(void **state) /* spec: SYNC-04 */
{
    assert_true(wc_test_find_seed(two_inheriting_queues, 200, &two_processors) != 0);
}

/* ---- deletion of a queue whose lock is held or waited for ---- */

static WDFSPINLOCK forgotten;

static VOID forget_a_lock(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WdfRequestComplete(request, STATUS_SUCCESS);
    WdfSpinLockAcquire(forgotten);
}

static void read_once(void *call)
{
    static char data[4];

    io_read(call, data, 1);
}

static void a_handler_that_keeps_a_spin_lock_is_reported(void **state)
{
    static struct io_call call;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    io_device();
    assert_int_equal(WdfSpinLockCreate(NULL, &forgotten), STATUS_SUCCESS);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = forget_a_lock;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue; /* at DISPATCH_LEVEL */
    io_queue(&config, &attributes);
    io_open();
    wc_expect_stop("SpinLockHeldAtReturn", read_once, &call);
}

static WDFQUEUE locked_queue(WDF_EXECUTION_LEVEL level)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    attributes.ExecutionLevel = level;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    queue = io_queue(&config, &attributes);
    WdfObjectAcquireLock(queue);
    return queue;
}

/* The queue's memory lasts until the release, so that the next queue's lock lies elsewhere. */
static void a_deleted_queue_lasts_until_its_lock_is_released(void **state)
{
    WDFQUEUE first, second;

    io_device();
    first = locked_queue(WdfExecutionLevelPassive);
    WdfObjectDelete(first);
    second = locked_queue(WdfExecutionLevelPassive);
    WdfObjectReleaseLock(locked_queue(WdfExecutionLevelPassive)); /* looks at all that are held */
    WdfObjectReleaseLock(second);
    assert_true(KeAreApcsDisabled());
    wc_expect_violation("LockDeletedWhileHeld");
    WdfObjectReleaseLock(first);
    assert_false(KeAreApcsDisabled());
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReleaseLock(first);
}

/* Who has a reference of its own may delete and release in any order. */
static void a_referenced_queue_is_released_after_its_deletion(void **state)
{
    WDFQUEUE queue;

    io_device();
    queue = locked_queue(WdfExecutionLevelPassive);
    WdfObjectReference(queue);
    WdfObjectDelete(queue);
    WdfObjectReleaseLock(queue);
    assert_false(KeAreApcsDisabled());
    WdfObjectDereference(queue);
}

/* The other processor deletes it meanwhile. */
static void a_dispatch_lock_outlives_its_queue_on_one_processor(void **state)
{
    WDFQUEUE queue;

    io_device();
    queue = locked_queue(WdfExecutionLevelDispatch);
    WdfObjectDelete(queue);
    while (fx_object_state(fx_handle_find(queue)) != FX_STATE_DELETED) {
        YieldProcessor();
    }
    assert_int_equal(ke_self->callback_locks_held, 1);
    wc_expect_violation("LockDeletedWhileHeld");
    WdfObjectReleaseLock(queue);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrqlToDpcLevel();
    assert_int_equal(ke_self->callback_locks_held, 0);
    assert_int_equal(ke_self->spin_locks_held, 0);
    KeLowerIrql(PASSIVE_LEVEL);
}

struct waiter {
    PVOID thread;
    WDFQUEUE queue;
};

static VOID wait_for_lock(PVOID context)
{
    struct waiter *waiter = context;

    WdfObjectAcquireLock(waiter->queue);
    WdfObjectReleaseLock(waiter->queue);
}

static void start_waiter(struct waiter *waiter, WDFQUEUE queue)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    waiter->queue = queue;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, wait_for_lock,
                         waiter);
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &waiter->thread, NULL);
    ZwClose(handle);
}

static void who_waits_for_the_lock_of_a_deleted_queue_gets_it(void **state)
{
    struct waiter waiter;
    WDFQUEUE queue;

    io_device();
    queue = locked_queue(WdfExecutionLevelPassive);
    start_waiter(&waiter, queue);
    io_settle(); /* it waits */
    WdfObjectDelete(queue);
    wc_expect_violation("LockDeletedWhileHeld"); /* of the last one to release it */
    WdfObjectReleaseLock(queue);
    KeWaitForSingleObject(waiter.thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(waiter.thread);
    assert_null(fx_handle_find(queue));
}

/* ---- a handler that gives its lock away ---- */

static VOID release_and_raise(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    KIRQL old;

    WdfObjectReleaseLock(queue);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void the_irql_falls_although_the_lock_was_lost(void **state)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    struct io_call call;
    char data[4];

    io_device();
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = release_and_raise;
    io_queue(&config, &attributes);
    io_open();
    wc_expect_violation("CallbackLockNotOwned");
    io_read(&call, data, 4);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    io_assert_done(&call, STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_seed_test(scope_queue_excludes_within_a_queue, 50, IO_FIXTURE, .processors = 2),
        wc_seed_test(scope_device_excludes_among_queues, 50, IO_FIXTURE, .processors = 2),
        wc_seed_test(scope_queue_is_inherited, 50, IO_FIXTURE, .processors = 2),
        cmocka_unit_test(two_inheriting_queues_may_overlap),
        wc_unit_test(a_handler_that_keeps_a_spin_lock_is_reported, IO_FIXTURE),
        cmocka_unit_test(scope_none_lets_handlers_overlap),
        cmocka_unit_test(two_queues_of_scope_queue_may_overlap),
        wc_unit_test(a_serialized_callback_holds_the_queues_lock, IO_FIXTURE),
        wc_unit_test(the_devices_lock_keeps_handlers_out, IO_FIXTURE),
        wc_unit_test(an_arrival_does_not_wait_for_a_lingering_handler, IO_FIXTURE),
        wc_unit_test(a_deleted_queue_lasts_until_its_lock_is_released, IO_FIXTURE),
        wc_unit_test(a_referenced_queue_is_released_after_its_deletion, IO_FIXTURE),
        wc_unit_test(a_dispatch_lock_outlives_its_queue_on_one_processor, IO_FIXTURE,
                     .processors = 2),
        wc_unit_test(the_irql_falls_although_the_lock_was_lost, IO_FIXTURE),
        wc_unit_test(who_waits_for_the_lock_of_a_deleted_queue_gets_it, IO_FIXTURE),
        wc_unit_test(a_completion_leaves_delivery_to_the_handlers_thread, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
