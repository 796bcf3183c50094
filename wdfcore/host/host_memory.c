#include "host/host_memory.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"

#ifndef MADV_POPULATE_WRITE /* Linux 5.14; glibc 2.35 */
#define MADV_POPULATE_WRITE 23
#endif

#define EXTENT   ((uintptr_t)2 << 20) /* a huge page */
#define TOGETHER ((size_t)1 << 20)    /* of small pages */
#define DEAR     600000               /* ns: what as many small pages cost at least */

/* Known once for the process: to find out costs what it is about. */
static bool huge_is_dear;

void *host_memory_reserve(size_t size)
{
    void *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return start != MAP_FAILED ? start : NULL;
}

static uint64_t cpu_time_ns(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

bool host_front_open(struct host_front *front, size_t size)
{
    front->start = host_memory_reserve(size);
    if (front->start == NULL) {
        return false;
    }
    front->end = front->start + size;
    front->ready = (char *)(((uintptr_t)front->start + 2 * EXTENT - 1) & ~(EXTENT - 1));
    /* Advice only: a host without huge pages goes on with small ones. */
    madvise(front->ready, (size_t)(front->end - front->ready), MADV_HUGEPAGE);
    return true;
}

void host_front_extend(struct host_front *front)
{
    uint64_t before;

    CORE_ASSERT(front->ready < front->end);
    if (front->end - front->ready < (ptrdiff_t)EXTENT) {
        front->ready = front->end;
        return;
    }
    if (huge_is_dear && !front->small) {
        front->small = true;
        madvise(front->ready, (size_t)(front->end - front->ready), MADV_NOHUGEPAGE);
    }
    if (front->small) { /* many at once; a kernel that cannot brings them in one by one */
        madvise(front->ready, TOGETHER, MADV_POPULATE_WRITE);
        front->ready += TOGETHER;
        return;
    }
    before = cpu_time_ns();
    *(volatile char *)front->ready = 0;
    front->ready += EXTENT;
    huge_is_dear = cpu_time_ns() - before > DEAR;
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

/* Room for the alignment is asked for, too, and given back on both sides. */
static void *memory_map_anywhere(size_t size, size_t alignment)
{
    size_t with = size + alignment;
    char *start;
    char *aligned;

    if (with < size) {
        return NULL;
    }
    start = mmap(NULL, with, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    aligned = (char *)(((uintptr_t)start + alignment - 1) & ~(uintptr_t)(alignment - 1));
    if (aligned != start) {
        munmap(start, (size_t)(aligned - start));
    }
    if (aligned + size != start + with) {
        munmap(aligned + size, (size_t)(start + with - (aligned + size)));
    }
    return aligned;
}

void *host_memory_map(void *start, size_t size, size_t alignment)
{
    void *there;

    if (start == NULL) {
        return memory_map_anywhere(size, alignment);
    }
    there = mmap(start, size, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (there != MAP_FAILED && there != start) { /* a kernel that does not know the flag */
        munmap(there, size);
        there = MAP_FAILED;
    }
    return there != MAP_FAILED ? there : NULL;
}

bool host_memory_protect(void *start, size_t size, enum host_memory_rights rights)
{
    static const int bits[] = {[HOST_MEMORY_NONE] = PROT_NONE,
                               [HOST_MEMORY_READ] = PROT_READ,
                               [HOST_MEMORY_WRITE] = PROT_READ | PROT_WRITE,
                               [HOST_MEMORY_EXECUTE] = PROT_READ | PROT_EXEC,
                               [HOST_MEMORY_ALL] = PROT_READ | PROT_WRITE | PROT_EXEC};

    return mprotect(start, size, bits[rights]) == 0;
}

void host_memory_unmap(void *start, size_t size)
{
    munmap(start, size);
}

int host_memory_share(size_t size)
{
    int share = memfd_create("section", MFD_CLOEXEC);

    if (share >= 0 && ftruncate(share, (off_t)size) != 0) {
        close(share);
        share = -1;
    }
    return share;
}

bool host_memory_view(void *start, size_t size, int share, size_t offset)
{
    return mmap(start, size, PROT_NONE, MAP_SHARED | MAP_FIXED, share, (off_t)offset) == start;
}

void host_memory_unshare(int share)
{
    close(share);
}
