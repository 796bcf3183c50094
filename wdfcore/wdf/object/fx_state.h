#pragma once
/* fx_state.h - the states of an object's life, one after the other; what moves it stands in fx_state.c. */
#include "base/assert.h"
#include "wdf/object/fx_object.h"

/* fx_state_set: the one place that changes a state. Leaving CREATED takes the tree lock; the later
 * moves are those of the one context that deletes. */
static inline void fx_state_set(struct fx_object *object, enum fx_state to)
{
    CORE_ASSERT(object->state + 1u == (unsigned)to);
    __atomic_store_n(&object->state, (uint8_t)to, __ATOMIC_RELEASE);
}

/* fx_state_name: "created", "disposing", ... */
const char *fx_state_name(enum fx_state state);
