#pragma once
/* fx_run.h - runs: siblings that lie side by side and end without anybody being told. A million objects are
 * more than any cache holds; the first walk finds runs while it is there, and the second one gives up a
 * whole run without coming to each of its objects again.
 * Rules for a run:
 * - its objects are DISPOSED siblings in their order, of one size class, one block after the other and one
 *   slot after the other; each has one reference, no child, and nothing of FX_OBJECT_ENDS_WITH_MORE
 * - its first object carries FX_OBJECT_RUN and, in the place of the deleter, how long it is
 * - DISPOSED siblings stay where they are; but somebody may take a reference: fx_late_references grows
 *   then, and the run is one no longer
 * - a freed run waits as a whole until its size class has no other free block; fresh memory of a class that
 *   is used much comes as one
 * With threads there are none. With the tree lock, all of it.
 */
#include "wdf/object/deletion/fx_destroy.h"

/* What the first walk has found since `first`, and what the next object of the run is like. */
struct fx_run_search {
    struct fx_object *first; /* NULL: nothing */
    struct fx_object *last;
    const struct fx_object *next; /* where it lies */
    fx_link next_link;            /* to it */
    uint64_t next_slot;           /* what its handle has in FX_SLOT_MASK */
    uint32_t step;                /* from one to the next, in bytes */
    uint32_t length;
    uint32_t late_references; /* when it began */
};

/* fx_run_close: what was found becomes a run if it is long enough; the search begins anew. */
void fx_run_close(struct fx_run_search *search);

/* fx_run_end: the object begins a run: the run's last object. NULL: somebody came between, and the object
 * begins none any more. */
struct fx_object *fx_run_end(struct fx_object *first);
/* fx_run_free: the handles are stale, the memory is free. */
void fx_run_free(struct fx_object *first, const struct fx_object *last);

static inline void fx_run_extend(struct fx_run_search *search, struct fx_object *object)
{
    search->last = object;
    search->next = (const struct fx_object *)(const void *)((const char *)object + search->step);
    search->next_link += (fx_link)(search->step / FX_LINK_UNIT);
    search->next_slot = (object->handle & FX_SLOT_MASK) + ((uint64_t)1 << FX_SLOT_SHIFT);
    search->length++;
}

/* fx_run_note: the first walk has just cleaned up this object. */
static inline void fx_run_note(struct fx_run_search *search, struct fx_object *object)
{
    bool plain = object->references == 1 && (object->flags & FX_OBJECT_ENDS_WITH_MORE) == 0 &&
                 object->children == FX_LINK_NONE;

    if (plain && object == search->next && (object->handle & FX_SLOT_MASK) == search->next_slot &&
        search->last->next == search->next_link && object->size_class == search->last->size_class) {
        fx_run_extend(search, object);
        return;
    }
    fx_run_close(search);
    if (plain && object->size_class < FX_BLOCK_SMALL_COUNT && object->deleter == NULL) {
        search->first = object;
        search->step = (object->size_class + 1) * FX_BLOCK_STEP;
        search->next_link = fx_link_to(object);
        search->late_references = fx_late_references;
        fx_run_extend(search, object);
    }
}

/* fx_run_carve: what is left of a slab, or all of a fresh one, becomes a freed run. false: it cannot.
 * fx_run_take: blocks of a freed run become free blocks of their size class. false: there is no run. */
bool fx_run_carve(unsigned size_class);
bool fx_run_take(unsigned size_class);
