/* test_ke_due_trail.c - what trails name, and how much room they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nt/time/ke_due_trail.h"

#define MANY 1000

static char places[MANY];

static int setup(void **state)
{
    (void)state;
    due_trails_reset();
    return 0;
}

/* All that a trail names is what was added first, in that order. Returns how many. */
static size_t assert_names(const struct due_trail *trail)
{
    struct due_walk walk;
    size_t named = 0;

    due_walk_begin(&walk, trail);
    for (uint32_t cell = walk.cell; cell >= DUE_CHUNK_WORDS && cell != trail->end;) {
        const struct due_chunk *chunk = &ke_due_chunks.chunks[cell / DUE_CHUNK_WORDS];

        assert_ptr_equal(chunk->links[cell % DUE_CHUNK_WORDS - 1], &places[named++]);
        due_walk_step(&walk);
        assert_true(walk.cell != cell);
        cell = walk.cell;
    }
    return named;
}

static void add_many(struct due_trail *trail, size_t count)
{
    for (size_t i = 0; i < MANY; i++) {
        due_trail_add(trail, &places[i], count);
    }
}

static void it_names_all_in_the_order_they_came(void **state)
{
    struct due_trail trail = {.end = 0};

    (void)state;
    assert_int_equal(assert_names(&trail), 0);
    for (size_t i = 0; i < MANY; i++) {
        due_trail_add(&trail, &places[i], MANY);
        assert_int_equal(assert_names(&trail), i + 1);
    }
    due_trail_drop(&trail);
    assert_int_equal(ke_due_chunks.lent, 0);
    assert_int_equal(assert_names(&trail), 0);
}

static void two_trails_keep_apart(void **state)
{
    struct due_trail first = {.end = 0};
    struct due_trail second = {.end = 0};

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        due_trail_add(&first, &places[i], MANY);
        due_trail_add(&second, &places[i], MANY);
    }
    assert_int_equal(assert_names(&first), MANY);
    due_trail_drop(&first);
    assert_int_equal(assert_names(&second), MANY);
    add_many(&first, MANY); /* in the chunks that it had */
    assert_int_equal(assert_names(&first), MANY);
    assert_int_equal(assert_names(&second), MANY);
}

/* Nothing is armed, so the room ends soon; what it got stays right, and all comes back. */
static void without_room_it_names_no_more(void **state)
{
    static struct due_trail trails[100];
    uint32_t most = 0;
    size_t cut = 0;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        size_t named;

        trails[i] = (struct due_trail){.end = 0};
        add_many(&trails[i], 0);
        named = assert_names(&trails[i]);
        assert_true(named == MANY || named % DUE_CHUNK_LINKS == 0);
        cut += named < MANY;
        most = ke_due_chunks.lent > most ? ke_due_chunks.lent : most;
    }
    assert_true(cut > 0);
    assert_true(most < 100);
    for (size_t i = 0; i < 100; i++) {
        due_trail_drop(&trails[i]);
    }
    assert_int_equal(ke_due_chunks.lent, 0);
    add_many(&trails[0], MANY);
    assert_int_equal(assert_names(&trails[0]), MANY);
}

#define UNIT(body) cmocka_unit_test_setup_teardown(body, setup, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(it_names_all_in_the_order_they_came),
        UNIT(two_trails_keep_apart),
        UNIT(without_room_it_names_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
