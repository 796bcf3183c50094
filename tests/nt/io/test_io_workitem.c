/* test_io_workitem.c - work items and the threads that run them. */
#include "nt/nt_driver.h"

#include <string.h>

#include "nt/ob/ob_object.h"

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    PIO_WORKITEM item;
    KEVENT done, first_in, second_in;
    volatile LONG runs;
    KIRQL irql;
    PVOID object, context;
    PIO_WORKITEM item_seen;
    PKTHREAD thread;
    LONG references; /* of the device while the routine runs */
} t;

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.device = nt_device_create(t.driver, NULL, nt_succeed);
    t.item = IoAllocateWorkItem(t.device);
    KeInitializeEvent(&t.done, SynchronizationEvent, FALSE);
    KeInitializeEvent(&t.first_in, NotificationEvent, FALSE);
    KeInitializeEvent(&t.second_in, NotificationEvent, FALSE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (t.item != NULL) {
        IoFreeWorkItem(t.item);
    }
    nt_driver_delete(t.driver);
    return 0;
}

static void wait_for(PKEVENT event)
{
    KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

static VOID note(PDEVICE_OBJECT device, PVOID context)
{
    InterlockedIncrement(&t.runs);
    t.object = device;
    t.context = context;
    t.irql = KeGetCurrentIrql();
    t.thread = KeGetCurrentThread();
    t.references = ob_references(device);
    KeSetEvent(&t.done, IO_NO_INCREMENT, FALSE);
}

static VOID queue_in_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    (void)dpc;
    (void)context;
    (void)argument1;
    (void)argument2;
    IoQueueWorkItem(t.item, note, DelayedWorkQueue, &t);
}

static void a_dpc_moves_work_to_passive_level(void **state) /* spec: WRK-01, WRK-02 */
{
    KDPC dpc;

    (void)state;
    KeInitializeDpc(&dpc, queue_in_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    wait_for(&t.done);
    assert_int_equal(t.irql, PASSIVE_LEVEL);
    assert_ptr_not_equal(t.thread, KeGetCurrentThread());
    assert_ptr_equal(t.object, t.device);
    assert_ptr_equal(t.context, &t);
}

static VOID free_own_item(PDEVICE_OBJECT device, PVOID context)
{
    IoFreeWorkItem(context);
    t.item = NULL;
    note(device, context);
}

static void the_routine_may_free_its_item(void **state) /* spec: WRK-03 */
{
    (void)state;
    IoQueueWorkItem(t.item, free_own_item, DelayedWorkQueue, t.item);
    wait_for(&t.done);
    assert_null(t.item);
    assert_int_equal(wc_violations(NULL), 0);
}

static VOID queue_again(PDEVICE_OBJECT device, PVOID context)
{
    BOOLEAN first = t.runs == 0;

    note(device, context);
    if (first) {
        IoQueueWorkItem(context, queue_again, DelayedWorkQueue, context);
    }
}

static void the_routine_may_queue_its_item_again(void **state) /* spec: WRK-04 */
{
    (void)state;
    IoQueueWorkItem(t.item, queue_again, DelayedWorkQueue, t.item);
    wait_for(&t.done);
    while (InterlockedCompareExchange(&t.runs, 0, 0) < 2) {
        wait_for(&t.done);
    }
    assert_int_equal(t.runs, 2);
}

static void queuing_twice_is_named_and_runs_once(void **state) /* spec: WRK-05, WRK-07 */
{
    LARGE_INTEGER tick = {.QuadPart = -10000};
    KIRQL old = KeRaiseIrqlToDpcLevel(); /* no worker gets in between */

    (void)state;
    IoQueueWorkItem(t.item, note, DelayedWorkQueue, (PVOID)1);
    wc_expect_violation("WorkerInvalid");
    IoQueueWorkItem(t.item, note, DelayedWorkQueue, (PVOID)2);
    assert_false(IoTryQueueWorkItem(t.item, NULL, DelayedWorkQueue, NULL));
    wc_expect_violation("WorkerInvalid");
    IoFreeWorkItem(t.item);
    KeLowerIrql(old);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    assert_int_equal(t.runs, 1);
    assert_ptr_equal(t.context, (PVOID)1);
    IoQueueWorkItem(t.item, note, DelayedWorkQueue, (PVOID)3);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    assert_int_equal(t.runs, 2);
}

static void the_device_stays_until_the_routine_returned(void **state) /* spec: WRK-06 */
{
    LONG before = ob_references(t.device);

    (void)state;
    IoQueueWorkItem(t.item, note, DelayedWorkQueue, NULL);
    assert_int_equal(ob_references(t.device), before + 1);
    wait_for(&t.done);
    assert_int_equal(t.references, before + 1);
    KeLowerIrql(KeRaiseIrqlToDpcLevel());
    while (ob_references(t.device) != before) {
        LARGE_INTEGER tick = {.QuadPart = -10000};

        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    }
    assert_int_equal(t.runs, 1);
}

static VOID meet_first(PVOID context)
{
    (void)context;
    KeSetEvent(&t.first_in, IO_NO_INCREMENT, FALSE);
    wait_for(&t.second_in);
    InterlockedIncrement(&t.runs);
    KeSetEvent(&t.done, IO_NO_INCREMENT, FALSE);
}

static VOID meet_second(PVOID context)
{
    (void)context;
    KeSetEvent(&t.second_in, IO_NO_INCREMENT, FALSE);
    wait_for(&t.first_in);
    InterlockedIncrement(&t.runs);
}

static void two_items_run_at_the_same_time(void **state) /* spec: WRK-08 */
{
    WORK_QUEUE_ITEM first, second;

    (void)state;
    ExInitializeWorkItem(&first, meet_first, NULL);
    ExInitializeWorkItem(&second, meet_second, NULL);
    ExQueueWorkItem(&first, DelayedWorkQueue);
    ExQueueWorkItem(&second, CriticalWorkQueue);
    wait_for(&t.done); /* each waits for the other: one thread would never get here */
    assert_true(t.runs >= 1);
    wait_for(&t.first_in);
    while (ReadAcquire(&t.runs) < 2) {
        LARGE_INTEGER tick = {.QuadPart = -10000};

        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    }
}

static VOID note_ex(PVOID object, PVOID context, PIO_WORKITEM item)
{
    t.item_seen = item;
    note(object, context);
}

static void the_ex_form_gets_the_item(void **state) /* spec: WRK-09 */
{
    (void)state;
    IoQueueWorkItemEx(t.item, note_ex, DelayedWorkQueue, NULL);
    wait_for(&t.done);
    assert_ptr_equal(t.item_seen, t.item);
    assert_ptr_equal(t.object, t.device);
}

static void an_item_in_the_drivers_memory(void **state)
{
    PIO_WORKITEM item = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), 'krow');

    (void)state;
    IoInitializeWorkItem(t.device, item);
    IoQueueWorkItem(item, note, DelayedWorkQueue, NULL);
    wait_for(&t.done);
    IoUninitializeWorkItem(item);
    wc_expect_violation("WorkerInvalid");
    IoQueueWorkItem(item, note, DelayedWorkQueue, NULL);
    assert_int_equal(t.runs, 1);
    ExFreePoolWithTag(item, 'krow');
}

static VOID return_raised(PVOID context)
{
    (void)context;
    KeRaiseIrqlToDpcLevel();
}

static void run_raising_item(void *argument)
{
    static WORK_QUEUE_ITEM item;

    (void)argument;
    ExInitializeWorkItem(&item, return_raised, NULL);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    wait_for(&t.done);
}

static void a_routine_returns_at_passive_level(void **state) /* spec: IRQL-18 */
{
    (void)state;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wc_expect_stop("WorkerReturnedAtBadIrql", run_raising_item, NULL);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)
/* With fibers alone: with threads a worker takes the item beside the body, which wants it queued. */
#define TEST_ORDERED(name) wc_unit_test(name, .setup = start, .teardown = stop, .fibers_only = true)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dpc_moves_work_to_passive_level),
        TEST(the_routine_may_free_its_item),
        TEST(the_routine_may_queue_its_item_again),
        TEST_ORDERED(queuing_twice_is_named_and_runs_once),
        TEST(the_device_stays_until_the_routine_returned),
        TEST(two_items_run_at_the_same_time),
        TEST(the_ex_form_gets_the_item),
        TEST(an_item_in_the_drivers_memory),
        TEST(a_routine_returns_at_passive_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
