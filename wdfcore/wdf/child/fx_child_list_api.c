/* fx_child_list_api.c - what a driver says to a child list: who is there, who is not. */
#include "nt/ke/ke_api.h"
#include "wdf/child/fx_child_list.h"
#include "wdf/frame/fx_check.h"

WDFDEVICE WdfChildListGetDevice(WDFCHILDLIST ChildList)
{
    struct fx_child_list *list;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL) {
        return NULL;
    }
    return fx_device_handle(list->bus);
}

/* fx_child_list_changed: PnP hears of it, but not in the middle of a scan. */
static void fx_child_list_changed(struct fx_child_list *list, bool changed)
{
    if (changed) {
        fx_children_changed(list->bus);
    }
}

NTSTATUS WdfChildListAddOrUpdateChildDescriptionAsPresent(
    WDFCHILDLIST ChildList, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_child_list *list;
    struct fx_child *child;
    NTSTATUS status;
    bool changed;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST);
    if (list == NULL || !fx_required(IdentificationDescription)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_child_id_right(list, IdentificationDescription) ||
        (AddressDescription != NULL && !fx_child_address_right(list, AddressDescription))) {
        return STATUS_INVALID_DEVICE_REQUEST; /* spec: CHL-13 */
    }
    irql = fx_child_list_lock(list);
    child = fx_child_find_locked(list, IdentificationDescription, NULL);
    if (child == NULL) {
        status = fx_child_add_locked(list, IdentificationDescription, AddressDescription);
    } else {
        status = STATUS_OBJECT_NAME_EXISTS; /* spec: CHL-02 */
        child->seen = true;
        if (AddressDescription != NULL) {
            fx_child_copy_address_locked(list, AddressDescription, child->address);
        }
    }
    changed = status == STATUS_SUCCESS && list->scans == 0;
    fx_child_list_unlock(list, irql);
    fx_child_list_changed(list, changed);
    return status;
}

NTSTATUS WdfChildListUpdateChildDescriptionAsMissing(
    WDFCHILDLIST ChildList, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    struct fx_child_list *list;
    struct fx_child *child;
    bool changed;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST);
    if (list == NULL || !fx_required(IdentificationDescription)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_child_id_right(list, IdentificationDescription)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    irql = fx_child_list_lock(list);
    child = fx_child_find_locked(list, IdentificationDescription, NULL);
    if (child != NULL) {
        fx_child_set_missing_locked(child);
    }
    changed = child != NULL && list->scans == 0;
    fx_child_list_unlock(list, irql);
    fx_child_list_changed(list, changed);
    return child != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE; /* spec: CHL-03 */
}

VOID WdfChildListUpdateAllChildDescriptionsAsPresent(WDFCHILDLIST ChildList)
{
    struct fx_child_list *list;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL) {
        return;
    }
    irql = fx_child_list_lock(list);
    for (struct fx_child *child = list->first; child != NULL; child = child->next) {
        child->seen = true;
    }
    fx_child_list_unlock(list, irql);
}

VOID WdfChildListBeginScan(WDFCHILDLIST ChildList)
{
    struct fx_child_list *list;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL) {
        return;
    }
    irql = fx_child_list_lock(list);
    if (list->scans++ == 0) {
        for (struct fx_child *child = list->first; child != NULL; child = child->next) {
            child->seen = false;
        }
    }
    fx_child_list_unlock(list, irql);
}

/* fx_child_list_end_scan_locked: who was not seen is missing (spec: CHL-04). */
static void fx_child_list_end_scan_locked(struct fx_child_list *list)
{
    for (struct fx_child *child = list->first; child != NULL; child = child->next) {
        if (!child->seen && !child->wanted_missing) {
            fx_child_set_missing_locked(child);
        }
    }
}

VOID WdfChildListEndScan(WDFCHILDLIST ChildList)
{
    struct fx_child_list *list;
    bool balanced, last = false;
    KIRQL irql;

    if (!API(DISPATCH_LEVEL) || (list = fx_handle_get(ChildList, FX_TYPE_CHILDLIST)) == NULL) {
        return;
    }
    irql = fx_child_list_lock(list);
    balanced = list->scans > 0;
    if (balanced && --list->scans == 0) {
        last = true;
        fx_child_list_end_scan_locked(list);
    }
    fx_child_list_unlock(list, irql);
    if (!balanced) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &list->object,
                     "WdfChildListEndScan without WdfChildListBeginScan");
    }
    fx_child_list_changed(list, last);
}
