/* io_usbd_parse.c - the part of usbdlib that reads configuration descriptors. A descriptor whose length
 * would lead out of the buffer, or nowhere, ends the search.
 */
#include <usbdlib.h>

#include <stdbool.h>

#include "nt/ke/ke_api.h"

/* The descriptor at that place, if it lies in the buffer. */
static PUSB_COMMON_DESCRIPTOR descriptor_at(char *at, char *end)
{
    PUSB_COMMON_DESCRIPTOR one = (PUSB_COMMON_DESCRIPTOR)(void *)at;

    return end - at >= (ptrdiff_t)sizeof(*one) && one->bLength >= sizeof(*one) &&
                   one->bLength <= end - at
               ? one
               : NULL;
}

static PUSB_COMMON_DESCRIPTOR find_descriptor(char *at, char *end, LONG type)
{
    PUSB_COMMON_DESCRIPTOR one = descriptor_at(at, end);

    while (one != NULL && one->bDescriptorType != type) {
        one = descriptor_at((char *)one + one->bLength, end);
    }
    return one;
}

static char *configuration_end(PUSB_CONFIGURATION_DESCRIPTOR configuration)
{
    return (char *)configuration + configuration->wTotalLength;
}

PUSB_COMMON_DESCRIPTOR USBD_ParseDescriptors(PVOID DescriptorBuffer, ULONG TotalLength,
                                             PVOID StartPosition, LONG DescriptorType)
{
    char *end = (char *)DescriptorBuffer + TotalLength;

    if (!API(HIGH_LEVEL) || DescriptorBuffer == NULL || StartPosition == NULL ||
        (char *)StartPosition < (char *)DescriptorBuffer || (char *)StartPosition >= end) {
        return NULL;
    }
    return find_descriptor(StartPosition, end, DescriptorType);
}

static bool fits(LONG wanted, UCHAR value)
{
    return wanted == -1 || wanted == value;
}

PUSB_INTERFACE_DESCRIPTOR
USBD_ParseConfigurationDescriptorEx(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                    PVOID StartPosition, LONG InterfaceNumber,
                                    LONG AlternateSetting, LONG InterfaceClass,
                                    LONG InterfaceSubClass, LONG InterfaceProtocol)
{
    char *end;
    PUSB_INTERFACE_DESCRIPTOR one;

    if (!API(HIGH_LEVEL) || ConfigurationDescriptor == NULL || StartPosition == NULL) {
        return NULL;
    }
    end = configuration_end(ConfigurationDescriptor);
    one = (PUSB_INTERFACE_DESCRIPTOR)(void *)find_descriptor(StartPosition, end,
                                                             USB_INTERFACE_DESCRIPTOR_TYPE);
    while (one != NULL) {
        if (one->bLength >= sizeof(*one) && fits(InterfaceNumber, one->bInterfaceNumber) &&
            fits(AlternateSetting, one->bAlternateSetting) &&
            fits(InterfaceClass, one->bInterfaceClass) &&
            fits(InterfaceSubClass, one->bInterfaceSubClass) &&
            fits(InterfaceProtocol, one->bInterfaceProtocol)) {
            return one;
        }
        one = (PUSB_INTERFACE_DESCRIPTOR)(void *)find_descriptor((char *)one + one->bLength, end,
                                                                 USB_INTERFACE_DESCRIPTOR_TYPE);
    }
    return NULL;
}

PUSB_INTERFACE_DESCRIPTOR
USBD_ParseConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                  UCHAR InterfaceNumber, UCHAR AlternateSetting)
{
    if (!API(HIGH_LEVEL)) {
        return NULL;
    }
    return USBD_ParseConfigurationDescriptorEx(ConfigurationDescriptor, ConfigurationDescriptor,
                                               InterfaceNumber, AlternateSetting, -1, -1, -1);
}

ULONG USBD_GetInterfaceLength(PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor, PUCHAR BufferEnd)
{
    PUSB_COMMON_DESCRIPTOR one;
    char *begin = (char *)InterfaceDescriptor;
    char *end = (char *)BufferEnd;
    char *at;

    if (!API(HIGH_LEVEL) || (one = descriptor_at(begin, end)) == NULL) {
        return 0;
    }
    at = begin + one->bLength;
    while ((one = descriptor_at(at, end)) != NULL &&
           one->bDescriptorType != USB_INTERFACE_DESCRIPTOR_TYPE) {
        at += one->bLength;
    }
    return (ULONG)(at - begin);
}

/* ---- validation ---- */

struct validation {
    char *wrong;
    USHORT level;
    ULONG interfaces, endpoints, endpoints_wanted; /* of the setting that is read */
    ULONG seen;                                    /* bit n: interface n */
};

static USBD_STATUS validate_interface(struct validation *v, PUSB_INTERFACE_DESCRIPTOR one)
{
    if (one->bLength < sizeof(*one)) {
        return USBD_STATUS_BAD_INTERFACE_DESCRIPTOR;
    }
    if (v->level >= 2 && v->endpoints != v->endpoints_wanted) {
        return USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS;
    }
    if (one->bInterfaceNumber < 32 && (v->seen & 1u << one->bInterfaceNumber) == 0) {
        v->seen |= 1u << one->bInterfaceNumber;
        v->interfaces++;
    }
    v->endpoints = 0;
    v->endpoints_wanted = one->bNumEndpoints;
    return USBD_STATUS_SUCCESS;
}

static USBD_STATUS validate_endpoint(struct validation *v, const USB_ENDPOINT_DESCRIPTOR *one)
{
    if (one->bLength < sizeof(*one)) {
        return USBD_STATUS_BAD_ENDPOINT_DESCRIPTOR;
    }
    v->endpoints++;
    if (v->level >= 3 && ((one->bEndpointAddress & 0x70) != 0 ||
                          (one->bEndpointAddress & USB_ENDPOINT_ADDRESS_MASK) == 0)) {
        return USBD_STATUS_BAD_ENDPOINT_ADDRESS;
    }
    return USBD_STATUS_SUCCESS;
}

static USBD_STATUS validate_all(struct validation *v, PUSB_CONFIGURATION_DESCRIPTOR configuration)
{
    char *end = configuration_end(configuration);
    char *at = (char *)configuration + configuration->bLength;
    USBD_STATUS status = USBD_STATUS_SUCCESS;

    while (at < end && USBD_SUCCESS(status)) {
        PUSB_COMMON_DESCRIPTOR one = descriptor_at(at, end);

        v->wrong = at;
        if (one == NULL) {
            return USBD_STATUS_BAD_DESCRIPTOR_BLEN;
        }
        if (one->bDescriptorType == USB_INTERFACE_DESCRIPTOR_TYPE) {
            status = validate_interface(v, (PUSB_INTERFACE_DESCRIPTOR)(void *)one);
        } else if (one->bDescriptorType == USB_ENDPOINT_DESCRIPTOR_TYPE) {
            status = validate_endpoint(v, (const USB_ENDPOINT_DESCRIPTOR *)(const void *)one);
        }
        at += one->bLength;
    }
    if (USBD_SUCCESS(status) && v->level >= 2) {
        v->wrong = (char *)configuration;
        if (v->endpoints != v->endpoints_wanted) {
            status = USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS;
        } else if (v->interfaces != configuration->bNumInterfaces) {
            status = USBD_STATUS_BAD_NUMBER_OF_INTERFACES;
        }
    }
    return status;
}

USBD_STATUS USBD_ValidateConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigDesc,
                                                 ULONG BufferLength, USHORT Level, PUCHAR *Offset,
                                                 ULONG Tag)
{
    struct validation v = {.wrong = (char *)ConfigDesc, .level = Level};
    USBD_STATUS status;

    UNREFERENCED_PARAMETER(Tag);
    if (!API(HIGH_LEVEL)) {
        return USBD_STATUS_BAD_DESCRIPTOR;
    }
    if (ConfigDesc == NULL || BufferLength < sizeof(*ConfigDesc)) {
        status = USBD_STATUS_BAD_CONFIG_DESC_LENGTH;
    } else if (ConfigDesc->bDescriptorType != USB_CONFIGURATION_DESCRIPTOR_TYPE) {
        status = USBD_STATUS_BAD_DESCRIPTOR_TYPE;
    } else if (ConfigDesc->bLength < sizeof(*ConfigDesc)) {
        status = USBD_STATUS_BAD_DESCRIPTOR_BLEN;
    } else if (ConfigDesc->wTotalLength > BufferLength ||
               ConfigDesc->wTotalLength < sizeof(*ConfigDesc)) {
        status = USBD_STATUS_BAD_CONFIG_DESC_LENGTH;
    } else {
        status = validate_all(&v, ConfigDesc);
    }
    if (Offset != NULL) {
        *Offset = USBD_SUCCESS(status) ? NULL : (PUCHAR)v.wrong;
    }
    return status;
}
