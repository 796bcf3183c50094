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
#include "wdf/fx_object.h"

#include <string.h>
#include <utlist.h>

#include "base/assert.h"
#include "nt/ke_machine.h"
#include "nt/ke_processor.h"
#include "wdf/fx_block.h"
#include "wdf/fx_context.h"
#include "wdf/fx_dispose.h"
#include "wdf/fx_globals.h"
#include "wdf/fx_lock.h"
#include "wdf/fx_reference.h"
#include "wdf/fx_report.h"
#include "wdf/fx_spinlock.h"
#include "wdf/fx_state.h"
#include "wdf/fx_walk.h"

#define ROUND_UP_16(size) (((size) + 15u) & ~(size_t)15u)

/* ---- creation ---- */

/* Gives the block a handle: in the slot that it had before if there is one. */
static bool object_open(struct fx_object *object, enum fx_type_number type, uint64_t next)
{
    object->handle = __builtin_expect(next != 0, 1) ? fx_handle_reopen(next, object, type)
                                                    : fx_handle_open(object, type);
    return object->handle != 0;
}

void *fx_object_create(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_globals *globals,
                       const void *creator)
{
    size_t fixed = ROUND_UP_16(type->size);
    size_t context = fx_context_size(attributes);
    size_t size;
    unsigned size_class;
    struct fx_object *object;
    uint64_t next;

    if (__builtin_add_overflow(fixed, extra, &size) || size > SIZE_MAX - 15u ||
        __builtin_add_overflow(ROUND_UP_16(size), context, &size) || context == SIZE_MAX) {
        return NULL;
    }
    size_class = fx_block_class(size);
    if (size_class >= FX_BLOCK_CLASSES) {
        return NULL;
    }
    fx_tree_lock();
    object = fx_block_allocate(size_class, size, &next);
    if (object == NULL || !object_open(object, type->number, next)) {
        if (object != NULL) {
            fx_block_free(object, size_class, 0);
        }
        fx_tree_unlock();
        return NULL;
    }
    fx_tree_unlock();

    object->type = type;
    object->references = 1;
    object->flags = type->flags;
    object->state = FX_STATE_CREATED;
    object->size_class = (uint8_t)size_class;
    object->parent = NULL;
    object->previous = NULL;
    object->next = NULL;
    object->children = NULL;
    object->device = NULL;
    object->globals = globals;
    object->creator = creator;
    object->deleter = NULL;
    object->contexts = NULL;
    memset(object + 1, 0, type->size - sizeof(*object));
    if (context != 0) {
        object->contexts = (struct fx_context *)(void *)((char *)object + size - context);
        fx_context_init(object->contexts, object, attributes, context);
    }
    return object;
}

/* Frees the memory; the handle is stale from here on. */
static void object_free(struct fx_object *object)
{
    uint64_t next;

    fx_context_free(object);
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

NTSTATUS fx_object_publish(struct fx_object *object, struct fx_object *parent)
{
    fx_tree_lock();
    if (parent != NULL) {
        if (fx_object_is_dying(parent)) {
            fx_tree_unlock();
            return STATUS_DELETE_PENDING;
        }
        object->parent = parent;
        if (object->device == NULL) {
            object->device = parent->device;
        }
        DL_APPEND2(parent->children, object, previous, next);
    }
    object->flags |= FX_OBJECT_PUBLISHED;
    fx_tree_unlock();
    return STATUS_SUCCESS;
}

/* ---- destruction ---- */

/* The last reference went, and the IRQL allows it: destroy callbacks, the type's own, and free. */
void fx_object_destroy(struct fx_object *object)
{
    if ((object->flags & FX_OBJECT_HAS_TAGS) != 0) {
        fx_reference_report_leaks(object);
    }
    fx_handle_set_destroying(object->handle);
    fx_context_destroy(object);
    if (object->type->destroy != NULL) {
        object->type->destroy(object);
    }
    fx_handle_bury(object->handle, object);
    object_free(object);
}

void fx_object_deref(struct fx_object *object)
{
    if (__builtin_expect(object->references == 1 && object->state < FX_STATE_DELETED, 0)) {
        fx_violation(RULE_WdfObjectOverDereferenced, FX_BUGCHECK_OBJECT, object->handle,
                     (uint64_t)(uintptr_t)object, object,
                     "the framework's own reference of a %s that was not deleted was released",
                     fx_type_name(object->type->number));
        return;
    }
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
    fx_object_destroy(object);
}

/* ---- the first walk: cleanup ---- */

/* The object or one of its children must be disposed at PASSIVE_LEVEL and this is above. */
static bool walk_must_wait(const struct fx_object *object)
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
static bool walk_enter(struct fx_object *object)
{
    if (object->state == FX_STATE_CREATED) {
        fx_state_set(object, FX_STATE_DISPOSING);
    }
    return !walk_must_wait(object);
}

/* All its children are cleaned up: its own rundown and callbacks. */
static bool walk_dispose(struct fx_object *object)
{
    if (object->type->dispose != NULL && (object->flags & FX_OBJECT_DISPOSE_DONE) == 0) {
        if (!object->type->dispose(object)) {
            return false;
        }
        object->flags |= FX_OBJECT_DISPOSE_DONE;
    }
    if (object->contexts != NULL) {
        fx_context_cleanup(object);
    }
    fx_state_set(object, FX_STATE_DISPOSED);
    return true;
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
            if (object->next != NULL) {
                __builtin_prefetch(object->next);
            }
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

static void object_unlink(struct fx_object *object)
{
    struct fx_object *parent = object->parent;

    if (parent != NULL) {
        DL_DELETE2(parent->children, object, previous, next);
        object->parent = NULL;
        object->previous = NULL;
        object->next = NULL;
    }
}

/* Gives up the framework's reference. */
static void walk_release(struct fx_object *object)
{
    fx_state_set(object, FX_STATE_DELETED);
    fx_object_deref(object);
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
        if (object->next != NULL) {
            __builtin_prefetch(object->next);
        }
        fx_tree_lock();
        object_unlink(object);
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
    if (object->state != FX_STATE_DISPOSED && !fx_walk_dispose(object)) {
        fx_dispose_queue(object);
        return;
    }
    fx_walk_destroy(object);
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
