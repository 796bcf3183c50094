/* test_po_fx.c - the power framework: what is called when, at which level, and what it answers to. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <stdio.h>
#include <string.h>

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo;
    POHANDLE fx;
    char log[400];
    bool answer_idle, answer_state, answer_off, answer_on; /* inside of the callback */
    ULONG state[2];
    PKTHREAD thread; /* of the last callback */
    volatile LONG calls;
} t;

static PO_FX_COMPONENT_IDLE_STATE states[] = {{0, 0, PO_FX_UNKNOWN_POWER},
                                              {10000, 100000, PO_FX_UNKNOWN_POWER},
                                              {50000, 1000000, PO_FX_UNKNOWN_POWER}};

static void note(const char *text)
{
    if (t.calls >= 0) {
        strcat(t.log, text);
    }
    t.thread = KeGetCurrentThread();
    InterlockedIncrement(&t.calls);
}

static void log_is(const char *expected)
{
    assert_string_equal(t.log, expected);
    t.log[0] = '\0';
}

static VOID active(PVOID context, ULONG component)
{
    char text[20];

    assert_ptr_equal(context, &t);
    snprintf(text, sizeof(text), "active%u ", component);
    note(text);
}

static VOID idle(PVOID context, ULONG component)
{
    char text[20];

    snprintf(text, sizeof(text), "idle%u ", component);
    note(text);
    if (t.answer_idle) {
        PoFxCompleteIdleCondition(t.fx, component);
    }
}

static VOID to_state(PVOID context, ULONG component, ULONG state)
{
    char text[20];

    snprintf(text, sizeof(text), "F%u.%u ", component, state);
    note(text);
    t.state[component] = state;
    if (t.answer_state) {
        PoFxCompleteIdleState(t.fx, component);
    }
}

static VOID required(PVOID context)
{
    note("on ");
    if (t.answer_on) {
        PoFxReportDevicePoweredOn(t.fx);
    }
}

static VOID not_required(PVOID context)
{
    note("off ");
    if (t.answer_off) {
        PoFxCompleteDevicePowerNotRequired(t.fx);
    }
}

static PO_FX_DEVICE device;

static void make_device(void)
{
    memset(&device, 0, sizeof(device));
    device.Version = PO_FX_VERSION_V1;
    device.ComponentCount = 1;
    device.ComponentActiveConditionCallback = active;
    device.ComponentIdleConditionCallback = idle;
    device.ComponentIdleStateCallback = to_state;
    device.DevicePowerRequiredCallback = required;
    device.DevicePowerNotRequiredCallback = not_required;
    device.DeviceContext = &t;
    device.Components[0].IdleStateCount = 3;
    device.Components[0].DeepestWakeableIdleState = 1;
    device.Components[0].IdleStates = states;
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.answer_idle = t.answer_state = t.answer_off = t.answer_on = true;
    t.driver = nt_driver_create();
    t.pdo = nt_device_create(t.driver, NULL, NULL);
    make_device();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (t.fx != NULL) {
        PoFxUnregisterDevice(t.fx);
    }
    nt_driver_delete(t.driver);
    return 0;
}

static void what_cannot_be_is_not_registered(void **state)
{
    PO_FX_COMPONENT_IDLE_STATE bad[] = {{1, 0, 0}};

    (void)state;
    assert_int_equal(PoFxRegisterDevice(NULL, &device, &t.fx), STATUS_INVALID_PARAMETER);
    device.Version = 4;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    device.Version = 0;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    make_device();
    device.ComponentCount = 0;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    make_device();
    device.Components[0].IdleStateCount = 0;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    device.Components[0].IdleStateCount = 1;
    device.Components[0].DeepestWakeableIdleState = 1;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    device.Components[0].DeepestWakeableIdleState = 0;
    device.Components[0].IdleStates = bad;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_INVALID_PARAMETER);
    assert_null(t.fx);
    make_device();
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    wc_expect_violation("BadParameter");
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, (POHANDLE[1]){NULL}),
                     STATUS_INVALID_PARAMETER); /* twice */
    log_is("");
}

static void a_device_goes_to_rest_and_comes_back(void **state)
{
    (void)state;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxActivateComponent(t.fx, 0, 0); /* active as it is */
    PoFxStartDevicePowerManagement(t.fx);
    log_is("");
    PoFxIdleComponent(t.fx, 0, 0);
    log_is("idle0 F0.2 off "); /* the deepest state */
    PoFxActivateComponent(t.fx, 0, PO_FX_FLAG_BLOCKING);
    log_is("on F0.0 active0 ");
    assert_ptr_equal(t.thread, KeGetCurrentThread());
    PoFxActivateComponent(t.fx, 0, 0);
    PoFxIdleComponent(t.fx, 0, PO_FX_FLAG_BLOCKING); /* somebody needs it still */
    log_is("");
    PoFxIdleComponent(t.fx, 0, PO_FX_FLAG_BLOCKING);
    log_is("idle0 F0.2 off ");
    wc_expect_violation("BadParameter");
    PoFxIdleComponent(t.fx, 0, 0);
    wc_expect_violation("BadParameter");
    PoFxActivateComponent(t.fx, 1, 0); /* there is one */
    wc_expect_violation("BadParameter");
    PoFxCompleteIdleState(t.fx, 0); /* nobody waits for it */
    log_is("");
}

static void without_need_all_go_idle_at_the_start(void **state)
{
    (void)state;
    device.Components[0].IdleStateCount = 1;
    device.Components[0].DeepestWakeableIdleState = 0;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("idle0 off "); /* F0 only */
}

static void transitions_wait_for_answers(void **state)
{
    (void)state;
    t.answer_idle = t.answer_state = t.answer_off = t.answer_on = false;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("idle0 ");
    PoFxActivateComponent(t.fx, 0, 0); /* needed again before it is idle */
    log_is("");
    PoFxCompleteIdleCondition(t.fx, 0);
    log_is("active0 ");
    PoFxIdleComponent(t.fx, 0, 0);
    PoFxCompleteIdleCondition(t.fx, 0);
    log_is("idle0 F0.2 ");
    PoFxActivateComponent(t.fx, 0, 0);
    log_is("");
    PoFxCompleteIdleState(t.fx, 0);
    log_is("F0.0 ");
    PoFxCompleteIdleState(t.fx, 0);
    log_is("active0 ");
    PoFxIdleComponent(t.fx, 0, 0);
    PoFxCompleteIdleCondition(t.fx, 0);
    PoFxCompleteIdleState(t.fx, 0);
    log_is("idle0 F0.2 off ");
    PoFxActivateComponent(t.fx, 0, 0);
    log_is("");
    PoFxCompleteDevicePowerNotRequired(t.fx);
    log_is("on ");
    PoFxReportDevicePoweredOn(t.fx);
    log_is("F0.0 ");
    PoFxCompleteIdleState(t.fx, 0);
    log_is("active0 ");
}

static void states_follow_latency_residency_and_wake(void **state)
{
    (void)state;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxSetDeviceIdleTimeout(t.fx, MAXLONGLONG); /* stays on */
    PoFxSetComponentLatency(t.fx, 0, 49999);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("idle0 F0.1 ");
    PoFxSetComponentLatency(t.fx, 0, 50000);
    log_is("F0.2 ");
    PoFxSetComponentWake(t.fx, 0, TRUE);
    log_is("F0.1 ");
    PoFxSetComponentResidency(t.fx, 0, 99999);
    log_is("F0.0 ");
    PoFxSetComponentWake(t.fx, 0, FALSE);
    log_is("");
    PoFxSetComponentResidency(t.fx, 0, PO_FX_UNKNOWN_TIME);
    log_is("F0.2 ");
}

static void power_is_kept_for_the_idle_timeout(void **state)
{
    (void)state;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxSetDeviceIdleTimeout(t.fx, 100 * 10000);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("idle0 F0.2 ");
    nt_delay_ms(60);
    PoFxActivateComponent(t.fx, 0, 0);
    PoFxIdleComponent(t.fx, 0, 0);
    log_is("F0.0 active0 idle0 F0.2 ");
    nt_delay_ms(60); /* the time began anew */
    nt_settle();
    log_is("");
    nt_delay_ms(60);
    nt_settle();
    log_is("off ");
}

static void another_thread_calls_back(void **state)
{
    (void)state;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxActivateComponent(t.fx, 0, 0);
    PoFxStartDevicePowerManagement(t.fx);
    PoFxIdleComponent(t.fx, 0, PO_FX_FLAG_ASYNC_ONLY);
    while (ReadAcquire(&t.calls) < 3) {
        nt_delay_ms(1);
    }
    log_is("idle0 F0.2 off ");
    assert_ptr_not_equal(t.thread, KeGetCurrentThread());
    wc_expect_violation("BadParameter");
    PoFxActivateComponent(t.fx, 0, PO_FX_FLAG_ASYNC_ONLY | PO_FX_FLAG_BLOCKING);
}

static void at_dispatch_level_it_does_not_wait(void **state)
{
    KIRQL irql;

    (void)state;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("idle0 F0.2 off ");
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    PoFxActivateComponent(t.fx, 0, 0);
    wc_expect_violation("IrqlTooHigh");
    PoFxIdleComponent(t.fx, 0, PO_FX_FLAG_BLOCKING);
    KeLowerIrql(irql);
    log_is("on F0.0 active0 ");
}

static void newer_versions_say_more(void **state)
{
    static struct {
        PO_FX_DEVICE_V3 device;
        PO_FX_COMPONENT_V2 second;
    } v3;

    (void)state;
    v3.device.Version = PO_FX_VERSION_V3;
    v3.device.ComponentCount = 2;
    v3.device.ComponentIdleStateCallback = to_state; /* all others: nothing to do */
    v3.device.DevicePowerNotRequiredCallback = not_required;
    v3.device.DeviceContext = &t;
    v3.device.Components[0].IdleStates = v3.second.IdleStates = states;
    v3.device.Components[0].IdleStateCount = v3.second.IdleStateCount = 2;
    v3.second.Flags = PO_FX_COMPONENT_FLAG_F0_ON_DX;
    assert_int_equal(PoFxRegisterDevice(t.pdo, (PPO_FX_DEVICE)&v3.device, &t.fx), STATUS_SUCCESS);
    PoFxActivateComponent(t.fx, 0, 0);
    PoFxStartDevicePowerManagement(t.fx);
    log_is("F1.1 "); /* the first is needed */
    PoFxIdleComponent(t.fx, 0, 0);
    log_is("F0.1 F1.0 off "); /* the second is on when the device goes off */
    PoFxActivateComponent(t.fx, 1, 0);
    log_is("");
    assert_int_equal(PoFxPowerControl(t.fx, &(GUID){0}, NULL, 0, NULL, 0, NULL),
                     STATUS_NOT_IMPLEMENTED);
    PoFxUnregisterDevice(t.fx);
    wc_expect_violation("ObjectNotInitialized");
    PoFxActivateComponent(t.fx, 1, 0);
    t.fx = NULL;
}

/* Two threads, each of which needs the component now and then: it is active whenever one thinks so. */
static volatile LONG is_active_now;

static VOID race_active(PVOID context, ULONG component)
{
    assert_int_equal(InterlockedExchange(&is_active_now, 1), 0);
}

static VOID race_idle(PVOID context, ULONG component)
{
    assert_int_equal(InterlockedExchange(&is_active_now, 0), 1);
    PoFxCompleteIdleCondition(t.fx, component);
}

static VOID race_thread(PVOID context)
{
    for (int i = 0; i < 200; i++) {
        PoFxActivateComponent(t.fx, 0, PO_FX_FLAG_BLOCKING);
        assert_int_equal(ReadAcquire(&is_active_now), 1);
        PoFxIdleComponent(t.fx, 0, i % 3 == 0 ? PO_FX_FLAG_ASYNC_ONLY : 0);
    }
}

static void two_threads_need_it_in_turn(void **state)
{
    PKTHREAD threads[2];

    (void)state;
    device.ComponentActiveConditionCallback = race_active;
    device.ComponentIdleConditionCallback = race_idle;
    is_active_now = 1;
    assert_int_equal(PoFxRegisterDevice(t.pdo, &device, &t.fx), STATUS_SUCCESS);
    PoFxSetDeviceIdleTimeout(t.fx, 10);
    PoFxStartDevicePowerManagement(t.fx);
    t.calls = -1000000; /* the log would grow */
    threads[0] = nt_thread(race_thread, NULL);
    threads[1] = nt_thread(race_thread, NULL);
    nt_join(threads[0]);
    nt_join(threads[1]);
    PoFxUnregisterDevice(t.fx);
    t.fx = NULL;
}

int main(void)
{
#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_is_not_registered),
        TEST(a_device_goes_to_rest_and_comes_back),
        TEST(without_need_all_go_idle_at_the_start),
        TEST(transitions_wait_for_answers),
        TEST(states_follow_latency_residency_and_wake),
        TEST(power_is_kept_for_the_idle_timeout),
        TEST(another_thread_calls_back),
        TEST(at_dispatch_level_it_does_not_wait),
        TEST(newer_versions_say_more),
        TEST(two_threads_need_it_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
