/* hal_common_buffer.c - memory that a driver and its device share: pool memory with a logical address
 * that the device reaches, for as long as it lives.
 */
#include "nt/dma/hal_adapter.h"

#include <stdlib.h>

#include "nt/ex/ex_pool.h"
#include "nt/hal/hal_memory.h"

#define HAL_COMMON_TAG 'BmoC'

static void *common_buffer_allocate(struct hal_adapter *adapter, ULONG length, uint64_t highest,
                                    PHYSICAL_ADDRESS *logical)
{
    struct hal_common_buffer *buffer = calloc(1, sizeof(*buffer));

    if (buffer == NULL || length == 0 || length > UINT32_MAX - 2 * PAGE_SIZE) {
        free(buffer);
        return NULL;
    }
    /* Of whole pages: what lies behind it is no other block. */
    buffer->block =
        ex_pool_allocate(ROUND_TO_PAGES(length) + PAGE_SIZE, HAL_COMMON_TAG, false, true, NULL);
    buffer->base = (void *)ROUND_TO_PAGES((ULONG_PTR)buffer->block);
    buffer->length = length;
    if (buffer->block == NULL ||
        !hal_memory_map(buffer->base, length, 0, highest, &buffer->logical)) {
        if (buffer->block != NULL) {
            ex_pool_release(buffer->block);
        }
        free(buffer);
        return NULL;
    }
    hal_memory_open(buffer->logical, HAL_MEMORY_READ | HAL_MEMORY_WRITE);
    base_lock_acquire(&hal_dma);
    buffer->next = adapter->buffers;
    adapter->buffers = buffer;
    base_lock_release(&hal_dma);
    logical->QuadPart = (LONGLONG)buffer->logical;
    return buffer->base;
}

PVOID hal_AllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                               PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "AllocateCommonBuffer", PASSIVE_LEVEL, PASSIVE_LEVEL);

    return adapter != NULL
               ? common_buffer_allocate(adapter, Length, adapter->highest, LogicalAddress)
               : NULL;
}

PVOID hal_AllocateCommonBufferEx(PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MaximumAddress,
                                 ULONG Length, PPHYSICAL_ADDRESS LogicalAddress,
                                 BOOLEAN CacheEnabled, NODE_REQUIREMENT PreferredNode)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "AllocateCommonBufferEx", PASSIVE_LEVEL, PASSIVE_LEVEL);
    uint64_t highest;

    if (adapter == NULL) {
        return NULL;
    }
    highest = adapter->highest;
    if (MaximumAddress != NULL && (uint64_t)MaximumAddress->QuadPart < highest) {
        highest = (uint64_t)MaximumAddress->QuadPart;
    }
    return common_buffer_allocate(adapter, Length, highest, LogicalAddress);
}

/* Takes the buffer off the adapter's list if the driver names it rightly; else says what is wrong. */
static struct hal_common_buffer *common_buffer_take(struct hal_adapter *adapter, const void *base,
                                                    ULONG length, uint64_t logical,
                                                    const char **wrong)
{
    struct hal_common_buffer **link = &adapter->buffers;
    struct hal_common_buffer *buffer;

    base_lock_acquire(&hal_dma);
    while (*link != NULL && (*link)->base != base) {
        link = &(*link)->next;
    }
    buffer = *link;
    if (buffer == NULL) {
        *wrong = "which is no common buffer of this adapter, or was freed";
    } else if (buffer->length != length) {
        *wrong = "with another length than it was allocated with";
        buffer = NULL;
    } else if (buffer->logical != logical) {
        *wrong = "with another logical address than its own";
        buffer = NULL;
    } else {
        *link = buffer->next;
    }
    base_lock_release(&hal_dma);
    return buffer;
}

VOID hal_FreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length, PHYSICAL_ADDRESS LogicalAddress,
                          PVOID VirtualAddress, BOOLEAN CacheEnabled)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FreeCommonBuffer", PASSIVE_LEVEL, PASSIVE_LEVEL);
    struct hal_common_buffer *buffer;
    const char *wrong;

    if (adapter == NULL) {
        return;
    }
    buffer = common_buffer_take(adapter, VirtualAddress, Length, (uint64_t)LogicalAddress.QuadPart,
                                &wrong);
    if (buffer == NULL) {
        hal_dma_misuse(adapter, 0x3, "FreeCommonBuffer of 0x%x bytes at %p, %s", Length,
                       VirtualAddress, wrong);
        return;
    }
    hal_memory_unmap(buffer->logical, "FreeCommonBuffer");
    ex_pool_release(buffer->block);
    free(buffer);
}

void hal_common_buffers_free(struct hal_adapter *adapter)
{
    while (adapter->buffers != NULL) {
        struct hal_common_buffer *buffer = adapter->buffers;

        adapter->buffers = buffer->next;
        hal_memory_unmap(buffer->logical, "the machine's end");
        free(buffer); /* its block goes with the pool */
    }
}
