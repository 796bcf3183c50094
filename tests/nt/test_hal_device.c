/* test_hal_device.c - device instances, register windows and physical memory as models use them. */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt/hal/hal_device.h"
#include "nt/hal/hal_memory.h"
#include "nt/hal/hal_window.h"
#include "nt/interrupt/ke_line.h"
#include "nt_machine.h"

#define IRQ 6u

static struct {
    struct hal_device device;
    int output;
    unsigned runs; /* of soon or expired */
    unsigned seen[8];
    bool again;
} test;

static int start(void **state)
{
    const struct ke_machine_config config = nt_machine_config(1);

    (void)state;
    assert_int_equal(ke_machine_start(&config), 0);
    memset(&test, 0, sizeof(test));
    hal_device_init(&test.device, &test);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    hal_device_deinit(&test.device);
    ke_machine_stop();
    return 0;
}

static struct hal_line *line(void)
{
    return ke_line_at(IRQ);
}

static void set_output(bool asserted)
{
    hal_device_enter(&test.device);
    hal_device_set_output(&test.device, test.output, asserted);
    hal_device_leave(&test.device);
}

/* ---- outputs ---- */

static void a_level_changes_when_the_callback_ends(void **state)
{
    (void)state;
    test.output = hal_device_add_output(&test.device, IRQ, true);
    assert_int_equal(test.output, 0);
    hal_device_enter(&test.device);
    hal_device_set_output(&test.device, 0, true);
    assert_int_equal(line()->asserting, 0);
    hal_device_leave(&test.device);
    assert_int_equal(line()->asserting, 1);
    set_output(true);
    assert_int_equal(line()->asserting, 1);
    set_output(false);
    assert_int_equal(line()->asserting, 0);
}

static void a_level_that_came_and_went_was_never_there(void **state)
{
    (void)state;
    hal_device_add_output(&test.device, IRQ, true);
    hal_device_enter(&test.device);
    hal_device_set_output(&test.device, 0, true);
    hal_device_set_output(&test.device, 0, false);
    hal_device_leave(&test.device);
    assert_int_equal(line()->asserting, 0);
}

static void an_edge_inside_one_callback_is_kept(void **state)
{
    (void)state;
    hal_device_add_output(&test.device, IRQ, false);
    hal_device_enter(&test.device);
    hal_device_set_output(&test.device, 0, true);
    hal_device_set_output(&test.device, 0, false);
    hal_device_leave(&test.device);
    assert_true(line()->edge);
    line()->edge = FALSE; /* as if delivered */
    set_output(true);
    assert_true(line()->edge);
    line()->edge = FALSE;
    hal_device_enter(&test.device); /* falls and rises again: one more */
    hal_device_set_output(&test.device, 0, false);
    hal_device_set_output(&test.device, 0, true);
    hal_device_leave(&test.device);
    assert_true(line()->edge);
}

static void a_device_pulled_out_lets_its_lines_fall(void **state)
{
    (void)state;
    hal_device_add_output(&test.device, IRQ, true);
    set_output(true);
    hal_device_set_absent(&test.device);
    assert_int_equal(line()->asserting, 0);
    set_output(true);
    assert_int_equal(line()->asserting, 0);
}

static void outputs_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_int_equal(hal_device_add_output(&test.device, HAL_MAX_LINES, true), -1);
    for (unsigned i = 0; i < HAL_DEVICE_OUTPUTS; i++) {
        assert_int_equal(hal_device_add_output(&test.device, IRQ, true), i);
    }
    assert_int_equal(hal_device_add_output(&test.device, IRQ, true), -1);
}

/* ---- soon ---- */

static void soon(void *context)
{
    (void)context;
    test.runs++;
    if (test.again) {
        test.again = false;
        hal_device_soon(&test.device, soon);
    }
}

static void ask_soon(unsigned times)
{
    hal_device_enter(&test.device);
    while (times-- > 0) {
        hal_device_soon(&test.device, soon);
    }
    hal_device_leave(&test.device);
}

static void body_soon(void *argument)
{
    KIRQL old;

    (void)argument;
    ask_soon(2);
    test.seen[0] = test.runs; /* at PASSIVE_LEVEL: with the end of the callback */
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ask_soon(1);
    test.seen[1] = test.runs; /* at DISPATCH_LEVEL too */
    KeLowerIrql(old);
    KeRaiseIrql(HIGH_LEVEL, &old);
    ask_soon(1);
    ask_soon(1);
    test.seen[2] = test.runs; /* above: not yet */
    KeLowerIrql(old);
    test.seen[3] = test.runs;
    test.again = true;
    ask_soon(1);
    test.seen[4] = test.runs;
}

static void soon_waits_until_the_irql_has_fallen(void **state)
{
    (void)state;
    assert_int_equal(nt_run_body(body_soon, NULL), HOST_RUN_DONE);
    assert_int_equal(test.seen[0], 1);
    assert_int_equal(test.seen[1], 2);
    assert_int_equal(test.seen[2], 2);
    assert_int_equal(test.seen[3], 3); /* once for both */
    assert_int_equal(test.seen[4], 5); /* asked for again while it ran */
}

/* ---- time ---- */

static void expired(void *context)
{
    (void)context;
    test.seen[test.runs++ % 8] = (unsigned)hal_now_ns();
}

static void timers_expire_once_and_in_order(void **state)
{
    struct hal_timer *first = hal_timer_create(&test.device, expired);
    struct hal_timer *second = hal_timer_create(&test.device, expired);
    struct hal_timer *never = hal_timer_create(&test.device, expired);

    (void)state;
    hal_timer_set(second, 5000);
    hal_timer_set(first, 950); /* rounded up to 1,000 */
    hal_timer_set(never, 3000);
    assert_true(hal_timer_is_set(never));
    hal_timer_cancel(never);
    assert_false(hal_timer_is_set(never));
    assert_int_equal(ke_run(NULL, NULL), HOST_RUN_DONE);
    assert_int_equal(test.runs, 2);
    assert_int_equal(test.seen[0], 1000);
    assert_int_equal(test.seen[1], 5000);
    assert_false(hal_timer_is_set(second));
    hal_timer_set(first, 100);
    hal_timer_set(first, 2000); /* moved */
    assert_int_equal(ke_run(NULL, NULL), HOST_RUN_DONE);
    assert_int_equal(test.runs, 3);
    assert_int_equal(test.seen[2], 7000);
    hal_timer_set(first, 100);
    hal_device_set_absent(&test.device);
    assert_int_equal(ke_run(NULL, NULL), HOST_RUN_DONE);
    assert_int_equal(test.runs, 3);
}

/* ---- windows ---- */

static uint64_t window_read(void *context, uint64_t offset, unsigned width)
{
    assert_ptr_equal(context, &test);
    return offset << 8 | width;
}

static void window_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
    (void)context;
    test.seen[0] = (unsigned)offset;
    test.seen[1] = width;
    test.seen[2] = (unsigned)value;
}

static bool add(enum hal_space space, uint64_t base, uint64_t size)
{
    return hal_window_add(&test.device, space, base, size, window_read, window_write);
}

static void every_address_finds_its_window(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) { /* in no particular order, with gaps of 8 */
        assert_true(add(HAL_SPACE_PORT, 0x100 + (i * 37 % 100) * 16, 8));
    }
    for (uint64_t port = 0; port < 0x1000; port++) {
        struct hal_window *window = hal_window_find(HAL_SPACE_PORT, port, 1);
        bool inside = port >= 0x100 && port < 0x100 + 1600 && port % 16 < 8;

        assert_true((window != NULL) == inside);
        if (inside) {
            assert_int_equal(hal_window_read(window, port, 1), 1); /* cut to the width */
            assert_int_equal(hal_window_read(window, port, 2), (port % 16) << 8 | 2);
        }
        assert_null(hal_window_find(HAL_SPACE_MEMORY, port, 1));
    }
    assert_null(hal_window_find(HAL_SPACE_PORT, 0x107, 2)); /* reaches out of it */
    assert_non_null(hal_window_find(HAL_SPACE_PORT, 0x104, 4));
}

static void windows_of_a_space_do_not_overlap(void **state)
{
    (void)state;
    assert_true(add(HAL_SPACE_MEMORY, 0x1000, 0x100));
    assert_false(add(HAL_SPACE_MEMORY, 0x10ff, 1));
    assert_false(add(HAL_SPACE_MEMORY, 0xf00, 0x101));
    assert_false(add(HAL_SPACE_MEMORY, 0x1000, 0x100));
    assert_false(add(HAL_SPACE_MEMORY, 0, 0));
    assert_false(add(HAL_SPACE_MEMORY, UINT64_MAX - 3, 8));
    assert_true(add(HAL_SPACE_MEMORY, 0xf00, 0x100));
    assert_true(add(HAL_SPACE_MEMORY, 0x1100, 0x100));
    assert_true(add(HAL_SPACE_PORT, 0x1000, 0x100));
}

static void a_write_is_cut_to_its_width(void **state)
{
    struct hal_window *window;

    (void)state;
    assert_true(add(HAL_SPACE_MEMORY, 0x1000, 0x100));
    window = hal_window_find(HAL_SPACE_MEMORY, 0x1010, 2);
    hal_window_write(window, 0x1010, 2, 0x12345678);
    assert_int_equal(test.seen[0], 0x10);
    assert_int_equal(test.seen[1], 2);
    assert_int_equal(test.seen[2], 0x5678);
}

/* ---- memory ---- */

static void memory_is_found_as_a_whole_or_not_at_all(void **state)
{
    static uint8_t low[64], high[64];

    (void)state;
    assert_true(hal_memory_add(0x2000, high, sizeof(high)));
    assert_true(hal_memory_add(0x1fc0, low, sizeof(low)));
    assert_false(hal_memory_add(0x203f, low, 1));
    assert_false(hal_memory_add(0x3000, low, 0));
    assert_ptr_equal(hal_memory_at(0x1fc0, 64), low);
    assert_ptr_equal(hal_memory_at(0x2000 + 5, 59), high + 5);
    assert_null(hal_memory_at(0x2000 + 5, 60));
    assert_null(hal_memory_at(0x1fff, 2)); /* two ranges, side by side by chance */
    assert_null(hal_memory_at(0x1fbf, 1));
    hal_memory_remove(0x1fc1); /* nothing begins there */
    hal_memory_remove(0x1fc0);
    assert_null(hal_memory_at(0x1fc0, 1));
    assert_non_null(hal_memory_at(0x2000, 1));
    hal_memory_remove(0x2000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_level_changes_when_the_callback_ends),
        TEST(a_level_that_came_and_went_was_never_there),
        TEST(an_edge_inside_one_callback_is_kept),
        TEST(a_device_pulled_out_lets_its_lines_fall),
        TEST(outputs_that_cannot_be_are_refused),
        TEST(soon_waits_until_the_irql_has_fallen),
        TEST(timers_expire_once_and_in_order),
        TEST(every_address_finds_its_window),
        TEST(windows_of_a_space_do_not_overlap),
        TEST(a_write_is_cut_to_its_width),
        TEST(memory_is_found_as_a_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
