#pragma once
/* io_pnp.h - device nodes, PnP requests and resource lists: what a bus (harness) and the framework
 * need of the PnP manager.
 * Rules for a device node:
 * - it belongs to a PDO and dies with it; it holds identity (ids, properties), device interfaces
 * and the state of power requests
 * - PnP requests go to the top of the stack, one at a time, at PASSIVE_LEVEL, with
 *   IoStatus.Status = STATUS_NOT_SUPPORTED preset
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

struct io_pnp_node;

/* What a bus says about a device. Strings are copied; NULL: not known. */
struct io_pnp_identity {
    const char *enumerator;  /* "ROOT", "PCI" */
    const char *device_id;   /* "uart": instance path ROOT\uart\0000 */
    const char *instance_id; /* "0000" */
    const char *hardware_id; /* "ROOT\uart" */
    const char *compatible_id;
    const char *description; /* DevicePropertyDeviceDescription */
    const char *location;    /* DevicePropertyLocationInformation */
    const char *service;     /* name of the function driver */
    ULONG bus_number, address, ui_number;
    INTERFACE_TYPE bus_type;
};

/* io_pnp_node_create: give a PDO its node. It is deleted with the device object. */
NTSTATUS io_pnp_node_create(PDEVICE_OBJECT pdo, const struct io_pnp_identity *identity);
/* io_pnp_node_delete: part of the device's end. */
struct io_device;
void io_pnp_node_delete(struct io_device *device);
/* io_pnp_node_of: the node of the stack that the device is in, or NULL. */
struct io_pnp_node *io_pnp_node_of(PDEVICE_OBJECT device);
/* io_pnp_instance_path: "ROOT\uart\0000". */
const char *io_pnp_instance_path(const struct io_pnp_node *node);
/* io_pnp_identity: what the node was created with. */
const struct io_pnp_identity *io_pnp_identity(const struct io_pnp_node *node);

/* io_pnp_send: send IRP_MJ_PNP/minor to the top of the device's stack and wait.
 *   parameters   the stack location to copy Parameters from; NULL: none
 *   information  in: preset IoStatus.Information; out: the final one; may be NULL
 *   Returns      the final status (STATUS_NOT_SUPPORTED: nobody handled it)
 *   IRQL         PASSIVE_LEVEL. Blocks. */
NTSTATUS io_pnp_send(PDEVICE_OBJECT device, UCHAR minor, const IO_STACK_LOCATION *parameters,
                     ULONG_PTR *information);
/* io_pnp_start: IRP_MN_START_DEVICE with both lists (either may be NULL). */
NTSTATUS io_pnp_start(PDEVICE_OBJECT device, PCM_RESOURCE_LIST raw, PCM_RESOURCE_LIST translated);
/* io_pnp_assigned: the translated list that the device's stack was last started with; NULL: none. */
const CM_RESOURCE_LIST *io_pnp_assigned(PDEVICE_OBJECT device);
/* io_power_send: IRP_MJ_POWER/IRP_MN_SET_POWER or IRP_MN_QUERY_POWER to the top, and wait. */
NTSTATUS io_power_send(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE_TYPE type, POWER_STATE state,
                       POWER_ACTION action);

/* ---- resource lists ---- */

enum io_resource_kind {
    IO_RESOURCE_PORT,
    IO_RESOURCE_MEMORY,
    IO_RESOURCE_INTERRUPT,
    IO_RESOURCE_MESSAGE, /* message-signaled: irq is the first of count messages */
};

struct io_resource {
    enum io_resource_kind kind;
    uint64_t start, length; /* ports, memory */
    uint32_t irq;           /* interrupts */
    uint32_t count;         /* messages */
    bool level_triggered, shared;
    bool wakes;   /* an interrupt that the device may use to wake (the hint of the bus) */
    bool passive; /* an interrupt whose ISR runs at PASSIVE_LEVEL: its level is 0 */
};

/* io_resource_list: a CM_RESOURCE_LIST of one full descriptor, in the order given. raw: interrupts
 * as the bus numbers them (irq); translated: vector and DIRQL from hal, affinity all processors.
 * NULL: no memory, or count is 0. The caller frees both with io_resource_list_free. */
PCM_RESOURCE_LIST io_resource_list(const struct io_resource *resources, ULONG count,
                                   bool translated);
void io_resource_list_free(PCM_RESOURCE_LIST list);

/* io_interrupt_targets: of `all`, the processors that a policy leaves for the index-th interrupt of a
 * device. All processors are equally close.
 *   wanted  IrqPolicySpecifiedProcessors: which; without one of `all` it is as if nothing was said */
KAFFINITY io_interrupt_targets(IRQ_DEVICE_POLICY policy, KAFFINITY wanted, ULONG index,
                               KAFFINITY all);

/* ---- what the PnP manager asks of the buses (harness registers them) ---- */

struct io_pnp_bus {
    /* IoInvalidateDeviceRelations: ask the stack again; called at <= DISPATCH_LEVEL. */
    void (*invalidate_relations)(PDEVICE_OBJECT pdo, DEVICE_RELATION_TYPE type);
    /* IoInvalidateDeviceState: the device failed or wants to be restarted. */
    void (*invalidate_state)(PDEVICE_OBJECT pdo);
    /* IoRequestDeviceEject: take the device out if its stack agrees; <= DISPATCH_LEVEL. */
    void (*request_eject)(PDEVICE_OBJECT pdo);
    /* io_pnp_reenumerate: remove the stack by surprise and enumerate anew; <= DISPATCH_LEVEL. */
    void (*reenumerate)(PDEVICE_OBJECT pdo);
};
/* io_pnp_set_bus: NULL: nobody listens. The structure is the caller's and stays valid. */
void io_pnp_set_bus(const struct io_pnp_bus *bus);
/* io_pnp_reenumerate: the device failed and asks for another start. It happens later, in a work
 * item of the bus. IRQL: <= DISPATCH_LEVEL. */
void io_pnp_reenumerate(PDEVICE_OBJECT pdo);
