/* test_ex_lookaside.c - lookaside lists. */
#include <ntddk.h>

#include <string.h>

#include <wdfcore/testing.h>

static struct {
    LOOKASIDE_LIST_EX list;
    int allocations, frees;
    POOL_TYPE type;
    SIZE_T size;
} t;

static PVOID allocate_ex(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list)
{
    assert_ptr_equal(list, &t.list);
    t.allocations++;
    t.type = type;
    t.size = size;
    return ExAllocatePoolWithTag(NonPagedPool, size, tag);
}

static VOID free_ex(PVOID block, PLOOKASIDE_LIST_EX list)
{
    (void)list;
    t.frees++;
    ExFreePool(block);
}

static void begin(ULONG flags)
{
    memset(&t, 0, sizeof(t));
    assert_int_equal(ExInitializeLookasideListEx(&t.list, allocate_ex, free_ex, NonPagedPoolNx,
                                                 flags, 48, 'kool', 0),
                     STATUS_SUCCESS);
}

static void an_empty_list_asks_its_routine(void **state) /* spec: LKA-01, LKA-02 */
{
    PVOID first = NULL;
    PVOID second = NULL;

    (void)state;
    begin(0);
    assert_int_equal(t.allocations, 0); /* nothing is allocated in advance */
    first = ExAllocateFromLookasideListEx(&t.list);
    second = ExAllocateFromLookasideListEx(&t.list);
    assert_int_equal(t.allocations, 2);
    assert_int_equal(t.size, 48);
    ExFreeToLookasideListEx(&t.list, first);
    ExFreeToLookasideListEx(&t.list, second);
    assert_int_equal(t.frees, 0);
    assert_ptr_equal(ExAllocateFromLookasideListEx(&t.list), second);
    assert_ptr_equal(ExAllocateFromLookasideListEx(&t.list), first);
    assert_int_equal(t.allocations, 2);
    ExFreeToLookasideListEx(&t.list, first);
    ExFreeToLookasideListEx(&t.list, second);
    ExDeleteLookasideListEx(&t.list);
}

static void delete_gives_entries_to_the_free_routine(void **state) /* spec: LKA-03 */
{
    (void)state;
    begin(0);
    ExFreeToLookasideListEx(&t.list, ExAllocateFromLookasideListEx(&t.list));
    ExFlushLookasideListEx(&t.list);
    assert_int_equal(t.frees, 1);
    ExFreeToLookasideListEx(&t.list, ExAllocateFromLookasideListEx(&t.list));
    ExDeleteLookasideListEx(&t.list);
    assert_int_equal(t.frees, 2);
    wc_expect_violation("LookasideLifetime");
    assert_null(ExAllocateFromLookasideListEx(&t.list));
}

static void flags_reach_the_allocate_routine(void **state) /* spec: LKA-04 */
{
    LOOKASIDE_LIST_EX list;

    (void)state;
    begin(EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL);
    ExFreeToLookasideListEx(&t.list, ExAllocateFromLookasideListEx(&t.list));
    assert_int_equal(t.type, NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE);
    ExDeleteLookasideListEx(&t.list);
    assert_int_equal(ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPool, 3, 48, 'kool', 0),
                     STATUS_INVALID_PARAMETER_5);
    assert_int_equal(
        ExInitializeLookasideListEx(&list, NULL, NULL, (POOL_TYPE)77, 0, 48, 'kool', 0),
        STATUS_INVALID_PARAMETER_4);
}

static void the_older_lists_use_pool(void **state)
{
    static NPAGED_LOOKASIDE_LIST list;
    PVOID entry = NULL;

    (void)state;
    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, 'kool', 0);
    wc_expect_violation("LookasideLifetime");
    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, 'kool', 0);
    entry = ExAllocateFromNPagedLookasideList(&list);
    memset(entry, 1, 100);
    ExFreeToNPagedLookasideList(&list, entry);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&list), entry);
    ExFreeToNPagedLookasideList(&list, entry);
    ExDeleteNPagedLookasideList(&list);
}

/* Windows keeps four at first; what is more goes back at once. */
static void four_entries_are_kept(void **state)
{
    static NPAGED_LOOKASIDE_LIST list;
    PVOID entries[6];

    (void)state;
    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, 'kool', 99);
    assert_int_equal(list.L.Depth, 4);
    assert_int_equal(list.L.MaximumDepth, 256);
    for (int i = 0; i < 6; i++) {
        entries[i] = ExAllocateFromNPagedLookasideList(&list);
    }
    assert_int_equal(list.L.TotalAllocates, 6);
    assert_int_equal(list.L.AllocateMisses, 6);
    for (int i = 0; i < 6; i++) {
        ExFreeToNPagedLookasideList(&list, entries[i]);
    }
    assert_int_equal(list.L.TotalFrees, 6);
    assert_int_equal(list.L.FreeMisses, 2);
    assert_int_equal(ExQueryDepthSList(&list.L.ListHead), 4);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&list), entries[3]);
    assert_int_equal(list.L.AllocateMisses, 6);
    assert_int_equal(ExQueryDepthSList(&list.L.ListHead), 3);
    ExFreeToNPagedLookasideList(&list, entries[3]);
    ExDeleteNPagedLookasideList(&list);
}

static void freeing_the_memory_of_a_live_list_is_named(void **state)
{
    PLOOKASIDE_LIST_EX list = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*list), 'kool');

    (void)state;
    ExInitializeLookasideListEx(list, NULL, NULL, NonPagedPool, 0, 32, 'kool', 0);
    wc_expect_violation("LookasideLifetime");
    ExFreePool(list);
    ExDeleteLookasideListEx(list);
    ExFreePool(list);
    assert_int_equal(wc_violations(NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(an_empty_list_asks_its_routine),
        wc_unit_test(delete_gives_entries_to_the_free_routine),
        wc_unit_test(flags_reach_the_allocate_routine),
        wc_unit_test(the_older_lists_use_pool),
        wc_unit_test(four_entries_are_kept),
        wc_unit_test(freeing_the_memory_of_a_live_list_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
