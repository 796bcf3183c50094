#pragma once
/* io_usb.h - the bus driver's side of a USB device: what a client driver asks by URBs becomes transfers
 * of the device model at the bottom of its stack.
 * Rules for a port (the place of one device on the bus):
 * - every URB that is accepted is pending until the device has done its part, and completed by a DPC
 * - one that waits for the device can be cancelled; surprise removal and removal end all that wait
 * - the model is called with its own lock held and no other; IRPs are completed without it
 */
#include <usbdlib.h>

#include <stdbool.h>

#include "nt/usb/hal_usb.h"

/* Keys: (c) constant (i) io_lock */
struct io_usb {
    struct io_usb *next; /* (i) */
    struct hal_usb *usb; /* (c) */
    PDEVICE_OBJECT pdo;  /* (i) NULL: it is gone */
    bool gone;           /* the model's lock: pulled out, until the stack was removed */
    KDPC dpc;            /* completes what is finished */
};

/* What became of one URB. */
struct io_usb_transfer {
    struct hal_transfer hal;
    struct io_usb *port;
    PIRP irp;
    PURB urb;
    USBD_STATUS status; /* if hal's says nothing else */
    PULONG length;      /* where the number of moved bytes goes, or NULL */
};

/* io_usb_attach: the PDO is this device. NULL: no memory. io_usb_detach: it goes; nothing is pending. */
struct io_usb *io_usb_attach(PDEVICE_OBJECT pdo, struct hal_usb *usb);
void io_usb_detach(struct io_usb *port);
/* io_usb_of: the port at the bottom of a stack; NULL: it is no USB device. */
struct io_usb *io_usb_of(PDEVICE_OBJECT device);

/* io_usb_dispatch: IRP_MJ_INTERNAL_DEVICE_CONTROL for the PDO; completes it, now or later. */
NTSTATUS io_usb_dispatch(struct io_usb *port, PIRP irp);
/* io_usb_gone: it was pulled out: what waits ends with that. io_usb_stop: the stack goes: what waits is
 * cancelled, no configuration is selected. PASSIVE_LEVEL. */
void io_usb_gone(struct io_usb *port);
void io_usb_stop(struct io_usb *port);

/* io_usb_reset: the port is reset: what waits is cancelled, no pipe is halted. io_usb_port_status: USBD_PORT_
 * flags. Both are done at once. */
NTSTATUS io_usb_reset(struct io_usb *port);
NTSTATUS io_usb_port_status(struct io_usb *port, PULONG flags);

/* io_usb_complete: the port's DPC: fills in and completes what the device has finished. */
KDEFERRED_ROUTINE io_usb_complete;

/* io_usb_query_interface: USB_BUS_INTERFACE_USBDI_GUID; STATUS_NOT_SUPPORTED: another one. */
NTSTATUS io_usb_query_interface(struct io_usb *port, const IO_STACK_LOCATION *location);
/* io_usb_frame: number of the current frame. */
ULONG io_usb_frame(void);
/* io_usb_capability: as USBD_QueryUsbCapability. */
NTSTATUS io_usb_capability(const struct io_usb *port, const GUID *type);

/* io_usb_status: what an IRP is completed with for an URB's status. */
NTSTATUS io_usb_status(USBD_STATUS status);

/* io_usb_is_gone: nothing answers any more. The model's lock is held. */
static inline bool io_usb_is_gone(const struct io_usb *port)
{
    return port->gone || port->usb->hal->absent;
}

/* io_usb_buffer: where a transfer's bytes are. */
static inline void *io_usb_buffer(PVOID buffer, PMDL mdl)
{
    return mdl != NULL ? MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) : buffer;
}

/* ---- one URB; the model's lock is held ---- */

/* io_usb_select_configuration, io_usb_select_interface: fill in the blocks. */
USBD_STATUS io_usb_select_configuration(struct io_usb *port, PURB urb);
USBD_STATUS io_usb_select_interface(struct io_usb *port, PURB urb);
/* io_usb_endpoint: of a pipe handle; NULL: it is none, or was of an earlier setting. */
struct hal_usb_endpoint *io_usb_endpoint(struct io_usb *port, USBD_PIPE_HANDLE handle);
/* io_usb_setup: the control transfer that a function stands for. false: it is none.
 *   data, length  where its bytes are; *moved: where the number of moved ones goes, or NULL */
bool io_usb_setup(PURB urb, struct wc_usb_setup *setup, void **data, size_t *length, PULONG *moved);
