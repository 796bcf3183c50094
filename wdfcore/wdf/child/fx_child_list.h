#pragma once
/* fx_child_list.h - WDFCHILDLIST: children of a bus that a driver describes, and for which the
 * framework asks it to make PDOs when PnP wants to know of them.
 * Rules for a description:
 * - the list owns copies of identification and address, made and freed by the driver's callbacks if it
 *   has them; these run under the lock of the list, at DISPATCH_LEVEL, and call nothing of the list
 * - a description without a PDO gets one in the next answer to IRP_MN_QUERY_DEVICE_RELATIONS
 * - a missing one is kept until its PDO has ended; described anew it is another child
 */
#include "wdf/child/fx_pdo.h"

/* Keys: (c) constant; (l) lock of the list */
struct fx_child {
    struct fx_child *next;      /* (l) */
    struct fx_child_list *list; /* (c) */
    struct fx_pdo *pdo;         /* (l) NULL: not made yet */
    bool missing;               /* (l) */
    bool wanted_missing;        /* (l) differs while somebody iterates */
    bool seen;                  /* (l) in the scan under way */
    ULONG tried;                /* (l) the last pass in which the driver was asked for a PDO */
    void *id;                   /* (l) */
    void *address;              /* (l) NULL: the list has no addresses */
};

struct fx_child_list {
    struct fx_object object;
    struct fx_device *bus;        /* (c) */
    struct fx_child_list *next;   /* children's lock of the bus; never taken out while it lives */
    WDF_CHILD_LIST_CONFIG config; /* (c) */
    KSPIN_LOCK lock;
    struct fx_child *first; /* (l) in the order in which they were described */
    LONG scans;             /* (l) begun and not ended */
    ULONG passes;           /* by who answers PnP */
};

/* What WdfFdoInitSetDefaultChildListConfig keeps. */
struct fx_child_list_init {
    WDF_CHILD_LIST_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    bool has_attributes;
};

static inline WDFCHILDLIST fx_child_list_handle(const struct fx_child_list *list)
{
    return (WDFCHILDLIST)fx_handle_of(&list->object);
}

/* fx_child_list_of_init: the default list that the init asked for. fx_child_list_init_free: what the
 * init keeps of it. */
NTSTATUS fx_child_list_of_init(struct fx_device *device, const struct WDFDEVICE_INIT *init,
                               const void *creator);
void fx_child_list_init_free(struct WDFDEVICE_INIT *init);

/* fx_child_lists_create: PnP is about to hear of the children: PDOs for what has none, and what is
 * missing without one goes. PASSIVE_LEVEL. */
void fx_child_lists_create(struct fx_device *bus);
/* fx_child_lists_scan: D0 has been entered: EvtChildListScanForChildren. PASSIVE_LEVEL. */
void fx_child_lists_scan(struct fx_device *bus);
/* fx_child_lists_apply: nobody iterates any more. true: something has changed. <= DISPATCH_LEVEL. */
bool fx_child_lists_apply(struct fx_device *bus);
/* fx_child_pdo_ends: the entry of a PDO goes with it. */
void fx_child_pdo_ends(struct fx_pdo *pdo);

/* ---- for the files of the list ---- */

KIRQL fx_child_list_lock(struct fx_child_list *list);
void fx_child_list_unlock(struct fx_child_list *list, KIRQL irql);

/* fx_child_find_locked: the one that is there, or NULL. compare NULL: the list's. */
struct fx_child *
fx_child_find_locked(struct fx_child_list *list, void *id,
                     PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE compare);
/* fx_child_add_locked: a new entry with copies; it is in the list after success. */
NTSTATUS fx_child_add_locked(struct fx_child_list *list, void *id, void *address);
/* fx_child_free: the copies go by the driver's callbacks. It is in no list. */
void fx_child_free(struct fx_child *child);
/* fx_child_set_missing_locked: it is gone; takes effect when nobody iterates. */
void fx_child_set_missing_locked(struct fx_child *child);
/* fx_child_copy_id_locked, fx_child_copy_address_locked: between an entry and the driver's memory. */
void fx_child_copy_id_locked(struct fx_child_list *list, void *from, void *to);
void fx_child_copy_address_locked(struct fx_child_list *list, void *from, void *to);

/* fx_child_id_right, fx_child_address_right: the size in the header is the list's. spec: CHL-13 */
bool fx_child_id_right(const struct fx_child_list *list,
                       const WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER *id);
bool fx_child_address_right(const struct fx_child_list *list,
                            const WDF_CHILD_ADDRESS_DESCRIPTION_HEADER *address);
