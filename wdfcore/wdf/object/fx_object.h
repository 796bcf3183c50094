#pragma once
/* fx_object.h - the framework object: one allocation with header, body and contexts; a tree of
 * parents and children; a reference count; deletion in two phases.
 * Rules for an object:
 * - fx_object_create -> fx_object_publish (or fx_object_discard) -> deletion; a driver never sees
 * an object that is not published
 * - a child keeps no reference on its parent, a parent none on its child: a parent *owns* its
 *   children, which go with it. Who needs more takes a reference and says where it is dropped.
 * - the one reference it is born with is the framework's; deletion gives it up, never the driver
 * - deletion: cleanup of the whole tree, children first in creation order, then destroy in the same
 *   order; an object with further references is destroyed when the last one goes
 * - no internal lock is held while a driver's callback or a type's hook runs; after it everything
 *   that the tree lock protects must be read again
 * Call sites (creator, deleter) are return addresses in driver code, for reports.
 * See fx_state.c for the states, fx_dispose.h for what is moved to PASSIVE_LEVEL.
 */
#include <wdf.h>

#include "base/lock.h"
#include "wdf/object/fx_handle.h"
#include "wdf/object/fx_link.h"
#include "wdf/object/fx_type.h"

struct fx_globals;

enum fx_state {
    FX_STATE_CREATED,   /* lives; also before it is published */
    FX_STATE_DISPOSING, /* deletion has begun: no new child, no new context */
    FX_STATE_DISPOSED,  /* cleaned up; waits for its own or its parent's destroy phase */
    FX_STATE_DELETED,   /* the framework's reference is gone, others hold it */
    FX_STATE_DESTROYED, /* in its EvtDestroyCallbacks, or waiting for PASSIVE_LEVEL to run them */
    FX_STATE_COUNT
};

/* Flags of an object; those of its type (struct fx_type) are there from the start. */
enum {
    FX_OBJECT_PASSIVE_DISPOSE = 0x0001,   /* cleanup and destroy at PASSIVE_LEVEL */
    FX_OBJECT_PASSIVE_CALLBACKS = 0x0002, /* all its callbacks at PASSIVE_LEVEL */
    FX_OBJECT_NO_DELETE = 0x0004,         /* WdfObjectDelete is refused */
    FX_OBJECT_NO_CONTEXTS = 0x0008,       /* WdfObjectAllocateContext: STATUS_OBJECT_PATH_INVALID */
    FX_OBJECT_PUBLISHED = 0x0010,         /* creation finished */
    FX_OBJECT_DELETE_CALLED = 0x0020,     /* the driver called WdfObjectDelete */
    FX_OBJECT_DEFERRED = 0x0040,          /* on a dispose list */
    FX_OBJECT_HOLDS_DEVICE = 0x0080,      /* its deletion has a reference on its device */
    FX_OBJECT_HAS_TAGS = 0x0100,          /* references by tag are or were outstanding */
    FX_OBJECT_HAS_DESTROY = 0x0200,    /* a context has an EvtDestroyCallback, or cleanups wait */
    FX_OBJECT_SPLIT_DELETE = 0x0400,   /* fx_object_dispose began its deletion */
    FX_OBJECT_TYPE_DISPOSES = 0x0800,  /* its type has a dispose hook, not called yet */
    FX_OBJECT_TYPE_DESTROYS = 0x1000,  /* its type has a destroy hook */
    FX_OBJECT_MORE_CONTEXTS = 0x2000,  /* contexts in memory of their own */
    FX_OBJECT_FIRST_DESTROYS = 0x4000, /* the context inside has an EvtDestroyCallback */
    FX_OBJECT_RUN = 0x8000,            /* it begins a run (deletion/fx_run.h) */
};

/* Keys: (c) constant once published; (t) tree lock; (a) atomic with threads: the last reference is
 * given up once; (r) written under the tree lock and read anywhere, for one moment's value
 * What both walks of a deletion touch comes first. */
struct fx_object {
    uint64_t handle;            /* (c) */
    uint32_t references;        /* (a) */
    uint16_t flags;             /* (r) */
    uint8_t state;              /* (r) enum fx_state; only fx_state.h changes it */
    uint8_t size_class;         /* (c) of the memory */
    fx_link next;               /* (t) sibling; none: last */
    fx_link previous;           /* (t) sibling; the first child's is the last child */
    fx_link children;           /* (t) the first, in order of creation */
    fx_link parent;             /* (t) none: has none, or is detached */
    fx_link contexts;           /* (r) the first one's data, in order of creation; that is inline */
    fx_link device;             /* (c) nearest device; a device is its own; none: none above */
    const void *creator;        /* (c) */
    const struct fx_type *type; /* (c) */
    struct fx_globals *globals; /* (c) driver that is charged */
    union {
        const void *deleter; /* (t) who deleted it first */
        struct {
            uint32_t length;          /* (t) objects of the run */
            uint32_t late_references; /* (t) fx_late_references when it was found */
        } run;                        /* with FX_OBJECT_RUN */
    };
};

/* fx_object_there: whom a link to an object leads to. fx_object_at: the same; NULL: nobody. */
static inline struct fx_object *fx_object_there(fx_link link)
{
    return fx_link_there(link);
}

static inline struct fx_object *fx_object_at(fx_link link)
{
    return fx_link_address(link);
}

/* fx_object_parent: NULL: it has none. fx_object_device: its nearest device; NULL: there is none. */
static inline struct fx_object *fx_object_parent(const struct fx_object *object)
{
    return fx_object_at(object->parent);
}

static inline struct fx_object *fx_object_device(const struct fx_object *object)
{
    return fx_object_at(object->device);
}

/* fx_handle_of: the handle to hand to a driver; cast to the type's handle by assignment. */
static inline void *fx_handle_of(const struct fx_object *object)
{
    return (void *)(uintptr_t)object->handle;
}

/* fx_object_state, fx_object_flags: without the tree lock. Acquire: what led to a state is seen by
 * who sees the state. */
static inline enum fx_state fx_object_state(const struct fx_object *object)
{
    return (enum fx_state)__atomic_load_n(&object->state, __ATOMIC_ACQUIRE);
}

static inline uint16_t fx_object_flags(const struct fx_object *object)
{
    return __atomic_load_n(&object->flags, __ATOMIC_RELAXED);
}

/* fx_object_set_flags_locked: all of them. fx_object_flag_locked, fx_object_unflag_locked: some; with the tree lock, or before anybody else can
 * find the object. fx_object_flag: takes the lock. */
static inline void fx_object_set_flags_locked(struct fx_object *object, uint16_t flags)
{
    __atomic_store_n(&object->flags, flags, __ATOMIC_RELAXED);
}

static inline void fx_object_flag_locked(struct fx_object *object, uint16_t flags)
{
    fx_object_set_flags_locked(object, (uint16_t)(object->flags | flags));
}

static inline void fx_object_unflag_locked(struct fx_object *object, uint16_t flags)
{
    fx_object_set_flags_locked(object, (uint16_t)(object->flags & ~flags));
}

void fx_object_flag(struct fx_object *object, uint16_t flags);

/* fx_object_deleter_locked: who deleted it first; NULL: nobody so far, or its parent's deletion did.
 * fx_object_set_deleter_locked: a run that it begins is one no longer. */
static inline const void *fx_object_deleter_locked(const struct fx_object *object)
{
    return (object->flags & FX_OBJECT_RUN) == 0 ? object->deleter : NULL;
}

static inline void fx_object_set_deleter_locked(struct fx_object *object, const void *deleter)
{
    fx_object_unflag_locked(object, FX_OBJECT_RUN);
    object->deleter = deleter;
}

/* fx_object_create: an object with refs = 1 that nobody can find yet. Header, body and context are
 * zero but for what the header needs.
 *   type        from it: size, flags
 *   extra       bytes behind the body, 16-byte aligned, not zeroed (see fx_object_extra); 0: none
 *   attributes  already checked (fx_attributes.h), or NULL: its context type and callbacks are
 *               copied; its parent is not looked at
 *   globals     driver that is charged: the parent's, else fx_globals_of_caller()
 *   creator     call site
 *   Returns     the body (its first member is the fx_object), or NULL:
 * STATUS_INSUFFICIENT_RESOURCES Followed by fx_object_publish or fx_object_discard. Any IRQL <=
 * DISPATCH_LEVEL, no window. */
void *fx_object_create(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_globals *globals,
                       const void *creator);

/* fx_object_extra: the `extra` bytes of the object. */
static inline void *fx_object_extra(struct fx_object *object)
{
    return (char *)object + ((object->type->size + 15u) & ~(size_t)15u);
}

/* fx_object_publish: the last fallible step: make it a child of the parent (NULL: it has none).
 *   Returns  STATUS_DELETE_PENDING if the parent's deletion has begun: discard it then
 * Its nearest device becomes the parent's unless the creator set one. */
NTSTATUS fx_object_publish(struct fx_object *object, struct fx_object *parent);

/* fx_object_discard: free an object whose creation failed before it was published. Neither the
 * driver's callbacks nor the type's hooks are called. */
void fx_object_discard(struct fx_object *object);

/* fx_object_delete: the framework deletes (WdfObjectDelete's steps without its checks). At
 * PASSIVE_LEVEL all is cleaned up when it returns; above, what needs PASSIVE_LEVEL is moved there.
 * deleter: call site or NULL. Does nothing if the deletion has begun already. */
void fx_object_delete(struct fx_object *object, const void *deleter);
/* fx_object_delete_called: the same when the driver asked for it: FX_OBJECT_DELETE_CALLED. */
void fx_object_delete_called(struct fx_object *object, const void *deleter);

/* The same in three steps, for device removal (PASSIVE_LEVEL): clean up the tree below and the
 * object itself; destroy its children; then fx_object_delete gives up the framework's reference. */
void fx_object_dispose(struct fx_object *object);
void fx_object_destroy_children(struct fx_object *object);

/* fx_object_try_dispose: the first step at <= DISPATCH_LEVEL, for the completion of a request.
 * false: something in the tree needs PASSIVE_LEVEL; fx_object_delete goes on with it there. */
bool fx_object_try_dispose(struct fx_object *object);

/* (fibers only) How many references were taken of objects whose deletion had begun. */
extern uint32_t fx_late_references __attribute__((visibility("hidden")));

/* fx_object_ref: one reference more. fx_object_deref: one less; at 0 the object is destroyed before
 * it returns, or at PASSIVE_LEVEL later. These are the framework's own; the driver's carry tags. */
static inline void fx_object_ref(struct fx_object *object)
{
    if (__builtin_expect(base_threaded, 0)) {
        __atomic_add_fetch(&object->references, 1, __ATOMIC_RELAXED);
        return;
    }
    object->references++;
    if (__builtin_expect(object->state != FX_STATE_CREATED, 0)) {
        fx_late_references++;
    }
}
void fx_object_deref(struct fx_object *object);

/* fx_object_references: how many there are at the moment. */
static inline uint32_t fx_object_references(const struct fx_object *object)
{
    return __atomic_load_n(&object->references, __ATOMIC_RELAXED);
}

/* fx_object_over_dereferenced: WdfObjectOverDereferenced: the driver has no reference to release. */
void fx_object_over_dereferenced(const struct fx_object *object);

/* fx_object_is_dying: its deletion has begun. */
static inline bool fx_object_is_dying(const struct fx_object *object)
{
    return fx_object_state(object) != FX_STATE_CREATED;
}

/* fx_object_body: the fx_object pointer as its body; the type was checked by the caller. */
#define fx_object_body(object, body_type) ((body_type *)(void *)(object))

/* ---- start and stop ---- */

/* fx_start: a machine starts. false: no address space. fx_stop: it is gone: all objects that remain
 * are freed without calling anybody. fx_object.c registers both as a part of the machine. */
bool fx_start(void);
void fx_stop(void);

/* fx_object_count: live objects of the type (FX_TYPE_ANY: of all types). */
uint32_t fx_object_count(enum fx_type_number type);
