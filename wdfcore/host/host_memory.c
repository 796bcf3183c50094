#include "host/host_memory.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* A call that fails in either case, with EFAULT before anything else if it cannot read its set. */
bool host_memory_is_readable(const void *address)
{
    uintptr_t word = (uintptr_t)address & ~(uintptr_t)7;

    if (word == 0) {
        return false; /* would be no set at all */
    }
    errno = 0;
    syscall(SYS_rt_sigprocmask, -1, word, NULL, sizeof(uint64_t));
    return errno != EFAULT;
}
