#pragma once
/* hal_memory.h - the machine's physical memory as devices see it: ranges of host memory that were
 * given a physical address (common buffers). C types only.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* hal_memory_add: `data` answers at the physical address until hal_memory_remove. false: the range
 * is taken, or memory is short. */
bool hal_memory_add(uint64_t physical, void *data, size_t size);
void hal_memory_remove(uint64_t physical);
/* hal_memory_at: where the bytes are; NULL: not all of them are memory. */
void *hal_memory_at(uint64_t physical, size_t size);
