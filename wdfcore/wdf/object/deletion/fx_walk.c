/* fx_walk.c - deletion: the two walks over the tree.
 *
 * Normal path of a deletion at PASSIVE_LEVEL: the object leaves its parent; one walk cleans up its
 * tree (children first, in creation order), a second one gives up the framework's reference of each
 * object in the same order, which destroys and frees what nobody else holds.
 * Where the IRQL forbids the first walk it stops, and the dispose worker starts it again from the
 * root: what is DISPOSED is skipped (fx_dispose.c).
 * Both walks use the sibling and parent links, not recursion. While a callback of an object runs
 * the object stays where it is in its tree: only a CREATED object can leave its parent's list.
 */
#include "wdf/object/deletion/fx_walk.h"

#include "base/assert.h"
#include "wdf/object/deletion/fx_run.h"
#include "wdf/object/fx_tree.h"

/* Each walk is made twice: with fibers nothing in it asks for the tree lock. */
static inline void walk_lock(bool threads)
{
    if (threads) {
        fx_tree_lock();
    }
}

static inline void walk_unlock(bool threads)
{
    if (threads) {
        fx_tree_unlock();
    }
}

/* ---- the first walk: cleanup ---- */

#define WALK_KIND "EvtCleanupCallback"

/* Above PASSIVE_LEVEL: the object or one of its children must be disposed there. */
static bool walk_must_wait(const struct fx_object *object)
{
    const struct fx_object *child;
    bool wait = false;

    if ((fx_object_flags(object) & FX_OBJECT_PASSIVE_DISPOSE) != 0) {
        return true;
    }
    fx_tree_lock();
    for (child = fx_object_at(object->children); child != NULL && !wait;
         child = fx_object_at(child->next)) {
        wait = child->state < FX_STATE_DISPOSED && (child->flags & FX_OBJECT_PASSIVE_DISPOSE) != 0;
    }
    fx_tree_unlock();
    return wait;
}

/* With the tree lock: from here on no other context begins with the object, and it gets no child. */
static inline void walk_begin_locked(struct fx_object *object)
{
    if (object->state == FX_STATE_CREATED) {
        fx_state_set(object, FX_STATE_DISPOSING);
    }
}

/* All its children are cleaned up: its own rundown and callbacks. */
__attribute__((always_inline)) static inline bool walk_dispose(struct fx_object *object,
                                                               struct fx_call_row *row)
{
    if ((fx_object_flags(object) & FX_OBJECT_TYPE_DISPOSES) != 0) {
        if (!object->type->dispose(object)) {
            return false;
        }
        fx_tree_lock();
        fx_object_unflag_locked(object, FX_OBJECT_TYPE_DISPOSES);
        fx_tree_unlock();
    }
    fx_context_cleanup(object, row);
    fx_state_set(object, FX_STATE_DISPOSED);
    return true;
}

#define LOOK_AHEAD 48 /* siblings */

/* Ask for the first line of a sibling further on, where it probably lies: what was created in a row stands
 * in a row. A wrong guess costs nothing but a line; no address is wrong for a prefetch. Always inline: gcc
 * takes a function that only prefetches for one without effect. before: where the walk was last. */
__attribute__((always_inline)) static inline void walk_prefetch(const struct fx_object *before,
                                                                const struct fx_object *object)
{
    intptr_t step = (intptr_t)((uintptr_t)object - (uintptr_t)before);

    __builtin_prefetch((const char *)((uintptr_t)object + (uintptr_t)(step * LOOK_AHEAD)), 1);
}

/* With the tree lock: begin with the first of these siblings that is not cleaned up; NULL: all are. */
__attribute__((always_inline)) static inline struct fx_object *
walk_next_locked(struct fx_object *object)
{
    while (object != NULL && object->state >= FX_STATE_DISPOSED) {
        object = fx_object_at(object->next);
    }
    if (object != NULL) {
        walk_begin_locked(object);
    }
    return object;
}

/* The object is cleaned up: the next one is a sibling to begin with, or its parent to finish. */
__attribute__((always_inline)) static inline struct fx_object *
walk_leave(struct fx_object *object, bool *sibling, bool threads)
{
    struct fx_object *next;

    walk_lock(threads);
    next = walk_next_locked(fx_object_at(object->next));
    *sibling = next != NULL;
    if (next == NULL) {
        next = fx_object_parent(object);
    }
    walk_unlock(threads);
    return next;
}

__attribute__((always_inline)) static inline bool walk_dispose_tree(struct fx_object *root,
                                                                    bool threads)
{
    struct fx_object *object = root;
    const struct fx_object *before = root;
    struct fx_run_search runs = {.first = NULL};
    struct fx_call_row row;

    fx_call_row_begin(&row, WALK_KIND);
    for (;;) {
        struct fx_object *child;
        bool sibling = false;

        if (row.frame.irql != PASSIVE_LEVEL && walk_must_wait(object)) {
            break;
        }
        walk_lock(threads);
        walk_begin_locked(object);
        child = walk_next_locked(fx_object_at(object->children));
        walk_unlock(threads);
        if (child != NULL) { /* down */
            object = child;
            continue;
        }
        while (!sibling) { /* up, or to the next sibling */
            walk_prefetch(before, object);
            if (!walk_dispose(object, &row)) {
                fx_run_close(&runs);
                return false;
            }
            if (object == root) {
                fx_run_close(&runs);
                return true;
            }
            if (!threads) {
                fx_run_note(&runs, object);
            }
            before = object;
            object = walk_leave(object, &sibling, threads);
        }
    }
    fx_run_close(&runs);
    return false;
}

__attribute__((noinline)) static bool walk_dispose_threaded(struct fx_object *root)
{
    return walk_dispose_tree(root, true);
}

bool fx_walk_dispose(struct fx_object *root)
{
    return __builtin_expect(base_threaded, 0) ? walk_dispose_threaded(root)
                                              : walk_dispose_tree(root, false);
}

/* ---- the second walk: destroy ---- */

/* All of a run leaves its parent and is freed. false: it is none any more. */
static bool walk_free_run(struct fx_object *parent, struct fx_object *first)
{
    struct fx_object *last = fx_run_end(first);

    if (last == NULL) {
        return false;
    }
    fx_siblings_drop(&parent->children, first, last);
    fx_run_free(first, last);
    return true;
}

/* With fibers: if the framework's reference is the last and nobody is told of the end, that is all. The
 * states between are left out. */
static inline bool walk_end_at_once(struct fx_object *object)
{
    if (__builtin_expect(object->references != 1 ||
                             (object->flags & FX_OBJECT_ENDS_WITH_MORE) != 0 || fx_watching,
                         0)) {
        return false;
    }
    CORE_ASSERT(object->state == FX_STATE_DISPOSED);
    fx_bury_locked(object);
    fx_free_locked(object);
    return true;
}

/* Gives up the framework's reference. */
static inline void walk_release(struct fx_object *object)
{
    fx_state_set(object, FX_STATE_DELETED);
    fx_release(object);
}

__attribute__((always_inline)) static inline void walk_destroy_children(struct fx_object *root,
                                                                        bool threads)
{
    struct fx_object *object = root;
    struct fx_object *parent = NULL;

    for (;;) {
        struct fx_object *next;

        walk_lock(threads);
        while (object->children != FX_LINK_NONE) {
            parent = object;
            object = fx_object_there(object->children);
        }
        if (object == root) {
            walk_unlock(threads);
            return;
        }
        if ((object->flags & FX_OBJECT_RUN) != 0 && walk_free_run(parent, object)) {
            object = parent;
            parent = fx_object_parent(object);
            continue;
        }
        next = fx_object_at(object->next);
        walk_prefetch(object, next);
        fx_siblings_drop(&parent->children, object, object);
        if (threads || !walk_end_at_once(object)) {
            object->parent = FX_LINK_NONE;
            object->previous = FX_LINK_NONE;
            object->next = FX_LINK_NONE;
            walk_unlock(threads);
            walk_release(object);
        }
        if (next == NULL) {
            next = parent;
            parent = fx_object_parent(next);
        }
        object = next;
    }
}

__attribute__((noinline)) static void walk_destroy_children_threaded(struct fx_object *root)
{
    walk_destroy_children(root, true);
}

void fx_walk_destroy_children(struct fx_object *root)
{
    if (__builtin_expect(base_threaded, 0)) {
        walk_destroy_children_threaded(root);
    } else {
        walk_destroy_children(root, false);
    }
}

void fx_walk_destroy(struct fx_object *root)
{
    fx_walk_destroy_children(root);
    walk_release(root);
}

/* ---- deletion ---- */

/* With the tree lock: whether the clean-up of the object, alone or with a tree, can do without the
 * dispose worker, so that it need not hold the device. */
static inline bool object_goes_at_once(const struct fx_object *object, bool alone)
{
    return alone && (object->flags & FX_OBJECT_TYPE_DISPOSES) == 0 &&
           ke_self->irql == PASSIVE_LEVEL;
}

/* flags: what the object gets, whether or not its deletion had begun. */
static void object_delete(struct fx_object *object, const void *deleter, uint16_t flags)
{
    struct fx_call_row row;
    enum fx_state state;
    bool alone;

    fx_tree_lock();
    flags |= object->flags;
    state = (enum fx_state)object->state;
    if (state != FX_STATE_CREATED && (flags & FX_OBJECT_SPLIT_DELETE) == 0) {
        fx_object_set_flags_locked(object, flags);
        fx_tree_unlock();
        return;
    }
    walk_begin_locked(object);
    fx_object_set_flags_locked(object, flags & (uint16_t)~FX_OBJECT_SPLIT_DELETE);
    if (object->deleter == NULL) {
        object->deleter = deleter;
    }
    alone = state == FX_STATE_CREATED && object->children == FX_LINK_NONE;
    if (state == FX_STATE_CREATED && !object_goes_at_once(object, alone)) {
        fx_dispose_hold_locked(object);
    }
    fx_tree_remove(object);
    fx_tree_unlock();
    if (alone) { /* no walk for one */
        fx_call_row_begin(&row, WALK_KIND);
        if ((row.frame.irql != PASSIVE_LEVEL && walk_must_wait(object)) ||
            !walk_dispose(object, &row)) {
            fx_dispose_queue(object);
            return;
        }
    } else if (state != FX_STATE_DISPOSED && !fx_walk_dispose(object)) {
        fx_dispose_queue(object);
        return;
    }
    if (__builtin_expect((fx_object_flags(object) & FX_OBJECT_HOLDS_DEVICE) != 0, 0)) {
        fx_dispose_let_go(object);
    }
    if (!alone) {
        fx_walk_destroy_children(object);
    }
    if (__builtin_expect(base_threaded, 0) || !walk_end_at_once(object)) {
        walk_release(object);
    }
}

void fx_object_delete(struct fx_object *object, const void *deleter)
{
    object_delete(object, deleter, 0);
}

void fx_object_delete_called(struct fx_object *object, const void *deleter)
{
    object_delete(object, deleter, FX_OBJECT_DELETE_CALLED);
}

/* Begins a deletion that fx_object_delete will finish. Returns the state before. */
static enum fx_state object_begin_split(struct fx_object *object)
{
    enum fx_state state;

    fx_tree_lock();
    state = (enum fx_state)object->state;
    if (state == FX_STATE_CREATED) {
        walk_begin_locked(object);
        fx_object_flag_locked(object, FX_OBJECT_SPLIT_DELETE);
    }
    fx_tree_unlock();
    return state;
}

void fx_object_dispose(struct fx_object *object)
{
    CORE_ASSERT(ke_self->irql == PASSIVE_LEVEL);
    if (object_begin_split(object) != FX_STATE_CREATED) {
        return;
    }
    /* The caller is the framework itself, inside no callback that a rundown could wait for. */
    CORE_ASSERT(fx_walk_dispose(object));
}

bool fx_object_try_dispose(struct fx_object *object)
{
    enum fx_state state = object_begin_split(object);

    if (state != FX_STATE_CREATED) {
        return state == FX_STATE_DISPOSED;
    }
    if (fx_walk_dispose(object)) {
        return true;
    }
    fx_tree_lock();
    fx_dispose_hold_locked(object);
    fx_tree_unlock();
    return false;
}

void fx_object_destroy_children(struct fx_object *object)
{
    CORE_ASSERT(fx_object_state(object) == FX_STATE_DISPOSED);
    fx_walk_destroy_children(object);
}
