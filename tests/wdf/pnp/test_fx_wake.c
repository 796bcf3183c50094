/* test_fx_wake.c - a device that wakes itself from Dx, or the system: arming, the signal, disarming. */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/user.h>

#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"

#define PLAN  (&drv_pnp_plan)
#define MS    1000000ull
#define WAKES "irq=4:wake"
#define DOWN  "SelfSuspend ArmS0 PreDisabled(4) D0Exit(4) "
#define UP    "D0Entry(4) PostEnabled(4) "

static WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;
static WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS wake;
static NTSTATUS result;
static NTSTATUS statuses[3];

static int wake_setup(void **state)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCanWakeFromS0);
    idle.IdleTimeout = 100;
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(&wake);
    result = STATUS_PENDING;
    memset(statuses, 0xff, sizeof(statuses));
    return pnp_setup(state);
}

#define wake_test(function) cmocka_unit_test_setup_teardown(function, wake_setup, pnp_teardown)

static void assign_idle(WDFDEVICE device)
{
    result = WdfDeviceAssignS0IdleSettings(device, &idle);
}

static void assign_wake(WDFDEVICE device)
{
    result = WdfDeviceAssignSxWakeSettings(device, &wake);
}

static void advance(ULONGLONG ms)
{
    assert_int_equal(wc_machine_advance(wc_test_the_machine(), ms * MS), WC_OK);
}

static struct wc_device *start_with(void (*assign)(WDFDEVICE device))
{
    struct wc_device *device;

    PLAN->added = assign;
    device = pnp_start(WAKES);
    assert_int_equal(result, STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    return device;
}

static void stop_idle_in_task(void *context)
{
    result = WdfDeviceStopIdle(PLAN->device, TRUE);
}

static void resume_idle_in_task(void *context)
{
    WdfDeviceResumeIdle(PLAN->device);
}

/* ---- S0 ---- */

static void its_signal_brings_it_back(void **state) /* spec: PWR-17 */
{
    struct wc_device *device = start_with(assign_idle);

    assert_int_equal(wc_device_wake(device), WC_FAILED); /* in D0 nobody waits */
    advance(200);
    assert_pnp_log(DOWN);
    assert_int_equal(wc_device_wake(device), WC_OK);
    advance(1);
    assert_pnp_log(UP "WakeS0 DisarmS0 SelfRestart ");
    assert_int_equal(wc_device_wake(device), WC_FAILED);
    advance(200); /* and it idles again */
    assert_pnp_log(DOWN);
}

static void without_a_signal_it_is_only_disarmed(void **state) /* spec: PWR-17 PWR-02 */
{
    struct wc_device *device = start_with(assign_idle);

    advance(200);
    assert_pnp_log(DOWN);
    wc_test_call(stop_idle_in_task, NULL);
    assert_int_equal(result, STATUS_SUCCESS);
    assert_pnp_log(UP "DisarmS0 SelfRestart ");
    assert_int_equal(wc_device_wake(device), WC_FAILED);
    wc_test_call(resume_idle_in_task, NULL);
}

static void a_device_that_cannot_arm_stays_in_d0(void **state) /* spec: PWR-16 */
{
    struct wc_device *device = start_with(assign_idle);

    PLAN->fail = "ArmS0";
    advance(110);
    assert_pnp_log("SelfSuspend ArmS0 SelfRestart ");
    assert_int_equal(wc_device_wake(device), WC_FAILED);
    advance(100); /* the next time-out tries again */
    assert_pnp_log("SelfSuspend ArmS0 SelfRestart ");
    PLAN->fail = NULL;
    advance(100);
    assert_pnp_log(DOWN);
}

static VOID resumed(WDFQUEUE queue, WDFREQUEST request)
{
    strcat(PLAN->log, "Io ");
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void its_queues_go_on_when_it_cannot_arm(void **state) /* spec: PWR-16 */
{
    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    start_with(assign_idle);
    PLAN->fail = "ArmS0";
    advance(110);
    assert_pnp_log("SelfSuspend ArmS0 SelfRestart ");
    pnp_read_a_byte();
    assert_pnp_log("Io ");
}

static void indicate_in_task(void *context)
{
    statuses[0] = WdfDeviceIndicateWakeStatus(PLAN->device, STATUS_SUCCESS);
    statuses[1] = WdfDeviceIndicateWakeStatus(PLAN->device, STATUS_SUCCESS);
}

static void an_indicated_wake_is_one(void **state) /* spec: PWR-17 PWR-18 */
{
    start_with(assign_idle);
    advance(200);
    assert_pnp_log(DOWN);
    wc_test_call(indicate_in_task, NULL);
    advance(1);
    assert_pnp_log(UP "WakeS0 DisarmS0 SelfRestart ");
    assert_int_equal(statuses[0], STATUS_SUCCESS);
    assert_int_equal(statuses[1], STATUS_INVALID_DEVICE_REQUEST);
}

static void a_removal_disarms_it(void **state)
{
    struct wc_device *device = start_with(assign_idle);

    advance(200);
    PLAN->log[0] = '\0';
    pnp_remove(device);
    assert_pnp_log("QueryRemove " UP "DisarmS0 SelfRestart SelfSuspend PreDisabled(5) D0Exit(5) "
                   "Release SelfFlush SelfCleanup DeviceCleanup DeviceDestroy ");
}

static void a_surprise_forgets_it(void **state)
{
    struct wc_device *device = start_with(assign_idle);

    advance(200);
    PLAN->log[0] = '\0';
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_pnp_log("Surprise Release SelfFlush SelfCleanup DeviceCleanup DeviceDestroy ");
}

/* ---- what the bus can ---- */

static void claim_and_assign(WDFDEVICE device)
{
    WDF_DEVICE_POWER_CAPABILITIES capabilities;

    WDF_DEVICE_POWER_CAPABILITIES_INIT(&capabilities);
    capabilities.DeviceWake = PowerDeviceD2;
    capabilities.SystemWake = PowerSystemSleeping1;
    WdfDeviceSetPowerCapabilities(device, &capabilities);
    idle.DxState = PowerDeviceD3;
    statuses[0] = WdfDeviceAssignS0IdleSettings(device, &idle);
    wake.DxState = PowerDeviceD3;
    statuses[1] = WdfDeviceAssignSxWakeSettings(device, &wake);
    idle.DxState = PowerDeviceMaximum;
    statuses[2] = WdfDeviceAssignS0IdleSettings(device, &idle);
}

static void it_wakes_from_no_deeper_than_it_can(void **state)
{
    PLAN->added = claim_and_assign;
    pnp_start(WAKES);
    assert_int_equal(statuses[0], STATUS_POWER_STATE_INVALID);
    assert_int_equal(statuses[1], STATUS_POWER_STATE_INVALID);
    assert_int_equal(statuses[2], STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    advance(200);
    assert_pnp_log("SelfSuspend ArmS0 PreDisabled(3) D0Exit(3) ");
}

static void a_bus_that_cannot_wait_keeps_it_in_d0(void **state) /* spec: PWR-16 */
{
    PLAN->added = claim_and_assign;
    pnp_start("irq=4"); /* the driver claims what the bus does not have */
    assert_int_equal(statuses[2], STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    advance(110);
    assert_pnp_log("SelfSuspend SelfRestart ");
}

static void assign_both(WDFDEVICE device)
{
    statuses[0] = WdfDeviceAssignS0IdleSettings(device, &idle);
    statuses[1] = WdfDeviceAssignSxWakeSettings(device, &wake);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleUsbSelectiveSuspend);
    statuses[2] = WdfDeviceAssignS0IdleSettings(device, &idle);
}

static void a_bus_that_cannot_wake_refuses(void **state)
{
    PLAN->added = assign_both;
    pnp_start("irq=4");
    assert_int_equal(statuses[0], STATUS_POWER_STATE_INVALID);
    assert_int_equal(statuses[1], STATUS_POWER_STATE_INVALID);
    assert_int_equal(statuses[2], STATUS_POWER_STATE_INVALID);
}

/* ---- Sx ---- */

static void the_system_sleeps_and_is_woken(void **state) /* spec: PWR-01 PWR-02 */
{
    struct wc_device *device = start_with(assign_wake);

    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend ArmSx PreDisabled(4) D0Exit(4) ");
    assert_int_equal(wc_device_wake(device), WC_OK);
    assert_pnp_log(""); /* the system has to come first */
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_pnp_log(UP "WakeSx DisarmSx SelfRestart ");
}

static void a_deeper_sleep_is_not_armed(void **state)
{
    struct wc_device *device = start_with(assign_wake);

    assert_int_equal(pnp_power(SystemPowerState, PowerSystemHibernate), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) ");
    assert_int_equal(wc_device_wake(device), WC_FAILED);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_pnp_log(UP "SelfRestart ");
}

static void a_failed_arm_does_not_keep_the_system(void **state)
{
    start_with(assign_wake);
    PLAN->fail = "ArmSx";
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend ArmSx PreDisabled(4) D0Exit(4) ");
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_pnp_log(UP "SelfRestart ");
}

static void who_idles_is_armed_anew_for_the_sleep(void **state)
{
    start_with(assign_idle);
    advance(200);
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log(UP "DisarmS0 SelfRestart SelfSuspend PreDisabled(4) D0Exit(4) ");
}

/* A request that the driver has when the system goes to sleep. */
static WDFREQUEST owned;

static VOID keep(WDFQUEUE queue, WDFREQUEST request)
{
    owned = request;
}

static VOID io_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    strcat(PLAN->log, "IoStop ");
    WdfRequestStopAcknowledge(request, FALSE);
}

static void add_queue(WDFDEVICE device)
{
    WDF_IO_QUEUE_CONFIG config;

    assign_wake(device);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDefault = keep;
    config.EvtIoStop = io_stop;
    config.EvtIoResume = resumed;
    assert_int_equal(WdfIoQueueCreate(device, &config, NULL, NULL), STATUS_SUCCESS);
}

static struct wc_file *opened;
static int io_done;

static void count_io(void *context, int32_t status, uint64_t information)
{
    io_done++;
}

static void read_in_task(void *context)
{
    static char byte;
    struct wc_io *io;

    assert_int_equal(wc_file_open("PnpTest", &opened), STATUS_SUCCESS);
    assert_int_equal(wc_file_read_start(opened, &byte, 1, count_io, NULL, &io), STATUS_PENDING);
}

static void close_in_task(void *context)
{
    wc_file_close(opened);
}

static void the_way_down_has_an_order(void **state) /* spec: PWR-01 */
{
    PLAN->link = TRUE;
    PLAN->interrupts = 1;
    io_done = 0;
    start_with(add_queue);
    wc_test_call(read_in_task, NULL);
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend IoStop ArmSx PreDisabled(4) Disable(1) D0Exit(4) ");
    assert_int_equal(io_done, 0);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_pnp_log("D0Entry(4) Enable(1) PostEnabled(4) DisarmSx Io SelfRestart ");
    assert_int_equal(io_done, 1);
    wc_test_call(close_in_task, NULL);
}

/* ---- the hibernation path ---- */

static void use_for_hibernation(void *context)
{
    IO_STACK_LOCATION parameters = {0};

    parameters.Parameters.UsageNotification.InPath = TRUE;
    parameters.Parameters.UsageNotification.Type = DeviceUsageTypeHibernation;
    result = io_pnp_send(PLAN->pdo, IRP_MN_DEVICE_USAGE_NOTIFICATION, &parameters, NULL);
}

static void may_hibernate(WDFDEVICE device)
{
    WdfDeviceSetSpecialFileSupport(device, WdfSpecialFileHibernation, TRUE);
}

static void the_hibernation_path_stays_ready(void **state) /* spec: PWR-20 */
{
    PLAN->added = may_hibernate;
    pnp_start(WAKES);
    wc_test_call(use_for_hibernation, NULL);
    assert_int_equal(result, STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemHibernate), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(6) D0Exit(6) ");
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    assert_pnp_log(UP "SelfRestart ");
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) "); /* only for that state */
}

static void others_go_to_d3(void **state) /* spec: PWR-20 */
{
    pnp_start(WAKES);
    PLAN->log[0] = '\0';
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemHibernate), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend PreDisabled(4) D0Exit(4) ");
}

/* ---- wake interrupts ---- */

static struct hal_line_source *line;
static KIRQL isr_irql;

static BOOLEAN wake_isr(WDFINTERRUPT interrupt, ULONG message)
{
    isr_irql = KeGetCurrentIrql();
    strcat(PLAN->log, "Isr ");
    hal_line_set(line, false);
    return TRUE;
}

static void wake_config(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->PassiveHandling = TRUE;
    config->CanWakeDevice = TRUE;
}

static void passive_config(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->PassiveHandling = TRUE;
}

static void connect_line(void *context)
{
    line = hal_line_connect(4, true);
}

static void raise_line(void *context)
{
    hal_line_set(line, true);
}

static void disconnect_line(void *context)
{
    hal_line_disconnect(line);
}

static struct wc_device *start_with_interrupt(void (*config)(ULONG, WDF_INTERRUPT_CONFIG *),
                                              void (*assign)(WDFDEVICE))
{
    struct wc_device *device;

    isr_irql = HIGH_LEVEL;
    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->config = config;
    PLAN->isr = wake_isr;
    device = start_with(assign);
    wc_test_call(connect_line, NULL);
    return device;
}

static void a_wake_interrupt_waits_for_d0(void **state) /* spec: INTR-58 */
{
    start_with_interrupt(wake_config, assign_idle);
    advance(200);
    assert_pnp_log(DOWN); /* no EvtInterruptDisable */
    wc_test_call(raise_line, NULL);
    advance(1);
    assert_pnp_log(UP "WakeS0 DisarmS0 SelfRestart Isr ");
    assert_int_equal(isr_irql, PASSIVE_LEVEL);
    wc_test_call(raise_line, NULL); /* in D0 it is as any other */
    advance(1);
    assert_pnp_log("Isr ");
    advance(200);
    assert_pnp_log(DOWN);
    wc_test_call(disconnect_line, NULL);
}

static void another_passive_one_is_disabled(void **state) /* spec: INTR-58 */
{
    start_with_interrupt(passive_config, assign_idle);
    advance(200);
    assert_pnp_log("SelfSuspend ArmS0 PreDisabled(4) Disable(1) D0Exit(4) ");
    wc_test_call(raise_line, NULL);
    advance(1);
    assert_pnp_log("");
    wc_test_call(disconnect_line, NULL);
}

static void a_wake_interrupt_that_is_not_armed_is_disabled(void **state) /* spec: INTR-58 */
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
    idle.IdleTimeout = 100;
    start_with_interrupt(wake_config, assign_idle);
    advance(200);
    assert_pnp_log("SelfSuspend PreDisabled(4) Disable(1) D0Exit(4) ");
    wc_test_call(disconnect_line, NULL);
}

static void a_wake_interrupt_wakes_from_sleep(void **state) /* spec: INTR-58 */
{
    start_with_interrupt(wake_config, assign_wake);
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    assert_pnp_log("SelfSuspend ArmSx PreDisabled(4) D0Exit(4) ");
    wc_test_call(raise_line, NULL);
    advance(1);
    assert_pnp_log("");
    assert_int_equal(pnp_power(SystemPowerState, PowerSystemWorking), STATUS_SUCCESS);
    advance(1);
    assert_pnp_log(UP "WakeSx DisarmSx SelfRestart Isr ");
    wc_test_call(disconnect_line, NULL);
}

/* Hardware that is gone signals nothing. */
static void silence(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Surprise") == 0) {
        hal_line_set(line, false);
    }
}

static void a_surprise_ends_the_wait_of_its_isr(void **state)
{
    struct wc_device *device = start_with_interrupt(wake_config, assign_wake);

    assert_int_equal(pnp_power(SystemPowerState, PowerSystemSleeping3), STATUS_SUCCESS);
    wc_test_call(raise_line, NULL);
    advance(1);
    PLAN->log[0] = '\0';
    PLAN->at = silence;
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_pnp_log("Surprise Release SelfFlush SelfCleanup DeviceCleanup DeviceDestroy ");
    wc_test_call(disconnect_line, NULL);
}

/* ---- who may name the line of a wake interrupt ---- */

static bool first_wakes, second_wakes, second_passive;

static void create_two(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    WDFINTERRUPT interrupt;

    for (int i = 0; i < 2; i++) {
        WDF_INTERRUPT_CONFIG config;

        WDF_INTERRUPT_CONFIG_INIT(&config, wake_isr, NULL);
        config.InterruptRaw = WdfCmResourceListGetDescriptor(raw, 0);
        config.InterruptTranslated = WdfCmResourceListGetDescriptor(translated, 0);
        config.PassiveHandling = i == 0 || second_passive;
        config.CanWakeDevice = i == 0 ? first_wakes : second_wakes;
        statuses[i] = WdfInterruptCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &interrupt);
    }
}

static void create_pair(bool first, bool second, bool passive)
{
    first_wakes = first;
    second_wakes = second;
    second_passive = passive;
    PLAN->prepare = create_two;
    pnp_start(WAKES);
    assert_int_equal(statuses[0], STATUS_SUCCESS);
}

static void no_passive_one_joins_a_wake_interrupt(void **state) /* spec: INTR-66 */
{
    create_pair(true, false, true);
    assert_int_equal(statuses[1], STATUS_INVALID_PARAMETER);
}

static void no_wake_interrupt_joins_a_passive_one(void **state) /* spec: INTR-66 */
{
    create_pair(false, true, true);
    assert_int_equal(statuses[1], STATUS_INVALID_PARAMETER);
}

static void two_passive_ones_share_a_line(void **state) /* spec: INTR-66 */
{
    create_pair(false, false, true);
    assert_int_equal(statuses[1], STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wake_test(its_signal_brings_it_back),
        wake_test(without_a_signal_it_is_only_disarmed),
        wake_test(a_device_that_cannot_arm_stays_in_d0),
        wake_test(its_queues_go_on_when_it_cannot_arm),
        wake_test(an_indicated_wake_is_one),
        wake_test(a_removal_disarms_it),
        wake_test(a_surprise_forgets_it),
        wake_test(it_wakes_from_no_deeper_than_it_can),
        wake_test(a_bus_that_cannot_wait_keeps_it_in_d0),
        wake_test(a_bus_that_cannot_wake_refuses),
        wake_test(the_system_sleeps_and_is_woken),
        wake_test(a_deeper_sleep_is_not_armed),
        wake_test(a_failed_arm_does_not_keep_the_system),
        wake_test(who_idles_is_armed_anew_for_the_sleep),
        wake_test(the_way_down_has_an_order),
        wake_test(the_hibernation_path_stays_ready),
        wake_test(others_go_to_d3),
        wake_test(a_wake_interrupt_waits_for_d0),
        wake_test(another_passive_one_is_disabled),
        wake_test(a_wake_interrupt_that_is_not_armed_is_disabled),
        wake_test(a_wake_interrupt_wakes_from_sleep),
        wake_test(a_surprise_ends_the_wait_of_its_isr),
        wake_test(no_passive_one_joins_a_wake_interrupt),
        wake_test(no_wake_interrupt_joins_a_passive_one),
        wake_test(two_passive_ones_share_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
