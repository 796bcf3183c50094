#pragma once
/* fx_queue.h - WDFQUEUE: requests that wait, and how they reach the driver.
 * Rules for a queue:
 * - first come, first served; what a driver gives back goes to the head
 * - sequential: nothing is delivered while the driver owns a request of the queue; parallel: at
 *   most `presented` are owned at once; manual: the driver retrieves
 * - events (cancelled requests, EvtIoStop, EvtIoResume, state callbacks, ready notify, requests)
 *   are delivered one by one by fx_queue_pump: with no internal lock held, under the callback lock
 *   of the queue's scope; after each the state is read again
 * - whoever completes, forwards or gives back a request while some context is in the queue's pump
 *   leaves the next delivery to that context: delivery never recurses
 * - if the IRQL is too high for a passive queue, or the callback lock is already held by the
 *   running context, delivery moves to a work item or a DPC
 */
#include <wdf.h>

#include <stdbool.h>

#include "wdf/io/fx_io.h"
#include "wdf/frame/fx_lock.h"

struct fx_request;
struct fx_reserve;

/* Something that is to be told once when the queue has come to a state: the driver by its callback,
 * or a waiting context of ours by an event. */
enum fx_notice {
    FX_NOTICE_EMPTY, /* purge and drain: nothing queued, nothing owned */
    FX_NOTICE_STOP,  /* the driver owns nothing; not under the callback lock */
    FX_NOTICE_POWER, /* the driver owns nothing but what it acknowledged in EvtIoStop */
    FX_NOTICE_GONE,  /* as EMPTY, for deletion and removal */
    FX_NOTICES
};

struct fx_queue_notice {
    PFN_WDF_IO_QUEUE_STATE callback; /* NULL with event NULL: nobody wants to know */
    WDFCONTEXT context;
    KEVENT *event;
};

/* Keys: (c) constant once published; (q) queue lock; (i) the device's io lock */
struct fx_queue {
    struct fx_object object;
    struct base_lock lock;
    struct fx_sync sync;        /* (c) */
    struct fx_io *io;           /* (c) */
    struct fx_queue *next;      /* (i) */
    WDF_IO_QUEUE_CONFIG config; /* (c) */
    ULONG presented;            /* (c) parallel: most requests owned at once */
    bool power_managed;         /* (c) */
    bool passive;               /* (c) callbacks at PASSIVE_LEVEL */
    bool accept;                /* (q) */
    bool purged;                /* (q) accept was withdrawn by a removal */
    bool dispatch;              /* (q) */
    bool powered;               /* (q) TRUE for a queue that is not power-managed */
    bool deleted;               /* (q) */
    struct fx_request *queued;  /* (q) utlist, oldest first */
    struct fx_request *owned;   /* (q) utlist, what the driver has */
    struct fx_request *dropped; /* (q) utlist, cancelled: to be completed or handed to the driver */
    struct fx_request *revoked; /* (q) utlist by revoked_next: EvtRequestCancel is due */
    ULONG leaving;              /* (q) dropped or empty requests that are being completed */
    ULONG queued_count, owned_count;            /* (q) read anywhere */
    ULONG pumping;                              /* (q) contexts in the pump */
    WDF_REQUEST_STOP_ACTION_FLAGS stop_action;  /* (q) of the EvtIoStop calls that are due */
    ULONG stops_due, resumes_due;               /* (q) owned requests with that mark */
    struct fx_queue_notice notices[FX_NOTICES]; /* (q) */
    PFN_WDF_IO_QUEUE_STATE ready;               /* (q) ready notify, NULL: none */
    WDFCONTEXT ready_context;                   /* (q) */
    bool ready_due;                             /* (q) */
    struct fx_reserve *reserve;                 /* (a) set once under (q); NULL: none */
    bool dpc_due, work_due; /* (q) a deferred pump is on its way and holds a reference */
    KDPC dpc;
    WORK_QUEUE_ITEM work;
};

extern const struct fx_type fx_queue_type;

static inline void fx_queue_lock(struct fx_queue *queue)
{
    base_lock_acquire(&queue->lock);
}

static inline void fx_queue_unlock(struct fx_queue *queue)
{
    base_lock_release(&queue->lock);
}

static inline WDFQUEUE fx_queue_handle(const struct fx_queue *queue)
{
    return (WDFQUEUE)fx_handle_of(&queue->object);
}

/* The lock under which the queue's callbacks run, NULL: none. */
static inline struct fx_callback_lock *fx_queue_callback_lock(const struct fx_queue *queue)
{
    return queue->sync.scope == WdfSynchronizationScopeNone ? NULL : queue->sync.lock;
}

/* ---- requests come and go (fx_queue.c) ---- */

enum fx_queue_end { FX_QUEUE_TAIL, FX_QUEUE_HEAD };

/* fx_queue_insert: take a request (neither queued nor owned) in; does not deliver.
 *   Returns  STATUS_WDF_BUSY not accepting: the caller still has the request */
NTSTATUS fx_queue_insert(struct fx_queue *queue, struct fx_request *request, enum fx_queue_end end);
/* fx_queue_link_locked: the same, whatever the queue accepts. A request that is cancelled by now is
 * dropped at once. */
void fx_queue_link_locked(struct fx_queue *queue, struct fx_request *request,
                          enum fx_queue_end end);
/* fx_queue_own_locked: into the driver's hands, from no list. */
void fx_queue_own_locked(struct fx_queue *queue, struct fx_request *request);
/* fx_queue_take_locked: out of the queue into the driver's hands. false: its cancel routine is on
 * the way and owns it. */
bool fx_queue_take_locked(struct fx_queue *queue, struct fx_request *request);
/* fx_queue_let_go: the driver no longer owns the request: it was completed, forwarded or given
 * back. Delivers what may now be delivered, unless a context is in the pump. */
void fx_queue_let_go(struct fx_queue *queue, struct fx_request *request);
/* fx_queue_reap: complete the dropped requests that the driver need not see. */
void fx_queue_reap(struct fx_queue *queue);
/* fx_queue_leave_locked: out of the driver's hands; the first half of fx_queue_let_go. */
void fx_queue_leave_locked(struct fx_queue *queue, struct fx_request *request);
/* fx_queue_drop_locked: a cancelled request that sat in the queue waits for the pump. */
void fx_queue_drop_locked(struct fx_queue *queue, struct fx_request *request);
/* fx_queue_drop_queued: cancel all that is queued (file NULL), or what belongs to a file. */
void fx_queue_drop_queued(struct fx_queue *queue, const struct fx_file *file);

/* ---- delivery (fx_queue_dispatch.c) ---- */

enum fx_pump_reason {
    FX_PUMP_NOW,    /* a request came in or was cancelled: also while another context delivers */
    FX_PUMP_CHANGE, /* something ended: leave it to a context that is delivering */
};
void fx_queue_pump(struct fx_queue *queue, enum fx_pump_reason reason);
void fx_queue_dispatch_init(struct fx_queue *queue);
/* fx_queue_finish_owned: an owned request goes back to its sender without the driver. */
void fx_queue_finish_owned(struct fx_queue *queue, struct fx_request *request, NTSTATUS status);
/* fx_queue_is_inside: the running context is inside a callback of the queue. */
bool fx_queue_is_inside(const struct fx_queue *queue);
/* fx_queue_has_handler: a callback of the queue takes requests of this major function; a manual
 * queue takes all. */
bool fx_queue_has_handler(const struct fx_queue *queue, UCHAR major);

/* ---- power (fx_queue_power.c) ---- */

void fx_queue_power_up(struct fx_queue *queue);
/* fx_queue_power_down_begin: stop delivering and mark owned requests; fx_queue_power_down_wait:
 * call EvtIoStop and wait. PASSIVE_LEVEL. */
void fx_queue_power_down_begin(struct fx_queue *queue, WDF_REQUEST_STOP_ACTION_FLAGS action);
void fx_queue_power_down_wait(struct fx_queue *queue);
/* fx_queue_purge_wait: purge at removal. PASSIVE_LEVEL. */
void fx_queue_purge_wait(struct fx_queue *queue);
/* fx_queue_restart: it takes requests again if it did before the removal. */
void fx_queue_restart(struct fx_queue *queue);

/* ---- states (fx_queue_state.c) ---- */

/* fx_queue_wait: tell the queue that this context waits for a state, and wait. PASSIVE_LEVEL. */
void fx_queue_wait(struct fx_queue *queue, enum fx_notice notice);
/* fx_queue_is_reached_locked: whether what the notice waits for is the case. */
bool fx_queue_is_reached_locked(const struct fx_queue *queue, enum fx_notice notice);
/* fx_queue_revoke_owned: purge: EvtRequestCancel for marked requests, the mark for all others. */
void fx_queue_revoke_owned(struct fx_queue *queue);
