#pragma once
/* fx_target.h - WDFIOTARGET: where a driver sends requests: the next lower driver of its device (the
 * default target), or another device (a remote target).
 * Rules for a target:
 * - the default target is made when the driver asks for it first, a child of its device; it is
 *   started from then on and the driver cannot delete it
 * - a remote target refuses everything until it is opened, and again once it is closed
 * - what is sent is in one of three lists until its IRP has come back: queued (stopped target),
 *   sent, ignoring (sent without regard to the state); see fx_send.h
 * - it is not closed, and its device not let go, before the completion routines of all that was
 *   sent have returned
 * See fx_target_state.c for the states.
 */
#include <wdf.h>

#include "base/lock.h"
#include "wdf/frame/fx_wait.h"
#include "wdf/device/fx_device.h"

struct fx_make;
struct fx_request;

/* A completion routine that runs, on the stack of who calls it. */
struct fx_target_frame {
    struct fx_target_frame *next;
    const void *thread;
};

/* How a remote target was opened by name, for WdfIoTargetOpenReopen. */
struct fx_target_name {
    UNICODE_STRING name; /* Buffer: fx_allocate */
    ACCESS_MASK access;
    ULONG share, attributes, disposition, options;
};

/* What a target of another type does besides: it has been started; it has been stopped, and what it sends
 * by itself is to be cancelled, whatever becomes of the rest. No lock is held. */
struct fx_target_hooks {
    void (*started)(struct fx_target *target);
    void (*stopped)(struct fx_target *target);
};

/* Keys: (c) constant once published (l) the target's lock (t) tree lock (p) only by the caller of
 * WdfIoTargetOpen and Close, which the driver serializes */
struct fx_target {
    struct fx_object object;
    struct fx_device *device; /* (c) above the target, kept until that is destroyed */
    bool remote;              /* (c) */
    struct base_lock lock;
    WDF_IO_TARGET_STATE state;                    /* (l) */
    DEVICE_OBJECT *wdm;                           /* (l) requests go there; NULL: not open */
    DEVICE_OBJECT *physical;                      /* (l) PDO of its stack, or NULL */
    PFILE_OBJECT file;                            /* (p) referenced; NULL: none */
    HANDLE handle;                                /* (p) of the file; NULL: none */
    struct fx_target_name by_name;                /* (p) */
    PVOID notification;                           /* (p) of the device's removal; NULL: none */
    struct fx_request *queued, *sent, *ignoring;  /* (l) */
    struct fx_target_frame *frames;               /* (l) */
    uint32_t sent_count, ignoring_count;          /* (t) until the completion routine returned */
    struct fx_waiters waiters;                    /* until one of the counts is 0 */
    const struct fx_target_hooks *hooks;          /* (c) NULL: none */
    PFN_WDF_IO_TARGET_QUERY_REMOVE query_remove;  /* (p) */
    PFN_WDF_IO_TARGET_REMOVE_CANCELED uncanceled; /* (p) */
    PFN_WDF_IO_TARGET_REMOVE_COMPLETE removed;    /* (p) */
};

extern const struct fx_type fx_target_type;

static inline WDFIOTARGET fx_target_handle(const struct fx_target *target)
{
    return (WDFIOTARGET)fx_handle_of(&target->object);
}

/* fx_target_get: also the targets that a WDFUSBDEVICE and a WDFUSBPIPE are. */
static inline struct fx_target *fx_target_get(WDFIOTARGET handle)
{
    unsigned type = fx_handle_type(handle);

    if (type == FX_TYPE_USBDEVICE || type == FX_TYPE_USBPIPE) {
        return fx_handle_get(handle, (enum fx_type_number)type);
    }
    return fx_handle_get(handle, FX_TYPE_IOTARGET);
}

static inline void fx_target_lock(struct fx_target *target)
{
    base_lock_acquire(&target->lock);
}

static inline void fx_target_unlock(struct fx_target *target)
{
    base_lock_release(&target->lock);
}

/* fx_target_publish: fx_make_publish for a new target below the device, which it keeps; started. */
NTSTATUS fx_target_publish(struct fx_make *make, struct fx_device *device);

/* fx_target_dispose: the rundown; fx_target_destroy: the last thing; fx_target_describe: of a target that is not remote. */
bool fx_target_dispose(struct fx_object *object);
void fx_target_destroy(struct fx_object *object);
void fx_target_describe(const struct fx_object *object, char *text, size_t size);

/* fx_target_is_open: requests may be formatted for it. fx_target_is_started: and are sent. */
bool fx_target_is_open(struct fx_target *target);
bool fx_target_is_started(struct fx_target *target);

/* ---- states (fx_target_state.c) ---- */

/* fx_target_close: to state (closed, closed for query-remove or deleted): complete what is queued,
 * cancel what was sent, wait for it. false: the caller is a completion routine of the target, which
 * was reported; nothing was waited for. PASSIVE_LEVEL. */
bool fx_target_close(struct fx_target *target, WDF_IO_TARGET_STATE state);

/* fx_target_enter, fx_target_leave: a request counts as sent, or no more. */
void fx_target_enter(struct fx_target *target, bool ignoring);
void fx_target_leave(struct fx_target *target, bool ignoring);

/* ---- opening (fx_target_open.c) ---- */

/* fx_target_deafen: no more notifications of the device's removal. PASSIVE_LEVEL. */
void fx_target_deafen(struct fx_target *target);
/* fx_target_release: the file and the device go; nothing is outstanding. PASSIVE_LEVEL. */
void fx_target_release(struct fx_target *target);
