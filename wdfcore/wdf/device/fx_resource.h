#pragma once
/* fx_resource.h - WDFCMRESLIST: an ordered list of the resources that a device was given.
 * Rules for a list:
 * - made by the framework for EvtDevicePrepareHardware, gone after EvtDeviceReleaseHardware
 * - what a driver gets is a copy of the descriptor that the list owns: what it writes there changes
 *   nothing; the copy's address is stable while the list lives
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/object/fx_object.h"

struct fx_descriptor {
    CM_PARTIAL_RESOURCE_DESCRIPTOR own;   /* what was assigned */
    CM_PARTIAL_RESOURCE_DESCRIPTOR shown; /* what the driver sees; refreshed from own */
};

struct fx_reslist {
    struct fx_object object;
    ULONG count;
    ULONG room;
    struct fx_descriptor **descriptors; /* each allocated by itself: addresses are stable */
    bool changeable;                    /* only in EvtDeviceRemoveAddedResources */
};

extern const struct fx_type fx_reslist_type;

/* fx_reslist_create: a list of all descriptors of a CM_RESOURCE_LIST (NULL: empty), child of
 * parent. */
NTSTATUS fx_reslist_create(struct fx_object *parent, const CM_RESOURCE_LIST *resources,
                           struct fx_reslist **list);
/* fx_reslist_at: the descriptor as assigned, NULL behind the end. */
const CM_PARTIAL_RESOURCE_DESCRIPTOR *fx_reslist_at(const struct fx_reslist *list, ULONG index);
/* fx_reslist_find: the index of the descriptor that the driver was shown at this address;
 * (ULONG)-1: none. */
ULONG fx_reslist_find(const struct fx_reslist *list, const CM_PARTIAL_RESOURCE_DESCRIPTOR *shown);

static inline WDFCMRESLIST fx_reslist_handle(const struct fx_reslist *list)
{
    return (WDFCMRESLIST)fx_handle_of(&list->object);
}
