#pragma once
/* fx_call.h - the gate for EVT callbacks: ke_call's chain and IRQL check, one of critical regions, the callback lock around
 * it, and a check that the callback still holds that lock when it returns.
 *
 *     struct fx_call call;
 *     if (fx_call_enter(&call, "EvtDpcFunc", dpc->callback, &dpc->object, dpc->lock)) {
 *         dpc->callback(fx_handle_of(&dpc->object));
 *         fx_call_leave(&call);
 *     }
 *
 * The caller holds no internal lock. Whatever the callback may have done, deletion of the object
 * included, has been done when it returns: who touches the object afterwards holds a reference.
 */
#include "nt/ke/ke_call.h"
#include "nt/ke/lock/ke_lock_order.h"
#include "nt/thread/ke_thread.h"
#include "wdf/frame/fx_lock.h"

struct fx_call {
    struct ke_callback frame;
    struct fx_callback_lock *lock;
    SHORT region; /* how deep in critical regions it was entered */
    KIRQL irql;   /* before the lock was taken */
    ULONG locks;  /* how many spin locks the processor held when it was entered */
};

/* The callback left in a critical region that it entered, or out of its caller's. The depth is put
 * right: CallbackLeftCriticalRegion. */
void fx_call_wrong_region(const struct ke_callback *frame, SHORT region);

/* The callback left with its lock released: CallbackLockNotOwned. The IRQL is as before the lock. */
void fx_call_lock_lost(const struct fx_call *call);

/* fx_call_enter: kind is the callback's documented name (a constant); lock NULL: none is taken.
 * false: the lock was refused; do not call. */
static inline bool fx_call_enter(struct fx_call *call, const char *kind, const void *routine,
                                 const struct fx_object *object, struct fx_callback_lock *lock)
{
    call->lock = lock;
    call->irql = ke_self->irql;
    if (lock != NULL && !fx_callback_lock_acquire(lock)) {
        return false;
    }
    call->locks = ke_self->spin_locks_held;
    call->region = ke_self->thread->normal_apcs_disabled;
    ke_call_enter(&call->frame, kind, routine, fx_handle_of(object));
    return true;
}

static inline void fx_call_leave(const struct fx_call *call)
{
    ke_call_leave(&call->frame);
    if (__builtin_expect(ke_self->thread->normal_apcs_disabled != call->region, 0)) {
        fx_call_wrong_region(&call->frame, call->region);
    }
    if (__builtin_expect(ke_self->spin_locks_held > call->locks, 0)) {
        ke_lock_order_left(call->frame.kind, call->frame.routine);
    }
    if (call->lock != NULL) {
        if (fx_callback_lock_is_mine(call->lock)) {
            fx_callback_lock_release(call->lock);
        } else {
            fx_call_lock_lost(call);
        }
    }
}

/* ---- many callbacks of one kind, one after the other, without a lock ----
 * What is the same for all is done once: fx_call_row_begin, then enter and leave for each. All at the same
 * IRQL, inside the same callbacks and critical regions. */
struct fx_call_row {
    struct ke_callback frame;
    SHORT region;
};

static inline void fx_call_row_begin(struct fx_call_row *row, const char *kind)
{
    const struct ke_processor *self = ke_self;

    row->frame.kind = kind;
    row->frame.outer = self->chain;
    row->frame.irql = self->irql;
    row->frame.recorded = 0;
    row->frame.watched = 0;
    row->region = self->thread->normal_apcs_disabled;
}

static inline void fx_call_row_enter(struct fx_call_row *row, const void *routine,
                                     const struct fx_object *object)
{
    struct ke_processor *self = ke_self;

    row->frame.routine = routine;
    row->frame.object = fx_handle_of(object);
    self->chain = &row->frame;
    if (ke_is_observed(self)) {
        ke_call_entered(&row->frame);
    }
}

/* The callback was told of, and the next one may not be. */
void fx_call_row_told(struct fx_call_row *row);

static inline void fx_call_row_leave(struct fx_call_row *row)
{
    struct ke_processor *self = ke_self; /* the callback may have waited and come back elsewhere */

    if (__builtin_expect(self->irql != row->frame.irql, 0)) {
        ke_call_wrong_irql(&row->frame);
    }
    if (__builtin_expect((row->frame.recorded | row->frame.watched) != 0, 0)) {
        fx_call_row_told(row);
    }
    self->chain = row->frame.outer;
    if (__builtin_expect(self->thread->normal_apcs_disabled != row->region, 0)) {
        fx_call_wrong_region(&row->frame, row->region);
    }
}

/* fx_call_is_inside: the running context is somewhere inside that routine, called for that object:
 * waiting for it would wait for ourselves. */
bool fx_call_is_inside(const void *routine, const struct fx_object *object);
