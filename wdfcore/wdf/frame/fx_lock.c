#include "wdf/frame/fx_lock.h"

#include "nt/ke/ke_processor.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "wdf/frame/fx_report.h"

struct base_lock fx_tree = {.rank = BASE_RANK_FX_TREE};

/* All callback locks that somebody holds, newest first; there are only ever a few. (t) */
static struct fx_callback_lock *held_locks;

void fx_lock_stop(void)
{
    held_locks = NULL;
    fx_tree.held = 0;
}

/* ---- callback locks ---- */

void fx_callback_lock_init(struct fx_callback_lock *lock, struct fx_object *owner,
                           enum fx_rank rank, bool passive)
{
    lock->owner = owner;
    lock->holder = NULL;
    lock->rank = (uint8_t)rank;
    lock->passive = passive;
    lock->keeps_owner = false;
    lock->outer = NULL;
    if (passive) {
        KeInitializeEvent(&lock->free, SynchronizationEvent, TRUE);
    } else {
        KeInitializeSpinLock(&lock->spin);
    }
}

bool fx_callback_lock_is_mine(const struct fx_callback_lock *lock)
{
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == ke_self->thread;
}

static const char *lock_owner_name(const struct fx_callback_lock *lock)
{
    return fx_type_name(lock->owner->type->number);
}

/* Passive and dispatch locks are ordered separately. The acquire goes on all the same. */
static void lock_check_order(const struct fx_callback_lock *lock)
{
    const struct fx_callback_lock *held;

    fx_tree_lock();
    held = held_locks;
    while (held != NULL && !(fx_callback_lock_is_mine(held) && held->passive == lock->passive &&
                             held->rank > lock->rank)) {
        held = held->outer;
    }
    fx_tree_unlock();
    if (held != NULL) { /* it is ours, so it stays */
        fx_violation(RULE_LockOrder, FX_BUGCHECK_NONE, 0, 0, lock->owner,
                     "the callback lock of a %s is taken while that of a %s is held",
                     lock_owner_name(lock), lock_owner_name(held));
    }
}

static void lock_taken(struct fx_callback_lock *lock)
{
    fx_tree_lock();
    __atomic_store_n(&lock->holder, ke_self->thread, __ATOMIC_RELAXED);
    lock->outer = held_locks;
    held_locks = lock;
    fx_tree_unlock();
    if (!lock->passive) { /* at DISPATCH_LEVEL: the processor is ours until the release */
        ke_self->callback_locks_held++;
    }
}

static void lock_unlink(struct fx_callback_lock *lock)
{
    struct fx_callback_lock **link = &held_locks;

    fx_tree_lock();
    while (*link != lock) {
        CORE_ASSERT(*link != NULL);
        link = &(*link)->outer;
    }
    *link = lock->outer;
    lock->outer = NULL;
    __atomic_store_n(&lock->holder, NULL, __ATOMIC_RELAXED);
    fx_tree_unlock();
}

static void lock_given(struct fx_callback_lock *lock)
{
    if (!lock->passive) {
        ke_self->callback_locks_held--;
    }
    lock_unlink(lock);
}

void fx_callback_lock_end(struct fx_callback_lock *lock)
{
    if (lock->holder != NULL) {
        lock_unlink(lock);
    }
}

bool fx_callback_lock_acquire(struct fx_callback_lock *lock)
{
    KIRQL bound = lock->passive ? PASSIVE_LEVEL : DISPATCH_LEVEL;

    if (fx_callback_lock_is_mine(lock)) {
        fx_violation(RULE_CallbackLockRecursive, FX_BUGCHECK_RECURSIVE_LOCK, lock->owner->handle,
                     (uint64_t)(uintptr_t)lock, lock->owner,
                     "the callback lock of a %s is taken again by its holder",
                     lock_owner_name(lock));
        return false;
    }
    if (ke_self->irql > bound) {
        fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, lock->owner,
                     "the %s callback lock of a %s is taken at IRQL %u",
                     lock->passive ? "passive" : "dispatch", lock_owner_name(lock), ke_self->irql);
        return false;
    }
    lock_check_order(lock);
    if (lock->passive) {
        KeEnterCriticalRegion();
        KeWaitForSingleObject(&lock->free, Executive, KernelMode, FALSE, NULL);
    } else {
        KIRQL old = KeAcquireSpinLockRaiseToDpc(&lock->spin);

        if (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) != NULL) {
            return false; /* refused: a holder on this processor lowered the IRQL */
        }
        lock->old_irql = old;
    }
    lock_taken(lock);
    return true;
}

void fx_callback_lock_acquire_for_driver(struct fx_callback_lock *lock)
{
    struct fx_object *owner = lock->owner;

    fx_object_ref(owner);
    if (fx_callback_lock_acquire(lock)) {
        lock->keeps_owner = true; /* dropped by the release */
    } else {
        fx_object_deref(owner);
    }
}

/* The lock may be gone afterwards. Where nothing but the held lock has kept the owner, Windows has freed
 * both. */
static void lock_let_go_of_owner(struct fx_object *owner)
{
    if (fx_object_state(owner) == FX_STATE_DELETED && fx_object_references(owner) == 1) {
        fx_violation(RULE_LockDeletedWhileHeld, FX_BUGCHECK_NONE, 0, 0, owner,
                     "a %s was deleted while its callback lock was held",
                     fx_type_name(owner->type->number));
    }
    fx_object_deref(owner);
}

bool fx_callback_lock_release(struct fx_callback_lock *lock)
{
    struct fx_object *kept = NULL;

    if (!fx_callback_lock_is_mine(lock)) {
        fx_violation(RULE_CallbackLockNotOwned, FX_BUGCHECK_NONE, 0, 0, lock->owner,
                     "the callback lock of a %s is released by somebody who does not hold it",
                     lock_owner_name(lock));
        return false;
    }
    if (!lock->passive && (ke_self->irql != DISPATCH_LEVEL || !ke_spin_is_mine(&lock->spin))) {
        fx_violation(RULE_SpinLockReleaseIrql, FX_BUGCHECK_NONE, 0, 0, lock->owner,
                     "the IRQL was lowered while the dispatch callback lock of a %s was held",
                     lock_owner_name(lock));
        return false;
    }
    if (lock->keeps_owner) {
        lock->keeps_owner = false;
        kept = lock->owner;
    }
    lock_given(lock);
    if (lock->passive) {
        KeSetEvent(&lock->free, IO_NO_INCREMENT, FALSE);
        KeLeaveCriticalRegion();
    } else {
        KeReleaseSpinLock(&lock->spin, lock->old_irql);
    }
    if (kept != NULL) {
        lock_let_go_of_owner(kept);
    }
    return true;
}
