#include "wdf/object/fx_attributes.h"

/* The type info of 1.0 had three members. */
#define TYPE_INFO_SIZE_OLD offsetof(WDF_OBJECT_CONTEXT_TYPE_INFO, UniqueType)

static NTSTATUS check_context(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    const WDF_OBJECT_CONTEXT_TYPE_INFO *type = attributes->ContextTypeInfo;

    if (type != NULL) {
        if (type->Size != sizeof(*type) && type->Size != TYPE_INFO_SIZE_OLD) {
            return STATUS_INFO_LENGTH_MISMATCH;
        }
        /* A name with size 0 is accepted, whatever the documentation says. spec: D-01 */
        if (type->ContextSize > 0 && type->ContextName == NULL) {
            return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
        }
    }
    if (attributes->ContextSizeOverride != 0 &&
        (type == NULL || attributes->ContextSizeOverride < type->ContextSize)) {
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS check_level_and_scope(const struct fx_type *type,
                                      const WDF_OBJECT_ATTRIBUTES *attributes)
{
    WDF_EXECUTION_LEVEL level = attributes->ExecutionLevel;
    WDF_SYNCHRONIZATION_SCOPE scope = attributes->SynchronizationScope;

    if (level < WdfExecutionLevelInheritFromParent || level > WdfExecutionLevelDispatch ||
        scope < WdfSynchronizationScopeInheritFromParent || scope > WdfSynchronizationScopeNone) {
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
    }
    if (type->scope == FX_SCOPE_NONE &&
        (scope == WdfSynchronizationScopeDevice || scope == WdfSynchronizationScopeQueue)) {
        return STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID;
    }
    if (!type->level_allowed && level != WdfExecutionLevelInheritFromParent) {
        return STATUS_WDF_EXECUTION_LEVEL_INVALID;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_attributes_check_all(const struct fx_type *type,
                                 const WDF_OBJECT_ATTRIBUTES *attributes)
{
    NTSTATUS status;

    if (attributes == NULL) {
        return type->attributes_required ? STATUS_WDF_PARENT_NOT_SPECIFIED : STATUS_SUCCESS;
    }
    if (attributes->Size != sizeof(*attributes)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    status = check_context(attributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (type->parent == FX_PARENT_FORBIDDEN && attributes->ParentObject != NULL) {
        return STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED;
    }
    if (type->parent == FX_PARENT_REQUIRED && attributes->ParentObject == NULL) {
        return STATUS_WDF_PARENT_NOT_SPECIFIED;
    }
    return check_level_and_scope(type, attributes);
}

NTSTATUS fx_attributes_check_required(const WDF_OBJECT_ATTRIBUTES *attributes,
                                      struct fx_object **parent)
{
    if (attributes == NULL) {
        return STATUS_WDF_PARENT_NOT_SPECIFIED;
    }
    if (attributes->Size != sizeof(*attributes)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (attributes->ParentObject == NULL) {
        return STATUS_WDF_PARENT_NOT_SPECIFIED;
    }
    *parent = fx_handle_get_any(attributes->ParentObject);
    return *parent != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

struct fx_object *fx_attributes_parent(const WDF_OBJECT_ATTRIBUTES *attributes,
                                       struct fx_object *fallback)
{
    if (attributes == NULL || attributes->ParentObject == NULL) {
        return fallback;
    }
    return fx_handle_get_any(attributes->ParentObject);
}
