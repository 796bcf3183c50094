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

enum host_memory_rights {
    HOST_MEMORY_NONE,
    HOST_MEMORY_READ,
    HOST_MEMORY_WRITE,   /* and read */
    HOST_MEMORY_EXECUTE, /* and read */
    HOST_MEMORY_ALL,
};
/* host_memory_map: addresses without rights, zero once they have some, at a multiple of `alignment`.
 * start  NULL: anywhere; else there, or NULL if something is there. NULL: no room.
 * host_memory_protect: whole pages of what was mapped. host_memory_unmap: give it back. */
void *host_memory_map(void *start, size_t size, size_t alignment);
bool host_memory_protect(void *start, size_t size, enum host_memory_rights rights);
void host_memory_unmap(void *start, size_t size);

/* host_memory_share: contents that can be seen at several places, zero at first. -1: no room.
 * host_memory_view: what was mapped there shows them from that offset on, without rights. The share may go
 * before its views. */
int host_memory_share(size_t size);
bool host_memory_view(void *start, size_t size, int share, size_t offset);
void host_memory_unshare(int share);
