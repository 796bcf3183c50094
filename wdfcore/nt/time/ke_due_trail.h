#pragma once
/* ke_due_trail.h - where the entries of a slot lie, so that the memory of many can be asked for at once:
 * a list gives away the address of one entry only when the one before it is there.
 *
 * A trail is a chain of chunks with the addresses of what was added, in that order. Rules:
 * - nothing that it names is ever looked at: it may have been disarmed since, and freed
 * - what leaves the slot stays in the trail: removing costs nothing
 * - adding loads nothing but the trail: what it would have to wait for is what trails are to spare
 * - all trails together have hardly more room than there are entries armed; one that gets no further
 *   chunk names no more, until its slot has been emptied
 * - chunks go by number; they move in memory when more are needed. Chunk 0 is where a trail writes to
 *   that gets no more. The cells of chunk n are 64n+1 to 64n+63
 * - the wheel's lock is held
 */
#include <stddef.h>
#include <stdint.h>

#define DUE_CHUNK_LINKS 63
#define DUE_CHUNK_WORDS (DUE_CHUNK_LINKS + 1)

struct due_chunk {
    uint64_t next; /* of the same trail, 0: it is the last; or the next free one */
    const void *links[DUE_CHUNK_LINKS];
};

struct due_trail {
    uint32_t first; /* chunk; 0: none */
    uint32_t end;   /* cell of the next address; a multiple of 64: the chunk before it is full */
};

struct due_chunks {
    struct due_chunk *chunks;
    uint32_t size, touched; /* those from `touched` on were never used */
    uint32_t free;          /* the first free one */
    uint32_t lent;          /* how many belong to trails */
};

extern struct due_chunks ke_due_chunks;

/* due_trail_extend: its chunk is full; `count` entries are armed. */
void due_trail_extend(struct due_trail *trail, size_t count);
/* due_trail_drop: give back its chunks. */
void due_trail_drop(struct due_trail *trail);
/* due_trails_reset: there are no trails any more. */
void due_trails_reset(void);

static inline void due_trail_add(struct due_trail *trail, const void *link, size_t count)
{
    uint32_t cell;

    if (__builtin_expect(trail->end % DUE_CHUNK_WORDS == 0, 0)) {
        due_trail_extend(trail, count);
    }
    cell = trail->end++;
    ke_due_chunks.chunks[cell / DUE_CHUNK_WORDS].links[cell % DUE_CHUNK_WORDS - 1] = link;
}

/* A way along a trail that is given up. */
struct due_walk {
    struct due_trail trail;
    uint32_t cell; /* the next to look at */
};

static inline void due_walk_begin(struct due_walk *walk, const struct due_trail *trail)
{
    walk->trail = *trail;
    walk->cell = trail->first * DUE_CHUNK_WORDS + 1;
}

/* due_walk_step: ask for the next address. Always inline: gcc takes a function that only prefetches for
 * one without effect, and drops its calls. */
__attribute__((always_inline)) static inline void due_walk_step(struct due_walk *walk)
{
    const struct due_chunk *chunk = &ke_due_chunks.chunks[walk->cell / DUE_CHUNK_WORDS];

    if (walk->cell < DUE_CHUNK_WORDS || walk->cell == walk->trail.end) {
        return;
    }
    __builtin_prefetch(chunk->links[walk->cell % DUE_CHUNK_WORDS - 1], 1);
    walk->cell++;
    if (walk->cell % DUE_CHUNK_WORDS == 0) {
        walk->cell = (uint32_t)chunk->next * DUE_CHUNK_WORDS + 1;
    }
}

static inline void due_walk_end(struct due_walk *walk)
{
    due_trail_drop(&walk->trail);
}
