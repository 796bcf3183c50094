/* test_api_interpose.c - observers see each call that a driver makes, may refuse it, and change
 * nothing else: the framework still finds the driver that called it.
 */
#include "harness/api_interpose.h"

#include <wdfcore/testing.h>

#include <wdf.h>

#include <stdlib.h>
#include <string.h>

#include "harness/driver/driver_symbols.h"
#include "wdf/object/fx_handle.h"
#include "wdf/object/fx_object.h"

struct counting {
    struct api_observer observer;
    const char *api;
    unsigned before, after, refuse; /* refuse: the call of that number, 1: the first */
    NTSTATUS with;
    bool failed, from_driver;
    uint64_t handle; /* what the last WdfDriverCreate gave */
};

static bool count_before(struct api_observer *observer, struct api_call *call)
{
    struct counting *counting = (struct counting *)observer;

    if (strcmp(call->api->name, counting->api) != 0) {
        return true;
    }
    counting->from_driver = driver_symbols_is_driver(call->caller);
    call->cookie[observer->number] = 77;
    if (++counting->before == counting->refuse) {
        call->result = (uint32_t)counting->with;
        return false;
    }
    return true;
}

static void count_after(struct api_observer *observer, struct api_call *call)
{
    struct counting *counting = (struct counting *)observer;

    if (strcmp(call->api->name, counting->api) == 0) {
        counting->after++;
        counting->failed = !NT_SUCCESS((NTSTATUS)call->result);
        if (call->cookie[observer->number] != 77) {
            counting->failed = true;
        }
        if (strcmp(counting->api, "WdfDriverCreate") == 0 && call->argument[4] != 0) {
            api_peek((const void *)call->argument[4], &counting->handle, sizeof(counting->handle));
        }
    }
}

static struct wc_machine *start_machine(void)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_machine *machine;

    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    return machine;
}

static struct counting observe(const char *api)
{
    return (struct counting){.observer = {.before = count_before, .after = count_after},
                             .api = api};
}

static void each_call_is_seen_before_and_after(void **state)
{
    struct counting counting = observe("WdfDeviceCreate");
    struct wc_device_config device_config = {0};
    struct wc_driver *driver;
    struct wc_device *device;

    api_interpose_add(&counting.observer);
    struct wc_machine *machine = start_machine();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_KIT, &driver), WC_OK);
    assert_int_equal(counting.before, 0);
    assert_int_equal(wc_machine_add_device(machine, driver, &device_config, &device), WC_OK);
    assert_int_equal(counting.before, 1);
    assert_int_equal(counting.after, 1);
    assert_true(counting.from_driver);
    assert_false(counting.failed);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    api_interpose_remove(&counting.observer);
}

static void a_refused_call_returns_what_the_observer_says(void **state)
{
    struct counting counting = observe("WdfDriverCreate");
    struct counting later = observe("WdfDriverCreate");
    struct wc_driver *driver;

    counting.refuse = 1;
    counting.with = STATUS_INSUFFICIENT_RESOURCES;
    api_interpose_add(&counting.observer);
    api_interpose_add(&later.observer);
    struct wc_machine *machine = start_machine();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_KIT, &driver), WC_FAILED);
    assert_non_null(strstr(wc_last_error(), "STATUS_INSUFFICIENT_RESOURCES"));
    assert_int_equal(counting.after, 1);
    assert_true(counting.failed);
    assert_int_equal(later.before + later.after, 0); /* the first one refused it */
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    api_interpose_remove(&later.observer);
    api_interpose_remove(&counting.observer);
}

static void the_framework_still_finds_its_caller(void **state)
{
    struct counting counting = observe("WdfDriverCreate");
    struct wc_driver *driver;

    api_interpose_add(&counting.observer);
    struct wc_machine *machine = start_machine();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_KIT, &driver), WC_OK);
    struct fx_object *object = fx_handle_find((const void *)counting.handle);
    assert_non_null(object);
    assert_true(driver_symbols_is_driver(object->creator));
    char *objects = wc_machine_objects(machine);
    assert_non_null(strstr(objects, "drv_kit"));
    free(objects);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    api_interpose_remove(&counting.observer);
}

static void without_observers_nothing_is_in_the_way(void **state)
{
    struct counting counting = observe("WdfDriverCreate");
    struct wc_driver *driver;

    api_interpose_add(&counting.observer);
    api_interpose_remove(&counting.observer);
    struct wc_machine *machine = start_machine();
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_KIT, &driver), WC_OK);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    assert_int_equal(counting.before, 0);
}

static void tables_describe_the_headers(void **state)
{
    const struct api_info *api = api_find("WdfDpcCreate");

    assert_non_null(api);
    assert_int_equal(api->parameter_count, 3);
    assert_string_equal(api->parameters[0].name, "Config");
    assert_int_equal(api_type(api->result)->kind, API_KIND_STATUS);
    const struct api_type *pointer = api_type(api->parameters[0].type);
    assert_int_equal(pointer->kind, API_KIND_POINTER);
    const struct api_type *config = api_type(pointer->target);
    assert_int_equal(config->kind, API_KIND_STRUCT);
    assert_int_equal(config->size, sizeof(WDF_DPC_CONFIG));
    assert_string_equal(config->fields[1].name, "EvtDpcFunc");
    assert_int_equal(config->fields[1].offset, offsetof(WDF_DPC_CONFIG, EvtDpcFunc));
    assert_int_equal(api_type(config->fields[1].type)->kind, API_KIND_ROUTINE);
    assert_int_equal(api_type(config->fields[2].type)->kind, API_KIND_BOOLEAN);
    assert_null(api_find("WdfNoSuchFunction"));
    assert_null(api_find("DbgPrint")); /* variable arguments */
}

static void every_api_of_the_library_is_in_the_table_and_sorted(void **state)
{
    for (size_t i = 1; i < api_wrappers.count; i++) {
        assert_true(strcmp(api_wrappers.api[i - 1].name, api_wrappers.api[i].name) < 0);
        assert_ptr_equal(api_find(api_wrappers.api[i].name), &api_wrappers.api[i]);
    }
}

static void peeking_at_a_bad_address_fails(void **state)
{
    uint64_t value = 5, copy = 0;

    assert_true(api_peek(&value, &copy, sizeof(copy)));
    assert_int_equal(copy, 5);
    assert_false(api_peek((const void *)16, &copy, sizeof(copy)));
    assert_false(api_peek((const void *)0x0b00000000000010, &copy, sizeof(copy)));
    assert_int_equal(copy, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_is_seen_before_and_after),
        cmocka_unit_test(a_refused_call_returns_what_the_observer_says),
        cmocka_unit_test(the_framework_still_finds_its_caller),
        cmocka_unit_test(without_observers_nothing_is_in_the_way),
        cmocka_unit_test(tables_describe_the_headers),
        cmocka_unit_test(every_api_of_the_library_is_in_the_table_and_sorted),
        cmocka_unit_test(peeking_at_a_bad_address_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
