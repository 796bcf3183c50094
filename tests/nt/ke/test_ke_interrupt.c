/* test_ke_interrupt.c - lines and ISRs: sharing, level and edge, storms, passive level, disconnect. */
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"

/* Lower irqs are more urgent. */
#define IRQ      4
#define IRQ_HIGH 3

/* A device on a line: its ISR claims while it asserts. */
static struct device {
    struct hal_line_source *source;
    PKINTERRUPT interrupt;
    BOOLEAN asserts;
    char name;
    volatile LONG calls;
    int again;    /* raise so many more while the ISR runs */
    BOOLEAN lies; /* claims what it did not raise, and leaves it asserted */
    KIRQL irql;
    BOOLEAN held; /* its lock was held in the ISR */
    PKINTERRUPT seen;
    PVOID context;
} devices[3];
static char order[64];

static int setup(void **state)
{
    memset(devices, 0, sizeof(devices));
    memset(order, 0, sizeof(order));
    nt_on_processor(0);
    return 0;
}

static void set(struct device *device, BOOLEAN asserts)
{
    device->asserts = asserts;
    hal_line_set(device->source, asserts);
}

static BOOLEAN isr(PKINTERRUPT Interrupt, PVOID Context)
{
    struct device *device = Context;
    BOOLEAN mine = device->asserts;

    InterlockedIncrement(&device->calls);
    device->irql = KeGetCurrentIrql();
    device->held = !KeTestSpinLock(Interrupt->lock);
    device->seen = Interrupt;
    device->context = Context;
    if (strlen(order) < sizeof(order) - 1) {
        order[strlen(order)] = device->name;
    }
    if (device->lies) {
        return TRUE;
    }
    if (mine) {
        set(device, FALSE);
        for (; device->again > 0; device->again--) {
            set(device, TRUE);
            set(device, FALSE);
            device->asserts = TRUE;
        }
    }
    return mine;
}

static NTSTATUS connect_as(int i, struct ke_interrupt_config config)
{
    devices[i].name = (char)('a' + i);
    config.service_routine = isr;
    config.context = &devices[i];
    return ke_interrupt_connect(&config, &devices[i].interrupt);
}

static struct ke_interrupt_config config_of(ULONG irq, KINTERRUPT_MODE mode)
{
    return (struct ke_interrupt_config){.vector = hal_irq_vector(irq),
                                        .irql = hal_irq_level(irq),
                                        .synchronize_irql = hal_irq_level(irq),
                                        .mode = mode,
                                        .share = TRUE,
                                        .affinity = 1};
}

static void connect(int i, ULONG irq, KINTERRUPT_MODE mode)
{
    devices[i].source = hal_line_connect(irq, mode == LevelSensitive);
    assert_int_equal(connect_as(i, config_of(irq, mode)), STATUS_SUCCESS);
}

static void disconnect(int i)
{
    if (devices[i].interrupt != NULL) {
        ke_interrupt_disconnect(devices[i].interrupt);
    }
    hal_line_disconnect(devices[i].source);
}

static void raise(int i)
{
    set(&devices[i], TRUE);
    nt_settle();
}

/* ---- the ISR ---- */

static void the_isr_runs_at_synchronize_irql_with_its_lock(void **state) /* spec: INT-05 INT-06 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);

    config.synchronize_irql = 10;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(connect_as(0, config), STATUS_SUCCESS);
    raise(0);
    assert_int_equal(devices[0].calls, 1);
    assert_int_equal(devices[0].irql, 10);
    assert_true(devices[0].held);
    assert_ptr_equal(devices[0].seen, devices[0].interrupt);
    assert_ptr_equal(devices[0].context, &devices[0]);
    assert_true(KeTestSpinLock(devices[0].interrupt->lock));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    disconnect(0);
}

static struct {
    volatile LONG inside, most, calls;
    KSPIN_LOCK lock;
} common;

static BOOLEAN slow_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    struct device *device = Context;

    if (++common.inside > common.most) {
        common.most = common.inside;
    }
    nt_spin(10); /* the other processor goes on meanwhile */
    hal_line_set(device->source, false);
    common.calls++;
    common.inside--;
    return TRUE;
}

static VOID raise_often(PVOID Context)
{
    struct device *device = Context;

    nt_on_processor(device == &devices[0] ? 0 : 1);
    for (int i = 0; i < 5; i++) {
        hal_line_set(device->source, true);
        nt_spin(3);
    }
}

static void isrs_with_one_lock_never_run_together(void **state) /* spec: INT-07 SMP-06 */
{
    PKTHREAD threads[2];

    memset(&common, 0, sizeof(common));
    for (int i = 0; i < 2; i++) {
        struct ke_interrupt_config config = config_of(i == 0 ? IRQ : IRQ_HIGH, LevelSensitive);

        config.service_routine = slow_isr;
        config.context = &devices[i];
        config.lock = &common.lock;
        config.synchronize_irql = hal_irq_level(IRQ_HIGH);
        config.affinity = (KAFFINITY)1 << i;
        devices[i].source = hal_line_connect(i == 0 ? IRQ : IRQ_HIGH, true);
        assert_int_equal(ke_interrupt_connect(&config, &devices[i].interrupt), STATUS_SUCCESS);
    }
    for (int i = 0; i < 2; i++) {
        threads[i] = nt_thread(raise_often, &devices[i]);
    }
    nt_join(threads[0]);
    nt_join(threads[1]);
    nt_delay_ms(1);
    assert_true(common.calls >= 2);
    assert_int_equal(common.most, 1);
    disconnect(0);
    disconnect(1);
}

static BOOLEAN nesting_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    order[strlen(order)] = '(';
    hal_line_set(devices[0].source, false);
    raise(1);
    order[strlen(order)] = ')';
    return TRUE;
}

static void a_more_urgent_isr_interrupts_a_running_one(void **state) /* spec: SMP-07 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);

    config.service_routine = nesting_isr;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(ke_interrupt_connect(&config, &devices[0].interrupt), STATUS_SUCCESS);
    connect(1, IRQ_HIGH, LevelSensitive);
    raise(0);
    assert_string_equal(order, "(b)");
    disconnect(1);
    connect(1, IRQ + 1, LevelSensitive); /* a less urgent one waits */
    memset(order, 0, sizeof(order));
    raise(0);
    assert_string_equal(order, "()b");
    disconnect(0);
    disconnect(1);
}

/* ---- shared lines ---- */

static void on_a_level_line_the_first_claim_ends_the_pass(void **state) /* spec: INT-08 INT-09 */
{
    for (int i = 0; i < 3; i++) {
        connect(i, IRQ, LevelSensitive);
    }
    raise(1);
    assert_string_equal(order, "ab"); /* a passes it on, b takes it, c is not asked */
    raise(2);
    assert_string_equal(order, "ababc");
    raise(0);
    assert_string_equal(order, "ababca");
    for (int i = 0; i < 3; i++) {
        disconnect(i);
    }
}

static void a_line_still_asserted_comes_again(void **state) /* spec: INT-10 */
{
    KIRQL old;

    connect(0, IRQ, LevelSensitive);
    connect(1, IRQ, LevelSensitive);
    KeRaiseIrql(HIGH_LEVEL, &old);
    set(&devices[0], TRUE);
    set(&devices[1], TRUE);
    KeLowerIrql(old);
    KeGetCurrentIrql();
    assert_string_equal(order, "aab"); /* a; then the line is still up: a again passes on to b */
    disconnect(0);
    disconnect(1);
}

static void on_an_edge_passes_repeat_until_nobody_claims(void **state) /* spec: INT-11 INT-13 */
{
    KIRQL old;

    for (int i = 0; i < 3; i++) {
        connect(i, IRQ, Latched);
    }
    KeRaiseIrql(HIGH_LEVEL, &old);
    set(&devices[0], TRUE);
    set(&devices[2], TRUE);
    KeLowerIrql(old);
    KeGetCurrentIrql();
    assert_string_equal(order, "abcabc"); /* all in the first pass, nobody in the second */
    memset(order, 0, sizeof(order));
    hal_line_set(devices[1].source, true); /* an edge that is nobody's */
    nt_spin(10);
    nt_settle();
    assert_string_equal(order, "abc"); /* once, then it is forgotten */
    for (int i = 0; i < 3; i++) {
        disconnect(i);
    }
}

static void edges_while_the_isr_runs_are_one_more_delivery(void **state) /* spec: INT-12 */
{
    connect(0, IRQ, Latched);
    devices[0].again = 2;
    raise(0);
    nt_spin(10);
    nt_settle();
    assert_int_equal(devices[0].calls, 2);
    disconnect(0);
}

static void an_unsharable_line_or_another_mode_is_refused(void **state) /* spec: INT-28 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);

    connect(0, IRQ, LevelSensitive);
    assert_int_equal(connect_as(1, config_of(IRQ, Latched)), STATUS_INVALID_PARAMETER);
    config.share = FALSE;
    assert_int_equal(connect_as(1, config), STATUS_INVALID_PARAMETER);
    config.share = TRUE;
    config.synchronize_irql = (KIRQL)(config.irql - 1);
    assert_int_equal(connect_as(1, config), STATUS_INVALID_PARAMETER);
    assert_int_equal(connect_as(1, config_of(IRQ, LevelSensitive)), STATUS_SUCCESS);
    ke_interrupt_disconnect(devices[1].interrupt);
    ke_interrupt_disconnect(devices[0].interrupt);
    config = config_of(IRQ, LevelSensitive);
    config.share = FALSE; /* alone it may be exclusive, and then nobody joins it */
    assert_int_equal(connect_as(0, config), STATUS_SUCCESS);
    assert_int_equal(connect_as(1, config_of(IRQ, LevelSensitive)), STATUS_INVALID_PARAMETER);
    disconnect(0);
}

/* ---- storms ---- */

static void a_line_that_its_isr_never_silences_is_masked(void **state)
{
    connect(0, IRQ, LevelSensitive);
    devices[0].lies = TRUE;
    wc_expect_violation("InterruptStorm");
    nt_delay_ms(1); /* this thread waits: nothing but the ISR runs */
    set(&devices[0], TRUE);
    for (int i = 0; i < 10000 && wc_violations("InterruptStorm") == 0; i++) {
        nt_delay_ms(1);
    }
    assert_int_equal(wc_violations("InterruptStorm"), 1);
    assert_true(devices[0].calls >= 1000);
    devices[0].calls = 0;
    nt_delay_ms(5); /* the run goes on without the line */
    assert_int_equal(devices[0].calls, 0);
    disconnect(0);
}

static void a_level_that_nobody_claims_is_a_storm(void **state)
{
    connect(0, IRQ, LevelSensitive);
    wc_expect_violation("InterruptStorm");
    hal_line_set(devices[0].source, true);
    nt_spin(200);
    nt_settle();
    assert_int_equal(devices[0].calls, 100);
    disconnect(0);
}

/* ---- synchronizing ---- */

static struct {
    KIRQL irql;
    ULONG processor;
    int calls_inside;
    BOOLEAN answer;
} section;

static BOOLEAN critical_section(PVOID Context)
{
    section.irql = KeGetCurrentIrql();
    section.processor = KeGetCurrentProcessorNumber();
    set(&devices[0], TRUE);
    nt_spin(20);
    section.calls_inside = devices[0].calls;
    return section.answer;
}

static void synchronizing_runs_at_synchronize_irql_and_returns_the_answer(
    void **state) /* spec: INT-14 INT-15 */
{
    KIRQL old;

    memset(&section, 0, sizeof(section));
    connect(0, IRQ, LevelSensitive);
    section.answer = TRUE;
    assert_true(KeSynchronizeExecution(devices[0].interrupt, critical_section, NULL));
    assert_int_equal(section.irql, hal_irq_level(IRQ));
    assert_int_equal(section.processor, 0);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    section.answer = FALSE;
    old = KeRaiseIrqlToDpcLevel();
    assert_false(KeSynchronizeExecution(devices[0].interrupt, critical_section, NULL));
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
    KeRaiseIrql(HIGH_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    section.answer = TRUE;
    assert_false(KeSynchronizeExecution(devices[0].interrupt, critical_section, NULL));
    KeLowerIrql(old);
    disconnect(0);
}

static volatile LONG isr_entered, isr_go, releaser_there;

static BOOLEAN held_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    WriteRelease(&isr_entered, 1);
    nt_spin_until(&isr_go, 1);
    order[strlen(order)] = 'i';
    hal_line_set(devices[0].source, false);
    return TRUE;
}

static BOOLEAN note_section(PVOID Context)
{
    order[strlen(order)] = 's';
    return TRUE;
}

static VOID release_isr(PVOID Context)
{
    nt_on_processor(2);
    WriteRelease(&releaser_there, 1);
    nt_spin_until(&isr_entered, 1);
    nt_spin(30);
    order[strlen(order)] = 'g';
    WriteRelease(&isr_go, 1);
}

static void
synchronizing_waits_for_the_isr_and_holds_off_a_new_one(void **state) /* spec: INT-16 SMP-08 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);
    PKTHREAD thread;

    isr_entered = isr_go = releaser_there = 0;
    config.service_routine = held_isr;
    config.affinity = 2;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(ke_interrupt_connect(&config, &devices[0].interrupt), STATUS_SUCCESS);
    thread = nt_thread(release_isr, NULL);
    nt_spin_until(&releaser_there, 1);
    hal_line_set(devices[0].source, true);
    nt_spin_until(&isr_entered, 1);
    KeSynchronizeExecution(devices[0].interrupt, note_section, NULL);
    assert_string_equal(order, "gis");
    nt_join(thread);
    disconnect(0);
    /* The section runs on processor 0, the ISR wants to on processor 1. */
    memset(&section, 0, sizeof(section));
    config = config_of(IRQ, LevelSensitive);
    config.affinity = 2;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(connect_as(0, config), STATUS_SUCCESS);
    KeSynchronizeExecution(devices[0].interrupt, critical_section, NULL);
    assert_int_equal(section.calls_inside, 0);
    nt_spin_until(&devices[0].calls, 1);
    nt_spin(20);
    assert_int_equal(devices[0].calls, 1);
    disconnect(0);
}

static VOID hold_the_lock(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KIRQL old = KeAcquireInterruptSpinLock(devices[0].interrupt);

    WriteRelease(&isr_entered, 1);
    for (int i = 0; i < 20000 && ReadAcquire(&isr_go) == 0; i++) { /* with fibers nobody comes */
        YieldProcessor();
    }
    nt_spin(2000);
    order[strlen(order)] = 'd';
    KeReleaseInterruptSpinLock(devices[0].interrupt, old);
}

static VOID insert_from_processor_1(PVOID Context)
{
    nt_on_processor(1);
    KeInsertQueueDpc(Context, NULL, NULL);
}

/* With threads the DPC runs on the home of the body, which is another context all the same. */
static void a_section_waits_for_a_dpc_of_its_own_processor(void **state)
{
    PKTHREAD thread;
    KDPC dpc;

    isr_entered = isr_go = 0;
    connect(0, IRQ, LevelSensitive);
    KeInitializeDpc(&dpc, hold_the_lock, NULL);
    KeSetTargetProcessorDpc(&dpc, 0);
    KeSetImportanceDpc(&dpc, HighImportance);
    KeSetSystemAffinityThreadEx(3);
    thread = nt_thread(insert_from_processor_1, &dpc);
    nt_spin_until(&isr_entered, 1);
    WriteRelease(&isr_go, 1);
    assert_true(KeSynchronizeExecution(devices[0].interrupt, note_section, NULL));
    assert_string_equal(order, "ds");
    nt_join(thread);
    KeFlushQueuedDpcs();
    disconnect(0);
}

static void its_lock_is_acquired_at_synchronize_irql(void **state) /* spec: INT-17 */
{
    KIRQL outer = KeRaiseIrqlToDpcLevel();
    KIRQL old;

    connect(0, IRQ, LevelSensitive);
    old = KeAcquireInterruptSpinLock(devices[0].interrupt);
    assert_int_equal(old, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), hal_irq_level(IRQ));
    assert_false(KeTestSpinLock(devices[0].interrupt->lock));
    raise(0);
    assert_int_equal(devices[0].calls, 0);
    wc_expect_violation("SpinLockAlreadyOwned");
    KeAcquireInterruptSpinLock(devices[0].interrupt);
    wc_expect_violation("SpinLockAlreadyOwned");
    assert_false(KeSynchronizeExecution(devices[0].interrupt, critical_section, NULL));
    KeReleaseInterruptSpinLock(devices[0].interrupt, old);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_int_equal(devices[0].calls, 1);
    KeLowerIrql(outer);
    disconnect(0);
}

/* ---- what an ISR may call ---- */

static KDPC isr_dpc;
static KSPIN_LOCK list_lock;
static LIST_ENTRY list;
static LIST_ENTRY entry;

static VOID nothing(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    *(int *)Context += 1;
}

static BOOLEAN calling_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    static KTIMER timer;
    KEVENT event;
    LONG number = 0;
    KIRQL old;

    hal_line_set(devices[0].source, false);
    assert_true(KeInsertQueueDpc(&isr_dpc, NULL, NULL));
    InterlockedIncrement(&number);
    ExInterlockedInsertTailList(&list, &entry, &list_lock);
    ExInterlockedRemoveHeadList(&list, &list_lock);
    assert_int_equal(wc_violations(NULL), 0); /* so much is allowed */
    memset(&event, 0, sizeof(event));
    wc_expect_violation("SpinLockAcquireHigh");
    KeAcquireSpinLock(&list_lock, &old);
    wc_expect_violation("IrqlTooHigh");
    KeSetEvent(&event, 0, FALSE);
    wc_expect_violation("IrqlTooHigh");
    KeSetTimer(&timer, nt_ms(1), NULL);
    wc_expect_violation("IrqlTooHigh");
    KeInitializeTimer(&timer);
    return TRUE;
}

static void an_isr_may_queue_and_not_signal(void **state) /* spec: INT-29 DPC-05 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);
    int runs = 0;

    InitializeListHead(&list);
    KeInitializeSpinLock(&list_lock);
    KeInitializeDpc(&isr_dpc, nothing, &runs);
    config.service_routine = calling_isr;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(ke_interrupt_connect(&config, &devices[0].interrupt), STATUS_SUCCESS);
    raise(0);
    assert_int_equal(wc_violations(NULL), 4);
    assert_int_equal(runs, 1);
    disconnect(0);
}

/* ---- active and inactive, disconnect ---- */

static void an_inactive_interrupt_is_not_called(void **state) /* spec: INT-25 */
{
    connect(0, IRQ, LevelSensitive);
    connect(1, IRQ, LevelSensitive);
    ke_interrupt_set_active(devices[0].interrupt, FALSE);
    ke_interrupt_set_active(devices[0].interrupt, FALSE);
    raise(1); /* its neighbour on the line goes on */
    assert_string_equal(order, "b");
    ke_interrupt_set_active(devices[1].interrupt, FALSE);
    set(&devices[0], TRUE);
    nt_spin(10);
    assert_string_equal(order, "b"); /* it stays pending */
    ke_interrupt_set_active(devices[0].interrupt, TRUE);
    nt_settle();
    assert_string_equal(order, "ba");
    ke_interrupt_set_active(devices[0].interrupt, TRUE);
    raise(0);
    assert_string_equal(order, "baa");
    disconnect(0);
    disconnect(1);
}

static void after_disconnect_the_isr_is_not_running_and_not_called(void **state) /* spec: INT-26 */
{
    struct ke_interrupt_config config = config_of(IRQ, LevelSensitive);
    PKTHREAD thread;

    isr_entered = isr_go = releaser_there = 0;
    config.service_routine = held_isr;
    config.affinity = 2;
    devices[0].source = hal_line_connect(IRQ, true);
    assert_int_equal(ke_interrupt_connect(&config, &devices[0].interrupt), STATUS_SUCCESS);
    thread = nt_thread(release_isr, NULL);
    nt_spin_until(&releaser_there, 1);
    hal_line_set(devices[0].source, true);
    nt_spin_until(&isr_entered, 1);
    ke_interrupt_disconnect(devices[0].interrupt);
    assert_string_equal(order, "gi"); /* it waited for it */
    nt_join(thread);
    hal_line_set(devices[0].source, true);
    nt_spin(20);
    assert_string_equal(order, "gi");
    hal_line_disconnect(devices[0].source);
}

/* ---- passive level ---- */

static volatile LONG passive_calls, passive_go, passive_done;
static KIRQL passive_irql;

static BOOLEAN passive_isr(PKINTERRUPT Interrupt, PVOID Context)
{
    struct device *device = Context;

    passive_irql = KeGetCurrentIrql();
    passive_calls++;
    while (ReadAcquire(&passive_go) == 0) {
        nt_delay_ms(1); /* it may wait */
    }
    hal_line_set(device->source, false);
    passive_done++;
    return TRUE;
}

static void connect_passive(KINTERRUPT_MODE mode)
{
    struct ke_interrupt_config config = config_of(IRQ, mode);

    passive_calls = passive_go = passive_done = 0;
    config.service_routine = passive_isr;
    config.context = &devices[0];
    config.passive = TRUE;
    config.irql = config.synchronize_irql = PASSIVE_LEVEL;
    devices[0].source = hal_line_connect(IRQ, mode == LevelSensitive);
    assert_int_equal(ke_interrupt_connect(&config, &devices[0].interrupt), STATUS_SUCCESS);
}

static void
a_passive_isr_runs_at_passive_level_with_its_level_masked(void **state) /* spec: INT-20 */
{
    connect_passive(LevelSensitive);
    hal_line_set(devices[0].source, true);
    nt_delay_ms(10);
    assert_int_equal(passive_calls, 1); /* asserted all the time, and not called again */
    assert_int_equal(passive_irql, PASSIVE_LEVEL);
    WriteRelease(&passive_go, 1);
    nt_delay_ms(10);
    assert_int_equal(passive_done, 1);
    hal_line_set(devices[0].source, true); /* unmasked again */
    nt_delay_ms(10);
    assert_int_equal(passive_done, 2);
    disconnect(0);
    connect_passive(Latched);
    hal_line_set(devices[0].source, true);
    nt_delay_ms(1);
    hal_line_set(devices[0].source, false);
    hal_line_set(devices[0].source, true); /* an edge while it runs is not lost */
    WriteRelease(&passive_go, 1);
    nt_delay_ms(10);
    assert_int_equal(passive_done, 2);
    disconnect(0);
}

static void the_lock_of_a_passive_interrupt_is_no_spin_lock(void **state) /* spec: INT-18 */
{
    KIRQL old;

    connect_passive(LevelSensitive);
    wc_expect_violation("PassiveInterruptError");
    old = KeAcquireInterruptSpinLock(devices[0].interrupt);
    assert_non_null(strstr(wc_last_report(), "0x13B (0x1"));
    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    disconnect(0);
}

static VOID disconnect_passive(PVOID Context)
{
    ke_interrupt_disconnect(devices[0].interrupt);
    passive_calls = 100 + passive_done;
}

static void disconnecting_waits_for_a_passive_isr(void **state)
{
    PKTHREAD thread;

    connect_passive(LevelSensitive);
    hal_line_set(devices[0].source, true);
    nt_delay_ms(2);
    thread = nt_thread(disconnect_passive, NULL);
    nt_delay_ms(2);
    assert_int_equal(passive_calls, 1);
    WriteRelease(&passive_go, 1);
    nt_join(thread);
    assert_int_equal(passive_calls, 101);
    hal_line_disconnect(devices[0].source);
}

#define UNIT(body)           wc_unit_test(body, .setup = setup)
#define UNIT_ON(body, count) wc_unit_test(body, .setup = setup, .processors = count)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_isr_runs_at_synchronize_irql_with_its_lock),
        UNIT_ON(isrs_with_one_lock_never_run_together, 2),
        UNIT(a_more_urgent_isr_interrupts_a_running_one),
        UNIT(on_a_level_line_the_first_claim_ends_the_pass),
        UNIT(a_line_still_asserted_comes_again),
        UNIT(on_an_edge_passes_repeat_until_nobody_claims),
        UNIT(edges_while_the_isr_runs_are_one_more_delivery),
        UNIT(an_unsharable_line_or_another_mode_is_refused),
        UNIT(a_line_that_its_isr_never_silences_is_masked),
        UNIT(a_level_that_nobody_claims_is_a_storm),
        UNIT(synchronizing_runs_at_synchronize_irql_and_returns_the_answer),
        UNIT_ON(synchronizing_waits_for_the_isr_and_holds_off_a_new_one, 3),
        UNIT_ON(a_section_waits_for_a_dpc_of_its_own_processor, 2),
        UNIT(its_lock_is_acquired_at_synchronize_irql),
        UNIT(an_isr_may_queue_and_not_signal),
        UNIT(an_inactive_interrupt_is_not_called),
        UNIT_ON(after_disconnect_the_isr_is_not_running_and_not_called, 3),
        UNIT(a_passive_isr_runs_at_passive_level_with_its_level_masked),
        UNIT(the_lock_of_a_passive_interrupt_is_no_spin_lock),
        UNIT(disconnecting_waits_for_a_passive_isr),
        wc_seed_test(isrs_with_one_lock_never_run_together, 100, .setup = setup, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
