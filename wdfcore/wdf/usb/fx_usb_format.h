#pragma once
/* fx_usb_format.h - requests filled in for a USB device or pipe: the URB lies with the request's format,
 * and what came of it is what the driver finds in Parameters.Usb of the completion parameters.
 */
#include <wdfusb.h>

#include "wdf/target/fx_format.h"

struct fx_usb_pipe;
struct fx_usb_device;

/* Part of a format, made for the first one of this kind. Key: the driver's, while it owns the request */
struct fx_usb_format {
    WDF_USB_REQUEST_COMPLETION_PARAMS params;
    PURB urb; /* what was sent: own, or the driver's; NULL: no URB */
    URB own;
    PUSB_STRING_DESCRIPTOR string; /* of a string request; ours */
    void *string_to;               /* the driver's buffer for its characters */
    size_t string_room;
};

/* All of these: for requests that the driver owns; they return what fx_format.h says, and
 *   STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_BUFFER_SIZE */
NTSTATUS fx_usb_format_control(struct fx_usb_device *usb, struct fx_request *request,
                               const WDF_USB_CONTROL_SETUP_PACKET *setup,
                               const struct fx_span *data);
NTSTATUS fx_usb_format_string(struct fx_usb_device *usb, struct fx_request *request,
                              const struct fx_span *data, UCHAR index, USHORT language);
/* fx_usb_format_transfer: read or write, as the pipe does. */
NTSTATUS fx_usb_format_transfer(struct fx_usb_pipe *pipe, struct fx_request *request, bool reads,
                                const struct fx_span *data);
/* fx_usb_format_pipe: abort or reset. */
NTSTATUS fx_usb_format_pipe(struct fx_usb_pipe *pipe, struct fx_request *request, USHORT function);
/* fx_usb_format_urb: the driver's own; data: the memory that it is in, or an empty span. */
NTSTATUS fx_usb_format_urb(struct fx_target *target, struct fx_request *request,
                           WDF_USB_REQUEST_TYPE type, PURB urb, const struct fx_span *data);
/* fx_usb_format_cycle: the port. */
NTSTATUS fx_usb_format_cycle(struct fx_usb_device *usb, struct fx_request *request);

/* For a synchronous call: *(PULONG)result is the number of bytes that were moved, *(UCHAR *)result that of
 * the bytes in a string. */
struct fx_sync_call;
void fx_usb_came_length(const struct fx_sync_call *call);
void fx_usb_came_string(const struct fx_sync_call *call);
