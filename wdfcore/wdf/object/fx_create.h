#pragma once
/* fx_create.h - creation of objects as inline code: fx_object_create and fx_object_publish for any
 * type, and the same with a constant type where it has to be quick.
 */
#include "wdf/object/fx_block.h"
#include "wdf/object/fx_context.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"
#include "wdf/object/fx_tree.h"
#include "wdf/object/fx_watch.h"

/* Gives the block a handle: in the slot that it had before if there is one. */
static inline bool fx_create_open(struct fx_object *object, enum fx_type_number type, uint64_t next)
{
    object->handle = __builtin_expect(next != 0, 1) ? fx_handle_reopen(next, object, type)
                                                    : fx_handle_open(object, type);
    return object->handle != 0;
}

static inline void *fx_create(const struct fx_type *type, size_t extra,
                              const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_globals *globals,
                              const void *creator)
{
    size_t size = type->size;
    size_t context = fx_context_size(attributes);
    bool destroys = attributes != NULL && attributes->EvtDestroyCallback != NULL;
    size_t place = 0; /* of the context */
    unsigned size_class;
    struct fx_object *object;
    uint64_t next;

    if (extra != 0) {
        if (extra > FX_BLOCK_LARGEST) {
            return NULL;
        }
        size = FX_ROUND_UP(size, 16) + extra;
    }
    if (context != 0) {
        if (context > FX_BLOCK_LARGEST) {
            return NULL;
        }
        place = fx_context_place(size, destroys);
        size = place + context;
    }
    size_class = fx_block_class(size);
    if (size_class >= FX_BLOCK_CLASSES) {
        return NULL;
    }
    if (__builtin_expect(fx_watching, 0) && !fx_watch_create(type, globals, creator)) {
        return NULL;
    }
    fx_tree_lock();
    object = fx_block_allocate(size_class, size, &next);
    if (object == NULL || !fx_create_open(object, type->number, next)) {
        if (object != NULL) {
            fx_block_free(object, size_class, 0);
        }
        fx_tree_unlock();
        return NULL;
    }
    fx_tree_unlock();

    object->references = 1;
    object->flags = type->flags | (type->dispose != NULL ? FX_OBJECT_TYPE_DISPOSES : 0) |
                    (type->destroy != NULL ? FX_OBJECT_TYPE_DESTROYS : 0);
    object->state = FX_STATE_CREATED;
    object->size_class = (uint8_t)size_class;
    object->next = FX_LINK_NONE;
    object->previous = FX_LINK_NONE;
    object->children = FX_LINK_NONE;
    object->parent = FX_LINK_NONE;
    object->contexts = FX_LINK_NONE;
    object->device = FX_LINK_NONE;
    object->creator = creator;
    object->type = type;
    object->globals = globals;
    object->deleter = NULL;
    fx_block_zero(object + 1, type->size - sizeof(*object));
    if (context != 0) {
        struct fx_context *first = (struct fx_context *)(void *)((char *)object + place);
        fx_link self = fx_link_to(object);

        fx_context_init(first, self, attributes, context);
        object->contexts = self + (fx_link)((place - FX_CONTEXT_BEFORE) / FX_LINK_UNIT);
        if (__builtin_expect(destroys, 0)) {
            fx_context_front(first)->destroy = attributes->EvtDestroyCallback;
            object->flags |= FX_OBJECT_HAS_DESTROY | FX_OBJECT_FIRST_DESTROYS;
        }
    }
    return object;
}

static inline NTSTATUS fx_publish(struct fx_object *object, struct fx_object *parent)
{
    fx_tree_lock();
    if (parent != NULL) {
        if (fx_object_is_dying(parent)) {
            fx_tree_unlock();
            return STATUS_DELETE_PENDING;
        }
        if (object->device == FX_LINK_NONE) {
            object->device = parent->device;
        }
        fx_tree_append(parent, object);
    }
    fx_object_flag_locked(object, FX_OBJECT_PUBLISHED);
    fx_tree_unlock();
    return STATUS_SUCCESS;
}
