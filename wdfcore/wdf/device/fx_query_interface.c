/* fx_query_interface.c - driver-defined interfaces: offered to drivers above (and, through the
 * stack, to anybody), and asked for from drivers below. IRP_MN_QUERY_INTERFACE.
 */
#include "wdf/device/fx_query_interface.h"

#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"

static VOID fx_query_no_reference(PVOID context)
{
    UNREFERENCED_PARAMETER(context);
}

/* ---- offering ---- */

static NTSTATUS fx_query_check(const struct fx_device *device,
                               const WDF_QUERY_INTERFACE_CONFIG *config)
{
    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (fx_device_is_control(device)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (config->SendQueryToParentStack) { /* only a PDO has a parent stack */
        return device->pdo != NULL ? STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;
    }
    if (config->InterfaceType == NULL || (config->Interface == NULL && !config->ImportInterface) ||
        (config->ImportInterface && config->EvtDeviceProcessQueryInterfaceRequest == NULL) ||
        (config->Interface != NULL && config->Interface->Size < sizeof(INTERFACE))) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceAddQueryInterface(WDFDEVICE Device, PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig)
{
    struct fx_query_interface *offer, **link;
    struct fx_device *device;
    size_t size;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(InterfaceConfig)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_query_check(device, InterfaceConfig);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    size = InterfaceConfig->Interface != NULL ? InterfaceConfig->Interface->Size : 0;
    offer = fx_allocate(sizeof(*offer) + size);
    if (offer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    offer->type = *InterfaceConfig->InterfaceType;
    offer->callback = InterfaceConfig->EvtDeviceProcessQueryInterfaceRequest;
    offer->import = InterfaceConfig->ImportInterface;
    if (size > 0) { /* a copy: what the driver changes later is not seen (spec: CHL-11) */
        offer->interface = (INTERFACE *)(offer + 1);
        memcpy(offer->interface, InterfaceConfig->Interface, size);
        if (offer->interface->InterfaceReference == NULL) {
            offer->interface->InterfaceReference = fx_query_no_reference;
        }
        if (offer->interface->InterfaceDereference == NULL) {
            offer->interface->InterfaceDereference = fx_query_no_reference;
        }
    }
    for (link = &device->offers; *link != NULL;) {
        link = &(*link)->next;
    }
    *link = offer;
    return STATUS_SUCCESS;
}

void fx_query_interfaces_free(struct fx_device *device)
{
    while (device->offers != NULL) {
        struct fx_query_interface *offer = device->offers;

        device->offers = offer->next;
        fx_free(offer);
    }
}

/* ---- answering ---- */

static NTSTATUS fx_query_call(struct fx_device *device, const struct fx_query_interface *offer,
                              const GUID *type, INTERFACE *exposed, PVOID data)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (offer->callback != NULL && fx_call_enter(&call, "EvtDeviceProcessQueryInterfaceRequest",
                                                 offer->callback, &device->object, NULL)) {
        status = offer->callback(fx_device_handle(device), (LPGUID)type, exposed, data);
        fx_call_leave(&call);
    }
    return status;
}

NTSTATUS fx_query_answer(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    const GUID *type = stack->Parameters.QueryInterface.InterfaceType;
    INTERFACE *exposed = stack->Parameters.QueryInterface.Interface;
    const struct fx_query_interface *offer = device->offers;
    NTSTATUS status;

    while (offer != NULL && memcmp(&offer->type, type, sizeof(*type)) != 0) {
        offer = offer->next;
    }
    if (offer == NULL) {
        return STATUS_NOT_SUPPORTED;
    }
    if (!offer->import) {
        if (stack->Parameters.QueryInterface.Size < offer->interface->Size ||
            stack->Parameters.QueryInterface.Version < offer->interface->Version) {
            return STATUS_INVALID_BUFFER_SIZE; /* spec: CHL-12 */
        }
        memcpy(exposed, offer->interface, offer->interface->Size);
    }
    status = fx_query_call(device, offer, type, exposed,
                           stack->Parameters.QueryInterface.InterfaceSpecificData);
    if (NT_SUCCESS(status) && !offer->import) {
        exposed->InterfaceReference(exposed->Context); /* the asker's reference */
    }
    return status;
}

/* ---- asking ---- */

NTSTATUS fx_query_send(DEVICE_OBJECT *device, const GUID *type, INTERFACE *interface, USHORT size,
                       USHORT version, PVOID data)
{
    IO_STACK_LOCATION request = {.MajorFunction = IRP_MJ_PNP,
                                 .MinorFunction = IRP_MN_QUERY_INTERFACE};

    request.Parameters.QueryInterface.InterfaceType = type;
    request.Parameters.QueryInterface.Interface = interface;
    request.Parameters.QueryInterface.Size = size;
    request.Parameters.QueryInterface.Version = version;
    request.Parameters.QueryInterface.InterfaceSpecificData = data;
    return io_irp_ask(device, &request, NULL);
}

NTSTATUS WdfFdoQueryForInterface(WDFDEVICE Fdo, LPCGUID InterfaceType, PINTERFACE Interface,
                                 USHORT Size, USHORT Version, PVOID InterfaceSpecificData)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Fdo, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(InterfaceType) || !fx_required(Interface) ||
        device->attached == NULL) { /* control device, PDO */
        return STATUS_INVALID_PARAMETER;
    }
    return fx_query_send(device->attached, InterfaceType, Interface, Size, Version,
                         InterfaceSpecificData);
}
