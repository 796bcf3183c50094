/* test_user_wmi.c - a driver built of its project file, and its block of WMI as an application sees it.
 * The driver is tests/drivers/project; much is checked when that is compiled.
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfcore/machine.h>
#include <wdfcore/wmi.h>

#include "base/log.h"

#define BLOCK            "b10c0001-1234-5678-9abc-def012345678"
#define BUFFER_TOO_SMALL (-1073741789) /* 0xC0000023 */

static char listed[256];
static char printed[512];
static int result;
static unsigned char data[128];
static size_t length;
static uint64_t sum;

static void keep(enum base_log_source source, const char *text, void *context)
{
    size_t used = strlen(printed);

    (void)source;
    (void)context;
    snprintf(printed + used, sizeof(printed) - used, "%s", text);
}

static void on_listed(void *context, const struct wc_wmi_instance *instance)
{
    (void)context;
    snprintf(listed, sizeof(listed), "%s %s %x", instance->guid, instance->name,
             (unsigned)instance->flags);
}

static void ask_in_task(void *context)
{
    struct {
        uint32_t a;
        uint8_t b;
    } in = {1000, 24};
    uint32_t level = 9;

    (void)context;
    result = wc_wmi_list(on_listed, NULL);
    result |= wc_wmi_set_item(BLOCK, NULL, 2, &level, sizeof(level));
    result |= wc_wmi_query(BLOCK, NULL, data, sizeof(data), &length);
    result |= wc_wmi_call("{" BLOCK "}", NULL, 3, &in, 5, &sum, sizeof(sum), NULL);
}

static void too_small_in_task(void *context)
{
    (void)context;
    result = wc_wmi_query(BLOCK, NULL, data, 4, &length);
}

static void a_project_file_is_enough(void **state)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_device_config device_config = {.hardware_id = "ROOT\\PROJECT"};
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *device;
    uint64_t count;
    uint32_t level;

    (void)state;
    if (getenv("WC_SCHED") != NULL && strcmp(getenv("WC_SCHED"), "thread") == 0) {
        config.scheduler = WC_SCHED_THREAD;
    }
    config.wpp = "information";
    base_log_set_sink(keep, NULL);
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_PROJECT, &driver), WC_OK);
    assert_int_equal(wc_machine_add_device(machine, driver, &device_config, &device), WC_OK);
    assert_non_null(strstr(printed, "added, 0x00000000(STATUS_SUCCESS)"));
    assert_int_equal(wc_machine_call(machine, ask_in_task, NULL), WC_OK);
    assert_int_equal(result, 0);
    assert_non_null(strstr(listed, "{" BLOCK "} ROOT\\drv_project\\0000_0 20"));
    assert_int_equal(length, 44 + 2 + 14); /* the structure, and a counted string */
    memcpy(&count, data, sizeof(count));
    memcpy(&level, data + 8, sizeof(level));
    assert_int_equal(count, 42);
    assert_int_equal(level, 9);
    assert_memory_equal(data + 44, "\16\0a\0 \0b\0", 8);
    assert_int_equal(sum, 1024);
    assert_int_equal(wc_machine_call(machine, too_small_in_task, NULL), WC_OK);
    assert_int_equal(result, BUFFER_TOO_SMALL);
    assert_int_equal(length, 44 + 2 + 14);
    assert_int_equal(wc_machine_destroy(machine), WC_OK);
    base_log_set_sink(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_project_file_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
