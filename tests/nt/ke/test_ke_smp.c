/* test_ke_smp.c - ISRs, DPCs and threads on several processors at once. */
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"

#define IRQ 4

static struct {
    struct hal_line_source *source;
    PKINTERRUPT interrupt;
    KDPC dpc;
    volatile LONG isr_inside, dpc_inside, isrs, dpcs, requests;
    volatile LONG overlap;    /* the DPC ran while the ISR did */
    volatile LONG data, seen; /* saved by the ISR, taken by the DPC */
    volatile LONG most_at_once, go;
} t;

static int setup(void **state)
{
    memset(&t, 0, sizeof(t));
    nt_on_processor(0);
    return 0;
}

static void connect(PKSERVICE_ROUTINE routine, PKDEFERRED_ROUTINE dpc)
{
    const struct ke_interrupt_config config = {.service_routine = routine,
                                               .vector = hal_irq_vector(IRQ),
                                               .irql = hal_irq_level(IRQ),
                                               .synchronize_irql = hal_irq_level(IRQ),
                                               .mode = LevelSensitive,
                                               .affinity = 1};

    KeInitializeDpc(&t.dpc, dpc, NULL);
    t.source = hal_line_connect(IRQ, true);
    assert_int_equal(ke_interrupt_connect(&config, &t.interrupt), STATUS_SUCCESS);
}

static void disconnect(void)
{
    ke_interrupt_disconnect(t.interrupt);
    hal_line_disconnect(t.source);
}

static VOID count_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    t.overlap += ReadAcquire(&t.isr_inside);
    t.seen = ReadAcquire(&t.data);
    InterlockedIncrement(&t.dpcs);
}

/* ---- an ISR and the DPC it queued ---- */

static BOOLEAN isr_for_another(PKINTERRUPT Interrupt, PVOID Context)
{
    WriteRelease(&t.isr_inside, 1);
    hal_line_set(t.source, false);
    KeInsertQueueDpc(&t.dpc, NULL, NULL); /* early */
    nt_spin_until(&t.dpcs, 1);            /* comes back only if the DPC ran meanwhile */
    WriteRelease(&t.isr_inside, 0);
    return TRUE;
}

static void
a_dpc_may_run_elsewhere_before_its_isr_has_returned(void **state) /* spec: SMP-01 SMP-02 */
{
    connect(isr_for_another, count_dpc);
    KeSetTargetProcessorDpc(&t.dpc, 1);
    hal_line_set(t.source, true);
    nt_spin_until(&t.dpcs, 1);
    assert_int_equal(t.overlap, 1);
    disconnect();
}

static BOOLEAN isr_that_goes_on(PKINTERRUPT Interrupt, PVOID Context)
{
    WriteRelease(&t.isr_inside, 1);
    t.isrs++;
    WriteRelease(&t.data, t.isrs);
    hal_line_set(t.source, false);
    t.requests += KeInsertQueueDpc(&t.dpc, NULL, NULL);
    nt_spin(20);
    WriteRelease(&t.isr_inside, 0);
    return TRUE;
}

static void on_one_processor_it_starts_after_the_isr(void **state) /* spec: SMP-03 */
{
    connect(isr_that_goes_on, count_dpc);
    hal_line_set(t.source, true);
    nt_spin_until(&t.dpcs, 1);
    assert_int_equal(t.overlap, 0);
    disconnect();
}

static void interrupts_before_the_run_are_merged_and_one_after_it_is_not_lost(
    void **state) /* spec: SMP-04 SMP-05 SMP-14 */
{
    KIRQL old;

    connect(isr_that_goes_on, count_dpc);
    old = KeRaiseIrqlToDpcLevel();
    for (int i = 0; i < 3; i++) {
        hal_line_set(t.source, true);
        KeGetCurrentIrql();
    }
    assert_int_equal(t.isrs, 3);
    assert_int_equal(t.requests, 1);
    KeLowerIrql(old);
    assert_int_equal(t.dpcs, 1);
    assert_int_equal(t.seen, 3); /* what the first two saved is overwritten */
    hal_line_set(t.source, true);
    nt_spin_until(&t.dpcs, 2);
    assert_int_equal(t.dpcs, 2);
    assert_int_equal(t.seen, 4);
    disconnect();
}

static VOID dpc_that_is_interrupted(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    if (t.dpcs++ == 0) {
        hal_line_set(t.source, true); /* once the DPC has left its queue */
        KeGetCurrentIrql();
        assert_int_equal(t.requests, 1);
    }
}

static void an_interrupt_while_the_dpc_runs_queues_it_again(void **state) /* spec: SMP-05 */
{
    connect(isr_that_goes_on, dpc_that_is_interrupted);
    KeInsertQueueDpc(&t.dpc, NULL, NULL);
    assert_int_equal(t.isrs, 1);
    assert_int_equal(t.dpcs, 2);
    disconnect();
}

static VOID dpc_with_spin_lock(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KSPIN_LOCK *lock = Context;

    KeAcquireSpinLockAtDpcLevel(lock);
    hal_line_set(t.source, true);
    KeGetCurrentIrql();
    t.seen = t.isrs; /* with the lock held */
    KeReleaseSpinLockFromDpcLevel(lock);
}

static void a_spin_lock_does_not_keep_the_isr_out(void **state) /* spec: SMP-09 */
{
    KSPIN_LOCK lock;
    KDPC dpc;

    connect(isr_that_goes_on, count_dpc);
    KeInitializeSpinLock(&lock);
    KeInitializeDpc(&dpc, dpc_with_spin_lock, &lock);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(t.isrs, 1);
    disconnect();
}

/* ---- one DPC on two processors ---- */

static VOID busy_below_dispatch(PVOID Context)
{
    nt_on_processor(1);
    while (ReadAcquire(&t.go) == 0) {
        KeStallExecutionProcessor(100);
    }
}

static VOID slow_timer_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    LONG inside = InterlockedIncrement(&t.dpc_inside);

    if (inside > ReadAcquire(&t.most_at_once)) {
        WriteRelease(&t.most_at_once, inside);
    }
    for (int i = 0; i < 50 && ReadAcquire(&t.most_at_once) < 2; i++) {
        KeStallExecutionProcessor(100);
    }
    InterlockedDecrement(&t.dpc_inside);
    InterlockedIncrement(&t.dpcs);
}

static void the_dpc_of_a_periodic_timer_may_run_twice_at_once(void **state) /* spec: SMP-11 */
{
    PKTHREAD thread = nt_thread(busy_below_dispatch, NULL);
    KTIMER timer;

    KeInitializeTimer(&timer);
    KeInitializeDpc(&t.dpc, slow_timer_dpc, NULL);
    KeSetTimerEx(&timer, nt_ms(1), 1, &t.dpc);
    for (int i = 0; i < 1000 && ReadAcquire(&t.most_at_once) < 2; i++) {
        KeStallExecutionProcessor(100);
    }
    KeCancelTimer(&timer);
    WriteRelease(&t.go, 1);
    nt_join(thread);
    KeFlushQueuedDpcs();
    assert_int_equal(t.most_at_once, 2);
}

/* ---- races, whatever the schedule ---- */

static volatile LONG inserted, removed;

static VOID insert_once_at_dispatch(PVOID Context)
{
    KIRQL old;

    nt_on_processor((ULONG)(ULONG_PTR)Context);
    while (ReadAcquire(&t.data) == 0) {
        nt_delay_ms(1);
    }
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    InterlockedIncrement(&t.requests);
    nt_spin_until(&t.requests, 2);
    if (KeInsertQueueDpc(&t.dpc, NULL, NULL)) {
        InterlockedIncrement(&inserted);
    }
    InterlockedIncrement(&t.go);
    nt_spin_until(&t.go, 2); /* neither queue is drained before both have tried */
    KeLowerIrql(old);
}

static void two_insertions_at_once_succeed_once(void **state) /* spec: SMP-12 */
{
    PKTHREAD threads[2];

    inserted = 0;
    KeInitializeDpc(&t.dpc, count_dpc, NULL);
    for (ULONG_PTR i = 0; i < 2; i++) {
        threads[i] = nt_thread(insert_once_at_dispatch, (PVOID)i);
    }
    WriteRelease(&t.data, 1);
    nt_join(threads[0]);
    nt_join(threads[1]);
    KeFlushQueuedDpcs();
    assert_int_equal(inserted, 1);
    assert_int_equal(t.dpcs, 1);
}

static VOID insert_often(PVOID Context)
{
    nt_on_processor((ULONG)(ULONG_PTR)Context);
    for (int i = 0; i < 30; i++) {
        if (KeInsertQueueDpc(&t.dpc, NULL, NULL)) {
            InterlockedIncrement(&inserted);
        }
        nt_spin(i % 3);
    }
}

static VOID remove_often(PVOID Context)
{
    nt_on_processor(2);
    for (int i = 0; i < 60; i++) {
        if (KeRemoveQueueDpc(&t.dpc)) {
            InterlockedIncrement(&removed);
        }
        nt_spin(i % 2);
    }
}

static VOID count_run(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    InterlockedIncrement(&t.dpcs);
}

static void each_insertion_is_one_run_or_one_removal(void **state) /* spec: SMP-13 */
{
    PKTHREAD threads[3];

    inserted = removed = 0;
    KeInitializeDpc(&t.dpc, count_run, NULL);
    KeSetTargetProcessorDpc(&t.dpc, 1);
    threads[0] = nt_thread(insert_often, (PVOID)0);
    threads[1] = nt_thread(insert_often, (PVOID)1);
    threads[2] = nt_thread(remove_often, NULL);
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    KeFlushQueuedDpcs();
    assert_true(inserted > 0);
    assert_int_equal(t.dpcs + removed, inserted);
}

static struct source {
    KTIMER timer;
    KDPC dpc;
    volatile LONG runs;
} * source;

static VOID use_source(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct source *mine = Context;

    nt_spin(5);
    mine->runs++; /* the memory must be there */
}

static void stop_remove_flush_free_is_safe(void **state) /* spec: SMP-16 */
{
    for (int round = 0; round < 10; round++) {
        source = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*source), 'crsT');
        KeInitializeTimer(&source->timer);
        KeInitializeDpc(&source->dpc, use_source, source);
        KeSetTargetProcessorDpc(&source->dpc, (CCHAR)(round % 2));
        KeSetTimerEx(&source->timer, nt_us(100), 1, &source->dpc);
        nt_delay_ms(1 + round % 3);
        KeInsertQueueDpc(&source->dpc, NULL, NULL); /* queued or running just now */
        KeCancelTimer(&source->timer);
        KeRemoveQueueDpc(&source->dpc);
        KeFlushQueuedDpcs();
        assert_true(source->runs >= 1);
        ExFreePoolWithTag(source, 'crsT');
    }
    assert_int_equal(wc_violations(NULL), 0);
}

#define UNIT(body)           wc_unit_test(body, .setup = setup)
#define UNIT_ON(body, count) wc_unit_test(body, .setup = setup, .processors = count)
#define SEEDS(body, count)   wc_seed_test(body, 100, .setup = setup, .processors = count)
/* With fibers alone: with threads the body goes on beside the ISR or DPC of its processor. */
#define UNIT_ON_PAUSED(body, count) \
    wc_unit_test(body, .setup = setup, .processors = count, .fibers_only = true)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_ON(a_dpc_may_run_elsewhere_before_its_isr_has_returned, 2),
        UNIT(on_one_processor_it_starts_after_the_isr),
        UNIT(interrupts_before_the_run_are_merged_and_one_after_it_is_not_lost),
        UNIT(an_interrupt_while_the_dpc_runs_queues_it_again),
        UNIT(a_spin_lock_does_not_keep_the_isr_out),
        UNIT_ON_PAUSED(the_dpc_of_a_periodic_timer_may_run_twice_at_once, 2),
        SEEDS(two_insertions_at_once_succeed_once, 2),
        SEEDS(each_insertion_is_one_run_or_one_removal, 3),
        UNIT_ON(stop_remove_flush_free_is_safe, 2),
        SEEDS(stop_remove_flush_free_is_safe, 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
