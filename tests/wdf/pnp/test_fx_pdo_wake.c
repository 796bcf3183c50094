/* test_fx_pdo_wake.c - a bus waits for its child's wake signal. */
#include "wdf/bus_fixture.h"

#include <string.h>

#include "nt/io/pnp/io_pnp.h"

#define PLAN (&drv_bus_plan)
#define MS   1000000ull

static struct {
    SYSTEM_POWER_STATE state; /* that Enable was told */
    NTSTATUS enable;          /* what it returns */
    bool at_once;             /* the signal comes inside of it */
    KIRQL irql;               /* of the signal */
    NTSTATUS indicated;
} wake;

static int setup(void **state)
{
    memset(&wake, 0, sizeof(wake));
    return bus_setup(state);
}

static void note(const char *text)
{
    while (__atomic_test_and_set(&PLAN->writing, __ATOMIC_ACQUIRE)) {
        YieldProcessor(); /* the child's function driver, in parallel */
    }
    strcat(PLAN->log, text);
    __atomic_clear(&PLAN->writing, __ATOMIC_RELEASE);
}

/* The log is these two, in either order: with threads the bus is disarmed while the child goes up. */
static void assert_both(const char *one, const char *other)
{
    char text[128];

    wc_machine_advance(wc_test_the_machine(), 1000);
    snprintf(text, sizeof(text), "%s%s", one, other);
    if (strncmp(PLAN->log, one, strlen(one)) != 0) {
        snprintf(text, sizeof(text), "%s%s", other, one);
    }
    assert_bus_log(text);
}

static void signal_wake(void *context)
{
    KIRQL old;

    KeRaiseIrql(wake.irql, &old);
    wake.indicated = WdfDeviceIndicateWakeStatus(PLAN->child[1], STATUS_SUCCESS);
    KeLowerIrql(old);
}

static NTSTATUS evt_enable(WDFDEVICE device, SYSTEM_POWER_STATE state)
{
    assert_true(device == PLAN->child[1]);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    note("Enable ");
    wake.state = state;
    if (wake.at_once) {
        signal_wake(NULL);
    }
    return wake.enable;
}

static VOID evt_disable(WDFDEVICE device)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    note("Disable ");
}

static void wakes(PWDFDEVICE_INIT init, ULONG number)
{
    WDF_PDO_EVENT_CALLBACKS events;

    WDF_PDO_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceEnableWakeAtBus = evt_enable;
    events.EvtDeviceDisableWakeAtBus = evt_disable;
    WdfPdoInitSetEventCallbacks(init, &events);
}

static void can_wake(WDFDEVICE bus)
{
    WDF_DEVICE_POWER_CAPABILITIES capabilities;

    WDF_DEVICE_POWER_CAPABILITIES_INIT(&capabilities);
    capabilities.DeviceWake = PowerDeviceD2;
    capabilities.SystemWake = PowerSystemSleeping3;
    WdfDeviceSetPowerCapabilities(PLAN->child[1], &capabilities);
}

static NTSTATUS assigned;

static void idles(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCanWakeFromS0);
    settings.IdleTimeout = 100;
    assigned = WdfDeviceAssignS0IdleSettings(device, &settings);
}

/* A child whose function driver lets it idle, armed. */
static struct wc_device *start_armed(void)
{
    struct wc_device *bus;

    PLAN->children = 1;
    PLAN->child_init = wakes;
    PLAN->added = can_wake;
    PLAN->fdo_added = idles;
    bus = bus_start();
    assert_int_equal(assigned, STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    wc_machine_advance(wc_test_the_machine(), 200 * MS);
    return bus;
}

#define DOWN "fdo1.D0Exit "
#define UP   "fdo1.D0Entry "

static void a_child_in_d2_is_armed_at_its_bus(void **state)
{
    start_armed();
    assert_bus_log("Enable " DOWN);
    assert_int_equal(wake.state, PowerSystemWorking);
}

static void its_signal_wakes_the_child(void **state)
{
    start_armed();
    assert_bus_log("Enable " DOWN);
    bus_call(signal_wake, NULL);
    assert_int_equal(wake.indicated, STATUS_SUCCESS);
    assert_both("Disable ", UP);
    bus_call(signal_wake, NULL); /* nobody waits any more */
    assert_int_equal(wake.indicated, STATUS_INVALID_DEVICE_REQUEST);
    wc_machine_advance(wc_test_the_machine(), 200 * MS);
    assert_bus_log("Enable " DOWN);
}

static void a_signal_may_come_at_dispatch_level(void **state)
{
    start_armed();
    assert_bus_log("Enable " DOWN);
    wake.irql = DISPATCH_LEVEL;
    bus_call(signal_wake, NULL);
    assert_int_equal(wake.indicated, STATUS_SUCCESS);
    wc_machine_advance(wc_test_the_machine(), 10 * MS);
    assert_non_null(strstr(PLAN->log, "Disable "));
    assert_non_null(strstr(PLAN->log, "fdo1.D0Entry "));
}

static void need_it(void *context)
{
    assert_int_equal(WdfDeviceStopIdle(PLAN->fdo[1], TRUE), STATUS_SUCCESS);
    WdfDeviceResumeIdle(PLAN->fdo[1]);
}

static void a_child_that_is_needed_is_disarmed(void **state)
{
    start_armed();
    assert_bus_log("Enable " DOWN);
    bus_call(need_it, NULL);
    assert_both(UP, "Disable ");
}

static void a_bus_that_cannot_be_armed_keeps_its_child_up(void **state)
{
    wake.enable = STATUS_DEVICE_BUSY;
    start_armed();
    assert_non_null(strstr(PLAN->log, "Enable "));
    assert_null(strstr(PLAN->log, "D0Exit"));
    assert_null(strstr(PLAN->log, "Disable "));
}

static void a_signal_while_it_is_armed_counts(void **state)
{
    wake.at_once = true;
    start_armed();
    assert_int_equal(wake.indicated, STATUS_SUCCESS);
    assert_memory_equal(PLAN->log, "Enable Disable ", 15);
}

static void wait_in_task(void *context)
{
    POWER_STATE state = {.SystemState = PowerSystemWorking};

    *(NTSTATUS *)context =
        io_power_send(WdfDeviceWdmGetDeviceObject(PLAN->child[1]), IRP_MN_WAIT_WAKE,
                      SystemPowerState, state, PowerActionNone);
}

static void a_child_without_the_ability_is_refused(void **state)
{
    NTSTATUS status = STATUS_SUCCESS;

    PLAN->children = 1;
    PLAN->child_init = wakes;
    bus_start();
    PLAN->log[0] = '\0';
    bus_call(wait_in_task, &status);
    assert_int_equal(status, STATUS_NOT_SUPPORTED);
    assert_bus_log("");
}

static void an_armed_child_may_go(void **state)
{
    struct wc_device *bus = start_armed();

    assert_bus_log("Enable " DOWN);
    assert_int_equal(wc_device_surprise_remove(bus), WC_OK);
    assert_non_null(strstr(PLAN->log, "Disable "));
    assert_non_null(strstr(PLAN->log, "pdo1.Cleanup "));
}

#define wake_test(function) cmocka_unit_test_setup_teardown(function, setup, bus_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wake_test(a_child_in_d2_is_armed_at_its_bus),
        wake_test(its_signal_wakes_the_child),
        wake_test(a_signal_may_come_at_dispatch_level),
        wake_test(a_child_that_is_needed_is_disarmed),
        wake_test(a_bus_that_cannot_be_armed_keeps_its_child_up),
        wake_test(a_signal_while_it_is_armed_counts),
        wake_test(a_child_without_the_ability_is_refused),
        wake_test(an_armed_child_may_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
