#pragma once
/* fx_requirements.h - WDFIORESREQLIST: what resources a device needs, as alternatives; and
 * WDFIORESLIST: one of these. Both live while a callback that is asked about them runs.
 */
#include "wdf/resource/fx_descriptors.h"

struct fx_requirements {
    struct fx_object object;
    INTERFACE_TYPE interface_type;
    ULONG bus;
    ULONG slot;
    struct fx_iolist *first; /* the alternatives in order */
    unsigned may;
    bool changed;
};

struct fx_iolist {
    struct fx_object object;
    struct fx_requirements *owner;     /* whom it was made for */
    struct fx_descriptors descriptors; /* IO_RESOURCE_DESCRIPTOR */
    bool listed;                       /* it is one of the owner's alternatives */
    struct fx_iolist *prev, *next;     /* utlist */
};

extern const struct fx_type fx_requirements_type;
extern const struct fx_type fx_iolist_type;

/* fx_requirements_create: of all that is in a list (NULL: empty); child of parent. */
NTSTATUS fx_requirements_create(struct fx_object *parent,
                                const IO_RESOURCE_REQUIREMENTS_LIST *source, unsigned may,
                                struct fx_requirements **requirements);
/* fx_requirements_changed: the driver changed something. */
bool fx_requirements_changed(const struct fx_requirements *requirements);
/* fx_requirements_build: as they are now, for somebody who frees it with ExFreePool. */
NTSTATUS fx_requirements_build(const struct fx_requirements *requirements,
                               PIO_RESOURCE_REQUIREMENTS_LIST *built);

/* fx_iolist_create: an empty one that is not listed.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures */
NTSTATUS fx_iolist_create(struct fx_requirements *owner, const WDF_OBJECT_ATTRIBUTES *attributes,
                          const void *caller, struct fx_iolist **list);

static inline WDFIORESREQLIST fx_requirements_handle(const struct fx_requirements *requirements)
{
    return (WDFIORESREQLIST)fx_handle_of(&requirements->object);
}

static inline WDFIORESLIST fx_iolist_handle(const struct fx_iolist *list)
{
    return (WDFIORESLIST)fx_handle_of(&list->object);
}
