/* test_io_unload.c - a driver that goes while something of it would still be called. The driver's
 * code is one routine of the test.
 */
#include "nt/nt_driver.h"

#include "nt/nt_thread.h"
#include "nt/nt_workers.h"

static volatile LONG runs;
static KEVENT go;

static VOID dpc_routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    runs++;
}

static VOID thread_routine(PVOID Context)
{
    nt_wait(&go, NULL);
}

static VOID work_routine(PVOID Context)
{
    runs++;
}

static PDRIVER_OBJECT driver_of(const void *routine)
{
    const struct io_driver_config config = {
        .name = "leaver", .start = (void *)(uintptr_t)routine, .size = 1};
    PDRIVER_OBJECT driver = NULL;

    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    return driver;
}

/* Unloads it twice: while what the test did is under way, and then without. */
static void unload(PDRIVER_OBJECT driver, const char *rule)
{
    unsigned before = wc_violations(rule);

    if (rule != NULL) {
        wc_expect_violation(rule);
    }
    io_driver_unload(driver);
    assert_int_equal(wc_violations(rule), before + (rule != NULL));
}

static void an_armed_timer_is_named(void **state) /* spec: TMR-27 */
{
    PKTIMER timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*timer), 'rmiT');
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)dpc_routine);
    KDPC dpc;

    KeInitializeDpc(&dpc, dpc_routine, NULL);
    KeInitializeTimer(timer);
    KeSetTimer(timer, nt_ms(10), &dpc);
    unload(driver, "UnloadPending");
    assert_non_null(strstr(wc_last_report(), "timer armed"));
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xCE"));
    assert_true(KeCancelTimer(timer));
    unload(driver, NULL);
    assert_int_equal(runs, 0);
    io_driver_delete(driver);
    ExFreePool(timer);
}

static void an_armed_timer_in_its_data_is_named(void **state) /* spec: TMR-27 */
{
    static KTIMER timer;
    const struct io_driver_config config = {
        .name = "leaver", .start = &timer, .size = sizeof(timer)};
    PDRIVER_OBJECT driver = NULL;

    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    KeInitializeTimer(&timer);
    KeSetTimer(&timer, nt_ms(10), NULL);
    unload(driver, "UnloadPending");
    KeCancelTimer(&timer);
    unload(driver, NULL);
    io_driver_delete(driver);
}

static void a_queued_dpc_is_named(void **state)
{
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)dpc_routine);
    KDPC dpc;

    KeInitializeDpc(&dpc, dpc_routine, NULL);
    KeSetImportanceDpc(&dpc, LowImportance); /* waits for the tick */
    KeInsertQueueDpc(&dpc, NULL, NULL);
    unload(driver, "UnloadPending");
    assert_non_null(strstr(wc_last_report(), "DPC queued"));
    KeFlushQueuedDpcs();
    assert_int_equal(runs, 1); /* nothing is lost */
    unload(driver, NULL);
    io_driver_delete(driver);
}

static void a_thread_that_runs_is_named(void **state)
{
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)thread_routine);
    PKTHREAD thread = nt_thread(thread_routine, NULL);

    nt_delay_ms(1);
    unload(driver, "ThreadOutlivesDriver");
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xCE"));
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    nt_wait(thread, NULL);
    unload(driver, NULL); /* it has ended, though its object is there */
    ObDereferenceObject(thread);
    io_driver_delete(driver);
}

static void a_work_item_that_waits_is_named(void **state)
{
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)work_routine);
    static struct nt_workers held;
    WORK_QUEUE_ITEM item;

    nt_workers_hold(&held, IO_WORKERS_MAX);
    ExInitializeWorkItem(&item, work_routine, NULL);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    unload(driver, "UnloadPending");
    assert_int_equal(runs, 0);
    nt_workers_free(&held);
    nt_delay_ms(1);
    assert_int_equal(runs, 1);
    unload(driver, NULL);
    io_driver_delete(driver);
}

static VOID bugcheck_routine(PVOID Buffer, ULONG Length)
{
    runs++;
}

static VOID reason_routine(KBUGCHECK_CALLBACK_REASON Reason,
                           struct _KBUGCHECK_REASON_CALLBACK_RECORD *Record, PVOID Data,
                           ULONG Length)
{
    runs++;
}

static void bug_check_callbacks_that_are_left_are_named(void **state)
{
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)bugcheck_routine);
    static KBUGCHECK_CALLBACK_RECORD record;
    static KBUGCHECK_REASON_CALLBACK_RECORD reason;

    KeInitializeCallbackRecord(&record);
    KeInitializeCallbackRecord(&reason);
    assert_true(KeRegisterBugCheckCallback(&record, bugcheck_routine, NULL, 0, (PUCHAR) "left"));
    assert_true(KeRegisterBugCheckReasonCallback(&reason, reason_routine,
                                                 KbCallbackSecondaryDumpData, (PUCHAR) "left"));
    unload(driver, "UnloadPending");
    assert_non_null(strstr(wc_last_report(), "bug check callback"));
    assert_false(KeDeregisterBugCheckCallback(&record)); /* nobody would call it any more */
    assert_int_equal(record.State, BufferEmpty);
    unload(driver, NULL);
    io_driver_delete(driver);

    driver = driver_of((const void *)(uintptr_t)reason_routine);
    unload(driver, "UnloadPending");
    assert_false(KeDeregisterBugCheckReasonCallback(&reason));
    unload(driver, NULL);
    io_driver_delete(driver);
}

static BOOLEAN nmi_routine(PVOID Context, BOOLEAN Handled)
{
    return FALSE;
}

static void a_routine_for_nmis_that_is_left_is_named(void **state)
{
    PDRIVER_OBJECT driver = driver_of((const void *)(uintptr_t)nmi_routine);
    PVOID handle = KeRegisterNmiCallback(nmi_routine, NULL);

    unload(driver, "UnloadPending");
    assert_int_equal(KeDeregisterNmiCallback(handle), STATUS_SUCCESS);
    unload(driver, NULL);
    io_driver_delete(driver);
}

static int start(void **state)
{
    (void)state;
    runs = 0;
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    return 0;
}

#define TEST(name) wc_unit_test(name, .setup = start)
/* With fibers alone: with threads a processor whose tasks are all passive is idle, and drains at once. */
#define TEST_BUSY(name) wc_unit_test(name, .setup = start, .fibers_only = true)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_armed_timer_is_named),
        TEST(an_armed_timer_in_its_data_is_named),
        TEST_BUSY(a_queued_dpc_is_named),
        TEST(a_thread_that_runs_is_named),
        TEST(a_work_item_that_waits_is_named),
        TEST(bug_check_callbacks_that_are_left_are_named),
        TEST(a_routine_for_nmis_that_is_left_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
