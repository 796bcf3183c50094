/* hal_buffer.c - the bytes of an MDL chain, and mapping them in pieces. */
#include "nt/dma/hal_adapter.h"

#include <string.h>

#include "nt/hal/hal_memory.h"

static uint8_t *mdl_memory(const MDL *mdl)
{
    return (uint8_t *)mdl->StartVa + mdl->ByteOffset;
}

bool hal_cursor_at(struct hal_cursor *cursor, PMDL mdl, const void *address)
{
    uintptr_t offset;

    if (mdl == NULL) {
        return false;
    }
    offset = (uintptr_t)address - (uintptr_t)mdl_memory(mdl);
    *cursor = (struct hal_cursor){mdl, offset};
    return offset < mdl->ByteCount;
}

bool hal_cursor_behind(struct hal_cursor *cursor, PMDL mdl, uint64_t offset)
{
    while (mdl != NULL && offset >= mdl->ByteCount) {
        offset -= mdl->ByteCount;
        mdl = mdl->Next;
    }
    *cursor = (struct hal_cursor){mdl, offset};
    return mdl != NULL;
}

size_t hal_cursor_next(struct hal_cursor *cursor, size_t size, bool pages, uint8_t **memory)
{
    size_t left;

    while (cursor->mdl != NULL && cursor->offset == cursor->mdl->ByteCount) {
        *cursor = (struct hal_cursor){cursor->mdl->Next, 0};
    }
    if (cursor->mdl == NULL) {
        return 0;
    }
    *memory = mdl_memory(cursor->mdl) + cursor->offset;
    left = cursor->mdl->ByteCount - cursor->offset;
    if (pages && left > PAGE_SIZE - BYTE_OFFSET(*memory)) {
        left = PAGE_SIZE - BYTE_OFFSET(*memory);
    }
    if (left > size) {
        left = size;
    }
    cursor->offset += left;
    return left;
}

ULONG hal_cursor_pages(struct hal_cursor cursor, size_t size)
{
    ULONG pages = 0;
    uint8_t *memory;

    while (size > 0) {
        size_t moved = hal_cursor_next(&cursor, size, true, &memory);

        if (moved == 0) {
            return 0;
        }
        size -= moved;
        pages++;
    }
    return pages;
}

struct hal_piece *hal_piece_map(struct hal_registers *registers, struct hal_cursor *cursor,
                                size_t size)
{
    struct hal_adapter *adapter = registers->adapter;
    struct hal_piece *piece = &registers->pieces[registers->piece_count];
    struct hal_cursor after = *cursor;
    size_t left = (size_t)(registers->count - registers->used) * PAGE_SIZE;
    unsigned offset;

    if (left == 0) {
        return NULL;
    }
    piece->size = hal_cursor_next(&after, size, adapter->scatter_gather, &piece->memory);
    if (piece->size == 0) {
        return NULL;
    }
    offset = BYTE_OFFSET(piece->memory);
    if (piece->size > left - offset) { /* only where pieces are longer than pages */
        piece->size = left - offset;
        after = *cursor;
        (void)hal_cursor_next(&after, piece->size, false, &piece->memory);
    }
    piece->bounce = registers->bounce != NULL
                        ? registers->bounce + (size_t)registers->used * PAGE_SIZE + offset
                        : NULL;
    if (!hal_memory_map(piece->bounce != NULL ? piece->bounce : piece->memory, piece->size, offset,
                        adapter->highest, &piece->logical)) {
        return NULL;
    }
    registers->used += ADDRESS_AND_SIZE_TO_SPAN_PAGES(piece->memory, piece->size);
    registers->piece_count++;
    *cursor = after;
    return piece;
}

void hal_piece_open(const struct hal_piece *piece, bool write)
{
    if (piece->bounce != NULL && write) {
        memcpy(piece->bounce, piece->memory, piece->size);
    }
    hal_memory_open(piece->logical, write ? HAL_MEMORY_READ : HAL_MEMORY_READ | HAL_MEMORY_WRITE);
}

/* The part of a piece that lies in the bytes, back to where the driver looks for it. */
static size_t piece_flush(const struct hal_piece *piece, const uint8_t *memory, size_t size,
                          bool write)
{
    const uint8_t *start = piece->memory > memory ? piece->memory : memory;
    const uint8_t *end = piece->memory + piece->size;

    if (memory + size < end) {
        end = memory + size;
    }
    if (start >= end) {
        return 0;
    }
    if (piece->bounce != NULL && !write) {
        size_t offset = (size_t)(start - piece->memory);

        memcpy(piece->memory + offset, piece->bounce + offset, (size_t)(end - start));
    }
    return (size_t)(end - start);
}

size_t hal_pieces_flush(struct hal_registers *registers, const uint8_t *memory, size_t size,
                        bool write, const char *how)
{
    size_t flushed = 0;
    ULONG kept = 0;

    for (ULONG i = 0; i < registers->piece_count; i++) {
        struct hal_piece *piece = &registers->pieces[i];
        uint64_t logical = piece->logical;
        size_t part = 0;

        if (piece->memory < memory + size && memory < piece->memory + piece->size) {
            hal_memory_open(logical, 0); /* the device's last byte is in */
            part = piece_flush(piece, memory, size, write);
        }
        flushed += part;
        if (part == 0) {
            registers->pieces[kept++] = *piece;
        } else {
            hal_memory_unmap(logical, how);
        }
    }
    registers->piece_count = kept;
    if (kept == 0) {
        registers->used = 0;
    }
    return flushed;
}
