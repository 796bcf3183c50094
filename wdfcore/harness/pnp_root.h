#pragma once
/* pnp_root.h - the root bus: a bus driver that owns a PDO for each device of the machine, and the
 * part of the PnP manager that starts and removes the stack above it.
 * Rules for a device on the bus:
 * - its PDO is made before AddDevice and deleted after REMOVE_DEVICE, by the bus alone
 * - requests of the PnP manager go to the top of the stack, one at a time, at PASSIVE_LEVEL
 * - start: AddDevice, START_DEVICE, then the queries that follow a start
 * - remove: QUERY_REMOVE, then REMOVE; surprise: SURPRISE_REMOVAL, then REMOVE
 * All functions run in a task of the machine unless they say otherwise.
 */
#include <wdm.h>

#include "harness/resource_spec.h"

struct wc_machine;

struct pnp_root_device {
    const char *driver_name; /* of the function driver */
    const char *hardware_id;
    uint32_t instance;
    const struct resource_spec *resources;
};

/* pnp_root_create: a PDO with identity and resources. The bus keeps nothing of *device. */
NTSTATUS pnp_root_create(const struct pnp_root_device *device, PDEVICE_OBJECT *pdo);
/* pnp_root_delete: the PDO goes; nothing is attached to it any more. */
void pnp_root_delete(PDEVICE_OBJECT pdo);

/* pnp_root_start: AddDevice and START_DEVICE. After a failure the stack has been removed again and
 * only the PDO is left. step: what failed, for the user. */
NTSTATUS pnp_root_start(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo, const char **step);
/* pnp_root_query_remove: the driver's answer; a refusal has been followed by CANCEL_REMOVE. */
NTSTATUS pnp_root_query_remove(PDEVICE_OBJECT pdo);
/* pnp_root_remove: REMOVE_DEVICE; surprise: SURPRISE_REMOVAL before. */
void pnp_root_surprise(PDEVICE_OBJECT pdo);
void pnp_root_remove(PDEVICE_OBJECT pdo);

/* pnp_root_stop: the bus driver itself goes. Safe when it was never needed. */
void pnp_root_stop(void);
/* pnp_root_forget: the machine is gone without a stop; from outside. */
void pnp_root_forget(void);
