#include "host/host_memory.h"

#include <sys/mman.h>

void *host_memory_reserve(size_t size, bool huge)
{
    void *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (start == MAP_FAILED) {
        return NULL;
    }
    if (huge) {
        madvise(start, size, MADV_HUGEPAGE); /* a host without them goes on with small pages */
    }
    return start;
}

void host_memory_forget(void *start, size_t size)
{
    madvise(start, size, MADV_DONTNEED);
}
