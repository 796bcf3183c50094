/* fx_target_state.c - whether a target takes requests, and what becomes of those that it has.
 *
 *                     Start     Stop      Purge    query-remove  Close    deleted
 * STARTED             -         STOPPED   PURGED   CLOSED_QR     CLOSED   DELETED
 * STOPPED             STARTED   -         PURGED   CLOSED_QR     CLOSED   DELETED
 * PURGED              STARTED   STOPPED   -        CLOSED_QR     CLOSED   DELETED
 * CLOSED, CLOSED_QR   refused   -         -        -             CLOSED   DELETED
 * DELETED             refused   -         -        -             -        -
 * Opening makes it STARTED. Whoever cancels or waits does so with the new state set, so that
 * nothing more comes.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/io/fx_request.h"
#include "wdf/target/fx_target.h"

#include <utlist.h>

static bool target_is_open_locked(const struct fx_target *target)
{
    return target->wdm != NULL && target->state != WdfIoTargetClosed &&
           target->state != WdfIoTargetClosedForQueryRemove && target->state != WdfIoTargetDeleted;
}

bool fx_target_is_open(struct fx_target *target)
{
    bool open;

    fx_target_lock(target);
    open = target_is_open_locked(target);
    fx_target_unlock(target);
    return open;
}

bool fx_target_is_started(struct fx_target *target)
{
    bool started;

    fx_target_lock(target);
    started = target_is_open_locked(target) && target->state == WdfIoTargetStarted;
    fx_target_unlock(target);
    return started;
}

/* ---- counts ---- */

void fx_target_enter(struct fx_target *target, bool ignoring)
{
    fx_tree_lock();
    (*(ignoring ? &target->ignoring_count : &target->sent_count))++;
    fx_tree_unlock();
}

void fx_target_leave(struct fx_target *target, bool ignoring)
{
    uint32_t *count = ignoring ? &target->ignoring_count : &target->sent_count;
    struct fx_waiter *waiters = NULL;

    fx_tree_lock();
    if (--*count == 0) {
        waiters = fx_waiters_detach(&target->waiters);
    }
    fx_tree_unlock();
    fx_waiters_wake(waiters);
}

static bool target_has_sent(const void *context)
{
    return ((const struct fx_target *)context)->sent_count != 0;
}

static bool target_has_any(const void *context)
{
    const struct fx_target *target = context;

    return target->sent_count != 0 || target->ignoring_count != 0;
}

/* Waiting inside a completion routine of the target would wait for that routine. */
static bool target_may_wait(struct fx_target *target, const char *api)
{
    const struct fx_target_frame *frame;
    const void *self = ke_self->thread;
    bool inside = false;

    fx_target_lock(target);
    LL_FOREACH (target->frames, frame) {
        inside = inside || frame->thread == self;
    }
    fx_target_unlock(target);
    if (inside) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &target->object,
                     "%s in a completion routine of a request of this target", api);
    }
    return !inside;
}

/* ---- what it has ---- */

/* All that is queued, oldest first, to be sent or ended by the caller; what its sender cancels just
 * now stays and ends by that. The lock is held. */
static struct fx_request *target_take_queued_locked(struct fx_target *target)
{
    struct fx_request *taken = NULL;
    struct fx_request *request;
    struct fx_request *next;

    DL_FOREACH_SAFE2(target->queued, request, next, send.next)
    {
        if (fx_send_take_locked(request)) {
            DL_APPEND2(taken, request, send.prev, send.next);
        }
    }
    return taken;
}

static void target_end_all(struct fx_request *taken)
{
    while (taken != NULL) {
        struct fx_request *request = taken;

        DL_DELETE2(taken, request, send.prev, send.next);
        fx_send_end_queued(request, STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
    }
}

/* One that was not yet cancelled since it was sent; the lock is held. */
static struct fx_request *target_next_locked(struct fx_request *list)
{
    struct fx_request *request;

    DL_FOREACH2(list, request, send.next)
    {
        if (!request->send.cancelling) {
            request->send.cancelling = true;
            return request;
        }
    }
    return NULL;
}

static void target_cancel_sent(struct fx_target *target, bool ignoring)
{
    for (;;) {
        struct fx_request *request;

        fx_target_lock(target);
        request = target_next_locked(target->sent);
        if (request == NULL && ignoring) {
            request = target_next_locked(target->ignoring);
        }
        if (request == NULL) {
            fx_target_unlock(target);
            return;
        }
        fx_send_cancel_unlocks(request);
    }
}

bool fx_target_close(struct fx_target *target, WDF_IO_TARGET_STATE state)
{
    struct fx_request *taken;
    bool waits;

    fx_target_lock(target);
    target->state = state;
    taken = target_take_queued_locked(target);
    fx_target_unlock(target);
    target_end_all(taken);
    target_cancel_sent(target, true);
    waits = target_may_wait(target, "closing it");
    if (waits) {
        fx_wait_while(&target->waiters, target_has_any, target,
                      "requests that were sent to an I/O target");
    }
    return waits;
}

/* ---- API ---- */

WDFAPI WDF_IO_TARGET_STATE WdfIoTargetGetState(WDFIOTARGET IoTarget)
{
    struct fx_target *target;
    WDF_IO_TARGET_STATE state;

    if (!API_QUIET(DISPATCH_LEVEL) || (target = fx_target_get(IoTarget)) == NULL) {
        return WdfIoTargetStateUndefined;
    }
    fx_target_lock(target);
    state = target->state;
    fx_target_unlock(target);
    return state;
}

WDFAPI NTSTATUS WdfIoTargetStart(WDFIOTARGET IoTarget)
{
    struct fx_request *taken = NULL;
    struct fx_request *request;
    struct fx_target *target;
    bool open;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_target_get(IoTarget);
    if (target == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_object_ref(&target->object); /* somebody may delete it meanwhile */
    fx_target_lock(target);
    open = target_is_open_locked(target);
    if (open) {
        target->state = WdfIoTargetStarted;
        taken = target_take_queued_locked(target);
    }
    fx_target_unlock(target);
    while ((request = taken) != NULL) {
        DL_DELETE2(taken, request, send.prev, send.next);
        fx_target_lock(target);
        fx_send_place_locked(request, FX_SEND_BELOW);
        fx_target_unlock(target);
        fx_send_pass(request);
    }
    if (open && target->hooks != NULL) {
        target->hooks->started(target);
    }
    fx_object_deref(&target->object);
    return open ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

/* To stopped or purged; false: it is closed and stays so. */
static bool target_set_state(struct fx_target *target, WDF_IO_TARGET_STATE state)
{
    struct fx_request *taken = NULL;
    bool open;

    fx_target_lock(target);
    open = target_is_open_locked(target);
    if (open) {
        target->state = state;
    }
    if (open && state == WdfIoTargetPurged) {
        taken = target_take_queued_locked(target);
    }
    fx_target_unlock(target);
    target_end_all(taken);
    return open;
}

WDFAPI VOID WdfIoTargetStop(WDFIOTARGET IoTarget, WDF_IO_TARGET_SENT_IO_ACTION Action)
{
    struct fx_target *target;

    if (!API(Action == WdfIoTargetLeaveSentIoPending ? DISPATCH_LEVEL : PASSIVE_LEVEL) ||
        (target = fx_target_get(IoTarget)) == NULL) {
        return;
    }
    if (Action < WdfIoTargetCancelSentIo || Action > WdfIoTargetLeaveSentIoPending) {
        fx_bad_value(&target->object, "WDF_IO_TARGET_SENT_IO_ACTION", Action);
        return;
    }
    fx_object_ref(
        &target->object); /* a completion routine may delete it, or who comes while we wait */
    if (target_set_state(target, WdfIoTargetStopped)) {
        if (Action == WdfIoTargetCancelSentIo) {
            target_cancel_sent(target, false);
        } else if (target->hooks != NULL) {
            target->hooks->stopped(target);
        }
        if (Action != WdfIoTargetLeaveSentIoPending && target_may_wait(target, __func__)) {
            fx_wait_while(&target->waiters, target_has_sent, target,
                          "requests that were sent to an I/O target");
        }
    }
    fx_object_deref(&target->object);
}

WDFAPI VOID WdfIoTargetPurge(WDFIOTARGET IoTarget, WDF_IO_TARGET_PURGE_IO_ACTION Action)
{
    struct fx_target *target;

    if (!API(Action == WdfIoTargetPurgeIo ? DISPATCH_LEVEL : PASSIVE_LEVEL) ||
        (target = fx_target_get(IoTarget)) == NULL) {
        return;
    }
    if (Action != WdfIoTargetPurgeIoAndWait && Action != WdfIoTargetPurgeIo) {
        fx_bad_value(&target->object, "WDF_IO_TARGET_PURGE_IO_ACTION", Action);
        return;
    }
    fx_object_ref(&target->object); /* as above */
    if (target_set_state(target, WdfIoTargetPurged)) {
        target_cancel_sent(target, false);
        if (Action == WdfIoTargetPurgeIoAndWait && target_may_wait(target, __func__)) {
            fx_wait_while(&target->waiters, target_has_sent, target,
                          "requests that were sent to an I/O target");
        }
    }
    fx_object_deref(&target->object);
}
