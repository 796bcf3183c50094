/* test_testing_failures.c - calls that fail because a test says so, and sweeps of all that can. */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <string.h>

#include "failing.h"

#include "../drivers/drv_kit.h"

#define KIT .driver = WC_DRIVER_DRV_KIT, .calls = true

/* ---- one call ---- */

static struct wc_driver *load(const char *path, enum wc_result expected)
{
    struct wc_driver *driver = NULL;

    assert_int_equal(wc_machine_load_driver(wc_test_the_machine(), path, &driver), expected);
    return driver;
}

static void add(struct wc_driver *driver, enum wc_result expected)
{
    const struct wc_device_config config = {0};
    struct wc_device *device;

    assert_int_equal(wc_machine_add_device(wc_test_the_machine(), driver, &config, &device),
                     expected);
}

static void the_second_dpc_is_refused(void **state)
{
    wc_test_machine(.calls = true);
    wc_fail_call("WdfDpcCreate", 2, STATUS_TOO_MANY_NAMES);
    add(load(WC_DRIVER_DRV_KIT, WC_OK), WC_FAILED);
    assert_non_null(strstr(wc_last_error(), "0xC00000CD"));
    wc_assert_calls("WdfDpcCreate", 2);
    assert_false(wc_call_refused(wc_calls("WdfDpcCreate").call[0]));
    assert_true(wc_call_refused(wc_calls("WdfDpcCreate").call[1]));
    wc_assert_calls("WdfTimerCreate", 0);
    assert_int_equal(wc_failed_calls(), 1);
}

static void the_first_allocation_is_that_of_the_driver_object(void **state)
{
    wc_test_machine(.calls = true);
    wc_fail_allocation(1);
    load(WC_DRIVER_DRV_KIT, WC_FAILED);
    wc_assert_call(wc_calls("WdfDriverCreate").call[0], "result", "STATUS_INSUFFICIENT_RESOURCES");
    assert_int_equal(wc_failed_calls(), 1);
}

static void a_pattern_counts_all_that_it_fits(void **state)
{
    wc_test_machine(.calls = true);
    wc_fail_call("Wdf*Create", 3, STATUS_NO_MEMORY); /* after the driver and the device */
    add(load(WC_DRIVER_DRV_KIT, WC_OK), WC_FAILED);
    assert_true(wc_call_refused(wc_calls("WdfIoQueueCreate").call[0]));
}

static void a_call_at_dispatch_level_fails_and_only_that_one(void **state)
{
    struct wc_file *file;

    wc_fail_call("WdfIoQueueRetrieveNextRequest", 1, STATUS_UNSUCCESSFUL);
    assert_int_equal(wc_file_open("Kit", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_write(file, "x", 1, NULL), STATUS_SUCCESS);
    assert_int_equal(wc_file_write(file, "y", 1, NULL), STATUS_SUCCESS);
    struct wc_calls calls = wc_calls("WdfIoQueueRetrieveNextRequest");
    assert_int_equal(calls.count, 2);
    wc_assert_call(calls.call[0], "result", "STATUS_UNSUCCESSFUL");
    wc_assert_call(calls.call[1], "result", "STATUS_NO_MORE_ENTRIES");
    wc_file_close(file);
}

static void an_unknown_function_cannot_fail(void **state)
{
    wc_fail_call("WdfNoSuchFunction", 1, STATUS_UNSUCCESSFUL);
}

static void what_returns_nothing_cannot_fail(void **state)
{
    wc_fail_call("WdfObjectDelete", 1, STATUS_UNSUCCESSFUL);
}

static void a_failure_that_does_not_come(void **state)
{
    wc_fail_call("WdfDpcCreate", 3, STATUS_UNSUCCESSFUL);
}

static void without_the_option_nothing_can_fail(void **state)
{
    wc_fail_allocation(1);
}

/* ---- sweeps ---- */

static void writes_and_reads(void **state)
{
    struct wc_file *file;
    char byte;

    assert_int_equal(wc_file_open("Careless", &file), STATUS_SUCCESS);
    assert_int_equal(wc_file_write(file, "x", 1, NULL), STATUS_SUCCESS);
    assert_int_equal(wc_file_read(file, &byte, 1, NULL), STATUS_SUCCESS);
    wc_file_close(file);
}

static const struct wc_test_options careless = {.driver = WC_DRIVER_DRV_CARELESS};

/* The one place of this function that calls that. */
static const struct wc_failure *find(struct wc_failures failures, const char *api,
                                     const char *function)
{
    const struct wc_failure *found = NULL;

    for (size_t i = 0; i < failures.count; i++) {
        const struct wc_failure *failure = &failures.failure[i];

        if (strcmp(failure->api, api) == 0 &&
            strncmp(failure->place, function, strlen(function)) == 0) {
            assert_null(found);
            found = failure;
        }
    }
    assert_non_null(found);
    return found;
}

static void a_sweep_finds_what_leaks_crashes_and_hangs(void **state)
{
    struct wc_failures failures = wc_find_failures(writes_and_reads, &careless);
    const struct wc_failure *failure = find(failures, "WdfDpcCreate", "CarelessCreateObjects");

    assert_int_equal(failure->end, WC_FAILURE_LEAKED);
    assert_non_null(strstr(failure->place, "CarelessCreateObjects (drv_careless.c:"));
    assert_non_null(strstr(failure->place, " < CarelessDeviceAdd (drv_careless.c:"));
    assert_memory_equal(failure->what, "PoolLeak", 8);
    failure = find(failures, "ExAllocatePool2", "CarelessCopy");
    assert_int_equal(failure->end, WC_FAILURE_CRASHED);
    assert_non_null(strstr(failure->what, "CarelessCopy (drv_careless.c:"));
    failure = find(failures, "WdfTimerCreate", "CarelessCreateObjects");
    assert_int_equal(failure->end, WC_FAILURE_CRASHED);
    assert_non_null(strstr(failure->what, "CarelessWrite (drv_careless.c:"));
    failure = find(failures, "WdfRequestRetrieveInputBuffer", "CarelessWrite");
    assert_int_equal(failure->end, WC_FAILURE_HUNG);
    failure = find(failures, "WdfMemoryCreate", "CarelessRead");
    assert_int_equal(failure->end, WC_FAILURE_HUNG);
    assert_int_equal(failures.bad, 5);
    assert_int_equal(find(failures, "WdfDriverCreate", "DriverEntry")->end, WC_FAILURE_REFUSED);
    assert_int_equal(find(failures, "ExAllocatePool2", "CarelessDeviceAdd")->end,
                     WC_FAILURE_REFUSED);
    assert_int_equal(failures.count, 10);
}

static void a_sweep_gives_the_same_places_again(void **state)
{
    struct wc_failures failures = wc_find_failures(writes_and_reads, &careless);
    uint64_t ids[32];
    size_t count = failures.count;

    assert_true(count > 0 && count <= 32);
    for (size_t i = 0; i < count; i++) {
        ids[i] = failures.failure[i].id;
    }
    failures = wc_find_failures(writes_and_reads, &careless);
    assert_int_equal(failures.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(failures.failure[i].id == ids[i]);
    }
}

static void one_place_can_be_replayed(void **state)
{
    struct wc_failures failures = wc_find_failures(writes_and_reads, &careless);
    uint64_t id = find(failures, "ExAllocatePool2", "CarelessDeviceAdd")->id;
    char text[32];

    snprintf(text, sizeof(text), "%llx", (unsigned long long)id);
    setenv("WC_FAILURE", text, 1);
    failures = wc_find_failures(writes_and_reads, &careless);
    unsetenv("WC_FAILURE");
    assert_int_equal(failures.count, 1);
    assert_true(failures.failure[0].id == id);
    assert_int_equal(failures.failure[0].end, WC_FAILURE_REFUSED);
}

/* A body may use what it likes: what it waits for when nothing fails is no hang. */
static void waits_and_uses_the_kit(void **state)
{
    LARGE_INTEGER pause = {.QuadPart = -30000000}; /* 3 s */
    struct wc_file *file;

    KeDelayExecutionThread(KernelMode, FALSE, &pause);
    assert_int_equal(wc_file_open("Kit", &file), STATUS_SUCCESS);
    wc_file_write(file, "x", 1, NULL);
    wc_file_ioctl(file, KIT_CODE, NULL, 0, NULL, 0, NULL);
    wc_file_close(file);
}

static void a_driver_that_looks_at_each_status_passes(void **state)
{
    static const struct wc_test_options kit = {.driver = WC_DRIVER_DRV_KIT};

    wc_test_every_failure(waits_and_uses_the_kit, &kit);
    assert_true(wc_find_failures(waits_and_uses_the_kit, &kit).count >= 13);
}

static void bad_places_fail_the_test(void **state)
{
    wc_test_every_failure(writes_and_reads, &careless);
}

static void fails_by_itself(void **state)
{
    assert_true(wc_test_device() == NULL);
}

static void a_body_must_pass_while_nothing_fails(void **state)
{
    wc_test_every_failure(fails_by_itself, &careless);
}

static const struct failing cases[] = {
    {"an_unknown_function_cannot_fail",
     wc_unit_test(an_unknown_function_cannot_fail, KIT),
     {"there is no function WdfNoSuchFunction that can fail"}},
    {"what_returns_nothing_cannot_fail",
     wc_unit_test(what_returns_nothing_cannot_fail, KIT),
     {"there is no function WdfObjectDelete that can fail"}},
    {"a_failure_that_does_not_come",
     wc_unit_test(a_failure_that_does_not_come, KIT),
     {"WdfDpcCreate was to fail, and 3 more calls"}},
    {"without_the_option_nothing_can_fail",
     wc_unit_test(without_the_option_nothing_can_fail, .driver = WC_DRIVER_DRV_KIT),
     {"this test has not the option .calls"}},
    {"bad_places_fail_the_test",
     cmocka_unit_test(bad_places_fail_the_test),
     {"LEAKED   WdfDpcCreate by CarelessCreateObjects (drv_careless.c:",
      "CRASHED  ExAllocatePool2 by CarelessCopy (drv_careless.c:",
      "10 places failed, one at a time: 5 bad"}},
    {"a_body_must_pass_while_nothing_fails",
     cmocka_unit_test(a_body_must_pass_while_nothing_fails),
     {"the body does not pass while nothing fails"}},
};

static void each_check_fails_when_it_should(void **state)
{
    failing_check(cases, sizeof(cases) / sizeof(cases[0]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_second_dpc_is_refused, wc_test_end),
        cmocka_unit_test_teardown(the_first_allocation_is_that_of_the_driver_object, wc_test_end),
        cmocka_unit_test_teardown(a_pattern_counts_all_that_it_fits, wc_test_end),
        wc_unit_test(a_call_at_dispatch_level_fails_and_only_that_one, KIT),
        cmocka_unit_test(a_sweep_finds_what_leaks_crashes_and_hangs),
        cmocka_unit_test(a_sweep_gives_the_same_places_again),
        cmocka_unit_test(one_place_can_be_replayed),
        cmocka_unit_test(a_driver_that_looks_at_each_status_passes),
        cmocka_unit_test(each_check_fails_when_it_should),
    };

    if (argc > 1) {
        return failing_run(cases, sizeof(cases) / sizeof(cases[0]), argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
