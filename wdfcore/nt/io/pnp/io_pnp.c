/* io_pnp.c - device nodes and the requests that the PnP manager sends; see io_pnp.h. */
#include "nt/io/pnp/io_pnp.h"

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

static const struct io_pnp_bus *io_pnp_bus;

void io_pnp_set_bus(const struct io_pnp_bus *bus)
{
    io_pnp_bus = bus;
}

/* ---- nodes ---- */

/* The strings of an identity, to be copied one behind the other. */
static const size_t io_identity_strings[] = {
    offsetof(struct io_pnp_identity, enumerator),    offsetof(struct io_pnp_identity, device_id),
    offsetof(struct io_pnp_identity, instance_id),   offsetof(struct io_pnp_identity, hardware_id),
    offsetof(struct io_pnp_identity, compatible_id), offsetof(struct io_pnp_identity, description),
    offsetof(struct io_pnp_identity, location),      offsetof(struct io_pnp_identity, service),
};

#define IO_IDENTITY_STRINGS (sizeof(io_identity_strings) / sizeof(io_identity_strings[0]))

static const char **io_identity_string(struct io_pnp_identity *identity, size_t index)
{
    return (const char **)(void *)((char *)identity + io_identity_strings[index]);
}

static struct io_pnp_node *io_pnp_node_copy(const struct io_pnp_identity *identity)
{
    struct io_pnp_identity source = *identity;
    size_t path = 3;
    size_t text = 0;
    struct io_pnp_node *node = NULL;
    char *at = NULL;

    for (size_t i = 0; i < IO_IDENTITY_STRINGS; i++) {
        const char *string = *io_identity_string(&source, i);

        text += string != NULL ? strlen(string) + 1 : 0;
        path += i < 3 && string != NULL ? strlen(string) : 0;
    }
    node = ex_pool_allocate(sizeof(*node) + text + path, 'doNP', false, true, NULL);
    if (node == NULL) {
        return NULL;
    }
    node->identity = source;
    at = node->text;
    for (size_t i = 0; i < IO_IDENTITY_STRINGS; i++) {
        const char **string = io_identity_string(&node->identity, i);

        if (*string != NULL) {
            size_t size = strlen(*string) + 1;

            *string = memcpy(at, *string, size);
            at += size;
        }
    }
    node->instance_path = at;
    for (size_t i = 0; i < 3; i++) {
        const char *string = *io_identity_string(&node->identity, i);

        if (i != 0) {
            *at++ = '\\';
        }
        at = stpcpy(at, string != NULL ? string : "");
    }
    return node;
}

NTSTATUS io_pnp_node_create(PDEVICE_OBJECT pdo, const struct io_pnp_identity *identity)
{
    struct io_pnp_node *node = io_pnp_node_copy(identity);

    if (node == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    node->pdo = pdo;
    io_device_of(pdo)->node = node;
    pdo->Flags |= DO_BUS_ENUMERATED_DEVICE;
    return STATUS_SUCCESS;
}

void io_pnp_node_delete(struct io_device *device)
{
    struct io_pnp_node *node = device->node;

    if (node == NULL) {
        return;
    }
    device->node = NULL;
    io_interface_node_gone(node);
    io_property_free_all(&node->properties);
    ex_pool_release(node);
}

struct io_pnp_node *io_pnp_node_of(PDEVICE_OBJECT device)
{
    return io_device_of(io_device_bottom(device))->node;
}

const char *io_pnp_instance_path(const struct io_pnp_node *node)
{
    return node->instance_path;
}

const struct io_pnp_identity *io_pnp_identity(const struct io_pnp_node *node)
{
    return &node->identity;
}

/* ---- requests ---- */

NTSTATUS io_pnp_send(PDEVICE_OBJECT device, UCHAR minor, const IO_STACK_LOCATION *parameters,
                     ULONG_PTR *information)
{
    IO_STACK_LOCATION request = {0};

    if (parameters != NULL) {
        request.Parameters = parameters->Parameters;
    }
    request.MajorFunction = IRP_MJ_PNP;
    request.MinorFunction = minor;
    if (minor == IRP_MN_REMOVE_DEVICE) {
        io_device_removing(device);
    }
    return io_irp_ask(io_device_top(device), &request, information);
}

NTSTATUS io_pnp_start(PDEVICE_OBJECT device, PCM_RESOURCE_LIST raw, PCM_RESOURCE_LIST translated)
{
    struct io_pnp_node *node = io_pnp_node_of(device);
    IO_STACK_LOCATION request = {0};
    NTSTATUS status;

    request.Parameters.StartDevice.AllocatedResources = raw;
    request.Parameters.StartDevice.AllocatedResourcesTranslated = translated;
    if (node != NULL) {
        node->assigned = translated; /* drivers connect interrupts while they start */
    }
    status = io_pnp_send(device, IRP_MN_START_DEVICE, &request, NULL);
    if (node != NULL && !NT_SUCCESS(status)) {
        node->assigned = NULL;
    }
    return status;
}

const CM_RESOURCE_LIST *io_pnp_assigned(PDEVICE_OBJECT device)
{
    const struct io_pnp_node *node = io_pnp_node_of(device);

    return node != NULL ? node->assigned : NULL;
}

NTSTATUS io_power_send(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE_TYPE type, POWER_STATE state,
                       POWER_ACTION action)
{
    IO_STACK_LOCATION request = {0};

    request.MajorFunction = IRP_MJ_POWER;
    request.MinorFunction = minor;
    request.Parameters.Power.Type = type;
    request.Parameters.Power.State = state;
    request.Parameters.Power.ShutdownType = action;
    return io_irp_ask(io_device_top(device), &request, NULL);
}

/* ---- what drivers ask of the buses ---- */

VOID IoInvalidateDeviceRelations(PDEVICE_OBJECT DeviceObject, DEVICE_RELATION_TYPE Type)
{
    if (!API(DISPATCH_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return;
    }
    if (io_pnp_bus != NULL && io_pnp_bus->invalidate_relations != NULL) {
        io_pnp_bus->invalidate_relations(DeviceObject, Type);
    }
}

VOID IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_device_check(PhysicalDeviceObject, __func__)) {
        return;
    }
    if (io_pnp_bus != NULL && io_pnp_bus->invalidate_state != NULL) {
        io_pnp_bus->invalidate_state(PhysicalDeviceObject);
    }
}

VOID IoRequestDeviceEject(PDEVICE_OBJECT PhysicalDeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_device_check(PhysicalDeviceObject, __func__)) {
        return;
    }
    if (io_pnp_bus != NULL && io_pnp_bus->request_eject != NULL) {
        io_pnp_bus->request_eject(PhysicalDeviceObject);
    }
}

void io_pnp_reenumerate(PDEVICE_OBJECT pdo)
{
    if (io_pnp_bus != NULL && io_pnp_bus->reenumerate != NULL) {
        io_pnp_bus->reenumerate(pdo);
    }
}
