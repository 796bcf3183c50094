/* test_rtl_hash_table.c - dynamic hash tables. */
#include "nt/nt_inside.h"

#define COUNT 1000

struct item {
    RTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG value;
};

static struct item items[COUNT];

static ULONG value_of(PRTL_DYNAMIC_HASH_TABLE_ENTRY entry)
{
    assert_non_null(entry);
    return CONTAINING_RECORD(entry, struct item, entry)->value;
}

static PRTL_DYNAMIC_HASH_TABLE filled(ULONG signatures)
{
    PRTL_DYNAMIC_HASH_TABLE table = NULL;

    assert_true(RtlCreateHashTable(&table, 0, 0));
    for (ULONG i = 0; i < COUNT; i++) {
        items[i].value = i;
        assert_true(RtlInsertEntryHashTable(table, &items[i].entry, i % signatures, NULL));
    }
    assert_int_equal(RtlTotalEntriesHashTable(table), COUNT);
    return table;
}

/* The entries of one signature, the last one inserted first. */
static void signature_has(PRTL_DYNAMIC_HASH_TABLE table, ULONG signature, ULONG signatures)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;
    PRTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG expected = COUNT - signatures + signature;

    RtlInitHashTableContext(&context);
    entry = RtlLookupEntryHashTable(table, signature, &context);
    for (ULONG i = 0; i < COUNT / signatures; i++) {
        assert_int_equal(value_of(entry), expected);
        expected -= signatures;
        entry = RtlGetNextEntryHashTable(table, &context);
    }
    assert_null(entry);
    RtlReleaseHashTableContext(&context);
}

static void entries_are_found_by_signature(void **state)
{
    PRTL_DYNAMIC_HASH_TABLE table;

    if (nt_ran_inside(entries_are_found_by_signature, state)) {
        return;
    }
    table = filled(100);
    assert_int_equal(RtlTotalBucketsHashTable(table), 128);
    assert_true(RtlNonEmptyBucketsHashTable(table) > 30);
    assert_null(RtlLookupEntryHashTable(table, 100, NULL));
    assert_ptr_equal(RtlLookupEntryHashTable(table, 0, NULL),
                     RtlLookupEntryHashTable(table, 1, NULL));
    for (ULONG i = 2; i < 100; i++) {
        signature_has(table, i, 100);
    }
    assert_true(RtlExpandHashTable(table));
    assert_int_equal(RtlTotalBucketsHashTable(table), 256);
    for (ULONG i = 2; i < 100; i++) {
        signature_has(table, i, 100);
    }
    assert_true(RtlContractHashTable(table));
    assert_false(RtlContractHashTable(table)); /* there are 128 at least */
    for (ULONG i = 0; i < COUNT; i++) {
        assert_true(RtlRemoveEntryHashTable(table, &items[i].entry, NULL));
    }
    assert_int_equal(RtlTotalEntriesHashTable(table), 0);
    assert_int_equal(RtlNonEmptyBucketsHashTable(table), 0);
    assert_int_equal(RtlEmptyBucketsHashTable(table), 128);
    RtlDeleteHashTable(table);
}

static void signature_zero_is_one_like_others(void **state)
{
    RTL_DYNAMIC_HASH_TABLE memory;
    PRTL_DYNAMIC_HASH_TABLE table = &memory;
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;

    if (nt_ran_inside(signature_zero_is_one_like_others, state)) {
        return;
    }
    assert_false(RtlCreateHashTable(&table, 0, 1));
    assert_false(RtlCreateHashTableEx(&table, 100, 0, 0));
    assert_true(RtlCreateHashTableEx(&table, 512, 4, 0));
    assert_ptr_equal(table, &memory);
    assert_int_equal(RtlTotalBucketsHashTable(table), 512);
    items[0].value = 7;
    RtlInitHashTableContext(&context);
    assert_null(RtlLookupEntryHashTable(table, 0, &context));
    assert_true(
        RtlInsertEntryHashTable(table, &items[0].entry, 0, &context)); /* where it was missed */
    assert_int_equal(value_of(RtlLookupEntryHashTable(table, 0, NULL)), 7);
    assert_int_equal(RtlNonEmptyBucketsHashTable(table), 1);
    RtlDeleteHashTable(table);
}

static void an_enumeration_removes_what_it_finds(void **state)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR all, other;
    PRTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    PRTL_DYNAMIC_HASH_TABLE table;
    static bool seen[COUNT];
    ULONG count = 0;

    if (nt_ran_inside(an_enumeration_removes_what_it_finds, state)) {
        return;
    }
    table = filled(COUNT);
    memset(seen, 0, sizeof(seen));
    assert_true(RtlInitEnumerationHashTable(table, &all));
    assert_true(RtlInitEnumerationHashTable(table, &other));
    assert_int_equal(RtlActiveEnumeratorsHashTable(table), 2);
    assert_false(RtlExpandHashTable(table));
    while ((entry = RtlEnumerateEntryHashTable(table, &all)) != NULL) {
        assert_false(seen[value_of(entry)]);
        seen[value_of(entry)] = true;
        count++;
        assert_non_null(RtlEnumerateEntryHashTable(table, &other));
        if (value_of(entry) % 2 == 0) {
            RtlRemoveEntryHashTable(table, entry, NULL);
        }
    }
    assert_int_equal(count, COUNT);
    assert_null(RtlEnumerateEntryHashTable(table, &all));
    RtlEndEnumerationHashTable(table, &other);
    RtlEndEnumerationHashTable(table, &all);
    assert_int_equal(RtlTotalEntriesHashTable(table), COUNT / 2);
    assert_int_equal(RtlActiveEnumeratorsHashTable(table), 0);
    RtlDeleteHashTable(table);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nt_inside_start, nt_inside_stop)
    const struct CMUnitTest tests[] = {
        TEST(entries_are_found_by_signature),
        TEST(signature_zero_is_one_like_others),
        TEST(an_enumeration_removes_what_it_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
