#pragma once
/* host_memory.h - large reservations of address space: pages that cost nothing until touched.
 */
#include <stdbool.h>
#include <stddef.h>

/* host_memory_reserve: readable and writable, zero, page aligned, not charged before it is touched.
 * NULL: the address space or a limit does not allow it. */
void *host_memory_reserve(size_t size);

/* A reservation that is used from its start on. It gets huge pages where they are to be had: not in its
 * first extent, and none any more once one, of whichever front, took longer than so many small ones (a
 * virtual machine that gives free memory back to its host needs milliseconds for each). One thread at a
 * time extends fronts. */
struct host_front {
    char *start, *end;
    char *ready; /* may be used up to here */
    bool small;  /* small pages from here on */
};

/* host_front_open: false: no address space. */
bool host_front_open(struct host_front *front, size_t size);
/* host_front_extend: one extent more. */
void host_front_extend(struct host_front *front);

/* host_front_reach: about to use what lies in front of `to`. */
static inline void host_front_reach(struct host_front *front, const void *to)
{
    while (__builtin_expect((const char *)to > front->ready, 0)) {
        host_front_extend(front);
    }
}

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
