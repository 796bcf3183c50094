/* test_ke_record.c - what the recording keeps of DPCs, timers, work items, IRQL and tasks. */
#include <ntddk.h>

#include <stdlib.h>
#include <string.h>

#include <wdfcore/testing.h>

#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_record.h"

static int calls;

static VOID count_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    calls++;
}

static VOID other_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    calls++;
}

/* How many events of that kind there are; the last one's subject. */
static size_t count_of(enum base_event_kind kind, const struct base_subject **subject)
{
    size_t count, found = 0;
    struct base_recorded *events = base_recording_merge(&count);

    ke_record_resolve();
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == kind) {
            found++;
            if (subject != NULL) {
                *subject = base_subject_at(events[i].subject);
            }
        }
    }
    free(events);
    return found;
}

static void nothing_is_kept_while_it_is_off(void **state)
{
    size_t before;
    KDPC dpc;

    wc_trace_start();
    ke_record_stop();
    before = base_recording_count();
    assert_int_equal(ke_self->attention & KE_ATTENTION_OBSERVE, 0);
    KeInitializeDpc(&dpc, count_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(base_recording_count(), before);
    wc_trace_start();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_true(base_recording_count() > 0);
}

static void a_dpc_is_queued_coalesced_removed(void **state)
{
    KIRQL old;
    KDPC dpc;

    KeInitializeDpc(&dpc, count_dpc, NULL);
    wc_trace_start();
    old = KeRaiseIrqlToDpcLevel();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeRemoveQueueDpc(&dpc);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeLowerIrql(old);
    wc_assert_trace("[0] cpu0 DISPATCH dpc queue count_dpc\n"
                    "[0] cpu0 DISPATCH dpc coalesce count_dpc\n"
                    "[0] cpu0 DISPATCH dpc remove count_dpc\n"
                    "[0] cpu0 DISPATCH dpc queue count_dpc\n"
                    "[0] cpu0 DISPATCH dpc start count_dpc\n"
                    "[0] cpu0 DISPATCH dpc end count_dpc\n");
}

static void each_change_of_the_level_is_kept(void **state)
{
    struct base_recorded *events;
    KIRQL old, middle;
    size_t count;

    wc_trace_start();
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeRaiseIrql(9, &middle);
    KeLowerIrql(middle);
    KeLowerIrql(old);
    ke_record_stop();
    events = base_recording_merge(&count);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        static const KIRQL to[] = {DISPATCH_LEVEL, 9, DISPATCH_LEVEL, PASSIVE_LEVEL};
        static const KIRQL from[] = {PASSIVE_LEVEL, DISPATCH_LEVEL, 9, DISPATCH_LEVEL};

        assert_int_equal(events[i].kind, BASE_EVENT_IRQL);
        assert_int_equal(events[i].irql, to[i]);
        assert_int_equal(events[i].value, from[i]);
    }
    free(events);
}

static void storage_that_is_used_again_is_another_dpc(void **state)
{
    const struct base_subject *first = NULL, *second = NULL;
    uint32_t number;
    KDPC dpc;

    wc_trace_start();
    KeInitializeDpc(&dpc, count_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(count_of(BASE_EVENT_DPC_START, &first), 1);
    assert_string_equal(first->name, "count_dpc");
    number = first->number;
    KeInsertQueueDpc(&dpc, NULL, NULL); /* the same again */
    assert_int_equal(count_of(BASE_EVENT_DPC_START, &first), 2);
    assert_int_equal(first->number, number);
    KeInitializeDpc(&dpc, other_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    assert_int_equal(count_of(BASE_EVENT_DPC_START, &second), 3);
    assert_string_equal(second->name, "other_dpc");
    assert_int_equal(second->number, number + 1);
}

static void a_timer_is_set_cancelled_expires(void **state)
{
    LARGE_INTEGER due = {.QuadPart = -50};
    KTIMER timer;
    KDPC dpc;

    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, count_dpc, NULL);
    wc_trace_start();
    KeSetTimer(&timer, due, &dpc);
    KeCancelTimer(&timer);
    KeSetTimer(&timer, due, &dpc);
    assert_int_equal(count_of(BASE_EVENT_TIMER_SET, NULL), 2);
    assert_int_equal(count_of(BASE_EVENT_TIMER_CANCEL, NULL), 1);
    assert_int_equal(count_of(BASE_EVENT_TIMER, NULL), 0);
    KeStallExecutionProcessor(10);
    assert_int_equal(count_of(BASE_EVENT_TIMER, NULL), 1);
    assert_non_null(strstr(ke_record_text(), "[10] cpu0 DISPATCH timer count_dpc\n"));
}

static VOID work(PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static void a_work_item_is_queued_and_runs(void **state)
{
    WORK_QUEUE_ITEM item;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    ExInitializeWorkItem(&item, work, &done);
    wc_trace_start();
    ExQueueWorkItem(&item, DelayedWorkQueue);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    assert_non_null(strstr(ke_record_text(), "work queue work\n"));
    assert_non_null(strstr(ke_record_text(), "work start work\n"));
    assert_non_null(strstr(ke_record_text(), "switch worker\n"));
}

/* Delays and turns are drawn at windows: they come out the same with and without a recording. */
static ULONGLONG busy(void)
{
    LARGE_INTEGER due = {.QuadPart = -20};
    ULONGLONG sum = 0;
    KTIMER timer;
    KDPC dpc;

    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, count_dpc, NULL);
    for (int i = 0; i < 200; i++) {
        KeSetTimerEx(&timer, due, 0, &dpc);
        KeStallExecutionProcessor(3);
        sum = sum * 31 + KeQueryInterruptTime() + KeGetCurrentProcessorNumber() * 7 +
              (ULONGLONG)calls;
    }
    KeCancelTimer(&timer);
    return sum;
}

static ULONGLONG sums[2];

static void busy_unrecorded(void **state)
{
    calls = 0;
    sums[0] = busy();
}

static void a_recorded_run_is_the_same_run(void **state)
{
    calls = 0;
    sums[1] = busy();
    assert_true(calls > 0);
    assert_true(count_of(BASE_EVENT_DPC_START, NULL) > 0);
    assert_int_equal(sums[0], sums[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(nothing_is_kept_while_it_is_off),
        wc_unit_test(a_dpc_is_queued_coalesced_removed),
        wc_unit_test(each_change_of_the_level_is_kept),
        wc_unit_test(storage_that_is_used_again_is_another_dpc),
        /* With threads the processor's own thread writes of it, and a recording is read when no thread
         * writes. */
        wc_unit_test(a_timer_is_set_cancelled_expires, .fibers_only = true),
        /* With threads no processor changes from one thread to another. */
        wc_unit_test(a_work_item_is_queued_and_runs, .fibers_only = true),
        wc_unit_test(busy_unrecorded, .processors = 2, .seed = 11),
        wc_unit_test(a_recorded_run_is_the_same_run, .processors = 2, .seed = 11, .record = true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
