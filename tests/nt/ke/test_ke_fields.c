/* test_ke_fields.c - the members of public kernel structures that a driver sees, as calls leave them. */
#include "nt/nt_thread.h"

#include <ntifs.h>

#include <string.h>

static KTIMER timer;
static KDPC dpc;

static VOID nothing(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
}

static void a_new_timer_is_not_inserted_and_knows_nothing(void **state)
{
    memset(&timer, 0x55, sizeof(timer));
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    assert_int_equal(timer.Header.Type, 9);
    assert_int_equal(timer.Header.Size, sizeof(timer) / sizeof(ULONG));
    assert_int_equal(timer.Header.Inserted, FALSE);
    assert_int_equal(timer.Header.SignalState, 0);
    assert_int_equal(timer.DueTime.QuadPart, 0);
    assert_int_equal(timer.Period, 0);
    assert_null(timer.Dpc);
}

static void a_timer_is_inserted_until_it_expires_or_is_cancelled(void **state)
{
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, nothing, NULL);
    KeSetTimer(&timer, nt_ms(1), &dpc);
    assert_int_equal(timer.Header.Inserted, TRUE);
    assert_ptr_equal(timer.Dpc, &dpc);
    assert_true(KeSetTimer(&timer, nt_ms(2), NULL)); /* set again */
    assert_int_equal(timer.Header.Inserted, TRUE);
    assert_true(KeCancelTimer(&timer));
    assert_int_equal(timer.Header.Inserted, FALSE);
    KeSetTimer(&timer, nt_ms(1), NULL);
    nt_wait(&timer, NULL);
    assert_int_equal(timer.Header.Inserted, FALSE);
    assert_int_equal(timer.Header.SignalState, 1);
    KeSetTimer(&timer, (LARGE_INTEGER){.QuadPart = 0}, NULL); /* due at once */
    assert_int_equal(timer.Header.Inserted, FALSE);
}

static void a_periodic_timer_is_inserted_until_it_is_cancelled(void **state)
{
    KeInitializeTimer(&timer);
    KeSetTimerEx(&timer, nt_ms(1), 1, NULL);
    assert_int_equal(timer.Period, 1);
    nt_delay_ms(5);
    assert_int_equal(timer.Header.SignalState, 1);
    assert_int_equal(timer.Header.Inserted, TRUE);
    assert_true(KeCancelTimer(&timer));
    assert_int_equal(timer.Header.Inserted, FALSE);
    assert_int_equal(timer.Header.SignalState, 1); /* stays as it was */
}

static void a_new_dpc_keeps_what_its_arguments_were(void **state)
{
    memset(&dpc, 0x55, sizeof(dpc));
    KeInitializeDpc(&dpc, nothing, &timer);
    assert_int_equal(dpc.Type, 19);
    assert_int_equal(dpc.Importance, MediumImportance);
    assert_int_equal(dpc.Number, 0);
    assert_null(dpc.DpcData);
    assert_ptr_equal(dpc.DeferredContext, &timer);
    assert_int_equal((ULONG_PTR)dpc.SystemArgument1, 0x5555555555555555);
}

static void an_event_starts_in_the_state_that_is_given(void **state)
{
    KEVENT event;

    KeInitializeEvent(&event, SynchronizationEvent, 7);
    assert_int_equal(KeReadStateEvent(&event), 7);
    assert_int_equal(KeSetEvent(&event, 0, FALSE), 7);
    assert_int_equal(KeResetEvent(&event), 1);
}

static void what_a_queue_gave_is_on_no_list(void **state)
{
    KQUEUE queue;
    LIST_ENTRY entry = {&entry, &entry};

    KeInitializeQueue(&queue, 1);
    KeInsertQueue(&queue, &entry);
    assert_non_null(entry.Flink);
    assert_ptr_equal(KeRemoveQueue(&queue, KernelMode, NULL), &entry);
    assert_null(entry.Flink);
    KeRundownQueue(&queue);
}

static void the_unsafe_routines_leave_the_level_of_a_fast_mutex(void **state)
{
    FAST_MUTEX mutex;

    ExInitializeFastMutex(&mutex);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&mutex);
    assert_int_equal(mutex.Count, 0);
    assert_ptr_equal(mutex.Owner, KeGetCurrentThread());
    assert_int_equal(mutex.OldIrql, PASSIVE_LEVEL);
    wc_expect_violation("LockApiMismatch");
    KeRaiseIrql(APC_LEVEL, &(KIRQL){0});
    ExReleaseFastMutex(&mutex);
    KeLowerIrql(PASSIVE_LEVEL);
    ExReleaseFastMutexUnsafe(&mutex);
    KeLeaveCriticalRegion();
    assert_int_equal(mutex.Count, 1);
    assert_null(mutex.Owner);
}

static void a_resource_shows_how_often_it_is_owned(void **state)
{
    ERESOURCE resource;

    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    for (ULONG count = 1; count <= 3; count++) {
        ExAcquireResourceExclusiveLite(&resource, TRUE);
        assert_int_equal(resource.OwnerEntry.OwnerThread, ExGetCurrentResourceThread());
        assert_int_equal(resource.OwnerEntry.OwnerCount, count);
        assert_int_equal(resource.ActiveCount, 1);
    }
    ExReleaseResourceLite(&resource);
    assert_int_equal(resource.OwnerEntry.OwnerCount, 2);
    ExReleaseResourceLite(&resource);
    ExReleaseResourceLite(&resource);
    assert_int_equal(resource.OwnerEntry.OwnerCount, 0);
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&resource);
}

static NTSTATUS status_of_a_release(PKSEMAPHORE semaphore, PKMUTEX mutex)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        if (semaphore != NULL) {
            KeReleaseSemaphore(semaphore, 0, 1, FALSE);
        } else {
            KeReleaseMutex(mutex, FALSE);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

static void
a_release_too_many_is_an_exception_for_who_expects_one(void **state) /* spec: SEM-03 MTX-04 */
{
    KSEMAPHORE semaphore;
    KMUTEX mutex;

    KeInitializeSemaphore(&semaphore, 1, 2);
    assert_int_equal(status_of_a_release(&semaphore, NULL), STATUS_SUCCESS);
    assert_int_equal(status_of_a_release(&semaphore, NULL), STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 2);
    KeInitializeMutex(&mutex, 0);
    assert_int_equal(status_of_a_release(NULL, &mutex), STATUS_MUTANT_NOT_OWNED);
    assert_int_equal(KeReadStateMutex(&mutex), 1);
}

static void the_synch_level_is_above_dispatch_level(void **state)
{
    assert_int_equal(KeRaiseIrqlToSynchLevel(), PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), SYNCH_LEVEL);
    assert_true(SYNCH_LEVEL > DISPATCH_LEVEL);
    KeLowerIrql(PASSIVE_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_new_timer_is_not_inserted_and_knows_nothing),
        wc_unit_test(a_timer_is_inserted_until_it_expires_or_is_cancelled),
        wc_unit_test(a_periodic_timer_is_inserted_until_it_is_cancelled),
        wc_unit_test(a_new_dpc_keeps_what_its_arguments_were),
        wc_unit_test(an_event_starts_in_the_state_that_is_given),
        wc_unit_test(what_a_queue_gave_is_on_no_list),
        wc_unit_test(the_unsafe_routines_leave_the_level_of_a_fast_mutex),
        wc_unit_test(a_resource_shows_how_often_it_is_owned),
        wc_unit_test(a_release_too_many_is_an_exception_for_who_expects_one),
        wc_unit_test(the_synch_level_is_above_dispatch_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
