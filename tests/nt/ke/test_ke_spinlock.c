/* test_ke_spinlock.c - spin locks: plain, for DPCs, in-stack queued. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include "nt/ke/ke_processor.h"

#include <string.h>

static KSPIN_LOCK lock;

static int setup(void **state)
{
    KeInitializeSpinLock(&lock);
    nt_on_processor(0);
    return 0;
}

static void acquiring_raises_and_releasing_restores(void **state) /* spec: SPN-01 */
{
    KIRQL outer;
    KIRQL old = 0xff;

    KeAcquireSpinLock(&lock, &old);
    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLock(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &outer);
    assert_int_equal(KeAcquireSpinLockRaiseToDpc(&lock), APC_LEVEL);
    KeReleaseSpinLock(&lock, APC_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(outer);
}

/* ---- two processors ---- */

static struct {
    volatile LONG inside, most, rounds;
} guarded;

static VOID enter_often(PVOID Context)
{
    nt_on_processor((ULONG)(ULONG_PTR)Context);
    for (int i = 0; i < 20; i++) {
        KIRQL old;

        KeAcquireSpinLock(&lock, &old);
        if (++guarded.inside > guarded.most) {
            guarded.most = guarded.inside;
        }
        nt_spin(i % 3); /* the other one gets the turn while this one is inside */
        guarded.inside--;
        KeReleaseSpinLock(&lock, old);
        InterlockedIncrement(&guarded.rounds);
    }
}

static void two_processors_are_never_both_inside(void **state) /* spec: SPN-02 */
{
    PKTHREAD threads[2];

    guarded.inside = guarded.most = guarded.rounds = 0;
    for (ULONG_PTR i = 0; i < 2; i++) {
        threads[i] = nt_thread(enter_often, (PVOID)i);
    }
    nt_join(threads[0]);
    nt_join(threads[1]);
    assert_int_equal(guarded.rounds, 40);
    assert_int_equal(guarded.most, 1);
}

static struct {
    volatile LONG go, begun, owned;
    volatile KIRQL old;
} waiter;

static VOID wait_for_lock(PVOID Context)
{
    nt_on_processor(1);
    nt_spin_until(&waiter.go, 1);
    WriteRelease(&waiter.begun, 1);
    KeAcquireSpinLock(&lock, (PKIRQL)&waiter.old);
    WriteRelease(&waiter.owned, 1);
    KeReleaseSpinLock(&lock, waiter.old);
}

static void the_old_level_is_written_when_the_lock_is_owned(void **state) /* spec: SPN-03 */
{
    PKTHREAD thread;
    KIRQL old;

    waiter.go = waiter.begun = waiter.owned = 0;
    waiter.old = 0xee;
    thread = nt_thread(wait_for_lock, NULL);
    KeAcquireSpinLock(&lock, &old);
    WriteRelease(&waiter.go, 1);
    nt_spin_until(&waiter.begun, 1);
    nt_spin(20);
    assert_int_equal(ReadAcquire(&waiter.owned), 0);
    assert_int_equal(waiter.old, 0xee);
    KeReleaseSpinLock(&lock, old);
    nt_join(thread);
    assert_int_equal(waiter.old, PASSIVE_LEVEL);
}

/* ---- misuse ---- */

static void acquiring_it_twice_is_reported(void **state) /* spec: SPN-04 */
{
    KIRQL old;
    KIRQL again;

    KeAcquireSpinLock(&lock, &old);
    wc_expect_violation("SpinLockAlreadyOwned");
    KeAcquireSpinLock(&lock, &again);
    assert_non_null(strstr(wc_last_report(), "0xF"));
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    wc_expect_violation("SpinLockAlreadyOwned");
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLock(&lock, old);
    assert_true(KeTestSpinLock(&lock));
}

static void releasing_what_is_not_held_is_reported(void **state) /* spec: SPN-05 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    wc_expect_violation("SpinLockNotOwned");
    KeReleaseSpinLock(&lock, old);
    assert_non_null(strstr(wc_last_report(), "0x10"));
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    wc_expect_violation("SpinLockNotOwned");
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(old);
}

static void acquiring_above_dispatch_level_is_refused(void **state) /* spec: SPN-06 */
{
    KIRQL outer;
    KIRQL old;

    KeRaiseIrql(5, &outer);
    wc_expect_violation("SpinLockAcquireHigh");
    KeAcquireSpinLock(&lock, &old);
    assert_non_null(strstr(wc_last_report(), "0xC4"));
    assert_non_null(strstr(wc_last_report(), "0x42"));
    assert_true(KeTestSpinLock(&lock));
    assert_int_equal(KeGetCurrentIrql(), 5);
    KeLowerIrql(outer);
}

static void the_dpc_level_forms_are_refused_below_dispatch_level(void **state) /* spec: SPN-07 */
{
    KIRQL old;

    wc_expect_violation("SpinLockDpcLevelLow");
    KeAcquireSpinLockAtDpcLevel(&lock);
    assert_non_null(strstr(wc_last_report(), "0x40"));
    assert_true(KeTestSpinLock(&lock));
    old = KeRaiseIrqlToDpcLevel();
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeLowerIrql(old);
    wc_expect_violation("SpinLockDpcLevelLow");
    KeReleaseSpinLockFromDpcLevel(&lock);
    assert_non_null(strstr(wc_last_report(), "0x41"));
    assert_false(KeTestSpinLock(&lock));
    old = KeRaiseIrqlToDpcLevel();
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(old);
}

static void releasing_at_another_level_is_refused(void **state)
{
    KIRQL old;
    KIRQL high;

    KeAcquireSpinLock(&lock, &old);
    KeRaiseIrql(7, &high);
    wc_expect_violation("SpinLockReleaseIrql");
    KeReleaseSpinLock(&lock, old);
    assert_false(KeTestSpinLock(&lock));
    KeLowerIrql(high);
    KeReleaseSpinLock(&lock, old);
}

static void the_dpc_level_forms_leave_the_level_alone(void **state) /* spec: SPN-08 */
{
    KIRQL old;

    for (KIRQL level = DISPATCH_LEVEL; level <= 9; level += 7) {
        KeRaiseIrql(level, &old);
        KeAcquireSpinLockAtDpcLevel(&lock);
        assert_int_equal(KeGetCurrentIrql(), level);
        KeReleaseSpinLockFromDpcLevel(&lock);
        assert_int_equal(KeGetCurrentIrql(), level);
        KeLowerIrql(old);
    }
}

static void a_raising_acquire_needs_the_lowering_release(void **state) /* spec: SPN-09 */
{
    KIRQL old;

    KeAcquireSpinLock(&lock, &old);
    wc_expect_violation("LockApiMismatch");
    KeReleaseSpinLockFromDpcLevel(&lock);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, old);
    old = KeRaiseIrqlToDpcLevel();
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLock(&lock, DISPATCH_LEVEL); /* the other way round nothing is lost */
    assert_true(KeTestSpinLock(&lock));
    KeLowerIrql(old);
}

static void trying_returns_at_once(void **state) /* spec: SPN-10 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    assert_false(KeTestSpinLock(&lock));
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLockFromDpcLevel(&lock);
    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(old);
    wc_expect_violation("SpinLockDpcLevelLow");
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
}

static void testing_does_not_take_it(void **state) /* spec: SPN-11 */
{
    KIRQL old;

    assert_true(KeTestSpinLock(&lock));
    assert_true(KeTestSpinLock(&lock)); /* still free */
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeAcquireSpinLock(&lock, &old);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, old);
    assert_true(KeTestSpinLock(&lock));
}

static void
for_dpc_raises_at_passive_and_not_at_dispatch_level(void **state) /* spec: SPN-12 SPN-13 */
{
    KIRQL outer;
    KIRQL old = KeAcquireSpinLockForDpc(&lock);

    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLockForDpc(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    outer = KeRaiseIrqlToDpcLevel();
    old = KeAcquireSpinLockForDpc(&lock);
    assert_int_equal(old, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLockForDpc(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(outer);
}

/* ---- in-stack queued ---- */

static struct {
    volatile LONG go, waiting;
    ULONG order[4];
    volatile LONG served;
} queue;

static VOID wait_in_queue(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;
    KLOCK_QUEUE_HANDLE handle;

    nt_on_processor(number);
    while (ReadAcquire(&queue.go) != (LONG)number) {
        YieldProcessor();
    }
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    queue.order[queue.served++] = number;
    nt_spin(5);
    KeReleaseInStackQueuedSpinLock(&handle);
}

/* The thread of that processor stands in the queue: it spins. */
static void await_waiter(ULONG number)
{
    const struct ke_processor *processor = ke_processor_at(number);

    while (__atomic_load_n(&processor->spinning_for, __ATOMIC_SEQ_CST) != &lock) {
        YieldProcessor();
    }
}

/* Arrival 3, 1, 2: neither by number nor backwards. Last is who lets it go and asks again at once. */
static void queued_waiters_are_served_as_they_came(void **state) /* spec: SPN-14 SMP-15 */
{
    static const ULONG arrival[] = {3, 1, 2, 0};
    KLOCK_QUEUE_HANDLE handle;
    PKTHREAD threads[3];
    KIRQL old;

    queue.go = queue.waiting = queue.served = 0;
    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(wait_in_queue, (PVOID)(ULONG_PTR)arrival[i]);
    }
    nt_on_processor(0);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    for (int i = 0; i < 3; i++) {
        WriteRelease(&queue.go, (LONG)arrival[i]);
        await_waiter(arrival[i]);
    }
    /* A plain acquire of a lock in use by the queued routines is a mistake, here and at release. */
    wc_expect_violation("SpinLockAlreadyOwned");
    KeAcquireSpinLockAtDpcLevel(&lock);
    wc_expect_violation("LockApiMismatch");
    KeReleaseSpinLock(&lock, PASSIVE_LEVEL);
    assert_int_equal(queue.served, 0);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    queue.order[queue.served++] = 0;
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    KeLowerIrql(old);
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(queue.order[i], arrival[i]);
    }
}

static VOID hold_queued(PVOID Context)
{
    KLOCK_QUEUE_HANDLE handle;

    nt_on_processor(1);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    WriteRelease(&queue.waiting, 1);
    nt_spin_until(&queue.served, 1);
    KeReleaseInStackQueuedSpinLock(&handle);
}

static void
a_lock_held_in_the_queued_way_is_not_waited_for_in_the_plain_way(void **state) /* spec: SPN-15 */
{
    PKTHREAD thread;
    KIRQL old;

    queue.waiting = queue.served = 0;
    thread = nt_thread(hold_queued, NULL);
    nt_spin_until(&queue.waiting, 1);
    wc_expect_violation("LockApiMismatch");
    KeAcquireSpinLock(&lock, &old);
    assert_non_null(strstr(wc_last_report(), "0x1008"));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WriteRelease(&queue.served, 1);
    nt_join(thread);
}

static void a_refused_acquire_leaves_the_level_alone(void **state)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    lock = (KSPIN_LOCK)-1; /* never initialized */
    wc_expect_violation("ObjectNotInitialized");
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wc_expect_violation("ObjectNotInitialized");
    KeAcquireSpinLock(&lock, &old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeInitializeSpinLock(&lock);
}

static void queued_locks_raise_and_restore(void **state)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseInStackQueuedSpinLock(&handle);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wc_expect_violation("SpinLockDpcLevelLow");
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    assert_true(KeTestSpinLock(&lock));
    KeRaiseIrql(5, &old);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    assert_int_equal(KeGetCurrentIrql(), 5);
    KeLowerIrql(old);
}

/* ---- what must not be called with a lock held ---- */

static VOID start_io(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KeAcquireSpinLockAtDpcLevel(&lock);
    wc_expect_violation("SpinLockHeldCallout");
    nt_complete(Irp, STATUS_SUCCESS, 0);
    assert_int_equal(wc_violations("SpinLockHeldCallout"), 1);
    wc_expect_violation("SpinLockHeldCallout");
    IoStartNextPacket(DeviceObject, FALSE);
    assert_int_equal(wc_violations("SpinLockHeldCallout"), 2);
    KeReleaseSpinLockFromDpcLevel(&lock);
}

static NTSTATUS start_packet(PDEVICE_OBJECT device, PIRP irp)
{
    IoMarkIrpPending(irp);
    IoStartPacket(device, irp, NULL, NULL);
    return STATUS_PENDING;
}

static void a_request_is_not_completed_or_started_with_a_lock_held(void **state) /* spec: SPN-19 */
{
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT device;
    PIRP irp = nt_irp(1);

    driver->DriverStartIo = start_io;
    device = nt_device_create(driver, NULL, start_packet);
    assert_int_equal(IoCallDriver(device, irp), STATUS_PENDING);
    assert_int_equal(wc_violations(NULL), 2);
    IoFreeIrp(irp);
    nt_driver_delete(driver);
}

/* ---- everybody spins ---- */

static KSPIN_LOCK other;
static volatile LONG both;

static VOID take_other_then_lock(PVOID Context)
{
    KIRQL old;

    nt_on_processor(1);
    KeAcquireSpinLock(&other, &old);
    InterlockedIncrement(&both);
    nt_spin_until(&both, 2);
    KeAcquireSpinLockAtDpcLevel(&lock);
}

static void take_lock_then_other(void *argument)
{
    KIRQL old;

    nt_on_processor(0);
    nt_thread(take_other_then_lock, NULL);
    KeAcquireSpinLock(&lock, &old);
    InterlockedIncrement(&both);
    nt_spin_until(&both, 2);
    KeAcquireSpinLockAtDpcLevel(&other);
}

static void locks_taken_crosswise_are_named(void **state)
{
    KeInitializeSpinLock(&other);
    both = 0;
    wc_expect_stop("SpinLockDeadlock", take_lock_then_other, NULL);
}

/* ---- the order of locks ---- */

static void take(KSPIN_LOCK *first, KSPIN_LOCK *second)
{
    KIRQL old;

    KeAcquireSpinLock(first, &old);
    KeAcquireSpinLockAtDpcLevel(second);
    KeReleaseSpinLockFromDpcLevel(second);
    KeReleaseSpinLock(first, old);
}

static void an_inversion_is_named_though_nobody_hangs(void **state) /* spec: SPN-16 */
{
    KSPIN_LOCK third;

    KeInitializeSpinLock(&other);
    KeInitializeSpinLock(&third);
    take(&lock, &other);
    take(&lock, &other);
    take(&other, &third);
    assert_int_equal(wc_violations(NULL), 0);
    wc_expect_violation("LockOrder");
    take(&other, &lock);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xC4 (0x1001, "));
    wc_expect_violation("LockOrder"); /* over the one between them */
    take(&third, &lock);
    assert_int_equal(wc_violations("LockOrder"), 2);
    take(&lock, &third); /* that one followed from the others */
    assert_int_equal(wc_violations("LockOrder"), 2);
}

static void a_try_and_a_new_lock_give_no_order(void **state) /* spec: SPN-16 */
{
    KIRQL old;

    KeInitializeSpinLock(&other);
    KeAcquireSpinLock(&lock, &old);
    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&other)); /* it does not wait */
    KeReleaseSpinLockFromDpcLevel(&other);
    KeReleaseSpinLock(&lock, old);
    take(&other, &lock);
    KeInitializeSpinLock(&other); /* another lock in the same place */
    take(&lock, &other);
    assert_int_equal(wc_violations(NULL), 0);
}

static void locks_may_be_released_in_any_order(void **state)
{
    KSPIN_LOCK locks[10];
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    for (int i = 0; i < 10; i++) {
        KeInitializeSpinLock(&locks[i]);
    }
    for (int i = 0; i < 10; i++) { /* more than are watched */
        KeAcquireSpinLockAtDpcLevel(&locks[i]);
    }
    for (int i = 0; i < 10; i++) {
        KeReleaseSpinLockFromDpcLevel(&locks[i]);
    }
    for (int i = 0; i < 10; i++) {
        KeInitializeSpinLock(&locks[i]);
    }
    KeLowerIrql(old);
    take(&locks[1], &locks[0]);
    assert_int_equal(wc_violations(NULL), 0);
}

static void initializing_a_held_lock_is_refused(void **state)
{
    KIRQL old;

    other = (KSPIN_LOCK)-1; /* memory that was never a lock may hold anything */
    KeInitializeSpinLock(&other);
    KeAcquireSpinLock(&lock, &old);
    wc_expect_violation("LockReinitHeld");
    KeInitializeSpinLock(&lock);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, old);
    KeInitializeSpinLock(&lock);
    assert_int_equal(wc_violations(NULL), 1);
}

static void a_handle_serves_one_acquisition(void **state)
{
    KLOCK_QUEUE_HANDLE handle, second;

    KeInitializeSpinLock(&other);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    wc_expect_violation("LockHandleReused");
    KeAcquireInStackQueuedSpinLock(&other, &handle);
    assert_true(KeTestSpinLock(&other));
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&other, &second);
    wc_expect_violation("LockHandleReused");
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&other, &second);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&second);
    KeReleaseInStackQueuedSpinLock(&handle);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeAcquireInStackQueuedSpinLock(&other, &handle); /* free again */
    KeReleaseInStackQueuedSpinLock(&handle);
    assert_int_equal(wc_violations(NULL), 2);
}

#define UNIT(body)           wc_unit_test(body, .setup = setup)
#define UNIT_ON(body, count) wc_unit_test(body, .setup = setup, .processors = count)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(acquiring_raises_and_releasing_restores),
        UNIT_ON(two_processors_are_never_both_inside, 2),
        UNIT_ON(the_old_level_is_written_when_the_lock_is_owned, 2),
        UNIT(acquiring_it_twice_is_reported),
        UNIT(releasing_what_is_not_held_is_reported),
        UNIT(acquiring_above_dispatch_level_is_refused),
        UNIT(the_dpc_level_forms_are_refused_below_dispatch_level),
        UNIT(releasing_at_another_level_is_refused),
        UNIT(the_dpc_level_forms_leave_the_level_alone),
        UNIT(a_raising_acquire_needs_the_lowering_release),
        UNIT(trying_returns_at_once),
        UNIT(testing_does_not_take_it),
        UNIT(for_dpc_raises_at_passive_and_not_at_dispatch_level),
        UNIT_ON(queued_waiters_are_served_as_they_came, 4),
        UNIT_ON(a_lock_held_in_the_queued_way_is_not_waited_for_in_the_plain_way, 2),
        UNIT(a_refused_acquire_leaves_the_level_alone),
        UNIT(queued_locks_raise_and_restore),
        UNIT(a_request_is_not_completed_or_started_with_a_lock_held),
        UNIT_ON(locks_taken_crosswise_are_named, 2),
        UNIT(an_inversion_is_named_though_nobody_hangs),
        UNIT(a_try_and_a_new_lock_give_no_order),
        UNIT(locks_may_be_released_in_any_order),
        UNIT(initializing_a_held_lock_is_refused),
        UNIT(a_handle_serves_one_acquisition),
        wc_seed_test(two_processors_are_never_both_inside, 100, .setup = setup, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
