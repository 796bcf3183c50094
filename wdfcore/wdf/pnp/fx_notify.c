/* fx_notify.c - state change callbacks of the PnP, power and power policy state machines. */
#include "wdf/pnp/fx_notify.h"

#include "wdf/frame/fx_call.h"

static void fx_notify_pnp(struct fx_device *device, const struct fx_state_change *change,
                          WDF_STATE_NOTIFICATION_TYPE type, ULONG state, ULONG new_state)
{
    WDF_DEVICE_PNP_NOTIFICATION_DATA data = {.Type = type};
    struct fx_call call;

    data.Data.EnterState.CurrentState = (WDF_DEVICE_PNP_STATE)state;
    if (type != StateNotificationPostProcessState) {
        data.Data.EnterState.NewState = (WDF_DEVICE_PNP_STATE)new_state;
    }
    if (fx_call_enter(&call, "EvtDevicePnpStateChange", change->callback.pnp, &device->object,
                      NULL)) {
        change->callback.pnp(fx_device_handle(device), &data);
        fx_call_leave(&call);
    }
}

static void fx_notify_power(struct fx_device *device, const struct fx_state_change *change,
                            WDF_STATE_NOTIFICATION_TYPE type, ULONG state, ULONG new_state)
{
    WDF_DEVICE_POWER_NOTIFICATION_DATA data = {.Type = type};
    struct fx_call call;

    data.Data.EnterState.CurrentState = (WDF_DEVICE_POWER_STATE)state;
    if (type != StateNotificationPostProcessState) {
        data.Data.EnterState.NewState = (WDF_DEVICE_POWER_STATE)new_state;
    }
    if (fx_call_enter(&call, "EvtDevicePowerStateChange", change->callback.power, &device->object,
                      NULL)) {
        change->callback.power(fx_device_handle(device), &data);
        fx_call_leave(&call);
    }
}

static void fx_notify_policy(struct fx_device *device, const struct fx_state_change *change,
                             WDF_STATE_NOTIFICATION_TYPE type, ULONG state, ULONG new_state)
{
    WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA data = {.Type = type};
    struct fx_call call;

    data.Data.EnterState.CurrentState = (WDF_DEVICE_POWER_POLICY_STATE)state;
    if (type != StateNotificationPostProcessState) {
        data.Data.EnterState.NewState = (WDF_DEVICE_POWER_POLICY_STATE)new_state;
    }
    if (fx_call_enter(&call, "EvtDevicePowerPolicyStateChange", change->callback.policy,
                      &device->object, NULL)) {
        change->callback.policy(fx_device_handle(device), &data);
        fx_call_leave(&call);
    }
}

/* fx_notify: `watched` is the state that the registration names. */
static void fx_notify(struct fx_device *device, enum fx_state_machine machine,
                      WDF_STATE_NOTIFICATION_TYPE type, ULONG watched, ULONG state, ULONG new_state)
{
    for (const struct fx_state_change *change = device->settings.state_changes; change != NULL;
         change = change->next) {
        if (change->machine != machine || change->state != watched || (change->types & type) == 0) {
            continue;
        }
        switch (machine) {
        case FX_MACHINE_PNP:
            fx_notify_pnp(device, change, type, state, new_state);
            break;
        case FX_MACHINE_POWER:
            fx_notify_power(device, change, type, state, new_state);
            break;
        case FX_MACHINE_POLICY:
            fx_notify_policy(device, change, type, state, new_state);
            break;
        }
    }
}

void fx_notify_leave(struct fx_device *device, enum fx_state_machine machine, ULONG state,
                     ULONG new_state)
{
    fx_notify(device, machine, StateNotificationLeaveState, state, state, new_state);
}

void fx_notify_enter(struct fx_device *device, enum fx_state_machine machine, ULONG state,
                     ULONG new_state)
{
    fx_notify(device, machine, StateNotificationEnterState, new_state, state, new_state);
}

void fx_notify_processed(struct fx_device *device, enum fx_state_machine machine, ULONG state)
{
    fx_notify(device, machine, StateNotificationPostProcessState, state, state, state);
}
