#pragma once
/* fx_lock.h - the framework's locks: the tree lock, and the callback locks that serialize a
 * driver's callbacks by synchronization scope.
 *
 * Order, outer to inner (a lock is taken only while holding ones above it):
 *     FX_RANK_DRIVER   driver's callback lock (EvtDriverDeviceAdd)
 *     FX_RANK_DEVICE   callback lock of a device
 *     FX_RANK_QUEUE    callback lock of a queue
 * Callback locks rank outside the internal ones (base/lock.h): no driver code is called with an
 * internal lock held.
 */
#include <wdf.h>

#include "base/assert.h"
#include "base/lock.h"
#include "wdf/frame/fx_look.h"
#include "wdf/object/fx_object.h"

enum fx_rank {
    FX_RANK_NONE,
    FX_RANK_DRIVER,
    FX_RANK_DEVICE,
    FX_RANK_QUEUE,
};

/* fx_lock_stop: the machine is gone: no lock is held. */
void fx_lock_stop(void);

extern struct base_lock fx_tree __attribute__((visibility("hidden")));

static inline void fx_tree_lock(void)
{
    base_lock_acquire(&fx_tree);
}

static inline void fx_tree_unlock(void)
{
    base_lock_release(&fx_tree);
}

/* ---- callback locks ----
 * Rules for a callback lock:
 * - it belongs to a device, a queue or the driver; level Passive: a mutex in a critical region at
 *   the caller's IRQL; level Dispatch: a spin lock, so that every callback under it runs at exactly
 *   DISPATCH_LEVEL
 * - it is not recursive: a second take by its holder is CallbackLockRecursive (10D/2)
 * - whether the running thread holds one is known without a lock: nobody else makes it so
 * - order device before queue; the other way round is LockOrder, and taken all the same
 * - who takes it around a callback knows that its owner stays; a driver may delete the owner while it
 *   holds or waits for it, so that WdfObjectAcquireLock keeps the owner's memory until the release
 */
/* Keys: (c) constant; (l) by its holder; (t) tree lock; (r) written under it, read anywhere */
struct fx_callback_lock {
    struct fx_object *owner;        /* (c) whom reports name */
    void *holder;                   /* (r) the KTHREAD that has it, NULL: free */
    uint8_t rank;                   /* (c) enum fx_rank */
    bool passive;                   /* (c) a mutex, not a spin lock */
    bool keeps_owner;               /* (l) by a reference, which its release drops */
    KIRQL old_irql;                 /* (l) spin lock: the holder's IRQL before */
    struct fx_callback_lock *outer; /* (t) next one that somebody holds */
    KSPIN_LOCK spin;
    KEVENT free; /* synchronization event, signaled while nobody has the mutex */
};

void fx_callback_lock_init(struct fx_callback_lock *lock, struct fx_object *owner,
                           enum fx_rank rank, bool passive);

/* fx_callback_lock_end: its owner is destroyed. Where a release was refused it is still taken, and nobody
 * can give it back any more. */
void fx_callback_lock_end(struct fx_callback_lock *lock);

/* fx_callback_lock_acquire: false: refused by an expected violation (recursion, IRQL), not taken.
 * Dispatch: <= DISPATCH_LEVEL, spins; passive: PASSIVE_LEVEL, waits. */
bool fx_callback_lock_acquire(struct fx_callback_lock *lock);
/* fx_callback_lock_acquire_for_driver: the same for one that is not in a callback of the framework:
 * the owner lasts until the release. */
void fx_callback_lock_acquire_for_driver(struct fx_callback_lock *lock);
/* fx_callback_lock_release: false: refused (CallbackLockNotOwned), unchanged. */
bool fx_callback_lock_release(struct fx_callback_lock *lock);
/* fx_callback_lock_is_mine: the running thread or DPC holds it. */
bool fx_callback_lock_is_mine(const struct fx_callback_lock *lock);

/* ---- scope and level ----
 * What devices, queues, file objects and the driver have in their body (struct fx_type says where).
 */
struct fx_sync {
    WDF_EXECUTION_LEVEL level;       /* resolved: Passive or Dispatch */
    WDF_SYNCHRONIZATION_SCOPE scope; /* resolved: Device, Queue or None */
    struct fx_callback_lock *lock;   /* what WdfObjectAcquireLock takes; NULL: it is refused */
    struct fx_callback_lock own;     /* storage for a lock of its own */
};

/* fx_sync_of: NULL if the type has none. */
static inline struct fx_sync *fx_sync_of(struct fx_object *object)
{
    uint16_t offset = object->type->sync_offset;

    return offset != 0 ? (struct fx_sync *)(void *)((char *)object + offset) : NULL;
}

/* fx_sync_resolve: own values where they are not Inherit, else the parent's (NULL: level Dispatch,
 * scope None). Does not touch the locks. attributes may be NULL: all inherited. */
void fx_sync_resolve(struct fx_sync *sync, const WDF_OBJECT_ATTRIBUTES *attributes,
                     const struct fx_sync *parent);

/* fx_sync_callback_lock: the lock that AutomaticSerialization with this parent means: that of the
 * nearest device, queue or file object, *lock = NULL if its scope is None.
 *   passive  the callback runs at PASSIVE_LEVEL
 *   Returns  STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL (scope Device or Queue only) */
NTSTATUS fx_sync_callback_lock(struct fx_object *parent, bool passive,
                               struct fx_callback_lock **lock);
