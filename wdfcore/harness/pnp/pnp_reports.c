/* pnp_reports.c - what stacks report about themselves: they failed, want to be started anew or
 * ejected, or have other children. A worker takes the tree and looks at one node after the other.
 */
#include "harness/pnp/pnp_reports.h"

#include "harness/pnp/pnp_node.h"
#include "harness/pnp/pnp_removal.h"
#include "nt/io/io_device.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/io/deferred/io_workitem.h"

/* A device that keeps asking for another start gets no more than these (spec: PNP-23). */
#define RESTARTS              5
#define RESTARTS_WITHIN_100NS (60 * 10000000ULL)

static bool restart_allowed(struct pnp_node *node)
{
    ULONGLONG now = KeQueryInterruptTime();

    if (node->restarts == 0 || now - node->restarts_since > RESTARTS_WITHIN_100NS) {
        node->restarts_since = now;
        node->restarts = 0;
    }
    if (node->restarts == RESTARTS) {
        return false;
    }
    node->restarts++;
    return true;
}

/* The stack failed. Only a framework device asks for another one. */
static void replace_stack(struct pnp_node *node, bool restart)
{
    PDRIVER_OBJECT function = node->function;
    const char *step;

    pnp_stack_surprise(node);
    pnp_stack_remove(node);
    if (restart && restart_allowed(node)) {
        /* A failure leaves the device without a stack, as one that was not asked to restart. */
        pnp_stack_start(node, function, &step);
    }
}

/* IRP_MN_EJECT is for devices that say they can be. All trees that take part are taken in order, so
 * that of the node is given back first. */
static void eject(struct pnp_node *node)
{
    struct pnp_node *root = node->root;
    PDEVICE_OBJECT pdo = node->pdo;
    DEVICE_CAPABILITIES capabilities;
    struct pnp_removal removal;
    bool supported =
        NT_SUCCESS(pnp_stack_capabilities(node, &capabilities)) && capabilities.EjectSupported;

    ObReferenceObject(pdo); /* dropped below */
    pnp_tree_give_back(root);
    pnp_removal_begin(&removal, pdo, true);
    if (removal.count > 0 && NT_SUCCESS(pnp_removal_query(&removal))) {
        pnp_removal_remove(&removal);
        if (supported && pnp_node_in(root, pdo) != NULL) {
            io_pnp_send(pdo, IRP_MN_EJECT, NULL, NULL);
        }
    }
    pnp_removal_end(&removal);
    pnp_tree_take(root);
    ObDereferenceObject(pdo);
}

static void look(struct pnp_node *node, unsigned asked)
{
    bool restart = (asked & PNP_ASKED_RESTART) != 0;
    bool doubtful = (asked & (PNP_ASKED_RESTART | PNP_ASKED_STATE)) != 0;

    if (!node->has_stack) {
        return;
    }
    if (doubtful && (restart || !NT_SUCCESS(pnp_stack_state(node)))) {
        replace_stack(node, restart);
    } else if ((asked & PNP_ASKED_GONE) != 0) {
        pnp_removal_lost(node);
    } else if ((asked & PNP_ASKED_EJECT) != 0) {
        eject(node);
    } else if ((asked & PNP_ASKED_RELATIONS) != 0 && node->started) {
        pnp_children_look(node);
    }
}

static void work(PVOID context)
{
    struct pnp_node *root = context, *node;
    unsigned asked = 0;

    pnp_asked_begin(root);
    pnp_tree_take(root);
    while ((node = pnp_asked_next(root, &asked)) != NULL) {
        look(node, asked);
    }
    pnp_tree_give_back(root);
    ObDereferenceObject(root->pdo);
}

void pnp_reports_queue(struct pnp_node *root)
{
    ObReferenceObject(root->pdo); /* work drops it */
    io_work_queue(&root->work, work, root);
}

static void invalidate_relations(PDEVICE_OBJECT pdo, DEVICE_RELATION_TYPE type)
{
    if (type == BusRelations) {
        pnp_ask(pdo, PNP_ASKED_RELATIONS);
    }
}

static void invalidate_state(PDEVICE_OBJECT pdo)
{
    pnp_ask(pdo, PNP_ASKED_STATE);
}

static void request_eject(PDEVICE_OBJECT pdo)
{
    pnp_ask(pdo, PNP_ASKED_EJECT);
}

static void reenumerate(PDEVICE_OBJECT pdo)
{
    pnp_ask(pdo, PNP_ASKED_RESTART);
}

static const struct io_pnp_bus reports = {
    .invalidate_relations = invalidate_relations,
    .invalidate_state = invalidate_state,
    .request_eject = request_eject,
    .reenumerate = reenumerate,
};

void pnp_reports_listen(void)
{
    io_pnp_set_bus(&reports);
}
