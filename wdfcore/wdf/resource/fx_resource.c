/* fx_resource.c - WDFCMRESLIST: the resources of a device, and what a driver may do with the list. */
#include "wdf/resource/fx_resource.h"

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"

#define FX_RESOURCE_TAG 'RxF'

static void reslist_destroy(struct fx_object *object)
{
    fx_descriptors_free(&fx_object_body(object, struct fx_reslist)->descriptors);
}

const struct fx_type fx_reslist_type = {
    .number = FX_TYPE_CMRESLIST,
    .size = sizeof(struct fx_reslist),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .destroy = reslist_destroy,
};

NTSTATUS fx_reslist_create(struct fx_object *parent, const CM_RESOURCE_LIST *resources,
                           unsigned may, struct fx_reslist **out)
{
    struct fx_reslist *list = fx_object_create(&fx_reslist_type, 0, NULL, parent->globals, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    if (list == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    list->may = may;
    list->descriptors.size = sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    /* One full descriptor is what the root bus and PCI give; the others have no fixed size. */
    if (resources != NULL && resources->Count > 0) {
        const CM_PARTIAL_RESOURCE_LIST *partial = &resources->List[0].PartialResourceList;

        for (ULONG i = 0; i < partial->Count && NT_SUCCESS(status); i++) {
            status = fx_descriptors_insert(&list->descriptors, i, &partial->PartialDescriptors[i]);
        }
    }
    if (NT_SUCCESS(status)) {
        status = fx_object_publish(&list->object, parent);
    }
    if (!NT_SUCCESS(status)) {
        reslist_destroy(&list->object);
        fx_object_discard(&list->object);
        return status;
    }
    *out = list;
    return STATUS_SUCCESS;
}

const CM_PARTIAL_RESOURCE_DESCRIPTOR *fx_reslist_at(const struct fx_reslist *list, ULONG index)
{
    return fx_descriptors_at(&list->descriptors, index);
}

ULONG fx_reslist_find(const struct fx_reslist *list, const CM_PARTIAL_RESOURCE_DESCRIPTOR *shown)
{
    return fx_descriptors_find(&list->descriptors, shown);
}

NTSTATUS fx_reslist_build(const struct fx_reslist *list, const CM_RESOURCE_LIST *like,
                          PCM_RESOURCE_LIST *resources)
{
    ULONG count = list->descriptors.count;
    CM_PARTIAL_RESOURCE_LIST *partial;
    CM_RESOURCE_LIST *built;

    *resources = NULL;
    if (count == 0) {
        return STATUS_SUCCESS;
    }
    built = ExAllocatePool2(POOL_FLAG_PAGED,
                            sizeof(*built) + (count - 1) * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR),
                            FX_RESOURCE_TAG);
    if (built == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    built->Count = 1;
    built->List[0].InterfaceType =
        like != NULL ? like->List[0].InterfaceType : InterfaceTypeUndefined;
    built->List[0].BusNumber = like != NULL ? like->List[0].BusNumber : 0;
    partial = &built->List[0].PartialResourceList;
    partial->Version = 1;
    partial->Revision = 1;
    partial->Count = count;
    for (ULONG i = 0; i < count; i++) {
        partial->PartialDescriptors[i] = *fx_reslist_at(list, i);
    }
    *resources = built;
    return STATUS_SUCCESS;
}

/* ---- what drivers call ---- */

ULONG WdfCmResourceListGetCount(WDFCMRESLIST List)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) == NULL) {
        return 0;
    }
    return list->descriptors.count;
}

PCM_PARTIAL_RESOURCE_DESCRIPTOR WdfCmResourceListGetDescriptor(WDFCMRESLIST List, ULONG Index)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) == NULL) {
        return NULL;
    }
    return fx_descriptors_show(&list->descriptors, Index);
}

NTSTATUS WdfCmResourceListInsertDescriptor(WDFCMRESLIST List,
                                           PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(List, FX_TYPE_CMRESLIST);
    if (list == NULL || !fx_required(Descriptor)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_descriptors_add(&list->descriptors, list->may, Index, Descriptor);
}

NTSTATUS WdfCmResourceListAppendDescriptor(WDFCMRESLIST List,
                                           PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(List, FX_TYPE_CMRESLIST);
    if (list == NULL || !fx_required(Descriptor)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_descriptors_add(&list->descriptors, list->may, WDF_INSERT_AT_END, Descriptor);
}

VOID WdfCmResourceListRemove(WDFCMRESLIST List, ULONG Index)
{
    struct fx_reslist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) != NULL) {
        fx_descriptors_take_out(&list->descriptors, list->may, &list->object, Index);
    }
}

VOID WdfCmResourceListRemoveByDescriptor(WDFCMRESLIST List,
                                         PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_reslist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) != NULL &&
        fx_required(Descriptor)) {
        fx_descriptors_take_out_equal(&list->descriptors, list->may, &list->object, Descriptor);
    }
}
