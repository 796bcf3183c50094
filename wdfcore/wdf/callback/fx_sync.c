/* fx_sync.c - synchronization scope and execution level: who inherits what, and whose callback lock
 * serializes a callback.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_report.h"

void fx_sync_resolve(struct fx_sync *sync, const WDF_OBJECT_ATTRIBUTES *attributes,
                     const struct fx_sync *parent)
{
    sync->level = parent != NULL ? parent->level : WdfExecutionLevelDispatch;
    sync->scope = parent != NULL ? parent->scope : WdfSynchronizationScopeNone;
    if (attributes == NULL) {
        return;
    }
    if (attributes->ExecutionLevel != WdfExecutionLevelInheritFromParent) {
        sync->level = attributes->ExecutionLevel;
    }
    if (attributes->SynchronizationScope != WdfSynchronizationScopeInheritFromParent) {
        sync->scope = attributes->SynchronizationScope;
    }
}

/* The nearest device, queue or file object upwards. What the framework delivers without a parent (a
 * request) is judged by its device. */
static struct fx_sync *sync_owner(struct fx_object *object)
{
    struct fx_object *device = fx_object_device(object);
    struct fx_sync *sync = NULL;

    fx_tree_lock();
    while (sync == NULL && object != NULL && object->type->number != FX_TYPE_DRIVER) {
        sync = fx_sync_of(object);
        object = fx_object_parent(object);
    }
    fx_tree_unlock();
    return sync == NULL && device != NULL ? fx_sync_of(device) : sync;
}

NTSTATUS fx_sync_callback_lock(struct fx_object *parent, bool passive,
                               struct fx_callback_lock **lock)
{
    const struct fx_sync *owner = sync_owner(parent);

    *lock = NULL;
    if (owner == NULL || owner->scope == WdfSynchronizationScopeNone) {
        return STATUS_SUCCESS; /* and no level check at all. spec: D-04 */
    }
    if (passive != (owner->level == WdfExecutionLevelPassive)) {
        return STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
    }
    *lock = owner->lock;
    return STATUS_SUCCESS;
}

/* ---- API ---- */

static struct fx_callback_lock *sync_api_lock(WDFOBJECT handle)
{
    struct fx_object *object = fx_handle_get_any(handle);
    struct fx_sync *sync = object != NULL ? fx_sync_of(object) : NULL;

    if (object != NULL &&
        (sync == NULL || sync->lock == NULL || object->type->number == FX_TYPE_DRIVER)) {
        fx_violation(RULE_CallbackLockUnsupported, FX_BUGCHECK_LOCK, object->handle, 0, object,
                     "a %s has no callback lock", fx_type_name(object->type->number));
        return NULL;
    }
    return sync != NULL ? sync->lock : NULL;
}

VOID WdfObjectAcquireLock(WDFOBJECT Object)
{
    struct fx_callback_lock *lock;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    lock = sync_api_lock(Object);
    if (lock != NULL) {
        fx_callback_lock_acquire_for_driver(lock);
    }
}

VOID WdfObjectReleaseLock(WDFOBJECT Object)
{
    struct fx_callback_lock *lock;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    lock = sync_api_lock(Object);
    if (lock != NULL) {
        fx_callback_lock_release(lock);
    }
}
