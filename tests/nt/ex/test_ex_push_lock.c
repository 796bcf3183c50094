/* test_ex_push_lock.c - push locks. */
#include <ntddk.h>

#include <string.h>

#include <wdfcore/testing.h>

static EX_PUSH_LOCK lock;
static char log_text[64];
static KEVENT go;

static void note(const char *text)
{
    strcat(log_text, text);
}

static void let_others_run(void)
{
    LARGE_INTEGER tick = {.QuadPart = -10000};

    KeDelayExecutionThread(KernelMode, FALSE, &tick);
}

static void share(void *argument)
{
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(&lock);
    note(argument);
    KeWaitForSingleObject(&go, Executive, KernelMode, FALSE, NULL);
    ExReleasePushLockShared(&lock);
    KeLeaveCriticalRegion();
}

static void own(void *argument)
{
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusive(&lock);
    note(argument);
    ExReleasePushLockExclusive(&lock);
    KeLeaveCriticalRegion();
}

static int start(void **state)
{
    (void)state;
    log_text[0] = '\0';
    ExInitializePushLock(&lock);
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    return 0;
}

static void start_task(void (*body)(void *), const char *name)
{
    assert_int_equal(wc_machine_start_task(wc_test_the_machine(), body, (void *)(uintptr_t)name),
                     WC_OK);
    let_others_run();
}

static void many_share_or_one_owns(void **state) /* spec: PSH-01 */
{
    (void)state;
    start_task(share, "s1 ");
    start_task(share, "s2 ");
    assert_string_equal(log_text, "s1 s2 ");
    start_task(own, "x ");
    start_task(share, "s3 "); /* behind the exclusive request */
    assert_string_equal(log_text, "s1 s2 ");
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    let_others_run();
    assert_string_equal(log_text, "s1 s2 x s3 ");
    assert_int_equal(lock, 0);
}

static void recursion_is_named(void **state)
{
    (void)state;
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(&lock);
    wc_expect_violation("PushLockRecursive");
    ExAcquirePushLockShared(&lock);
    wc_expect_violation("LockApiMismatch");
    ExReleasePushLockExclusive(&lock);
    ExReleasePushLockShared(&lock);
    wc_expect_violation("LockWrongThread");
    ExReleasePushLockShared(&lock);
    KeLeaveCriticalRegion();
    wc_expect_violation("CriticalRegion");
    ExAcquirePushLockExclusive(&lock);
    assert_int_equal(lock, 0);
}

#define TEST(name) wc_unit_test(name, .setup = start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_share_or_one_owns),
        TEST(recursion_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
