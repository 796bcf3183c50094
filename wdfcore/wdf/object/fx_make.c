#include "wdf/object/fx_make.h"

#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_report.h"

struct fx_object *fx_default_parent(const void *caller)
{
    struct fx_globals *globals = fx_globals_at(caller);

    if (globals == NULL || globals->driver == NULL) {
        fx_violation(RULE_HandleNull, FX_BUGCHECK_INVALID_HANDLE, 0, fx_type_id(FX_TYPE_DRIVER),
                     NULL, "an object without parent was created before WdfDriverCreate");
        return NULL;
    }
    return globals->driver;
}

NTSTATUS fx_make_under(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                       const void *caller, struct fx_make *make)
{
    make->object = NULL;
    make->parent = parent;
    if (fx_object_is_dying(parent)) {
        return STATUS_DELETE_PENDING;
    }
    make->object = fx_object_create(type, extra, attributes, parent->globals, caller);
    if (make->object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    make->object->device = parent->device;
    fx_object_ref(parent); /* what follows may be a window; dropped by fx_make_publish, _discard */
    return STATUS_SUCCESS;
}

NTSTATUS fx_make(const struct fx_type *type, size_t extra, const WDF_OBJECT_ATTRIBUTES *attributes,
                 const void *caller, struct fx_make *make)
{
    struct fx_object *parent;
    NTSTATUS status = fx_attributes_check(type, attributes);

    make->object = NULL;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (attributes != NULL && attributes->ParentObject != NULL) {
        parent = fx_handle_get_any(attributes->ParentObject);
    } else {
        parent = fx_default_parent(caller);
    }
    if (parent == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_make_under(type, extra, attributes, parent, caller, make);
}

NTSTATUS fx_make_try_publish(struct fx_make *make)
{
    NTSTATUS status = fx_object_publish(make->object, make->parent);

    if (NT_SUCCESS(status)) {
        fx_object_deref(make->parent);
    }
    return status;
}

NTSTATUS fx_make_publish(struct fx_make *make)
{
    NTSTATUS status = fx_make_try_publish(make);

    if (!NT_SUCCESS(status)) {
        fx_make_discard(make);
    }
    return status;
}

void fx_make_discard(struct fx_make *make)
{
    fx_object_discard(make->object);
    make->object = NULL;
    fx_object_deref(make->parent);
}

NTSTATUS fx_make_below_device(const struct fx_type *type, const WDF_OBJECT_ATTRIBUTES *attributes,
                              struct fx_object *parent, bool serialize, bool passive,
                              struct fx_callback_lock **lock)
{
    NTSTATUS status = fx_attributes_check(type, attributes);

    *lock = NULL;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (fx_object_is_dying(parent)) { /* its device may be gone */
        return STATUS_DELETE_PENDING;
    }
    if (parent->device == FX_LINK_NONE) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return serialize ? fx_sync_callback_lock(parent, passive, lock) : STATUS_SUCCESS;
}
