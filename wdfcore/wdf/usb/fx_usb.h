#pragma once
/* fx_usb.h - WDFUSBDEVICE, WDFUSBINTERFACE, WDFUSBPIPE: a USB device as its client driver sees it.
 * Rules:
 * - the device and each pipe are I/O targets (fx_target.h) of the client's next lower driver; what is sent
 *   to them is an URB, or another internal control of the USB stack
 * - a device has one object for each interface of its first configuration, from its creation on; they
 *   last as long as it
 * - the pipes of an interface are made when a setting is selected, and deleted when another one is, or
 *   another configuration; their handles are stale then
 * - what the framework asks for itself it sends and waits for, without a WDFREQUEST (fx_usb_ask)
 */
#include <wdfusb.h>

#include <usbbusif.h>
#include <usbdlib.h>

#include "wdf/target/fx_target.h"

#define FX_USB_INTERFACES 32u
#define FX_USB_PIPES      30u

struct fx_usb_device;
struct fx_usb_reader;

/* Keys: (c) constant once published (p) by the caller of WdfUsbTargetDeviceSelectConfig and
 * WdfUsbInterfaceSelectSetting, which the driver serializes */
struct fx_usb_interface {
    struct fx_object object;
    struct fx_usb_device *usb;               /* (c) */
    UCHAR number;                            /* (c) */
    UCHAR setting;                           /* (p) selected */
    UCHAR pipe_count;                        /* (p) 0: none is selected */
    struct fx_usb_pipe *pipes[FX_USB_PIPES]; /* (p) */
};

struct fx_usb_device {
    struct fx_target target;
    USB_DEVICE_DESCRIPTOR descriptor;                       /* (c) */
    PUSB_CONFIGURATION_DESCRIPTOR configuration;            /* (c) the first; fx_allocate */
    USBD_HANDLE registration;                               /* (c) NULL: made without parameters */
    USB_BUS_INTERFACE_USBDI_V1 bus;                         /* (c) Size 0: the bus has none */
    UCHAR interface_count;                                  /* (c) */
    struct fx_usb_interface *interfaces[FX_USB_INTERFACES]; /* (c) by index */
    USBD_CONFIGURATION_HANDLE handle;                       /* (p) NULL: not configured */
};

struct fx_usb_pipe {
    struct fx_target target;
    struct fx_usb_device *usb;          /* (c) */
    struct fx_usb_interface *interface; /* (c) */
    USBD_PIPE_INFORMATION info;         /* (c) */
    UCHAR setting;                      /* (c) */
    bool any_size;                      /* (a) no check of the packet size */
    struct fx_usb_reader *reader;       /* (a) set once; NULL: none. fx_usb_reader.h */
};

extern const struct fx_type fx_usb_device_type;
extern const struct fx_type fx_usb_interface_type;
extern const struct fx_type fx_usb_pipe_type;

static inline struct fx_usb_device *fx_usb_device_get(WDFUSBDEVICE handle)
{
    return fx_handle_get(handle, FX_TYPE_USBDEVICE);
}

static inline struct fx_usb_interface *fx_usb_interface_get(WDFUSBINTERFACE handle)
{
    return fx_handle_get(handle, FX_TYPE_USBINTERFACE);
}

static inline struct fx_usb_pipe *fx_usb_pipe_get(WDFUSBPIPE handle)
{
    return fx_handle_get(handle, FX_TYPE_USBPIPE);
}

static inline bool fx_usb_pipe_is_in(const struct fx_usb_pipe *pipe)
{
    return USBD_PIPE_DIRECTION_IN(&pipe->info) != 0;
}

/* fx_usb_ask: an internal control with one argument, sent by the framework itself. fx_usb_ask_urb: an URB;
 * its Status is filled in. PASSIVE_LEVEL, blocks. */
NTSTATUS fx_usb_ask(DEVICE_OBJECT *lower, ULONG code, void *argument);
NTSTATUS fx_usb_ask_urb(DEVICE_OBJECT *lower, PURB urb);
/* fx_usb_get_descriptor: *length: of the buffer, then of what came. */
NTSTATUS fx_usb_get_descriptor(DEVICE_OBJECT *lower, UCHAR type, UCHAR index, USHORT language,
                               void *buffer, ULONG *length);

/* ---- interfaces (fx_usb_interface.c) ---- */

/* fx_usb_interfaces_make: one for each of the configuration, before the driver knows the device.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, STATUS_DELETE_PENDING */
NTSTATUS fx_usb_interfaces_make(struct fx_usb_device *usb);
/* fx_usb_interface_descriptor: of a setting; NULL: there is none. */
PUSB_INTERFACE_DESCRIPTOR fx_usb_interface_descriptor(const struct fx_usb_interface *interface,
                                                      UCHAR setting);
/* fx_usb_interface_configured: the bus has selected a setting: its pipes are made, the others are gone.
 * fx_usb_interface_forget: it has none any more. PASSIVE_LEVEL. */
NTSTATUS fx_usb_interface_configured(struct fx_usb_interface *interface,
                                     const WDF_OBJECT_ATTRIBUTES *attributes,
                                     const USBD_INTERFACE_INFORMATION *information,
                                     const void *caller);
void fx_usb_interface_forget(struct fx_usb_interface *interface);

/* ---- pipes (fx_usb_pipe.c) ---- */

NTSTATUS fx_usb_pipe_make(struct fx_usb_interface *interface,
                          const WDF_OBJECT_ATTRIBUTES *attributes,
                          const USBD_PIPE_INFORMATION *information, UCHAR setting,
                          const void *caller, struct fx_usb_pipe **pipe);
