/* fx_pnp.c - the PnP state machine of a device.
 *
 * Resting states, and where an event leads (- nothing happens, success; ! refused,
 * STATUS_INVALID_DEVICE_STATE):
 *
 *                      START     QUERY_STOP CANCEL_STOP STOP  QUERY_REMOVE CANCEL  SURPRISE REMOVE
 *   ObjectCreated      !         !          !           !     !            !       Removed  Removed
 *   Init               Starting  -          -           -     InitQuery    -       InitGone Removed
 *   InitQueryRemove    !         !          -           !     -            Init    InitGone Removed
 *   Started            !         AskStop    -           Stop  AskRemove    -       Surprise
 * Removing QueryStopPending   !         -          Started     Stop  !            Started Surprise
 * Removing QueryRemovePending !         !          -           !     -            Started Surprise
 * Removing Stopped            Restart   -          -           -     -            -       Failed
 * Removed FailedWaitForRemove!         !          -           -     -            -       - Removed
 *   InitSurpriseRemoved!         !          -           -     -            -       -        Removed
 *   RemovedPdoWait     PdoRestart-          -           -     -            -       -        Presence
 *   Final              !         !          !           !     !            !       !        !
 *
 * On the way (each does its work and names its successor):
 *   Starting   InitStarting -> HardwareAvailable -> EnableInterfaces -> Started
 *   Restart    StartingFromStopped -> HardwareAvailable -> ...
 *   failure    HardwareAvailablePowerPolicyFailed or FailedPowerDown -> FailedOwnHardware
 *              (ReleaseHardware) -> Failed -> FailedWaitForRemove
 *   AskStop    QueryStopStaticCheck -> QueryStopAskDriver -> QueryStopPending, or back to Started
 *   Stop       StartedStopping -> Stopped
 *   Removing   StartedRemoving or QueriedRemoving -> RemovingDisableInterfaces -> Removed -> Final
 *   Removed of a PDO: Presence: CheckForDevicePresence -> RemovedPdoWait while its bus reports it (PnP
 *              may start it again: PdoRestart -> Starting), else PdoRemoved -> Final
 *   Surprise   SurpriseRemove -> SurpriseRemoveIoStarted -> FailedPowerDown -> ...
 * (spec: pnpstatemachine.cpp; state-machines-in-the-framework)
 *
 * Invariant: hardware is prepared only from HardwareAvailable to FailedOwnHardware, StartedStopping
 * or StartedRemoving; pnp.prepared says so, and ReleaseHardware answers it exactly once.
 */
#include "wdf/pnp/fx_pnp.h"

#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_interface.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_notify.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/device/fx_resource.h"
#include "wdf/pnp/fx_wake.h"
#include "wdf/frame/fx_record.h"

typedef WDF_DEVICE_PNP_STATE fx_pnp_state;

#define PNP(name) WdfDevStatePnp##name
#define FX_REFUSE ((fx_pnp_state)1) /* the event is refused; no state has this value */
#define FX_IGNORE ((fx_pnp_state)0) /* the event is accepted and changes nothing */

void fx_pnp_init(struct fx_device *device)
{
    KeInitializeEvent(&device->pnp.lock, SynchronizationEvent, TRUE);
    device->pnp.state = PNP(ObjectCreated);
    FX_SET(device->power.state, WdfDevStatePowerObjectCreated);
    device->power.policy_state = WdfDevStatePwrPolObjectCreated;
    FX_SET(device->power.device_state, WdfPowerDeviceD3Final);
    fx_idle_init(device);
    fx_wake_init(device);
}

void fx_pnp_lock(struct fx_device *device)
{
    KeWaitForSingleObject(&device->pnp.lock, Executive, KernelMode, FALSE, NULL);
    FX_SET(device->pnp.lock_holder, ke_self->thread);
}

void fx_pnp_unlock(struct fx_device *device)
{
    FX_SET(device->pnp.lock_holder, NULL);
    KeSetEvent(&device->pnp.lock, IO_NO_INCREMENT, FALSE);
}

bool fx_pnp_is_inside(const struct fx_device *device)
{
    return FX_LOOK(device->pnp.lock_holder) == ke_self->thread;
}

/* ---- calling the driver ---- */

/* fx_pnp_not_supported: these four callbacks must not say "not supported". */
static NTSTATUS fx_pnp_checked(struct fx_device *device, const char *kind, NTSTATUS status)
{
    if (status == STATUS_NOT_SUPPORTED) {
        fx_violation(RULE_PnpStatusNotSupported, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "%s returned STATUS_NOT_SUPPORTED", kind);
    }
    return status;
}

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

static NTSTATUS fx_pnp_ask(struct fx_device *device, const char *kind,
                           PFN_WDF_DEVICE_QUERY_STOP callback)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, kind, callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device));
        fx_call_leave(&call);
        status = fx_pnp_checked(device, kind, status);
    }
    return status;
}

/* ---- hardware ---- */

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

/* fx_pnp_release: answer PrepareHardware, once. */
static NTSTATUS fx_pnp_release(struct fx_device *device)
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

static fx_pnp_state fx_pnp_hardware_available(struct fx_device *device)
{
    NTSTATUS status;

    status = fx_reslist_create(&device->object, device->pnp.start_raw, &device->pnp.raw);
    if (NT_SUCCESS(status)) {
        status = fx_reslist_create(&device->object, device->pnp.start_translated,
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

static fx_pnp_state fx_pnp_enable_interfaces(struct fx_device *device)
{
    NTSTATUS status = fx_interfaces_enable(device);

    if (!NT_SUCCESS(status)) {
        device->pnp.status = status;
        return PNP(FailedPowerDown);
    }
    return PNP(Started);
}

static fx_pnp_state fx_pnp_init_starting(struct fx_device *device)
{
    device->pnp.started_once = true;
    return PNP(HardwareAvailable);
}

static fx_pnp_state fx_pnp_starting_from_stopped(struct fx_device *device)
{
    return PNP(HardwareAvailable);
}

/* ---- queries ---- */

/* fx_pnp_static_check: what forbids stop and removal before the driver is asked. */
static NTSTATUS fx_pnp_static_check(const struct fx_device *device)
{
    if (FX_LOOK(device->pnp.veto) > 0) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    for (size_t i = 0; i < sizeof(device->pnp.special) / sizeof(device->pnp.special[0]); i++) {
        if (device->pnp.special[i] > 0) {
            return STATUS_DEVICE_NOT_READY;
        }
    }
    return STATUS_SUCCESS;
}

/* fx_pnp_queried: the driver agrees: the device waits in D0 for what comes. */
static fx_pnp_state fx_pnp_queried(struct fx_device *device, fx_pnp_state pending)
{
    if (!NT_SUCCESS(device->pnp.status)) {
        return PNP(Started);
    }
    if (!fx_power_is_up(device) && !NT_SUCCESS(fx_power_up(device))) {
        device->pnp.status = STATUS_DEVICE_POWER_FAILURE;
        return PNP(FailedPowerDown);
    }
    return pending;
}

static fx_pnp_state fx_pnp_query_stop_static(struct fx_device *device)
{
    device->pnp.status = fx_pnp_static_check(device);
    return NT_SUCCESS(device->pnp.status) ? PNP(QueryStopAskDriver) : PNP(Started);
}

static fx_pnp_state fx_pnp_query_stop_ask(struct fx_device *device)
{
    device->pnp.status =
        fx_pnp_ask(device, "EvtDeviceQueryStop", device->settings.pnp.EvtDeviceQueryStop);
    return fx_pnp_queried(device, PNP(QueryStopPending));
}

static fx_pnp_state fx_pnp_query_remove_static(struct fx_device *device)
{
    device->pnp.status = fx_pnp_static_check(device);
    return NT_SUCCESS(device->pnp.status) ? PNP(QueryRemoveAskDriver) : PNP(Started);
}

static fx_pnp_state fx_pnp_query_remove_ask(struct fx_device *device)
{
    device->pnp.status =
        fx_pnp_ask(device, "EvtDeviceQueryRemove", device->settings.pnp.EvtDeviceQueryRemove);
    return fx_pnp_queried(device, PNP(QueryRemovePending));
}

static fx_pnp_state fx_pnp_canceled(struct fx_device *device)
{
    return PNP(Started);
}

/* ---- going down ---- */

static fx_pnp_state fx_pnp_stopping(struct fx_device *device)
{
    NTSTATUS status = fx_power_down(device, WdfPowerDeviceD3Final);
    NTSTATUS released = fx_pnp_release(device);

    if (!NT_SUCCESS(status) || !NT_SUCCESS(released)) { /* spec: PNP-28, PWR-06 */
        device->pnp.status = NT_SUCCESS(status) ? released : status;
        return PNP(Failed);
    }
    return PNP(Stopped);
}

static fx_pnp_state fx_pnp_started_removing(struct fx_device *device)
{
    if (!fx_power_is_up(device) && device->pnp.prepared) {
        (void)fx_power_up(device); /* orderly removal starts in D0; a failure is no obstacle */
    }
    (void)fx_power_down(device, WdfPowerDeviceD3Final);
    (void)fx_pnp_release(device); /* spec: PNP-28: on remove its status is ignored */
    return PNP(RemovingDisableInterfaces);
}

/* fx_pnp_io_gone: what leaves before the queues of the device are emptied. */
static void fx_pnp_io_gone(struct fx_device *device)
{
    fx_interfaces_disable(device);
    fx_device_remove_link(device);
    fx_io_purge(device->io, true);
    fx_power_flush(device);
}

/* fx_pnp_gone: the state that ends the stack's life; a PDO may outlive it. */
static fx_pnp_state fx_pnp_gone(const struct fx_device *device)
{
    return device->pdo != NULL ? PNP(CheckForDevicePresence) : PNP(Removed);
}

static fx_pnp_state fx_pnp_removing_interfaces(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    return fx_pnp_gone(device);
}

static fx_pnp_state fx_pnp_check_presence(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    return fx_children_is_gone(device) ? PNP(PdoRemoved) : PNP(RemovedPdoWait);
}

/* fx_pnp_pdo_restart: as if it had never been started. */
static fx_pnp_state fx_pnp_pdo_restart(struct fx_device *device)
{
    FX_SET(device->pnp.failed, false);
    FX_SET(device->pnp.missing, false);
    fx_power_forget(device);
    fx_io_restart(device->io);
    return PNP(InitStarting);
}

static fx_pnp_state fx_pnp_removed(struct fx_device *device)
{
    fx_pnp_io_gone(device); /* does nothing where it was done before */
    fx_children_end(device);
    if (device->settings.release_order == WdfReleaseHardwareOrderOnFailureAfterDescendants) {
        (void)fx_pnp_release(device); /* what a failure has left for now */
    }
    fx_io_purge(device->io, false);
    fx_power_cleanup(device);
    return PNP(Final);
}

/* ---- surprise removal and failure ---- */

static fx_pnp_state fx_pnp_surprise(struct fx_device *device)
{
    return PNP(SurpriseRemoveIoStarted);
}

static fx_pnp_state fx_pnp_failed_power_down(struct fx_device *device)
{
    (void)fx_power_down(device, WdfPowerDeviceD3Final);
    return PNP(FailedOwnHardware);
}

static fx_pnp_state fx_pnp_to_failed_power_down(struct fx_device *device)
{
    return PNP(FailedPowerDown);
}

static fx_pnp_state fx_pnp_power_policy_failed(struct fx_device *device)
{
    return PNP(FailedOwnHardware);
}

static fx_pnp_state fx_pnp_failed_own_hardware(struct fx_device *device)
{
    if (device->settings.release_order == WdfReleaseHardwareOrderOnFailureEarly) {
        (void)fx_pnp_release(device);
    }
    return PNP(Failed);
}

static fx_pnp_state fx_pnp_failed(struct fx_device *device)
{
    fx_pnp_io_gone(device);
    if (!FX_LOOK(device->pnp.missing)) {
        FX_SET(device->pnp.failed, true);
    }
    return PNP(FailedWaitForRemove);
}

/* ---- the table ---- */

struct fx_pnp_row {
    fx_pnp_state state;
    const char *name;
    fx_pnp_state (*enter)(struct fx_device *device); /* NULL: the machine rests here */
    fx_pnp_state next[FX_PNP_EVENTS];                /* resting states: where an event leads */
};

static const struct fx_pnp_row fx_pnp_rows[] = {
    {PNP(ObjectCreated),
     "ObjectCreated",
     NULL,
     {[FX_PNP_ADDED] = PNP(Init),
      [FX_PNP_START] = FX_REFUSE,
      [FX_PNP_QUERY_STOP] = FX_REFUSE,
      [FX_PNP_STOP] = FX_REFUSE,
      [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
      [FX_PNP_SURPRISE_REMOVE] = PNP(Removed),
      [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(Init),
     "Init",
     NULL,
     {[FX_PNP_START] = PNP(InitStarting),
      [FX_PNP_QUERY_REMOVE] = PNP(InitQueryRemove),
      [FX_PNP_SURPRISE_REMOVE] = PNP(InitSurpriseRemoved),
      [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(InitQueryRemove),
     "InitQueryRemove",
     NULL,
     {[FX_PNP_START] = FX_REFUSE,
      [FX_PNP_QUERY_STOP] = FX_REFUSE,
      [FX_PNP_STOP] = FX_REFUSE,
      [FX_PNP_CANCEL_REMOVE] = PNP(Init),
      [FX_PNP_SURPRISE_REMOVE] = PNP(InitSurpriseRemoved),
      [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(InitSurpriseRemoved),
     "InitSurpriseRemoved",
     NULL,
     {[FX_PNP_START] = FX_REFUSE, [FX_PNP_QUERY_STOP] = FX_REFUSE, [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(Started),
     "Started",
     NULL,
     {[FX_PNP_START] = FX_REFUSE,
      [FX_PNP_QUERY_STOP] = PNP(QueryStopStaticCheck),
      [FX_PNP_STOP] = PNP(StartedStopping),
      [FX_PNP_QUERY_REMOVE] = PNP(QueryRemoveStaticCheck),
      [FX_PNP_SURPRISE_REMOVE] = PNP(SurpriseRemove),
      [FX_PNP_REMOVE] = PNP(StartedRemoving),
      [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {PNP(QueryStopPending),
     "QueryStopPending",
     NULL,
     {[FX_PNP_START] = FX_REFUSE,
      [FX_PNP_CANCEL_STOP] = PNP(StartedCancelStop),
      [FX_PNP_STOP] = PNP(StartedStopping),
      [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
      [FX_PNP_SURPRISE_REMOVE] = PNP(QueriedSurpriseRemove),
      [FX_PNP_REMOVE] = PNP(StartedRemoving),
      [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {PNP(QueryRemovePending),
     "QueryRemovePending",
     NULL,
     {[FX_PNP_START] = FX_REFUSE,
      [FX_PNP_QUERY_STOP] = FX_REFUSE,
      [FX_PNP_STOP] = FX_REFUSE,
      [FX_PNP_CANCEL_REMOVE] = PNP(StartedCancelRemove),
      [FX_PNP_SURPRISE_REMOVE] = PNP(QueriedSurpriseRemove),
      [FX_PNP_REMOVE] = PNP(QueriedRemoving),
      [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {PNP(Stopped),
     "Stopped",
     NULL,
     {[FX_PNP_START] = PNP(StartingFromStopped),
      [FX_PNP_SURPRISE_REMOVE] = PNP(Failed),
      [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(FailedWaitForRemove),
     "FailedWaitForRemove",
     NULL,
     {[FX_PNP_START] = FX_REFUSE, [FX_PNP_QUERY_STOP] = FX_REFUSE, [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(RemovedPdoWait),
     "RemovedPdoWait",
     NULL,
     {[FX_PNP_START] = PNP(PdoRestart), [FX_PNP_REMOVE] = PNP(Removed)}},
    {PNP(Final),
     "Final",
     NULL,
     {[FX_PNP_ADDED] = FX_REFUSE,
      [FX_PNP_START] = FX_REFUSE,
      [FX_PNP_QUERY_STOP] = FX_REFUSE,
      [FX_PNP_CANCEL_STOP] = FX_REFUSE,
      [FX_PNP_STOP] = FX_REFUSE,
      [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
      [FX_PNP_CANCEL_REMOVE] = FX_REFUSE,
      [FX_PNP_SURPRISE_REMOVE] = FX_REFUSE,
      [FX_PNP_REMOVE] = FX_REFUSE}},
    {PNP(InitStarting), "InitStarting", fx_pnp_init_starting, {0}},
    {PNP(StartingFromStopped), "StartingFromStopped", fx_pnp_starting_from_stopped, {0}},
    {PNP(HardwareAvailable), "HardwareAvailable", fx_pnp_hardware_available, {0}},
    {PNP(HardwareAvailablePowerPolicyFailed),
     "HardwareAvailablePowerPolicyFailed",
     fx_pnp_power_policy_failed,
     {0}},
    {PNP(EnableInterfaces), "EnableInterfaces", fx_pnp_enable_interfaces, {0}},
    {PNP(QueryStopStaticCheck), "QueryStopStaticCheck", fx_pnp_query_stop_static, {0}},
    {PNP(QueryStopAskDriver), "QueryStopAskDriver", fx_pnp_query_stop_ask, {0}},
    {PNP(QueryRemoveStaticCheck), "QueryRemoveStaticCheck", fx_pnp_query_remove_static, {0}},
    {PNP(QueryRemoveAskDriver), "QueryRemoveAskDriver", fx_pnp_query_remove_ask, {0}},
    {PNP(StartedCancelStop), "StartedCancelStop", fx_pnp_canceled, {0}},
    {PNP(StartedCancelRemove), "StartedCancelRemove", fx_pnp_canceled, {0}},
    {PNP(StartedStopping), "StartedStopping", fx_pnp_stopping, {0}},
    {PNP(StartedRemoving), "StartedRemoving", fx_pnp_started_removing, {0}},
    {PNP(QueriedRemoving), "QueriedRemoving", fx_pnp_started_removing, {0}},
    {PNP(RemovingDisableInterfaces), "RemovingDisableInterfaces", fx_pnp_removing_interfaces, {0}},
    {PNP(CheckForDevicePresence), "CheckForDevicePresence", fx_pnp_check_presence, {0}},
    {PNP(PdoRestart), "PdoRestart", fx_pnp_pdo_restart, {0}},
    {PNP(PdoRemoved), "PdoRemoved", fx_pnp_removed, {0}},
    {PNP(Removed), "Removed", fx_pnp_removed, {0}},
    {PNP(SurpriseRemove), "SurpriseRemove", fx_pnp_surprise, {0}},
    {PNP(QueriedSurpriseRemove), "QueriedSurpriseRemove", fx_pnp_surprise, {0}},
    {PNP(SurpriseRemoveIoStarted), "SurpriseRemoveIoStarted", fx_pnp_to_failed_power_down, {0}},
    {PNP(FailedPowerDown), "FailedPowerDown", fx_pnp_failed_power_down, {0}},
    {PNP(FailedOwnHardware), "FailedOwnHardware", fx_pnp_failed_own_hardware, {0}},
    {PNP(Failed), "Failed", fx_pnp_failed, {0}},
};

static const struct fx_pnp_row *fx_pnp_row(fx_pnp_state state)
{
    for (size_t i = 0; i < sizeof(fx_pnp_rows) / sizeof(fx_pnp_rows[0]); i++) {
        if (fx_pnp_rows[i].state == state) {
            return &fx_pnp_rows[i];
        }
    }
    return NULL;
}

const char *fx_pnp_state_name(WDF_DEVICE_PNP_STATE state)
{
    const struct fx_pnp_row *row = fx_pnp_row(state);

    return row != NULL ? row->name : "?";
}

/* fx_pnp_move: the one place where the PnP state changes. */
static void fx_pnp_move(struct fx_device *device, const struct fx_pnp_row *row)
{
    fx_pnp_state old = device->pnp.state;

    fx_notify_leave(device, FX_MACHINE_PNP, (ULONG)old, (ULONG)row->state);
    if (old == PNP(Started)) {
        fx_idle_stopped(device);
    }
    FX_SET(device->pnp.state, row->state);
    fx_event_power(&device->object, row->name);
    fx_notify_enter(device, FX_MACHINE_PNP, (ULONG)old, (ULONG)row->state);
    if (row->state == PNP(Started)) {
        fx_idle_started(device);
    }
}

NTSTATUS fx_pnp_event_locked(struct fx_device *device, enum fx_pnp_event event)
{
    const struct fx_pnp_row *row = fx_pnp_row(device->pnp.state);

    CORE_ASSERT(row != NULL && row->enter == NULL); /* events arrive at rest only */
    device->pnp.status = STATUS_SUCCESS;
    fx_pnp_state next = row->next[event];

    if (next == FX_REFUSE) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (next == PNP(Removed)) {
        next = fx_pnp_gone(device);
    }
    while (next != FX_IGNORE) {
        row = fx_pnp_row(next);
        CORE_ASSERT(row != NULL);
        fx_pnp_move(device, row);
        next = row->enter != NULL ? row->enter(device) : FX_IGNORE;
        fx_notify_processed(device, FX_MACHINE_PNP, (ULONG)row->state);
    }
    return device->pnp.status;
}
