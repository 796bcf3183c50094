/* usbdlib.h - helpers of client drivers: URBs made and filled in, descriptors searched.
 *   Source   usbdlib/
 */
#pragma once

#include "wdm.h"
#include "usb.h"
#include "usbioctl.h"

#ifdef __cplusplus
extern "C" {
#endif

#define USBD_CLIENT_CONTRACT_VERSION_INVALID 0xFFFFFFFF
#define USBD_CLIENT_CONTRACT_VERSION_602     0x602

#define USBD_INTERFACE_VERSION_600 0x600
#define USBD_INTERFACE_VERSION_602 0x602
#define USBD_INTERFACE_VERSION_603 0x603

typedef struct USBD_HANDLE__ *USBD_HANDLE;

typedef struct _USBD_INTERFACE_LIST_ENTRY {
    PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor; /* NULL: the end of the list */
    PUSBD_INTERFACE_INFORMATION Interface;         /* where it stands in the URB that was built */
} USBD_INTERFACE_LIST_ENTRY, *PUSBD_INTERFACE_LIST_ENTRY;

DEFINE_GUID(GUID_USB_CAPABILITY_CHAINED_MDLS, 0xf5ceeb23, 0xad90, 0x458c, 0x97, 0x9a, 0xd5, 0x9b,
            0x3a, 0xd6, 0x88, 0x4f);
DEFINE_GUID(GUID_USB_CAPABILITY_STATIC_STREAMS, 0x09051e1f, 0x0dc9, 0x4e6b, 0x8b, 0x12, 0x96, 0x0c,
            0xbd, 0x81, 0xaa, 0x8f);
DEFINE_GUID(GUID_USB_CAPABILITY_SELECTIVE_SUSPEND, 0x755c630d, 0xc8a0, 0x4765, 0x94, 0x6f, 0x90,
            0xcc, 0x70, 0x38, 0x56, 0xa4);
DEFINE_GUID(GUID_USB_CAPABILITY_FUNCTION_SUSPEND, 0xf4563183, 0xd66e, 0x42bd, 0xbd, 0x53, 0x1a,
            0xc7, 0xb0, 0x4c, 0xd5, 0x9d);
DEFINE_GUID(GUID_USB_CAPABILITY_HIGH_BANDWIDTH_ISOCH, 0x9c8a8a27, 0x15f9, 0x42e3, 0xa3, 0x56, 0xcd,
            0xa6, 0xae, 0x97, 0xa8, 0xc8);
DEFINE_GUID(GUID_USB_CAPABILITY_DEVICE_CONNECTION_HIGH_SPEED_COMPATIBLE, 0x81a885a6, 0xf239, 0x42a2,
            0x83, 0x97, 0xa5, 0xd9, 0x5b, 0xea, 0x69, 0x53);
DEFINE_GUID(GUID_USB_CAPABILITY_DEVICE_CONNECTION_SUPER_SPEED_COMPATIBLE, 0x8a2f776c, 0x9bd0,
            0x4f29, 0x97, 0x71, 0xc7, 0xa3, 0x88, 0x46, 0xd4, 0xc7);

/* ---- sizes of URBs ---- */

#define GET_SELECT_CONFIGURATION_REQUEST_SIZE(totalInterfaces, totalPipes) \
    ((USHORT)(sizeof(struct _URB_SELECT_CONFIGURATION) +                   \
              ((totalInterfaces)-1) * sizeof(USBD_INTERFACE_INFORMATION) + \
              ((totalPipes) - (totalInterfaces)) * sizeof(USBD_PIPE_INFORMATION)))
#define GET_SELECT_INTERFACE_REQUEST_SIZE(totalPipes) \
    ((USHORT)(sizeof(struct _URB_SELECT_INTERFACE) +  \
              ((totalPipes)-1) * sizeof(USBD_PIPE_INFORMATION)))
#define GET_USBD_INTERFACE_SIZE(numEndpoints)      \
    ((USHORT)(sizeof(USBD_INTERFACE_INFORMATION) + \
              sizeof(USBD_PIPE_INFORMATION) * (numEndpoints) - sizeof(USBD_PIPE_INFORMATION)))
#define GET_ISO_URB_SIZE(n) \
    (sizeof(struct _URB_ISOCH_TRANSFER) + sizeof(USBD_ISO_PACKET_DESCRIPTOR) * (n))

/* ---- URBs filled in ---- */

/* UsbBuildInterruptOrBulkTransferRequest, UsbBuildGetDescriptorRequest, UsbBuildGetStatusRequest,
 * UsbBuildFeatureRequest, UsbBuildVendorRequest, UsbBuildOsFeatureDescriptorRequest,
 * UsbBuildSelectConfigurationRequest, UsbBuildSelectInterfaceRequest: one function of an URB, with its
 * parameters.   IRQL any   Source   usbdlib/nf-usbdlib-usbbuild...
 */
#define UsbBuildInterruptOrBulkTransferRequest(urb, length, pipeHandle, transferBuffer,  \
                                               transferBufferMDL, transferBufferLength,  \
                                               transferFlags, link)                      \
    do {                                                                                 \
        (urb)->UrbHeader.Function = URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER;             \
        (urb)->UrbHeader.Length = (length);                                              \
        (urb)->UrbBulkOrInterruptTransfer.PipeHandle = (pipeHandle);                     \
        (urb)->UrbBulkOrInterruptTransfer.TransferBufferLength = (transferBufferLength); \
        (urb)->UrbBulkOrInterruptTransfer.TransferBufferMDL = (transferBufferMDL);       \
        (urb)->UrbBulkOrInterruptTransfer.TransferBuffer = (transferBuffer);             \
        (urb)->UrbBulkOrInterruptTransfer.TransferFlags = (transferFlags);               \
        (urb)->UrbBulkOrInterruptTransfer.UrbLink = (link);                              \
    } while (0)

#define UsbBuildGetDescriptorRequest(urb, length, descriptorType, descriptorIndex, languageId, \
                                     transferBuffer, transferBufferMDL, transferBufferLength,  \
                                     link)                                                     \
    do {                                                                                       \
        (urb)->UrbHeader.Function = URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE;                   \
        (urb)->UrbHeader.Length = (length);                                                    \
        (urb)->UrbControlDescriptorRequest.TransferBufferLength = (transferBufferLength);      \
        (urb)->UrbControlDescriptorRequest.TransferBufferMDL = (transferBufferMDL);            \
        (urb)->UrbControlDescriptorRequest.TransferBuffer = (transferBuffer);                  \
        (urb)->UrbControlDescriptorRequest.DescriptorType = (descriptorType);                  \
        (urb)->UrbControlDescriptorRequest.Index = (descriptorIndex);                          \
        (urb)->UrbControlDescriptorRequest.LanguageId = (languageId);                          \
        (urb)->UrbControlDescriptorRequest.UrbLink = (link);                                   \
    } while (0)

#define UsbBuildGetStatusRequest(urb, op, index, transferBuffer, transferBufferMDL, link) \
    do {                                                                                  \
        (urb)->UrbHeader.Function = (op);                                                 \
        (urb)->UrbHeader.Length = sizeof(struct _URB_CONTROL_GET_STATUS_REQUEST);         \
        (urb)->UrbControlGetStatusRequest.TransferBufferLength = sizeof(USHORT);          \
        (urb)->UrbControlGetStatusRequest.TransferBufferMDL = (transferBufferMDL);        \
        (urb)->UrbControlGetStatusRequest.TransferBuffer = (transferBuffer);              \
        (urb)->UrbControlGetStatusRequest.Index = (index);                                \
        (urb)->UrbControlGetStatusRequest.UrbLink = (link);                               \
    } while (0)

#define UsbBuildFeatureRequest(urb, op, featureSelector, index, link)          \
    do {                                                                       \
        (urb)->UrbHeader.Function = (op);                                      \
        (urb)->UrbHeader.Length = sizeof(struct _URB_CONTROL_FEATURE_REQUEST); \
        (urb)->UrbControlFeatureRequest.FeatureSelector = (featureSelector);   \
        (urb)->UrbControlFeatureRequest.Index = (index);                       \
        (urb)->UrbControlFeatureRequest.UrbLink = (link);                      \
    } while (0)

#define UsbBuildVendorRequest(urb, cmd, length, transferFlags, reservedbits, request, value,  \
                              index, transferBuffer, transferBufferMDL, transferBufferLength, \
                              link)                                                           \
    do {                                                                                      \
        (urb)->UrbHeader.Function = (cmd);                                                    \
        (urb)->UrbHeader.Length = (length);                                                   \
        (urb)->UrbControlVendorClassRequest.TransferBufferLength = (transferBufferLength);    \
        (urb)->UrbControlVendorClassRequest.TransferBufferMDL = (transferBufferMDL);          \
        (urb)->UrbControlVendorClassRequest.TransferBuffer = (transferBuffer);                \
        (urb)->UrbControlVendorClassRequest.RequestTypeReservedBits = (reservedbits);         \
        (urb)->UrbControlVendorClassRequest.Request = (request);                              \
        (urb)->UrbControlVendorClassRequest.Value = (value);                                  \
        (urb)->UrbControlVendorClassRequest.Index = (index);                                  \
        (urb)->UrbControlVendorClassRequest.TransferFlags = (transferFlags);                  \
        (urb)->UrbControlVendorClassRequest.UrbLink = (link);                                 \
    } while (0)

#define UsbBuildOsFeatureDescriptorRequest(urb, length, interface, index, transferBuffer,   \
                                           transferBufferMDL, transferBufferLength, link)   \
    do {                                                                                    \
        (urb)->UrbHeader.Function = URB_FUNCTION_GET_MS_FEATURE_DESCRIPTOR;                 \
        (urb)->UrbHeader.Length = (length);                                                 \
        (urb)->UrbOSFeatureDescriptorRequest.TransferBufferLength = (transferBufferLength); \
        (urb)->UrbOSFeatureDescriptorRequest.TransferBufferMDL = (transferBufferMDL);       \
        (urb)->UrbOSFeatureDescriptorRequest.TransferBuffer = (transferBuffer);             \
        (urb)->UrbOSFeatureDescriptorRequest.InterfaceNumber = (interface);                 \
        (urb)->UrbOSFeatureDescriptorRequest.MS_FeatureDescriptorIndex = (index);           \
        (urb)->UrbOSFeatureDescriptorRequest.UrbLink = (link);                              \
    } while (0)

#define UsbBuildSelectConfigurationRequest(urb, length, configurationDescriptor)           \
    do {                                                                                   \
        (urb)->UrbHeader.Function = URB_FUNCTION_SELECT_CONFIGURATION;                     \
        (urb)->UrbHeader.Length = (length);                                                \
        (urb)->UrbSelectConfiguration.ConfigurationDescriptor = (configurationDescriptor); \
    } while (0)

#define UsbBuildSelectInterfaceRequest(urb, length, configurationHandle, interfaceNumber, \
                                       alternateSetting)                                  \
    do {                                                                                  \
        (urb)->UrbHeader.Function = URB_FUNCTION_SELECT_INTERFACE;                        \
        (urb)->UrbHeader.Length = (length);                                               \
        (urb)->UrbSelectInterface.Interface.AlternateSetting = (alternateSetting);        \
        (urb)->UrbSelectInterface.Interface.InterfaceNumber = (interfaceNumber);          \
        (urb)->UrbSelectInterface.ConfigurationHandle = (configurationHandle);            \
    } while (0)

/* ---- descriptors ---- */

/* USBD_ParseDescriptors: the first descriptor of that type at or behind a place.
 *   Returns  it, or NULL: there is none
 *   IRQL     any
 *   Source   usbdlib/nf-usbdlib-usbd_parsedescriptors
 */
NTKERNELAPI PUSB_COMMON_DESCRIPTOR USBD_ParseDescriptors(PVOID DescriptorBuffer, ULONG TotalLength,
                                                         PVOID StartPosition, LONG DescriptorType);

/* USBD_ParseConfigurationDescriptorEx: the first interface descriptor at or behind a place that fits;
 * -1 fits all.
 *   Returns  it, or NULL: there is none
 *   IRQL     any
 *   Source   usbdlib/nf-usbdlib-usbd_parseconfigurationdescriptorex
 */
NTKERNELAPI PUSB_INTERFACE_DESCRIPTOR USBD_ParseConfigurationDescriptorEx(
    PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor, PVOID StartPosition,
    LONG InterfaceNumber, LONG AlternateSetting, LONG InterfaceClass, LONG InterfaceSubClass,
    LONG InterfaceProtocol);

/* USBD_ParseConfigurationDescriptor: the descriptor of one setting of one interface.
 *   Returns  it, or NULL: there is none
 *   IRQL     any
 *   Source   usbdlib/nf-usbdlib-usbd_parseconfigurationdescriptor
 */
NTKERNELAPI PUSB_INTERFACE_DESCRIPTOR
USBD_ParseConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                  UCHAR InterfaceNumber, UCHAR AlternateSetting);

/* USBD_ValidateConfigurationDescriptor: is it well formed?
 *   Level            1: it, its length and its interfaces; 2: also numbers of interfaces and
 *                    endpoints; 3: also endpoint addresses
 *   Offset           what is wrong, or NULL
 *   Returns          USBD_STATUS_SUCCESS; one of USBD_STATUS_BAD_...
 *   IRQL             any
 *   Source           usbdlib/nf-usbdlib-usbd_validateconfigurationdescriptor
 */
NTKERNELAPI USBD_STATUS
USBD_ValidateConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigDesc, ULONG BufferLength,
                                     USHORT Level, PUCHAR *Offset, ULONG Tag);

/* USBD_GetInterfaceLength: bytes of an interface descriptor with its endpoints and whatever else
 * belongs to it.   IRQL any   Source   usbdlib/nf-usbdlib-usbd_getinterfacelength
 */
NTKERNELAPI ULONG USBD_GetInterfaceLength(PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor,
                                          PUCHAR BufferEnd);

/* USBD_CreateConfigurationRequestEx: an URB that selects the settings in the list, which is told where
 * each of them stands in it. The caller frees it by ExFreePool.
 *   Returns  NULL: no memory, or a setting of the list is not in the configuration
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_createconfigurationrequestex
 */
NTKERNELAPI PURB
USBD_CreateConfigurationRequestEx(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                  PUSBD_INTERFACE_LIST_ENTRY InterfaceList);

/* USBD_CreateConfigurationRequest: the same for setting 0 of each interface.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_createconfigurationrequest
 */
NTKERNELAPI PURB
USBD_CreateConfigurationRequest(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor, PUSHORT Siz);

/* USBD_GetUSBDIVersion: of this interface.
 *   IRQL     any
 *   Source   usbdlib/nf-usbdlib-usbd_getusbdiversion
 */
NTKERNELAPI VOID USBD_GetUSBDIVersion(PUSBD_VERSION_INFORMATION VersionInformation);

/* ---- a client's registration, and URBs made for it ---- */

/* USBD_CreateHandle: register a client driver with the stack below it.
 *   Returns  STATUS_INVALID_PARAMETER (NULL, or the version); STATUS_INSUFFICIENT_RESOURCES;
 *            STATUS_NOT_SUPPORTED: no USB device is below
 *   IRQL     PASSIVE_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_createhandle
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    USBD_CreateHandle(PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT TargetDeviceObject,
                      ULONG USBDClientContractVersion, ULONG PoolTag, USBD_HANDLE *USBDHandle);

/* USBD_CloseHandle: its URBs have been freed.
 *   IRQL     PASSIVE_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_closehandle
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID USBD_CloseHandle(USBD_HANDLE USBDHandle);

/* USBD_UrbAllocate, USBD_IsochUrbAllocate: a zeroed URB; freed by USBD_UrbFree.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_PARAMETER
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_urballocate, -usbd_isochurballocate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    USBD_UrbAllocate(USBD_HANDLE USBDHandle, PURB *Urb);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    USBD_IsochUrbAllocate(USBD_HANDLE USBDHandle, ULONG NumberOfIsochPacket, PURB *Urb);

/* USBD_UrbFree: it is not under way.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_urbfree
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID USBD_UrbFree(USBD_HANDLE USBDHandle, PURB Urb);

/* USBD_AssignUrbToIoStackLocation: an URB of this handle's becomes the location's Argument1.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_assignurbtoiostacklocation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    USBD_AssignUrbToIoStackLocation(USBD_HANDLE USBDHandle, PIO_STACK_LOCATION IoStackLocation,
                                    PURB Urb);

/* USBD_SelectConfigUrbAllocateAndBuild: as USBD_CreateConfigurationRequestEx; freed by USBD_UrbFree.
 * USBD_SelectInterfaceUrbAllocateAndBuild: an URB that selects one setting.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_selectconfigurballocateandbuild,
 *            -usbd_selectinterfaceurballocateandbuild
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    USBD_SelectConfigUrbAllocateAndBuild(USBD_HANDLE USBDHandle,
                                         PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                         PUSBD_INTERFACE_LIST_ENTRY InterfaceList, PURB *Urb);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    USBD_SelectInterfaceUrbAllocateAndBuild(USBD_HANDLE USBDHandle,
                                            USBD_CONFIGURATION_HANDLE ConfigurationHandle,
                                            PUSBD_INTERFACE_LIST_ENTRY InterfaceListEntry,
                                            PURB *Urb);

/* USBD_QueryUsbCapability: what the stack below can do.
 *   Returns  STATUS_SUCCESS: it can; STATUS_NOT_SUPPORTED; STATUS_INVALID_PARAMETER;
 *            STATUS_NOT_IMPLEMENTED: nobody knows that capability
 *   IRQL     PASSIVE_LEVEL
 *   Source   usbdlib/nf-usbdlib-usbd_queryusbcapability
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    USBD_QueryUsbCapability(USBD_HANDLE USBDHandle, CONST GUID *CapabilityType,
                            ULONG OutputBufferLength, PUCHAR OutputBuffer, PULONG ResultLength);

#ifdef __cplusplus
}
#endif
