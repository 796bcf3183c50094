/* rtl_balance.c - insertion into and removal from a balanced tree; see rtl_balance.h. */
#include "nt/tree/rtl_balance.h"

/* The node and its parent change places; the order of the tree stays. */
static void balance_rotate_up(PRTL_BALANCED_LINKS node)
{
    PRTL_BALANCED_LINKS parent = node->Parent;
    PRTL_BALANCED_LINKS grand = parent->Parent;
    PRTL_BALANCED_LINKS child;

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
    if (grand->LeftChild == parent) {
        grand->LeftChild = node;
    } else {
        grand->RightChild = node;
    }
    parent->Parent = node;
    node->Parent = grand;
}

/* One side of top is two levels deeper. Returns what stands in its place afterwards; with Balance 0 it
 * is less deep than before. */
static PRTL_BALANCED_LINKS balance_mend(PRTL_BALANCED_LINKS top)
{
    CHAR side = top->Balance > 0 ? 1 : -1;
    PRTL_BALANCED_LINKS heavy = side > 0 ? top->RightChild : top->LeftChild;
    PRTL_BALANCED_LINKS middle;

    if (heavy->Balance != -side) {
        balance_rotate_up(heavy);
        top->Balance = heavy->Balance == 0 ? side : 0;
        heavy->Balance = heavy->Balance == 0 ? (CHAR)-side : 0;
        return heavy;
    }
    middle = side > 0 ? heavy->LeftChild : heavy->RightChild;
    balance_rotate_up(middle);
    balance_rotate_up(middle);
    top->Balance = middle->Balance == side ? (CHAR)-side : 0;
    heavy->Balance = middle->Balance == -side ? side : 0;
    middle->Balance = 0;
    return middle;
}

BOOLEAN rtl_balance_insert(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node,
                           PRTL_BALANCED_LINKS parent, BOOLEAN right)
{
    *node = (RTL_BALANCED_LINKS){.Parent = parent};
    if (right) {
        parent->RightChild = node;
    } else {
        parent->LeftChild = node;
    }
    /* Upwards as long as the side that we come from has become deeper. */
    for (; parent != anchor; node = parent, parent = parent->Parent) {
        parent->Balance = (CHAR)(parent->Balance + (parent->RightChild == node ? 1 : -1));
        if (parent->Balance == 0) {
            return FALSE;
        }
        if (parent->Balance == 2 || parent->Balance == -2) {
            balance_mend(parent);
            return FALSE;
        }
    }
    return TRUE;
}

/* The side of `parent` has become less deep. */
static BOOLEAN balance_shrunk(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS parent, BOOLEAN right)
{
    while (parent != anchor) {
        PRTL_BALANCED_LINKS top = parent;

        parent->Balance = (CHAR)(parent->Balance + (right ? -1 : 1));
        if (parent->Balance == 2 || parent->Balance == -2) {
            top = balance_mend(parent);
        }
        if (top->Balance != 0) {
            return FALSE;
        }
        parent = top->Parent;
        right = parent->RightChild == top;
    }
    return TRUE;
}

/* The new node, or none, comes where the old one hangs. */
static void balance_put(PRTL_BALANCED_LINKS old, PRTL_BALANCED_LINKS node)
{
    if (old->Parent->LeftChild == old) {
        old->Parent->LeftChild = node;
    } else {
        old->Parent->RightChild = node;
    }
    if (node != NULL) {
        node->Parent = old->Parent;
    }
}

BOOLEAN rtl_balance_remove(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node)
{
    PRTL_BALANCED_LINKS heir = node; /* has one child at most, and comes where node is */
    PRTL_BALANCED_LINKS parent;
    BOOLEAN right;

    if (node->LeftChild != NULL && node->RightChild != NULL) {
        heir = rtl_balance_previous(anchor, node);
    }
    parent = heir->Parent;
    right = parent->RightChild == heir;
    balance_put(heir, heir->LeftChild != NULL ? heir->LeftChild : heir->RightChild);
    if (heir != node) {
        *heir = *node;
        balance_put(node, heir);
        if (heir->LeftChild != NULL) {
            heir->LeftChild->Parent = heir;
        }
        heir->RightChild->Parent = heir;
        parent = parent == node ? heir : parent;
    }
    return balance_shrunk(anchor, parent, right);
}

PRTL_BALANCED_LINKS rtl_balance_first(PRTL_BALANCED_LINKS anchor)
{
    PRTL_BALANCED_LINKS node = anchor->RightChild;

    while (node != NULL && node->LeftChild != NULL) {
        node = node->LeftChild;
    }
    return node;
}

PRTL_BALANCED_LINKS rtl_balance_next(PRTL_BALANCED_LINKS node)
{
    if (node->RightChild != NULL) {
        return rtl_balance_first(node);
    }
    while (node->Parent->RightChild == node) { /* ends behind the root, whose anchor is a left child
                                                  of nothing */
        node = node->Parent;
    }
    return node->Parent->LeftChild == node ? node->Parent : NULL;
}

PRTL_BALANCED_LINKS rtl_balance_previous(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node)
{
    PRTL_BALANCED_LINKS found = node->LeftChild;

    if (found != NULL) {
        while (found->RightChild != NULL) {
            found = found->RightChild;
        }
        return found;
    }
    while (node->Parent->LeftChild == node) {
        node = node->Parent;
    }
    return node->Parent != anchor ? node->Parent : NULL;
}
