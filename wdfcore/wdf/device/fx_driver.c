/* fx_driver.c - WDFDRIVER: from WdfDriverCreate to unload.
 *
 * Normal path: DriverEntry creates it; AddDevice calls EvtDriverDeviceAdd; unload calls
 * EvtDriverUnload, deletes what control devices are left, then the object with its children.
 * DriverEntry fails: the loader calls fx_driver_entry_failed; EvtDriverUnload is not called.
 * Teardown waits for: the dispose lists of the driver (fx_globals_unregister).
 */
#include "wdf/device/fx_driver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/device/fx_dispatch.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/frame/fx_text.h"
#include "wdf/object/fx_watch.h"

#define FX_DRIVER_FLAGS \
    (WdfDriverInitNonPnpDriver | WdfDriverInitNoDispatchOverride | WdfVerifyOn | WdfVerifierOn)

static const char fx_driver_extension_id; /* its address names the driver object extension */

static void fx_driver_destroy(struct fx_object *object)
{
    struct fx_driver *driver = fx_object_body(object, struct fx_driver);

    fx_text_free(&driver->registry_path);
}

static const struct fx_field driver_fields[] = {
    FX_FIELD_OF(WDF_DRIVER_CONFIG, struct fx_driver, config),
    FX_FIELD_END,
};

const struct fx_type fx_driver_type = {
    .number = FX_TYPE_DRIVER,
    .size = sizeof(struct fx_driver),
    .flags = FX_OBJECT_NO_DELETE | FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fx_driver, sync),
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_ALL,
    .level_allowed = true,
    .destroy = fx_driver_destroy,
    .fields = driver_fields,
};

struct fx_driver *fx_driver_of(DRIVER_OBJECT *wdm)
{
    struct fx_driver **extension =
        wdm != NULL ? IoGetDriverObjectExtension(wdm, (PVOID)&fx_driver_extension_id) : NULL;

    return extension != NULL ? *extension : NULL;
}

/* ---- PnP's calls ---- */

static NTSTATUS fx_driver_call_add(struct fx_driver *driver, struct WDFDEVICE_INIT *init)
{
    bool serialized = driver->sync.scope == WdfSynchronizationScopeDevice ||
                      driver->sync.scope == WdfSynchronizationScopeQueue;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDriverDeviceAdd", driver->config.EvtDriverDeviceAdd,
                      &driver->object, serialized ? &driver->sync.own : NULL)) {
        status = driver->config.EvtDriverDeviceAdd(fx_driver_handle(driver), init);
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_driver_add_device(PDRIVER_OBJECT wdm, PDEVICE_OBJECT physical)
{
    struct fx_driver *driver = fx_driver_of(wdm);
    struct WDFDEVICE_INIT init;
    struct fx_device *device;
    bool filter;
    NTSTATUS status;

    if (driver == NULL || driver->config.EvtDriverDeviceAdd == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    fx_device_init_start(&init, driver, FX_DEVICE_FDO, physical);
    status = fx_driver_call_add(driver, &init);
    device = init.created;
    filter = init.kind == FX_DEVICE_FILTER;
    fx_device_init_end(&init);
    if (device != NULL && !fx_object_is_dying(&device->object)) {
        if (NT_SUCCESS(status)) {
            fx_device_added(device);
        } else {
            fx_device_add_failed(device);
        }
    }
    /* A filter that fails must not keep its stack from starting (spec: DRV-12). */
    return !NT_SUCCESS(status) && filter ? STATUS_SUCCESS : status;
}

/* A control device whose end has not begun, with a reference; NULL: none is left. */
static struct fx_device *fx_driver_take_control(struct fx_driver *driver)
{
    struct fx_device *device;

    fx_tree_lock();
    device = driver->control_devices;
    if (device != NULL) {
        fx_object_ref(&device->object); /* another thread of the driver may delete it */
    }
    fx_tree_unlock();
    return device;
}

static bool fx_driver_has_ending(const void *context)
{
    const struct fx_driver *driver = context;

    return driver->ending > 0;
}

/* Those that a thread of the driver is deleting are waited for: two walks in one tree would free what
 * the other one stands on. */
static void fx_driver_end_controls(struct fx_driver *driver)
{
    struct fx_device *device;

    do {
        while ((device = fx_driver_take_control(driver)) != NULL) {
            fx_device_end_control(device);
            fx_object_deref(&device->object);
        }
        fx_wait_while(&driver->ended, fx_driver_has_ending, driver, "the end of control devices");
    } while (FX_LOOK(driver->control_devices) != NULL); /* a callback may have made one */
}

/* fx_driver_delete: control devices first, whose WDM devices must not outlive the object. */
static void fx_driver_delete(struct fx_driver *driver)
{
    struct fx_driver **extension =
        IoGetDriverObjectExtension(driver->wdm, (PVOID)&fx_driver_extension_id);
    struct fx_globals *globals = driver->object.globals;

    fx_driver_end_controls(driver);
    fx_object_delete(&driver->object, NULL);
    globals->public.Driver = NULL;
    globals->driver = NULL;
    *extension = NULL;
    fx_globals_wait(globals); /* the I/O manager looks next at what the driver left behind */
}

static void fx_driver_unload(PDRIVER_OBJECT wdm)
{
    struct fx_driver *driver = fx_driver_of(wdm);
    struct fx_call call;

    if (driver == NULL) {
        return;
    }
    if (driver->config.EvtDriverUnload != NULL &&
        fx_call_enter(&call, "EvtDriverUnload", driver->config.EvtDriverUnload, &driver->object,
                      NULL)) {
        driver->config.EvtDriverUnload(fx_driver_handle(driver));
        fx_call_leave(&call);
    }
    fx_driver_delete(driver);
}

void fx_driver_entry_failed(DRIVER_OBJECT *wdm)
{
    struct fx_driver *driver = fx_driver_of(wdm);

    if (driver != NULL) {
        fx_driver_delete(driver);
    }
}

/* ---- creation ---- */

/* fx_driver_name: the last component of the registry path, "WDF" when there is none. */
static void fx_driver_name(PCUNICODE_STRING path, char *name, size_t size)
{
    USHORT length = path->Length / sizeof(WCHAR);
    USHORT start = length;
    UNICODE_STRING last;

    while (start > 0 && path->Buffer[start - 1] != L'\\') {
        start--;
    }
    last.Buffer = path->Buffer + start;
    last.Length = last.MaximumLength = (USHORT)((length - start) * sizeof(WCHAR));
    fx_text_narrow(&last, name, size);
    if (name[0] == '\0') {
        snprintf(name, size, "WDF");
    }
}

/* fx_driver_tag: of the config, else the first letters of the service's name without a leading
 * "wdf"; "FxDr" when too little is left (spec: DRV-16). */
static ULONG fx_driver_tag(ULONG given, const char *name)
{
    char tag[4] = {' ', ' ', ' ', ' '};
    ULONG value;

    if (given != 0 && given != ' kdD') {
        return given;
    }
    if (tolower((unsigned char)name[0]) == 'w' && tolower((unsigned char)name[1]) == 'd' &&
        tolower((unsigned char)name[2]) == 'f') {
        name += 3;
    }
    if (strlen(name) <= 2) {
        name = "FxDr";
    }
    memcpy(tag, name, strlen(name) < sizeof(tag) ? strlen(name) : sizeof(tag));
    memcpy(&value, tag, sizeof(value));
    return value;
}

static NTSTATUS fx_driver_check(const struct fx_globals *globals, const DRIVER_OBJECT *wdm,
                                PCUNICODE_STRING path, const WDF_OBJECT_ATTRIBUTES *attributes,
                                const WDF_DRIVER_CONFIG *config)
{
    NTSTATUS status;

    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((config->DriverInitFlags & ~(ULONG)FX_DRIVER_FLAGS) != 0 ||
        ((config->DriverInitFlags & WdfDriverInitNonPnpDriver) != 0 &&
         (config->DriverInitFlags & WdfDriverInitNoDispatchOverride) == 0 &&
         config->EvtDriverDeviceAdd != NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_text_check(path);
    if (NT_SUCCESS(status)) {
        status = fx_attributes_check(&fx_driver_type, attributes);
    }
    if (NT_SUCCESS(status) && (globals == NULL || globals->driver != NULL ||
                               fx_driver_of((DRIVER_OBJECT *)wdm) != NULL)) {
        status = STATUS_DRIVER_INTERNAL_ERROR;
    }
    return status;
}

/* fx_driver_take_over: from now on PnP and the I/O manager call the framework. */
static void fx_driver_take_over(struct fx_driver *driver)
{
    bool non_pnp = (driver->config.DriverInitFlags & WdfDriverInitNonPnpDriver) != 0;

    if ((driver->config.DriverInitFlags & WdfDriverInitNoDispatchOverride) != 0) {
        return; /* a miniport: its port driver dispatches */
    }
    for (size_t i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->wdm->MajorFunction[i] = fx_dispatch;
    }
    if (!non_pnp) {
        driver->wdm->DriverExtension->AddDevice = fx_driver_add_device;
    }
    /* Without EvtDriverUnload a non-PnP driver cannot be unloaded (spec: DRV-09). */
    if (!non_pnp || driver->config.EvtDriverUnload != NULL) {
        driver->wdm->DriverUnload = fx_driver_unload;
    } else {
        driver->object.globals->stays = true;
    }
}

/* fx_driver_extension: where the driver object remembers us; kept over a failed create. */
static NTSTATUS fx_driver_extension(DRIVER_OBJECT *wdm, struct fx_driver *driver)
{
    struct fx_driver **extension = IoGetDriverObjectExtension(wdm, (PVOID)&fx_driver_extension_id);

    if (extension == NULL) {
        NTSTATUS status = IoAllocateDriverObjectExtension(wdm, (PVOID)&fx_driver_extension_id,
                                                          sizeof(*extension), (PVOID *)&extension);
        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    *extension = driver;
    return STATUS_SUCCESS;
}

static NTSTATUS fx_driver_create(struct fx_globals *globals, DRIVER_OBJECT *wdm,
                                 PCUNICODE_STRING path, const WDF_OBJECT_ATTRIBUTES *attributes,
                                 const WDF_DRIVER_CONFIG *config, const void *creator)
{
    struct fx_driver *driver = fx_object_create(&fx_driver_type, 0, attributes, globals, creator);
    NTSTATUS status;

    if (driver == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    driver->wdm = wdm;
    driver->config = *config;
    fx_sync_resolve(&driver->sync, attributes, NULL);
    fx_callback_lock_init(&driver->sync.own, &driver->object, FX_RANK_DRIVER, true);
    status = fx_text_copy(path, &driver->registry_path);
    if (NT_SUCCESS(status)) {
        status = fx_driver_extension(wdm, driver);
    }
    if (NT_SUCCESS(status)) {
        status = fx_object_publish(&driver->object, NULL);
    }
    if (!NT_SUCCESS(status)) {
        fx_driver_destroy(&driver->object);
        fx_object_discard(&driver->object);
        return status;
    }
    fx_driver_name(path, globals->public.DriverName, sizeof(globals->public.DriverName));
    globals->public.DriverTag = fx_driver_tag(config->DriverPoolTag, globals->public.DriverName);
    globals->public.DriverFlags =
        config->DriverInitFlags | (globals->settings.verify ? WdfVerifyOn : 0);
    globals->public.Driver = fx_driver_handle(driver);
    globals->driver = &driver->object;
    fx_driver_take_over(driver);
    return STATUS_SUCCESS;
}

NTSTATUS WdfDriverCreate(PDRIVER_OBJECT DriverObject, PCUNICODE_STRING RegistryPath,
                         PWDF_OBJECT_ATTRIBUTES DriverAttributes, PWDF_DRIVER_CONFIG DriverConfig,
                         WDFDRIVER *Driver)
{
    struct fx_globals *globals = fx_globals_of_caller();
    NTSTATUS status;

    if (Driver != NULL) {
        *Driver = NULL;
    }
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(DriverObject) || !fx_required(RegistryPath) || !fx_required(DriverConfig)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_driver_check(globals, DriverObject, RegistryPath, DriverAttributes, DriverConfig);
    if (NT_SUCCESS(status)) {
        fx_settings_read(&globals->settings, RegistryPath);
        fx_watch_begin(globals);
        status = fx_driver_create(globals, DriverObject, RegistryPath, DriverAttributes,
                                  DriverConfig, KE_CALLER());
        if (!NT_SUCCESS(status)) {
            fx_watch_end(globals);
        }
    }
    if (NT_SUCCESS(status) && Driver != NULL) {
        *Driver = globals->public.Driver;
    }
    return status;
}
