/* bus_fixture.c - a machine with a bus driver and a driver for its children. */
#include "wdf/bus_fixture.h"

#include <string.h>

__attribute__((visibility("default"))) struct drv_bus_plan drv_bus_plan;

int bus_setup(void **state)
{
    (void)state;
    memset(&drv_bus_plan, 0, sizeof(drv_bus_plan));
    return 0;
}

int bus_teardown(void **state)
{
    return wc_test_end(state);
}

void bus_load(const char *id)
{
    struct wc_driver *child = NULL;

    wc_test_machine(.driver = WC_DRIVER_DRV_BUS, .no_device = true);
    assert_int_equal(wc_machine_load_driver(wc_test_the_machine(), WC_DRIVER_DRV_CHILD, &child),
                     WC_OK);
    assert_int_equal(wc_driver_claim(child, id != NULL ? id : "nothing"), WC_OK);
}

enum wc_result bus_add(struct wc_device **device)
{
    const struct wc_device_config config = {0};

    return wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, device);
}

struct wc_device *bus_start(void)
{
    struct wc_device *device = NULL;

    if (wc_test_the_machine() == NULL) {
        bus_load("wcbus\\child"); /* case does not count */
    }
    if (bus_add(&device) != WC_OK) {
        fail_msg("the bus does not start: %s", wc_last_error());
    }
    return device;
}

void bus_call(void (*body)(void *), void *argument)
{
    wc_test_call(body, argument);
    wc_machine_advance(wc_test_the_machine(), 1000); /* the worker that looks at the bus */
}

void assert_bus_log(const char *expected)
{
    if (wc_test_the_machine() != NULL) {
        wc_machine_advance(wc_test_the_machine(), 1000);
    }
    assert_string_equal(drv_bus_plan.log, expected);
    drv_bus_plan.log[0] = '\0';
}
