/* fx_requirements.c - WDFIORESREQLIST: the alternatives of a device's resource requirements. */
#include "wdf/resource/fx_requirements.h"

#include <utlist.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"

#define FX_REQUIREMENTS_TAG 'QxF'

const struct fx_type fx_requirements_type = {
    .number = FX_TYPE_IORESREQLIST,
    .size = sizeof(struct fx_requirements),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
};

/* ---- from and to the system's form ---- */

static const IO_RESOURCE_LIST *following(const IO_RESOURCE_LIST *list)
{
    return (const IO_RESOURCE_LIST *)&list->Descriptors[list->Count];
}

static NTSTATUS take_over(struct fx_requirements *requirements,
                          const IO_RESOURCE_REQUIREMENTS_LIST *source)
{
    const IO_RESOURCE_LIST *from = source->List;
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; i < source->AlternativeLists && NT_SUCCESS(status); i++) {
        struct fx_iolist *list;

        status = fx_iolist_create(requirements, NULL, NULL, &list);
        for (ULONG j = 0; NT_SUCCESS(status) && j < from->Count; j++) {
            status = fx_descriptors_insert(&list->descriptors, j, &from->Descriptors[j]);
        }
        if (NT_SUCCESS(status)) {
            list->listed = true;
            DL_APPEND(requirements->first, list);
        }
        from = following(from);
    }
    return status;
}

NTSTATUS fx_requirements_create(struct fx_object *parent,
                                const IO_RESOURCE_REQUIREMENTS_LIST *source, unsigned may,
                                struct fx_requirements **out)
{
    struct fx_requirements *requirements =
        fx_object_create(&fx_requirements_type, 0, NULL, parent->globals, NULL);
    NTSTATUS status;

    if (requirements == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    requirements->interface_type = source != NULL ? source->InterfaceType : InterfaceTypeUndefined;
    requirements->bus = source != NULL ? source->BusNumber : 0;
    requirements->slot = source != NULL ? source->SlotNumber : 0;
    requirements->may = may;
    status = fx_object_publish(&requirements->object, parent);
    if (!NT_SUCCESS(status)) {
        fx_object_discard(&requirements->object);
        return status;
    }
    if (source != NULL) {
        status = take_over(requirements, source);
    }
    if (!NT_SUCCESS(status)) {
        fx_object_delete(&requirements->object, NULL);
        return status;
    }
    *out = requirements;
    return STATUS_SUCCESS;
}

bool fx_requirements_changed(const struct fx_requirements *requirements)
{
    const struct fx_iolist *list;

    DL_FOREACH (requirements->first, list) {
        if (list->descriptors.changed) {
            return true;
        }
    }
    return requirements->changed;
}

static size_t list_size(const struct fx_iolist *list)
{
    return offsetof(IO_RESOURCE_LIST, Descriptors) +
           list->descriptors.count * sizeof(IO_RESOURCE_DESCRIPTOR);
}

NTSTATUS fx_requirements_build(const struct fx_requirements *requirements,
                               PIO_RESOURCE_REQUIREMENTS_LIST *out)
{
    size_t size = offsetof(IO_RESOURCE_REQUIREMENTS_LIST, List);
    IO_RESOURCE_REQUIREMENTS_LIST *built;
    const struct fx_iolist *list;
    IO_RESOURCE_LIST *to;

    DL_FOREACH (requirements->first, list) {
        size += list_size(list);
    }
    built = ExAllocatePool2(POOL_FLAG_PAGED, max(size, sizeof(*built)), FX_REQUIREMENTS_TAG);
    if (built == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    built->ListSize = (ULONG)size;
    built->InterfaceType = requirements->interface_type;
    built->BusNumber = requirements->bus;
    built->SlotNumber = requirements->slot;
    to = built->List;
    DL_FOREACH (requirements->first, list) {
        to->Version = 1;
        to->Revision = 1;
        to->Count = list->descriptors.count;
        for (ULONG i = 0; i < to->Count; i++) {
            RtlCopyMemory(&to->Descriptors[i], fx_descriptors_at(&list->descriptors, i),
                          sizeof(to->Descriptors[i]));
        }
        built->AlternativeLists++;
        to = (IO_RESOURCE_LIST *)(void *)((UCHAR *)to + list_size(list));
    }
    *out = built;
    return STATUS_SUCCESS;
}

/* ---- what drivers call ---- */

static ULONG count_of(const struct fx_requirements *requirements)
{
    const struct fx_iolist *list;
    ULONG count;

    DL_COUNT(requirements->first, list, count);
    return count;
}

static struct fx_iolist *list_at(const struct fx_requirements *requirements, ULONG index)
{
    struct fx_iolist *list = requirements->first;

    while (list != NULL && index-- > 0) {
        list = list->next;
    }
    return list;
}

VOID WdfIoResourceRequirementsListSetSlotNumber(WDFIORESREQLIST RequirementsList, ULONG SlotNumber)
{
    struct fx_requirements *requirements;

    if (API(DISPATCH_LEVEL) &&
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) != NULL) {
        requirements->slot = SlotNumber;
        requirements->changed = true;
    }
}

VOID WdfIoResourceRequirementsListSetInterfaceType(WDFIORESREQLIST RequirementsList,
                                                   INTERFACE_TYPE InterfaceType)
{
    struct fx_requirements *requirements;

    if (API(DISPATCH_LEVEL) &&
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) != NULL) {
        requirements->interface_type = InterfaceType;
        requirements->changed = true;
    }
}

/* index WDF_INSERT_AT_END: behind the last. */
static NTSTATUS insert(WDFIORESREQLIST RequirementsList, WDFIORESLIST IoResList, ULONG index)
{
    struct fx_requirements *requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST);
    struct fx_iolist *list = fx_handle_get(IoResList, FX_TYPE_IORESLIST);
    struct fx_iolist *behind;

    if (requirements == NULL || list == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (list->owner != requirements || list->listed) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if ((requirements->may & FX_MAY_ADD) == 0) {
        return STATUS_ACCESS_DENIED;
    }
    behind = index != WDF_INSERT_AT_END ? list_at(requirements, index) : NULL;
    if (behind == NULL && index != WDF_INSERT_AT_END && index != count_of(requirements)) {
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    }
    DL_PREPEND_ELEM(requirements->first, behind, list);
    list->listed = true;
    requirements->changed = true;
    return STATUS_SUCCESS;
}

NTSTATUS WdfIoResourceRequirementsListAppendIoResList(WDFIORESREQLIST RequirementsList,
                                                      WDFIORESLIST IoResList)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return insert(RequirementsList, IoResList, WDF_INSERT_AT_END);
}

NTSTATUS WdfIoResourceRequirementsListInsertIoResList(WDFIORESREQLIST RequirementsList,
                                                      WDFIORESLIST IoResList, ULONG Index)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return insert(RequirementsList, IoResList, Index);
}

ULONG WdfIoResourceRequirementsListGetCount(WDFIORESREQLIST RequirementsList)
{
    struct fx_requirements *requirements;

    if (!API(DISPATCH_LEVEL) ||
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) == NULL) {
        return 0;
    }
    return count_of(requirements);
}

WDFIORESLIST WdfIoResourceRequirementsListGetIoResList(WDFIORESREQLIST RequirementsList,
                                                       ULONG Index)
{
    struct fx_requirements *requirements;
    struct fx_iolist *list;

    if (!API(DISPATCH_LEVEL) ||
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) == NULL) {
        return NULL;
    }
    list = list_at(requirements, Index);
    return list != NULL ? fx_iolist_handle(list) : NULL;
}

/* The list goes, and with it what the driver was shown of it. */
static void take_out(struct fx_requirements *requirements, struct fx_iolist *list)
{
    ULONG count = count_of(requirements);

    if ((requirements->may & FX_MAY_REMOVE) == 0) {
        fx_list_fixed(&requirements->object, count);
    } else if (fx_list_index_right(&requirements->object, count, list != NULL ? 0 : count)) {
        DL_DELETE(requirements->first, list);
        requirements->changed = true;
        fx_object_delete(&list->object, NULL);
    }
}

VOID WdfIoResourceRequirementsListRemove(WDFIORESREQLIST RequirementsList, ULONG Index)
{
    struct fx_requirements *requirements;

    if (API(DISPATCH_LEVEL) &&
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) != NULL) {
        take_out(requirements, list_at(requirements, Index));
    }
}

VOID WdfIoResourceRequirementsListRemoveByIoResList(WDFIORESREQLIST RequirementsList,
                                                    WDFIORESLIST IoResList)
{
    struct fx_requirements *requirements;
    struct fx_iolist *list;

    if (API(DISPATCH_LEVEL) &&
        (requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST)) != NULL &&
        (list = fx_handle_get(IoResList, FX_TYPE_IORESLIST)) != NULL) {
        take_out(requirements, list->owner == requirements && list->listed ? list : NULL);
    }
}
