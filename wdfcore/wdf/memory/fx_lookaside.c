/* fx_lookaside.c - lookaside lists of memory objects. */
#include "wdf/memory/fx_lookaside.h"

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_make.h"
#include "wdf/memory/fx_memory.h"

struct fx_lookaside_block {
    struct fx_lookaside_block *next;
};

static void fx_lookaside_destroy(struct fx_object *object)
{
    struct fx_lookaside *list = fx_object_body(object, struct fx_lookaside);

    while (list->kept != NULL) {
        struct fx_lookaside_block *block = list->kept;

        list->kept = block->next;
        ex_pool_release(block);
    }
}

static const struct fx_field lookaside_fields[] = {
    FX_FIELD(NUMBER, "BufferSize", struct fx_lookaside, size),
    FX_FIELD(NUMBER, "PoolTag", struct fx_lookaside, tag),
    FX_FIELD_END,
};

const struct fx_type fx_lookaside_type = {
    .number = FX_TYPE_LOOKASIDE,
    .size = sizeof(struct fx_lookaside),
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .destroy = fx_lookaside_destroy,
    .fields = lookaside_fields,
};

static void *fx_lookaside_take(struct fx_lookaside *list)
{
    struct fx_lookaside_block *block;

    base_lock_acquire(&list->lock);
    block = list->kept;
    if (block != NULL) {
        list->kept = block->next;
        list->kept_count--;
    }
    base_lock_release(&list->lock);
    if (block != NULL) {
        return block;
    }
    return ex_pool_allocate(max(list->size, sizeof(*block)), list->tag, list->paged, false, NULL);
}

void fx_lookaside_give_back(struct fx_lookaside *list, void *buffer)
{
    struct fx_lookaside_block *block = buffer;

    base_lock_acquire(&list->lock);
    if (list->kept_count < FX_LOOKASIDE_DEPTH) {
        block->next = list->kept;
        list->kept = block;
        list->kept_count++;
        block = NULL;
    }
    base_lock_release(&list->lock);
    if (block != NULL) {
        ex_pool_release(block);
    }
    fx_object_deref(&list->object); /* taken when the memory was made */
}

/* The attributes of the memory objects; paged ones may not have a parent on another device. */
static NTSTATUS fx_lookaside_check_memory(const WDF_OBJECT_ATTRIBUTES *attributes, bool paged,
                                          const struct fx_object *list_parent)
{
    const struct fx_object *parent;
    NTSTATUS status = fx_attributes_check(&fx_memory_type, attributes);

    if (!NT_SUCCESS(status) || attributes == NULL || attributes->ParentObject == NULL) {
        return status;
    }
    parent = fx_attributes_parent(attributes, NULL);
    if (parent == NULL ||
        (paged && parent->device != FX_LINK_NONE && list_parent->device != FX_LINK_NONE &&
         parent->device != list_parent->device)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_lookaside_create(const WDF_OBJECT_ATTRIBUTES *list_attributes,
                                    const WDF_OBJECT_ATTRIBUTES *memory_attributes, size_t size,
                                    bool paged, ULONG tag, const void *caller, WDFLOOKASIDE *handle)
{
    struct fx_lookaside *list;
    struct fx_make make;
    NTSTATUS status = fx_make(&fx_lookaside_type, 0, list_attributes, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_lookaside_check_memory(memory_attributes, paged, make.parent);
    if (!NT_SUCCESS(status)) {
        fx_make_discard(&make);
        return status;
    }
    list = fx_object_body(make.object, struct fx_lookaside);
    list->lock.rank = BASE_RANK_FX_OBJECT;
    list->size = size;
    list->paged = paged;
    list->tag = tag != 0 ? tag : make.object->globals->public.DriverTag;
    if (memory_attributes != NULL) {
        list->attributes = *memory_attributes;
    }
    if (paged) {
        list->object.flags |= FX_OBJECT_PASSIVE_DISPOSE;
    }
    status = fx_make_publish(&make); /* last fallible step */
    if (NT_SUCCESS(status)) {
        *handle = (WDFLOOKASIDE)fx_handle_of(&list->object);
    }
    return status;
}

WDFAPI NTSTATUS WdfLookasideListCreate(PWDF_OBJECT_ATTRIBUTES LookasideAttributes,
                                       size_t BufferSize, POOL_TYPE PoolType,
                                       PWDF_OBJECT_ATTRIBUTES MemoryAttributes, ULONG PoolTag,
                                       WDFLOOKASIDE *Lookaside)
{
    bool paged = ((ULONG)PoolType & 1u) != 0;

    if (!API(paged ? APC_LEVEL : DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Lookaside)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Lookaside = NULL;
    if (BufferSize == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_lookaside_create(LookasideAttributes, MemoryAttributes, BufferSize, paged, PoolTag,
                               KE_CALLER(), Lookaside);
}

static NTSTATUS fx_lookaside_make_memory(struct fx_lookaside *list, const void *creator,
                                         struct fx_memory **out_memory)
{
    struct fx_memory *memory;
    struct fx_make make;
    void *buffer = fx_lookaside_take(list);
    NTSTATUS status;

    if (buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fx_object_ref(&list->object); /* the memory's: fx_lookaside_give_back */
    status = fx_make(&fx_memory_type, 0, list->attributes.Size != 0 ? &list->attributes : NULL,
                     creator, &make);
    if (NT_SUCCESS(status)) {
        memory = fx_object_body(make.object, struct fx_memory);
        memory->kind = FX_MEMORY_LOOKASIDE;
        memory->buffer = buffer;
        memory->size = list->size;
        memory->paged = list->paged;
        memory->list = list;
        if (list->paged) {
            memory->object.flags |= FX_OBJECT_PASSIVE_DISPOSE;
        }
        status = fx_make_publish(&make);
        *out_memory = memory;
    }
    if (!NT_SUCCESS(status)) {
        fx_lookaside_give_back(list, buffer);
    }
    return status;
}

WDFAPI NTSTATUS WdfMemoryCreateFromLookaside(WDFLOOKASIDE Lookaside, WDFMEMORY *Memory)
{
    struct fx_lookaside *list;
    struct fx_memory *memory = NULL;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(Lookaside, FX_TYPE_LOOKASIDE);
    if (list == NULL || !fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Memory = NULL;
    if (!fx_memory_may_touch(list->paged, &list->object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (fx_object_is_dying(&list->object)) {
        return STATUS_DELETE_PENDING;
    }
    status = fx_lookaside_make_memory(list, KE_CALLER(), &memory);
    if (NT_SUCCESS(status)) {
        *Memory = fx_memory_handle(memory);
    }
    return status;
}
