/* test_machine_misuse.c - the machine's own interface, given what is no machine, driver, device, event or
 * file: NULL, and one that has gone. Each call is refused with a line, and nothing happens to it.
 */
#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <wdfcore/machine.h>
#include <wdfcore/user.h>

static struct wc_machine *machine;
static struct wc_driver *driver;
static struct wc_device *device;
static struct wc_event *event;
static struct wc_file *file;

static void body(void *argument)
{
    (void)argument;
    fail_msg("it was called");
}

static void assert_refused(enum wc_result result, const char *why)
{
    assert_int_equal(result, WC_BAD_INPUT);
    if (strstr(wc_last_error(), why) == NULL) {
        fail_msg("'%s' instead of '%s'", wc_last_error(), why);
    }
}

/* What takes a machine and returns a result. */
static void machine_is_refused(struct wc_machine *wrong)
{
    static const char why[] = "no such machine";
    static const struct wc_device_config config = {0};
    struct wc_usage usage[64];
    struct wc_statistics statistics = {.interrupts = 1};
    char *objects;

    assert_refused(wc_machine_destroy(wrong), why);
    assert_refused(wc_machine_load_driver(wrong, "no.so", &driver), why);
    assert_refused(wc_machine_registry_set(wrong, NULL, "HKLM/A/B=c"), why);
    assert_refused(wc_machine_registry_load(wrong, "no.reg"), why);
    assert_refused(wc_machine_add_device(wrong, driver, &config, &device), why);
    assert_refused(wc_machine_shutdown(wrong), why);
    assert_refused(wc_machine_remove_devices(wrong), why);
    assert_refused(wc_machine_call(wrong, body, NULL), why);
    assert_refused(wc_machine_start_task(wrong, body, NULL), why);
    assert_refused(wc_machine_run(wrong, NULL, NULL), why);
    assert_refused(wc_machine_run_until(wrong, 1, NULL, NULL), why);
    assert_refused(wc_machine_advance(wrong, 1), why);
    assert_refused(wc_machine_attach(wrong, NULL), why);
    assert_refused(wc_processor_call(wrong, 0, body, NULL), why);
    assert_refused(wc_machine_usage(wrong, usage), why);
    assert_refused(wc_objects_write(wrong, stderr, WC_OBJECTS_TEXT), why);
    assert_refused(wc_trace_write(wrong, WC_TRACE_CSV, "no.csv"), why);
    assert_refused(wc_trace_write_stream(wrong, WC_TRACE_CSV, stderr), why);
    assert_false(wc_machine_is_idle(wrong));
    assert_int_equal(wc_machine_now_ns(wrong), 0);
    assert_string_equal(wc_trace_text(wrong), "");
    assert_null(wc_machine_unknown_trace_flag(wrong));
    assert_null(wc_event_create(wrong));
    objects = wc_machine_objects(wrong);
    assert_null(objects);
    wc_machine_statistics(wrong, &statistics);
    assert_int_equal(statistics.interrupts, 0);
    wc_processor_turn(wrong, 0, false);
    wc_machine_record(wrong, true);
    wc_machine_recheck(wrong);
    wc_machine_interrupt(wrong);
}

static void device_is_refused(struct wc_device *wrong)
{
    static const char why[] = "no such device";
    char data[4];

    assert_refused(wc_device_remove(wrong), why);
    assert_refused(wc_device_surprise_remove(wrong), why);
    assert_refused(wc_device_wake(wrong), why);
    assert_int_equal(wc_device_stream_send(wrong, data, sizeof(data)), 0);
    assert_int_equal(wc_device_stream_receive(wrong, data, sizeof(data)), 0);
    wc_device_stream_hangup(wrong);
    wc_device_stream_connect(wrong);
    wc_device_stream_refuse(wrong, true);
    assert_string_equal(wc_device_stream_address(wrong), "");
    assert_false(wc_device_stream_closed(wrong));
    assert_null(wc_device_load(wrong));
}

static void driver_is_refused(struct wc_driver *wrong)
{
    static const char why[] = "no such driver";
    static const struct wc_device_config config = {0};
    struct wc_device *added = NULL;

    assert_false(wc_driver_takes_devices(wrong));
    assert_refused(wc_driver_claim(wrong, "ROOT\\X"), why);
    assert_refused(wc_machine_unload_driver(wrong), why);
    if (machine != NULL) {
        assert_refused(wc_machine_add_device(machine, wrong, &config, &added), why);
        assert_null(added);
    }
}

static void start(void)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;

    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
}

static void end(void)
{
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    machine = NULL;
}

static void without_a_machine_all_is_refused(void **state)
{
    static char other[64];

    (void)state;
    machine_is_refused(NULL);
    machine_is_refused((struct wc_machine *)(void *)other);
    driver_is_refused(NULL);
    device_is_refused(NULL);
    wc_event_delete(NULL);
    wc_event_set(NULL);
    wc_event_wait(NULL);
    wc_event_wait_until(NULL, 1);
    assert_int_equal(wc_machine_create(NULL, &machine), WC_BAD_INPUT);
}

static void what_has_gone_is_refused(void **state)
{
    static const struct wc_device_config config = {.hardware_id = "ROOT\\drv_feeder"};
    struct wc_machine *gone;

    (void)state;
    start();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, &driver), WC_OK);
    assert_int_equal(wc_machine_add_device(machine, driver, &config, &device), WC_OK);
    assert_int_equal(wc_device_remove(device), WC_OK);
    device_is_refused(device);
    assert_int_equal(wc_machine_unload_driver(driver), WC_OK);
    driver_is_refused(driver);
    event = wc_event_create(machine);
    gone = machine;
    end();
    wc_event_delete(event);
    machine_is_refused(gone);
    driver_is_refused(driver);
    device_is_refused(device);
}

static void what_is_missing_is_refused(void **state)
{
    struct wc_device *added = NULL;

    (void)state;
    start();
    assert_refused(wc_machine_load_driver(machine, NULL, &driver), "from a file");
    assert_refused(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, NULL), "into a variable");
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, &driver), WC_OK);
    assert_refused(wc_machine_add_device(machine, driver, NULL, &added), "description");
    assert_refused(wc_driver_claim(driver, NULL), "without characters");
    assert_refused(wc_machine_registry_set(machine, NULL, NULL), "no registry value");
    assert_refused(wc_machine_registry_load(machine, NULL), "no registry file");
    assert_refused(wc_machine_call(machine, NULL, NULL), "no function");
    assert_refused(wc_machine_start_task(machine, NULL, NULL), "no function");
    assert_refused(wc_processor_call(machine, 0, NULL, NULL), "no function");
    assert_refused(wc_machine_attach(machine, NULL), "no loop");
    assert_refused(wc_objects_write(machine, NULL, WC_OBJECTS_TEXT), "no stream");
    assert_refused(wc_trace_write(machine, WC_TRACE_CSV, NULL), "no file");
    assert_refused(wc_trace_write_stream(machine, WC_TRACE_CSV, NULL), "no stream");
    wc_machine_statistics(machine, NULL);
    end();
}

static void file_is_refused(struct wc_file *wrong)
{
    char data[4] = {0};
    size_t moved = 1;

    assert_int_equal(wc_file_read(wrong, data, 4, &moved), STATUS_INVALID_HANDLE);
    assert_int_equal(wc_file_write(wrong, data, 4, &moved), STATUS_INVALID_HANDLE);
    assert_int_equal(wc_file_ioctl(wrong, 0, data, 4, data, 4, &moved), STATUS_INVALID_HANDLE);
    assert_int_equal(moved, 0);
    assert_int_equal(wc_file_close(wrong), STATUS_INVALID_HANDLE);
}

static void open_and_close(void *argument)
{
    (void)argument;
    file_is_refused(NULL);
    assert_int_equal(wc_file_open("FEEDER", NULL), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(wc_file_open(NULL, &file), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(wc_file_open("FEEDER", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_close(file), STATUS_SUCCESS);
    file_is_refused(file);
    wc_io_cancel(NULL);
    wc_io_cancel((struct wc_io *)(void *)file); /* no operation at all */
}

static void a_file_that_is_closed_is_refused(void **state)
{
    static const struct wc_device_config config = {.hardware_id = "ROOT\\drv_feeder"};

    (void)state;
    start();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_FEEDER, &driver), WC_OK);
    assert_int_equal(wc_machine_add_device(machine, driver, &config, &device), WC_OK);
    assert_int_equal(wc_machine_call(machine, open_and_close, NULL), WC_OK);
    assert_int_equal(wc_device_remove(device), WC_OK);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_machine_all_is_refused),
        cmocka_unit_test(what_has_gone_is_refused),
        cmocka_unit_test(what_is_missing_is_refused),
        cmocka_unit_test(a_file_that_is_closed_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
