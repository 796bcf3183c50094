/* test_ke_dpc.c - KDPC: insertion, placing, targets, removal, flush. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include <string.h>

#define MAXIMUM 16

/* A DPC that writes its letter into the log and remembers how it was called. */
struct letter {
    KDPC dpc;
    char name;
    volatile LONG runs;
    KIRQL irql;
    ULONG processor;
    PKDPC self;
    PVOID context, argument1, argument2;
    LOGICAL executing;
};

static struct letter letters[MAXIMUM];
static char order[64];
static volatile LONG noted; /* letters in it */

/* By DPCs of several processors at once. */
static void note(char name)
{
    order[InterlockedIncrement(&noted) - 1] = name;
}

static VOID write_letter(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct letter *letter = Context;

    letter->irql = KeGetCurrentIrql();
    letter->processor = KeGetCurrentProcessorNumber();
    letter->self = Dpc;
    letter->context = Context;
    letter->argument1 = Argument1;
    letter->argument2 = Argument2;
    letter->executing = KeIsExecutingDpc();
    note(letter->name);
    WriteRelease(&letter->runs, letter->runs + 1); /* last: who waits for it looks at the rest */
}

static int setup(void **state)
{
    memset(letters, 0, sizeof(letters));
    memset(order, 0, sizeof(order));
    noted = 0;
    for (int i = 0; i < MAXIMUM; i++) {
        letters[i].name = (char)('a' + i);
        KeInitializeDpc(&letters[i].dpc, write_letter, &letters[i]);
    }
    return 0;
}

static BOOLEAN insert(int i)
{
    return KeInsertQueueDpc(&letters[i].dpc, NULL, NULL);
}

static void initializing_queues_nothing(void **state) /* spec: DPC-01 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_false(KeRemoveQueueDpc(&letters[0].dpc));
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 0);
}

static void importance_is_medium_unless_set(void **state) /* spec: DPC-02 */
{
    assert_int_equal(letters[0].dpc.Importance, MediumImportance);
}

static void
the_routine_gets_what_was_given_at_dispatch_level(void **state) /* spec: DPC-03 DPC-04 */
{
    assert_true(KeInsertQueueDpc(&letters[0].dpc, &order, &letters[1]));
    assert_ptr_equal(letters[0].self, &letters[0].dpc);
    assert_ptr_equal(letters[0].context, &letters[0]);
    assert_ptr_equal(letters[0].argument1, &order);
    assert_ptr_equal(letters[0].argument2, &letters[1]);
    assert_int_equal(letters[0].irql, DISPATCH_LEVEL);
}

static void one_insertion_is_one_call(void **state) /* spec: DPC-06 DPC-21 */
{
    assert_true(insert(0));
    assert_int_equal(letters[0].runs, 1); /* before the insertion returned */
    assert_true(insert(0));
    assert_int_equal(letters[0].runs, 2);
}

static void insert_while_queued_is_ignored(void **state) /* spec: DPC-07 DPC-08 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel(); /* keeps the queue from draining */

    assert_true(KeInsertQueueDpc(&letters[0].dpc, (PVOID)1, (PVOID)2));
    for (int i = 0; i < 10; i++) {
        assert_false(KeInsertQueueDpc(&letters[0].dpc, (PVOID)3, (PVOID)4));
    }
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 1);
    assert_ptr_equal(letters[0].argument1, (PVOID)1);
    assert_ptr_equal(letters[0].argument2, (PVOID)2);
}

/* ---- from inside a routine ---- */

struct again {
    KDPC dpc;
    int left;
    int depth;
    int deepest;
    BOOLEAN inserted;
    int runs;
};

static VOID insert_itself(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct again *again = Context;

    again->runs++;
    if (++again->depth > again->deepest) {
        again->deepest = again->depth;
    }
    if (again->left-- > 0) {
        again->inserted = KeInsertQueueDpc(Dpc, NULL, NULL);
    }
    again->depth--;
}

static void
a_routine_may_queue_its_own_dpc_and_is_not_reentered(void **state) /* spec: DPC-09 DPC-10 DPC-26 */
{
    struct again again = {.left = 3};

    KeInitializeDpc(&again.dpc, insert_itself, &again);
    KeInsertQueueDpc(&again.dpc, NULL, NULL);
    assert_true(again.inserted);
    assert_int_equal(again.runs, 4); /* all before the first insertion returned */
    assert_int_equal(again.deepest, 1);
}

static VOID wipe_itself(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    memset(Dpc, 0xdd, sizeof(*Dpc));
    ++*(int *)Context;
}

static void a_routine_may_destroy_its_own_dpc(void **state) /* spec: DPC-11 */
{
    KDPC dpc;
    int runs = 0;

    KeInitializeDpc(&dpc, wipe_itself, &runs);
    assert_true(KeInsertQueueDpc(&dpc, NULL, NULL));
    assert_int_equal(runs, 1);
    memset(&dpc, 0, sizeof(dpc));
}

static VOID insert_the_next(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    note('(');
    KeInsertQueueDpc(&letters[0].dpc, NULL, NULL);
    note(')');
}

static void an_insertion_inside_a_dpc_runs_after_it_returned(void **state) /* spec: DPC-22 DPC-27 */
{
    KDPC outer;

    KeInitializeDpc(&outer, insert_the_next, NULL);
    KeInsertQueueDpc(&outer, NULL, NULL);
    assert_string_equal(order, "()a");
}

/* ---- processors ---- */

static void on_processor(ULONG number)
{
    KeSetSystemAffinityThreadEx((KAFFINITY)1 << number);
}

static void without_target_it_runs_where_it_was_inserted(void **state) /* spec: DPC-12 */
{
    on_processor(1);
    insert(0);
    assert_int_equal(letters[0].runs, 1);
    assert_int_equal(letters[0].processor, 1);
    on_processor(0);
    insert(0);
    assert_int_equal(letters[0].processor, 0);
}

static void wait_for_runs(int i, LONG runs)
{
    while (ReadAcquire(&letters[i].runs) < runs) {
        YieldProcessor();
    }
}

static void with_a_target_it_runs_there(void **state) /* spec: DPC-13 */
{
    on_processor(0);
    KeSetTargetProcessorDpc(&letters[0].dpc, 1);
    insert(0);
    wait_for_runs(0, 1);
    assert_int_equal(letters[0].processor, 1);
}

static void a_new_target_does_not_move_what_is_queued(void **state) /* spec: DPC-14 */
{
    KIRQL old;

    on_processor(0);
    old = KeRaiseIrqlToDpcLevel();
    insert(0);
    KeSetTargetProcessorDpc(&letters[0].dpc, 1);
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 1);
    assert_int_equal(letters[0].processor, 0);
    insert(0);
    wait_for_runs(0, 2);
    assert_int_equal(letters[0].processor, 1);
}

static void a_processor_that_is_not_there_is_no_target(void **state) /* spec: DPC-15 DPC-16 */
{
    PROCESSOR_NUMBER number = {.Number = 2};

    on_processor(0);
    KeSetTargetProcessorDpc(&letters[0].dpc, 1);
    KeSetTargetProcessorDpc(&letters[0].dpc, 2);
    assert_int_equal(wc_violations("DpcBadTarget"), 1); /* noted, and it goes on */
    assert_int_equal(KeSetTargetProcessorDpcEx(&letters[0].dpc, &number), STATUS_INVALID_PARAMETER);
    insert(0);
    wait_for_runs(0, 1);
    assert_int_equal(letters[0].processor, 1);
    number.Number = 0;
    assert_int_equal(KeSetTargetProcessorDpcEx(&letters[0].dpc, &number), STATUS_SUCCESS);
    insert(0);
    wait_for_runs(0, 2);
    assert_int_equal(letters[0].processor, 0);
}

/* ---- importance ---- */

static void importance_counts_at_insertion(void **state) /* spec: DPC-17 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    insert(0);
    insert(1);
    KeSetImportanceDpc(&letters[1].dpc, HighImportance);
    KeLowerIrql(old);
    assert_string_equal(order, "ab");
}

static void high_importance_goes_to_the_head(void **state) /* spec: DPC-18 DPC-19 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeSetImportanceDpc(&letters[2].dpc, HighImportance);
    KeSetImportanceDpc(&letters[3].dpc, HighImportance);
    for (int i = 0; i < 4; i++) {
        insert(i);
    }
    KeLowerIrql(old);
    assert_string_equal(order, "dcab");
}

static void the_others_keep_their_order(void **state) /* spec: DPC-20 SMP-10 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeSetImportanceDpc(&letters[0].dpc, LowImportance);
    KeSetImportanceDpc(&letters[2].dpc, MediumHighImportance);
    for (int i = 0; i < 5; i++) {
        insert(i);
    }
    KeLowerIrql(old);
    assert_string_equal(order, "abcde");
}

static void a_low_dpc_waits_for_the_next_drain_and_is_not_lost(void **state) /* spec: DPC-23 */
{
    KeSetImportanceDpc(&letters[0].dpc, LowImportance);
    insert(0);
    assert_int_equal(letters[0].runs, 0);
    insert(1); /* asks for a drain */
    assert_string_equal(order, "ab");
    insert(0);
    KeLowerIrql(KeRaiseIrqlToDpcLevel());
    assert_int_equal(letters[0].runs, 2);
}

static void many_low_dpcs_cause_a_drain(void **state) /* spec: DPC-24 */
{
    for (int i = 0; i < 5; i++) {
        KeSetImportanceDpc(&letters[i].dpc, LowImportance);
        assert_string_equal(order, "");
        insert(i);
    }
    assert_string_equal(order, "abcde");
}

static VOID keep_busy(PVOID Context)
{
    volatile int *end = Context;

    on_processor(1);
    while (*end == 0) {
        KeGetCurrentIrql(); /* windows, but no clock and no level change */
    }
}

static void insert_as(int i, KDPC_IMPORTANCE importance)
{
    KeSetTargetProcessorDpc(&letters[i].dpc, 1);
    KeSetImportanceDpc(&letters[i].dpc, importance);
    insert(i);
}

/* Long before the next tick of the clock. */
static BOOLEAN runs_soon(int i)
{
    for (int n = 0; n < 10 && letters[i].runs == 0; n++) {
        YieldProcessor();
    }
    return letters[i].runs != 0;
}

/* On processor 1 a thread is busy below DISPATCH_LEVEL: a Medium DPC waits for it, more urgent ones do
 * not. */
static void only_urgent_dpcs_interrupt_another_processor(void **state) /* spec: DPC-25 */
{
    volatile int end = 0;
    HANDLE handle;
    PVOID thread;

    on_processor(0);
    PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, keep_busy, (PVOID)&end);
    ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL);
    YieldProcessor(); /* the thread runs and moves to processor 1 */
    YieldProcessor();
    insert_as(0, MediumImportance);
    assert_false(runs_soon(0));
    insert_as(1, HighImportance);
    assert_true(runs_soon(1));
    assert_string_equal(order, "ba"); /* the drain takes all, High first */
    insert_as(2, MediumImportance);
    assert_false(runs_soon(2));
    insert_as(3, MediumHighImportance);
    assert_true(runs_soon(3));
    assert_string_equal(order, "bacd");
    end = 1;
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    ZwClose(handle);
}

/* ---- removal ---- */

static void
a_removed_dpc_does_not_run_and_can_be_inserted_again(void **state) /* spec: DPC-28 DPC-30 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    insert(0);
    assert_true(KeRemoveQueueDpc(&letters[0].dpc));
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 0);
    assert_true(insert(0));
    assert_int_equal(letters[0].runs, 1);
}

static VOID remove_itself(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    *(BOOLEAN *)Context = KeRemoveQueueDpc(Dpc);
}

static void removing_what_is_not_queued_is_false(void **state) /* spec: DPC-29 */
{
    BOOLEAN removed = TRUE;
    KDPC dpc;

    assert_false(KeRemoveQueueDpc(&letters[0].dpc));
    KeInitializeDpc(&dpc, remove_itself, &removed);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_false(removed); /* while it runs */
    assert_false(KeRemoveQueueDpc(&dpc));
}

/* ---- flush ---- */

static void flush_returns_when_all_queued_before_have_run(void **state) /* spec: DPC-32 */
{
    on_processor(0);
    KeSetTargetProcessorDpc(&letters[0].dpc, 1);
    KeSetImportanceDpc(&letters[1].dpc, LowImportance);
    insert(0);
    insert(1);
    KeFlushQueuedDpcs();
    assert_int_equal(letters[0].runs, 1);
    assert_int_equal(letters[1].runs, 1);
}

struct slow {
    volatile LONG begun, done;
};

static VOID run_slowly(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct slow *slow = Context;

    WriteRelease(&slow->begun, 1);
    for (int i = 0; i < 1000; i++) {
        YieldProcessor();
    }
    WriteRelease(&slow->done, 1);
}

static void flush_waits_for_one_that_runs_elsewhere(void **state) /* spec: DPC-32 */
{
    struct slow slow = {0};
    KDPC dpc;

    on_processor(0);
    KeInitializeDpc(&dpc, run_slowly, &slow);
    KeSetTargetProcessorDpc(&dpc, 1);
    KeSetImportanceDpc(&dpc, MediumHighImportance);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    while (!ReadAcquire(&slow.begun)) {
        YieldProcessor();
    }
    KeFlushQueuedDpcs();
    assert_true(ReadAcquire(&slow.done));
}

static void flush_above_passive_level_is_refused(void **state) /* spec: DPC-34 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    insert(0);
    wc_expect_violation("IrqlTooHigh");
    KeFlushQueuedDpcs();
    assert_int_equal(letters[0].runs, 0);
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 1); /* nothing is lost */
}

static void executing_is_told_in_a_dpc_only(void **state) /* spec: DPC-35 */
{
    KIRQL old;

    insert(0);
    assert_true(letters[0].executing);
    old = KeRaiseIrqlToDpcLevel();
    assert_false(KeIsExecutingDpc());
    KeLowerIrql(old);
}

static VOID wait_in_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    LARGE_INTEGER timeout = {.QuadPart = -10};

    wc_expect_violation("AttemptedSwitchFromDpc");
    *(NTSTATUS *)Context = KeWaitForSingleObject(Argument1, Executive, KernelMode, FALSE, &timeout);
}

static void waiting_in_a_dpc_is_refused(void **state) /* spec: DPC-42 WAI-09 */
{
    NTSTATUS status = STATUS_PENDING;
    KEVENT event;
    KDPC dpc;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeDpc(&dpc, wait_in_dpc, &status);
    KeInsertQueueDpc(&dpc, &event, NULL);
    assert_int_equal(status, STATUS_TIMEOUT);
    assert_int_equal(wc_violations("AttemptedSwitchFromDpc"), 1);
}

static void freeing_a_queued_dpc_is_refused(void **state) /* spec: DPC-44 */
{
    struct letter *letter = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*letter), 'cpDt');
    KIRQL old = KeRaiseIrqlToDpcLevel();

    letter->name = 'z';
    KeInitializeDpc(&letter->dpc, write_letter, letter);
    KeInsertQueueDpc(&letter->dpc, NULL, NULL);
    wc_expect_violation("DpcInFreedMemory");
    ExFreePoolWithTag(letter, 'cpDt');
    KeLowerIrql(old);
    assert_string_equal(order, "z"); /* what was accepted still runs */
    ExFreePoolWithTag(letter, 'cpDt');
}

static void writes_before_the_insertion_are_seen(void **state) /* spec: DPC-45 */
{
    on_processor(0);
    KeSetTargetProcessorDpc(&letters[0].dpc, 1);
    letters[0].name = 'x';
    insert(0);
    wait_for_runs(0, 1);
    assert_string_equal(order, "x");
}

static void endless_requeue(void *argument)
{
    struct again again = {.left = 10000000};

    KeInitializeDpc(&again.dpc, insert_itself, &again);
    KeInsertQueueDpc(&again.dpc, NULL, NULL);
}

static void dpcs_without_end_are_stopped(void **state) /* spec: DPC-46 */
{
    wc_expect_stop("DpcWatchdog", endless_requeue, NULL);
}

static void a_dpc_that_was_not_initialized_is_refused(void **state)
{
    KDPC dpc;

    memset(&dpc, 0, sizeof(dpc));
    wc_expect_violation("DpcNotInitialized");
    assert_false(KeInsertQueueDpc(&dpc, NULL, NULL));
}

static void initializing_a_queued_dpc_is_refused(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    insert(0);
    wc_expect_violation("DpcReinitQueued");
    KeInitializeDpc(&letters[0].dpc, write_letter, &letters[1]);
    KeLowerIrql(old);
    assert_string_equal(order, "a");
}

static void an_importance_that_is_none_is_refused(void **state)
{
    wc_expect_violation("DpcBadImportance");
    KeSetImportanceDpc(&letters[0].dpc, (KDPC_IMPORTANCE)4);
    assert_int_equal(letters[0].dpc.Importance, MediumImportance);
}

static void a_watchdog_query_outside_a_dpc_fails(void **state) /* spec: DPC-41 */
{
    KDPC_WATCHDOG_INFORMATION information;

    assert_int_equal(KeQueryDpcWatchdogInformation(&information), STATUS_UNSUCCESSFUL);
}

/* A mutex that a DPC acquires becomes the property of whatever thread it interrupted. */
static VOID take_a_mutex(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    LARGE_INTEGER zero = {.QuadPart = 0};

    assert_int_equal(KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, &zero),
                     STATUS_SUCCESS);
}

static void a_dpc_that_changes_the_apc_count_is_named(void **state) /* spec: DPC-43 */
{
    KMUTEX mutex;
    KTIMER timer;
    KDPC dpc;

    KeInitializeMutex(&mutex, 0);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, take_a_mutex, &mutex);
    wc_expect_violation("DpcApcCount");
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xC7 (0x4, "));
    assert_non_null(strstr(wc_last_report(), ", 0x0, 0x1)"));
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0); /* the thread's by accident */
    wc_expect_violation("DpcApcCount");
    KeSetTimer(&timer, (LARGE_INTEGER){.QuadPart = 0}, &dpc);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xC7 (0x5, "));
    KeReleaseMutex(&mutex, FALSE);
}

#define UNIT(body)        wc_unit_test(body, .setup = setup)
#define UNIT_ON_TWO(body) wc_unit_test(body, .setup = setup, .processors = 2)
/* With fibers alone: with threads a processor whose tasks are all passive is idle, and drains at once. */
#define UNIT_BUSY(body) wc_unit_test(body, .setup = setup, .fibers_only = true)
#define UNIT_BUSY_ON_TWO(body) \
    wc_unit_test(body, .setup = setup, .processors = 2, .fibers_only = true)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(initializing_queues_nothing),
        UNIT(importance_is_medium_unless_set),
        UNIT(the_routine_gets_what_was_given_at_dispatch_level),
        UNIT(one_insertion_is_one_call),
        UNIT(insert_while_queued_is_ignored),
        UNIT(a_routine_may_queue_its_own_dpc_and_is_not_reentered),
        UNIT(a_routine_may_destroy_its_own_dpc),
        UNIT(an_insertion_inside_a_dpc_runs_after_it_returned),
        UNIT_ON_TWO(without_target_it_runs_where_it_was_inserted),
        UNIT_ON_TWO(with_a_target_it_runs_there),
        UNIT_ON_TWO(a_new_target_does_not_move_what_is_queued),
        UNIT_ON_TWO(a_processor_that_is_not_there_is_no_target),
        UNIT(importance_counts_at_insertion),
        UNIT(high_importance_goes_to_the_head),
        UNIT(the_others_keep_their_order),
        UNIT_BUSY(a_low_dpc_waits_for_the_next_drain_and_is_not_lost),
        UNIT_BUSY(many_low_dpcs_cause_a_drain),
        UNIT_BUSY_ON_TWO(only_urgent_dpcs_interrupt_another_processor),
        UNIT(a_removed_dpc_does_not_run_and_can_be_inserted_again),
        UNIT(removing_what_is_not_queued_is_false),
        UNIT_ON_TWO(flush_returns_when_all_queued_before_have_run),
        UNIT_ON_TWO(flush_waits_for_one_that_runs_elsewhere),
        UNIT(flush_above_passive_level_is_refused),
        UNIT(executing_is_told_in_a_dpc_only),
        UNIT(waiting_in_a_dpc_is_refused),
        UNIT(a_dpc_that_changes_the_apc_count_is_named),
        UNIT(freeing_a_queued_dpc_is_refused),
        UNIT_ON_TWO(writes_before_the_insertion_are_seen),
        UNIT(dpcs_without_end_are_stopped),
        UNIT(a_dpc_that_was_not_initialized_is_refused),
        UNIT(initializing_a_queued_dpc_is_refused),
        UNIT(an_importance_that_is_none_is_refused),
        UNIT(a_watchdog_query_outside_a_dpc_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
