/* fx_pnp_filter.c - a driver changes what its device needs.
 *
 * Normal path: the requirements travel down the stack, and each driver takes out what it does not
 * need (EvtDeviceFilterRemoveResourceRequirements); on their way up each adds what it needs besides:
 * the policy of its interrupts, then what EvtDeviceFilterAddResourceRequirements says. At the start it takes out again what it was given for
 * that, before the request reaches the bus, which knows nothing of it
 * (EvtDeviceRemoveAddedResources).
 * (docs: modifying-a-resource-requirements-list, modifying-a-resource-list)
 */
#include "wdf/callback/fx_interrupt.h"
#include "wdf/frame/fx_call.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/resource/fx_requirements.h"
#include "wdf/resource/fx_resource.h"

/* ---- requirements ---- */

static NTSTATUS call_filter(struct fx_device *device, const char *kind,
                            PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS callback,
                            struct fx_requirements *requirements)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, kind, (const void *)callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device), fx_requirements_handle(requirements));
        fx_call_leave(&call);
    }
    return status;
}

/* The list that is made last is in IoStatus.Information; nobody made one: it is in the parameters. */
static PIO_RESOURCE_REQUIREMENTS_LIST current_list(PIRP irp)
{
    if (irp->IoStatus.Information != 0) {
        return (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information;
    }
    return IoGetCurrentIrpStackLocation(irp)
        ->Parameters.FilterResourceRequirements.IoResourceRequirementList;
}

static NTSTATUS replace_list(PIRP irp, const struct fx_requirements *requirements)
{
    PIO_RESOURCE_REQUIREMENTS_LIST built;
    NTSTATUS status = fx_requirements_build(requirements, &built);

    if (NT_SUCCESS(status)) {
        PVOID old = (PVOID)irp->IoStatus.Information;

        irp->IoStatus.Information = (ULONG_PTR)built;
        irp->IoStatus.Status = STATUS_SUCCESS;
        if (old != NULL) {
            ExFreePool(old);
        }
    }
    return status;
}

static NTSTATUS ask_filter(struct fx_device *device, PIRP irp, const char *kind,
                           PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS callback, unsigned may)
{
    struct fx_requirements *requirements;
    NTSTATUS status;

    if (callback == NULL) {
        return STATUS_SUCCESS;
    }
    status = fx_requirements_create(&device->object, current_list(irp), may, &requirements);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = call_filter(device, kind, callback, requirements);
    if (NT_SUCCESS(status) && fx_requirements_changed(requirements)) {
        status = replace_list(irp, requirements);
    }
    fx_object_delete(&requirements->object, NULL);
    return status;
}

/* The words of the interrupts: in the list that a driver has made, else in a copy of the first one. */
static NTSTATUS require_interrupts(struct fx_device *device, PIRP irp)
{
    PIO_RESOURCE_REQUIREMENTS_LIST list = current_list(irp), copy;

    if (list == NULL || irp->IoStatus.Information != 0) {
        (void)(list != NULL && fx_interrupts_require(device, list));
        return STATUS_SUCCESS;
    }
    copy = ExAllocatePool2(POOL_FLAG_PAGED, list->ListSize, 'qRxF');
    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(copy, list, list->ListSize);
    if (fx_interrupts_require(device, copy)) {
        irp->IoStatus.Information = (ULONG_PTR)copy;
        irp->IoStatus.Status = STATUS_SUCCESS;
    } else {
        ExFreePool(copy);
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_pnp_filter(struct fx_device *device, PIRP irp)
{
    const WDF_FDO_EVENT_CALLBACKS *events = &device->settings.fdo;
    NTSTATUS status = ask_filter(device, irp, "EvtDeviceFilterRemoveResourceRequirements",
                                 events->EvtDeviceFilterRemoveResourceRequirements, FX_MAY_REMOVE);

    if (!NT_SUCCESS(status)) {
        return fx_pnp_complete(irp, status);
    }
    status = fx_pnp_forward(device, irp);
    if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED) {
        return fx_pnp_complete(irp, status);
    }
    status = require_interrupts(device, irp);
    if (NT_SUCCESS(status)) {
        status = ask_filter(device, irp, "EvtDeviceFilterAddResourceRequirements",
                            events->EvtDeviceFilterAddResourceRequirements, FX_MAY_ADD);
    }
    return fx_pnp_complete(irp, NT_SUCCESS(status) ? irp->IoStatus.Status : status);
}

/* ---- the start ---- */

static NTSTATUS call_remove_added(struct fx_device *device, struct fx_reslist *raw,
                                  struct fx_reslist *translated)
{
    PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES callback =
        device->settings.fdo.EvtDeviceRemoveAddedResources;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDeviceRemoveAddedResources", (const void *)callback,
                      &device->object, NULL)) {
        status = callback(fx_device_handle(device), fx_reslist_handle(raw),
                          fx_reslist_handle(translated));
        fx_call_leave(&call);
    }
    return status;
}

static void drop_list(PCM_RESOURCE_LIST list)
{
    if (list != NULL) {
        ExFreePool(list);
    }
}

/* The drivers below see the lists as they are now; we go on with what was given. */
static NTSTATUS forward_with(struct fx_device *device, PIRP irp, const struct fx_reslist *raw,
                             const struct fx_reslist *translated)
{
    IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    PCM_RESOURCE_LIST given = stack->Parameters.StartDevice.AllocatedResources;
    PCM_RESOURCE_LIST given_translated = stack->Parameters.StartDevice.AllocatedResourcesTranslated;
    PCM_RESOURCE_LIST left = NULL;
    PCM_RESOURCE_LIST left_translated = NULL;
    NTSTATUS status = fx_reslist_build(raw, given, &left);

    if (NT_SUCCESS(status)) {
        status = fx_reslist_build(translated, given_translated, &left_translated);
    }
    if (NT_SUCCESS(status)) {
        stack->Parameters.StartDevice.AllocatedResources = left;
        stack->Parameters.StartDevice.AllocatedResourcesTranslated = left_translated;
        status = fx_pnp_forward(device, irp);
        stack->Parameters.StartDevice.AllocatedResources = given;
        stack->Parameters.StartDevice.AllocatedResourcesTranslated = given_translated;
    }
    drop_list(left);
    drop_list(left_translated);
    return status;
}

static NTSTATUS forward_without_added(struct fx_device *device, PIRP irp, struct fx_reslist *raw,
                                      struct fx_reslist *translated)
{
    NTSTATUS status = call_remove_added(device, raw, translated);

    return NT_SUCCESS(status) ? forward_with(device, irp, raw, translated) : status;
}

NTSTATUS fx_pnp_forward_start(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    struct fx_reslist *raw;
    struct fx_reslist *translated;
    NTSTATUS status;

    if (device->settings.fdo.EvtDeviceRemoveAddedResources == NULL) {
        return fx_pnp_forward(device, irp);
    }
    status = fx_reslist_create(&device->object, stack->Parameters.StartDevice.AllocatedResources,
                               FX_MAY_REMOVE, &raw);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_reslist_create(&device->object,
                               stack->Parameters.StartDevice.AllocatedResourcesTranslated,
                               FX_MAY_REMOVE, &translated);
    if (NT_SUCCESS(status)) {
        status = forward_without_added(device, irp, raw, translated);
        fx_object_delete(&translated->object, NULL);
    }
    fx_object_delete(&raw->object, NULL);
    return status;
}
