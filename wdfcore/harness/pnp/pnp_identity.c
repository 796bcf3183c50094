/* pnp_identity.c - who a child is, by its bus's answers, and what it needs: the part of enumeration
 * that comes before a driver is looked for.
 */
#include <stdio.h>
#include <string.h>

#include "harness/pnp/pnp_node.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/report/ke_report.h"

#define IDENTITY_TAG  'tnDI'
#define IDENTITY_TEXT 200

/* ---- texts ---- */

/* The answer of the bus; NULL: it has none. */
static PWSTR query_id(struct pnp_node *node, BUS_QUERY_ID_TYPE type)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;

    parameters.Parameters.QueryId.IdType = type;
    return NT_SUCCESS(io_pnp_send(node->pdo, IRP_MN_QUERY_ID, &parameters, &information))
               ? (PWSTR)information
               : NULL;
}

static PWSTR query_text(struct pnp_node *node, DEVICE_TEXT_TYPE type)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;

    parameters.Parameters.QueryDeviceText.DeviceTextType = type;
    parameters.Parameters.QueryDeviceText.LocaleId = 0x0409;
    return NT_SUCCESS(io_pnp_send(node->pdo, IRP_MN_QUERY_DEVICE_TEXT, &parameters, &information))
               ? (PWSTR)information
               : NULL;
}

/* As ASCII, '?' for what is not; wide is freed. Empty if there is none. */
static void narrow(PWSTR wide, char *text, size_t size)
{
    size_t i = 0;

    if (wide != NULL) {
        for (; wide[i] != 0 && i < size - 1; i++) {
            text[i] = wide[i] >= L' ' && wide[i] < 0x7f ? (char)wide[i] : '?';
        }
        ExFreePool(wide);
    }
    text[i] = '\0';
}

/* ---- lists of IDs ---- */

static size_t list_length(const WCHAR *list)
{
    size_t length = 0;

    while (list != NULL && list[length] != 0) {
        while (list[length] != 0) {
            length++;
        }
        length++;
    }
    return length;
}

static char *append_list(char *at, const WCHAR *list, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        *at++ = list[i] < 0x7f ? (char)list[i] : '?';
    }
    return at;
}

/* Hardware IDs, then compatible IDs. compatible: where those begin. */
static char *query_ids(struct pnp_node *node, const char **compatible)
{
    PWSTR hardware = query_id(node, BusQueryHardwareIDs);
    PWSTR more = query_id(node, BusQueryCompatibleIDs);
    size_t hardware_length = list_length(hardware), more_length = list_length(more);
    char *ids = ExAllocatePool2(POOL_FLAG_PAGED, hardware_length + more_length + 1, IDENTITY_TAG);

    if (ids != NULL) {
        *compatible = append_list(ids, hardware, hardware_length);
        *append_list((char *)*compatible, more, more_length) = '\0';
    }
    if (hardware != NULL) {
        ExFreePool(hardware);
    }
    if (more != NULL) {
        ExFreePool(more);
    }
    return ids;
}

/* ---- the node ---- */

/* Only a bus that says so gives its children names that no other bus uses. */
static void instance_of(struct pnp_node *node, bool unique, char *text, size_t size)
{
    const struct io_pnp_node *parent = io_pnp_node_of(node->parent->pdo);
    char own[80];

    narrow(query_id(node, BusQueryInstanceID), own, sizeof(own));
    if (unique && own[0] != '\0') {
        snprintf(text, size, "%s", own);
    } else {
        snprintf(text, size, "%s&%s", parent != NULL ? io_pnp_identity(parent)->instance_id : "",
                 own);
    }
}

static void bus_of(struct pnp_node *node, struct io_pnp_identity *identity)
{
    ULONG_PTR information = 0;

    identity->bus_type = InterfaceTypeUndefined;
    identity->bus_number = (ULONG)-1;
    if (NT_SUCCESS(io_pnp_send(node->pdo, IRP_MN_QUERY_BUS_INFORMATION, NULL, &information)) &&
        information != 0) {
        const PNP_BUS_INFORMATION *bus = (const PNP_BUS_INFORMATION *)information;

        identity->bus_type = bus->LegacyBusType;
        identity->bus_number = bus->BusNumber;
        ExFreePool((PVOID)information);
    }
}

/* "BUS\Device": the enumerator and the rest. */
static bool split(char *device_id, char **rest)
{
    *rest = strchr(device_id, '\\');
    if (*rest == NULL || *rest == device_id || (*rest)[1] == '\0') {
        return false;
    }
    *(*rest)++ = '\0';
    return true;
}

static NTSTATUS make_node(struct pnp_node *node, const DEVICE_CAPABILITIES *capabilities,
                          const char *ids, const char *compatible)
{
    char device_id[IDENTITY_TEXT], instance[IDENTITY_TEXT], description[IDENTITY_TEXT],
        location[IDENTITY_TEXT], *rest;
    struct io_pnp_identity identity = {.instance_id = instance,
                                       .address = capabilities->Address,
                                       .ui_number = capabilities->UINumber};

    narrow(query_id(node, BusQueryDeviceID), device_id, sizeof(device_id));
    if (!split(device_id, &rest)) {
        ke_violation(RULE_BadParameter, 0xCA, 2, (uintptr_t)node->pdo, 0, 0,
                     "a bus reports the device %p with the device ID \"%s\", which is not of the "
                     "form BUS\\Device",
                     (void *)node->pdo, device_id);
        return STATUS_INVALID_PARAMETER;
    }
    instance_of(node, capabilities->UniqueID, instance, sizeof(instance));
    narrow(query_text(node, DeviceTextDescription), description, sizeof(description));
    narrow(query_text(node, DeviceTextLocationInformation), location, sizeof(location));
    identity.enumerator = device_id;
    identity.device_id = rest;
    identity.hardware_id = ids < compatible ? ids : NULL;
    identity.compatible_id = *compatible != '\0' ? compatible : NULL;
    identity.description = description[0] != '\0' ? description : NULL;
    identity.location = location[0] != '\0' ? location : NULL;
    bus_of(node, &identity);
    return io_pnp_node_create(node->pdo, &identity);
}

NTSTATUS pnp_identify(struct pnp_node *node, const DEVICE_CAPABILITIES *capabilities, char **ids)
{
    const char *compatible = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    *ids = query_ids(node, &compatible);
    if (*ids == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (io_pnp_node_of(node->pdo) == NULL) { /* a bus may report the same PDO again */
        status = make_node(node, capabilities, *ids, compatible);
    }
    if (!NT_SUCCESS(status)) {
        ExFreePool(*ids);
    }
    return status;
}
