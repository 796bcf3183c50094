/* rtl_splay.c - splay trees: a node that is touched becomes the root by rotations, two at a time, so
 * that the path to it is halved.
 */
#include <ntddk.h>

#include "nt/ke/ke_check.h"

/* A root is its own parent; another node is a child of its parent. Before anything is followed: the
 * links of what is no node may lead in a circle. */
static BOOLEAN splay_check(const RTL_SPLAY_LINKS *node, const char *api)
{
    const RTL_SPLAY_LINKS *parent;

    if (!ke_check_address(node, "splay links", api)) {
        return FALSE;
    }
    parent = node->Parent;
    return parent == node ||
           (!ke_address_is_bad(parent) &&
            (parent->LeftChild == node || parent->RightChild == node)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, node, "splay links", api);
}

#define LINKS_OK(links) splay_check((links), __func__)

/* The node and its parent change places; the order of the tree stays. */
static void splay_rotate_up(PRTL_SPLAY_LINKS node)
{
    PRTL_SPLAY_LINKS parent = node->Parent;
    PRTL_SPLAY_LINKS grand = parent->Parent;
    BOOLEAN parent_is_root = grand == parent;
    PRTL_SPLAY_LINKS child;

    if (parent->LeftChild == node) {
        child = node->RightChild;
        parent->LeftChild = child;
        node->RightChild = parent;
    } else {
        child = node->LeftChild;
        parent->RightChild = child;
        node->LeftChild = parent;
    }
    if (child != NULL) {
        child->Parent = parent;
    }
    parent->Parent = node;
    node->Parent = parent_is_root ? node : grand;
    if (!parent_is_root && grand->LeftChild == parent) {
        grand->LeftChild = node;
    } else if (!parent_is_root) {
        grand->RightChild = node;
    }
}

PRTL_SPLAY_LINKS RtlSplay(PRTL_SPLAY_LINKS Links)
{
    if (!LINKS_OK(Links)) {
        return NULL;
    }
    while (!RtlIsRoot(Links)) {
        PRTL_SPLAY_LINKS parent = Links->Parent;

        if (!RtlIsRoot(parent)) {
            /* On one line the parent goes first, else the node twice. */
            splay_rotate_up(RtlIsLeftChild(parent) == RtlIsLeftChild(Links) ? parent : Links);
        }
        splay_rotate_up(Links);
    }
    return Links;
}

/* The new node, or none, comes where the old one hangs. */
static void splay_put(PRTL_SPLAY_LINKS old, PRTL_SPLAY_LINKS node, PRTL_SPLAY_LINKS *root)
{
    PRTL_SPLAY_LINKS parent = old->Parent;

    if (parent == old) {
        *root = node;
        parent = node;
    } else if (parent->LeftChild == old) {
        parent->LeftChild = node;
    } else {
        parent->RightChild = node;
    }
    if (node != NULL) {
        node->Parent = parent;
    }
}

/* Returns the lowest node whose subtree has become smaller, or NULL. */
static PRTL_SPLAY_LINKS splay_remove(PRTL_SPLAY_LINKS node, PRTL_SPLAY_LINKS *root)
{
    PRTL_SPLAY_LINKS below = RtlIsRoot(node) ? NULL : node->Parent;
    PRTL_SPLAY_LINKS heir;

    if (node->LeftChild == NULL || node->RightChild == NULL) {
        splay_put(node, node->LeftChild != NULL ? node->LeftChild : node->RightChild, root);
        return below;
    }
    heir = RtlSubtreePredecessor(node);
    below = heir->Parent == node ? heir : heir->Parent;
    splay_put(heir, heir->LeftChild, root);
    heir->LeftChild = node->LeftChild;
    heir->RightChild = node->RightChild;
    if (heir->LeftChild != NULL) {
        heir->LeftChild->Parent = heir;
    }
    heir->RightChild->Parent = heir;
    splay_put(node, heir, root);
    return below;
}

VOID RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root)
{
    if (LINKS_OK(Links)) {
        splay_remove(Links, Root);
    }
}

PRTL_SPLAY_LINKS RtlDelete(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS root = NULL; /* set where the root goes */
    PRTL_SPLAY_LINKS below;

    if (!LINKS_OK(Links)) {
        return NULL;
    }
    below = splay_remove(Links, &root);
    return below != NULL ? RtlSplay(below) : root;
}

PRTL_SPLAY_LINKS RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = LINKS_OK(Links) ? Links->RightChild : NULL;

    while (node != NULL && node->LeftChild != NULL) {
        node = node->LeftChild;
    }
    return node;
}

PRTL_SPLAY_LINKS RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = LINKS_OK(Links) ? Links->LeftChild : NULL;

    while (node != NULL && node->RightChild != NULL) {
        node = node->RightChild;
    }
    return node;
}

PRTL_SPLAY_LINKS RtlRealSuccessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = Links;

    if (!LINKS_OK(Links)) {
        return NULL;
    }
    if (node->RightChild != NULL) {
        return RtlSubtreeSuccessor(node);
    }
    while (RtlIsRightChild(node)) {
        node = node->Parent;
    }
    return RtlIsLeftChild(node) ? node->Parent : NULL;
}

PRTL_SPLAY_LINKS RtlRealPredecessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = Links;

    if (!LINKS_OK(Links)) {
        return NULL;
    }
    if (node->LeftChild != NULL) {
        return RtlSubtreePredecessor(node);
    }
    while (RtlIsLeftChild(node)) {
        node = node->Parent;
    }
    return RtlIsRightChild(node) ? node->Parent : NULL;
}
