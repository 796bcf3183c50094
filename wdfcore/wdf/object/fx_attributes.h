#pragma once
/* fx_attributes.h - WDF_OBJECT_ATTRIBUTES: validation in the documented order, and the parent.
 * Order, the first failure wins: required but NULL, Size, type info Size, type info name, override
 * without type, override too small, parent forbidden, parent required, level range, scope range,
 * scope not allowed for the type, level not allowed for the type.
 */
#include "wdf/object/fx_object.h"

/* fx_attributes_check: what the type's table row asks of the attributes (NULL: none given). */
NTSTATUS fx_attributes_check_all(const struct fx_type *type,
                                 const WDF_OBJECT_ATTRIBUTES *attributes);
static inline NTSTATUS fx_attributes_check(const struct fx_type *type,
                                           const WDF_OBJECT_ATTRIBUTES *attributes)
{
    const WDF_OBJECT_CONTEXT_TYPE_INFO *context;

    /* What nearly all look like is seen at once. */
    if (attributes != NULL && type->parent == FX_PARENT_OPTIONAL &&
        attributes->Size == sizeof(*attributes) && attributes->ContextSizeOverride == 0 &&
        attributes->ExecutionLevel == WdfExecutionLevelInheritFromParent &&
        attributes->SynchronizationScope == WdfSynchronizationScopeInheritFromParent) {
        context = attributes->ContextTypeInfo;
        if (context == NULL ||
            (context->Size == sizeof(*context) && context->ContextName != NULL)) {
            return STATUS_SUCCESS;
        }
    }
    return fx_attributes_check_all(type, attributes);
}

/* fx_attributes_check_required: the part that WdfDpcCreate, WdfTimerCreate and WdfWorkItemCreate do
 * before they look at their Config: attributes present, Size, parent present, parent's handle.
 *   Returns  on success *parent is the parent's object */
NTSTATUS fx_attributes_check_required(const WDF_OBJECT_ATTRIBUTES *attributes,
                                      struct fx_object **parent);

/* fx_attributes_parent: ParentObject's object, else fallback. NULL: the handle is no object
 * (reported) and the create function refuses with STATUS_INVALID_PARAMETER. */
struct fx_object *fx_attributes_parent(const WDF_OBJECT_ATTRIBUTES *attributes,
                                       struct fx_object *fallback);
