/* fx_usb_request.c - requests for a USB device: control transfers, strings, URBs, its port. */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_make.h"
#include "wdf/target/fx_send_sync.h"
#include "wdf/usb/fx_usb.h"
#include "wdf/usb/fx_usb_format.h"

/* Both handles, or NULL after a report. */
static struct fx_request *request_get(WDFUSBDEVICE usb_handle, WDFREQUEST handle,
                                      struct fx_usb_device **usb, const char *api)
{
    *usb = fx_usb_device_get(usb_handle);
    return *usb != NULL ? fx_send_get(handle, api) : NULL;
}

/* The same, and where the memory that a string or an URB needs lies. */
static NTSTATUS request_and_memory(WDFUSBDEVICE usb_handle, WDFREQUEST handle, WDFMEMORY memory,
                                   PWDFMEMORY_OFFSET offset, struct fx_usb_device **usb,
                                   struct fx_request **request, struct fx_span *data,
                                   const char *api)
{
    *request = request_get(usb_handle, handle, usb, api);
    if (*request == NULL || fx_handle_get(memory, FX_TYPE_MEMORY) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_span_of_memory(memory, offset, data);
}

/* ---- control transfers ---- */

WDFAPI NTSTATUS WdfUsbTargetDeviceSendControlTransferSynchronously(
    WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions,
    PWDF_USB_CONTROL_SETUP_PACKET SetupPacket, PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
    PULONG BytesTransferred)
{
    struct fx_usb_device *usb;
    struct fx_sync_call call;
    struct fx_span data;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(SetupPacket)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (BytesTransferred != NULL) {
        *BytesTransferred = 0;
    }
    status = fx_sync_begin(&call, (WDFIOTARGET)UsbDevice, Request, RequestOptions, __func__);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_span_of_descriptor(MemoryDescriptor, &data);
    if (NT_SUCCESS(status)) {
        status = fx_usb_format_control(usb, call.request, SetupPacket, &data);
    }
    call.came = BytesTransferred != NULL ? fx_usb_came_length : NULL;
    call.result = BytesTransferred;
    return fx_sync_end(&call, status, NULL);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceFormatRequestForControlTransfer(
    WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_USB_CONTROL_SETUP_PACKET SetupPacket,
    WDFMEMORY TransferMemory, PWDFMEMORY_OFFSET TransferOffset)
{
    struct fx_usb_device *usb;
    struct fx_request *request;
    struct fx_span data;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = request_get(UsbDevice, Request, &usb, __func__);
    if (request == NULL || !fx_required(SetupPacket)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_span_of_memory(TransferMemory, TransferOffset, &data);
    return NT_SUCCESS(status) ? fx_usb_format_control(usb, request, SetupPacket, &data) : status;
}

/* ---- strings ---- */

WDFAPI NTSTATUS WdfUsbTargetDeviceFormatRequestForString(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                                         WDFMEMORY Memory, PWDFMEMORY_OFFSET Offset,
                                                         UCHAR StringIndex, USHORT LangID)
{
    struct fx_usb_device *usb;
    struct fx_request *request;
    struct fx_span data;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status =
        request_and_memory(UsbDevice, Request, Memory, Offset, &usb, &request, &data, __func__);
    return NT_SUCCESS(status) ? fx_usb_format_string(usb, request, &data, StringIndex, LangID)
                              : status;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceQueryString(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                              PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                              PUSHORT String, PUSHORT NumCharacters,
                                              UCHAR StringIndex, USHORT LangID)
{
    struct fx_usb_device *usb;
    struct fx_sync_call call;
    struct fx_span data = {.address = String};
    UCHAR required = 0;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(NumCharacters)) {
        return STATUS_INVALID_PARAMETER;
    }
    data.length = String != NULL ? *NumCharacters * sizeof(USHORT) : 0;
    status = fx_sync_begin(&call, (WDFIOTARGET)UsbDevice, Request, RequestOptions, __func__);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_usb_format_string(usb, call.request, &data, StringIndex, LangID);
    call.came = fx_usb_came_string;
    call.result = &required;
    status = fx_sync_end(&call, status, NULL);
    if (NT_SUCCESS(status)) {
        *NumCharacters = required / sizeof(USHORT);
        if (String != NULL && data.length < required) {
            status = STATUS_BUFFER_OVERFLOW;
        }
    }
    return status;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceAllocAndQueryString(WDFUSBDEVICE UsbDevice,
                                                      PWDF_OBJECT_ATTRIBUTES StringMemoryAttributes,
                                                      WDFMEMORY *StringMemory,
                                                      PUSHORT NumCharacters, UCHAR StringIndex,
                                                      USHORT LangID)
{
    struct {
        USB_STRING_DESCRIPTOR head;
        UCHAR rest[MAXIMUM_USB_STRING_LENGTH];
    } text;
    ULONG length = MAXIMUM_USB_STRING_LENGTH;
    struct fx_usb_device *usb;
    struct fx_memory *memory;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(StringMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *StringMemory = NULL;
    status = fx_usb_get_descriptor(usb->target.wdm, USB_STRING_DESCRIPTOR_TYPE, StringIndex, LangID,
                                   &text, &length);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    length = length > 2 ? length - 2 : 0;
    if (length == 0) {
        return STATUS_INVALID_DEVICE_REQUEST; /* a memory object holds at least one byte */
    }
    status =
        fx_memory_create_from_pool(StringMemoryAttributes, false, 0, length, KE_CALLER(), &memory);
    if (NT_SUCCESS(status)) {
        memcpy(memory->buffer, text.head.bString, length);
        if (NumCharacters != NULL) {
            *NumCharacters = (USHORT)(length / sizeof(WCHAR));
        }
        *StringMemory = fx_memory_handle(memory);
    }
    return status;
}

/* ---- URBs ---- */

static NTSTATUS urb_size(struct fx_usb_device *usb, ULONG packets, size_t *size)
{
    if (usb->registration == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* made by WdfUsbTargetDeviceCreate */
    }
    if (packets > USBD_ISO_START_FRAME_RANGE) {
        return STATUS_INVALID_PARAMETER;
    }
    *size = packets != 0 ? GET_ISO_URB_SIZE(packets) : sizeof(URB);
    return STATUS_SUCCESS;
}

/* A child of the device unless the driver says otherwise. */
static NTSTATUS urb_create(struct fx_usb_device *usb, const WDF_OBJECT_ATTRIBUTES *given,
                           ULONG packets, const void *caller, WDFMEMORY *out, PURB *urb)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    struct fx_memory *memory;
    size_t size;
    NTSTATUS status = urb_size(usb, packets, &size);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    if (given != NULL) {
        attributes = *given;
    }
    if (attributes.ParentObject == NULL) {
        attributes.ParentObject = fx_handle_of(&usb->target.object);
    }
    status = fx_memory_create_from_pool(&attributes, false, 0, size, caller, &memory);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    memset(memory->buffer, 0, size);
    *out = fx_memory_handle(memory);
    if (urb != NULL) {
        *urb = memory->buffer;
    }
    return STATUS_SUCCESS;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceCreateUrb(WDFUSBDEVICE UsbDevice,
                                            PWDF_OBJECT_ATTRIBUTES Attributes, WDFMEMORY *UrbMemory,
                                            PURB *Urb)
{
    struct fx_usb_device *usb;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(UrbMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *UrbMemory = NULL;
    return urb_create(usb, Attributes, 0, KE_CALLER(), UrbMemory, Urb);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceCreateIsochUrb(WDFUSBDEVICE UsbDevice,
                                                 PWDF_OBJECT_ATTRIBUTES Attributes,
                                                 ULONG NumberOfIsochPackets, WDFMEMORY *UrbMemory,
                                                 PURB *Urb)
{
    struct fx_usb_device *usb;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(UrbMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *UrbMemory = NULL;
    if (NumberOfIsochPackets == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return urb_create(usb, Attributes, NumberOfIsochPackets, KE_CALLER(), UrbMemory, Urb);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceSendUrbSynchronously(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                                       PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                                       PURB Urb)
{
    static const struct fx_span none;
    struct fx_usb_device *usb;
    struct fx_sync_call call;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    usb = fx_usb_device_get(UsbDevice);
    if (usb == NULL || !fx_required(Urb)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_sync_begin(&call, (WDFIOTARGET)UsbDevice, Request, RequestOptions, __func__);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_usb_format_urb(&usb->target, call.request, WdfUsbRequestTypeDeviceUrb, Urb, &none);
    return fx_sync_end(&call, status, NULL);
}

WDFAPI NTSTATUS WdfUsbTargetDeviceFormatRequestForUrb(WDFUSBDEVICE UsbDevice, WDFREQUEST Request,
                                                      WDFMEMORY UrbMemory,
                                                      PWDFMEMORY_OFFSET UrbMemoryOffset)
{
    struct fx_usb_device *usb;
    struct fx_request *request;
    struct fx_span data;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = request_and_memory(UsbDevice, Request, UrbMemory, UrbMemoryOffset, &usb, &request,
                                &data, __func__);
    return NT_SUCCESS(status) ? fx_usb_format_urb(&usb->target, request, WdfUsbRequestTypeDeviceUrb,
                                                  data.address, &data)
                              : status;
}

WDFAPI NTSTATUS WdfUsbTargetDeviceFormatRequestForCyclePort(WDFUSBDEVICE UsbDevice,
                                                            WDFREQUEST Request)
{
    struct fx_usb_device *usb;
    struct fx_request *request;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    request = request_get(UsbDevice, Request, &usb, __func__);
    return request != NULL ? fx_usb_format_cycle(usb, request) : STATUS_INVALID_PARAMETER;
}
