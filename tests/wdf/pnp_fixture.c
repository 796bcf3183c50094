/* pnp_fixture.c - a machine with the driver drv_pnp. */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "base/lock.h"
#include "nt/io/pnp/io_pnp.h"

__attribute__((visibility("default"))) struct drv_pnp_plan drv_pnp_plan;

static bool fibers_only;

int pnp_setup(void **state)
{
    (void)state;
    fibers_only = false;
    memset(&drv_pnp_plan, 0, sizeof(drv_pnp_plan));
    return 0;
}

int pnp_teardown(void **state)
{
    return wc_test_end(state);
}

void pnp_fibers_only(void)
{
    fibers_only = true;
}

void pnp_load(void)
{
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .fibers_only = fibers_only);
}

void pnp_let_run(void)
{
    LARGE_INTEGER moment = {.QuadPart = -1};

    for (int i = 0; i < 4; i++) {
        (void)KeGetCurrentIrql();
    }
    if (base_threaded &&
        KeGetCurrentIrql() == PASSIVE_LEVEL) { /* virtual time moves when everything else rests */
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
}

enum wc_result pnp_add(const char *resources, struct wc_device **device)
{
    const struct wc_device_config config = {.resources = resources};

    return wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, device);
}

struct wc_device *pnp_start(const char *resources)
{
    struct wc_device *device = NULL;

    pnp_load();
    if (pnp_add(resources, &device) != WC_OK) {
        fail_msg("the device does not start: %s", wc_last_error());
    }
    return device;
}

void pnp_remove(struct wc_device *device)
{
    assert_int_equal(wc_device_remove(device), WC_OK);
}

void assert_pnp_log(const char *expected)
{
    if (base_threaded && wc_test_the_machine() != NULL) { /* workers may not be at rest yet */
        wc_machine_advance(wc_test_the_machine(), 100);
    }
    assert_string_equal(drv_pnp_plan.log, expected);
    drv_pnp_plan.log[0] = '\0';
}

struct pnp_request {
    UCHAR minor;
    NTSTATUS status;
    POWER_STATE_TYPE type;
    int state;
    ULONG irq;
};

void pnp_open_in_task(void *context)
{
    struct wc_file *file;
    NTSTATUS status = wc_file_open("PnpTest", &file);

    *(NTSTATUS *)context = status;
    if (NT_SUCCESS(status)) {
        wc_file_close(file);
    }
}

NTSTATUS pnp_open(void)
{
    NTSTATUS status = STATUS_PENDING;

    wc_test_call(pnp_open_in_task, &status);
    return status;
}

static void pnp_read_in_task(void *context)
{
    struct wc_file *file;
    char byte;
    size_t read;

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_read(file, &byte, 1, &read), STATUS_SUCCESS);
    wc_file_close(file);
}

void pnp_read_a_byte(void)
{
    wc_test_call(pnp_read_in_task, NULL);
}

static void pnp_send_in_task(void *context)
{
    struct pnp_request *request = context;

    request->status = io_pnp_send(drv_pnp_plan.pdo, request->minor, NULL, NULL);
}

NTSTATUS pnp_send(UCHAR minor)
{
    struct pnp_request request = {.minor = minor};

    wc_test_call(pnp_send_in_task, &request);
    return request.status;
}

static void pnp_start_in_task(void *context)
{
    struct pnp_request *request = context;
    const struct io_resource line = {
        .kind = IO_RESOURCE_INTERRUPT, .irq = request->irq, .level_triggered = true};
    ULONG count = request->irq != 0 ? 1 : 0;
    PCM_RESOURCE_LIST raw = io_resource_list(&line, count, false);
    PCM_RESOURCE_LIST translated = io_resource_list(&line, count, true);

    request->status = io_pnp_start(drv_pnp_plan.pdo, raw, translated);
    if (count != 0) {
        io_resource_list_free(raw);
        io_resource_list_free(translated);
    }
}

NTSTATUS pnp_restart(ULONG irq)
{
    struct pnp_request request = {.irq = irq};

    wc_test_call(pnp_start_in_task, &request);
    return request.status;
}

static void pnp_power_in_task(void *context)
{
    struct pnp_request *request = context;
    POWER_STATE state;

    if (request->type == SystemPowerState) {
        state.SystemState = (SYSTEM_POWER_STATE)request->state;
    } else {
        state.DeviceState = (DEVICE_POWER_STATE)request->state;
    }
    request->status =
        io_power_send(drv_pnp_plan.pdo, IRP_MN_SET_POWER, request->type, state, PowerActionSleep);
}

NTSTATUS pnp_power(POWER_STATE_TYPE type, int state)
{
    struct pnp_request request = {.type = type, .state = state};

    wc_test_call(pnp_power_in_task, &request);
    return request.status;
}
