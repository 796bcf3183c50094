/* The two-register device: raise, acknowledge, later, edge, in ports or in memory. */
#include "model/model_fixture.h"

#define RAISE       0
#define ACKNOWLEDGE 4

static uint32_t get(enum hal_space space, uint64_t base, unsigned reg)
{
    return (uint32_t)hal_window_read(hal_window_find(space, base + reg, 4), base + reg, 4);
}

static void put(enum hal_space space, uint64_t base, unsigned reg, uint32_t value)
{
    hal_window_write(hal_window_find(space, base + reg, 4), base + reg, 4, value);
}

static int create_level(void **state)
{
    *state = fixture_create("tworeg");
    return 0;
}

static int create_edge(void **state)
{
    *state = fixture_create("tworeg,edge=yes");
    return 0;
}

static int create_memory(void **state)
{
    *state = fixture_create("tworeg,memory=yes");
    return 0;
}

static void one_raises_one_acknowledges(void **state)
{
    (void)state;
    assert_false(line_is_up());
    put(HAL_SPACE_PORT, FIXTURE_PORT, RAISE, 0);
    assert_true(line_is_up());
    assert_int_equal(get(HAL_SPACE_PORT, FIXTURE_PORT, ACKNOWLEDGE), 1);
    put(HAL_SPACE_PORT, FIXTURE_PORT, ACKNOWLEDGE, 0);
    assert_false(line_is_up());
    assert_int_equal(get(HAL_SPACE_PORT, FIXTURE_PORT, ACKNOWLEDGE), 0);
    assert_int_equal(get(HAL_SPACE_PORT, FIXTURE_PORT, RAISE), 1);
}

static void it_can_be_raised_later(void **state)
{
    (void)state;
    put(HAL_SPACE_PORT, FIXTURE_PORT, RAISE, 5000);
    assert_false(line_is_up());
    settle();
    assert_true(line_is_up());
    assert_int_equal(host_clock_machine(), 5000);
}

static void an_edge_needs_no_acknowledge(void **state)
{
    (void)state;
    put(HAL_SPACE_PORT, FIXTURE_PORT, RAISE, 0);
    assert_false(line_is_up());
    assert_true(ke_line_at(FIXTURE_IRQ)->edge);
}

static void it_can_live_in_memory(void **state)
{
    (void)state;
    assert_null(hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT, 1));
    put(HAL_SPACE_MEMORY, 0xfe000000, RAISE, 0);
    assert_true(line_is_up());
}

static void reset_lets_the_line_fall(void **state)
{
    struct model_fixture *f = *state;

    put(HAL_SPACE_PORT, FIXTURE_PORT, RAISE, 0);
    model_reset(f->model);
    assert_false(line_is_up());
    assert_int_equal(get(HAL_SPACE_PORT, FIXTURE_PORT, RAISE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_raises_one_acknowledges, create_level, fixture_delete),
        cmocka_unit_test_setup_teardown(it_can_be_raised_later, create_level, fixture_delete),
        cmocka_unit_test_setup_teardown(an_edge_needs_no_acknowledge, create_edge, fixture_delete),
        cmocka_unit_test_setup_teardown(it_can_live_in_memory, create_memory, fixture_delete),
        cmocka_unit_test_setup_teardown(reset_lets_the_line_fall, create_level, fixture_delete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
