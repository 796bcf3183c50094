/* pnp_node.c - the tree of devices: who is in it, who has taken it, who asks for something. */
#include "harness/pnp/pnp_node.h"

#include "base/lock.h"
#include "harness/pnp/pnp_reports.h"
#include "nt/ex/ex_pool.h"
#include "nt/io/pnp/io_child.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ob/ob_object.h"

static struct base_lock nodes_lock = {.rank = BASE_RANK_MACHINE};
static struct pnp_node *trees; /* (n) roots in order of creation */
static uint64_t planted;       /* (n) roots so far */

static void append(struct pnp_node **link, struct pnp_node *node)
{
    base_lock_acquire(&nodes_lock);
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = node;
    base_lock_release(&nodes_lock);
}

static void take_out(struct pnp_node **link, struct pnp_node *node)
{
    base_lock_acquire(&nodes_lock);
    while (*link != NULL && *link != node) {
        link = &(*link)->next;
    }
    if (*link == node) {
        *link = node->next;
    }
    base_lock_release(&nodes_lock);
}

void pnp_tree_plant(struct pnp_node *root, PDEVICE_OBJECT pdo)
{
    root->pdo = pdo;
    root->root = root;
    KeInitializeEvent(&root->free, SynchronizationEvent, TRUE);
    base_lock_acquire(&nodes_lock);
    root->number = ++planted;
    base_lock_release(&nodes_lock);
    append(&trees, root);
}

void pnp_resources_set(struct pnp_resources *place, const struct pnp_resources *resources)
{
    struct pnp_resources old = *place;

    base_lock_acquire(&nodes_lock);
    *place = *resources;
    base_lock_release(&nodes_lock);
    if (old.raw != NULL) {
        io_resource_list_free(old.raw);
    }
    if (old.translated != NULL) {
        io_resource_list_free(old.translated);
    }
}

static void free_resources(struct pnp_node *node)
{
    static const struct pnp_resources none;

    pnp_resources_set(&node->boot, &none);
    pnp_resources_set(&node->assigned, &none);
}

void pnp_tree_fell(struct pnp_node *root)
{
    take_out(&trees, root);
    free_resources(root);
}

void pnp_tree_forget(void)
{
    trees = NULL;
    planted = 0;
}

void pnp_tree_take(struct pnp_node *root)
{
    KeWaitForSingleObject(&root->free, Executive, KernelMode, FALSE, NULL);
}

void pnp_tree_give_back(struct pnp_node *root)
{
    KeSetEvent(&root->free, IO_NO_INCREMENT, FALSE);
}

struct pnp_node *pnp_node_add(struct pnp_node *parent, PDEVICE_OBJECT pdo)
{
    struct pnp_node *node = ex_pool_allocate(sizeof(*node), 'edoN', false, true, NULL);

    if (node != NULL) {
        node->pdo = pdo;
        node->root = parent->root;
        node->parent = parent;
        append(&parent->children, node);
    }
    return node;
}

void pnp_node_drop(struct pnp_node *node)
{
    PDEVICE_OBJECT pdo = node->pdo;

    take_out(&node->parent->children, node);
    free_resources(node);
    ex_pool_release(node);
    ObDereferenceObject(pdo);
    io_child_forget(pdo);
}

/* ---- the tree ---- */

/* A walk over a tree without recursion: parents before their children. */
static struct pnp_node *following(const struct pnp_node *node)
{
    if (node->children != NULL) {
        return node->children;
    }
    while (node->parent != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node->next; /* of a root: the next tree */
}

struct pnp_node *pnp_tree_of(PDEVICE_OBJECT pdo)
{
    struct pnp_node *node, *root = NULL;

    base_lock_acquire(&nodes_lock);
    for (node = trees; node != NULL && node->pdo != pdo;) {
        node = following(node);
    }
    if (node != NULL) {
        root = node->root;
        ob_ref(root->pdo); /* no window with the lock held */
    }
    base_lock_release(&nodes_lock);
    return root;
}

struct pnp_node *pnp_node_in(struct pnp_node *root, PDEVICE_OBJECT pdo)
{
    struct pnp_node *node;

    base_lock_acquire(&nodes_lock);
    for (node = trees; node != NULL && (node->pdo != pdo || node->root != root);) {
        node = following(node);
    }
    base_lock_release(&nodes_lock);
    return node;
}

/* Shared interrupts and what only describes something are nobody's alone. */
static bool collide(const CM_PARTIAL_RESOURCE_DESCRIPTOR *one,
                    const CM_PARTIAL_RESOURCE_DESCRIPTOR *other)
{
    uint64_t start = (uint64_t)one->u.Generic.Start.QuadPart;
    uint64_t other_start = (uint64_t)other->u.Generic.Start.QuadPart;

    if (one->Type != other->Type) {
        return false;
    }
    switch (one->Type) {
    case CmResourceTypePort:
    case CmResourceTypeMemory:
        return start < other_start + other->u.Generic.Length &&
               other_start < start + one->u.Generic.Length;
    case CmResourceTypeInterrupt:
        return one->u.Interrupt.Vector == other->u.Interrupt.Vector &&
               (one->ShareDisposition != CmResourceShareShared ||
                other->ShareDisposition != CmResourceShareShared);
    default:
        return false;
    }
}

static bool has(const struct pnp_node *node, const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    const CM_RESOURCE_LIST *list = node->is_assigned ? node->assigned.raw : node->boot.raw;

    for (ULONG i = 0; list != NULL && i < list->List[0].PartialResourceList.Count; i++) {
        if (collide(wanted, &list->List[0].PartialResourceList.PartialDescriptors[i])) {
            return true;
        }
    }
    return false;
}

bool pnp_is_free(const struct pnp_node *node, const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    bool is_free = true;

    base_lock_acquire(&nodes_lock);
    for (struct pnp_node *at = trees; at != NULL && is_free; at = following(at)) {
        is_free = at == node || !has(at, wanted);
    }
    base_lock_release(&nodes_lock);
    return is_free;
}

/* ---- reports ---- */

void pnp_ask(PDEVICE_OBJECT pdo, enum pnp_asked what)
{
    struct pnp_node *root = NULL;

    base_lock_acquire(&nodes_lock);
    for (struct pnp_node *node = trees; node != NULL; node = following(node)) {
        if (node->pdo == pdo) {
            node->asked |= what;
            root = node->root->work_queued ? NULL : node->root;
            node->root->work_queued = true;
            break;
        }
    }
    base_lock_release(&nodes_lock);
    if (root != NULL) {
        pnp_reports_queue(root);
    }
}

void pnp_asked_begin(struct pnp_node *root)
{
    base_lock_acquire(&nodes_lock);
    root->work_queued = false;
    base_lock_release(&nodes_lock);
}

struct pnp_node *pnp_asked_next(struct pnp_node *root, unsigned *asked)
{
    struct pnp_node *found = NULL;

    base_lock_acquire(&nodes_lock);
    for (struct pnp_node *node = root; node != NULL && node->root == root; node = following(node)) {
        if (node->asked != 0) {
            *asked = node->asked;
            node->asked = 0;
            found = node;
            break;
        }
    }
    base_lock_release(&nodes_lock);
    return found;
}

bool pnp_uses_driver(PDRIVER_OBJECT driver)
{
    struct pnp_node *node = trees;

    while (node != NULL && (!node->has_stack || node->parent == NULL || node->function != driver)) {
        node = following(node);
    }
    return node != NULL;
}
