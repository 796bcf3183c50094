/* fx_usb_device.c - WDFUSBDEVICE: made from what the device itself says, and what a driver may ask of it.
 *
 * Normal path: WdfUsbTargetDeviceCreate reads device and configuration descriptor, asks the bus for its
 * interface, and makes an object for each interface of the configuration.
 * Teardown: that of a target; then registration and descriptor go.
 */
#include <initguid.h>

#include "wdf/usb/fx_usb.h"

#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/device/fx_query_interface.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"

#define USB_TAG 'bsUF'

/* What a device holds besides being a target. */
static void usb_release(struct fx_usb_device *usb)
{
    USBD_CloseHandle(usb->registration);
    if (usb->bus.InterfaceDereference != NULL) {
        usb->bus.InterfaceDereference(usb->bus.BusContext);
    }
    fx_free(usb->configuration);
}

static void usb_device_destroy(struct fx_object *object)
{
    usb_release(fx_object_body(object, struct fx_usb_device));
    fx_target_destroy(object);
}

const struct fx_type fx_usb_device_type = {
    .number = FX_TYPE_USBDEVICE,
    .size = sizeof(struct fx_usb_device),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_FORBIDDEN, /* the device */
    .scope = FX_SCOPE_NONE,
    .dispose = fx_target_dispose,
    .destroy = usb_device_destroy,
    .describe = fx_target_describe,
};

/* ---- asking ---- */

NTSTATUS fx_usb_ask(DEVICE_OBJECT *lower, ULONG code, void *argument)
{
    IO_STACK_LOCATION request = {.MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL};

    request.Parameters.DeviceIoControl.IoControlCode = code;
    request.Parameters.Others.Argument1 = argument;
    return io_irp_ask(lower, &request, NULL);
}

NTSTATUS fx_usb_ask_urb(DEVICE_OBJECT *lower, PURB urb)
{
    return fx_usb_ask(lower, IOCTL_INTERNAL_USB_SUBMIT_URB, urb);
}

NTSTATUS fx_usb_get_descriptor(DEVICE_OBJECT *lower, UCHAR type, UCHAR index, USHORT language,
                               void *buffer, ULONG *length)
{
    URB urb = {.UrbHeader = {0}};
    NTSTATUS status;

    UsbBuildGetDescriptorRequest(&urb, sizeof(struct _URB_CONTROL_DESCRIPTOR_REQUEST), type, index,
                                 language, buffer, NULL, *length, NULL);
    status = fx_usb_ask_urb(lower, &urb);
    *length = urb.UrbControlDescriptorRequest.TransferBufferLength;
    return status;
}

/* ---- create ---- */

static NTSTATUS read_configuration(struct fx_usb_device *usb)
{
    USB_CONFIGURATION_DESCRIPTOR head = {0};
    ULONG length = sizeof(head);
    NTSTATUS status = fx_usb_get_descriptor(usb->target.wdm, USB_CONFIGURATION_DESCRIPTOR_TYPE, 0,
                                            0, &head, &length);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (length != sizeof(head) || head.wTotalLength < sizeof(head)) {
        return STATUS_UNSUCCESSFUL;
    }
    usb->configuration = fx_allocate(head.wTotalLength);
    if (usb->configuration == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    length = head.wTotalLength;
    status = fx_usb_get_descriptor(usb->target.wdm, USB_CONFIGURATION_DESCRIPTOR_TYPE, 0, 0,
                                   usb->configuration, &length);
    if (NT_SUCCESS(status) &&
        (length != head.wTotalLength || !USBD_SUCCESS(USBD_ValidateConfigurationDescriptor(
                                            usb->configuration, length, 1, NULL, USB_TAG)))) {
        status = STATUS_UNSUCCESSFUL;
    }
    return status;
}

/* What the device and its bus say. */
static NTSTATUS read_device(struct fx_usb_device *usb)
{
    ULONG length = sizeof(usb->descriptor);
    NTSTATUS status = fx_usb_get_descriptor(usb->target.wdm, USB_DEVICE_DESCRIPTOR_TYPE, 0, 0,
                                            &usb->descriptor, &length);

    if (NT_SUCCESS(status) && length != sizeof(usb->descriptor)) {
        status = STATUS_UNSUCCESSFUL;
    }
    if (NT_SUCCESS(status)) {
        status = read_configuration(usb);
    }
    if (NT_SUCCESS(status) &&
        !NT_SUCCESS(fx_query_send(usb->target.wdm, &USB_BUS_INTERFACE_USBDI_GUID,
                                  (PINTERFACE)(void *)&usb->bus, sizeof(usb->bus),
                                  USB_BUSIF_USBDI_VERSION_1, NULL))) {
        memset(&usb->bus, 0, sizeof(usb->bus));
    }
    return status;
}

static NTSTATUS usb_make(struct fx_device *device, const WDF_OBJECT_ATTRIBUTES *attributes,
                         const void *caller, struct fx_make *make)
{
    struct fx_usb_device *usb;
    NTSTATUS status = fx_attributes_check(&fx_usb_device_type, attributes);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&fx_usb_device_type, 0, attributes, &device->object, caller, make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    usb = fx_object_body(make->object, struct fx_usb_device);
    usb->target.wdm = device->attached;
    usb->target.physical = device->physical;
    return STATUS_SUCCESS;
}

static NTSTATUS usb_create(struct fx_device *device, const WDF_USB_DEVICE_CREATE_CONFIG *config,
                           const WDF_OBJECT_ATTRIBUTES *attributes, const void *caller,
                           WDFUSBDEVICE *out)
{
    struct fx_usb_device *usb;
    struct fx_usb_device held;
    struct fx_make make;
    NTSTATUS status;

    if (device->attached == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* nobody is below */
    }
    status = usb_make(device, attributes, caller, &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    usb = fx_object_body(make.object, struct fx_usb_device);
    if (config != NULL) {
        status = USBD_CreateHandle(device->wdm, usb->target.wdm, config->USBDClientContractVersion,
                                   USB_TAG, &usb->registration);
    }
    if (NT_SUCCESS(status)) {
        status = read_device(usb);
    }
    if (!NT_SUCCESS(status)) {
        usb_release(usb);
        fx_make_discard(&make);
        return status;
    }
    held = *usb;
    status = fx_target_publish(&make, device);
    if (!NT_SUCCESS(status)) { /* the object is gone */
        usb_release(&held);
        return status;
    }
    status = fx_usb_interfaces_make(usb);
    if (!NT_SUCCESS(status)) {
        fx_object_delete(&usb->target.object, NULL);
        return status;
    }
    *out = (WDFUSBDEVICE)fx_handle_of(&usb->target.object);
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceCreate(WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES Attributes,
                                         WDFUSBDEVICE *UsbDevice)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(UsbDevice)) {
        return STATUS_INVALID_PARAMETER;
    }
    *UsbDevice = NULL;
    return usb_create(device, NULL, Attributes, KE_CALLER(), UsbDevice);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceCreateWithParameters(WDFDEVICE Device,
                                                       PWDF_USB_DEVICE_CREATE_CONFIG Config,
                                                       PWDF_OBJECT_ATTRIBUTES Attributes,
                                                       WDFUSBDEVICE *UsbDevice)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Config) || !fx_required(UsbDevice)) {
        return STATUS_INVALID_PARAMETER;
    }
    *UsbDevice = NULL;
    if (Config->Size != sizeof(*Config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return usb_create(device, Config, Attributes, KE_CALLER(), UsbDevice);
}

/* ---- what it is ---- */

static ULONG usb_traits(const struct fx_usb_device *usb)
{
    UCHAR attributes = usb->configuration->bmAttributes;
    ULONG traits = 0;

    if ((attributes & USB_CONFIG_SELF_POWERED) != 0) {
        traits |= WDF_USB_DEVICE_TRAIT_SELF_POWERED;
    }
    if ((attributes & USB_CONFIG_REMOTE_WAKEUP) != 0) {
        traits |= WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE;
    }
    if (usb->bus.IsDeviceHighSpeed != NULL && usb->bus.IsDeviceHighSpeed(usb->bus.BusContext)) {
        traits |= WDF_USB_DEVICE_TRAIT_AT_HIGH_SPEED;
    }
    return traits;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceRetrieveInformation(WDFUSBDEVICE UsbDevice,
                                                      PWDF_USB_DEVICE_INFORMATION Information)
{
    struct fx_usb_device *usb;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(Information)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Information->Size != sizeof(*Information)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memset(&Information->UsbdVersionInformation, 0, sizeof(Information->UsbdVersionInformation));
    Information->HcdPortCapabilities = 0;
    if (usb->bus.GetUSBDIVersion != NULL) {
        usb->bus.GetUSBDIVersion(usb->bus.BusContext, &Information->UsbdVersionInformation,
                                 &Information->HcdPortCapabilities);
    }
    Information->Traits = usb_traits(usb);
    return STATUS_SUCCESS;
}

WDFAPI VOID WdfUsbTargetDeviceGetDeviceDescriptor(WDFUSBDEVICE UsbDevice,
                                                  PUSB_DEVICE_DESCRIPTOR UsbDeviceDescriptor)
{
    struct fx_usb_device *usb;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb != NULL && fx_required(UsbDeviceDescriptor)) {
        *UsbDeviceDescriptor = usb->descriptor;
    }
}

WDFAPI NTSTATUS WdfUsbTargetDeviceRetrieveConfigDescriptor(WDFUSBDEVICE UsbDevice,
                                                           PVOID ConfigDescriptor,
                                                           PUSHORT ConfigDescriptorLength)
{
    struct fx_usb_device *usb;
    USHORT room;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(ConfigDescriptorLength)) {
        return STATUS_INVALID_PARAMETER;
    }
    room = ConfigDescriptor != NULL ? *ConfigDescriptorLength : 0;
    *ConfigDescriptorLength = usb->configuration->wTotalLength;
    if (ConfigDescriptor == NULL) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(ConfigDescriptor, usb->configuration,
           room < usb->configuration->wTotalLength ? room : usb->configuration->wTotalLength);
    return room < usb->configuration->wTotalLength ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

WDFAPI USBD_CONFIGURATION_HANDLE WdfUsbTargetDeviceWdmGetConfigurationHandle(WDFUSBDEVICE UsbDevice)
{
    const struct fx_usb_device *usb;

    if (!API_QUIET(DISPATCH_LEVEL) || (usb = fx_usb_device_get(UsbDevice)) == NULL) {
        return NULL;
    }
    return usb->handle;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceRetrieveCurrentFrameNumber(WDFUSBDEVICE UsbDevice,
                                                             PULONG CurrentFrameNumber)
{
    const struct fx_usb_device *usb;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(CurrentFrameNumber)) {
        return STATUS_INVALID_PARAMETER;
    }
    return usb->bus.QueryBusTime != NULL
               ? usb->bus.QueryBusTime(usb->bus.BusContext, CurrentFrameNumber)
               : STATUS_INVALID_DEVICE_REQUEST;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceQueryUsbCapability(WDFUSBDEVICE UsbDevice,
                                                     CONST GUID *CapabilityType,
                                                     ULONG CapabilityBufferLength,
                                                     PVOID CapabilityBuffer, PULONG ResultLength)
{
    struct fx_usb_device *usb;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(CapabilityType)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (usb->registration == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* WdfUsbTargetDeviceCreate registers nobody */
    }
    return USBD_QueryUsbCapability(usb->registration, CapabilityType, CapabilityBufferLength,
                                   CapabilityBuffer, ResultLength);
}

/* ---- its port ---- */

WDFAPI NTSTATUS WdfUsbTargetDeviceIsConnectedSynchronous(WDFUSBDEVICE UsbDevice)
{
    struct fx_usb_device *usb;
    ULONG flags = 0;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_usb_ask(usb->target.wdm, IOCTL_INTERNAL_USB_GET_PORT_STATUS, &flags);
    if (NT_SUCCESS(status) && (flags & USBD_PORT_CONNECTED) == 0) {
        status = STATUS_DEVICE_DOES_NOT_EXIST;
    }
    return status;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceResetPortSynchronously(WDFUSBDEVICE UsbDevice)
{
    struct fx_usb_device *usb;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    return usb != NULL ? fx_usb_ask(usb->target.wdm, IOCTL_INTERNAL_USB_RESET_PORT, NULL)
                       : STATUS_INVALID_PARAMETER;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceCyclePortSynchronously(WDFUSBDEVICE UsbDevice)
{
    struct fx_usb_device *usb;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    return usb != NULL ? fx_usb_ask(usb->target.wdm, IOCTL_INTERNAL_USB_CYCLE_PORT, NULL)
                       : STATUS_INVALID_PARAMETER;
}
