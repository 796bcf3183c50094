#pragma once
/* bus_fixture.h - a machine with the bus driver drv_bus and its children's driver drv_child.
 *
 *     drv_bus_plan.children = 2;
 *     struct wc_device *bus = bus_start();
 *     assert_bus_log("bus.Prepare bus.D0Entry fdo1.Add ...");
 */
#include <wdfcore/testing.h>

#include "drivers/drv_bus.h"

/* bus_setup, bus_teardown: for cmocka: the plan is empty, no machine is left. */
int bus_setup(void **state);
int bus_teardown(void **state);

/* bus_load: a machine with both drivers; drv_child takes the devices with this ID (NULL: none).
 * bus_add: a device for the bus driver; its result. bus_start: both; fails the test if it does not
 * start. */
void bus_load(const char *id);
enum wc_result bus_add(struct wc_device **device);
struct wc_device *bus_start(void);

/* bus_call: in a task of the machine; what it leads to has happened when it returns. */
void bus_call(void (*body)(void *), void *argument);

/* assert_bus_log: the log since the last look is exactly this; empties it. */
void assert_bus_log(const char *expected);

#define bus_test(function) cmocka_unit_test_setup_teardown(function, bus_setup, bus_teardown)
