/* fx_workitem.c - WDFWORKITEM.
 *
 * Teardown: the rundown refuses further enqueues and waits until the item is neither queued nor
 * running; what is queued still runs. Deleted from its own callback it does not wait: its cleanup
 * runs at once, its memory goes when the callback has returned.
 * It holds a reference on its parent from creation until the rundown.
 */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_report.h"
#include "wdf/frame/fx_work.h"

/* Keys: (c) constant once published (a) atomic, orders nothing */
struct fx_workitem {
    struct fx_object object;
    struct fx_work work;
    PFN_WDF_WORKITEM callback;     /* (c) */
    struct fx_callback_lock *lock; /* (c) NULL: not serialized */
    struct fx_object *parent;      /* (a) referenced; NULL once disposed */
};

/* NULL: it is disposed. */
static inline struct fx_object *workitem_parent(const struct fx_workitem *item)
{
    return __atomic_load_n(&item->parent, __ATOMIC_RELAXED);
}

static void workitem_run(struct fx_object *object)
{
    struct fx_workitem *item = fx_object_body(object, struct fx_workitem);
    struct fx_call call;

    if (fx_call_enter(&call, "EvtWorkItem", (const void *)item->callback, object, item->lock)) {
        item->callback(fx_handle_of(object));
        fx_call_leave(&call);
    }
}

static bool workitem_inside(const struct fx_workitem *item)
{
    return fx_call_is_inside((const void *)item->callback, &item->object);
}

/* The caller holds the lock that the callback needs: waiting for the callback would never end. */
static bool workitem_would_hang(const struct fx_workitem *item)
{
    if (item->lock == NULL || !fx_work_is_active(&item->work) ||
        !fx_callback_lock_is_mine(item->lock)) {
        return false;
    }
    fx_violation(RULE_WaitWhileHoldingCallbackLock, FX_BUGCHECK_NONE, 0, 0, &item->object,
                 "a WDFWORKITEM is waited for while the callback lock is held that it needs");
    return true;
}

static bool workitem_dispose(struct fx_object *object)
{
    struct fx_workitem *item = fx_object_body(object, struct fx_workitem);
    struct fx_object *parent = workitem_parent(item);
    bool inside = workitem_inside(item);

    if (!inside && workitem_would_hang(item)) {
        return false;
    }
    fx_work_close(&item->work);
    if (!inside) {
        fx_work_wait(&item->work, "a WDFWORKITEM that is being deleted");
    }
    __atomic_store_n(&item->parent, NULL, __ATOMIC_RELAXED);
    if (parent != NULL) {
        fx_object_deref(parent);
    }
    return true;
}

static void workitem_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_workitem *item = (const struct fx_workitem *)object;

    snprintf(text, size, "%s%s",
             item->work.queued        ? "queued"
             : item->work.active != 0 ? "running"
                                      : "idle",
             item->lock != NULL ? ", serialized" : "");
}

static const struct fx_field workitem_fields[] = {
    FX_FIELD(ROUTINE, "EvtWorkItemFunc", struct fx_workitem, callback),
    FX_FIELD(PRESENT, "AutomaticSerialization", struct fx_workitem, lock),
    FX_FIELD_END,
};

static const struct fx_type fx_workitem_type = {
    .number = FX_TYPE_WORKITEM,
    .size = sizeof(struct fx_workitem),
    .flags = FX_OBJECT_PASSIVE_DISPOSE | FX_OBJECT_PASSIVE_CALLBACKS,
    .parent = FX_PARENT_REQUIRED,
    .attributes_required = true,
    .dispose = workitem_dispose,
    .describe = workitem_describe,
    .fields = workitem_fields,
};

static NTSTATUS workitem_check(PWDF_WORKITEM_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
                               const WDFWORKITEM *item, const void *caller,
                               struct fx_object **parent)
{
    NTSTATUS status = fx_attributes_check_required(attributes, parent);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (config == NULL || item == NULL) {
        return fx_parameter_null(config == NULL ? "Config" : "WorkItem", caller);
    }
    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return config->EvtWorkItemFunc != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfWorkItemCreate(PWDF_WORKITEM_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes,
                           WDFWORKITEM *WorkItem)
{
    struct fx_callback_lock *lock;
    struct fx_workitem *item;
    struct fx_object *parent;
    struct fx_make make;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = workitem_check(Config, Attributes, WorkItem, KE_CALLER(), &parent);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_below_device(&fx_workitem_type, Attributes, parent,
                                  Config->AutomaticSerialization, true, &lock);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&fx_workitem_type, 0, Attributes, parent, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    item = fx_object_body(make.object, struct fx_workitem);
    item->callback = Config->EvtWorkItemFunc;
    item->lock = lock;
    item->parent = parent;
    fx_work_init(&item->work, &item->object, workitem_run, (const void *)item->callback);
    fx_object_ref(parent); /* dropped by workitem_dispose */
    status = fx_make_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_object_deref(parent);
        return status;
    }
    *WorkItem = fx_handle_of(&item->object);
    return STATUS_SUCCESS;
}

VOID WdfWorkItemEnqueue(WDFWORKITEM WorkItem)
{
    struct fx_workitem *item;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    item = fx_handle_get(WorkItem, FX_TYPE_WORKITEM);
    if (item == NULL) {
        return;
    }
    /* One that is queued when its deletion begins still runs: enqueuing it again loses nothing. */
    if (fx_work_offer(&item->work) == FX_WORK_REFUSED) {
        fx_violation(RULE_WorkItemEnqueueAfterDelete, FX_BUGCHECK_NONE, 0, 0, &item->object,
                     "a WDFWORKITEM was enqueued after its deletion had begun");
    }
}

VOID WdfWorkItemFlush(WDFWORKITEM WorkItem)
{
    struct fx_workitem *item;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    item = fx_handle_get(WorkItem, FX_TYPE_WORKITEM);
    if (item == NULL) {
        return;
    }
    if (workitem_inside(item)) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &item->object,
                     "WdfWorkItemFlush was called from the work item's own callback");
        return;
    }
    if (workitem_would_hang(item)) {
        return;
    }
    fx_object_ref(&item->object); /* its callback may delete it: dropped after the wait */
    fx_work_wait(&item->work, "WdfWorkItemFlush");
    fx_object_deref(&item->object);
}

WDFOBJECT WdfWorkItemGetParentObject(WDFWORKITEM WorkItem)
{
    struct fx_object *parent;
    struct fx_workitem *item;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    item = fx_handle_get(WorkItem, FX_TYPE_WORKITEM);
    parent = item != NULL ? workitem_parent(item) : NULL;
    return parent != NULL ? fx_handle_of(parent) : NULL;
}
