/* test_io_remove_lock.c - remove locks. */
#include <ntddk.h>

#include <wdfcore/testing.h>

static IO_REMOVE_LOCK lock;
static BOOLEAN waited;

static void begin(void)
{
    IoInitializeRemoveLock(&lock, 'kcoL', 0, 0);
    assert_int_equal(IoAcquireRemoveLock(&lock, (PVOID)1), STATUS_SUCCESS);
}

static void acquire_fails_once_removal_began(void **state) /* spec: RML-01 */
{
    (void)state;
    begin();
    IoReleaseRemoveLockAndWait(&lock, (PVOID)1);
    assert_int_equal(IoAcquireRemoveLock(&lock, (PVOID)2), STATUS_DELETE_PENDING);
}

static void remove_device(void *argument)
{
    (void)argument;
    IoReleaseRemoveLockAndWait(&lock, (PVOID)1);
    waited = TRUE;
}

static void wait_returns_after_the_last_release(void **state) /* spec: RML-02 */
{
    LARGE_INTEGER tick = {.QuadPart = -10000};

    (void)state;
    begin();
    waited = FALSE;
    assert_int_equal(IoAcquireRemoveLock(&lock, (PVOID)2), STATUS_SUCCESS);
    assert_int_equal(IoAcquireRemoveLock(&lock, (PVOID)2), STATUS_SUCCESS);
    assert_int_equal(wc_machine_start_task(wc_test_the_machine(), remove_device, NULL), WC_OK);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    assert_false(waited);
    IoReleaseRemoveLock(&lock, (PVOID)2);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    assert_false(waited);
    IoReleaseRemoveLock(&lock, (PVOID)2);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    assert_true(waited);
}

static void a_release_without_acquire_is_named(void **state)
{
    (void)state;
    begin();
    wc_expect_violation("RemoveLock");
    IoReleaseRemoveLock(&lock, (PVOID)7);
    wc_expect_violation("RemoveLock");
    IoInitializeRemoveLock(&lock, 'kcoL', 0, 0);
    IoReleaseRemoveLockAndWait(&lock, (PVOID)1);
    assert_int_equal(wc_violations("RemoveLock"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(acquire_fails_once_removal_began),
        wc_unit_test(wait_returns_after_the_last_release),
        wc_unit_test(a_release_without_acquire_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
