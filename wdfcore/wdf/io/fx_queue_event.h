#pragma once
/* fx_queue_event.h - what a queue tells its driver: picked by fx_queue_dispatch.c, told by
 * fx_queue_tell.c.
 */
#include "wdf/io/fx_queue.h"

enum fx_event_kind {
    FX_EVENT_NONE,
    FX_EVENT_REAP,           /* dropped requests that the driver need not see */
    FX_EVENT_CANCELED,       /* EvtIoCanceledOnQueue */
    FX_EVENT_REVOKED,        /* EvtRequestCancel */
    FX_EVENT_STOP,           /* EvtIoStop */
    FX_EVENT_RESUME,         /* EvtIoResume */
    FX_EVENT_NOTICE,         /* a state was reached */
    FX_EVENT_READY,          /* ready notify */
    FX_EVENT_REQUEST,        /* EvtIoRead and so on */
    FX_EVENT_EMPTY_TRANSFER, /* a read or write of no bytes that the driver does not want */
};

struct fx_event {
    enum fx_event_kind kind;
    struct fx_request *request;
    ULONG flags;                   /* EvtIoStop */
    struct fx_queue_notice notice; /* taken out of the queue */
    enum fx_notice which;
};

/* fx_queue_tell: call the driver (or complete the request that it need not see). No internal lock
 * is held; the callback lock is, if the event wants one. */
void fx_queue_tell(struct fx_queue *queue, const struct fx_event *event);
