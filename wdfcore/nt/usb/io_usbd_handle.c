/* io_usbd_handle.c - the part of usbdlib that makes URBs. A handle is only a registration: URBs come from
 * the pool under its tag, and whoever closes it before its URBs are freed leaves them, as on Windows.
 */
#include <usbdlib.h>

#include "nt/ke/ke_api.h"
#include "nt/usb/io_usb.h"

#define USBD_TAG 'dbsU'

struct USBD_HANDLE__ {
    const struct io_usb *port;
    ULONG tag;
};

static PURB allocate_urb(SIZE_T size, ULONG tag)
{
    PURB urb = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);

    if (urb != NULL) {
        urb->UrbHeader.Length = (USHORT)size;
    }
    return urb;
}

/* ---- registration ---- */

NTSTATUS USBD_CreateHandle(PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT TargetDeviceObject,
                           ULONG USBDClientContractVersion, ULONG PoolTag, USBD_HANDLE *USBDHandle)
{
    const struct io_usb *port;
    USBD_HANDLE handle;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (DeviceObject == NULL || TargetDeviceObject == NULL || USBDHandle == NULL ||
        USBDClientContractVersion != USBD_CLIENT_CONTRACT_VERSION_602) {
        return STATUS_INVALID_PARAMETER;
    }
    *USBDHandle = NULL;
    port = io_usb_of(TargetDeviceObject);
    if (port == NULL) {
        return STATUS_NOT_SUPPORTED;
    }
    handle = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*handle), USBD_TAG);
    if (handle == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    handle->port = port;
    handle->tag = PoolTag != 0 ? PoolTag : USBD_TAG;
    *USBDHandle = handle;
    return STATUS_SUCCESS;
}

VOID USBD_CloseHandle(USBD_HANDLE USBDHandle)
{
    if (API(PASSIVE_LEVEL) && USBDHandle != NULL) {
        ExFreePoolWithTag(USBDHandle, USBD_TAG);
    }
}

NTSTATUS USBD_QueryUsbCapability(USBD_HANDLE USBDHandle, CONST GUID *CapabilityType,
                                 ULONG OutputBufferLength, PUCHAR OutputBuffer, PULONG ResultLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (USBDHandle == NULL || CapabilityType == NULL ||
        (OutputBufferLength != 0 && OutputBuffer == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ResultLength != NULL) {
        *ResultLength = 0;
    }
    return io_usb_capability(USBDHandle->port, CapabilityType);
}

/* ---- URBs ---- */

NTSTATUS USBD_UrbAllocate(USBD_HANDLE USBDHandle, PURB *Urb)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (USBDHandle == NULL || Urb == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *Urb = allocate_urb(sizeof(URB), USBDHandle->tag);
    return *Urb != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS USBD_IsochUrbAllocate(USBD_HANDLE USBDHandle, ULONG NumberOfIsochPacket, PURB *Urb)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (USBDHandle == NULL || Urb == NULL || NumberOfIsochPacket == 0 ||
        NumberOfIsochPacket > USBD_ISO_START_FRAME_RANGE) {
        return STATUS_INVALID_PARAMETER;
    }
    *Urb = allocate_urb(GET_ISO_URB_SIZE(NumberOfIsochPacket), USBDHandle->tag);
    return *Urb != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

VOID USBD_UrbFree(USBD_HANDLE USBDHandle, PURB Urb)
{
    if (API(DISPATCH_LEVEL) && USBDHandle != NULL && Urb != NULL) {
        ExFreePoolWithTag(Urb, USBDHandle->tag);
    }
}

VOID USBD_AssignUrbToIoStackLocation(USBD_HANDLE USBDHandle, PIO_STACK_LOCATION IoStackLocation,
                                     PURB Urb)
{
    if (API(DISPATCH_LEVEL) && USBDHandle != NULL && IoStackLocation != NULL) {
        IoStackLocation->Parameters.Others.Argument1 = Urb;
    }
}

/* ---- selecting ---- */

static VOID fill_interface(PUSBD_INTERFACE_INFORMATION block,
                           const USB_INTERFACE_DESCRIPTOR *descriptor)
{
    block->Length = GET_USBD_INTERFACE_SIZE(descriptor->bNumEndpoints);
    block->InterfaceNumber = descriptor->bInterfaceNumber;
    block->AlternateSetting = descriptor->bAlternateSetting;
    block->NumberOfPipes = descriptor->bNumEndpoints;
    for (ULONG i = 0; i < block->NumberOfPipes; i++) {
        block->Pipes[i].MaximumTransferSize = USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE;
    }
}

/* Bytes of a request for all that is in the list. */
static SIZE_T list_size(const USBD_INTERFACE_LIST_ENTRY *list)
{
    SIZE_T size = FIELD_OFFSET(URB, UrbSelectConfiguration.Interface);

    for (; list->InterfaceDescriptor != NULL; list++) {
        size += GET_USBD_INTERFACE_SIZE(list->InterfaceDescriptor->bNumEndpoints);
    }
    return size > sizeof(struct _URB_SELECT_CONFIGURATION)
               ? size
               : sizeof(struct _URB_SELECT_CONFIGURATION);
}

static PURB select_urb(PUSB_CONFIGURATION_DESCRIPTOR configuration, PUSBD_INTERFACE_LIST_ENTRY list,
                       ULONG tag)
{
    SIZE_T size = list_size(list);
    PURB urb = size <= MAXUSHORT ? allocate_urb(size, tag) : NULL;
    char *at;

    if (urb == NULL) {
        return NULL;
    }
    UsbBuildSelectConfigurationRequest(urb, (USHORT)size, configuration);
    at = (char *)&urb->UrbSelectConfiguration.Interface;
    for (; list->InterfaceDescriptor != NULL; list++) {
        list->Interface = (PUSBD_INTERFACE_INFORMATION)(void *)at;
        fill_interface(list->Interface, list->InterfaceDescriptor);
        at += list->Interface->Length;
    }
    return urb;
}

PURB USBD_CreateConfigurationRequestEx(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                       PUSBD_INTERFACE_LIST_ENTRY InterfaceList)
{
    if (!API(DISPATCH_LEVEL) || ConfigurationDescriptor == NULL || InterfaceList == NULL) {
        return NULL;
    }
    return select_urb(ConfigurationDescriptor, InterfaceList, USBD_TAG);
}

#define INTERFACES_MOST 32u

PURB USBD_CreateConfigurationRequest(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                     PUSHORT Siz)
{
    USBD_INTERFACE_LIST_ENTRY list[INTERFACES_MOST + 1] = {{0}};
    ULONG count = 0;
    PURB urb;

    if (!API(DISPATCH_LEVEL) || ConfigurationDescriptor == NULL) {
        return NULL;
    }
    for (ULONG number = 0;
         number < INTERFACES_MOST && count < ConfigurationDescriptor->bNumInterfaces; number++) {
        PUSB_INTERFACE_DESCRIPTOR one =
            USBD_ParseConfigurationDescriptor(ConfigurationDescriptor, (UCHAR)number, 0);

        if (one != NULL) {
            list[count++].InterfaceDescriptor = one;
        }
    }
    urb = select_urb(ConfigurationDescriptor, list, USBD_TAG);
    if (urb != NULL && Siz != NULL) {
        *Siz = urb->UrbHeader.Length;
    }
    return urb;
}

NTSTATUS
USBD_SelectConfigUrbAllocateAndBuild(USBD_HANDLE USBDHandle,
                                     PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                     PUSBD_INTERFACE_LIST_ENTRY InterfaceList, PURB *Urb)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (USBDHandle == NULL || ConfigurationDescriptor == NULL || InterfaceList == NULL ||
        Urb == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *Urb = select_urb(ConfigurationDescriptor, InterfaceList, USBDHandle->tag);
    return *Urb != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS USBD_SelectInterfaceUrbAllocateAndBuild(USBD_HANDLE USBDHandle,
                                                 USBD_CONFIGURATION_HANDLE ConfigurationHandle,
                                                 PUSBD_INTERFACE_LIST_ENTRY InterfaceListEntry,
                                                 PURB *Urb)
{
    const USB_INTERFACE_DESCRIPTOR *descriptor;
    SIZE_T size;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (USBDHandle == NULL || ConfigurationHandle == NULL || InterfaceListEntry == NULL ||
        InterfaceListEntry->InterfaceDescriptor == NULL || Urb == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    descriptor = InterfaceListEntry->InterfaceDescriptor;
    size = FIELD_OFFSET(URB, UrbSelectInterface.Interface) +
           GET_USBD_INTERFACE_SIZE(descriptor->bNumEndpoints);
    if (size < sizeof(struct _URB_SELECT_INTERFACE)) {
        size = sizeof(struct _URB_SELECT_INTERFACE);
    }
    *Urb = allocate_urb(size, USBDHandle->tag);
    if (*Urb == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    UsbBuildSelectInterfaceRequest(*Urb, (USHORT)size, ConfigurationHandle,
                                   descriptor->bInterfaceNumber, descriptor->bAlternateSetting);
    InterfaceListEntry->Interface = &(*Urb)->UrbSelectInterface.Interface;
    fill_interface(InterfaceListEntry->Interface, descriptor);
    return STATUS_SUCCESS;
}

VOID USBD_GetUSBDIVersion(PUSBD_VERSION_INFORMATION VersionInformation)
{
    if (API(HIGH_LEVEL) && VersionInformation != NULL) {
        VersionInformation->USBDI_Version = USBDI_VERSION;
        VersionInformation->Supported_USB_Version = 0x200;
    }
}
