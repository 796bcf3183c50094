/* test_ke_mutex.c - KMUTEX: ownership, recursion, what is left when an owner ends. */
#include <ntifs.h>

#include "nt/nt_thread.h"

#include <string.h>

static KMUTEX mutex;
static volatile LONG held, go, owned;

static int setup(void **state)
{
    held = go = owned = 0;
    KeInitializeMutex(&mutex, 0);
    return 0;
}

static void a_new_mutex_is_free(void **state) /* spec: MTX-01 */
{
    assert_int_equal(KeReadStateMutex(&mutex), 1);
    assert_int_equal(nt_poll(&mutex), STATUS_SUCCESS);
    assert_int_not_equal(KeReadStateMutex(&mutex), 1);
    KeReleaseMutex(&mutex, FALSE);
}

static VOID try_once(PVOID Context)
{
    *(NTSTATUS *)Context = nt_poll(&mutex);
    if (*(NTSTATUS *)Context == STATUS_SUCCESS) {
        KeReleaseMutex(&mutex, FALSE);
    }
}

static NTSTATUS try_in_another_thread(void)
{
    NTSTATUS status = STATUS_PENDING;

    nt_join(nt_thread(try_once, &status));
    return status;
}

static void the_owner_may_come_again_and_releases_as_often(void **state) /* spec: MTX-02 MTX-03 */
{
    for (int i = 0; i < 3; i++) {
        assert_int_equal(nt_wait(&mutex, NULL), STATUS_SUCCESS);
    }
    assert_true(KeReleaseMutex(&mutex, FALSE) < 0);
    assert_true(KeReleaseMutex(&mutex, FALSE) < 0);
    assert_int_equal(try_in_another_thread(), STATUS_TIMEOUT); /* still owned */
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
    assert_int_equal(KeReadStateMutex(&mutex), 1);
    assert_int_equal(try_in_another_thread(), STATUS_SUCCESS);
}

static VOID release_foreign(PVOID Context)
{
    wc_expect_violation("MutantNotOwned");
    KeReleaseMutex(&mutex, FALSE);
}

static void who_does_not_own_it_cannot_release_it(void **state) /* spec: MTX-04 */
{
    nt_wait(&mutex, NULL);
    nt_join(nt_thread(release_foreign, NULL));
    assert_int_equal(wc_violations("MutantNotOwned"), 1);
    assert_int_equal(try_in_another_thread(), STATUS_TIMEOUT);
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
    wc_expect_violation("MutantNotOwned");
    KeReleaseMutex(&mutex, FALSE); /* nor when nobody owns it */
    assert_int_equal(KeReadStateMutex(&mutex), 1);
}

static void while_it_is_owned_apcs_are_off(void **state) /* spec: MTX-05 */
{
    assert_false(KeAreApcsDisabled());
    nt_wait(&mutex, NULL);
    nt_wait(&mutex, NULL);
    assert_true(KeAreApcsDisabled());
    KeReleaseMutex(&mutex, FALSE);
    assert_true(KeAreApcsDisabled());
    KeReleaseMutex(&mutex, FALSE);
    assert_false(KeAreApcsDisabled());
}

static VOID end_as_owner(PVOID Context)
{
    nt_wait(&mutex, NULL);
    WriteRelease(&held, 1);
    nt_delay_ms(5);
}

static PKTHREAD start_owner(void)
{
    PKTHREAD thread;

    held = 0;
    thread = nt_thread(end_as_owner, NULL);
    while (ReadAcquire(&held) == 0) {
        nt_delay_ms(1);
    }
    return thread;
}

static void a_mutex_whose_owner_ended_is_abandoned(void **state) /* spec: MTX-06 */
{
    KEVENT event;
    PVOID objects[] = {&event, &mutex};
    PKTHREAD thread;

    wc_expect_violation("SystemExitOwnedMutex");
    wc_expect_violation("SystemExitOwnedMutex");
    thread = start_owner();
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    assert_int_equal(nt_wait(&mutex, NULL), STATUS_ABANDONED); /* it waited when that happened */
    nt_join(thread);
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
    assert_int_equal(nt_wait(&mutex, NULL), STATUS_SUCCESS); /* told once */
    KeReleaseMutex(&mutex, FALSE);
    thread = start_owner();
    nt_join(thread);
    assert_int_equal(
        KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_ABANDONED_WAIT_0 + 1);
    KeReleaseMutex(&mutex, FALSE);
}

static VOID own_after_wait(PVOID Context)
{
    nt_wait(&mutex, NULL);
    owned = 1;
    KeReleaseMutex(&mutex, FALSE);
}

static void the_last_release_wakes_a_waiter(void **state)
{
    PKTHREAD thread;

    nt_wait(&mutex, NULL);
    nt_wait(&mutex, NULL);
    thread = nt_thread(own_after_wait, NULL);
    nt_delay_ms(1);
    KeReleaseMutex(&mutex, FALSE);
    nt_delay_ms(1);
    assert_int_equal(owned, 0);
    KeReleaseMutex(&mutex, FALSE);
    nt_join(thread);
    assert_int_equal(owned, 1);
}

static VOID return_as_owner(PVOID Parameter)
{
    nt_wait(&mutex, NULL);
}

static void work_that_keeps_the_mutex(void *argument)
{
    static WORK_QUEUE_ITEM item;

    ExInitializeWorkItem(&item, return_as_owner, NULL);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    nt_delay_ms(5);
}

static void a_work_item_that_keeps_it_is_reported(void **state) /* spec: MTX-07 */
{
    wc_expect_violation("SystemExitOwnedMutex");
    work_that_keeps_the_mutex(NULL);
    assert_int_equal(wc_violations("SystemExitOwnedMutex"), 1);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x39"));
    assert_int_equal(nt_poll(&mutex), STATUS_ABANDONED);
    KeReleaseMutex(&mutex, FALSE);
}

/* ---- exceptions ---- */

static NTSTATUS status_of_release(void)
{
    volatile NTSTATUS status = STATUS_SUCCESS;

    __try {
        KeReleaseMutex(&mutex, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

static VOID end_as_owner_at_once(PVOID Context)
{
    nt_wait(&mutex, NULL);
}

static void a_mutant_may_be_abandoned(void **state) /* spec: MTX-04 MTX-06 */
{
    KeInitializeMutant(&mutex, FALSE);
    assert_int_equal(status_of_release(), STATUS_MUTANT_NOT_OWNED);
    nt_join(nt_thread(end_as_owner_at_once, NULL)); /* which is no mistake */
    assert_int_equal(KeReadStateMutex(&mutex), 1);
    assert_int_equal(status_of_release(), STATUS_ABANDONED);
    assert_int_equal(nt_poll(&mutex), STATUS_ABANDONED);
    assert_int_equal(status_of_release(), STATUS_SUCCESS);
    assert_int_equal(status_of_release(), STATUS_MUTANT_NOT_OWNED); /* told once */
}

static NTSTATUS status_of_wait(ULONG count, WAIT_TYPE type)
{
    LARGE_INTEGER zero = {.QuadPart = 0};
    volatile NTSTATUS status = STATUS_SUCCESS;
    KEVENT event;
    PVOID objects[] = {&mutex, &event};

    KeInitializeEvent(&event, NotificationEvent, TRUE);
    __try {
        status = count == 1 ? nt_poll(&mutex)
                            : KeWaitForMultipleObjects(count, objects, type, Executive, KernelMode,
                                                       FALSE, &zero, NULL);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

/* Nobody waits two thousand million times here: the count is written as those waits would leave it. */
static void recursion_has_a_limit(void **state)
{
    nt_wait(&mutex, NULL);
    mutex.Header.SignalState = (LONG)MINLONG + 1;
    assert_int_equal(status_of_wait(1, WaitAny), STATUS_SUCCESS);
    assert_int_equal(KeReadStateMutex(&mutex), (LONG)MINLONG);
    assert_int_equal(status_of_wait(1, WaitAny), STATUS_MUTANT_LIMIT_EXCEEDED);
    assert_int_equal(status_of_wait(2, WaitAny), STATUS_MUTANT_LIMIT_EXCEEDED);
    assert_int_equal(status_of_wait(2, WaitAll), STATUS_MUTANT_LIMIT_EXCEEDED);
    assert_int_equal(KeReadStateMutex(&mutex), (LONG)MINLONG);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), (LONG)MINLONG);
    mutex.Header.SignalState = 0;
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
}

#define UNIT(body) wc_unit_test(body, .setup = setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_new_mutex_is_free),
        UNIT(the_owner_may_come_again_and_releases_as_often),
        UNIT(who_does_not_own_it_cannot_release_it),
        UNIT(while_it_is_owned_apcs_are_off),
        UNIT(a_mutex_whose_owner_ended_is_abandoned),
        UNIT(the_last_release_wakes_a_waiter),
        UNIT(a_work_item_that_keeps_it_is_reported),
        UNIT(a_mutant_may_be_abandoned),
        UNIT(recursion_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
