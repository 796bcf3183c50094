#pragma once
/* fx_state.h - the states of an object's life; the table of moves stands in fx_state.c. */
#include "base/assert.h"
#include "wdf/object/fx_object.h"

/* fx_state_moves[from] has bit `to` set when the move is allowed. */
extern const uint8_t fx_state_moves[FX_STATE_COUNT] __attribute__((visibility("hidden")));

/* fx_state_set: the one place that changes a state. Leaving CREATED takes the tree lock; the later
 * moves are those of the one context that deletes. */
static inline void fx_state_set(struct fx_object *object, enum fx_state to)
{
    CORE_ASSERT((fx_state_moves[object->state] >> to & 1u) != 0);
    __atomic_store_n(&object->state, (uint8_t)to, __ATOMIC_RELEASE);
}

/* fx_state_name: "created", "disposing", ... */
const char *fx_state_name(enum fx_state state);
