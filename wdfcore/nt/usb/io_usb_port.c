/* io_usb_port.c - ports of the bus: their coming and going, and what happens to all that waits there; see
 * io_usb.h.
 */
#include "nt/usb/io_usb.h"

#include <stdlib.h>

#include "nt/dpc/ke_dpc.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_machine.h"

static struct io_usb *ports; /* all of the machine, also those that are gone */

/* A device was left that has finished something. */
static void usb_ended(void *owner)
{
    struct io_usb *port = owner;

    ke_dpc_insert(&port->dpc, NULL, NULL);
}

struct io_usb *io_usb_attach(PDEVICE_OBJECT pdo, struct hal_usb *usb)
{
    struct io_usb *port = calloc(1, sizeof(*port));

    if (port == NULL) {
        return NULL;
    }
    port->usb = usb;
    KeInitializeDpc(&port->dpc, io_usb_complete, port);
    usb->owner = port;
    usb->ended = usb_ended;
    io_lock();
    port->pdo = pdo;
    port->next = ports;
    ports = port;
    io_unlock();
    return port;
}

void io_usb_detach(struct io_usb *port)
{
    io_lock();
    port->pdo = NULL; /* its DPC may be on its way: it waits for the machine's end */
    io_unlock();
}

struct io_usb *io_usb_of(PDEVICE_OBJECT device)
{
    PDEVICE_OBJECT bottom = io_device_bottom(device);
    struct io_usb *port;

    io_lock();
    port = ports;
    while (port != NULL && port->pdo != bottom) {
        port = port->next;
    }
    io_unlock();
    return port;
}

static void ports_stop(void)
{
    while (ports != NULL) {
        struct io_usb *port = ports;

        ports = port->next;
        free(port);
    }
}

static struct ke_machine_part ports_part = {.order = 10, .stop = ports_stop};

__attribute__((constructor)) static void ports_register(void)
{
    ke_machine_register(&ports_part);
}

static void usb_abort_all(struct io_usb *port, enum hal_usb_status status)
{
    for (unsigned i = 1; i < HAL_USB_ENDPOINTS; i++) {
        hal_usb_abort(port->usb, &port->usb->endpoints[i], status);
    }
}

void io_usb_gone(struct io_usb *port)
{
    hal_device_enter(port->usb->hal);
    port->gone = true;
    usb_abort_all(port, HAL_USB_GONE);
    hal_device_leave(port->usb->hal);
}

void io_usb_stop(struct io_usb *port)
{
    struct hal_usb *usb = port->usb;

    hal_device_enter(usb->hal);
    usb_abort_all(port, HAL_USB_CANCELLED);
    port->gone = false;
    if (!usb->hal->absent && usb->configuration != 0) {
        (void)hal_usb_configure(usb, 0);
    }
    hal_device_leave(usb->hal);
    ke_dpc_flush();
}

NTSTATUS io_usb_reset(struct io_usb *port)
{
    struct hal_usb *usb = port->usb;
    bool absent;

    hal_device_enter(usb->hal);
    absent = io_usb_is_gone(port);
    usb_abort_all(port, HAL_USB_CANCELLED);
    for (unsigned i = 1; i < HAL_USB_ENDPOINTS && !absent; i++) {
        usb->endpoints[i].halted = usb->endpoints[i].stalled = false;
    }
    hal_device_leave(usb->hal);
    return absent ? STATUS_NO_SUCH_DEVICE : STATUS_SUCCESS;
}

NTSTATUS io_usb_port_status(struct io_usb *port, PULONG flags)
{
    if (flags == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    hal_device_enter(port->usb->hal);
    *flags = io_usb_is_gone(port) ? 0 : USBD_PORT_ENABLED | USBD_PORT_CONNECTED;
    hal_device_leave(port->usb->hal);
    return STATUS_SUCCESS;
}
