#include "wdf/object/fx_block.h"

#include <string.h>

#include "base/assert.h"
#include "host/host_memory.h"
#include "wdf/object/deletion/fx_run.h"

#define SLAB_SIZE        ((size_t)64 << 10)
#define LINE             64u
#define LEAST            ((size_t)256 << 20)
#define LARGE_FIRST_BITS 13u                 /* the class after the small ones: 8 KiB */
#define FORGET_SIZE      ((size_t)128 << 10) /* free blocks from here on give their pages back */

struct fx_block_store fx_blocks;

unsigned fx_block_class_large(size_t size)
{
    unsigned bits = 64u - (unsigned)__builtin_clzll(size - 1);

    if (size > FX_BLOCK_LARGEST) {
        return FX_BLOCK_CLASSES;
    }
    return FX_BLOCK_SMALL_COUNT + (bits < LARGE_FIRST_BITS ? 0 : bits - LARGE_FIRST_BITS);
}

size_t fx_block_size(unsigned size_class)
{
    if (size_class < FX_BLOCK_SMALL_COUNT) {
        return (size_class + 1) * (size_t)FX_BLOCK_STEP;
    }
    return (size_t)1 << (size_class - FX_BLOCK_SMALL_COUNT + LARGE_FIRST_BITS);
}

/* The class has a slab with a block left; false: the reservation is used up. */
static bool block_slab(unsigned size_class, size_t size)
{
    /* Nothing is left over: the blocks of slabs that are carved in a row stand in a row, too. */
    size_t lines = size % LINE == 0 ? size : 2 * size;
    size_t slab = size > SLAB_SIZE ? size : SLAB_SIZE / lines * lines;

    if ((size_t)(fx_blocks.slab_end[size_class] - fx_blocks.slab[size_class]) >= size) {
        return true;
    }
    if ((size_t)(fx_blocks.front.end - fx_blocks.top) < slab) {
        return false;
    }
    host_front_reach(&fx_blocks.front, fx_blocks.top + slab);
    fx_blocks.slab[size_class] = fx_blocks.top;
    __atomic_store_n(&fx_blocks.top, fx_blocks.top + slab, __ATOMIC_RELAXED);
    fx_blocks.slab_end[size_class] = fx_blocks.top;
    fx_block_poison(fx_blocks.slab[size_class], slab);
    return true;
}

uint32_t fx_block_fresh_left(unsigned size_class)
{
    size_t size = fx_block_size(size_class);

    if (!block_slab(size_class, size)) {
        return 0;
    }
    return (uint32_t)((size_t)(fx_blocks.slab_end[size_class] - fx_blocks.slab[size_class]) / size);
}

void *fx_block_fresh_row(unsigned size_class, uint32_t count)
{
    char *first = fx_blocks.slab[size_class];

    fx_blocks.slab[size_class] += count * fx_block_size(size_class);
    return first;
}

void *fx_block_fresh(unsigned size_class)
{
    return block_slab(size_class, fx_block_size(size_class)) ? fx_block_fresh_row(size_class, 1)
                                                             : NULL;
}

bool fx_block_refill(unsigned size_class)
{
    struct fx_free_block *block;

    if (fx_run_take(size_class)) {
        return true;
    }
    if (fx_blocks.singles[size_class] >= FX_BLOCK_SINGLES && fx_run_carve(size_class)) {
        return fx_run_take(size_class);
    }
    fx_blocks.singles[size_class]++;
    block = fx_block_fresh(size_class);
    if (block == NULL) {
        return false;
    }
    fx_block_unpoison(block, sizeof(*block));
    *block = (struct fx_free_block){0, NULL};
    fx_blocks.free[size_class] = block;
    return true;
}

void *fx_block_allocate_plain(unsigned size_class, size_t size)
{
    struct fx_free_block *block = fx_blocks.plain[size_class];

    if (block == NULL) {
        block = fx_block_fresh(size_class);
        if (block != NULL) {
            fx_block_unpoison(block, size);
        }
        return block;
    }
    fx_block_unpoison(block, size > sizeof(*block) ? size : sizeof(*block));
    fx_blocks.plain[size_class] = block->next;
    return block;
}

void fx_block_free_plain(void *start, unsigned size_class)
{
    struct fx_free_block *block = start;

    if (size_class >= FX_BLOCK_SMALL_COUNT) {
        fx_block_free_large(start, size_class);
    }
    block->handle = 0;
    block->next = fx_blocks.plain[size_class];
    fx_blocks.plain[size_class] = block;
    fx_block_poison(block, fx_block_size(size_class));
}

void fx_block_free_large(void *start, unsigned size_class)
{
    if (fx_block_size(size_class) >= FORGET_SIZE) {
        host_memory_forget(start, fx_block_size(size_class));
    }
}

bool fx_block_start(void)
{
    size_t size = FX_BLOCK_RESERVATION;

    while (fx_blocks.front.start == NULL && size >= LEAST) {
        if (host_front_open(&fx_blocks.front, size)) {
            fx_blocks.top = fx_blocks.front.start; /* nothing is used of it yet */
        }
        size /= 2;
    }
    fx_block_stop();
    return fx_blocks.front.start != NULL;
}

void fx_block_stop(void)
{
    if (fx_blocks.front.start == NULL) {
        return;
    }
    /* The contexts of the last machine must not look alive in the next one. */
    fx_block_unpoison(fx_blocks.front.start, (size_t)(fx_blocks.top - fx_blocks.front.start));
    if ((size_t)(fx_blocks.top - fx_blocks.front.start) > ((size_t)16 << 20)) {
        host_memory_forget(fx_blocks.front.start, (size_t)(fx_blocks.top - fx_blocks.front.start));
    }
    fx_blocks.top = fx_blocks.front.start + LINE; /* no block has the link FX_LINK_NONE */
    memset(fx_blocks.free, 0, sizeof(fx_blocks.free));
    memset(fx_blocks.plain, 0, sizeof(fx_blocks.plain));
    memset(fx_blocks.runs, 0, sizeof(fx_blocks.runs));
    memset(fx_blocks.singles, 0, sizeof(fx_blocks.singles));
    memset(fx_blocks.slab, 0, sizeof(fx_blocks.slab));
    memset(fx_blocks.slab_end, 0, sizeof(fx_blocks.slab_end));
}
