/* pnp_removal.c - which devices go together, and how they go.
 *
 * Normal path: with the trees that are known to take part taken, the stacks are asked for their relations.
 * A device in another tree: that tree is one more, all are given back, taken in order, and asked anew.
 * What cannot be noted for want of memory is left out.
 */
#include "harness/pnp/pnp_removal.h"

#include "nt/ex/ex_pool.h"
#include "nt/io/pnp/io_pnp.h"

#include <string.h>

/* ---- lists of nodes ---- */

static bool list_has(struct pnp_node *const *list, ULONG count, const struct pnp_node *node)
{
    for (ULONG i = 0; i < count; i++) {
        if (list[i] == node) {
            return true;
        }
    }
    return false;
}

/* At that place. false: no memory. */
static bool list_insert(struct pnp_node ***list, ULONG *count, ULONG at, struct pnp_node *node)
{
    struct pnp_node **larger =
        ex_pool_allocate((*count + 1) * sizeof(struct pnp_node *), 'mevR', false, true, NULL);

    if (larger == NULL) {
        return false;
    }
    if (*count > 0) {
        memcpy(larger, *list, at * sizeof(struct pnp_node *));
        memcpy(larger + at + 1, *list + at, (*count - at) * sizeof(struct pnp_node *));
        ex_pool_release(*list);
    }
    larger[at] = node;
    *list = larger;
    ++*count;
    return true;
}

static void list_free(struct pnp_node ***list, ULONG *count)
{
    if (*list != NULL) {
        ex_pool_release(*list);
    }
    *list = NULL;
    *count = 0;
}

/* ---- trees ---- */

/* What is being looked for. */
struct search {
    struct pnp_removal *removal;
    struct pnp_node *lost;  /* its tree is taken already, and no other one will be; NULL: none */
    struct pnp_node **more; /* trees that take part, too; referenced */
    ULONG more_count;
    bool ejected;
    bool again; /* one above members took their place: it is to be asked, too */
};

/* The reference is ours. */
static void add_tree(struct pnp_node ***list, ULONG *count, struct pnp_node *root)
{
    ULONG at = 0;

    while (at < *count && (*list)[at]->number < root->number) {
        at++;
    }
    if (list_has(*list, *count, root) || !list_insert(list, count, at, root)) {
        ObDereferenceObject(root->pdo);
    }
}

static void take_trees(const struct pnp_removal *removal)
{
    for (ULONG i = 0; i < removal->root_count; i++) {
        pnp_tree_take(removal->roots[i]);
    }
}

static void give_back_trees(const struct pnp_removal *removal)
{
    for (ULONG i = 0; i < removal->root_count; i++) {
        pnp_tree_give_back(removal->roots[i]);
    }
}

/* The trees of the search are taken with the others from now on. */
static void merge_trees(struct search *search)
{
    for (ULONG i = 0; i < search->more_count; i++) {
        add_tree(&search->removal->roots, &search->removal->root_count, search->more[i]);
    }
    list_free(&search->more, &search->more_count);
}

/* ---- members ---- */

static bool is_below(const struct pnp_node *node, const struct pnp_node *top)
{
    while (node != NULL && node != top) {
        node = node->parent;
    }
    return node == top;
}

static void add_member(struct search *search, struct pnp_node *node)
{
    struct pnp_removal *removal = search->removal;
    ULONG last = removal->count, kept = 0;

    for (ULONG i = 0; i < removal->count; i++) {
        if (is_below(node, removal->members[i])) {
            return; /* it goes with that one */
        }
    }
    if (!list_insert(&removal->members, &removal->count, last, node)) {
        return;
    }
    for (ULONG i = 0; i <= last; i++) { /* those below it go with it */
        if (i == last || !is_below(removal->members[i], node)) {
            removal->members[kept++] = removal->members[i];
        }
    }
    search->again = search->again || kept < removal->count;
    removal->count = kept;
}

/* Each object of the answer has a reference for us. NULL: none. */
static DEVICE_RELATIONS *ask(const struct pnp_node *node, DEVICE_RELATION_TYPE type)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;
    NTSTATUS status;

    parameters.Parameters.QueryDeviceRelations.Type = type;
    status = io_pnp_send(node->pdo, IRP_MN_QUERY_DEVICE_RELATIONS, &parameters, &information);
    return NT_SUCCESS(status) ? (DEVICE_RELATIONS *)information : NULL;
}

/* One device that the relations name. */
static void take_in(struct search *search, PDEVICE_OBJECT pdo)
{
    struct pnp_removal *removal = search->removal;
    struct pnp_node *root = pnp_tree_of(pdo);
    struct pnp_node *node = NULL;

    if (root == NULL) {
        return; /* PnP does not know it */
    }
    if (root == (search->lost != NULL ? search->lost->root : NULL) ||
        list_has(removal->roots, removal->root_count, root)) {
        node = pnp_node_in(root, pdo);
    } else if (search->lost != NULL) {
        pnp_ask(pdo, PNP_ASKED_GONE);
    } else {
        add_tree(&search->more, &search->more_count, root);
        return; /* the reference is the list's */
    }
    if (node != NULL && (search->lost == NULL || !is_below(search->lost, node))) {
        add_member(search, node);
    }
    ObDereferenceObject(root->pdo);
}

static void relate(struct search *search, const struct pnp_node *node, DEVICE_RELATION_TYPE type)
{
    DEVICE_RELATIONS *relations = node->has_stack ? ask(node, type) : NULL;

    if (relations == NULL) {
        return;
    }
    for (ULONG i = 0; i < relations->Count; i++) {
        take_in(search, relations->Objects[i]);
        ObDereferenceObject(relations->Objects[i]);
    }
    ExFreePool(relations);
}

/* The node and all below it. */
static void relate_all(struct search *search, const struct pnp_node *node)
{
    relate(search, node, RemovalRelations);
    if (search->ejected) {
        relate(search, node, EjectionRelations);
    }
    for (const struct pnp_node *child = node->children; child != NULL; child = child->next) {
        relate_all(search, child);
    }
}

/* The members, in the trees that are taken. */
static void collect(struct search *search, struct pnp_node *node)
{
    struct pnp_removal *removal = search->removal;

    list_free(&removal->members, &removal->count);
    add_member(search, node);
    do {
        search->again = false;
        for (ULONG i = 0; i < removal->count && !search->again; i++) {
            relate_all(search, removal->members[i]);
        }
    } while (search->again);
}

void pnp_removal_begin(struct pnp_removal *removal, PDEVICE_OBJECT pdo, bool ejected)
{
    struct search search = {.removal = removal, .ejected = ejected};
    struct pnp_node *root = pnp_tree_of(pdo);
    bool complete = false;

    *removal = (struct pnp_removal){0};
    if (root == NULL) {
        return;
    }
    add_tree(&removal->roots, &removal->root_count, root);
    while (!complete) {
        struct pnp_node *node;

        take_trees(removal);
        node = removal->root_count > 0 ? pnp_node_in(root, pdo) : NULL;
        if (node != NULL) {
            collect(&search, node);
        } else {
            list_free(&removal->members, &removal->count); /* it has gone meanwhile */
        }
        complete = search.more_count == 0;
        if (!complete) {
            give_back_trees(removal);
            merge_trees(&search);
        }
    }
}

void pnp_removal_end(struct pnp_removal *removal)
{
    give_back_trees(removal);
    for (ULONG i = 0; i < removal->root_count; i++) {
        ObDereferenceObject(removal->roots[i]->pdo);
    }
    list_free(&removal->members, &removal->count);
    list_free(&removal->roots, &removal->root_count);
}

/* ---- going ---- */

NTSTATUS pnp_removal_query(const struct pnp_removal *removal)
{
    for (ULONG i = removal->count; i > 0; i--) {
        NTSTATUS status = pnp_stack_query_remove(removal->members[i - 1]);

        if (!NT_SUCCESS(status)) {
            for (; i < removal->count; i++) {
                pnp_stack_cancel_remove(removal->members[i]);
            }
            return status;
        }
    }
    return STATUS_SUCCESS;
}

void pnp_removal_surprise(const struct pnp_removal *removal)
{
    for (ULONG i = removal->count; i > 0; i--) {
        pnp_stack_surprise(removal->members[i - 1]);
    }
}

void pnp_removal_remove(const struct pnp_removal *removal)
{
    for (ULONG i = removal->count; i > 0; i--) {
        pnp_stack_remove(removal->members[i - 1]);
    }
}

void pnp_removal_lost(struct pnp_node *child)
{
    struct pnp_removal removal = {0};
    struct search search = {.removal = &removal, .lost = child};

    collect(&search, child);
    pnp_removal_surprise(&removal);
    pnp_removal_remove(&removal);
    list_free(&removal.members, &removal.count);
}
