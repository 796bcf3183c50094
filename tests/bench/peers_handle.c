/* The slot table of handles itself, with the bench's object as the entry: the inline code that the
 * framework looks handles up with, over a table of the bench's own.
 */
#include "wdf/object/fx_handle.h"

#include "peers_wdf.h"

struct fx_slot *fx_slots;
static uint32_t used;

static void handle_open(int n)
{
    fx_slots = xalloc(((size_t)n + 2) * sizeof *fx_slots);
    used = 0;
}

static uint64_t handle_add(struct tobj *t)
{
    uint64_t first = (uint64_t)++used << FX_SLOT_SHIFT | (uint64_t)1 << FX_GENERATION_SHIFT;

    return fx_handle_reopen(first, (struct fx_object *)t, FX_TYPE_OBJECT);
}

INLINE struct tobj *handle_find(uint64_t value)
{
    const void *handle = (const void *)(uintptr_t)value;
    struct fx_object *object = fx_handle_find(handle);

    return fx_handle_type(handle) == FX_TYPE_OBJECT ? (struct tobj *)object : NULL;
}

static void handle_del(uint64_t handle) { fx_handle_close(handle); }

static const struct lookup_ops handle = { handle_open, handle_add, handle_find, handle_del, true };
LOOKUP_FNS(handle)
void wdfbench_handle_chase(struct run *r) { run_handle_chase(r); }
void wdfbench_handle_indep(struct run *r) { run_handle_indep(r); }
