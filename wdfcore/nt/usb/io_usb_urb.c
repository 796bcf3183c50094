/* io_usb_urb.c - what URBs say: the control transfers that functions stand for, configurations and
 * settings, handles of pipes.
 */
#include <string.h>

#include "nt/time/ke_timer.h"
#include "nt/usb/io_usb.h"

#define FRAME_100NS 10000u

/* Handles are values that no pointer has: kind, generation, number. */
#define PIPE_HANDLE          0xE05B000000000000ull
#define CONFIGURATION_HANDLE 0xC05B000000000000ull
#define INTERFACE_HANDLE     0x105B000000000000ull

#define TRANSFER_MOST 0x400000u /* bytes in one transfer */

ULONG io_usb_frame(void)
{
    return (ULONG)(ke_clock_now_100ns() / FRAME_100NS);
}

/* ---- handles ---- */

static USBD_PIPE_HANDLE pipe_handle(const struct hal_usb_endpoint *endpoint)
{
    return (USBD_PIPE_HANDLE)(uintptr_t)(PIPE_HANDLE | (uint64_t)endpoint->generation << 8 |
                                         endpoint->number);
}

struct hal_usb_endpoint *io_usb_endpoint(struct io_usb *port, USBD_PIPE_HANDLE handle)
{
    struct hal_usb_endpoint *endpoint =
        &port->usb->endpoints[hal_usb_index((unsigned)(uintptr_t)handle & 0xff)];

    return endpoint->open && pipe_handle(endpoint) == handle ? endpoint : NULL;
}

static USBD_CONFIGURATION_HANDLE configuration_handle(const struct hal_usb *usb)
{
    return (USBD_CONFIGURATION_HANDLE)(uintptr_t)(CONFIGURATION_HANDLE |
                                                  (uint64_t)usb->generation << 8 |
                                                  usb->configuration);
}

/* ---- configurations ---- */

/* One interface of a configuration: its block is filled in. false: it is none of the device's, or too
 * small. */
static bool fill_interface(struct io_usb *port, const uint8_t *configuration,
                           PUSBD_INTERFACE_INFORMATION block, size_t room)
{
    struct hal_usb *usb = port->usb;
    const uint8_t *at =
        hal_usb_setting(configuration, block->InterfaceNumber, block->AlternateSetting);
    ULONG endpoints = at != NULL ? at[4] : 0;
    ULONG count = 0;

    if (at == NULL || room < FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes) ||
        block->Length < FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes) +
                            endpoints * sizeof(USBD_PIPE_INFORMATION) ||
        block->Length > room) {
        return false;
    }
    block->Class = at[5];
    block->SubClass = at[6];
    block->Protocol = at[7];
    block->InterfaceHandle =
        (USBD_INTERFACE_HANDLE)(uintptr_t)(INTERFACE_HANDLE | (uint64_t)usb->generation << 16 |
                                           (uint64_t)block->InterfaceNumber << 8 |
                                           block->AlternateSetting);
    while (count < endpoints && (at = hal_usb_next_endpoint(configuration, at)) != NULL) {
        PUSBD_PIPE_INFORMATION pipe = &block->Pipes[count++];
        const struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(at[2])];

        pipe->MaximumPacketSize = endpoint->packet;
        pipe->EndpointAddress = endpoint->number;
        pipe->Interval = endpoint->interval;
        pipe->PipeType = (USBD_PIPE_TYPE)(endpoint->attributes & USB_ENDPOINT_TYPE_MASK);
        pipe->PipeHandle = pipe_handle(endpoint);
        if (pipe->MaximumTransferSize == 0 || pipe->MaximumTransferSize > TRANSFER_MOST) {
            pipe->MaximumTransferSize = TRANSFER_MOST;
        }
    }
    block->NumberOfPipes = count;
    return true;
}

/* Each block of the request, in order: checked first, then selected. */
static USBD_STATUS walk_interfaces(struct io_usb *port, const uint8_t *configuration, PURB urb,
                                   bool select)
{
    char *at = (char *)&urb->UrbSelectConfiguration.Interface;
    char *end = (char *)urb + urb->UrbHeader.Length;

    while (end - at >= (ptrdiff_t)FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes)) {
        PUSBD_INTERFACE_INFORMATION block = (PUSBD_INTERFACE_INFORMATION)(void *)at;

        if (block->Length == 0) { /* the room for pipes of one that has none */
            break;
        }
        if (block->Length < FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes) ||
            block->Length > end - at ||
            hal_usb_setting(configuration, block->InterfaceNumber, block->AlternateSetting) ==
                NULL) {
            return USBD_STATUS_INTERFACE_NOT_FOUND;
        }
        if (select) {
            if (block->AlternateSetting != 0 &&
                !hal_usb_select(port->usb, block->InterfaceNumber, block->AlternateSetting)) {
                return USBD_STATUS_SET_CONFIG_FAILED;
            }
            if (!fill_interface(port, configuration, block, (size_t)(end - at))) {
                return USBD_STATUS_BUFFER_TOO_SMALL;
            }
        }
        at += block->Length;
    }
    return USBD_STATUS_SUCCESS;
}

USBD_STATUS io_usb_select_configuration(struct io_usb *port, PURB urb)
{
    const USB_CONFIGURATION_DESCRIPTOR *wanted =
        urb->UrbSelectConfiguration.ConfigurationDescriptor;
    struct hal_usb *usb = port->usb;
    const uint8_t *configuration;
    USBD_STATUS status;

    if (wanted == NULL) {
        (void)hal_usb_configure(usb, 0);
        urb->UrbSelectConfiguration.ConfigurationHandle = NULL;
        return USBD_STATUS_SUCCESS;
    }
    configuration = hal_usb_configuration(usb, wanted->bConfigurationValue);
    if (configuration == NULL || wanted->bConfigurationValue == 0) {
        return USBD_STATUS_INVALID_CONFIGURATION_DESCRIPTOR;
    }
    status = walk_interfaces(port, configuration, urb, false);
    if (!USBD_SUCCESS(status)) {
        return status;
    }
    if (!hal_usb_configure(usb, wanted->bConfigurationValue)) {
        return USBD_STATUS_SET_CONFIG_FAILED;
    }
    urb->UrbSelectConfiguration.ConfigurationHandle = configuration_handle(usb);
    return walk_interfaces(port, configuration, urb, true);
}

USBD_STATUS io_usb_select_interface(struct io_usb *port, PURB urb)
{
    PUSBD_INTERFACE_INFORMATION block = &urb->UrbSelectInterface.Interface;
    struct hal_usb *usb = port->usb;
    const uint8_t *configuration = hal_usb_configuration(usb, usb->configuration);

    if (usb->configuration == 0 || configuration == NULL ||
        urb->UrbSelectInterface.ConfigurationHandle != configuration_handle(usb)) {
        return USBD_STATUS_INVALID_PARAMETER;
    }
    if (!hal_usb_select(usb, block->InterfaceNumber, block->AlternateSetting)) {
        return USBD_STATUS_INTERFACE_NOT_FOUND;
    }
    return fill_interface(port, configuration, block,
                          (size_t)((char *)urb + urb->UrbHeader.Length - (char *)block))
               ? USBD_STATUS_SUCCESS
               : USBD_STATUS_BUFFER_TOO_SMALL;
}

/* ---- control transfers ---- */

/* Kind of request and recipient of each function; 0xff: another function. */
static uint8_t request_type(USHORT function)
{
    switch (function) {
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE:
    case URB_FUNCTION_GET_STATUS_FROM_DEVICE:
    case URB_FUNCTION_GET_CONFIGURATION:
        return 0x80;
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_INTERFACE:
    case URB_FUNCTION_GET_STATUS_FROM_INTERFACE:
    case URB_FUNCTION_GET_INTERFACE:
        return 0x81;
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_ENDPOINT:
    case URB_FUNCTION_GET_STATUS_FROM_ENDPOINT:
        return 0x82;
    case URB_FUNCTION_GET_STATUS_FROM_OTHER:
        return 0x83;
    case URB_FUNCTION_SET_DESCRIPTOR_TO_DEVICE:
    case URB_FUNCTION_SET_FEATURE_TO_DEVICE:
    case URB_FUNCTION_CLEAR_FEATURE_TO_DEVICE:
        return 0x00;
    case URB_FUNCTION_SET_DESCRIPTOR_TO_INTERFACE:
    case URB_FUNCTION_SET_FEATURE_TO_INTERFACE:
    case URB_FUNCTION_CLEAR_FEATURE_TO_INTERFACE:
        return 0x01;
    case URB_FUNCTION_SET_DESCRIPTOR_TO_ENDPOINT:
    case URB_FUNCTION_SET_FEATURE_TO_ENDPOINT:
    case URB_FUNCTION_CLEAR_FEATURE_TO_ENDPOINT:
        return 0x02;
    case URB_FUNCTION_SET_FEATURE_TO_OTHER:
    case URB_FUNCTION_CLEAR_FEATURE_TO_OTHER:
        return 0x03;
    case URB_FUNCTION_CLASS_DEVICE:
        return 0x20;
    case URB_FUNCTION_CLASS_INTERFACE:
        return 0x21;
    case URB_FUNCTION_CLASS_ENDPOINT:
        return 0x22;
    case URB_FUNCTION_CLASS_OTHER:
        return 0x23;
    case URB_FUNCTION_VENDOR_DEVICE:
        return 0x40;
    case URB_FUNCTION_VENDOR_INTERFACE:
        return 0x41;
    case URB_FUNCTION_VENDOR_ENDPOINT:
        return 0x42;
    case URB_FUNCTION_VENDOR_OTHER:
        return 0x43;
    default:
        return 0xff;
    }
}

static void setup_of_descriptor(const URB *urb, struct wc_usb_setup *setup)
{
    setup->request = (setup->request_type & WC_USB_IN) != 0 ? USB_REQUEST_GET_DESCRIPTOR
                                                            : USB_REQUEST_SET_DESCRIPTOR;
    setup->value = USB_DESCRIPTOR_MAKE_TYPE_AND_INDEX(
        urb->UrbControlDescriptorRequest.DescriptorType, urb->UrbControlDescriptorRequest.Index);
    setup->index = urb->UrbControlDescriptorRequest.LanguageId;
}

static void setup_of_feature(const URB *urb, struct wc_usb_setup *setup)
{
    switch (urb->UrbHeader.Function) {
    case URB_FUNCTION_SET_FEATURE_TO_DEVICE:
    case URB_FUNCTION_SET_FEATURE_TO_INTERFACE:
    case URB_FUNCTION_SET_FEATURE_TO_ENDPOINT:
    case URB_FUNCTION_SET_FEATURE_TO_OTHER:
        setup->request = USB_REQUEST_SET_FEATURE;
        break;
    default:
        setup->request = USB_REQUEST_CLEAR_FEATURE;
        break;
    }
    setup->value = urb->UrbControlFeatureRequest.FeatureSelector;
    setup->index = urb->UrbControlFeatureRequest.Index;
}

/* The function's own fields. false: it has no data. */
static bool setup_fields(const URB *urb, struct wc_usb_setup *setup)
{
    switch (urb->UrbHeader.Function) {
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE:
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_INTERFACE:
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_ENDPOINT:
    case URB_FUNCTION_SET_DESCRIPTOR_TO_DEVICE:
    case URB_FUNCTION_SET_DESCRIPTOR_TO_INTERFACE:
    case URB_FUNCTION_SET_DESCRIPTOR_TO_ENDPOINT:
        setup_of_descriptor(urb, setup);
        return true;
    case URB_FUNCTION_GET_STATUS_FROM_DEVICE:
    case URB_FUNCTION_GET_STATUS_FROM_INTERFACE:
    case URB_FUNCTION_GET_STATUS_FROM_ENDPOINT:
    case URB_FUNCTION_GET_STATUS_FROM_OTHER:
        setup->request = USB_REQUEST_GET_STATUS;
        setup->index = urb->UrbControlGetStatusRequest.Index;
        return true;
    case URB_FUNCTION_GET_CONFIGURATION:
        setup->request = USB_REQUEST_GET_CONFIGURATION;
        return true;
    case URB_FUNCTION_GET_INTERFACE:
        setup->request = USB_REQUEST_GET_INTERFACE;
        setup->index = urb->UrbControlGetInterfaceRequest.Interface;
        return true;
    default:
        break;
    }
    if ((setup->request_type & 0x60) == 0) {
        setup_of_feature(urb, setup);
        return false;
    }
    setup->request = urb->UrbControlVendorClassRequest.Request;
    setup->value = urb->UrbControlVendorClassRequest.Value;
    setup->index = urb->UrbControlVendorClassRequest.Index;
    if ((urb->UrbControlVendorClassRequest.TransferFlags & USBD_TRANSFER_DIRECTION_IN) != 0) {
        setup->request_type |= WC_USB_IN;
    }
    return true;
}

/* A setup packet of the driver's own. TransferFlags up to the MDL stand where they do in the others. */
static void setup_of_packet(PURB urb, struct wc_usb_setup *setup)
{
    const UCHAR *packet = urb->UrbHeader.Function == URB_FUNCTION_CONTROL_TRANSFER
                              ? urb->UrbControlTransfer.SetupPacket
                              : urb->UrbControlTransferEx.SetupPacket;

    setup->request_type = packet[0];
    setup->request = packet[1];
    setup->value = (uint16_t)(packet[2] | packet[3] << 8);
    setup->index = (uint16_t)(packet[4] | packet[5] << 8);
}

bool io_usb_setup(PURB urb, struct wc_usb_setup *setup, void **data, size_t *length, PULONG *moved)
{
    /* The fields of data stand at the same place in all of these. */
    struct _URB_CONTROL_TRANSFER *block = &urb->UrbControlTransfer;
    bool has_data = true;

    C_ASSERT(FIELD_OFFSET(URB, UrbControlTransfer.TransferBufferMDL) ==
             FIELD_OFFSET(URB, UrbControlVendorClassRequest.TransferBufferMDL));
    C_ASSERT(FIELD_OFFSET(URB, UrbControlTransfer.TransferBufferLength) ==
             FIELD_OFFSET(URB, UrbControlDescriptorRequest.TransferBufferLength));
    C_ASSERT(FIELD_OFFSET(URB, UrbControlTransfer.TransferBufferMDL) ==
             FIELD_OFFSET(URB, UrbControlTransferEx.TransferBufferMDL));
    memset(setup, 0, sizeof(*setup));
    if (urb->UrbHeader.Function == URB_FUNCTION_CONTROL_TRANSFER ||
        urb->UrbHeader.Function == URB_FUNCTION_CONTROL_TRANSFER_EX) {
        setup_of_packet(urb, setup);
    } else {
        setup->request_type = request_type(urb->UrbHeader.Function);
        if (setup->request_type == 0xff) {
            return false;
        }
        has_data = setup_fields(urb, setup);
    }
    if (has_data) {
        *length = block->TransferBufferLength;
        *data = io_usb_buffer(block->TransferBuffer, block->TransferBufferMDL);
        *moved = &block->TransferBufferLength;
    }
    setup->length = (uint16_t)*length;
    return true;
}
