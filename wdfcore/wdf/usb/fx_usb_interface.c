/* fx_usb_interface.c - WDFUSBINTERFACE: the settings of an interface, and the pipes of the selected one. */
#include "wdf/usb/fx_usb.h"

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"

const struct fx_type fx_usb_interface_type = {
    .number = FX_TYPE_USBINTERFACE,
    .size = sizeof(struct fx_usb_interface),
    .flags = FX_OBJECT_PASSIVE_DISPOSE | FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_NONE,
};

static NTSTATUS interface_make(struct fx_usb_device *usb, UCHAR number)
{
    struct fx_usb_interface *interface;
    struct fx_make make;
    NTSTATUS status =
        fx_make_under(&fx_usb_interface_type, 0, NULL, &usb->target.object, NULL, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    interface = fx_object_body(make.object, struct fx_usb_interface);
    interface->usb = usb;
    interface->number = number;
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        usb->interfaces[usb->interface_count++] = interface;
    }
    return status;
}

NTSTATUS fx_usb_interfaces_make(struct fx_usb_device *usb)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned number = 0;
         number < 256 && NT_SUCCESS(status) && usb->interface_count < FX_USB_INTERFACES; number++) {
        if (USBD_ParseConfigurationDescriptorEx(usb->configuration, usb->configuration,
                                                (LONG)number, -1, -1, -1, -1) != NULL) {
            status = interface_make(usb, (UCHAR)number);
        }
    }
    return status;
}

PUSB_INTERFACE_DESCRIPTOR fx_usb_interface_descriptor(const struct fx_usb_interface *interface,
                                                      UCHAR setting)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = interface->usb->configuration;

    return USBD_ParseConfigurationDescriptorEx(configuration, configuration, interface->number,
                                               setting, -1, -1, -1);
}

/* ---- selecting ---- */

void fx_usb_interface_forget(struct fx_usb_interface *interface)
{
    UCHAR count = interface->pipe_count;

    interface->pipe_count = 0;
    for (UCHAR i = 0; i < count; i++) {
        struct fx_usb_pipe *pipe = interface->pipes[i];

        interface->pipes[i] = NULL;
        fx_object_delete(&pipe->target.object, NULL);
    }
}

NTSTATUS fx_usb_interface_configured(struct fx_usb_interface *interface,
                                     const WDF_OBJECT_ATTRIBUTES *attributes,
                                     const USBD_INTERFACE_INFORMATION *information,
                                     const void *caller)
{
    ULONG count =
        information->NumberOfPipes < FX_USB_PIPES ? information->NumberOfPipes : FX_USB_PIPES;
    NTSTATUS status = STATUS_SUCCESS;

    interface->setting = information->AlternateSetting;
    for (ULONG i = 0; i < count && NT_SUCCESS(status); i++) {
        status = fx_usb_pipe_make(interface, attributes, &information->Pipes[i],
                                  information->AlternateSetting, caller, &interface->pipes[i]);
        if (NT_SUCCESS(status)) {
            interface->pipe_count = (UCHAR)(i + 1);
        }
    }
    if (!NT_SUCCESS(status)) {
        fx_usb_interface_forget(interface);
    }
    return status;
}

static NTSTATUS select_by_descriptor(struct fx_usb_interface *interface,
                                     const WDF_OBJECT_ATTRIBUTES *attributes,
                                     PUSB_INTERFACE_DESCRIPTOR descriptor, const void *caller)
{
    struct fx_usb_device *usb = interface->usb;
    USBD_INTERFACE_LIST_ENTRY entry = {.InterfaceDescriptor = descriptor};
    SIZE_T size = FIELD_OFFSET(URB, UrbSelectInterface.Interface.Pipes) +
                  (descriptor->bNumEndpoints + 1u) * sizeof(USBD_PIPE_INFORMATION);
    PURB urb = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, FX_POOL_TAG);
    NTSTATUS status;

    if (urb == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    UsbBuildSelectInterfaceRequest(urb, (USHORT)size, usb->handle, descriptor->bInterfaceNumber,
                                   descriptor->bAlternateSetting);
    entry.Interface = &urb->UrbSelectInterface.Interface;
    entry.Interface->Length = GET_USBD_INTERFACE_SIZE(descriptor->bNumEndpoints);
    entry.Interface->NumberOfPipes = descriptor->bNumEndpoints;
    fx_usb_interface_forget(interface); /* nothing is sent to a pipe that is about to go */
    status = fx_usb_ask_urb(usb->target.wdm, urb);
    if (NT_SUCCESS(status)) {
        status = fx_usb_interface_configured(interface, attributes, entry.Interface, caller);
    }
    ExFreePool(urb);
    return status;
}

static NTSTATUS select_by_urb(struct fx_usb_interface *interface,
                              const WDF_OBJECT_ATTRIBUTES *attributes, PURB urb, const void *caller)
{
    NTSTATUS status;

    if (urb == NULL || urb->UrbHeader.Function != URB_FUNCTION_SELECT_INTERFACE ||
        urb->UrbSelectInterface.Interface.InterfaceNumber != interface->number) {
        return STATUS_INVALID_PARAMETER;
    }
    fx_usb_interface_forget(interface);
    status = fx_usb_ask_urb(interface->usb->target.wdm, urb);
    return NT_SUCCESS(status)
               ? fx_usb_interface_configured(interface, attributes,
                                             &urb->UrbSelectInterface.Interface, caller)
               : status;
}

WDFAPI NTSTATUS WdfUsbInterfaceSelectSetting(WDFUSBINTERFACE UsbInterface,
                                             PWDF_OBJECT_ATTRIBUTES PipesAttributes,
                                             PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params)
{
    struct fx_usb_interface *interface;
    PUSB_INTERFACE_DESCRIPTOR descriptor = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    interface = fx_usb_interface_get(UsbInterface);
    if (interface == NULL || !fx_required(Params)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Params->Size != sizeof(*Params)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    status = fx_attributes_check(&fx_usb_pipe_type, PipesAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (interface->usb->handle == NULL) {
        return STATUS_INVALID_DEVICE_STATE; /* no configuration is selected */
    }
    switch (Params->Type) {
    case WdfUsbInterfaceSelectSettingTypeDescriptor:
        descriptor = Params->Types.Descriptor.InterfaceDescriptor;
        break;
    case WdfUsbInterfaceSelectSettingTypeSetting:
        descriptor = fx_usb_interface_descriptor(interface, Params->Types.Interface.SettingIndex);
        break;
    case WdfUsbInterfaceSelectSettingTypeUrb:
        return select_by_urb(interface, PipesAttributes, Params->Types.Urb.Urb, KE_CALLER());
    default:
        break;
    }
    if (descriptor == NULL || descriptor->bInterfaceNumber != interface->number) {
        return STATUS_INVALID_PARAMETER;
    }
    return select_by_descriptor(interface, PipesAttributes, descriptor, KE_CALLER());
}

/* ---- what it is ---- */

WDFAPI BYTE WdfUsbInterfaceGetInterfaceNumber(WDFUSBINTERFACE UsbInterface)
{
    const struct fx_usb_interface *interface;

    if (!API_QUIET(DISPATCH_LEVEL) || (interface = fx_usb_interface_get(UsbInterface)) == NULL) {
        return 0;
    }
    return interface->number;
}

WDFAPI BYTE WdfUsbInterfaceGetNumSettings(WDFUSBINTERFACE UsbInterface)
{
    const struct fx_usb_interface *interface;
    unsigned count = 0;

    if (!API_QUIET(DISPATCH_LEVEL) || (interface = fx_usb_interface_get(UsbInterface)) == NULL) {
        return 0;
    }
    while (count < 255 && fx_usb_interface_descriptor(interface, (UCHAR)count) != NULL) {
        count++;
    }
    return (BYTE)count;
}

/* The descriptor of a setting, or a report that there is none. */
static PUSB_INTERFACE_DESCRIPTOR setting_get(const struct fx_usb_interface *interface,
                                             UCHAR setting)
{
    PUSB_INTERFACE_DESCRIPTOR descriptor = fx_usb_interface_descriptor(interface, setting);

    if (descriptor == NULL) {
        fx_violation(RULE_BadIndex, FX_BUGCHECK_NONE, 0, 0, &interface->object,
                     "interface %u has no setting %u", interface->number, setting);
    }
    return descriptor;
}

WDFAPI BYTE WdfUsbInterfaceGetNumEndpoints(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex)
{
    const struct fx_usb_interface *interface;
    const USB_INTERFACE_DESCRIPTOR *descriptor;

    if (!API_QUIET(DISPATCH_LEVEL) || (interface = fx_usb_interface_get(UsbInterface)) == NULL) {
        return 0;
    }
    descriptor = fx_usb_interface_descriptor(interface, SettingIndex);
    return descriptor != NULL ? descriptor->bNumEndpoints : 0;
}

WDFAPI VOID WdfUsbInterfaceGetDescriptor(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex,
                                         PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor)
{
    const struct fx_usb_interface *interface;
    const USB_INTERFACE_DESCRIPTOR *descriptor;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    interface = fx_usb_interface_get(UsbInterface);
    if (interface == NULL || !fx_required(InterfaceDescriptor)) {
        return;
    }
    descriptor = setting_get(interface, SettingIndex);
    if (descriptor != NULL) {
        *InterfaceDescriptor = *descriptor;
    } else {
        RtlZeroMemory(InterfaceDescriptor, sizeof(*InterfaceDescriptor));
    }
}

/* Endpoint number `index` of a setting, in the order of the descriptors. */
static const USB_ENDPOINT_DESCRIPTOR *endpoint_at(const struct fx_usb_interface *interface,
                                                  PUSB_INTERFACE_DESCRIPTOR setting, UCHAR index)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = interface->usb->configuration;
    char *end = (char *)configuration + configuration->wTotalLength;
    ULONG length = USBD_GetInterfaceLength(setting, (PUCHAR)end);
    char *at = (char *)setting;

    if (index >= setting->bNumEndpoints) {
        return NULL;
    }
    end = (char *)setting + length;
    for (unsigned i = 0; i <= index && at != NULL; i++) {
        PUSB_COMMON_DESCRIPTOR here = (PUSB_COMMON_DESCRIPTOR)(void *)at;

        at += here->bLength;
        at = at < end
                 ? (char *)USBD_ParseDescriptors(setting, length, at, USB_ENDPOINT_DESCRIPTOR_TYPE)
                 : NULL;
    }
    return (const USB_ENDPOINT_DESCRIPTOR *)(const void *)at;
}

#define DEFAULT_TRANSFER_MOST 0x400000u

WDFAPI VOID WdfUsbInterfaceGetEndpointInformation(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex,
                                                  UCHAR EndpointIndex,
                                                  PWDF_USB_PIPE_INFORMATION EndpointInfo)
{
    const struct fx_usb_interface *interface;
    const USB_ENDPOINT_DESCRIPTOR *endpoint;
    PUSB_INTERFACE_DESCRIPTOR setting;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    interface = fx_usb_interface_get(UsbInterface);
    if (interface == NULL || !fx_required(EndpointInfo) ||
        !fx_size_right(EndpointInfo->Size, sizeof(*EndpointInfo), "WDF_USB_PIPE_INFORMATION")) {
        return;
    }
    WDF_USB_PIPE_INFORMATION_INIT(EndpointInfo);
    setting = setting_get(interface, SettingIndex);
    endpoint = setting != NULL ? endpoint_at(interface, setting, EndpointIndex) : NULL;
    if (endpoint == NULL) {
        return; /* all zeros: WdfUsbPipeTypeInvalid */
    }
    EndpointInfo->MaximumPacketSize = endpoint->wMaxPacketSize & 0x7ff;
    EndpointInfo->EndpointAddress = endpoint->bEndpointAddress;
    EndpointInfo->Interval = endpoint->bInterval;
    EndpointInfo->SettingIndex = SettingIndex;
    EndpointInfo->PipeType =
        (WDF_USB_PIPE_TYPE)((endpoint->bmAttributes & USB_ENDPOINT_TYPE_MASK) + 1);
    EndpointInfo->MaximumTransferSize = DEFAULT_TRANSFER_MOST;
}

WDFAPI BYTE WdfUsbInterfaceGetConfiguredSettingIndex(WDFUSBINTERFACE Interface)
{
    const struct fx_usb_interface *interface;

    if (!API_QUIET(DISPATCH_LEVEL) || (interface = fx_usb_interface_get(Interface)) == NULL) {
        return 0;
    }
    return interface->setting;
}

WDFAPI BYTE WdfUsbInterfaceGetNumConfiguredPipes(WDFUSBINTERFACE UsbInterface)
{
    const struct fx_usb_interface *interface;

    if (!API_QUIET(DISPATCH_LEVEL) || (interface = fx_usb_interface_get(UsbInterface)) == NULL) {
        return 0;
    }
    return interface->pipe_count;
}

WDFAPI WDFUSBPIPE WdfUsbInterfaceGetConfiguredPipe(WDFUSBINTERFACE UsbInterface, UCHAR PipeIndex,
                                                   PWDF_USB_PIPE_INFORMATION PipeInfo)
{
    const struct fx_usb_interface *interface;
    WDFUSBPIPE pipe;

    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    interface = fx_usb_interface_get(UsbInterface);
    if (interface == NULL || PipeIndex >= interface->pipe_count) {
        return NULL;
    }
    pipe = (WDFUSBPIPE)fx_handle_of(&interface->pipes[PipeIndex]->target.object);
    if (PipeInfo != NULL) {
        WdfUsbTargetPipeGetInformation(pipe, PipeInfo);
    }
    return pipe;
}

WDFAPI UCHAR WdfUsbTargetDeviceGetNumInterfaces(WDFUSBDEVICE UsbDevice)
{
    const struct fx_usb_device *usb;

    if (!API_QUIET(DISPATCH_LEVEL) || (usb = fx_usb_device_get(UsbDevice)) == NULL) {
        return 0;
    }
    return usb->interface_count;
}

WDFAPI WDFUSBINTERFACE WdfUsbTargetDeviceGetInterface(WDFUSBDEVICE UsbDevice, UCHAR InterfaceIndex)
{
    const struct fx_usb_device *usb;

    if (!API_QUIET(DISPATCH_LEVEL) || (usb = fx_usb_device_get(UsbDevice)) == NULL ||
        InterfaceIndex >= usb->interface_count) {
        return NULL;
    }
    return (WDFUSBINTERFACE)fx_handle_of(&usb->interfaces[InterfaceIndex]->object);
}
