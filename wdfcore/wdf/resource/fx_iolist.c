/* fx_iolist.c - WDFIORESLIST: resources that a device needs together. What a driver may do with it is
 * what it may do with the requirements that it belongs to.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/resource/fx_requirements.h"

static void iolist_destroy(struct fx_object *object)
{
    fx_descriptors_free(&fx_object_body(object, struct fx_iolist)->descriptors);
}

const struct fx_type fx_iolist_type = {
    .number = FX_TYPE_IORESLIST,
    .size = sizeof(struct fx_iolist),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .destroy = iolist_destroy,
};

/* One that is not listed is the driver's to fill, whatever it may do with the requirements. */
static unsigned may(const struct fx_iolist *list)
{
    return list->listed ? list->owner->may : FX_MAY_ALL;
}

NTSTATUS fx_iolist_create(struct fx_requirements *owner, const WDF_OBJECT_ATTRIBUTES *attributes,
                          const void *caller, struct fx_iolist **out)
{
    struct fx_make make;
    NTSTATUS status = fx_make_under(&fx_iolist_type, 0, attributes, &owner->object, caller, &make);

    if (NT_SUCCESS(status)) {
        struct fx_iolist *list = fx_object_body(make.object, struct fx_iolist);

        list->owner = owner;
        list->descriptors.size = sizeof(IO_RESOURCE_DESCRIPTOR);
        status = fx_make_publish(&make);
        *out = list;
    }
    return status;
}

/* ---- what drivers call ---- */

NTSTATUS WdfIoResourceListCreate(WDFIORESREQLIST RequirementsList,
                                 PWDF_OBJECT_ATTRIBUTES Attributes, WDFIORESLIST *ResourceList)
{
    struct fx_requirements *requirements;
    struct fx_iolist *list;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    requirements = fx_handle_get(RequirementsList, FX_TYPE_IORESREQLIST);
    if (requirements == NULL || !fx_required(ResourceList)) {
        return STATUS_INVALID_PARAMETER;
    }
    *ResourceList = NULL;
    status = fx_attributes_check(&fx_iolist_type, Attributes);
    if (NT_SUCCESS(status)) {
        status = fx_iolist_create(requirements, Attributes, KE_CALLER(), &list);
    }
    if (NT_SUCCESS(status)) {
        *ResourceList = fx_iolist_handle(list);
    }
    return status;
}

NTSTATUS WdfIoResourceListInsertDescriptor(WDFIORESLIST ResourceList,
                                           PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx_iolist *list;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST);
    if (list == NULL || !fx_required(Descriptor)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_descriptors_add(&list->descriptors, may(list), Index, Descriptor);
}

NTSTATUS WdfIoResourceListAppendDescriptor(WDFIORESLIST ResourceList,
                                           PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_iolist *list;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST);
    if (list == NULL || !fx_required(Descriptor)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_descriptors_add(&list->descriptors, may(list), WDF_INSERT_AT_END, Descriptor);
}

VOID WdfIoResourceListUpdateDescriptor(WDFIORESLIST ResourceList,
                                       PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx_iolist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST)) != NULL &&
        fx_required(Descriptor)) {
        fx_descriptors_replace(&list->descriptors, may(list), &list->object, Index, Descriptor);
    }
}

ULONG WdfIoResourceListGetCount(WDFIORESLIST ResourceList)
{
    struct fx_iolist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST)) == NULL) {
        return 0;
    }
    return list->descriptors.count;
}

PIO_RESOURCE_DESCRIPTOR WdfIoResourceListGetDescriptor(WDFIORESLIST ResourceList, ULONG Index)
{
    struct fx_iolist *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST)) == NULL) {
        return NULL;
    }
    return fx_descriptors_show(&list->descriptors, Index);
}

VOID WdfIoResourceListRemove(WDFIORESLIST ResourceList, ULONG Index)
{
    struct fx_iolist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST)) != NULL) {
        fx_descriptors_take_out(&list->descriptors, may(list), &list->object, Index);
    }
}

VOID WdfIoResourceListRemoveByDescriptor(WDFIORESLIST ResourceList,
                                         PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_iolist *list;

    if (API(DISPATCH_LEVEL) && (list = fx_handle_get(ResourceList, FX_TYPE_IORESLIST)) != NULL &&
        fx_required(Descriptor)) {
        fx_descriptors_take_out_equal(&list->descriptors, may(list), &list->object, Descriptor);
    }
}
