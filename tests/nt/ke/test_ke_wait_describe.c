/* test_ke_wait_describe.c - what reports say about tasks that wait: for what, and whose it is. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nt/nt_machine.h"

static KMUTEX mutex, other;
static FAST_MUTEX fast;
static ERESOURCE resource;
static KEVENT never;
static unsigned long long owner_id;

static int start(void **state)
{
    struct ke_machine_config config = nt_machine_config(1);

    (void)state;
    base_violation_reset();
    return ke_machine_start(&config);
}

static int stop(void **state)
{
    (void)state;
    ke_machine_stop();
    return 0;
}

/* Begins a thread and lets it come as far as it can. */
static void begin(PKSTART_ROUTINE routine)
{
    LARGE_INTEGER a_moment = {.QuadPart = -10000};
    CLIENT_ID id;
    HANDLE handle;

    assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, &id, routine, NULL),
                     STATUS_SUCCESS);
    owner_id = (ULONG_PTR)id.UniqueThread;
    ZwClose(handle);
    KeDelayExecutionThread(KernelMode, FALSE, &a_moment);
}

static void assert_says(const char *format, unsigned long long number)
{
    char text[128];

    snprintf(text, sizeof(text), format, number);
    if (strstr(base_violation_last_report(), text) == NULL) {
        fail_msg("not in the report: %s", text);
    }
}

static NTSTATUS wait_for(PVOID object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
}

static VOID own_all_and_sleep(PVOID Context)
{
    ExAcquireResourceSharedLite(&resource, TRUE);
    wait_for(&mutex);
    ExAcquireFastMutexUnsafe(&fast);
    wait_for(&never);
}

static VOID want_the_fast_mutex(PVOID Context)
{
    ExAcquireFastMutexUnsafe(&fast);
}

static VOID want_the_resource(PVOID Context)
{
    ExAcquireResourceExclusiveLite(&resource, TRUE);
}

static VOID want_one_of_two(PVOID Context)
{
    PVOID objects[] = {&never, &mutex};

    KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

static void get_stuck(void *argument)
{
    KeInitializeEvent(&never, SynchronizationEvent, FALSE);
    KeInitializeMutex(&mutex, 0);
    ExInitializeFastMutex(&fast);
    ExInitializeResourceLite(&resource);
    begin(own_all_and_sleep);
    unsigned long long owner = owner_id;
    begin(want_the_fast_mutex);
    begin(want_the_resource);
    begin(want_one_of_two);
    owner_id = owner;
    wait_for(&mutex);
}

static void each_waiting_task_is_listed_with_the_owner(void **state)
{
    assert_int_equal(nt_run_body(get_stuck, NULL), HOST_RUN_HALTED);
    assert_int_equal(base_violation_count(RULE_AllTasksWaiting), 1);
    assert_says("nothing can wake 5 waiting tasks:", 0);
    assert_says(" owned by system thread %llu\n", owner_id);
    assert_says("system thread %llu waits for a synchronization event at ", owner_id);
    assert_says("waits for a fast mutex owned by system thread %llu", owner_id);
    assert_says("waits for a resource owned by system thread %llu", owner_id);
    assert_says("waits for one of 2 objects: a synchronization event at ", 0);
}

static VOID take_the_other_way(PVOID Context)
{
    LARGE_INTEGER longer = {.QuadPart = -50000};

    wait_for(&other);
    KeDelayExecutionThread(KernelMode, FALSE, &longer);
    ExAcquireResourceExclusiveLite(&resource, TRUE); /* closes the cycle */
}

static void close_a_cycle(void *argument)
{
    KeInitializeMutex(&other, 0);
    ExInitializeResourceLite(&resource);
    begin(take_the_other_way);
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&resource, TRUE);
    wait_for(&other);
}

static void a_cycle_is_shown_with_each_owner(void **state)
{
    assert_int_equal(nt_run_body(close_a_cycle, NULL), HOST_RUN_HALTED);
    assert_int_equal(base_violation_count(RULE_Deadlock), 1);
    assert_says("system thread %llu waits for a resource owned by body ", owner_id);
    assert_says(" waits for a mutex owned by system thread %llu", owner_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_waiting_task_is_listed_with_the_owner, start, stop),
        cmocka_unit_test_setup_teardown(a_cycle_is_shown_with_each_owner, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
