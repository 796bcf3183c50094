#pragma once
/* dma_device.h - a device of a test that reads and writes memory, and the bytes it finds. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include <string.h>

#include "nt/hal/hal_device.h"

static struct hal_device dma_device;

static inline void dma_device_init(void)
{
    hal_device_init(&dma_device, NULL);
    dma_device.name = "tester";
}

static inline bool device_read(uint64_t address, void *data, size_t size)
{
    bool moved;

    hal_device_enter(&dma_device);
    moved = hal_device_read_memory(&dma_device, address, data, size);
    hal_device_leave(&dma_device);
    return moved;
}

static inline bool device_write(uint64_t address, const void *data, size_t size)
{
    bool moved;

    hal_device_enter(&dma_device);
    moved = hal_device_write_memory(&dma_device, address, data, size);
    hal_device_leave(&dma_device);
    return moved;
}

static inline bool device_sees(uint64_t address, const void *expected, size_t size)
{
    static UCHAR seen[4 * PAGE_SIZE];

    assert_true(size <= sizeof(seen));
    return device_read(address, seen, size) && memcmp(seen, expected, size) == 0;
}

/* A buffer of nonpaged pool that begins `offset` bytes behind a page, with its MDL; its bytes follow no
 * page's pattern. */
struct dma_buffer {
    UCHAR *block;
    UCHAR *bytes;
    PMDL mdl;
};

static inline void dma_buffer_make(struct dma_buffer *buffer, ULONG offset, ULONG length)
{
    buffer->block = ExAllocatePool2(POOL_FLAG_NON_PAGED, ROUND_TO_PAGES(offset + length), 'tseT');
    assert_non_null(buffer->block);
    assert_int_equal((ULONG_PTR)buffer->block % PAGE_SIZE, 0);
    buffer->bytes = buffer->block + offset;
    for (ULONG i = 0; i < length; i++) {
        buffer->bytes[i] = (UCHAR)(i * 7 + (i >> 8));
    }
    buffer->mdl = IoAllocateMdl(buffer->bytes, length, FALSE, FALSE, NULL);
    assert_non_null(buffer->mdl);
    MmBuildMdlForNonPagedPool(buffer->mdl);
}

static inline void dma_buffer_free(struct dma_buffer *buffer)
{
    if (buffer->mdl != NULL) {
        IoFreeMdl(buffer->mdl);
        ExFreePool(buffer->block);
    }
    memset(buffer, 0, sizeof(*buffer));
}
