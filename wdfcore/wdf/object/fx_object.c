/* fx_object.c - objects: creation, the tree, references, and the two walks of deletion.
 *
 * Normal path of a deletion at PASSIVE_LEVEL: the object leaves its parent; one walk cleans up its
 * tree (children first, in creation order), a second one gives up the framework's reference of each
 * object in the same order, which destroys and frees what nobody else holds.
 * Where the IRQL forbids the first walk it stops, and the dispose worker starts it again from the
 * root: what is DISPOSED is skipped (fx_dispose.c).
 * Both walks use the sibling and parent links, not recursion. While a callback of an object runs
 * the object stays where it is in its tree: only a CREATED object can leave its parent's list.
 */
#include "wdf/object/fx_object.h"

#include <string.h>
#include <utlist.h>

#include "base/assert.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/fx_create.h"
#include "wdf/object/fx_dispose.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_reference.h"
#include "wdf/frame/fx_report.h"
#include "wdf/callback/fx_spinlock.h"
#include "wdf/object/fx_state.h"
#include "wdf/object/fx_walk.h"

void *fx_object_create(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_globals *globals,
                       const void *creator)
{
    return fx_create(type, extra, attributes, globals, creator);
}

NTSTATUS fx_object_publish(struct fx_object *object, struct fx_object *parent)
{
    return fx_publish(object, parent);
}

/* Frees the memory; the handle is stale from here on. */
static inline void object_free(struct fx_object *object)
{
    uint64_t next;

    if (__builtin_expect(fx_watching, 0)) {
        fx_watch_gone(object);
    }
    if ((object->flags & FX_OBJECT_MORE_CONTEXTS) != 0) {
        fx_context_free(object);
    }
    fx_tree_lock();
    next = fx_handle_close(object->handle);
    fx_block_free(object, object->size_class, next);
    fx_tree_unlock();
}

void fx_object_discard(struct fx_object *object)
{
    CORE_ASSERT((object->flags & FX_OBJECT_PUBLISHED) == 0 && object->references == 1);
    object_free(object);
}

/* ---- destruction ---- */

/* The last reference went, and the IRQL allows it: destroy callbacks, the type's own, and free. */
__attribute__((always_inline)) static inline void object_destroy(struct fx_object *object)
{
    bool deleted = (object->flags & FX_OBJECT_DELETE_CALLED) != 0;

    if (__builtin_expect((object->flags & FX_OBJECT_HAS_TAGS) != 0, 0)) {
        fx_reference_report_leaks(object);
    }
    if ((object->flags & FX_OBJECT_HAS_DESTROY) != 0) {
        fx_handle_set_destroying(object->handle);
        fx_context_destroy(object);
    }
    if ((object->flags & FX_OBJECT_TYPE_DESTROYS) != 0) {
        object->type->destroy(object);
    }
    fx_handle_bury(object->handle, object->creator, deleted ? object->deleter : NULL);
    object_free(object);
}

void fx_object_destroy(struct fx_object *object)
{
    object_destroy(object);
}

/* One reference less of an object that may lose its last one. */
static inline void object_deref(struct fx_object *object)
{
    fx_tree_lock();
    if (--object->references != 0) {
        fx_tree_unlock();
        return;
    }
    fx_state_set(object, FX_STATE_DESTROYED);
    fx_tree_unlock();
    if (__builtin_expect(
            (object->flags & FX_OBJECT_PASSIVE_DISPOSE) != 0 && ke_self->irql > PASSIVE_LEVEL, 0)) {
        fx_dispose_queue(object);
        return;
    }
    object_destroy(object);
}

void fx_object_over_dereferenced(const struct fx_object *object)
{
    fx_violation(RULE_WdfObjectOverDereferenced, FX_BUGCHECK_OBJECT, object->handle,
                 (uint64_t)(uintptr_t)object, object,
                 "the framework's own reference of a %s that was not deleted was released",
                 fx_type_name(object->type->number));
}

void fx_object_deref(struct fx_object *object)
{
    if (__builtin_expect(object->references == 1 && object->state < FX_STATE_DELETED, 0)) {
        fx_object_over_dereferenced(object);
        return;
    }
    object_deref(object);
}

/* ---- the first walk: cleanup ---- */

/* The object or one of its children must be disposed at PASSIVE_LEVEL and this is above. */
static inline bool walk_must_wait(const struct fx_object *object)
{
    const struct fx_object *child;

    if (__builtin_expect(ke_self->irql == PASSIVE_LEVEL, 1)) {
        return false;
    }
    if ((object->flags & FX_OBJECT_PASSIVE_DISPOSE) != 0) {
        return true;
    }
    for (child = object->children; child != NULL; child = child->next) {
        if (child->state < FX_STATE_DISPOSED && (child->flags & FX_OBJECT_PASSIVE_DISPOSE) != 0) {
            return true;
        }
    }
    return false;
}

/* Begins with an object; false: not at this IRQL. */
static inline bool walk_enter(struct fx_object *object)
{
    if (object->state == FX_STATE_CREATED) {
        fx_state_set(object, FX_STATE_DISPOSING);
    }
    return !walk_must_wait(object);
}

/* All its children are cleaned up: its own rundown and callbacks. */
static inline bool walk_dispose(struct fx_object *object)
{
    if ((object->flags & FX_OBJECT_TYPE_DISPOSES) != 0) {
        if (!object->type->dispose(object)) {
            return false;
        }
        object->flags &= (uint16_t)~FX_OBJECT_TYPE_DISPOSES;
    }
    fx_context_cleanup(object);
    fx_state_set(object, FX_STATE_DISPOSED);
    return true;
}

#define LOOK_AHEAD 32 /* siblings */

/* Where a sibling further on probably lies: what was created in a row stands in a row. A wrong guess
 * costs nothing but a line; no address is wrong for a prefetch. */
static inline const char *walk_ahead(const struct fx_object *object)
{
    intptr_t step = (intptr_t)((uintptr_t)object->next - (uintptr_t)object);

    return (const char *)((uintptr_t)object + (uintptr_t)(step * LOOK_AHEAD));
}

/* The first line of an object, and those of its first context. */
static inline void walk_prefetch(const struct fx_object *object)
{
    const char *memory = walk_ahead(object);

    __builtin_prefetch(memory, 1);
    __builtin_prefetch(memory + 64);
    __builtin_prefetch(memory + 128);
}

static struct fx_object *walk_skip_disposed(struct fx_object *object)
{
    while (object != NULL && object->state >= FX_STATE_DISPOSED) {
        object = object->next;
    }
    return object;
}

bool fx_walk_dispose(struct fx_object *root)
{
    struct fx_object *object = root;

    if (!walk_enter(root)) {
        return false;
    }
    for (;;) {
        struct fx_object *child = walk_skip_disposed(object->children);
        struct fx_object *sibling;

        if (child != NULL) { /* down */
            object = child;
            if (!walk_enter(object)) {
                return false;
            }
            continue;
        }
        while (true) { /* up, or to the next sibling */
            walk_prefetch(object);
            if (!walk_dispose(object)) {
                return false;
            }
            if (object == root) {
                return true;
            }
            sibling = walk_skip_disposed(object->next);
            if (sibling != NULL) {
                object = sibling;
                break;
            }
            object = object->parent;
        }
        if (!walk_enter(object)) {
            return false;
        }
    }
}

/* ---- the second walk: destroy ---- */

static inline void object_unlink(struct fx_object *object)
{
    struct fx_object *parent = object->parent;

    if (parent != NULL) {
        DL_DELETE2(parent->children, object, previous, next);
        object->parent = NULL;
        object->previous = NULL;
        object->next = NULL;
    }
}

/* The same for a first child, which is what the walk comes to. */
static inline void walk_unlink_first(struct fx_object *parent, struct fx_object *object)
{
    struct fx_object *next = object->next;

    parent->children = next;
    if (next != NULL) {
        next->previous = object->previous; /* the last */
    }
    object->parent = NULL;
    object->previous = NULL;
    object->next = NULL;
}

/* Gives up the framework's reference. */
static inline void walk_release(struct fx_object *object)
{
    fx_state_set(object, FX_STATE_DELETED);
    object_deref(object);
}

void fx_walk_destroy_children(struct fx_object *root)
{
    struct fx_object *object = root;

    for (;;) {
        struct fx_object *parent;

        while (object->children != NULL) {
            object = object->children;
        }
        if (object == root) {
            return;
        }
        parent = object->parent;
        __builtin_prefetch(walk_ahead(object), 1);
        fx_tree_lock();
        walk_unlink_first(parent, object);
        fx_tree_unlock();
        walk_release(object);
        object = parent;
    }
}

void fx_walk_destroy(struct fx_object *root)
{
    fx_walk_destroy_children(root);
    walk_release(root);
}

/* ---- deletion ---- */

void fx_object_delete(struct fx_object *object, const void *deleter)
{
    fx_tree_lock();
    if (object->state != FX_STATE_CREATED && (object->flags & FX_OBJECT_SPLIT_DELETE) == 0) {
        fx_tree_unlock();
        return;
    }
    object->flags &= (uint16_t)~FX_OBJECT_SPLIT_DELETE;
    if (object->deleter == NULL) {
        object->deleter = deleter;
    }
    object_unlink(object);
    fx_tree_unlock();
    if (object->children == NULL && object->state == FX_STATE_CREATED) { /* no walk for one */
        if (!walk_enter(object) || !walk_dispose(object)) {
            fx_dispose_queue(object);
            return;
        }
    } else if (object->state != FX_STATE_DISPOSED && !fx_walk_dispose(object)) {
        fx_dispose_queue(object);
        return;
    }
    if (object->children != NULL) {
        fx_walk_destroy_children(object);
    }
    walk_release(object);
}

void fx_object_dispose(struct fx_object *object)
{
    CORE_ASSERT(ke_self->irql == PASSIVE_LEVEL);
    if (object->state != FX_STATE_CREATED) {
        return;
    }
    object->flags |= FX_OBJECT_SPLIT_DELETE;
    /* The caller is the framework itself, inside no callback that a rundown could wait for. */
    CORE_ASSERT(fx_walk_dispose(object));
}

bool fx_object_try_dispose(struct fx_object *object)
{
    if (object->state != FX_STATE_CREATED) {
        return object->state == FX_STATE_DISPOSED;
    }
    object->flags |= FX_OBJECT_SPLIT_DELETE;
    return fx_walk_dispose(object);
}

void fx_object_destroy_children(struct fx_object *object)
{
    CORE_ASSERT(object->state == FX_STATE_DISPOSED);
    fx_walk_destroy_children(object);
}

/* ---- start and stop ---- */

static void fx_part_start(void)
{
    CORE_ASSERT(fx_start()); /* 256 MiB of address space each for slots and blocks, not touched */
}

__attribute__((constructor)) static void fx_part_register(void)
{
    static struct ke_machine_part part = {
        .order = 100, /* above all of nt */
        .start = fx_part_start,
        .stop = fx_stop,
    };

    ke_machine_register(&part);
}

bool fx_start(void)
{
    return fx_handle_start() && fx_block_start();
}

void fx_stop(void)
{
    fx_reference_stop();
    fx_lock_stop();
    fx_spinlock_stop();
    fx_globals_stop();
    fx_handle_stop();
    fx_block_stop();
}

uint32_t fx_object_count(enum fx_type_number type)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i <= fx_handle_last(); i++) {
        const struct fx_object *object = fx_handle_at(i);
        if (object != NULL && (type == FX_TYPE_ANY || object->type->number == type)) {
            count++;
        }
    }
    return count;
}
