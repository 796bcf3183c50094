#include "wdf/object/deletion/fx_run.h"

#include "base/assert.h"

#define RUN_LEAST  FX_GRAVES /* what is less fits into a cache, and is given up one by one */
#define TAKEN_MOST 64u       /* blocks of a run at a time */

uint32_t fx_late_references;

void fx_run_close(struct fx_run_search *search)
{
    struct fx_object *first = search->first;

    if (first != NULL && search->length >= RUN_LEAST && first->deleter == NULL) {
        first->run.length = search->length;
        first->run.late_references = search->late_references;
        fx_object_flag_locked(first, FX_OBJECT_RUN);
    }
    *search = (struct fx_run_search){.first = NULL};
}

struct fx_object *fx_run_end(struct fx_object *first)
{
    if (first->run.late_references != fx_late_references || fx_watching) {
        fx_object_set_deleter_locked(first, NULL);
        return NULL;
    }
    return (struct fx_object *)(void *)((char *)first +
                                        (first->run.length - 1) * fx_block_size(first->size_class));
}

/* Those that others would push out at once are not even looked at. */
static void run_bury(const struct fx_object *last, uint32_t length, size_t size)
{
    uint32_t known = length < FX_GRAVES ? length : FX_GRAVES;
    const char *object = (const char *)last - (known - 1) * size;

    for (uint32_t i = 0; i < known; i++) {
        fx_bury_locked((const struct fx_object *)(const void *)(object + i * size));
    }
}

/* Blocks side by side whose slots are, too, and free. */
static void run_keep(void *start, unsigned size_class, uint32_t length, uint32_t slot)
{
    struct fx_free_run *run = start;

    *run = (struct fx_free_run){.next = fx_blocks.runs[size_class], .length = length, .slot = slot};
    fx_blocks.runs[size_class] = run;
    fx_block_poison(run, length * fx_block_size(size_class));
}

void fx_run_free(struct fx_object *first, const struct fx_object *last)
{
    unsigned size_class = first->size_class;
    size_t size = fx_block_size(size_class);
    uint32_t length = first->run.length;
    uint32_t slot = fx_handle_index(fx_handle_of(first));

    CORE_ASSERT(first->state == FX_STATE_DISPOSED && last->state == FX_STATE_DISPOSED);
    run_bury(last, length, size);
    fx_handle_close_row(slot, length);
    run_keep(first, size_class, length, slot);
}

bool fx_run_carve(unsigned size_class)
{
    uint32_t length = size_class < FX_BLOCK_SMALL_COUNT ? fx_block_fresh_left(size_class) : 0;
    uint32_t slot = length != 0 ? fx_handle_row(length) : 0;
    void *start;

    if (slot == 0) {
        return false;
    }
    start = fx_block_fresh_row(size_class, length);
    fx_block_unpoison(start, sizeof(struct fx_free_run));
    run_keep(start, size_class, length, slot);
    return true;
}

bool fx_run_take(unsigned size_class)
{
    size_t size = fx_block_size(size_class);
    char *start = (char *)fx_blocks.runs[size_class];
    struct fx_free_run run;
    uint32_t taken;

    if (start == NULL) {
        return false;
    }
    fx_block_unpoison(start, sizeof(run));
    run = *(struct fx_free_run *)(void *)start;
    taken = run.length < TAKEN_MOST ? run.length : TAKEN_MOST;
    fx_blocks.runs[size_class] = run.next;
    if (taken < run.length) {
        struct fx_free_run *left = (struct fx_free_run *)(void *)(start + taken * size);

        fx_block_unpoison(left, sizeof(*left));
        *left = (struct fx_free_run){
            .next = run.next, .length = run.length - taken, .slot = run.slot + taken};
        fx_blocks.runs[size_class] = left;
        fx_block_poison(left, sizeof(*left));
    }
    for (uint32_t i = taken; i-- > 0;) { /* the first one is used first */
        fx_block_unpoison(start + i * size, sizeof(struct fx_free_block));
        fx_block_free(start + i * size, size_class, fx_handle_next(run.slot + i));
    }
    return true;
}
