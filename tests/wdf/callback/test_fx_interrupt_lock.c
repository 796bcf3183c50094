/* test_fx_interrupt_lock.c - WDFINTERRUPT: its lock, passive interrupts, a lock for several. */
#include "wdf/interrupt_fixture.h"

/* ---- the interrupt lock ---- */

static BOOLEAN synchronized(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    seen.other_calls++;
    seen.other_irql = KeGetCurrentIrql();
    return *(BOOLEAN *)context;
}

static void synchronize_in_task(void *context)
{
    BOOLEAN *value = context;

    *value = WdfInterruptSynchronize(PLAN->interrupt[0], synchronized, value);
}

static void synchronize_runs_under_the_lock(void **state) /* spec: INTR-42 */
{
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(synchronize_in_task, &value);
    assert_true(value);
    assert_int_equal(seen.other_calls, 1);
    assert_int_equal(seen.other_irql, hal_irq_level(4));
    value = FALSE;
    wc_test_call(synchronize_in_task, &value);
    assert_false(value);
}

static void synchronize_needs_a_connection(void **state)
{
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    pnp_start(NULL);
    wc_expect_violation("InterruptNotConnected");
    wc_test_call(synchronize_in_task, &value);
    assert_false(value);
    assert_int_equal(seen.other_calls, 0);
}

static void lock_in_task(void *context)
{
    KIRQL *levels = context;

    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    levels[0] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    levels[1] = KeGetCurrentIrql();
}

static void the_lock_raises_and_lowers(void **state) /* spec: INTR-43 */
{
    KIRQL levels[2];

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(lock_in_task, levels);
    assert_int_equal(levels[0], hal_irq_level(4));
    assert_int_equal(levels[1], PASSIVE_LEVEL);
}

static void lock_twice_in_task(void *context)
{
    KIRQL *levels = context;

    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    WdfInterruptAcquireLock(PLAN->interrupt[0]); /* refused */
    levels[0] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    levels[1] = KeGetCurrentIrql();
    WdfInterruptReleaseLock(PLAN->interrupt[0]); /* refused */
}

static void the_lock_is_not_recursive(void **state) /* spec: INTR-45 */
{
    KIRQL levels[2];

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("SpinLockRecursive");
    wc_expect_violation("SpinLockNotOwned");
    wc_test_call(lock_twice_in_task, levels);
    assert_int_equal(levels[0], hal_irq_level(4));
    assert_int_equal(levels[1], PASSIVE_LEVEL);
}

static void queue_in_disable(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Disable(1)") == 0) {
        seen.queued = WdfInterruptQueueDpcForIsr(PLAN->interrupt[0]);
    }
}

static void note_dpc(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    strcat(PLAN->log, "Dpc ");
}

static void dpcs_end_before_d0_exit(void **state) /* spec: INTR-27, INTR-37 */
{
    PLAN->interrupts = 1;
    PLAN->dpc = note_dpc;
    pnp_start("irq=4");
    PLAN->log[0] = '\0';
    PLAN->at = queue_in_disable;
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_true(seen.queued);
    assert_pnp_log("SelfSuspend PreDisabled(5) Disable(1) Dpc D0Exit(5) Release ");
}

static void acquire_in_task(void *context)
{
    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    *(KIRQL *)context = KeGetCurrentIrql();
}

static void the_lock_needs_a_connection(void **state) /* spec: INTR-44 */
{
    KIRQL level = HIGH_LEVEL;

    PLAN->interrupts = 1;
    pnp_start(NULL);
    wc_expect_violation("InterruptNotConnected");
    wc_test_call(acquire_in_task, &level);
    assert_int_equal(level, PASSIVE_LEVEL);
}

static void try_in_task(void *context)
{
    *(BOOLEAN *)context = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
}

static void trying_is_for_passive_interrupts(void **state) /* spec: INTR-48 */
{
    BOOLEAN taken = TRUE;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("InterruptLockWrongKind");
    wc_test_call(try_in_task, &taken);
    assert_false(taken);
}

/* ---- passive interrupts ---- */

static void passive(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->PassiveHandling = TRUE;
}

static void a_passive_interrupt_runs_at_passive_level(void **state) /* spec: INTR-46, INTR-23 */
{
    WDF_INTERRUPT_INFO info;
    BOOLEAN value = TRUE;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    PLAN->config = passive;
    PLAN->at = note_enable;
    pnp_start("irq=4");
    assert_int_equal(seen.other_irql, PASSIVE_LEVEL);
    wc_test_call(raise_for_passive, NULL);
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.isr_irql, PASSIVE_LEVEL);
    wc_test_call(synchronize_in_task, &value);
    assert_int_equal(seen.other_irql, PASSIVE_LEVEL);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Irql, PASSIVE_LEVEL);
}

static void try_and_release_in_task(void *context)
{
    BOOLEAN *taken = context;

    taken[0] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    taken[1] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
    taken[2] = WdfInterruptTryToAcquireLock(PLAN->interrupt[0]);
    WdfInterruptReleaseLock(PLAN->interrupt[0]);
}

static void a_taken_passive_lock_is_not_taken_again(void **state) /* spec: INTR-48 */
{
    BOOLEAN taken[3];

    PLAN->interrupts = 1;
    PLAN->config = passive;
    pnp_start("irq=4");
    wc_test_call(try_and_release_in_task, taken);
    assert_true(taken[0]);
    assert_false(taken[1]);
    assert_true(taken[2]);
}

static void acquire_high_in_task(void *context)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfInterruptAcquireLock(PLAN->interrupt[0]);
    KeLowerIrql(old);
}

static void a_passive_lock_is_for_passive_level(void **state) /* spec: INTR-47 */
{
    PLAN->interrupts = 1;
    PLAN->config = passive;
    pnp_start("irq=4");
    wc_expect_violation("IrqlTooHigh");
    wc_test_call(acquire_high_in_task, NULL);
    assert_int_equal(wc_violations("IrqlTooHigh"), 1);
}

/* Two interrupts with one WDFSPINLOCK. */
static WDFSPINLOCK shared_lock;

static void sharing(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    if (index == 0) {
        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        attributes.ParentObject = PLAN->device;
        assert_int_equal(WdfSpinLockCreate(&attributes, &shared_lock), STATUS_SUCCESS);
    }
    config->SpinLock = shared_lock;
}

static void a_shared_lock_means_the_highest_irql(void **state) /* spec: INTR-32 */
{
    KIRQL higher = max(hal_irq_level(4), hal_irq_level(9));
    uint32_t irq = 4;

    PLAN->interrupts = 2;
    PLAN->isr = isr;
    PLAN->config = sharing;
    pnp_start("irq=4,irq=9");
    assert_int_not_equal(hal_irq_level(4), hal_irq_level(9));
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_irql, higher);
    irq = 9;
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_irql, higher);
    assert_int_equal(seen.isr_calls, 2);
}

static void spin_in_task(void *context)
{
    WdfSpinLockAcquire(shared_lock);
    *(KIRQL *)context = KeGetCurrentIrql();
}

static void the_shared_lock_is_the_interrupts(void **state) /* spec: INTR-49 */
{
    KIRQL level = HIGH_LEVEL;

    PLAN->interrupts = 1;
    PLAN->config = sharing;
    pnp_start("irq=4");
    wc_expect_violation("SpinLockIsInterruptLock");
    wc_test_call(spin_in_task, &level);
    assert_int_equal(level, PASSIVE_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        interrupt_test(synchronize_runs_under_the_lock),
        interrupt_test(synchronize_needs_a_connection),
        interrupt_test(the_lock_raises_and_lowers),
        interrupt_test(the_lock_is_not_recursive),
        interrupt_test(dpcs_end_before_d0_exit),
        interrupt_test(the_lock_needs_a_connection),
        interrupt_test(trying_is_for_passive_interrupts),
        interrupt_test(a_passive_interrupt_runs_at_passive_level),
        interrupt_test(a_taken_passive_lock_is_not_taken_again),
        interrupt_test(a_passive_lock_is_for_passive_level),
        interrupt_test(a_shared_lock_means_the_highest_irql),
        interrupt_test(the_shared_lock_is_the_interrupts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
