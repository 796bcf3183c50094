/* fx_pdo_irp.c - IRP_MJ_PNP requests that the bus driver's PDO answers itself: who the device is and
 * what it needs. Start, stop and removal are the same as for other devices (fx_pnp_irp.c).
 */
#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/resource/fx_requirements.h"
#include "wdf/resource/fx_resource.h"

#define FX_PDO_TAG 'dPxF'

/* fx_pdo_give: a copy in pool that the asker frees; empty: nothing is known, the answer stays as it
 * came. */
static NTSTATUS fx_pdo_give(PIRP irp, const void *data, size_t size)
{
    void *copy;

    if (data == NULL) {
        return irp->IoStatus.Status;
    }
    copy = ExAllocatePool2(POOL_FLAG_PAGED, size, FX_PDO_TAG);
    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(copy, data, size);
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

static NTSTATUS fx_pdo_give_text(PIRP irp, const UNICODE_STRING *text)
{
    return fx_pdo_give(irp, text->Buffer, text->Length + sizeof(WCHAR));
}

static NTSTATUS fx_pdo_id(const struct fx_pdo *pdo, PIRP irp, BUS_QUERY_ID_TYPE type)
{
    switch (type) {
    case BusQueryDeviceID:
        return fx_pdo_give_text(irp, &pdo->device_id);
    case BusQueryInstanceID:
        return fx_pdo_give_text(irp, &pdo->instance_id);
    case BusQueryContainerID:
        return fx_pdo_give_text(irp, &pdo->container_id);
    case BusQueryHardwareIDs:
        return fx_pdo_give(irp, pdo->hardware_ids.text, pdo->hardware_ids.size);
    case BusQueryCompatibleIDs:
        return fx_pdo_give(irp, pdo->compatible_ids.text, pdo->compatible_ids.size);
    case BusQueryDeviceSerialNumber:
    default:
        return irp->IoStatus.Status;
    }
}

/* fx_pdo_text_of: in the language asked for, else in the default one. */
static const struct fx_pdo_text *fx_pdo_text_of(const struct fx_pdo *pdo, LCID locale)
{
    const struct fx_pdo_text *second = NULL;

    for (const struct fx_pdo_text *text = pdo->texts; text != NULL; text = text->next) {
        if (text->locale == locale) {
            return text;
        }
        if (text->locale == pdo->default_locale) {
            second = text;
        }
    }
    return second;
}

static NTSTATUS fx_pdo_text(const struct fx_pdo *pdo, PIRP irp, const IO_STACK_LOCATION *stack)
{
    const struct fx_pdo_text *text =
        fx_pdo_text_of(pdo, stack->Parameters.QueryDeviceText.LocaleId);

    if (text == NULL) {
        return irp->IoStatus.Status;
    }
    switch (stack->Parameters.QueryDeviceText.DeviceTextType) {
    case DeviceTextDescription:
        return fx_pdo_give_text(irp, &text->description);
    case DeviceTextLocationInformation:
        return fx_pdo_give_text(irp, &text->location);
    default:
        return irp->IoStatus.Status;
    }
}

void fx_pdo_capabilities(const struct fx_device *device, DEVICE_CAPABILITIES *caps)
{
    const DEVICE_CAPABILITIES *parent = &device->pdo->parent->power.capabilities;

    /* What its bus cannot keep up the device cannot either. */
    memcpy(caps->DeviceState, parent->DeviceState, sizeof(caps->DeviceState));
    caps->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    caps->RawDeviceOK = device->pdo->raw;
    caps->Address = (ULONG)-1;
    caps->UINumber = (ULONG)-1;
}

static NTSTATUS fx_pdo_bus(const struct fx_device *parent, PIRP irp)
{
    return parent->has_bus_information
               ? fx_pdo_give(irp, &parent->bus_information, sizeof(parent->bus_information))
               : irp->IoStatus.Status;
}

static NTSTATUS fx_pdo_self(const struct fx_device *device, PIRP irp)
{
    DEVICE_RELATIONS relations = {.Count = 1, .Objects = {device->wdm}};
    NTSTATUS status = fx_pdo_give(irp, &relations, sizeof(relations));

    if (NT_SUCCESS(status)) {
        ObReferenceObject(device->wdm); /* the asker drops it */
    }
    return status;
}

/* ---- resources ---- */

static NTSTATUS fx_pdo_call_resources(struct fx_device *device, struct fx_reslist *list)
{
    PFN_WDF_DEVICE_RESOURCES_QUERY callback = device->pdo->events.EvtDeviceResourcesQuery;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDeviceResourcesQuery", (const void *)callback, &device->object,
                      NULL)) {
        status = callback(fx_device_handle(device), fx_reslist_handle(list));
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_pdo_resources(struct fx_device *device, PIRP irp)
{
    struct fx_reslist *list;
    PCM_RESOURCE_LIST answer = NULL;
    NTSTATUS status;

    if (device->pdo->events.EvtDeviceResourcesQuery == NULL) {
        return irp->IoStatus.Status;
    }
    status = fx_reslist_create(&device->object, NULL, FX_MAY_ALL, &list);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_pdo_call_resources(device, list);
    if (NT_SUCCESS(status)) {
        status = fx_reslist_build(list, NULL, &answer);
    }
    if (answer != NULL) {
        irp->IoStatus.Information = (ULONG_PTR)answer;
    }
    fx_object_delete(&list->object, NULL);
    return status;
}

static NTSTATUS fx_pdo_call_requirements(struct fx_device *device,
                                         struct fx_requirements *requirements)
{
    PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY callback =
        device->pdo->events.EvtDeviceResourceRequirementsQuery;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDeviceResourceRequirementsQuery", (const void *)callback,
                      &device->object, NULL)) {
        status = callback(fx_device_handle(device), fx_requirements_handle(requirements));
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_pdo_requirements(struct fx_device *device, PIRP irp)
{
    PIO_RESOURCE_REQUIREMENTS_LIST answer = NULL;
    struct fx_requirements *requirements;
    NTSTATUS status;

    if (device->pdo->events.EvtDeviceResourceRequirementsQuery == NULL) {
        return irp->IoStatus.Status;
    }
    status = fx_requirements_create(&device->object, NULL, FX_MAY_ALL, &requirements);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_pdo_call_requirements(device, requirements);
    if (NT_SUCCESS(status) && requirements->first != NULL) {
        status = fx_requirements_build(requirements, &answer);
    }
    if (answer != NULL) {
        irp->IoStatus.Information = (ULONG_PTR)answer;
    }
    fx_object_delete(&requirements->object, NULL);
    return status;
}

/* ---- ejection ---- */

static NTSTATUS fx_pdo_eject(struct fx_device *device, PIRP irp)
{
    PFN_WDF_DEVICE_EJECT callback = device->pdo->events.EvtDeviceEject;
    NTSTATUS status = irp->IoStatus.Status;
    struct fx_call call;

    if (callback != NULL &&
        fx_call_enter(&call, "EvtDeviceEject", (const void *)callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device));
        fx_call_leave(&call);
        if (NT_SUCCESS(status) && fx_children_set(device->pdo, FX_PDO_MISSING)) {
            fx_children_changed(device->pdo->parent); /* it is out */
        }
    }
    return status;
}

static NTSTATUS fx_pdo_set_lock(struct fx_device *device, PIRP irp)
{
    PFN_WDF_DEVICE_SET_LOCK callback = device->pdo->events.EvtDeviceSetLock;
    BOOLEAN lock = IoGetCurrentIrpStackLocation(irp)->Parameters.SetLock.Lock;
    NTSTATUS status = irp->IoStatus.Status;
    struct fx_call call;

    if (callback != NULL &&
        fx_call_enter(&call, "EvtDeviceSetLock", (const void *)callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device), lock);
        fx_call_leave(&call);
    }
    return status;
}

bool fx_pdo_answer(struct fx_device *device, PIRP irp, NTSTATUS *status)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_ID:
        *status = fx_pdo_id(device->pdo, irp, stack->Parameters.QueryId.IdType);
        return true;
    case IRP_MN_QUERY_DEVICE_TEXT:
        *status = fx_pdo_text(device->pdo, irp, stack);
        return true;
    case IRP_MN_QUERY_BUS_INFORMATION:
        *status = fx_pdo_bus(device->pdo->parent, irp);
        return true;
    case IRP_MN_QUERY_RESOURCES:
        *status = fx_pdo_resources(device, irp);
        return true;
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        *status = fx_pdo_requirements(device, irp);
        return true;
    case IRP_MN_EJECT:
        *status = fx_pdo_eject(device, irp);
        return true;
    case IRP_MN_SET_LOCK:
        *status = fx_pdo_set_lock(device, irp);
        return true;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (stack->Parameters.QueryDeviceRelations.Type != TargetDeviceRelation) {
            return false;
        }
        *status = fx_pdo_self(device, irp);
        return true;
    default:
        return false;
    }
}
