/* fx_collection.c - WDFCOLLECTION: an ordered array of referenced objects. Its items are let go
 * when the collection is destroyed, after its callbacks, which may still look at them.
 */
#include "wdf/object/fx_collection.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_make.h"
#include "wdf/pnp/fx_pool.h"
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

/* Room for one more. */
static bool collection_grow(struct fx_collection *collection)
{
    ULONG capacity = collection->capacity != 0 ? collection->capacity * 2 : FIRST_CAPACITY;
    struct fx_object **items;

    if (collection->count < collection->capacity) {
        return true;
    }
    items = fx_allocate(capacity * sizeof(*items));
    if (items == NULL) {
        return false;
    }
    if (collection->count != 0) {
        RtlCopyMemory(items, collection->items, collection->count * sizeof(*items));
    }
    fx_free(collection->items);
    collection->items = items;
    collection->capacity = capacity;
    return true;
}

static void collection_remove(struct fx_collection *collection, ULONG index)
{
    struct fx_object *item = collection->items[index];

    fx_tree_lock();
    collection->count--;
    for (ULONG i = index; i < collection->count; i++) {
        collection->items[i] = collection->items[i + 1];
    }
    fx_tree_unlock();
    fx_object_deref(item);
}

ULONG fx_collection_count(const struct fx_collection *collection)
{
    return collection->count;
}

struct fx_object *fx_collection_item(const struct fx_collection *collection, ULONG index)
{
    return index < collection->count ? collection->items[index] : NULL;
}

bool fx_collection_add(struct fx_collection *collection, struct fx_object *item)
{
    if (!collection_grow(collection)) {
        return false;
    }
    fx_tree_lock();
    fx_object_ref(item); /* dropped by collection_remove or collection_destroy */
    collection->items[collection->count++] = item;
    fx_tree_unlock();
    return true;
}

void fx_collection_drop_last(struct fx_collection *collection)
{
    collection_remove(collection, collection->count - 1);
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
    ULONG index = 0;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    item = collection != NULL ? fx_handle_get_any(Item) : NULL;
    if (item == NULL) {
        return;
    }
    while (index < collection->count && collection->items[index] != item) {
        index++;
    }
    if (index == collection->count) {
        collection_not_found(collection, "an object");
        return;
    }
    collection_remove(collection, index);
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
    if (Index >= collection->count) {
        collection_not_found(collection, "an index");
        return;
    }
    collection_remove(collection, Index);
}

ULONG WdfCollectionGetCount(WDFCOLLECTION Collection)
{
    struct fx_collection *collection;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    collection = fx_handle_get(Collection, FX_TYPE_COLLECTION);
    return collection != NULL ? collection->count : 0;
}

static WDFOBJECT collection_item(const struct fx_collection *collection, ULONG index)
{
    return index < collection->count ? fx_handle_of(collection->items[index]) : NULL;
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
    return collection != NULL ? collection_item(collection, collection->count - 1) : NULL;
}
