/* test_ex_rundown.c - run-down protection. */
#include <ntddk.h>

#include <wdfcore/testing.h>

static EX_RUNDOWN_REF reference;
static _Atomic int waits_done;

static void wait_for_rundown(void *argument)
{
    (void)argument;
    ExWaitForRundownProtectionRelease(&reference);
    waits_done++;
}

static void let_others_run(void)
{
    LARGE_INTEGER tick = {.QuadPart = -10000};

    KeDelayExecutionThread(KernelMode, FALSE, &tick);
}

static void begin(void)
{
    waits_done = 0;
    ExInitializeRundownProtection(&reference);
}

static void acquire_ends_with_the_wait(void **state) /* spec: RUN-01 */
{
    (void)state;
    begin();
    assert_true(ExAcquireRundownProtection(&reference));
    wc_machine_start_task(wc_test_the_machine(), wait_for_rundown, NULL);
    let_others_run();
    assert_int_equal(waits_done, 0);
    assert_false(ExAcquireRundownProtection(&reference)); /* begun, though not finished */
    assert_false(ExAcquireRundownProtectionEx(&reference, 3));
    ExReleaseRundownProtection(&reference);
    let_others_run();
    assert_int_equal(waits_done, 1);
    assert_false(ExAcquireRundownProtection(&reference));
}

static void wait_returns_after_the_last_release(void **state) /* spec: RUN-02 */
{
    (void)state;
    begin();
    assert_true(ExAcquireRundownProtectionEx(&reference, 2));
    assert_true(ExAcquireRundownProtection(&reference));
    wc_machine_start_task(wc_test_the_machine(), wait_for_rundown, NULL);
    wc_machine_start_task(wc_test_the_machine(), wait_for_rundown, NULL);
    let_others_run();
    ExReleaseRundownProtectionEx(&reference, 2);
    let_others_run();
    assert_int_equal(waits_done, 0);
    ExReleaseRundownProtection(&reference);
    let_others_run();
    assert_int_equal(waits_done, 2);
    wait_for_rundown(NULL); /* at once: nobody could wake us */
    assert_int_equal(waits_done, 3);
}

static void it_opens_again(void **state) /* spec: RUN-03 */
{
    (void)state;
    begin();
    ExWaitForRundownProtectionRelease(&reference);
    assert_false(ExAcquireRundownProtection(&reference));
    ExReInitializeRundownProtection(&reference);
    assert_true(ExAcquireRundownProtection(&reference));
    ExReleaseRundownProtection(&reference);
}

static void the_cache_aware_kind_is_the_same(void **state) /* spec: RUN-01, RUN-03 */
{
    PEX_RUNDOWN_REF_CACHE_AWARE aware = ExAllocateCacheAwareRundownProtection(NonPagedPool, 'nuRT');
    PVOID mine = ExAllocatePoolWithTag(NonPagedPool, ExSizeOfRundownProtectionCacheAware(), 'nuRT');

    (void)state;
    assert_true(ExAcquireRundownProtectionCacheAware(aware));
    assert_true(ExAcquireRundownProtectionCacheAwareEx(aware, 2));
    ExReleaseRundownProtectionCacheAware(aware);
    ExReleaseRundownProtectionCacheAwareEx(aware, 2);
    ExWaitForRundownProtectionReleaseCacheAware(aware);
    ExRundownCompletedCacheAware(aware);
    assert_false(ExAcquireRundownProtectionCacheAware(aware));
    ExReInitializeRundownProtectionCacheAware(aware);
    assert_true(ExAcquireRundownProtectionCacheAware(aware));
    ExReleaseRundownProtectionCacheAware(aware);
    wc_expect_violation("RundownState");
    ExReleaseRundownProtectionCacheAware(aware);
    ExFreeCacheAwareRundownProtection(aware);

    aware = mine;
    wc_expect_violation("BadParameter");
    ExInitializeRundownProtectionCacheAware(aware, 1);
    ExInitializeRundownProtectionCacheAware(aware, ExSizeOfRundownProtectionCacheAware());
    assert_true(ExAcquireRundownProtectionCacheAware(aware));
    ExReleaseRundownProtectionCacheAware(aware);
    wc_expect_violation("PoolBadFree");
    ExFreeCacheAwareRundownProtection(aware);
    ExFreePoolWithTag(mine, 'nuRT');
}

static void misuse_is_named(void **state)
{
    (void)state;
    begin();
    wc_expect_violation("RundownState");
    ExReleaseRundownProtection(&reference);
    wc_expect_violation("RundownState");
    ExReInitializeRundownProtection(&reference);
    assert_true(ExAcquireRundownProtection(&reference));
    wc_expect_violation("RundownState");
    ExRundownCompleted(&reference);
    ExReleaseRundownProtection(&reference);
    ExRundownCompleted(&reference);
    assert_false(ExAcquireRundownProtection(&reference));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(acquire_ends_with_the_wait),
        wc_unit_test(wait_returns_after_the_last_release),
        wc_unit_test(it_opens_again),
        wc_unit_test(the_cache_aware_kind_is_the_same),
        wc_unit_test(misuse_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
