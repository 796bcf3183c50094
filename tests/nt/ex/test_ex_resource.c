/* test_ex_resource.c - resources: shared and exclusive owners, waiters, recursion, misuse. */
#include <ntddk.h>

#include <string.h>

#include <wdfcore/testing.h>

#include "base/violation.h"
#include "nt/nt_thread.h"

static ERESOURCE resource;
static KEVENT go;
static volatile LONG inside, writers;
static char log_text[64];
static KSPIN_LOCK log_lock;

static int start(void **state)
{
    (void)state;
    inside = writers = 0;
    log_text[0] = '\0';
    KeInitializeSpinLock(&log_lock);
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
    KeEnterCriticalRegion();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    KeLeaveCriticalRegion();
    assert_int_equal(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
    return 0;
}

/* Sharers may come at the same time. */
static void write_log(const char *name)
{
    KIRQL old;

    KeAcquireSpinLock(&log_lock, &old);
    strcat(log_text, name);
    KeReleaseSpinLock(&log_lock, old);
}

/* Owns it until `go`. System threads are in a critical region from the start. */
static VOID share(PVOID name)
{
    assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
    assert_int_equal(writers, 0);
    InterlockedIncrement(&inside);
    write_log(name);
    nt_wait(&go, NULL);
    InterlockedDecrement(&inside);
    ExReleaseResourceLite(&resource);
}

static VOID own(PVOID name)
{
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    assert_int_equal(inside + writers, 0);
    writers++;
    write_log(name);
    nt_wait(&go, NULL);
    writers--;
    ExReleaseResourceLite(&resource);
}

static PKTHREAD begin(PKSTART_ROUTINE routine, const char *name)
{
    PKTHREAD thread = nt_thread(routine, (PVOID)(ULONG_PTR)name);

    nt_delay_ms(1);
    return thread;
}

static void finish(PKTHREAD *threads, int count)
{
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    for (int i = 0; i < count; i++) {
        nt_join(threads[i]);
    }
}

static void many_share_or_one_owns(void **state) /* spec: RES-01 */
{
    PKTHREAD threads[4] = {begin(share, "s1 "), begin(share, "s2 ")};

    assert_int_equal(inside, 2);
    threads[2] = begin(own, "x ");
    threads[3] = begin(share, "s3 ");
    assert_string_equal(log_text, "s1 s2 ");
    assert_int_equal(ExGetExclusiveWaiterCount(&resource), 1);
    assert_int_equal(ExGetSharedWaiterCount(&resource), 1);
    finish(threads, 4);
    assert_string_equal(log_text, "s1 s2 x s3 ");
}

static void an_exclusive_owner_keeps_all_others_out(void **state) /* spec: RES-01 */
{
    PKTHREAD thread = begin(own, "x ");

    assert_int_equal(writers, 1);
    assert_false(ExAcquireResourceSharedLite(&resource, FALSE));
    assert_false(ExAcquireResourceExclusiveLite(&resource, FALSE));
    assert_false(ExAcquireSharedStarveExclusive(&resource, FALSE));
    assert_false(ExAcquireSharedWaitForExclusive(&resource, FALSE));
    finish(&thread, 1);
}

static void the_exclusive_owner_recurses_in_either_mode(void **state) /* spec: RES-02 RES-08 */
{
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 0);
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 3);
    for (ULONG left = 3; left-- > 0;) {
        assert_true(ExIsResourceAcquiredExclusiveLite(&resource));
        ExReleaseResourceLite(&resource);
        assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), left);
    }
    assert_false(ExIsResourceAcquiredExclusiveLite(&resource));
}

static VOID try_to_share(PVOID result)
{
    *(BOOLEAN *)result = ExAcquireResourceSharedLite(&resource, FALSE);
    if (*(BOOLEAN *)result) {
        ExReleaseResourceLite(&resource);
    }
}

static BOOLEAN another_may_share(void)
{
    BOOLEAN result = FALSE;

    nt_join(nt_thread(try_to_share, &result));
    return result;
}

static void a_new_sharer_waits_behind_an_exclusive_request(void **state) /* spec: RES-03 */
{
    PKTHREAD thread;

    assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
    assert_true(another_may_share());
    thread = begin(own, "x ");
    assert_false(another_may_share());
    assert_true(ExAcquireResourceSharedLite(&resource, FALSE)); /* who shares it already */
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 2);
    ExReleaseResourceLite(&resource);
    assert_string_equal(log_text, "");
    ExReleaseResourceLite(&resource);
    finish(&thread, 1);
    assert_string_equal(log_text, "x ");
}

static VOID starve(PVOID results)
{
    BOOLEAN *result = results;

    result[0] = ExAcquireSharedStarveExclusive(&resource, FALSE);
    result[1] = ExAcquireSharedWaitForExclusive(&resource, FALSE);
    if (result[0]) {
        ExReleaseResourceLite(&resource);
    }
}

static void starve_exclusive_passes_the_exclusive_waiter(void **state) /* spec: RES-04 */
{
    BOOLEAN results[2] = {FALSE, TRUE};
    PKTHREAD thread;

    assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
    thread = begin(own, "x ");
    nt_join(nt_thread(starve, results));
    assert_true(results[0]);
    assert_false(results[1]); /* it waits even though the thread shares it already */
    ExReleaseResourceLite(&resource);
    finish(&thread, 1);
}

static VOID ask_for_it_all(PVOID refusals)
{
    *(ULONG *)refusals += !ExAcquireResourceExclusiveLite(&resource, FALSE);
    *(ULONG *)refusals += !ExAcquireResourceSharedLite(&resource, FALSE);
    *(ULONG *)refusals += !ExAcquireSharedStarveExclusive(&resource, FALSE);
    *(ULONG *)refusals += !ExAcquireSharedWaitForExclusive(&resource, FALSE);
}

static void without_wait_nothing_blocks(void **state) /* spec: RES-05 */
{
    ULONG refusals = 0;
    LARGE_INTEGER before, after;

    assert_true(ExAcquireResourceExclusiveLite(&resource, FALSE));
    KeQueryTickCount(&before);
    nt_join(nt_thread(ask_for_it_all, &refusals));
    KeQueryTickCount(&after);
    assert_int_equal(refusals, 4);
    assert_int_equal(before.QuadPart, after.QuadPart);
    assert_int_equal(ExGetExclusiveWaiterCount(&resource) + ExGetSharedWaiterCount(&resource), 0);
    ExReleaseResourceLite(&resource);
}

static void converting_lets_readers_in(void **state) /* spec: RES-06 */
{
    PKTHREAD threads[3];

    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    threads[0] = begin(own, "x ");
    threads[1] = begin(share, "s1 ");
    threads[2] = begin(share, "s2 ");
    assert_string_equal(log_text, "");
    ExConvertExclusiveToSharedLite(&resource);
    nt_delay_ms(1);
    if (base_threaded) { /* both are let in; who comes first is the host's choice */
        assert_int_equal(inside, 2);
    } else {
        assert_string_equal(log_text, "s1 s2 ");
    }
    assert_false(ExIsResourceAcquiredExclusiveLite(&resource));
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 1);
    ExReleaseResourceLite(&resource);
    finish(threads, 3);
    assert_string_equal(log_text + 6, "x ");
    assert_int_equal(resource.ActiveCount, 0);
    assert_int_equal(resource.Flag, 0); /* and nobody owns it exclusively */
    wc_expect_violation("ResourceNotOwned");
    ExConvertExclusiveToSharedLite(&resource);
}

static void releasing_what_another_owns_is_named(void **state) /* spec: RES-07 */
{
    PKTHREAD thread = begin(own, "x ");

    wc_expect_violation("ResourceNotOwned");
    ExReleaseResourceLite(&resource);
    assert_non_null(strstr(base_violation_last_report(), "bugcheck 0xE3"));
    assert_int_equal(writers, 1);
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)thread);
    assert_true(ExAcquireResourceExclusiveLite(&resource, FALSE)); /* it was released for it */
    ExReleaseResourceLite(&resource);
    wc_expect_violation("ResourceNotOwned"); /* the thread's own release comes too late */
    finish(&thread, 1);
}

static void a_sharer_that_wants_it_exclusively_is_named(void **state)
{
    assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
    assert_false(ExAcquireResourceExclusiveLite(&resource, FALSE));
    wc_expect_violation("ResourceSelfDeadlock");
    assert_false(ExAcquireResourceExclusiveLite(&resource, TRUE));
    ExReleaseResourceLite(&resource);
}

static void outside_of_a_critical_region_is_named(void **state)
{
    KeLeaveCriticalRegion();
    wc_expect_violation("ResourceApc");
    assert_false(ExAcquireResourceSharedLite(&resource, TRUE));
    ExEnterCriticalRegionAndAcquireResourceShared(&resource);
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 1);
    ExReleaseResourceAndLeaveCriticalRegion(&resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&resource);
    assert_true(ExIsResourceAcquiredExclusiveLite(&resource));
    KeLeaveCriticalRegion();
    wc_expect_violation("ResourceApc");
    ExReleaseResourceLite(&resource);
    KeEnterCriticalRegion();
    ExReleaseResourceLite(&resource);
}

static void a_resource_that_is_none_is_named(void **state)
{
    ERESOURCE other;
    PERESOURCE pooled = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*pooled), 'sseR');

    memset(&other, 0xCC, sizeof(other));
    wc_expect_violation("ResourceLifetime");
    assert_int_equal(ExInitializeResourceLite(&resource), STATUS_UNSUCCESSFUL);
    wc_expect_violation("ResourceLifetime");
    assert_false(ExAcquireResourceSharedLite(&other, TRUE));
    wc_expect_violation("ResourceLifetime");
    ExReleaseResourceLite(NULL);
    wc_expect_violation("ResourceLifetime");
    ExDeleteResourceLite(&other);
    ExAcquireResourceSharedLite(&resource, TRUE);
    wc_expect_violation("ResourceLifetime");
    ExDeleteResourceLite(&resource);
    wc_expect_violation("ResourceLifetime");
    ExReinitializeResourceLite(&resource);
    ExReleaseResourceLite(&resource);
    assert_int_equal(ExReinitializeResourceLite(&resource), STATUS_SUCCESS);
    ExInitializeResourceLite(pooled);
    wc_expect_violation("ResourceLifetime");
    ExFreePool(pooled);
    ExDeleteResourceLite(pooled);
    ExFreePool(pooled);
}

static void another_owner_releases_it(void **state)
{
    PVOID owner = (PVOID)((ULONG_PTR)&resource | 3);

    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    ExSetResourceOwnerPointer(&resource, owner);
    assert_int_equal(ExIsResourceAcquiredExclusiveLite(&resource), FALSE);
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 0);
    assert_false(ExAcquireResourceSharedLite(&resource, FALSE));
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)owner);
    assert_false(ExAcquireResourceSharedLite(&resource, FALSE)); /* it had it twice */
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)owner);
    assert_true(ExAcquireResourceSharedLite(&resource, FALSE));
    ExSetResourceOwnerPointer(&resource, owner);
    assert_true(ExAcquireResourceSharedLite(&resource, FALSE));
    ExSetResourceOwnerPointer(&resource, owner); /* what it has twice counts together */
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)owner);
    assert_false(ExAcquireResourceExclusiveLite(&resource, FALSE));
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)owner);
    assert_true(ExAcquireResourceExclusiveLite(&resource, FALSE));
    ExSetResourceOwnerPointerEx(&resource, KeGetCurrentThread(), FLAG_OWNER_POINTER_IS_THREAD);
    assert_int_equal(ExIsResourceAcquiredExclusiveLite(&resource), TRUE);
    wc_expect_violation("BadParameter");
    ExSetResourceOwnerPointer(&resource, &resource);
    ExReleaseResourceLite(&resource);
    wc_expect_violation("ResourceNotOwned");
    ExSetResourceOwnerPointer(&resource, owner);
}

static ERESOURCE second;

static VOID take_the_other_way(PVOID context)
{
    ExAcquireResourceSharedLite(&second, TRUE);
    nt_delay_ms(5);
    ExAcquireResourceExclusiveLite(&resource, TRUE); /* closes the cycle */
}

static void close_a_cycle(void *argument)
{
    ExInitializeResourceLite(&resource);
    ExInitializeResourceLite(&second);
    begin(take_the_other_way, NULL);
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&resource, TRUE);
    ExAcquireResourceExclusiveLite(&second, TRUE);
}

static void two_resources_taken_both_ways_are_a_deadlock(void **state)
{
    wc_expect_stop("Deadlock", close_a_cycle, NULL);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_share_or_one_owns),
        TEST(an_exclusive_owner_keeps_all_others_out),
        TEST(the_exclusive_owner_recurses_in_either_mode),
        TEST(a_new_sharer_waits_behind_an_exclusive_request),
        TEST(starve_exclusive_passes_the_exclusive_waiter),
        TEST(without_wait_nothing_blocks),
        TEST(converting_lets_readers_in),
        TEST(releasing_what_another_owns_is_named),
        TEST(a_sharer_that_wants_it_exclusively_is_named),
        TEST(outside_of_a_critical_region_is_named),
        TEST(a_resource_that_is_none_is_named),
        TEST(another_owner_releases_it),
        wc_unit_test(two_resources_taken_both_ways_are_a_deadlock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
