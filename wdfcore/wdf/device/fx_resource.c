/* fx_resource.c - WDFCMRESLIST: the resources of a device, and what a driver may do with the list.
 */
#include "wdf/device/fx_resource.h"

#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"

static void fx_reslist_destroy(struct fx_object *object)
{
    struct fx_reslist *list = fx_object_body(object, struct fx_reslist);

    for (ULONG i = 0; i < list->count; i++) {
        fx_free(list->descriptors[i]);
    }
    fx_free(list->descriptors);
}

const struct fx_type fx_reslist_type = {
    .number = FX_TYPE_CMRESLIST,
    .size = sizeof(struct fx_reslist),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .destroy = fx_reslist_destroy,
};

/* fx_reslist_insert: a copy before the index; the caller checked it. */
static NTSTATUS fx_reslist_insert(struct fx_reslist *list, ULONG index,
                                  const CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor)
{
    struct fx_descriptor *entry = fx_allocate(sizeof(*entry));

    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (list->count == list->room) {
        ULONG room = list->room + 8;
        struct fx_descriptor **grown = fx_allocate(room * sizeof(*grown));

        if (grown == NULL) {
            fx_free(entry);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if (list->count > 0) {
            memcpy(grown, list->descriptors, list->count * sizeof(*grown));
        }
        fx_free(list->descriptors);
        list->descriptors = grown;
        list->room = room;
    }
    entry->own = *descriptor;
    entry->shown = *descriptor;
    memmove(&list->descriptors[index + 1], &list->descriptors[index],
            (list->count - index) * sizeof(*list->descriptors));
    list->descriptors[index] = entry;
    list->count++;
    return STATUS_SUCCESS;
}

static void fx_reslist_remove(struct fx_reslist *list, ULONG index)
{
    fx_free(list->descriptors[index]);
    list->count--;
    memmove(&list->descriptors[index], &list->descriptors[index + 1],
            (list->count - index) * sizeof(*list->descriptors));
}

NTSTATUS fx_reslist_create(struct fx_object *parent, const CM_RESOURCE_LIST *resources,
                           struct fx_reslist **out)
{
    struct fx_reslist *list = fx_object_create(&fx_reslist_type, 0, NULL, parent->globals, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    if (list == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    /* One full descriptor is what the root bus and PCI give; the others have no fixed size. */
    if (resources != NULL && resources->Count > 0) {
        const CM_PARTIAL_RESOURCE_LIST *partial = &resources->List[0].PartialResourceList;

        for (ULONG i = 0; i < partial->Count && NT_SUCCESS(status); i++) {
            status = fx_reslist_insert(list, i, &partial->PartialDescriptors[i]);
        }
    }
    if (NT_SUCCESS(status)) {
        status = fx_object_publish(&list->object, parent);
    }
    if (!NT_SUCCESS(status)) {
        fx_reslist_destroy(&list->object);
        fx_object_discard(&list->object);
        return status;
    }
    *out = list;
    return STATUS_SUCCESS;
}

const CM_PARTIAL_RESOURCE_DESCRIPTOR *fx_reslist_at(const struct fx_reslist *list, ULONG index)
{
    return index < list->count ? &list->descriptors[index]->own : NULL;
}

ULONG fx_reslist_find(const struct fx_reslist *list, const CM_PARTIAL_RESOURCE_DESCRIPTOR *shown)
{
    for (ULONG i = 0; i < list->count; i++) {
        if (&list->descriptors[i]->shown == shown) {
            return i;
        }
    }
    return (ULONG)-1;
}

ULONG WdfCmResourceListGetCount(WDFCMRESLIST List)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) == NULL) {
        return 0;
    }
    return list->count;
}

PCM_PARTIAL_RESOURCE_DESCRIPTOR WdfCmResourceListGetDescriptor(WDFCMRESLIST List, ULONG Index)
{
    struct fx_reslist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) == NULL ||
        Index >= list->count) {
        return NULL;
    }
    /* A fresh copy each time: what a driver wrote into the last one is gone (spec: HWR-08). */
    list->descriptors[Index]->shown = list->descriptors[Index]->own;
    return &list->descriptors[Index]->shown;
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
    if (!list->changeable) {
        return STATUS_ACCESS_DENIED;
    }
    if (Index == WDF_INSERT_AT_END) {
        Index = list->count;
    }
    if (Index > list->count) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_reslist_insert(list, Index, Descriptor);
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
    return list->changeable ? fx_reslist_insert(list, list->count, Descriptor)
                            : STATUS_ACCESS_DENIED;
}

/* fx_reslist_take_out: for the driver; a fixed list or a bad index is reported, nothing happens. */
static void fx_reslist_take_out(struct fx_reslist *list, ULONG index)
{
    if (!list->changeable) {
        fx_violation(RULE_ResourceListFixed, FX_BUGCHECK_NONE, 0, 0, &list->object,
                     "a descriptor of a resource list of %u would be removed; the list is fixed",
                     (unsigned)list->count);
        return;
    }
    if (index >= list->count) {
        fx_violation(RULE_BadIndex, FX_BUGCHECK_NONE, 0, 0, &list->object,
                     "the resource list has %u descriptors, none at %u", (unsigned)list->count,
                     (unsigned)index);
        return;
    }
    fx_reslist_remove(list, index);
}

VOID WdfCmResourceListRemove(WDFCMRESLIST List, ULONG Index)
{
    struct fx_reslist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) != NULL) {
        fx_reslist_take_out(list, Index);
    }
}

VOID WdfCmResourceListRemoveByDescriptor(WDFCMRESLIST List,
                                         PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_reslist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(List, FX_TYPE_CMRESLIST)) != NULL &&
        fx_required(Descriptor)) {
        fx_reslist_take_out(list, fx_reslist_find(list, Descriptor));
    }
}
