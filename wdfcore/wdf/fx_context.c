/* fx_context.c - typed contexts. The mark of a context is a constant mixed with its address, so
 * that a copy or a chance value is none; its top 16 bits hold the size class of memory of its own,
 * or 0 if the context lies inside its object.
 */
#include "wdf/fx_context.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ke_api.h"
#include "wdf/fx_attributes.h"
#include "wdf/fx_block.h"
#include "wdf/fx_call.h"
#include "wdf/fx_lock.h"
#include "wdf/fx_report.h"
#include "wdf/fx_type.h"

#define MARK         ((uint64_t)0x7ce1a5d09b36)
#define MARK_MASK    (((uint64_t)1 << 48) - 1)
#define CLASS_SHIFT  48
#define CLASS_INLINE 0u
#define SEARCH_STEPS \
    4096u /* how far below a wrong pointer its context is looked for, in 16 bytes */

static uint64_t context_mark(const struct fx_context *context, unsigned size_class)
{
    return ((MARK ^ (uint64_t)(uintptr_t)context) & MARK_MASK) | (uint64_t)size_class
                                                                     << CLASS_SHIFT;
}

size_t fx_context_size_of(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    const WDF_OBJECT_CONTEXT_TYPE_INFO *type = attributes->ContextTypeInfo;
    size_t size = 0;

    if (type != NULL) {
        size = attributes->ContextSizeOverride != 0 ? attributes->ContextSizeOverride
                                                    : type->ContextSize;
    } else if (attributes->EvtCleanupCallback == NULL && attributes->EvtDestroyCallback == NULL) {
        return 0;
    }
    if (__builtin_expect(size > SIZE_MAX - sizeof(struct fx_context) - 15u, 0)) {
        return SIZE_MAX;
    }
    return sizeof(struct fx_context) + ((size + 15u) & ~(size_t)15u);
}

void fx_context_init(struct fx_context *context, struct fx_object *object,
                     const WDF_OBJECT_ATTRIBUTES *attributes, size_t size)
{
    context->mark = context_mark(context, CLASS_INLINE);
    context->object = object;
    context->next = NULL;
    context->type = attributes->ContextTypeInfo;
    context->cleanup = attributes->EvtCleanupCallback;
    context->destroy = attributes->EvtDestroyCallback;
    memset(context + 1, 0, size - sizeof(*context));
}

/* Puts it at the end of the list, unless there is one of its type by now or deletion has begun. */
static NTSTATUS context_publish(struct fx_context *context, struct fx_context **present)
{
    struct fx_object *object = context->object;
    struct fx_context **link = &object->contexts;
    NTSTATUS status = STATUS_SUCCESS;

    fx_tree_lock();
    *present = fx_context_find(object, context->type);
    if (fx_object_is_dying(object)) {
        status = STATUS_DELETE_PENDING;
    } else if (*present != NULL) {
        status = STATUS_OBJECT_NAME_EXISTS;
    } else {
        while (*link != NULL) {
            link = &(*link)->next;
        }
        *link = context;
        *present = context;
    }
    fx_tree_unlock();
    return status;
}

NTSTATUS fx_context_add(struct fx_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
                        PVOID *data)
{
    size_t size = fx_context_size_of(attributes);
    struct fx_context *context;
    struct fx_context *present;
    unsigned size_class;
    NTSTATUS status;

    if (size == SIZE_MAX) {
        return STATUS_INTEGER_OVERFLOW;
    }
    size_class = fx_block_class(size);
    if (size_class >= FX_BLOCK_CLASSES) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fx_tree_lock();
    context = fx_block_allocate_plain(size_class, size);
    fx_tree_unlock();
    if (context == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fx_context_init(context, object, attributes, size);
    context->mark = context_mark(context, size_class + 1);
    status = context_publish(context, &present);
    if (status != STATUS_SUCCESS) {
        context->mark = 0;
        fx_tree_lock();
        fx_block_free_plain(context, size_class);
        fx_tree_unlock();
    }
    if (data != NULL && NT_SUCCESS(status)) {
        *data = fx_context_data(present);
    }
    return status;
}

/* ---- callbacks ---- */

static void context_call_cleanup(struct fx_object *object, struct fx_context *context)
{
    PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup = context->cleanup;
    struct fx_call call;

    context->cleanup = NULL; /* once, whoever comes first */
    if (cleanup != NULL &&
        fx_call_enter(&call, "EvtCleanupCallback", (const void *)cleanup, object, NULL)) {
        cleanup(fx_handle_of(object));
        fx_call_leave(&call);
    }
}

void fx_context_cleanup(struct fx_object *object)
{
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next) {
        context_call_cleanup(object, context);
    }
}

void fx_context_destroy(struct fx_object *object)
{
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next) {
        PFN_WDF_OBJECT_CONTEXT_DESTROY destroy = context->destroy;
        struct fx_call call;

        context_call_cleanup(object, context);
        if (destroy != NULL &&
            fx_call_enter(&call, "EvtDestroyCallback", (const void *)destroy, object, NULL)) {
            destroy(fx_handle_of(object));
            fx_call_leave(&call);
        }
    }
}

void fx_context_free(struct fx_object *object)
{
    struct fx_context *context = object->contexts;

    while (context != NULL) {
        struct fx_context *next = context->next;
        unsigned size_class = (unsigned)(context->mark >> CLASS_SHIFT);

        context->mark = 0;
        if (size_class != CLASS_INLINE) {
            fx_tree_lock();
            fx_block_free_plain(context, size_class - 1);
            fx_tree_unlock();
        }
        context = next;
    }
    object->contexts = NULL;
}

/* ---- API ---- */

/* The four context and reference methods take any object and say 10D/4, not 10D/5, for NULL. */
NTSTATUS WdfObjectAllocateContext(WDFOBJECT Handle, PWDF_OBJECT_ATTRIBUTES ContextAttributes,
                                  PVOID *Context)
{
    static const struct fx_type rules = {
        .parent = FX_PARENT_FORBIDDEN,
        .scope = FX_SCOPE_NONE,
        .attributes_required = true,
    };
    struct fx_object *object;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Handle == NULL) {
        return fx_parameter_null("Handle", __builtin_return_address(0));
    }
    object = fx_handle_get_any(Handle);
    if (object == NULL) {
        return STATUS_DELETE_PENDING;
    }
    status = fx_attributes_check(&rules, ContextAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (ContextAttributes->ContextTypeInfo == NULL) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if ((object->flags & FX_OBJECT_NO_CONTEXTS) != 0) {
        return STATUS_OBJECT_PATH_INVALID;
    }
    return fx_context_add(object, ContextAttributes, Context);
}

/* Also finds an object that is in its EvtDestroyCallbacks: this method is promised to work there.
 */
static struct fx_object *context_owner(WDFOBJECT handle)
{
    struct fx_object *object = fx_handle_find_destroying(handle);

    return object != NULL ? object : fx_handle_refused(handle, FX_TYPE_ANY);
}

PVOID WdfObjectGetTypedContextWorker(WDFOBJECT Handle, PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo)
{
    struct fx_object *object;
    struct fx_context *context;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    if (__builtin_expect(Handle == NULL || TypeInfo == NULL, 0)) {
        fx_parameter_null(Handle == NULL ? "Handle" : "TypeInfo", __builtin_return_address(0));
        return NULL;
    }
    object = fx_handle_find(Handle);
    if (__builtin_expect(object == NULL, 0)) {
        object = context_owner(Handle);
        if (object == NULL) {
            return NULL;
        }
    }
    context = fx_context_find(object, TypeInfo);
    if (__builtin_expect(context == NULL, 0)) {
        static const char missing[] = "WdfObjectGetTypedContextWorker: no context of that type";
        base_ring_put(&ke_self->ring, BASE_EVENT_API, (uint64_t)(uintptr_t)missing);
        return NULL;
    }
    return fx_context_data(context);
}

/* Reads memory that may be a poisoned free block: a wrong pointer is what this looks for. */
__attribute__((no_sanitize("address"))) static struct fx_object *context_object_at(uintptr_t data)
{
    const struct fx_context *context = (const struct fx_context *)data - 1;

    if (data % 16 != 0 || !fx_block_contains(context) || !fx_block_contains((const void *)data) ||
        ((context->mark ^ context_mark(context, CLASS_INLINE)) & MARK_MASK) != 0) {
        return NULL;
    }
    return context->object;
}

WDFOBJECT WdfObjectContextGetObject(PVOID ContextPointer)
{
    uintptr_t data = (uintptr_t)ContextPointer;
    struct fx_object *object;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    if (ContextPointer == NULL) {
        fx_parameter_null("ContextPointer", __builtin_return_address(0));
        return NULL;
    }
    object = context_object_at(data);
    if (__builtin_expect(object != NULL, 1)) {
        return fx_handle_of(object);
    }
    data &= ~(uintptr_t)15u;
    for (unsigned step = 0; step < SEARCH_STEPS && object == NULL && data >= 16; step++) {
        object = context_object_at(data);
        data -= object == NULL ? 16 : 0;
    }
    if (object == NULL) {
        fx_violation(RULE_HandleInvalid, FX_BUGCHECK_NONE, 0, 0, NULL,
                     "%p was passed to WdfObjectContextGetObject and is no context",
                     ContextPointer);
    } else {
        fx_violation(
            RULE_HandleInvalid, FX_BUGCHECK_NONE, 0, 0, object,
            "%p was passed to WdfObjectContextGetObject: it is no context; the nearest one "
            "below starts %zu bytes before it",
            ContextPointer, (size_t)((uintptr_t)ContextPointer - data));
    }
    return NULL;
}
