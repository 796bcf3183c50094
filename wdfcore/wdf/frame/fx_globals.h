#pragma once
/* fx_globals.h - the identity of one loaded driver as the framework sees it: what Windows keeps
 * behind WdfDriverGlobals. The loader makes one for each driver module; code is told apart by the
 * address that it calls from, so two drivers in one process never mix.
 */
#include <wdf.h>

#include <stdint.h>

#include "nt/ke/report/ke_caller.h"
#include "wdf/frame/fx_settings.h"
#include "wdf/object/deletion/fx_dispose.h"

struct fx_object;

/* Keys: (c) constant while registered (t) tree lock */
struct fx_globals {
    WDF_DRIVER_GLOBALS public; /* what the driver's WdfDriverGlobals points to */
    struct fx_object *driver;  /* (t) the WDFDRIVER; NULL before WdfDriverCreate, after unload */
    const void *image_start;   /* (c) the module's addresses */
    const void *image_end;     /* (c) */
    struct fx_globals *next;   /* registered ones, newest first */
    struct fx_dispose_list disposes; /* objects without a device */
    uint32_t works;                  /* (t) queued or running work items of the driver */
    struct fx_waiters works_over;    /* until there are none */

    struct fx_settings settings; /* (c) from WdfDriverCreate on */
    bool stays;     /* (c) its driver object has no unload routine: it ends with the machine */
    bool watched;   /* (c) as above: fx_watch.h counts */
    bool leak_told; /* (a) once is enough */
    uint32_t objects_watched; /* (a) orders nothing */
    uint32_t devices_watched; /* (a) orders nothing */
};

/* fx_globals_register: a driver module has been loaded at [start, end).
 *   name     without path and extension; cut to 31 characters
 * The storage is the caller's and stays until fx_globals_unregister.
 * A program that calls the API itself (a test) registers its own image the same way. */
void fx_globals_register(struct fx_globals *globals, const char *name, const void *image_start,
                         const void *image_end);

/* fx_globals_wait: what was deleted has been disposed and no work item is queued or runs. After the
 * driver object is gone, before the module is; PASSIVE_LEVEL. */
void fx_globals_wait(struct fx_globals *globals);

/* fx_globals_unregister: reports what objects remain (WdfObjectLeaked) and forgets the driver. Its
 * code may go when this returns. */
void fx_globals_unregister(struct fx_globals *globals);

/* fx_globals_stop: the machine is gone: forget all of them, report nothing. */
void fx_globals_stop(void);

/* fx_globals_of_code: whose code the address is; NULL: nobody's.
 * fx_globals_at: the same; code of no driver is taken for the newest one's. NULL: there is none. */
struct fx_globals *fx_globals_of_code(const void *address);
struct fx_globals *fx_globals_at(const void *address);

/* fx_globals_of_caller: of the routine that called the API. Only directly in an API function. */
#define fx_globals_of_caller() fx_globals_at(KE_CALLER())
