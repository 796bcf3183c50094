/* test_rtl_table.c - splay trees, generic tables of both kinds, and what is done once. */
#include <ntddk.h>

#include <string.h>

#include <wdfcore/testing.h>

#include "nt/nt_thread.h"

#define COUNT 64

struct element {
    ULONG key;
    ULONG value;
};

static int allocated;
static BOOLEAN no_memory;

static RTL_GENERIC_COMPARE_RESULTS by_key(PVOID first, PVOID second)
{
    ULONG a = ((struct element *)first)->key;
    ULONG b = ((struct element *)second)->key;

    return a < b ? GenericLessThan : a > b ? GenericGreaterThan : GenericEqual;
}

static PVOID allocate(CLONG size, CLONG header)
{
    assert_int_equal(size, header + sizeof(struct element));
    allocated += !no_memory;
    return no_memory ? NULL : ExAllocatePoolWithTag(NonPagedPool, size, 'tseT');
}

static void give_back(PVOID buffer)
{
    allocated--;
    ExFreePoolWithTag(buffer, 'tseT');
}

static RTL_GENERIC_COMPARE_RESULTS splay_compare(PRTL_GENERIC_TABLE table, PVOID first,
                                                 PVOID second)
{
    assert_ptr_equal(table->TableContext, &allocated);
    return by_key(first, second);
}

static PVOID splay_allocate(PRTL_GENERIC_TABLE table, CLONG size)
{
    (void)table;
    return allocate(size, sizeof(RTL_SPLAY_LINKS) + sizeof(LIST_ENTRY));
}

static void splay_free(PRTL_GENERIC_TABLE table, PVOID buffer)
{
    (void)table;
    give_back(buffer);
}

static RTL_GENERIC_COMPARE_RESULTS avl_compare(PRTL_AVL_TABLE table, PVOID first, PVOID second)
{
    assert_ptr_equal(table->TableContext, &allocated);
    return by_key(first, second);
}

static PVOID avl_allocate(PRTL_AVL_TABLE table, CLONG size)
{
    (void)table;
    return allocate(size, sizeof(RTL_BALANCED_LINKS));
}

static void avl_free(PRTL_AVL_TABLE table, PVOID buffer)
{
    (void)table;
    give_back(buffer);
}

/* All numbers below COUNT once, in no order. */
static ULONG shuffled(ULONG i)
{
    return i * 37 % COUNT;
}

/* ---- the splay kind ---- */

static ULONG splay_depth(PRTL_SPLAY_LINKS node)
{
    ULONG left, right;

    if (node == NULL) {
        return 0;
    }
    assert_true(node->LeftChild == NULL || node->LeftChild->Parent == node);
    assert_true(node->RightChild == NULL || node->RightChild->Parent == node);
    left = splay_depth(node->LeftChild);
    right = splay_depth(node->RightChild);
    return 1 + (left > right ? left : right);
}

static void splay_fill(PRTL_GENERIC_TABLE table)
{
    RtlInitializeGenericTable(table, splay_compare, splay_allocate, splay_free, &allocated);
    assert_true(RtlIsGenericTableEmpty(table));
    for (ULONG i = 0; i < COUNT; i++) {
        struct element element = {.key = shuffled(i), .value = i};
        BOOLEAN is_new = FALSE;
        struct element *copy =
            RtlInsertElementGenericTable(table, &element, sizeof(element), &is_new);

        assert_true(is_new);
        assert_ptr_not_equal(copy, &element);
        assert_memory_equal(copy, &element, sizeof(element));
        assert_true(table->TableRoot->Parent == table->TableRoot);
    }
    assert_int_equal(RtlNumberGenericTableElements(table), COUNT);
}

static void splay_empty(PRTL_GENERIC_TABLE table)
{
    struct element *element;

    while ((element = RtlGetElementGenericTable(table, 0)) != NULL) {
        struct element key = *element;

        assert_true(RtlDeleteElementGenericTable(table, &key));
        assert_false(RtlDeleteElementGenericTable(table, &key));
        splay_depth(table->TableRoot);
    }
    assert_true(RtlIsGenericTableEmpty(table));
    assert_int_equal(allocated, 0);
}

static void a_splay_table_keeps_both_orders(void **state)
{
    RTL_GENERIC_TABLE table;
    struct element *element;
    PVOID restart = NULL;
    ULONG i = 0;

    (void)state;
    splay_fill(&table);
    for (element = RtlEnumerateGenericTable(&table, TRUE); element != NULL;
         element = RtlEnumerateGenericTable(&table, FALSE)) {
        assert_int_equal(element->key, i++);
    }
    assert_int_equal(i, COUNT);
    i = 0;
    while ((element = RtlEnumerateGenericTableWithoutSplaying(&table, &restart)) != NULL) {
        assert_int_equal(element->key, i++);
    }
    assert_int_equal(i, COUNT);
    for (i = 0; i < COUNT; i++) {
        element = RtlGetElementGenericTable(&table, i);
        assert_int_equal(element->key, shuffled(i));
    }
    element = RtlGetElementGenericTable(&table, 3); /* back again */
    assert_int_equal(element->value, 3);
    assert_null(RtlGetElementGenericTable(&table, COUNT));
    splay_empty(&table);
}

static void a_splay_table_finds_and_refuses(void **state)
{
    RTL_GENERIC_TABLE table;
    struct element key = {.key = 7};
    TABLE_SEARCH_RESULT result;
    BOOLEAN is_new = TRUE;
    PVOID node;
    struct element *found;

    (void)state;
    splay_fill(&table);
    found = RtlLookupElementGenericTable(&table, &key);
    assert_int_equal(found->key, 7);
    assert_ptr_equal(RtlInsertElementGenericTable(&table, &key, sizeof(key), &is_new), found);
    assert_false(is_new);
    key.key = COUNT;
    assert_null(RtlLookupElementGenericTable(&table, &key));
    assert_null(RtlLookupElementGenericTableFull(&table, &key, &node, &result));
    assert_int_equal(result, TableInsertAsRight);
    no_memory = TRUE;
    assert_null(RtlInsertElementGenericTable(&table, &key, sizeof(key), &is_new));
    no_memory = FALSE;
    assert_false(is_new);
    found = RtlInsertElementGenericTableFull(&table, &key, sizeof(key), &is_new, node, result);
    assert_true(is_new);
    assert_ptr_equal(RtlLookupElementGenericTableFull(&table, &key, &node, &result), found);
    assert_int_equal(result, TableFoundNode);
    splay_empty(&table);
}

static void links_of_ones_own_can_be_splayed(void **state)
{
    RTL_SPLAY_LINKS links[5];
    PRTL_SPLAY_LINKS root = &links[0];

    (void)state;
    for (int i = 0; i < 5; i++) { /* a straight line to the right */
        RtlInitializeSplayLinks(&links[i]);
        if (i > 0) {
            RtlInsertAsRightChild(&links[i - 1], &links[i]);
        }
    }
    assert_ptr_equal(RtlRealSuccessor(&links[0]), &links[1]);
    root = RtlSplay(&links[4]);
    assert_ptr_equal(root, &links[4]);
    assert_true(RtlIsRoot(root));
    assert_true(splay_depth(root) <= 4);
    assert_null(RtlRealSuccessor(&links[4]));
    assert_null(RtlRealPredecessor(&links[0]));
    for (int i = 1; i < 5; i++) {
        assert_ptr_equal(RtlRealPredecessor(&links[i]), &links[i - 1]);
    }
    assert_ptr_equal(RtlSubtreePredecessor(root), &links[3]);
    assert_null(RtlSubtreeSuccessor(root));
    RtlDeleteNoSplay(&links[2], &root);
    assert_ptr_equal(RtlRealSuccessor(&links[1]), &links[3]);
    root = RtlDelete(&links[4]);
    root = RtlDelete(&links[1]);
    assert_true(RtlIsRoot(root));
    assert_ptr_equal(RtlRealSuccessor(&links[0]), &links[3]);
    RtlDelete(&links[0]);
    assert_null(RtlDelete(&links[3]));
}

/* ---- the balanced kind ---- */

/* The depth of the subtree; its balance is what its nodes say. */
static LONG avl_depth(PRTL_BALANCED_LINKS node, PRTL_BALANCED_LINKS parent)
{
    LONG left, right;

    if (node == NULL) {
        return 0;
    }
    assert_ptr_equal(node->Parent, parent);
    left = avl_depth(node->LeftChild, node);
    right = avl_depth(node->RightChild, node);
    assert_int_equal(node->Balance, right - left);
    assert_true(right - left >= -1 && right - left <= 1);
    return 1 + (left > right ? left : right);
}

static void avl_check(PRTL_AVL_TABLE table)
{
    assert_int_equal(avl_depth(table->BalancedRoot.RightChild, &table->BalancedRoot),
                     table->DepthOfTree);
}

static void avl_fill(PRTL_AVL_TABLE table, BOOLEAN in_order)
{
    RtlInitializeGenericTableAvl(table, avl_compare, avl_allocate, avl_free, &allocated);
    assert_true(RtlIsGenericTableEmptyAvl(table));
    for (ULONG i = 0; i < COUNT; i++) {
        struct element element = {.key = in_order ? i : shuffled(i), .value = i};
        BOOLEAN is_new = FALSE;

        assert_non_null(RtlInsertElementGenericTableAvl(table, &element, sizeof(element), &is_new));
        assert_true(is_new);
        avl_check(table);
    }
    assert_int_equal(RtlNumberGenericTableElementsAvl(table), COUNT);
    assert_true(table->DepthOfTree <= 8);
}

static void avl_empty(PRTL_AVL_TABLE table, BOOLEAN in_order)
{
    for (ULONG i = 0; i < COUNT; i++) {
        struct element key = {.key = in_order ? i : shuffled(COUNT - 1 - i)};

        assert_true(RtlDeleteElementGenericTableAvl(table, &key));
        assert_null(RtlLookupElementGenericTableAvl(table, &key));
        avl_check(table);
    }
    assert_true(RtlIsGenericTableEmptyAvl(table));
    assert_int_equal(allocated, 0);
}

static void an_avl_table_stays_balanced(void **state)
{
    RTL_AVL_TABLE table;
    struct element *element;
    PVOID restart = NULL;
    ULONG i = 0;

    (void)state;
    avl_fill(&table, TRUE);
    avl_empty(&table, FALSE);
    avl_fill(&table, FALSE);
    while ((element = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &restart)) != NULL) {
        assert_int_equal(element->key, i++);
    }
    assert_int_equal(i, COUNT);
    for (i = 0; i < COUNT; i++) {
        element = RtlGetElementGenericTableAvl(&table, i);
        assert_int_equal(element->key, i);
    }
    element = RtlGetElementGenericTableAvl(&table, 3);
    assert_int_equal(element->key, 3);
    assert_null(RtlGetElementGenericTableAvl(&table, COUNT));
    avl_empty(&table, TRUE);
}

static void what_is_deleted_does_not_end_the_enumeration(void **state)
{
    RTL_AVL_TABLE table;
    struct element *element;
    ULONG i = 0;

    (void)state;
    avl_fill(&table, FALSE);
    for (element = RtlEnumerateGenericTableAvl(&table, TRUE); element != NULL;
         element = RtlEnumerateGenericTableAvl(&table, FALSE)) {
        struct element key = *element;

        assert_int_equal(key.key, i++);
        assert_true(RtlDeleteElementGenericTableAvl(&table, &key));
    }
    assert_int_equal(i, COUNT);
    assert_int_equal(table.DeleteCount, COUNT);
    assert_int_equal(allocated, 0);
}

static NTSTATUS avl_is_even(struct _RTL_AVL_TABLE *table, PVOID user_data, PVOID match_data)
{
    ULONG key = ((struct element *)user_data)->key;

    return key == *(const ULONG *)match_data ? STATUS_NO_MORE_MATCHES
           : key % 2 == 0                    ? STATUS_SUCCESS
                                             : STATUS_NO_MATCH;
}

static void a_directory_is_read_on_where_it_was_left(void **state)
{
    RTL_AVL_TABLE table;
    struct element name = {.key = 0};
    struct element *element;
    ULONG deletes = 0;
    ULONG last = 6;
    PVOID key = NULL;

    (void)state;
    avl_fill(&table, FALSE);
    element =
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, FALSE, &key, &deletes, &name);
    assert_int_equal(element->key, 0); /* from what the buffer says, itself included */
    element =
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, TRUE, &key, &deletes, &name);
    assert_int_equal(element->key, 1);
    element =
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, FALSE, &key, &deletes, &name);
    assert_int_equal(element->key, 1); /* the same again */
    name.key = 1;
    assert_true(RtlDeleteElementGenericTableAvl(&table, &name)); /* the key leads nowhere now */
    element =
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, TRUE, &key, &deletes, &name);
    assert_int_equal(element->key, 2); /* not behind it: that name is gone */
    assert_int_equal(deletes, 1);
    element = RtlEnumerateGenericTableLikeADirectory(&table, avl_is_even, &last, TRUE, &key,
                                                     &deletes, &name);
    assert_int_equal(element->key, 4);
    assert_null(RtlEnumerateGenericTableLikeADirectory(&table, avl_is_even, &last, TRUE, &key,
                                                       &deletes, &name));
    name.key = COUNT;
    key = NULL;
    assert_null(
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, TRUE, &key, &deletes, &name));
    assert_null(key);
    for (ULONG i = 0; i < COUNT; i++) {
        name.key = i;
        assert_int_equal(RtlDeleteElementGenericTableAvl(&table, &name), i != 1);
    }
    assert_null(
        RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, FALSE, &key, &deletes, &name));
    assert_int_equal(allocated, 0);
}

/* ---- once ---- */

static RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
static volatile LONG runs, callers;
static ULONG outcome;

static ULONG initialize(PRTL_RUN_ONCE run_once, PVOID parameter, PVOID *context)
{
    assert_ptr_equal(run_once, &once);
    InterlockedIncrement(&runs);
    nt_delay_ms(5); /* the others come meanwhile */
    *context = parameter;
    return outcome;
}

static void call_once(PVOID parameter)
{
    PVOID context = NULL;

    assert_int_equal(RtlRunOnceExecuteOnce(&once, initialize, parameter, &context), STATUS_SUCCESS);
    assert_ptr_equal(context, parameter);
    InterlockedIncrement(&callers);
}

static void several_callers_do_it_once(void **state)
{
    PKTHREAD threads[3];
    PVOID context = NULL;

    (void)state;
    RtlRunOnceInitialize(&once);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context),
                     STATUS_UNSUCCESSFUL);
    runs = callers = 0;
    outcome = FALSE;
    assert_int_equal(RtlRunOnceExecuteOnce(&once, initialize, &once, &context),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(runs, 1);
    outcome = TRUE; /* it failed, and is tried again */
    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(call_once, &outcome);
    }
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    assert_int_equal(runs, 2);
    assert_int_equal(callers, 3);
    assert_int_equal(RtlRunOnceComplete(&once, 0, NULL), STATUS_UNSUCCESSFUL);
}

static void the_first_to_finish_wins(void **state)
{
    PVOID context = NULL;
    LARGE_INTEGER first, second;

    (void)state;
    RtlRunOnceInitialize(&once);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(RtlRunOnceComplete(&once, 0, &first), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, (PCHAR)&first + 1),
                     STATUS_INVALID_PARAMETER_3);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &first), STATUS_SUCCESS);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &second),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_SUCCESS);
    assert_ptr_equal(context, &first);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 8, &context), STATUS_INVALID_PARAMETER_2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_splay_table_keeps_both_orders),
        wc_unit_test(a_splay_table_finds_and_refuses),
        wc_unit_test(links_of_ones_own_can_be_splayed),
        wc_unit_test(an_avl_table_stays_balanced),
        wc_unit_test(what_is_deleted_does_not_end_the_enumeration),
        wc_unit_test(a_directory_is_read_on_where_it_was_left),
        wc_unit_test(several_callers_do_it_once),
        wc_unit_test(the_first_to_finish_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
