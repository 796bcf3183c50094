/* fx_pnp.c - the PnP state machine of a device.
 *
 * Resting states, and where an event leads (- nothing happens, success; ! refused,
 * STATUS_INVALID_DEVICE_STATE):
 *
 *                        START       QUERY_  CANCEL_ STOP  QUERY_    CANCEL_ SURPRISE_ REMOVE
 *                                    STOP    STOP          REMOVE    REMOVE  REMOVE
 *   ObjectCreated        !           !       -       !     !         -       Removed   Removed
 *   Init                 Starting    -       -       -     InitQuery -       InitGone  Removed
 *   InitQueryRemove      !           !       -       !     -         Init    InitGone  Removed
 *   Started              !           AskStop -       Stop  AskRemove -       Surprise  Removing
 *   QueryStopPending     !           -       Started Stop  !         -       Surprise  Removing
 *   QueryRemovePending   !           !       -       !     -         Started Surprise  Removing
 *   Stopped              Restart     -       -       -     -         -       Failed    Removed
 *   FailedWaitForRemove  !           !       -       -     -         -       -         Removed
 *   InitSurpriseRemoved  !           !       -       -     -         -       -         Removed
 *   RemovedPdoWait       PdoRestart  -       -       -     -         -       -         Removed
 *   Final                !           !       !       !     !         !       !         !
 *
 * On the way (fx_pnp_states.h, fx_pnp_hardware.c):
 *   Starting   InitStarting -> HardwareAvailable -> EnableInterfaces -> Started
 *   Restart    StartingFromStopped -> HardwareAvailable -> ...
 *   failure    HardwareAvailablePowerPolicyFailed or FailedPowerDown -> FailedOwnHardware
 *              (ReleaseHardware) -> Failed -> FailedWaitForRemove
 *   AskStop    QueryStopStaticCheck -> QueryStopAskDriver -> QueryStopPending, or back to Started
 *   Stop       StartedStopping -> Stopped
 *   Removing   StartedRemoving or QueriedRemoving -> RemovingDisableInterfaces -> Removed -> Final
 *   Removed    of a PDO: CheckForDevicePresence -> RemovedPdoWait while its bus reports it (PnP may
 *              start it again: PdoRestart -> Starting), else PdoRemoved -> Final
 *   Surprise   SurpriseRemove -> SurpriseRemoveIoStarted -> FailedPowerDown -> ...
 * (spec: pnpstatemachine.cpp; state-machines-in-the-framework)
 */
#include "wdf/pnp/fx_pnp_states.h"

#include "wdf/frame/fx_record.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_notify.h"
#include "wdf/pnp/fx_wake.h"

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

/* ---- the table ---- */

struct fx_pnp_row {
    const char *name;
    /* One of the three: */
    fx_pnp_state (*enter)(struct fx_device *device); /* it works, and names its successor */
    fx_pnp_state then;                               /* it is passed */
    fx_pnp_state next[FX_PNP_EVENTS];                /* it rests: where an event leads */
    fx_pnp_state state;
};

#define ROW(state_name) .state = PNP(state_name), .name = #state_name

static const struct fx_pnp_row fx_pnp_rows[] = {
    {ROW(ObjectCreated), .next = {[FX_PNP_ADDED] = PNP(Init),
                                  [FX_PNP_START] = FX_REFUSE,
                                  [FX_PNP_QUERY_STOP] = FX_REFUSE,
                                  [FX_PNP_STOP] = FX_REFUSE,
                                  [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
                                  [FX_PNP_SURPRISE_REMOVE] = PNP(Removed),
                                  [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(Init), .next = {[FX_PNP_START] = PNP(InitStarting),
                         [FX_PNP_QUERY_REMOVE] = PNP(InitQueryRemove),
                         [FX_PNP_SURPRISE_REMOVE] = PNP(InitSurpriseRemoved),
                         [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(InitQueryRemove), .next = {[FX_PNP_START] = FX_REFUSE,
                                    [FX_PNP_QUERY_STOP] = FX_REFUSE,
                                    [FX_PNP_STOP] = FX_REFUSE,
                                    [FX_PNP_CANCEL_REMOVE] = PNP(Init),
                                    [FX_PNP_SURPRISE_REMOVE] = PNP(InitSurpriseRemoved),
                                    [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(InitSurpriseRemoved), .next = {[FX_PNP_START] = FX_REFUSE,
                                        [FX_PNP_QUERY_STOP] = FX_REFUSE,
                                        [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(Started), .next = {[FX_PNP_START] = FX_REFUSE,
                            [FX_PNP_QUERY_STOP] = PNP(QueryStopStaticCheck),
                            [FX_PNP_STOP] = PNP(StartedStopping),
                            [FX_PNP_QUERY_REMOVE] = PNP(QueryRemoveStaticCheck),
                            [FX_PNP_SURPRISE_REMOVE] = PNP(SurpriseRemove),
                            [FX_PNP_REMOVE] = PNP(StartedRemoving),
                            [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {ROW(QueryStopPending), .next = {[FX_PNP_START] = FX_REFUSE,
                                     [FX_PNP_CANCEL_STOP] = PNP(StartedCancelStop),
                                     [FX_PNP_STOP] = PNP(StartedStopping),
                                     [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
                                     [FX_PNP_SURPRISE_REMOVE] = PNP(QueriedSurpriseRemove),
                                     [FX_PNP_REMOVE] = PNP(StartedRemoving),
                                     [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {ROW(QueryRemovePending), .next = {[FX_PNP_START] = FX_REFUSE,
                                       [FX_PNP_QUERY_STOP] = FX_REFUSE,
                                       [FX_PNP_STOP] = FX_REFUSE,
                                       [FX_PNP_CANCEL_REMOVE] = PNP(StartedCancelRemove),
                                       [FX_PNP_SURPRISE_REMOVE] = PNP(QueriedSurpriseRemove),
                                       [FX_PNP_REMOVE] = PNP(QueriedRemoving),
                                       [FX_PNP_POWER_FAILED] = PNP(FailedPowerDown)}},
    {ROW(Stopped), .next = {[FX_PNP_START] = PNP(StartingFromStopped),
                            [FX_PNP_SURPRISE_REMOVE] = PNP(Failed),
                            [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(FailedWaitForRemove), .next = {[FX_PNP_START] = FX_REFUSE,
                                        [FX_PNP_QUERY_STOP] = FX_REFUSE,
                                        [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(RemovedPdoWait),
     .next = {[FX_PNP_START] = PNP(PdoRestart), [FX_PNP_REMOVE] = PNP(Removed)}},
    {ROW(Final), .next = {[FX_PNP_ADDED] = FX_REFUSE,
                          [FX_PNP_START] = FX_REFUSE,
                          [FX_PNP_QUERY_STOP] = FX_REFUSE,
                          [FX_PNP_CANCEL_STOP] = FX_REFUSE,
                          [FX_PNP_STOP] = FX_REFUSE,
                          [FX_PNP_QUERY_REMOVE] = FX_REFUSE,
                          [FX_PNP_CANCEL_REMOVE] = FX_REFUSE,
                          [FX_PNP_SURPRISE_REMOVE] = FX_REFUSE,
                          [FX_PNP_REMOVE] = FX_REFUSE}},
    {ROW(InitStarting), .enter = fx_pnp_init_starting},
    {ROW(StartingFromStopped), .then = PNP(HardwareAvailable)},
    {ROW(HardwareAvailable), .enter = fx_pnp_hardware_available},
    {ROW(HardwareAvailablePowerPolicyFailed), .then = PNP(FailedOwnHardware)},
    {ROW(EnableInterfaces), .enter = fx_pnp_enable_interfaces},
    {ROW(QueryStopStaticCheck), .enter = fx_pnp_query_stop_static},
    {ROW(QueryStopAskDriver), .enter = fx_pnp_query_stop_ask},
    {ROW(QueryRemoveStaticCheck), .enter = fx_pnp_query_remove_static},
    {ROW(QueryRemoveAskDriver), .enter = fx_pnp_query_remove_ask},
    {ROW(StartedCancelStop), .then = PNP(Started)},
    {ROW(StartedCancelRemove), .then = PNP(Started)},
    {ROW(StartedStopping), .enter = fx_pnp_stopping},
    {ROW(StartedRemoving), .enter = fx_pnp_started_removing},
    {ROW(QueriedRemoving), .enter = fx_pnp_started_removing},
    {ROW(RemovingDisableInterfaces), .enter = fx_pnp_removing_interfaces},
    {ROW(CheckForDevicePresence), .enter = fx_pnp_check_presence},
    {ROW(PdoRestart), .enter = fx_pnp_pdo_restart},
    {ROW(PdoRemoved), .enter = fx_pnp_removed},
    {ROW(Removed), .enter = fx_pnp_removed},
    {ROW(SurpriseRemove), .then = PNP(SurpriseRemoveIoStarted)},
    {ROW(QueriedSurpriseRemove), .then = PNP(SurpriseRemoveIoStarted)},
    {ROW(SurpriseRemoveIoStarted), .then = PNP(FailedPowerDown)},
    {ROW(FailedPowerDown), .enter = fx_pnp_failed_power_down},
    {ROW(FailedOwnHardware), .enter = fx_pnp_failed_own_hardware},
    {ROW(Failed), .enter = fx_pnp_failed},
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

    CORE_ASSERT(row != NULL && row->enter == NULL &&
                row->then == FX_IGNORE); /* events arrive at rest only */
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
        next = row->enter != NULL ? row->enter(device) : row->then;
        fx_notify_processed(device, FX_MACHINE_PNP, (ULONG)row->state);
    }
    return device->pnp.status;
}
