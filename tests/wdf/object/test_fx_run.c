/* test_fx_run.c - thousands of siblings that end together: what a driver can notice is the same as if they
 * went one by one.
 */
#include "wdf/wdf_fixture.h"

#include "base/lock.h"
#include "wdf/object/fx_block.h"

#define MANY 9000u

typedef struct {
    uint32_t number;
    uint32_t value;
} ITEM;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(ITEM, ItemOf)

static WDFOBJECT parent;
static WDFOBJECT items[MANY];
static uint32_t cleaned;               /* items, in their order */
static void (*at_cleanup)(uint32_t n); /* NULL: nothing; else called in the cleanup of item n */

static VOID item_cleanup(WDFOBJECT object)
{
    assert_int_equal(ItemOf(object)->number, cleaned);
    cleaned++;
    if (at_cleanup != NULL) {
        at_cleanup(cleaned - 1);
    }
}

static WDFOBJECT item_create(uint32_t number, size_t size, PFN_WDF_OBJECT_CONTEXT_DESTROY destroy)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT item;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, ITEM);
    attributes.ParentObject = parent;
    attributes.ContextSizeOverride = size;
    attributes.EvtCleanupCallback = item_cleanup;
    attributes.EvtDestroyCallback = destroy;
    assert_int_equal(WdfObjectCreate(&attributes, &item), STATUS_SUCCESS);
    assert_int_equal(ItemOf(item)->value, 0);
    ItemOf(item)->number = number;
    ItemOf(item)->value = number + 1;
    return item;
}

static int setup(void **state)
{
    fixture_setup(state);
    parent = fixture_node("p", NULL);
    cleaned = 0;
    at_cleanup = NULL;
    return 0;
}

static void create_all(void)
{
    for (uint32_t i = 0; i < MANY; i++) {
        items[i] = item_create(i, 0, NULL);
    }
}

/* A new parent for new items. */
static void delete_all(void)
{
    WdfObjectDelete(parent);
    assert_int_equal(cleaned, MANY);
    cleaned = 0;
    parent = fixture_node("p", NULL);
}

static bool lives(uint32_t number)
{
    return fx_handle_find(items[number]) != NULL;
}

static void assert_all_gone(void)
{
    for (uint32_t i = 0; i < MANY; i++) {
        assert_false(lives(i));
    }
}

/* One that objects were in: fresh ones are no longer than a slab. Reads poisoned blocks. */
__attribute__((no_sanitize("address"))) static bool a_run_is_free(void)
{
    bool found = false;

    for (unsigned i = 0; i < FX_BLOCK_CLASSES; i++) {
        for (const struct fx_free_run *run = fx_blocks.runs[i]; run != NULL; run = run->next) {
            found = found || run->length >= FX_GRAVES;
        }
    }
    return found;
}

static void all_are_cleaned_up_in_order_and_gone(void **state)
{
    uint32_t before = fx_object_count(FX_TYPE_ANY);

    create_all();
    assert_int_equal(fx_object_count(FX_TYPE_ANY), before + MANY);
    delete_all();
    assert_all_gone();
    assert_int_equal(fx_object_count(FX_TYPE_ANY), before);
    assert_int_equal(a_run_is_free(), !base_threaded); /* else none of this is about runs */
}

/* Few objects are numbered one after the other; many come in rows, whose numbers nobody else gets. */
static void many_are_numbered_in_rows(void **state)
{
    uint32_t first;

    create_all();
    first = fx_handle_index(items[0]);
    for (uint32_t i = 0; i < FX_BLOCK_SINGLES - 1; i++) {
        assert_int_equal(fx_handle_index(items[i]), first + i);
    }
    for (uint32_t i = 1; i < MANY; i++) {
        assert_true(fx_handle_index(items[i]) > fx_handle_index(items[i - 1]));
    }
    assert_in_range(fx_handle_index(items[MANY - 1]), first + MANY - 1, fx_handle_last());
    assert_in_range(fx_handle_last(), first + MANY - 1, first + 2 * MANY);
}

static void the_last_of_them_are_remembered(void **state)
{
    create_all();
    delete_all();
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(items[MANY - 4000]);
    fixture_assert_report("created by item_create");
    fixture_assert_report("its parent's deletion");
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(items[0]);
    fixture_assert_report("not known any more");
    assert_int_equal(wc_violations("WdfObjectUseAfterDelete"), 2);
}

static void their_memory_is_used_again_under_new_handles(void **state)
{
    static WDFOBJECT old[MANY];
    const char *top;

    create_all();
    memcpy(old, items, sizeof(old));
    delete_all();
    top = fx_blocks.top;
    for (int round = 0; round < 3; round++) { /* a part of it, one by one, then all */
        for (uint32_t i = 0; i < 100; i++) {
            cleaned = i;
            items[i] = item_create(i, 0, NULL);
        }
        for (uint32_t i = 0; i < 100; i++) {
            cleaned = i;
            WdfObjectDelete(items[i]);
        }
        cleaned = 0;
        create_all();
        for (uint32_t i = 0; i < MANY; i++) {
            assert_int_equal(ItemOf(items[i])->value, i + 1); /* nobody else's */
            assert_null(fx_handle_find(old[i]));
        }
        assert_ptr_equal(fx_blocks.top, top);
        delete_all();
        assert_all_gone();
    }
}

static void keep_the_tenth(uint32_t n)
{
    if (n == MANY - 1) {
        WdfObjectReference(items[10]);
    }
}

static void one_that_a_later_cleanup_refers_to_stays(void **state) /* spec: OBJ-08 */
{
    create_all();
    at_cleanup = keep_the_tenth;
    delete_all();
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(lives(i), i == 10);
    }
    assert_int_equal(ItemOf(items[10])->value, 11);
    WdfObjectDereference(items[10]);
    assert_false(lives(10));
}

static VOID look_around(WDFOBJECT object)
{
    uint32_t number = ItemOf(object)->number;

    fixture_note("%u%u%u%u", lives(0), lives(number - 1), lives(number + 1), lives(MANY - 1));
}

/* One that is destroyed with a callback stands between the halves. */
static void create_halves(void)
{
    for (uint32_t i = 0; i < MANY; i++) {
        items[i] = item_create(i, 0, i == MANY / 2 ? look_around : NULL);
    }
}

static void delete_two_again(uint32_t n)
{
    if (n == MANY - 1) {
        WdfObjectDelete(items[0]);
        WdfObjectDelete(items[MANY - 5]);
        fixture_clear(); /* so that the call returns to here */
    }
}

static void one_that_a_later_cleanup_deletes_again_is_remembered_so(void **state)
{
    create_halves();
    at_cleanup = delete_two_again;
    delete_all();
    assert_all_gone();
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(items[MANY - 5]);
    fixture_assert_report("deleted by delete_two_again");
    wc_expect_violation("WdfObjectUseAfterDelete");
    WdfObjectReference(items[MANY - 6]);
    fixture_assert_report("deleted by its parent's deletion");
}

static void a_destroy_callback_between_them_finds_the_later_ones(void **state)
{
    create_halves();
    delete_all();
    assert_log("c:p 0011 d:p");
    assert_all_gone();
}

static void sizes_may_alternate(void **state)
{
    for (uint32_t i = 0; i < MANY; i++) {
        items[i] = item_create(i, i % 2 == 0 ? 16 : 160, NULL);
    }
    delete_all();
    assert_all_gone();
    assert_false(a_run_is_free());
}

/* The first walk stops at what needs PASSIVE_LEVEL, and goes on there. */
static void a_deletion_at_a_raised_level_goes_on_later(void **state)
{
    KIRQL old;

    create_all();
    fixture_passive_node("x", parent);
    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(parent);
    assert_true(lives(0));
    fixture_lower(old);
    fixture_settle();
    assert_int_equal(cleaned, MANY);
    assert_all_gone();
    parent = fixture_node("p", NULL);
}

#define TEST(name) wc_unit_test(name, .setup = setup, .teardown = fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_are_cleaned_up_in_order_and_gone),
        TEST(many_are_numbered_in_rows),
        TEST(the_last_of_them_are_remembered),
        TEST(their_memory_is_used_again_under_new_handles),
        TEST(one_that_a_later_cleanup_refers_to_stays),
        TEST(one_that_a_later_cleanup_deletes_again_is_remembered_so),
        TEST(a_destroy_callback_between_them_finds_the_later_ones),
        TEST(sizes_may_alternate),
        TEST(a_deletion_at_a_raised_level_goes_on_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
