#pragma once
/* fx_globals.h - the identity of one loaded driver as the framework sees it: what Windows keeps
 * behind WdfDriverGlobals. The loader makes one for each driver module; code is told apart by the
 * address that it calls from, so two drivers in one process never mix.
 */
#include <wdf.h>

#include "wdf/fx_dispose.h"

struct fx_object;

struct fx_globals {
    WDF_DRIVER_GLOBALS public; /* what the driver's WdfDriverGlobals points to */
    struct fx_object *driver;  /* the WDFDRIVER, NULL before WdfDriverCreate and after unload */
    const void *image_start;   /* (c) the module's addresses */
    const void *image_end;
    struct fx_globals *next;         /* registered ones, newest first */
    struct fx_dispose_list disposes; /* objects without a device */
    uint32_t objects;                /* live objects that are charged to it */
    uint32_t queued_callbacks;       /* work items that keep the driver loaded */
};

/* fx_globals_register: a driver module has been loaded at [start, end).
 *   name     without path and extension; cut to 31 characters
 * The storage is the caller's and stays until fx_globals_unregister.
 * A program that calls the API itself (a test) registers its own image the same way. */
void fx_globals_register(struct fx_globals *globals, const char *name, const void *image_start,
                         const void *image_end);

/* fx_globals_unregister: after the driver object is gone: waits (PASSIVE_LEVEL) until its dispose
 * list is empty, then reports what objects remain (WdfObjectLeaked). */
void fx_globals_unregister(struct fx_globals *globals);

/* fx_globals_at: whose code the address is; code of no driver is taken for the only registered
 * driver's, or the newest one's. NULL: there is none. */
struct fx_globals *fx_globals_at(const void *address);

/* fx_globals_of_caller: of the routine that called the API. Only directly in an API function. */
#define fx_globals_of_caller() fx_globals_at(__builtin_return_address(0))
