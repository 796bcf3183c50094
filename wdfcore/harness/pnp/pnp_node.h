#pragma once
/* pnp_node.h - the tree of devices: the PnP manager's view of each PDO that a bus has reported, from
 * the devices of the root bus down to the children of drivers' buses.
 * Rules:
 * - a tree has one device of the root bus at its top; one context at a time starts, asks or removes
 *   anything in a tree: who has taken it (pnp_tree_take)
 * - a child's node is made when its bus reports it, and goes when it is reported no more, or with its
 *   parent's stack
 * - children are removed before their parent and started after it
 * Keys: (c) constant; (t) by who has taken the tree; (n) lock of the nodes
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

/* What a stack has asked for, at any IRQL. */
enum pnp_asked {
    PNP_ASKED_STATE = 1,     /* IoInvalidateDeviceState */
    PNP_ASKED_RESTART = 2,   /* io_pnp_reenumerate */
    PNP_ASKED_EJECT = 4,     /* IoRequestDeviceEject */
    PNP_ASKED_RELATIONS = 8, /* IoInvalidateDeviceRelations */
    PNP_ASKED_GONE = 16,     /* a device that it is a removal relation of is gone */
};

/* Both lists have the same count and order. */
struct pnp_resources {
    PCM_RESOURCE_LIST raw;        /* as the bus numbers them; NULL: nothing */
    PCM_RESOURCE_LIST translated; /* as the processor does */
};

#define PNP_LOWER_MAX 4

struct pnp_node {
    PDEVICE_OBJECT pdo;            /* (c) a child's is referenced */
    struct pnp_node *root;         /* (c) of its tree; the root's is itself */
    struct pnp_node *parent;       /* (c) NULL: the root of a tree */
    struct pnp_node *children;     /* (t)(n) in the order of their report */
    struct pnp_node *next;         /* (t)(n) sibling; of a root: the next tree */
    struct pnp_resources boot;     /* (t)(n) what the bus has for it */
    struct pnp_resources assigned; /* (t)(n) what it was given instead, if somebody changed that */
    bool is_assigned;              /* (t)(n) */
    PDRIVER_OBJECT lower[PNP_LOWER_MAX]; /* (c) filters below the function driver, lowest first */
    PDRIVER_OBJECT function;  /* (t) the driver that the stack was last started with; NULL: raw */
    bool has_stack;           /* (t) AddDevice was called (or none was needed), REMOVE not sent */
    bool started;             /* (t) */
    bool queried;             /* (t) QUERY_REMOVE was sent and is not answered yet */
    bool fresh;               /* (t) not looked at yet */
    bool listed;              /* (t) part of the answer that is being looked at */
    uint32_t restarts;        /* (t) since restarts_since */
    ULONGLONG restarts_since; /* (t) machine time in 100 ns */
    unsigned asked;           /* (n) of enum pnp_asked */
    bool work_queued;         /* (n) root: the worker is on its way */
    uint64_t number;          /* (c) root: in order of creation */
    WORK_QUEUE_ITEM work;     /* root */
    KEVENT free;              /* root: signaled: nobody has taken the tree */
};

/* ---- the tree (pnp_node.c) ---- */

/* pnp_tree_plant: the node of a root device, in its bus's storage. pnp_tree_fell: it goes. */
void pnp_tree_plant(struct pnp_node *root, PDEVICE_OBJECT pdo);
void pnp_tree_fell(struct pnp_node *root);
/* pnp_tree_forget: the machine is gone, and all nodes with it. */
void pnp_tree_forget(void);
/* pnp_tree_take: nobody else is at it until pnp_tree_give_back. PASSIVE_LEVEL, waits. */
void pnp_tree_take(struct pnp_node *root);
void pnp_tree_give_back(struct pnp_node *root);
/* pnp_tree_of: the root of the tree that a PDO is in; its PDO is referenced. NULL: in none.
 * pnp_node_in: its node, in a tree that is taken; NULL: it has gone. */
struct pnp_node *pnp_tree_of(PDEVICE_OBJECT pdo);
struct pnp_node *pnp_node_in(struct pnp_node *root, PDEVICE_OBJECT pdo);
/* pnp_node_add: a PDO that a bus reports; takes over the caller's reference. NULL: no memory. */
struct pnp_node *pnp_node_add(struct pnp_node *parent, PDEVICE_OBJECT pdo);
/* pnp_node_drop: it has neither stack nor children. */
void pnp_node_drop(struct pnp_node *node);
/* pnp_ask: note what a stack asks for and see that somebody looks. <= DISPATCH_LEVEL. */
void pnp_ask(PDEVICE_OBJECT pdo, enum pnp_asked what);
/* pnp_asked_begin: the worker has come: who asks from here on sends another one.
 * pnp_asked_next: a node of the tree that asks for something, which is taken from it; NULL: none. */
void pnp_asked_begin(struct pnp_node *root);
struct pnp_node *pnp_asked_next(struct pnp_node *root, unsigned *asked);
/* pnp_uses_driver: a child's stack was made with this driver. From outside. */
bool pnp_uses_driver(PDRIVER_OBJECT driver);

/* ---- one stack (pnp_stack.c) ---- */

/* pnp_stack_start: AddDevice (driver NULL: a raw device), of its lower filters first, and START_DEVICE, then the children. After a
 * failure the stack has been removed again. step: what failed. */
NTSTATUS pnp_stack_start(struct pnp_node *node, PDRIVER_OBJECT driver, const char **step);
/* pnp_stack_query_remove: may it go, and all below it? Who refuses: nothing has changed. */
NTSTATUS pnp_stack_query_remove(struct pnp_node *node);
/* pnp_stack_cancel_remove: who was asked, and may stay. */
void pnp_stack_cancel_remove(struct pnp_node *node);
/* pnp_stack_surprise: SURPRISE_REMOVAL for all that is started, children first. */
void pnp_stack_surprise(struct pnp_node *node);
/* pnp_stack_remove: REMOVE_DEVICE, children first; their nodes go. */
void pnp_stack_remove(struct pnp_node *node);
/* pnp_stack_state: a failure: the stack says that it failed. */
NTSTATUS pnp_stack_state(struct pnp_node *node);
NTSTATUS pnp_stack_capabilities(struct pnp_node *node, DEVICE_CAPABILITIES *capabilities);

/* ---- children ---- */

/* pnp_children_look: ask the stack which children there are; start the new ones, remove the others. */
void pnp_children_look(struct pnp_node *node);
/* pnp_identify: give the child its device node.
 *   ids   its hardware IDs, then its compatible IDs, each with its NUL, and one more; pool */
NTSTATUS pnp_identify(struct pnp_node *node, const DEVICE_CAPABILITIES *capabilities, char **ids);

/* ---- resources (pnp_resources.c, pnp_arbiter.c) ---- */

/* pnp_resources_get: what the stack is started with: what its bus has for it, changed by what the
 * drivers of the stack make of the requirements.
 *   Returns  a driver's failure; STATUS_CONFLICTING_ADDRESSES (no alternative can be had) */
NTSTATUS pnp_resources_get(struct pnp_node *node, struct pnp_resources *resources);
/* pnp_requirements_of: resources that cannot be moved, as requirements: in pool. NULL: no memory. */
PIO_RESOURCE_REQUIREMENTS_LIST pnp_requirements_of(const CM_RESOURCE_LIST *resources);
/* pnp_arbitrate: the first alternative that can be had. What the bus has for the device is taken
 * where it satisfies a requirement, else what nobody has. */
NTSTATUS pnp_arbitrate(struct pnp_node *node, const IO_RESOURCE_REQUIREMENTS_LIST *requirements,
                       struct pnp_resources *resources);
/* pnp_resources_set: they become the node's, which lets go of those that it had. */
void pnp_resources_set(struct pnp_resources *place, const struct pnp_resources *resources);
/* pnp_is_free: no other device has a port or an address of that range, or that interrupt for itself. */
bool pnp_is_free(const struct pnp_node *node, const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted);
