/* fx_child_entry.c - one description in a child list: its copies, and how it is found. */
#include <string.h>

#include "wdf/child/fx_child_list.h"
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_pool.h"

KIRQL fx_child_list_lock(struct fx_child_list *list)
{
    return KeAcquireSpinLockRaiseToDpc(&list->lock);
}

void fx_child_list_unlock(struct fx_child_list *list, KIRQL irql)
{
    KeReleaseSpinLock(&list->lock, irql);
}

bool fx_child_id_right(const struct fx_child_list *list,
                       const WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER *id)
{
    return id->IdentificationDescriptionSize == list->config.IdentificationDescriptionSize;
}

bool fx_child_address_right(const struct fx_child_list *list,
                            const WDF_CHILD_ADDRESS_DESCRIPTION_HEADER *address)
{
    return list->config.AddressDescriptionSize != 0 &&
           address->AddressDescriptionSize == list->config.AddressDescriptionSize;
}

/* ---- the driver's callbacks, or what the framework does without them ---- */

static bool fx_child_equal(struct fx_child_list *list, void *left, void *right,
                           PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE compare)
{
    struct fx_call call;
    BOOLEAN equal = FALSE;

    if (compare == NULL) {
        return memcmp(left, right, list->config.IdentificationDescriptionSize) == 0;
    }
    if (fx_call_enter(&call, "EvtChildListIdentificationDescriptionCompare", (const void *)compare,
                      &list->object, NULL)) {
        equal = compare(fx_child_list_handle(list), left, right);
        fx_call_leave(&call);
    }
    return equal;
}

static NTSTATUS fx_child_duplicate_id(struct fx_child_list *list, void *from, void *to)
{
    PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_DUPLICATE callback =
        list->config.EvtChildListIdentificationDescriptionDuplicate;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback == NULL) {
        memcpy(to, from, list->config.IdentificationDescriptionSize);
    } else if (fx_call_enter(&call, "EvtChildListIdentificationDescriptionDuplicate",
                             (const void *)callback, &list->object, NULL)) {
        status = callback(fx_child_list_handle(list), from, to);
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_child_duplicate_address(struct fx_child_list *list, void *from, void *to)
{
    PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_DUPLICATE callback =
        list->config.EvtChildListAddressDescriptionDuplicate;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback == NULL) {
        memcpy(to, from, list->config.AddressDescriptionSize);
    } else if (fx_call_enter(&call, "EvtChildListAddressDescriptionDuplicate",
                             (const void *)callback, &list->object, NULL)) {
        status = callback(fx_child_list_handle(list), from, to);
        fx_call_leave(&call);
    }
    return status;
}

void fx_child_copy_id_locked(struct fx_child_list *list, void *from, void *to)
{
    PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COPY callback =
        list->config.EvtChildListIdentificationDescriptionCopy;
    struct fx_call call;

    if (callback == NULL) {
        memcpy(to, from, list->config.IdentificationDescriptionSize);
    } else if (fx_call_enter(&call, "EvtChildListIdentificationDescriptionCopy",
                             (const void *)callback, &list->object, NULL)) {
        callback(fx_child_list_handle(list), from, to);
        fx_call_leave(&call);
    }
}

void fx_child_copy_address_locked(struct fx_child_list *list, void *from, void *to)
{
    PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_COPY callback =
        list->config.EvtChildListAddressDescriptionCopy;
    struct fx_call call;

    if (callback == NULL) {
        memcpy(to, from, list->config.AddressDescriptionSize);
    } else if (fx_call_enter(&call, "EvtChildListAddressDescriptionCopy", (const void *)callback,
                             &list->object, NULL)) {
        callback(fx_child_list_handle(list), from, to);
        fx_call_leave(&call);
    }
}

static void fx_child_clean_id(struct fx_child *child)
{
    struct fx_child_list *list = child->list;
    PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_CLEANUP callback =
        list->config.EvtChildListIdentificationDescriptionCleanup;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, "EvtChildListIdentificationDescriptionCleanup",
                                          (const void *)callback, &list->object, NULL)) {
        callback(fx_child_list_handle(list), child->id);
        fx_call_leave(&call);
    }
}

static void fx_child_clean_address(struct fx_child *child)
{
    struct fx_child_list *list = child->list;
    PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_CLEANUP callback =
        list->config.EvtChildListAddressDescriptionCleanup;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, "EvtChildListAddressDescriptionCleanup",
                                          (const void *)callback, &list->object, NULL)) {
        callback(fx_child_list_handle(list), child->address);
        fx_call_leave(&call);
    }
}

/* ---- entries ---- */

struct fx_child *fx_child_find_locked(struct fx_child_list *list, void *id,
                                      PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE compare)
{
    if (compare == NULL) {
        compare = list->config.EvtChildListIdentificationDescriptionCompare;
    }
    for (struct fx_child *child = list->first; child != NULL; child = child->next) {
        if (!child->wanted_missing && fx_child_equal(list, child->id, id, compare)) {
            return child;
        }
    }
    return NULL;
}

/* The copies in one piece of memory behind the entry. An address that was not given is all zero but
 * for its header. */
static struct fx_child *fx_child_allocate(struct fx_child_list *list)
{
    size_t id_size = (list->config.IdentificationDescriptionSize + 15) & ~(size_t)15;
    size_t address_size = list->config.AddressDescriptionSize;
    size_t start = (sizeof(struct fx_child) + 15) & ~(size_t)15;
    struct fx_child *child = fx_allocate(start + id_size + address_size);

    if (child != NULL) {
        WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER *id = (void *)((char *)child + start);

        child->list = list;
        child->id = id;
        id->IdentificationDescriptionSize = list->config.IdentificationDescriptionSize;
        if (address_size != 0) {
            WDF_CHILD_ADDRESS_DESCRIPTION_HEADER *address = (void *)((char *)id + id_size);

            child->address = address;
            address->AddressDescriptionSize = (ULONG)address_size;
        }
    }
    return child;
}

NTSTATUS fx_child_add_locked(struct fx_child_list *list, void *id, void *address)
{
    struct fx_child *child = fx_child_allocate(list), **link = &list->first;
    NTSTATUS status;

    if (child == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = fx_child_duplicate_id(list, id, child->id);
    if (!NT_SUCCESS(status)) {
        fx_free(child);
        return status;
    }
    if (address != NULL) {
        status = fx_child_duplicate_address(list, address, child->address);
    }
    if (!NT_SUCCESS(status)) {
        fx_child_clean_id(child);
        fx_free(child);
        return status;
    }
    child->seen = true;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = child;
    return STATUS_SUCCESS;
}

void fx_child_free(struct fx_child *child)
{
    fx_child_clean_id(child);
    if (child->address != NULL) {
        fx_child_clean_address(child);
    }
    fx_free(child);
}

void fx_child_set_missing_locked(struct fx_child *child)
{
    child->wanted_missing = true;
    if (FX_LOOK(child->list->bus->children.iterations) == 0) {
        child->missing = true;
    }
    if (child->pdo != NULL) {
        fx_children_set(child->pdo, FX_PDO_MISSING);
    }
}
