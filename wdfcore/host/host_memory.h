#pragma once
/* host_memory.h - large reservations of address space: pages that cost nothing until touched.
 */
#include <stdbool.h>
#include <stddef.h>

/* host_memory_reserve: readable and writable, zero, page aligned, not charged before it is touched.
 * NULL: the address space or a limit does not allow it.
 * huge: ask for large pages (advice only). */
void *host_memory_reserve(size_t size, bool huge);

/* host_memory_forget: the contents are not needed: pages go back to the host and read as zero. */
void host_memory_forget(void *start, size_t size);

/* host_memory_is_readable: the byte at the address can be read; asks the kernel, touches nothing. */
bool host_memory_is_readable(const void *address);
