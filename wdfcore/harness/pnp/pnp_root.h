#pragma once
/* pnp_root.h - the root bus: a bus driver that owns a PDO for each device of the machine, and the
 * part of the PnP manager that starts and removes the stack above it.
 * Rules for a device on the bus:
 * - its PDO is made before AddDevice and deleted after REMOVE_DEVICE, by the bus alone
 * - requests of the PnP manager go to the top of the stack, one at a time, at PASSIVE_LEVEL
 * - start: AddDevice, START_DEVICE, then the queries that follow a start
 * - remove: QUERY_REMOVE, then REMOVE; surprise: SURPRISE_REMOVAL, then REMOVE
 * - a stack that reports itself failed (IoInvalidateDeviceState) is removed like a surprise; the
 *   device stays on the bus without one, or gets a new one if that was asked (io_pnp_reenumerate)
 * - IoRequestDeviceEject removes a stack that agrees; the device stays on the bus without one
 * - one at a time: who comes while another is at it waits
 * All functions run in a task of the machine unless they say otherwise.
 */
#include <wdm.h>

#include "harness/pnp/resource_spec.h"

struct hal_pci;
struct hal_usb;
struct wc_machine;

struct pnp_root_device {
    const char *driver_name; /* of the function driver */
    const char *hardware_id;
    uint32_t instance;
    const struct resource_spec *resources;
    const PDRIVER_OBJECT *lower; /* PNP_LOWER_MAX, filled up with NULL; NULL: none */
    /* Its model's function on a USB or a PCI bus; NULL: it is on the root bus itself. */
    struct hal_usb *usb;
    struct hal_pci *pci;
};

/* pnp_root_create: a PDO with identity and resources. The bus keeps nothing of *device. */
NTSTATUS pnp_root_create(const struct pnp_root_device *device, PDEVICE_OBJECT *pdo);
/* pnp_root_delete: the PDO goes; its stack has been removed. */
void pnp_root_delete(PDEVICE_OBJECT pdo);

/* pnp_root_start: AddDevice and START_DEVICE. After a failure the stack has been removed again and
 * only the PDO is left. step: what failed, for the user. */
NTSTATUS pnp_root_start(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo, const char **step);

enum pnp_root_removal {
    PNP_ROOT_REMOVE_IF_ALLOWED,  /* the driver may refuse; CANCEL_REMOVE follows then */
    PNP_ROOT_REMOVE_ANYWAY,      /* who refuses is removed by surprise */
    PNP_ROOT_REMOVE_BY_SURPRISE, /* nobody is asked */
};

/* pnp_root_remove: the driver's refusal, or STATUS_SUCCESS: the device has no stack any more. */
NTSTATUS pnp_root_remove(PDEVICE_OBJECT pdo, enum pnp_root_removal how);

/* pnp_root_wake: the device signals that it wants to wake. false: nobody waits for that. */
bool pnp_root_wake(PDEVICE_OBJECT pdo);

/* pnp_root_stop: the bus driver itself goes. Safe when it was never needed. */
void pnp_root_stop(void);
/* pnp_root_forget: the machine is gone without a stop; from outside. */
void pnp_root_forget(void);
