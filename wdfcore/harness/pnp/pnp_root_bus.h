#pragma once
/* pnp_root_bus.h - between the two halves of the root bus: pnp_root.c sends requests to the top of
 * a stack, pnp_root_bus.c answers them at its bottom. A PDO whose model has a USB function is that of
 * a USB hub instead: its identity and its requests are the bus's. So it is with PCI.
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

#include "harness/pnp/pnp_node.h"

struct io_pci;
struct io_usb;

/* Keys: (c) constant once the PDO is published; (a) atomic */
struct root_extension {
    const char *enumerator; /* (c) "ROOT", "USB" or "PCI" */
    struct io_usb *usb;     /* (c) NULL: it is no USB device */
    struct io_pci *pci;     /* (c) NULL: it is no PCI device */
    char device_id[64];     /* (c) */
    char hardware_id[64];   /* (c) */
    char location[40];      /* (c) */
    uint32_t instance;      /* (c) */
    bool can_wake;        /* (c) one of its interrupts can wake it, or its configuration says so */
    PIRP wait_wake;       /* (a) the request that waits for its signal, exchanged; NULL: none */
    struct pnp_node node; /* its resources (c), and what pnp_node.h says */
};

struct root_extension *root_extension_of(PDEVICE_OBJECT pdo);

/* root_driver_need: the bus driver's object; made at the first call in a machine. */
NTSTATUS root_driver_need(PDRIVER_OBJECT *driver);
void root_driver_release(void);
/* root_driver_forget: the machine is gone, and the object with it. */
void root_driver_forget(void);
