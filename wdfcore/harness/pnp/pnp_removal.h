#pragma once
/* pnp_removal.h - devices that go together: a device with all below it, and those that it or one of
 * these has as removal relations, or, when it is ejected, as ejection relations, with all below them.
 * Rules:
 * - all their trees are taken from pnp_removal_begin to pnp_removal_end; more than one tree is taken in
 *   order of creation only, by who holds none
 * - the members are the tops of what goes: none lies below another one
 * - related devices go first, the device itself last
 */
#include "harness/pnp/pnp_node.h"

struct pnp_removal {
    struct pnp_node **members; /* in the order in which they were found */
    ULONG count;
    struct pnp_node **roots; /* of the trees that are taken, referenced, in order of creation */
    ULONG root_count;
};

/* pnp_removal_begin: takes the trees and asks the stacks. Nothing is gone yet. No members: the device has
 * gone meanwhile.
 *   ejected   ejection relations count, too
 * pnp_removal_end: gives the trees back. */
void pnp_removal_begin(struct pnp_removal *removal, PDEVICE_OBJECT pdo, bool ejected);
void pnp_removal_end(struct pnp_removal *removal);

/* pnp_removal_query: may they go? Who refuses: nothing has changed.
 * pnp_removal_surprise, pnp_removal_remove: as for one stack. */
NTSTATUS pnp_removal_query(const struct pnp_removal *removal);
void pnp_removal_surprise(const struct pnp_removal *removal);
void pnp_removal_remove(const struct pnp_removal *removal);

/* pnp_removal_lost: the child of a bus is gone, with its tree taken: it goes at once, with related devices
 * of the tree but those above it; devices of other trees by and by. The child's node stays. */
void pnp_removal_lost(struct pnp_node *child);
