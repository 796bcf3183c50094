/* fx_descriptors.c - an ordered list of hardware descriptors. */
#include "wdf/resource/fx_descriptors.h"

#include <string.h>

#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"

static NTSTATUS make_room(struct fx_descriptors *list)
{
    ULONG room = list->room + 8;
    UCHAR **grown;

    if (list->count < list->room) {
        return STATUS_SUCCESS;
    }
    grown = fx_allocate(room * sizeof(*grown));
    if (grown == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (list->count > 0) {
        memcpy(grown, list->entries, list->count * sizeof(*grown));
    }
    fx_free(list->entries);
    list->entries = grown;
    list->room = room;
    return STATUS_SUCCESS;
}

NTSTATUS fx_descriptors_insert(struct fx_descriptors *list, ULONG index, const void *descriptor)
{
    UCHAR *entry = fx_allocate(2 * list->size);

    if (entry == NULL || !NT_SUCCESS(make_room(list))) {
        fx_free(entry);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(entry, descriptor, list->size);
    memmove(&list->entries[index + 1], &list->entries[index],
            (list->count - index) * sizeof(*list->entries));
    list->entries[index] = entry;
    list->count++;
    return STATUS_SUCCESS;
}

void fx_descriptors_free(struct fx_descriptors *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        fx_free(list->entries[i]);
    }
    fx_free(list->entries);
}

const void *fx_descriptors_at(const struct fx_descriptors *list, ULONG index)
{
    return index < list->count ? list->entries[index] : NULL;
}

ULONG fx_descriptors_find(const struct fx_descriptors *list, const void *copy)
{
    for (ULONG i = 0; i < list->count; i++) {
        if (list->entries[i] + list->size == copy) {
            return i;
        }
    }
    return (ULONG)-1;
}

/* ---- for the driver ---- */

void *fx_descriptors_show(struct fx_descriptors *list, ULONG index)
{
    if (index >= list->count) {
        return NULL;
    }
    return memcpy(list->entries[index] + list->size, list->entries[index], list->size);
}

NTSTATUS fx_descriptors_add(struct fx_descriptors *list, unsigned may, ULONG index,
                            const void *descriptor)
{
    NTSTATUS status;

    if ((may & FX_MAY_ADD) == 0) {
        return STATUS_ACCESS_DENIED;
    }
    if (index == WDF_INSERT_AT_END) {
        index = list->count;
    }
    if (index > list->count) {
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    }
    status = fx_descriptors_insert(list, index, descriptor);
    list->changed = list->changed || NT_SUCCESS(status);
    return status;
}

void fx_list_fixed(const struct fx_object *object, ULONG count)
{
    fx_violation(RULE_ResourceListFixed, FX_BUGCHECK_NONE, 0, 0, object,
                 "a list of %u would be changed in a way that it must not be now", (unsigned)count);
}

bool fx_list_index_right(const struct fx_object *object, ULONG count, ULONG index)
{
    if (index >= count) {
        fx_violation(RULE_BadIndex, FX_BUGCHECK_NONE, 0, 0, object, "the list holds %u, none at %u",
                     (unsigned)count, (unsigned)index);
    }
    return index < count;
}

void fx_descriptors_replace(struct fx_descriptors *list, unsigned may,
                            const struct fx_object *object, ULONG index, const void *descriptor)
{
    if (may == FX_MAY_LOOK) {
        fx_list_fixed(object, list->count);
    } else if (fx_list_index_right(object, list->count, index)) {
        memmove(list->entries[index], descriptor, list->size);
        list->changed = true;
    }
}

static void remove_at(struct fx_descriptors *list, ULONG index)
{
    fx_free(list->entries[index]);
    list->count--;
    memmove(&list->entries[index], &list->entries[index + 1],
            (list->count - index) * sizeof(*list->entries));
    list->changed = true;
}

void fx_descriptors_take_out(struct fx_descriptors *list, unsigned may,
                             const struct fx_object *object, ULONG index)
{
    if ((may & FX_MAY_REMOVE) == 0) {
        fx_list_fixed(object, list->count);
    } else if (fx_list_index_right(object, list->count, index)) {
        remove_at(list, index);
    }
}

void fx_descriptors_take_out_equal(struct fx_descriptors *list, unsigned may,
                                   const struct fx_object *object, const void *descriptor)
{
    ULONG index = 0;

    if ((may & FX_MAY_REMOVE) == 0) {
        fx_list_fixed(object, list->count);
        return;
    }
    while (index < list->count && memcmp(list->entries[index], descriptor, list->size) != 0) {
        index++;
    }
    if (index < list->count) {
        remove_at(list, index);
    }
}
