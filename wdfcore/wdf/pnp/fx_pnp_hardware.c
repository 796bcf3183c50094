/* fx_pnp_hardware.c - EvtDevicePrepareHardware and its answer, EvtDeviceReleaseHardware.
 *
 * Invariant: hardware is prepared only from HardwareAvailable to FailedOwnHardware, StartedStopping
 * or StartedRemoving; pnp.prepared says so, and ReleaseHardware answers it exactly once.
 */
#include "wdf/callback/fx_interrupt.h"
#include "wdf/resource/fx_resource.h"
#include "wdf/frame/fx_call.h"
#include "wdf/pnp/fx_pnp_states.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/pnp/fx_wake.h"

static NTSTATUS fx_pnp_call_prepare(struct fx_device *device)
{
    PFN_WDF_DEVICE_PREPARE_HARDWARE callback = device->settings.pnp.EvtDevicePrepareHardware;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    device->pnp.prepared = true;
    if (callback != NULL &&
        fx_call_enter(&call, "EvtDevicePrepareHardware", callback, &device->object, NULL)) {
        device->pnp.preparing = true;
        status = callback(fx_device_handle(device), fx_reslist_handle(device->pnp.raw),
                          fx_reslist_handle(device->pnp.translated));
        device->pnp.preparing = false;
        fx_call_leave(&call);
        status = fx_pnp_checked(device, "EvtDevicePrepareHardware", status);
    }
    return status;
}

static NTSTATUS fx_pnp_call_release(struct fx_device *device)
{
    PFN_WDF_DEVICE_RELEASE_HARDWARE callback = device->settings.pnp.EvtDeviceReleaseHardware;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL &&
        fx_call_enter(&call, "EvtDeviceReleaseHardware", callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device), fx_reslist_handle(device->pnp.translated));
        fx_call_leave(&call);
        status = fx_pnp_checked(device, "EvtDeviceReleaseHardware", status);
    }
    return status;
}

/* fx_pnp_drop_resources: the lists go after ReleaseHardware (spec: PNP-19), interrupts that were
 * made in PrepareHardware before them (spec: INTR-51). */
static void fx_pnp_drop_resources(struct fx_device *device)
{
    fx_interrupts_release(device);
    if (device->pnp.raw != NULL) {
        fx_object_delete(&device->pnp.raw->object, NULL);
        device->pnp.raw = NULL;
    }
    if (device->pnp.translated != NULL) {
        fx_object_delete(&device->pnp.translated->object, NULL);
        device->pnp.translated = NULL;
    }
}

NTSTATUS fx_pnp_release(struct fx_device *device)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (device->pnp.prepared) {
        device->pnp.prepared = false;
        fx_wake_forget(device); /* what a device that went in Dx has left */
        fx_interrupts_drop(device);
        status = fx_pnp_call_release(device);
    }
    fx_pnp_drop_resources(device);
    return status;
}

fx_pnp_state fx_pnp_hardware_available(struct fx_device *device)
{
    NTSTATUS status;

    status =
        fx_reslist_create(&device->object, device->pnp.start_raw, FX_MAY_LOOK, &device->pnp.raw);
    if (NT_SUCCESS(status)) {
        status = fx_reslist_create(&device->object, device->pnp.start_translated, FX_MAY_LOOK,
                                   &device->pnp.translated);
    }
    if (NT_SUCCESS(status)) {
        status = fx_interrupts_assign(device);
    }
    if (NT_SUCCESS(status)) {
        status = fx_pnp_call_prepare(device);
    }
    if (!NT_SUCCESS(status)) {
        device->pnp.status = status;
        return PNP(FailedOwnHardware);
    }
    fx_interrupts_prepared(device);
    status = fx_power_up(device);
    if (!NT_SUCCESS(status)) {
        device->pnp.status = STATUS_DEVICE_POWER_FAILURE;
        return PNP(HardwareAvailablePowerPolicyFailed);
    }
    return PNP(EnableInterfaces);
}
