#pragma once
/* fx_collection.h - WDFCOLLECTION from inside: an ordered array of referenced objects. */
#include "wdf/object/fx_object.h"

struct fx_collection;

ULONG fx_collection_count(const struct fx_collection *collection);
/* fx_collection_item: NULL beyond the end. */
struct fx_object *fx_collection_item(const struct fx_collection *collection, ULONG index);
/* fx_collection_add: at the end, referenced. false: no memory. */
bool fx_collection_add(struct fx_collection *collection, struct fx_object *item);
/* fx_collection_drop_last: it is not empty. */
void fx_collection_drop_last(struct fx_collection *collection);
