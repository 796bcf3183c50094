#pragma once
/* fx_request.h - WDFREQUEST: an IRP on its way through a driver.
 * Rules for a request:
 * - made when its IRP arrives; the driver can see it from its first presentation on; one that was
 *   never presented is completed without its context's callbacks
 * - at any time in one place: in a queue, with the driver, with a target, or completed
 * - completed once: cleanup of its children and contexts, then the IRP, then the queue moves on,
 *   then the handle goes with the last reference
 * See fx_request.c for the states.
 */
#include <wdf.h>

#include <stdbool.h>

#include "wdf/io/fx_file.h"
#include "wdf/io/fx_queue.h"
#include "wdf/memory/fx_memory.h"
#include "wdf/target/fx_send.h"

enum fx_request_state {
    FX_REQUEST_NEW,       /* with the framework: arriving, or between two places */
    FX_REQUEST_QUEUED,    /* in queue->queued */
    FX_REQUEST_DROPPED,   /* in queue->dropped: cancelled while queued */
    FX_REQUEST_OWNED,     /* with the driver */
    FX_REQUEST_SENT,      /* with an I/O target */
    FX_REQUEST_COMPLETED, /* the IRP is gone */
    FX_REQUEST_STATE_COUNT
};

/* How far cancellation of an owned request has come. */
enum fx_cancel_state {
    FX_CANCEL_NONE,   /* not marked */
    FX_CANCEL_MARKED, /* the IRP's cancel routine is ours */
    FX_CANCEL_DUE,    /* cancelled while marked: EvtRequestCancel will be called */
    FX_CANCEL_CALLED, /* EvtRequestCancel runs or has run */
};

/* Answer to EvtIoStop. */
enum fx_stop_answer { FX_STOP_NONE, FX_STOP_KEEP, FX_STOP_REQUEUE };

/* Keys: (c) constant once published; (q) lock of the queue it is in; (d) the owner's: one context
 * at a time by the rules of ownership; (r) written as (q) or (d), read anywhere */
struct fx_request {
    struct fx_object object;
    PIRP irp;               /* (d) NULL, set under (q): completed, or created without one */
    struct fx_io *io;       /* (c) NULL: created by the driver */
    struct fx_queue *queue; /* (q) that holds or delivered it: it stays as long */
    WDFQUEUE wanted;        /* (d) where it goes after EvtIoInCallerContext; NULL: by type */
    struct fx_file *file;   /* (q) not referenced: NULL once the file is closed */
    struct fx_request *prev, *next;    /* (q) in queued, owned or dropped */
    struct fx_request *revoked_next;   /* (q) in revoked */
    enum fx_request_state state;       /* (r) */
    enum fx_cancel_state cancel;       /* (r) */
    PFN_WDF_REQUEST_CANCEL evt_cancel; /* (q) */
    NTSTATUS status;                   /* (d) of a completed or driver-created request */
    UCHAR major;                       /* (c) */
    bool published;                    /* (q) the driver can know the handle */
    bool presented;                    /* (q) it was delivered to the driver once */
    bool in_caller_context;            /* (d) inside EvtIoInCallerContext, not yet passed on */
    bool in_stop;                      /* (d) inside EvtIoStop */
    bool stop_due, resume_due;         /* (q) */
    bool stop_kept; /* (q) acknowledged: the power transition need not wait for it */
    bool purging;   /* (r) purged while the driver owned it unmarked */
    bool reserved;  /* (c) one of the forward-progress requests */
    bool by_driver; /* (c) WdfRequestCreate */
    bool opens;     /* (c) a create that its device counts: fx_file_create_failed if it fails */
    enum fx_stop_answer stop_answer; /* (d) */
    struct fx_queue *home;           /* (d) reserved: whose it is, referenced while it has an IRP */
    struct fx_memory *input, *output; /* (d) handles of the buffers, made on demand */
    PMDL mdl;                         /* (d) made for a buffered request, or NULL */
    struct fx_send send;              /* its way to an I/O target */
};

extern const struct fx_type fx_request_type;

/* fx_request_create: a request for an IRP that has reached the device. NULL: memory is short. */
struct fx_request *fx_request_create(struct fx_io *io, PIRP irp, struct fx_file *file);

/* fx_request_unmake: one that the driver does not get; its IRP stays the caller's. In state NEW. */
void fx_request_unmake(struct fx_request *request);

/* fx_request_create_reserved: one without an IRP, which the driver can know. NULL: memory is short.
 * fx_request_renew: a completed one that is reserved gets an IRP, and is as one that arrives. */
struct fx_request *fx_request_create_reserved(struct fx_io *io);
void fx_request_renew(struct fx_request *request, PIRP irp);

/* fx_request_create_own: a request of the driver's own, which owns it from the start.
 *   parent   NULL: by the attributes, else the driver
 *   caller   call site, see fx_make
 *   Returns  statuses of fx_make */
NTSTATUS fx_request_create_own(const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                               const void *caller, struct fx_request **request);

/* fx_request_publish: from here the driver can see it. fx_request_present: it is delivered.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_request_publish(struct fx_request *request);
NTSTATUS fx_request_present(struct fx_request *request);

/* fx_request_finish: complete the IRP and let the request go, without the driver: it was refused,
 * purged, or cancelled before the driver saw it. In state NEW. */
void fx_request_finish(struct fx_request *request, NTSTATUS status, ULONG_PTR information);

/* fx_request_forget: the IRP goes to a lower device and the request is let go; in state OWNED, not
 * marked cancelable. false: the driver still references its memory (reported); nothing happened. */
bool fx_request_forget(struct fx_request *request, DEVICE_OBJECT *lower, const void *caller);

/* fx_request_set_state: the checked setter; queue lock held if it is in a queue. */
void fx_request_set_state(struct fx_request *request, enum fx_request_state state);

static inline WDFREQUEST fx_request_handle(const struct fx_request *request)
{
    return (WDFREQUEST)fx_handle_of(&request->object);
}

/* fx_request_location: the stack location of our device. */
static inline PIO_STACK_LOCATION fx_request_location(const struct fx_request *request)
{
    return IoGetCurrentIrpStackLocation(request->irp);
}

/* fx_request_length: of a read or write; (size_t)-1 for anything else. */
size_t fx_request_length(const struct fx_request *request);

/* fx_request_parameters: what the sender asked for; Size is the caller's. */
void fx_request_parameters(const struct fx_request *request, PWDF_REQUEST_PARAMETERS parameters);

/* fx_request_get: the request behind a handle that must not be completed; else a violation
 * (RequestNotOwned, or that of the handle) and NULL. */
struct fx_request *fx_request_get(WDFREQUEST handle, const char *api);

/* fx_request_get_owned: the same, and the driver must own it. */
struct fx_request *fx_request_get_owned(WDFREQUEST handle, const char *api);

static inline enum fx_request_state fx_request_state(const struct fx_request *request)
{
    return __atomic_load_n(&request->state, __ATOMIC_RELAXED);
}

static inline enum fx_cancel_state fx_request_cancel_state(const struct fx_request *request)
{
    return __atomic_load_n(&request->cancel, __ATOMIC_RELAXED);
}

static inline void fx_request_set_cancel(struct fx_request *request, enum fx_cancel_state cancel)
{
    __atomic_store_n(&request->cancel, cancel, __ATOMIC_RELAXED);
}

/* fx_request_is_owned: delivered, retrieved, or in a callback that hands it over. */
static inline bool fx_request_is_owned(const struct fx_request *request)
{
    return fx_request_state(request) == FX_REQUEST_OWNED;
}

/* ---- cancellation (fx_request_cancel.c) ---- */

/* fx_request_guard_queued: the IRP gets the cancel routine for its time in a queue.
 *   Returns  false: it is cancelled already and nobody else will see to it */
bool fx_request_guard_queued(struct fx_request *request);
/* fx_request_is_guarded: the routine is there: the request can still be taken out of its queue. */
bool fx_request_is_guarded(const struct fx_request *request);
/* fx_request_unguard: take the cancel routine back. false: it is running or about to. */
bool fx_request_unguard(struct fx_request *request);
/* fx_request_revoke_locked: EvtRequestCancel is due; queue lock held, cancel routine taken. */
void fx_request_revoke_locked(struct fx_request *request);
/* fx_request_is_cancelled: by its sender, or by a purge. */
bool fx_request_is_cancelled(const struct fx_request *request);

/* ---- buffers (fx_request_buffers.c) ---- */

/* fx_request_release_buffers: what was made for the buffers goes; the memory handles must not be
 * referenced any more. */
void fx_request_release_buffers(struct fx_request *request);
