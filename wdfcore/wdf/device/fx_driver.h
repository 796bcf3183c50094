#pragma once
/* fx_driver.h - WDFDRIVER: one for each loaded driver, from WdfDriverCreate to its unload. Its
 * WdfDriverGlobals are those of its fx_globals.
 * Keys: (c) constant once published; (t) tree lock
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_wait.h"

struct fx_device;

struct fx_driver {
    struct fx_object object;
    struct fx_sync sync;               /* (c) what devices inherit; own lock: EvtDriverDeviceAdd */
    DRIVER_OBJECT *wdm;                /* (c) */
    WDF_DRIVER_CONFIG config;          /* (c) */
    UNICODE_STRING registry_path;      /* (c) NUL-terminated */
    struct fx_device *control_devices; /* (t) in order of creation; those whose end has not begun */
    uint32_t ending;         /* (t) control devices that are not gone, but off that list */
    struct fx_waiters ended; /* (t) for their end */
};

/* fx_driver_of: the framework driver of a driver object, or NULL. */
struct fx_driver *fx_driver_of(DRIVER_OBJECT *wdm);

extern const struct fx_type fx_driver_type;

static inline WDFDRIVER fx_driver_handle(const struct fx_driver *driver)
{
    return (WDFDRIVER)fx_handle_of(&driver->object);
}

/* fx_driver_entry_failed: DriverEntry returned a failure: the driver object that it may have made
 * goes (cleanup and destroy callbacks run, EvtDriverUnload does not). For the loader. */
void fx_driver_entry_failed(DRIVER_OBJECT *wdm);
