/* wdfusb.h - USB targets; wdf.h does not include it.
 */
#pragma once

#include <usb.h>
#include <wdfiotarget.h>
#include <wdfrequest.h>

WDF_EXTERN_C_START

typedef enum _WDF_USB_REQUEST_TYPE {
    WdfUsbRequestTypeInvalid = 0,
    WdfUsbRequestTypeNoFormat,
    WdfUsbRequestTypeDeviceString,
    WdfUsbRequestTypeDeviceControlTransfer,
    WdfUsbRequestTypeDeviceUrb,
    WdfUsbRequestTypePipeWrite,
    WdfUsbRequestTypePipeRead,
    WdfUsbRequestTypePipeAbort,
    WdfUsbRequestTypePipeReset,
    WdfUsbRequestTypePipeUrb,
} WDF_USB_REQUEST_TYPE,
    *PWDF_USB_REQUEST_TYPE;

typedef enum _WDF_USB_BMREQUEST_DIRECTION {
    BmRequestHostToDevice = BMREQUEST_HOST_TO_DEVICE,
    BmRequestDeviceToHost = BMREQUEST_DEVICE_TO_HOST,
} WDF_USB_BMREQUEST_DIRECTION;

typedef enum _WDF_USB_BMREQUEST_TYPE {
    BmRequestStandard = BMREQUEST_STANDARD,
    BmRequestClass = BMREQUEST_CLASS,
    BmRequestVendor = BMREQUEST_VENDOR,
} WDF_USB_BMREQUEST_TYPE;

typedef enum _WDF_USB_BMREQUEST_RECIPIENT {
    BmRequestToDevice = BMREQUEST_TO_DEVICE,
    BmRequestToInterface = BMREQUEST_TO_INTERFACE,
    BmRequestToEndpoint = BMREQUEST_TO_ENDPOINT,
    BmRequestToOther = BMREQUEST_TO_OTHER,
} WDF_USB_BMREQUEST_RECIPIENT;

typedef enum _WDF_USB_PIPE_TYPE {
    WdfUsbPipeTypeInvalid = 0,
    WdfUsbPipeTypeControl,
    WdfUsbPipeTypeIsochronous,
    WdfUsbPipeTypeBulk,
    WdfUsbPipeTypeInterrupt,
} WDF_USB_PIPE_TYPE;

typedef enum _WdfUsbTargetDeviceSelectConfigType {
    WdfUsbTargetDeviceSelectConfigTypeInvalid = 0,
    WdfUsbTargetDeviceSelectConfigTypeDeconfig = 1,
    WdfUsbTargetDeviceSelectConfigTypeSingleInterface = 2,
    WdfUsbTargetDeviceSelectConfigTypeMultiInterface = 3,
    WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs = 4,
    WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor = 5,
    WdfUsbTargetDeviceSelectConfigTypeUrb = 6,
} WdfUsbTargetDeviceSelectConfigType;

typedef enum _WdfUsbTargetDeviceSelectSettingType {
    WdfUsbInterfaceSelectSettingTypeDescriptor = 0x10,
    WdfUsbInterfaceSelectSettingTypeSetting = 0x11,
    WdfUsbInterfaceSelectSettingTypeUrb = 0x12,
} WdfUsbTargetDeviceSelectSettingType;

typedef enum _WDF_USB_DEVICE_TRAITS {
    WDF_USB_DEVICE_TRAIT_SELF_POWERED = 0x00000001,
    WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE = 0x00000002,
    WDF_USB_DEVICE_TRAIT_AT_HIGH_SPEED = 0x00000004,
} WDF_USB_DEVICE_TRAITS;

typedef union _WDF_USB_CONTROL_SETUP_PACKET {
    struct {
        union {
            struct {
                BYTE Recipient : 2;
                BYTE Reserved : 3;
                BYTE Type : 2;
                BYTE Dir : 1;
            } Request;
            BYTE Byte;
        } bm;
        BYTE bRequest;
        union {
            struct {
                BYTE LowByte;
                BYTE HiByte;
            } Bytes;
            USHORT Value;
        } wValue;
        union {
            struct {
                BYTE LowByte;
                BYTE HiByte;
            } Bytes;
            USHORT Value;
        } wIndex;
        USHORT wLength;
    } Packet;
    struct {
        BYTE Bytes[8];
    } Generic;
} WDF_USB_CONTROL_SETUP_PACKET, *PWDF_USB_CONTROL_SETUP_PACKET;

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                   WDF_USB_BMREQUEST_DIRECTION Direction,
                                                   WDF_USB_BMREQUEST_RECIPIENT Recipient,
                                                   BYTE Request, USHORT Value, USHORT Index)
{
    RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
    Packet->Packet.bm.Request.Dir = (BYTE)Direction;
    Packet->Packet.bm.Request.Type = (BYTE)BmRequestStandard;
    Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
    Packet->Packet.bRequest = Request;
    Packet->Packet.wValue.Value = Value;
    Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_CLASS(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                         WDF_USB_BMREQUEST_DIRECTION Direction,
                                                         WDF_USB_BMREQUEST_RECIPIENT Recipient,
                                                         BYTE Request, USHORT Value, USHORT Index)
{
    RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
    Packet->Packet.bm.Request.Dir = (BYTE)Direction;
    Packet->Packet.bm.Request.Type = (BYTE)BmRequestClass;
    Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
    Packet->Packet.bRequest = Request;
    Packet->Packet.wValue.Value = Value;
    Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                          WDF_USB_BMREQUEST_DIRECTION Direction,
                                                          WDF_USB_BMREQUEST_RECIPIENT Recipient,
                                                          BYTE Request, USHORT Value, USHORT Index)
{
    RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
    Packet->Packet.bm.Request.Dir = (BYTE)Direction;
    Packet->Packet.bm.Request.Type = (BYTE)BmRequestVendor;
    Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
    Packet->Packet.bRequest = Request;
    Packet->Packet.wValue.Value = Value;
    Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_FEATURE(
    PWDF_USB_CONTROL_SETUP_PACKET Packet, WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient,
    USHORT FeatureSelector, USHORT Index, BOOLEAN SetFeature)
{
    WDF_USB_CONTROL_SETUP_PACKET_INIT(Packet, BmRequestHostToDevice, BmRequestRecipient,
                                      SetFeature ? 3 : 1, FeatureSelector, Index);
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_GET_STATUS(
    PWDF_USB_CONTROL_SETUP_PACKET Packet, WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient,
    USHORT Index)
{
    WDF_USB_CONTROL_SETUP_PACKET_INIT(Packet, BmRequestDeviceToHost, BmRequestRecipient, 0, 0,
                                      Index);
}

typedef struct _WDF_USB_REQUEST_COMPLETION_PARAMS {
    USBD_STATUS UsbdStatus;
    WDF_USB_REQUEST_TYPE Type;
    union {
        struct {
            WDFMEMORY Buffer;
            USHORT LangID;
            UCHAR StringIndex;
            UCHAR RequiredSize;
        } DeviceString;
        struct {
            WDFMEMORY Buffer;
            WDF_USB_CONTROL_SETUP_PACKET SetupPacket;
            ULONG Length;
        } DeviceControlTransfer;
        struct {
            WDFMEMORY Buffer;
        } DeviceUrb;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } PipeWrite;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } PipeRead;
        struct {
            WDFMEMORY Buffer;
        } PipeUrb;
    } Parameters;
} WDF_USB_REQUEST_COMPLETION_PARAMS, *PWDF_USB_REQUEST_COMPLETION_PARAMS;

/* IRQL: <= DISPATCH_LEVEL. */
typedef VOID EVT_WDF_USB_READER_COMPLETION_ROUTINE(WDFUSBPIPE Pipe, WDFMEMORY Buffer,
                                                   size_t NumBytesTransferred, WDFCONTEXT Context);
typedef EVT_WDF_USB_READER_COMPLETION_ROUTINE *PFN_WDF_USB_READER_COMPLETION_ROUTINE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef BOOLEAN EVT_WDF_USB_READERS_FAILED(WDFUSBPIPE Pipe, NTSTATUS Status,
                                           USBD_STATUS UsbdStatus);
typedef EVT_WDF_USB_READERS_FAILED *PFN_WDF_USB_READERS_FAILED;

typedef struct _WDF_USB_CONTINUOUS_READER_CONFIG {
    ULONG Size;
    size_t TransferLength;
    size_t HeaderLength;
    size_t TrailerLength;
    UCHAR NumPendingReads;
    PWDF_OBJECT_ATTRIBUTES BufferAttributes;
    PFN_WDF_USB_READER_COMPLETION_ROUTINE EvtUsbTargetPipeReadComplete;
    WDFCONTEXT EvtUsbTargetPipeReadCompleteContext;
    PFN_WDF_USB_READERS_FAILED EvtUsbTargetPipeReadersFailed;
} WDF_USB_CONTINUOUS_READER_CONFIG, *PWDF_USB_CONTINUOUS_READER_CONFIG;

FORCEINLINE VOID WDF_USB_CONTINUOUS_READER_CONFIG_INIT(
    PWDF_USB_CONTINUOUS_READER_CONFIG Config,
    PFN_WDF_USB_READER_COMPLETION_ROUTINE EvtUsbTargetPipeReadComplete,
    WDFCONTEXT EvtUsbTargetPipeReadCompleteContext, size_t TransferLength)
{
    RtlZeroMemory(Config, sizeof(WDF_USB_CONTINUOUS_READER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_USB_CONTINUOUS_READER_CONFIG);
    Config->EvtUsbTargetPipeReadComplete = EvtUsbTargetPipeReadComplete;
    Config->EvtUsbTargetPipeReadCompleteContext = EvtUsbTargetPipeReadCompleteContext;
    Config->TransferLength = TransferLength;
}

FORCEINLINE WDFIOTARGET WdfUsbTargetDeviceGetIoTarget(WDFUSBDEVICE UsbDevice)
{
    return (WDFIOTARGET)UsbDevice;
}

typedef struct _WDF_USB_DEVICE_INFORMATION {
    ULONG Size;
    USBD_VERSION_INFORMATION UsbdVersionInformation;
    ULONG HcdPortCapabilities;
    ULONG Traits;
} WDF_USB_DEVICE_INFORMATION, *PWDF_USB_DEVICE_INFORMATION;

FORCEINLINE VOID WDF_USB_DEVICE_INFORMATION_INIT(PWDF_USB_DEVICE_INFORMATION Udi)
{
    RtlZeroMemory(Udi, sizeof(WDF_USB_DEVICE_INFORMATION));
    Udi->Size = (ULONG)sizeof(WDF_USB_DEVICE_INFORMATION);
}

typedef struct _WDF_USB_INTERFACE_SETTING_PAIR {
    WDFUSBINTERFACE UsbInterface;
    UCHAR SettingIndex;
} WDF_USB_INTERFACE_SETTING_PAIR, *PWDF_USB_INTERFACE_SETTING_PAIR;

typedef struct _WDF_USB_DEVICE_SELECT_CONFIG_PARAMS {
    ULONG Size;
    WdfUsbTargetDeviceSelectConfigType Type;
    union {
        struct {
            PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor;
            PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptors;
            ULONG NumInterfaceDescriptors;
        } Descriptor;
        struct {
            PURB Urb;
        } Urb;
        struct {
            UCHAR NumberConfiguredPipes;
            WDFUSBINTERFACE ConfiguredUsbInterface;
        } SingleInterface;
        struct {
            UCHAR NumberInterfaces;
            PWDF_USB_INTERFACE_SETTING_PAIR Pairs;
            UCHAR NumberOfConfiguredInterfaces;
        } MultiInterface;
    } Types;
} WDF_USB_DEVICE_SELECT_CONFIG_PARAMS, *PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS;

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS);
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeSingleInterface;
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, UCHAR NumberInterfaces,
    PWDF_USB_INTERFACE_SETTING_PAIR SettingPairs)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = (ULONG)sizeof(*Params);
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeMultiInterface;
    if (SettingPairs != NULL && NumberInterfaces != 0) {
        Params->Type = WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs;
        Params->Types.MultiInterface.NumberInterfaces = NumberInterfaces;
        Params->Types.MultiInterface.Pairs = SettingPairs;
    }
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_INTERFACES_DESCRIPTORS(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, PUSB_CONFIGURATION_DESCRIPTOR ConfigDescriptor,
    PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptors, ULONG NumInterfaceDescriptors)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS);
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor;
    Params->Types.Descriptor.ConfigurationDescriptor = ConfigDescriptor;
    Params->Types.Descriptor.InterfaceDescriptors = InterfaceDescriptors;
    Params->Types.Descriptor.NumInterfaceDescriptors = NumInterfaceDescriptors;
}

FORCEINLINE VOID
WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_URB(PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, PURB Urb)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS);
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeUrb;
    Params->Types.Urb.Urb = Urb;
}

FORCEINLINE VOID
WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_DEVICE_SELECT_CONFIG_PARAMS);
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeDeconfig;
}

typedef struct _WDF_USB_INTERFACE_SELECT_SETTING_PARAMS {
    ULONG Size;
    WdfUsbTargetDeviceSelectSettingType Type;
    union {
        struct {
            PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor;
        } Descriptor;
        struct {
            UCHAR SettingIndex;
        } Interface;
        struct {
            PURB Urb;
        } Urb;
    } Types;
} WDF_USB_INTERFACE_SELECT_SETTING_PARAMS, *PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS;

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_DESCRIPTOR(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, PUSB_INTERFACE_DESCRIPTOR Interface)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS);
    Params->Type = WdfUsbInterfaceSelectSettingTypeDescriptor;
    Params->Types.Descriptor.InterfaceDescriptor = Interface;
}

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_URB(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, PURB Urb)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS);
    Params->Type = WdfUsbInterfaceSelectSettingTypeUrb;
    Params->Types.Urb.Urb = Urb;
}

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, UCHAR SettingIndex)
{
    RtlZeroMemory(Params, sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_USB_INTERFACE_SELECT_SETTING_PARAMS);
    Params->Type = WdfUsbInterfaceSelectSettingTypeSetting;
    Params->Types.Interface.SettingIndex = SettingIndex;
}

FORCEINLINE WDFIOTARGET WdfUsbTargetPipeGetIoTarget(WDFUSBPIPE Pipe)
{
    return (WDFIOTARGET)Pipe;
}

typedef struct _WDF_USB_PIPE_INFORMATION {
    ULONG Size;
    ULONG MaximumPacketSize;
    UCHAR EndpointAddress;
    UCHAR Interval;
    UCHAR SettingIndex;
    WDF_USB_PIPE_TYPE PipeType;
    ULONG MaximumTransferSize;
} WDF_USB_PIPE_INFORMATION, *PWDF_USB_PIPE_INFORMATION;

FORCEINLINE VOID WDF_USB_PIPE_INFORMATION_INIT(PWDF_USB_PIPE_INFORMATION Info)
{
    RtlZeroMemory(Info, sizeof(WDF_USB_PIPE_INFORMATION));
    Info->Size = (ULONG)sizeof(WDF_USB_PIPE_INFORMATION);
}

FORCEINLINE BOOLEAN WDF_USB_PIPE_DIRECTION_IN(UCHAR EndpointAddress)
{
    return (EndpointAddress & 0x80) != 0 ? TRUE : FALSE;
}

FORCEINLINE BOOLEAN WDF_USB_PIPE_DIRECTION_OUT(UCHAR EndpointAddress)
{
    return (EndpointAddress & 0x80) == 0 ? TRUE : FALSE;
}

typedef struct _WDF_USB_DEVICE_CREATE_CONFIG {
    ULONG Size;
    ULONG USBDClientContractVersion;
} WDF_USB_DEVICE_CREATE_CONFIG, *PWDF_USB_DEVICE_CREATE_CONFIG;

FORCEINLINE VOID WDF_USB_DEVICE_CREATE_CONFIG_INIT(PWDF_USB_DEVICE_CREATE_CONFIG Config,
                                                   ULONG USBDClientContractVersion)
{
    RtlZeroMemory(Config, sizeof(WDF_USB_DEVICE_CREATE_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_USB_DEVICE_CREATE_CONFIG);
    Config->USBDClientContractVersion = USBDClientContractVersion;
}

/* WdfUsbTargetDeviceCreate: make the USB device object of a function driver.
 *   Returns  STATUS_INVALID_PARAMETER; statuses of attributes; the failure of what the bus was asked
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicecreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceCreate(WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES Attributes,
                             WDFUSBDEVICE *UsbDevice);

/* WdfUsbTargetDeviceCreateWithParameters: the same with a client contract version.
 *   Returns  STATUS_INVALID_PARAMETER; statuses of attributes; the failure of what the bus was asked
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicecreatewithparameters
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceCreateWithParameters(WDFDEVICE Device, PWDF_USB_DEVICE_CREATE_CONFIG Config,
                                           PWDF_OBJECT_ATTRIBUTES Attributes,
                                           WDFUSBDEVICE *UsbDevice);

/* WdfUsbTargetDeviceRetrieveInformation: speed, traits and version of the device's bus.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceretrieveinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceRetrieveInformation(WDFUSBDEVICE UsbDevice,
                                          PWDF_USB_DEVICE_INFORMATION Information);

/* WdfUsbTargetDeviceGetDeviceDescriptor: the device descriptor.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicegetdevicedescriptor
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfUsbTargetDeviceGetDeviceDescriptor(WDFUSBDEVICE UsbDevice,
                                          PUSB_DEVICE_DESCRIPTOR UsbDeviceDescriptor);

/* WdfUsbTargetDeviceRetrieveConfigDescriptor: the configuration descriptor.
 *   Returns  STATUS_BUFFER_TOO_SMALL with the length; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceretrieveconfigdescriptor
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceRetrieveConfigDescriptor(WDFUSBDEVICE UsbDevice, PVOID ConfigDescriptor,
                                               PUSHORT ConfigDescriptorLength);

/* WdfUsbTargetDeviceQueryString: a string descriptor into the caller's buffer.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicequerystring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceQueryString(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                  PWDF_REQUEST_SEND_OPTIONS RequestOptions, PUSHORT String,
                                  PUSHORT NumCharacters, UCHAR StringIndex, USHORT LangID);

/* WdfUsbTargetDeviceAllocAndQueryString: a string descriptor into a new memory object.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceallocandquerystring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceAllocAndQueryString(WDFUSBDEVICE UsbDevice,
                                          PWDF_OBJECT_ATTRIBUTES StringMemoryAttributes,
                                          WDFMEMORY *StringMemory, PUSHORT NumCharacters,
                                          UCHAR StringIndex, USHORT LangID);

/* WdfUsbTargetDeviceFormatRequestForString: prepare a request for a string descriptor.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceformatrequestforstring
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceFormatRequestForString(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                             WDFMEMORY Memory, PWDFMEMORY_OFFSET Offset,
                                             UCHAR StringIndex, USHORT LangID);

/* WdfUsbTargetDeviceGetNumInterfaces: number of interfaces of the device.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicegetnuminterfaces
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI UCHAR
    WdfUsbTargetDeviceGetNumInterfaces(WDFUSBDEVICE UsbDevice);

/* WdfUsbTargetDeviceSelectConfig: select a configuration.
 *   Returns  STATUS_INVALID_PARAMETER; the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceselectconfig
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceSelectConfig(WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES PipeAttributes,
                                   PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params);

/* WdfUsbTargetDeviceWdmGetConfigurationHandle: the bus driver's configuration handle.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicewdmgetconfigurationhandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI USBD_CONFIGURATION_HANDLE
    WdfUsbTargetDeviceWdmGetConfigurationHandle(WDFUSBDEVICE UsbDevice);

/* WdfUsbTargetDeviceRetrieveCurrentFrameNumber: current frame number.
 *   Returns  STATUS_SUCCESS or the bus interface's failure
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceretrievecurrentframenumber
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceRetrieveCurrentFrameNumber(WDFUSBDEVICE UsbDevice, PULONG CurrentFrameNumber);

/* WdfUsbTargetDeviceSendControlTransferSynchronously: send a control transfer and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicesendcontroltransfersynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceSendControlTransferSynchronously(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                                       PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                       PWDF_USB_CONTROL_SETUP_PACKET SetupPacket,
                                                       PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                                       PULONG BytesTransferred);

/* WdfUsbTargetDeviceFormatRequestForControlTransfer: prepare a request for a control transfer.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceformatrequestforcontroltransfer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceFormatRequestForControlTransfer(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                                      PWDF_USB_CONTROL_SETUP_PACKET SetupPacket,
                                                      WDFMEMORY TransferMemory,
                                                      PWDFMEMORY_OFFSET TransferOffset);

/* WdfUsbTargetDeviceIsConnectedSynchronous: is the device still on the bus?
 *   Returns  STATUS_SUCCESS if it is
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceisconnectedsynchronous
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceIsConnectedSynchronous(WDFUSBDEVICE UsbDevice);

/* WdfUsbTargetDeviceResetPortSynchronously: reset the port.
 *   Returns  the bus driver's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceresetportsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceResetPortSynchronously(WDFUSBDEVICE UsbDevice);

/* WdfUsbTargetDeviceCyclePortSynchronously: unplug and plug the device by software.
 *   Returns  the bus driver's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicecycleportsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceCyclePortSynchronously(WDFUSBDEVICE UsbDevice);

/* WdfUsbTargetDeviceFormatRequestForCyclePort: prepare a request to cycle the port.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceformatrequestforcycleport
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceFormatRequestForCyclePort(WDFUSBDEVICE UsbDevice, WDFREQUEST Request);

/* WdfUsbTargetDeviceSendUrbSynchronously: send an URB to the device and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicesendurbsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceSendUrbSynchronously(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                           PWDF_REQUEST_SEND_OPTIONS RequestOptions, PURB Urb);

/* WdfUsbTargetDeviceFormatRequestForUrb: prepare a request for an URB.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdeviceformatrequestforurb
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceFormatRequestForUrb(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                          WDFMEMORY UrbMemory, PWDFMEMORY_OFFSET UrbMemoryOffset);

/* WdfUsbTargetDeviceQueryUsbCapability: ask the host controller for a capability.
 *   Returns  STATUS_NOT_SUPPORTED and other failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicequeryusbcapability
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceQueryUsbCapability(WDFUSBDEVICE UsbDevice, CONST GUID *CapabilityType,
                                         ULONG CapabilityBufferLength, PVOID CapabilityBuffer,
                                         PULONG ResultLength);

/* WdfUsbTargetDeviceCreateUrb: allocate an URB as a memory object.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicecreateurb
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceCreateUrb(WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES Attributes,
                                WDFMEMORY *UrbMemory, PURB *Urb);

/* WdfUsbTargetDeviceCreateIsochUrb: allocate an isochronous URB as a memory object.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicecreateisochurb
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetDeviceCreateIsochUrb(WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES Attributes,
                                     ULONG NumberOfIsochPackets, WDFMEMORY *UrbMemory, PURB *Urb);

/* WdfUsbTargetPipeGetInformation: what the pipe is.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipegetinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfUsbTargetPipeGetInformation(WDFUSBPIPE Pipe, PWDF_USB_PIPE_INFORMATION PipeInformation);

/* WdfUsbTargetPipeIsInEndpoint: does the pipe read?
 *   Returns  TRUE or FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeisinendpoint
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfUsbTargetPipeIsInEndpoint(WDFUSBPIPE Pipe);

/* WdfUsbTargetPipeIsOutEndpoint: does the pipe write?
 *   Returns  TRUE or FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeisoutendpoint
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN WdfUsbTargetPipeIsOutEndpoint(WDFUSBPIPE Pipe);

/* WdfUsbTargetPipeGetType: transfer type of the pipe.
 *   Returns  WDF_USB_PIPE_TYPE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipegettype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_USB_PIPE_TYPE
    WdfUsbTargetPipeGetType(WDFUSBPIPE Pipe);

/* WdfUsbTargetPipeSetNoMaximumPacketSizeCheck: allow reads that are no multiple of the packet
 * size.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipesetnomaximumpacketsizecheck
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfUsbTargetPipeSetNoMaximumPacketSizeCheck(WDFUSBPIPE Pipe);

/* WdfUsbTargetPipeWriteSynchronously: write to the pipe and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipewritesynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeWriteSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                       PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                       PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                       PULONG BytesWritten);

/* WdfUsbTargetPipeFormatRequestForWrite: prepare a request to write to the pipe.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeformatrequestforwrite
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeFormatRequestForWrite(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                          WDFMEMORY WriteMemory, PWDFMEMORY_OFFSET WriteOffset);

/* WdfUsbTargetPipeReadSynchronously: read from the pipe and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipereadsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeReadSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                      PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                      PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PULONG BytesRead);

/* WdfUsbTargetPipeFormatRequestForRead: prepare a request to read from the pipe.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST; STATUS_INVALID_BUFFER_SIZE;
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeformatrequestforread
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeFormatRequestForRead(WDFUSBPIPE Pipe, WDFREQUEST Request, WDFMEMORY ReadMemory,
                                         PWDFMEMORY_OFFSET ReadOffset);

/* WdfUsbTargetPipeConfigContinuousReader: keep reads pending on the pipe.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_REQUEST; STATUS_INVALID_BUFFER_SIZE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeconfigcontinuousreader
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeConfigContinuousReader(WDFUSBPIPE Pipe,
                                           PWDF_USB_CONTINUOUS_READER_CONFIG Config);

/* WdfUsbTargetPipeAbortSynchronously: abort the pipe's transfers and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeabortsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeAbortSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                       PWDF_REQUEST_SEND_OPTIONS RequestOptions);

/* WdfUsbTargetPipeFormatRequestForAbort: prepare a request to abort the pipe.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeformatrequestforabort
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeFormatRequestForAbort(WDFUSBPIPE Pipe, WDFREQUEST Request);

/* WdfUsbTargetPipeResetSynchronously: reset the pipe and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpiperesetsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeResetSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                       PWDF_REQUEST_SEND_OPTIONS RequestOptions);

/* WdfUsbTargetPipeFormatRequestForReset: prepare a request to reset the pipe.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeformatrequestforreset
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeFormatRequestForReset(WDFUSBPIPE Pipe, WDFREQUEST Request);

/* WdfUsbTargetPipeSendUrbSynchronously: send an URB to the pipe and wait.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipesendurbsynchronously
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeSendUrbSynchronously(WDFUSBPIPE Pipe, WDFREQUEST Request,
                                         PWDF_REQUEST_SEND_OPTIONS RequestOptions, PURB Urb);

/* WdfUsbTargetPipeFormatRequestForUrb: prepare a request for an URB.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipeformatrequestforurb
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfUsbTargetPipeFormatRequestForUrb(WDFUSBPIPE PIPE, WDFREQUEST Request, WDFMEMORY UrbMemory,
                                        PWDFMEMORY_OFFSET UrbMemoryOffset);

/* WdfUsbInterfaceGetInterfaceNumber: number of the interface.
 *   Returns  bInterfaceNumber
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetinterfacenumber
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BYTE
    WdfUsbInterfaceGetInterfaceNumber(WDFUSBINTERFACE UsbInterface);

/* WdfUsbInterfaceGetNumEndpoints: endpoints of an alternate setting.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetnumendpoints
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BYTE
    WdfUsbInterfaceGetNumEndpoints(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex);

/* WdfUsbInterfaceGetDescriptor: descriptor of an alternate setting.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetdescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfUsbInterfaceGetDescriptor(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex,
                                 PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor);

/* WdfUsbInterfaceGetNumSettings: alternate settings of the interface.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetnumsettings
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BYTE
    WdfUsbInterfaceGetNumSettings(WDFUSBINTERFACE UsbInterface);

/* WdfUsbInterfaceSelectSetting: select an alternate setting.
 *   Returns  the transfer's status
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfaceselectsetting
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfUsbInterfaceSelectSetting(WDFUSBINTERFACE UsbInterface,
                                 PWDF_OBJECT_ATTRIBUTES PipesAttributes,
                                 PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params);

/* WdfUsbInterfaceGetEndpointInformation: what an endpoint of a setting is.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetendpointinformation
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfUsbInterfaceGetEndpointInformation(WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex,
                                          UCHAR EndpointIndex,
                                          PWDF_USB_PIPE_INFORMATION EndpointInfo);

/* WdfUsbTargetDeviceGetInterface: interface by index.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetdevicegetinterface
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFUSBINTERFACE
    WdfUsbTargetDeviceGetInterface(WDFUSBDEVICE UsbDevice, UCHAR InterfaceIndex);

/* WdfUsbInterfaceGetConfiguredSettingIndex: setting in use.
 *   Returns  index
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetconfiguredsettingindex
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BYTE
    WdfUsbInterfaceGetConfiguredSettingIndex(WDFUSBINTERFACE Interface);

/* WdfUsbInterfaceGetNumConfiguredPipes: pipes of the setting in use.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetnumconfiguredpipes
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BYTE
    WdfUsbInterfaceGetNumConfiguredPipes(WDFUSBINTERFACE UsbInterface);

/* WdfUsbInterfaceGetConfiguredPipe: pipe by index.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbinterfacegetconfiguredpipe
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFUSBPIPE
    WdfUsbInterfaceGetConfiguredPipe(WDFUSBINTERFACE UsbInterface, UCHAR PipeIndex,
                                     PWDF_USB_PIPE_INFORMATION PipeInfo);

/* WdfUsbTargetPipeWdmGetPipeHandle: the bus driver's pipe handle.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfusb/nf-wdfusb-wdfusbtargetpipewdmgetpipehandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI USBD_PIPE_HANDLE
    WdfUsbTargetPipeWdmGetPipeHandle(WDFUSBPIPE UsbPipe);

WDF_EXTERN_C_END
