#pragma once
/* fx_context.h - typed contexts: driver data that lives and goes with an object.
 * Rules for a context:
 * - its header stands right before its data; data start at a 16-byte boundary, zeroed
 * - a type is known by the address of its type info; one context of a type on an object
 * - the first lies inside the object's memory, further ones in memory of their own; no address
 *   changes, and all go with the object, after the last EvtDestroyCallback
 * - a header without data carries the callbacks of attributes without a context type
 */
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_block.h"
#include "wdf/object/fx_object.h"

#define FX_ROUND_UP(size, to) (((size) + (to)-1u) & ~((size_t)(to)-1u))

/* Keys: (c) constant once it is on the object's list (t) tree lock */
struct fx_context {
    PCWDF_OBJECT_CONTEXT_TYPE_INFO type;    /* (c) NULL: callbacks only */
    PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup; /* (c) called once: an object is disposed once */
    fx_link object;                         /* (c) */
    fx_link next;                           /* (t) in order of creation */
};

/* What few contexts have stands before the header: of one in memory of its own always, of the one
 * inside its object if there is an EvtDestroyCallback (FX_OBJECT_FIRST_DESTROYS). */
struct fx_context_front {
    PFN_WDF_OBJECT_CONTEXT_DESTROY destroy; /* (c) */
    uint64_t size_class;                    /* (c) of memory of its own */
};

static inline void *fx_context_data(struct fx_context *context)
{
    return context + 1;
}

/* What a link to a context leads to lies before its header, which is no multiple of FX_LINK_UNIT. */
#define FX_CONTEXT_BEFORE (FX_LINK_UNIT - sizeof(struct fx_context) % FX_LINK_UNIT)

static inline fx_link fx_context_link(const struct fx_context *context)
{
    return fx_link_to((const char *)context - FX_CONTEXT_BEFORE);
}

/* fx_context_there: to whom the link leads; without one, to a context of no type, without callbacks.
 * fx_context_at: the same, but NULL without one. */
static inline struct fx_context *fx_context_there(fx_link link)
{
    return (struct fx_context *)(void *)((char *)fx_link_there(link) + FX_CONTEXT_BEFORE);
}

static inline struct fx_context *fx_context_at(fx_link link)
{
    return link != FX_LINK_NONE ? fx_context_there(link) : NULL;
}

static inline struct fx_context_front *fx_context_front(struct fx_context *context)
{
    return (struct fx_context_front *)(void *)context - 1;
}

/* fx_context_place: where the header goes behind `size` bytes: its front fits in between, and its data start
 * at a 16-byte boundary. */
static inline size_t fx_context_place(size_t size, bool front)
{
    size = FX_ROUND_UP(size, 8) + sizeof(struct fx_context);
    if (__builtin_expect(front, 0)) {
        size += sizeof(struct fx_context_front);
    }
    return FX_ROUND_UP(size, 16) - sizeof(struct fx_context);
}

#define FX_CONTEXT_OWN_PLACE fx_context_place(0, true) /* in memory of its own */

/* fx_context_size: the header and what the attributes ask for, which is rounded up to 16, without a front;
 * 0: nothing. SIZE_MAX: the size overflows. */
static inline size_t fx_context_size(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    const WDF_OBJECT_CONTEXT_TYPE_INFO *type;
    size_t size = 0;

    if (attributes == NULL) {
        return 0;
    }
    type = attributes->ContextTypeInfo;
    if (type != NULL) {
        size = attributes->ContextSizeOverride != 0 ? attributes->ContextSizeOverride
                                                    : type->ContextSize;
    } else if (attributes->EvtCleanupCallback == NULL && attributes->EvtDestroyCallback == NULL) {
        return 0;
    }
    if (__builtin_expect(size > SIZE_MAX - sizeof(struct fx_context) - FX_CONTEXT_OWN_PLACE - 15u,
                         0)) {
        return SIZE_MAX;
    }
    return sizeof(struct fx_context) + FX_ROUND_UP(size, 16);
}

/* fx_context_init: zero the data and fill the header. size: fx_context_size bytes of storage. */
static inline void fx_context_init(struct fx_context *context, fx_link object,
                                   const WDF_OBJECT_ATTRIBUTES *attributes, size_t size)
{
    context->type = attributes->ContextTypeInfo;
    context->cleanup = attributes->EvtCleanupCallback;
    context->object = object;
    context->next = FX_LINK_NONE;
    fx_block_zero(context + 1, size - sizeof(*context));
}

/* fx_context_add: what WdfObjectAllocateContext does after its checks. attributes are checked. */
NTSTATUS fx_context_add(struct fx_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
                        PVOID *data);

/* The list only grows, under the tree lock, while the object lives. Acquire: what is in it was filled
 * in before. */
static inline fx_link fx_context_first_link(const struct fx_object *object)
{
    return __atomic_load_n(&object->contexts, __ATOMIC_ACQUIRE);
}

static inline struct fx_context *fx_context_first(const struct fx_object *object)
{
    return fx_context_at(fx_context_first_link(object));
}

static inline struct fx_context *fx_context_next(const struct fx_context *context)
{
    return fx_context_at(__atomic_load_n(&context->next, __ATOMIC_ACQUIRE));
}

/* fx_context_find: the object's context of that type, or NULL. */
static inline struct fx_context *fx_context_find(const struct fx_object *object,
                                                 PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
    struct fx_context *context = fx_context_first(object);

    while (context != NULL && context->type != type) {
        context = fx_context_next(context);
    }
    return context;
}

/* fx_context_cleanup: call the EvtCleanupCallbacks, in order; row: begun for them.
 * fx_context_destroy: call the EvtDestroyCallbacks, in order.
 * fx_context_free: free the contexts that are not inline. */
static inline void fx_context_cleanup(struct fx_object *object, struct fx_call_row *row)
{
    for (struct fx_context *context = fx_context_first(object); context != NULL;
         context = fx_context_next(context)) {
        PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup = context->cleanup;

        if (cleanup != NULL) {
            fx_call_row_enter(row, (const void *)cleanup, object);
            cleanup(fx_handle_of(object));
            fx_call_row_leave(row);
        }
    }
}

void fx_context_destroy(struct fx_object *object);
/* fx_context_destroy_callback: where the context's EvtDestroyCallback stands; NULL: it has none. */
PFN_WDF_OBJECT_CONTEXT_DESTROY *fx_context_destroy_callback(const struct fx_object *object,
                                                            struct fx_context *context);
void fx_context_free(struct fx_object *object);
