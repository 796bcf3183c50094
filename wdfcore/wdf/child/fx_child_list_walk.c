/* fx_child_list_walk.c - what a driver asks of a child list: walks, and the way between a description
 * and its PDO.
 */
#include "nt/ke/ke_api.h"
#include "wdf/child/fx_child_list.h"
#include "wdf/frame/fx_check.h"

/* ---- walks: nothing changes while somebody iterates, so that a position is a number ---- */

static bool fx_iterator_right(const struct fx_child_list *list,
                              const WDF_CHILD_LIST_ITERATOR *iterator)
{
    if (!fx_size_right(iterator->Size, sizeof(*iterator), "WDF_CHILD_LIST_ITERATOR")) {
        return false;
    }
    if (iterator->Flags == 0 || (iterator->Flags & ~(ULONG)WdfRetrieveAllChildren) != 0) {
        fx_bad_value(&list->object, "WDF_RETRIEVE_CHILD_FLAGS", (long)iterator->Flags);
        return false;
    }
    return true;
}

VOID WdfChildListBeginIteration(WDFCHILDLIST ChildList, PWDF_CHILD_LIST_ITERATOR Iterator)
{
    struct fx_child_list *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL ||
        !fx_required(Iterator) || !fx_iterator_right(list, Iterator)) {
        return;
    }
    Iterator->Reserved[0] = NULL;
    Iterator->Reserved[1] = list;
    fx_children_freeze(list->bus);
}

VOID WdfChildListEndIteration(WDFCHILDLIST ChildList, PWDF_CHILD_LIST_ITERATOR Iterator)
{
    struct fx_child_list *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL ||
        !fx_required(Iterator)) {
        return;
    }
    if (Iterator->Reserved[1] != list) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &list->object,
                     "WdfChildListEndIteration without WdfChildListBeginIteration");
        return;
    }
    Iterator->Reserved[1] = NULL;
    (void)fx_children_thaw(list->bus);
}

static bool fx_child_selected(const struct fx_child *child, ULONG flags)
{
    if (child->missing) {
        return (flags & WdfRetrieveMissingChildren) != 0;
    }
    if (child->pdo == NULL || child->pdo->presence == FX_PDO_PENDING) {
        return (flags & WdfRetrievePendingChildren) != 0;
    }
    return (flags & WdfRetrievePresentChildren) != 0;
}

/* fx_child_inform_locked: fill in what the driver has room for. */
static void fx_child_inform_locked(const struct fx_child *child, WDF_CHILD_RETRIEVE_INFO *info)
{
    struct fx_child_list *list = child->list;

    if (info->IdentificationDescription != NULL) {
        fx_child_copy_id_locked(list, child->id, info->IdentificationDescription);
    }
    if (info->AddressDescription != NULL) {
        fx_child_copy_address_locked(list, child->address, info->AddressDescription);
    }
    info->Status = child->pdo != NULL ? WdfChildListRetrieveDeviceSuccess
                                      : WdfChildListRetrieveDeviceNotYetCreated;
}

/* fx_child_info_right: STATUS_SUCCESS, or what is wrong with the sizes. */
static NTSTATUS fx_child_info_right(const struct fx_child_list *list,
                                    const WDF_CHILD_RETRIEVE_INFO *info)
{
    if (info->Size != sizeof(*info)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((info->IdentificationDescription != NULL &&
         !fx_child_id_right(list, info->IdentificationDescription)) ||
        (info->AddressDescription != NULL &&
         !fx_child_address_right(list, info->AddressDescription))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

NTSTATUS WdfChildListRetrieveNextDevice(WDFCHILDLIST ChildList, PWDF_CHILD_LIST_ITERATOR Iterator,
                                        WDFDEVICE *Device, PWDF_CHILD_RETRIEVE_INFO Info)
{
    struct fx_child_list *list;
    struct fx_child *child;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR position = 0;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST);
    if (list == NULL || !fx_required(Iterator) || !fx_required(Device) ||
        Iterator->Reserved[1] != list) {
        return STATUS_INVALID_PARAMETER;
    }
    *Device = NULL;
    status = Info != NULL ? fx_child_info_right(list, Info) : STATUS_SUCCESS;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    irql = fx_child_list_lock(list);
    child = list->first;
    while (child != NULL && (position < (ULONG_PTR)Iterator->Reserved[0] ||
                             !fx_child_selected(child, Iterator->Flags))) {
        child = child->next;
        position++;
    }
    Iterator->Reserved[0] = (PVOID)(position + 1);
    if (child != NULL) {
        *Device = child->pdo != NULL ? fx_device_handle(child->pdo->device) : NULL;
        if (Info != NULL) {
            fx_child_inform_locked(child, Info);
        }
    }
    fx_child_list_unlock(list, irql);
    return child != NULL ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

/* ---- from a description to the PDO ---- */

WDFDEVICE WdfChildListRetrievePdo(WDFCHILDLIST ChildList, PWDF_CHILD_RETRIEVE_INFO RetrieveInfo)
{
    struct fx_child_list *list;
    struct fx_child *child;
    WDFDEVICE device = NULL;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL ||
        !fx_required(RetrieveInfo) ||
        !fx_size_right(RetrieveInfo->Size, sizeof(*RetrieveInfo), "WDF_CHILD_RETRIEVE_INFO")) {
        return NULL;
    }
    RetrieveInfo->Status = WdfChildListRetrieveDeviceUndefined;
    if (RetrieveInfo->IdentificationDescription == NULL ||
        !NT_SUCCESS(fx_child_info_right(list, RetrieveInfo))) {
        return NULL;
    }
    irql = fx_child_list_lock(list);
    child = fx_child_find_locked(list, RetrieveInfo->IdentificationDescription,
                                 RetrieveInfo->EvtChildListIdentificationDescriptionCompare);
    if (child != NULL) {
        fx_child_inform_locked(child, RetrieveInfo);
        device = child->pdo != NULL ? fx_device_handle(child->pdo->device) : NULL;
    } else {
        RetrieveInfo->Status = WdfChildListRetrieveDeviceNoSuchDevice;
    }
    fx_child_list_unlock(list, irql);
    return device;
}

NTSTATUS WdfChildListRetrieveAddressDescription(
    WDFCHILDLIST ChildList, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_child_list *list;
    struct fx_child *child;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST);
    if (list == NULL || !fx_required(IdentificationDescription) ||
        !fx_required(AddressDescription)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_child_id_right(list, IdentificationDescription) ||
        !fx_child_address_right(list, AddressDescription)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    irql = fx_child_list_lock(list);
    child = fx_child_find_locked(list, IdentificationDescription, NULL);
    if (child != NULL) {
        fx_child_copy_address_locked(list, child->address, AddressDescription);
    }
    fx_child_list_unlock(list, irql);
    return child != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

BOOLEAN WdfChildListRequestChildEject(
    WDFCHILDLIST ChildList, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    struct fx_device *device = NULL;
    struct fx_child_list *list;
    struct fx_child *child;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL ||
        !fx_required(IdentificationDescription) ||
        !fx_child_id_right(list, IdentificationDescription)) {
        return FALSE;
    }
    irql = fx_child_list_lock(list);
    child = fx_child_find_locked(list, IdentificationDescription, NULL);
    if (child != NULL && child->pdo != NULL) {
        device = child->pdo->device;
        fx_object_ref(&device->object); /* dropped below: it may go at once */
    }
    fx_child_list_unlock(list, irql);
    if (device != NULL) {
        IoRequestDeviceEject(device->physical);
        fx_object_deref(&device->object);
    }
    return device != NULL;
}

/* ---- from a PDO to its description ---- */

/* fx_child_of: its entry; NULL: the device is no PDO of a child list. */
static struct fx_child *fx_child_of(WDFDEVICE device)
{
    struct fx_pdo *pdo = fx_pdo_get(device);

    return pdo != NULL ? pdo->child : NULL;
}

NTSTATUS WdfPdoRetrieveIdentificationDescription(
    WDFDEVICE Device, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    struct fx_child *child;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    child = fx_child_of(Device);
    if (!fx_required(IdentificationDescription)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (child == NULL || !fx_child_id_right(child->list, IdentificationDescription)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    irql = fx_child_list_lock(child->list);
    fx_child_copy_id_locked(child->list, child->id, IdentificationDescription);
    fx_child_list_unlock(child->list, irql);
    return STATUS_SUCCESS;
}

/* fx_child_with_address: the entry, if the caller's description has the size of its list's. */
static NTSTATUS fx_child_with_address(WDFDEVICE device,
                                      const WDF_CHILD_ADDRESS_DESCRIPTION_HEADER *address,
                                      struct fx_child **child)
{
    *child = fx_child_of(device);
    if (!fx_required(address)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (*child == NULL || !fx_child_address_right((*child)->list, address)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

NTSTATUS WdfPdoRetrieveAddressDescription(WDFDEVICE Device,
                                          PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_child *child;
    NTSTATUS status;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_child_with_address(Device, AddressDescription, &child);
    if (NT_SUCCESS(status)) {
        irql = fx_child_list_lock(child->list);
        fx_child_copy_address_locked(child->list, child->address, AddressDescription);
        fx_child_list_unlock(child->list, irql);
    }
    return status;
}

NTSTATUS WdfPdoUpdateAddressDescription(WDFDEVICE Device,
                                        PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_child *child;
    NTSTATUS status;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_child_with_address(Device, AddressDescription, &child);
    if (NT_SUCCESS(status)) {
        irql = fx_child_list_lock(child->list);
        fx_child_copy_address_locked(child->list, AddressDescription, child->address);
        fx_child_list_unlock(child->list, irql);
    }
    return status;
}
