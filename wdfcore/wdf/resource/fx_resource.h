#pragma once
/* fx_resource.h - WDFCMRESLIST: an ordered list of the resources that a device was given, or that a
 * bus has for its child. What a driver may do with it is said when it is made.
 */
#include "wdf/resource/fx_descriptors.h"

struct fx_reslist {
    struct fx_object object;
    struct fx_descriptors descriptors; /* CM_PARTIAL_RESOURCE_DESCRIPTOR */
    unsigned may;
};

extern const struct fx_type fx_reslist_type;

/* fx_reslist_create: a list of all descriptors of a CM_RESOURCE_LIST (NULL: empty), child of
 * parent. */
NTSTATUS fx_reslist_create(struct fx_object *parent, const CM_RESOURCE_LIST *resources,
                           unsigned may, struct fx_reslist **list);
/* fx_reslist_at: the descriptor as assigned, NULL behind the end. */
const CM_PARTIAL_RESOURCE_DESCRIPTOR *fx_reslist_at(const struct fx_reslist *list, ULONG index);
/* fx_reslist_find: the index of the descriptor that the driver was shown at this address;
 * (ULONG)-1: none. */
ULONG fx_reslist_find(const struct fx_reslist *list, const CM_PARTIAL_RESOURCE_DESCRIPTOR *shown);
/* fx_reslist_build: what the list holds now, for somebody who frees it with ExFreePool; *resources is
 * NULL if it is empty.
 *   like  whose bus it is; NULL: undefined */
NTSTATUS fx_reslist_build(const struct fx_reslist *list, const CM_RESOURCE_LIST *like,
                          PCM_RESOURCE_LIST *resources);

static inline WDFCMRESLIST fx_reslist_handle(const struct fx_reslist *list)
{
    return (WDFCMRESLIST)fx_handle_of(&list->object);
}
