#include "harness/machine/machine_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/driver/driver_module.h"
#include "harness/machine/machine_core.h"
#include "harness/machine/machine_device.h"
#include "nt/hid/hid_kmdf.h"
#include "nt/io/io_driver.h"
#include "nt/ke/ke_machine.h"
#include "wdf/device/fx_driver.h"
#include "nt/ke/record/ke_record.h"
#include "nt/wpp/wpp_control.h"

struct initialize {
    struct wc_driver *driver;
    PDRIVER_INITIALIZE entry;
    NTSTATUS status;
};

/* The driver's object goes, and with it what the framework keeps for the driver. */
static void delete_driver(struct wc_driver *driver)
{
    io_driver_delete(driver->object);
    driver->object = NULL;
    fx_globals_wait(&driver->globals);
    fx_globals_unregister(&driver->globals);
}

/* WdfDriverGlobals of a driver that includes wdf.h. */
static void point_to_globals(struct wc_driver *driver)
{
    PWDF_DRIVER_GLOBALS *const *pointer =
        driver->module != NULL ? driver_module_symbol(driver->module, "wdfcore_driver_globals")
                               : NULL;

    if (pointer != NULL) {
        **pointer = &driver->globals.public;
    }
}

static void initialize_driver(void *context)
{
    struct initialize *initialize = context;
    struct wc_driver *driver = initialize->driver;
    struct io_driver_config config = {.name = driver->name};
    size_t size = 0;

    if (driver->module != NULL) {
        driver_module_extent(driver->module, &config.start, &size);
    }
    config.size = (ULONG)size;
    initialize->status = io_driver_create(&config, &driver->object);
    if (!NT_SUCCESS(initialize->status)) {
        return;
    }
    fx_globals_register(&driver->globals, driver->name, config.start,
                        (const char *)config.start + size);
    point_to_globals(driver);
    initialize->status = io_driver_initialize(driver->object, initialize->entry);
    if (!NT_SUCCESS(initialize->status)) {
        fx_driver_entry_failed(driver->object);
        delete_driver(driver);
    }
}

/* One module loaded twice is two drivers, and they need two names. */
static void name_driver(struct wc_driver *driver, const char *name)
{
    unsigned number = 1;

    snprintf(driver->name, sizeof(driver->name), "%s", name);
    for (const struct wc_driver *other = driver->machine->drivers; other != NULL;) {
        if (strcmp(other->name, driver->name) == 0) {
            snprintf(driver->name, sizeof(driver->name), "%s_%u", name, ++number);
            other = driver->machine->drivers; /* the new name may be taken, too */
        } else {
            other = other->next;
        }
    }
}

static void driver_free(struct wc_driver *driver)
{
    while (driver->claims != NULL) {
        struct driver_claim *claim = driver->claims;

        driver->claims = claim->next;
        free(claim);
    }
    if (driver->module != NULL) {
        ke_record_forget_code(); /* names are made while there is code to find them in */
        driver_module_close(driver->module);
    }
    free(driver);
}

/* A driver of Windows that is part of the library: without a module. */
static PDRIVER_INITIALIZE inbox_driver(const char *path)
{
    return strcasecmp(path, "mshidkmdf") == 0 ? hid_kmdf_entry : NULL;
}

static enum wc_result open_driver(struct wc_driver *driver, const char *path,
                                  PDRIVER_INITIALIZE *entry)
{
    char error[384];

    *entry = inbox_driver(path);
    if (*entry != NULL) {
        name_driver(driver, path);
        return WC_OK;
    }
    driver->module = driver_module_open(path, error, sizeof(error));
    if (driver->module == NULL) {
        return machine_fail(WC_BAD_INPUT, "%s", error);
    }
    name_driver(driver, driver_module_name(driver->module));
    *entry = (PDRIVER_INITIALIZE)(ULONG_PTR)driver_module_symbol(driver->module, "DriverEntry");
    if (*entry == NULL) {
        return machine_fail(WC_BAD_INPUT, "driver '%s': it has no function DriverEntry", path);
    }
    return WC_OK;
}

static enum wc_result start_driver(struct wc_driver *driver, const char *path)
{
    char text[64];
    struct initialize initialize = {.driver = driver};
    enum wc_result result = open_driver(driver, path, &initialize.entry);

    if (result != WC_OK) {
        return result;
    }
    result = wc_machine_call(driver->machine, initialize_driver, &initialize);
    if (result == WC_OK && !NT_SUCCESS(initialize.status)) {
        result = machine_fail(WC_FAILED, "driver '%s': DriverEntry failed with %s", path,
                              machine_status_text(initialize.status, text));
    }
    return result;
}

enum wc_result wc_machine_load_driver(struct wc_machine *machine, const char *path,
                                      struct wc_driver **driver)
{
    struct wc_driver *loaded;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (path == NULL || driver == NULL) {
        return machine_fail(WC_BAD_INPUT, "a driver is loaded from a file, into a variable");
    }
    loaded = calloc(1, sizeof(*loaded));
    if (loaded == NULL) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    loaded->machine = machine;
    enum wc_result result = start_driver(loaded, path);
    if (result != WC_OK && result != WC_STOPPED) {
        driver_free(loaded);
        return result;
    }
    /* A stopped machine may still hold addresses of the module: it goes with the machine. */
    loaded->next = machine->drivers;
    machine->drivers = loaded;
    if (result == WC_OK) {
        *driver = loaded;
    }
    return result;
}

const char *wc_machine_unknown_trace_flag(struct wc_machine *machine)
{
    static char text[512];

    return machine_is(machine) && wpp_unknown_flag(text, sizeof(text)) ? text : NULL;
}

/* ---- devices that a bus reports ---- */

enum wc_result wc_driver_claim(struct wc_driver *driver, const char *id)
{
    struct driver_claim *claim;

    if (!machine_driver_is(driver)) {
        return WC_BAD_INPUT;
    }
    if (id == NULL || id[0] == '\0') {
        return machine_fail(WC_BAD_INPUT, "driver '%s': a device ID without characters",
                            driver->name);
    }
    claim = malloc(sizeof(*claim) + strlen(id) + 1);
    if (claim == NULL) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    strcpy(claim->id, id);
    claim->next = driver->claims;
    driver->claims = claim;
    return WC_OK;
}

static bool driver_takes(const struct wc_driver *driver, const char *id)
{
    const struct driver_claim *claim = driver->claims;
    const char *last = strrchr(id, '\\');

    if (driver->object == NULL || !wc_driver_takes_devices(driver)) {
        return false;
    }
    if (claim == NULL) {
        return strcasecmp(last != NULL ? last + 1 : id, driver->name) == 0;
    }
    while (claim != NULL && strcasecmp(claim->id, id) != 0) {
        claim = claim->next;
    }
    return claim != NULL;
}

PDRIVER_OBJECT machine_driver_for(const char *id)
{
    PDRIVER_OBJECT found = NULL;

    for (const struct wc_driver *driver = machine_current()->drivers; driver != NULL;
         driver = driver->next) {
        if (driver_takes(driver, id)) {
            found = driver->object; /* newest first: the one that was loaded first wins */
        }
    }
    return found;
}

bool machine_driver_is(const struct wc_driver *driver)
{
    const struct wc_machine *machine = machine_current();
    const struct wc_driver *one = machine != NULL ? machine->drivers : NULL;

    while (one != NULL && one != driver) {
        one = one->next;
    }
    if (one == NULL || driver->object == NULL) {
        machine_fail(WC_BAD_INPUT, "there is no such driver");
        return false;
    }
    return true;
}

bool wc_driver_takes_devices(const struct wc_driver *driver)
{
    return machine_driver_is(driver) && driver->object->DriverExtension->AddDevice != NULL;
}

static void unload_driver(void *context)
{
    struct wc_driver *driver = context;

    if (driver->object->DriverUnload != NULL) {
        io_driver_unload(driver->object);
    }
    delete_driver(driver);
}

enum wc_result wc_machine_unload_driver(struct wc_driver *driver)
{
    if (!machine_driver_is(driver)) {
        return WC_BAD_INPUT;
    }
    if (machine_driver_in_use(driver)) {
        return machine_fail(WC_BAD_INPUT, "driver '%s' still has a device", driver->name);
    }
    if (driver->object->DriverUnload == NULL) {
        return machine_fail(WC_FAILED, "driver '%s' cannot be unloaded: it has no unload routine",
                            driver->name);
    }
    return machine_driver_end(driver);
}

enum wc_result machine_driver_end(struct wc_driver *driver)
{
    struct wc_machine *machine = driver->machine;
    struct wc_driver **link = &machine->drivers;

    enum wc_result result = wc_machine_call(machine, unload_driver, driver);
    if (result != WC_OK) {
        return result; /* what remains goes with the machine */
    }
    while (*link != driver) {
        link = &(*link)->next;
    }
    *link = driver->next;
    driver_free(driver);
    return WC_OK;
}

void machine_drivers_free(struct wc_machine *machine)
{
    while (machine->drivers != NULL) {
        struct wc_driver *driver = machine->drivers;

        machine->drivers = driver->next;
        driver_free(driver);
    }
}
