/* test_ex_list.c - Interlocked operations, and lists of all kinds. */
#include "nt/nt_inside.h"

struct item {
    int number;
    LIST_ENTRY entry;
    SINGLE_LIST_ENTRY single;
    SLIST_ENTRY slist;
};

static void increment_returns_the_new_value(void **state) /* spec: ILK-01 */
{
    LONG value = 5;
    LONG64 wide = 0xFFFFFFFFll;
    int targets[2];
    PVOID pointer = &targets[0];

    if (nt_ran_inside(increment_returns_the_new_value, state)) {
        return;
    }
    assert_int_equal(InterlockedIncrement(&value), 6);
    assert_int_equal(InterlockedDecrement(&value), 5);
    assert_int_equal(InterlockedIncrement64(&wide), 0x100000000ll);
    assert_int_equal(InterlockedExchange(&value, 7), 5);
    assert_int_equal(InterlockedExchangeAdd(&value, 3), 7);
    assert_int_equal(InterlockedOr(&value, 1), 10);
    assert_int_equal(InterlockedAnd(&value, 3), 11);
    assert_int_equal(InterlockedXor(&value, 1), 3);
    assert_int_equal(value, 2);
    assert_int_equal(InterlockedBitTestAndSet(&value, 0), 0);
    assert_int_equal(InterlockedBitTestAndReset(&value, 1), 1);
    assert_int_equal(value, 1);
    assert_ptr_equal(InterlockedExchangePointer(&pointer, &targets[1]), &targets[0]);
    assert_ptr_equal(pointer, &targets[1]);
}

static void compare_exchange_stores_only_when_equal(void **state) /* spec: ILK-02 */
{
    LONG value = 5;
    LONG64 wide = 1ll << 40;
    PVOID pointer = &value;

    if (nt_ran_inside(compare_exchange_stores_only_when_equal, state)) {
        return;
    }
    assert_int_equal(InterlockedCompareExchange(&value, 9, 4), 5);
    assert_int_equal(value, 5);
    assert_int_equal(InterlockedCompareExchange(&value, 9, 5), 5);
    assert_int_equal(value, 9);
    assert_int_equal(InterlockedCompareExchange64(&wide, 2, 0), 1ll << 40);
    assert_int_equal(InterlockedCompareExchange64(&wide, 2, 1ll << 40), 1ll << 40);
    assert_int_equal(wide, 2);
    assert_ptr_equal(InterlockedCompareExchangePointer(&pointer, NULL, &wide), &value);
    assert_ptr_equal(InterlockedCompareExchangePointer(&pointer, NULL, &value), &value);
    assert_null(pointer);
}

static void an_initialized_head_points_at_itself(void **state) /* spec: LST-01 */
{
    LIST_ENTRY head;
    struct item item;

    (void)state;
    InitializeListHead(&head);
    assert_ptr_equal(head.Flink, &head);
    assert_ptr_equal(head.Blink, &head);
    assert_true(IsListEmpty(&head));
    InsertTailList(&head, &item.entry);
    assert_false(IsListEmpty(&head));
}

static void removing_from_an_empty_list_gives_the_head(void **state) /* spec: LST-02 */
{
    LIST_ENTRY head;
    struct item items[2];

    (void)state;
    InitializeListHead(&head);
    assert_ptr_equal(RemoveHeadList(&head), &head);
    assert_ptr_equal(RemoveTailList(&head), &head);
    InsertHeadList(&head, &items[0].entry);
    InsertTailList(&head, &items[1].entry);
    assert_ptr_equal(RemoveTailList(&head), &items[1].entry);
    assert_ptr_equal(RemoveHeadList(&head), &items[0].entry);
    assert_ptr_equal(RemoveHeadList(&head), &head);
}

static void remove_entry_tells_when_the_list_became_empty(void **state) /* spec: LST-03 */
{
    LIST_ENTRY head;
    struct item items[2];

    (void)state;
    InitializeListHead(&head);
    InsertTailList(&head, &items[0].entry);
    InsertTailList(&head, &items[1].entry);
    assert_false(RemoveEntryList(&items[0].entry));
    assert_true(RemoveEntryList(&items[1].entry));
    assert_true(IsListEmpty(&head));
}

static void append_takes_a_headless_list(void **state) /* spec: LST-04 */
{
    LIST_ENTRY head;
    struct item items[4];

    (void)state;
    InitializeListHead(&head);
    InsertTailList(&head, &items[0].entry);
    InitializeListHead(&items[1].entry);
    InsertTailList(&items[1].entry, &items[2].entry);
    InsertTailList(&items[1].entry, &items[3].entry);
    AppendTailList(&head, &items[1].entry);
    for (int i = 0; i < 4; i++) {
        assert_ptr_equal(RemoveHeadList(&head), &items[i].entry);
    }
    assert_true(IsListEmpty(&head));
}

static void interlocked_inserts_return_the_neighbour(void **state) /* spec: LST-05 */
{
    LIST_ENTRY head;
    KSPIN_LOCK lock;
    struct item items[3];
    KIRQL old;

    if (nt_ran_inside(interlocked_inserts_return_the_neighbour, state)) {
        return;
    }
    InitializeListHead(&head);
    KeInitializeSpinLock(&lock);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
    assert_null(ExInterlockedInsertHeadList(&head, &items[0].entry, &lock));
    assert_ptr_equal(ExInterlockedInsertHeadList(&head, &items[1].entry, &lock), &items[0].entry);
    KeRaiseIrql(HIGH_LEVEL, &old); /* legal at every level */
    assert_ptr_equal(ExInterlockedInsertTailList(&head, &items[2].entry, &lock), &items[0].entry);
    KeLowerIrql(old);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &items[1].entry);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &items[0].entry);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &items[2].entry);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
    assert_null(ExInterlockedInsertTailList(&head, &items[2].entry, &lock));
}

static void single_lists_are_last_in_first_out(void **state) /* spec: LST-06 */
{
    SINGLE_LIST_ENTRY head = {NULL};
    KSPIN_LOCK lock;
    struct item items[2];

    if (nt_ran_inside(single_lists_are_last_in_first_out, state)) {
        return;
    }
    assert_null(PopEntryList(&head));
    PushEntryList(&head, &items[0].single);
    PushEntryList(&head, &items[1].single);
    assert_ptr_equal(PopEntryList(&head), &items[1].single);
    assert_ptr_equal(PopEntryList(&head), &items[0].single);
    KeInitializeSpinLock(&lock);
    assert_null(ExInterlockedPopEntryList(&head, &lock));
    assert_null(ExInterlockedPushEntryList(&head, &items[0].single, &lock));
    assert_ptr_equal(ExInterlockedPushEntryList(&head, &items[1].single, &lock), &items[0].single);
    assert_ptr_equal(ExInterlockedPopEntryList(&head, &lock), &items[1].single);
    assert_ptr_equal(ExInterlockedPopEntryList(&head, &lock), &items[0].single);
    assert_null(ExInterlockedPopEntryList(&head, &lock));
}

static void flushing_an_slist_takes_the_chain(void **state) /* spec: LST-07 */
{
    SLIST_HEADER head;
    struct item items[3];
    PSLIST_ENTRY chain;

    if (nt_ran_inside(flushing_an_slist_takes_the_chain, state)) {
        return;
    }
    InitializeSListHead(&head);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ExQueryDepthSList(&head), i);
        InterlockedPushEntrySList(&head, &items[i].slist);
    }
    assert_ptr_equal(InterlockedPopEntrySList(&head), &items[2].slist);
    assert_int_equal(ExQueryDepthSList(&head), 2);
    chain = ExInterlockedFlushSList(&head);
    assert_ptr_equal(chain, &items[1].slist);
    assert_ptr_equal(chain->Next, &items[0].slist);
    assert_null(chain->Next->Next);
    assert_int_equal(ExQueryDepthSList(&head), 0);
    assert_null(ExInterlockedFlushSList(&head));
    assert_null(InterlockedPopEntrySList(&head));
}

static void pushing_on_an_slist_returns_the_former_first(void **state) /* spec: LST-08 */
{
    SLIST_HEADER head;
    KSPIN_LOCK lock;
    struct item items[2];

    if (nt_ran_inside(pushing_on_an_slist_returns_the_former_first, state)) {
        return;
    }
    ExInitializeSListHead(&head);
    assert_null(ExInterlockedPushEntrySList(&head, &items[0].slist, &lock));
    assert_ptr_equal(ExInterlockedPushEntrySList(&head, &items[1].slist, &lock), &items[0].slist);
    assert_ptr_equal(FirstEntrySList(&head), &items[1].slist);
}

static void remove_twice(void *context)
{
    struct item *items = context;
    LIST_ENTRY head;

    InitializeListHead(&head);
    InsertTailList(&head, &items[0].entry);
    InsertTailList(&head, &items[1].entry);
    RemoveEntryList(&items[0].entry);
    RemoveEntryList(&items[0].entry);
    items[0].number = 1; /* not reached: the machine is stopped */
}

static void removing_an_entry_twice_is_reported(void **state) /* spec: LST-09 */
{
    struct item items[2] = {{.number = 0}};

    (void)state;
    assert_int_equal(nt_run_body(remove_twice, items), HOST_RUN_HALTED);
    assert_int_equal(base_violation_count(RULE_ListCorrupted), 1);
    assert_int_equal(items[0].number, 0);
    assert_non_null(strstr(base_violation_last_report(), "0x139"));
}

static void a_list_is_pushed_on_an_slist_at_once(void **state)
{
    SLIST_HEADER head;
    struct item items[3];

    if (nt_ran_inside(a_list_is_pushed_on_an_slist_at_once, state)) {
        return;
    }
    InitializeSListHead(&head);
    InterlockedPushEntrySList(&head, &items[0].slist);
    items[1].slist.Next = &items[2].slist;
    assert_ptr_equal(InterlockedPushListSList(&head, &items[1].slist, &items[2].slist, 2),
                     &items[0].slist);
    assert_int_equal(QueryDepthSList(&head), 3);
    assert_ptr_equal(InterlockedPopEntrySList(&head), &items[1].slist);
    assert_ptr_equal(InterlockedPopEntrySList(&head), &items[2].slist);
    assert_ptr_equal(InterlockedPopEntrySList(&head), &items[0].slist);
}

static void two_words_are_exchanged_at_once_or_not_at_all(void **state)
{
    DECLSPEC_ALIGN(16) LONG64 words[2] = {1, 2};
    DECLSPEC_ALIGN(16) LONG64 seen[2] = {1, 3};
    LONGLONG value = 9;
    LONGLONG exchange = 20;
    LONGLONG comperand = 9;
    KSPIN_LOCK lock;

    if (nt_ran_inside(two_words_are_exchanged_at_once_or_not_at_all, state)) {
        return;
    }
    assert_int_equal(InterlockedCompareExchange128(words, 5, 4, seen), 0);
    assert_int_equal(words[0], 1);
    assert_int_equal(seen[1], 2); /* what was there */
    assert_int_equal(InterlockedCompareExchange128(words, 5, 4, seen), 1);
    assert_int_equal(words[0], 4);
    assert_int_equal(words[1], 5);
    KeInitializeSpinLock(&lock);
    assert_int_equal(ExInterlockedCompareExchange64(&value, &exchange, &comperand, &lock), 9);
    assert_int_equal(value, 20);
    assert_int_equal(InterlockedBitTestAndComplement64(words, 66), 1);
    assert_int_equal(words[1], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(increment_returns_the_new_value, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(compare_exchange_stores_only_when_equal, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test(an_initialized_head_points_at_itself),
        cmocka_unit_test(removing_from_an_empty_list_gives_the_head),
        cmocka_unit_test(remove_entry_tells_when_the_list_became_empty),
        cmocka_unit_test(append_takes_a_headless_list),
        cmocka_unit_test_setup_teardown(interlocked_inserts_return_the_neighbour, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(single_lists_are_last_in_first_out, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(flushing_an_slist_takes_the_chain, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(pushing_on_an_slist_returns_the_former_first,
                                        nt_inside_start, nt_inside_stop),
        cmocka_unit_test_setup_teardown(removing_an_entry_twice_is_reported, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(a_list_is_pushed_on_an_slist_at_once, nt_inside_start,
                                        nt_inside_stop),
        cmocka_unit_test_setup_teardown(two_words_are_exchanged_at_once_or_not_at_all,
                                        nt_inside_start, nt_inside_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
