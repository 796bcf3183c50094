#pragma once
/* fx_pnp.h - the life of a device as PnP sees it: start, stop, remove, surprise removal.
 * Rules:
 * - one transition of a device at a time: fx_pnp_lock; only EvtDeviceSurpriseRemoval is called
 *   outside it
 * - a PnP request is handled in the thread that sent it, at PASSIVE_LEVEL
 * - start: the lower stack first; stop and removal: this device first
 */
#include "wdf/device/fx_device.h"

void fx_pnp_init(struct fx_device *device);

/* fx_pnp_lock: wait for the PnP lock of the device. PASSIVE_LEVEL. */
void fx_pnp_lock(struct fx_device *device);
void fx_pnp_unlock(struct fx_device *device);

/* fx_pnp_is_inside: the running thread is in a transition of the device. */
bool fx_pnp_is_inside(const struct fx_device *device);

enum fx_pnp_event {
    FX_PNP_ADDED, /* EvtDriverDeviceAdd has succeeded */
    FX_PNP_START, /* the lower stack has started */
    FX_PNP_QUERY_STOP,
    FX_PNP_CANCEL_STOP,
    FX_PNP_STOP,
    FX_PNP_QUERY_REMOVE,
    FX_PNP_CANCEL_REMOVE,
    FX_PNP_SURPRISE_REMOVE,
    FX_PNP_REMOVE,
    FX_PNP_POWER_FAILED, /* a transition between D0 and Dx failed */
    FX_PNP_EVENTS
};

/* fx_pnp_event_locked: run the state machine until it rests. The caller holds the PnP lock.
 *   Returns  what the request completes with */
NTSTATUS fx_pnp_event_locked(struct fx_device *device, enum fx_pnp_event event);

/* fx_pnp_state_name: "Started". */
const char *fx_pnp_state_name(WDF_DEVICE_PNP_STATE state);

/* fx_pnp_complete: with that status, which it returns. */
NTSTATUS fx_pnp_complete(PIRP irp, NTSTATUS status);
/* fx_pnp_forward: send it down and wait for it to come back; the IRP is ours again. */
NTSTATUS fx_pnp_forward(struct fx_device *device, PIRP irp);

/* fx_pnp_filter: IRP_MN_FILTER_RESOURCE_REQUIREMENTS of a device whose driver has a callback for it. */
NTSTATUS fx_pnp_filter(struct fx_device *device, PIRP irp);
/* fx_pnp_usage: IRP_MN_DEVICE_USAGE_NOTIFICATION. */
NTSTATUS fx_pnp_usage(struct fx_device *device, PIRP irp);
/* fx_pnp_forward_start: IRP_MN_START_DEVICE, without what EvtDeviceRemoveAddedResources takes out. */
NTSTATUS fx_pnp_forward_start(struct fx_device *device, PIRP irp);

/* fx_pnp_dispatch: IRP_MJ_PNP. */
NTSTATUS fx_pnp_dispatch(struct fx_device *device, PIRP irp);

/* fx_pnp_invalidate: ask PnP to look at the device: it failed or changed its state flags. */
void fx_pnp_invalidate(struct fx_device *device);
