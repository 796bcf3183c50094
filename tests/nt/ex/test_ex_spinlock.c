/* test_ex_spinlock.c - reader-writer spin locks. */
#include "nt/nt_thread.h"

static EX_SPIN_LOCK lock;
static volatile LONG go, inside, done;

static int setup(void **state)
{
    lock = 0;
    go = inside = done = 0;
    nt_on_processor(0);
    return 0;
}

static void both_ways_raise_and_restore(void **state)
{
    KIRQL old = ExAcquireSpinLockShared(&lock);

    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    ExReleaseSpinLockShared(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    old = ExAcquireSpinLockExclusive(&lock);
    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    ExReleaseSpinLockExclusive(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(lock, 0);
}

static VOID read_once(PVOID Context)
{
    KIRQL old;

    nt_on_processor((ULONG)(ULONG_PTR)Context);
    nt_spin_until(&go, (LONG)(ULONG_PTR)Context);
    old = ExAcquireSpinLockShared(&lock);
    InterlockedIncrement(&inside);
    ExReleaseSpinLockShared(&lock, old);
    InterlockedIncrement(&done);
}

static VOID write_once(PVOID Context)
{
    KIRQL old;

    nt_on_processor((ULONG)(ULONG_PTR)Context);
    nt_spin_until(&go, (LONG)(ULONG_PTR)Context);
    old = ExAcquireSpinLockExclusive(&lock);
    assert_int_equal(inside, 0);
    inside = 100;
    nt_spin(20);
    assert_int_equal(inside, 100); /* nobody came in meanwhile */
    inside = 0;
    ExReleaseSpinLockExclusive(&lock, old);
    InterlockedIncrement(&done);
}

static void readers_share_and_a_writer_excludes(void **state)
{
    PKTHREAD reader = nt_thread(read_once, (PVOID)1);
    KIRQL old = ExAcquireSpinLockShared(&lock);

    WriteRelease(&go, 1);
    nt_spin_until(&done, 1); /* beside this reader */
    ExReleaseSpinLockShared(&lock, old);
    nt_join(reader);
    go = done = inside = 0;
    reader = nt_thread(read_once, (PVOID)1);
    old = ExAcquireSpinLockExclusive(&lock);
    WriteRelease(&go, 1);
    nt_spin(50);
    assert_int_equal(inside, 0);
    ExReleaseSpinLockExclusive(&lock, old);
    nt_join(reader);
    assert_int_equal(inside, 1);
}

/* The caller shares the lock alone, and go has been told to the writer. */
static void await_waiting_writer(LONG alone)
{
    while (ReadAcquire(&lock) == alone) {
        YieldProcessor();
    }
}

static void while_a_writer_waits_no_reader_enters(void **state) /* spec: SPN-17 */
{
    PKTHREAD writer = nt_thread(write_once, (PVOID)1);
    PKTHREAD reader = nt_thread(read_once, (PVOID)2);
    KIRQL old = ExAcquireSpinLockShared(&lock);
    LONG alone = lock;

    WriteRelease(&go, 1);
    await_waiting_writer(alone);
    WriteRelease(&go, 2);
    nt_spin(20);
    assert_int_equal(inside, 0);
    assert_int_equal(done, 0);
    ExReleaseSpinLockShared(&lock, old);
    nt_join(writer);
    nt_join(reader);
    assert_int_equal(inside, 1);
    assert_int_equal(lock, 0);
}

static VOID share_until_told(PVOID Context)
{
    KIRQL old;

    nt_on_processor(1);
    old = ExAcquireSpinLockShared(&lock);
    WriteRelease(&inside, 1);
    nt_spin_until(&go, 1);
    ExReleaseSpinLockShared(&lock, old);
    WriteRelease(&done, 1);
}

static void converting_fails_beside_another_reader(void **state) /* spec: SPN-18 */
{
    PKTHREAD thread = nt_thread(share_until_told, NULL);
    KIRQL old;

    nt_spin_until(&inside, 1);
    old = ExAcquireSpinLockShared(&lock);
    assert_false(ExTryConvertSharedSpinLockExclusive(&lock));
    WriteRelease(&go, 1);
    nt_spin_until(&done, 1); /* it was a reader still: the other one could leave */
    assert_true(ExTryConvertSharedSpinLockExclusive(&lock));
    ExReleaseSpinLockExclusive(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    nt_join(thread);
    assert_int_equal(lock, 0);
}

static void converting_fails_while_a_writer_waits(void **state)
{
    PKTHREAD writer = nt_thread(write_once, (PVOID)1);
    KIRQL old = ExAcquireSpinLockShared(&lock);
    LONG alone = lock;

    WriteRelease(&go, 1);
    await_waiting_writer(alone);
    assert_false(ExTryConvertSharedSpinLockExclusive(&lock));
    ExReleaseSpinLockShared(&lock, old); /* still shared */
    nt_join(writer);
}

static void trying_never_waits(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_true(ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    assert_false(ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    assert_false(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
    assert_true(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    assert_true(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    assert_false(ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    ExReleaseSpinLockSharedFromDpcLevel(&lock);
    ExReleaseSpinLockSharedFromDpcLevel(&lock);
    assert_int_equal(lock, 0);
    KeLowerIrql(old);
    wc_expect_violation("SpinLockDpcLevelLow");
    assert_false(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    wc_expect_violation("SpinLockDpcLevelLow");
    assert_false(ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    assert_int_equal(lock, 0);
}

static void trying_for_a_share_fails_while_a_writer_waits(void **state)
{
    PKTHREAD writer = nt_thread(write_once, (PVOID)1);
    KIRQL old = ExAcquireSpinLockShared(&lock);
    LONG alone = lock;

    WriteRelease(&go, 1);
    await_waiting_writer(alone);
    assert_false(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    ExReleaseSpinLockShared(&lock, old);
    nt_join(writer);
    assert_int_equal(lock, 0);
}

static void the_writer_may_not_come_again(void **state)
{
    KIRQL old = ExAcquireSpinLockExclusive(&lock);

    wc_expect_violation("SpinLockAlreadyOwned");
    ExAcquireSpinLockExclusive(&lock);
    wc_expect_violation("SpinLockAlreadyOwned");
    ExAcquireSpinLockSharedAtDpcLevel(&lock);
    wc_expect_violation("LockApiMismatch");
    ExReleaseSpinLockShared(&lock, old);
    ExReleaseSpinLockExclusive(&lock, old);
    old = ExAcquireSpinLockShared(&lock);
    wc_expect_violation("LockApiMismatch");
    ExReleaseSpinLockExclusive(&lock, old);
    ExReleaseSpinLockShared(&lock, old);
    assert_int_equal(lock, 0);
}

static void the_levels_are_checked(void **state)
{
    KIRQL old;

    wc_expect_violation("SpinLockDpcLevelLow");
    ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
    KeRaiseIrql(5, &old);
    wc_expect_violation("SpinLockAcquireHigh");
    ExAcquireSpinLockShared(&lock);
    KeLowerIrql(old);
    assert_int_equal(lock, 0);
    old = KeRaiseIrqlToDpcLevel();
    wc_expect_violation("SpinLockNotOwned");
    ExReleaseSpinLockSharedFromDpcLevel(&lock);
    ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
    KeLowerIrql(old);
}

static VOID write_often(PVOID Context)
{
    nt_on_processor((ULONG)(ULONG_PTR)Context);
    for (int i = 0; i < 10; i++) {
        KIRQL old = ExAcquireSpinLockExclusive(&lock);

        assert_int_equal(++inside, 1);
        nt_spin(i % 3);
        inside--;
        ExReleaseSpinLockExclusive(&lock, old);
        old = ExAcquireSpinLockShared(&lock);
        assert_int_equal(inside, 0);
        nt_spin(i % 2);
        ExReleaseSpinLockShared(&lock, old);
    }
}

static void writers_are_alone_whatever_the_order(void **state)
{
    PKTHREAD threads[3];

    for (ULONG_PTR i = 0; i < 3; i++) {
        threads[i] = nt_thread(write_often, (PVOID)i);
    }
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    assert_int_equal(lock, 0);
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .processors = 3)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(both_ways_raise_and_restore),
        UNIT(readers_share_and_a_writer_excludes),
        UNIT(while_a_writer_waits_no_reader_enters),
        UNIT(converting_fails_beside_another_reader),
        UNIT(converting_fails_while_a_writer_waits),
        UNIT(trying_never_waits),
        UNIT(trying_for_a_share_fails_while_a_writer_waits),
        UNIT(the_writer_may_not_come_again),
        UNIT(the_levels_are_checked),
        wc_seed_test(writers_are_alone_whatever_the_order, 100, .setup = setup, .processors = 3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
