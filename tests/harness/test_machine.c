#include <wdfcore/testing.h>

#include <wdm.h>

#include <string.h>

/* The functions of machine.h are called from outside the machine: these are plain cmocka tests. */

static struct wc_machine *made; /* the last one: a test that failed leaves it */

static void check(enum wc_result result)
{
    if (result != WC_OK) {
        fail_msg("result %d: %s", result, wc_last_error());
    }
}

static struct wc_machine *create(void)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;

    check(wc_machine_create(&config, &made));
    assert_non_null(made);
    return made;
}

static int clean(void **state)
{
    wc_machine_destroy(made); /* refused if it is gone */
    return 0;
}

static void assert_error_holds(const char *text)
{
    if (strstr(wc_last_error(), text) == NULL || strchr(wc_last_error(), '\n') != NULL) {
        fail_msg("'%s', not '%s'", wc_last_error(), text);
    }
}

/* ---- life ---- */

static void a_bad_description_is_refused_in_a_line(void **state)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine = NULL;

    config.processors = 0;
    assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
    assert_error_holds("1 to 64 processors, not 0");
    config.processors = 65;
    assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
    config.processors = 1;
    config.tick_ns = 10;
    assert_int_equal(wc_machine_create(&config, &machine), WC_BAD_INPUT);
    assert_error_holds("tick");
    assert_null(machine);
}

static void there_is_one_machine_at_a_time(void **state)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine = create(), *second = NULL;

    assert_int_equal(wc_machine_create(&config, &second), WC_FAILED);
    assert_error_holds("one machine at a time");
    check(wc_machine_destroy(machine));
    assert_int_equal(wc_machine_destroy(machine), WC_BAD_INPUT);
}

static void machines_come_and_go(void **state)
{
    for (int i = 0; i < 200; i++) {
        check(wc_machine_destroy(create()));
    }
}

/* ---- driving ---- */

struct order {
    char text[16];
    struct wc_event *event;
};

static void note(struct order *order, char letter)
{
    size_t length = strlen(order->text);

    order->text[length] = letter;
    order->text[length + 1] = '\0';
}

static void wait_for_event(void *context)
{
    struct order *order = context;

    note(order, 'a');
    wc_event_wait(order->event);
    note(order, 'c');
    wc_event_wait(order->event);
    note(order, 'e');
}

static void set_event(void *context)
{
    struct order *order = context;

    note(order, 'b');
    wc_event_set(order->event);
}

static void a_call_returns_when_its_body_ended(void **state)
{
    struct wc_machine *machine = create();
    struct order order = {.event = wc_event_create(machine)};

    assert_non_null(order.event);
    check(wc_machine_start_task(machine, wait_for_event, &order));
    assert_string_equal(order.text, ""); /* nothing runs until the machine is driven */
    check(wc_machine_call(machine, set_event, &order));
    check(wc_machine_run(machine, NULL, NULL));
    assert_string_equal(order.text, "abc");
    assert_true(wc_machine_is_idle(machine));
    check(wc_machine_call(machine, set_event, &order));
    check(wc_machine_run(machine, NULL, NULL));
    assert_string_equal(order.text, "abcbe");
    wc_event_delete(order.event);
    check(wc_machine_destroy(machine));
}

static ULONG setting_value;
static PVOID setting_handle;
static KEVENT setting_told;

static NTSTATUS setting_changed(LPCGUID setting, PVOID value, ULONG length, PVOID context)
{
    setting_value = *(ULONG *)value;
    KeSetEvent(&setting_told, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static void listen_to_setting(void *context)
{
    static const GUID source = {
        0x5d3e9a59, 0xe9d5, 0x4b00, {0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65, 0x48}};

    KeInitializeEvent(&setting_told, SynchronizationEvent, FALSE);
    PoRegisterPowerSettingCallback(NULL, &source, setting_changed, NULL, &setting_handle);
    KeWaitForSingleObject(&setting_told, Executive, KernelMode, FALSE, NULL);
}

static void wait_for_setting(void *context)
{
    KeWaitForSingleObject(&setting_told, Executive, KernelMode, FALSE, NULL);
    PoUnregisterPowerSettingCallback(setting_handle);
}

static void a_power_setting_reaches_who_asked_for_it(void **state)
{
    const char *source = "{5d3e9a59-e9d5-4b00-a6bd-ff34ff516548}";
    const uint32_t battery = 1;
    struct wc_machine *machine = create();

    check(wc_machine_call(machine, listen_to_setting, NULL));
    assert_int_equal(setting_value, 0);
    check(wc_machine_power_setting(machine, source, &battery, sizeof(battery)));
    check(wc_machine_call(machine, wait_for_setting, NULL));
    assert_int_equal(setting_value, 1);
    assert_int_equal(wc_machine_power_setting(machine, "5d3e9a59", &battery, sizeof(battery)),
                     WC_BAD_INPUT);
    assert_error_holds("not a GUID");
    assert_int_equal(wc_machine_power_setting(machine, source, &battery, 0), WC_BAD_INPUT);
    assert_error_holds("0 bytes");
    check(wc_machine_destroy(machine));
}

static void time_moves_as_far_as_it_is_told(void **state)
{
    struct wc_machine *machine = create();
    uint64_t start = wc_machine_now_ns(machine);

    check(wc_machine_advance(machine, 1000000));
    assert_int_equal(wc_machine_now_ns(machine) - start, 1000000);
    check(wc_machine_run_until(machine, start + 3000000, NULL, NULL));
    assert_int_equal(wc_machine_now_ns(machine) - start, 3000000);
    check(wc_machine_destroy(machine));
}

static bool never(void *context)
{
    ++*(unsigned *)context;
    return false;
}

static void a_condition_that_cannot_come_true_is_reported(void **state)
{
    struct wc_machine *machine = create();
    unsigned asked = 0;

    assert_int_equal(wc_machine_run(machine, never, &asked), WC_STUCK);
    assert_true(asked > 0);
    check(wc_machine_destroy(machine));
}

/* ---- drivers ---- */

static void each_machine_gives_a_driver_fresh_globals(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct wc_machine *machine = create();
        struct wc_driver *driver = NULL;

        /* Its DriverEntry fails on globals that are not as new. */
        check(wc_machine_load_driver(machine, WC_DRIVER_DRV_GLOBALS, &driver));
        check(wc_machine_destroy(machine));
    }
}

static void one_driver_loaded_twice_shares_nothing(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *first = NULL, *second = NULL;

    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_GLOBALS, &first));
    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_GLOBALS, &second));
    assert_ptr_not_equal(first, second);
    check(wc_machine_unload_driver(first));
    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_GLOBALS, &first));
    check(wc_machine_destroy(machine));
}

static void a_driver_that_does_not_start_is_named_in_a_line(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;

    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_REFUSES, &driver), WC_FAILED);
    assert_error_holds("DriverEntry failed with STATUS_INSUFFICIENT_RESOURCES (0xC000009A)");
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_NO_ENTRY, &driver),
                     WC_BAD_INPUT);
    assert_error_holds("it has no function DriverEntry");
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_UNDEFINED, &driver),
                     WC_BAD_INPUT);
    assert_error_holds("WdfNobodyProvidesThis");
    assert_int_equal(wc_machine_load_driver(machine, "nowhere.so", &driver), WC_BAD_INPUT);
    assert_error_holds("No such file");
    assert_null(driver);
    check(wc_machine_destroy(machine));
}

static void a_violation_stops_the_machine_and_names_the_line(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;

    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_VIOLATES, &driver), WC_STOPPED);
    assert_non_null(strstr(wc_last_report(), "VIOLATION SpinLockAlreadyOwned"));
    assert_non_null(strstr(wc_last_report(), "AcquireAgain (drv_violates.c:"));
    assert_non_null(strstr(wc_last_report(), "DriverEntry (drv_violates.c:"));
    /* Nothing runs in it any more. */
    unsigned asked = 0;
    assert_int_equal(wc_machine_call(machine, NULL, NULL), WC_STOPPED);
    assert_int_equal(wc_machine_run(machine, never, &asked), WC_STOPPED);
    assert_int_equal(asked, 0);
    assert_int_equal(wc_machine_destroy(machine), WC_STOPPED);
    check(wc_machine_destroy(create()));
}

static void a_violation_is_collected_when_that_is_asked_for(void **state)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;
    struct wc_driver *driver = NULL;

    config.collect = true;
    check(wc_machine_create(&config, &made));
    machine = made;
    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_VIOLATES, &driver));
    assert_int_equal(wc_violations("SpinLockAlreadyOwned"), 1);
    assert_int_equal(wc_machine_destroy(machine), WC_STOPPED);
}

/* ---- devices ---- */

static struct wc_device *add_feeder(struct wc_machine *machine, struct wc_driver **driver)
{
    struct wc_device_config config = {0};
    struct wc_device *device = NULL;

    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, driver));
    if (wc_machine_add_device(machine, *driver, &config, &device) != WC_OK) {
        fail_msg("%s", wc_last_error());
    }
    return device;
}

static void feed(void *context)
{
    struct wc_file *file = NULL;
    char line[32];
    size_t size = 0, written = 0;

    assert_true(wc_file_open("FEEDER", &file) >= 0);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(wc_file_read(file, line, sizeof(line), &size), 0);
        assert_int_equal(size, 9);
        assert_int_equal(wc_file_write(file, line, size, &written), 0);
        assert_int_equal(written, 9);
    }
    assert_int_equal(wc_file_close(file), 0);
}

static void a_device_is_added_used_and_removed(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;
    struct wc_device *device = add_feeder(machine, &driver);
    struct wc_statistics statistics;

    wc_machine_call(machine, feed, NULL);
    wc_machine_statistics(machine, &statistics);
    assert_int_equal(statistics.bytes_read, 450);
    assert_int_equal(statistics.bytes_written, 450);
    assert_true(statistics.requests >= 100);
    assert_string_equal(wc_device_stream_address(device), "");
    assert_int_equal(wc_machine_unload_driver(driver), WC_BAD_INPUT);
    assert_error_holds("still has a device");
    check(wc_device_remove(device));
    check(wc_machine_unload_driver(driver));
    check(wc_machine_destroy(machine));
}

static void a_device_can_be_pulled_out(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;
    struct wc_device *device = add_feeder(machine, &driver);

    check(wc_device_surprise_remove(device));
    check(wc_machine_destroy(machine));
}

static void fail_device(void *context)
{
    struct wc_file *file = NULL;
    size_t size;

    assert_true(wc_file_open("FEEDER", &file) >= 0);
    assert_int_equal(wc_file_ioctl(file, 0x220004, NULL, 0, NULL, 0, &size), 0);
    wc_file_close(file);
}

static void open_in_vain(void *context)
{
    struct wc_file *file = NULL;

    assert_true(wc_file_open("FEEDER", &file) < 0);
}

static void a_device_that_reports_itself_failed_is_removed(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;
    struct wc_device *device = add_feeder(machine, &driver);

    check(wc_machine_call(machine, fail_device, NULL));
    check(wc_machine_run(machine, NULL, NULL));
    check(wc_machine_call(machine, open_in_vain, NULL));
    check(wc_device_remove(device)); /* it is still there, only without a driver */
    check(wc_machine_destroy(machine));
}

static void destroying_removes_what_is_there(void **state)
{
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;

    add_feeder(machine, &driver);
    check(wc_machine_destroy(machine));
}

static void a_device_that_cannot_be_made_is_refused_in_a_line(void **state)
{
    static const struct {
        struct wc_device_config config;
        const char *said;
    } cases[] = {
        {{.resources = "port=5-3"}, "resources: 'port=5-3' ends before it begins"},
        {{.model = "nosuchmodel"}, "nosuchmodel"},
        {{.model = "uart16550,colour=red", .resources = "port=0x3f8-0x3ff,irq=4"}, "colour"},
        {{.model = "uart16550,line=mem"}, "port"},
        {{.model = "uart16550,line=pty", .resources = "port=0x3f8-0x3ff,irq=4"}, "real clock"},
    };
    struct wc_machine *machine = create();
    struct wc_driver *driver = NULL;

    check(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, &driver));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wc_device *device = NULL;

        assert_int_equal(wc_machine_add_device(machine, driver, &cases[i].config, &device),
                         WC_BAD_INPUT);
        assert_error_holds(cases[i].said);
        assert_null(device);
    }
    check(wc_machine_destroy(machine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_bad_description_is_refused_in_a_line, clean),
        cmocka_unit_test_teardown(there_is_one_machine_at_a_time, clean),
        cmocka_unit_test_teardown(machines_come_and_go, clean),
        cmocka_unit_test_teardown(a_call_returns_when_its_body_ended, clean),
        cmocka_unit_test_teardown(a_power_setting_reaches_who_asked_for_it, clean),
        cmocka_unit_test_teardown(time_moves_as_far_as_it_is_told, clean),
        cmocka_unit_test_teardown(a_condition_that_cannot_come_true_is_reported, clean),
        cmocka_unit_test_teardown(each_machine_gives_a_driver_fresh_globals, clean),
        cmocka_unit_test_teardown(one_driver_loaded_twice_shares_nothing, clean),
        cmocka_unit_test_teardown(a_driver_that_does_not_start_is_named_in_a_line, clean),
        cmocka_unit_test_teardown(a_violation_stops_the_machine_and_names_the_line, clean),
        cmocka_unit_test_teardown(a_violation_is_collected_when_that_is_asked_for, clean),
        cmocka_unit_test_teardown(a_device_is_added_used_and_removed, clean),
        cmocka_unit_test_teardown(a_device_can_be_pulled_out, clean),
        cmocka_unit_test_teardown(a_device_that_reports_itself_failed_is_removed, clean),
        cmocka_unit_test_teardown(destroying_removes_what_is_there, clean),
        cmocka_unit_test_teardown(a_device_that_cannot_be_made_is_refused_in_a_line, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
