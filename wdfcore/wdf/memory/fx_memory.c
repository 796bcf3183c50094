/* fx_memory.c - memory objects: buffers from the pool, of the driver, of a request. */
#include "wdf/memory/fx_memory.h"

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/memory/fx_lookaside.h"
#include "wdf/object/fx_make.h"
#include "wdf/io/fx_request.h"

#include <stdio.h>

#define FX_TYPE_ID_PREALLOCATED 0x1022u /* what WdfMemoryAssignBuffer asks for */

static void fx_memory_destroy(struct fx_object *object)
{
    struct fx_memory *memory = fx_object_body(object, struct fx_memory);

    switch (memory->kind) {
    case FX_MEMORY_POOL:
        if (memory->buffer != NULL) {
            ex_pool_release(memory->buffer);
        }
        break;
    case FX_MEMORY_LOOKASIDE:
        fx_lookaside_give_back(memory->list, memory->buffer);
        break;
    default:
        break;
    }
}

static void fx_memory_describe(const struct fx_object *object, char *text, size_t size)
{
    static const char *const kinds[] = {"pool", "preallocated", "lookaside", "of a request"};
    const struct fx_memory *memory = (const struct fx_memory *)(const void *)object;

    snprintf(text, size, "%zu bytes, %s", memory->size, kinds[memory->kind]);
}

static const struct fx_field memory_fields[] = {
    FX_FIELD(NUMBER, "BufferSize", struct fx_memory, size),
    FX_FIELD_END,
};

const struct fx_type fx_memory_type = {
    .number = FX_TYPE_MEMORY,
    .size = sizeof(struct fx_memory),
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .destroy = fx_memory_destroy,
    .describe = fx_memory_describe,
    .fields = memory_fields,
};

static bool fx_memory_is_paged(POOL_TYPE type)
{
    return ((ULONG)type & 1u) != 0; /* the paged kinds are odd */
}

/* The last fallible step; on failure the buffer goes with the object. */
static NTSTATUS fx_memory_publish(struct fx_make *make, struct fx_memory **out_memory)
{
    struct fx_memory *memory = fx_object_body(make->object, struct fx_memory);
    void *buffer = memory->kind == FX_MEMORY_POOL ? memory->buffer : NULL;
    NTSTATUS status = fx_make_publish(make);

    if (NT_SUCCESS(status)) {
        *out_memory = memory;
    } else if (buffer != NULL) {
        ex_pool_release(buffer);
    }
    return status;
}

NTSTATUS fx_memory_create_from_pool(const WDF_OBJECT_ATTRIBUTES *attributes, bool paged, ULONG tag,
                                    size_t size, const void *caller, struct fx_memory **out_memory)
{
    struct fx_memory *memory;
    struct fx_make make;
    NTSTATUS status = fx_make(&fx_memory_type, 0, attributes, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    memory = fx_object_body(make.object, struct fx_memory);
    memory->buffer = ex_pool_allocate(size, tag != 0 ? tag : make.object->globals->public.DriverTag,
                                      paged, false, caller);
    if (memory->buffer == NULL) {
        fx_make_discard(&make);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memory->size = size;
    memory->kind = FX_MEMORY_POOL;
    memory->paged = paged;
    if (paged) {
        memory->object.flags |= FX_OBJECT_PASSIVE_DISPOSE;
    }
    return fx_memory_publish(&make, out_memory);
}

WDFAPI NTSTATUS WdfMemoryCreate(PWDF_OBJECT_ATTRIBUTES Attributes, POOL_TYPE PoolType,
                                ULONG PoolTag, size_t BufferSize, WDFMEMORY *Memory, PVOID *Buffer)
{
    struct fx_memory *memory = NULL;
    NTSTATUS status;

    if (!API(fx_memory_is_paged(PoolType) ? APC_LEVEL : DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Memory = NULL;
    if (BufferSize == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_memory_create_from_pool(Attributes, fx_memory_is_paged(PoolType), PoolTag,
                                        BufferSize, KE_CALLER(), &memory);
    if (NT_SUCCESS(status)) {
        *Memory = fx_memory_handle(memory);
        if (Buffer != NULL) {
            *Buffer = memory->buffer;
        }
    }
    return status;
}

static NTSTATUS fx_memory_create_preallocated(const WDF_OBJECT_ATTRIBUTES *attributes, void *buffer,
                                              size_t size, const void *caller,
                                              struct fx_memory **out_memory)
{
    struct fx_memory *memory;
    struct fx_make make;
    NTSTATUS status = fx_make(&fx_memory_type, 0, attributes, caller, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    memory = fx_object_body(make.object, struct fx_memory);
    memory->kind = FX_MEMORY_PREALLOCATED;
    memory->buffer = buffer;
    memory->size = size;
    return fx_memory_publish(&make, out_memory);
}

WDFAPI NTSTATUS WdfMemoryCreatePreallocated(PWDF_OBJECT_ATTRIBUTES Attributes, PVOID Buffer,
                                            size_t BufferSize, WDFMEMORY *Memory)
{
    struct fx_memory *memory = NULL;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Buffer) || !fx_required(Memory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Memory = NULL;
    if (BufferSize == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_memory_create_preallocated(Attributes, Buffer, BufferSize, KE_CALLER(), &memory);
    if (NT_SUCCESS(status)) {
        *Memory = fx_memory_handle(memory);
    }
    return status;
}

NTSTATUS fx_memory_create_for_request(struct fx_request *request, void *buffer, size_t size,
                                      bool read_only, struct fx_memory **out_memory)
{
    struct fx_memory *memory;
    struct fx_make make;
    NTSTATUS status = fx_make_under(&fx_memory_type, 0, NULL, &request->object, NULL, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    memory = fx_object_body(make.object, struct fx_memory);
    memory->object.flags |= FX_OBJECT_NO_DELETE | FX_OBJECT_NO_CONTEXTS;
    memory->kind = FX_MEMORY_REQUEST;
    memory->buffer = buffer;
    memory->size = size;
    memory->read_only = read_only;
    memory->request = request;
    return fx_memory_publish(&make, out_memory);
}

WDFAPI PVOID WdfMemoryGetBuffer(WDFMEMORY Memory, size_t *BufferSize)
{
    struct fx_memory *memory;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    memory = fx_handle_get(Memory, FX_TYPE_MEMORY);
    if (memory == NULL) {
        return NULL;
    }
    if (BufferSize != NULL) {
        *BufferSize = memory->size;
    }
    return memory->buffer;
}

WDFAPI NTSTATUS WdfMemoryAssignBuffer(WDFMEMORY Memory, PVOID Buffer, size_t BufferSize)
{
    struct fx_memory *memory;

    if (!API(HIGH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    memory = fx_handle_get(Memory, FX_TYPE_MEMORY);
    if (memory == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (memory->kind != FX_MEMORY_PREALLOCATED) {
        fx_violation(RULE_HandleWrongType, FX_BUGCHECK_INVALID_HANDLE, memory->object.handle,
                     FX_TYPE_ID_PREALLOCATED, &memory->object,
                     "WdfMemoryAssignBuffer on memory that is not preallocated");
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_required(Buffer) || BufferSize == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    memory->buffer = Buffer;
    memory->size = BufferSize;
    return STATUS_SUCCESS;
}

bool fx_memory_may_touch(bool paged, struct fx_object *object, const char *api)
{
    if (!paged || ke_self->irql <= APC_LEVEL) {
        return true;
    }
    fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, object,
                 "%s was called at IRQL %u for paged memory", api, (unsigned)ke_self->irql);
    return false;
}

/* Whether [offset, offset + size) lies in the memory. */
static bool fx_memory_has(const struct fx_memory *memory, size_t offset, size_t size)
{
    return offset < memory->size && size <= memory->size - offset;
}

WDFAPI NTSTATUS WdfMemoryCopyToBuffer(WDFMEMORY SourceMemory, size_t SourceOffset, PVOID Buffer,
                                      size_t NumBytesToCopyTo)
{
    struct fx_memory *memory;

    if (!API_QUIET(HIGH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    memory = fx_handle_get(SourceMemory, FX_TYPE_MEMORY);
    if (memory == NULL || !fx_required(Buffer) || NumBytesToCopyTo == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_memory_may_touch(memory->paged, &memory->object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_memory_has(memory, SourceOffset, NumBytesToCopyTo)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    /* Preallocated memory may overlap the driver's buffer. */
    RtlMoveMemory(Buffer, (char *)memory->buffer + SourceOffset, NumBytesToCopyTo);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfMemoryCopyFromBuffer(WDFMEMORY DestinationMemory, size_t DestinationOffset,
                                        PVOID Buffer, size_t NumBytesToCopyFrom)
{
    struct fx_memory *memory;

    if (!API_QUIET(HIGH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    memory = fx_handle_get(DestinationMemory, FX_TYPE_MEMORY);
    if (memory == NULL || !fx_required(Buffer) || NumBytesToCopyFrom == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (memory->read_only) {
        fx_violation(RULE_MemoryReadOnly, FX_BUGCHECK_NONE, 0, 0, &memory->object,
                     "the driver may only read this buffer of the request");
        return STATUS_ACCESS_VIOLATION;
    }
    if (!fx_memory_may_touch(memory->paged, &memory->object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_memory_has(memory, DestinationOffset, NumBytesToCopyFrom)) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    RtlMoveMemory((char *)memory->buffer + DestinationOffset, Buffer, NumBytesToCopyFrom);
    return STATUS_SUCCESS;
}
