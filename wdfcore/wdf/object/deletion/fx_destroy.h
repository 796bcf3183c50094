#pragma once
/* fx_destroy.h - the end of objects as inline code: what happens when a reference goes. For
 * fx_object.c and fx_walk.c.
 */
#include "nt/ke/ke_processor.h"
#include "wdf/object/fx_block.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/deletion/fx_dispose.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"
#include "wdf/object/fx_watch.h"

/* With the tree lock: frees the memory; the handle is stale from here on. */
static inline void fx_free_locked(struct fx_object *object)
{
    uint64_t next = fx_handle_close(object->handle);

    fx_block_free(object, object->size_class, next);
}

/* With the tree lock: the driver knew the handle. */
static inline void fx_bury_locked(const struct fx_object *object)
{
    bool deleted = (object->flags & FX_OBJECT_DELETE_CALLED) != 0;

    fx_handle_bury(object->handle, object->creator, deleted ? object->deleter : NULL);
}

/* Frees the memory and what else it has; bury: the driver knew the handle. */
static inline void fx_free_object(struct fx_object *object, bool bury)
{
    uint16_t flags = fx_object_flags(object);

    if (__builtin_expect(fx_watching, 0)) {
        fx_watch_gone(object);
    }
    if ((flags & FX_OBJECT_MORE_CONTEXTS) != 0) {
        fx_context_free(object);
    }
    fx_tree_lock();
    if (bury) {
        fx_bury_locked(object);
    }
    fx_free_locked(object);
    fx_tree_unlock();
}

/* The last reference went, and the IRQL allows it: destroy callbacks, the type's own, and free. */
__attribute__((always_inline)) static inline void fx_destroy(struct fx_object *object)
{
    uint16_t flags = fx_object_flags(object);

    if (__builtin_expect((flags & FX_OBJECT_HAS_TAGS) != 0, 0)) {
        fx_reference_report_leaks(object);
    }
    if ((flags & FX_OBJECT_HAS_DESTROY) != 0) {
        fx_handle_set_destroying(object->handle);
        fx_context_destroy(object);
    }
    if ((flags & FX_OBJECT_TYPE_DESTROYS) != 0) {
        object->type->destroy(object);
    }
    fx_free_object(object, true);
}

/* What makes the end of an object more than fx_bury_locked and fx_free_locked. */
#define FX_OBJECT_ENDS_WITH_MORE                                              \
    (FX_OBJECT_PASSIVE_DISPOSE | FX_OBJECT_HAS_TAGS | FX_OBJECT_HAS_DESTROY | \
     FX_OBJECT_TYPE_DESTROYS | FX_OBJECT_MORE_CONTEXTS)

/* Whether that was the last one. Release and acquire: what its holders did with the object is over
 * before it goes. */
static inline bool fx_drop_reference(struct fx_object *object)
{
    if (__builtin_expect(base_threaded, 0)) {
        return __atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) == 0;
    }
    return --object->references == 0;
}

/* One reference less of an object that may lose its last one. */
static inline void fx_release(struct fx_object *object)
{
    if (!fx_drop_reference(object)) {
        return;
    }
    fx_state_set(object, FX_STATE_DESTROYED);
    if (__builtin_expect((fx_object_flags(object) & FX_OBJECT_PASSIVE_DISPOSE) != 0 &&
                             ke_self->irql > PASSIVE_LEVEL,
                         0)) {
        fx_handle_set_destroying(object->handle); /* nobody may take a reference any more */
        fx_dispose_queue(object);
        return;
    }
    fx_destroy(object);
}
