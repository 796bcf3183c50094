/* ke_due_trail.c - trails get their chunks and give them back. A chunk is long, so that a trail seldom
 * comes to its end: that is the one branch on its way that cannot be predicted. */
#include "nt/time/ke_due_trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

#define LEAST     64u /* chunks that there may always be */
#define PER_CHUNK 32  /* and one for so many entries; some are not full */

static struct due_chunk nowhere;

struct due_chunks ke_due_chunks = {.chunks = &nowhere, .size = 1, .touched = 1};

static void chunks_grow(struct due_chunks *pool)
{
    uint32_t size = pool->size < LEAST ? LEAST : pool->size * 2;
    struct due_chunk *chunks = aligned_alloc(64, size * sizeof(*chunks));

    CORE_ASSERT(chunks != NULL);
    memcpy(chunks, pool->chunks, pool->touched * sizeof(*chunks));
    if (pool->chunks != &nowhere) {
        free(pool->chunks);
    }
    pool->chunks = chunks;
    pool->size = size;
}

/* 0: there may be no more. Last-in first-out: it is still in a cache. */
static uint32_t chunk_take(struct due_chunks *pool, size_t count)
{
    uint32_t number = pool->free;

    if (pool->lent >= LEAST + count / PER_CHUNK) {
        return 0;
    }
    pool->lent++;
    if (number != 0) {
        pool->free = (uint32_t)pool->chunks[number].next;
    } else {
        if (pool->touched == pool->size) {
            chunks_grow(pool);
        }
        number = pool->touched++;
    }
    pool->chunks[number].next = 0;
    return number;
}

void due_trail_extend(struct due_trail *trail, size_t count)
{
    uint32_t last = trail->end != 0 ? trail->end / DUE_CHUNK_WORDS - 1 : 0;
    uint32_t number = 0;

    if (last != 0 || trail->first == 0) { /* it names all that came so far */
        number = chunk_take(&ke_due_chunks, count);
    }
    if (last != 0) {
        ke_due_chunks.chunks[last].next = number;
    } else if (trail->first == 0) {
        trail->first = number;
    }
    trail->end = number * DUE_CHUNK_WORDS + 1;
}

void due_trail_drop(struct due_trail *trail)
{
    struct due_chunks *pool = &ke_due_chunks;
    uint32_t number = trail->first;

    while (number != 0) {
        uint32_t next = (uint32_t)pool->chunks[number].next;

        pool->chunks[number].next = pool->free;
        pool->free = number;
        pool->lent--;
        number = next;
    }
    *trail = (struct due_trail){.end = 0};
}

void due_trails_reset(void)
{
    ke_due_chunks.touched = 1;
    ke_due_chunks.free = 0;
    ke_due_chunks.lent = 0;
}
