/* test_wdf_headers.c - layouts, values and INIT functions of the public headers. */
#include "io_fixture.h"

#include <string.h>

#define SIZE(type, size) assert_int_equal(sizeof(type), size)

static void structures_have_their_x64_sizes(void **state)
{
    SIZE(WDF_OBJECT_ATTRIBUTES, 56);
    SIZE(WDF_OBJECT_CONTEXT_TYPE_INFO, 40);
    SIZE(WDF_DRIVER_CONFIG, 32);
    SIZE(WDF_DPC_CONFIG, 24);
    SIZE(WDF_TIMER_CONFIG, 40);
    SIZE(WDF_WORKITEM_CONFIG, 24);
    SIZE(WDF_INTERRUPT_CONFIG, 104);
    SIZE(WDF_INTERRUPT_INFO, 64);
    SIZE(WDF_IO_QUEUE_CONFIG, 96);
    SIZE(WDF_FILEOBJECT_CONFIG, 40);
    SIZE(WDF_PNPPOWER_EVENT_CALLBACKS, 144);
    SIZE(WDF_POWER_POLICY_EVENT_CALLBACKS, 64);
    SIZE(WDF_REQUEST_PARAMETERS, 40);
    SIZE(WDF_REQUEST_SEND_OPTIONS, 16);
    SIZE(WDF_MEMORY_DESCRIPTOR, 24);
}

static void handles_are_distinct_pointers(void **state)
{
    SIZE(WDFOBJECT, 8);
    SIZE(WDFDPC, 8);
    assert_int_equal(WdfRequestTypeRead, IRP_MJ_READ);
    assert_int_equal(WdfRequestTypeDeviceControlInternal, 0xf);
    assert_int_equal(WdfIoQueueDispatchManual, 3);
    assert_int_equal(WdfPowerDeviceD3Final, 5);
    assert_int_equal(WdfUseDefault, 2);
    assert_int_equal(STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS, (NTSTATUS)0xC0200214);
}

static void attributes_inherit(void **state) /* spec: ATTR-01 */
{
    WDF_OBJECT_ATTRIBUTES attributes, expected;

    memset(&attributes, 0xff, sizeof(attributes));
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    memset(&expected, 0, sizeof(expected));
    expected.Size = sizeof(expected);
    expected.ExecutionLevel = (WDF_EXECUTION_LEVEL)1;
    expected.SynchronizationScope = (WDF_SYNCHRONIZATION_SCOPE)1;
    assert_memory_equal(&attributes, &expected, sizeof(expected));
}

static VOID dpc_function(WDFDPC dpc)
{
}

static VOID timer_function(WDFTIMER timer)
{
}

static VOID work_function(WDFWORKITEM item)
{
}

static void callbacks_are_serialized_by_default(void **state) /* spec: WDPC-01 WTMR-01 WORK-01 */
{
    WDF_DPC_CONFIG dpc;
    WDF_TIMER_CONFIG timer;
    WDF_WORKITEM_CONFIG item;

    WDF_DPC_CONFIG_INIT(&dpc, dpc_function);
    assert_true(dpc.AutomaticSerialization);
    assert_ptr_equal(dpc.EvtDpcFunc, dpc_function);
    WDF_TIMER_CONFIG_INIT(&timer, timer_function);
    assert_true(timer.AutomaticSerialization);
    assert_int_equal(timer.TolerableDelay, 0);
    assert_int_equal(timer.Period, 0);
    WDF_TIMER_CONFIG_INIT_PERIODIC(&timer, timer_function, 250);
    assert_true(timer.AutomaticSerialization);
    assert_int_equal(timer.TolerableDelay, 0);
    assert_int_equal(timer.Period, 250);
    WDF_WORKITEM_CONFIG_INIT(&item, work_function);
    assert_true(item.AutomaticSerialization);
}

static void a_queue_config_fits_its_type(void **state)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    assert_int_equal(config.Settings.Parallel.NumberOfPresentedRequests, (ULONG)-1);
    assert_int_equal(config.PowerManaged, WdfUseDefault);
    assert_false(config.DefaultQueue);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    assert_int_equal(config.Settings.Parallel.NumberOfPresentedRequests, 0);
    assert_true(config.DefaultQueue);
}

/* For all combinations of flags each macro says what the table of states says. */
static void state_macros_go_by_their_flags(void **state) /* spec: QUE-30 */
{
    for (unsigned flags = 0; flags < 32; flags++) {
        WDF_IO_QUEUE_STATE now = (WDF_IO_QUEUE_STATE)flags;
        bool accept = flags & 1, dispatch = flags & 2, none = flags & 4, idle = flags & 8;

        assert_int_equal(WDF_IO_QUEUE_IDLE(now), none && idle);
        assert_int_equal(WDF_IO_QUEUE_READY(now), accept && dispatch && (flags & 16) == 0);
        assert_int_equal(WDF_IO_QUEUE_STOPPED(now), accept && !dispatch && idle);
        assert_int_equal(WDF_IO_QUEUE_DRAINED(now), !accept && dispatch && none && idle);
        assert_int_equal(WDF_IO_QUEUE_PURGED(now), !accept && none && idle);
    }
}

static void timeouts_are_in_100ns(void **state)
{
    assert_int_equal(WDF_REL_TIMEOUT_IN_MS(3), -30000);
    assert_int_equal(WDF_REL_TIMEOUT_IN_SEC(2), -20000000);
    assert_int_equal(WDF_REL_TIMEOUT_IN_US(1), -10);
    assert_int_equal(WDF_ABS_TIMEOUT_IN_MS(3), 30000);
    assert_int_equal(WDF_ALIGN_SIZE_UP(13, 8), 16);
    assert_int_equal(WDF_ALIGN_SIZE_DOWN(13, 8), 8);
}

static void idle_settings_go_by_the_capability(void **state)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCannotWakeFromS0);
    assert_int_equal(settings.DxState, PowerDeviceD3);
    assert_int_equal(settings.Enabled, WdfUseDefault);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCanWakeFromS0);
    assert_int_equal(settings.DxState, PowerDeviceMaximum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_have_their_x64_sizes),
        cmocka_unit_test(handles_are_distinct_pointers),
        cmocka_unit_test(attributes_inherit),
        cmocka_unit_test(callbacks_are_serialized_by_default),
        cmocka_unit_test(a_queue_config_fits_its_type),
        cmocka_unit_test(state_macros_go_by_their_flags),
        cmocka_unit_test(timeouts_are_in_100ns),
        cmocka_unit_test(idle_settings_go_by_the_capability),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
