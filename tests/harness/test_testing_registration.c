/* test_testing_registration.c - what a driver has registered, what of it ran, and what a test may
 * put in its place; each assertion fails when it should.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>
#include <wdf.h>

#include <string.h>

#include "failing.h"

#include "../drivers/drv_kit.h"

#define KIT    .driver = WC_DRIVER_DRV_KIT, .calls = true
#define FEEDER .driver = WC_DRIVER_DRV_FEEDER

static void *kit_dpc(const char *routine)
{
    return wc_object_with("WDFDPC", "EvtDpcFunc", routine);
}

static struct wc_file *open_kit(void)
{
    struct wc_file *file;

    assert_true(NT_SUCCESS(wc_file_open("Kit", &file)));
    return file;
}

static void write_byte(char byte)
{
    struct wc_file *file = open_kit();
    size_t size;

    assert_true(NT_SUCCESS(wc_file_write(file, &byte, 1, &size)));
    wc_file_close(file);
}

/* ---- registrations ---- */

static void static_functions_are_found_by_name(void **state)
{
    void *dpc = kit_dpc("KitReadDpc");

    wc_assert_registered(dpc, "EvtDpcFunc", "KitReadDpc");
    wc_assert_registered(dpc, "EvtDpcFunc", NULL);
    wc_assert_configured(dpc, "AutomaticSerialization", "FALSE");
    wc_assert_not_registered(dpc, "EvtCleanupCallback");
    assert_ptr_not_equal(dpc, kit_dpc("KitWriteDpc"));
    assert_int_equal(wc_object_count("WDFDPC"), KIT_QUEUES);
}

static void every_type_of_object_tells_its_own(void **state)
{
    void *device = wc_object("WDFDEVICE", 0);
    void *driver = wc_object("WDFDRIVER", 0);
    void *timer = wc_object("WDFTIMER", 0);
    void *reads = wc_object_with("WDFQUEUE", "EvtIoRead", "KitRead");

    wc_assert_registered(device, "EvtDeviceD0Entry", "KitD0Entry");
    wc_assert_registered(device, "EvtDeviceD0Exit", "KitD0Exit");
    wc_assert_not_registered(device, "EvtDevicePrepareHardware");
    wc_assert_registered(device, "EvtDeviceFileCreate", "KitFileCreate");
    wc_assert_registered(device, "EvtFileClose", "KitFileClose");
    wc_assert_not_registered(device, "EvtFileCleanup");
    wc_assert_registered(driver, "EvtDriverDeviceAdd", "KitDeviceAdd");
    wc_assert_registered(driver, "EvtCleanupCallback", "KitDriverCleanup");
    wc_assert_not_registered(driver, "EvtDriverUnload");
    wc_assert_registered(timer, "EvtTimerFunc", "KitTick");
    wc_assert_configured(timer, "Period", "0");
    wc_assert_registered(wc_object("WDFWORKITEM", 0), "EvtWorkItemFunc", "KitWork");
    wc_assert_configured(reads, "DispatchType", "WdfIoQueueDispatchParallel");
    wc_assert_configured(reads, "PowerManaged", "WdfFalse");
    wc_assert_not_registered(reads, "EvtIoWrite");
    wc_assert_configured(wc_object("WDFQUEUE", 2), "DispatchType", "WdfIoQueueDispatchManual");
}

static void a_registration_prints_all_of_an_object(void **state)
{
    const char *text = wc_registration(kit_dpc("KitReadDpc"));

    assert_memory_equal(text, "WDFDPC #", 8);
    assert_non_null(strstr(text, "\n  EvtDpcFunc = KitReadDpc\n"));
    assert_non_null(strstr(text, "\n  AutomaticSerialization = FALSE\n"));
    assert_non_null(strstr(text, "\n  ParentObject = WDFQUEUE #"));
    text = wc_registration(wc_object("WDFDEVICE", 0));
    assert_non_null(strstr(text, "\n  EvtDeviceD0Entry = KitD0Entry\n"));
    assert_non_null(strstr(text, "\n  SynchronizationScope = WdfSynchronizationScope"));
}

static void a_driver_without_framework_tells_its_own(void **state)
{
    void *driver = wc_driver_object();

    wc_assert_registered(driver, "AddDevice", NULL);
    wc_assert_registered(driver, "DriverUnload", NULL);
    wc_assert_registered(driver, "MajorFunction[IRP_MJ_READ]", NULL);
    wc_assert_not_registered(driver, "MajorFunction[IRP_MJ_SYSTEM_CONTROL]");
    wc_assert_not_registered(driver, "DriverStartIo");
    assert_memory_equal(wc_registration(driver), "DRIVER_OBJECT\n", 14);
}

static void note_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
}

static void a_kernel_dpc_tells_its_own(void **state)
{
    KDPC dpc;

    KeInitializeDpc(&dpc, note_dpc, NULL);
    KeSetImportanceDpc(&dpc, HighImportance);
    wc_assert_registered(&dpc, "DeferredRoutine", "note_dpc");
    wc_assert_configured(&dpc, "Importance", "2");
}

static void the_interrupt_of_a_driver_tells_its_own(void **state)
{
    void *interrupt = wc_object("WDFINTERRUPT", 0);

    wc_assert_registered(interrupt, "EvtInterruptIsr", NULL);
    wc_assert_registered(interrupt, "EvtInterruptDpc", NULL);
    wc_assert_not_registered(interrupt, "EvtInterruptWorkItem");
    wc_assert_registered(WdfInterruptWdmGetInterrupt(interrupt), "ServiceRoutine", NULL);
}

/* ---- callbacks that ran ---- */

static void callbacks_are_logged_in_order_with_level_and_processor(void **state)
{
    write_byte('a');
    wc_assert_callbacks("Evt[!D]*", "EvtIoWrite KitWrite, PASSIVE, cpu0\n"
                                    "EvtFileClose KitFileClose, PASSIVE, cpu0\n");
    wc_assert_callbacks("EvtDpcFunc", "EvtDpcFunc KitReadDpc, DISPATCH, cpu0\n"
                                      "EvtDpcFunc KitWriteDpc, DISPATCH, cpu0\n");
    assert_int_equal(wc_callbacks("DriverEntry").count, 1);
    assert_int_equal(wc_callbacks("KitD0Entry").count, 1);
}

static void arguments_are_those_that_the_driver_got(void **state)
{
    write_byte('a');
    const struct wc_callback *write = wc_callbacks("EvtIoWrite").callback[0];
    const struct wc_callback *power = wc_callbacks("EvtDeviceD0Entry").callback[0];

    assert_int_equal(write->arguments, 3);
    assert_int_equal(write->argument[0],
                     (uint64_t)(uintptr_t)wc_object_with("WDFQUEUE", "EvtIoWrite", NULL));
    assert_int_equal(write->argument[2], 1); /* Length */
    assert_true(write->returned);
    assert_int_equal(power->argument[0], (uint64_t)(uintptr_t)wc_object("WDFDEVICE", 0));
    assert_int_equal(power->argument[1], WdfPowerDeviceD3Final);
}

static void note_callback(const struct wc_callback *callback, void *context)
{
    unsigned *times = context;

    assert_int_equal(callback->irql, DISPATCH_LEVEL);
    assert_false(callback->returned);
    ++*times;
}

static void note_done(void *context, int32_t status, uint64_t information)
{
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(information, 1);
}

static void an_observed_callback_still_does_its_work(void **state)
{
    unsigned times = 0;
    struct wc_file *file = open_kit();
    char byte = 0;
    struct wc_io *read;

    wc_observe_callback(kit_dpc("KitReadDpc"), "EvtDpcFunc", note_callback, &times);
    assert_int_equal(wc_file_read_start(file, &byte, 1, note_done, NULL, &read), STATUS_PENDING);
    write_byte('b');
    assert_int_equal(byte, 'b');
    assert_int_equal(times, 1);
    wc_file_close(file);
}

static unsigned replaced_runs;
static wc_any_function *original;

static VOID InsteadOfReadDpc(WDFDPC Dpc)
{
    replaced_runs++;
    ((PFN_WDF_DPC)original)(Dpc);
}

static void a_callback_can_be_replaced(void **state)
{
    void *dpc = kit_dpc("KitReadDpc");

    replaced_runs = 0;
    original = wc_replace_callback(dpc, "EvtDpcFunc", (wc_any_function *)InsteadOfReadDpc);
    wc_assert_registered(dpc, "EvtDpcFunc", "InsteadOfReadDpc");
    write_byte('c');
    assert_int_equal(replaced_runs, 1);
    wc_assert_callbacks("*ReadDpc", "EvtDpcFunc InsteadOfReadDpc, DISPATCH, cpu0\n");
    assert_int_equal(wc_calls("WdfIoQueueRetrieveNextRequest").count, 1); /* the original's */
    wc_replace_callback(dpc, "EvtDpcFunc", original);
    write_byte('d');
    assert_int_equal(replaced_runs, 1);
}

/* ---- what must fail ---- */

static void another_function_is_registered(void **state)
{
    wc_assert_registered(kit_dpc("KitReadDpc"), "EvtDpcFunc", "KitWriteDpc");
}

static void nothing_is_registered(void **state)
{
    wc_assert_registered(wc_object("WDFDEVICE", 0), "EvtDevicePrepareHardware", NULL);
}

static void something_is_registered(void **state)
{
    wc_assert_not_registered(wc_object("WDFDEVICE", 0), "EvtDeviceD0Entry");
}

static void the_object_has_no_such_field(void **state)
{
    wc_assert_registered(wc_object("WDFTIMER", 0), "EvtDpcFunc", NULL);
}

static void the_value_is_another(void **state)
{
    wc_assert_configured(kit_dpc("KitReadDpc"), "AutomaticSerialization", "TRUE");
}

static void no_object_has_it(void **state)
{
    kit_dpc("KitRead");
}

static void there_are_fewer_objects(void **state)
{
    wc_object("WDFDPC", KIT_QUEUES);
}

static void it_is_no_object(void **state)
{
    uint64_t words[8] = {0};

    wc_registration(words);
}

static void the_callbacks_were_others(void **state)
{
    wc_assert_callbacks("EvtDeviceD0Entry", "");
}

static void assert_false_here(const struct wc_callback *callback, void *context)
{
    assert_string_equal(callback->function, "in an observer");
}

static void an_observer_asserts(void **state)
{
    wc_callbacks(NULL);
    wc_observe_callback(kit_dpc("KitReadDpc"), "EvtDpcFunc", assert_false_here, NULL);
    write_byte('e');
}

static VOID FailInDpc(WDFDPC Dpc)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void a_replacement_asserts(void **state)
{
    wc_replace_callback(kit_dpc("KitReadDpc"), "EvtDpcFunc", (wc_any_function *)FailInDpc);
    write_byte('f');
}

static const struct failing cases[] = {
    {"another_function_is_registered",
     wc_unit_test(another_function_is_registered, KIT),
     {"EvtDpcFunc is KitReadDpc, and not KitWriteDpc", "WDFDPC #", "last events"}},
    {"nothing_is_registered",
     wc_unit_test(nothing_is_registered, KIT),
     {"EvtDevicePrepareHardware is NULL, and not set"}},
    {"something_is_registered",
     wc_unit_test(something_is_registered, KIT),
     {"EvtDeviceD0Entry is KitD0Entry, and should not be set"}},
    {"the_object_has_no_such_field",
     wc_unit_test(the_object_has_no_such_field, KIT),
     {"EvtDpcFunc: the object has no such field", "EvtTimerFunc = KitTick"}},
    {"the_value_is_another",
     wc_unit_test(the_value_is_another, KIT),
     {"AutomaticSerialization is FALSE, and not TRUE"}},
    {"no_object_has_it",
     wc_unit_test(no_object_has_it, KIT),
     {"no WDFDPC has EvtDpcFunc = KitRead", ": KitWriteDpc"}},
    {"there_are_fewer_objects",
     wc_unit_test(there_are_fewer_objects, KIT),
     {"there are 2 objects of type WDFDPC, and no 2"}},
    {"it_is_no_object", wc_unit_test(it_is_no_object, KIT), {"is no live framework object"}},
    {"the_callbacks_were_others",
     wc_unit_test(the_callbacks_were_others, KIT),
     {"EvtDeviceD0Entry KitD0Entry, PASSIVE, cpu0", "and not"}},
    {"an_observer_asserts", wc_unit_test(an_observer_asserts, KIT), {"in an observer"}},
    {"a_replacement_asserts", wc_unit_test(a_replacement_asserts, KIT), {"0x2 != 0"}},
};

static void each_assertion_fails_when_it_should(void **state)
{
    failing_check(cases, sizeof(cases) / sizeof(cases[0]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(static_functions_are_found_by_name, KIT),
        wc_unit_test(every_type_of_object_tells_its_own, KIT),
        wc_unit_test(a_registration_prints_all_of_an_object, KIT),
        wc_unit_test(a_driver_without_framework_tells_its_own, FEEDER),
        wc_unit_test(a_kernel_dpc_tells_its_own),
        wc_unit_test(the_interrupt_of_a_driver_tells_its_own, .driver = WC_DRIVER_UART,
                     .model = "uart16550,line=mem", .resources = "port=0x3f8-0x3ff,irq=4"),
        wc_unit_test(callbacks_are_logged_in_order_with_level_and_processor, KIT),
        wc_unit_test(arguments_are_those_that_the_driver_got, KIT),
        wc_unit_test(an_observed_callback_still_does_its_work, KIT),
        wc_unit_test(a_callback_can_be_replaced, KIT),
        cmocka_unit_test(each_assertion_fails_when_it_should),
    };

    if (argc > 1) {
        return failing_run(cases, sizeof(cases) / sizeof(cases[0]), argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
