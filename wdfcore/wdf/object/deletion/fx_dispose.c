/* fx_dispose.c - the dispose lists.
 *
 * Normal path: a deletion that may not go on at this IRQL queues its root and returns; the list's
 * worker takes one root after the other and runs both walks at PASSIVE_LEVEL.
 * Failure: none; queueing allocates nothing.
 * Teardown: fx_dispose_list_wait returns once the worker has found the list empty. What is queued
 * after that starts a new worker: nobody queues for a driver that has no object left, and a device's
 * list has ended.
 */
#include "wdf/object/deletion/fx_dispose.h"

#include "base/assert.h"
#include "nt/io/deferred/io_workitem.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/deletion/fx_walk.h"
#include "wdf/object/fx_tree.h"

void fx_dispose_hold_locked(struct fx_object *object)
{
    struct fx_object *device = fx_object_device(object);

    if (device != NULL && device != object) {
        fx_object_ref(device); /* dropped by fx_dispose_let_go */
        fx_object_flag_locked(object, FX_OBJECT_HOLDS_DEVICE);
    }
}

void fx_dispose_let_go(struct fx_object *object)
{
    struct fx_object *device = fx_object_device(object);

    if ((fx_object_flags(object) & FX_OBJECT_HOLDS_DEVICE) != 0) {
        fx_tree_lock();
        fx_object_unflag_locked(object, FX_OBJECT_HOLDS_DEVICE);
        fx_tree_unlock();
        fx_object_deref(device);
    }
}

/* A device that is not held may be gone. */
static struct fx_dispose_list *dispose_list_locked(const struct fx_object *object)
{
    struct fx_object *device = fx_object_device(object);

    if ((object->flags & FX_OBJECT_HOLDS_DEVICE) != 0 && device->type->disposes_offset != 0) {
        struct fx_dispose_list *list =
            (void *)((char *)(void *)device + device->type->disposes_offset);

        if (!list->ended) {
            return list;
        }
    }
    return &object->globals->disposes;
}

static void dispose_one(struct fx_object *object)
{
    if (fx_object_state(object) == FX_STATE_DESTROYED) {
        fx_object_destroy(object);
        return;
    }
    /* At PASSIVE_LEVEL, inside no callback of a driver, no rundown has a reason to refuse. */
    CORE_ASSERT(fx_walk_dispose(object));
    fx_dispose_let_go(object);
    fx_walk_destroy(object);
}

/* The next object, or NULL: then the worker ends and *waiters is who has to know. */
static struct fx_object *dispose_take(struct fx_dispose_list *list, struct fx_waiter **waiters)
{
    struct fx_object *object;

    fx_tree_lock();
    object = fx_object_at(list->objects);
    if (object != NULL) {
        fx_siblings_remove(&list->objects, object);
        fx_object_unflag_locked(object, FX_OBJECT_DEFERRED);
    } else {
        list->running = false;
        *waiters = fx_waiters_detach(&list->waiters);
    }
    fx_tree_unlock();
    return object;
}

static VOID dispose_worker(PVOID context)
{
    struct fx_dispose_list *list = context;
    struct fx_waiter *waiters = NULL;
    struct fx_object *object = dispose_take(list, &waiters);

    while (object != NULL) {
        dispose_one(object);
        object = dispose_take(list, &waiters);
    }
    fx_waiters_wake(waiters); /* the list may be gone by now */
}

void fx_dispose_queue(struct fx_object *object)
{
    struct fx_dispose_list *list;
    bool start;

    fx_tree_lock();
    list = dispose_list_locked(object);
    CORE_ASSERT((object->flags & FX_OBJECT_DEFERRED) == 0 && object->parent == FX_LINK_NONE);
    fx_object_flag_locked(object, FX_OBJECT_DEFERRED);
    fx_siblings_append(&list->objects, object);
    start = !list->running;
    list->running = true;
    fx_tree_unlock();
    if (start) {
        io_work_queue(&list->item, dispose_worker, list);
    }
}

static bool dispose_is_running(const void *context)
{
    const struct fx_dispose_list *list = context;

    return list->running;
}

void fx_dispose_list_wait(struct fx_dispose_list *list)
{
    fx_wait_while(&list->waiters, dispose_is_running, list, "deferred deletions");
}

void fx_dispose_list_end(struct fx_dispose_list *list)
{
    fx_tree_lock();
    list->ended = true;
    fx_tree_unlock();
    fx_dispose_list_wait(list);
}
