/* test_io_cancel.c - IoCancelIrp, cancel routines and the cancel spin lock. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    PIRP irp;
    int calls;
    KIRQL irql, cancel_irql;
    PDRIVER_CANCEL routine_seen;
    PDEVICE_OBJECT device_seen;
    BOOLEAN lock_was_held;
} t;

static VOID cancel_and_complete(PDEVICE_OBJECT device, PIRP irp)
{
    t.calls++;
    t.irql = KeGetCurrentIrql();
    t.cancel_irql = irp->CancelIrql;
    t.routine_seen = irp->CancelRoutine;
    t.device_seen = device;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    t.lock_was_held = TRUE; /* the release was not refused */
    nt_complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS hold_cancelable(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoMarkIrpPending(irp);
    IoSetCancelRoutine(irp, cancel_and_complete);
    return STATUS_PENDING;
}

static NTSTATUS hold(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoMarkIrpPending(irp);
    return STATUS_PENDING;
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.device = nt_device_create(t.driver, NULL, hold_cancelable);
    t.irp = nt_irp(1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    IoFreeIrp(t.irp);
    nt_driver_delete(t.driver);
    return 0;
}

static void cancel_says_whether_a_routine_ran(void **state) /* spec: CAN-01 */
{
    (void)state;
    IoCallDriver(t.device, t.irp);
    assert_true(IoCancelIrp(t.irp));
    assert_true(t.irp->Cancel);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.irp->IoStatus.Status, STATUS_CANCELLED);

    IoReuseIrp(t.irp, STATUS_SUCCESS);
    assert_false(IoCancelIrp(t.irp)); /* no routine: only the mark */
    assert_true(t.irp->Cancel);
    assert_int_equal(t.calls, 1);
}

static void the_routine_runs_under_the_lock(void **state) /* spec: CAN-02 */
{
    KIRQL old = PASSIVE_LEVEL;

    (void)state;
    IoCallDriver(t.device, t.irp);
    KeRaiseIrql(APC_LEVEL, &old);
    IoCancelIrp(t.irp);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(old);
    assert_int_equal(t.irql, DISPATCH_LEVEL);
    assert_int_equal(t.cancel_irql, APC_LEVEL);
    assert_null(t.routine_seen);
    assert_ptr_equal(t.device_seen, t.device);
    assert_true(t.lock_was_held);
}

static void one_side_gets_the_routine(void **state) /* spec: CAN-03 */
{
    (void)state;
    IoCallDriver(t.device, t.irp);
    assert_ptr_equal(IoSetCancelRoutine(t.irp, NULL), cancel_and_complete);
    assert_false(IoCancelIrp(t.irp)); /* the driver has it: it completes */
    assert_int_equal(t.calls, 0);
    nt_complete(t.irp, STATUS_SUCCESS, 0);

    IoReuseIrp(t.irp, STATUS_SUCCESS);
    IoGetNextIrpStackLocation(t.irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(t.irp, nt_stop_walk, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(t.device, t.irp);
    assert_true(IoCancelIrp(t.irp));
    assert_null(IoSetCancelRoutine(t.irp, NULL)); /* too late for the driver */
    assert_int_equal(t.calls, 1);
}

static VOID keep_the_lock(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    (void)irp;
    t.calls++;
}

static void returning_with_the_lock_is_named(void **state) /* spec: CAN-04 */
{
    KIRQL old = PASSIVE_LEVEL;

    (void)state;
    nt_level(t.device)->handler = hold;
    IoCallDriver(t.device, t.irp);
    IoSetCancelRoutine(t.irp, keep_the_lock);
    wc_expect_violation("DriverReturnedHoldingCancelLock");
    assert_true(IoCancelIrp(t.irp));
    assert_int_equal(t.calls, 1);
    assert_int_equal(wc_violations("DriverReturnedHoldingCancelLock"), 1);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    IoAcquireCancelSpinLock(&old); /* it is free again */
    IoReleaseCancelSpinLock(old);
    nt_complete(t.irp, STATUS_CANCELLED, 0);
}

static void a_set_routine_forbids_completion(void **state) /* spec: CAN-05 */
{
    (void)state;
    IoCallDriver(t.device, t.irp);
    t.irp->IoStatus.Status = STATUS_SUCCESS;
    wc_expect_violation("IrpCompleteState");
    IoCompleteRequest(t.irp, IO_NO_INCREMENT);
    assert_int_equal(wc_violations("IrpCompleteState"), 1);
    IoSetCancelRoutine(t.irp, NULL);
    IoCompleteRequest(t.irp, IO_NO_INCREMENT);
    assert_int_equal(wc_violations(NULL), 1);
}

static NTSTATUS go_on(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    (void)context;
    return STATUS_SUCCESS;
}

static void cancelling_a_completed_irp_is_named(void **state) /* spec: CAN-06 */
{
    (void)state;
    nt_level(t.device)->handler = nt_succeed;
    IoSetCompletionRoutine(t.irp, go_on, NULL, TRUE, TRUE, TRUE);
    wc_expect_violation("IrpLifetime"); /* the test's own IRP went past its top */
    IoCallDriver(t.device, t.irp);
    assert_false(IoCancelIrp(t.irp)); /* without routine there is nothing to find */
    IoSetCancelRoutine(t.irp, cancel_and_complete);
    wc_expect_violation("CancelStateInCompletedIrp");
    assert_false(IoCancelIrp(t.irp));
    assert_int_equal(t.calls, 0);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cancel_says_whether_a_routine_ran), TEST(the_routine_runs_under_the_lock),
        TEST(one_side_gets_the_routine),         TEST(returning_with_the_lock_is_named),
        TEST(a_set_routine_forbids_completion),  TEST(cancelling_a_completed_irp_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
