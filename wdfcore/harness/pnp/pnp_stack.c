/* pnp_stack.c - one stack of the device tree: the requests that start, ask and remove it. */
#include "harness/pnp/pnp_node.h"
#include "nt/io/file/io_file.h"
#include "nt/io/io_driver.h"
#include "nt/io/pnp/io_notify.h"
#include "nt/io/pnp/io_pnp.h"

NTSTATUS pnp_stack_capabilities(struct pnp_node *node, DEVICE_CAPABILITIES *capabilities)
{
    IO_STACK_LOCATION parameters = {0};

    *capabilities = (DEVICE_CAPABILITIES){
        .Size = sizeof(*capabilities), .Version = 1, .Address = (ULONG)-1, .UINumber = (ULONG)-1};
    parameters.Parameters.DeviceCapabilities.Capabilities = capabilities;
    return io_pnp_send(node->pdo, IRP_MN_QUERY_CAPABILITIES, &parameters, NULL);
}

NTSTATUS pnp_stack_state(struct pnp_node *node)
{
    ULONG_PTR state = 0;
    NTSTATUS status = io_pnp_send(node->pdo, IRP_MN_QUERY_PNP_DEVICE_STATE, NULL, &state);

    if (NT_SUCCESS(status) && (state & (PNP_DEVICE_FAILED | PNP_DEVICE_REMOVED)) != 0) {
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    }
    return STATUS_SUCCESS;
}

/* ---- starting ---- */

static NTSTATUS bring_up(struct pnp_node *node, const char **step)
{
    struct pnp_resources resources;
    DEVICE_CAPABILITIES capabilities;
    NTSTATUS status = pnp_stack_capabilities(node, &capabilities);

    *step = "starting the device";
    if (NT_SUCCESS(status)) {
        status = pnp_resources_get(node, &resources);
    }
    if (NT_SUCCESS(status)) {
        status = io_pnp_start(node->pdo, resources.raw, resources.translated);
    }
    if (NT_SUCCESS(status)) {
        node->started = true;
        pnp_stack_capabilities(node, &capabilities); /* more is known of a device that works */
        status = pnp_stack_state(node);
    }
    return status;
}

static NTSTATUS add_devices(struct pnp_node *node, PDRIVER_OBJECT driver, const char **step)
{
    NTSTATUS status = STATUS_SUCCESS;

    *step = "AddDevice of a lower filter";
    for (int i = 0; i < PNP_LOWER_MAX && node->lower[i] != NULL && NT_SUCCESS(status); i++) {
        status = io_driver_add_device(node->lower[i], node->pdo);
    }
    if (NT_SUCCESS(status) && driver != NULL) {
        *step = "AddDevice";
        status = io_driver_add_device(driver, node->pdo);
    }
    return status;
}

NTSTATUS pnp_stack_start(struct pnp_node *node, PDRIVER_OBJECT driver, const char **step)
{
    NTSTATUS status;

    node->function = driver;
    status = add_devices(node, driver, step);
    if (!NT_SUCCESS(status)) {
        if (node->pdo->AttachedDevice != NULL) { /* those that were added go again */
            node->has_stack = true;
            pnp_stack_remove(node);
        }
        return status;
    }
    node->has_stack = true;
    status = bring_up(node, step);
    if (NT_SUCCESS(status)) {
        pnp_children_look(node);
    } else {
        pnp_stack_remove(node);
    }
    return status;
}

/* ---- removing ---- */

static NTSTATUS query(struct pnp_node *node)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (struct pnp_node *child = node->children; child != NULL && NT_SUCCESS(status);
         child = child->next) {
        status = query(child);
    }
    if (!NT_SUCCESS(status) || !node->has_stack) {
        return status;
    }
    status = io_notify_query_remove(node->pdo);
    if (NT_SUCCESS(status)) { /* else the stack was not asked */
        node->queried = true;
        status = io_pnp_send(node->pdo, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL);
    }
    return status;
}

/* Parents first: a child that works again finds its parent working. */
void pnp_stack_cancel_remove(struct pnp_node *node)
{
    if (node->queried) {
        node->queried = false;
        io_pnp_send(node->pdo, IRP_MN_CANCEL_REMOVE_DEVICE, NULL, NULL);
        io_notify_canceled(node->pdo);
    }
    for (struct pnp_node *child = node->children; child != NULL; child = child->next) {
        pnp_stack_cancel_remove(child);
    }
}

NTSTATUS pnp_stack_query_remove(struct pnp_node *node)
{
    NTSTATUS status = query(node);

    if (!NT_SUCCESS(status)) {
        pnp_stack_cancel_remove(node);
    }
    return status;
}

void pnp_stack_surprise(struct pnp_node *node)
{
    for (struct pnp_node *child = node->children; child != NULL; child = child->next) {
        pnp_stack_surprise(child);
    }
    if (node->has_stack) {
        node->queried = false;
        io_pnp_send(node->pdo, IRP_MN_SURPRISE_REMOVAL, NULL, NULL);
    }
}

void pnp_stack_remove(struct pnp_node *node)
{
    while (node->children != NULL) {
        struct pnp_node *child = node->children;

        pnp_stack_remove(child);
        pnp_node_drop(child);
    }
    node->queried = false;
    if (node->has_stack) {
        io_notify_removed(node->pdo);
        /* Windows waits for the applications to close their handles; here they lose them. */
        io_file_dismiss(node->pdo);
    }
    if (node->has_stack || node->parent != NULL) { /* a child without a driver has its PDO */
        io_pnp_send(node->pdo, IRP_MN_REMOVE_DEVICE, NULL, NULL);
    }
    node->has_stack = false;
    node->started = false;
}
