/* test_io_timer.c - IoTimer. */
#include "nt/nt_driver.h"

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT device;
static int ticks;
static KIRQL irql;
static BOOLEAN stop_inside;

static VOID tick(PDEVICE_OBJECT object, PVOID context)
{
    assert_ptr_equal(object, device);
    assert_ptr_equal(context, &ticks);
    ticks++;
    irql = KeGetCurrentIrql();
    if (stop_inside) {
        IoStopTimer(object);
    }
}

static int start(void **state)
{
    (void)state;
    ticks = 0;
    stop_inside = FALSE;
    driver = nt_driver_create();
    device = nt_device_create(driver, NULL, nt_succeed);
    assert_int_equal(IoInitializeTimer(device, tick, &ticks), STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(driver);
    return 0;
}

static void wait_ms(LONGLONG ms)
{
    LARGE_INTEGER due = {.QuadPart = -10000 * ms};

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static void it_runs_once_a_second_while_started(void **state) /* spec: IOT-01, IOT-03 */
{
    (void)state;
    wait_ms(3000);
    assert_int_equal(ticks, 0);
    IoStartTimer(device);
    wait_ms(3500);
    assert_int_equal(ticks, 3);
    assert_int_equal(irql, DISPATCH_LEVEL);
    IoStopTimer(device);
    wait_ms(3000);
    assert_int_equal(ticks, 3);
    IoStartTimer(device);
    wait_ms(1500);
    assert_int_equal(ticks, 4);
}

static void starting_twice_does_not_double(void **state) /* spec: IOT-02 */
{
    (void)state;
    IoStartTimer(device);
    IoStartTimer(device);
    wait_ms(2500);
    assert_int_equal(ticks, 2);
    IoStopTimer(device);
    wait_ms(2000);
    assert_int_equal(ticks, 2); /* one stop is enough */
}

static void deleting_the_device_ends_the_calls(void **state) /* spec: IOT-04 */
{
    (void)state;
    IoStartTimer(device);
    wait_ms(1500);
    assert_int_equal(ticks, 1);
    IoDeleteDevice(device);
    wait_ms(3000);
    assert_int_equal(ticks, 1);
}

static void misuse_is_named(void **state)
{
    (void)state;
    wc_expect_violation("IoTimerReinit");
    IoInitializeTimer(device, tick, &ticks);
    stop_inside = TRUE;
    IoStartTimer(device);
    wc_expect_violation("IoTimerStopInRoutine");
    wait_ms(1500);
    assert_int_equal(ticks, 1);
    IoStopTimer(device);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_runs_once_a_second_while_started),
        TEST(starting_twice_does_not_double),
        TEST(deleting_the_device_ends_the_calls),
        TEST(misuse_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
