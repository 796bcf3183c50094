#pragma once
/* fx_send.h - one send of a request to an I/O target.
 * Rules for a send:
 * - the request is the target's from fx_send_submit until its completion routine is called, or the
 *   sender that waits is woken; meanwhile it holds a reference on the request and on the target
 * - it *ends* once, in the one context that takes it off the target's list: the IRP came back, or
 *   the request was taken out of the queue of a stopped target
 * - it is *finished* once, when it has ended and everybody who holds it (an armed timer, a
 *   cancellation that looks at the IRP) has let go: hence the IRP is never cancelled after it
 *   belongs to the driver again
 */
#include <wdf.h>

#include <stdbool.h>
#include <stdint.h>

struct fx_format;
struct fx_request;
struct fx_target;

enum fx_send_place {
    FX_SEND_NOWHERE,
    FX_SEND_QUEUED,   /* in target->queued */
    FX_SEND_BELOW,    /* in target->sent */
    FX_SEND_IGNORING, /* in target->ignoring */
};

/* Who made the IRP of a request that no queue delivered. */
enum fx_irp_owner {
    FX_IRP_SENDER,      /* a queue's request: who sent it */
    FX_IRP_OURS,        /* made here, for a target's stack; NULL: not yet */
    FX_IRP_DRIVER,      /* the driver, which frees it */
    FX_IRP_DRIVER_FREED /* the driver, freed with the request */
};

struct fx_send_timer {
    KTIMER timer;
    KDPC dpc;
};

/* Part of a request. Keys: (d) the driver's, while it owns the request (l) lock of the target
 * (a) atomic: the last to let go sees what the others wrote */
struct fx_send {
    PFN_WDF_REQUEST_COMPLETION_ROUTINE routine; /* (d) */
    WDFCONTEXT context;                         /* (d) */
    void (*done)(struct fx_request *request);   /* (d) the framework's own, instead; NULL: none */
    struct fx_target *target;                   /* (d) of the current or last send */
    struct fx_request *prev, *next;             /* (l) in a list of the target */
    struct fx_send_timer *timer;                /* (d) made when it is needed first */
    struct fx_format *format;                   /* (d) likewise, see fx_format.h */
    PKEVENT waiter;                             /* (d) a synchronous send: set when finished */
    int holds;                                  /* (a) */
    uint8_t place;                              /* (l) enum fx_send_place */
    uint8_t irp_owner;                          /* (d) enum fx_irp_owner */
    bool formatted;                             /* (d) the next stack location is filled in */
    bool refused;                               /* (d) cancelled before it was sent */
    bool counted, ignoring;                     /* (l) in which count of the target, if any */
    bool armed, ended;                          /* (l) the timer is set; it ended */
    bool guarded;                               /* (l) the IRP has our cancel routine */
    bool cancelling;                            /* (l) the target has cancelled it */
    bool timed_out;                             /* (l) */
};

/* fx_send_submit: send a formatted request that the driver owns, or queue it.
 *   flags, timeout  of WDF_REQUEST_SEND_OPTIONS, checked; timeout 0: none
 *   waiter          set when it is finished, instead of the completion routine; may be NULL
 *   Returns  STATUS_SUCCESS; STATUS_CANCELLED; STATUS_INVALID_DEVICE_STATE;
 *            STATUS_REQUEST_NOT_ACCEPTED; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL. The caller has a reference on both. */
NTSTATUS fx_send_submit(struct fx_request *request, struct fx_target *target, ULONG flags,
                        LONGLONG timeout, PKEVENT waiter);

/* fx_send_and_wait: the same; returns when the target completed it, with its status. *sent: it was
 * sent; else the status says why not. PASSIVE_LEVEL. Blocks. */
NTSTATUS fx_send_and_wait(struct fx_request *request, struct fx_target *target, ULONG flags,
                          LONGLONG timeout, bool *sent);

/* fx_send_check_options: of a send that is not forgotten or of a synchronous function. */
NTSTATUS fx_send_check_options(const WDF_REQUEST_SEND_OPTIONS *options, ULONG allowed);

/* fx_send_pass: what a target has queued goes to its device; it was taken off the queue and put
 * into the list `sent` by fx_send_take_locked and fx_send_place_locked. */
void fx_send_pass(struct fx_request *request);
/* fx_send_take_locked: out of the queue of its target; false: its sender has cancelled it, which
 * ends it. fx_send_place_locked: into one of the other lists. The target's lock is held. */
bool fx_send_take_locked(struct fx_request *request);
void fx_send_place_locked(struct fx_request *request, enum fx_send_place place);
/* fx_send_end_queued: a request that was taken out of the queue ends there. */
void fx_send_end_queued(struct fx_request *request, NTSTATUS status);
/* fx_send_cancel_unlocks: cancel the IRP of a request that is below; entered with the target's lock
 * held. The request may be gone afterwards. */
void fx_send_cancel_unlocks(struct fx_request *request);

/* fx_send_ensure_timer: NULL memory: STATUS_INSUFFICIENT_RESOURCES. A window. */
NTSTATUS fx_send_ensure_timer(struct fx_request *request);
/* fx_send_completion_params: of the last send, as far as it got. */
void fx_send_completion_params(const struct fx_request *request,
                               PWDF_REQUEST_COMPLETION_PARAMS params);
/* fx_send_reset: the completion routine, the format and a cancellation are forgotten.
 * fx_send_release: the request is destroyed: its timer, format and own IRP go. */
void fx_send_reset(struct fx_request *request);
void fx_send_release(struct fx_request *request);

/* fx_send_get: the request behind a handle that the driver may format, change or send; NULL: it is
 * sent (RequestSentTwice) or not the driver's, which was reported. */
struct fx_request *fx_send_get(WDFREQUEST handle, const char *api);

/* fx_send_reserve: an IRP with that many locations below the driver's; made or made anew if it is
 * ours.
 *   Returns STATUS_REQUEST_NOT_ACCEPTED; STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_send_reserve(struct fx_request *request, CCHAR stack_size, const void *caller);
