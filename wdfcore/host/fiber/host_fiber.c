/* host_fiber.c - fibers by makecontext for the first entry and _setjmp/_longjmp from then on: a
 * switch costs 20 ns, swapcontext with its two system calls 165. The file is compiled without
 * _FORTIFY_SOURCE, whose longjmp aborts when it leaves a stack upwards.
 */
#include "host/fiber/host_fiber.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/assert.h"
#include "host/host_sanitizer.h"

#define STACK_SIZE ((size_t)(HOST_SANITIZED ? 1024 : 256) * 1024)

struct host_fiber {
    jmp_buf resume; /* where it goes on */
    jmp_buf start;  /* the top of its stack, for the next life of a recycled fiber */
    void (*entry)(void *);
    void *argument;
    char *mapping; /* guard page, then the stack; NULL: the adopted fiber */
    size_t mapping_size;
    bool entered; /* start is valid */
    struct host_fiber *next_free;
    struct host_fiber_sanitizer sanitizer;
    void *saved_frame; /* for debuggers: glibc mangles what jmp_buf holds */
};

static struct {
    struct host_fiber adopted;
    struct host_fiber *free;
    struct host_fiber *entering; /* handed to the trampoline, which takes no pointer argument */
} fibers;

static void fiber_run(struct host_fiber *fiber)
{
    host_sanitizer_arrived(&fiber->sanitizer);
    fiber->entry(fiber->argument);
    CORE_ASSERT(!"a fiber's entry returned");
}

/* The first life begins here; later ones come back to the _setjmp. */
HOST_NO_ASAN static void fiber_trampoline(void)
{
    fibers.entering->entered = true;
    (void)_setjmp(fibers.entering->start);
    fiber_run(fibers.entering); /* read again: no local survives the jump */
}

static bool fiber_map(struct host_fiber *fiber)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *mapping;

    fiber->mapping_size = STACK_SIZE + page;
    mapping = mmap(NULL, fiber->mapping_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED) {
        return false;
    }
    if (mprotect(mapping, page, PROT_NONE) != 0) {
        munmap(mapping, fiber->mapping_size);
        return false;
    }
    fiber->mapping = mapping;
    host_sanitizer_init(&fiber->sanitizer, mapping + page, STACK_SIZE);
    return true;
}

struct host_fiber *host_fiber_create(void (*entry)(void *), void *argument)
{
    struct host_fiber *fiber = fibers.free;

    if (fiber != NULL) {
        fibers.free = fiber->next_free;
    } else {
        fiber = calloc(1, sizeof(*fiber));
        if (fiber == NULL || !fiber_map(fiber)) {
            free(fiber);
            return NULL;
        }
    }
    fiber->entry = entry;
    fiber->argument = argument;
    fiber->saved_frame = NULL;
    return fiber;
}

void host_fiber_recycle(struct host_fiber *fiber)
{
    CORE_ASSERT(fiber->mapping != NULL);
    host_sanitizer_recycled(&fiber->sanitizer);
    fiber->saved_frame = NULL;
    fiber->next_free = fibers.free;
    fibers.free = fiber;
}

struct host_fiber *host_fiber_adopt(void)
{
    host_sanitizer_adopt(&fibers.adopted.sanitizer);
    fibers.adopted.saved_frame = &fibers.adopted; /* it has been running: resume there */
    return &fibers.adopted;
}

/* The very first entry of a stack: makecontext lays its frame, setcontext jumps into it. */
HOST_NO_ASAN static _Noreturn void fiber_first_entry(struct host_fiber *fiber)
{
    ucontext_t context;

    getcontext(&context);
    context.uc_stack.ss_sp = fiber->mapping + (fiber->mapping_size - STACK_SIZE);
    context.uc_stack.ss_size = STACK_SIZE;
    context.uc_link = NULL;
    makecontext(&context, fiber_trampoline, 0);
    setcontext(&context);
    CORE_ASSERT(!"setcontext returned");
    abort();
}

HOST_NO_ASAN static _Noreturn void fiber_jump(struct host_fiber *to)
{
    if (to->saved_frame != NULL) {
        _longjmp(to->resume, 1);
    }
    fibers.entering = to;
    if (to->entered) {
        _longjmp(to->start, 1);
    }
    fiber_first_entry(to);
}

HOST_NO_ASAN void host_fiber_switch(struct host_fiber *from, struct host_fiber *to)
{
    from->saved_frame = __builtin_frame_address(0);
    host_sanitizer_leave(&from->sanitizer, &to->sanitizer, false);
    if (_setjmp(from->resume) == 0) {
        fiber_jump(to);
    }
    host_sanitizer_arrived(&from->sanitizer);
}

HOST_NO_ASAN void host_fiber_leave(struct host_fiber *from, struct host_fiber *to)
{
    from->saved_frame = NULL;
    host_sanitizer_leave(&from->sanitizer, &to->sanitizer, true);
    fiber_jump(to);
}

bool host_fiber_guards(const struct host_fiber *fiber, const void *address)
{
    const char *byte = address;

    return fiber->mapping != NULL && byte >= fiber->mapping &&
           byte < fiber->mapping + (fiber->mapping_size - STACK_SIZE);
}

void host_fiber_limits(const struct host_fiber *fiber, const char **low, const char **high)
{
    if (fiber->mapping != NULL) {
        *low = fiber->mapping + (fiber->mapping_size - STACK_SIZE);
        *high = fiber->mapping + fiber->mapping_size;
    }
}
