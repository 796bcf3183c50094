/* test_stranger.c - drv_stranger does what it says: unusual uses of documented routines. */
#include <ntddk.h>

#include <wdfcore/testing.h>

#include "../drivers/drv_stranger.h"

#define STRANGER_DRIVER .driver = WC_DRIVER_DRV_STRANGER, .no_device = true

static struct wc_file *stranger_open(void)
{
    struct wc_file *file = NULL;

    assert_int_equal(wc_file_open("STRANGER", &file), STATUS_SUCCESS);
    return file;
}

static void stranger_does(ULONG code)
{
    struct wc_file *file = stranger_open();
    ULONG line = MAXULONG;
    size_t size = 0;

    assert_int_equal(wc_file_ioctl(file, code, NULL, 0, &line, sizeof(line), &size),
                     STATUS_SUCCESS);
    assert_int_equal(size, sizeof(line));
    assert_int_equal(line, 0); /* else of drv_stranger.c */
    wc_file_close(file);
}

#define EXERCISE(name, code)       \
    static void name(void **state) \
    {                              \
        (void)state;               \
        stranger_does(code);       \
    }

EXERCISE(waits, STRANGER_WAITS)
EXERCISE(timers, STRANGER_TIMERS)
EXERCISE(queues, STRANGER_QUEUES)
EXERCISE(reused_irps, STRANGER_REUSES)
EXERCISE(chains_of_mdls, STRANGER_CHAINS)
EXERCISE(work_items, STRANGER_WORKS)
EXERCISE(remove_locks, STRANGER_REMOVES)
EXERCISE(built_irps, STRANGER_BUILDS)
EXERCISE(tables_and_callbacks, STRANGER_KEEPS)

static void associated_irps(void **state)
{
    struct wc_file *file = stranger_open();
    char data[100];
    size_t size = 0;

    (void)state;
    assert_int_equal(wc_file_read(file, data, sizeof(data), &size), STATUS_SUCCESS);
    assert_int_equal(size, sizeof(data));
    assert_int_equal(data[99], 'm');
    wc_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(waits, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(timers, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(queues, STRANGER_DRIVER),
        wc_unit_test(reused_irps, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(associated_irps, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(chains_of_mdls, STRANGER_DRIVER),
        wc_unit_test(work_items, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(remove_locks, STRANGER_DRIVER, .processors = 2),
        wc_unit_test(built_irps, STRANGER_DRIVER),
        wc_unit_test(tables_and_callbacks, STRANGER_DRIVER),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
