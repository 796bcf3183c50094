#pragma once
/* pnp_fixture.h - a machine with the driver drv_pnp, for the tests of devices, PnP and interrupts.
 *
 *     drv_pnp_plan.interrupts = 1;
 *     struct wc_device *device = pnp_start("irq=4");   add and start; the machine is made, too
 *     pnp_remove(device);
 *     assert_pnp_log("Entry Add Prepare ...");
 */
#include <wdfcore/testing.h>

#include "drivers/drv_pnp.h"

/* pnp_setup, pnp_teardown: for cmocka: the plan is empty, no machine is left. */
int pnp_setup(void **state);
int pnp_teardown(void **state);

/* pnp_fibers_only: what the test proves holds with fibers alone; before its machine starts. */
void pnp_fibers_only(void);

/* pnp_let_run: what is under way on other processors comes to its end; in a task. */
void pnp_let_run(void);

/* pnp_load: a machine with the driver, no device. pnp_add: a device; its result. */
void pnp_load(void);
enum wc_result pnp_add(const char *resources, struct wc_device **device);
/* pnp_start: both; fails the test if the device does not start. */
struct wc_device *pnp_start(const char *resources);
void pnp_remove(struct wc_device *device);

/* assert_pnp_log: the log since the last look is exactly this; empties it. */
void assert_pnp_log(const char *expected);

/* pnp_open: an application opens PnpTest, the link of the plan; closes it; the status of the open.
 * pnp_open_in_task: the same in a task; context: NTSTATUS *. */
NTSTATUS pnp_open(void);
void pnp_open_in_task(void *context);
/* pnp_read_a_byte: an application opens it and reads, which succeeds. */
void pnp_read_a_byte(void);

/* pnp_send: a PnP request to the device's stack, from a task; its status. */
NTSTATUS pnp_send(UCHAR minor);
/* pnp_restart: start again with one interrupt line, or with nothing (irq 0). */
NTSTATUS pnp_restart(ULONG irq);
/* pnp_power: a device or system power request. */
NTSTATUS pnp_power(POWER_STATE_TYPE type, int state);

#define pnp_test(function) cmocka_unit_test_setup_teardown(function, pnp_setup, pnp_teardown)
