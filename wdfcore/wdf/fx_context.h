#pragma once
/* fx_context.h - typed contexts: driver data that lives and goes with an object.
 * Rules for a context:
 * - its header stands right before its data; data start at a 16-byte boundary, zeroed
 * - a type is known by the address of its type info; one context of a type on an object
 * - the first lies inside the object's memory, further ones in memory of their own; no address
 *   changes, and all go with the object, after the last EvtDestroyCallback
 * - a header without data carries the callbacks of attributes without a context type
 */
#include "wdf/fx_object.h"

/* Keys: (c) constant once it is on the object's list (t) tree lock */
struct fx_context {
    uint64_t mark;                          /* (c) says that it is a context; see fx_context.c */
    struct fx_object *object;               /* (c) */
    struct fx_context *next;                /* (t) in order of creation */
    PCWDF_OBJECT_CONTEXT_TYPE_INFO type;    /* (c) NULL: callbacks only */
    PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup; /* (t) NULL once called */
    PFN_WDF_OBJECT_CONTEXT_DESTROY destroy; /* (t) */
};

_Static_assert(sizeof(struct fx_context) % 16 == 0, "data follow at a 16-byte boundary");

static inline void *fx_context_data(struct fx_context *context)
{
    return context + 1;
}

/* fx_context_size: what the attributes ask for, header included, rounded up to 16; 0: nothing.
 * SIZE_MAX: the size overflows. */
size_t fx_context_size_of(const WDF_OBJECT_ATTRIBUTES *attributes);
static inline size_t fx_context_size(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    return attributes != NULL ? fx_context_size_of(attributes) : 0;
}

/* fx_context_init: zero the data and fill the header. size: fx_context_size bytes of storage. */
void fx_context_init(struct fx_context *context, struct fx_object *object,
                     const WDF_OBJECT_ATTRIBUTES *attributes, size_t size);

/* fx_context_add: what WdfObjectAllocateContext does after its checks. attributes are checked. */
NTSTATUS fx_context_add(struct fx_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
                        PVOID *data);

/* fx_context_find: the object's context of that type, or NULL. */
static inline struct fx_context *fx_context_find(const struct fx_object *object,
                                                 PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
    struct fx_context *context = object->contexts;

    while (context != NULL && context->type != type) {
        context = context->next;
    }
    return context;
}

/* fx_context_cleanup: call the EvtCleanupCallbacks that were not called yet, in order.
 * fx_context_destroy: per context, in order: cleanup if it never ran, then destroy.
 * fx_context_free: free the contexts that are not inline. */
void fx_context_cleanup(struct fx_object *object);
void fx_context_destroy(struct fx_object *object);
void fx_context_free(struct fx_object *object);
