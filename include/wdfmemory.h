/* wdfmemory.h - buffers as objects, lookaside lists.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

typedef enum _WDF_MEMORY_DESCRIPTOR_TYPE {
    WdfMemoryDescriptorTypeInvalid = 0,
    WdfMemoryDescriptorTypeBuffer,
    WdfMemoryDescriptorTypeMdl,
    WdfMemoryDescriptorTypeHandle,
} WDF_MEMORY_DESCRIPTOR_TYPE;

typedef struct _WDFMEMORY_OFFSET {
    size_t BufferOffset;
    size_t BufferLength;
} WDFMEMORY_OFFSET, *PWDFMEMORY_OFFSET;

typedef struct _WDF_MEMORY_DESCRIPTOR {
    WDF_MEMORY_DESCRIPTOR_TYPE Type;
    union {
        struct {
            PVOID Buffer;
            ULONG Length;
        } BufferType;
        struct {
            PMDL Mdl;
            ULONG BufferLength;
        } MdlType;
        struct {
            WDFMEMORY Memory;
            PWDFMEMORY_OFFSET Offsets;
        } HandleType;
    } u;
} WDF_MEMORY_DESCRIPTOR, *PWDF_MEMORY_DESCRIPTOR;

FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(PWDF_MEMORY_DESCRIPTOR Descriptor, PVOID Buffer,
                                                   ULONG BufferLength)
{
    RtlZeroMemory(Descriptor, sizeof(WDF_MEMORY_DESCRIPTOR));
    Descriptor->Type = WdfMemoryDescriptorTypeBuffer;
    Descriptor->u.BufferType.Buffer = Buffer;
    Descriptor->u.BufferType.Length = BufferLength;
}

FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(PWDF_MEMORY_DESCRIPTOR Descriptor,
                                                   WDFMEMORY Memory, PWDFMEMORY_OFFSET Offsets)
{
    RtlZeroMemory(Descriptor, sizeof(WDF_MEMORY_DESCRIPTOR));
    Descriptor->Type = WdfMemoryDescriptorTypeHandle;
    Descriptor->u.HandleType.Memory = Memory;
    Descriptor->u.HandleType.Offsets = Offsets;
}

FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_MDL(PWDF_MEMORY_DESCRIPTOR Descriptor, PMDL Mdl,
                                                ULONG BufferLength)
{
    RtlZeroMemory(Descriptor, sizeof(WDF_MEMORY_DESCRIPTOR));
    Descriptor->Type = WdfMemoryDescriptorTypeMdl;
    Descriptor->u.MdlType.Mdl = Mdl;
    Descriptor->u.MdlType.BufferLength = BufferLength;
}

/* WdfMemoryCreate: allocate a buffer and its object; the contents are not zeroed.
 *   Returns  STATUS_INVALID_PARAMETER (size 0); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL; paged pool <= APC_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorycreate
 */
WDFAPI NTSTATUS WdfMemoryCreate(PWDF_OBJECT_ATTRIBUTES Attributes, POOL_TYPE PoolType,
                                ULONG PoolTag, size_t BufferSize, WDFMEMORY *Memory, PVOID *Buffer);

/* WdfMemoryCreatePreallocated: wrap the driver's own buffer; deleting the object does not free
 * it.
 *   Returns  STATUS_INVALID_PARAMETER (size 0); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorycreatepreallocated
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfMemoryCreatePreallocated(PWDF_OBJECT_ATTRIBUTES Attributes, PVOID Buffer, size_t BufferSize,
                                WDFMEMORY *Memory);

/* WdfMemoryGetBuffer: the buffer, and optionally its size.
 *   Returns  pointer
 *   IRQL     any
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorygetbuffer
 */
WDFAPI PVOID WdfMemoryGetBuffer(WDFMEMORY Memory, size_t *BufferSize);

/* WdfMemoryAssignBuffer: put another buffer into a preallocated memory object.
 *   Returns  STATUS_INVALID_PARAMETER (size 0)
 *   IRQL     any
 *   Source   wdfmemory/nf-wdfmemory-wdfmemoryassignbuffer
 */
WDFAPI NTSTATUS WdfMemoryAssignBuffer(WDFMEMORY Memory, PVOID Buffer, size_t BufferSize);

/* WdfMemoryCopyToBuffer: copy out of a memory object.
 *   Returns  STATUS_INVALID_PARAMETER (0 bytes); STATUS_BUFFER_TOO_SMALL (past the end)
 *   IRQL     any; paged memory <= APC_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorycopytobuffer
 */
WDFAPI NTSTATUS WdfMemoryCopyToBuffer(WDFMEMORY SourceMemory, size_t SourceOffset, PVOID Buffer,
                                      size_t NumBytesToCopyTo);

/* WdfMemoryCopyFromBuffer: copy into a memory object.
 *   Returns  STATUS_INVALID_PARAMETER (0 bytes); STATUS_INVALID_BUFFER_SIZE (past the end);
 *            STATUS_ACCESS_VIOLATION (read-only)
 *   IRQL     any; paged memory <= APC_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorycopyfrombuffer
 */
WDFAPI NTSTATUS WdfMemoryCopyFromBuffer(WDFMEMORY DestinationMemory, size_t DestinationOffset,
                                        PVOID Buffer, size_t NumBytesToCopyFrom);

/* WdfLookasideListCreate: make a list of equally sized memory objects.
 *   Returns  STATUS_INVALID_PARAMETER (size 0; paged, parents on two devices);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL; paged pool <= APC_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdflookasidelistcreate
 */
WDFAPI NTSTATUS WdfLookasideListCreate(PWDF_OBJECT_ATTRIBUTES LookasideAttributes,
                                       size_t BufferSize, POOL_TYPE PoolType,
                                       PWDF_OBJECT_ATTRIBUTES MemoryAttributes, ULONG PoolTag,
                                       WDFLOOKASIDE *Lookaside);

/* WdfMemoryCreateFromLookaside: take a memory object from a list.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING
 *   IRQL     <= DISPATCH_LEVEL; paged pool <= APC_LEVEL
 *   Source   wdfmemory/nf-wdfmemory-wdfmemorycreatefromlookaside
 */
WDFAPI NTSTATUS WdfMemoryCreateFromLookaside(WDFLOOKASIDE Lookaside, WDFMEMORY *Memory);

WDF_EXTERN_C_END
