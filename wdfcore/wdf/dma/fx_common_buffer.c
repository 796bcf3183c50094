/* fx_common_buffer.c - WDFCOMMONBUFFER: an adapter's common buffer with a handle, a parent and an
 * alignment. It is freed when it is disposed, at PASSIVE_LEVEL.
 */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/object/fx_make.h"

/* Keys: (c) constant once published */
struct fx_common_buffer {
    struct fx_object object;
    struct fx_dma_enabler *enabler; /* (c) its parent */
    size_t length;                  /* (c) as it was asked for */
    PVOID base;                     /* (c) what the adapter gave; NULL once disposed */
    ULONG size;                     /* (c) */
    PHYSICAL_ADDRESS logical;       /* (c) */
    size_t skip;                    /* (c) bytes before the aligned address */
};

static bool common_buffer_dispose(struct fx_object *object)
{
    struct fx_common_buffer *buffer = fx_object_body(object, struct fx_common_buffer);
    PDMA_ADAPTER adapter = buffer->enabler->adapters[0].wdm;

    if (buffer->base != NULL) {
        adapter->DmaOperations->FreeCommonBuffer(adapter, buffer->size, buffer->logical,
                                                 buffer->base, TRUE);
        FX_SET(buffer->base, NULL);
    }
    return true;
}

static void common_buffer_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_common_buffer *buffer = (const struct fx_common_buffer *)object;

    snprintf(text, size, "%zu bytes", buffer->length);
}

static const struct fx_type common_buffer_type = {
    .number = FX_TYPE_COMMONBUFFER,
    .size = sizeof(struct fx_common_buffer),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_FORBIDDEN,
    .dispose = common_buffer_dispose,
    .describe = common_buffer_describe,
};

/* Memory of the adapter begins a page; more than that is found inside of a longer one. The logical
 * address is the one that counts: the device has the requirement. */
static bool common_buffer_allocate(struct fx_common_buffer *buffer, ULONG mask)
{
    PDMA_ADAPTER adapter = buffer->enabler->adapters[0].wdm;
    size_t size = buffer->length + (mask >= PAGE_SIZE ? mask : 0);
    ULONGLONG logical;

    if (size < buffer->length || size > UINT32_MAX) {
        return false;
    }
    buffer->size = (ULONG)size;
    buffer->base =
        adapter->DmaOperations->AllocateCommonBuffer(adapter, buffer->size, &buffer->logical, TRUE);
    logical = (ULONGLONG)buffer->logical.QuadPart;
    buffer->skip = (size_t)(((logical + mask) & ~(ULONGLONG)mask) - logical);
    return buffer->base != NULL;
}

static NTSTATUS common_buffer_create(struct fx_dma_enabler *enabler, size_t length, ULONG mask,
                                     const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                     WDFCOMMONBUFFER *handle)
{
    struct fx_common_buffer *buffer;
    struct fx_make make;
    NTSTATUS status;

    if (length == 0 || (mask & (mask + 1)) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_attributes_check(&common_buffer_type, attributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&common_buffer_type, 0, attributes, &enabler->object, creator, &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    buffer = fx_object_body(make.object, struct fx_common_buffer);
    buffer->enabler = enabler;
    buffer->length = length;
    if (!common_buffer_allocate(buffer, mask)) {
        fx_make_discard(&make);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = fx_make_try_publish(&make);
    if (!NT_SUCCESS(status)) {
        (void)common_buffer_dispose(make.object);
        fx_make_discard(&make);
        return status;
    }
    *handle = fx_handle_of(&buffer->object);
    return STATUS_SUCCESS;
}

NTSTATUS WdfCommonBufferCreate(WDFDMAENABLER DmaEnabler, size_t Length,
                               PWDF_OBJECT_ATTRIBUTES Attributes, WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx_dma_enabler *enabler;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    if (enabler == NULL || !fx_required(CommonBuffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    *CommonBuffer = NULL;
    return common_buffer_create(enabler, Length, enabler->device->wdm->AlignmentRequirement,
                                Attributes, KE_CALLER(), CommonBuffer);
}

NTSTATUS WdfCommonBufferCreateWithConfig(WDFDMAENABLER DmaEnabler, size_t Length,
                                         PWDF_COMMON_BUFFER_CONFIG Config,
                                         PWDF_OBJECT_ATTRIBUTES Attributes,
                                         WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx_dma_enabler *enabler;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    if (enabler == NULL || !fx_required(Config) || !fx_required(CommonBuffer)) {
        return STATUS_INVALID_PARAMETER;
    }
    *CommonBuffer = NULL;
    if (Config->Size != sizeof(*Config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return common_buffer_create(enabler, Length, Config->AlignmentRequirement, Attributes,
                                KE_CALLER(), CommonBuffer);
}

PVOID WdfCommonBufferGetAlignedVirtualAddress(WDFCOMMONBUFFER CommonBuffer)
{
    const struct fx_common_buffer *buffer;
    UCHAR *base;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    buffer = fx_handle_get(CommonBuffer, FX_TYPE_COMMONBUFFER);
    base = buffer != NULL ? FX_LOOK(buffer->base) : NULL;
    return base != NULL ? base + buffer->skip : NULL;
}

PHYSICAL_ADDRESS WdfCommonBufferGetAlignedLogicalAddress(WDFCOMMONBUFFER CommonBuffer)
{
    const struct fx_common_buffer *buffer;
    PHYSICAL_ADDRESS logical = {.QuadPart = 0};

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return logical;
    }
    buffer = fx_handle_get(CommonBuffer, FX_TYPE_COMMONBUFFER);
    if (buffer != NULL) {
        logical.QuadPart = buffer->logical.QuadPart + (LONGLONG)buffer->skip;
    }
    return logical;
}

size_t WdfCommonBufferGetLength(WDFCOMMONBUFFER CommonBuffer)
{
    const struct fx_common_buffer *buffer;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    buffer = fx_handle_get(CommonBuffer, FX_TYPE_COMMONBUFFER);
    return buffer != NULL ? buffer->length : 0;
}
