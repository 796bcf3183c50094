/* test_ke_dpc_thread.c - threaded DPCs: where and when they run, what they may not do.
 * With threads they run beside the body: it flushes before it looks.
 */
#include "nt/nt_thread.h"

#include <string.h>

static struct letter {
    KDPC dpc;
    char name;
    int runs;
    KIRQL irql;
    ULONG processor;
    PKTHREAD thread;
} letters[6];
static char order[16];

static VOID write_letter(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct letter *letter = Context;

    letter->runs++;
    letter->irql = KeGetCurrentIrql();
    letter->processor = KeGetCurrentProcessorNumber();
    letter->thread = KeGetCurrentThread();
    order[strlen(order)] = letter->name;
}

static int setup(void **state)
{
    memset(letters, 0, sizeof(letters));
    memset(order, 0, sizeof(order));
    for (int i = 0; i < 6; i++) {
        letters[i].name = (char)('a' + i);
        KeInitializeThreadedDpc(&letters[i].dpc, write_letter, &letters[i]);
    }
    nt_on_processor(0);
    return 0;
}

static BOOLEAN insert(int i)
{
    return KeInsertQueueDpc(&letters[i].dpc, NULL, NULL);
}

/* Nothing behind it runs before it is opened; what goes to the head may. */
static volatile LONG gate_open;

static VOID pass_gate(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    while (ReadAcquire(&gate_open) == 0) {
        YieldProcessor();
    }
}

/* At DISPATCH_LEVEL, so that with fibers it does not run before it is open. */
static void insert_gate(PKDPC gate)
{
    gate_open = 0;
    KeInitializeThreadedDpc(gate, pass_gate, NULL);
    KeInsertQueueDpc(gate, NULL, NULL);
}

static void open_gate_and_flush(KIRQL old)
{
    WriteRelease(&gate_open, 1);
    KeLowerIrql(old);
    KeFlushQueuedDpcs();
}

static void it_runs_at_passive_level_on_the_thread_of_its_processor(void **state) /* spec: DPC-36 */
{
    assert_true(insert(0));
    KeFlushQueuedDpcs();
    assert_int_equal(letters[0].runs, 1);
    assert_int_equal(letters[0].irql, PASSIVE_LEVEL);
    assert_int_equal(letters[0].processor, 0);
    assert_ptr_not_equal(letters[0].thread, KeGetCurrentThread());
    insert(1);
    KeFlushQueuedDpcs();
    assert_ptr_equal(letters[1].thread, letters[0].thread);
    KeSetTargetProcessorDpc(&letters[2].dpc, 1);
    insert(2);
    KeFlushQueuedDpcs();
    assert_int_equal(letters[2].processor, 1);
    assert_ptr_not_equal(letters[2].thread, letters[0].thread);
}

static void with_the_feature_off_it_runs_at_dispatch_level(void **state) /* spec: DPC-37 */
{
    assert_true(insert(0));
    assert_int_equal(letters[0].runs, 1);
    assert_int_equal(letters[0].irql, DISPATCH_LEVEL);
    assert_ptr_equal(letters[0].thread, KeGetCurrentThread());
}

static void it_waits_for_the_level_to_fall(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_true(insert(0));
    assert_false(insert(0));
    nt_spin(10);
    assert_int_equal(letters[0].runs, 0);
    KeLowerIrql(old);
    assert_int_equal(letters[0].runs, 1);
    KeRaiseIrql(APC_LEVEL, &old);
    insert(0);
    assert_int_equal(letters[0].runs, 2);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(old);
}

static void it_does_not_begin_while_its_processor_is_at_dispatch_level(void **state)
{
    KIRQL old;

    for (int i = 0; i < 8; i++) {
        old = KeRaiseIrqlToDpcLevel();
        assert_true(insert(0));
        nt_spin(1000);
        assert_false(insert(0));
        assert_true(KeRemoveQueueDpc(&letters[0].dpc));
        assert_true(insert(0));
        assert_int_equal(letters[0].runs, i);
        KeLowerIrql(old);
        KeFlushQueuedDpcs();
        assert_int_equal(letters[0].runs, i + 1);
    }
}

static VOID count_run(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ++*(int *)Context;
}

static VOID insert_ordinary(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    int *runs = Argument1;

    assert_int_equal(*runs, 0);
    KeInsertQueueDpc(Context, NULL, NULL);
    assert_int_equal(*runs, 1);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    *runs = 100;
}

static void an_ordinary_dpc_comes_in_between(void **state) /* spec: DPC-38 */
{
    KDPC threaded;
    KDPC ordinary;
    int runs = 0;

    KeInitializeDpc(&ordinary, count_run, &runs);
    KeInitializeThreadedDpc(&threaded, insert_ordinary, &ordinary);
    KeInsertQueueDpc(&threaded, &runs, NULL);
    KeFlushQueuedDpcs();
    assert_int_equal(runs, 100);
}

static VOID wait_in_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    NTSTATUS *status = Context;
    LARGE_INTEGER soon = nt_ms(1);

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(nt_poll(Argument1), STATUS_TIMEOUT); /* looking is allowed */
    wc_expect_violation("AttemptedSwitchFromDpc");
    status[0] = nt_wait(Argument1, &soon);
    wc_expect_violation("AttemptedSwitchFromDpc");
    status[1] = KeDelayExecutionThread(KernelMode, FALSE, &soon);
}

static void waiting_in_it_is_refused(void **state) /* spec: DPC-39 */
{
    NTSTATUS status[2] = {STATUS_PENDING, STATUS_PENDING};
    KEVENT event;
    KDPC dpc;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeThreadedDpc(&dpc, wait_in_dpc, status);
    KeInsertQueueDpc(&dpc, &event, NULL);
    KeFlushQueuedDpcs();
    assert_int_equal(status[0], STATUS_TIMEOUT);
    assert_int_equal(status[1], STATUS_TIMEOUT);
    assert_int_equal(wc_violations("AttemptedSwitchFromDpc"), 2);
}

static void high_importance_goes_to_the_head(void **state) /* spec: DPC-40 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();
    KDPC gate;

    insert_gate(&gate);
    KeSetImportanceDpc(&letters[2].dpc, HighImportance);
    KeSetImportanceDpc(&letters[3].dpc, LowImportance);
    for (int i = 0; i < 5; i++) {
        insert(i);
    }
    open_gate_and_flush(old);
    assert_string_equal(order, "cabde");
}

static void it_can_be_removed(void **state) /* spec: DPC-31 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();
    KDPC gate;

    insert_gate(&gate);
    insert(0);
    insert(1);
    assert_true(KeRemoveQueueDpc(&letters[0].dpc));
    assert_false(KeRemoveQueueDpc(&letters[0].dpc));
    open_gate_and_flush(old);
    assert_string_equal(order, "b");
    assert_false(KeRemoveQueueDpc(&letters[1].dpc));
}

static VOID insert_again(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    LONG runs = ReadNoFence(Context) + 1;

    assert_true(runs < 3 || !KeRemoveQueueDpc(Dpc));
    if (runs < 3) {
        assert_true(KeInsertQueueDpc(Dpc, NULL, NULL));
    }
    WriteRelease(Context, runs); /* it is not entered a second time meanwhile */
}

static void its_routine_may_queue_it_again(void **state)
{
    volatile LONG runs = 0;
    KDPC dpc;

    KeInitializeThreadedDpc(&dpc, insert_again, (PVOID)&runs);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    while (ReadAcquire(&runs) < 3) { /* a flush waits for what was queued before it */
        KeFlushQueuedDpcs();
    }
    KeFlushQueuedDpcs();
    assert_int_equal(runs, 3);
}

static void flush_waits_for_it(void **state)
{
    for (int i = 0; i < 4; i++) {
        KeSetTargetProcessorDpc(&letters[i].dpc, 1);
        insert(i);
    }
    KeFlushQueuedDpcs();
    assert_string_equal(order, "abcd");
}

static VOID flush_in_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    wc_expect_violation("AttemptedSwitchFromDpc");
    KeFlushQueuedDpcs();
}

static void flushing_in_it_is_refused(void **state)
{
    KDPC dpc;

    KeInitializeThreadedDpc(&dpc, flush_in_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    assert_int_equal(wc_violations("AttemptedSwitchFromDpc"), 1);
}

static VOID lock_at_dpc_level(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KIRQL old;

    wc_expect_violation("SpinLockDpcLevelLow");
    KeAcquireSpinLockAtDpcLevel(Context);
    assert_true(KeTestSpinLock(Context));
    old = KeAcquireSpinLockForDpc(Context); /* these are made for it */
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLockForDpc(Context, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void it_must_not_lock_as_at_dpc_level(void **state) /* spec: SPN-20 */
{
    KSPIN_LOCK lock;
    KDPC dpc;

    KeInitializeSpinLock(&lock);
    KeInitializeThreadedDpc(&dpc, lock_at_dpc_level, &lock);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    assert_int_equal(wc_violations("SpinLockDpcLevelLow"), 1);
}

static void lock_at_dpc_level_is_right_there(void **state)
{
    KSPIN_LOCK lock;
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLockAtDpcLevel(&lock);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(old);
}

#define UNIT(body)        wc_unit_test(body, .setup = setup)
#define UNIT_ON_TWO(body) wc_unit_test(body, .setup = setup, .processors = 2)
/* With fibers alone: with threads the thread of the DPCs runs beside the body. */
#define UNIT_PAUSED(body) wc_unit_test(body, .setup = setup, .fibers_only = true)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_ON_TWO(it_runs_at_passive_level_on_the_thread_of_its_processor),
        wc_unit_test(with_the_feature_off_it_runs_at_dispatch_level, .setup = setup,
                     .threaded_dpcs_at_dispatch = true),
        UNIT_PAUSED(it_waits_for_the_level_to_fall),
        UNIT_ON_TWO(it_does_not_begin_while_its_processor_is_at_dispatch_level),
        UNIT(an_ordinary_dpc_comes_in_between),
        UNIT(waiting_in_it_is_refused),
        UNIT(high_importance_goes_to_the_head),
        UNIT(it_can_be_removed),
        UNIT(its_routine_may_queue_it_again),
        UNIT_ON_TWO(flush_waits_for_it),
        UNIT(flushing_in_it_is_refused),
        UNIT(it_must_not_lock_as_at_dpc_level),
        UNIT(lock_at_dpc_level_is_right_there),
        wc_seed_test(flush_waits_for_it, 100, .setup = setup, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
