/* fx_collection.c - WDFCOLLECTION: an ordered array of referenced objects. Its items are let go
 * when the collection is destroyed, after its callbacks, which may still look at them.
 */
#include "wdf/object/data/fx_collection.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"
#include "wdf/frame/fx_report.h"

#define FIRST_CAPACITY 8u

/* Keys: (t) tree lock */
struct fx_collection {
    struct fx_object object;
    struct fx_object **items; /* (t) each referenced */
    ULONG count;              /* (t) */
    ULONG capacity;           /* (t) */
};

static void collection_destroy(struct fx_object *object)
{
    struct fx_collection *collection = fx_object_body(object, struct fx_collection);

    for (ULONG i = 0; i < collection->count; i++) {
        fx_object_deref(collection->items[i]);
    }
    fx_free(collection->items);
}

static void collection_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_collection *collection = (const struct fx_collection *)object;

    snprintf(text, size, "%u item%s", collection->count, collection->count == 1 ? "" : "s");
}

static const struct fx_type fx_collection_type = {
    .number = FX_TYPE_COLLECTION,
    .size = sizeof(struct fx_collection),
    .destroy = collection_destroy,
    .describe = collection_describe,
};

/* Room for more than `full` items; somebody else may have made it by now. false: no memory. */
static bool collection_grow(struct fx_collection *collection, ULONG full)
{
    ULONG capacity = full != 0 ? full * 2 : FIRST_CAPACITY;
    struct fx_object **items = fx_allocate(capacity * sizeof(*items));

    if (items == NULL) {
        return false;
    }
    fx_tree_lock();
    if (collection->capacity == full) {
        struct fx_object **old = collection->items;

        if (collection->count != 0) {
            RtlCopyMemory(items, old, collection->count * sizeof(*items));
        }
        collection->items = items;
        collection->capacity = capacity;
        items = old;
    }
    fx_tree_unlock();
    fx_free(items);
    return true;
}

bool fx_collection_add(struct fx_collection *collection, struct fx_object *item)
{
    for (;;) {
        ULONG capacity;
        bool added;

        fx_tree_lock();
        capacity = collection->capacity;
        added = collection->count < capacity;
        if (added) {
            fx_object_ref(item); /* dropped by collection_remove or collection_destroy */
            collection->items[collection->count++] = item;
        }
        fx_tree_unlock();
        if (added || !collection_grow(collection, capacity)) {
            return added;
        }
    }
}

/* The item leaves: the first that is `item`, or (NULL) the one at the index. false: there is none. */
static bool collection_remove(struct fx_collection *collection, struct fx_object *item, ULONG index)
{
    bool found;

    fx_tree_lock();
    while (item != NULL && index < collection->count && collection->items[index] != item) {
        index++;
    }
    found = index < collection->count;
    if (found) {
        item = collection->items[index];
        collection->count--;
        for (ULONG i = index; i < collection->count; i++) {
            collection->items[i] = collection->items[i + 1];
        }
    }
    fx_tree_unlock();
    if (found) {
        fx_object_deref(item);
    }
    return found;
}

ULONG fx_collection_count(const struct fx_collection *collection)
{
    ULONG count;

    fx_tree_lock();
    count = collection->count;
    fx_tree_unlock();
    return count;
}

struct fx_object *fx_collection_item(const struct fx_collection *collection, ULONG index)
{
    struct fx_object *item;

    fx_tree_lock();
    item = index < collection->count ? collection->items[index] : NULL;
    fx_tree_unlock();
    return item;
}

void fx_collection_drop_last(struct fx_collection *collection)
{
    collection_remove(collection, NULL, fx_collection_count(collection) - 1);
}

static void collection_not_found(const struct fx_collection *collection, const char *what)
{
    fx_violation(RULE_CollectionItemNotFound, FX_BUGCHECK_NONE, 0, 0, &collection->object,
                 "%s, which is not in the WDFCOLLECTION, was to be removed", what);
}

/* ---- API ---- */

NTSTATUS WdfCollectionCreate(PWDF_OBJECT_ATTRIBUTES CollectionAttributes, WDFCOLLECTION *Collection)
{
    struct fx_make make;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Collection == NULL) {
        return fx_parameter_null("Collection", KE_CALLER());
    }
    *Collection = NULL;
    status = fx_make(&fx_collection_type, 0, CollectionAttributes, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        *Collection = fx_handle_of(make.object);
    }
    return status;
}

NTSTATUS WdfCollectionAdd(WDFCOLLECTION Collection, WDFOBJECT Object)
{
    struct fx_collection *collection;
    struct fx_object *item;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    if (collection == NULL) {
        return STATUS_UNSUCCESSFUL;
    }
    item = fx_handle_get_any(Object);
    return item != NULL && fx_collection_add(collection, item) ? STATUS_SUCCESS
                                                               : STATUS_UNSUCCESSFUL;
}

VOID WdfCollectionRemove(WDFCOLLECTION Collection, WDFOBJECT Item)
{
    struct fx_collection *collection;
    struct fx_object *item;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    item = collection != NULL ? fx_handle_get_any(Item) : NULL;
    if (item == NULL) {
        return;
    }
    if (!collection_remove(collection, item, 0)) {
        collection_not_found(collection, "an object");
    }
}

VOID WdfCollectionRemoveItem(WDFCOLLECTION Collection, ULONG Index)
{
    struct fx_collection *collection;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    if (collection == NULL) {
        return;
    }
    if (!collection_remove(collection, NULL, Index)) {
        collection_not_found(collection, "an index");
    }
}

ULONG WdfCollectionGetCount(WDFCOLLECTION Collection)
{
    struct fx_collection *collection;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    return collection != NULL ? fx_collection_count(collection) : 0;
}

static WDFOBJECT collection_item(const struct fx_collection *collection, ULONG index)
{
    const struct fx_object *item = fx_collection_item(collection, index);

    return item != NULL ? fx_handle_of(item) : NULL;
}

WDFOBJECT WdfCollectionGetItem(WDFCOLLECTION Collection, ULONG Index)
{
    struct fx_collection *collection;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    return collection != NULL ? collection_item(collection, Index) : NULL;
}

WDFOBJECT WdfCollectionGetFirstItem(WDFCOLLECTION Collection)
{
    struct fx_collection *collection;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    return collection != NULL ? collection_item(collection, 0) : NULL;
}

WDFOBJECT WdfCollectionGetLastItem(WDFCOLLECTION Collection)
{
    struct fx_collection *collection;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    return collection != NULL ? collection_item(collection, fx_collection_count(collection) - 1)
                              : NULL;
}
