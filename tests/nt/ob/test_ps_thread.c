/* test_ps_thread.c - system threads: start, end, their handles and objects, what they must let go of. */
#include <ntddk.h>

#include "nt/nt_thread.h"

#include <string.h>

static volatile LONG runs, went_on;
static KEVENT go;

static int start(void **state)
{
    (void)state;
    runs = went_on = 0;
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    return 0;
}

static VOID note_start(PVOID Context)
{
    assert_ptr_equal(Context, &runs);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    runs++;
}

static void the_routine_runs_once_at_passive_level(void **state) /* spec: THR-01 */
{
    nt_join(nt_thread(note_start, (PVOID)(ULONG_PTR)&runs));
    nt_delay_ms(1);
    assert_int_equal(runs, 1);
}

static VOID wait_for_go(PVOID Context)
{
    runs++;
    nt_wait(&go, NULL);
    went_on++;
}

static void the_object_is_signaled_once_the_thread_has_ended(void **state) /* spec: THR-02 THR-03 */
{
    PKTHREAD thread = nt_thread(wait_for_go, NULL);

    nt_delay_ms(1);
    assert_int_equal(runs, 1);
    assert_int_equal(nt_poll(thread), STATUS_TIMEOUT);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    assert_int_equal(nt_wait(thread, NULL), STATUS_SUCCESS); /* it returned from its routine */
    assert_int_equal(went_on, 1);
    assert_int_equal(nt_poll(thread), STATUS_SUCCESS);
    assert_int_equal(nt_poll(thread), STATUS_SUCCESS);
    ObDereferenceObject(thread);
}

static void closing_the_handle_does_not_end_the_thread(void **state) /* spec: THR-04 */
{
    HANDLE handle;

    assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, wait_for_go, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
    nt_delay_ms(1);
    assert_int_equal(runs, 1);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    nt_delay_ms(1);
    assert_int_equal(went_on, 1);
}

static __declspec(noinline) VOID end_here(VOID)
{
    runs++;
    PsTerminateSystemThread(STATUS_CANCELLED);
    went_on++;
}

static VOID end_inside(PVOID Context)
{
    end_here();
    went_on++;
}

static void terminate_does_not_return(void **state) /* spec: THR-05 */
{
    PKTHREAD thread = nt_thread(end_inside, NULL);

    nt_wait(thread, NULL);
    nt_delay_ms(1);
    assert_int_equal(runs, 1);
    assert_int_equal(went_on, 0);
    assert_int_equal(nt_poll(thread), STATUS_SUCCESS); /* signaled as by a return */
    ObDereferenceObject(thread);
}

static VOID note_regions(PVOID Context)
{
    *(BOOLEAN *)Context = KeAreApcsDisabled() && !KeAreAllApcsDisabled();
}

static void a_system_thread_starts_in_a_critical_region(void **state) /* spec: THR-06 */
{
    BOOLEAN disabled = FALSE;

    nt_join(nt_thread(note_regions, &disabled));
    assert_true(disabled);
    assert_false(KeAreApcsDisabled()); /* of that thread only */
}

static void a_priority_is_kept(void **state)
{
    PKTHREAD thread = nt_thread(wait_for_go, NULL);
    KPRIORITY before = KeQueryPriorityThread(thread);

    assert_int_equal(KeSetPriorityThread(thread, LOW_REALTIME_PRIORITY), before);
    assert_int_equal(KeQueryPriorityThread(thread), LOW_REALTIME_PRIORITY);
    wc_expect_violation("BadParameter");
    assert_int_equal(KeSetPriorityThread(thread, HIGH_PRIORITY + 1), 0);
    assert_int_equal(KeQueryPriorityThread(thread), LOW_REALTIME_PRIORITY);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    nt_join(thread);
}

static FAST_MUTEX fast;
static EX_PUSH_LOCK push;
static ERESOURCE resource;

static VOID keep_fast_mutex(PVOID Context)
{
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&fast);
    KeLeaveCriticalRegion();
    wc_expect_violation("LockHeldAtExit");
}

static VOID keep_push_lock(PVOID Context)
{
    ExAcquirePushLockShared(&push);
    wc_expect_violation("LockHeldAtExit");
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID keep_resource(PVOID Context)
{
    ExAcquireResourceSharedLite(&resource, TRUE);
    ExAcquireFastMutexUnsafe(&fast); /* and one that is given back */
    ExReleaseFastMutexUnsafe(&fast);
    wc_expect_violation("LockHeldAtExit");
}

static void a_lock_that_is_kept_is_named(void **state)
{
    PKTHREAD thread;

    ExInitializeFastMutex(&fast);
    ExInitializePushLock(&push);
    ExInitializeResourceLite(&resource);
    nt_join(nt_thread(keep_fast_mutex, NULL));
    ExInitializeFastMutex(&fast);
    nt_join(nt_thread(keep_push_lock, NULL));
    thread = nt_thread(keep_resource, NULL);
    nt_wait(thread, NULL);
    assert_int_equal(wc_violations("LockHeldAtExit"), 3);
    KeEnterCriticalRegion();
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)thread);
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&resource);
    ObDereferenceObject(thread);
}

#define TEST(name) wc_unit_test(name, .setup = start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_routine_runs_once_at_passive_level),
        TEST(the_object_is_signaled_once_the_thread_has_ended),
        TEST(closing_the_handle_does_not_end_the_thread),
        TEST(terminate_does_not_return),
        TEST(a_system_thread_starts_in_a_critical_region),
        TEST(a_priority_is_kept),
        TEST(a_lock_that_is_kept_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
