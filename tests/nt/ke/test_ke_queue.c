/* test_ke_queue.c - KQUEUE: entries for threads, a limited number of which is active. */
#include <ntifs.h>

#include <wdfcore/testing.h>

#include "nt/nt_thread.h"

#define WORKERS 3

struct item {
    LIST_ENTRY link;
    LONG number;
};

static KQUEUE queue;
static KEVENT gate;
static LONG order[16];
static LONG taken;
static volatile LONG active, most_active, ended;

static PLIST_ENTRY remove_with(LONGLONG timeout_ms)
{
    LARGE_INTEGER timeout = nt_ms(timeout_ms);

    return KeRemoveQueue(&queue, KernelMode, &timeout);
}

#define IS_STATUS(entry, status) ((LONG_PTR)(entry) == (LONG_PTR)(status))

static void entries_come_in_order(void **state)
{
    struct item items[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    PLIST_ENTRY entry;

    (void)state;
    KeInitializeQueue(&queue, 1);
    assert_int_equal(KeReadStateQueue(&queue), 0);
    assert_true(IS_STATUS(remove_with(0), STATUS_TIMEOUT));
    assert_int_equal(KeInsertQueue(&queue, &items[1].link), 0);
    assert_int_equal(KeInsertQueue(&queue, &items[2].link), 1);
    assert_int_equal(KeInsertHeadQueue(&queue, &items[0].link), 2);
    assert_int_equal(KeReadStateQueue(&queue), 3);
    for (LONG i = 0; i < 3; i++) {
        entry = KeRemoveQueue(&queue, KernelMode, NULL);
        assert_int_equal(CONTAINING_RECORD(entry, struct item, link)->number, i);
    }
    assert_true(IS_STATUS(remove_with(1), STATUS_TIMEOUT));
    assert_null(KeRundownQueue(&queue));
}

static void wait_for_the_gate(PVOID context)
{
    LONG now = InterlockedIncrement(&active);

    if (now > most_active) {
        most_active = now;
    }
    if (context != NULL) {
        KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
    } else {
        nt_spin(50);
    }
    InterlockedDecrement(&active);
}

/* Takes until the queue is run down. */
static void worker(PVOID context)
{
    for (;;) {
        PLIST_ENTRY entry = KeRemoveQueue(&queue, KernelMode, NULL);

        if (IS_STATUS(entry, STATUS_ABANDONED)) {
            break;
        }
        order[InterlockedIncrement(&taken) - 1] =
            CONTAINING_RECORD(entry, struct item, link)->number;
        wait_for_the_gate(context);
    }
    InterlockedIncrement(&ended);
}

static void begin(ULONG count, PVOID context, PKTHREAD threads[WORKERS])
{
    taken = active = most_active = ended = 0;
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    KeInitializeQueue(&queue, count);
    for (int i = 0; i < WORKERS; i++) {
        threads[i] = nt_thread(worker, context);
    }
    nt_delay_ms(1);
}

static void end(PKTHREAD threads[WORKERS])
{
    assert_null(KeRundownQueue(&queue));
    for (int i = 0; i < WORKERS; i++) {
        nt_join(threads[i]);
    }
    assert_int_equal(ended, WORKERS);
}

static void no_more_than_the_maximum_are_active(void **state)
{
    struct item items[8];
    PKTHREAD threads[WORKERS];

    (void)state;
    begin(1, NULL, threads);
    for (LONG i = 0; i < 8; i++) {
        items[i].number = i;
        KeInsertQueue(&queue, &items[i].link);
    }
    nt_delay_ms(10);
    assert_int_equal(taken, 8);
    assert_int_equal(most_active, 1);
    for (LONG i = 0; i < 8; i++) {
        assert_int_equal(order[i], i);
    }
    end(threads);
}

static void who_waits_for_something_else_makes_room(void **state)
{
    struct item items[4];
    PKTHREAD threads[WORKERS];

    (void)state;
    begin(1, &gate, threads);
    for (LONG i = 0; i < 4; i++) {
        items[i].number = i;
        KeInsertQueue(&queue, &items[i].link);
    }
    nt_delay_ms(10);
    assert_int_equal(taken, WORKERS); /* each waits for the gate; the fourth has nobody */
    assert_int_equal(KeReadStateQueue(&queue), 1);
    KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
    nt_delay_ms(10);
    assert_int_equal(taken, 4);
    end(threads);
}

static void a_queue_that_is_run_down_gives_its_entries_back(void **state)
{
    struct item items[2];
    PLIST_ENTRY first;

    (void)state;
    KeInitializeQueue(&queue, 0);
    assert_int_equal(queue.MaximumCount, KeQueryActiveProcessorCount(NULL));
    KeInsertQueue(&queue, &items[0].link);
    KeInsertQueue(&queue, &items[1].link);
    first = KeRundownQueue(&queue);
    assert_ptr_equal(first, &items[0].link);
    assert_ptr_equal(first->Flink, &items[1].link);
    assert_ptr_equal(first->Flink->Flink, first);
    assert_int_equal(KeReadStateQueue(&queue), 0);
}

static void misuse_is_named(void **state)
{
    KQUEUE none = {0};
    struct item item;
    KIRQL old;

    (void)state;
    wc_expect_violation("ObjectNotInitialized");
    KeInsertQueue(&none, &item.link);
    KeInitializeQueue(&queue, 1);
    wc_expect_violation("ObjectNotInitialized"); /* nothing for KeWaitForSingleObject */
    KeWaitForSingleObject(&queue, Executive, KernelMode, FALSE, NULL);
    old = KeRaiseIrqlToDpcLevel();
    assert_true(IS_STATUS(remove_with(0), STATUS_TIMEOUT));
    wc_expect_violation("WaitIrql");
    KeRemoveQueue(&queue, KernelMode, NULL);
    KeLowerIrql(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(entries_come_in_order),
        wc_unit_test(no_more_than_the_maximum_are_active),
        wc_unit_test(who_waits_for_something_else_makes_room),
        wc_unit_test(a_queue_that_is_run_down_gives_its_entries_back),
        wc_unit_test(misuse_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
