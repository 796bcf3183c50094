/* fx_context.c - typed contexts. What is a context is known by its object alone: whose list has it. */
#include "wdf/object/fx_context.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/object/fx_block.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_report.h"
#include "wdf/object/fx_type.h"

#define SEARCH_STEPS \
    4096u /* how far below a wrong pointer its context is looked for, in 16 bytes */

/* Puts it at the end of the list, unless there is one of its type by now or deletion has begun. */
static NTSTATUS context_publish(struct fx_context *context, struct fx_context **present)
{
    struct fx_object *object = fx_object_at(context->object);
    fx_link *link = &object->contexts;
    NTSTATUS status = STATUS_SUCCESS;

    fx_tree_lock();
    *present = fx_context_find(object, context->type);
    if (fx_object_is_dying(object)) {
        status = STATUS_DELETE_PENDING;
    } else if (*present != NULL) {
        status = STATUS_OBJECT_NAME_EXISTS;
    } else {
        while (*link != FX_LINK_NONE) {
            link = &fx_context_at(*link)->next;
        }
        __atomic_store_n(link, fx_context_link(context), __ATOMIC_RELEASE);
        *present = context;
        fx_object_flag_locked(object, FX_OBJECT_MORE_CONTEXTS);
        if (fx_context_front(context)->destroy != NULL) {
            fx_object_flag_locked(object, FX_OBJECT_HAS_DESTROY);
        }
    }
    fx_tree_unlock();
    return status;
}

NTSTATUS fx_context_add(struct fx_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
                        PVOID *data)
{
    size_t size = fx_context_size(attributes);
    struct fx_context *context;
    struct fx_context *present;
    char *block;
    unsigned size_class;
    NTSTATUS status;

    if (size == SIZE_MAX) {
        return STATUS_INTEGER_OVERFLOW;
    }
    if (size > FX_BLOCK_LARGEST - FX_BLOCK_GUARD - FX_CONTEXT_OWN_PLACE) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    size_class = fx_block_class(FX_CONTEXT_OWN_PLACE + size);
    fx_tree_lock();
    block = fx_block_allocate_plain(size_class, FX_CONTEXT_OWN_PLACE + size);
    fx_tree_unlock();
    if (block == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    context = (struct fx_context *)(void *)(block + FX_CONTEXT_OWN_PLACE);
    *fx_context_front(context) = (struct fx_context_front){
        .destroy = attributes->EvtDestroyCallback, .size_class = size_class};
    fx_context_init(context, fx_link_to(object), attributes, size);
    status = context_publish(context, &present);
    if (status != STATUS_SUCCESS) {
        fx_tree_lock();
        fx_block_free_plain(block, size_class);
        fx_tree_unlock();
    }
    if (data != NULL && NT_SUCCESS(status)) {
        *data = fx_context_data(present);
    }
    return status;
}

/* ---- callbacks ---- */

static bool context_is_inside(const struct fx_object *object, const struct fx_context *context)
{
    return (uintptr_t)context - (uintptr_t)object < fx_block_size(object->size_class);
}

PFN_WDF_OBJECT_CONTEXT_DESTROY *fx_context_destroy_callback(const struct fx_object *object,
                                                            struct fx_context *context)
{
    if (context_is_inside(object, context) &&
        (fx_object_flags(object) & FX_OBJECT_FIRST_DESTROYS) == 0) {
        return NULL;
    }
    return &fx_context_front(context)->destroy;
}

void fx_context_destroy(struct fx_object *object)
{
    for (struct fx_context *context = fx_context_first(object); context != NULL;
         context = fx_context_next(context)) {
        PFN_WDF_OBJECT_CONTEXT_DESTROY *place = fx_context_destroy_callback(object, context);
        PFN_WDF_OBJECT_CONTEXT_DESTROY destroy = place != NULL ? *place : NULL;
        struct fx_call call;

        if (destroy != NULL &&
            fx_call_enter(&call, "EvtDestroyCallback", (const void *)destroy, object, NULL)) {
            destroy(fx_handle_of(object));
            fx_call_leave(&call);
        }
    }
}

void fx_context_free(struct fx_object *object)
{
    struct fx_context *context;

    fx_tree_lock(); /* who describes the object meanwhile finds none any more */
    context = fx_context_at(object->contexts);
    __atomic_store_n(&object->contexts, FX_LINK_NONE, __ATOMIC_RELAXED);
    fx_tree_unlock();
    while (context != NULL) {
        struct fx_context *next = fx_context_next(context);

        if (!context_is_inside(object, context)) {
            fx_tree_lock();
            fx_block_free_plain((char *)context - FX_CONTEXT_OWN_PLACE,
                                (unsigned)fx_context_front(context)->size_class);
            fx_tree_unlock();
        }
        context = next;
    }
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
        return fx_parameter_null("Handle", KE_CALLER());
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
    if ((fx_object_flags(object) & FX_OBJECT_NO_CONTEXTS) != 0) {
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

/* What WdfObjectGetTypedContextWorker does when the first context is not the one. */
static PVOID context_get_slow(WDFOBJECT handle, PCWDF_OBJECT_CONTEXT_TYPE_INFO type,
                              const void *caller)
{
    static const char missing[] = "WdfObjectGetTypedContextWorker: no context of that type";
    struct fx_object *object;
    struct fx_context *context;

    if (handle == NULL || type == NULL) {
        fx_parameter_null(handle == NULL ? "Handle" : "TypeInfo", caller);
        return NULL;
    }
    object = fx_handle_find(handle);
    if (object == NULL) {
        object = context_owner(handle);
    }
    context = object != NULL ? fx_context_find(object, type) : NULL;
    if (context != NULL) {
        return fx_context_data(context);
    }
    if (object != NULL) {
        ke_ring(ke_self, BASE_EVENT_API, missing);
    }
    return NULL;
}

__attribute__((noinline)) static PVOID context_get_checked(WDFOBJECT handle,
                                                           PCWDF_OBJECT_CONTEXT_TYPE_INFO type,
                                                           const void *address, void *const *frame,
                                                           const char *name, KIRQL bound)
{
    return ke_api_quiet(name, bound) ? context_get_slow(handle, type, ke_caller(address, frame))
                                     : NULL;
}

/* The common case stands before the entry test: nothing wants attention, the object lives and its
 * first context is the one. */
PVOID WdfObjectGetTypedContextWorker(WDFOBJECT Handle, PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo)
{
    const struct fx_slot *slot = fx_handle_slot(Handle);
    struct fx_context *context;

    if (__builtin_expect(fx_slot_has(slot, Handle) && ke_attention(ke_self) == 0, 1)) {
        context = fx_context_there(fx_context_first_link(fx_slot_object(slot)));
        if (__builtin_expect(context->type == TypeInfo && TypeInfo != NULL, 1)) {
            return fx_context_data(context);
        }
    }
    return context_get_checked(Handle, TypeInfo, KE_CALLER_APART(), API_APART(HIGH_LEVEL));
}

/* Reads memory that may be a poisoned free block: a wrong pointer is what this looks for. */
__attribute__((no_sanitize("address"))) static struct fx_object *context_object_at(uintptr_t data)
{
    const struct fx_context *context = (const struct fx_context *)data - 1;
    const struct fx_context *listed;
    struct fx_object *object;
    const void *handle;

    if (data % 16 != 0 || !fx_block_contains(context) || !fx_block_contains((const void *)data)) {
        return NULL;
    }
    object = fx_object_at(context->object);
    if ((uintptr_t)object % FX_BLOCK_STEP != 0 || !fx_block_contains(object)) {
        return NULL;
    }
    handle = (const void *)(uintptr_t)object->handle; /* read here, not in a function of its own */
    if (fx_handle_type(handle) == FX_TYPE_NONE || /* a free block has what its slot expects next */
        (fx_handle_find(handle) != object && fx_handle_find_destroying(handle) != object)) {
        return NULL;
    }
    listed = fx_context_first(object);
    while (listed != NULL && listed != context) {
        listed = fx_context_next(listed);
    }
    return listed != NULL ? object : NULL;
}

WDFOBJECT WdfObjectContextGetObject(PVOID ContextPointer)
{
    uintptr_t data = (uintptr_t)ContextPointer;
    struct fx_object *object;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    if (ContextPointer == NULL) {
        fx_parameter_null("ContextPointer", KE_CALLER());
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
