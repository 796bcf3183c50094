/* fx_pdo.c - what a driver asks of a PDO, and its hold on the power of its bus. */
#include "wdf/child/fx_pdo.h"

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"

struct fx_pdo *fx_pdo_get(WDFDEVICE handle)
{
    struct fx_device *device = fx_handle_get(handle, FX_TYPE_DEVICE);

    return device != NULL ? device->pdo : NULL;
}

WDFDEVICE WdfPdoGetParent(WDFDEVICE Device)
{
    struct fx_pdo *pdo;

    if (!API(DISPATCH_LEVEL) || (pdo = fx_pdo_get(Device)) == NULL) {
        return NULL;
    }
    return fx_device_handle(pdo->parent); /* spec: CHL-10 */
}

NTSTATUS WdfPdoMarkMissing(WDFDEVICE Device)
{
    struct fx_device *parent;
    struct fx_pdo *pdo;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pdo = fx_pdo_get(Device);
    if (pdo == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    parent = pdo->parent; /* whoever looks for missing children may free it from here on */
    if (!fx_children_set(pdo, FX_PDO_MISSING)) {
        return STATUS_NO_SUCH_DEVICE; /* never added, or gone already */
    }
    fx_children_changed(parent);
    return STATUS_SUCCESS;
}

VOID WdfPdoRequestEject(WDFDEVICE Device)
{
    struct fx_pdo *pdo;

    if (API(DISPATCH_LEVEL) && (pdo = fx_pdo_get(Device)) != NULL) {
        IoRequestDeviceEject(pdo->device->wdm);
    }
}

/* ---- power ---- */

/* spec: PWR-15 */
NTSTATUS fx_pdo_power_up(struct fx_device *device)
{
    struct fx_pdo *pdo = device->pdo;
    NTSTATUS status;

    if (pdo == NULL || pdo->independent || pdo->holds_parent || !pdo->parent->power.owner) {
        return STATUS_SUCCESS;
    }
    status = fx_idle_take(pdo->parent, TRUE);
    pdo->holds_parent = NT_SUCCESS(status);
    return status;
}

void fx_pdo_power_down(struct fx_device *device)
{
    struct fx_pdo *pdo = device->pdo;

    if (pdo != NULL && pdo->holds_parent) {
        pdo->holds_parent = false;
        fx_idle_give_back(pdo->parent);
    }
}
