/* test_ke_irql.c - IRQL: raising, lowering, what is masked, what is refused. */
#include "nt/nt_thread.h"

#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"

static void levels_have_their_x64_values(void **state) /* spec: IRQL-01 */
{
    assert_int_equal(PASSIVE_LEVEL, 0);
    assert_int_equal(LOW_LEVEL, 0);
    assert_int_equal(APC_LEVEL, 1);
    assert_int_equal(DISPATCH_LEVEL, 2);
    assert_int_equal(CMCI_LEVEL, 5);
    assert_int_equal(CLOCK_LEVEL, 13);
    assert_int_equal(IPI_LEVEL, 14);
    assert_int_equal(DRS_LEVEL, 14);
    assert_int_equal(POWER_LEVEL, 14);
    assert_int_equal(PROFILE_LEVEL, 15);
    assert_int_equal(HIGH_LEVEL, 15);
}

static void raise_tells_the_level_before_it(void **state) /* spec: IRQL-03 IRQL-08 */
{
    KIRQL first = 0xff;
    KIRQL second = 0xff;

    KeRaiseIrql(APC_LEVEL, &first);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &second);
    assert_int_equal(first, PASSIVE_LEVEL);
    assert_int_equal(second, APC_LEVEL);
    KeLowerIrql(second);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(first);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void raise_to_the_same_level_changes_nothing(void **state) /* spec: IRQL-04 */
{
    KIRQL outer = KeRaiseIrqlToDpcLevel();
    KIRQL inner = 0xff;

    KeRaiseIrql(DISPATCH_LEVEL, &inner);
    assert_int_equal(inner, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(inner);
    KeLowerIrql(outer);
}

static void raise_to_a_lower_level_is_refused(void **state) /* spec: IRQL-05 */
{
    KIRQL outer = KeRaiseIrqlToDpcLevel();
    KIRQL inner = 0xff;

    wc_expect_violation("IrqlRaiseInvalid");
    KeRaiseIrql(APC_LEVEL, &inner);
    assert_int_equal(inner, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(outer);
}

static void
raise_to_dpc_level_tells_the_entry_level_and_is_refused_above_it(void **state) /* spec: IRQL-06 */
{
    KIRQL outer;
    KIRQL high;

    KeRaiseIrql(APC_LEVEL, &outer);
    high = KeRaiseIrqlToDpcLevel();
    assert_int_equal(high, APC_LEVEL);
    KeLowerIrql(high);
    KeRaiseIrql(7, &high);
    wc_expect_violation("IrqlRaiseInvalid");
    KeRaiseIrqlToDpcLevel();
    assert_int_equal(KeGetCurrentIrql(), 7);
    KeLowerIrql(high);
    KeLowerIrql(outer);
}

static void lower_must_undo_the_last_raise(void **state) /* spec: IRQL-07 */
{
    KIRQL first;
    KIRQL second;

    KeRaiseIrql(APC_LEVEL, &first);
    KeRaiseIrql(DISPATCH_LEVEL, &second);
    wc_expect_violation("IrqlLowerInvalid");
    KeLowerIrql(PASSIVE_LEVEL); /* skips a level */
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    wc_expect_violation("IrqlLowerInvalid");
    KeLowerIrql(7); /* raises with it */
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(second);
    KeLowerIrql(first);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static VOID count_run(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ++*(int *)Context;
}

static void dpcs_held_back_run_before_lower_returns(void **state) /* spec: IRQL-10 */
{
    int runs = 0;
    KDPC dpc;
    KIRQL old;

    KeInitializeDpc(&dpc, count_run, &runs);
    old = KeRaiseIrqlToDpcLevel();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(runs, 0);
    KeLowerIrql(old);
    assert_int_equal(runs, 1);
}

/* ---- interrupts ---- */

static struct {
    PKINTERRUPT interrupt;
    struct hal_line_source *source;
    volatile LONG calls;
    KIRQL irql;
    ULONG processor;
} line;

static BOOLEAN count_interrupt(PKINTERRUPT Interrupt, PVOID Context)
{
    line.irql = KeGetCurrentIrql();
    line.processor = KeGetCurrentProcessorNumber();
    InterlockedIncrement(&line.calls);
    hal_line_set(line.source, false);
    return TRUE;
}

static void connect(KAFFINITY affinity)
{
    const struct ke_interrupt_config config = {.service_routine = count_interrupt,
                                               .vector = hal_irq_vector(4),
                                               .irql = hal_irq_level(4),
                                               .synchronize_irql = hal_irq_level(4),
                                               .mode = LevelSensitive,
                                               .affinity = affinity};

    line.calls = 0;
    line.source = hal_line_connect(4, true);
    assert_int_equal(ke_interrupt_connect(&config, &line.interrupt), STATUS_SUCCESS);
}

static void disconnect(void)
{
    ke_interrupt_disconnect(line.interrupt);
    hal_line_disconnect(line.source);
}

static void
an_interrupt_is_taken_above_its_level_only_when_it_falls(void **state) /* spec: IRQL-11 */
{
    KIRQL old;

    connect(1);
    KeRaiseIrql(hal_irq_level(4), &old);
    hal_line_set(line.source, true);
    KeGetCurrentIrql();
    assert_int_equal(line.calls, 0); /* at its own level it is masked */
    KeLowerIrql(old);
    assert_int_equal(line.calls, 1);
    assert_int_equal(line.irql, hal_irq_level(4));
    old = KeRaiseIrqlToDpcLevel();
    hal_line_set(line.source, true);
    KeGetCurrentIrql();
    assert_int_equal(line.calls, 2); /* at DISPATCH_LEVEL it comes */
    KeLowerIrql(old);
    disconnect();
}

static void raising_here_masks_nothing_on_another_processor(void **state) /* spec: IRQL-09 */
{
    KIRQL old;

    connect(2);
    KeRaiseIrql(HIGH_LEVEL, &old);
    hal_line_set(line.source, true);
    while (ReadAcquire(&line.calls) == 0) {
        YieldProcessor();
    }
    assert_int_equal(KeGetCurrentIrql(), HIGH_LEVEL);
    assert_int_equal(line.processor, 1);
    KeLowerIrql(old);
    disconnect();
}

/* ---- threads ---- */

static VOID set_flag(PVOID Context)
{
    *(volatile int *)Context = 1 + KeGetCurrentIrql();
}

static void a_new_thread_starts_at_passive_level_and_not_before_the_level_falls(
    void **state) /* spec: IRQL-02 IRQL-12 */
{
    volatile int flag = 0;
    HANDLE handle;
    PVOID thread;
    KIRQL old;

    PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, set_flag, (PVOID)&flag);
    ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL);
    old = KeRaiseIrqlToDpcLevel();
    for (int i = 0; i < 100; i++) {
        YieldProcessor();
    }
    assert_int_equal(flag, 0);
    KeLowerIrql(old);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(flag, 1 + PASSIVE_LEVEL);
    ObDereferenceObject(thread);
    ZwClose(handle);
}

static void a_wait_at_dispatch_level_is_refused(void **state) /* spec: IRQL-13 */
{
    KEVENT event;
    KIRQL old;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    old = KeRaiseIrqlToDpcLevel();
    wc_expect_violation("WaitIrql");
    assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL),
                     STATUS_TIMEOUT);
    KeLowerIrql(old);
}

/* ---- returning at another level ---- */

static BOOLEAN raising_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
    return TRUE;
}

static void interrupt_with_raising_isr(void *argument)
{
    struct ke_interrupt_config config = {.service_routine = raising_isr,
                                         .vector = hal_irq_vector(4),
                                         .irql = hal_irq_level(4),
                                         .synchronize_irql = hal_irq_level(4),
                                         .mode = Latched,
                                         .affinity = 1};
    PKINTERRUPT interrupt;

    ke_interrupt_connect(&config, &interrupt);
    hal_line_set(hal_line_connect(4, false), true);
    nt_settle();
}

static void an_isr_must_return_at_its_level(void **state) /* spec: IRQL-16 INT-27 */
{
    wc_expect_stop("IsrIrqlChanged", interrupt_with_raising_isr, NULL);
}

static VOID raising_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
}

static void queue_raising_dpc(void *argument)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, raising_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
}

static void a_dpc_must_return_at_dispatch_level(void **state) /* spec: IRQL-19 */
{
    wc_expect_stop("DpcIrqlChanged", queue_raising_dpc, NULL);
}

static VOID lowering_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    wc_expect_violation("IrqlLowerInvalid");
    KeLowerIrql(PASSIVE_LEVEL);
    *(KIRQL *)Context = KeGetCurrentIrql();
}

static void lowering_inside_a_dpc_is_refused(void **state) /* spec: IRQL-20 */
{
    KIRQL irql = 0xff;
    KDPC dpc;

    KeInitializeDpc(&dpc, lowering_dpc, &irql);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(irql, DISPATCH_LEVEL);
}

static VOID lower_further(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    static KSPIN_LOCK lock;
    KIRQL old;

    wc_expect_violation("IrqlLowerInvalid");
    KeLowerIrql(PASSIVE_LEVEL); /* that raise is the interrupted thread's */
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    KeInsertQueueDpc(Context, NULL, NULL);
    wc_expect_violation("IrqlLowerInvalid");
    KeReleaseSpinLock(&lock, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_true(KeTestSpinLock(&lock));
}

static VOID run_next(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    *(KIRQL *)Context = KeGetCurrentIrql();
}

/* Whatever raised the IRQL before. What is queued runs when the DPC is over, not inside it. */
static void a_dpc_stays_at_its_level(void **state) /* spec: IRQL-20 */
{
    KIRQL irql = 0xff;
    KDPC dpc, next;
    KIRQL old;

    KeInitializeDpc(&next, run_next, &irql);
    KeInitializeDpc(&dpc, lower_further, &next);
    KeSetTargetProcessorDpc(&dpc, 0);
    KeSetTargetProcessorDpc(&next, 0);
    KeRaiseIrql(APC_LEVEL, &old);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(old);
    KeFlushQueuedDpcs();
    assert_int_equal(irql, DISPATCH_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(levels_have_their_x64_values),
        wc_unit_test(raise_tells_the_level_before_it),
        wc_unit_test(raise_to_the_same_level_changes_nothing),
        wc_unit_test(raise_to_a_lower_level_is_refused),
        wc_unit_test(raise_to_dpc_level_tells_the_entry_level_and_is_refused_above_it),
        wc_unit_test(lower_must_undo_the_last_raise),
        wc_unit_test(dpcs_held_back_run_before_lower_returns),
        wc_unit_test(an_interrupt_is_taken_above_its_level_only_when_it_falls),
        wc_unit_test(raising_here_masks_nothing_on_another_processor, .processors = 2),
        /* With threads it begins beside the body, whose level holds nobody up. */
        wc_unit_test(a_new_thread_starts_at_passive_level_and_not_before_the_level_falls,
                     .fibers_only = true),
        wc_unit_test(a_wait_at_dispatch_level_is_refused),
        wc_unit_test(an_isr_must_return_at_its_level),
        wc_unit_test(a_dpc_must_return_at_dispatch_level),
        wc_unit_test(lowering_inside_a_dpc_is_refused),
        wc_unit_test(a_dpc_stays_at_its_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
