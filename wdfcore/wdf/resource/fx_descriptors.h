#pragma once
/* fx_descriptors.h - an ordered list of hardware descriptors, all of one type, inside of the object
 * that a driver has a handle of.
 * Rules:
 * - what a driver gets is a copy of the descriptor that the list owns: what it writes there changes
 *   nothing, and is gone when it asks again
 * - the copy's address is stable while the descriptor is in the list
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/object/fx_object.h"

/* What a driver may do with a list now. */
enum fx_may {
    FX_MAY_LOOK = 0,
    FX_MAY_ADD = 1,
    FX_MAY_REMOVE = 2,
    FX_MAY_ALL = FX_MAY_ADD | FX_MAY_REMOVE,
};

struct fx_descriptors {
    size_t size; /* of a descriptor */
    ULONG count;
    ULONG room;
    UCHAR **entries; /* the descriptor, and behind it the copy that the driver sees */
    bool changed;    /* by the driver */
};

/* fx_descriptors_insert: a copy before index, which is at most count. */
NTSTATUS fx_descriptors_insert(struct fx_descriptors *list, ULONG index, const void *descriptor);
/* fx_descriptors_free: all that it holds. */
void fx_descriptors_free(struct fx_descriptors *list);
/* fx_descriptors_at: the descriptor as it is; NULL behind the end. */
const void *fx_descriptors_at(const struct fx_descriptors *list, ULONG index);
/* fx_descriptors_find: the index of the descriptor whose copy is at that address; (ULONG)-1: none. */
ULONG fx_descriptors_find(const struct fx_descriptors *list, const void *copy);

/* ---- for the driver ---- */

/* fx_descriptors_show: a fresh copy; NULL behind the end. spec: HWR-08 */
void *fx_descriptors_show(struct fx_descriptors *list, ULONG index);
/* fx_descriptors_add: index WDF_INSERT_AT_END: behind the last.
 *   Returns  STATUS_ACCESS_DENIED (not now); STATUS_ARRAY_BOUNDS_EXCEEDED (index);
 *            STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_descriptors_add(struct fx_descriptors *list, unsigned may, ULONG index,
                            const void *descriptor);
/* fx_descriptors_replace, fx_descriptors_take_out: violation ResourceListFixed (not now) or BadIndex:
 * then nothing changes. object: whose list it is. */
void fx_descriptors_replace(struct fx_descriptors *list, unsigned may,
                            const struct fx_object *object, ULONG index, const void *descriptor);
void fx_descriptors_take_out(struct fx_descriptors *list, unsigned may,
                             const struct fx_object *object, ULONG index);
/* fx_descriptors_take_out_equal: the first that is the same byte for byte; none: nothing changes. */
void fx_descriptors_take_out_equal(struct fx_descriptors *list, unsigned may,
                                   const struct fx_object *object, const void *descriptor);

/* fx_list_fixed: violation ResourceListFixed, for a list of any kind. */
void fx_list_fixed(const struct fx_object *object, ULONG count);
/* fx_list_index_right: false after the violation BadIndex. */
bool fx_list_index_right(const struct fx_object *object, ULONG count, ULONG index);
