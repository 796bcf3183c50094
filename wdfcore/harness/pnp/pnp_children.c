/* pnp_children.c - the children of a bus: a started stack is asked for its bus relations; who is new
 * gets a driver, or starts without one if its bus allows that, and who is not there any more is
 * removed as a device that was pulled out.
 */
#include "harness/machine/machine_driver.h"
#include "harness/pnp/pnp_node.h"
#include "harness/pnp/pnp_removal.h"
#include "nt/io/pnp/io_child.h"
#include "nt/io/pnp/io_pnp.h"

#include <string.h>

static struct pnp_node *child_of(struct pnp_node *node, PDEVICE_OBJECT pdo)
{
    struct pnp_node *child = node->children;

    while (child != NULL && child->pdo != pdo) {
        child = child->next;
    }
    return child;
}

/* The first ID that a driver of the machine takes decides: the most specific ones come first. */
static PDRIVER_OBJECT find_driver(const char *ids)
{
    PDRIVER_OBJECT driver = NULL;

    for (; *ids != '\0' && driver == NULL; ids += strlen(ids) + 1) {
        driver = machine_driver_for(ids);
    }
    return driver;
}

/* A child that cannot start stays known, without a stack. */
static void start_child(struct pnp_node *child)
{
    DEVICE_CAPABILITIES capabilities;
    PDRIVER_OBJECT driver;
    const char *step;
    char *ids = NULL;

    if (!NT_SUCCESS(pnp_stack_capabilities(child, &capabilities)) ||
        !NT_SUCCESS(pnp_identify(child, &capabilities, &ids))) {
        return;
    }
    driver = io_child_driver(child->pdo);
    if (driver == NULL) {
        driver = find_driver(ids);
    }
    ExFreePool(ids);
    if (driver != NULL || capabilities.RawDeviceOK) {
        pnp_stack_start(child, driver, &step);
    }
}

static void drop_unlisted(struct pnp_node *node)
{
    for (struct pnp_node *child = node->children, *next; child != NULL; child = next) {
        next = child->next;
        if (!child->listed) {
            pnp_removal_lost(child);
            pnp_node_drop(child);
        }
    }
}

/* A node if it is new. The object has a reference for us. */
static void take_in(struct pnp_node *node, PDEVICE_OBJECT pdo)
{
    struct pnp_node *child = child_of(node, pdo);

    if (child == NULL) {
        child = pnp_node_add(node, pdo);
        if (child == NULL) {
            io_child_forget(pdo);
            ObDereferenceObject(pdo);
            return; /* another report may find more memory */
        }
        child->fresh = true;
    } else {
        ObDereferenceObject(pdo);
    }
    child->listed = true;
}

/* What the stack says. false: it is no bus, or does not know now. */
static bool take_in_relations(struct pnp_node *node, NTSTATUS status, DEVICE_RELATIONS *relations)
{
    if (!NT_SUCCESS(status) || relations == NULL) {
        return false;
    }
    for (ULONG i = 0; i < relations->Count; i++) {
        take_in(node, relations->Objects[i]);
    }
    ExFreePool(relations);
    return true;
}

static void start_fresh(struct pnp_node *node)
{
    for (struct pnp_node *child = node->children; child != NULL; child = child->next) {
        if (child->fresh) {
            child->fresh = false;
            start_child(child);
        }
    }
}

/* The bus says nothing: its children stay. Those that it did not report say for themselves. */
static void list_all(struct pnp_node *node)
{
    for (struct pnp_node *child = node->children; child != NULL; child = child->next) {
        child->listed = io_child_driver(child->pdo) == NULL;
    }
}

void pnp_children_look(struct pnp_node *node)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;
    NTSTATUS status;

    parameters.Parameters.QueryDeviceRelations.Type = BusRelations;
    status = io_pnp_send(node->pdo, IRP_MN_QUERY_DEVICE_RELATIONS, &parameters, &information);
    for (struct pnp_node *child = node->children; child != NULL; child = child->next) {
        child->listed = false;
    }
    if (!take_in_relations(node, status, (DEVICE_RELATIONS *)information)) {
        list_all(node);
    }
    for (PDEVICE_OBJECT pdo = io_child_next(node->pdo, NULL); pdo != NULL;
         pdo = io_child_next(node->pdo, pdo)) {
        take_in(node, pdo);
    }
    drop_unlisted(node);
    start_fresh(node);
}
