/* fx_usb_config.c - WdfUsbTargetDeviceSelectConfig: which settings a driver wants, asked of the bus in one
 * URB, and what became of it.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/usb/fx_usb.h"

/* One more, for the end of the list. */
struct select_list {
    USBD_INTERFACE_LIST_ENTRY entries[FX_USB_INTERFACES + 1];
    unsigned count;
};

static void forget_all(struct fx_usb_device *usb)
{
    for (unsigned i = 0; i < usb->interface_count; i++) {
        fx_usb_interface_forget(usb->interfaces[i]);
    }
    usb->handle = NULL;
}

static struct fx_usb_interface *interface_of(const struct fx_usb_device *usb, UCHAR number)
{
    for (unsigned i = 0; i < usb->interface_count; i++) {
        if (usb->interfaces[i]->number == number) {
            return usb->interfaces[i];
        }
    }
    return NULL;
}

/* The bus has selected what the URB says. */
static NTSTATUS configured(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                           PURB urb, const void *caller)
{
    const char *at = (const char *)&urb->UrbSelectConfiguration.Interface;
    const char *end = (const char *)urb + urb->UrbHeader.Length;
    NTSTATUS status = STATUS_SUCCESS;

    usb->handle = urb->UrbSelectConfiguration.ConfigurationHandle;
    while (NT_SUCCESS(status) &&
           end - at >= (ptrdiff_t)FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes)) {
        const USBD_INTERFACE_INFORMATION *one =
            (const USBD_INTERFACE_INFORMATION *)(const void *)at;
        struct fx_usb_interface *interface;

        if (one->Length == 0) {
            break;
        }
        interface = interface_of(usb, one->InterfaceNumber);
        if (interface != NULL) {
            status = fx_usb_interface_configured(interface, attributes, one, caller);
        }
        at += one->Length;
    }
    if (!NT_SUCCESS(status)) {
        forget_all(usb);
    }
    return status;
}

static NTSTATUS select_list(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                            PUSB_CONFIGURATION_DESCRIPTOR configuration, struct select_list *list,
                            const void *caller)
{
    NTSTATUS status;
    PURB urb;

    list->entries[list->count].InterfaceDescriptor = NULL;
    urb = USBD_CreateConfigurationRequestEx(configuration, list->entries);
    if (urb == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    forget_all(usb); /* nothing is sent to a pipe that is about to go */
    status = fx_usb_ask_urb(usb->target.wdm, urb);
    if (NT_SUCCESS(status)) {
        status = configured(usb, attributes, urb, caller);
    }
    ExFreePool(urb);
    return status;
}

/* ---- what the driver wants ---- */

static bool list_add(struct select_list *list, PUSB_INTERFACE_DESCRIPTOR descriptor)
{
    if (descriptor == NULL || list->count == FX_USB_INTERFACES) {
        return false;
    }
    list->entries[list->count++].InterfaceDescriptor = descriptor;
    return true;
}

static NTSTATUS select_first(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                             PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params, const void *caller)
{
    struct select_list list = {.count = 0};
    struct fx_usb_interface *first = usb->interface_count != 0 ? usb->interfaces[0] : NULL;
    NTSTATUS status;

    if (first == NULL || !list_add(&list, fx_usb_interface_descriptor(first, 0))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = select_list(usb, attributes, usb->configuration, &list, caller);
    if (NT_SUCCESS(status)) {
        params->Types.SingleInterface.ConfiguredUsbInterface =
            (WDFUSBINTERFACE)fx_handle_of(&first->object);
        params->Types.SingleInterface.NumberConfiguredPipes = first->pipe_count;
    }
    return status;
}

static NTSTATUS select_all(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                           PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params, const void *caller)
{
    struct select_list list = {.count = 0};
    NTSTATUS status;

    for (unsigned i = 0; i < usb->interface_count; i++) {
        if (!list_add(&list, fx_usb_interface_descriptor(usb->interfaces[i], 0))) {
            return STATUS_INVALID_DEVICE_REQUEST;
        }
    }
    status = select_list(usb, attributes, usb->configuration, &list, caller);
    if (NT_SUCCESS(status)) {
        params->Types.MultiInterface.NumberOfConfiguredInterfaces = (UCHAR)list.count;
    }
    return status;
}

static NTSTATUS select_pairs(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                             PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params, const void *caller)
{
    const WDF_USB_INTERFACE_SETTING_PAIR *pairs = params->Types.MultiInterface.Pairs;
    struct select_list list = {.count = 0};
    NTSTATUS status;

    if (pairs == NULL || params->Types.MultiInterface.NumberInterfaces == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    for (unsigned i = 0; i < params->Types.MultiInterface.NumberInterfaces; i++) {
        const struct fx_usb_interface *one = fx_usb_interface_get(pairs[i].UsbInterface);

        if (one == NULL || one->usb != usb ||
            !list_add(&list, fx_usb_interface_descriptor(one, pairs[i].SettingIndex))) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    status = select_list(usb, attributes, usb->configuration, &list, caller);
    if (NT_SUCCESS(status)) {
        params->Types.MultiInterface.NumberOfConfiguredInterfaces = (UCHAR)list.count;
    }
    return status;
}

static NTSTATUS select_descriptors(struct fx_usb_device *usb,
                                   const WDF_OBJECT_ATTRIBUTES *attributes,
                                   const WDF_USB_DEVICE_SELECT_CONFIG_PARAMS *params,
                                   const void *caller)
{
    PUSB_INTERFACE_DESCRIPTOR *descriptors = params->Types.Descriptor.InterfaceDescriptors;
    struct select_list list = {.count = 0};

    if (params->Types.Descriptor.ConfigurationDescriptor == NULL || descriptors == NULL ||
        params->Types.Descriptor.NumInterfaceDescriptors == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG i = 0; i < params->Types.Descriptor.NumInterfaceDescriptors; i++) {
        if (!list_add(&list, descriptors[i])) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    return select_list(usb, attributes, params->Types.Descriptor.ConfigurationDescriptor, &list,
                       caller);
}

static NTSTATUS select_urb(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *attributes,
                           PURB urb, const void *caller)
{
    NTSTATUS status;

    if (urb == NULL || urb->UrbHeader.Function != URB_FUNCTION_SELECT_CONFIGURATION) {
        return STATUS_INVALID_PARAMETER;
    }
    forget_all(usb);
    status = fx_usb_ask_urb(usb->target.wdm, urb);
    return NT_SUCCESS(status) ? configured(usb, attributes, urb, caller) : status;
}

static NTSTATUS deselect(struct fx_usb_device *usb)
{
    URB urb = {.UrbHeader = {0}};

    forget_all(usb);
    UsbBuildSelectConfigurationRequest(&urb, sizeof(struct _URB_SELECT_CONFIGURATION), NULL);
    return fx_usb_ask_urb(usb->target.wdm, &urb);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceSelectConfig(WDFUSBDEVICE UsbDevice,
                                               PWDF_OBJECT_ATTRIBUTES PipeAttributes,
                                               PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params)
{
    struct fx_usb_device *usb;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(Params)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Params->Size != sizeof(*Params)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    status = fx_attributes_check(&fx_usb_pipe_type, PipeAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    switch (Params->Type) {
    case WdfUsbTargetDeviceSelectConfigTypeDeconfig:
        return deselect(usb);
    case WdfUsbTargetDeviceSelectConfigTypeSingleInterface:
        return select_first(usb, PipeAttributes, Params, KE_CALLER());
    case WdfUsbTargetDeviceSelectConfigTypeMultiInterface:
        return select_all(usb, PipeAttributes, Params, KE_CALLER());
    case WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs:
        return select_pairs(usb, PipeAttributes, Params, KE_CALLER());
    case WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor:
        return select_descriptors(usb, PipeAttributes, Params, KE_CALLER());
    case WdfUsbTargetDeviceSelectConfigTypeUrb:
        return select_urb(usb, PipeAttributes, Params->Types.Urb.Urb, KE_CALLER());
    default:
        return STATUS_INVALID_PARAMETER;
    }
}
