#pragma once
/* fx_file.h - WDFFILEOBJECT: one open of a device, and the create, cleanup and close requests.
 * Rules for a file object:
 * - made when IRP_MJ_CREATE arrives, deleted at IRP_MJ_CLOSE, or when the create fails: then
 * neither EvtFileCleanup nor EvtFileClose is called
 * - the driver cannot delete it; its callbacks run at PASSIVE_LEVEL
 */
#include <wdf.h>

#include "wdf/object/fx_pool.h"

/* The tables go with the machine, also when it is taken apart where it stands. */
#define uthash_malloc(size)        fx_allocate(size)
#define uthash_free(pointer, size) fx_free(pointer)
#include <uthash.h>

#include "wdf/io/fx_io.h"

/* Keys: (c) constant once published; (i) the device's io lock */
struct fx_file {
    struct fx_object object;
    struct fx_sync sync; /* (c) lock: the device's with scope Device, else NULL */
    struct fx_io *io;    /* (c) */
    PFILE_OBJECT wdm;    /* (c) NULL: a create without a WDM file object */
    ULONG process_id;    /* (c) opener */
    UNICODE_STRING name; /* (c) points into the WDM file object */
    UT_hash_handle hh;   /* (i) by wdm */
};

extern const struct fx_type fx_file_type;

/* fx_file_find: the file object of a WDM one, or NULL. */
struct fx_file *fx_file_find(struct fx_io *io, PFILE_OBJECT wdm);

/* fx_file_dispatch_create, _cleanup, _close: the three requests, PASSIVE_LEVEL. */
NTSTATUS fx_file_dispatch_create(struct fx_io *io, PIRP irp);
NTSTATUS fx_file_dispatch_cleanup(struct fx_io *io, PIRP irp);
NTSTATUS fx_file_dispatch_close(struct fx_io *io, PIRP irp);

/* fx_file_create_failed: the create was completed with an error: the file object, if there is one, goes. */
void fx_file_create_failed(struct fx_io *io, struct fx_file *file);

static inline WDFFILEOBJECT fx_file_handle(const struct fx_file *file)
{
    return file != NULL ? (WDFFILEOBJECT)fx_handle_of(&file->object) : NULL;
}
