/* fx_object_api.c - WDFOBJECT: the general object, and what a driver can do with every object. */
#include "nt/ke/ke_api.h"
#include "wdf/object/fx_create.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_report.h"

static const struct fx_type fx_general_type = {
    .number = FX_TYPE_OBJECT,
    .size = sizeof(struct fx_object),
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .level_allowed = true,
};

/* As the other create functions, but inline for the one type: it is created most often. */
NTSTATUS WdfObjectCreate(PWDF_OBJECT_ATTRIBUTES Attributes, WDFOBJECT *Object)
{
    struct fx_object *parent;
    struct fx_object *object;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (__builtin_expect(Object == NULL, 0)) {
        return fx_parameter_null("Object", KE_CALLER());
    }
    status = fx_attributes_check(&fx_general_type, Attributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    parent = Attributes != NULL && Attributes->ParentObject != NULL
                 ? fx_handle_get_any(Attributes->ParentObject)
                 : fx_default_parent(KE_CALLER());
    if (__builtin_expect(parent == NULL, 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (__builtin_expect(fx_object_is_dying(parent), 0)) {
        return STATUS_DELETE_PENDING;
    }
    object = fx_create(&fx_general_type, 0, Attributes, parent->globals, KE_CALLER());
    if (__builtin_expect(object == NULL, 0)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Attributes != NULL && Attributes->ExecutionLevel == WdfExecutionLevelPassive) {
        object->flags |= FX_OBJECT_PASSIVE_CALLBACKS | FX_OBJECT_PASSIVE_DISPOSE;
    }
    status = fx_publish(object, parent);
    if (!NT_SUCCESS(status)) {
        fx_object_discard(object);
        return status;
    }
    *Object = fx_handle_of(object);
    return STATUS_SUCCESS;
}

static void delete_refused(struct fx_object *object)
{
    fx_violation(RULE_WdfObjectDeleteNotAllowed, FX_BUGCHECK_NONE, 0, 0, object,
                 "WdfObjectDelete was called for a %s that the driver may not delete "
                 "(STATUS_CANNOT_DELETE)",
                 fx_type_name(object->type->number));
}

/* Its deletion has begun. That is no mistake if the parent's deletion began it and this is the first
 * time that the driver asks for it: who comes first of the two may be a matter of chance. */
static void delete_again(struct fx_object *object, const void *caller)
{
    bool first;

    fx_tree_lock();
    first = (object->flags & FX_OBJECT_DELETE_CALLED) == 0;
    if (first) {
        fx_object_flag_locked(object, FX_OBJECT_DELETE_CALLED);
        fx_object_set_deleter_locked(object, caller);
    }
    fx_tree_unlock();
    if (first) {
        return;
    }
    fx_violation(RULE_WdfObjectDeletedTwice, FX_BUGCHECK_NONE, 0, 0, object,
                 "WdfObjectDelete was called for a %s that is deleted already",
                 fx_type_name(object->type->number));
}

VOID WdfObjectDelete(WDFOBJECT Object)
{
    struct fx_object *object;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    object = fx_handle_get_any(Object);
    if (__builtin_expect(object == NULL, 0)) {
        return;
    }
    if (__builtin_expect((fx_object_flags(object) & FX_OBJECT_NO_DELETE) != 0, 0)) {
        delete_refused(object);
        return;
    }
    if (__builtin_expect(fx_object_is_dying(object), 0)) {
        delete_again(object, KE_CALLER());
        return;
    }
    if (object->type->may_delete != NULL) {
        switch (object->type->may_delete(object, KE_CALLER())) {
        case FX_DELETE_NOW:
            break;
        case FX_DELETE_REFUSED:
            delete_refused(object);
            return;
        case FX_DELETE_TAKEN: /* it may be gone already */
            return;
        }
    }
    fx_object_delete_called(object, KE_CALLER());
}

NTSTATUS WdfObjectQuery(WDFOBJECT Object, CONST GUID *Guid, ULONG QueryBufferLength,
                        PVOID QueryBuffer)
{
    if (!API(DISPATCH_LEVEL) || fx_handle_get_any(Object) == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_NOT_FOUND;
}
