#pragma once
/* fx_block.h - memory of objects and contexts: blocks of size classes from one reservation.
 * Rules for a block:
 * - aligned to FX_BLOCK_STEP, those of more than FX_BLOCK_TINY to a cache line; freed blocks are reused
 *   last-in first-out within their class; memory goes back when the machine ends (blocks of a page and more
 *   at once)
 * - because all lie in one reservation, any address can be asked whether it is in a block, and
 *   memory that was one may be read
 * - under AddressSanitizer free blocks and the rest behind a block's size are poisoned
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "host/host_memory.h"

#define FX_BLOCK_RESERVATION ((uint64_t)64 << 30)
#define FX_BLOCK_STEP        32u   /* small classes: multiples of it, aligned to it */
#define FX_BLOCK_TINY        256u  /* above: multiples of a cache line, aligned to it */
#define FX_BLOCK_SMALL       4096u /* the largest of them */
#define FX_BLOCK_SINGLES     64u
#define FX_BLOCK_LARGEST     ((size_t)1 << 30)
#define FX_BLOCK_SMALL_COUNT (FX_BLOCK_SMALL / FX_BLOCK_STEP)
#define FX_BLOCK_CLASSES     (FX_BLOCK_SMALL_COUNT + 19u) /* 8 KiB to 1 GiB: powers of two */

#if defined(__SANITIZE_ADDRESS__)
#define FX_BLOCK_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FX_BLOCK_POISON 1
#endif
#endif

#ifdef FX_BLOCK_POISON
#include <sanitizer/asan_interface.h>
#define FX_BLOCK_GUARD                 16u /* at least so much behind each block is poisoned */
#define fx_block_poison(start, size)   __asan_poison_memory_region((start), (size))
#define fx_block_unpoison(start, size) __asan_unpoison_memory_region((start), (size))
#else
#define FX_BLOCK_GUARD                 0u
#define fx_block_poison(start, size)   ((void)0)
#define fx_block_unpoison(start, size) ((void)0)
#endif

/* fx_block_zero: size is a multiple of 8, the start aligned to 8. Most are short: no call. */
static inline void fx_block_zero(void *start, size_t size)
{
    typedef uint64_t fx_word __attribute__((may_alias));
    typedef uint64_t fx_pair __attribute__((vector_size(16), may_alias, aligned(8)));
    char *end = (char *)start + size;
    char *at = start;

    if (size > 512) {
        memset(start, 0, size);
        return;
    }
    for (; at + 64 <= end; at += 64) {
        fx_pair *pairs = (fx_pair *)(void *)at;

        pairs[0] = pairs[1] = pairs[2] = pairs[3] = (fx_pair){0, 0};
        __asm__("" : "+r"(at)); /* keeps the compiler from making it a memset */
    }
    for (; at < end; at += 8) {
        *(fx_word *)(void *)at = 0;
        __asm__("" : "+r"(at));
    }
}

/* What a free block keeps: the link, and the handle whose slot an object's block goes on using. */
struct fx_free_block {
    uint64_t handle; /* 0: none */
    struct fx_free_block *next;
};

/* What the first block of a freed run keeps (deletion/fx_run.h): blocks side by side whose slots are, too. */
struct fx_free_run {
    uint64_t handle; /* 0, as of a free block that keeps none */
    struct fx_free_run *next;
    uint32_t length; /* blocks */
    uint32_t slot;   /* of the first */
};

/* Keys: (c) constant; (t) tree lock; (r) written under it, read anywhere */
struct fx_block_store {
    struct host_front front;                       /* (t) its start (c) */
    char *top;                                     /* (r) below: carved into slabs */
    struct fx_free_block *free[FX_BLOCK_CLASSES];  /* (t) objects': each keeps its slot */
    struct fx_free_block *plain[FX_BLOCK_CLASSES]; /* (t) contexts' */
    struct fx_free_run *runs[FX_BLOCK_CLASSES];    /* (t) objects' */
    char *slab[FX_BLOCK_CLASSES];                  /* (t) next block of the current slab */
    char *slab_end[FX_BLOCK_CLASSES];              /* (t) */
    uint32_t singles[FX_BLOCK_CLASSES];            /* (t) objects' that were carved one by one */
};

extern struct fx_block_store fx_blocks __attribute__((visibility("hidden")));

/* fx_block_class: the smallest class that holds size bytes; FX_BLOCK_CLASSES: too large. Of what is not
 * tiny every other class is used. */
unsigned fx_block_class_large(size_t size);
static inline unsigned fx_block_class(size_t size)
{
    size += FX_BLOCK_GUARD;
    return __builtin_expect(size <= FX_BLOCK_SMALL, 1)
               ? ((unsigned)((size + FX_BLOCK_STEP - 1) / FX_BLOCK_STEP) - 1) |
                     (size > FX_BLOCK_TINY)
               : fx_block_class_large(size);
}

/* fx_block_size: bytes of a block of the class. */
size_t fx_block_size(unsigned size_class);

/* What allocates and frees below is called with the tree lock.
 * fx_block_fresh: one that was never used in this machine; NULL: the reservation is used up.
 * fx_block_fresh_left: how many of them lie side by side: one at least; 0: the reservation is used up.
 * fx_block_fresh_row: so many of these. */
void *fx_block_fresh(unsigned size_class);
uint32_t fx_block_fresh_left(unsigned size_class);
void *fx_block_fresh_row(unsigned size_class, uint32_t count);

/* fx_block_refill: where no block of the class is free there are some now, from a run, or a fresh one; after
 * the first FX_BLOCK_SINGLES, a run of fresh ones. false: no memory. */
bool fx_block_refill(unsigned size_class);

/* fx_block_allocate: a block, not zeroed; *handle is what it was freed with, else 0. size is what
 * the class was chosen for. NULL: no memory. */
static inline void *fx_block_allocate(unsigned size_class, size_t size, uint64_t *handle)
{
    struct fx_free_block *block;

    if (__builtin_expect(fx_blocks.free[size_class] == NULL, 0) && !fx_block_refill(size_class)) {
        return NULL;
    }
    block = fx_blocks.free[size_class];
    fx_block_unpoison(block, size);
    *handle = block->handle;
    fx_blocks.free[size_class] = block->next;
    return block;
}

/* fx_block_allocate_plain, fx_block_free_plain: the same for what has no handle. */
void *fx_block_allocate_plain(unsigned size_class, size_t size);
void fx_block_free_plain(void *start, unsigned size_class);

/* fx_block_free: handle: kept for the next user, or 0. */
void fx_block_free_large(void *start, unsigned size_class);
static inline void fx_block_free(void *start, unsigned size_class, uint64_t handle)
{
    struct fx_free_block *block = start;

    if (__builtin_expect(size_class >= FX_BLOCK_SMALL_COUNT, 0)) {
        fx_block_free_large(start, size_class);
    }
    block->handle = handle;
    block->next = fx_blocks.free[size_class];
    fx_blocks.free[size_class] = block;
    fx_block_poison(block, fx_block_size(size_class));
}

/* fx_block_contains: the address lies in memory that is or was a block's. */
static inline bool fx_block_contains(const void *address)
{
    return (const char *)address >= fx_blocks.front.start &&
           (const char *)address < __atomic_load_n(&fx_blocks.top, __ATOMIC_RELAXED);
}

/* fx_block_start: the reservation, once per process. false: no address space.
 * fx_block_stop: no block is in use any more. */
bool fx_block_start(void);
void fx_block_stop(void);
