/* fx_static_child.c - the children of a function device: which there are, and which PnP knows of.
 *
 *   presence   added      answer to PnP       said to be missing     told and removed
 *   NEW        PENDING    -                   refused                -
 *   PENDING    -          PRESENT, reported   MISSING                -
 *   PRESENT    -          reported            MISSING                -
 *   MISSING    -          left out; ends at   -                      its remove request ends it
 *                         once if PnP never
 *                         heard of it
 * While somebody iterates (WdfFdoLockStaticChildListForIteration) changes are only noted, and the
 * answers to PnP stay as they were; they take effect with the last unlock.
 */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "wdf/child/fx_child_list.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/object/fx_pool.h"

static void fx_children_lock(struct fx_device *parent)
{
    base_lock_acquire(&parent->children.lock);
}

static void fx_children_unlock(struct fx_device *parent)
{
    base_lock_release(&parent->children.lock);
}

void fx_children_insert(struct fx_pdo *pdo)
{
    struct fx_pdo **link = &pdo->parent->children.first;

    fx_children_lock(pdo->parent);
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = pdo;
    pdo->parent->children.is_bus = true;
    fx_children_unlock(pdo->parent);
}

void fx_children_remove(struct fx_pdo *pdo)
{
    struct fx_pdo **link = &pdo->parent->children.first;

    fx_children_lock(pdo->parent);
    while (*link != NULL && *link != pdo) {
        link = &(*link)->next;
    }
    if (*link == pdo) {
        *link = pdo->next;
    }
    fx_children_unlock(pdo->parent);
}

static bool fx_children_set_locked(struct fx_pdo *pdo, enum fx_pdo_presence presence)
{
    bool adds = presence == FX_PDO_PENDING;

    if (adds ? pdo->wanted != FX_PDO_NEW
             : pdo->wanted == FX_PDO_NEW || pdo->wanted == FX_PDO_MISSING) {
        return false;
    }
    pdo->wanted = presence;
    if (pdo->parent->children.iterations == 0) {
        pdo->presence = presence;
    }
    return true;
}

bool fx_children_set(struct fx_pdo *pdo, enum fx_pdo_presence presence)
{
    bool changed;

    fx_children_lock(pdo->parent);
    changed = fx_children_set_locked(pdo, presence);
    fx_children_unlock(pdo->parent);
    return changed;
}

bool fx_children_is_gone(struct fx_device *device)
{
    struct fx_pdo *pdo = device->pdo;
    bool gone;

    fx_children_lock(pdo->parent);
    gone = pdo->presence == FX_PDO_MISSING && !pdo->reported;
    fx_children_unlock(pdo->parent);
    return gone;
}

void fx_children_changed(struct fx_device *parent)
{
    IoInvalidateDeviceRelations(parent->physical, BusRelations);
}

/* ---- bus relations ---- */

static void fx_pdo_call_missing(struct fx_pdo *pdo)
{
    PFN_WDF_DEVICE_REPORTED_MISSING callback = pdo->events.EvtDeviceReportedMissing;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, "EvtDeviceReportedMissing", (const void *)callback,
                                          &pdo->device->object, NULL)) {
        callback(fx_device_handle(pdo->device));
        fx_call_leave(&call);
    }
}

static void fx_children_finish(struct fx_pdo *pdo)
{
    struct fx_device *device = pdo->device;

    fx_pnp_lock(device);
    fx_pnp_event_locked(device, FX_PNP_REMOVE);
    fx_pnp_unlock(device);
    fx_device_end(device, NULL);
}

/* fx_children_next_missing: a child that is missing and whose driver was not told so; NULL: none. */
static struct fx_pdo *fx_children_next_missing(struct fx_device *parent, bool *unknown)
{
    struct fx_pdo *pdo;

    fx_children_lock(parent);
    pdo = parent->children.first;
    while (pdo != NULL && (pdo->presence != FX_PDO_MISSING || pdo->told)) {
        pdo = pdo->next;
    }
    if (pdo != NULL) {
        *unknown = !pdo->reported;
        pdo->told = true;
        pdo->reported = false;
    }
    fx_children_unlock(parent);
    return pdo;
}

/* fx_children_leave_out: from here on PnP removes those that it knew; the others end at once. */
static void fx_children_leave_out(struct fx_device *parent)
{
    struct fx_pdo *pdo;
    bool unknown;

    while ((pdo = fx_children_next_missing(parent, &unknown)) != NULL) {
        fx_pdo_call_missing(pdo);
        if (unknown) {
            fx_children_finish(pdo);
        }
    }
}

/* fx_children_start_life: PnP is about to hear of these devices. */
static void fx_children_start_life(struct fx_device *parent)
{
    struct fx_pdo *pdo;

    do {
        fx_children_lock(parent);
        pdo = parent->children.first;
        while (pdo != NULL && pdo->presence != FX_PDO_PENDING) {
            pdo = pdo->next;
        }
        if (pdo != NULL) {
            pdo->presence = FX_PDO_PRESENT;
            pdo->wanted = pdo->wanted == FX_PDO_PENDING ? FX_PDO_PRESENT : pdo->wanted;
        }
        fx_children_unlock(parent);
        if (pdo != NULL) {
            fx_device_added(pdo->device);
        }
    } while (pdo != NULL);
}

static bool fx_children_counts(const struct fx_device *parent, const struct fx_pdo *pdo)
{
    /* While somebody iterates PnP hears what it heard before. So it does of a child that was said to be
     * missing after this answer had begun: its driver is told first, by the next one. */
    if (parent->children.iterations != 0 || (pdo->presence == FX_PDO_MISSING && !pdo->told)) {
        return pdo->reported;
    }
    return pdo->presence == FX_PDO_PRESENT;
}

/* fx_children_fill: the children behind what is in the list already; their number alone if there is
 * no room for all. */
static ULONG fx_children_fill(struct fx_device *parent, DEVICE_RELATIONS *relations, ULONG room)
{
    ULONG count = 0;

    fx_children_lock(parent);
    for (struct fx_pdo *pdo = parent->children.first; pdo != NULL; pdo = pdo->next) {
        count += fx_children_counts(parent, pdo);
    }
    for (struct fx_pdo *pdo = parent->children.first; pdo != NULL && count <= room;
         pdo = pdo->next) {
        if (fx_children_counts(parent, pdo)) {
            pdo->reported = true;
            ob_ref(pdo->device->wdm); /* PnP drops it */
            relations->Objects[relations->Count++] = pdo->device->wdm;
        }
    }
    fx_children_unlock(parent);
    return count;
}

static NTSTATUS fx_children_report(struct fx_device *parent, PIRP irp)
{
    DEVICE_RELATIONS *before = (DEVICE_RELATIONS *)irp->IoStatus.Information;
    ULONG others = before != NULL ? before->Count : 0;
    DEVICE_RELATIONS *answer;
    ULONG room = 0, count = 4;

    do {
        room = count;
        answer = ExAllocatePool2(
            POOL_FLAG_PAGED, sizeof(*answer) + (others + room) * sizeof(PDEVICE_OBJECT), 'lRxF');
        if (answer == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if (others != 0) {
            memcpy(answer->Objects, before->Objects, others * sizeof(PDEVICE_OBJECT));
        }
        answer->Count = others;
        count = fx_children_fill(parent, answer, room);
        if (count > room) {
            ExFreePool(answer);
        }
    } while (count > room);
    if (before != NULL) {
        ExFreePool(before);
    }
    irp->IoStatus.Information = (ULONG_PTR)answer;
    return STATUS_SUCCESS;
}

NTSTATUS fx_children_answer(struct fx_device *device, PIRP irp)
{
    bool frozen;

    fx_children_lock(device);
    frozen = device->children.iterations != 0;
    fx_children_unlock(device);
    if (!frozen) {
        fx_child_lists_create(device);
        fx_children_leave_out(device);
        fx_children_start_life(device);
    }
    if (!device->children.is_bus) {
        return irp->IoStatus.Status; /* no bus: as it came */
    }
    return fx_children_report(device, irp);
}

void fx_children_end(struct fx_device *parent)
{
    struct fx_pdo *pdo;

    do {
        fx_children_lock(parent);
        pdo = parent->children.first;
        if (pdo != NULL) {
            pdo->presence = pdo->wanted = FX_PDO_MISSING;
            pdo->told = true;
            pdo->reported = false;
        }
        fx_children_unlock(parent);
        if (pdo != NULL) {
            fx_children_finish(pdo);
        }
    } while (pdo != NULL);
}

/* ---- iterating ---- */

void fx_children_freeze(struct fx_device *device)
{
    fx_children_lock(device);
    device->children.iterations++;
    fx_children_unlock(device);
}

/* fx_children_apply_locked: what was noted during the iterations. */
static bool fx_children_apply_locked(struct fx_device *device)
{
    bool changed = false;

    for (struct fx_pdo *pdo = device->children.first; pdo != NULL; pdo = pdo->next) {
        changed = changed || pdo->presence != pdo->wanted;
        pdo->presence = pdo->wanted;
    }
    return changed;
}

bool fx_children_thaw(struct fx_device *device)
{
    bool balanced, last, changed = false;

    fx_children_lock(device);
    balanced = device->children.iterations > 0;
    last = balanced && --device->children.iterations == 0;
    if (last) {
        changed = fx_children_apply_locked(device);
    }
    fx_children_unlock(device);
    if (last && (fx_child_lists_apply(device) || changed)) {
        fx_children_changed(device);
    }
    return balanced;
}

/* ---- the driver's calls ---- */

NTSTATUS WdfFdoAddStaticChild(WDFDEVICE Fdo, WDFDEVICE Child)
{
    struct fx_device *device;
    struct fx_pdo *pdo;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Fdo, FX_TYPE_DEVICE);
    pdo = device != NULL ? fx_pdo_get(Child) : NULL;
    if (pdo == NULL || pdo->parent != device) {
        return STATUS_INVALID_PARAMETER; /* spec: CHL-08 */
    }
    if (!fx_children_set(pdo, FX_PDO_PENDING)) {
        return STATUS_OBJECT_NAME_EXISTS;
    }
    fx_children_changed(device);
    return STATUS_SUCCESS;
}

VOID WdfFdoLockStaticChildListForIteration(WDFDEVICE Fdo)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Fdo, FX_TYPE_DEVICE)) != NULL) {
        fx_children_freeze(device);
    }
}

VOID WdfFdoUnlockStaticChildListFromIteration(WDFDEVICE Fdo)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Fdo, FX_TYPE_DEVICE)) != NULL &&
        !fx_children_thaw(device)) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "the list of static children was unlocked, but it is not locked");
    }
}

static bool fx_children_selected(const struct fx_pdo *pdo, ULONG flags)
{
    switch (pdo->presence) {
    case FX_PDO_PENDING:
        return (flags & WdfRetrievePendingChildren) != 0;
    case FX_PDO_PRESENT:
        return (flags & WdfRetrievePresentChildren) != 0;
    case FX_PDO_MISSING:
        return (flags & WdfRetrieveMissingChildren) != 0;
    case FX_PDO_NEW:
    default:
        return false;
    }
}

WDFDEVICE WdfFdoRetrieveNextStaticChild(WDFDEVICE Fdo, WDFDEVICE PreviousChild, ULONG Flags)
{
    struct fx_pdo *previous = NULL, *pdo;
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Fdo, FX_TYPE_DEVICE)) == NULL) {
        return NULL;
    }
    if (PreviousChild != NULL &&
        ((previous = fx_pdo_get(PreviousChild)) == NULL || previous->parent != device)) {
        return NULL;
    }
    if (Flags == 0 || (Flags & ~(ULONG)WdfRetrieveAllChildren) != 0) {
        fx_bad_value(&device->object, "WDF_RETRIEVE_CHILD_FLAGS", (long)Flags);
        return NULL;
    }
    fx_children_lock(device);
    pdo = previous != NULL ? previous->next : device->children.first;
    while (pdo != NULL && (pdo->dynamic || !fx_children_selected(pdo, Flags))) {
        pdo = pdo->next;
    }
    fx_children_unlock(device);
    return pdo != NULL ? fx_device_handle(pdo->device) : NULL;
}
