/* test_ke_semaphore.c - KSEMAPHORE. */
#include "nt/nt_thread.h"

#include <string.h>

static KSEMAPHORE semaphore;
static volatile LONG through;

static int setup(void **state)
{
    through = 0;
    KeInitializeSemaphore(&semaphore, 2, 5);
    return 0;
}

static void a_count_of_n_lets_n_waits_through(void **state) /* spec: SEM-01 */
{
    assert_int_equal(nt_wait(&semaphore, NULL), STATUS_SUCCESS);
    assert_int_equal(nt_wait(&semaphore, NULL), STATUS_SUCCESS);
    assert_int_equal(nt_poll(&semaphore), STATUS_TIMEOUT);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 0);
}

static VOID pass_once(PVOID Context)
{
    nt_wait(&semaphore, NULL);
    InterlockedIncrement(&through);
}

static void
releasing_returns_the_count_before_and_lets_so_many_through(void **state) /* spec: SEM-02 */
{
    PKTHREAD threads[3];

    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 1, FALSE), 2);
    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 3);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 5);
    KeInitializeSemaphore(&semaphore, 0, 5);
    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(pass_once, NULL);
    }
    nt_delay_ms(1);
    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 0);
    nt_delay_ms(1);
    assert_int_equal(through, 2);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 0);
    KeReleaseSemaphore(&semaphore, 0, 3, FALSE);
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    assert_int_equal(KeReadStateSemaphore(&semaphore), 2); /* what nobody took */
}

static void beyond_the_limit_nothing_changes(void **state) /* spec: SEM-03 */
{
    wc_expect_violation("SemaphoreLimitExceeded");
    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 4, FALSE), 2);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 2);
    wc_expect_violation("SemaphoreLimitExceeded");
    KeReleaseSemaphore(&semaphore, 0, 0x7fffffff, FALSE);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 2);
    KeReleaseSemaphore(&semaphore, 0, 3, FALSE); /* up to the limit */
    assert_int_equal(KeReadStateSemaphore(&semaphore), 5);
}

static void with_wait_the_level_stays_raised(void **state)
{
    KeReleaseSemaphore(&semaphore, 0, 1, TRUE);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_int_equal(nt_wait(&semaphore, NULL), STATUS_SUCCESS);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_count_above_the_limit_is_refused(void **state)
{
    wc_expect_violation("BadParameter");
    KeInitializeSemaphore(&semaphore, 6, 5);
    wc_expect_violation("BadParameter");
    KeInitializeSemaphore(&semaphore, 0, 0);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 2);
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_count_of_n_lets_n_waits_through),
        UNIT(releasing_returns_the_count_before_and_lets_so_many_through),
        UNIT(beyond_the_limit_nothing_changes),
        UNIT(with_wait_the_level_stays_raised),
        UNIT(a_count_above_the_limit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
