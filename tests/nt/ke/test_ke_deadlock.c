/* test_ke_deadlock.c - a cycle of owners is found when the wait that closes it begins. */
#include <ntddk.h>
#include <wdfcore/testing.h>

static FAST_MUTEX first_fast, second_fast;
static KMUTEX first, second;

static void start_thread(PKSTART_ROUTINE routine)
{
    LARGE_INTEGER a_moment = {.QuadPart = -10000};
    HANDLE handle;

    PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, routine, NULL);
    ZwClose(handle);
    KeDelayExecutionThread(KernelMode, FALSE, &a_moment);
}

static VOID take_fast_the_other_way(PVOID Context)
{
    LARGE_INTEGER longer = {.QuadPart = -50000};

    ExAcquireFastMutex(&second_fast);
    KeDelayExecutionThread(KernelMode, FALSE, &longer);
    ExAcquireFastMutex(&first_fast); /* closes the cycle */
    ExReleaseFastMutex(&first_fast);
    ExReleaseFastMutex(&second_fast);
}

static void close_a_cycle_of_fast_mutexes(void *argument)
{
    ExInitializeFastMutex(&first_fast);
    ExInitializeFastMutex(&second_fast);
    start_thread(take_fast_the_other_way);
    ExAcquireFastMutex(&first_fast);
    ExAcquireFastMutex(&second_fast);
}

static void two_fast_mutexes_taken_both_ways_are_a_deadlock(void **state)
{
    wc_expect_stop("Deadlock", close_a_cycle_of_fast_mutexes, NULL);
}

static VOID take_the_other_way(PVOID Context)
{
    KeWaitForSingleObject(&second, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&first, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&first, FALSE);
    KeReleaseMutex(&second, FALSE);
}

static void close_a_cycle_of_mutexes(void *argument)
{
    KeInitializeMutex(&first, 0);
    KeInitializeMutex(&second, 0);
    KeWaitForSingleObject(&first, Executive, KernelMode, FALSE, NULL);
    start_thread(take_the_other_way);
    KeWaitForSingleObject(&second, Executive, KernelMode, FALSE, NULL);
}

static void two_mutexes_taken_both_ways_are_a_deadlock(void **state)
{
    wc_expect_stop("Deadlock", close_a_cycle_of_mutexes, NULL);
}

static void waiting_for_an_owner_who_does_not_wait_is_none(void **state)
{
    KeInitializeMutex(&first, 0);
    KeInitializeMutex(&second, 0);
    KeWaitForSingleObject(&first, Executive, KernelMode, FALSE, NULL);
    start_thread(take_the_other_way); /* it owns the second and waits for the first */
    KeReleaseMutex(&first, FALSE);
    KeWaitForSingleObject(&second, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(KeReleaseMutex(&second, FALSE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(two_fast_mutexes_taken_both_ways_are_a_deadlock),
        wc_unit_test(two_mutexes_taken_both_ways_are_a_deadlock),
        wc_unit_test(waiting_for_an_owner_who_does_not_wait_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
