#pragma once
/* hal_memory.h - memory as devices see it. C types only.
 * Two kinds of ranges stand in one table of addresses:
 * - physical memory: host memory with an address that is its own (MmAllocateContiguousMemory)
 * - mappings for DMA: host memory at a logical address that was chosen for it. An address names it
 *   from hal_memory_open until hal_memory_unmap, to the byte; the place in between is nobody's, and is
 *   not used again as long as there are others.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a device may do with a range. */
enum {
    HAL_MEMORY_READ = 1,
    HAL_MEMORY_WRITE = 2,
};

/* hal_memory_add: `data` answers at the physical address until hal_memory_remove. false: the range
 * is taken, or memory is short. */
bool hal_memory_add(uint64_t physical, void *data, size_t size);
void hal_memory_remove(uint64_t physical);
/* hal_memory_at: where the bytes are; NULL: not all of them are physical memory. */
void *hal_memory_at(uint64_t physical, size_t size);

/* hal_memory_map: choose a logical address up to `highest` whose place in its page is that of
 * `offset`; closed until hal_memory_open, which says what a device may do there.
 *   Returns false: no such place is free, or memory is short */
bool hal_memory_map(void *data, size_t size, unsigned offset, uint64_t highest, uint64_t *logical);
void hal_memory_open(uint64_t logical, unsigned access);
/* hal_memory_unmap: it is gone; how: the routine that ended it, a constant, for reports. */
void hal_memory_unmap(uint64_t logical, const char *how);

/* hal_memory_stop: what is mapped is gone; the next machine chooses the same addresses. */
void hal_memory_stop(void);

/* What an access of a device came to. */
enum hal_memory_result {
    HAL_MEMORY_DONE,
    HAL_MEMORY_NOWHERE,   /* nothing is mapped there */
    HAL_MEMORY_ENDED,     /* something was */
    HAL_MEMORY_BEYOND,    /* it begins in a range and ends behind it */
    HAL_MEMORY_FORBIDDEN, /* written, and mapped for reading only */
};

struct hal_memory_answer {
    enum hal_memory_result result;
    uint64_t start, size; /* of the range that it is about; NOWHERE: 0 */
    const char *how;      /* ENDED: the routine that did it */
};

/* hal_memory_read, hal_memory_write: a device's access. Nothing is moved unless all of it is. */
struct hal_memory_answer hal_memory_read(uint64_t address, void *data, size_t size);
struct hal_memory_answer hal_memory_write(uint64_t address, const void *data, size_t size);
