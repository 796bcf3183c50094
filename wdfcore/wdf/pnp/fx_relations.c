/* fx_relations.c - related devices: the lists of a device, and what PnP gets of them. */
#include "wdf/pnp/fx_relations.h"

#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"

#include <string.h>

struct fx_relation {
    struct fx_relation *next;
    PDEVICE_OBJECT wdm; /* referenced */
};

/* The place that leads to a device of the list, or the end of the list. */
static struct fx_relation **
relation_find_locked(struct fx_device *device, enum fx_relation_kind kind, const DEVICE_OBJECT *wdm)
{
    struct fx_relation **link = &device->relations.first[kind];

    while (*link != NULL && (*link)->wdm != wdm) {
        link = &(*link)->next;
    }
    return link;
}

static NTSTATUS relation_add(struct fx_device *device, enum fx_relation_kind kind,
                             PDEVICE_OBJECT wdm)
{
    struct fx_relation *relation = fx_allocate(sizeof(*relation));
    struct fx_relation **link;
    bool known;

    if (relation == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    relation->wdm = wdm;
    base_lock_acquire(&device->relations.lock);
    link = relation_find_locked(device, kind, wdm);
    known = *link != NULL;
    if (!known) {
        ob_ref(wdm); /* dropped by who takes it off the list */
        *link = relation;
    }
    base_lock_release(&device->relations.lock);
    if (known) {
        fx_free(relation);
        return STATUS_DUPLICATE_OBJECTID;
    }
    return STATUS_SUCCESS;
}

/* wdm NULL: the first one. false: it is not there. */
static bool relation_remove(struct fx_device *device, enum fx_relation_kind kind,
                            const DEVICE_OBJECT *wdm)
{
    struct fx_relation **link = &device->relations.first[kind];
    struct fx_relation *relation;

    base_lock_acquire(&device->relations.lock);
    if (wdm != NULL) {
        link = relation_find_locked(device, kind, wdm);
    }
    relation = *link;
    if (relation != NULL) {
        *link = relation->next;
    }
    base_lock_release(&device->relations.lock);
    if (relation == NULL) {
        return false;
    }
    ob_deref(relation->wdm);
    fx_free(relation);
    return true;
}

static void relations_clear(struct fx_device *device, enum fx_relation_kind kind)
{
    while (relation_remove(device, kind, NULL)) {
    }
}

void fx_relations_free(struct fx_device *device)
{
    for (int kind = 0; kind < FX_RELATION_KINDS; kind++) {
        relations_clear(device, (enum fx_relation_kind)kind);
    }
}

/* ---- for PnP ---- */

static ULONG relations_count(struct fx_device *device, enum fx_relation_kind kind)
{
    ULONG count = 0;

    base_lock_acquire(&device->relations.lock);
    for (const struct fx_relation *at = device->relations.first[kind]; at != NULL; at = at->next) {
        count++;
    }
    base_lock_release(&device->relations.lock);
    return count;
}

/* As many as there is room for; one that comes meanwhile is for the next time. */
static ULONG relations_fill(struct fx_device *device, enum fx_relation_kind kind,
                            PDEVICE_OBJECT *devices, ULONG room)
{
    ULONG count = 0;

    base_lock_acquire(&device->relations.lock);
    for (const struct fx_relation *at = device->relations.first[kind]; at != NULL && count < room;
         at = at->next) {
        ob_ref(at->wdm); /* who asked drops it */
        devices[count++] = at->wdm;
    }
    base_lock_release(&device->relations.lock);
    return count;
}

NTSTATUS fx_relations_answer(struct fx_device *device, PIRP irp, enum fx_relation_kind kind)
{
    DEVICE_RELATIONS *before = (DEVICE_RELATIONS *)irp->IoStatus.Information;
    ULONG others = before != NULL ? before->Count : 0;
    ULONG count = relations_count(device, kind);
    DEVICE_RELATIONS *answer;

    if (count == 0) {
        return STATUS_NOT_SUPPORTED;
    }
    answer = ExAllocatePool2(POOL_FLAG_PAGED,
                             sizeof(*answer) + (others + count) * sizeof(PDEVICE_OBJECT), 'lRxF');
    if (answer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (before != NULL) {
        memcpy(answer->Objects, before->Objects, others * sizeof(PDEVICE_OBJECT));
        ExFreePool(before);
    }
    answer->Count = others + relations_fill(device, kind, &answer->Objects[others], count);
    irp->IoStatus.Information = (ULONG_PTR)answer;
    return STATUS_SUCCESS;
}

NTSTATUS fx_relations_copy(struct fx_device *device, enum fx_relation_kind kind,
                           PDEVICE_OBJECT **devices, ULONG *count)
{
    ULONG room = relations_count(device, kind);

    *count = 0;
    *devices = NULL;
    if (room == 0) {
        return STATUS_SUCCESS;
    }
    *devices = fx_allocate(room * sizeof(PDEVICE_OBJECT));
    if (*devices == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *count = relations_fill(device, kind, *devices, room);
    return STATUS_SUCCESS;
}

/* ---- the driver's calls ---- */

/* Any but a control device has relations, for ejection a PDO. */
static bool relation_is_for(const struct fx_device *device, enum fx_relation_kind kind)
{
    if (kind == FX_RELATED_EJECTION ? device->pdo != NULL : !fx_device_is_control(device)) {
        return true;
    }
    fx_violation(RULE_HandleWrongType, FX_BUGCHECK_NONE, 0, 0, &device->object,
                 "relations of a device that %s",
                 kind == FX_RELATED_EJECTION ? "is no PDO" : "PnP does not know");
    return false;
}

static NTSTATUS relation_call_add(WDFDEVICE handle, enum fx_relation_kind kind, PDEVICE_OBJECT wdm,
                                  const char *api)
{
    struct fx_device *device = fx_handle_get(handle, FX_TYPE_DEVICE);

    return device != NULL && fx_required(wdm) && relation_is_for(device, kind) &&
                   io_device_check(wdm, api)
               ? relation_add(device, kind, wdm)
               : STATUS_INVALID_PARAMETER;
}

static void relation_call_remove(WDFDEVICE handle, enum fx_relation_kind kind, PDEVICE_OBJECT wdm)
{
    struct fx_device *device = fx_handle_get(handle, FX_TYPE_DEVICE);

    if (device != NULL && fx_required(wdm) && relation_is_for(device, kind)) {
        (void)relation_remove(device, kind, wdm);
    }
}

static void relation_call_clear(WDFDEVICE handle, enum fx_relation_kind kind)
{
    struct fx_device *device = fx_handle_get(handle, FX_TYPE_DEVICE);

    if (device != NULL && relation_is_for(device, kind)) {
        relations_clear(device, kind);
    }
}

NTSTATUS WdfDeviceAddRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice)
{
    return API(DISPATCH_LEVEL)
               ? relation_call_add(Device, FX_RELATED_REMOVAL, PhysicalDevice, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

VOID WdfDeviceRemoveRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice)
{
    if (API(DISPATCH_LEVEL)) {
        relation_call_remove(Device, FX_RELATED_REMOVAL, PhysicalDevice);
    }
}

VOID WdfDeviceClearRemovalRelationsDevices(WDFDEVICE Device)
{
    if (API(DISPATCH_LEVEL)) {
        relation_call_clear(Device, FX_RELATED_REMOVAL);
    }
}

NTSTATUS WdfPdoAddEjectionRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice)
{
    return API(DISPATCH_LEVEL)
               ? relation_call_add(Device, FX_RELATED_EJECTION, PhysicalDevice, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

VOID WdfPdoRemoveEjectionRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice)
{
    if (API(DISPATCH_LEVEL)) {
        relation_call_remove(Device, FX_RELATED_EJECTION, PhysicalDevice);
    }
}

VOID WdfPdoClearEjectionRelationsDevices(WDFDEVICE Device)
{
    if (API(DISPATCH_LEVEL)) {
        relation_call_clear(Device, FX_RELATED_EJECTION);
    }
}

NTSTATUS WdfDeviceAddDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice)
{
    return API(DISPATCH_LEVEL)
               ? relation_call_add(Device, FX_RELATED_USAGE, DependentDevice, __func__)
               : STATUS_INVALID_DEVICE_REQUEST;
}

VOID WdfDeviceRemoveDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice)
{
    if (API(DISPATCH_LEVEL)) {
        relation_call_remove(Device, FX_RELATED_USAGE, DependentDevice);
    }
}
