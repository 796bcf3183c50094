#pragma once
/* rtl_balance.h - a tree whose two sides differ by at most one level at every node.
 * Rules for a tree:
 * - the root is the right child of `anchor`, which is its own parent and has no left child
 * - a node's Balance is the depth of its right side less that of its left
 */
#include <ntddk.h>

/* The node hangs under `parent` from now on. Returns whether the tree became deeper. */
BOOLEAN rtl_balance_insert(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node,
                           PRTL_BALANCED_LINKS parent, BOOLEAN right);
/* Returns whether the tree became less deep. */
BOOLEAN rtl_balance_remove(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node);
/* The neighbours in order, or NULL. */
PRTL_BALANCED_LINKS rtl_balance_first(PRTL_BALANCED_LINKS anchor);
PRTL_BALANCED_LINKS rtl_balance_next(PRTL_BALANCED_LINKS node);
PRTL_BALANCED_LINKS rtl_balance_previous(PRTL_BALANCED_LINKS anchor, PRTL_BALANCED_LINKS node);
