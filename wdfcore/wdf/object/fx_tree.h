#pragma once
/* fx_tree.h - lists of siblings, and the tree of parents and children. With the tree lock, all of it.
 * A list is the link to its first object, whose `previous` is the last; the last one's `next` is none.
 */
#include "wdf/object/fx_object.h"

/* fx_siblings_append: the object, which stands in no list, becomes the last. */
static inline void fx_siblings_append(fx_link *list, struct fx_object *object)
{
    struct fx_object *first = fx_object_at(*list);
    fx_link link = fx_link_to(object);

    if (first == NULL) {
        *list = link;
        object->previous = link;
    } else {
        object->previous = first->previous;
        fx_object_there(first->previous)->next = link;
        first->previous = link;
    }
}

/* fx_siblings_drop: the first objects of the list, up to `last`, go; what they point to stays. */
static inline void fx_siblings_drop(fx_link *list, const struct fx_object *first,
                                    const struct fx_object *last)
{
    *list = last->next;
    if (last->next != FX_LINK_NONE) {
        fx_object_there(last->next)->previous = first->previous;
    }
}

/* fx_siblings_remove: the object stands in no list any more. */
static inline void fx_siblings_remove(fx_link *list, struct fx_object *object)
{
    struct fx_object *first = fx_object_at(*list);

    if (first == object) {
        fx_siblings_drop(list, object, object);
    } else {
        struct fx_object *after =
            object->next != FX_LINK_NONE ? fx_object_there(object->next) : first;

        fx_object_there(object->previous)->next = object->next;
        after->previous = object->previous;
    }
    object->previous = FX_LINK_NONE;
    object->next = FX_LINK_NONE;
}

/* fx_tree_append: the object becomes the parent's last child. fx_tree_remove: it leaves its parent, if it
 * has one. */
static inline void fx_tree_append(struct fx_object *parent, struct fx_object *object)
{
    object->parent = fx_link_to(parent);
    fx_siblings_append(&parent->children, object);
}

static inline void fx_tree_remove(struct fx_object *object)
{
    struct fx_object *parent = fx_object_parent(object);

    if (parent != NULL) {
        fx_siblings_remove(&parent->children, object);
        object->parent = FX_LINK_NONE;
    }
}
